/* Installs from manifests: what they have in common. See dfopt/install.h. */
#include "facts/install.h"

#include <dfopt/reach.h>
#include <dfopt/wanted.h>

#include <string.h>

#include "context/path.h"
#include "facts/answers.h"
#include "facts/cmd.h"

typedef bool (*reader_fn)(df_reader *r);

static const struct {
    const char *name;
    reader_fn read;
} READERS[] = {
    {"npm", df_install_npm},     {"pip", df_install_pip},
    {"go", df_install_go},       {"dotnet", df_install_dotnet},
    {"maven", df_install_maven},
};

/* --- the command --- */

bool df_ecosystem_is(const df_ecosystem *eco, const char *strategy)
{
    return df_str_is(df_str_of(eco->strategy), strategy);
}

/* By which of its words it only downloads: `stack build --only-dependencies`,
 * `swift package resolve`, but not `mvn dependency:resolve package`. NULL: by
 * none. */
static const char *download_of(const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    const char *found = NULL;
    char room[64];
    df_str both;
    df_operands it = df_cmd_all_operands(cmd);

    if (!*eco->downloads)
        return NULL;
    both = df_cmd_both(cmd, room, sizeof room);
    for (df_strings d = eco->downloads; *d; d++)
        if (df_str_is(both, *d) || (**d == '-' && df_cmd_has(cmd, *d)))
            found = *d;
    if (found && df_str_is(both, found))
        df_operands_next(&it);
    while (df_operands_next(&it)) {
        df_str word = df_word_said(df_cmd_word(cmd, it.at));

        if (!df_str_in(word, eco->downloads))
            return NULL;
        for (df_strings d = eco->downloads; !found && *d; d++)
            found = df_str_is(word, *d) ? *d : NULL;
    }
    return found;
}

bool df_install_is(const df_cmd *cmd, const char *strategy)
{
    return download_of(cmd) ? strcmp(strategy, "move") == 0
                            : df_ecosystem_is(cmd->ecosystem, strategy);
}

df_str df_install_name(df_arena *a, const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;
    char room[64];
    df_str both = df_cmd_both(cmd, room, sizeof room);
    const char *download = eco ? download_of(cmd) : NULL;

    if (download && cmd->sub.len && *download == '-')
        return df_fmt(a, "%.*s %.*s %s", DF_STR_ARG(cmd->tool),
                      DF_STR_ARG(cmd->sub), download);
    if (download)
        return df_fmt(a, "%.*s %s", DF_STR_ARG(cmd->tool), download);
    if (eco && eco->words_only)
        return df_str_of(*eco->words);
    if (!cmd->sub.len)
        return cmd->tool;
    if (eco && both.len && df_str_in(both, eco->install)) {
        if (df_str_ends(both, ",")) /* mix do deps.get, compile */
            both = df_str_slice(both, 0, both.len - 1);
        return df_fmt(a, "%.*s %.*s", DF_STR_ARG(cmd->tool), DF_STR_ARG(both));
    }
    return df_fmt(a, "%.*s %.*s", DF_STR_ARG(cmd->tool), DF_STR_ARG(cmd->sub));
}

/* Of `go mod download` the second word is part of the subcommand. */
uint32_t df_install_name_words(const df_cmd *cmd)
{
    char room[64];
    df_str both = df_cmd_both(cmd, room, sizeof room);

    return both.len && df_str_in(both, cmd->ecosystem->install) ? 1 : 0;
}

static bool has_all(const df_cmd *cmd, df_strings options)
{
    for (; *options; options++)
        if (!df_cmd_has(cmd, *options))
            return false;
    return true;
}

bool df_install_is_off(const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;

    if (df_cmd_has_any(cmd, eco->not_with) ||
        df_cmd_has_any(cmd, eco->unfollowed))
        return true;
    for (df_strings w = eco->of_project; *w; w++)
        if (**w == '-' && df_cmd_has(cmd, *w))
            return true;
    return false;
}

/* The words that the row asks for, behind the name of the tool. */
static bool has_words(const df_cmd *cmd, const df_ecosystem *eco)
{
    bool found = !*eco->words || download_of(cmd);

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        /* `sbt explorer/assembly`: of one module */
        if (w->is_plain && (df_str_in(w->value, eco->words) ||
                            df_str_in(df_path_base(w->value), eco->words)))
            found = true;
        else if (eco->words_only && !df_str_starts(w->text, "-"))
            return false;
    }
    return found;
}

bool df_cmd_is_manifest_install(const df_cmd *cmd)
{
    const df_ecosystem *eco = cmd->ecosystem;

    if (!eco || !df_install_is(cmd, "move") || df_install_is_off(cmd) ||
        !has_all(cmd, eco->only_with) || !has_words(cmd, eco))
        return false;
    if (*eco->file_options)
        return df_cmd_has_any(cmd, eco->file_options);
    return !eco->operands_are_packages ||
           df_cmd_operands(cmd) == df_install_name_words(cmd);
}

