/*
 * Parameter expansion, command substitution, arithmetic.
 *
 * Commands are parsed in place, so a parenthesis in a `case` pattern, a quote
 * or a comment in $( … ) is never mistaken. Where bash and dash disagree on
 * what a quote inside ${ … } does, the text is not understood.
 */
#include "shell/sh_expand.h"

#include <string.h>

#include "shell/sh_parser.h"

static void add_sub(df_sh_lexer *l, df_sh_draft *d, const df_sh_node *sub)
{
    *df_push(l->job->arena, d, subs) = sub;
}

static bool not_closed(df_sh_lexer *l, size_t open, const char *what)
{
    return df_sh_fail(l, df_sh_span(l, open, open + 2),
                      "%s is not closed (opened here)", what);
}

/* Inside `((` bash counts the parentheses of ${ … }, too. */
static bool is_balanced(df_str s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ')' && depth-- == 0)
            return false;
        depth += s.ptr[i] == '(';
    }
    return depth == 0;
}

static bool has_odd_parens(df_sh_lexer *l, size_t from)
{
    if (is_balanced(df_sh_slice(l, from, l->tail)))
        return false;
    df_sh_fail(l, df_sh_span(l, from, l->tail),
               "parenthesis in ${ } that shells read differently");
    return true;
}

static bool unclear(df_sh_lexer *l, size_t from, size_t to)
{
    return df_sh_fail(l, df_sh_span(l, from, to),
                      "expansion is not understood");
}

/* Is there a `++`, `--`, or a `=` that is no comparison? */
bool df_sh_arith_assigns(df_str e)
{
    for (size_t i = 0; i < e.len; i++) {
        char c = e.ptr[i];
        char before = i > 0 ? e.ptr[i - 1] : 0;

        if ((c == '+' || c == '-') && before == c)
            return true;
        if (c != '=')
            continue;
        if (i + 1 < e.len && e.ptr[i + 1] == '=')
            i++;
        else if (before == '<' || before == '>') {
            if (i > 1 && e.ptr[i - 2] == before)
                return true;
        } else if (before != '!') {
            return true;
        }
    }
    return false;
}

/* What dash does not know of arithmetic. */
static bool is_bash_arith(df_str e)
{
    for (size_t i = 0; i < e.len; i++) {
        char c = e.ptr[i];

        if (c == ',' || c == '[')
            return true;
        if (i > 0 && e.ptr[i - 1] == c && (c == '+' || c == '-' || c == '*'))
            return true;
        if (c == '#' && i > 0 && df_is_digit(e.ptr[i - 1]))
            return true;
    }
    return false;
}

/* name := letter (letter | digit)*, digit+ in braces, or one byte of @*#?-$! */
static bool parameter(df_sh_lexer *l, bool in_braces)
{
    int c = df_sh_peek(l);

    if (c == DF_SH_END)
        return false;
    if (df_is_digit((char)c)) {
        do
            df_sh_take(l);
        while (in_braces && (c = df_sh_peek(l)) != DF_SH_END &&
               df_is_digit((char)c));
        return true;
    }
    if (df_is_name((char)c)) {
        do
            df_sh_take(l);
        while ((c = df_sh_peek(l)) != DF_SH_END && df_is_name((char)c));
        return true;
    }
    if (c == 0 || !strchr("@*#?-$!", c))
        return false;
    df_sh_take(l);
    return true;
}

/*
 * A quote inside the ${ … } of "…" or of a here-document: bash matches it,
 * dash may take it as a letter. Both agree if nothing special is between.
 */
static bool ambiguous_quotes(df_sh_lexer *l)
{
    size_t open = l->pos;
    char quote = l->text->str.ptr[open];

    for (l->pos++; l->pos < l->end; l->pos++) {
        char c = l->text->str.ptr[l->pos];

        if (c == quote) {
            df_sh_take(l);
            return true;
        }
        if (c == '}' || df_sh_is_special(c))
            break;
    }
    return df_sh_fail(l, df_sh_span(l, open, l->pos),
                      "quote inside ${ } that shells read differently");
}

/* One quotation or expansion of word below; the byte is `c`. */
static bool word_special(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                         int c)
{
    if (c == '\'' && quote != DF_QUOTE_NONE)
        return ambiguous_quotes(l);
    if (c == '"' && quote == DF_QUOTE_HERE)
        return ambiguous_quotes(l);
    return df_sh_special(l, d, quote);
}

