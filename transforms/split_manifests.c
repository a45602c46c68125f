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
 * A `chown -R` of the project between the two becomes COPY --chown, and a RUN
 * that makes files of the source executable stays below it.
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
#include <dfopt/lift.h>
#include <dfopt/transform.h>
#include <dfopt/wanted.h>

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
    df_str path = copy->sources[0].path;

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
    const char *what = df_lift_leaves_source(l) ? "that" : "source";

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

/* Would the line mend it, and is that all that it does? */
static void mended_by(df_pass_ctx *cx, df_str line)
{
    if (line.len && df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx),
                                         line) == DF_WANTED_NOT)
        df_mended_by_ignoring(cx, line);
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
        mended_by(cx, plan.installs[0].ignore);
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
    const char *what = df_lift_leaves_source(plan) ? "that" : "source";

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
                   "it adds them to an image that is shipped: build in a stage "
                   "of its own (dfopt --only multi-stage -d)",
                   DF_STR_ARG(df_prefetch_command(&plan)));
        return;
    }
    f = report_download(cx, &plan);
    if (run->stage->shipped)
        ships_download(f, &plan);
    df_prefetch_apply(f, &plan);
}

/* --- advice --- */

static bool installs_only_production(const df_cmd *cmd)
{
    df_str value = {NULL, 0};

    df_cmd_value(cmd, "--only", &value);
    return df_cmd_has(cmd, "--production") || df_str_starts(value, "prod") ||
           (df_cmd_value(cmd, "--omit", &value) && df_str_is(value, "dev"));
}

/* The major version of a node image; 99 if it does not say one. */
static unsigned node_version(const df_stage *stage)
{
    unsigned n = 0;
    size_t i = 0;

    while (stage->base)
        stage = stage->base;
    if (!df_str_is(stage->repo, "node"))
        return 99;
    for (; i < stage->tag.len && i < 4 && df_is_digit(stage->tag.ptr[i]); i++)
        n = n * 10 + (unsigned)(stage->tag.ptr[i] - '0');
    return i ? n : 99;
}

static void suggest_ci(df_pass_ctx *cx, const df_cmd *cmd)
{
    unsigned node = node_version(cmd->run->stage);
    const char *flag = !installs_only_production(cmd) ? ""
                       : node < 16                    ? " --only=production"
                                                      : " --omit=dev";

    if (node >= 10)
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "npm ci%s installs exactly what package-lock.json says",
                   flag);
}

/* `npm install` beside a lock file: read it, or at least copy it. */
static void advise_lock(df_pass_ctx *cx, const df_install *in)
{
    static const char *const installs[] = {"install", "i", NULL};
    const df_cmd *cmd = in->cmd;
    df_arena *a = df_cx_arena(cx);
    df_str lock = DF_STR("package-lock.json");

    if (!df_str_is(cmd->tool, "npm") || !df_str_in(cmd->sub, installs) ||
        df_cmd_has(cmd, "--no-package-lock"))
        return;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(df_path_base(in->needs[i].origin.path), lock)) {
            suggest_ci(cx, cmd);
            return;
        }
    lock = df_context_join(a, df_image_dir(in->needs[0].origin.path), lock);
    if (df_context_lookup(df_cx_context(cx), lock) == DF_FILE_REGULAR)
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "%.*s is not copied before npm install: with it, npm ci "
                   "installs exactly what it says",
                   DF_STR_ARG(lock));
}

