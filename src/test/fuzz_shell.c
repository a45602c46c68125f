/*
 * The shell parser: every node lies in the text and in its parent. An odd
 * first byte asks for bash.
 */
#include "test/fuzz.h"

#include <dfopt/shell.h>

#include "base/arena.h"
#include "shell/sh_dump.h"

const char *const FUZZ_RULES[] = {"simple", "list", "bash-list", NULL};
const char *const FUZZ_START = "list";

static bool inside(df_str text, df_span s)
{
    return s.off <= text.len && s.len <= text.len - s.off;
}

static void check_word(df_str text, const df_sh_word *w)
{
    PROMISE(inside(text, w->span));
    PROMISE(w->is_plain == (w->value.ptr != NULL));
}

/*
 * A part that passes move about is a script of its own: the same commands,
 * however it was joined. Lines of heredocs stand elsewhere, and inside
 * backquotes a text lost its backslashes.
 */
static bool look_for_lines(const df_sh_node *node, void *ctx)
{
    bool *found = ctx;

    for (uint32_t i = 0; i < node->nredirs; i++)
        *found |= node->redirs[i].op == DF_OP_HERE ||
                  node->redirs[i].op == DF_OP_HERE_TABS;
    return !*found;
}

static bool has_lines(const df_sh_node *node)
{
    bool found = false;

    df_sh_walk(node, look_for_lines, &found);
    return found;
}

static void check_part(const df_sh_node *andor, df_shell_kind shell)
{
    df_seg seg = {0, 0};
    df_text t = {andor->text, &seg, 1, true};
    const df_sh_tree *tree;
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    tree = df_sh_parse(&a, &t, shell);
    PROMISE(tree->ok && tree->root->nkids == 1);
    PROMISE(tree->root->kids[0]->nkids == andor->nkids);
    df_arena_release(&a);
}

/* A part of its own does not know that a line above turned extglob on. */
static void check_parts(const df_sh_tree *tree, df_shell_kind shell)
{
    if (tree->ok && !has_lines(tree->root) &&
        !df_str_has(tree->text.str, "extglob"))
        for (uint32_t i = 0; i < tree->root->nkids; i++)
            check_part(tree->root->kids[i], shell);
}

static bool check_node(const df_sh_node *node, void *ctx)
{
    df_str text = *(const df_str *)ctx;

    PROMISE(inside(text, node->span));
    for (uint32_t i = 0; i < node->nwords; i++)
        check_word(text, &node->words[i]);
    for (uint32_t i = 0; i < node->nassigns; i++)
        PROMISE(df_span_holds(node->span, node->assigns[i].span));
    for (uint32_t i = 0; i < node->nredirs; i++)
        check_word(text, &node->redirs[i].target);
    for (uint32_t i = 0; i < node->nkids; i++)
        PROMISE(df_span_holds(node->span, node->kids[i]->span));
    return true;
}

static void check(df_str text, df_shell_kind shell, bool file)
{
    df_seg seg = {0, 0};
    df_text t = {text, &seg, 1, file};
    const df_sh_tree *tree;
    df_arena a;
    df_buf out;

    df_arena_init(&a, NULL, NULL);
    tree = df_sh_parse(&a, &t, shell);
    PROMISE(tree->ok == (tree->root != NULL));
    PROMISE(tree->ok || tree->problem.len);
    PROMISE(inside(text, tree->bad));
    if (tree->ok)
        df_sh_walk(tree->root, check_node, &text);
    check_parts(tree, shell);
    for (uint32_t i = 0; i < tree->ncomments; i++)
        PROMISE(inside(text, tree->comments[i]));
    df_buf_init(&out, &a);
    df_sh_dump(&out, tree);
    df_arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str text = {(const char *)data, size};
    bool bash = size && data[0] % 2;

    check(text, bash ? DF_SHELL_BASH : DF_SHELL_POSIX, false);
    check(text, bash ? DF_SHELL_BASH : DF_SHELL_POSIX, true);
    return 0;
}
