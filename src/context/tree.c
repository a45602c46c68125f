/*
 * The build context: see dfopt/context.h. Here the rules of the ignore file
 * meet the disk, and links are followed the way BuildKit does it: an absolute
 * target starts at the root of the context (containerd/continuity, RootPath).
 * BuildKit lets a `..` end at the root, too; here such a path names nothing,
 * as whoever wrote it meant a file that is not sent.
 */
#include "context/tree.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/inside.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "context/disk.h"
#include "context/glob.h"
#include "context/ignore.h"
#include "context/path.h"

/* As in Linux (path_resolution(7)). */
#define MAX_LINKS 40

/* A dropped directory counts as sent where a search through so many entries
 * found nothing. */
#define MAX_SEARCH ((uint32_t)100 * 1000)

struct df_context {
    df_arena *arena;
    const char *dir;        /* NULL: none */
    const char *dockerfile; /* NULL: unknown */
    df_disk *disk;
    df_err fault;
    df_map memos;
    df_ignore *ignore; /* NULL: not read yet; see rules_of */
    df_str ignore_file;
    const char *unreadable; /* why, if the ignore file is there */
};

static const char *keep_cstr(df_arena *a, const char *s)
{
    return s ? df_cstr(a, df_str_of(s)) : NULL;
}

df_context *df_context_open(df_arena *a, const char *dir,
                            const char *dockerfile)
{
    df_context *cx = df_new(a, df_context);

    cx->arena = a;
    cx->dir = keep_cstr(a, dir);
    cx->dockerfile = keep_cstr(a, dockerfile);
    cx->disk = df_disk_open(a, dir, &cx->fault);
    df_map_init(&cx->memos, a);
    return cx;
}

df_err *df_context_fault(df_context *cx)
{
    return &cx->fault;
}

df_arena *df_context_arena(df_context *cx)
{
    return cx->arena;
}

df_disk *df_context_disk(df_context *cx)
{
    return cx->disk;
}

void **df_context_memo(df_context *cx, const char *what, df_str path)
{
    df_str key = df_fmt(cx->arena, "%s %.*s", what, DF_STR_ARG(path));
    void **slot = df_map_get(&cx->memos, key);

    if (!slot) {
        slot = df_new(cx->arena, void *);
        df_map_put(&cx->memos, key, slot);
    }
    return slot;
}

bool df_context_used(const df_context *cx)
{
    return df_disk_used(cx->disk);
}

bool df_context_present(df_context *cx)
{
    struct stat st;

    if (df_disk_used(cx->disk))
        return true;
    if (cx->dir && stat(cx->dir, &st) == 0)
        return S_ISDIR(st.st_mode);
    if (cx->dir)
        df_note_fault(&cx->fault, cx->dir);
    return false;
}

/* Which links count while a path is resolved. */
typedef enum {
    LINKS_SENT, /* those that are not ignored */
    LINKS_ALL,
} link_choice;

static df_ignore_verdict judge(df_context *cx, df_str path);

/*
 * Where the target of a link leads: a clean path with `rest` behind it. False
 * if it leaves the context.
 */
static bool redirect(df_context *cx, const df_node *link, df_str rest,
                     df_str *path)
{
    df_str dir = df_path_dir(link->path);

    if (df_str_starts(link->target, "/"))
        dir = DF_STR("");
    dir = df_path_join(cx->arena, dir, link->target);
    return df_path_inside(cx->arena, dir, &dir) &&
           df_path_inside(cx->arena, df_path_join(cx->arena, dir, rest), path);
}

static bool is_open(df_context *cx, const df_node *link, link_choice choice)
{
    return choice == LINKS_ALL || judge(cx, link->path) == DF_IGNORE_KEEP;
}

/* The thing that a clean path names; NULL if a link on the way is no use. */
static df_node *resolve(df_context *cx, df_str path, bool follow_last,
                        link_choice choice)
{
    df_node *n = df_disk_node(cx->disk, DF_STR(""));
    size_t from = 0;
    int links = 0;

    while (from < path.len) {
        size_t end = df_path_part_end(path, from);

        n = df_disk_node(cx->disk, df_str_slice(path, 0, end));
        from = end + 1;
        if (n->kind != DF_FILE_LINK || (end == path.len && !follow_last))
            continue;
        if (++links > MAX_LINKS || !is_open(cx, n, choice) ||
            !redirect(cx, n, df_str_from(path, end), &path))
            return NULL;
        n = df_disk_node(cx->disk, DF_STR(""));
        from = 0;
    }
    return n;
}

static bool is_regular(df_context *cx, const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0)
        return S_ISREG(st.st_mode);
    df_note_fault(&cx->fault, path);
    return false;
}

static bool stays(df_context *cx, const char *path)
{
    if (df_stays(cx->arena, path))
        return true;
    df_note_fault(&cx->fault, path);
    return false;
}

