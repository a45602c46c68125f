/*
 * Join consecutive RUN instructions
 *
 * Each RUN makes a layer, and a file that a later layer deletes stays in the
 * image all the same. RUNs that follow one another become one, so that what
 * one downloads and another removes is never stored, and an `apt-get update`
 * can no longer be older than the `apt-get install` that relies on it.
 *
 * Bodies stay as they were written, comments between them too. A body is put
 * in braces where `||` or `;` would bind otherwise, in a subshell where its
 * `cd` or variables would be seen by the next one. `set -e` scripts that begin
 * alike become one script.
 *
 * Only stages that are shipped are joined: elsewhere a layer costs nothing
 * and a cut in the cache is worth something (`passes: {merge-run: {all-stages:
 * true}}` in .dfopt.yaml joins those, too). An update and the install that
 * needs it are always joined.
 *
 * Left alone: other flags, exec form, heredocs, shells that are not POSIX-like,
 * text that is not understood, a `#` comment in a body, background jobs and
 * daemons, hard links, /dev, /etc/hosts and volumes, an install from a manifest
 * (it is worth a layer of its own in the cache), `set -e` with more than plain
 * commands behind it, a program that another RUN replaces (the shell remembers
 * where the old one was), a RUN that puts another shell at /bin/sh or changes
 * root, and whatever has `# dfopt: keep` or a linter's pragma above it. RUNs
 * with a banner, an instruction that is commented out, or a comment that asks
 * for a layer between them stay two, unless the second removes what the first
 * made.
 *
 * A RUN that ends in `cd`, `export` or an assignment does nothing for later
 * instructions; that is reported, since the author certainly meant WORKDIR or
 * ENV. So is a `service x start`, which ends with its RUN. A RUN that does
 * nothing else is not joined.
 *
 * Safe: the same commands run in the same order, each only if the one before
 * succeeded, in a shell that shows none of the other's state.
 */
#include <dfopt/cache.h>
#include <dfopt/copy.h>
#include <dfopt/join.h>
#include <dfopt/transform.h>

/* Linux allows 131,072 bytes for one argument of a program, NUL included. */
#define MAX_SCRIPT ((size_t)96 * 1024)

typedef struct {
    df_pass_ctx *cx;
    const df_facts *facts;
    df_joins *joins;
    df_body *seg; /* one for each RUN of a row of neighbours */
    uint32_t n;
} row;

/* What stands between two instructions: only blank and comment lines? */
static bool neighbours(const df_run *a, const df_run *b)
{
    return a->stage == b->stage && !a->onbuild && !b->onbuild &&
           a->instr->index + 1 == b->instr->index;
}

static bool installs_manifest(const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (df_cmd_is_manifest_install(&run->cmds[i]))
            return true;
    return false;
}

/* --- is it worth it? --- */

static bool mentions(const df_run *run, df_str name)
{
    df_str text = run->instr->args.str;

    for (size_t i = 0; i + name.len <= text.len; i++)
        if (df_str_eq(df_str_slice(text, i, i + name.len), name))
            return true;
    return false;
}

static bool removes_files(const df_body *s)
{
    for (uint32_t i = 0; i < s->run->ncmds; i++) {
        const df_cmd *cmd = &s->run->cmds[i];

        if (!df_str_is(cmd->tool, "rm"))
            continue;
        for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
            if (!df_path_is_of_packages(s->run->kb,
                                        df_cmd_word(cmd, it.at)->text))
                return true;
    }
    return false;
}

/* yum clean all, apk del .build-deps: is it about something that this RUN
 * left? */
static bool undoes(const row *r, const df_cmd *cmd, const df_run *run)
{
    df_arena *mem = df_cx_arena(r->cx);

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *c = &run->cmds[i];
        const df_cache *cache = c->tool.ptr ? df_cmd_cache(c) : NULL;

        if (cache && cache->command && df_cmd_cleans(mem, cmd, cache) &&
            !df_run_cleans(mem, run, cache))
            return true;
    }
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *word = df_cmd_word(cmd, it.at);
        df_str name = word->is_plain ? word->value : word->text;

        name = df_str_slice(name, 0, df_str_find_char(name, '*')); /* 'gcc*' */
        if (name.len > 2 && !df_str_is(name, "all") && mentions(run, name))
            return true;
    }
    return false;
}

