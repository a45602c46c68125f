/*
 * The RUNs above a cut, taken apart: see dfopt/kept.h.
 *
 * Each command of them is a package manager of the distribution, an install of
 * dependencies whose directory is known, one that leaves nothing, or one that
 * prepares the image (users, directories), which goes below. Whatever else
 * stands there may leave something that the program needs.
 */
#include "pass/kept.h"

#include <dfopt/cache.h>
#include <dfopt/copy.h>
#include <dfopt/program.h>
#include <dfopt/smaller.h>

#include <string.h>

void df_kept_say(df_kept *k, df_span at, df_str why)
{
    if (k->why.len)
        return;
    k->at = at;
    k->why = why;
}

#define SAY KEPT_SAY

bool df_kept_doubt(df_kept *k, df_doubt doubt, df_span at, df_str why)
{
    static const char *const mends[] = {
        [DF_SURE] = "",
        [DF_DOUBT_LEAVINGS] = "# dfopt: artifact=PATH, or none, above this RUN",
        [DF_DOUBT_ORDER] = "what the install reads in a COPY of its own",
        [DF_DOUBT_NEEDS] = "# dfopt: needs=PACKAGE, or none, above FROM"};

    if (k->trusting == doubt)
        return false;
    if (!k->why.len) {
        k->doubt = doubt;
        k->mend = df_str_of(k->tools ? "" : mends[doubt]);
    }
    df_kept_say(k, at, why);
    return true;
}

static df_strings words(const df_kept *k, const char *list)
{
    return df_kb_words(k->facts->kb, list);
}

static bool installs(const df_instr *instr, const df_kept *k)
{
    const df_run *run = k->facts->run_of[instr->index];

    for (uint32_t i = 0; run && run->tree->ok && i < run->ncmds; i++)
        if (df_kept_row(k, &run->cmds[i]))
            return true;
    return false;
}

/* df_cut_plan asks which RUNs may stand below. */
static bool stays(const df_instr *instr, const void *ctx)
{
    return !installs(instr, ctx);
}

/* What a RUN does, as far as it concerns the lower part. */
typedef struct {
    bool installs; /* packages or dependencies */
    bool users;    /* makes users and groups, which only the lower part needs
                      as long as the upper does not name them */
    bool directories;
    bool prepares; /* one of these */
    bool builds;   /* what is copied below, if it is needed there */
    bool globals;  /* npm -g: into the image itself */
    bool removes;  /* what it installed to build with: it is lean already */
    bool told;     /* the author says what it leaves */
} deeds;

/* --- other commands --- */

static bool writes_file(const df_sh_node *node)
{
    for (uint32_t i = 0; i < node->nredirs; i++) {
        const df_sh_redir *r = &node->redirs[i];

        if (r->op != DF_OP_DUP_OUT && r->op != DF_OP_IN &&
            !df_str_is(r->target.text, "/dev/null"))
            return true;
    }
    return false;
}

/* rm of lists and caches. */
static bool only_cleans(const df_cmd *cmd)
{
    static const char *const dirs[] = {"/var/lib/apt",   "/var/cache", "/tmp",
                                       "/var/tmp",       "/root",      "~/.",
                                       "/usr/share/man", NULL};

    if (!df_str_is(cmd->tool, "rm"))
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        df_str path = df_cmd_word(cmd, it.at)->text;
        bool found = false;

        for (const char *const *d = dirs; *d; d++)
            found |= df_str_starts(path, *d);
        if (!found)
            return false;
    }
    return true;
}

static bool is_global(const df_cmd *cmd)
{
    return ((df_str_is(cmd->tool, "npm") || df_str_is(cmd->tool, "yarn")) &&
            df_cmd_is_global(cmd)) ||
           df_str_is(cmd->tool, "corepack");
}

/* Into the image itself, and installed once more below: of packages that are
 * not compiled. */
