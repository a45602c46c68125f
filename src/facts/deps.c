/* Packages that are installed: see deps.h. */
#include "facts/finder.h"
#include "facts/version.h"

void df_found(df_finder *f, df_str name)
{
    df_dep dep = f->like;

    dep.name = name;
    if (name.len)
        *df_push(f->arena, f->deps, items) = dep;
}

void df_found_version(df_finder *f, df_str name, df_str version)
{
    df_str before = f->like.version;

    f->like.version = version;
    df_found(f, name);
    f->like.version = before;
}

void df_unread(df_finder *f, df_str name)
{
    if (f->deps->unread)
        return;
    f->deps->unread = true;
    f->deps->unread_at = f->like.at;
    f->deps->unread_name = name;
}

bool df_seen(df_finder *f, df_str path)
{
    if (df_map_has(f->seen, path))
        return true;
    df_map_put(f->seen, path, f->seen);
    return false;
}

df_str df_found_file(df_finder *f, df_str dir, df_str path)
{
    path = df_image_path(f->arena, dir, path);
    return df_copied_before(f->arena, f->facts, f->cx, f->like.call->instr,
                            path);
}

/* The value of `key = "value"`; empty if the line is another one. */
static df_str value_of(df_str line, const char *key)
{
    df_str name;

    df_str_cut(&line, '=', &name);
    line = df_str_trim(line);
    if (!df_str_is(df_str_trim(name), key) || line.len < 2 ||
        line.ptr[0] != '"' || line.ptr[line.len - 1] != '"')
        return DF_STR("");
    return df_str_slice(line, 1, line.len - 1);
}

/* A wheel for every platform, or for glibc on amd64 and that Python. */
static bool is_wheel(df_str line, df_str python)
{
    return df_str_has(line, "none-any.whl") ||
           (df_str_has(line, "manylinux") && df_str_has(line, "x86_64") &&
            (df_str_has(line, "-abi3-") ||
             df_str_find(line, python.ptr) != SIZE_MAX));
}

/* "cp312-" for 3.12.4; a name that no file has if it is not known. */
static df_str python_tag(const df_finder *f)
{
    df_str version = df_runtime_version(f->facts->kb, f->stage->root);
    df_str major;
    df_str minor;

    df_str_cut(&version, '.', &major);
    df_str_cut(&version, '.', &minor);
    return df_fmt(f->arena, "cp%.*s%.*s-", DF_STR_ARG(major),
                  DF_STR_ARG(minor));
}

void df_find_locked(df_finder *f, df_str text)
{
    df_str python = python_tag(f);
    df_str name = DF_STR("");
    df_str version = DF_STR("");
    df_str line;

    f->like.direct = false;
    for (bool more = true; more;) {
        more = df_str_cut(&text, '\n', &line);
        line = df_str_trim(line);
        if (df_str_starts(line, "[[") || !more) {
            df_found_version(f, name, version);
            name = version = DF_STR("");
            f->like.plain = false;
        } else if (!name.len && value_of(line, "name").len) {
            name = value_of(line, "name");
        } else if (!version.len && value_of(line, "version").len) {
            version = value_of(line, "version");
        } else if (df_str_starts(line, "source") && df_str_has(line, "git+")) {
            f->like.git = true;
            df_found(f, DF_STR("git"));
            f->like.git = false;
        }
        f->like.plain |= is_wheel(line, python) ||
                         df_str_starts(line, "source = { editable") ||
                         df_str_starts(line, "source = { virtual");
    }
}

static bool is_install(const df_cmd *cmd)
{
    static const char *const subs[] = {
        "install", "i",     "ci",     "add", "clean-install",
        "sync",    "wheel", "global", NULL};

    return df_str_in(cmd->sub, subs) ||
           (!cmd->sub.len && df_str_is(cmd->tool, "yarn"));
}

static void find_in(df_finder f, const df_call *call)
{
    static const char *const npm[] = {"npm", "yarn", "pnpm", "bun", NULL};
    static const char *const projects[] = {"poetry", "pipenv", "uv",
                                           "pdm",    "flit",   NULL};
    df_str tool = call->cmd->tool;

    f.seen = df_new(f.arena, df_map);
    df_map_init(f.seen, f.arena);
    f.cmd = call->cmd;
    f.stage = f.facts->stage_of[call->instr->index];
    f.like = (df_dep){
        .ecosystem = "pip", .call = call, .at = call->at, .direct = true};
    if (df_str_is(tool, "python") &&
        df_str_has(f.cmd->node->text, "setup.py")) {
        if (!df_find_project(&f, f.cmd->dir))
            df_unread(&f, DF_STR("setup.py"));
    } else if ((is_install(f.cmd) && df_str_is(tool, "pip")) ||
               (df_str_is(f.cmd->sub, "pip") && df_str_is(tool, "uv"))) {
        df_find_pip(&f);
    } else if (is_install(f.cmd) && df_str_in(tool, projects)) {
        if (!df_find_project(&f, f.cmd->dir))
            df_unread(&f, DF_STR("pyproject.toml"));
    } else if (is_install(f.cmd) && df_str_in(tool, npm)) {
        f.like.ecosystem = "npm";
        df_find_npm(&f);
    } else if (df_str_is(tool, "gem") || df_str_is(tool, "bundle")) {
        f.like.ecosystem = "gem";
        df_find_gem(&f);
    }
}

/* Wrappers and the like have calls of their own with the same command. */
const df_deps *df_deps_find(df_arena *a, const df_facts *facts, df_context *cx,
                            const df_use *use)
{
    df_deps *deps = df_new(a, df_deps);
    df_finder f = {.arena = a, .facts = facts, .cx = cx, .deps = deps};
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
