/*
 * Lists, pipelines and simple commands (XCU 2.9.1-2.9.3); compound commands
 * are in sh_compound.c. Every function takes the tokens of its production and
 * leaves the one behind it.
 */
#include "shell/sh_parser.h"

#include <string.h>

#include "base/limits.h"
#include "shell/sh_heredoc.h"
#include "shell/sh_word.h"

df_sh_node *df_sh_new_node(df_sh_lexer *l, df_sh_kind kind)
{
    df_sh_node *node = df_new(l->job->arena, df_sh_node);

    node->kind = kind;
    /* Most lists of commands have one pipeline of one command each. */
    if (kind == DF_SH_ANDOR || kind == DF_SH_PIPE) {
        node->kids = df_new_array(l->job->arena, df_sh_node *, 1);
        node->ckids = 1;
    }
    if (kind == DF_SH_SIMPLE) {
        node->words = df_new_array(l->job->arena, df_sh_word, 2);
        node->cwords = 2;
    }
    return node;
}

df_sh_node *df_sh_finish(df_sh_lexer *l, df_sh_node *node, size_t from)
{
    if (l->job->failed)
        return NULL;
    node->span = df_sh_span(l, from, l->frame.last);
    node->text = df_sh_slice(l, from, l->frame.last);
    return node;
}

df_sh_node *df_sh_unexpected(df_sh_lexer *l)
{
    const df_sh_token *tok = df_sh_tok(l);
    df_span at = df_sh_span(l, tok->from, tok->to);
    df_str text = df_sh_slice(l, tok->from, tok->to);

    if (tok->kind == DF_SHTOK_EOF)
        df_sh_fail(l, at, "command is not complete");
    else if (tok->kind == DF_SHTOK_EOL)
        df_sh_fail(l, at, "line ends inside a command");
    else
        df_sh_fail(l, at, "`%.*s` is not expected here",
                   text.len < 40 ? (int)text.len : 40, text.ptr);
    return NULL;
}

void df_sh_newlines(df_sh_lexer *l)
{
    while (df_sh_tok(l)->kind == DF_SHTOK_EOL)
        df_sh_skip(l);
}

/* Words that end a list where a command could begin (XCU 2.4). */
static bool is_closer(df_sh_lexer *l)
{
    static const char *const CLOSERS[] = {"then", "else", "elif", "fi", "do",
                                          "done", "esac", "}",    NULL};
    const df_sh_token *tok = df_sh_tok(l);

    return tok->kind == DF_SHTOK_WORD && !tok->word.flags &&
           df_str_in(tok->word.value, CLOSERS);
}

static bool is_list_end(df_sh_lexer *l)
{
    switch (df_sh_tok(l)->kind) {
    case DF_SHTOK_FAILED:
    case DF_SHTOK_EOF:
    case DF_SHTOK_CLOSE:
        return true;
    case DF_SHTOK_WORD:
        return is_closer(l);
    case DF_SHTOK_OP:
        return df_sh_at_op(l, DF_OP_DSEMI);
    case DF_SHTOK_EOL:
    case DF_SHTOK_FD:
    case DF_SHTOK_OPEN:
        return false;
    }
    return false;
}

static bool is_redir(df_sh_lexer *l)
{
    const df_sh_token *tok = df_sh_tok(l);

    return tok->kind == DF_SHTOK_FD ||
           (tok->kind == DF_SHTOK_OP && tok->op >= DF_OP_IN);
}

/*
 * Duplicating onto anything but a digit, `-` or an expansion is for bash,
 * which takes `>&-a` for `>&- a`.
 */
static bool check_dup(df_sh_lexer *l, const df_sh_redir *redir)
{
    const df_sh_word *target = &redir->target;
    char first = target->text.ptr[0];

    if (redir->op != DF_OP_DUP_IN && redir->op != DF_OP_DUP_OUT)
        return true;
    if (first == '-' && target->text.len > 1)
        return df_sh_fail(l, redir->span,
                          "redirection that shells read differently");
    if (target->is_plain &&
        (target->text.len > 1 || !(df_is_digit(first) || first == '-')))
        df_sh_bashism(l);
    return true;
}

