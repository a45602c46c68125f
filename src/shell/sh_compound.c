/*
 * Compound commands (XCU 2.9.4) and functions (XCU 2.9.5).
 */
#include <string.h>

#include "shell/sh_expand.h"
#include "shell/sh_parser.h"

typedef struct {
    const char *word;
    df_sh_node *(*parse)(df_sh_lexer *l, size_t from);
} starter;

/* Takes the word that must be next; `from` is where its command began. */
static bool expect(df_sh_lexer *l, const char *word, size_t from,
                   const char *opener)
{
    if (df_sh_at_word(l, word)) {
        df_sh_skip(l);
        return true;
    }
    if (df_sh_tok(l)->kind == DF_SHTOK_EOF)
        return df_sh_fail(l, df_sh_span(l, from, from + strlen(opener)),
                          "`%s` has no `%s` (opened here)", opener, word);
    return df_sh_unexpected(l);
}

/* body := list, not empty; it becomes a kid of `node` */
static bool body(df_sh_lexer *l, df_sh_node *node)
{
    df_sh_node *list = df_sh_list(l);

    if (!list)
        return false;
    if (!list->nkids)
        return df_sh_unexpected(l);
    *df_push(l->job->arena, node, kids) = list;
    return true;
}

static df_sh_node *closed(df_sh_lexer *l, df_sh_node *node, size_t from)
{
    l->frame.closed = true;
    return df_sh_finish(l, node, from);
}

/* group := '{' body '}' */
static df_sh_node *group(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_GROUP);

    df_sh_skip(l);
    if (!body(l, node) || !expect(l, "}", from, "{"))
        return NULL;
    return closed(l, node, from);
}

/* subshell := '(' body ')' */
static df_sh_node *subshell(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_SUBSHELL);

    df_sh_skip(l);
    if (!body(l, node))
        return NULL;
    if (df_sh_tok(l)->kind == DF_SHTOK_EOF) {
        df_sh_fail(l, df_sh_span(l, from, from + 1),
                   "parenthesis is not closed (opened here)");
        return NULL;
    }
    if (df_sh_tok(l)->kind != DF_SHTOK_CLOSE)
        return df_sh_unexpected(l);
    df_sh_skip(l);
    return closed(l, node, from);
}

/* Behind the `))` of an expression that began at `from`. */
static void end_arith(df_sh_lexer *l, df_sh_node *node, const df_sh_word *expr)
{
    df_sh_bashism(l);
    *df_push(l->job->arena, node, words) = *expr;
    l->frame.last = l->tail;
    l->frame.place = DF_PLACE_COMMAND;
}

/* paren := '((' expr '))' | subshell */
static df_sh_node *paren(df_sh_lexer *l, size_t from)
{
    df_sh_node *node;
    df_sh_word expr;

    if (df_sh_peek(l) != '(')
        return subshell(l, from);
    switch (df_sh_arith(l, from, &expr)) {
    case DF_ARITH_NO:
        df_sh_rewound_begin(l);
        node = subshell(l, from);
        return df_sh_rewound_end(l, from) ? node : NULL;
    case DF_ARITH_FAILED:
        return NULL;
    case DF_ARITH_YES:
        break;
    }
    node = df_sh_new_node(l, DF_SH_ARITH);
    df_sh_skip(l);
    end_arith(l, node, &expr);
    return df_sh_finish(l, node, from);
}

/* if := 'if' body 'then' body ('elif' body 'then' body)* ['else' body] 'fi' */
static df_sh_node *if_command(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_IF);

    do {
        df_sh_skip(l);
        if (!body(l, node) || !expect(l, "then", from, "if") || !body(l, node))
            return NULL;
    } while (df_sh_at_word(l, "elif"));
    if (df_sh_at_word(l, "else")) {
        df_sh_skip(l);
        if (!body(l, node))
            return NULL;
    }
    return expect(l, "fi", from, "if") ? closed(l, node, from) : NULL;
}

/* do_group := 'do' body 'done' */
static bool do_group(df_sh_lexer *l, df_sh_node *node, size_t from,
                     const char *opener)
{
    return expect(l, "do", from, opener) && body(l, node) &&
           expect(l, "done", from, opener);
}

/* while := ('while' | 'until') body do_group */
static df_sh_node *while_command(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_WHILE);
    const char *opener;

    node->negated = df_sh_at_word(l, "until");
    opener = node->negated ? "until" : "while";
    df_sh_skip(l);
    if (!body(l, node) || !do_group(l, node, from, opener))
        return NULL;
    return closed(l, node, from);
}

