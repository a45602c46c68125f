/* What npm and its kin install. */
#include "facts/finder.h"

/* npm fetches it with git: a URL of git, or `owner/repository`. */
static bool is_git(df_str version)
{
    size_t slash = df_str_find_char(version, '/');

    if (df_str_starts(version, "git") || df_str_has(version, ".git"))
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

/* package-lock.json: "packages" since npm 7, "dependencies" before. */
static void add_lock(df_finder *f, const df_json *lock, bool production)
{
    const df_json *all = df_json_get(lock, "packages");

    f->like.vetted = all != NULL;
    if (!all)
        all = df_json_get(lock, "dependencies");
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
        one.like.git = df_str_starts(from, "git");
        one.like.scripts = is_true(df_json_get(entry, "hasInstallScript"));
        one.like.direct = false;
        df_json_string(df_json_get(entry, "version"), &version);
        df_found_version(&one, module_name(path), version);
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

/* yarn.lock: `name@range:` and `"@scope/name@range", …:` begin an entry, and
 * `version "1.2.3"` stands below. */
static void add_yarn_lock(df_finder *f, df_str text)
{
    df_str line;
    df_str name = DF_STR("");

    f->like.direct = false;
    while (text.len) {
        bool indented;
        size_t at;

        df_str_cut(&text, '\n', &line);
        indented = line.len && df_is_blank(line.ptr[0]);
        line = df_str_trim(line);
        if (indented && df_str_starts(line, "version") && name.len) {
            df_found_version(f, name, quoted(df_str_from(line, 7)));
            name = DF_STR("");
        }
        if (!line.len || indented || line.ptr[0] == '#')
            continue;
        if (df_str_starts(line, "\""))
            line = df_str_from(line, 1);
        at = df_str_find_char(df_str_from(line, 1), '@');
        name = at == SIZE_MAX ? DF_STR("") : df_str_slice(line, 0, at + 1);
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
        f->like.where = lock;
        add_lock(f, df_context_json(f->cx, lock), production);
    } else if (yarn.ptr && df_context_read(f->cx, yarn, &text)) {
        f->like.where = yarn;
        add_yarn_lock(f, text);
    }
}

void df_find_npm(df_finder *f)
{
    const df_sh_node *node = f->cmd->node;

    for (uint32_t n = 0; df_cmd_operand(f->cmd, n); n++) {
        const df_sh_word *word = &node->words[df_cmd_operand(f->cmd, n)];
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
