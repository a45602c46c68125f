/*
 * What stands below a cut and what runs there, looked at for what it needs of
 * the part above: see kept.h.
 *
 * A call is seen in instructions, scripts and the simple cases of source; what
 * is not one, but a text that names a path or a compiler, speaks against the
 * cut as well.
 */
#include "pass/kept.h"

#include <dfopt/deps.h>
#include <dfopt/smaller.h>

#include <string.h>

static df_strings words(const df_kept *k, const char *list)
{
    return df_kb_words(k->facts->kb, list);
}

static df_span image_of(const df_kept *k)
{
    return k->stage->image_word.span;
}

/* Has an install a directory of programs of its own, which PATH must name? */
static bool moves_programs(const df_kept *k)
{
    for (uint32_t i = 0; i < k->ncarried; i++)
        if (k->carried[i].prepared)
            return true;
    return false;
}

static bool brings(const df_kept *k, const df_str *packages, uint32_t n,
                   df_str need)
{
    for (uint32_t i = 0; i < n; i++)
        if (df_kb_brings(k->facts->kb, df_kept_package(packages[i]), need,
                         true))
            return true;
    return false;
}

/* Has the lower part it, by its image or by a package that is kept? What it
 * has not may have come with a package that stays above. */
static bool is_below(const df_kept *k, df_str need)
{
    const df_kb *kb = k->facts->kb;

    if (df_image_holds(kb, k->stage->known, k->suite, need))
        return true;
    for (uint32_t i = 0; i < k->npackages; i++) {
        df_str package = df_kept_package(k->packages[i]);

        if (df_str_eq(package, need) ||
            df_kb_brings(kb, package, need, k->recommends))
            return true;
    }
    return false;
}

/* Does such a path of the list mean another place than before? Debian's own
 * Python never saw the packages, but may stay behind with what brought it. */
static bool is_moved(const df_kept *k, const char *path)
{
    if (strcmp(path, "/usr/bin/python") != 0)
        return moves_programs(k);
    return brings(k, k->left, k->nleft, DF_STR("python3")) &&
           !brings(k, k->packages, k->npackages, DF_STR("python3"));
}

/* --- calls --- */

static bool is_above(const df_kept *k, const df_call *call)
{
    return call->builds &&
           call->instr->index < k->stage->from->index + k->cut.cut;
}

static df_str by_whom(const df_call *call)
{
    return call->via.len ? call->via
                         : df_str_of(df_instr_name(call->instr->kind));
}

/* pip install, poetry install, npm rebuild, setup.py: may compile */
static bool may_compile(const df_kept *k, const df_cmd *cmd)
{
    return cmd && cmd->tool.ptr &&
           (df_kb_carry(k->facts->kb, cmd->tool, cmd->sub, (df_str){NULL, 0}) ||
            df_cmd_in(cmd, words(k, "compiles-too")) ||
            df_str_has(cmd->node->text, "setup.py") ||
            df_str_has(cmd->node->text, "node-gyp"));
}

/* apk del .build-deps: there is nothing to take away, and that fails. */
static bool takes_away(const df_kept *k, const df_cmd *cmd)
{
    static const char *const managers[] = {"apk", "apt", "apt-get", "dpkg",
                                           NULL};

    return cmd && cmd->tool.ptr && df_str_in(cmd->tool, managers) &&
           (df_str_in(cmd->sub, words(k, "takes-away")) ||
            df_str_is(cmd->tool, "dpkg"));
}

/* bash -lc: /etc/profile sets PATH anew. */
static bool is_login_shell(const df_cmd *cmd)
{
    static const char *const shells[] = {"ash", "bash", "dash", "ksh",
                                         "sh",  "zsh",  NULL};
    bool login = false;

    if (!cmd || !cmd->node->nwords ||
        !df_str_in(df_path_base(cmd->node->words[0].value), shells))
        return false;
    for (uint32_t i = 1; i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].value;

        if (!df_str_starts(word, "-"))
            break;
        login |= df_str_is(word, "--login") ||
                 (!df_str_starts(word, "--") && df_str_has(word, "l"));
    }
    return login;
}

/* COPY start.sh /usr/local/bin/ */
static bool is_copied(const df_kept *k, df_str path)
{
    return df_copied_from(k->arena, k->facts, k->context, k->stage, path).ptr;
}

