/*
 * Quote removal (XCU 2.6.7) for words in which nothing is expanded.
 */
#include <string.h>

#include "shell/sh_word.h"

/* Room for the value: it is never longer than the word. */
typedef struct {
    char *ptr;
    size_t len;
    bool is_known;
} value;

static void put(value *v, int c)
{
    v->ptr[v->len++] = (char)c;
}

static void single(df_sh_lexer *l, value *v)
{
    for (l->pos++; l->pos < l->end && l->text->str.ptr[l->pos] != '\'';)
        put(v, l->text->str.ptr[l->pos++]);
    l->pos++;
}

/* Inside "…" a backslash quotes only $ ` " \ (XCU 2.2.3). */
static void double_quoted(df_sh_lexer *l, value *v)
{
    const char *s = l->text->str.ptr;
    int c;

    for (l->pos++; (c = df_sh_peek(l)) != '"' && c != DF_SH_END; l->pos++) {
        if (c == '\\' && l->pos + 1 < l->end && strchr("$`\"\\", s[l->pos + 1]))
            l->pos++;
        put(v, s[l->pos]);
    }
    l->pos++;
}

static int digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Up to `most` digits of a base. NUL would end the word: not known. */
static void number(df_sh_lexer *l, value *v, int base, int most)
{
    int n = 0;
    int i = 0;

    for (; i < most && l->pos < l->end; i++, l->pos++) {
        int d = digit(l->text->str.ptr[l->pos]);

        if (d >= base)
            break;
        n = n * base + d;
    }
    if (i == 0 || (n & 0xff) == 0)
        v->is_known = false;
    put(v, n & 0xff);
}

/* What follows a backslash in $'…'. */
static void ansi_escape(df_sh_lexer *l, value *v)
{
    static const char from[] = "abeEfnrtv\\'\"?";
    static const char to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    char c = l->text->str.ptr[l->pos];
    const char *p = c ? strchr(from, c) : NULL;

    if (p) {
        put(v, to[p - from]);
        l->pos++;
    } else if (c >= '0' && c <= '7') {
        number(l, v, 8, 3);
    } else if (c == 'x') {
        l->pos++;
        number(l, v, 16, 2);
    } else if (c == 'u' || c == 'U' || c == 'c') {
        v->is_known = false; /* depends on the locale */
    } else {
        put(v, '\\');
    }
}

static void ansi(df_sh_lexer *l, value *v)
{
    const char *s = l->text->str.ptr;

    for (l->pos++; l->pos < l->end && s[l->pos] != '\'';) {
        if (s[l->pos] == '\\' && l->pos + 1 < l->end) {
            l->pos++;
            ansi_escape(l, v);
        } else {
            put(v, s[l->pos++]);
        }
    }
    l->pos++;
}

static void dollar(df_sh_lexer *l, value *v)
{
    int c = df_sh_peek2(l);

    l->pos++;
    if (c != '\'' && c != '"') {
        put(v, '$');
        return;
    }
    (void)df_sh_peek(l);
    if (c == '"')
        double_quoted(l, v);
    else
        ansi(l, v);
}

static void one(df_sh_lexer *l, value *v, int c)
{
    switch (c) {
    case '\'':
        single(l, v);
        break;
    case '"':
        double_quoted(l, v);
        break;
    case '$':
        dollar(l, v);
        break;
    case '\\':
        l->pos++;
        if (l->pos < l->end)
            put(v, l->text->str.ptr[l->pos++]);
        break;
    default:
        put(v, c);
        l->pos++;
    }
}

static bool has_quotes(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (df_sh_is_special(s.ptr[i]))
            return true;
    return false;
}

df_str df_sh_unquote(df_sh_lexer *l, size_t from, size_t to)
{
    df_str text = df_sh_slice(l, from, to);
    df_sh_lexer in = {.text = l->text, .pos = from, .end = to};
    value v = {.is_known = true};
    int c;

    if (!has_quotes(text))
        return text;
    v.ptr = df_alloc(l->job->arena, 1, text.len + 1);
    while ((c = df_sh_peek(&in)) != DF_SH_END)
        one(&in, &v, c);
    if (!v.is_known)
        return (df_str){NULL, 0};
    return (df_str){v.ptr, v.len};
}