static bool add_redir(df_sh_lexer *l, df_sh_node *node, df_sh_redir redir)
{
    bool is_here = redir.op == DF_OP_HERE || redir.op == DF_OP_HERE_TABS;

    if (is_here && !redir.target.is_plain)
        return df_sh_fail(l, redir.span,
                          "here-document whose delimiter is not plain");
    if (!check_dup(l, &redir))
        return false;
    *df_push(l->job->arena, node, redirs) = redir;
    if (is_here)
        df_sh_heres_add(l, node, node->nredirs - 1);
    return true;
}

/* A word, or in bash the 1 of `2>&1>f`, which is no descriptor of `>`. */
static bool is_target(df_sh_lexer *l, df_sh_op op)
{
    const df_sh_token *tok = df_sh_tok(l);

    if (tok->kind == DF_SHTOK_WORD)
        return true;
    if (op != DF_OP_DUP_OUT || tok->kind != DF_SHTOK_FD || tok->fd < 0)
        return false;
    df_sh_bashism(l);
    return true;
}

/* redir := [fd] op word */
static bool redir(df_sh_lexer *l, df_sh_node *node)
{
    size_t from = df_sh_tok(l)->from;
    df_sh_redir redir = {.fd = -1};

    if (df_sh_tok(l)->kind == DF_SHTOK_FD) {
        redir.fd = df_sh_tok(l)->fd;
        df_sh_skip(l);
    }
    redir.op = df_sh_tok(l)->op;
    df_sh_skip(l);
    l->frame.place = DF_PLACE_ARG;
    if (!is_target(l, redir.op))
        return df_sh_unexpected(l);
    redir.target = df_sh_tok(l)->word;
    df_sh_skip(l);
    redir.span = df_sh_span(l, from, l->frame.last);
    return add_redir(l, node, redir);
}

bool df_sh_redirs(df_sh_lexer *l, df_sh_node *node)
{
    while (is_redir(l))
        if (!redir(l, node))
            return false;
    return !l->job->failed;
}

/* Commands whose arguments may be arrays (bash). */
static bool is_declaration(const df_sh_word *word)
{
    static const char *const NAMES[] = {"declare", "typeset",  "local",
                                        "export",  "readonly", NULL};

    return word->is_plain && df_str_in(word->value, NAMES);
}

static df_sh_place next_place(const df_sh_node *node)
{
    if (!node->nwords)
        return node->nredirs ? DF_PLACE_PREFIX : DF_PLACE_COMMAND;
    return is_declaration(&node->words[0]) ? DF_PLACE_DECL : DF_PLACE_ARG;
}

/* A word that is reserved at the start of a command, but not behind x=1. */
static bool is_reserved(const df_sh_word *word)
{
    static const char *const WORDS[] = {
        "if",   "then",     "else",   "elif",   "fi",   "do", "done", "case",
        "esac", "while",    "until",  "for",    "in",   "{",  "}",    "!",
        "[[",   "function", "select", "coproc", "time", "]]", NULL};

    return !word->flags && df_str_in(word->value, WORDS);
}

static bool add_word(df_sh_lexer *l, df_sh_node *node)
{
    const df_sh_token *tok = df_sh_tok(l);

    if (tok->assigns && !node->nwords) {
        *df_push(l->job->arena, node, assigns) = tok->assign;
    } else {
        if (!node->nwords && is_reserved(&tok->word))
            return df_sh_unexpected(l);
        *df_push(l->job->arena, node, words) = tok->word;
    }
    df_sh_skip(l);
    return true;
}

/* simple := (assign | redir)* (word | redir)*, or the head of a function */
static df_sh_node *simple(df_sh_lexer *l)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_SIMPLE);
    size_t from = df_sh_tok(l)->from;

    for (;;) {
        df_sh_tok_kind kind = df_sh_tok(l)->kind;

        if (kind == DF_SHTOK_OPEN && node->nwords == 1 && !node->nassigns &&
            !node->nredirs)
            return df_sh_function_of(l, node, from);
        if (kind == DF_SHTOK_WORD) {
            if (!add_word(l, node))
                return NULL;
        } else if (is_redir(l)) {
            if (!redir(l, node))
                return NULL;
        } else {
            break;
        }
        l->frame.place = next_place(node);
    }
    return df_sh_finish(l, node, from);
}