/* `-C web` from a directory; ptr NULL: not known. */
static df_str follow_options(const df_reader *r, df_str dir, df_strings options)
{
    for (; *options; options++) {
        df_str value;

        if (!df_cmd_has(r->in->cmd, *options))
            continue;
        if (!df_cmd_value(r->in->cmd, *options, &value))
            return (df_str){NULL, 0};
        dir = df_image_path(r->b->arena, dir, value);
    }
    return dir;
}

/* The project is where the command runs, unless an option says otherwise. */
static df_str project_dir(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    df_str dir = follow_options(r, cmd->dir, cmd->known->directory_option);

    if (!dir.ptr || !df_cmd_has_any(cmd, r->in->eco->manifest_option))
        return dir;
    dir = follow_options(r, dir, r->in->eco->manifest_option);
    return dir.ptr && df_str_in(df_path_base(dir), r->in->eco->manifests)
               ? df_image_dir(dir)
               : dir;
}

/* A registry's URL may be computed, what is installed may not. */
static bool may_be_computed(const df_ecosystem *eco, const df_cmd *cmd,
                            uint32_t i)
{
    static const char *const tails[] = {"url",   "registry", "host",
                                        "proxy", "timeout",  NULL};
    df_str word = cmd->node->words[i].text;
    df_str name = word;

    if (df_str_has(word, "://"))
        return true;
    if (!df_str_starts(word, "-") && i > 0)
        name = cmd->node->words[i - 1].text;
    else
        df_str_cut(&word, '=', &name);
    for (const char *const *t = tails; *t; t++)
        if (df_str_starts(name, "-") && df_str_ends(name, *t))
            return true;
    return df_str_is(name, "-i") || df_str_in(name, eco->free_options);
}

static bool words_are_known(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (w->flags == DF_WORD_GLOB && r->in->eco->reader &&
            df_str_is(df_str_of(r->in->eco->reader), "dotnet"))
            continue; /* its reader knows what it matches */
        if (!w->is_plain && !may_be_computed(r->in->eco, cmd, i))
            return df_need_why(r, "what `%.*s` stands for is not known",
                               DF_STR_ARG(w->text));
    }
    return true;
}

static bool is_needed(const df_install *in, df_str path)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(in->needs[i].path, path))
            return true;
    return false;
}

/* `--userconfig ci/npmrc`: a file of the source that no row speaks of. */
static void check_option(df_reader *r, df_str option, df_str value)
{
    const df_cmd *cmd = r->in->cmd;
    df_origin origin;
    df_str path = df_need_path(r, cmd->dir, value);

    if (df_str_in(option, cmd->known->directory_option) ||
        df_str_in(option, r->in->eco->manifest_option) ||
        df_str_in(option, r->in->eco->file_options) ||
        df_str_in(option, r->in->eco->path_options) ||
        df_str_in(option, r->in->eco->out_options) ||
        df_str_has(value, "://") || !df_need_find(r, path, &origin) ||
        origin.kind != DF_FILE_REGULAR || is_needed(r->in, path))
        return;
    df_need_why(r, "%.*s names %.*s, which is part of the source",
                DF_STR_ARG(option), DF_STR_ARG(origin.path));
}

static void check_options(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str value = cmd->node->words[i].text;
        df_str option;

        if (!df_str_starts(value, "-"))
            continue;
        df_str_cut(&value, '=', &option);
        if (!value.len && i + 1 < cmd->node->nwords)
            value = cmd->node->words[i + 1].text;
        if (value.len && !df_str_starts(value, "-"))
            check_option(r, option, value);
    }
}

/* -t DIR: filled by the install, and not to be laid over by a COPY. */
static void check_outputs(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (df_strings o = r->in->eco->out_options; *o; o++) {
        df_str value = {NULL, 0};
        df_str path;

        if (!df_cmd_has(cmd, *o))
            continue;
        df_cmd_value(cmd, *o, &value);
        path = df_image_path(r->b->arena, cmd->dir, value);
        for (uint32_t i = 0; i < r->b->ncopies; i++)
            if (df_copy_is_broad(&r->b->copies[i]) &&
                df_image_overlap(path, r->b->copies[i].dest))
                df_need_why(r, "%s installs into a directory that is copied",
                            *o);
    }
}

/* The installer of composer leaves it in its directory. */
static bool leaves_phar(const df_run *run, df_str dir)
{
    df_str text = run->instr->text.str;

    return run->ncmds && df_str_has(text, "getcomposer.org/installer") &&
           !df_str_has(text, "--install-dir") &&
           df_str_eq(run->cmds[0].dir, dir);
}

