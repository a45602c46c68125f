/*
 * Install dependencies before the source is copied
 *
 * A `COPY . .` above `npm ci` or `pip install -r` makes every edit of the
 * source install all dependencies again. The manifests that the install reads
 * are copied first, right above it, and the source below it. `npm ci && npm run
 * build` in one RUN becomes two.
 *
 * Everything that the install reads travels: lock file, configuration, files
 * that a requirements file includes, the package.json of each workspace. Where
 * it reads more (local packages, lifecycle scripts), where something between
 * needs the source, or where the host's node_modules would be laid over the
 * installed one, nothing is changed, and the reason is printed.
 *
 * With the source go directories that are copied beside it, and what another
 * stage has built from it (`COPY --from=build /app/dist dist`): neither does
 * the install look at. A RUN in exec form moves as it is, or not at all.
 *
 * A `chown -R` of the project between the two becomes COPY --chown, and a RUN
 * that makes files of the source executable stays below it. A RUN right behind
 * the install that downloads more, and reads nothing of the source, stays above
 * it.
 *
 * `poetry install`, `uv sync` and `composer install` look at the source after
 * the dependencies. They stay below it, and are called a second time above it
 * with the options that stop them there.
 *
 * `go build` reads the source, so its modules are downloaded before the source
 * is copied, by `go mod download`, and so it is with other tools that build. In
 * a stage that is shipped this is unsafe, or only suggested: more may come into
 * the image than the build leaves there.
 *
 * Safe: the same files are in the image in the end, with the same owners; a
 * lock file that the install rewrites, or a package.json that yarn formats
 * anew, is the one exception, as the later COPY brings the original again.
 */
#include <dfopt/advice.h>
#include <dfopt/lift.h>
#include <dfopt/transform.h>

/* --- messages --- */

/* "a", "a and b", "a, b and c", "a, b and 3 more files" */
static df_str names_of(df_arena *a, const df_lift *l)
{
    df_str out = l->carry[0].origin.path;
    uint32_t shown = l->ncarry > 3 ? 2 : l->ncarry;

    for (uint32_t i = 1; i < shown; i++)
        out = df_fmt(a, "%.*s%s%.*s", DF_STR_ARG(out),
                     i + 1 == l->ncarry ? " and " : ", ",
                     DF_STR_ARG(l->carry[i].origin.path));
    if (shown < l->ncarry)
        out = df_fmt(a, "%.*s and %u more files", DF_STR_ARG(out),
                     l->ncarry - shown);
    return out;
}

static df_str source_of(const df_lift *l)
{
    const df_copied *copy = l->moved[0];
    df_str path;

    if (!copy->known)
        return l->nmoved > 1 ? DF_STR("the source") : DF_STR("what was built");
    path = copy->sources[0].path;
    if (l->nmoved > 1 || copy->nsources > 1 || !path.len)
        return DF_STR("the source");
    return path;
}

static const char *verb(uint32_t n)
{
    return n == 1 ? "is" : "are";
}

static df_finding *report(df_pass_ctx *cx, const df_lift *l)
{
    df_span at = l->moved[0]->instr->keyword;
    df_arena *a = df_cx_arena(cx);
    df_str install = df_install_name(a, l->installs[0].cmd);
    const char *what =
        df_lift_leaves_source(l) ? "what is copied below" : "source";

    if (df_lift_is_twice(l) && l->ncarry)
        return df_change(cx, at,
                         "%.*s %s copied first, for %.*s%.*s: editing %s no "
                         "longer reinstalls dependencies",
                         DF_STR_ARG(names_of(a, l)), verb(l->ncarry),
                         DF_STR_ARG(install), DF_STR_ARG(l->installs[0].alone),
                         what);
    if (df_lift_is_twice(l))
        return df_change(cx, at,
                         "%.*s%.*s is called before %.*s is copied: editing %s "
                         "no longer reinstalls dependencies",
                         DF_STR_ARG(install), DF_STR_ARG(l->installs[0].alone),
                         DF_STR_ARG(source_of(l)), what);
    if (!l->ncarry)
        return df_change(cx, at,
                         "%.*s is copied after %.*s: editing %s no longer "
                         "reinstalls dependencies",
                         DF_STR_ARG(source_of(l)), DF_STR_ARG(install), what);
    return df_change(cx, at,
                     "%.*s %s copied before %.*s, the rest after it%s%.*s: "
                     "editing %s no longer reinstalls dependencies",
                     DF_STR_ARG(names_of(a, l)), verb(l->ncarry),
                     DF_STR_ARG(install), l->owner.len ? " with --chown=" : "",
                     DF_STR_ARG(l->owner), what);
}