/* command := compound redir* | function | simple */
static df_sh_node *command(df_sh_lexer *l)
{
    df_sh_tok_kind kind = df_sh_tok(l)->kind;

    if (df_sh_starts_compound(l))
        return df_sh_compound(l);
    if (kind == DF_SHTOK_WORD || is_redir(l))
        return simple(l);
    return df_sh_unexpected(l);
}

/* Takes the next token as the operator before `kid`, and line ends. */
static void take_op(df_sh_lexer *l, df_sh_op *op, df_span *span)
{
    const df_sh_token *tok = df_sh_tok(l);

    *op = tok->op;
    *span = df_sh_span(l, tok->from, tok->to);
    df_sh_skip(l);
    df_sh_newlines(l);
}

/* time := `time` [`-p`] (bash) */
static bool timing(df_sh_lexer *l)
{
    const df_sh_token *tok;

    df_sh_bashism(l);
    df_sh_skip(l);
    if (df_sh_at_word(l, "-p"))
        df_sh_skip(l);
    tok = df_sh_tok(l);
    /* `time -x` is a command in some shells, `$(time (x))` fails in bash. */
    if (tok->kind == DF_SHTOK_OPEN ||
        (tok->word.text.len && tok->word.text.ptr[0] == '-'))
        return df_sh_unexpected(l);
    return true;
}

/* pipe := [time] ['!'] command (('|' | '|&') newlines command)* */
static df_sh_node *pipe(df_sh_lexer *l)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_PIPE);
    size_t from = df_sh_tok(l)->from;
    df_sh_op op = DF_OP_NONE;
    df_span span = {0};

    node->timed = df_sh_at_word(l, "time");
    if (node->timed && !timing(l))
        return NULL;
    node->negated = df_sh_at_word(l, "!");
    if (node->negated)
        df_sh_skip(l);
    for (;;) {
        df_sh_node *kid = command(l);

        if (!kid)
            return NULL;
        kid->op = op;
        kid->op_span = span;
        *df_push(l->job->arena, node, kids) = kid;
        if (!df_sh_at_op(l, DF_OP_PIPE) && !df_sh_at_op(l, DF_OP_PIPE_BOTH))
            return df_sh_finish(l, node, from);
        take_op(l, &op, &span);
    }
}

/* andor := pipe (('&&' | '||') newlines pipe)* */
static df_sh_node *andor(df_sh_lexer *l)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_ANDOR);
    size_t from = df_sh_tok(l)->from;
    df_sh_op op = DF_OP_NONE;
    df_span span = {0};

    for (;;) {
        df_sh_node *kid = pipe(l);

        if (!kid)
            return NULL;
        kid->op = op;
        kid->op_span = span;
        *df_push(l->job->arena, node, kids) = kid;
        if (!df_sh_at_op(l, DF_OP_AND) && !df_sh_at_op(l, DF_OP_OR))
            return df_sh_finish(l, node, from);
        take_op(l, &op, &span);
    }
}

/* sep := ';' | '&' | line end; written behind `kid` */
static bool separator(df_sh_lexer *l, df_sh_node *kid)
{
    const df_sh_token *tok = df_sh_tok(l);

    if (tok->kind == DF_SHTOK_EOL)
        kid->op = DF_OP_NEWLINE;
    else if (df_sh_at_op(l, DF_OP_SEMI) || df_sh_at_op(l, DF_OP_AMP))
        kid->op = tok->op;
    else
        return false;
    kid->op_span = df_sh_span(l, tok->from, tok->to);
    df_sh_skip(l);
    return true;
}

/* The list ends at its last command, not at the separator. */
static df_sh_node *finish_list(df_sh_lexer *l, df_sh_node *node, size_t from,
                               size_t to)
{
    if (l->job->failed)
        return NULL;
    node->span = df_sh_span(l, from, to);
    node->text = df_sh_slice(l, from, to);
    return node;
}

