/*
 * What npm, yarn, pnpm and bun read of a project.
 *
 * Beside package.json, lock and configuration: what lifecycle scripts read,
 * dependencies that are directories, and the workspaces (workspaces.c).
 */
#include "facts/install.h"

#define MAX_NESTING 8

static df_str command_name(df_reader *r)
{
    return df_install_name(r->b->arena, r->in->cmd);
}

/* --- entries "WHAT: PATH" of the knowledge --- */

/* `*` at the end stands for any words. */
static bool is_entry(const char *entry, df_str what, df_str *path)
{
    df_str rest = df_str_of(entry);
    size_t colon = df_str_find(rest, ": ");
    df_str head = df_str_slice(rest, 0, colon);

    *path = colon == SIZE_MAX ? DF_STR("") : df_str_from(rest, colon + 2);
    if (df_str_ends(head, " *")) {
        head = df_str_slice(head, 0, head.len - 2);
        return df_str_eq(df_str_slice(what, 0, head.len), head) &&
               (what.len == head.len || what.ptr[head.len] == ' ');
    }
    return df_str_eq(head, what);
}

/* A schema may say where its generator writes: into the source. */
static void check_schema(df_reader *r, df_str path)
{
    df_str text;
    df_origin origin;

    if (df_str_ends(path, ".prisma") && df_need_find(r, path, &origin) &&
        df_context_read(r->b->context, origin.path, &text) &&
        df_str_has(text, "output"))
        df_need_why(r, "%.*s generates code into the source",
                    DF_STR_ARG(origin.path));
}

/* package.json may say where its schema is. */
static df_str schema_of(df_reader *r, df_str dir, df_str usual)
{
    df_origin origin;
    df_str path;

    if (df_str_ends(usual, ".prisma") &&
        df_need_find(r, df_need_path(r, dir, DF_STR("package.json")),
                     &origin) &&
        df_json_string(
            df_json_get(df_json_get(df_context_json(r->b->context, origin.path),
                                    "prisma"),
                        "schema"),
            &path))
        return path;
    return usual;
}

/* What the entry says of PATH; `who` wants it. */
static void follow_entry(df_reader *r, df_str dir, df_str path, df_str who)
{
    bool absent = df_str_starts(path, "!");
    df_origin origin;

    if (!path.len)
        return;
    path = schema_of(r, dir, path);
    path = df_need_path(r, dir, df_str_from(path, absent));
    if (!absent) {
        df_need_add(r, path, false);
        check_schema(r, path);
    } else if (df_need_find(r, path, &origin)) {
        df_need_why(r,
                    "%.*s uses %.*s, which is in the copied source; %.*s "
                    "stays below COPY%s",
                    DF_STR_ARG(who), DF_STR_ARG(origin.path),
                    DF_STR_ARG(command_name(r)),
                    df_str_is(df_path_base(origin.path), ".git")
                        ? " unless the ignore file names .git"
                        : "");
    }
}

/* --- lifecycle scripts --- */

/* A word of a script that names something in the project. */
static bool names_source(df_reader *r, df_str dir, df_str script, df_str *found)
{
    df_str word;

    while (script.len) {
        df_origin origin;

        df_str_cut(&script, ' ', &word);
        if (word.len && !df_str_starts(word, "-") &&
            df_need_find(r, df_need_path(r, dir, word), &origin) &&
            origin.path.len) {
            *found = origin.path;
            return true;
        }
    }
    return false;
}

static void blame_script(df_reader *r, df_str dir, df_str file, const char *key,
                         df_str script)
{
    df_str source;
    df_str brief =
        script.len > 70 ? df_fmt(r->b->arena, "%.*s…", 67, script.ptr) : script;

    if (names_source(r, dir, script, &source))
        df_need_why(r,
                    "%.*s's \"%s\" runs %.*s, which is in the copied "
                    "source; %.*s stays below COPY",
                    DF_STR_ARG(file), key, DF_STR_ARG(source),
                    DF_STR_ARG(command_name(r)));
    else
        df_need_why(r,
                    "%.*s's \"%s\" runs `%.*s`, which may read the source; "
                    "%.*s stays below COPY",
                    DF_STR_ARG(file), key, DF_STR_ARG(brief),
                    DF_STR_ARG(command_name(r)));
}

