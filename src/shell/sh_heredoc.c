/*
 * The lines of here-documents. Where the delimiter is not quoted, a backslash
 * at a line's end joins it to the next one before either is compared with the
 * delimiter, and expansions inside are parsed as within double quotes.
 */
#include "shell/sh_heredoc.h"

#include <string.h>

#include "shell/sh_word.h"

typedef struct {
    size_t from; /* of the line */
    size_t to;   /* behind its text */
    size_t next; /* behind its line end */
} line;

void df_sh_heres_add(df_sh_lexer *l, df_sh_node *node, uint32_t redir)
{
    *df_push(l->job->arena, l, heres) = (df_sh_here){node, redir};
}

static line line_at(const df_sh_lexer *l, size_t from)
{
    const char *p = l->text->str.ptr + from;
    const char *eol = from < l->end ? memchr(p, '\n', l->end - from) : NULL;
    size_t to = eol ? from + (size_t)(eol - p) : l->end;

    return (line){from, to, eol ? to + 1 : to};
}

/* Does it end in an odd number of backslashes? */
static bool is_joined(const df_sh_lexer *l, line at)
{
    size_t n = 0;

    while (at.to - n > at.from && l->text->str.ptr[at.to - n - 1] == '\\')
        n++;
    return n % 2 == 1;
}

static bool is_delimiter(const df_sh_lexer *l, line at,
                         const df_sh_redir *redir)
{
    size_t from = at.from;

    if (redir->op == DF_OP_HERE_TABS)
        while (from < at.to && l->text->str.ptr[from] == '\t')
            from++;
    return df_str_eq(df_sh_slice(l, from, at.to), redir->target.value);
}

/* Finds the line of the delimiter. False if there is none. */
static bool find_end(const df_sh_lexer *l, const df_sh_redir *redir, line *at)
{
    bool is_quoted = redir->target.flags & DF_WORD_QUOTED;
    bool joins = false;

    for (*at = line_at(l, l->pos);; *at = line_at(l, at->next)) {
        if (!joins && is_delimiter(l, *at, redir))
            return true;
        if (at->next >= l->end)
            return false;
        joins = !is_quoted && is_joined(l, *at);
    }
}

/* Parses the expansions of [from, to). */
static bool expand(df_sh_lexer *l, df_sh_redir *redir, size_t from, size_t to)
{
    df_sh_draft draft = {.from = from};
    size_t end = l->end;
    bool ok = true;
    int c;

    l->end = to;
    while (ok && (c = df_sh_peek(l)) != DF_SH_END) {
        if (c == '$' || c == '`' || c == '\\')
            ok = df_sh_special(l, &draft, DF_QUOTE_HERE);
        else
            df_sh_take(l);
    }
    draft.flags &= ~(unsigned)DF_WORD_QUOTED;
    redir->lines = df_sh_draft_word(l, &draft, from, to);
    l->end = end;
    return ok;
}

static bool read_one(df_sh_lexer *l, df_sh_redir *redir)
{
    df_sh_draft draft = {.from = l->pos};
    size_t from = l->pos;
    line end;

    if (!find_end(l, redir, &end))
        return df_sh_fail(l, redir->span,
                          "here-document %.*s is not closed (opened here)",
                          DF_STR_ARG(redir->target.value));
    redir->body = df_sh_span(l, from, end.from);
    if (!(redir->target.flags & DF_WORD_QUOTED)) {
        if (!expand(l, redir, from, end.from))
            return false;
    } else {
        redir->lines = df_sh_draft_word(l, &draft, from, end.from);
        redir->lines.is_plain = redir->op == DF_OP_HERE;
        if (redir->lines.is_plain)
            redir->lines.value = redir->lines.text;
    }
    l->pos = end.next;
    l->tail = l->pos;
    return true;
}

bool df_sh_heres_read(df_sh_lexer *l)
{
    uint32_t first = l->frame.outer_heres;

    for (uint32_t i = first; i < l->nheres; i++) {
        const df_sh_here here = l->heres[i];

        if (!read_one(l, &here.node->redirs[here.redir]))
            return false;
    }
    l->nheres = first;
    return true;
}

bool df_sh_heres_end(df_sh_lexer *l)
{
    uint32_t outer = l->frame.outer_heres;
    const df_sh_redir *redir;

    if (l->nheres == outer || (!l->text->file && outer == 0))
        return true;
    redir = &l->heres[outer].node->redirs[l->heres[outer].redir];
    return df_sh_fail(l, redir->span, "here-document %.*s has no lines",
                      DF_STR_ARG(redir->target.value));
}