/* /usr/local/bin/celery, unless the file is copied there */
static bool is_bound(const df_kept *k, df_str path)
{
    for (df_strings b = words(k, "bound-to-python"); *b; b++)
        if (**b == '/' && is_moved(k, *b) && df_str_starts(path, *b) &&
            !is_copied(k, path))
            return true;
    return false;
}

static void check_call(df_kept *k, const df_call *call)
{
    if (df_kept_leaves(k, call->name))
        KEPT_SAY(k, call->at, "%.*s calls %.*s, which only builds",
                 DF_STR_ARG(by_whom(call)), DF_STR_ARG(call->path));
    if (may_compile(k, call->cmd))
        KEPT_SAY(k, call->at,
                 "%.*s calls %.*s in the new stage, and that may compile "
                 "something",
                 DF_STR_ARG(by_whom(call)), DF_STR_ARG(call->path));
    if (takes_away(k, call->cmd))
        KEPT_SAY(k, call->at,
                 "%.*s takes away packages, and the new stage may not have "
                 "them",
                 DF_STR_ARG(by_whom(call)));
    if (is_bound(k, call->path))
        KEPT_SAY(k, call->at, "%.*s names %.*s, which lies elsewhere then",
                 DF_STR_ARG(by_whom(call)), DF_STR_ARG(call->path));
    if (moves_programs(k) && (df_str_in(call->name, words(k, "resets-path")) ||
                              is_login_shell(call->cmd)))
        KEPT_SAY(k, call->at, "%.*s starts programs with another PATH",
                 DF_STR_ARG(call->path));
}

/* `RUN bin/setup` of Ruby, `RUN python setup_env.py`: a file of the project
 * that says how to install. */
static void check_script(df_kept *k, const df_call *call)
{
    const df_sh_node *node = call->cmd ? call->cmd->node : NULL;

    for (uint32_t i = 0; node && call->builds && i < node->nwords; i++) {
        df_str path = {NULL, 0};
        df_str text;

        if (node->words[i].is_plain)
            path =
                df_image_path(k->arena, call->cmd->dir, node->words[i].value);
        if (path.ptr)
            path = df_copied_before(k->arena, k->facts, k->context, call->instr,
                                    path);
        if (!path.ptr || !df_context_read(k->context, path, &text))
            continue;
        for (df_strings n = words(k, "installs-by-name"); *n; n++)
            if (df_str_has(text, *n))
                KEPT_SAY(k, call->at,
                         "%.*s, which RUN calls in the new stage, says `%s`, "
                         "and that may compile something",
                         DF_STR_ARG(path), *n);
    }
}

static void check_calls(df_kept *k)
{
    uint32_t below = df_span_end(k->stage->instrs[k->cut.cut - 1]->lines);

    for (uint32_t i = 0; i < k->use->ncalls; i++) {
        if (is_above(k, &k->use->calls[i]))
            continue;
        check_call(k, &k->use->calls[i]);
        check_script(k, &k->use->calls[i]);
    }
    for (uint32_t i = 0; i < k->use->nunseen && k->nleft && !k->told_needs; i++)
        if (k->use->unseen[i].at.off >= below)
            df_kept_doubt(
                k, DF_DOUBT_NEEDS, k->use->unseen[i].at,
                df_fmt(k->arena,
                       "cannot see what %.*s; it may need what only builds",
                       DF_STR_ARG(k->use->unseen[i].what)));
}

/* A RUN that is no list of commands that are known. */
static void check_runs(df_kept *k)
{
    for (uint32_t i = k->cut.cut; i < k->stage->ninstrs; i++) {
        const df_instr *instr = k->stage->instrs[i];
        const df_run *run = k->facts->run_of[instr->index];

        if (instr->kind == DF_I_RUN && (!run || !run->tree->ok) && !instr->json)
            KEPT_SAY(k, instr->keyword,
                     "cannot tell what this RUN needs of what stands above");
    }
}

static void check_spawn(void *data, const df_spawn *spawn)
{
    df_kept *k = data;

    if (df_kept_leaves(k, spawn->name) ||
        df_str_in(spawn->name, words(k, "orders")))
        KEPT_SAY(k, image_of(k), "%.*s:%u starts %.*s, which only builds",
                 DF_STR_ARG(spawn->file), spawn->line, DF_STR_ARG(spawn->name));
}

/* --- texts --- */

/* A text of a file or of an instruction. */
typedef struct {
    df_kept *k;
    df_str file; /* empty: the Dockerfile */
    df_span at;
    df_str text;
} reading;

