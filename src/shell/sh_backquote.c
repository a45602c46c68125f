/*
 * `…` (XCU 2.6.3): what stands between loses one level of backslashes and is
 * then parsed as a script of its own, whose text maps to the same source.
 */
#include <string.h>

#include "shell/sh_expand.h"
#include "shell/sh_parser.h"

/* The text inside, while it is put together. */
typedef struct {
    df_arena *arena;
    char *ptr;
    size_t len;
    df_seg *segs;
    uint32_t nsegs, csegs;
} inside;

/* Does a backslash in front of this byte go away? */
static bool is_escaped(char c, df_sh_quote quote)
{
    return c == '$' || c == '`' || c == '\\' ||
           (c == '"' && quote == DF_QUOTE_DOUBLE);
}

/* Finds the closing backquote; l->end if there is none. */
static size_t find_close(const df_sh_lexer *l, size_t from, bool *has_escapes)
{
    const char *s = l->text->str.ptr;

    *has_escapes = false;
    for (; from < l->end && s[from] != '`'; from++) {
        if (s[from] != '\\')
            continue;
        *has_escapes = true;
        from++;
    }
    return from < l->end ? from : l->end;
}

/* Bytes [from, to) of the text outside go in, with their places. */
static void add_run(df_sh_lexer *l, inside *in, size_t from, size_t to)
{
    df_text run = df_text_slice(in->arena, l->text, from, to);

    for (uint32_t i = 0; i < run.nsegs; i++) {
        df_seg seg = run.segs[i];

        seg.at += (uint32_t)in->len;
        *df_push(in->arena, in, segs) = seg;
    }
    memcpy(in->ptr + in->len, run.str.ptr, run.str.len);
    in->len += run.str.len;
}

static df_text unescape(df_sh_lexer *l, size_t from, size_t to,
                        df_sh_quote quote)
{
    const char *s = l->text->str.ptr;
    inside in = {.arena = l->job->arena};
    size_t start = from;

    in.ptr = df_alloc(in.arena, 1, to - from + 1);
    for (size_t i = from; i + 1 < to; i++) {
        if (s[i] != '\\')
            continue;
        if (is_escaped(s[i + 1], quote)) {
            if (i > start)
                add_run(l, &in, start, i);
            start = i + 1;
        }
        i++;
    }
    if (to > start || !in.nsegs)
        add_run(l, &in, start, to);
    return (df_text){{in.ptr, in.len}, in.segs, in.nsegs, true};
}

/* script, in a lexer of its own */
static bool parse(df_sh_lexer *l, df_sh_draft *d, const df_text *text)
{
    df_sh_lexer in;
    const df_sh_node *sub;

    df_sh_lexer_init(&in, l->job, text);
    in.extglob = l->pos >= l->extglob ? 0 : SIZE_MAX;
    sub = df_sh_script(&in);
    if (!sub)
        return false;
    *df_push(l->job->arena, d, subs) = sub;
    return true;
}

/* backquote := '`' script '`' */
bool df_sh_backquote(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote)
{
    size_t open = l->pos;
    bool has_escapes;
    size_t close = find_close(l, open + 1, &has_escapes);
    df_text *text = df_new(l->job->arena, df_text);
    bool ok;

    d->flags |= DF_WORD_CMDSUB;
    if (close == l->end)
        return df_sh_fail(l, df_sh_span(l, open, open + 1),
                          "backquote is not closed (opened here)");
    if (quote == DF_QUOTE_HERE && has_escapes)
        return df_sh_fail(l, df_sh_span(l, open, close + 1),
                          "backquote in a here-document holds backslashes");
    *text = has_escapes
                ? unescape(l, open + 1, close, quote)
                : df_text_slice(l->job->arena, l->text, open + 1, close);
    text->file = true;
    ok = df_sh_enter(l, open) && parse(l, d, text);
    df_sh_leave(l);
    l->pos = close;
    df_sh_take(l);
    return ok;
}
