/*
 * `chown -R app:app /app` of what a COPY brought. If the COPY goes below it,
 * COPY --chown=app:app gives the same owner to the same files (Dockerfile
 * reference, "COPY --chown"): a user without a group would get a group of its
 * own number there, and keeps the one of root here.
 */
#include "facts/lift.h"

#include <dfopt/effect.h>
#include <dfopt/reach.h>

#define MAX_ENTRIES 20000
#define MAX_DEPTH   64

static bool is_plain_name(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]) && (s.ptr[i] != '-' || !i))
            return false;
    return s.len > 0;
}

/* `app:app` or `app`; `app:` asks for the group of a login. */
static bool is_owner(df_str text)
{
    df_str user;
    bool group = df_str_cut(&text, ':', &user);

    return is_plain_name(user) && (!group || is_plain_name(text));
}

static bool is_recursive(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].text;

        if (df_str_is(word, "-R") || df_str_is(word, "--recursive"))
            return true;
    }
    return false;
}

/* The owner that it gives to all of what the COPY brought; empty: it does not.
 */
static df_str owner_of(const df_lift *l, const df_copied *moved,
                       const df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;
    const df_sh_word *owner, *dir;
    df_str none = DF_STR("");
    df_str path;

    if (node->nwords != 4 || !df_str_is(node->words[0].text, "chown") ||
        !cmd->top || !cmd->unconditional || cmd->pipe->negated ||
        cmd->pipe->nkids > 1 || node->nredirs || !is_recursive(cmd))
        return none;
    owner = &node->words[df_str_starts(node->words[1].text, "-") ? 2 : 1];
    dir = &node->words[3];
    if (!owner->is_plain || !dir->is_plain || !is_owner(owner->value))
        return none;
    path = df_image_path(l->b->arena, cmd->dir, dir->value);
    return path.ptr && moved->dest.ptr && df_image_below(moved->dest, path)
               ? owner->value
               : none;
}

/* chown changes what a link leads to, COPY --chown the link. */
static bool has_links(df_context *cx, df_arena *a, df_str path, unsigned depth,
                      uint32_t *seen)
{
    df_file_kind kind = df_context_lookup(cx, path);
    df_names names;

    if (kind != DF_FILE_DIR)
        return kind == DF_FILE_LINK;
    if (depth > MAX_DEPTH)
        return true;
    names = df_context_list(cx, path);
    for (uint32_t i = 0; i < names.count; i++)
        if (++*seen > MAX_ENTRIES ||
            has_links(cx, a, df_context_join(a, path, names.names[i]),
                      depth + 1, seen))
            return true;
    return false;
}

static bool brings_links(const df_lift *l, const df_copied *moved)
{
    uint32_t seen = 0;

    for (uint32_t i = 0; i < moved->nsources; i++)
        if (has_links(l->b->context, l->b->arena, moved->sources[i].path, 0,
                      &seen))
            return true;
    return false;
}

df_str df_lift_new_owner(const df_lift *l, const df_copied *moved,
                         const df_run *run)
{
    df_str owner = DF_STR("");

    if (!moved->known || moved->instr->nflags ||
        !df_user_is_root(run->state->user) || !run->tree->ok ||
        !df_run_is_chain(run) || df_run_may_end_early(run) ||
        !df_run_mounts_plain(run) || !df_node_is_plain(run->tree->root))
        return owner;
    for (uint32_t i = 0; i < run->ncmds; i++) {
        if (df_cmd_reach(l->b, moved, &run->cmds[i]) != DF_REACH_FILES)
            continue;
        if (owner.len)
            return DF_STR("");
        owner = owner_of(l, moved, &run->cmds[i]);
        if (!owner.len)
            return owner;
    }
    if (!owner.len || brings_links(l, moved))
        return DF_STR("");
    return df_str_find_char(owner, ':') == SIZE_MAX
               ? df_fmt(l->b->arena, "%.*s:root", DF_STR_ARG(owner))
               : owner;
}