static void check_globals(df_kept *k, const df_cmd *cmd)
{
    if (df_str_is(cmd->tool, "corepack"))
        SAY(k, cmd->node->span,
            "corepack fetches what it needs into the home when it is called");
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        df_str name = df_cmd_word(cmd, it.at)->text;
        size_t at = df_str_find_char(df_str_from(name, name.len > 0), '@');

        if (at != SIZE_MAX)
            name = df_str_slice(name, 0, at + 1);
        if (!df_str_in(name, words(k, "plain-globals")) &&
            !df_str_is(name, "add"))
            SAY(k, cmd->node->span, "cannot tell whether %.*s is compiled",
                DF_STR_ARG(name));
    }
}

/* Does a mkdir of the same RUN name it? */
static bool is_made_here(const df_cmd *cmd, df_str path)
{
    for (const df_cmd *c = cmd->run->cmds; c < cmd; c++) {
        if (!df_str_is(c->tool, "mkdir"))
            continue;
        for (df_operands it = df_cmd_all_operands(c); df_operands_next(&it);)
            if (df_str_eq(df_cmd_word(c, it.at)->text, path))
                return true;
    }
    return false;
}

/* chown of what this RUN makes: of anything else it may not be there below. */
static bool owns_what_it_makes(const df_cmd *cmd)
{
    static const char *const tools[] = {"chgrp", "chmod", "chown", NULL};
    uint32_t n = 0;

    if (!df_str_in(cmd->tool, tools) || cmd->script)
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
        if (n++ && !is_made_here(cmd, df_cmd_word(cmd, it.at)->text))
            return false;
    return n > 1;
}

/* Settings of bundler that lie in /usr/local/bundle, or that nobody needs when
 * the gems are there. */
static bool is_bundle_setting(const df_kept *k, const df_cmd *cmd)
{
    bool local = df_cmd_has(cmd, "--local");

    if (!df_str_is(cmd->tool, "bundle") || !df_str_is(cmd->sub, "config"))
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        df_str name = df_cmd_word(cmd, it.at)->text;

        if (df_str_is(name, "set"))
            continue;
        return df_str_in(name, words(k, "bundle-settings")) ||
               (local && df_str_is(name, "without"));
    }
    return false;
}

/* rm -r /requirements, behind the install: nobody misses it, nor minds it. */
static bool removes_manifests(df_kept *k, const df_cmd *cmd)
{
    uint32_t n = 0;

    if (!df_str_is(cmd->tool, "rm") || !cmd->dir.ptr)
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        const df_sh_word *word = df_cmd_word(cmd, it.at);
        df_str path = word->is_plain
                          ? df_image_path(k->arena, cmd->dir, word->value)
                          : (df_str){NULL, 0};
        df_str from = path.ptr
                          ? df_copied_before(k->arena, k->facts, k->context,
                                             cmd->run->instr, path)
                          : path;

        if (!from.ptr || !(df_dir_is_of_lists(k->context, from) ||
                           df_str_ends(from, ".txt")))
            return false;
        *df_push(k->arena, k, removed) = path;
        n++;
    }
    return n > 0;
}

/* The cleaning of a cache, as clean-cache writes it. */
static bool is_cleaning(const df_cmd *cmd)
{
    for (const df_cmd *c = cmd->run->cmds; c < cmd; c++) {
        const df_cache *row = c->tool.ptr ? df_cmd_cache(c) : NULL;

        if (row && row->command && df_str_is(cmd->node->text, row->command))
            return true;
    }
    return false;
}

static bool leaves_nothing(df_kept *k, const df_cmd *cmd)
{
    return only_cleans(cmd) || is_cleaning(cmd) || removes_manifests(k, cmd) ||
           is_bundle_setting(k, cmd) ||
           df_cmd_in(cmd, words(k, "leaves-nothing"));
}

static void doubt_command(df_kept *k, const df_sh_node *node, const deeds *d)
{
    if (!d->told)
        df_kept_doubt(
            k, DF_DOUBT_LEAVINGS, node->span,
            df_fmt(k->arena,
                   "cannot tell whether the program needs what `%.*s` leaves",
                   DF_STR_ARG(df_sh_brief(node->text))));
}

