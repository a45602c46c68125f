/*
 * Programs that JavaScript and Python start: calls like execSync('git …') or
 * subprocess.run(["git", …]), whose first argument begins with a literal.
 */
#include <dfopt/use.h>

static const char *const STARTERS[] = {
    "call",         "check_call", "check_output", "exec",  "execa", "execFile",
    "execFileSync", "execSync",   "getoutput",    "Popen", "popen", "run",
    "spawn",        "spawnSync",  "system",       "which", NULL};

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static bool is_source(df_str path)
{
    static const char *const ends[] = {".js",  ".cjs", ".mjs", ".ts",
                                       ".tsx", ".jsx", ".py",  NULL};

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(path, *e))
            return true;
    return false;
}

static bool starts_programs(df_str text)
{
    return df_str_has(text, "child_process") || df_str_has(text, "execa") ||
           df_str_has(text, "shelljs") || df_str_has(text, "subprocess") ||
           df_str_has(text, "os.system") || df_str_has(text, "popen");
}

/* The word that a literal at `i` begins with: argv[0] of a command line. */
static df_str literal(df_str text, size_t i)
{
    size_t from;

    while (i < text.len && (df_is_space(text.ptr[i]) || text.ptr[i] == '['))
        i++;
    if (i < text.len && (text.ptr[i] == 'f' || text.ptr[i] == 'r'))
        i++;
    if (i >= text.len || !is_quote(text.ptr[i]))
        return DF_STR("");
    from = ++i;
    for (; i < text.len && !df_is_space(text.ptr[i]) && !is_quote(text.ptr[i]);
         i++)
        if (text.ptr[i] == '/')
            from = i + 1;
    return df_str_slice(text, from, i);
}

/* The name that stands before a parenthesis at `i`. */
static df_str callee(df_str text, size_t i)
{
    size_t from = i;

    while (from > 0 && df_is_name(text.ptr[from - 1]))
        from--;
    return df_str_slice(text, from, i);
}

static bool find_in(df_str text, const char *const *names, df_spawn *out)
{
    for (size_t i = 0; i < text.len; i++) {
        df_str name;

        if (text.ptr[i] != '(' || !df_str_in(callee(text, i), STARTERS))
            continue;
        name = literal(text, i + 1);
        if (!name.len || !df_str_in(name, names))
            continue;
        out->name = name;
        out->line = df_line_of(text, i);
        return true;
    }
    return false;
}

df_spawn df_spawn_find(df_context *cx, const df_files *files,
                       const char *const *names)
{
    df_spawn out = {.line = 0};

    for (uint32_t i = 0; i < files->npaths; i++) {
        df_str text;

        if (!is_source(files->paths[i]) ||
            !df_context_read(cx, files->paths[i], &text) ||
            !starts_programs(text))
            continue;
        out.file = files->paths[i];
        if (find_in(text, names, &out))
            return out;
    }
    return (df_spawn){.line = 0};
}
