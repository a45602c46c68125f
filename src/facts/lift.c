/*
 * The plan for one RUN: see dfopt/lift.h. Conditions are those of "move" under
 * split-manifests in the contract.
 */
#include "facts/lift.h"

#include <dfopt/cache.h>
#include <dfopt/effect.h>
#include <dfopt/exec.h>
#include <dfopt/later.h>
#include <dfopt/reach.h>

#include "facts/cmd.h"

/* Earlier installs of a stage that are looked at. */
#define MAX_INSTALLS 32

/* The first reason stays. Always false. */
bool df_lift_decline(df_lift *l, df_span at, const char *format, ...)
{
    va_list args;

    if (l->why.len)
        return false;
    va_start(args, format);
    l->why = df_vfmt(l->b->arena, format, args);
    va_end(args);
    l->at = at;
    return false;
}

df_str df_lift_name(const df_lift *l)
{
    return df_install_name(l->b->arena, l->installs[0].cmd);
}

bool df_lift_is_twice(const df_lift *l)
{
    return l->installs[0].alone.len > 0;
}

/* --- the commands of the RUN --- */

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

/* A path in the COPYs that go down, named by a setting; NULL: none. What
 * travels with the install is not meant. */
static const df_named *names_moved(const df_lift *l, const df_install *in)
{
    for (uint32_t i = 0; i < in->nnamed; i++) {
        bool travels = false;

        for (uint32_t k = 0; k < in->nneeds; k++)
            travels |= df_image_below(in->named[i].path, in->needs[k].path);
        for (uint32_t k = 0; !travels && k < l->nmoved; k++) {
            df_origin origin;

            if (df_copy_find(l->b, l->moved[k], in->named[i].path, &origin))
                return &in->named[i];
        }
    }
    return NULL;
}

/* Another install in the same RUN, all of whose needs are known as well. */
static bool joins(df_lift *l, const df_cmd *cmd)
{
    df_install in;

    if (!df_install_read(l->b, cmd, &in) || in.why.len || in.missing.len ||
        in.alone.len || !df_install_is(cmd, "move") || names_moved(l, &in))
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

/* Where the part that goes up begins, and where it ends. */
static bool find_end(df_lift *l)
{
    const df_run *run = l->run;
    uint32_t install = (uint32_t)(l->installs[0].cmd - run->cmds);

    if (install && !goes_up(l, run->cmds))
        pass_over(l, install);
    while (l->end < (df_lift_is_twice(l) ? install : run->ncmds) &&
           goes_up(l, &run->cmds[l->end]))
        l->end++;
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
    if (!l->nagain)
        *df_push(a, l, again) = cmd;
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

/* --- all of it --- */

static bool has_pragma(const df_lift *l)
{
    const df_doc *doc = l->b->facts->doc;

    for (uint32_t i = 0; i < l->nmoved; i++)
        if (df_instr_pragma(doc, l->moved[i]->instr))
            return true;
    return df_instr_pragma(doc, l->run->instr);
}

/* A flag of a frontend to come, or a slip of the pen. */
static bool check_flags(df_lift *l)
{
    if (l->run->instr->bad)
        return df_lift_decline(l, l->run->instr->keyword,
                               "RUN has a flag that dfopt does not know");
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (l->moved[i]->instr->bad)
            return df_lift_decline(l, l->moved[i]->instr->keyword,
                                   "%s has a flag that dfopt does not know",
                                   df_instr_name(l->moved[i]->instr->kind));
    return true;
}

/* An earlier RUN of the stage has installed this project already. */
static bool installed_before(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    uint32_t seen = 0;

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(l->run->stage, cmd)) != NULL;) {
        df_install other;

        if (cmd->run->instr->index >= l->run->instr->index)
            return false;
        if (cmd->ecosystem == in->eco && seen++ < MAX_INSTALLS &&
            df_install_read(df_brought_before(l->b->arena, l->b->facts,
                                              l->b->context, cmd->run->instr),
                            cmd, &other) &&
            df_str_eq(other.dir, in->dir))
            return true;
    }
    return false;
}

bool df_lift_check_named(df_lift *l)
{
    const df_named *named = names_moved(l, &l->installs[0]);

    if (named)
        return df_lift_decline(l, l->run->instr->keyword,
                               "%.*s names %.*s, which is part of the source",
                               DF_STR_ARG(named->by), DF_STR_ARG(named->path));
    return true;
}