static df_str place(const reading *r, size_t off)
{
    return r->file.len ? df_fmt(r->k->arena, "%.*s:%u", DF_STR_ARG(r->file),
                                df_line_of(r->text, off))
                       : DF_STR("the Dockerfile");
}

/* Where `what` stands in the text, from `from` on; SIZE_MAX: nowhere. */
static size_t find(df_str text, const char *what, size_t from)
{
    size_t at =
        from < text.len ? df_str_find(df_str_from(text, from), what) : SIZE_MAX;

    return at == SIZE_MAX ? at : from + at;
}

static df_str word_at(df_str text, size_t from)
{
    size_t to = from;

    while (to < text.len &&
           (df_is_name(text.ptr[to]) ||
            df_str_find_char(DF_STR("/.-+"), text.ptr[to]) != SIZE_MAX))
        to++;
    return df_str_slice(text, from, to);
}

/* A path at which the packages lie no more. */
static void look_for_paths(const reading *r)
{
    df_strings bound = words(r->k, "bound-to-python");

    for (; *bound; bound++)
        for (size_t at = 0; (at = find(r->text, *bound, at)) != SIZE_MAX;
             at++) {
            df_str path = word_at(r->text, at);

            if (!is_moved(r->k, *bound) ||
                (**bound == '/' && is_copied(r->k, path)))
                continue;
            KEPT_SAY(r->k, r->at,
                     "%.*s says %.*s, where an environment of its own is not "
                     "found",
                     DF_STR_ARG(place(r, at)),
                     DF_STR_ARG(**bound == '/' ? path : df_str_of(*bound)));
        }
}

/* PATH=/usr/bin:/bin */
static void look_for_path(const reading *r)
{
    for (size_t at = 0; (at = find(r->text, "PATH", at)) != SIZE_MAX; at++) {
        size_t to = at + 4;

        if (at && df_is_name(r->text.ptr[at - 1]))
            continue;
        while (to < r->text.len &&
               df_str_find_char(DF_STR("= \"'"), r->text.ptr[to]) != SIZE_MAX)
            to++;
        if (to == at + 4 || to >= r->text.len || r->text.ptr[to] != '/')
            continue;
        while (to < r->text.len && r->text.ptr[to] != '\n' &&
               r->text.ptr[to] != '$')
            to++;
        if (to >= r->text.len || r->text.ptr[to] != '$')
            KEPT_SAY(r->k, r->at, "%.*s sets PATH anew",
                     DF_STR_ARG(place(r, at)));
    }
}

/* A key: "cc": "a@example.com", or letter["cc"]; `from` to `to` with the
 * quotes. */
static bool is_key(df_str text, size_t from, size_t to)
{
    bool index =
        from > 1 && text.ptr[from - 1] == '[' &&
        (df_is_name(text.ptr[from - 2]) ||
         df_str_find_char(DF_STR(")]"), text.ptr[from - 2]) != SIZE_MAX);

    return index || df_str_starts(df_str_trim(df_str_from(text, to)), ":");
}

/* "gcc" or 'make -j4', from `at` to `end`. */
static bool is_quoted(df_str text, size_t at, size_t end)
{
    char quote = at ? text.ptr[at - 1] : 0;

    if ((quote != '"' && quote != '\'') || end >= text.len)
        return false;
    return text.ptr[end] == ' ' ||
           (text.ptr[end] == quote && !is_key(text, at - 1, end + 1));
}

/* A program that the upper part alone has. In a file the word may mean
 * something else, which its author knows. */
static void say_tool(const reading *r, size_t at, const char *tool)
{
    df_str why = df_fmt(r->k->arena, "%.*s says %s, which only builds",
                        DF_STR_ARG(place(r, at)), tool);

    if (!r->file.len)
        df_kept_say(r->k, r->at, why);
    else if (!r->k->told_needs)
        df_kept_doubt(r->k, DF_DOUBT_NEEDS, r->at, why);
}

static void look_for_tools(const reading *r)
{
    df_strings tool = words(r->k, "starts-by-name");

    for (; *tool; tool++) {
        if (!df_kept_leaves(r->k, df_str_of(*tool)))
            continue;
        for (size_t at = 0; (at = find(r->text, *tool, at)) != SIZE_MAX; at++)
            if (is_quoted(r->text, at, at + strlen(*tool)))
                say_tool(r, at, *tool);
    }
    for (tool = words(r->k, "compiles-when-run"); *tool; tool++) {
        size_t at = find(r->text, *tool, 0);

        if (at != SIZE_MAX)
            KEPT_SAY(r->k, r->at, "%.*s says %s, which compiles when it runs",
                     DF_STR_ARG(place(r, at)), *tool);
    }
}

