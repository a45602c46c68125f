/* What pip and its kin install. */
#include <string.h>

#include "base/limits.h"
#include "facts/finder.h"

static df_str parent(df_str path)
{
    size_t i = path.len;

    while (i > 0 && path.ptr[i - 1] != '/')
        i--;
    return df_str_slice(path, 0, i);
}

static bool is_name_byte(char c)
{
    return df_is_name(c) || c == '-' || c == '.';
}

/* Every word of a text that could be a package's name: too many, rather. */
static void add_words(df_finder *f, df_str text)
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
            df_found(f, df_str_slice(text, from, i));
        i += i == from || i < text.len;
    }
}

/* The lowest version behind a name: of `==1.2`, `~=1.2`, `<=1.2`; empty: any.
 */
static df_str version_of(df_str line)
{
    size_t i = 0;
    size_t from;

    while (i < line.len &&
           df_str_find_char(DF_STR("=<~ ;#"), line.ptr[i]) == SIZE_MAX)
        i++;
    if (i >= line.len ||
        df_str_find_char(DF_STR(";#"), line.ptr[i]) != SIZE_MAX ||
        (i && line.ptr[i - 1] == '>'))
        return DF_STR("");
    while (i < line.len &&
           df_str_find_char(DF_STR("=<~ "), line.ptr[i]) != SIZE_MAX)
        i++;
    from = i;
    while (i < line.len && (df_is_digit(line.ptr[i]) || line.ptr[i] == '.'))
        i++;
    return df_str_slice(line, from, i);
}

/* Name of `name[extra]==1.0`. */
static df_str requirement_name(df_str spec)
{
    size_t i = 0;

    while (i < spec.len && is_name_byte(spec.ptr[i]))
        i++;
    return df_str_slice(spec, 0, i);
}

/* Every string in quotes up to the bracket that ends a list; false: no list. */
static bool add_list(df_finder *f, df_str text)
{
    size_t i = 0;

    while (i < text.len && (df_is_space(text.ptr[i]) || text.ptr[i] == '='))
        i++;
    if (i >= text.len || text.ptr[i] != '[')
        return false;
    for (i++; i < text.len && text.ptr[i] != ']'; i++) {
        char quote = text.ptr[i];
        size_t from = i + 1;
        df_str spec;

        if (quote == '#')
            while (i < text.len && text.ptr[i] != '\n')
                i++;
        if (quote != '"' && quote != '\'')
            continue;
        for (i++; i < text.len && text.ptr[i] != quote;)
            i++;
        spec = df_str_slice(text, from, i);
        df_found_version(f, requirement_name(spec), version_of(spec));
    }
    return true;
}

/* Lists behind every mention of a key; what is no list cannot be read. */
static void add_lists(df_finder *f, df_str text, const char *key, df_str file)
{
    size_t at;

    while ((at = df_str_find(text, key)) != SIZE_MAX) {
        text = df_str_from(text, at + strlen(key));
        if (!add_list(f, text) && df_str_starts(df_str_trim(text), "="))
            df_unread(f, file);
    }
}

/* The keys of a table of TOML: `flask = "^2.0"`. */
static void add_toml_table(df_finder *f, df_str text, const char *head)
{
    size_t at = df_str_find(text, head);
    df_str line;

    if (at == SIZE_MAX)
        return;
    text = df_str_from(text, at);
    df_str_cut(&text, '\n', &line);
    while (text.len) {
        df_str name;

        df_str_cut(&text, '\n', &line);
        line = df_str_trim(line);
        if (df_str_starts(line, "["))
            return;
        df_str_cut(&line, '=', &name);
        name = df_str_trim(name);
        if (name.len && name.ptr[0] != '#' && !df_str_is(name, "python"))
            df_found(f, requirement_name(df_str_starts(name, "\"")
                                             ? df_str_from(name, 1)
                                             : name));
    }
}

static void add_pyproject(df_finder *f, df_str text, df_str file)
{
    add_lists(f, text, "\ndependencies", file);
    add_toml_table(f, text, "[tool.poetry.dependencies]");
}

/* setup.py is a program: only what stands there plainly can be read. */
static void add_setup(df_finder *f, df_str text, df_str file)
{
    add_lists(f, text, "install_requires", file);
    if (df_str_ends(file, ".cfg") && df_str_has(text, "install_requires"))
        df_unread(f, file);
}

/* Pipfile.lock: {"default": {"flask": {"version": "==2.0"}}} */
static void add_pipfile_lock(df_finder *f, df_str path)
{
    const df_json *all = df_json_get(df_context_json(f->cx, path), "default");

    for (size_t i = 0; i < df_json_count(all); i++) {
        df_str name;
        df_str version;
        const df_json *entry = df_json_member(all, i, &name);

        df_json_string(df_json_get(entry, "version"), &version);
        df_found_version(f, name, version_of(version));
    }
    if (!all)
        df_unread(f, path);
}

/*
 * What a project says that it depends on: its lock file, or its manifest.
 * Natives and what is loaded are looked for in all of them, too many, rather.
 */