/* word := (quotation | expansion | byte)* '}' */
static bool braced_word(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                        size_t open)
{
    for (;;) {
        int c = df_sh_peek(l);

        if (c == DF_SH_END || l->job->failed)
            return not_closed(l, open, "${");
        if (df_sh_is_special(c)) {
            if (!word_special(l, d, quote, c))
                return false;
            continue;
        }
        if ((c == '<' || c == '>') && df_sh_peek2(l) == '(')
            return unclear(l, open, l->pos);
        df_sh_take(l);
        if (c == '}')
            return true;
    }
}

/* In "…" also, quotes work inside the pattern of an operator. */
static df_sh_quote in_pattern(df_sh_quote quote)
{
    return quote == DF_QUOTE_HERE ? DF_QUOTE_HERE : DF_QUOTE_NONE;
}

/* An operator of bash, with its word up to the `}`. */
static bool bash_operator(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                          size_t open)
{
    int c = df_sh_peek(l);
    size_t from = l->pos;

    df_sh_bashism(l);
    switch (c) {
    case '/':
    case '^':
    case ',':
        return braced_word(l, d, in_pattern(quote), open);
    case ':':
        if (!braced_word(l, d, quote, open))
            return false;
        if (df_sh_arith_assigns(df_sh_slice(l, from, l->tail)))
            d->flags |= DF_WORD_ASSIGNS;
        return true;
    case '@':
        df_sh_take(l);
        c = df_sh_peek(l);
        if (c != DF_SH_END && (df_is_alpha((char)c)))
            df_sh_take(l);
        return df_sh_match(l, "}") || unclear(l, open, l->pos);
    default:
        return unclear(l, open, l->pos);
    }
}

/* operator := [':'] ('-' | '=' | '?' | '+') | '#' | '%' | one of bash */
static bool operation(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                      size_t open)
{
    int c = df_sh_peek(l);
    int next = c == ':' ? df_sh_peek2(l) : c;

    if (c == DF_SH_END)
        return not_closed(l, open, "${");
    if (c == '}') {
        df_sh_take(l);
        return true;
    }
    if (c == '#' || c == '%') {
        df_sh_take(l);
        return braced_word(l, d, in_pattern(quote), open);
    }
    if (next == DF_SH_END || next == 0 || !strchr("-=?+", next))
        return bash_operator(l, d, quote, open);
    if (c == ':')
        df_sh_take(l);
    (void)df_sh_peek(l);
    df_sh_take(l);
    if (next == '=')
        d->flags |= DF_WORD_ASSIGNS;
    return braced_word(l, d, quote, open);
}

/* prefix := '#' (length) | '!' (indirection, bash), if a name follows */
static bool prefix(df_sh_lexer *l, bool *is_length)
{
    int c = df_sh_peek(l);
    int next = df_sh_peek2(l);

    *is_length = false;
    if ((c != '#' && c != '!') || next == '}')
        return true;
    if (next == DF_SH_END)
        return false;
    if (!df_is_name((char)next) && !(c == '#' && (next == '@' || next == '*')))
        return false;
    if (c == '!')
        df_sh_bashism(l);
    *is_length = c == '#';
    df_sh_take(l);
    return true;
}

/* To bash the first `}` that ${ … } inside does not need ends it all. */
static bool ends_early(df_str s)
{
    size_t open = 0;

    for (size_t i = 0; i < s.len; i++) {
        open += i > 0 && s.ptr[i] == '{' && s.ptr[i - 1] == '$';
        if (s.ptr[i] == '}' && open-- == 0)
            return true;
    }
    return false;
}

/* [ … ] behind a name (bash) */
static bool element(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote)
{
    size_t from = l->pos;

    df_sh_bashism(l);
    if (!df_sh_subscript(l, d, quote))
        return false;
    if (ends_early(df_sh_slice(l, from, l->tail)))
        return unclear(l, from, l->tail);
    if (df_sh_arith_assigns(df_sh_slice(l, from, l->tail)))
        d->flags |= DF_WORD_ASSIGNS;
    return true;
}

/* braced := '{' prefix name ['[' … ']'] [operator word] '}' */
static bool braced(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                   size_t open)
{
    bool is_length;

    df_sh_take(l);
    d->flags |= DF_WORD_VAR;
    if (!prefix(l, &is_length) || !parameter(l, true))
        return unclear(l, open, l->pos);
    if (df_sh_peek(l) == '[' && !element(l, d, quote))
        return false;
    if (is_length && df_sh_peek(l) != '}')
        return unclear(l, open, l->pos);
    return operation(l, d, quote, open);
}

