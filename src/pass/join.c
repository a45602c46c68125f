/*
 * The text of joined RUNs: bodies stay as they were written, between them goes
 * what joins them, in the author's own style. See dfopt/join.h.
 */
#include <dfopt/join.h>

#include <dfopt/style.h>

/* What surrounds a body, given its neighbours in the row. */
typedef struct {
    const char *open;
    const char *close; /* a `;` at the end of the body is gone by then */
} shell_quote;

/* Two in a row would begin an arithmetic expression. */
static bool begins_with_paren(const df_body *s)
{
    return s->run->instr->args.str.ptr[0] == '(';
}

static shell_quote around(const df_body *s)
{
    bool same_script = s->before > DF_LINK_AND || s->link > DF_LINK_AND;

    if (same_script)
        return (shell_quote){"", ""};
    if (s->link != DF_LINK_NONE && df_body_is_seen(s))
        return (shell_quote){begins_with_paren(s) ? "( " : "(", ")"};
    if (s->before != DF_LINK_NONE && !df_run_is_chain(s->run))
        return (shell_quote){"{ ", "; }"};
    return (shell_quote){"", ""};
}

/* The end of the line's text, before its line end. */
static uint32_t text_end(const df_doc *doc, uint32_t off)
{
    uint32_t end = df_line_end(doc, off);

    while (end > off &&
           (doc->text.ptr[end - 1] == '\n' || doc->text.ptr[end - 1] == '\r'))
        end--;
    return end;
}

/* Blank lines between two RUNs: none may stand inside a continuation. */
static void drop_blank_lines(df_pass_ctx *cx, df_finding *f, uint32_t from,
                             uint32_t to)
{
    while (from < to) {
        uint32_t next = df_line_end(df_cx_doc(cx), from);

        if (!df_str_trim(df_source(df_cx_doc(cx), df_span_between(from, next)))
                 .len)
            df_delete(f, df_span_between(from, next));
        from = next;
    }
}

/*
 * The head of the second instruction goes, from the start of its line; `lead`
 * takes its place. A body on a later line keeps its indentation.
 */
static void drop_head(df_pass_ctx *cx, df_finding *f, const df_body *s,
                      df_str indent, df_str lead)
{
    uint32_t from = s->run->instr->lines.off;
    uint32_t head = df_line_end(df_cx_doc(cx), df_head_end(s->run, s->before));
    uint32_t body = df_body_start(s->run, s->before);

    if (body < head) {
        df_replace(f, df_span_between(from, body),
                   df_fmt(df_cx_arena(cx), "%.*s%.*s", DF_STR_ARG(indent),
                          DF_STR_ARG(lead)));
        return;
    }
    df_delete(f, df_span_between(from, head));
    df_insert(f, body, lead);
}

static void join_pair(df_pass_ctx *cx, df_finding *f, const df_body *a,
                      df_style style)
{
    df_arena *mem = df_cx_arena(cx);
    const df_body *b = a + 1;
    uint32_t end = df_body_end(a->run);
    bool leading = a->link != DF_LINK_SEMI && style.leading;
    const char *op = a->link == DF_LINK_SEMI ? ";" : leading ? "" : " &&";
    df_str indent =
        a->link == DF_LINK_SEMI
            ? df_style_inner(df_cx_doc(cx), a->run->instr, DF_STR("    "))
            : style.indent;

    df_replace(
        f, df_span_between(end, text_end(df_cx_doc(cx), end)),
        df_fmt(mem, "%s%s %c", around(a).close, op, df_cx_doc(cx)->escape));
    drop_blank_lines(cx, f, df_line_end(df_cx_doc(cx), end),
                     b->run->instr->lines.off);
    drop_head(cx, f, b, indent,
              df_fmt(mem, "%s%s", leading ? "&& " : "", around(b).open));
}

void df_join(df_pass_ctx *cx, df_finding *f, const df_body *first, uint32_t n)
{
    const df_body *last = &first[n - 1];
    df_style style = df_style_of(df_cx_facts(cx), first->run->instr->index,
                                 last->run->instr->index);

    if (*around(first).open)
        df_insert(f, df_body_start(first->run, DF_LINK_NONE),
                  df_str_of(around(first).open));
    for (uint32_t i = 0; i + 1 < n; i++)
        join_pair(cx, f, &first[i], style);
    if (*around(last).close)
        df_replace(f,
                   df_span_between(df_body_end(last->run),
                                   df_span_end(last->run->instr->head)),
                   df_str_of(around(last).close));
}