/* apk del, apt-get purge: does body `i` remove what one before it brought? */
static bool removes_packages(const row *r, const df_body *first, uint32_t i)
{
    const df_run *run = first[i].run;

    for (uint32_t c = 0; c < run->ncmds; c++) {
        const df_cmd *cmd = &run->cmds[c];

        if (!df_cmd_is_package_manager(cmd) || !cmd->sub.len ||
            !df_str_in(cmd->sub, cmd->known->removes))
            continue;
        for (uint32_t k = 0; k < i; k++)
            if (undoes(r, cmd, first[k].run))
                return true;
    }
    return false;
}

/*
 * An install from a manifest is worth a layer of its own in the cache, unless
 * a later RUN of the row removes what this one, or one before it, brought.
 */
static bool install_may_join(const row *r, const df_body *s,
                             const df_body *next)
{
    bool first = installs_manifest(s->run);

    if (!first && !installs_manifest(next->run))
        return true;
    for (uint32_t k = (uint32_t)(next - r->seg); k < r->n; k++)
        if (removes_packages(r, r->seg, k) ||
            (first && removes_files(&r->seg[k])))
            return true;
    return false;
}

/* A refreshes lists that B uses: in two RUNs they go stale. */
static const df_cmd *stale_update(const df_kb *kb, const df_run *a,
                                  const df_run *b)
{
    for (uint32_t i = 0; i < a->ncmds; i++) {
        const df_cmd *update = &a->cmds[i];
        const df_cache *cache = df_kb_cache(kb, update->tool, update->sub);

        if (!cache || !df_cmd_in(update, cache->refreshed_by) ||
            df_cmds_any(a, i + 1, cache->used_by) ||
            df_cmds_any(b, 0, cache->refreshed_by))
            continue;
        if (df_cmds_any(b, 0, cache->used_by))
            return update;
    }
    return NULL;
}

static bool wanted(const row *r, const df_body *s, const df_body *next)
{
    const df_setting *set = df_cx_setting(r->cx);

    if (stale_update(df_cx_kb(r->cx), s->run, next->run))
        return true;
    return (s->run->stage->shipped || (set && set->all_stages)) &&
           install_may_join(r, s, next);
}

/* Does a COPY or ADD before the RUN bring it? Then its layer has it anyway. */
static bool is_copied(const row *r, const df_cmd *cmd, const df_sh_word *word)
{
    const df_run *run = cmd->run;
    df_arena *mem = df_cx_arena(r->cx);
    df_str path =
        df_image_path(mem, cmd->dir, word->is_plain ? word->value : word->text);
    df_origin origin = {0};

    for (uint32_t i = 0; i < run->stage->ninstrs; i++) {
        const df_instr *instr = run->stage->instrs[i];

        if (instr->index < run->instr->index &&
            (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
            df_str_has(instr->args.str, df_cstr(mem, df_path_base(path))))
            return true;
    }
    return path.ptr &&
           df_brought_find(df_brought_before(mem, df_cx_facts(r->cx),
                                             df_cx_context(r->cx), run->instr),
                           path, &origin);
}

/* Does body `i` delete by name what one before it speaks of? */
static bool removes_made(const row *r, const df_body *first, uint32_t i)
{
    const df_run *run = first[i].run;

    for (uint32_t c = 0; c < run->ncmds; c++) {
        const df_cmd *cmd = &run->cmds[c];

        if (!df_str_is(cmd->tool, "rm"))
            continue;
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            const df_sh_word *word = df_cmd_word(cmd, it.at);
            df_str name = df_path_base(word->text);

            for (uint32_t k = 0; k < i && name.len > 2; k++)
                if (mentions(first[k].run, name) && !is_copied(r, cmd, word))
                    return true;
        }
    }
    return false;
}

static df_finding *report(const row *r, const df_body *first, uint32_t n)
{
    const df_kb *kb = df_cx_kb(r->cx);
    df_arena *mem = df_cx_arena(r->cx);
    df_str below = n == 2 ? DF_STR("RUN") : df_fmt(mem, "%u RUNs", n - 1);
    df_str why = n == 2 ? DF_STR("one layer less")
                        : df_fmt(mem, "%u layers less", n - 1);

    for (uint32_t i = 1; i < n; i++)
        if (removes_packages(r, first, i) || removes_made(r, first, i))
            why = DF_STR("what one RUN makes and another removes stays in no "
                         "layer");
    for (uint32_t i = 0; i + 1 < n; i++) {
        const df_cmd *update = stale_update(kb, first[i].run, first[i + 1].run);

        if (update)
            why = df_fmt(mem, "a cached %.*s %.*s goes stale",
                         DF_STR_ARG(update->tool), DF_STR_ARG(update->sub));
    }
    return df_change(r->cx, first->run->instr->keyword,
                     "joined with the %.*s below: %.*s", DF_STR_ARG(below),
                     DF_STR_ARG(why));
}

