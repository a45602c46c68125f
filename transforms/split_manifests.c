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
 * `go build` reads the source, so in a stage that is not shipped its modules
 * are downloaded before the source is copied, by `go mod download`.
 *
 * Safe: the same files are in the image in the end, with the same owners; a
 * lock file that the install rewrites is the one exception, as the later COPY
 * brings the original again.
 */
#include <dfopt/block.h>
#include <dfopt/lift.h>
#include <dfopt/transform.h>

typedef struct {
    df_pass_ctx *cx;
    df_arena *a;
    const df_doc *doc;
    const df_lift *lift;
    df_finding *f;
    uint32_t to; /* where the moved COPYs go */
} job;

/* --- the copies of the manifests --- */

static df_str sub_of(const df_need *need)
{
    const df_copied *copy = need->origin.copy;
    df_str below = df_path_below(need->path, copy->dest);

    if (copy->parents)
        return DF_STR("");
    return need->origin.kind == DF_FILE_DIR ? below : df_image_dir(below);
}

/* Files of one COPY that land in one directory; a directory has its own line.
 */
static bool same_line(const df_need *x, const df_need *y)
{
    const df_copy_source *from = x->origin.source;

    if (x->origin.copy != y->origin.copy)
        return false;
    if (x->origin.copy->parents)
        return true;
    return (from == y->origin.source ||
            (!from->dir && !y->origin.source->dir)) &&
           x->origin.kind == DF_FILE_REGULAR &&
           y->origin.kind == DF_FILE_REGULAR && df_str_eq(sub_of(x), sub_of(y));
}

/* The line that brings carry[i] and those like it; empty if one did before. */
static df_str manifest_line(const job *j, uint32_t first)
{
    const df_lift *l = j->lift;
    const df_need *need = &l->carry[first];
    const df_instr *like = l->early ? need->origin.copy->instr : l->run->instr;
    df_str *files = df_new_array(j->a, df_str, l->ncarry);
    df_copy_line line = {.copy = need->origin.copy,
                         .like = need->origin.source,
                         .indent = df_instr_indent(j->doc, like),
                         .files = files,
                         .sub = sub_of(need)};

    line.absolute =
        !df_same_workdir(l->b->facts, need->origin.copy->instr, like);
    for (uint32_t i = 0; i < l->ncarry; i++) {
        if (!same_line(need, &l->carry[i]) && i != first)
            continue;
        if (i < first)
            return DF_STR("");
        files[line.nfiles++] = l->carry[i].origin.path;
    }
    return df_copy_line_text(l->b, &line);
}

static void copy_manifests(const job *j)
{
    const df_lift *l = j->lift;

    for (uint32_t i = 0; i < l->ncarry; i++) {
        const df_instr *at =
            l->early ? l->carry[i].origin.copy->instr : l->run->instr;

        df_insert(j->f, df_instr_block(j->doc, at).off, manifest_line(j, i));
    }
}

/* --- the COPY that moves --- */

static bool is_carried(const df_lift *l, const df_str path)
{
    for (uint32_t i = 0; i < l->ncarry; i++)
        if (df_str_eq(l->carry[i].origin.path, path))
            return true;
    return false;
}

/* `COPY app.py requirements.txt ./`: the second name has been copied by now. */
static bool is_done(const df_lift *l, const df_copied *copy, uint32_t word)
{
    for (uint32_t i = 0; i < copy->nsources; i++)
        if (copy->sources[i].word == word)
            return !copy->sources[i].dir && !copy->sources[i].glob &&
                   is_carried(l, copy->sources[i].path);
    return false;
}

static df_str new_dest(const job *j, const df_copied *copy)
{
    const df_instr *instr = copy->instr;
    df_str old = df_source(j->doc, instr->words[instr->nwords - 1].span);
    df_str text;

    if (df_same_workdir(j->lift->b->facts, instr, j->lift->run->instr))
        return old;
    text = df_copy_dest_text(j->lift->b, copy, true);
    if (df_str_starts(old, df_cstr(j->a, text)))
        return old;
    return df_fmt(j->a, instr->json ? "\"%.*s%s\"" : "%.*s%s", DF_STR_ARG(text),
                  copy->names || df_str_is(text, "/") ? "" : "/");
}

static uint32_t put(const job *j, uint32_t from, uint32_t to)
{
    if (to > from)
        df_copy(j->f, df_span_between(from, to), j->to);
    return to;
}

/* Its lines as they are, but for names that are done and the destination. */
static void put_block(const job *j, const df_copied *copy, df_span block,
                      bool at_end)
{
    const df_instr *instr = copy->instr;
    const df_word *dest = &instr->words[instr->nwords - 1];
    uint32_t end = df_span_end(at_end ? instr->span : block);
    uint32_t at = block.off;

    for (uint32_t w = 0; w + 1 < instr->nwords; w++) {
        if (!is_done(j->lift, copy, w))
            continue;
        put(j, at, instr->words[w].span.off);
        at = instr->words[w + 1].span.off;
    }
    if (!df_str_eq(new_dest(j, copy), df_source(j->doc, dest->span))) {
        put(j, at, dest->span.off);
        df_insert(j->f, j->to, new_dest(j, copy));
        at = df_span_end(dest->span);
    }
    put(j, at, end);
}