static void do_command(df_kept *k, const df_cmd *cmd, deeds *d)
{
    const df_carry *row = k->tools ? NULL : df_kept_row(k, cmd);

    if (k->tools && cmd->tool.ptr && is_global(cmd)) {
        d->globals = true;
    } else if (k->tools && cmd->tool.ptr && df_cmd_in(cmd, k->tools)) {
        d->builds = true;
    } else if (k->vouched && (!cmd->tool.ptr || !df_kept_is_manager(k, cmd) ||
                              writes_file(cmd->node))) {
        d->builds = true;
    } else if (!cmd->tool.ptr || writes_file(cmd->node)) {
        doubt_command(k, cmd->node, d);
    } else if (df_kept_is_manager(k, cmd)) {
        d->installs = true;
        df_kept_manage(k, cmd, &d->removes);
    } else if (df_str_is(cmd->tool, "apt-mark")) {
        d->removes = true; /* so that a purge without names takes it away */
    } else if (row) {
        df_kept_carry(k, cmd, row);
        d->installs = true;
    } else if (is_global(cmd)) {
        check_globals(k, cmd);
        d->globals = true;
    } else if (df_str_in(cmd->tool, words(k, "makes-users"))) {
        d->prepares = d->users = true;
    } else if (df_str_in(cmd->tool, words(k, "makes-directories")) ||
               owns_what_it_makes(cmd)) {
        d->prepares = d->directories = true;
    } else if (df_cmd_in(cmd, words(k, "settles-where"))) {
        if (!leaves_nothing(k, cmd))
            SAY(k, cmd->node->span,
                "cannot tell whether the program needs what `%.*s` leaves",
                DF_STR_ARG(df_cmd_brief(cmd)));
    } else if (!leaves_nothing(k, cmd)) {
        doubt_command(k, cmd->node, d);
    }
}

/* Does an instruction of the upper part name a user? */
static bool names_users(const df_kept *k)
{
    for (uint32_t i = 1; i < k->cut.cut; i++)
        if (k->stage->instrs[i]->kind == DF_I_USER ||
            df_instr_flag(k->stage->instrs[i], "chown"))
            return true;
    return false;
}

/* `{ …; } > file`, `> file` */
static bool look_for_writes(const df_sh_node *node, void *ctx)
{
    const df_sh_node **found = ctx;

    if (writes_file(node) && !*found)
        *found = node;
    return true;
}

static void check_writes(df_kept *k, const df_run *run, const deeds *d)
{
    const df_sh_node *found = NULL;

    df_sh_walk(run->tree->root, look_for_writes, &found);
    if (found)
        doubt_command(k, found, d);
}

/* `# dfopt: artifact=PATH`, or `none`, above a RUN of other things. */
static bool is_told(df_kept *k, const df_instr *instr)
{
    df_str list = df_instr_says(k->facts->doc, instr, "artifact");
    bool told = list.len > 0;
    df_str one;

    while (list.len) {
        df_str_cut(&list, ',', &one);
        one = df_str_trim(one);
        if (df_str_starts(one, "/"))
            *df_push(k->arena, k, extra) = one;
    }
    return told;
}