df_sh_node *df_sh_list(df_sh_lexer *l)
{
    df_sh_node *node = df_sh_new_node(l, DF_SH_LIST);
    size_t from = l->frame.last;
    size_t to = from;

    df_sh_newlines(l);
    while (!is_list_end(l)) {
        size_t start = df_sh_tok(l)->from;
        df_sh_node *kid = andor(l);

        if (!kid)
            return NULL;
        if (!node->nkids)
            from = start;
        *df_push(l->job->arena, node, kids) = kid;
        to = l->frame.last;
        if (separator(l, kid)) {
            df_sh_newlines(l);
            continue;
        }
        /* Behind `)`, `}`, `fi`... a closing word needs no separator. */
        if (!is_list_end(l) || (is_closer(l) && !l->frame.closed))
            return df_sh_unexpected(l);
        break;
    }
    return finish_list(l, node, from, to);
}

static df_sh_node *bad_end(df_sh_lexer *l)
{
    const df_sh_token *tok = df_sh_tok(l);

    return tok->kind == DF_SHTOK_FAILED ? NULL : df_sh_unexpected(l);
}

const df_sh_node *df_sh_substitution(df_sh_lexer *l, size_t open)
{
    const df_sh_frame outer = l->frame;
    df_sh_node *node;

    l->frame = (df_sh_frame){.last = l->pos, .outer_heres = l->nheres};
    node = df_sh_list(l);
    if (!node)
        return NULL;
    if (df_sh_tok(l)->kind == DF_SHTOK_EOF) {
        df_sh_fail(l, df_sh_span(l, open, open + 2),
                   "command substitution is not closed (opened here)");
        return NULL;
    }
    if (df_sh_tok(l)->kind != DF_SHTOK_CLOSE)
        return bad_end(l);
    if (!df_sh_heres_end(l))
        return NULL;
    l->frame = outer;
    return node;
}

const df_sh_node *df_sh_script(df_sh_lexer *l)
{
    df_sh_node *node = df_sh_list(l);

    if (!node)
        return NULL;
    if (df_sh_tok(l)->kind != DF_SHTOK_EOF)
        return bad_end(l);
    return df_sh_heres_end(l) ? node : NULL;
}

/* Extglob works from the line below the one that turns it on. */
static size_t extglob_from(df_str s)
{
    size_t at = df_str_find(s, "extglob");
    size_t eol;

    if (at == SIZE_MAX)
        return SIZE_MAX;
    eol = df_str_find_char(df_str_from(s, at), '\n');
    return eol == SIZE_MAX ? SIZE_MAX : at + eol;
}

static bool can_read(df_sh_lexer *l, df_shell_kind shell)
{
    df_str s = l->text->str;
    df_span all = df_sh_span(l, 0, s.len);
    size_t nul = s.len ? df_str_find_char(s, '\0') : SIZE_MAX;

    if (shell == DF_SHELL_FOREIGN)
        return df_sh_fail(l, all, "not a POSIX-like shell");
    if (s.len >= DF_MAX_SCRIPT)
        return df_sh_fail(l, all, "longer than a shell takes");
    if (nul != SIZE_MAX)
        return df_sh_fail(l, df_sh_span(l, nul, nul + 1), "NUL byte");
    return true;
}

const df_sh_tree *df_sh_parse(df_arena *a, const df_text *text,
                              df_shell_kind shell)
{
    df_sh_tree *tree = df_new(a, df_sh_tree);
    df_sh_job job = {.arena = a, .tree = tree};
    df_sh_lexer l;

    tree->text = *text;
    df_sh_lexer_init(&l, &job, &tree->text);
    if (shell == DF_SHELL_BASH)
        l.extglob = extglob_from(text->str);
    if (can_read(&l, shell))
        tree->root = df_sh_script(&l);
    tree->ok = tree->root && !job.failed;
    if (!tree->ok)
        tree->root = NULL;
    return tree;
}
