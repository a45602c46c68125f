/*
 * Several packages in one project: `workspaces` of package.json (npm, yarn,
 * bun), `packages` of pnpm-workspace.yaml.
 *
 * An install at the root reads the package.json of each, at its own path, and
 * links the files of its `bin` that are there (npm's bin-links, the linkers of
 * yarn and pnpm).
 */
#include "facts/install.h"

#include "context/path.h"
#include "context/pattern.h"

/* How far `**` is followed down. */
#define MAX_DEPTH    12
#define MAX_DIRS     4000
#define MATCH_BUDGET 100000

/* Each member is looked for among the others, and compared with each pattern.
 */
#define MAX_PATTERNS 1000
#define MAX_MEMBERS  10000

static const df_json *workspaces_of(const df_json *package)
{
    const df_json *list = df_json_get(package, "workspaces");

    return df_json_is_object(list) ? df_json_get(list, "packages") : list;
}

static const df_json *yaml_at(df_reader *r, df_str dir)
{
    df_origin origin;

    if (!df_str_is(r->in->cmd->tool, "pnpm") ||
        !df_need_find(r, df_need_path(r, dir, DF_STR("pnpm-workspace.yaml")),
                      &origin))
        return NULL;
    return df_context_yaml(r->b->context, origin.path);
}

/* Patterns of the members, for the manager that is called. */
static const df_json *patterns_of(df_reader *r, const df_json *package)
{
    if (df_str_is(r->in->cmd->tool, "pnpm"))
        return df_json_get(yaml_at(r, r->in->dir), "packages");
    return workspaces_of(package);
}

bool df_npm_has_workspaces(df_reader *r)
{
    return df_json_count(patterns_of(
               r, df_context_json(r->b->context,
                                  r->in->needs[0].origin.path))) > 0;
}

/* --- a member --- */

static bool is_there(df_reader *r, df_str dir, df_str name)
{
    df_origin origin;

    return df_need_find(r, df_need_path(r, dir, name), &origin);
}

/*
 * An install links the file as a command if it is there, and makes it
 * executable: it travels, unless the later COPY would undo that.
 */
static void add_command(df_reader *r, df_str dir, df_str package, df_str file)
{
    df_str path = df_need_path(r, dir, file);
    df_origin origin;

    if (!df_need_find(r, path, &origin))
        return;
    if (df_context_executable(r->b->context, origin.path))
        df_need_add(r, path, false);
    else
        df_need_why(r,
                    "the \"bin\" of %.*s is %.*s: the install makes it "
                    "executable, and COPY would undo that",
                    DF_STR_ARG(package), DF_STR_ARG(origin.path));
}

static void add_commands(df_reader *r, df_str dir, df_str file,
                         const df_json *package)
{
    const df_json *bin = df_json_get(package, "bin");
    df_str command, key;

    if (df_json_string(df_json_get(df_json_get(package, "directories"), "bin"),
                       &command) &&
        is_there(r, dir, command))
        df_need_why(r, "%.*s has a directory of commands", DF_STR_ARG(file));
    if (df_json_string(bin, &command))
        add_command(r, dir, file, command);
    for (size_t i = 0; df_json_is_object(bin) && i < df_json_count(bin); i++)
        if (df_json_string(df_json_member(bin, i, &key), &command))
            add_command(r, dir, file, command);
}

static void add_member(df_reader *r, df_str context_path)
{
    df_str root = df_image_dir(r->in->needs[0].origin.path);
    df_str path =
        df_need_path(r, r->in->dir, df_path_below(context_path, root));
    df_str dir = df_image_dir(path);
    const df_json *package = df_context_json(r->b->context, context_path);
    df_origin origin;

    dir = dir.len ? dir : DF_STR(".");
    if (!df_need_find(r, path, &origin) && !origin.copy)
        return; /* not every member has to be copied */
    if (!df_need_add(r, path, true) || !df_str_eq(origin.path, context_path)) {
        df_need_why(r, "%.*s is not where the workspaces are copied to",
                    DF_STR_ARG(context_path));
        return;
    }
    if (!df_json_is_object(package))
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(context_path));
    if (workspaces_of(package))
        df_need_why(r, "%.*s has workspaces of its own",
                    DF_STR_ARG(context_path));
    add_commands(r, dir, context_path, package);
    df_npm_package(r, dir, context_path, package);
    df_need_ignored(r, df_need_path(r, dir, DF_STR("node_modules")),
                    "**/node_modules");
}

