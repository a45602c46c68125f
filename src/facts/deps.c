/* Packages that are installed: see deps.h. */
#include <dfopt/deps.h>

#include "base/limits.h"

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *cx;
    df_deps *deps;
    const df_cmd *cmd;
    const df_stage *stage;
    df_dep like; /* what the packages at hand have in common */
    unsigned depth;
} finder;

static void add(finder *f, df_str name)
{
    df_dep dep = f->like;

    dep.name = name;
    if (name.len)
        *df_push(f->arena, f->deps, items) = dep;
}

static void unread(finder *f, df_str name)
{
    if (f->deps->unread)
        return;
    f->deps->unread = true;
    f->deps->unread_at = f->like.at;
    f->deps->unread_name = name;
}

static df_str in_context(finder *f, df_str dir, df_str path)
{
    path = df_image_path(f->arena, dir, path);
    return df_copied_from(f->arena, f->facts, f->cx, f->stage, path);
}

static df_str parent(df_str path)
{
    size_t i = path.len;

    while (i > 0 && path.ptr[i - 1] != '/')
        i--;
    return df_str_slice(path, 0, i);
}

/* pip */

static bool is_name_byte(char c)
{
    return df_is_name(c) || c == '-' || c == '.';
}

/* Every word of a text that could be a package's name: too many, rather. */
static void add_words(finder *f, df_str text)
{
    size_t i = 0;

    while (i < text.len) {
        size_t from = i;

        while (i < text.len && is_name_byte(text.ptr[i]))
            i++;
        if (i > from + 1 && (df_kb_native(f->facts->kb, f->like.ecosystem,
                                          df_str_slice(text, from, i)) ||
                             df_kb_load_of(f->facts->kb, f->like.ecosystem,
                                           df_str_slice(text, from, i))))
            add(f, df_str_slice(text, from, i));
        i += i == from || i < text.len;
    }
}

/* Files of a project that say what it depends on, in many forms. */
static bool add_project(finder *f, df_str dir)
{
    static const char *const names[] = {
        "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock",
        "poetry.lock",    "pdm.lock", "uv.lock",   NULL};
    bool found = false;

    for (const char *const *n = names; *n; n++) {
        df_str path = in_context(f, dir, df_str_of(*n));
        df_str text;

        if (!path.ptr || !df_context_read(f->cx, path, &text))
            continue;
        found = true;
        f->like.where = path;
        add_words(f, text);
        if (df_str_has(text, "ext_modules") || df_str_has(text, "cythonize"))
            add(f, DF_STR("setup.py"));
    }
    return found;
}

static void add_requirements(finder f, df_str path);

static void add_requirement(finder *f, const df_req *req, df_str file)
{
    df_str next = df_fmt(f->arena, "%.*s%.*s", DF_STR_ARG(parent(file)),
                         DF_STR_ARG(req->name));

    switch (req->kind) {
    case DF_REQ_PACKAGE:
        add(f, req->name);
        return;
    case DF_REQ_INCLUDE:
        add_requirements(*f, next);
        return;
    case DF_REQ_URL:
        if (df_str_has(req->line, "git+")) {
            finder git = *f;

            git.like.git = true;
            add(&git, DF_STR("git"));
        }
        return;
    case DF_REQ_LOCAL:
        if (!add_project(f, parent(f->cmd->dir)))
            add_project(f, f->cmd->dir);
        return;
    case DF_REQ_PLACE:
    case DF_REQ_CONSTRAINT:
    case DF_REQ_OPTION:
        return;
    }
}

static void add_requirements(finder f, df_str path)
{
    df_reqs reqs = df_context_requirements(f.cx, path);

    if (!reqs.found || f.depth++ > DF_MAX_DEPTH / 8) {
        unread(&f, path);
        return;
    }
    f.like.where = path;
    for (uint32_t i = 0; i < reqs.count; i++)
        add_requirement(&f, &reqs.items[i], path);
}

static void add_file(finder *f, df_str value)
{
    df_str path = in_context(f, f->cmd->dir, value);

    if (path.ptr)
        add_requirements(*f, path);
    else
        unread(f, value);
}

/* Name of `name[extra]==1.0`. */
static df_str requirement_name(df_str spec)
{
    size_t i = 0;

    while (i < spec.len && is_name_byte(spec.ptr[i]))
        i++;
    return df_str_slice(spec, 0, i);
}

