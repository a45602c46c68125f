/* Trees: see verify/tree.h. */
#include "verify/tree.h"

#include <string.h>

#define MAX_LINKS 40 /* as Linux: ELOOP behind it */

const df_node *df_tree_find(const df_tree *t, df_str path)
{
    uint32_t lo = 0;
    uint32_t hi = t->nnodes;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = df_str_cmp(t->nodes[mid].path, path);

        if (order == 0)
            return &t->nodes[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static df_str parent(df_str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    if (path.len)
        path.len--;
    return path;
}

static df_str join(df_arena *a, df_str dir, df_str name)
{
    if (!dir.len)
        return name;
    return df_fmt(a, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(name));
}

const df_node *df_tree_resolve(const df_tree *t, df_str path)
{
    df_str done = DF_STR("");
    df_str rest = path;
    int links = 0;
    const df_node *node = NULL;

    while (rest.len) {
        df_str part;

        df_str_cut(&rest, '/', &part);
        if (!part.len || df_str_is(part, "."))
            continue;
        if (df_str_is(part, "..")) {
            done = parent(done);
            continue;
        }
        done = join(t->arena, done, part);
        node = df_tree_find(t, done);
        if (!node)
            return NULL;
        if (node->type != 'l')
            continue;
        if (++links > MAX_LINKS)
            return NULL;
        rest = rest.len ? join(t->arena, node->link, rest) : node->link;
        done = df_str_starts(node->link, "/") ? DF_STR("") : parent(done);
    }
    return df_tree_find(t, done);
}

static uint32_t compare(const df_node *a, const df_node *b)
{
    uint32_t what = 0;

    if (a->type != b->type)
        what |= DF_DIFF_TYPE;
    if (a->mode != b->mode && a->type != 'l')
        what |= DF_DIFF_MODE;
    if (a->uid != b->uid || a->gid != b->gid)
        what |= DF_DIFF_OWNER;
    if (!df_str_eq(a->link, b->link))
        what |= DF_DIFF_LINK;
    if (a->major != b->major || a->minor != b->minor)
        what |= DF_DIFF_DEVICE;
    if (!df_str_eq(a->xattrs, b->xattrs))
        what |= DF_DIFF_XATTRS;
    if (a->type == '-' && b->type == '-' &&
        (a->size != b->size || memcmp(a->hash, b->hash, sizeof a->hash) != 0))
        what |= DF_DIFF_CONTENT;
    return what;
}

/* Which of the two nodes comes first? Behind the last one comes nothing. */
static int order_of(const df_tree *before, uint32_t i, const df_tree *after,
                    uint32_t j)
{
    if (i == before->nnodes)
        return 1;
    if (j == after->nnodes)
        return -1;
    return df_str_cmp(before->nodes[i].path, after->nodes[j].path);
}

df_tree_diffs df_tree_compare(df_arena *a, const df_tree *before,
                              const df_tree *after)
{
    df_tree_diffs d = {0};
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < before->nnodes || j < after->nnodes) {
        int order = order_of(before, i, after, j);
        const df_node *x = order <= 0 ? &before->nodes[i++] : NULL;
        const df_node *y = order >= 0 ? &after->nodes[j++] : NULL;
        df_tree_diff diff = {.path = order <= 0 ? x->path : y->path,
                             .what = order < 0   ? DF_ONLY_BEFORE
                                     : order > 0 ? DF_ONLY_AFTER
                                                 : compare(x, y),
                             .before = x,
                             .after = y};

        if (diff.what)
            *df_push(a, &d, items) = diff;
    }
    return d;
}