static bool is_made_above(const df_reader *r, df_str path)
{
    const df_facts *facts = r->b->facts;
    const df_run *own = r->in->cmd->run;

    for (uint32_t i = 0; i < facts->nruns; i++)
        if (facts->runs[i].instr->index < own->instr->index &&
            df_stage_is_on(own->stage, facts->runs[i].stage) &&
            leaves_phar(&facts->runs[i], df_image_dir(path)))
            return true;
    return df_is_mentioned_above(facts, own,
                                 df_cstr(r->b->arena, df_path_base(path)));
}

/* `php composer.phar`: of the project? Where git ignores it, nobody sees it
 * here. */
static void check_script(df_reader *r, df_str word)
{
    df_str path = df_need_path(r, r->in->cmd->dir, word);
    bool brought = false;
    df_origin origin;

    for (uint32_t i = 0; path.ptr && i < r->b->ncopies; i++)
        brought |= df_copy_would_bring(r->b, &r->b->copies[i], path).len > 0;
    if (!path.ptr || df_need_find(r, path, &origin) ||
        (brought && !is_made_above(r, path)))
        df_need_why(r, "%.*s may be part of the source", DF_STR_ARG(word));
}

/* ./bin/pip of the project */
static void check_program(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (uint32_t i = 0; i <= cmd->tool_word; i++) {
        df_str word = cmd->node->words[i].text;
        df_origin origin;

        if (df_str_ends(word, ".phar"))
            check_script(r, word);
        if (df_str_find_char(word, '/') == SIZE_MAX
                ? df_brought_program(r->b, cmd->run->instr, word, &origin)
                : df_need_find(r, df_need_path(r, cmd->dir, word), &origin))
            df_need_why(r, "%.*s is part of the source",
                        DF_STR_ARG(origin.path));
    }
}

/* ./mvnw: what is called first is the same. What other scripts of the project
 * read is not known. */
static void add_program(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    df_str word = cmd->node->words[cmd->tool_word].text;

    if (r->in->eco->in_project &&
        df_str_is(df_path_base(word), r->in->eco->in_project))
        df_need_add(r, df_need_path(r, cmd->dir, word), false);
    else
        check_program(r);
}

static void check_redirections(df_reader *r)
{
    const df_sh_node *node = r->in->cmd->node;

    for (uint32_t i = 0; i < node->nredirs; i++) {
        df_str target = node->redirs[i].target.text;
        df_origin origin;

        if (node->redirs[i].target.is_plain &&
            df_need_find(r, df_need_path(r, r->in->cmd->dir, target), &origin))
            df_need_why(r,
                        "it writes or reads %.*s, which is part of the "
                        "source",
                        DF_STR_ARG(target));
    }
}

bool df_install_file_at(const df_cmd *cmd, df_strings options, uint32_t i,
                        df_str *file)
{
    df_str word = cmd->node->words[i].text;

    for (; *options; options++) {
        df_str option = df_str_of(*options);

        if (df_str_eq(word, option)) {
            const df_sh_word *next = df_cmd_word(cmd, i + 1);

            *file = next && next->is_plain ? next->value : (df_str){NULL, 0};
            return true;
        }
        if (!df_str_starts(word, *options))
            continue;
        word = df_str_from(word, option.len);
        *file = cmd->node->words[i].is_plain
                    ? df_str_from(word, df_str_starts(word, "="))
                    : (df_str){NULL, 0};
        return true;
    }
    return false;
}

df_str df_install_missing_options(df_arena *a, const df_cmd *cmd)
{
    df_str missing = DF_STR("");

    for (df_strings o = cmd->ecosystem->only_with; *o; o++)
        if (!df_cmd_has(cmd, *o))
            missing = df_fmt(a, "%.*s %s", DF_STR_ARG(missing), *o);
    return missing;
}

/* --- what is around it --- */

void df_need_ignored(df_reader *r, df_str path, const char *line)
{
    df_str ignore = df_context_ignore_name(r->b->context);
    df_origin origin;

    if (!df_need_find(r, path, &origin) || r->in->why.len)
        return;
    r->in->ignore = line ? df_str_of(line) : origin.path;
    df_need_why(r,
                "%.*s is in the build context and not in %.*s: COPY would lay "
                "it over the installed one; add the line `%.*s` to %.*s",
                DF_STR_ARG(origin.path), DF_STR_ARG(ignore),
                DF_STR_ARG(r->in->ignore), DF_STR_ARG(ignore));
}

static void check_writes(df_reader *r)
{
    for (df_strings w = r->in->eco->writes; *w; w++)
        df_need_ignored(r, df_need_path(r, r->in->dir, df_str_of(*w)), NULL);
}