static bool is_path(df_str spec)
{
    return df_str_starts(spec, ".") || df_str_starts(spec, "/") ||
           df_str_ends(spec, ".whl") || df_str_ends(spec, ".tar.gz");
}

static void add_spec(finder *f, df_str spec)
{
    if (df_str_has(spec, "git+")) {
        finder git = *f;

        git.like.git = true;
        add(&git, DF_STR("git"));
    } else if (df_str_has(spec, "://")) {
        return;
    } else if (is_path(spec)) {
        if (!add_project(f, df_image_path(f->arena, f->cmd->dir, spec)))
            unread(f, spec);
    } else {
        add(f, requirement_name(spec));
    }
}

/* pip install [-r FILE] [-e PATH] SPEC…; words that are computed are lost. */
static void add_pip(finder *f)
{
    const df_sh_node *node = f->cmd->node;
    df_str value;

    for (uint32_t i = f->cmd->tool_word + 1; i < node->nwords; i++) {
        df_str s = node->words[i].is_plain ? node->words[i].value
                                           : node->words[i].text;
        bool next = i + 1 < node->nwords && node->words[i + 1].is_plain;

        if (df_str_is(s, "-r") || df_str_is(s, "--requirement") ||
            df_str_is(s, "-e") || df_str_is(s, "--editable")) {
            value = next ? node->words[i + 1].value : DF_STR("?");
            if (s.ptr[s.len - 1] == 'e')
                add_spec(f, value);
            else
                add_file(f, value);
        } else if (df_str_starts(s, "--requirement=")) {
            add_file(f, df_str_from(s, 14));
        } else if (df_str_starts(s, "-r") && s.len > 2) {
            add_file(f, df_str_from(s, 2));
        }
    }
    for (uint32_t n = 0; df_cmd_operand(f->cmd, n); n++) {
        uint32_t w = df_cmd_operand(f->cmd, n);

        if (node->words[w].is_plain && !df_str_is(node->words[w].value, "-"))
            add_spec(f, node->words[w].value);
        else
            unread(f, node->words[w].text);
    }
}

/* npm */

/* npm fetches it with git: a URL of git, or `owner/repository`. */
static bool is_git(df_str version)
{
    size_t slash = df_str_find_char(version, '/');

    if (df_str_starts(version, "git") || df_str_has(version, ".git"))
        return true;
    return slash != SIZE_MAX && df_is_alpha(version.ptr[0]) &&
           df_str_find_char(version, ':') == SIZE_MAX;
}

