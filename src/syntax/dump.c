/* S-expressions of a document: see syntax/dump.h. */
#include "syntax/dump.h"

static void escape(df_buf *out, df_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c < 0x20 || c >= 0x7F)
            df_buf_fmt(out, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            df_buf_fmt(out, "\\%c", c);
        else
            df_buf_addc(out, (char)c);
    }
}

static void quote(df_buf *out, df_str s)
{
    df_buf_addc(out, '"');
    escape(out, s);
    df_buf_addc(out, '"');
}

void df_place(const df_doc *doc, uint32_t off, uint32_t *line, uint32_t *col)
{
    uint32_t start = df_line_start(doc, off);

    *line = 1;
    for (uint32_t i = 0; i < start; i++)
        *line += doc->text.ptr[i] == '\n';
    *col = off - start + 1;
}

static void dump_lines(df_buf *out, const df_doc *doc, df_span lines)
{
    uint32_t first, last, col;
    uint32_t end = df_span_end(lines);

    df_place(doc, lines.off, &first, &col);
    df_place(doc, end > lines.off ? end - 1 : end, &last, &col);
    df_buf_fmt(out, " %u-%u", first, last);
}

static void dump_flags(df_buf *out, const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nflags; i++) {
        const df_flag *f = &instr->flags[i];

        df_buf_adds(out, " (flag ");
        quote(out, df_fmt(out->arena, "--%.*s%s%.*s", DF_STR_ARG(f->name),
                          f->has_value ? "=" : "", DF_STR_ARG(f->value)));
        df_buf_addc(out, ')');
    }
}

static void dump_pairs(df_buf *out, const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->npairs; i++) {
        df_buf_addc(out, ' ');
        quote(out, instr->pairs[i].key.str);
        df_buf_addc(out, ' ');
        quote(out, instr->pairs[i].value.str);
        df_buf_adds(out, instr->old ? " \"\"" : " \"=\"");
    }
}

static void dump_words(df_buf *out, const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nwords; i++) {
        df_buf_addc(out, ' ');
        quote(out, instr->words[i].str);
    }
}

static void dump_args(df_buf *out, const df_instr *instr)
{
    df_form form = df_instr_form(instr->kind);

    df_buf_adds(out, instr->json ? " (json" : " (args");
    if (form == DF_FORM_PAIRS) {
        dump_pairs(out, instr);
    } else if (instr->kind == DF_I_UNKNOWN) {
        df_buf_adds(out, " \"\"");
    } else {
        dump_words(out, instr);
        if (!instr->json && instr->args.str.len &&
            (form == DF_FORM_SHELL || form == DF_FORM_HEALTH)) {
            df_buf_addc(out, ' ');
            quote(out, instr->args.str);
        }
    }
    df_buf_addc(out, ')');
}

static void dump_heredocs(df_buf *out, const df_doc *doc, const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nheredocs; i++) {
        const df_heredoc *h = &instr->heredocs[i];

        df_buf_adds(out, " (heredoc ");
        quote(out, h->name);
        df_buf_fmt(out, " fd=%d expand=%s chomp=%s ", h->fd < 0 ? 0 : h->fd,
                   h->expand ? "true" : "false", h->strip ? "true" : "false");
        quote(out, df_source(doc, h->body));
        df_buf_addc(out, ')');
    }
}

/* The joined keyword in lower case. */
static void dump_name(df_buf *out, const df_instr *instr)
{
    df_buf name;

    df_buf_init(&name, out->arena);
    for (size_t i = 0; i < instr->text.str.len; i++) {
        char c = instr->text.str.ptr[i];

        if (df_splits(c))
            break;
        df_buf_addc(&name, df_lower(c));
    }
    df_buf_addc(out, '(');
    if (name.len)
        escape(out, df_buf_str(&name));
    else
        df_buf_adds(out, "\"\"");
}

static void dump_instr(df_buf *out, const df_doc *doc, const df_instr *instr,
                       bool inner)
{
    dump_name(out, instr);
    if (!inner)
        dump_lines(out, doc, instr->lines);
    dump_flags(out, instr);
    if (instr->trigger) {
        df_buf_addc(out, ' ');
        dump_instr(out, doc, instr->trigger, true);
    } else {
        dump_args(out, instr);
    }
    if (!inner)
        dump_heredocs(out, doc, instr);
    df_buf_addc(out, ')');
}

static void dump_problem(df_buf *out, const df_doc *doc, const df_problem *p)
{
    uint32_t line, col;

    df_place(doc, p->span.off, &line, &col);
    df_buf_fmt(out, "(error %u:%u ", line, col);
    quote(out, p->text);
    df_buf_adds(out, ")\n");
}

void df_doc_dump(df_buf *out, const df_doc *doc)
{
    for (uint32_t i = 0; i < doc->ndirectives; i++) {
        df_buf_fmt(out, "(%.*s ", DF_STR_ARG(doc->directives[i].key));
        quote(out, doc->directives[i].value);
        df_buf_adds(out, ")\n");
    }
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        dump_instr(out, doc, doc->instrs[i], false);
        df_buf_addc(out, '\n');
    }
    for (uint32_t i = 0; i < doc->nproblems; i++)
        dump_problem(out, doc, &doc->problems[i]);
}

void df_tokens_dump(df_buf *out, const df_doc *doc)
{
    static const char *const names[] = {
        "bom",     "directive", "comment",  "blank", "newline",
        "keyword", "text",      "continue", "body",  "end"};

    for (uint32_t i = 0; i < doc->ntokens; i++) {
        const df_token *t = &doc->tokens[i];

        df_buf_fmt(out, "%-9s %u %u ", names[t->kind], t->span.off,
                   t->span.len);
        quote(out, df_source(doc, t->span));
        df_buf_addc(out, '\n');
    }
}
