/* The functions of dfopt/transform.h. */
#include "pass/finding.h"

const df_doc *df_cx_doc(const df_pass_ctx *cx)
{
    return cx->doc;
}

const df_facts *df_cx_facts(const df_pass_ctx *cx)
{
    return cx->facts;
}

const df_kb *df_cx_kb(const df_pass_ctx *cx)
{
    return cx->facts->kb;
}

df_context *df_cx_context(const df_pass_ctx *cx)
{
    return cx->context;
}

df_arena *df_cx_arena(const df_pass_ctx *cx)
{
    return cx->arena;
}

const df_setting *df_cx_setting(const df_pass_ctx *cx)
{
    return df_kb_setting(cx->facts->kb, cx->pass->name);
}

static DF_PRINTF(4, 0) df_finding *add(df_pass_ctx *cx, df_say say, df_span at,
                                       const char *format, va_list args)
{
    df_finding *f = df_new(cx->arena, df_finding);

    f->arena = cx->arena;
    f->pass = cx->pass;
    f->say = say;
    f->safety = cx->pass->safety;
    f->at = at;
    f->text = df_vfmt(cx->arena, format, args);
    *df_push(cx->arena, cx, findings) = f;
    return f;
}

df_finding *df_change(df_pass_ctx *cx, df_span at, const char *format, ...)
{
    va_list args;
    df_finding *f;

    va_start(args, format);
    f = add(cx, DF_SAY_CHANGE, at, format, args);
    va_end(args);
    return f;
}

void df_decline(df_pass_ctx *cx, df_span at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(cx, DF_SAY_DECLINE, at, format, args);
    va_end(args);
}

void df_warn(df_pass_ctx *cx, df_span at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(cx, DF_SAY_WARN, at, format, args);
    va_end(args);
}

void df_suggest(df_pass_ctx *cx, df_span at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(cx, DF_SAY_SUGGEST, at, format, args);
    va_end(args);
}

void df_mended_by_ignoring(df_pass_ctx *cx, df_str line)
{
    cx->findings[cx->nfindings - 1]->ignore = line;
}

void df_unsafe(df_finding *f)
{
    f->safety = DF_UNSAFE;
}

void df_saves(df_finding *f, double mb)
{
    f->saves = mb;
}

void df_saves_by(df_finding *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    f->saves_by = df_vfmt(f->arena, format, args);
    va_end(args);
}

void df_condition(df_finding *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    f->condition = df_vfmt(f->arena, format, args);
    va_end(args);
}

void df_allow(df_finding *f, const char *name)
{
    *df_push(f->arena, f, allows) = name;
    *df_push(f->arena, f, allows) = NULL;
    f->nallows--;
}

static void edit(df_finding *f, df_edit e)
{
    *df_push(f->arena, &f->edits, edits) = e;
}

void df_replace(df_finding *f, df_span at, df_str text)
{
    edit(f, (df_edit){.at = at, .text = df_str_dup(f->arena, text)});
}

void df_insert(df_finding *f, uint32_t off, df_str text)
{
    df_replace(f, (df_span){off, 0}, text);
}

void df_delete(df_finding *f, df_span at)
{
    edit(f, (df_edit){.at = at, .text = DF_STR("")});
}

void df_copy(df_finding *f, df_span at, uint32_t off)
{
    edit(f, (df_edit){.at = {off, 0}, .from = at, .copies = true});
}

void df_move(df_finding *f, df_span at, uint32_t off)
{
    df_copy(f, at, off);
    df_delete(f, at);
}
