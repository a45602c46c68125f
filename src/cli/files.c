/*
 * Finding files: see cli/files.h.
 *
 * In a work tree git itself says which files there are, so .gitignore means
 * what it means to git. Elsewhere, and where git is missing or refuses, the
 * tree is walked. Links to directories are not followed in either, and a link
 * that leads out of the directory that was named is refused: nobody named what
 * it leads to.
 */
#define _DEFAULT_SOURCE /* d_type */
#include "cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/inside.h"
#include "base/io.h"
#include "cli/git.h"
#include "cli/name.h"

bool df_files_is_name(df_str base)
{
    if (df_str_ends(base, ".dockerignore") ||
        df_str_ends(base, ".containerignore"))
        return false;
    return df_str_is(base, "Dockerfile") ||
           df_str_starts(base, "Dockerfile.") ||
           df_str_ends(base, ".Dockerfile") ||
           df_str_ends(base, ".dockerfile") ||
           df_str_starts(base, "Containerfile");
}

static bool is_skipped(df_str name)
{
    static const char *const SKIPPED[] = {".git", "node_modules", "vendor",
                                          NULL};

    return df_str_in(name, SKIPPED);
}

bool df_files_skips(df_str path)
{
    df_str part;
    bool more;

    do {
        more = df_str_cut(&path, '/', &part);
        if (is_skipped(part))
            return true;
    } while (more);
    return false;
}

/* Directories that are still to be searched, and what was found. */
typedef struct {
    df_arena *arena;
    df_files *files;
    const char *start; /* the directory that was named */
    const char **dirs;
    uint32_t ndirs, cdirs;
} search;

static void fail(search *s, const char *path, const char *error)
{
    *df_push(s->arena, s->files, items) = (df_file){path, error};
}

static void add(search *s, const char *path)
{
    *df_push(s->arena, s->files, items) = (df_file){path, NULL};
}

static bool leads_out(const search *s, const char *path)
{
    size_t skip = strlen(df_name_join(s->arena, s->start, DF_STR("")));
    df_str place;

    return !df_inside(s->arena, s->start, df_str_of(path + skip), &place) &&
           errno == EPERM;
}

/* Where these two cannot tell they say yes, and reading it says why. */
static bool is_regular(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? S_ISREG(st.st_mode) : df_is_fault(errno);
}

static bool is_directory(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 ? S_ISDIR(st.st_mode) : df_is_fault(errno);
}

/* What the entry says; where the file system does not tell, a look. */
static bool may_be_directory(const struct dirent *entry)
{
    return entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
}

static void fail_link(search *s, const char *path)
{
    fail(s, path, "is a link out of the directory; name it to have it read");
}

/* What may be a link. */
static void add_link(search *s, const char *path)
{
    if (leads_out(s, path))
        fail_link(s, path);
    else if (is_regular(path))
        add(s, path);
}

static void walk_entry(search *s, const char *dir, const struct dirent *entry)
{
    df_str base = df_str_of(entry->d_name);
    bool wanted = df_files_is_name(base);
    const char *path;

    if (is_skipped(base) || !(wanted || may_be_directory(entry)))
        return;
    path = df_name_join(s->arena, dir, base);
    if (entry->d_type == DT_DIR ||
        (entry->d_type == DT_UNKNOWN && is_directory(path)))
        *df_push(s->arena, s, dirs) = path;
    else if (wanted && entry->d_type == DT_REG)
        add(s, path);
    else if (wanted)
        add_link(s, path);
}

static void walk(search *s, const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;

    while (d && (entry = df_next_entry(d)))
        walk_entry(s, dir, entry);
    if (errno)
        fail(s, dir,
             df_fmt(s->arena, "cannot search: %s",
                    df_name_reason(s->arena, errno))
                 .ptr);
    if (d)
        closedir(d);
}

/* A directory that is a work tree: a submodule, a repository below another. */
static bool is_work_tree(search *s, const char *dir)
{
    return df_name_may_exist(df_fmt(s->arena, "%s/.git", dir).ptr);
}

/* entry := [mode ' ' object ' ' stage TAB] path, git-ls-files(1) with -s */
static df_str path_of_entry(df_str entry, bool *is_submodule)
{
    size_t mode = 0;
    df_str head;

    while (mode < entry.len && df_is_digit(entry.ptr[mode]))
        mode++;
    *is_submodule = df_str_starts(entry, "160000 ");
    if (mode == 6 && df_str_starts(df_str_from(entry, mode), " "))
        df_str_cut(&entry, '\t', &head);
    return entry;
}