/* items := newlines ['in' word* (';' | line end)] | ';' ; then newlines */
static bool for_words(df_sh_lexer *l, df_sh_node *node)
{
    bool is_end;

    if (df_sh_at_op(l, DF_OP_SEMI)) {
        df_sh_skip(l);
        df_sh_newlines(l);
        return true;
    }
    df_sh_newlines(l);
    node->listed = df_sh_at_word(l, "in");
    if (!node->listed)
        return true;
    df_sh_skip(l);
    for (;;) {
        l->frame.place = DF_PLACE_ARG;
        if (df_sh_tok(l)->kind != DF_SHTOK_WORD)
            break;
        *df_push(l->job->arena, node, words) = df_sh_tok(l)->word;
        df_sh_skip(l);
    }
    is_end = df_sh_at_op(l, DF_OP_SEMI) || df_sh_tok(l)->kind == DF_SHTOK_EOL;
    if (!is_end)
        return df_sh_unexpected(l);
    df_sh_skip(l);
    df_sh_newlines(l);
    return true;
}

/* Three expressions; a `;` inside a substitution is counted, too. */
static bool is_triple(const df_sh_word *expr)
{
    unsigned n = 0;

    for (size_t i = 0; i < expr->text.len; i++)
        n += expr->text.ptr[i] == ';';
    return n == 2;
}

/* arithfor := 'for' '((' expr '))' [';'] newlines do_group (bash) */
static df_sh_node *arith_for(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_ARITHFOR);
    df_sh_word expr;

    if (df_sh_peek(l) != '(' ||
        df_sh_arith(l, df_sh_tok(l)->from, &expr) != DF_ARITH_YES ||
        !is_triple(&expr))
        return df_sh_unexpected(l);
    df_sh_skip(l);
    end_arith(l, node, &expr);
    if (df_sh_at_op(l, DF_OP_SEMI))
        df_sh_skip(l);
    df_sh_newlines(l);
    return do_group(l, node, from, "for") ? closed(l, node, from) : NULL;
}

/* for := ('for' | 'select') name items do_group */
static df_sh_node *named_for(df_sh_lexer *l, size_t from, df_sh_kind kind)
{
    df_sh_node *node = df_sh_new_node(l, kind);
    const df_sh_token *tok;

    l->frame.place = DF_PLACE_ARG;
    tok = df_sh_tok(l);
    if (tok->kind == DF_SHTOK_OPEN && kind == DF_SH_FOR)
        return arith_for(l, from);
    if (tok->kind != DF_SHTOK_WORD || tok->word.flags ||
        !df_sh_is_name(tok->word.value))
        return df_sh_unexpected(l);
    node->name = tok->word.value;
    df_sh_skip(l);
    l->frame.place = DF_PLACE_ARG;
    if (!for_words(l, node))
        return NULL;
    if (!do_group(l, node, from, kind == DF_SH_FOR ? "for" : "select"))
        return NULL;
    return closed(l, node, from);
}

static df_sh_node *for_command(df_sh_lexer *l, size_t from)
{
    df_sh_skip(l);
    return named_for(l, from, DF_SH_FOR);
}

static df_sh_node *select_command(df_sh_lexer *l, size_t from)
{
    df_sh_bashism(l);
    df_sh_skip(l);
    return named_for(l, from, DF_SH_SELECT);
}

/* Words that some shell takes for reserved ones even as a pattern. */
static bool is_odd_pattern(df_sh_lexer *l)
{
    return df_sh_at_word(l, "esac") || df_sh_at_word(l, "{") ||
           df_sh_at_word(l, "}");
}

/* patterns := ['('] word ('|' word)* ')' */
static bool patterns(df_sh_lexer *l, df_sh_node *item)
{
    if (df_sh_tok(l)->kind == DF_SHTOK_OPEN)
        df_sh_skip(l);
    else if (l->job->rewound)
        return df_sh_unexpected(l); /* bash miscounts its `)` */
    for (;;) {
        l->frame.place = DF_PLACE_ARG;
        if (df_sh_tok(l)->kind != DF_SHTOK_WORD || is_odd_pattern(l))
            return df_sh_unexpected(l);
        *df_push(l->job->arena, item, words) = df_sh_tok(l)->word;
        df_sh_skip(l);
        if (df_sh_tok(l)->kind == DF_SHTOK_CLOSE)
            break;
        if (!df_sh_at_op(l, DF_OP_PIPE))
            return df_sh_unexpected(l);
        df_sh_skip(l);
    }
    df_sh_skip(l);
    return true;
}

/* item := patterns list [';;' newlines] */
static bool case_item(df_sh_lexer *l, df_sh_node *node)
{
    df_sh_node *item = df_sh_new_node(l, DF_SH_ITEM);
    size_t from = df_sh_tok(l)->from;
    df_sh_node *list;
    size_t to;

    if (!patterns(l, item))
        return false;
    list = df_sh_list(l);
    if (!list)
        return false;
    *df_push(l->job->arena, item, kids) = list;
    to = (size_t)(list->text.ptr - l->text->str.ptr) + list->text.len;
    item->span = df_sh_span(l, from, to);
    item->text = df_sh_slice(l, from, to);
    *df_push(l->job->arena, node, kids) = item;
    if (df_sh_at_op(l, DF_OP_DSEMI)) {
        const df_sh_token *tok = df_sh_tok(l);

        item->op = DF_OP_DSEMI;
        item->op_span = df_sh_span(l, tok->from, tok->to);
        df_sh_skip(l);
        l->frame.place = DF_PLACE_ARG;
        df_sh_newlines(l);
        return true;
    }
    return df_sh_at_word(l, "esac") ||
           expect(l, "esac", df_sh_tok(l)->from, "case");
}