/* ansi := '$' '\'' (byte | '\\' byte)* '\'' */
static bool ansi_quotes(df_sh_lexer *l, df_sh_draft *d, size_t open)
{
    const char *s = l->text->str.ptr;

    df_sh_bashism(l);
    d->flags |= DF_WORD_QUOTED;
    for (l->pos++; l->pos < l->end && s[l->pos] != '\''; l->pos++)
        if (s[l->pos] == '\\')
            l->pos++;
    if (l->pos >= l->end) {
        l->pos = l->end;
        return not_closed(l, open, "$' quote");
    }
    df_sh_take(l);
    return true;
}

/* The flags and substitutions of an expression become those of the word. */
static void add_arith(df_sh_lexer *l, df_sh_draft *d, const df_sh_word *expr)
{
    unsigned kept = DF_WORD_VAR | DF_WORD_CMDSUB | DF_WORD_ASSIGNS;

    d->flags |= DF_WORD_ARITH | (expr->flags & kept);
    for (uint32_t i = 0; i < expr->nsubs; i++)
        add_sub(l, d, expr->subs[i]);
}

/* What a stretch of an expression without quotations and expansions tells. */
static void note_expr(df_sh_lexer *l, df_sh_draft *d, size_t from, size_t to)
{
    df_str s = df_sh_slice(l, from, to);

    if (df_sh_arith_assigns(s))
        d->flags |= DF_WORD_ASSIGNS;
    if (is_bash_arith(s))
        df_sh_bashism(l);
}

/* Quotations inside an expression: dash is not of one mind with bash. */
static bool expr_special(df_sh_lexer *l, df_sh_draft *d, int c)
{
    size_t from = l->pos;

    if (c == '\'' || (c == '$' && df_sh_peek2(l) == '\''))
        d->is_odd = true;
    if (c == '"' || c == '\\')
        df_sh_bashism(l);
    if (!df_sh_special(l, d, DF_QUOTE_NONE))
        return false;
    return c != '$' || !has_odd_parens(l, from);
}

/* expr := (quotation | expansion | '(' expr ')' | byte)* */
static df_sh_arith_kind arith_body(df_sh_lexer *l, df_sh_draft *d, size_t open)
{
    size_t depth = 0;
    size_t from = l->pos;

    for (;;) {
        int c = df_sh_peek(l);

        if (c == DF_SH_END || l->job->failed) {
            not_closed(l, open, "arithmetic");
            return DF_ARITH_FAILED;
        }
        if (df_sh_is_special(c)) {
            note_expr(l, d, from, l->pos);
            if (!expr_special(l, d, c))
                return DF_ARITH_FAILED;
            from = l->pos;
            continue;
        }
        if (c == ')' && depth == 0)
            break;
        depth += c == '(';
        depth -= c == ')';
        df_sh_take(l);
    }
    note_expr(l, d, from, l->pos);
    return df_sh_peek2(l) == ')' ? DF_ARITH_YES : DF_ARITH_NO;
}

static bool is_unclear_paren(df_sh_lexer *l, size_t at)
{
    return df_sh_fail(l, df_sh_span(l, at, at + 1),
                      "`((` that shells read differently");
}

/* Where bash, too, reads the text of `( (` as it would without looking ahead */
static bool is_simple(df_str s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        char next = s.ptr[i + 1];

        if (next == '\n' || next == '`' || next == '#')
            return false;
    }
    return true;
}

/*
 * Forgets all that was read since `saved`, to read it as commands. Inside of
 * them `((` is refused, so nothing is read more than three times.
 */
static bool rewind_to(df_sh_lexer *l, const df_sh_lexer *saved,
                      const df_sh_tree *tree)
{
    if (!is_simple(df_sh_slice(l, saved->pos, l->pos)))
        return is_unclear_paren(l, saved->pos);
    *l = *saved;
    *l->job->tree = *tree;
    return true;
}

void df_sh_rewound_begin(df_sh_lexer *l)
{
    l->job->rewound = true;
}

bool df_sh_rewound_end(df_sh_lexer *l, size_t open)
{
    l->job->rewound = false;
    /* bash 5.2 loses its way in what follows on the next lines. */
    return df_str_find_char(df_sh_slice(l, open, l->tail), '\n') == SIZE_MAX ||
           is_unclear_paren(l, open);
}

