/* Guessing the root of the build context: see context/root.h. */
#include "context/root.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/inside.h"
#include "base/io.h"
#include "context/path.h"

#define MAX_SOURCES 64
#define MAX_LEVELS  12

typedef struct {
    df_arena *arena;
    df_err *fault;
    df_str names[MAX_SOURCES];
    uint32_t n;
    const df_instr *first;
} sources;

/* A link on the way that leads out of `dir` is not followed. */
static bool exists(const sources *s, df_str dir, df_str name)
{
    const char *top = df_cstr(s->arena, dir);
    const char *path = df_fmt(s->arena, "%s/%.*s", top, DF_STR_ARG(name)).ptr;
    df_str parent = df_path_dir(name);
    struct stat st;

    if (df_inside(s->arena, top, parent, &parent) && lstat(path, &st) == 0)
        return true;
    df_note_fault(s->fault, path);
    return false;
}

/* `"web/package.json"`: the builder takes the quotes away. */
static df_str unquoted(df_str name)
{
    bool quoted = name.len > 2 && (name.ptr[0] == '"' || name.ptr[0] == '\'') &&
                  name.ptr[name.len - 1] == name.ptr[0];

    return quoted ? df_str_slice(name, 1, name.len - 1) : name;
}

/* A file or directory of the context whose name is written out. */
static bool says_something(df_str *name)
{
    static const char meta[] = "$*?[\\\"'";

    *name = unquoted(*name);
    for (size_t i = 0; meta[i]; i++)
        if (df_str_find_char(*name, meta[i]) != SIZE_MAX)
            return false;
    while (df_str_starts(*name, "./") || df_str_starts(*name, "/"))
        *name = df_str_from(*name, df_str_starts(*name, "/") ? 1 : 2);
    while (df_str_ends(*name, "/"))
        *name = df_str_slice(*name, 0, name->len - 1);
    return name->len && !df_str_is(*name, ".") && !df_str_has(*name, "..") &&
           !df_str_has(*name, "://") && !df_str_starts(*name, "git@") &&
           !df_str_starts(*name, "<<");
}

static void gather_from(sources *s, const df_instr *instr)
{
    if ((instr->kind != DF_I_COPY && instr->kind != DF_I_ADD) || instr->bad ||
        df_instr_flag(instr, "from"))
        return;
    for (uint32_t i = 0; i + 1 < instr->nwords && s->n < MAX_SOURCES; i++) {
        df_str name = instr->words[i].str;

        if (!says_something(&name))
            continue;
        s->names[s->n++] = name;
        if (!s->first)
            s->first = instr;
    }
}

static void gather(sources *s, const df_doc *doc)
{
    for (uint32_t i = 0; i < doc->ninstrs && s->n < MAX_SOURCES; i++)
        gather_from(s, doc->instrs[i]);
}

static uint32_t count(const sources *s, df_str dir)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n; i++)
        n += exists(s, dir, s->names[i]);
    return n;
}

/* How many directories above is the top of the work tree? 0: there is none, or
 * it is `dir`. */
static unsigned levels(const sources *s, df_str dir)
{
    for (unsigned level = 0; level < MAX_LEVELS; level++) {
        if (exists(s, dir, DF_STR(".git")))
            return level;
        dir = df_fmt(s->arena, "%.*s/..", DF_STR_ARG(dir));
    }
    return 0;
}

/* The only directory above that has so many of them; empty: none, or several.
 */
static df_str above(const sources *s, df_str dir, uint32_t many)
{
    df_str found = DF_STR("");

    for (unsigned n = levels(s, dir); n > 0; n--) {
        dir = df_fmt(s->arena, "%.*s/..", DF_STR_ARG(dir));
        if (count(s, dir) < many)
            continue;
        if (found.len)
            return DF_STR("");
        found = dir;
    }
    return found;
}

/* Where all of them are; or all but one, which a build may make, if few are
 * beside the file. */
static df_str guess(const sources *s, df_str dir)
{
    enum { SOME = 3 };
    uint32_t here = count(s, dir);
    df_str found = DF_STR("");

    if (here < s->n)
        found = above(s, dir, s->n);
    if (here < s->n && !found.len && s->n >= SOME && 2 * here < s->n)
        found = above(s, dir, s->n - 1);
    return found;
}

static df_str directory_of(const char *path)
{
    df_str dir = df_str_of(path && strcmp(path, "-") != 0 ? path : "");
    size_t end = dir.len;

    while (end > 0 && dir.ptr[end - 1] != '/')
        end--;
    if (!end)
        return DF_STR(".");
    while (end > 1 && dir.ptr[end - 1] == '/')
        end--;
    return df_str_slice(dir, 0, end);
}