/* --- patterns --- */

typedef struct {
    df_str *items;
    uint32_t nitems, citems;
    uint32_t visited;
} paths;

/* `*` in a part, and `**` as the last part. */
static bool is_simple(df_str pattern)
{
    size_t stars = df_str_find(pattern, "**");

    return !df_str_has(pattern, "{") && !df_str_has(pattern, "(") &&
           !df_str_has(pattern, "[") && !df_str_has(pattern, "..") &&
           (stars == SIZE_MAX || (stars + 2 == pattern.len &&
                                  (!stars || pattern.ptr[stars - 1] == '/')));
}

static bool is_foreign(df_str name)
{
    return df_str_is(name, "node_modules") ||
           df_str_is(name, "bower_components") || df_str_is(name, ".git");
}

/* pnpm reads a manifest of these names, too. */
static void check_other_manifests(df_reader *r, df_str dir)
{
    static const char *const names[] = {"package.yaml", "package.json5", NULL};

    if (!df_str_is(r->in->cmd->tool, "pnpm"))
        return;
    for (const char *const *n = names; *n; n++) {
        df_names found = df_context_glob(
            r->b->context, df_context_join(r->b->arena, dir, df_str_of(*n)));

        if (found.count)
            df_need_why(r, "%.*s may be the manifest of a workspace",
                        DF_STR_ARG(found.names[0]));
    }
}

/* Each package.json in dir and below it. */
static void walk(df_reader *r, df_str dir, unsigned depth, paths *out)
{
    df_context *cx = r->b->context;
    df_str file = df_context_join(r->b->arena, dir, DF_STR("package.json"));
    df_names names;

    if (depth > MAX_DEPTH || ++out->visited > MAX_DIRS) {
        df_need_why(r, "the workspaces lie too deep, or are too many");
        return;
    }
    if (df_context_lookup(cx, file) == DF_FILE_REGULAR)
        *df_push(r->b->arena, out, items) = file;
    check_other_manifests(r, dir);
    names = df_context_list(cx, dir);
    for (uint32_t i = 0; i < names.count && !r->in->why.len; i++) {
        df_str path = df_context_join(r->b->arena, dir, names.names[i]);

        if (!is_foreign(names.names[i]) &&
            df_context_lookup(cx, path) == DF_FILE_DIR)
            walk(r, path, depth + 1, out);
    }
}

static void expand(df_reader *r, df_str root, df_str pattern, paths *out)
{
    df_str path = df_context_join(r->b->arena, root, pattern);
    df_names names;

    if (df_str_ends(pattern, "**")) {
        pattern = df_str_slice(pattern, 0, pattern.len - 2);
        names = df_context_glob(r->b->context,
                                df_context_join(r->b->arena, root, pattern));
        for (uint32_t i = 0; i < names.count; i++)
            walk(r, names.names[i], 0, out);
        if (!pattern.len)
            walk(r, root, 0, out);
        return;
    }
    check_other_manifests(r, path);
    names =
        df_context_glob(r->b->context, df_fmt(r->b->arena, "%.*s/package.json",
                                              DF_STR_ARG(path)));
    for (uint32_t i = 0; i < names.count; i++)
        *df_push(r->b->arena, out, items) = names.names[i];
}