/* One command of a script; false if the knowledge does not have it. */
static bool known_command(df_reader *r, df_str dir, df_str command, df_str who,
                          bool own)
{
    bool found = false;
    df_str path;

    for (df_strings e = r->in->eco->script_reads; *e; e++) {
        if (!is_entry(*e, command, &path))
            continue;
        if (!own && path.len && !df_str_starts(path, "!"))
            return false;
        follow_entry(r, dir, path, who);
        found = true;
    }
    return found;
}

/* Up to the next `&&`, `||` or `;`. */
static df_str take_command(df_str *script)
{
    df_str s = *script;
    size_t i = 0;

    while (i < s.len && s.ptr[i] != ';' && s.ptr[i] != '&' && s.ptr[i] != '|')
        i++;
    *script =
        df_str_from(s, i + (i + 1 < s.len && s.ptr[i] == s.ptr[i + 1] ? 2 : 1));
    return df_str_trim(df_str_slice(s, 0, i));
}

static bool is_plain_script(df_str script)
{
    for (size_t i = 0; i < script.len; i++)
        if (df_str_find_char(DF_STR("$`<>()\\\n"), script.ptr[i]) != SIZE_MAX)
            return false;
    return true;
}

/* nodemon, @vue/cli@5: of the registry. */
static bool is_registry_name(df_str word)
{
    if (df_str_starts(word, "@"))
        word = df_str_from(word, df_str_find_char(word, '/') + 1);
    for (size_t i = 0; i < word.len; i++)
        if (!df_is_name(word.ptr[i]) && word.ptr[i] != '-' &&
            word.ptr[i] != '@' && word.ptr[i] != '.' && word.ptr[i] != '^')
            return false;
    return word.len && df_is_name(word.ptr[0]) && !df_str_ends(word, ".tgz") &&
           !df_str_ends(word, ".gz");
}

/* `npm i -g nodemon`: for the image. */
static bool is_global(df_str command)
{
    static const char *const subs[] = {"add", "i", "install", NULL};
    bool global = false;
    uint32_t names = 0;
    uint32_t i = 0;

    for (df_str word; command.len; i++) {
        df_str_cut(&command, ' ', &word);
        if (i == 0 ? !df_str_is(word, "npm") : i == 1 && !df_str_in(word, subs))
            return false;
        if (i < 2)
            continue;
        if (df_str_is(word, "-g") || df_str_is(word, "--global"))
            global = true;
        else if (!is_registry_name(word))
            return false;
        else
            names++;
    }
    return global && names > 0;
}

/* `cd ..`: a directory that is there before the source is. */
static bool goes_up(df_reader *r, df_str *dir, df_str command)
{
    df_str to;

    if (!df_str_starts(command, "cd "))
        return false;
    to = df_need_path(r, *dir, df_str_trim(df_str_from(command, 3)));
    if (!to.ptr || !df_image_below(*dir, to))
        return false;
    *dir = to;
    return true;
}

static void check_script(df_reader *r, df_str dir, df_str file, const char *key,
                         df_str script)
{
    df_str rest = script;
    df_str own = dir;

    if (!is_plain_script(script)) {
        blame_script(r, dir, file, key, script);
        return;
    }
    while (rest.len) {
        df_str command = take_command(&rest);
        df_str who =
            df_fmt(r->b->arena, "%.*s's \"%s\"", DF_STR_ARG(file), key);

        if (command.len && !goes_up(r, &dir, command) && !is_global(command) &&
            !known_command(r, dir, command, who, df_str_eq(dir, own)))
            blame_script(r, dir, file, key, script);
    }
}

/* Yarn from 2 on writes that into its lock. */
static bool is_later_yarn(df_reader *r)
{
    df_origin origin;
    df_str text;

    return df_str_is(r->in->cmd->tool, "yarn") &&
           df_need_find(r, df_need_path(r, r->in->dir, DF_STR(".yarnrc.yml")),
                        &origin) &&
           df_need_find(r, df_need_path(r, r->in->dir, DF_STR("yarn.lock")),
                        &origin) &&
           df_context_read(r->b->context, origin.path, &text) &&
           df_str_has(text, "__metadata:");
}

/* It runs fewer scripts of the project than others (Yarn, "Lifecycle
 * scripts"). */
static bool runs(df_reader *r, const char *key)
{
    static const char *const of_later[] = {"preinstall", "install",
                                           "postinstall", NULL};

    return df_str_in(df_str_of(key), of_later) || !is_later_yarn(r);
}

