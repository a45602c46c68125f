/*
 * The projects whose dependencies are carried below a cut: see kept.h. What
 * the install makes must be the one directory that is taken along.
 */
#include "pass/kept.h"

#include <dfopt/copy.h>

static df_strings words(const df_kept *k, const char *list)
{
    return df_kb_words(k->facts->kb, list);
}

/* The file of the context that lies there when the install begins. */
static df_str file_of(const df_kept *k, const df_carried *c, const char *name)
{
    return df_copied_before(
        k->arena, k->facts, k->context, c->run->instr,
        df_image_path(k->arena, df_image_dir(c->path), df_str_of(name)));
}

static bool has_dependencies(const df_json *package)
{
    return df_json_count(df_json_get(package, "dependencies")) ||
           df_json_count(df_json_get(package, "devDependencies")) ||
           df_json_count(df_json_get(package, "optionalDependencies"));
}

/* Scripts of the project that the install runs, and that may write anywhere. */
static void check_scripts(df_kept *k, const df_carried *c,
                          const df_json *package)
{
    static const char *const names[] = {"preinstall", "install", "postinstall",
                                        "prepare", NULL};
    const df_json *scripts = df_json_get(package, "scripts");
    df_str text;

    for (const char *const *n = names; *n; n++)
        if (df_json_string(df_json_get(scripts, *n), &text) &&
            !df_str_starts(text, "husky"))
            KEPT_SAY(k, c->run->instr->keyword,
                     "the script `%s` of package.json may leave something "
                     "beside node_modules",
                     *n);
}

/* Settings by which node_modules is elsewhere, or not all there is. */
static void check_settings(df_kept *k, const df_carried *c)
{
    static const char *const files[] = {".yarnrc", "pnpm-workspace.yaml", NULL};
    df_str berry = file_of(k, c, ".yarnrc.yml");
    df_str text;

    for (const char *const *f = files; *f; f++)
        if (file_of(k, c, *f).ptr)
            KEPT_SAY(k, c->run->instr->keyword,
                     "cannot tell where packages go by %s", *f);
    if (berry.ptr && !(df_context_read(k->context, berry, &text) &&
                       df_str_has(text, "nodeLinker: node-modules")))
        KEPT_SAY(k, c->run->instr->keyword,
                 "without `nodeLinker: node-modules` yarn makes no "
                 "node_modules");
}

/* pnpm of another version than that of the image is fetched by whoever calls
 * it first, into the home. */
static void check_manager(df_kept *k, const df_carried *c,
                          const df_json *package)
{
    static const char *const managers[] = {"pnpm", "yarn", NULL};

    if (!df_json_get(package, "packageManager"))
        return;
    for (uint32_t i = 0; i < k->use->ncalls; i++)
        if (!k->use->calls[i].builds &&
            df_str_in(k->use->calls[i].name, managers))
            KEPT_SAY(k, c->run->instr->keyword,
                     "%.*s of packageManager is in the home of the stage "
                     "that installs",
                     DF_STR_ARG(k->use->calls[i].name));
}

static void check_node(df_kept *k, const df_carried *c)
{
    df_str path = file_of(k, c, "package.json");
    const df_json *package =
        path.ptr ? df_context_json(k->context, path) : NULL;

    if (!package)
        KEPT_SAY(k, c->run->instr->keyword,
                 "cannot see the package.json of this install");
    else if (!has_dependencies(package))
        KEPT_SAY(k, c->run->instr->keyword,
                 "%.*s names no dependencies, and there may be no "
                 "node_modules",
                 DF_STR_ARG(path));
    if (df_json_get(package, "workspaces"))
        KEPT_SAY(k, c->run->instr->keyword,
                 "the project is a workspace of several parts");
    check_scripts(k, c, package);
    check_settings(k, c);
    check_manager(k, c, package);
}

/* What is written into the home, or into /etc, is not carried. */
static void check_copies(df_kept *k)
{
    for (uint32_t i = 1; i < k->cut.cut; i++) {
        const df_instr *instr = k->stage->instrs[i];
        df_str dest =
            instr->nwords ? instr->words[instr->nwords - 1].str : DF_STR("");

        if ((instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
            (df_str_starts(dest, "/etc") || df_str_starts(dest, "/root") ||
             df_str_starts(dest, "/usr/share") || df_str_starts(dest, "~")))
            KEPT_SAY(k, instr->keyword,
                     "what is copied to %.*s may count for the installs of "
                     "both stages",
                     DF_STR_ARG(dest));
    }
}

/* Packages are installed again above the ENV of the stage. */
static void check_variables(df_kept *k)
{
    if (!k->npackages)
        return;
    for (uint32_t i = 1; i < k->cut.cut; i++) {
        const df_instr *env = k->stage->instrs[i];

        for (uint32_t p = 0; (env->kind == DF_I_ENV || env->kind == DF_I_ARG) &&
                             p < env->npairs;
             p++)
            if (df_str_in(env->pairs[p].key.str, words(k, "managers-read")))
                KEPT_SAY(k, env->keyword,
                         "%.*s counts for packages of the distribution",
                         DF_STR_ARG(env->pairs[p].key.str));
    }
}

void df_kept_projects(df_kept *k)
{
    for (uint32_t i = 0; i < k->ncarried; i++)
        if (df_str_is(df_str_of(k->carried[i].row->ecosystem), "npm"))
            check_node(k, &k->carried[i]);
    check_copies(k);
    check_variables(k);
}