/* "a/b" of "a/b/c", "." of "a", "/" of "/a". */
static df_str parent_of(df_str dir)
{
    size_t slash = dir.len;

    while (slash > 0 && dir.ptr[slash - 1] != '/')
        slash--;
    return slash > 1    ? df_str_slice(dir, 0, slash - 1)
           : slash == 1 ? DF_STR("/")
                        : DF_STR(".");
}

/* As a user would say it: without `..` if the path has as many parts. */
static df_str short_name(df_str dir)
{
    df_str rest = dir;
    unsigned up = 0;

    for (; df_str_ends(rest, "/.."); up++)
        rest = df_str_slice(rest, 0, rest.len - 3);
    for (; up; up--) {
        if (df_str_is(rest, ".") || df_str_is(rest, "/") ||
            df_str_ends(rest, "..") || df_str_ends(rest, "/."))
            return dir;
        rest = parent_of(rest);
    }
    return df_str_starts(rest, "./") ? df_str_from(rest, 2) : rest;
}

/* Below a symbolic link `..` is not the directory that stands before it. */
static const char *name_of(df_arena *a, df_str dir)
{
    const char *full = df_cstr(a, dir);
    const char *brief = df_cstr(a, short_name(dir));
    struct stat one, other;

    return stat(full, &one) == 0 && stat(brief, &other) == 0 &&
                   one.st_dev == other.st_dev && one.st_ino == other.st_ino
               ? brief
               : full;
}

const char *df_context_root(df_arena *a, const df_doc *doc, const char *path,
                            const df_instr **by, df_err *fault)
{
    sources s = {.arena = a, .fault = fault};
    df_str dir = directory_of(path);
    df_str found;

    *by = NULL;
    if (!path || strcmp(path, "-") == 0)
        return ".";
    gather(&s, doc);
    found = guess(&s, dir);
    if (!found.len)
        return df_cstr(a, dir);
    *by = s.first;
    return name_of(a, found);
}

/* The last parts of a path, more and more of them: is one of them there? */
static bool has_end(const sources *s, df_str dir, df_str path)
{
    for (size_t i = path.len; i > 0; i--)
        if ((i == 1 || path.ptr[i - 1] == '/') &&
            exists(s, dir, df_str_from(path, path.ptr[i - 1] == '/' ? i : 0)))
            return true;
    return false;
}

/* `COPY conf/ *.conf`, without the blank: the directory is beside the file, and
 * not there. */
static bool misses_copied(const sources *s, const df_instr *instr, df_str dir,
                          df_str found)
{
    for (uint32_t i = 0; i + 1 < instr->nwords; i++) {
        df_str name = instr->words[i].str;
        df_str prefix =
            df_path_dir(df_str_slice(name, 0, df_str_find_char(name, '*')));

        while (df_str_starts(prefix, "/") || df_str_starts(prefix, "./"))
            prefix = df_str_from(prefix, 1 + (prefix.ptr[0] == '.'));
        if (prefix.len && !df_str_has(prefix, "..") &&
            df_str_find_char(prefix, '$') == SIZE_MAX &&
            exists(s, dir, prefix) && !exists(s, found, prefix))
            return true;
    }
    return false;
}

/* `CMD ["python", "/srv/app.py"]`: the same. */
static bool misses_started(const sources *s, const df_instr *instr, df_str dir,
                           df_str found)
{
    for (uint32_t i = 0; i < instr->nwords; i++) {
        df_str name = instr->words[i].str;

        if (df_str_find_char(df_path_base(name), '.') != SIZE_MAX &&
            !df_str_has(name, "..") && exists(s, dir, df_path_base(name)) &&
            !has_end(s, found, name))
            return true;
    }
    return false;
}

static bool speaks_against(const sources *s, const df_doc *doc, df_str dir,
                           df_str found)
{
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = doc->instrs[i];
        bool copies = (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
                      !df_instr_flag(instr, "from");
        bool starts = instr->kind == DF_I_CMD || instr->kind == DF_I_ENTRYPOINT;

        if (!instr->bad && ((copies && misses_copied(s, instr, dir, found)) ||
                            (starts && misses_started(s, instr, dir, found))))
            return true;
    }
    return false;
}

const char *df_context_root_with(df_arena *a, const df_doc *doc,
                                 const char *path, df_names names,
                                 df_str stated, df_err *fault)
{
    sources s = {.arena = a, .fault = fault};
    df_str found;

    if (!path || names.count > MAX_SOURCES)
        return NULL;
    for (; s.n < names.count; s.n++)
        s.names[s.n] = names.names[s.n];
    gather(&s, doc);
    if (stated.len) {
        found = df_fmt(a, "%.*s/%.*s", DF_STR_ARG(directory_of(path)),
                       DF_STR_ARG(stated));
        return count(&s, found) == s.n ? name_of(a, found) : NULL;
    }
    found = above(&s, directory_of(path), s.n);
    return found.len && !speaks_against(&s, doc, directory_of(path), found)
               ? name_of(a, found)
               : NULL;
}