/* --- both strategies --- */

/* COPYs side by side move one after the other, each with the right of the blank
 * lines around them. */
static bool is_beside(const df_lift *l, df_span done)
{
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (done.len && l->moved[i]->instr->index + 1 >= done.off &&
            l->moved[i]->instr->index <= df_span_end(done))
            return true;
    return false;
}

static bool lift(df_pass_ctx *cx, const df_run *run, df_span *done)
{
    df_lift plan;

    if (!df_lift_plan(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx), run,
                      &plan))
        return false;
    if (plan.why.len) {
        df_decline(cx, plan.at, "%.*s", DF_STR_ARG(plan.why));
        df_mended_by_line(cx, plan.installs[0].ignore);
    } else if (!is_beside(&plan, *done)) {
        df_lift_apply(report(cx, &plan), &plan);
        *done = df_span_between(plan.moved[0]->instr->index,
                                plan.moved[plan.nmoved - 1]->instr->index + 1);
    }
    return true;
}

static df_finding *report_download(df_pass_ctx *cx, const df_lift *plan)
{
    df_span at = plan->moved[0]->instr->keyword;
    df_arena *a = df_cx_arena(cx);
    df_str download = df_prefetch_command(plan);
    const char *what =
        df_lift_leaves_source(plan) ? "what is copied below" : "source";

    if (!plan->ncarry)
        return df_change(cx, at,
                         "%.*s stands between the manifests and the source: "
                         "editing %s no longer downloads dependencies",
                         DF_STR_ARG(download), what);
    return df_change(cx, at,
                     "%.*s %s copied first, for %.*s: editing %s no longer "
                     "downloads dependencies",
                     DF_STR_ARG(names_of(a, plan)), verb(plan->ncarry),
                     DF_STR_ARG(download), what);
}

/* A build may need less than a download brings. */
static void ships_download(df_finding *f, const df_lift *plan)
{
    df_unsafe(f);
    df_condition(f,
                 "the image may hold what %.*s fetches and the build does "
                 "not need, unless it is built in a stage of its own "
                 "(dfopt --only multi-stage -d)",
                 DF_STR_ARG(df_prefetch_command(plan)));
    for (df_strings path = plan->installs[0].eco->fetched; *path; path++)
        df_allow(f, *path);
}

/* `rm -rf /go/pkg`, `rm -rf /go`, `rm -rf $GOPATH/pkg`, `cd /go && rm -rf *` */
static bool may_remove(const df_ecosystem *eco, const df_cmd *cmd)
{
    static const char *const tools[] = {"rm", "find", "unlink", NULL};

    if (!df_str_in(cmd->tool, tools))
        return false;
    for (df_strings f = eco->fetched; *f; f++) {
        df_str fetched = df_str_of(*f);

        if (!cmd->dir.ptr ||
            (cmd->dir.len > 1 && (df_image_below(fetched, cmd->dir) ||
                                  df_image_below(cmd->dir, fetched))))
            return true;
        for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
            const df_sh_word *w = &cmd->node->words[i];

            if (!w->is_plain ? df_str_find_char(w->text, '$') != SIZE_MAX ||
                                   df_str_starts(w->text, "/")
                             : df_str_starts(w->value, "/") &&
                                   (df_image_below(fetched, w->value) ||
                                    df_image_below(w->value, fetched)))
                return true;
        }
    }
    return false;
}