/* `yarn install` with a lock: it might still write another one. */
static void advise_frozen(df_pass_ctx *cx, const df_install *in)
{
    const df_ecosystem *eco = in->eco;
    df_str lock = DF_STR("");
    df_str text;

    if (!eco->frozen || df_cmd_has(in->cmd, eco->frozen) ||
        df_cmd_has_any(in->cmd, eco->frozen_with))
        return;
    for (uint32_t i = 0; i < in->nneeds && !lock.len; i++)
        if (df_str_eq(df_path_base(in->needs[i].origin.path),
                      df_str_of(*eco->locks)))
            lock = in->needs[i].origin.path;
    /* Later yarns call it --immutable. */
    if (!lock.len || !df_context_read(df_cx_context(cx), lock, &text) ||
        df_str_has(text, "__metadata:"))
        return;
    df_suggest(cx, in->cmd->node->words[in->cmd->tool_word].span,
               "%.*s %s installs exactly what %.*s says, or fails",
               DF_STR_ARG(df_install_name(df_cx_arena(cx), in->cmd)),
               eco->frozen, DF_STR_ARG(df_path_base(lock)));
}

/* Lines of the ignore file that were suggested: once for all stages. */
typedef struct {
    df_str *items;
    uint32_t nitems, citems;
} said;

static bool was_said(const said *lines, df_str line)
{
    for (uint32_t i = 0; i < lines->nitems; i++)
        if (df_str_eq(lines->items[i], line))
            return true;
    return false;
}

/* The builder's own node_modules, where there is one. */
static void advise_ignore(df_pass_ctx *cx, const df_install *in, said *lines)
{
    const df_brought *all =
        df_brought_all(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx),
                       in->cmd->run->stage);

    for (df_strings name = in->eco->ignore; *name; name++) {
        const df_copied *by = NULL;
        df_str line = df_install_exposed(all, in, *name, &by);

        if (!line.len || was_said(lines, line))
            continue;
        *df_push(df_cx_arena(cx), lines, items) = line;
        if (df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx), line) ==
            DF_WANTED_BY_NAME)
            continue;
        df_suggest(cx, by->instr->keyword,
                   "add the line `%.*s` to %.*s, or COPY lays what the host "
                   "has over what was installed",
                   DF_STR_ARG(line),
                   DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))));
        mended_by(cx, line);
    }
}

/* What the COPY would bring of that name beside the project; empty: nothing. */
static df_str exposed_by(df_pass_ctx *cx, const df_brought *b,
                         const df_copied *copy, df_str dir, const char *name)
{
    df_arena *a = df_cx_arena(cx);
    df_str path = dir.ptr ? df_copy_would_bring(
                                b, copy, df_image_path(a, dir, df_str_of(name)))
                          : DF_STR("");

    if (!path.len)
        return path;
    dir = df_str_slice(path, 0, path.len - df_str_of(name).len);
    if (dir.len)
        dir = df_str_slice(dir, 0, dir.len - 1);
    return df_git_ignores(a, df_cx_context(cx), dir, df_str_of(name))
               ? path
               : DF_STR("");
}

/* `java -jar target/a.jar`: it may be the host's. */
static bool is_mentioned(df_pass_ctx *cx, const char *name)
{
    const df_doc *doc = df_cx_facts(cx)->doc;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        if (df_str_has(doc->instrs[i]->text.str, name))
            return true;
    return false;
}

/* `target`, `.venv`: git ignores what is there, the builder does not. */
static void advise_hosts(df_pass_ctx *cx, const df_cmd *cmd,
                         const df_ecosystem *eco, const df_brought *b,
                         said *lines)
{
    for (df_strings name = eco->hosts; *name; name++)
        for (uint32_t i = 0; i < b->ncopies; i++) {
            df_str line = exposed_by(cx, b, &b->copies[i], cmd->dir, *name);

            if (!line.len)
                continue;
            if (was_said(lines, line))
                break;
            *df_push(df_cx_arena(cx), lines, items) = line;
            if (is_mentioned(cx, *name))
                break;
            df_suggest(cx, b->copies[i].instr->keyword,
                       "add the line `%.*s` to %.*s: git ignores it, so hosts "
                       "may have one, and COPY brings it",
                       DF_STR_ARG(line),
                       DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))));
            mended_by(cx, line);
            break;
        }
}

/* Does the source, with the manifest in it, stand above the command? */
static bool has_broad(const df_brought *b, df_str dir)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (b->copies[i].known && df_copy_is_broad(&b->copies[i]) &&
            df_image_below(b->copies[i].dest, dir))
            return true;
    return false;
}

