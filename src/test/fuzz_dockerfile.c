/* The parser: tokens tile the input, and every node lies in it. */
#include "test/fuzz.h"

#include "base/arena.h"
#include "syntax/dump.h"
#include "syntax/parser.h"

const char *const FUZZ_RULES[] = {"line", "list", NULL};
const char *const FUZZ_START = "all";

static bool inside(const df_doc *doc, df_span s)
{
    return s.off <= doc->text.len && s.len <= doc->text.len - s.off;
}

static void check_tokens(const df_doc *doc)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < doc->ntokens; i++) {
        PROMISE(doc->tokens[i].span.off == at && doc->tokens[i].span.len);
        at = df_span_end(doc->tokens[i].span);
    }
    PROMISE(at == doc->text.len);
}

/* Each joined byte is that byte of the file. */
static void check_text(const df_doc *doc, const df_text *t)
{
    uint32_t last = 0;

    PROMISE(t->nsegs > 0 && t->segs[0].at == 0);
    for (size_t i = 0; i < t->str.len; i++) {
        uint32_t src = df_text_src(t, i);

        PROMISE(src < doc->text.len && doc->text.ptr[src] == t->str.ptr[i]);
        PROMISE(i == 0 || src > last);
        last = src;
    }
}

static void check_parts(const df_doc *doc, const df_instr *in)
{
    for (uint32_t i = 0; i < in->nflags; i++)
        PROMISE(df_span_holds(in->head, in->flags[i].span));
    for (uint32_t i = 0; i < in->nwords; i++)
        PROMISE(df_span_holds(in->head, in->words[i].span));
    for (uint32_t i = 0; i < in->npairs; i++) {
        PROMISE(df_span_holds(in->pairs[i].span, in->pairs[i].key.span));
        PROMISE(df_span_holds(in->head, in->pairs[i].span));
    }
    for (uint32_t i = 0; i < in->nheredocs; i++) {
        PROMISE(inside(doc, in->heredocs[i].op));
        PROMISE(inside(doc, in->heredocs[i].body));
        PROMISE(inside(doc, in->heredocs[i].end));
    }
}

static void check_instr(const df_doc *doc, const df_instr *in)
{
    PROMISE(inside(doc, in->lines));
    PROMISE(df_span_holds(in->lines, in->span));
    PROMISE(df_span_holds(in->span, in->head));
    PROMISE(df_span_holds(in->head, in->keyword));
    check_text(doc, &in->text);
    check_text(doc, &in->args);
    check_parts(doc, in);
    if (in->trigger)
        check_parts(doc, in->trigger);
}

static void check_doc(const df_doc *doc)
{
    uint32_t end = 0;

    check_tokens(doc);
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        PROMISE(doc->instrs[i]->lines.off >= end);
        PROMISE(doc->instrs[i]->index == i);
        check_instr(doc, doc->instrs[i]);
        end = df_span_end(doc->instrs[i]->lines);
    }
    for (uint32_t i = 0; i < doc->ncomments; i++)
        PROMISE(inside(doc, doc->comments[i].line));
    for (uint32_t i = 0; i < doc->nproblems; i++)
        PROMISE(inside(doc, doc->problems[i].span));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str text = {(const char *)data, size};
    df_arena a;
    df_buf out;
    const df_doc *doc;

    df_arena_init(&a, NULL, NULL);
    df_buf_init(&out, &a);
    doc = df_doc_parse(&a, DF_STR("Dockerfile"), text);
    check_doc(doc);
    df_doc_dump(&out, doc);
    df_tokens_dump(&out, doc);
    df_arena_release(&a);
    return 0;
}
