/* The file that a developer would change: see verify/touch.h. */
#include "verify/touch.h"

#include <dfopt/syntax.h>

#include "base/limits.h"
#include "syntax/parser.h"

#define MAX_FILES 10000u /* looked at; a context may have millions */

/* Suffixes that people edit when they program. */
static const char *const SOURCES[] = {
    ".js",  ".mjs", ".cjs", ".ts",  ".jsx", ".tsx",   ".vue",  ".svelte", ".py",
    ".go",  ".rs",  ".c",   ".h",   ".cc",  ".cpp",   ".java", ".kt",     ".rb",
    ".php", ".cs",  ".fs",  ".ex",  ".exs", ".swift", ".dart", ".scala",  ".hs",
    ".clj", ".R",   ".pl",  ".lua", ".sh",  NULL};

typedef struct {
    df_arena *arena;
    df_context *cx;
    const df_kb *kb;
    uint32_t seen;
    df_str source, other; /* the first of each kind */
} chooser;

static bool names(df_strings list, df_str base)
{
    return list && df_str_in(base, list);
}

/* Changed, it means another installation. */
static bool is_manifest(const df_knowledge *k, df_str base)
{
    for (size_t i = 0; k && i < k->necosystems; i++) {
        const df_ecosystem *e = &k->ecosystems[i];

        if (names(e->manifests, base) || names(e->locks, base) ||
            names(e->config, base))
            return true;
    }
    return false;
}

static bool is_source(df_str base)
{
    for (const char *const *s = SOURCES; *s; s++)
        if (df_str_ends(base, *s))
            return true;
    return false;
}

static void consider(chooser *c, df_str path)
{
    df_str base = df_path_base(path);

    c->seen++;
    if (df_str_starts(base, ".") || is_manifest(c->kb->user, base) ||
        is_manifest(c->kb->builtin, base) || df_str_has(base, "ockerfile") ||
        df_str_has(base, "equirements") || df_str_ends(base, ".lock"))
        return;
    if (is_source(base) && !c->source.len)
        c->source = path;
    else if (!c->other.len && !df_str_ends(base, ".md"))
        c->other = path;
}

static bool is_skipped_dir(df_str base)
{
    static const char *const DIRS[] = {"node_modules", "vendor", NULL};

    return df_str_starts(base, ".") || df_str_in(base, DIRS);
}

static void walk(chooser *c, df_str path, unsigned depth)
{
    df_names names_of;

    if (c->source.len || c->seen > MAX_FILES || depth > DF_MAX_DEPTH)
        return;
    if (df_context_lookup(c->cx, path) == DF_FILE_REGULAR)
        consider(c, path);
    if (df_context_lookup(c->cx, path) != DF_FILE_DIR)
        return;
    names_of = df_context_list(c->cx, path);
    for (size_t i = 0; i < names_of.count; i++) {
        df_str name = names_of.names[i];

        if (!is_skipped_dir(name))
            walk(c,
                 path.len ? df_fmt(c->arena, "%.*s/%.*s", DF_STR_ARG(path),
                                   DF_STR_ARG(name))
                          : name,
                 depth + 1);
    }
}

static df_str relative(df_str path)
{
    while (df_str_starts(path, "./") || df_str_starts(path, "/"))
        path = df_str_from(path, df_str_starts(path, "/") ? 1 : 2);
    while (df_str_ends(path, "/"))
        path.len--;
    return df_str_is(path, ".") ? DF_STR("") : path;
}

static void look_at(chooser *c, const df_instr *instr)
{
    if ((instr->kind != DF_I_COPY && instr->kind != DF_I_ADD) ||
        df_instr_flag(instr, "from"))
        return;
    for (uint32_t i = 0; i + 1 < instr->nwords; i++) {
        df_names found = df_context_glob(c->cx, relative(instr->words[i].str));

        for (size_t k = 0; k < found.count; k++)
            walk(c, relative(found.names[k]), 0);
    }
}

df_str df_touch_choose(df_arena *a, df_context *cx, const df_kb *kb,
                       df_str dockerfile)
{
    chooser c = {.arena = a, .cx = cx, .kb = kb};
    df_doc *doc = df_doc_parse(a, DF_STR(""), dockerfile);

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        look_at(&c, doc->instrs[i]);
    return c.source.len ? c.source : c.other;
}