static void sort_run(df_kept *k, uint32_t index)
{
    const df_instr *instr = k->stage->instrs[index];
    const df_run *run = k->facts->run_of[instr->index];
    deeds d = {.told = k->tools == NULL && is_told(k, instr)};

    if (!run || !run->tree->ok) {
        if (!k->vouched && !d.told)
            df_kept_doubt(
                k, DF_DOUBT_LEAVINGS, instr->keyword,
                DF_STR("cannot tell what this RUN leaves for the program"));
        return;
    }
    for (uint32_t i = 0; i < run->ncmds; i++)
        do_command(k, &run->cmds[i], &d);
    if (!k->vouched)
        check_writes(k, run, &d);
    if (d.builds) /* mkdir and chmod beside a build belong to it */
        d.prepares = false;
    k->lean |= d.removes;
    if (((d.prepares && (d.installs || d.globals)) ||
         (d.globals && (d.installs || d.builds))) &&
        !k->why.len) {
        SAY(k, instr->keyword,
            "this RUN installs what builds, and prepares what runs");
        k->mend = DF_STR("two RUNs, one for each");
    }
    if (d.prepares && !d.directories && !names_users(k))
        k->cut.fates[index] = DF_FATE_MOVES;
    else if (d.prepares || d.globals)
        k->cut.fates[index] = DF_FATE_REPEATS;
}

/* Does a COPY below the cut bring all of it once more? */
static bool comes_again(const df_kept *k, const df_brought *all,
                        const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->nsources; i++) {
        const df_copy_source *s = &copy->sources[i];
        df_str path = copy->names ? copy->dest
                                  : df_image_path(k->arena, copy->dest,
                                                  df_path_base(s->path));
        df_origin origin;

        if (s->dir || !df_brought_find(all, path, &origin) || !origin.copy ||
            origin.copy->instr->index < k->stage->from->index + k->cut.cut ||
            !df_str_eq(origin.path, s->path))
            return false;
    }
    return copy->nsources > 0;
}

/* More than manifests? */
static bool brings_source(const df_kept *k, const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->nsources; i++)
        if (copy->sources[i].glob ||
            (copy->sources[i].dir &&
             !df_dir_is_of_lists(k->context, copy->sources[i].path)))
            return true;
    return false;
}

static bool is_removed(const df_kept *k, const df_copied *copy)
{
    for (uint32_t i = 0; i < k->nremoved; i++)
        if (copy->dest.ptr && df_image_below(copy->dest, k->removed[i]))
            return true;
    return false;
}

static void sort_copies(df_kept *k)
{
    const df_brought *all =
        df_brought_all(k->arena, k->facts, k->context, k->stage);

    for (uint32_t i = 0; i < all->ncopies; i++) {
        const df_copied *copy = &all->copies[i];
        uint32_t index = copy->instr->index - k->stage->from->index;

        if (index < k->cut.cut && !is_removed(k, copy) &&
            !(copy->known && comes_again(k, all, copy)))
            k->cut.fates[index] = DF_FATE_REPEATS;
        if (index < k->cut.cut && copy->known && brings_source(k, copy))
            df_kept_doubt(k, DF_DOUBT_ORDER, copy->instr->keyword,
                          DF_STR("the source is copied above the install of "
                                 "the dependencies (split-manifests moves it, "
                                 "where it can)"));
        if (index < k->cut.cut && copy->instr->nheredocs)
            SAY(k, copy->instr->keyword, "a heredoc is not copied twice");
    }
    if (all->too_many)
        SAY(k, k->stage->from->keyword, "there are too many COPYs");
}

/* --- what runs --- */

bool df_kept_leaves(const df_kept *k, df_str command)
{
    const df_kb *kb = k->facts->kb;

    if (df_image_holds(kb, k->stage->known, k->suite, command))
        return false;
    for (uint32_t i = 0; i < k->npackages; i++)
        if (df_kb_brings(kb, df_kept_package(k->packages[i]), command,
                         k->recommends))
            return false;
    for (uint32_t i = 0; i < k->nleft; i++)
        if (df_kb_brings(kb, k->left[i], command, true))
            return true;
    return false;
}

bool df_kept_compiles(const df_kept *k)
{
    for (uint32_t i = 0; i < k->nleft; i++)
        if (df_str_in(k->left[i], words(k, "compilers")) ||
            df_kb_brings(k->facts->kb, k->left[i], DF_STR("gcc"),
                         k->recommends))
            return true;
    return false;
}

