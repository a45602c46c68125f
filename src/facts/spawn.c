/*
 * Programs that JavaScript, Python and Ruby start: calls like execSync('git …')
 * or subprocess.run(["git", …]), whose first argument begins with a literal.
 */
#include <dfopt/use.h>

static const char *const STARTERS[] = {
    "call",       "capture2",     "capture2e", "capture3",
    "check_call", "check_output", "exec",      "execa",
    "execFile",   "execFileSync", "execSync",  "getoutput",
    "Popen",      "popen",        "popen3",    "run",
    "spawn",      "spawnSync",    "system",    "which",
    NULL};

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static bool is_source(df_str path)
{
    static const char *const ends[] = {".js",  ".cjs", ".mjs", ".ts", ".tsx",
                                       ".jsx", ".py",  ".rb",  NULL};

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(path, *e))
            return true;
    return false;
}

bool df_text_spawns(df_str text)
{
    return df_str_has(text, "child_process") || df_str_has(text, "execa") ||
           df_str_has(text, "shelljs") || df_str_has(text, "subprocess") ||
           df_str_has(text, "system") || df_str_has(text, "popen") ||
           df_str_has(text, "Open3");
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

/* A parenthesis behind the name of a starter; in Ruby a blank will do, and
 * text in backquotes starts what it says. */
static bool starts_at(df_str text, size_t i, bool ruby)
{
    char c = text.ptr[i];

    if (ruby && c == '`')
        return true;
    return (c == '(' || (ruby && c == ' ')) &&
           df_str_in(callee(text, i), STARTERS);
}

/* The next of the characters that starts_at wants. */
static size_t next_start(df_str text, size_t i, bool ruby)
{
    size_t at = ruby ? 0 : df_str_find_char(df_str_from(text, i), '(');

    return at == SIZE_MAX ? text.len : i + at;
}

/* Calls of that kind are many in languages where only some modules start
 * programs: whether one is used is asked when there is such a call. */
static void look_in(df_str text, df_spawn spawn, df_spawn_fn *fn, void *data)
{
    bool ruby = df_str_ends(spawn.file, ".rb");
    bool sure = ruby;

    for (size_t i = next_start(text, 0, ruby); i < text.len;
         i = next_start(text, i + 1, ruby)) {
        if (!starts_at(text, i, ruby))
            continue;
        spawn.name = literal(text, text.ptr[i] == '`' ? i : i + 1);
        if (!spawn.name.len)
            continue;
        if (!sure && !df_text_spawns(text))
            return;
        sure = true;
        spawn.line = df_line_of(text, i);
        fn(data, &spawn);
    }
}

void df_spawn_each(df_context *cx, const df_files *files, df_spawn_fn *fn,
                   void *data)
{
    for (uint32_t i = 0; i < files->npaths; i++) {
        df_spawn spawn = {.file = files->paths[i]};
        df_str text;

        if (is_source(spawn.file) && df_context_read(cx, spawn.file, &text))
            look_in(text, spawn, fn, data);
    }
}