bool df_find_project(df_finder *f, df_str dir)
{
    static const char *const locks[] = {"Pipfile.lock", "poetry.lock",
                                        "uv.lock", "pdm.lock", NULL};
    static const char *const names[] = {"pyproject.toml", "setup.py",
                                        "setup.cfg", "Pipfile", NULL};
    bool locked = false;
    bool found = false;
    df_str text;

    if (df_seen(f, df_fmt(f->arena, "project %.*s", DF_STR_ARG(dir))))
        return true;
    for (const char *const *n = locks; *n; n++) {
        df_str path = df_found_file(f, dir, df_str_of(*n));

        if (!path.ptr || !df_context_read(f->cx, path, &text))
            continue;
        locked = true;
        f->like.where = path;
        if (n == locks)
            add_pipfile_lock(f, path);
        else
            df_find_locked(f, text);
    }
    for (const char *const *n = names; *n; n++) {
        df_str path = df_found_file(f, dir, df_str_of(*n));

        if (!path.ptr || !df_context_read(f->cx, path, &text))
            continue;
        found = true;
        f->like.where = path;
        f->like.direct = true;
        add_words(f, text);
        if (df_str_has(text, "ext_modules") || df_str_has(text, "cythonize"))
            df_found(f, DF_STR("setup.py"));
        if (locked)
            continue;
        if (df_str_is(df_str_of(*n), "pyproject.toml"))
            add_pyproject(f, text, path);
        else if (df_str_is(df_str_of(*n), "Pipfile"))
            add_toml_table(f, text, "[packages]");
        else
            add_setup(f, text, path);
    }
    return found || locked;
}

static void add_requirements(df_finder f, df_str path);

static void add_requirement(df_finder *f, const df_req *req, df_str file)
{
    df_str next = df_fmt(f->arena, "%.*s%.*s", DF_STR_ARG(parent(file)),
                         DF_STR_ARG(req->name));

    switch (req->kind) {
    case DF_REQ_PACKAGE:
        df_found_version(f, req->name, version_of(req->line));
        return;
    case DF_REQ_INCLUDE:
        add_requirements(*f, next);
        return;
    case DF_REQ_URL:
        df_unread(f, req->line);
        return;
    case DF_REQ_LOCAL:
        if (!df_find_project(f,
                             df_image_path(f->arena, f->cmd->dir, req->name)))
            df_unread(f, req->line);
        return;
    case DF_REQ_PLACE:
    case DF_REQ_CONSTRAINT:
    case DF_REQ_OPTION:
        return;
    }
}

static void add_requirements(df_finder f, df_str path)
{
    df_reqs reqs = df_context_requirements(f.cx, path);

    if (df_seen(&f, path))
        return;
    if (!reqs.found || f.depth++ > DF_MAX_DEPTH / 8) {
        df_unread(&f, path);
        return;
    }
    f.like.where = path;
    for (uint32_t i = 0; i < reqs.count; i++)
        add_requirement(&f, &reqs.items[i], path);
}

static void add_file(df_finder *f, df_str value)
{
    df_str path = df_found_file(f, f->cmd->dir, value);

    if (path.ptr)
        add_requirements(*f, path);
    else
        df_unread(f, value);
}

static bool is_path(df_str spec)
{
    return df_str_starts(spec, ".") || df_str_starts(spec, "/") ||
           df_str_ends(spec, ".whl") || df_str_ends(spec, ".tar.gz");
}

static void add_spec(df_finder *f, df_str spec)
{
    if (df_str_has(spec, "git+")) {
        df_unread(f, spec);
    } else if (df_str_has(spec, "://")) {
        df_unread(f, spec);
    } else if (is_path(spec)) {
        if (!df_find_project(f, df_image_path(f->arena, f->cmd->dir, spec)))
            df_unread(f, spec);
    } else {
        df_found_version(f, requirement_name(spec), version_of(spec));
    }
}

/* -r, and -Ur with others before it */
static bool is_bundle(df_str s, char letter)
{
    return s.len > 1 && s.len < 5 && s.ptr[0] == '-' && s.ptr[1] != '-' &&
           s.ptr[s.len - 1] == letter;
}

/* pip install [-r FILE] [-e PATH] SPEC…; words that are computed are lost. */
void df_find_pip(df_finder *f)
{
    const df_sh_node *node = f->cmd->node;
    df_str value;

    for (uint32_t i = f->cmd->tool_word + 1; i < node->nwords; i++) {
        df_str s = node->words[i].is_plain ? node->words[i].value
                                           : node->words[i].text;
        bool next = i + 1 < node->nwords && node->words[i + 1].is_plain;

        if (is_bundle(s, 'r') || df_str_is(s, "--requirement") ||
            is_bundle(s, 'e') || df_str_is(s, "--editable")) {
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
    for (df_operands it = df_cmd_all_operands(f->cmd); df_operands_next(&it);) {
        uint32_t w = it.at;

        if (node->words[w].is_plain && !df_str_is(node->words[w].value, "-"))
            add_spec(f, node->words[w].value);
        else
            df_unread(f, node->words[w].text);
    }
}