static bool stands_below_source(df_pass_ctx *cx, const df_cmd *cmd,
                                const df_ecosystem *eco)
{
    df_arena *a = df_cx_arena(cx);
    const df_brought *b = df_brought_before(a, df_cx_facts(cx),
                                            df_cx_context(cx), cmd->run->instr);
    const df_strings lists[] = {eco->manifests, eco->also};
    df_origin origin;

    for (size_t i = 0; !b->too_many && i < sizeof lists / sizeof *lists; i++)
        for (df_strings m = lists[i]; *m; m++)
            if (df_brought_find(b, df_image_path(a, cmd->dir, df_str_of(*m)),
                                &origin))
                return df_copy_is_broad(origin.copy) || has_broad(b, cmd->dir);
    return false;
}

/* Has a RUN above installed the dependencies alone? */
static bool installed_apart(df_pass_ctx *cx, const df_cmd *cmd,
                            const df_ecosystem *eco)
{
    const df_stage *stage = cmd->run->stage;

    for (uint32_t i = 0; i < stage->nruns; i++)
        for (uint32_t k = 0; k < stage->runs[i].ncmds; k++) {
            const df_cmd *other = &stage->runs[i].cmds[k];

            if (other == cmd)
                return false;
            if (other->ecosystem == eco &&
                !df_install_missing_options(df_cx_arena(cx), other).len)
                return true;
        }
    return false;
}

/* `poetry install` reads the source; with --no-root it would not. */
static void advise_apart(df_pass_ctx *cx, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    df_arena *a = df_cx_arena(cx);
    df_str missing;

    if (!eco || !*eco->only_with || df_cmd_has_any(cmd, eco->not_with) ||
        installed_apart(cx, cmd, eco))
        return;
    missing = df_install_missing_options(a, cmd);
    if (missing.len && stands_below_source(cx, cmd, eco))
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "`%.*s%.*s` above COPY would install the dependencies "
                   "alone: editing source would not reinstall them",
                   DF_STR_ARG(df_install_name(a, cmd)), DF_STR_ARG(missing));
}

/* `cargo build` downloads, compiles and builds in one; no part of it can come
 * first. */
static void advise_by_hand(df_pass_ctx *cx, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    const df_instr *instr = cmd->run->instr;

    if (!eco || !df_ecosystem_is(eco, "suggest") ||
        df_cmd_has_any(cmd, eco->not_with) ||
        !stands_below_source(cx, cmd, eco))
        return;
    for (uint32_t i = 0; i < instr->nflags; i++)
        if (df_str_has(instr->flags[i].value, "type=cache"))
            return;
    df_suggest(cx, cmd->node->words[cmd->tool_word].span, "%s", eco->suggest);
}

static void advise(df_pass_ctx *cx, const df_cmd *cmd, said *lines)
{
    const df_ecosystem *eco = cmd->ecosystem;
    const df_brought *b;
    df_install in;

    if (!eco || (!*eco->ignore && !eco->frozen))
        return;
    b = df_brought_before(df_cx_arena(cx), df_cx_facts(cx), df_cx_context(cx),
                          cmd->run->instr);
    if (b->too_many || !df_install_read(b, cmd, &in) || in.missing.len)
        return;
    advise_lock(cx, &in);
    advise_frozen(cx, &in);
    advise_ignore(cx, &in, lines);
}

/* --- the pass --- */

/* `done`: the instructions that the plan before this one moved. */
static void do_run(df_pass_ctx *cx, const df_run *run, df_span *done,
                   said *lines)
{
    bool planned = lift(cx, run, done);

    if (!planned)
        prefetch(cx, run);
    for (uint32_t i = 0; i < run->ncmds && !run->onbuild; i++) {
        advise(cx, &run->cmds[i], lines);
        advise_by_hand(cx, &run->cmds[i]);
        if (!planned)
            advise_apart(cx, &run->cmds[i]);
    }
}