df_str df_kept_left(const df_kept *k)
{
    enum { SHOWN = 3 };
    uint32_t n = k->nleft > SHOWN ? SHOWN : k->nleft;
    df_str out = n ? k->left[0] : DF_STR("");

    for (uint32_t i = 1; i < n; i++)
        out =
            df_fmt(k->arena, "%.*s%s%.*s", DF_STR_ARG(out),
                   i + 1 == k->nleft ? " and " : ", ", DF_STR_ARG(k->left[i]));
    return k->nleft > n ? df_fmt(k->arena, "%.*s and %u more", DF_STR_ARG(out),
                                 k->nleft - n)
                        : out;
}

static void check_users(df_kept *k)
{
    for (uint32_t i = 0; i < k->cut.cut; i++)
        if (k->stage->instrs[i]->kind == DF_I_USER)
            SAY(k, k->stage->instrs[i]->keyword,
                "USER stands above the install of the dependencies");
}

static void find_suite(df_kept *k)
{
    k->suite = df_kb_suite(k->facts->kb, k->stage->repo, k->stage->tag);
}

void df_kept_sort(df_kept *k)
{
    find_suite(k);
    for (uint32_t i = 0; i < k->cut.cut; i++) {
        const df_instr *instr = k->stage->instrs[i];

        if (instr->kind == DF_I_RUN)
            sort_run(k, i);
        else if (df_instr_flag(instr, "from") && !k->vouched)
            SAY(k, instr->keyword,
                "cannot tell whether the program needs what this %s brings",
                df_instr_name(instr->kind));
    }
}

/* Packages for Python of the distribution, which an environment of its own does
 * not see. */
static void check_modules(df_kept *k)
{
    for (uint32_t c = 0; c < k->ncarried; c++)
        for (uint32_t i = 0; k->carried[c].prepared && i < k->npackages; i++)
            if (df_kept_on_alpine(k) && df_str_starts(k->packages[i], "py3-"))
                SAY(k, k->carried[c].run->instr->keyword,
                    "what %.*s brings is not found from %s",
                    DF_STR_ARG(k->packages[i]), k->carried[c].row->directory);
}

/* Of one the result says it all. */
static bool many_workdirs(const df_kept *k)
{
    uint32_t n = 0;

    for (uint32_t i = 1; i < k->cut.cut; i++)
        n += k->stage->instrs[i]->kind == DF_I_WORKDIR;
    return n > 1;
}

/* `# dfopt: needs=git,curl` above FROM, or `none`: that is all that programs
 * need which cannot be read. */
void df_kept_read_needs(df_kept *k)
{
    df_str list = df_instr_says(k->facts->doc, k->stage->from, "needs");
    df_str one;

    k->told_needs = list.len > 0;
    while (list.len) {
        df_str_cut(&list, ',', &one);
        one = df_str_trim(one);
        if (one.len && !df_str_is(one, "none"))
            df_kept_keep(k, one);
    }
}

bool df_kept_find(df_kept *k)
{
    static const char *const none[] = {NULL};

    find_suite(k);
    k->cut = df_cut_plan(k->arena, k->facts, k->stage, stays, k, none);
    k->cut.all_workdirs = many_workdirs(k);
    k->cut.same_image = true;
    if (k->cut.cut < 2 || !installs(k->stage->instrs[k->cut.cut - 1], k))
        return false;
    for (uint32_t i = 0; i < k->cut.cut; i++)
        if (k->stage->instrs[i]->kind == DF_I_RUN)
            sort_run(k, i);
    if (!k->ncarried || k->lean || !df_kept_compiles(k))
        return false;
    sort_copies(k);
    check_users(k);
    if (!df_stage_last(k->stage, DF_I_CMD) && !df_stage_entrypoint(k->stage))
        SAY(k, k->stage->from->keyword, "cannot see what the image runs");
    if (df_kept_unknown_release(k))
        SAY(k, k->stage->image_word.span,
            "packages of this release are not known");
    df_kept_read_needs(k);
    check_modules(k);
    df_kept_projects(k);
    df_kept_below(k);
    return true;
}