/*
 * The manifests come where the block was, and the RUN behind it moves up: the
 * blank lines between go, too. What stands in its place keeps them.
 */
static df_span hole_of(const job *j, const df_copied *copy, df_span block)
{
    const df_lift *l = j->lift;
    uint32_t next = df_skip_blank_lines(j->doc, df_span_end(block));
    bool closes = next == df_instr_block(j->doc, l->run->instr).off;

    for (uint32_t i = 0; i < l->ncarry && l->early; i++)
        if (l->carry[i].origin.copy == copy)
            return block;
    for (uint32_t i = 0; i < l->nmoved; i++)
        closes |= df_instr_block(j->doc, l->moved[i]->instr).off == next;
    return df_block_hole(j->doc, block, closes && l->ncarry);
}

static void move_copies(const job *j, bool at_end)
{
    const df_lift *l = j->lift;

    for (uint32_t i = 0; i < l->nmoved; i++) {
        df_span block = df_instr_block(j->doc, l->moved[i]->instr);

        put_block(j, l->moved[i], block, at_end && i + 1 == l->nmoved);
        df_delete(j->f, hole_of(j, l->moved[i], block));
    }
}

/* --- the RUN --- */

/* `RUN --mount=… ` as the author wrote it. */
static df_str run_head(const job *j)
{
    const df_instr *instr = j->lift->run->instr;
    uint32_t end = df_span_end(
        instr->nflags ? instr->flags[instr->nflags - 1].span : instr->keyword);
    df_str indent = df_instr_indent(j->doc, instr);
    df_str gap =
        df_source(j->doc, df_span_between(end, df_text_src(&instr->args, 0)));

    if (df_str_find_char(gap, '\n') != SIZE_MAX)
        gap = DF_STR(" ");
    return df_fmt(
        j->a, "%.*s%.*s%.*s", DF_STR_ARG(indent),
        DF_STR_ARG(df_source(j->doc, df_span_between(instr->keyword.off, end))),
        DF_STR_ARG(gap));
}

/* Comment lines in the continuation become those of the second half. */
static void put_comments(const job *j, df_span gap)
{
    for (uint32_t i = 0; i < j->doc->ncomments; i++)
        if (df_span_holds(gap, j->doc->comments[i].span)) {
            df_copy(j->f, j->doc->comments[i].span, j->to);
            df_insert(j->f, j->to, df_newline(j->doc));
        }
}

static void cut_run(job *j)
{
    const df_halves *cut = &j->lift->cut;

    j->to = cut->gap.off;
    df_insert(j->f, j->to, df_newline(j->doc));
    move_copies(j, false);
    put_comments(j, cut->gap);
    df_insert(j->f, j->to, run_head(j));
    df_insert(j->f, j->to, cut->again);
    df_delete(j->f, cut->gap);
}

static void pass_whole_run(job *j)
{
    bool at_end;

    j->to = df_span_end(j->lift->run->instr->lines);
    at_end = j->to == j->doc->text.len && !df_str_ends(j->doc->text, "\n");
    if (at_end)
        df_insert(j->f, j->to, df_newline(j->doc));
    move_copies(j, at_end);
}

/* --- messages --- */

/* "a", "a and b", "a, b and c", "a, b and 3 more files" */
static df_str names_of(const job *j)
{
    const df_lift *l = j->lift;
    df_str out = l->carry[0].origin.path;
    uint32_t shown = l->ncarry > 3 ? 2 : l->ncarry;

    for (uint32_t i = 1; i < shown; i++)
        out = df_fmt(j->a, "%.*s%s%.*s", DF_STR_ARG(out),
                     i + 1 == l->ncarry ? " and " : ", ",
                     DF_STR_ARG(l->carry[i].origin.path));
    if (shown < l->ncarry)
        out = df_fmt(j->a, "%.*s and %u more files", DF_STR_ARG(out),
                     l->ncarry - shown);
    return out;
}

static df_str sources_of(const job *j)
{
    const df_copied *copy = j->lift->moved[0];
    df_str path = copy->sources[0].path;

    if (j->lift->nmoved > 1 || copy->nsources > 1 || !path.len)
        return DF_STR("the source");
    return path;
}

static const char *verb(uint32_t n)
{
    return n == 1 ? "is" : "are";
}

static df_finding *report_lift(const job *j)
{
    const df_lift *l = j->lift;
    df_span at = l->moved[0]->instr->keyword;
    df_str install = df_install_name(j->a, l->installs[0].cmd);

    if (!l->ncarry)
        return df_change(j->cx, at,
                         "%.*s is copied after %.*s: editing source no longer "
                         "reinstalls dependencies",
                         DF_STR_ARG(sources_of(j)), DF_STR_ARG(install));
    return df_change(j->cx, at,
                     "%.*s %s copied before %.*s, the rest after it: editing "
                     "source no longer reinstalls dependencies",
                     DF_STR_ARG(names_of(j)), verb(l->ncarry),
                     DF_STR_ARG(install));
}