static bool lies_elsewhere(const df_lift *plan)
{
    for (df_strings v = plan->installs[0].eco->fetched_by; *v; v++)
        if (df_var_get(plan->run->state, df_str_of(*v)))
            return true;
    return false;
}

/* Is what the build fetches in the image in the end? Then a layer of it costs
 * little. */
static bool download_stays(df_pass_ctx *cx, const df_lift *plan)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_ecosystem *eco = plan->installs[0].eco;

    for (uint32_t i = 0; i < facts->nruns; i++)
        for (uint32_t k = 0; facts->runs[i].stage == plan->run->stage &&
                             k < facts->runs[i].ncmds;
             k++) {
            const df_cmd *cmd = &facts->runs[i].cmds[k];

            if (may_remove(eco, cmd) ||
                (df_str_eq(cmd->tool, plan->installs[0].cmd->tool) &&
                 df_cmd_has_any(cmd, eco->removed_by)))
                return false;
        }
    return *eco->removed_by != NULL && !lies_elsewhere(plan);
}

static void prefetch(df_pass_ctx *cx, const df_run *run)
{
    df_lift plan;
    df_finding *f;

    if (!df_prefetch_plan(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx),
                          run, &plan))
        return;
    if (plan.why.len) {
        df_decline(cx, plan.at, "%.*s", DF_STR_ARG(plan.why));
        return;
    }
    if (run->stage->shipped && !download_stays(cx, &plan)) {
        df_suggest(cx, plan.moved[0]->instr->keyword,
                   "%.*s before COPY would keep dependencies in the cache, but "
                   "this image is shipped, and their layer stays in it%s",
                   DF_STR_ARG(df_prefetch_command(&plan)),
                   df_stage_starts(run->stage, plan.installs[0].eco->tool)
                       ? ""
                       : ": build in a stage of its own (dfopt --only "
                         "multi-stage -d)");
        return;
    }
    f = report_download(cx, &plan);
    if (run->stage->shipped)
        ships_download(f, &plan);
    df_prefetch_apply(f, &plan);
}

/* --- the pass --- */

/* `done`: the instructions that the plan before this one moved. */
static void do_run(df_pass_ctx *cx, const df_run *run, df_span *done,
                   df_said *lines)
{
    bool planned = lift(cx, run, done);

    if (!planned)
        prefetch(cx, run);
    for (uint32_t i = 0; i < run->ncmds && !run->onbuild; i++) {
        df_advise_install(cx, &run->cmds[i], lines);
        df_advise_by_hand(cx, &run->cmds[i]);
        if (planned)
            continue;
        df_advise_apart(cx, &run->cmds[i]);
        df_advise_unknown(cx, &run->cmds[i]);
    }
}

static void say_no_context(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);

    for (uint32_t i = 0; i < facts->nruns; i++)
        for (uint32_t k = 0; k < facts->runs[i].ncmds; k++)
            if (df_cmd_is_manifest_install(&facts->runs[i].cmds[k])) {
                df_decline(cx, facts->runs[i].instr->keyword,
                           "there is no build context to look into, so no "
                           "install is moved");
                return;
            }
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    df_span done = {0};
    df_said lines = {0};

    if (!df_context_present(df_cx_context(cx))) {
        say_no_context(cx);
        return;
    }
    for (uint32_t i = 0; i < facts->nruns; i++)
        do_run(cx, &facts->runs[i], &done, &lines);
    df_advise_stages(cx, &lines);
}

DF_PASS(split_manifests) = {
    .name = "split-manifests",
    .summary = "install dependencies before the source is copied",
    .since = "0.1",
    .phase = DF_PHASE_LAYERS,
    .safety = DF_SAFE,
    .run = run,
};
