/*
 * The word scanner. A word goes on until an unquoted blank, line end or
 * operator; what is quoted or expanded inside is matched on the way.
 */
#include "shell/sh_word.h"

#include <string.h>

#include "shell/sh_expand.h"

bool df_sh_is_name(df_str s)
{
    if (!s.len || df_is_digit(s.ptr[0]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]))
            return false;
    return true;
}

static bool is_name_byte(int c)
{
    return c != DF_SH_END && df_is_name((char)c);
}

df_sh_word df_sh_draft_word(df_sh_lexer *l, df_sh_draft *d, size_t from,
                            size_t to)
{
    return (df_sh_word){
        .span = df_sh_span(l, from, to),
        .text = df_sh_slice(l, from, to),
        .flags = d->flags,
        .subs = d->subs,
        .nsubs = d->nsubs,
    };
}

/* single := '\'' byte* '\'' */
static bool single_quotes(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos++;
    const char *start = l->text->str.ptr + l->pos;
    const char *close = memchr(start, '\'', l->end - l->pos);

    d->flags |= DF_WORD_QUOTED;
    if (!close)
        return df_sh_fail(l, df_sh_span(l, open, open + 1),
                          "single quote is not closed (opened here)");
    l->pos += (size_t)(close - start);
    df_sh_take(l);
    return true;
}

/* double := '"' (byte | '\\' byte | expansion)* '"' */
static bool double_quotes(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos;
    int c;

    d->flags |= DF_WORD_QUOTED;
    df_sh_take(l);
    while ((c = df_sh_peek(l)) != '"') {
        if (c == DF_SH_END || l->job->failed)
            return df_sh_fail(l, df_sh_span(l, open, open + 1),
                              "double quote is not closed (opened here)");
        if (c == '$' || c == '`' || c == '\\') {
            if (!df_sh_special(l, d, DF_QUOTE_DOUBLE))
                return false;
        } else {
            df_sh_take(l);
        }
    }
    df_sh_take(l);
    return true;
}

bool df_sh_special(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote)
{
    d->prev = 0;
    switch (df_sh_peek(l)) {
    case '\'':
        return single_quotes(l, d);
    case '"':
        return double_quotes(l, d);
    case '\\':
        d->flags |= DF_WORD_QUOTED;
        return df_sh_take_escape(l);
    case '`':
        return df_sh_backquote(l, d, quote);
    default:
        break;
    }
    /* `$"…"` and `$'…'` (bash) are quotations, too. */
    if (quote == DF_QUOTE_NONE && df_sh_peek2(l) == '"') {
        df_sh_bashism(l);
        df_sh_take(l);
        (void)df_sh_peek(l);
        return double_quotes(l, d);
    }
    return df_sh_dollar(l, d, quote);
}

bool df_sh_subscript(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote)
{
    size_t open = l->pos;
    unsigned depth = 0;

    do {
        int c = df_sh_peek(l);

        if (c == DF_SH_END || c == '\n')
            return df_sh_fail(l, df_sh_span(l, open, open + 1),
                              "bracket is not closed (opened here)");
        if (df_sh_is_special(c)) {
            if (!df_sh_special(l, d, quote))
                return false;
            continue;
        }
        depth += c == '[';
        depth -= c == ']';
        df_sh_take(l);
    } while (depth > 0);
    return true;
}

static bool is_break(int c)
{
    switch (c) {
    case DF_SH_END:
    case ' ':
    case '\t':
    case '\n':
    case ';':
    case '&':
    case '|':
    case '(':
    case ')':
    case '<':
    case '>':
        return true;
    default:
        return false;
    }
}

/*
 * name [ … ] at the start of a command: bash looks for the bracket across
 * blanks, other shells do not know it at all.
 */