/* What git lists may be gone from the disk, or be a repository: "dir/". */
static void git_entry(search *s, const char *dir, df_str entry)
{
    bool is_submodule;
    df_str name = path_of_entry(entry, &is_submodule);
    bool is_nested = df_str_ends(name, "/");
    df_str base = name;
    const char *path;

    for (size_t i; (i = df_str_find_char(base, '/')) != SIZE_MAX;)
        base = df_str_from(base, i + 1);
    if (!is_submodule && !is_nested && !df_files_is_name(base))
        return;
    if (df_files_skips(name))
        return;
    path = df_name_join(s->arena, dir,
                        df_str_slice(name, 0, name.len - is_nested));
    if (is_submodule || is_nested) {
        if (!leads_out(s, path) && is_directory(path) && is_work_tree(s, path))
            *df_push(s->arena, s, dirs) = path;
    } else {
        add_link(s, path);
    }
}

static bool ask_git(search *s, const char *dir)
{
    static const char *const LIST[] = {"ls-files", "-cos", "--exclude-standard",
                                       "-z", NULL};
    df_str list;
    df_str entry;

    if (!df_git_above(s->arena, dir) || !df_git(s->arena, dir, LIST, &list))
        return false;
    while (df_str_cut(&list, '\0', &entry))
        git_entry(s, dir, entry);
    return true;
}

static int by_path(const void *x, const void *y)
{
    return strcmp(((const df_file *)x)->path, ((const df_file *)y)->path);
}

static void search_dir(search *s, const char *dir)
{
    uint32_t start = s->files->nitems;
    df_file *found;
    bool asked;

    s->start = dir;
    asked = ask_git(s, dir);
    if (!asked)
        walk(s, dir);
    while (s->ndirs) {
        const char *next = s->dirs[--s->ndirs];

        /* What a walk finds may be a repository, too. */
        if (!(is_work_tree(s, next) && ask_git(s, next)))
            walk(s, next);
    }
    if (s->files->nitems == start) {
        fail(s, dir,
             asked ? "no Dockerfile in this directory that git does not ignore"
                   : "no Dockerfile in this directory");
        return;
    }
    found = s->files->items + start;
    qsort(found, s->files->nitems - start, sizeof *found, by_path);
}

static bool find_here(search *s, const char *name)
{
    if (!df_name_may_exist(name))
        return false;
    s->start = ".";
    if (leads_out(s, name))
        fail_link(s, name);
    else
        add(s, name);
    return true;
}

static void find_default(search *s)
{
    if (!find_here(s, "Dockerfile") && !find_here(s, "Containerfile"))
        fail(s, "Dockerfile",
             "no such file, nor a Containerfile; name one, or - for stdin");
}

static void find_named(search *s, const char *name)
{
    struct stat st;

    if (strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
        search_dir(s, name);
    else
        add(s, name);
}

/* "./a" is "a"; but "-" is stdin and "./-" a file. */
static const char *plain(const char *path)
{
    while (strncmp(path, "./", 2) == 0 && strcmp(path, "./-") != 0)
        path += 2;
    return path;
}

static int by_plain_path(const void *x, const void *y)
{
    const df_file *a = *(const df_file *const *)x;
    const df_file *b = *(const df_file *const *)y;
    int c = strcmp(plain(a->path), plain(b->path));

    return c ? c : (a > b) - (a < b);
}

/* Keep the first of each: two writers of one file would meet. */
static void drop_doubles(df_arena *a, df_files *files)
{
    uint32_t n = files->nitems;
    df_file **sorted = df_new_array(a, df_file *, n);

    for (uint32_t i = 0; i < n; i++)
        sorted[i] = &files->items[i];
    qsort(sorted, n, sizeof(df_file *), by_plain_path);
    for (uint32_t i = n; i-- > 1;)
        if (strcmp(plain(sorted[i]->path), plain(sorted[i - 1]->path)) == 0)
            sorted[i]->path = NULL;
    files->nitems = 0;
    for (uint32_t i = 0; i < n; i++)
        if (files->items[i].path)
            files->items[files->nitems++] = files->items[i];
}

void df_files_find(df_arena *a, const char *const *names, size_t n,
                   df_files *files)
{
    search s = {.arena = a, .files = files};

    *files = (df_files){0};
    if (n == 0)
        find_default(&s);
    for (size_t i = 0; i < n; i++)
        find_named(&s, names[i]);
    if (files->nitems > 1)
        drop_doubles(a, files);
}