df_sh_arith_kind df_sh_arith(df_sh_lexer *l, size_t open, df_sh_word *expr)
{
    const df_sh_lexer saved = *l;
    const df_sh_tree tree = *l->job->tree;
    df_sh_draft d = {0};
    df_sh_arith_kind kind;

    if (l->job->rewound)
        is_unclear_paren(l, open);
    df_sh_take(l);
    d.from = l->tail;
    if (!df_sh_enter(l, open) || l->job->failed)
        return DF_ARITH_FAILED;
    kind = arith_body(l, &d, open);
    df_sh_leave(l);
    if (kind == DF_ARITH_NO)
        return rewind_to(l, &saved, &tree) ? DF_ARITH_NO : DF_ARITH_FAILED;
    if (kind == DF_ARITH_FAILED)
        return DF_ARITH_FAILED;
    if (d.is_odd) {
        df_sh_fail(l, df_sh_span(l, d.from, l->pos),
                   "quote in arithmetic that shells read differently");
        return DF_ARITH_FAILED;
    }
    *expr = df_sh_draft_word(l, &d, d.from, l->pos);
    return df_sh_match(l, "))") ? DF_ARITH_YES : DF_ARITH_FAILED;
}

/* `$( <file )` reads the file in bash and does nothing elsewhere. */
static bool reads_file(const df_sh_node *list)
{
    while (list->nkids == 1)
        list = list->kids[0];
    return list->kind == DF_SH_SIMPLE && !list->nwords && !list->nassigns &&
           list->nredirs == 1 && list->redirs[0].op == DF_OP_IN;
}

/* commands := '(' list ')' */
static bool commands(df_sh_lexer *l, df_sh_draft *d, size_t open)
{
    const df_sh_node *sub;

    df_sh_take(l);
    sub = df_sh_substitution(l, open);
    if (!sub)
        return false;
    add_sub(l, d, sub);
    return true;
}

static bool rewound_commands(df_sh_lexer *l, df_sh_draft *d, size_t open)
{
    bool ok;

    d->flags |= DF_WORD_CMDSUB;
    df_sh_rewound_begin(l);
    ok = commands(l, d, open);
    return df_sh_rewound_end(l, open) && ok;
}

/* paren := '((' expr '))' | commands, behind the `$` */
static bool paren(df_sh_lexer *l, df_sh_draft *d, size_t open)
{
    df_sh_word expr;

    if (df_sh_peek2(l) == '(') {
        size_t from = l->pos;

        df_sh_take(l);
        (void)df_sh_peek(l);
        switch (df_sh_arith(l, open, &expr)) {
        case DF_ARITH_YES:
            add_arith(l, d, &expr);
            return true;
        case DF_ARITH_NO:
            df_sh_bashism(l); /* dash does not look back */
            l->pos = from;
            return rewound_commands(l, d, open);
        case DF_ARITH_FAILED:
            return false;
        }
    }
    d->flags |= DF_WORD_CMDSUB;
    if (!commands(l, d, open))
        return false;
    if (reads_file(d->subs[d->nsubs - 1]))
        df_sh_bashism(l);
    return true;
}

/* bracket := '[' expr ']', the old form of $(( … )) */
static bool bracket(df_sh_lexer *l, df_sh_draft *d)
{
    size_t from = l->pos;

    df_sh_bashism(l);
    if (!df_sh_subscript(l, d, DF_QUOTE_DOUBLE))
        return false;
    d->flags |= DF_WORD_ARITH;
    if (df_sh_arith_assigns(df_sh_slice(l, from, l->tail)))
        d->flags |= DF_WORD_ASSIGNS;
    return true;
}

static bool nested(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote,
                   size_t open)
{
    bool ok = false;
    int c = df_sh_peek(l);

    if (!df_sh_enter(l, open))
        return false;
    if (c == '{')
        ok = braced(l, d, quote, open) &&
             !(l->job->rewound && has_odd_parens(l, open));
    else if (c == '(')
        ok = paren(l, d, open);
    else
        ok = bracket(l, d);
    df_sh_leave(l);
    return ok;
}

bool df_sh_dollar(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote)
{
    size_t open = l->pos;
    int c;

    df_sh_take(l);
    c = df_sh_peek(l);
    if (c == '{' || c == '(' || c == '[')
        return nested(l, d, quote, open);
    if (c == '\'' && quote == DF_QUOTE_NONE)
        return ansi_quotes(l, d, open);
    if (parameter(l, false))
        d->flags |= DF_WORD_VAR;
    return true;
}

bool df_sh_procsub(df_sh_lexer *l, df_sh_draft *d)
{
    size_t open = l->pos;
    bool ok;

    df_sh_bashism(l);
    df_sh_take(l);
    (void)df_sh_peek(l);
    d->flags |= DF_WORD_PROCSUB;
    d->prev = 0;
    ok = df_sh_enter(l, open) && commands(l, d, open);
    df_sh_leave(l);
    return ok;
}
