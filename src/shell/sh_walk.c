/*
 * Questions about a whole tree.
 */
#include <dfopt/shell.h>

typedef bool visitor(const df_sh_node *node, void *ctx);

static void subs(const df_sh_word *word, visitor *fn, void *ctx)
{
    for (uint32_t i = 0; i < word->nsubs; i++)
        df_sh_walk(word->subs[i], fn, ctx);
}

/* Words and redirections stand mixed: in the order of their places. */
static void words(const df_sh_node *node, visitor *fn, void *ctx)
{
    uint32_t r = 0;

    for (uint32_t i = 0; i < node->nassigns; i++)
        subs(&node->assigns[i].value, fn, ctx);
    for (uint32_t i = 0; i < node->nwords; i++) {
        if (node->kind == DF_SH_SIMPLE)
            for (; r < node->nredirs &&
                   node->redirs[r].span.off < node->words[i].span.off;
                 r++)
                subs(&node->redirs[r].target, fn, ctx);
        subs(&node->words[i], fn, ctx);
    }
    for (uint32_t i = 0; i < node->nkids; i++)
        df_sh_walk(node->kids[i], fn, ctx);
    for (; r < node->nredirs; r++)
        subs(&node->redirs[r].target, fn, ctx);
    for (r = 0; r < node->nredirs; r++)
        subs(&node->redirs[r].lines, fn, ctx);
}

/* The parser bounds the depth of trees, so recursion is safe. */
void df_sh_walk(const df_sh_node *node,
                bool (*fn)(const df_sh_node *node, void *ctx), void *ctx)
{
    if (node && fn(node, ctx))
        words(node, fn, ctx);
}

static const df_sh_node *only_kid(const df_sh_node *node)
{
    return node && node->nkids == 1 ? node->kids[0] : NULL;
}

const df_sh_node *df_sh_only(const df_sh_tree *tree)
{
    const df_sh_node *list = only_kid(tree->root);
    const df_sh_node *pipe = only_kid(list);
    const df_sh_node *node = only_kid(pipe);

    if (!node || node->kind != DF_SH_SIMPLE || pipe->negated || pipe->timed)
        return NULL;
    return list->op == DF_OP_AMP ? NULL : node;
}
