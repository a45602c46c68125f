/* Counts and order: see syntax/check.h. */
#include "syntax/check.h"

#include "syntax/args.h"

static void need(df_arena *a, df_doc *doc, df_instr *instr, const char *what)
{
    df_instr_bad(a, doc, instr, instr->keyword, "%s %s",
                 df_instr_name(instr->kind), what);
}

/* A slip of one letter: dropped, added, changed, or two swapped. */
static bool close_to(df_str s, const char *name)
{
    df_str n = df_str_of(name);
    size_t head = 0, tail = 0, shorter = s.len < n.len ? s.len : n.len;

    while (head < shorter && df_lower(s.ptr[head]) == df_lower(n.ptr[head]))
        head++;
    while (tail < shorter - head && df_lower(s.ptr[s.len - 1 - tail]) ==
                                        df_lower(n.ptr[n.len - 1 - tail]))
        tail++;
    if (s.len == n.len)
        return head + tail + 1 >= n.len ||
               (head + tail + 2 == n.len &&
                df_lower(s.ptr[head]) == df_lower(n.ptr[head + 1]) &&
                df_lower(s.ptr[head + 1]) == df_lower(n.ptr[head]));
    return (s.len + 1 == n.len && head + tail == s.len) ||
           (n.len + 1 == s.len && head + tail == n.len);
}

static void unknown(df_arena *a, df_doc *doc, df_instr *instr)
{
    df_str name = df_source(doc, instr->keyword);

    for (int k = DF_I_UNKNOWN + 1; k <= DF_I_WORKDIR; k++) {
        const char *known = df_instr_name((df_instr_kind)k);

        if (!close_to(name, known))
            continue;
        df_instr_bad(a, doc, instr, instr->keyword,
                     "unknown instruction \"%.*s\", did you mean %s?",
                     DF_STR_ARG(name), known);
        return;
    }
    if (name.len > 40)
        name = df_str_slice(name, 0, 40);
    df_instr_bad(a, doc, instr, instr->keyword,
                 "unknown instruction \"%.*s\", expected FROM, RUN, COPY, …",
                 DF_STR_ARG(name));
}

static void check_from(df_arena *a, df_doc *doc, df_instr *instr)
{
    if (instr->nwords == 1 ||
        (instr->nwords == 3 && df_str_is_nocase(instr->words[1].str, "as")))
        return;
    need(a, doc, instr, "takes an image, or an image, AS and a name");
}

static void check_health(df_arena *a, df_doc *doc, df_instr *instr)
{
    if (!instr->nwords)
        need(a, doc, instr, "needs NONE or CMD and a command");
    else if (df_str_is_nocase(instr->words[0].str, "none"))
        return;
    else if (!df_str_is_nocase(instr->words[0].str, "cmd"))
        df_instr_bad(a, doc, instr, instr->words[0].span,
                     "unknown type \"%.*s\" of HEALTHCHECK, expected CMD or "
                     "NONE",
                     DF_STR_ARG(instr->words[0].str));
    else if (!instr->args.str.len)
        need(a, doc, instr, "needs a command behind CMD");
}

static void check_trigger(df_arena *a, df_doc *doc, df_instr *instr)
{
    const df_instr *t = instr->trigger;

    if (!t)
        need(a, doc, instr, "needs an instruction");
    else if (t->kind == DF_I_ONBUILD || t->kind == DF_I_FROM ||
             t->kind == DF_I_MAINTAINER)
        df_instr_bad(a, doc, instr, t->keyword, "ONBUILD cannot trigger %s",
                     df_instr_name(t->kind));
}

static void check_copy(df_arena *a, df_doc *doc, df_instr *instr)
{
    if (instr->nwords < 2)
        need(a, doc, instr, "needs a source and a destination");
}

static void check_count(df_arena *a, df_doc *doc, df_instr *instr)
{
    switch (instr->kind) {
    case DF_I_UNKNOWN:
        unknown(a, doc, instr);
        return;
    case DF_I_ADD:
    case DF_I_COPY:
        check_copy(a, doc, instr);
        return;
    case DF_I_FROM:
        check_from(a, doc, instr);
        return;
    case DF_I_HEALTHCHECK:
        check_health(a, doc, instr);
        return;
    case DF_I_ONBUILD:
        check_trigger(a, doc, instr);
        return;
    case DF_I_SHELL:
        if (!instr->json || !instr->nwords)
            need(a, doc, instr, "needs its arguments as a JSON array");
        return;
    case DF_I_ENV:
    case DF_I_LABEL:
    case DF_I_ARG:
    case DF_I_EXPOSE:
    case DF_I_VOLUME:
    case DF_I_MAINTAINER:
    case DF_I_STOPSIGNAL:
    case DF_I_USER:
    case DF_I_WORKDIR:
        if (!instr->args.str.len)
            need(a, doc, instr, "needs an argument");
        return;
    case DF_I_RUN:
    case DF_I_CMD:
    case DF_I_ENTRYPOINT:
        return;
    }
}

static void check_flags(df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nflags; i++)
        if (!df_instr_takes(instr->kind, instr->flags[i].name))
            instr->bad = true;
}

void df_check_instr(df_arena *a, df_doc *doc, df_instr *instr)
{
    if (!instr->bad)
        check_count(a, doc, instr);
    check_flags(instr);
    if (!instr->trigger)
        return;
    check_flags(instr->trigger);
    instr->bad |= instr->trigger->bad;
}

void df_check_doc(df_arena *a, df_doc *doc)
{
    bool said = false;

    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        df_instr *instr = doc->instrs[i];

        if (instr->kind == DF_I_FROM)
            return;
        if (instr->kind == DF_I_ARG || said)
            continue;
        if (!instr->bad)
            df_instr_bad(a, doc, instr, instr->keyword,
                         "no stage to run %s in, expected FROM before it",
                         df_instr_name(instr->kind));
        said = true;
    }
    if (!said && doc->ninstrs)
        df_problem_add(a, doc, (df_span){(uint32_t)doc->text.len, 0},
                       "no stage to build, expected FROM");
    if (!doc->ninstrs)
        df_problem_add(a, doc, (df_span){0, 0},
                       "no instructions, expected FROM");
}