static bool is_same_copy(const df_copied *a, const df_copied *b)
{
    if (!a->known || !b->known || a->nsources != b->nsources ||
        !df_str_eq(a->dest, b->dest) || a->instr->nflags || b->instr->nflags)
        return false;
    for (uint32_t i = 0; i < a->nsources; i++)
        if (!df_str_eq(a->sources[i].path, b->sources[i].path))
            return false;
    return true;
}

/* Each command of a stage that a row is about, once for each row. */
static void advise_stage(df_pass_ctx *cx, const df_stage *stage, said *lines)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_brought *b =
        df_brought_all(df_cx_arena(cx), facts, df_cx_context(cx), stage);
    const df_ecosystem *last = NULL;

    for (uint32_t i = 0; i < stage->nruns; i++)
        for (uint32_t k = 0; k < stage->runs[i].ncmds; k++) {
            const df_cmd *cmd = &stage->runs[i].cmds[k];
            const df_ecosystem *eco = cmd->ecosystem;

            if (!eco || eco == last || !*eco->hosts)
                continue;
            advise_hosts(cx, cmd, eco, b, lines);
            last = eco;
        }
}

/* A commit that touches nothing of the image makes COPY run again. */
static bool advise_git(df_pass_ctx *cx, const df_stage *stage)
{
    const df_brought *b = df_brought_all(df_cx_arena(cx), df_cx_facts(cx),
                                         df_cx_context(cx), stage);
    df_str git = DF_STR(".git");

    if (df_context_lookup(df_cx_context(cx), git) != DF_FILE_DIR ||
        df_context_ignores(df_cx_context(cx), DF_STR(".git/x")))
        return false;
    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];

        if (!copy->known || !copy->sources[0].dir || copy->sources[0].path.len)
            continue;
        if (!df_may_ask_git(df_cx_facts(cx)) &&
            df_wanted_of_context(df_cx_arena(cx), df_cx_facts(cx), git) !=
                DF_WANTED_BY_NAME)
            df_suggest(cx, copy->instr->keyword,
                       "add the line `.git` to %.*s, unless a build step asks "
                       "git: with each commit COPY runs again%s",
                       DF_STR_ARG(df_context_ignore_name(df_cx_context(cx))),
                       stage->shipped ? ", and the image holds the history"
                                      : "");
        return true;
    }
    return false;
}

/* `COPY . .` twice: the second brings what is there. */
static void advise_once(df_pass_ctx *cx, const df_stage *stage)
{
    const df_brought *b = df_brought_all(df_cx_arena(cx), df_cx_facts(cx),
                                         df_cx_context(cx), stage);
    const df_copied *last = NULL;

    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];

        if (copy->instr->index < stage->from->index || !copy->known ||
            !df_copy_is_broad(copy))
            continue;
        if (last && is_same_copy(last, copy))
            df_suggest(
                cx, copy->instr->keyword,
                "this copies the same files as `%.*s` above: one will do, "
                "unless something between changes them",
                DF_STR_ARG(last->instr->text.str));
        last = copy;
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
    said lines = {0};

    if (!df_context_present(df_cx_context(cx))) {
        say_no_context(cx);
        return;
    }
    for (uint32_t i = 0; i < facts->nruns; i++)
        do_run(cx, &facts->runs[i], &done, &lines);
    for (uint32_t i = 0; i < facts->nstages; i++)
        if (advise_git(cx, &facts->stages[i]))
            break;
    for (uint32_t i = 0; i < facts->nstages; i++) {
        advise_once(cx, &facts->stages[i]);
        advise_stage(cx, &facts->stages[i], &lines);
    }
}

DF_PASS(split_manifests) = {
    .name = "split-manifests",
    .summary = "install dependencies before the source is copied",
    .since = "0.1",
    .phase = DF_PHASE_LAYERS,
    .safety = DF_SAFE,
    .run = run,
};