/* --- both strategies --- */

static bool lift(df_pass_ctx *cx, const df_run *run)
{
    df_lift plan;
    job j = {cx, df_cx_arena(cx), df_cx_doc(cx), &plan, NULL, 0};

    if (!df_lift_plan(j.a, df_cx_facts(cx), df_cx_context(cx), run, &plan))
        return false;
    if (plan.why.len) {
        df_decline(cx, plan.at, "%.*s", DF_STR_ARG(plan.why));
        return true;
    }
    j.f = report_lift(&j);
    copy_manifests(&j);
    if (plan.end < run->ncmds)
        cut_run(&j);
    else
        pass_whole_run(&j);
    return true;
}

/* The download, in the directory of the project. */
static df_str download_line(const job *j)
{
    const df_lift *l = j->lift;
    const df_instr *at = l->early ? l->moved[0]->instr : l->run->instr;
    df_str workdir = l->b->facts->states[at->index].workdir;
    const df_install *in = &l->installs[0];
    bool there = df_str_eq(workdir.ptr ? workdir : DF_STR("."), in->dir);

    return df_fmt(j->a, "%.*s%s%.*s%s%s%.*s", DF_STR_ARG(run_head(j)),
                  there ? "" : "cd ", DF_STR_ARG(there ? DF_STR("") : in->dir),
                  there ? "" : " && ", in->eco->prefetch,
                  DF_STR_ARG(df_newline(j->doc)));
}

static void prefetch(df_pass_ctx *cx, const df_run *run)
{
    df_lift plan;
    job j = {cx, df_cx_arena(cx), df_cx_doc(cx), &plan, NULL, 0};

    if (!df_prefetch_plan(j.a, df_cx_facts(cx), df_cx_context(cx), run, &plan))
        return;
    if (plan.why.len) {
        df_decline(cx, plan.at, "%.*s", DF_STR_ARG(plan.why));
        return;
    }
    if (run->stage->shipped) {
        df_suggest(cx, plan.moved[0]->instr->keyword,
                   "%s before COPY would keep modules in the cache, but it "
                   "adds them to an image that is shipped: build in a stage of "
                   "its own (dfopt --only multi-stage -d)",
                   plan.installs[0].eco->prefetch);
        return;
    }
    j.f = df_change(cx, plan.moved[0]->instr->keyword,
                    "%.*s %s copied first, for %s: editing source no longer "
                    "downloads modules",
                    DF_STR_ARG(names_of(&j)), verb(plan.ncarry),
                    plan.installs[0].eco->prefetch);
    copy_manifests(&j);
    j.to = df_instr_block(j.doc, plan.early ? plan.moved[0]->instr : run->instr)
               .off;
    df_insert(j.f, j.to, download_line(&j));
    if (!plan.early)
        move_copies(&j, false);
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
static void advise(df_pass_ctx *cx, const df_cmd *cmd)
{
    static const char *const installs[] = {"install", "i", NULL};
    df_arena *a = df_cx_arena(cx);
    df_str lock = DF_STR("package-lock.json");
    df_install in;

    if (!df_str_is(cmd->tool, "npm") || !df_str_in(cmd->sub, installs) ||
        df_cmd_has(cmd, "--no-package-lock") ||
        !df_install_read(df_brought_before(a, df_cx_facts(cx),
                                           df_cx_context(cx), cmd->run->instr),
                         cmd, &in) ||
        in.missing.len)
        return;
    for (uint32_t i = 0; i < in.nneeds; i++)
        if (df_str_eq(df_path_base(in.needs[i].origin.path), lock)) {
            suggest_ci(cx, cmd);
            return;
        }
    lock = df_context_join(a, df_image_dir(in.needs[0].origin.path), lock);
    if (df_context_lookup(df_cx_context(cx), lock) == DF_FILE_REGULAR)
        df_suggest(cx, cmd->node->words[cmd->tool_word].span,
                   "%.*s is not copied before npm install: with it, npm ci "
                   "installs exactly what it says",
                   DF_STR_ARG(lock));
}

/* --- the pass --- */

static void do_run(df_pass_ctx *cx, const df_run *run)
{
    if (!lift(cx, run))
        prefetch(cx, run);
    for (uint32_t i = 0; i < run->ncmds && !run->onbuild; i++)
        advise(cx, &run->cmds[i]);
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

    if (!df_context_present(df_cx_context(cx))) {
        say_no_context(cx);
        return;
    }
    for (uint32_t i = 0; i < facts->nruns; i++)
        do_run(cx, &facts->runs[i]);
}

DF_PASS(split_manifests) = {
    .name = "split-manifests",
    .summary = "install dependencies before the source is copied",
    .since = "0.1",
    .phase = DF_PHASE_LAYERS,
    .safety = DF_SAFE,
    .run = run,
};
