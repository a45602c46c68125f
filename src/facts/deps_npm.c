/* What npm and its kin install. */
#include "base/limits.h"
#include "facts/finder.h"

/*
 * npm fetches it with git: a URL of git, `owner/repository`, or a page of a
 * host of repositories, if that is not an archive (npm install).
 */
static bool is_git(df_str version)
{
    static const char *const hosts[] = {"//github.com/", "//gitlab.com/",
                                        "//bitbucket.org/",
                                        "//gist.github.com/", NULL};
    size_t slash = df_str_find_char(version, '/');

    if (df_str_starts(version, "git") || df_str_has(version, ".git"))
        return true;
    for (const char *const *h = hosts; *h; h++)
        if (df_str_has(version, *h) && !df_str_has(version, ".tgz") &&
            !df_str_has(version, ".tar.gz") &&
            !df_str_has(version, "/tarball/") &&
            !df_str_has(version, "/archive/"))
            return true;
    return slash != SIZE_MAX && df_is_alpha(version.ptr[0]) &&
           df_str_find_char(version, ':') == SIZE_MAX;
}

/* The lowest version of a range; empty: the newest will do, or it says none. */
static df_str lowest(df_str range)
{
    size_t i = 0;
    size_t from;

    if (df_str_starts(range, ">"))
        return DF_STR("");
    while (i < range.len &&
           df_str_find_char(DF_STR("^~=v "), range.ptr[i]) != SIZE_MAX)
        i++;
    from = i;
    while (i < range.len && (df_is_digit(range.ptr[i]) || range.ptr[i] == '.'))
        i++;
    return df_str_slice(range, from, i);
}

/* A lock file, if there is one, says which version it is. */
static void add_table(df_finder *f, const df_json *table, bool locked)
{
    for (size_t i = 0; i < df_json_count(table); i++) {
        df_str name;
        df_str version;
        df_finder one = *f;

        df_json_string(df_json_member(table, i, &name), &version);
        one.like.git = is_git(version);
        one.like.plain = locked;
        df_found_version(&one, name,
                         one.like.git || locked ? DF_STR("") : lowest(version));
    }
}

static bool is_true(const df_json *node)
{
    df_str ignored;

    return node && !df_json_is_object(node) && !df_json_is_array(node) &&
           !df_json_string(node, &ignored);
}

/* `a/node_modules/@b/c` is @b/c. */
static df_str module_name(df_str path)
{
    size_t at;

    while ((at = df_str_find(path, "node_modules/")) != SIZE_MAX)
        path = df_str_from(path, at + 13);
    return path;
}

/* Who depends on one of these has code to compile, or fetches it compiled. */
static bool is_mark(df_str name)
{
    static const char *const marks[] = {"@mapbox/node-pre-gyp",
                                        "bindings",
                                        "nan",
                                        "node-addon-api",
                                        "node-gyp",
                                        "node-gyp-build",
                                        "node-gyp-build-optional-packages",
                                        "node-pre-gyp",
                                        "prebuild",
                                        "prebuild-install",
                                        "prebuildify",
                                        NULL};

    return df_str_in(name, marks);
}

/* "requires" of an entry of the time before npm 7. */
static bool has_mark(const df_json *requires)
{
    df_str name;

    for (size_t i = 0; i < df_json_count(requires); i++) {
        df_json_member(requires, i, &name);
        if (is_mark(name))
            return true;
    }
    return false;
}

/*
 * package-lock.json: "packages" since npm 7, which says who has an install
 * script; "dependencies" before, one within the other.
 */
static void add_lock(df_finder *f, const df_json *all, bool scripts,
                     bool production)
{
    for (size_t i = 0; i < df_json_count(all); i++) {
        df_str path;
        df_str from;
        df_str version;
        df_finder one = *f;
        const df_json *entry = df_json_member(all, i, &path);

        if (is_true(df_json_get(entry, "optional")) ||
            (production && is_true(df_json_get(entry, "dev"))))
            continue;
        df_json_string(df_json_get(entry, "resolved"), &from);
        df_json_string(df_json_get(entry, "version"), &version);
        one.like.git =
            df_str_starts(from, "git") || df_str_starts(version, "git");
        one.like.plain = scripts
                             ? !is_true(df_json_get(entry, "hasInstallScript"))
                             : !has_mark(df_json_get(entry, "requires"));
        one.like.direct = false;
        one.like.scripts_unknown = !scripts;
        df_found_version(&one, module_name(path), version);
        if (!scripts && one.depth++ < DF_MAX_DEPTH / 8)
            add_lock(&one, df_json_get(entry, "dependencies"), false,
                     production);
    }
}

/* `: 1.2` and ` "1.2"` are 1.2. */
static df_str quoted(df_str text)
{
    while (text.len &&
           df_str_find_char(DF_STR(": \""), text.ptr[0]) != SIZE_MAX)
        text = df_str_from(text, 1);
    while (text.len &&
           df_str_find_char(DF_STR("\"\r"), text.ptr[text.len - 1]) != SIZE_MAX)
        text = df_str_slice(text, 0, text.len - 1);
    return text;
}