static bool index_of_name(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos;
    bool is_one_word = true;
    int c;

    if (!df_sh_subscript(l, d, DF_QUOTE_NONE))
        return false;
    for (size_t i = open; i < l->tail; i++)
        is_one_word = is_one_word && !is_break(l->text->str.ptr[i]);
    c = df_sh_peek(l);
    d->indexed = c == '=' || (c == '+' && df_sh_peek2(l) == '=');
    d->prev = ']';
    if (d->indexed && l->frame.place == DF_PLACE_PREFIX)
        return df_sh_fail(l, df_sh_span(l, open, l->tail),
                          "element of an array behind a redirection");
    if (d->indexed) {
        df_sh_bashism(l);
        if (df_sh_arith_assigns(df_sh_slice(l, open, l->tail)))
            d->flags |= DF_WORD_ASSIGNS;
        return true;
    }
    d->flags |= DF_WORD_GLOB;
    return is_one_word || df_sh_fail(l, df_sh_span(l, open, l->tail),
                                     "bracket that shells read differently");
}

static bool parts(df_sh_lexer *l, df_sh_draft *d);

/* array := '(' (word | newline | comment)* ')' */
static bool array(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos;
    int c;

    df_sh_bashism(l);
    d->array = true;
    d->flags |= DF_WORD_ARRAY;
    df_sh_take(l);
    for (;;) {
        df_sh_skip_blanks(l);
        c = df_sh_peek(l);
        if (c == ')')
            break;
        if (c == '\n' && l->nheres == l->frame.outer_heres) {
            df_sh_take(l);
            continue;
        }
        if (is_break(c) && !((c == '<' || c == '>') && df_sh_peek2(l) == '('))
            return df_sh_fail(l, df_sh_span(l, open, open + 1),
                              "array is not closed (opened here)");
        d->prev = 0;
        d->has_bracket = false;
        if (!parts(l, d))
            return false;
        if (d->has_bracket) /* bash reads on to the next `]` */
            return df_sh_fail(l, df_sh_span(l, open, l->tail),
                              "bracket that shells read differently");
    }
    df_sh_take(l);
    return is_break(df_sh_peek(l)) ||
           df_sh_fail(l, df_sh_span(l, open, l->tail),
                      "array with text behind it");
}

/* head := name ['[' … ']'] ['+'] '=' [array], or any part of it */
static bool head(df_sh_lexer *l, df_sh_draft *d)
{
    df_sh_place place = l->frame.place;
    size_t name_end;
    int c = df_sh_peek(l);

    if (!is_name_byte(c) || df_is_digit((char)c))
        return true;
    for (; is_name_byte(c); c = df_sh_peek(l)) {
        d->prev = c;
        df_sh_take(l);
    }
    name_end = l->tail;
    if (c == '[' && place <= DF_PLACE_PREFIX) {
        if (!index_of_name(l, d))
            return false;
        if (!d->indexed)
            return true;
        c = df_sh_peek(l);
    }
    d->append = c == '+' && df_sh_peek2(l) == '=';
    if (d->append)
        df_sh_take(l);
    if (df_sh_peek(l) != '=')
        return true;
    df_sh_take(l);
    d->prev = '=';
    d->name_end = name_end;
    d->value_from = l->tail;
    if (df_sh_peek(l) == '(' && !d->indexed &&
        (place == DF_PLACE_COMMAND || place == DF_PLACE_DECL))
        return array(l, d);
    return true;
}

/* group := '(' (word | blank | '|' | group)* ')' in a pattern or regex */
static bool group(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos;
    size_t depth = 0;

    d->flags |= DF_WORD_GLOB;
    do {
        int c = df_sh_peek(l);

        if (c == DF_SH_END || c == '\n')
            return df_sh_fail(l, df_sh_span(l, open, open + 1),
                              "parenthesis is not closed (opened here)");
        if (df_sh_is_special(c)) {
            if (!df_sh_special(l, d, DF_QUOTE_NONE))
                return false;
            continue;
        }
        depth += c == '(';
        depth -= c == ')';
        df_sh_take(l);
    } while (depth > 0);
    d->prev = ')';
    return true;
}

static bool is_extglob(df_sh_lexer *l, const df_sh_draft *d)
{
    if (l->frame.place != DF_PLACE_PATTERN && l->pos < l->extglob)
        return false;
    return d->prev && strchr("?*+@!", d->prev);
}