/* A directory that a pattern with `!` takes away. */
static bool is_excluded(df_reader *r, const df_json *list, df_str dir)
{
    df_str text;

    for (size_t i = 0; i < df_json_count(list); i++) {
        df_pattern *p;
        size_t budget = MATCH_BUDGET;

        if (!df_json_string(df_json_at(list, i), &text) ||
            !df_str_starts(text, "!"))
            continue;
        text = df_path_clean(r->b->arena, df_str_from(text, 1));
        p = df_pattern_compile(r->b->arena, text);
        if (!p) {
            df_need_why(r, "the workspaces `!%.*s` are not understood",
                        DF_STR_ARG(text));
            return true;
        }
        if (df_pattern_matches(p, dir, &budget))
            return true;
    }
    return false;
}

/* Is what a COPY brings below the project where the context has it? */
static bool keeps_places(df_reader *r, const df_copied *copy, df_str root)
{
    for (uint32_t i = 0; i < copy->nsources; i++) {
        const df_copy_source *s = &copy->sources[i];
        df_str home = df_image_path(r->b->arena, r->in->dir,
                                    df_path_below(s->path, root));

        if (s->dir && !copy->parents &&
            ((root.len && !df_image_below(s->path, root)) ||
             !df_str_eq(copy->dest, home)))
            return false;
    }
    return true;
}

static void check_places(df_reader *r, df_str root)
{
    for (uint32_t i = 0; i < r->b->ncopies; i++) {
        const df_copied *copy = &r->b->copies[i];

        if (copy->known && df_image_overlap(copy->dest, r->in->dir) &&
            !keeps_places(r, copy, root))
            df_need_why(r, "%.*s is not where the workspaces expect it",
                        DF_STR_ARG(copy->sources[0].path.len
                                       ? copy->sources[0].path
                                       : DF_STR("the source")));
    }
}

static bool is_member(df_reader *r, const df_json *list, df_str root,
                      df_str file)
{
    df_str dir = df_path_below(df_image_dir(file), root);

    return !df_str_has(file, "node_modules/") &&
           !df_str_has(file, "bower_components/") && !is_excluded(r, list, dir);
}

/* A pattern that takes back what one before it took away: who heeds the order
 * is another question for each manager. */
static bool takes_back(const df_json *list)
{
    bool taken = false;
    df_str text;

    for (size_t i = 0; i < df_json_count(list); i++) {
        if (!df_json_string(df_json_at(list, i), &text))
            continue;
        if (taken && !df_str_starts(text, "!"))
            return true;
        taken |= df_str_starts(text, "!");
    }
    return false;
}

static void add_members(df_reader *r, const df_json *list)
{
    df_str root = df_image_dir(r->in->needs[0].origin.path);
    paths found = {0};
    df_str pattern;

    if (df_json_count(list) > MAX_PATTERNS) {
        df_need_why(r, "the patterns of the workspaces are too many");
        return;
    }
    if (takes_back(list))
        df_need_why(r, "the order of the workspaces' patterns matters");

    for (size_t i = 0; i < df_json_count(list); i++) {
        df_json_string(df_json_at(list, i), &pattern);
        if (df_str_starts(pattern, "!"))
            continue;
        if (pattern.len && is_simple(pattern))
            expand(r, root, pattern, &found);
        else
            df_need_why(r, "the workspaces `%.*s` are not understood",
                        DF_STR_ARG(pattern));
    }
    if (df_json_count(list))
        check_places(r, root);
    if (found.nitems > MAX_MEMBERS) {
        df_need_why(r, "the workspaces are too many");
        return;
    }
    for (uint32_t i = 0; i < found.nitems; i++)
        if (!df_str_eq(found.items[i], r->in->needs[0].origin.path) &&
            is_member(r, list, root, found.items[i]))
            add_member(r, found.items[i]);
}

/* --- the managers' own --- */

/* pnpm and bun: patches are files of the project, named by the manifest. */
static void add_patches(df_reader *r, const df_json *list)
{
    for (size_t i = 0; df_json_is_object(list) && i < df_json_count(list);
         i++) {
        df_str name, path;

        if (df_json_string(df_json_member(list, i, &name), &path) &&
            !df_need_add(r, df_need_path(r, r->in->dir, path), false))
            df_need_why(r, "the patch %.*s is not in the build context",
                        DF_STR_ARG(path));
    }
}

