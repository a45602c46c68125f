/*
 * Which commands of a RUN go up with its install, and how the others stay: see
 * lift.h. The RUN moves whole, is cut in two, or what installs is taken out of
 * the middle.
 */
#include "facts/lift.h"

#include <dfopt/cache.h>
#include <dfopt/effect.h>
#include <dfopt/later.h>
#include <dfopt/reach.h>

#include "facts/cmd.h"

static df_reach reach_of(const df_lift *l, const df_cmd *cmd)
{
    df_reach reach = DF_REACH_NONE;

    for (uint32_t i = 0; i < l->nmoved; i++) {
        df_reach one = df_cmd_reach(l->b, l->moved[i], cmd);

        reach = one > reach ? one : reach;
    }
    return reach;
}

bool df_cmd_is_cd(const df_cmd *cmd)
{
    return df_str_is(cmd->tool, "cd");
}

/* Another install in the same RUN, all of whose needs are known as well. */
static bool joins(df_lift *l, const df_cmd *cmd)
{
    df_install in;

    if (!df_install_read(l->b, cmd, &in) || in.why.len || in.missing.len ||
        in.alone.len || !df_install_is(cmd, "move") || df_lift_named(l, &in))
        return false;
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (df_lift_goes_down(l, &in, &l->b->copies[i]) &&
            !df_lift_moves(l, &l->b->copies[i]))
            return false;
    *df_push(l->b->arena, l, installs) = in;
    return true;
}

/* `bundle check || bundle install` */
static bool asks(const df_lift *l, const df_cmd *cmd)
{
    const df_install *in = &l->installs[0];

    return df_str_is(cmd->tool, in->eco->tool) && cmd->sub.len &&
           df_str_in(cmd->sub, in->eco->asks) && cmd->dir.ptr &&
           df_str_eq(cmd->dir, in->cmd->dir) && !cmd->wrapped &&
           !cmd->node->nredirs && df_cmd_operands(cmd) == 0;
}

static bool goes_up(df_lift *l, const df_cmd *cmd)
{
    if (cmd == l->installs[0].cmd || df_cmd_is_cd(cmd) || asks(l, cmd))
        return true;
    return reach_of(l, cmd) != DF_REACH_FILES || joins(l, cmd);
}

/* The directory a `cd` enters is there without the moved COPYs. */
static bool is_there(const df_lift *l, df_str dir)
{
    bool free = true;

    for (uint32_t i = 0; i < l->nmoved; i++)
        free &=
            df_path_reach(l->b, l->moved[i], DF_STR("/"), dir) == DF_REACH_NONE;
    for (uint32_t k = 0; k < l->ninstalls; k++)
        for (uint32_t i = 0; i < l->installs[k].nneeds; i++)
            free |= df_image_below(l->installs[k].needs[i].path, dir);
    return free;
}

static bool check_directories(df_lift *l)
{
    for (uint32_t i = 0; i < l->end; i++) {
        const df_cmd *cmd = &l->run->cmds[i];
        df_str dir =
            df_cmd_is_cd(cmd) ? df_cmd_cd_target(l->b->arena, cmd) : cmd->dir;

        if (df_cmd_is_cd(cmd) && (!dir.ptr || !is_there(l, dir)))
            return df_lift_decline(
                l, cmd->node->span,
                "`%.*s` enters the copied source; %.*s stays below "
                "COPY",
                DF_STR_ARG(df_cmd_brief(cmd)), DF_STR_ARG(df_lift_name(l)));
    }
    return true;
}

/* `for f in *`, `[[ -f x ]]` in the part that goes up. */
static bool check_plain(df_lift *l)
{
    const df_sh_node *root = l->run->tree->root;
    uint32_t limit = l->end < l->run->ncmds
                         ? l->run->cmds[l->end].node->span.off
                         : UINT32_MAX;

    for (uint32_t i = 0; i < root->nkids; i++)
        for (uint32_t k = 0; k < root->kids[i]->nkids; k++) {
            const df_sh_node *pipe = root->kids[i]->kids[k];

            if (df_span_end(pipe->span) <= limit && !df_node_is_plain(pipe))
                return df_lift_decline(
                    l, pipe->span,
                    "this may look at the copied source; %.*s "
                    "stays below COPY",
                    DF_STR_ARG(df_lift_name(l)));
        }
    return true;
}

/* `cp .env.example .env && composer install` */
static bool prepares_nothing(const df_lift *l)
{
    for (const df_cmd *cmd = l->run->cmds; cmd < l->installs[0].cmd; cmd++)
        if (!df_lift_is_beside(l, l->moved[0], cmd))
            return false;
    return true;
}

/* A chain of `&&`, of commands that leave the shell as it is, so that those of
 * the middle may be called before the others. */
static bool is_loose(const df_lift *l)
{
    const df_run *run = l->run;

    for (uint32_t i = 0; i < run->ncmds; i++)
        if (!df_cmd_is_link(&run->cmds[i]) ||
            !df_cmd_leaves_shell(&run->cmds[i]))
            return false;
    return run->cmds->andor->nkids == run->ncmds && !run->instr->nflags &&
           !l->exec && !df_lift_is_twice(l) &&
           !df_holds_comment(l->b->facts->doc, run->instr->span);
}

/* `chmod +x start.sh && npm ci`: the install can do without what it stands
 * behind, and that without the install. */
static void pass_over(df_lift *l, uint32_t install)
{
    uint32_t n = 0;

    while (n < install && df_lift_stays_below(l, &l->run->cmds[n]))
        n++;
    if (n && is_loose(l))
        l->first = l->end = n;
}