/* dlopen("libsqlite3.so"): only a package for building has that name. */
static void look_for_libraries(const reading *r)
{
    static const char *const ends[] = {".so\"", ".so'", NULL};
    bool dev = false;

    for (uint32_t i = 0; i < r->k->nleft; i++)
        dev |= df_str_ends(r->k->left[i], "-dev");
    for (const char *const *e = ends; dev && *e; e++) {
        size_t at = df_str_find(r->text, *e);

        if (at != SIZE_MAX)
            KEPT_SAY(r->k, r->at,
                     "%.*s names a library without its version, which only "
                     "packages for building have",
                     DF_STR_ARG(place(r, at)));
    }
}

/* A lock file that the install has written, and that is not carried. */
static void look_for_locks(const reading *r)
{
    static const char *const locks[] = {"package-lock.json", "pnpm-lock.yaml",
                                        "yarn.lock", NULL};

    for (const char *const *l = locks; *l; l++)
        if (df_str_has(r->text, *l) &&
            df_context_stat(r->k->context, df_str_of(*l)) != DF_FILE_REGULAR)
            KEPT_SAY(r->k, r->at, "%s is written by the install above", *l);
}

static bool is_prose(df_str path)
{
    static const char *const ends[] = {".md", ".rst", ".adoc", ".lock", NULL};
    df_str name = df_path_base(path);

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(name, *e))
            return true;
    return df_str_starts(name, "Dockerfile") ||
           df_str_starts(name, "Makefile") ||
           df_str_ends(name, ".Dockerfile") ||
           df_str_is(name, "package-lock.json") ||
           df_str_is(name, "pnpm-lock.yaml");
}

static void look(reading *r)
{
    look_for_paths(r);
    if (moves_programs(r->k))
        look_for_path(r);
    look_for_tools(r);
    look_for_libraries(r);
}

/* What only a browser reads, in an image without Node.js. */
static bool is_for_browsers(const df_kept *k, df_str path)
{
    static const char *const ends[] = {".css", ".htm", ".html", ".js",
                                       ".map", ".svg", NULL};

    if (df_str_is(k->stage->repo, "node"))
        return false;
    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(path, *e))
            return !is_below(k, DF_STR("node")) &&
                   !is_below(k, DF_STR("nodejs"));
    return false;
}

static void check_files(df_kept *k, const df_files *files)
{
    for (uint32_t i = 0; i < files->npaths && !k->why.len; i++) {
        reading r = {.k = k, .file = files->paths[i], .at = image_of(k)};

        if (is_prose(r.file) || is_for_browsers(k, r.file) ||
            !df_context_read(k->context, r.file, &r.text))
            continue;
        look(&r);
        if (k->in_place && df_str_ends(r.file, ".txt") &&
            (df_str_has(r.text, "-e git+") || df_str_has(r.text, "--editable")))
            KEPT_SAY(k, image_of(k),
                     "%.*s wants a checkout, which lies beside the packages",
                     DF_STR_ARG(r.file));
        /* and links them with what a full image has */
        if (df_kept_is_full(k) && df_str_ends(r.file, ".txt") &&
            df_str_has(r.text, "--no-binary"))
            KEPT_SAY(k, image_of(k), "%.*s wants packages compiled",
                     DF_STR_ARG(r.file));
    }
}

/* What has a word in it already. */
static void look_for_environment(const reading *r, const df_instr *instr)
{
    for (uint32_t i = 0; i < r->k->ncarried; i++) {
        const df_carry *row = r->k->carried[i].row;

        if (r->k->carried[i].prepared && df_str_has(r->text, row->directory))
            KEPT_SAY(r->k, r->at, "%s is in use already", row->directory);
    }
    for (uint32_t i = 0; instr->kind == DF_I_ENV && i < instr->npairs; i++)
        if (df_str_is(instr->pairs[i].key.str, "PATH") &&
            (df_str_has(instr->pairs[i].value.str, "/usr/local/bin") ||
             df_str_has(instr->pairs[i].value.str, "/usr/bin")))
            KEPT_SAY(r->k, r->at, "PATH names the programs of the image first");
}