static void check_scripts(df_reader *r, df_str dir, df_str file,
                          const df_json *package)
{
    const df_json *scripts = df_json_get(package, "scripts");
    df_str gyp = df_need_path(r, dir, DF_STR("binding.gyp"));
    df_origin origin;
    df_str script;

    if (df_cmd_is_on(r->in->cmd, "--ignore-scripts"))
        return;
    for (df_strings key = r->in->eco->scripts; *key; key++)
        if (runs(r, *key) &&
            df_json_string(df_json_get(scripts, *key), &script))
            check_script(r, dir, file, *key, script);
    if (df_need_find(r, gyp, &origin))
        df_need_why(r, "%.*s compiles the source; %.*s stays below COPY",
                    DF_STR_ARG(origin.path), DF_STR_ARG(command_name(r)));
}

/* --- dependencies --- */

/* A patch of Yarn's: of its own, or of the directory that travels. */
static bool is_known_patch(df_str spec)
{
    return df_str_starts(spec, "patch:") &&
           (df_str_has(spec, "#.yarn/patches/") ||
            df_str_has(spec, "#./.yarn/patches/") ||
            df_str_has(spec, "#~/.yarn/patches/") ||
            df_str_has(spec, "#~builtin<"));
}

static bool is_local(df_reader *r, df_str spec)
{
    static const char *const starts[] = {
        "file:", "link:", "portal:", "workspace:", "patch:",    "exec:",
        "./",    "../",   "/",       "~/",         "git+file:", NULL};

    if (is_known_patch(spec) ||
        (df_str_starts(spec, "workspace:") && df_npm_has_workspaces(r)))
        return false;
    for (const char *const *s = starts; *s; s++)
        if (df_str_starts(spec, *s))
            return true;
    return !df_str_has(spec, "://") &&
           (df_str_ends(spec, ".tgz") || df_str_ends(spec, ".tar.gz"));
}

/* Every version in an object of dependencies, or of overrides in it. */
void df_npm_versions(df_reader *r, df_str file, const df_json *object,
                     unsigned depth)
{
    df_str key, spec;

    for (size_t i = 0; i < df_json_count(object); i++) {
        const df_json *value = df_json_is_array(object)
                                   ? df_json_at(object, i)
                                   : df_json_member(object, i, &key);

        if (df_json_string(value, &spec)) {
            if (is_local(r, spec))
                df_need_why(r, "%.*s installs %.*s; it is part of the source",
                            DF_STR_ARG(file), DF_STR_ARG(spec));
        } else if (depth < MAX_NESTING) {
            df_npm_versions(r, file, value, depth + 1);
        }
    }
}

/* The major version that a range allows; 0 if it does not say one. */
static unsigned major_of(df_str range)
{
    unsigned n = 0;

    while (range.len &&
           df_str_find_char(DF_STR("^~>=v "), *range.ptr) != SIZE_MAX)
        range = df_str_from(range, 1);
    for (size_t i = 0; i < range.len && i < 4 && df_is_digit(range.ptr[i]); i++)
        n = n * 10 + (unsigned)(range.ptr[i] - '0');
    return n;
}

/* `NAME<N: PATH` is about versions before N. */
static bool is_package_entry(const char *entry, df_str name, df_str range,
                             df_str *path)
{
    df_str rest = df_str_of(entry);
    size_t less = df_str_find_char(rest, '<');

    if (less == SIZE_MAX)
        return is_entry(entry, name, path);
    if (!df_str_eq(df_str_slice(rest, 0, less), name) ||
        major_of(range) >= major_of(df_str_from(rest, less + 1)))
        return false;
    rest = df_str_from(rest, df_str_find(rest, ": ") + 2);
    *path = rest;
    return true;
}

static void check_package(df_reader *r, df_str dir, df_str name, df_str range)
{
    df_str path;

    if (df_cmd_is_on(r->in->cmd, "--ignore-scripts"))
        return;
    for (df_strings e = r->in->eco->package_reads; *e; e++)
        if (is_package_entry(*e, name, range, &path))
            follow_entry(
                r, dir, path,
                df_fmt(r->b->arena, "the package %.*s", DF_STR_ARG(name)));
}

