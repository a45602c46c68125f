/*
 * What the rest of a RUN does to what its install made. In a layer of its own,
 * `rm -rf node_modules` or `npm prune` would free nothing, and `mv` copy.
 */
#include "facts/lift.h"

bool df_lift_may_write(const df_lift *l, df_str path)
{
    const df_install *in = &l->installs[0];

    for (df_strings w = in->eco->writes; *w; w++)
        if (df_image_overlap(
                path, df_image_path(l->b->arena, in->dir, df_str_of(*w))))
            return true;
    return df_str_in(df_path_base(path), in->eco->locks);
}

static bool is_node(const df_ecosystem *eco)
{
    return eco && eco->reader && df_str_is(df_str_of(eco->reader), "npm");
}

/* Where an install leaves its caches and logs, too. */
static bool is_home(df_str dir)
{
    return !df_str_starts(dir, "/") || df_str_is(dir, "/") ||
           df_image_is_home(dir);
}

/* May an install of packages of Node's have made something of that path? All
 * that it makes is node_modules and a lock; of one project, that is. */
static bool may_be_made(const df_lift *l, df_str path)
{
    const df_install *in = &l->installs[0];
    uint32_t projects = 0;

    for (uint32_t i = 0; i < in->nneeds; i++)
        projects += in->needs[i].main;
    if (l->ninstalls > 1 || projects != 1 || !is_node(in->eco) ||
        is_home(in->dir) || df_str_starts(df_path_base(path), ".") ||
        !df_image_below(path, in->dir) || df_str_eq(path, in->dir))
        return true;
    return df_lift_may_write(l, path);
}

/* `rm -rf /var/lib/apt/lists/ *`, without the blank, where nothing of what goes
 * up may have left any. */
static bool is_of_system(const df_lift *l, const df_cmd *cmd,
                         const df_sh_word *w)
{
    static const char *const others[] = {"cd",  "echo", "mkdir", "npm",
                                         "pip", "pnpm", "yarn",  NULL};
    df_str path = df_image_path(l->b->arena, cmd->dir, w->text);

    if (!path.ptr || (!w->is_plain && w->flags != DF_WORD_GLOB) ||
        !df_path_is_of_packages(l->run->kb, path))
        return false;
    for (uint32_t i = 0; i < l->end; i++)
        if (!l->run->cmds[i].tool.ptr ||
            !df_str_in(l->run->cmds[i].tool, others))
            return false;
    return true;
}

/* rm or chown of what a COPY brought: it was in a layer of its own anyway. So
 * it is with what the rest of the RUN makes itself. */
static bool removes_copied(const df_lift *l, const df_cmd *cmd)
{
    static const char *const tools[] = {"rm",    "mv",    "chown",
                                        "chgrp", "chmod", NULL};
    uint32_t target = df_str_is(cmd->tool, "mv") ? df_cmd_last_operand(cmd) : 0;
    df_operands it = df_cmd_all_operands(cmd);

    if (!df_str_in(cmd->tool, tools))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (df_str_starts(cmd->node->words[i].text, "--reference") ||
            df_str_starts(cmd->node->words[i].text, "--target") ||
            df_str_starts(cmd->node->words[i].text, "-t"))
            return false;
    if (df_str_starts(cmd->tool, "ch"))
        df_operands_next(&it); /* the owner, the mode */
    while (df_operands_next(&it)) {
        const df_sh_word *w = df_cmd_word(cmd, it.at);
        df_str path = w->is_plain
                          ? df_image_path(l->b->arena, cmd->dir, w->value)
                          : (df_str){NULL, 0};
        df_origin origin;

        if (it.at == target)
            break;
        if (is_of_system(l, cmd, w))
            continue;
        if (!path.ptr || df_image_below(l->installs[0].dir, path) ||
            (!df_brought_find(l->b, path, &origin) && may_be_made(l, path)))
            return false;
    }
    return true;
}

/* `npm prune`, `npm update` have nothing to do with what pip installed. */
static bool is_stranger(const df_lift *l, const df_cmd *cmd)
{
    static const char *const tools[] = {"bun",  "npm",  "npx",
                                        "pnpm", "yarn", NULL};
    bool node = is_node(cmd->ecosystem) || df_str_in(cmd->tool, tools);

    for (uint32_t k = 0; k < l->ninstalls; k++)
        if (is_node(l->installs[k].eco) == node)
            return false;
    return node || cmd->ecosystem != NULL;
}

static bool removes(const df_lift *l, const df_cmd *cmd)
{
    df_strings list = cmd->known ? cmd->known->removes : NULL;

    if (!list || !*list || df_cmd_has_any(cmd, cmd->known->pure_with) ||
        is_stranger(l, cmd))
        return false;
    for (; *list; list++)
        if (df_str_is(df_str_of(*list), "*") ||
            (**list == '-' ? df_cmd_has(cmd, *list)
                           : df_str_is(cmd->sub, *list)))
            return true;
    return false;
}

bool df_lift_is_undone(const df_lift *l, const df_cmd *cmd)
{
    /* Nobody carries the layers of a stage that is not shipped. */
    if (df_str_is(cmd->tool, "rm") && !l->run->stage->shipped)
        return false;
    return removes(l, cmd) && !removes_copied(l, cmd);
}