/* Files that mean that there is more to the project than its manifest. */
static void check_parts(df_reader *r)
{
    for (df_strings f = r->in->eco->unless_files; *f; f++)
        for (df_str dir = r->in->dir; dir.len;
             dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("")) {
            df_str path = df_need_path(r, dir, df_str_of(*f));
            df_origin origin;

            /* Above `/` is `/`. */
            if (df_need_find(r, path, &origin) && !is_needed(r->in, path))
                df_need_why(r, "%.*s leads to more of the project",
                            DF_STR_ARG(origin.path));
        }
}

/* --- all of it --- */

static reader_fn find_reader(const df_ecosystem *eco)
{
    for (size_t i = 0; eco->reader && i < sizeof READERS / sizeof *READERS; i++)
        if (strcmp(eco->reader, READERS[i].name) == 0)
            return READERS[i].read;
    return df_install_plain;
}

bool df_install_has_lock(const df_install *in)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_in(df_path_base(in->needs[i].path), in->eco->locks))
            return true;
    return false;
}

bool df_install_lacks_lock(const df_brought *b, const df_install *in)
{
    const df_ecosystem *eco = in->eco;
    bool needs = df_str_in(in->cmd->sub, eco->needs_lock);

    for (df_strings o = eco->needs_lock; *o; o++)
        needs |= **o == '-' && df_cmd_has(in->cmd, *o);
    if (!needs || !in->nneeds || in->missing.len || df_install_has_lock(in))
        return false;
    for (df_strings l = eco->locks; *l; l++)
        if (df_git_ignores(b->arena, b->context,
                           df_path_dir(in->needs[0].origin.path),
                           df_str_of(*l)))
            return false;
    return true;
}

static bool read_install(const df_brought *b, const df_cmd *cmd,
                         df_install *out)
{
    const df_ecosystem *eco = cmd->ecosystem;
    reader_fn read = eco ? find_reader(eco) : NULL;
    df_reader r = {b, out};

    *out = (df_install){.eco = eco, .cmd = cmd};
    if (!read || !cmd->known || df_install_is_off(cmd) || !has_words(cmd, eco))
        return false;
    out->dir = project_dir(&r);
    out->nowhere = !out->dir.ptr;
    if (out->nowhere || !read(&r))
        return false;
    if (out->missing.len)
        return true;
    /* An install that stays below its source may read what it likes. */
    if (df_install_is(cmd, "move")) {
        words_are_known(&r);
        check_options(&r);
        check_outputs(&r);
        check_redirections(&r);
        check_program(&r);
        if (df_install_lacks_lock(b, out))
            df_need_why(&r, "%.*s needs a lock, and no COPY brings one",
                        DF_STR_ARG(df_install_name(b->arena, cmd)));
    } else {
        add_program(&r);
    }
    check_parts(&r);
    df_need_settings(&r);
    check_writes(&r);
    return true;
}

static df_read *read_anew(const df_brought *b, const df_cmd *cmd)
{
    df_read *read = df_new(b->arena, df_read);

    read->is_install = read_install(b, cmd, &read->install);
    return read;
}

bool df_install_read(const df_brought *b, const df_cmd *cmd, df_install *out)
{
    df_map *reads = &b->facts->answers->reads;
    df_str key = {(const char *)&cmd, sizeof cmd};
    df_read *read = df_map_get(reads, key);

    if (!read) {
        read = read_anew(b, cmd);
        key.ptr = (const char *)&read->install.cmd;
        df_map_put(reads, key, read);
    }
    *out = read->install;
    return read->is_install;
}

/* The line for `name` in a directory of the project; empty: no COPY behind the
 * install would bring it. */
static df_str exposed_in(const df_brought *b, const df_install *in, df_str dir,
                         df_str name, const df_copied **by)
{
    bool anywhere = df_str_starts(name, "**/");
    df_str bare = anywhere ? df_str_from(name, 3) : name;

    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];
        df_str path;

        if (copy->instr->index < in->cmd->run->instr->index ||
            !df_image_below(dir, copy->dest))
            continue;
        path = df_copy_would_bring(b, copy, df_image_path(b->arena, dir, bare));
        *by = copy;
        if (path.len)
            return anywhere || !df_str_eq(dir, in->dir)
                       ? df_fmt(b->arena, "**/%.*s", DF_STR_ARG(bare))
                       : path;
    }
    return DF_STR("");
}

df_str df_install_exposed(const df_brought *b, const df_install *in,
                          const char *name, const df_copied **by)
{
    df_str line = DF_STR("");

    for (uint32_t i = 0; i < in->nneeds && !line.len; i++)
        if (in->needs[i].main &&
            df_str_eq(df_path_base(in->needs[i].path),
                      df_path_base(in->needs[0].path)) &&
            !df_str_eq(df_image_dir(in->needs[i].path), in->dir))
            line = exposed_in(b, in, df_image_dir(in->needs[i].path),
                              df_str_of(name), by);
    return line.len ? line : exposed_in(b, in, in->dir, df_str_of(name), by);
}