/* A path of the host as the context sees it, if it lies inside. */
static df_str relative_to(df_context *cx, const char *path)
{
    df_str file = df_path_clean(cx->arena, df_str_of(path));
    df_str dir = df_path_clean(cx->arena, df_str_of(cx->dir ? cx->dir : "."));

    if (df_str_is(dir, ".") || !df_str_starts(file, df_cstr(cx->arena, dir)) ||
        file.len <= dir.len || file.ptr[dir.len] != '/')
        return file;
    return df_str_from(file, dir.len + 1);
}

/* <dockerfile>.dockerignore; false if there is none. BuildKit is sent only the
 * directory of the Dockerfile, so a link that leaves it leads to none, either.
 */
static bool read_own(df_context *cx, df_str *text)
{
    df_str path;
    df_err *err = df_new(cx->arena, df_err);

    if (!cx->dockerfile)
        return false;
    path = df_fmt(cx->arena, "%s.dockerignore", cx->dockerfile);
    if (!stays(cx, path.ptr) || !is_regular(cx, path.ptr))
        return false;
    cx->ignore_file = relative_to(cx, path.ptr);
    if (!df_read_file(cx->arena, path.ptr, DF_MAX_MANIFEST, text, err))
        cx->unreadable = err->text;
    return true;
}

static bool read_common(df_context *cx, df_str *text)
{
    df_node *n = resolve(cx, DF_STR(".dockerignore"), true, LINKS_ALL);

    if (!n || n->kind != DF_FILE_REGULAR)
        return false;
    cx->ignore_file = DF_STR(".dockerignore");
    if (!df_disk_read(cx->disk, n, text))
        cx->unreadable = "too large or unreadable";
    return true;
}

static df_ignore *rules_of(df_context *cx)
{
    df_str text = DF_STR("");

    if (!cx->ignore) {
        if (!read_own(cx, &text))
            read_common(cx, &text);
        cx->ignore = df_ignore_parse(cx->arena, text);
    }
    return cx->ignore;
}

bool df_context_ignore_error(df_context *cx, uint32_t *line, df_str *why)
{
    if (!df_ignore_is_bad(rules_of(cx), line, why))
        *why = df_str_of(cx->unreadable);
    return why->len > 0;
}

df_str df_context_ignore_file(df_context *cx)
{
    rules_of(cx);
    return cx->ignore_file;
}

static df_ignore_verdict judge(df_context *cx, df_str path)
{
    df_ignore *rules = rules_of(cx);

    return cx->unreadable ? DF_IGNORE_PRUNE : df_ignore_judge(rules, path);
}

/* How far a search goes into dropped directories. */
typedef struct {
    uint32_t depth;
    uint32_t left;
} search;

static bool is_sent(df_context *cx, df_str path, search *s);

static bool find_sent(df_context *cx, df_node *dir, search *s)
{
    const df_names *names = df_disk_list(cx->disk, dir);

    if (s->depth >= DF_MAX_DEPTH || s->left < names->count)
        return true;
    s->left -= names->count;
    for (uint32_t i = 0; i < names->count; i++)
        if (is_sent(cx, df_path_join(cx->arena, dir->path, names->names[i]), s))
            return true;
    return false;
}

/* Is anything sent of a directory that is dropped itself? */
static bool survives(df_context *cx, df_node *dir, search *s)
{
    if (dir->survives == DF_UNKNOWN) {
        s->depth++;
        dir->survives = find_sent(cx, dir, s) ? DF_YES : DF_NO;
        s->depth--;
    }
    return dir->survives == DF_YES;
}

/*
 * Does the builder see what stands on the disk under that path? Looks at the
 * disk only where the rules do not settle it.
 */
static bool is_sent(df_context *cx, df_str path, search *s)
{
    df_node *n;

    switch (judge(cx, path)) {
    case DF_IGNORE_KEEP:
        return true;
    case DF_IGNORE_DROP:
        n = df_disk_node(cx->disk, path);
        return n->kind == DF_FILE_DIR && survives(cx, n, s);
    case DF_IGNORE_PRUNE:
        return false;
    }
    return false;
}

static bool exists(df_context *cx, df_node *n)
{
    search s = {0, MAX_SEARCH};

    if (n->kind == DF_FILE_NONE)
        return false;
    if (n->exists == DF_UNKNOWN)
        n->exists = !n->path.len || is_sent(cx, n->path, &s) ? DF_YES : DF_NO;
    return n->exists == DF_YES;
}

/* What the builder sees by that name, or NULL. */
static df_node *find(df_context *cx, df_str path, bool follow_last)
{
    df_node *n;

    if (!df_path_inside(cx->arena, path, &path))
        return NULL;
    n = resolve(cx, path, follow_last, LINKS_SENT);
    return n && exists(cx, n) ? n : NULL;
}