/* Since pnpm 10 pnpm-workspace.yaml holds what package.json's "pnpm" did. */
static void read_pnpm(df_reader *r, df_str file, const df_json *settings)
{
    df_str key;

    add_patches(r, df_json_get(settings, "patchedDependencies"));
    df_npm_versions(r, file, df_json_get(settings, "overrides"), 0);
    df_npm_versions(r, file, df_json_get(settings, "packageExtensions"), 0);
    df_npm_versions(r, file, df_json_get(settings, "catalog"), 0);
    df_npm_versions(r, file, df_json_get(settings, "catalogs"), 0);
    for (size_t i = 0;
         df_json_is_object(settings) && i < df_json_count(settings); i++) {
        df_json_member(settings, i, &key);
        if (!df_str_in(key, r->in->eco->settings))
            df_need_why(r, "%.*s sets \"%.*s\", which dfopt does not follow",
                        DF_STR_ARG(file), DF_STR_ARG(key));
    }
}

/* `--filter [origin/main]` asks git, `{dir}` a directory. */
static void check_filter(df_reader *r)
{
    static const char *const options[] = {"--filter", "-F", "--filter-prod",
                                          NULL};
    const df_cmd *cmd = r->in->cmd;

    if (!df_cmd_has_any(cmd, options))
        return;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (df_str_find_char(cmd->node->words[i].text, '[') != SIZE_MAX ||
            df_str_find_char(cmd->node->words[i].text, '{') != SIZE_MAX)
            df_need_why(r, "what `%.*s` filters is not followed",
                        DF_STR_ARG(cmd->node->words[i].text));
}

static void check_pnpm(df_reader *r)
{
    df_str path = df_need_path(r, r->in->dir, DF_STR("pnpm-workspace.yaml"));
    df_origin origin;

    check_filter(r);
    if (!df_need_find(r, path, &origin))
        return;
    if (!yaml_at(r, r->in->dir))
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(origin.path));
    read_pnpm(r, origin.path, yaml_at(r, r->in->dir));
}

/* corepack takes the nearest version that one of them asks for. */
static void check_parent(df_reader *r, df_str file, const df_json *package)
{
    const df_json *parent = df_context_json(r->b->context, file);

    if (workspaces_of(parent))
        df_need_why(r, "%.*s makes it a workspace", DF_STR_ARG(file));
    if (!df_json_get(package, "packageManager") &&
        df_json_get(parent, "packageManager"))
        df_need_why(r, "%.*s says which %.*s runs", DF_STR_ARG(file),
                    DF_STR_ARG(r->in->cmd->tool));
}

/* All look upwards for a root that has workspaces. */
static void check_parents(df_reader *r, const df_json *package)
{
    df_str dir = r->in->dir;

    while (dir.len > 1) {
        df_origin origin;

        dir = df_image_dir(dir);
        if (!dir.len)
            return;
        if (yaml_at(r, dir))
            df_need_why(r, "pnpm-workspace.yaml makes it a workspace");
        if (df_str_is(r->in->cmd->tool, "yarn") &&
            is_there(r, dir, DF_STR(".yarnrc.yml")))
            df_need_why(r, "a .yarnrc.yml above it counts, too");
        if (df_need_find(r, df_need_path(r, dir, DF_STR("package.json")),
                         &origin))
            check_parent(r, origin.path, package);
    }
}

void df_npm_workspaces(df_reader *r, const df_json *package)
{
    df_str file = r->in->needs[0].origin.path;

    check_parents(r, package);
    add_patches(r, df_json_get(package, "patchedDependencies"));
    if (df_str_is(r->in->cmd->tool, "pnpm")) {
        read_pnpm(r, file, df_json_get(package, "pnpm"));
        check_pnpm(r);
    }
    add_members(r, patterns_of(r, package));
}