static bool check_install(df_lift *l)
{
    const df_install *in = &l->installs[0];

    if (in->why.len)
        return df_lift_decline(l, l->run->instr->keyword, "%.*s",
                               DF_STR_ARG(in->why));
    if (!df_lift_check_named(l))
        return false;
    if (!df_run_mounts_plain(l->run))
        return df_lift_decline(
            l, l->run->instr->keyword,
            "its mounts may show more than the manifests to %.*s",
            DF_STR_ARG(df_lift_name(l)));
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (!df_lift_check_system(l, l->moved[i]))
            return false;
    return df_lift_check_hosts(l);
}

static bool check_all(df_lift *l)
{
    if (df_lift_is_twice(l) && installed_before(l))
        return false;
    if (!check_install(l) || !find_end(l) || !plan_cut(l) ||
        !df_passage_check(l))
        return false;
    df_lift_carry(l);
    df_lift_find_last(l);
    return df_lift_check_early(l);
}

static bool lacks_the_same(const df_lift *l, const df_cmd *cmd, df_str missing)
{
    df_install in;

    return cmd->ecosystem &&
           df_install_read(df_brought_before(l->b->arena, l->b->facts,
                                             l->b->context, cmd->run->instr),
                           cmd, &in) &&
           (in.why.len || df_str_eq(in.missing, missing));
}

/* Another install of that tool in the stage, of which it was said; or `dotnet
 * new`, which makes it. */
static bool follows_one(const df_lift *l, const df_install *in)
{
    const df_cmd *cmd = in->cmd;

    for (const df_cmd *c = NULL; (c = df_stage_cmd_above(cmd, c)) != NULL;)
        if (df_str_eq(c->tool, cmd->tool) &&
            (df_str_is(c->sub, "new") || df_str_is(c->sub, "init") ||
             lacks_the_same(l, c, in->missing)))
            return true;
    return false;
}

/* `WORKDIR $HOME/app`, of a variable that has no value. */
static const df_instr *computed_workdir(const df_lift *l)
{
    const df_facts *facts = l->b->facts;
    const df_stage *stage = l->run->stage;

    for (uint32_t i = 0; i < stage->ninstrs; i++) {
        const df_instr *instr = stage->instrs[i];

        if (instr->index < l->run->instr->index &&
            instr->kind == DF_I_WORKDIR &&
            !df_expand(l->b->arena, facts, instr, instr->args.str).ptr)
            return instr;
    }
    return NULL;
}

/* `WORKDIR src` below the WORKDIR of a base, which no row tells. */
static void say_where(df_lift *l, const df_install *in, const df_copied *copy)
{
    df_arena *a = l->b->arena;
    df_str name = df_install_name(a, in->cmd);
    bool whole = df_copy_is_whole(copy);
    const df_instr *workdir = computed_workdir(l);
    df_origin origin;

    if (workdir)
        df_lift_decline(l, workdir->keyword,
                        "where `%.*s` leads is not known, and so is not where "
                        "%.*s runs",
                        DF_STR_ARG(workdir->text.str), DF_STR_ARG(name));
    else if (whole && !df_str_starts(copy->dest, "/"))
        df_lift_decline(l, l->run->instr->keyword,
                        "the WORKDIR of the base image is not known, and so "
                        "is not where %.*s runs; an absolute path in WORKDIR "
                        "would tell",
                        DF_STR_ARG(name));
    else if (whole ||
             df_copy_find(l->b, copy, df_image_path(a, copy->dest, in->missing),
                          &origin))
        df_lift_decline(l, l->run->instr->keyword,
                        "%.*s runs in the WORKDIR of the base image, which "
                        "is not known; if that is %.*s, say so with WORKDIR",
                        DF_STR_ARG(name), DF_STR_ARG(copy->dest));
}

/* Where the COPY would have found it. */
static df_str missing_name(const df_lift *l, const df_install *in,
                           const df_copied *copy)
{
    return df_image_below(in->missing, copy->dest)
               ? df_context_join(l->b->arena, copy->sources[0].path,
                                 df_path_below(in->missing, copy->dest))
               : df_path_base(in->missing);
}

/* `pip-compile`, `poetry export -o requirements.txt`: by the build itself? */
static bool may_be_made(const df_lift *l, const df_install *in)
{
    static const char *const makes[] = {"pip-compile", "export", "requirements",
                                        "freeze", NULL};
    const char *name = df_cstr(l->b->arena, df_path_base(in->missing));

    if (df_str_starts(in->missing, "/dev/") ||
        df_is_mentioned_above(l->b->facts, l->run, name))
        return true;
    for (const df_cmd *c = l->run->cmds; c < in->cmd; c++)
        if (df_str_has(c->node->text, name))
            return true;
    for (const df_cmd *c = NULL; (c = df_stage_cmd_above(in->cmd, c)) != NULL;)
        if (df_str_in(c->tool, makes) || df_str_in(c->sub, makes))
            return true;
    return false;
}