static void extend(df_lift *l, uint32_t limit)
{
    while (l->end < limit && goes_up(l, &l->run->cmds[l->end]))
        l->end++;
}

/* Where the part that goes up begins, and where it ends. */
static bool find_end(df_lift *l)
{
    const df_run *run = l->run;
    uint32_t install = (uint32_t)(l->installs[0].cmd - run->cmds);
    uint32_t limit = df_lift_is_twice(l) ? install : run->ncmds;

    extend(l, limit);
    if (install && !l->end) {
        pass_over(l, install);
        extend(l, limit);
    }
    /* What only prepares the second half goes with it: cd, export, set. */
    while (l->end > install + 1 && l->end < run->ncmds &&
           !df_cmd_leaves_shell(&run->cmds[l->end - 1]))
        l->end--;
    if (df_lift_is_twice(l) && l->end < install && prepares_nothing(l)) {
        l->end = 0; /* and the call of it above needs nothing of theirs */
        return true;
    }
    if (l->first && l->ninstalls > 1) /* asked for the first of them alone */
        l->end = 0;
    if (l->end <= install && !(df_lift_is_twice(l) && l->end == install))
        return df_lift_decline(
            l, run->cmds[l->end].node->span,
            "`%.*s` may read the copied source; %.*s stays below "
            "COPY",
            DF_STR_ARG(df_cmd_brief(&run->cmds[l->end])),
            DF_STR_ARG(df_lift_name(l)));
    return check_plain(l) && check_directories(l);
}

/* An install that comes first in its RUN is called before it, too. */
static bool is_assignment(const df_sh_node *node, void *ctx)
{
    bool *found = ctx;

    *found |= node->kind == DF_SH_SIMPLE && !node->nwords && node->nassigns;
    return !*found;
}

static bool check_first(df_lift *l)
{
    df_str why = DF_STR("");
    bool assigns = false;

    df_sh_walk(l->run->tree->root, is_assignment, &assigns);
    if (assigns)
        why = DF_STR("a variable may reach into it");
    else if (l->installs[0].cmd->pipe->negated)
        why = DF_STR("it may fail");
    else if (df_instr_flag(l->run->instr, "network"))
        why = DF_STR("its network is set apart");
    if (!why.len && l->run->ncmds > 1)
        why = df_run_halves(l->b->arena, l->run, 1).why;
    if (why.len)
        return df_lift_decline(l, l->run->cmds[0].node->span,
                               "%.*s is not called a second time: %.*s",
                               DF_STR_ARG(df_lift_name(l)), DF_STR_ARG(why));
    return true;
}

/* Its cache may be all that there is of a package (Plug'n'Play). */
static bool is_of_later_yarn(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    df_str text;

    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_is(df_path_base(in->needs[i].path), "yarn.lock") &&
            df_context_read(l->b->context, in->needs[i].origin.path, &text))
            return !df_str_has(text, "# yarn lockfile v1");
    return df_str_is(in->cmd->tool, "yarn");
}

/* `npm cache clean --force`, as each layer has a cache of its own: behind the
 * first half as well, unless the second needs what was fetched. */
static bool is_called_again(df_lift *l, const df_cmd *cmd)
{
    df_arena *a = l->b->arena;
    const df_cmd *in = l->installs[0].cmd;
    const df_cache *row = df_cmd_cache(in);
    df_later later;

    if (!row || !row->command || is_of_later_yarn(l) ||
        !df_str_is(cmd->tool, row->tool) || !df_cmd_cleans(a, cmd, row) ||
        !df_cmd_is_link(cmd) || reach_of(l, cmd) == DF_REACH_FILES ||
        !df_cache_applies(a, l->b->facts, l->b->context, in, row))
        return false;
    df_later_init(&later, a, l->b->facts, l->b->context);
    if (df_later_in_run(&later, l->run, l->end, row).len)
        return false;
    if (!l->again)
        l->again = cmd;
    return true;
}

static bool plan_cut(df_lift *l)
{
    const df_run *run = l->run;

    if (l->exec && (l->end < run->ncmds || df_lift_is_twice(l)))
        return df_lift_decline(l, run->instr->keyword,
                               "a RUN in exec form is not cut in two, so %.*s "
                               "stays below COPY",
                               DF_STR_ARG(df_lift_name(l)));
    if (l->end == run->ncmds)
        return true;
    for (uint32_t i = l->end; i < run->ncmds; i++)
        if (df_lift_is_undone(l, &run->cmds[i]) &&
            !is_called_again(l, &run->cmds[i]))
            return df_lift_decline(
                l, run->cmds[i].node->span,
                "`%.*s` works on what this RUN made, so %.*s is not cut off "
                "from it",
                DF_STR_ARG(df_cmd_brief(&run->cmds[i])),
                DF_STR_ARG(df_lift_name(l)));
    if (l->first)
        return true;
    if (!l->end)
        return check_first(l);
    l->cut = df_run_halves(l->b->arena, run, l->end);
    if (l->cut.why.len && df_lift_is_twice(l))
        return df_lift_decline(l, run->cmds[l->end].node->span,
                               "%.*s is not called a second time: %.*s",
                               DF_STR_ARG(df_lift_name(l)),
                               DF_STR_ARG(l->cut.why));
    if (l->cut.why.len)
        return df_lift_decline(l, run->cmds[l->end].node->span,
                               "%.*s is not cut off from `%.*s`: %.*s",
                               DF_STR_ARG(df_lift_name(l)),
                               DF_STR_ARG(df_cmd_brief(&run->cmds[l->end])),
                               DF_STR_ARG(l->cut.why));
    return true;
}

bool df_lift_find_part(df_lift *l)
{
    return find_end(l) && plan_cut(l);
}