/* "@mapbox/node-pre-gyp" and node-gyp: are without quotes and colon. */
static df_str unquoted(df_str word)
{
    if (df_str_ends(word, ":"))
        word = df_str_slice(word, 0, word.len - 1);
    return word.len > 1 && word.ptr[0] == '"'
               ? df_str_slice(word, 1, word.len - 1)
               : word;
}

/*
 * yarn.lock: `name@range:` and `"@scope/name@range", …:` begin an entry,
 * `version "1.2.3"` stands below, `    nan "^2.14"` among what it depends on.
 */
static void add_yarn_lock(df_finder *f, df_str text)
{
    df_str name = DF_STR("");
    df_str version = DF_STR("");
    df_str line;

    f->like.direct = false;
    f->like.plain = f->like.scripts_unknown = true;
    for (bool more = true; more;) {
        df_str word;
        bool indented;
        size_t at;

        more = df_str_cut(&text, '\n', &line);
        indented = line.len && df_is_blank(line.ptr[0]);
        line = df_str_trim(line);
        if ((!indented && line.len && line.ptr[0] != '#') || !more) {
            df_found_version(f, name, version);
            f->like.plain = true;
            line = df_str_starts(line, "\"") ? df_str_from(line, 1) : line;
            at = line.len ? df_str_find_char(df_str_from(line, 1), '@')
                          : SIZE_MAX;
            name = at == SIZE_MAX ? DF_STR("") : df_str_slice(line, 0, at + 1);
            version = DF_STR("");
        } else if (indented && df_str_starts(line, "version")) {
            version = quoted(df_str_from(line, 7));
        } else if (indented) {
            df_str_cut(&line, ' ', &word);
            f->like.plain &= !is_mark(unquoted(word));
        }
    }
}

static bool for_production(const df_finder *f)
{
    const df_var *env = df_var_get(f->cmd->run->state, DF_STR("NODE_ENV"));
    df_str omit;

    return df_cmd_has(f->cmd, "--production") || df_cmd_has(f->cmd, "--prod") ||
           df_cmd_has(f->cmd, "--only=production") ||
           (df_cmd_value(f->cmd, "--omit", &omit) && df_str_is(omit, "dev")) ||
           (env && env->env && df_str_is(env->value, "production"));
}

static df_str npm_dir(df_finder *f)
{
    static const char *const options[] = {"--prefix", "--cwd", "--dir", "-C",
                                          NULL};
    df_str dir = f->cmd->dir;
    df_str value;

    for (const char *const *o = options; *o; o++)
        if (df_cmd_value(f->cmd, *o, &value))
            dir = df_image_path(f->arena, dir, value);
    return dir;
}

static void add_manifest(df_finder *f, df_str dir)
{
    df_str path = df_found_file(f, dir, DF_STR("package.json"));
    df_str lock = df_found_file(f, dir, DF_STR("package-lock.json"));
    df_str yarn = df_found_file(f, dir, DF_STR("yarn.lock"));
    const df_json *root = path.ptr ? df_context_json(f->cx, path) : NULL;
    bool production = for_production(f);
    bool locked = (lock.ptr && df_context_json(f->cx, lock)) || yarn.ptr;
    df_str text;

    if (!root) {
        df_unread(f, DF_STR("package.json"));
        return;
    }
    f->like.where = path;
    add_table(f, df_json_get(root, "dependencies"), locked);
    if (!production)
        add_table(f, df_json_get(root, "devDependencies"), locked);
    if (lock.ptr) {
        const df_json *all = df_context_json(f->cx, lock);
        const df_json *packages = df_json_get(all, "packages");

        f->like.where = lock;
        add_lock(f, packages ? packages : df_json_get(all, "dependencies"),
                 packages != NULL, production);
    } else if (yarn.ptr && df_context_read(f->cx, yarn, &text)) {
        f->like.where = yarn;
        add_yarn_lock(f, text);
    }
}

void df_find_npm(df_finder *f)
{
    df_operands it = df_cmd_all_operands(f->cmd);

    while (df_operands_next(&it)) {
        const df_sh_word *word = df_cmd_word(f->cmd, it.at);
        df_str s = word->value;
        size_t at;

        if (!word->is_plain) {
            df_unread(f, word->text);
            continue;
        }
        if (df_str_starts(s, ".") || df_str_starts(s, "/")) {
            add_manifest(f, df_image_path(f->arena, f->cmd->dir, s));
            continue;
        }
        at = df_str_find_char(df_str_from(s, 1), '@');
        f->like.git = is_git(s) && s.ptr[0] != '@';
        df_found(f, at == SIZE_MAX ? s : df_str_slice(s, 0, at + 1));
    }
    if (!df_cmd_operands(f->cmd))
        add_manifest(f, npm_dir(f));
}
