/*
 * The token scanner: blanks, comments, operators; words are in sh_word.c, the
 * lines of here-documents in sh_heredoc.c.
 */
#include "shell/sh_lexer.h"

#include <string.h>

#include "base/limits.h"
#include "shell/sh_heredoc.h"
#include "shell/sh_word.h"

void df_sh_lexer_init(df_sh_lexer *l, df_sh_job *job, const df_text *text)
{
    *l = (df_sh_lexer){.job = job, .text = text, .end = text->str.len};
    l->extglob = SIZE_MAX;
}

df_str df_sh_slice(const df_sh_lexer *l, size_t from, size_t to)
{
    return df_str_slice(l->text->str, from, to);
}

df_span df_sh_span(const df_sh_lexer *l, size_t from, size_t to)
{
    size_t len = l->text->str.len;

    return df_text_span(l->text, from, to < len ? to : len);
}

bool df_sh_fail(df_sh_lexer *l, df_span at, const char *format, ...)
{
    df_sh_job *job = l->job;
    va_list args;

    if (job->failed)
        return false;
    job->failed = true;
    job->tree->bad = at;
    va_start(args, format);
    job->tree->problem = df_vfmt(job->arena, format, args);
    va_end(args);
    return false;
}

void df_sh_bashism(df_sh_lexer *l)
{
    l->job->tree->bashisms = true;
}

bool df_sh_enter(df_sh_lexer *l, size_t at)
{
    if (++l->job->depth <= DF_MAX_DEPTH)
        return true;
    return df_sh_fail(l, df_sh_span(l, at, at + 1),
                      "shell code is nested deeper than %u", DF_MAX_DEPTH);
}

void df_sh_leave(df_sh_lexer *l)
{
    l->job->depth--;
}

int df_sh_peek2(df_sh_lexer *l)
{
    size_t pos;
    int c;

    if (df_sh_peek(l) == DF_SH_END)
        return DF_SH_END;
    pos = l->pos++;
    c = df_sh_peek(l);
    l->pos = pos;
    return c;
}

bool df_sh_match(df_sh_lexer *l, const char *s)
{
    size_t pos = l->pos;
    size_t tail = l->tail;

    for (; *s; s++) {
        if (df_sh_peek(l) != (unsigned char)*s) {
            l->pos = pos;
            l->tail = tail;
            return false;
        }
        df_sh_take(l);
    }
    return true;
}

bool df_sh_take_escape(df_sh_lexer *l)
{
    if (l->end - l->pos < 2)
        return df_sh_fail(l, df_sh_span(l, l->pos, l->end),
                          "backslash with nothing behind it");
    l->pos += 2;
    l->tail = l->pos;
    return true;
}

static void comment(df_sh_lexer *l)
{
    const char *start = l->text->str.ptr + l->pos;
    const char *eol = memchr(start, '\n', l->end - l->pos);
    size_t to = eol ? l->pos + (size_t)(eol - start) : l->end;

    *df_push(l->job->arena, l->job->tree, comments) = df_sh_span(l, l->pos, to);
    l->pos = to;
}

void df_sh_skip_blanks(df_sh_lexer *l)
{
    int c = df_sh_peek(l);

    while (c == ' ' || c == '\t') {
        l->pos++;
        c = df_sh_peek(l);
    }
    if (c == '#')
        comment(l);
}

static const struct {
    const char *text; /* a prefix of another one stands below that one */
    df_sh_op op;
    bool is_bashism;
} OPS[] = {
    {"&&", DF_OP_AND, false},        {"&>>", DF_OP_BOTH_APP, true},
    {"&>", DF_OP_BOTH, true},        {"&", DF_OP_AMP, false},
    {"||", DF_OP_OR, false},         {"|&", DF_OP_PIPE_BOTH, true},
    {"|", DF_OP_PIPE, false},        {";;&", DF_OP_DSEMI, true},
    {";;", DF_OP_DSEMI, false},      {";&", DF_OP_DSEMI, true},
    {";", DF_OP_SEMI, false},        {"<<<", DF_OP_HERE_STR, true},
    {"<<-", DF_OP_HERE_TABS, false}, {"<<", DF_OP_HERE, false},
    {"<&", DF_OP_DUP_IN, false},     {"<>", DF_OP_INOUT, false},
    {"<", DF_OP_IN, false},          {">>", DF_OP_APPEND, false},
    {">&", DF_OP_DUP_OUT, false},    {">|", DF_OP_CLOBBER, false},
    {">", DF_OP_OUT, false},
};