static void check_dependencies(df_reader *r, df_str dir, df_str file,
                               const df_json *package)
{
    static const char *const lists[] = {"dependencies",
                                        "devDependencies",
                                        "optionalDependencies",
                                        "peerDependencies",
                                        "overrides",
                                        "resolutions",
                                        "bundledDependencies",
                                        NULL};

    for (const char *const *l = lists; *l; l++) {
        const df_json *list = df_json_get(package, *l);
        df_str name, range;

        df_npm_versions(r, file, list, 0);
        for (size_t i = 0; df_json_is_object(list) && i < df_json_count(list);
             i++) {
            df_json_string(df_json_member(list, i, &name), &range);
            check_package(r, dir, name, range);
        }
    }
}

/* A package of the project: its scripts, and what it depends on. */
void df_npm_package(df_reader *r, df_str dir, df_str file,
                    const df_json *package)
{
    check_dependencies(r, dir, file, package);
    check_scripts(r, dir, file, package);
}

/* --- configuration and lock --- */

/* `key = value` and, in .yarnrc, `key "value"`: a file it names travels. */
static void add_named(df_reader *r, df_str line)
{
    size_t eq = df_str_find_char(line, '=');
    size_t blank = df_str_find_char(line, ' ');
    df_str value =
        df_str_trim(df_str_from(line, eq != SIZE_MAX      ? eq + 1
                                      : blank != SIZE_MAX ? blank + 1
                                                          : line.len));
    df_origin origin;
    df_str path;

    if (value.len > 1 && (value.ptr[0] == '"' || value.ptr[0] == '\''))
        value = df_str_slice(value, 1, value.len - 1);
    path = df_need_path(r, r->in->dir, value);
    if (!value.len || df_str_has(value, "://") ||
        !df_need_find(r, path, &origin))
        return;
    for (uint32_t i = 0; i < r->in->nneeds; i++)
        if (df_image_below(path, r->in->needs[i].path))
            return;
    if (!origin.path.len || df_image_below(r->in->dir, path))
        df_need_why(r, "its configuration names the whole source");
    else
        df_need_add(r, path, false);
}

static void add_config_files(df_reader *r)
{
    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str path = r->in->needs[i].origin.path;
        df_str base = df_path_base(path);
        df_str text, line;

        if ((!df_str_is(base, ".npmrc") && !df_str_is(base, ".yarnrc")) ||
            !df_context_read(r->b->context, path, &text))
            continue;
        while (text.len) {
            df_str_cut(&text, '\n', &line);
            line = df_str_trim(line);
            if (line.len && line.ptr[0] != '#' && line.ptr[0] != ';')
                add_named(r, line);
        }
    }
}

/* The yarn that .yarnrc.yml names: where it is missing, hosts have it that
 * build the image, and it has to travel all the same. */
static void check_yarn_path(df_reader *r)
{
    df_origin origin;
    df_str value;

    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str path = r->in->needs[i].origin.path;

        if (df_str_is(df_path_base(path), ".yarnrc.yml") &&
            df_json_string(
                df_json_get(df_context_yaml(r->b->context, path), "yarnPath"),
                &value) &&
            !df_need_find(r, df_need_path(r, r->in->dir, value), &origin))
            df_need_why(r,
                        "%.*s, which %.*s names, is not in the build context",
                        DF_STR_ARG(value), DF_STR_ARG(path));
    }
}

static void check_locks(df_reader *r)
{
    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str path = r->in->needs[i].origin.path;
        df_str text;

        if (r->in->needs[i].main ||
            r->in->needs[i].origin.kind != DF_FILE_REGULAR ||
            !df_context_read(r->b->context, path, &text))
            continue;
        if ((df_str_is(df_path_base(path), "pnpm-lock.yaml") &&
             ((df_str_has(text, ": link:") && !df_npm_has_workspaces(r)) ||
              df_str_has(text, "type: directory"))) ||
            (!df_npm_has_workspaces(r) && !df_str_ends(path, ".yaml") &&
             df_str_has(text, "\"file:")))
            df_need_why(r,
                        "%.*s installs from a directory; it is part of the "
                        "source",
                        DF_STR_ARG(path));
    }
}

bool df_install_npm(df_reader *r)
{
    const df_json *package;
    df_str path;

    if (df_cmd_operands(r->in->cmd) > df_install_name_words(r->in->cmd))
        return false;
    if (!df_install_manifests(r))
        return true;
    path = r->in->needs[0].origin.path;
    package = df_context_json(r->b->context, path);
    if (!df_json_is_object(package)) {
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(path));
        return true;
    }
    df_npm_workspaces(r, package);
    df_npm_package(r, r->in->dir, path, package);
    add_config_files(r);
    check_yarn_path(r);
    check_locks(r);
    return true;
}