/* --- what the author meant otherwise --- */

static bool is_word(const df_sh_node *node, uint32_t i, const char *text)
{
    return i < node->nwords && df_str_is(node->words[i].text, text);
}

/* What to write instead of a command that only changes a shell which then
 * ends; empty for any other. Behind others, `set +x` is but good manners. */
static df_str instead(df_arena *mem, const df_sh_node *node, bool alone)
{
    if (alone && (is_word(node, 0, "set") || is_word(node, 0, "umask") ||
                  is_word(node, 0, "ulimit")))
        return df_fmt(mem,
                      "`%.*s` in a RUN of its own has no effect on later "
                      "instructions",
                      DF_STR_ARG(node->text));
    if (!node->nwords && node->nassigns && !node->nredirs)
        return df_fmt(mem,
                      "a variable of the shell has no effect on later "
                      "instructions; use ENV %.*s",
                      DF_STR_ARG(node->text));
    if (is_word(node, 0, "cd") && node->nwords == 2 &&
        !df_str_starts(node->words[1].text, "-"))
        return df_fmt(mem,
                      "`cd` at the end of a RUN has no effect on later "
                      "instructions; use WORKDIR %.*s",
                      DF_STR_ARG(node->words[1].text));
    if (is_word(node, 0, "export") && node->nwords >= 2)
        return df_fmt(mem,
                      "`export` at the end of a RUN has no effect on later "
                      "instructions; use ENV %.*s",
                      DF_STR_ARG(node->words[1].text));
    if ((is_word(node, 0, ".") || is_word(node, 0, "source")) &&
        node->nwords >= 2)
        return DF_STR("sourcing a file at the end of a RUN has no effect on "
                      "later instructions; use ENV for what it sets");
    return DF_STR("");
}

static void warn_no_op(df_pass_ctx *cx, const df_sh_node *node, bool alone)
{
    df_str text = instead(df_cx_arena(cx), node, alone);

    if (text.len)
        df_warn(cx, node->span, "%.*s", DF_STR_ARG(text));
}

static const df_sh_node *only_command(const df_sh_node *list)
{
    if (list->nkids != 1 || list->kids[0]->nkids != 1 ||
        list->kids[0]->kids[0]->nkids != 1)
        return NULL;
    list = list->kids[0]->kids[0]->kids[0];
    return list->kind == DF_SH_SIMPLE ? list : NULL;
}

/* A list of nothing but `cd x`, `export X=1`, `A=1 && B=2`. */
static bool only_no_ops(df_arena *mem, const df_sh_node *list)
{
    for (uint32_t i = 0; i < list->nkids; i++)
        for (uint32_t k = 0; k < list->kids[i]->nkids; k++) {
            const df_sh_node *pipe = list->kids[i]->kids[k];
            const df_sh_node *cmd = pipe->kids[0];

            if (pipe->nkids != 1 || cmd->kind != DF_SH_SIMPLE ||
                is_word(cmd, 0, ".") || is_word(cmd, 0, "source") ||
                !instead(mem, cmd, true).len)
                return false;
        }
    return true;
}

/* `RUN cd x`, `RUN (export X=1)`: nobody would write that in front of `&&`. */
static bool does_nothing(df_arena *mem, const df_run *run)
{
    const df_sh_node *root = run->tree->root;

    if (root->nkids == 1 && root->kids[0]->nkids == 1 &&
        root->kids[0]->kids[0]->nkids == 1 &&
        root->kids[0]->kids[0]->kids[0]->kind == DF_SH_SUBSHELL)
        root = root->kids[0]->kids[0]->kids[0]->kids[0];
    return only_no_ops(mem, root);
}

/* `wget http://x/?a=1&b=2`: no assignment was meant, but a quote. */
static bool behind_amp(const df_sh_node *list, uint32_t i)
{
    return i > 0 && list->kids[i - 1]->op == DF_OP_AMP;
}