static bool brings_whole(const df_brought *b)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (df_copy_is_whole(&b->copies[i]))
            return true;
    return false;
}

/* `cd $ARG` in front of the install. */
static void say_nowhere(df_lift *l, const df_install *in)
{
    df_arena *a = l->b->arena;

    for (const df_cmd *cd = in->cmd; cd-- > l->run->cmds;) {
        uint32_t dir = df_cmd_is_cd(cd) ? df_cmd_operand(cd, 0) : 0;

        if (dir && df_cmd_word(cd, dir)->flags & DF_WORD_VAR &&
            !df_cmd_cd_target(a, cd).ptr && brings_whole(l->b))
            df_lift_decline(l, cd->node->span,
                            "where `%.*s` leads is not known, and so is not "
                            "where %.*s runs",
                            DF_STR_ARG(df_cmd_brief(cd)),
                            DF_STR_ARG(df_install_name(a, in->cmd)));
    }
}

/* A COPY of the whole context would have brought it: is it another one? */
static void say_missing(df_lift *l, const df_install *in)
{
    if (df_cmd_has_any(in->cmd, in->eco->manifest_option) || follows_one(l, in))
        return;
    if (in->why.len) {
        if (df_install_is(in->cmd, "move") && brings_whole(l->b))
            df_lift_decline(l, l->run->instr->keyword, "%.*s",
                            DF_STR_ARG(in->why));
        return;
    }
    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        const df_copied *copy = &l->b->copies[i];

        if (!copy->known)
            continue;
        if (!df_str_starts(in->dir, "/"))
            say_where(l, in, copy);
        else if (copy->sources[0].dir && df_image_below(in->dir, copy->dest))
            df_lift_decline(l, l->run->instr->keyword,
                            may_be_made(l, in)
                                ? "%.*s is not in the build context: what "
                                  "makes it may read the copied source"
                                : "%.*s is not in the build context; if that "
                                  "is another directory, name it with -C",
                            DF_STR_ARG(missing_name(l, in, copy)));
    }
}

/* The first install of the RUN whose project was copied with the source. */
static bool find_install(df_lift *l, const char *strategy)
{
    for (uint32_t i = 0; i < l->run->ncmds; i++) {
        const df_ecosystem *eco = l->run->cmds[i].ecosystem;
        df_install in;

        if (!eco || !df_install_is(&l->run->cmds[i], strategy) ||
            (!df_install_read(l->b, &l->run->cmds[i], &in) && !in.nowhere))
            continue;
        l->ninstalls = l->nmoved = 0;
        *df_push(l->b->arena, l, installs) = in;
        if (in.nowhere || in.missing.len) {
            in.nowhere ? say_nowhere(l, &in) : say_missing(l, &in);
            continue;
        }
        if (df_lift_find_moved(l))
            return true;
    }
    return false;
}

static bool has_install(const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (run->cmds[i].ecosystem)
            return true;
    return false;
}

/* SHELL names a shell that is not read: nothing is done, but said if there is
 * an install. */
static bool check_shell(df_lift *l)
{
    if (l->run->state->shell == DF_SHELL_FOREIGN && !l->exec)
        return df_lift_decline(l, l->run->instr->keyword,
                               "SHELL is none that dfopt reads, so %.*s stays "
                               "below COPY",
                               DF_STR_ARG(df_lift_name(l)));
    return true;
}

bool df_lift_begin(df_lift *l, df_arena *a, const df_facts *facts,
                   df_context *context, const df_run *run, const char *strategy)
{
    const df_run *exec = run->tree->ok ? NULL : df_exec_run(a, run);
    const df_run *foreign = run->tree->ok ? NULL : df_foreign_run(a, run);

    run = exec ? exec : foreign ? foreign : run;
    if (run->onbuild || !run->tree->ok || !has_install(run))
        return false;
    *l = (df_lift){.run = run, .exec = exec != NULL};
    l->b = df_brought_before(a, facts, context, run->instr);
    return !l->b->too_many && find_install(l, strategy) && !has_pragma(l) &&
           check_shell(l) && check_flags(l);
}

bool df_lift_plan(df_arena *a, const df_facts *facts, df_context *context,
                  const df_run *run, df_lift *out)
{
    *out = (df_lift){0};
    if (!df_lift_begin(out, a, facts, context, run, "move"))
        return out->why.len > 0;
    out->why = DF_STR("");
    if (check_all(out))
        return true;
    return (df_lift_is_smell(out) || out->installs[0].why.len) &&
           !installed_before(out);
}
