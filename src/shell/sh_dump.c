/*
 * S-expressions such as
 *
 *     (list
 *       (andor op=;
 *         (pipe
 *           (simple "echo" "$x":var (redir > "log")))))
 */
#include "shell/sh_dump.h"

typedef struct {
    df_buf *out;
    unsigned depth;
} dump;

static const char *kind_name(df_sh_kind kind)
{
    static const char *const NAMES[] = {
        [DF_SH_LIST] = "list",
        [DF_SH_ANDOR] = "andor",
        [DF_SH_PIPE] = "pipe",
        [DF_SH_SIMPLE] = "simple",
        [DF_SH_SUBSHELL] = "subshell",
        [DF_SH_GROUP] = "group",
        [DF_SH_IF] = "if",
        [DF_SH_WHILE] = "while",
        [DF_SH_FOR] = "for",
        [DF_SH_SELECT] = "select",
        [DF_SH_ARITHFOR] = "arithfor",
        [DF_SH_CASE] = "case",
        [DF_SH_ITEM] = "item",
        [DF_SH_FUNCTION] = "function",
        [DF_SH_TEST] = "test",
        [DF_SH_ARITH] = "arith",
    };

    return NAMES[kind];
}

static const char *op_name(df_sh_op op)
{
    static const char *const NAMES[] = {
        [DF_OP_NONE] = "",        [DF_OP_SEMI] = ";",
        [DF_OP_AMP] = "&",        [DF_OP_NEWLINE] = "newline",
        [DF_OP_AND] = "&&",       [DF_OP_OR] = "||",
        [DF_OP_PIPE] = "|",       [DF_OP_PIPE_BOTH] = "|&",
        [DF_OP_DSEMI] = ";;",     [DF_OP_IN] = "<",
        [DF_OP_OUT] = ">",        [DF_OP_APPEND] = ">>",
        [DF_OP_CLOBBER] = ">|",   [DF_OP_INOUT] = "<>",
        [DF_OP_DUP_IN] = "<&",    [DF_OP_DUP_OUT] = ">&",
        [DF_OP_HERE] = "<<",      [DF_OP_HERE_TABS] = "<<-",
        [DF_OP_HERE_STR] = "<<<", [DF_OP_BOTH] = "&>",
        [DF_OP_BOTH_APP] = "&>>",
    };

    return NAMES[op];
}

static void add_string(df_buf *out, df_str s)
{
    df_buf_addc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '"' || c == '\\')
            df_buf_fmt(out, "\\%c", c);
        else if (c == '\n')
            df_buf_adds(out, "\\n");
        else if ((unsigned char)c < 0x20 || c == 0x7f)
            df_buf_fmt(out, "\\x%02x", (unsigned)c);
        else
            df_buf_addc(out, c);
    }
    df_buf_addc(out, '"');
}

static void node_lines(dump *d, const df_sh_node *node);

static void word(dump *d, const df_sh_word *w)
{
    static const char *const FLAGS[] = {"quoted",  "var",   "cmdsub", "arith",
                                        "glob",    "tilde", "brace",  "procsub",
                                        "assigns", "array"};

    df_buf_addc(d->out, ' ');
    add_string(d->out, w->text);
    for (unsigned i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (w->flags & (1u << i))
            df_buf_fmt(d->out, ":%s", FLAGS[i]);
    for (uint32_t i = 0; i < w->nsubs; i++)
        node_lines(d, w->subs[i]);
}

static void assign(dump *d, const df_sh_assign *a)
{
    df_buf_fmt(d->out, " (assign%s%s%s ", a->append ? " append" : "",
               a->indexed ? " indexed" : "", a->array ? " array" : "");
    add_string(d->out, a->name);
    word(d, &a->value);
    df_buf_addc(d->out, ')');
}

static void redir(dump *d, const df_sh_redir *r)
{
    df_buf_adds(d->out, " (redir ");
    if (r->fd >= 0)
        df_buf_fmt(d->out, "%d", r->fd);
    df_buf_adds(d->out, op_name(r->op));
    word(d, &r->target);
    if (r->lines.text.ptr) {
        df_buf_adds(d->out, " lines");
        word(d, &r->lines);
    }
    df_buf_addc(d->out, ')');
}

static void attributes(dump *d, const df_sh_node *node)
{
    if (node->op != DF_OP_NONE)
        df_buf_fmt(d->out, " op=%s", op_name(node->op));
    if (node->negated)
        df_buf_adds(d->out, node->kind == DF_SH_WHILE ? " until" : " not");
    if (node->timed)
        df_buf_adds(d->out, " time");
    if (node->name.ptr) {
        df_buf_adds(d->out, " name=");
        add_string(d->out, node->name);
    }
    if (node->listed)
        df_buf_adds(d->out, " in");
}

static void node_lines(dump *d, const df_sh_node *node)
{
    df_buf_fmt(d->out, "\n%*s(%s", (int)d->depth * 2, "",
               kind_name(node->kind));
    d->depth++;
    attributes(d, node);
    for (uint32_t i = 0; i < node->nassigns; i++)
        assign(d, &node->assigns[i]);
    for (uint32_t i = 0; i < node->nwords; i++)
        word(d, &node->words[i]);
    for (uint32_t i = 0; i < node->nredirs; i++)
        redir(d, &node->redirs[i]);
    for (uint32_t i = 0; i < node->nkids; i++)
        node_lines(d, node->kids[i]);
    d->depth--;
    df_buf_addc(d->out, ')');
}

void df_sh_dump(df_buf *out, const df_sh_tree *tree)
{
    dump d = {out, 1};

    if (!tree->ok) {
        df_buf_fmt(out, "(not-understood %u+%u ", tree->bad.off, tree->bad.len);
        add_string(out, tree->problem);
    } else {
        df_buf_adds(out, tree->bashisms ? "(script bashisms" : "(script");
        node_lines(&d, tree->root);
    }
    for (uint32_t i = 0; i < tree->ncomments; i++)
        df_buf_fmt(out, "\n  (comment %u+%u)", tree->comments[i].off,
                   tree->comments[i].len);
    df_buf_adds(out, ")\n");
}