/* Does the word end here? Not in front of what bash takes into it. */
static bool ends_here(df_sh_lexer *l, const df_sh_draft *d, int c)
{
    if (!is_break(c))
        return false;
    if (c == '<' || c == '>')
        return df_sh_peek2(l) != '(';
    if (c == '|')
        return l->frame.place != DF_PLACE_REGEX;
    if (c == '(')
        return l->frame.place != DF_PLACE_REGEX && !is_extglob(l, d);
    return true;
}

/* Bits of d->braces count from the innermost one. */
static void note_brace(df_sh_draft *d, int c)
{
    if (c == '{') {
        d->nbraces++;
        d->braces <<= 1;
    } else if (d->nbraces > 32) {
        d->flags |= DF_WORD_BRACE; /* too deep to tell */
    } else if (d->nbraces == 0) {
        return;
    } else if (c == '}') {
        if (d->braces & 1)
            d->flags |= DF_WORD_BRACE;
        d->nbraces--;
        d->braces >>= 1;
    } else {
        d->braces |= 1;
    }
}

/* Tilde expansion: at the start, in assignments behind `=` and `:` also. */
static void note_tilde(const df_sh_lexer *l, df_sh_draft *d)
{
    if (l->pos == d->from ||
        (d->name_end && (d->prev == '=' || d->prev == ':')))
        d->flags |= DF_WORD_TILDE;
}

/* `[` alone is no pattern, so the command `[` is a plain word. */
static void note_pattern(df_sh_draft *d, int c)
{
    if (c == '*' || c == '?' || (c == ']' && d->has_bracket))
        d->flags |= DF_WORD_GLOB;
    if (c == '[' || c == ']')
        d->has_bracket = c == '[';
}

/* One unquoted byte that is nothing but itself, maybe of a pattern. */
static void plain_byte(df_sh_lexer *l, df_sh_draft *d, int c)
{
    note_pattern(d, c);
    if (c == '~')
        note_tilde(l, d);
    else if (c == '{' || c == '}' || c == ',' || (c == '.' && d->prev == '.'))
        note_brace(d, c);
    d->prev = c;
    df_sh_take(l);
}

/* parts := (quotation | expansion | procsub | group | byte)* */
static bool parts(df_sh_lexer *l, df_sh_draft *d)
{
    for (;;) {
        int c = df_sh_peek(l);
        bool ok = true;

        if (ends_here(l, d, c))
            return !l->job->failed;
        if (df_sh_is_special(c)) {
            ok = df_sh_special(l, d, DF_QUOTE_NONE);
        } else if (c == '(') {
            df_sh_bashism(l);
            ok = group(l, d);
        } else if (c == '<' || c == '>') {
            ok = df_sh_procsub(l, d);
        } else {
            plain_byte(l, d, c);
        }
        if (!ok)
            return false;
    }
}

static void set_value(df_sh_lexer *l, df_sh_word *word, size_t from, size_t to)
{
    if (word->flags & ~(unsigned)DF_WORD_QUOTED)
        return;
    word->value = df_sh_unquote(l, from, to);
    word->is_plain = word->value.ptr;
}

static void set_assign(df_sh_lexer *l, df_sh_draft *d, df_sh_token *tok)
{
    d->flags &= ~(unsigned)DF_WORD_BRACE; /* not expanded here */
    if (d->append)
        df_sh_bashism(l);
    tok->assigns = true;
    tok->assign = (df_sh_assign){
        .span = df_sh_span(l, d->from, l->tail),
        .name = df_sh_unquote(l, d->from, d->name_end),
        .append = d->append,
        .indexed = d->indexed,
        .array = d->array,
        .value = df_sh_draft_word(l, d, d->value_from, l->tail),
    };
    set_value(l, &tok->assign.value, d->value_from, l->tail);
}

/* word := head parts */
bool df_sh_word_scan(df_sh_lexer *l, df_sh_token *tok)
{
    df_sh_draft d = {.from = l->pos};

    if (!head(l, &d) || !parts(l, &d))
        return false;
    if (d.name_end && l->frame.place <= DF_PLACE_PREFIX) {
        set_assign(l, &d, tok);
    } else if (d.flags & DF_WORD_BRACE) {
        df_sh_bashism(l);
    }
    tok->word = df_sh_draft_word(l, &d, d.from, l->tail);
    set_value(l, &tok->word, d.from, l->tail);
    return true;
}