/* case := 'case' word newlines 'in' newlines item* 'esac' */
static df_sh_node *case_command(df_sh_lexer *l, size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_CASE);

    df_sh_skip(l);
    l->frame.place = DF_PLACE_ARG;
    if (df_sh_tok(l)->kind != DF_SHTOK_WORD)
        return df_sh_unexpected(l);
    *df_push(l->job->arena, node, words) = df_sh_tok(l)->word;
    df_sh_skip(l);
    df_sh_newlines(l);
    if (!expect(l, "in", from, "case"))
        return NULL;
    l->frame.place = DF_PLACE_ARG;
    df_sh_newlines(l);
    while (!df_sh_at_word(l, "esac")) {
        if (df_sh_tok(l)->kind == DF_SHTOK_EOF)
            return expect(l, "esac", from, "case") ? node : NULL;
        if (!case_item(l, node))
            return NULL;
    }
    df_sh_skip(l);
    return closed(l, node, from);
}

/* What bash takes for a function's name, of what people write. */
static bool is_function_name(const df_sh_word *word)
{
    if (word->flags || !word->value.len)
        return false;
    for (size_t i = 0; i < word->value.len; i++) {
        char c = word->value.ptr[i];

        if (!df_is_name(c) && !strchr("-.:+@/", c))
            return false;
    }
    return true;
}

/* Names that dash refuses, and bash where it is `sh`. */
static bool is_posix_name(df_str name)
{
    static const char *const SPECIAL[] = {
        ".",     "break",  "continue", "eval",     "exec",
        "exit",  "export", "return",   "set",      "shift",
        "times", "trap",   "unset",    "readonly", NULL};

    return df_sh_is_name(name) && !df_str_in(name, SPECIAL);
}

/* newlines compound, the body of a function named `word` */
static df_sh_node *function_body(df_sh_lexer *l, const df_sh_word *word,
                                 size_t from)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_FUNCTION);
    df_sh_node *kid;

    if (!is_function_name(word)) {
        df_sh_fail(l, word->span, "name of a function is not understood");
        return NULL;
    }
    if (!is_posix_name(word->value))
        df_sh_bashism(l);
    node->name = word->value;
    df_sh_newlines(l);
    if (!df_sh_starts_compound(l) || df_sh_at_word(l, "function"))
        return df_sh_unexpected(l);
    kid = df_sh_compound(l);
    if (!kid)
        return NULL;
    *df_push(l->job->arena, node, kids) = kid;
    return df_sh_finish(l, node, from);
}

/* parens := '(' ')' */
static bool parens(df_sh_lexer *l)
{
    df_sh_skip(l);
    if (df_sh_tok(l)->kind != DF_SHTOK_CLOSE)
        return df_sh_unexpected(l);
    df_sh_skip(l);
    return true;
}

df_sh_node *df_sh_function_of(df_sh_lexer *l, df_sh_node *simple, size_t from)
{
    return parens(l) ? function_body(l, &simple->words[0], from) : NULL;
}

/* function := 'function' name ['(' ')'] function_body (bash) */
static df_sh_node *function_command(df_sh_lexer *l, size_t from)
{
    df_sh_word word;

    df_sh_bashism(l);
    df_sh_skip(l);
    l->frame.place = DF_PLACE_ARG;
    if (df_sh_tok(l)->kind != DF_SHTOK_WORD)
        return df_sh_unexpected(l);
    word = df_sh_tok(l)->word;
    df_sh_skip(l);
    if (df_sh_tok(l)->kind == DF_SHTOK_OPEN && !parens(l))
        return NULL;
    return function_body(l, &word, from);
}

static const starter STARTERS[] = {
    {"{", group},
    {"if", if_command},
    {"while", while_command},
    {"until", while_command},
    {"for", for_command},
    {"case", case_command},
    {"[[", df_sh_test},
    {"function", function_command},
    {"select", select_command},
};

static const starter *find_starter(df_sh_lexer *l)
{
    for (size_t i = 0; i < sizeof STARTERS / sizeof *STARTERS; i++)
        if (df_sh_at_word(l, STARTERS[i].word))
            return &STARTERS[i];
    return NULL;
}

bool df_sh_starts_compound(df_sh_lexer *l)
{
    return df_sh_tok(l)->kind == DF_SHTOK_OPEN || find_starter(l);
}

df_sh_node *df_sh_compound(df_sh_lexer *l)
{
    size_t from = df_sh_tok(l)->from;
    const starter *start = find_starter(l);
    df_sh_node *node;

    if (!df_sh_enter(l, from))
        return NULL;
    node = start ? start->parse(l, from) : paren(l, from);
    df_sh_leave(l);
    if (!node || node->kind == DF_SH_FUNCTION || !df_sh_redirs(l, node))
        return node;
    if (node->nredirs)
        df_sh_finish(l, node, from);
    return node;
}
