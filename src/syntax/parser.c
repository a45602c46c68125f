/*
 * document    := (directive | comment | blank line | instruction)*
 * instruction := keyword flags arguments, then the bodies of its heredocs
 *
 * The lexer joins lines; here one joined line becomes one instruction.
 */
#include "syntax/parser.h"

#include <stdlib.h>
#include <string.h>

#include "syntax/args.h"
#include "syntax/check.h"
#include "syntax/lexer.h"
#include "syntax/word.h"

/* keyword := everything up to a blank */
static size_t read_keyword(df_instr *instr)
{
    df_str in = instr->text.str;
    size_t end = 0;

    while (end < in.len && !df_splits(in.ptr[end]))
        end++;
    instr->keyword = df_text_span(&instr->text, 0, end);
    instr->kind = df_instr_find(df_str_slice(in, 0, end));
    return end;
}

/* Everything but the trigger of ONBUILD. */
static df_instr *read_plain(df_arena *a, df_doc *doc, const df_text *text)
{
    df_instr *instr = df_new(a, df_instr);
    size_t from = 0;
    size_t to = text->str.len;

    df_utrim(text->str, &from, &to);
    instr->text = df_text_slice(a, text, from, to);
    instr->index = doc->ninstrs;
    df_args_read(a, doc, instr, read_keyword(instr));
    instr->head = df_text_span(&instr->text, 0, instr->text.str.len);
    instr->span = instr->head;
    instr->lines = instr->head;
    return instr;
}

/* A trigger that is an ONBUILD again is refused, so one level is enough. */
static df_instr *read_instr(df_arena *a, df_doc *doc, const df_text *text)
{
    df_instr *instr = read_plain(a, doc, text);

    if (instr->kind != DF_I_ONBUILD || !instr->args.str.len)
        return instr;
    instr->trigger = read_plain(a, doc, &instr->args);
    if (instr->trigger->bad)
        instr->bad = true;
    return instr;
}

/* Heredocs stand only in RUN, COPY and ADD, triggered or not, not in JSON. */
static bool can_hold_heredocs(const df_instr *instr)
{
    const df_instr *inner = instr->trigger ? instr->trigger : instr;

    return !inner->json &&
           (inner->kind == DF_I_RUN || inner->kind == DF_I_COPY ||
            inner->kind == DF_I_ADD);
}

static void read_bodies(df_lexer *lx, df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nheredocs; i++) {
        df_heredoc *h = &instr->heredocs[i];

        if (!df_lexer_body(lx, h))
            df_instr_bad(lx->arena, lx->doc, instr, h->op,
                         "heredoc %.*s is not closed, expected a line "
                         "\"%.*s\" (opened here)",
                         DF_STR_ARG(h->name), DF_STR_ARG(h->name));
        instr->span = df_span_between(instr->span.off, df_span_end(h->end));
    }
    instr->lines = df_span_between(instr->lines.off, lx->pos);
}

static void read_heredocs(df_lexer *lx, df_instr *instr)
{
    df_str error = DF_STR("");
    uint32_t n;

    if (!can_hold_heredocs(instr))
        return;
    if (!df_heredocs_find(lx->arena, instr->text.str, instr, &error)) {
        df_instr_bad(lx->arena, lx->doc, instr, instr->keyword, "%.*s",
                     DF_STR_ARG(error));
        return;
    }
    n = instr->nheredocs;
    for (uint32_t i = 0; i < n; i++) {
        df_heredoc *h = &instr->heredocs[i];

        h->op = df_text_span(&instr->text, h->op.off, df_span_end(h->op));
    }
    read_bodies(lx, instr);
}

static void share_heredocs(df_instr *instr)
{
    df_instr *t = instr->trigger;

    if (!t)
        return;
    t->heredocs = instr->heredocs;
    t->nheredocs = t->cheredocs = instr->nheredocs;
}

static void read_line(df_lexer *lx, const df_line *line)
{
    df_doc *doc = lx->doc;
    df_instr *instr = read_instr(lx->arena, doc, &line->text);

    instr->lines = line->lines;
    read_heredocs(lx, instr);
    share_heredocs(instr);
    df_check_instr(lx->arena, doc, instr);
    *df_push(lx->arena, doc, instrs) = instr;
}

static bool mostly_crlf(df_str text)
{
    size_t lf = 0;
    size_t crlf = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\n')
            continue;
        lf++;
        crlf += i > 0 && text.ptr[i - 1] == '\r';
    }
    return crlf * 2 > lf;
}

static int by_place(const void *a, const void *b)
{
    const df_problem *x = a;
    const df_problem *y = b;

    return (x->span.off > y->span.off) - (x->span.off < y->span.off);
}

df_doc *df_doc_parse(df_arena *a, df_str name, df_str text)
{
    df_doc *doc = df_new(a, df_doc);
    df_lexer lx;
    df_line line;

    doc->name = name;
    doc->text = text;
    doc->escape = '\\';
    doc->crlf = mostly_crlf(text);
    df_lexer_init(&lx, a, doc);
    while (df_lexer_next(&lx, &line))
        read_line(&lx, &line);
    df_check_doc(a, doc);
    if (doc->nproblems > 1)
        qsort(doc->problems, doc->nproblems, sizeof *doc->problems, by_place);
    return doc;
}