/* The last command of the RUN, and those alone in a subshell. */
static void warn_no_ops(df_pass_ctx *cx, const df_run *run)
{
    const df_sh_node *root = run->tree->root;

    for (uint32_t i = 0; i < root->nkids; i++) {
        const df_sh_node *andor = root->kids[i];

        for (uint32_t k = 0; k < andor->nkids; k++) {
            const df_sh_node *cmd = andor->kids[k]->kids[0];
            bool last = i + 1 == root->nkids && k + 1 == andor->nkids &&
                        !behind_amp(root, i);

            if (andor->kids[k]->nkids != 1)
                continue;
            if (cmd->kind == DF_SH_SUBSHELL && only_command(cmd->kids[0]))
                warn_no_op(cx, only_command(cmd->kids[0]), true);
            else if (cmd->kind == DF_SH_SIMPLE && last)
                warn_no_op(cx, cmd, cmd == only_command(root));
        }
    }
}

/* `RUN … && service x start`, as nothing comes behind it. */
static void warn_service(df_pass_ctx *cx, const df_run *run)
{
    const df_cmd *cmd = run->ncmds ? &run->cmds[run->ncmds - 1] : NULL;

    if (cmd && cmd->top && df_cmd_starts_daemon(cmd) &&
        !df_str_in(DF_STR("*"), cmd->known->daemons))
        df_warn(cx, cmd->node->span,
                "`%.*s` starts what ends with this RUN; start it by CMD or "
                "ENTRYPOINT",
                DF_STR_ARG(df_cmd_brief(cmd)));
}

/* --- rows --- */

/* `# RUN make test`: nobody could put it to use again inside a RUN. */
static bool is_commented_out(df_str comment)
{
    static const char *const keywords[] = {
        "ADD",  "ARG", "CMD",   "COPY", "ENTRYPOINT", "ENV",     "EXPOSE",
        "FROM", "RUN", "LABEL", "USER", "VOLUME",     "WORKDIR", NULL};
    df_str word;

    while (comment.len && comment.ptr[0] == '#')
        comment = df_str_from(comment, 1);
    comment = df_str_trim(comment);
    return df_str_cut(&comment, ' ', &word) && df_str_in(word, keywords);
}

/* `#####`, `# --- node ---` */
static bool is_banner(df_str comment)
{
    df_str s = df_str_trim(df_str_from(comment, 1));
    size_t n = 0;

    while (n < s.len && s.ptr[n] == s.ptr[0])
        n++;
    return n > 2 && df_str_find_char(DF_STR("#-=*~_+"), s.ptr[0]) != SIZE_MAX;
}

/* `# in a layer of its own, for the cache` */
static bool wants_layer(df_str comment)
{
    return df_str_has_nocase(comment, "layer") &&
           (df_str_has_nocase(comment, "separate") ||
            df_str_has_nocase(comment, " own ") ||
            df_str_has_nocase(comment, "cach"));
}

/* What the author wrote between two RUNs to hold them apart, or an empty span.
 */
static df_span divider(const df_doc *doc, const df_body *s, const df_body *next)
{
    uint32_t off = df_span_end(s->run->instr->lines);

    while (off < next->run->instr->lines.off) {
        df_span line = df_span_between(off, df_line_end(doc, off));
        df_str text = df_str_trim(df_source(doc, line));

        if (df_str_starts(text, "#") &&
            (is_commented_out(text) || is_banner(text) || wants_layer(text)))
            return line;
        off = df_span_end(line);
    }
    return (df_span){0, 0};
}

/* A layer less is not worth a section that is none any more. */
static bool is_divided(row *r, df_body *s, const df_body *next)
{
    df_span line = divider(r->facts->doc, s, next);

    if (!line.len || stale_update(df_cx_kb(r->cx), s->run, next->run) ||
        removes_packages(r, r->seg, (uint32_t)(next - r->seg)) ||
        removes_made(r, s, 1))
        return false;
    s->reason = "a comment divides it from the next RUN";
    s->at = line;
    return true;
}

/* --- parts of two stages --- */

static bool installs_compiler(const df_kb *kb, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (!df_cmd_is_package_manager(cmd))
            continue;
        for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
            if (df_str_in(df_cmd_word(cmd, it.at)->text,
                          df_kb_words(kb, "compilers")))
                return true;
    }
    return false;
}

/* useradd, mkdir, chown */
static bool only_prepares(const df_kb *kb, const df_run *run)
{
    static const char *const owners[] = {"chgrp", "chmod", "chown", NULL};

    for (uint32_t i = 0; i < run->ncmds; i++) {
        df_str tool = run->cmds[i].tool;

        if (!tool.ptr || (!df_str_in(tool, df_kb_words(kb, "makes-users")) &&
                          !df_str_in(tool, df_kb_words(kb, "makes-"
                                                           "directories")) &&
                          !df_str_in(tool, owners)))
            return false;
    }
    return run->ncmds > 0;
}

