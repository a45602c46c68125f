/*
 * The plan for one RUN: see dfopt/lift.h. Conditions are those of "move" under
 * split-manifests in the contract.
 */
#include "facts/lift.h"

#include <dfopt/exec.h>
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

/* --- all of it --- */

const df_named *df_lift_named(const df_lift *l, const df_install *in)
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
    const df_named *named = df_lift_named(l, &l->installs[0]);

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
    if (!check_install(l) || !df_lift_find_part(l) || !df_passage_check(l))
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