df_file_kind df_context_lookup(df_context *cx, df_str path)
{
    const df_node *n = find(cx, path, false);

    return n ? n->kind : DF_FILE_NONE;
}

df_file_kind df_context_stat(df_context *cx, df_str path)
{
    const df_node *n = find(cx, path, true);

    return n ? n->kind : DF_FILE_NONE;
}

bool df_context_executable(df_context *cx, df_str path)
{
    return df_context_lookup(cx, path) == DF_FILE_REGULAR &&
           df_disk_node(cx->disk, path)->executable;
}

bool df_context_ignores(df_context *cx, df_str path)
{
    return df_path_inside(cx->arena, path, &path) && path.len &&
           path.len < DF_MAX_PATH && judge(cx, path) != DF_IGNORE_KEEP;
}

const char *df_context_dir(const df_context *cx)
{
    return cx->dir;
}

const char *df_context_dockerfile(const df_context *cx)
{
    return cx->dockerfile;
}

bool df_context_on_disk(df_context *cx, df_str path)
{
    const df_node *n = NULL;

    if (df_path_inside(cx->arena, path, &path))
        n = resolve(cx, path, false, LINKS_ALL);
    return n && n->kind != DF_FILE_NONE;
}

bool df_context_read(df_context *cx, df_str path, df_str *text)
{
    df_node *n = find(cx, path, true);

    *text = DF_STR("");
    return n && df_disk_read(cx->disk, n, text);
}

typedef struct {
    df_str *names;
    uint32_t nnames, cnames;
} name_list;

static const df_names *list(df_context *cx, df_node *dir)
{
    const df_names *all = df_disk_list(cx->disk, dir);
    df_names *sent;
    name_list out = {0};

    if (dir->names)
        return dir->names;
    for (uint32_t i = 0; i < all->count; i++) {
        df_str name = all->names[i];
        search s = {0, MAX_SEARCH};

        if (is_sent(cx, df_path_join(cx->arena, dir->path, name), &s))
            *df_push(cx->arena, &out, names) = name;
    }
    sent = df_new(cx->arena, df_names);
    *sent = (df_names){out.names, out.nnames};
    dir->names = sent;
    return sent;
}

df_names df_context_list(df_context *cx, df_str dir)
{
    df_node *n = find(cx, dir, true);

    if (!n || n->kind != DF_FILE_DIR)
        return (df_names){0};
    return *list(cx, n);
}

/* The parts of a pattern in front of the first one with a meta character. */
static df_str plain_front(df_str pattern)
{
    size_t end = 0;
    df_str rest = pattern;
    df_str part;

    while (rest.len) {
        df_str_cut(&rest, '/', &part);
        if (df_glob_has_meta(part))
            break;
        end = (size_t)(part.ptr - pattern.ptr) + part.len;
    }
    return df_str_slice(pattern, 0, end);
}

/*
 * Add what matches `pattern` below a directory, named with `shown` in front.
 * Like filepath.Walk, which BuildKit uses here, it enters no links.
 */
static void expand(df_context *cx, df_node *dir, df_str shown, df_str pattern,
                   uint32_t depth, name_list *out)
{
    const df_names *names;
    df_str part;

    if (depth >= DF_MAX_DEPTH || dir->kind != DF_FILE_DIR)
        return;
    df_str_cut(&pattern, '/', &part);
    names = list(cx, dir);
    for (uint32_t i = 0; i < names->count; i++) {
        df_str name = names->names[i];
        df_str path = df_path_join(cx->arena, shown, name);

        if (df_glob_match(part, name) != DF_GLOB_YES)
            continue;
        if (!pattern.len) {
            *df_push(cx->arena, out, names) = path;
            continue;
        }
        expand(cx,
               df_disk_node(cx->disk, df_path_join(cx->arena, dir->path, name)),
               path, pattern, depth + 1, out);
    }
}

static int by_bytes(const void *a, const void *b)
{
    return df_str_cmp(*(const df_str *)a, *(const df_str *)b);
}

df_names df_context_glob(df_context *cx, df_str pattern)
{
    name_list out = {0};
    df_str front;
    df_node *dir;

    if (!df_path_inside(cx->arena, pattern, &pattern))
        return (df_names){0};
    front = plain_front(pattern);
    dir = find(cx, front, front.len < pattern.len);
    if (!dir)
        return (df_names){0};
    if (front.len == pattern.len)
        *df_push(cx->arena, &out, names) = pattern.len ? pattern : DF_STR(".");
    else
        expand(cx, dir, front, df_str_from(pattern, front.len + !!front.len), 0,
               &out);
    if (out.nnames)
        qsort(out.names, out.nnames, sizeof *out.names, by_bytes);
    return (df_names){out.names, out.nnames};
}