/* What it copies to such a path, calls there, or sets. */
static void check_instructions(df_kept *k)
{
    for (uint32_t i = 1; i < k->stage->ninstrs; i++) {
        const df_instr *instr = k->stage->instrs[i];
        reading r = {.k = k, .at = instr->keyword, .text = instr->args.str};
        bool copies = instr->kind == DF_I_COPY || instr->kind == DF_I_ADD;
        df_str dest = copies && instr->nwords
                          ? instr->words[instr->nwords - 1].str
                          : DF_STR("");

        if (i >= k->cut.cut && instr->kind == DF_I_RUN)
            look_for_locks(&r);
        if (!copies)
            look_for_paths(&r);
        if (!moves_programs(k))
            continue;
        look_for_environment(&r, instr);
        if (copies && df_str_has(dest, "/lib/python"))
            KEPT_SAY(k, r.at, "%.*s is not where the packages are then",
                     DF_STR_ARG(dest));
        look_for_path(&r);
        if (i >= k->cut.cut && instr->kind == DF_I_RUN &&
            (df_str_has(r.text, "/opt/*") || df_str_has(r.text, " /opt ")))
            KEPT_SAY(k, r.at, "this RUN changes all of /opt");
    }
}

static void check_source(df_kept *k)
{
    static const char *const skip[] = {"node_modules", ".git", "test", "tests",
                                       "__tests__",    "docs", NULL};
    df_files files = df_copied_files(k->arena, k->facts, k->context, k->stage,
                                     0, k->stage->ninstrs, skip);

    if ((files.missing.len || files.cut) && !k->told_needs)
        KEPT_SAY(k, image_of(k),
                 "%.*s is not in the build context: cannot tell what the "
                 "program starts",
                 DF_STR_ARG(files.missing.len ? files.missing
                                              : DF_STR("all of the source")));
    df_spawn_each(k->context, &files, check_spawn, k);
    check_files(k, &files);
}

/* --- packages --- */

/* Did the upper part have it at all? Of programs that is known; libraries come
 * with others that depend on them. */
static bool may_stay_behind(const df_kept *k, df_str need)
{
    if (df_str_starts(need, "lib") || df_str_has(need, ".so") ||
        df_str_in(need, words(k, "means-libraries")))
        return true;
    return brings(k, k->left, k->nleft, need);
}

static void check_dep(df_kept *k, const df_dep *dep)
{
    const df_load *load =
        df_kb_load_of(k->facts->kb, dep->ecosystem, dep->name);

    for (df_strings n = load ? load->needs : NULL; n && *n; n++)
        if (!is_below(k, df_str_of(*n)) && may_stay_behind(k, df_str_of(*n)))
            KEPT_SAY(k, image_of(k),
                     "`%.*s` calls or loads %s, which may come with what only "
                     "builds",
                     DF_STR_ARG(dep->name), *n);
    if (k->in_place && df_str_is(dep->name, "setuptools"))
        KEPT_SAY(k, image_of(k), "setuptools would be there twice");
    if (k->in_place && df_str_in(dep->name, words(k, "installs-data")))
        KEPT_SAY(k, image_of(k), "`%.*s` installs more than its modules",
                 DF_STR_ARG(dep->name));
    if (df_str_in(dep->name, words(k, "uses-openmp")))
        KEPT_SAY(k, image_of(k),
                 "`%.*s` is linked with the library of OpenMP, which comes "
                 "with the compiler",
                 DF_STR_ARG(dep->name));
    if (df_str_in(dep->name, words(k, "opens-libraries")))
        KEPT_SAY(k, image_of(k), "`%.*s` opens libraries when it runs",
                 DF_STR_ARG(dep->name));
    if (strcmp(dep->ecosystem, "npm") == 0 &&
        df_str_in(dep->name, words(k, "starts-python")))
        KEPT_SAY(k, image_of(k), "`%.*s` starts python3 when it runs",
                 DF_STR_ARG(dep->name));
    if (df_str_in(dep->name, words(k, "fills-home")))
        KEPT_SAY(k, image_of(k), "`%.*s` keeps what it downloads in the home",
                 DF_STR_ARG(dep->name));
}

static void check_deps(df_kept *k)
{
    const df_deps *deps = df_deps_find(k->arena, k->facts, k->context, k->use);

    for (uint32_t i = 0; i < deps->nitems; i++)
        check_dep(k, &deps->items[i]);
}

void df_kept_below(df_kept *k)
{
    check_calls(k);
    check_runs(k);
    check_instructions(k);
    check_deps(k);
    check_source(k);
}