static void add_table(finder *f, const df_json *table)
{
    for (size_t i = 0; i < df_json_count(table); i++) {
        df_str name;
        df_str version;
        finder one = *f;

        df_json_string(df_json_member(table, i, &name), &version);
        one.like.git = is_git(version);
        add(&one, name);
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
static void add_lock(finder *f, const df_json *lock, bool production)
{
    const df_json *all = df_json_get(lock, "packages");

    f->like.vetted = all != NULL;
    if (!all)
        all = df_json_get(lock, "dependencies");
    for (size_t i = 0; i < df_json_count(all); i++) {
        df_str path;
        df_str from;
        finder one = *f;
        const df_json *entry = df_json_member(all, i, &path);

        if (is_true(df_json_get(entry, "optional")) ||
            (production && is_true(df_json_get(entry, "dev"))))
            continue;
        df_json_string(df_json_get(entry, "resolved"), &from);
        one.like.git = df_str_starts(from, "git");
        one.like.scripts = is_true(df_json_get(entry, "hasInstallScript"));
        one.like.direct = false;
        add(&one, module_name(path));
    }
}

/* yarn.lock: `name@range:` and `"@scope/name@range", …:` begin an entry. */
static void add_yarn_lock(finder *f, df_str text)
{
    df_str line;

    f->like.direct = false;
    while (text.len) {
        size_t at;

        df_str_cut(&text, '\n', &line);
        if (df_str_starts(line, "\""))
            line = df_str_from(line, 1);
        if (!line.len || df_is_blank(line.ptr[0]) || line.ptr[0] == '#')
            continue;
        at = df_str_find_char(df_str_from(line, 1), '@');
        if (at != SIZE_MAX)
            add(f, df_str_slice(line, 0, at + 1));
    }
}

static bool for_production(const finder *f)
{
    const df_var *env = df_var_get(f->cmd->run->state, DF_STR("NODE_ENV"));
    df_str omit;

    return df_cmd_has(f->cmd, "--production") || df_cmd_has(f->cmd, "--prod") ||
           df_cmd_has(f->cmd, "--only=production") ||
           (df_cmd_value(f->cmd, "--omit", &omit) && df_str_is(omit, "dev")) ||
           (env && env->env && df_str_is(env->value, "production"));
}

static df_str npm_dir(finder *f)
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

static void add_manifest(finder *f, df_str dir)
{
    df_str path = in_context(f, dir, DF_STR("package.json"));
    df_str lock = in_context(f, dir, DF_STR("package-lock.json"));
    df_str yarn = in_context(f, dir, DF_STR("yarn.lock"));
    const df_json *root = path.ptr ? df_context_json(f->cx, path) : NULL;
    bool production = for_production(f);
    df_str text;

    if (!root) {
        unread(f, DF_STR("package.json"));
        return;
    }
    f->like.where = path;
    add_table(f, df_json_get(root, "dependencies"));
    if (!production)
        add_table(f, df_json_get(root, "devDependencies"));
    if (lock.ptr) {
        f->like.where = lock;
        add_lock(f, df_context_json(f->cx, lock), production);
    } else if (yarn.ptr && df_context_read(f->cx, yarn, &text)) {
        f->like.where = yarn;
        add_yarn_lock(f, text);
    }
}

static void add_npm(finder *f)
{
    const df_sh_node *node = f->cmd->node;

    for (uint32_t n = 0; df_cmd_operand(f->cmd, n); n++) {
        const df_sh_word *word = &node->words[df_cmd_operand(f->cmd, n)];
        df_str s = word->value;
        size_t at;

        if (!word->is_plain) {
            unread(f, word->text);
            continue;
        }
        if (df_str_starts(s, ".") || df_str_starts(s, "/")) {
            add_manifest(f, df_image_path(f->arena, f->cmd->dir, s));
            continue;
        }
        at = df_str_find_char(df_str_from(s, 1), '@');
        f->like.git = is_git(s) && s.ptr[0] != '@';
        add(f, at == SIZE_MAX ? s : df_str_slice(s, 0, at + 1));
    }
    if (!df_cmd_operands(f->cmd))
        add_manifest(f, npm_dir(f));
}

static bool is_install(const df_cmd *cmd)
{
    static const char *const subs[] = {
        "install", "i",     "ci",     "add", "clean-install",
        "sync",    "wheel", "global", NULL};

    return df_str_in(cmd->sub, subs) ||
           (!cmd->sub.len && df_str_is(cmd->tool, "yarn"));
}

static void find_in(finder f, const df_call *call)
{
    static const char *const npm[] = {"npm", "yarn", "pnpm", "bun", NULL};
    static const char *const projects[] = {"poetry", "pipenv", "uv",
                                           "pdm",    "flit",   NULL};
    df_str tool = call->cmd->tool;

    f.cmd = call->cmd;
    f.stage = f.facts->stage_of[call->instr->index];
    f.like = (df_dep){
        .ecosystem = "pip", .call = call, .at = call->at, .direct = true};
    if (df_str_is(tool, "python") &&
        df_str_has(f.cmd->node->text, "setup.py")) {
        if (!add_project(&f, f.cmd->dir))
            unread(&f, DF_STR("setup.py"));
    } else if ((is_install(f.cmd) && df_str_is(tool, "pip")) ||
               (df_str_is(f.cmd->sub, "pip") && df_str_is(tool, "uv"))) {
        add_pip(&f);
    } else if (is_install(f.cmd) && df_str_in(tool, projects)) {
        if (!add_project(&f, f.cmd->dir))
            unread(&f, DF_STR("pyproject.toml"));
    } else if (is_install(f.cmd) && df_str_in(tool, npm)) {
        f.like.ecosystem = "npm";
        add_npm(&f);
    }
}

/* Wrappers and the like have calls of their own with the same command. */
const df_deps *df_deps_find(df_arena *a, const df_facts *facts, df_context *cx,
                            const df_use *use)
{
    df_deps *deps = df_new(a, df_deps);
    finder f = {.arena = a, .facts = facts, .cx = cx, .deps = deps};
    const df_cmd *last = NULL;

    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_call *call = &use->calls[i];

        if (!call->cmd || call->cmd == last)
            continue;
        last = call->cmd;
        if (call->cmd->tool.ptr)
            find_in(f, call);
    }
    return deps;
}
