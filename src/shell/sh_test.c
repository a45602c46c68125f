/*
 * [[ … ]] of bash: its grammar is checked, its words are kept as a list.
 */
#include <string.h>

#include "shell/sh_parser.h"

static bool is_unary(const df_sh_word *word)
{
    df_str s = word->value;

    return !word->flags && s.len == 2 && s.ptr[0] == '-' &&
           strchr("abcdefghkLnNoprsStuvwxzGOR", s.ptr[1]);
}

static bool is_pattern_op(const df_sh_word *word)
{
    static const char *const OPS[] = {"=", "==", "!=", NULL};

    return !word->flags && df_str_in(word->value, OPS);
}

static bool is_binary(const df_sh_word *word)
{
    static const char *const OPS[] = {"-nt", "-ot", "-ef", "-eq", "-ne",
                                      "-lt", "-le", "-gt", "-ge", NULL};

    return !word->flags && df_str_in(word->value, OPS);
}

/* Takes the next token, whatever it is, as a word of the test. */
static void take(df_sh_lexer *l, df_sh_node *node, df_sh_place place)
{
    const df_sh_token *tok = df_sh_tok(l);
    df_sh_word word = tok->word;

    if (tok->kind != DF_SHTOK_WORD) {
        df_str text = df_sh_slice(l, tok->from, tok->to);

        word = (df_sh_word){.span = df_sh_span(l, tok->from, tok->to),
                            .text = text,
                            .value = text,
                            .is_plain = true};
    }
    *df_push(l->job->arena, node, words) = word;
    df_sh_skip(l);
    l->frame.place = place;
}

static void newlines(df_sh_lexer *l)
{
    while (df_sh_tok(l)->kind == DF_SHTOK_EOL) {
        df_sh_skip(l);
        l->frame.place = DF_PLACE_ARG;
    }
}

/* operand := word, but not `]]` */
static bool operand(df_sh_lexer *l, df_sh_node *node)
{
    if (df_sh_tok(l)->kind != DF_SHTOK_WORD || df_sh_at_word(l, "]]"))
        return df_sh_unexpected(l);
    take(l, node, DF_PLACE_ARG);
    newlines(l);
    return true;
}

/* comparison := [operator operand], behind the left operand */
static bool comparison(df_sh_lexer *l, df_sh_node *node)
{
    const df_sh_token *tok = df_sh_tok(l);
    df_sh_place place = DF_PLACE_ARG;

    if (tok->kind == DF_SHTOK_WORD) {
        if (df_sh_at_word(l, "]]"))
            return true;
        if (df_sh_at_word(l, "=~"))
            place = DF_PLACE_REGEX;
        else if (is_pattern_op(&tok->word))
            place = DF_PLACE_PATTERN;
        else if (!is_binary(&tok->word))
            return df_sh_unexpected(l);
    } else if (!df_sh_at_op(l, DF_OP_IN) && !df_sh_at_op(l, DF_OP_OUT)) {
        return true;
    }
    take(l, node, place);
    return operand(l, node);
}

static bool disjunction(df_sh_lexer *l, df_sh_node *node);

/* nested := '(' disjunction ')' */
static bool nested(df_sh_lexer *l, df_sh_node *node)
{
    size_t open = df_sh_tok(l)->from;
    bool ok;

    take(l, node, DF_PLACE_ARG);
    ok = df_sh_enter(l, open) && disjunction(l, node);
    df_sh_leave(l);
    if (!ok)
        return false;
    if (df_sh_tok(l)->kind != DF_SHTOK_CLOSE)
        return df_sh_unexpected(l);
    take(l, node, DF_PLACE_ARG);
    newlines(l);
    return true;
}

/* term := '!'* (nested | unary operand | operand comparison) */
static bool term(df_sh_lexer *l, df_sh_node *node)
{
    const df_sh_token *tok;

    newlines(l);
    while (df_sh_at_word(l, "!")) {
        take(l, node, DF_PLACE_ARG);
        newlines(l);
    }
    tok = df_sh_tok(l);
    if (tok->kind == DF_SHTOK_OPEN)
        return nested(l, node);
    if (tok->kind != DF_SHTOK_WORD || df_sh_at_word(l, "]]"))
        return df_sh_unexpected(l);
    if (is_unary(&tok->word)) {
        take(l, node, DF_PLACE_ARG);
        return operand(l, node);
    }
    take(l, node, DF_PLACE_ARG);
    return comparison(l, node);
}

/* disjunction := term (('&&' | '||') term)* */
static bool disjunction(df_sh_lexer *l, df_sh_node *node)
{
    for (;;) {
        if (!term(l, node))
            return false;
        if (!df_sh_at_op(l, DF_OP_AND) && !df_sh_at_op(l, DF_OP_OR))
            return true;
        take(l, node, DF_PLACE_ARG);
    }
}

/* test := '[[' disjunction ']]' */
df_sh_node *df_sh_test(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_TEST);

    df_sh_bashism(l);
    df_sh_skip(l);
    l->frame.place = DF_PLACE_ARG;
    if (!disjunction(l, node))
        return NULL;
    if (!df_sh_at_word(l, "]]"))
        return df_sh_unexpected(l);
    df_sh_skip(l);
    return df_sh_finish(l, node, from);
}