static bool installs_below(const df_run *run)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(run->stage, cmd)) != NULL;)
        if (cmd->run->instr->index > run->instr->index &&
            df_cmd_is_manifest_install(cmd))
            return true;
    return false;
}

/* One brings a compiler for dependencies, the other what runs needs: in two
 * RUNs they can go to two stages. */
static bool is_of_two_stages(row *r, df_body *s, const df_body *next)
{
    const df_kb *kb = df_cx_kb(r->cx);

    if (!((installs_compiler(kb, s->run) && only_prepares(kb, next->run)) ||
          (only_prepares(kb, s->run) && installs_compiler(kb, next->run))) ||
        !installs_below(next->run))
        return false;
    s->reason = "one RUN brings what builds, the other what runs needs: apart "
                "they can go to two stages (multi-stage)";
    s->at = s->run->instr->keyword;
    return true;
}

static bool may_differ(const df_body *s, const df_body *next)
{
    return (s->link == DF_LINK_AND && next->link == DF_LINK_SET) ||
           (s->link == DF_LINK_SET && next->link == DF_LINK_AND &&
            !df_body_is_seen(next));
}

/* A `set -e` script joins its own kind before it joins others. */
static void settle_links(row *r)
{
    df_arena *mem = df_cx_arena(r->cx);

    for (uint32_t i = 0; i + 1 < r->n; i++) {
        df_body *s = &r->seg[i];

        if (s->link != DF_LINK_NONE &&
            (!wanted(r, s, s + 1) || does_nothing(mem, s->run) ||
             does_nothing(mem, s[1].run) || is_divided(r, s, s + 1) ||
             is_of_two_stages(r, s, s + 1)))
            s->link = DF_LINK_NONE;
    }
    for (uint32_t i = 0; i + 1 < r->n; i++)
        if (r->seg[i].link != DF_LINK_NONE &&
            r->seg[i + 1].link != DF_LINK_NONE &&
            r->seg[i].link != r->seg[i + 1].link &&
            !may_differ(&r->seg[i], &r->seg[i + 1]))
            r->seg[i].link = DF_LINK_NONE;
}

/* How many are joined from here on; sets their links to what they are then. */
static uint32_t stretch(row *r, uint32_t from)
{
    size_t size = r->seg[from].run->instr->args.str.len;
    uint32_t n = 1;

    while (from + n < r->n && r->seg[from + n - 1].link != DF_LINK_NONE) {
        size += r->seg[from + n].run->instr->args.str.len + 16;
        if (size > MAX_SCRIPT)
            break;
        r->seg[from + n].before = r->seg[from + n - 1].link;
        n++;
    }
    if (n > 1)
        r->seg[from + n - 1].link = DF_LINK_NONE;
    return n;
}

static void decline(const row *r, const df_body *s)
{
    if (s->link == DF_LINK_NONE && s->reason)
        df_decline(r->cx, s->at, "not merged: %s", s->reason);
}

static void do_row(row *r)
{
    df_join_links(r->joins, r->seg, r->n);
    settle_links(r);
    for (uint32_t i = 0; i < r->n;) {
        uint32_t n = stretch(r, i);

        if (n > 1)
            df_join(r->cx, report(r, &r->seg[i], n), &r->seg[i], n);
        else if (i + 1 < r->n && wanted(r, &r->seg[i], &r->seg[i + 1]))
            decline(r, &r->seg[i]);
        i += n;
    }
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    row r = {.cx = cx,
             .facts = facts,
             .joins = df_joins_new(df_cx_arena(cx), facts)};

    for (uint32_t i = 0; i < facts->nruns;) {
        uint32_t n = 1;

        while (i + n < facts->nruns &&
               neighbours(&facts->runs[i + n - 1], &facts->runs[i + n]))
            n++;
        r.n = n;
        r.seg = df_new_array(df_cx_arena(cx), df_body, n + 1);
        for (uint32_t k = 0; k < n; k++) {
            r.seg[k].run = &facts->runs[i + k];
            if (!r.seg[k].run->tree->ok)
                continue;
            warn_no_ops(cx, r.seg[k].run);
            warn_service(cx, r.seg[k].run);
        }
        if (n > 1)
            do_row(&r);
        i += n;
    }
}

DF_PASS(merge_run) = {
    .name = "merge-run",
    .summary = "join consecutive RUN instructions into one layer",
    .since = "0.1",
    .phase = DF_PHASE_RUNS,
    .safety = DF_SAFE,
    .run = run,
};