/* The operator at this place, or DF_OP_NONE. */
static df_sh_op operator(df_sh_lexer *l)
{
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++) {
        if (!df_sh_match(l, OPS[i].text))
            continue;
        if (OPS[i].is_bashism)
            df_sh_bashism(l);
        return OPS[i].op;
    }
    return DF_OP_NONE;
}

static bool starts_word(df_sh_lexer *l, int c)
{
    switch (c) {
    case '&':
    case ';':
    case ')':
        return false;
    case '(':
    case '|':
        return l->frame.place == DF_PLACE_REGEX;
    case '<':
    case '>':
        return df_sh_peek2(l) == '(';
    default:
        return true;
    }
}

/* fd := digit+ | '{' name '}', with no blank before `<` or `>` */
static void check_fd(df_sh_lexer *l, df_sh_token *tok)
{
    df_str s = tok->word.value;
    int c = df_sh_peek(l);
    size_t n = 0;

    if ((c != '<' && c != '>') || !tok->word.is_plain || tok->word.flags)
        return;
    while (n < s.len && df_is_digit(s.ptr[n]))
        n++;
    if (n == s.len && n <= 3) {
        tok->kind = DF_SHTOK_FD;
        tok->fd = 0;
        for (n = 0; n < s.len; n++)
            tok->fd = tok->fd * 10 + (s.ptr[n] - '0');
        if (s.len > 1)
            df_sh_bashism(l); /* dash takes one digit */
    } else if (s.len > 2 && s.ptr[0] == '{' && s.ptr[s.len - 1] == '}' &&
               df_sh_is_name(df_str_slice(s, 1, s.len - 1))) {
        tok->kind = DF_SHTOK_FD;
        tok->fd = -1;
        df_sh_bashism(l);
    } else if (n == s.len) {
        df_sh_fail(l, df_sh_span(l, tok->from, tok->to),
                   "file descriptor is too large");
    }
}

static void scan_other(df_sh_lexer *l, df_sh_token *tok, int c)
{
    if (c == '(' || c == ')') {
        df_sh_take(l);
        tok->kind = c == '(' ? DF_SHTOK_OPEN : DF_SHTOK_CLOSE;
    } else {
        tok->op = operator(l);
        tok->kind = DF_SHTOK_OP;
    }
}

static void scan(df_sh_lexer *l, df_sh_token *tok)
{
    int c;

    df_sh_skip_blanks(l);
    c = df_sh_peek(l);
    tok->from = l->pos;
    if (c == DF_SH_END) {
        tok->kind = DF_SHTOK_EOF;
        l->tail = l->pos;
    } else if (c == '\n') {
        tok->kind = DF_SHTOK_EOL;
        df_sh_take(l);
    } else if (starts_word(l, c)) {
        tok->kind = DF_SHTOK_WORD;
        if (df_sh_word_scan(l, tok))
            check_fd(l, tok);
    } else {
        scan_other(l, tok, c);
    }
    tok->to = l->tail;
    if (tok->kind == DF_SHTOK_EOL)
        df_sh_heres_read(l);
}

const df_sh_token *df_sh_tok(df_sh_lexer *l)
{
    if (!l->frame.loaded && !l->job->failed) {
        df_sh_token tok = {.fd = -1};

        scan(l, &tok);
        l->frame.tok = tok;
        l->frame.loaded = true;
    }
    if (l->job->failed)
        l->frame.tok.kind = DF_SHTOK_FAILED;
    return &l->frame.tok;
}

void df_sh_skip(df_sh_lexer *l)
{
    l->frame.last = df_sh_tok(l)->to;
    l->frame.loaded = false;
    l->frame.closed = false;
    l->frame.place = DF_PLACE_COMMAND;
}

bool df_sh_at_op(df_sh_lexer *l, df_sh_op op)
{
    const df_sh_token *tok = df_sh_tok(l);

    return tok->kind == DF_SHTOK_OP && tok->op == op;
}

bool df_sh_at_word(df_sh_lexer *l, const char *word)
{
    const df_sh_token *tok = df_sh_tok(l);

    return tok->kind == DF_SHTOK_WORD && !tok->word.flags &&
           df_str_is(tok->word.value, word);
}
