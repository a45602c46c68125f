/* What is on disk: see context/disk.h. */
#include "context/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "context/path.h"

/* Names of a directory that are asked for one by one before it is listed. */
#define MAX_MISSES 3

/* Whatever is open stands here, so that it is closed when memory runs out. */
struct df_disk {
    df_arena *arena;
    const char *dir; /* NULL: none */
    df_err *fault;
    size_t left; /* bytes that may still be read */
    int root;    /* -1: not open */
    int at;      /* the directory opened last, or -1 */
    df_str at_path;
    int file;
    DIR *listing;
    df_map nodes;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_listing(df_disk *d)
{
    if (d->listing)
        closedir(d->listing);
    d->listing = NULL;
}

static void close_all(void *ptr)
{
    df_disk *d = ptr;

    close_listing(d);
    close_fd(&d->file);
    close_fd(&d->at);
    close_fd(&d->root);
}

bool df_disk_used(const df_disk *d)
{
    return d->root >= 0;
}

df_disk *df_disk_open(df_arena *a, const char *dir, df_err *fault)
{
    df_disk *d = df_new(a, df_disk);

    d->arena = a;
    d->dir = dir ? df_cstr(a, df_str_of(dir)) : NULL;
    d->fault = fault;
    d->left = DF_MAX_READ;
    d->root = d->at = d->file = -1;
    df_map_init(&d->nodes, a);
    df_defer(a, close_all, d);
    return d;
}

/* The last call failed. */
static void failed(df_disk *d, df_str path)
{
    df_note_fault(d->fault, df_cstr(d->arena, path));
}

static bool open_root(df_disk *d)
{
    if (d->root < 0 && d->dir) {
        d->root = open(d->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (d->root < 0)
            failed(d, df_str_of(d->dir));
    }
    return d->root >= 0;
}

/* Step from d->at into one directory; a link is none. */
static bool enter(df_disk *d, df_str name)
{
    int from = d->at >= 0 ? d->at : d->root;
    int fd = openat(from, df_cstr(d->arena, name),
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        failed(d, name);
    close_fd(&d->at);
    d->at = fd;
    return fd >= 0;
}

/* Keep d->at if it is on the way to `dir`; the rest of the way. */
static df_str rest_of_way(df_disk *d, df_str dir)
{
    df_str at = d->at_path;

    if (d->at >= 0 && df_str_eq(df_str_slice(dir, 0, at.len), at)) {
        if (dir.len == at.len)
            return DF_STR("");
        if (dir.ptr[at.len] == '/')
            return df_str_from(dir, at.len + 1);
    }
    close_fd(&d->at);
    return dir;
}

/* The descriptor of a directory, which belongs to `d`; -1 if it is none. */
static int open_dir(df_disk *d, df_str dir)
{
    df_str rest;
    df_str part;

    if (!open_root(d))
        return -1;
    if (!dir.len)
        return d->root;
    rest = rest_of_way(d, dir);
    while (rest.len) {
        df_str_cut(&rest, '/', &part);
        if (!enter(d, part))
            return -1;
    }
    d->at_path = dir;
    return d->at;
}

static df_str name_of(df_str path)
{
    df_str dir = df_path_dir(path);

    return dir.len ? df_str_from(path, dir.len + 1) : path;
}

static df_file_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return DF_FILE_REGULAR;
    if (S_ISDIR(mode))
        return DF_FILE_DIR;
    return S_ISLNK(mode) ? DF_FILE_LINK : DF_FILE_OTHER;
}

static void look(df_disk *d, df_node *n)
{
    int dir = open_dir(d, df_path_dir(n->path));
    const char *name = df_cstr(d->arena, name_of(n->path));
    char target[DF_MAX_PATH];
    struct stat st;
    ssize_t len;

    if (dir < 0)
        return;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        failed(d, n->path);
        return;
    }
    n->kind = kind_of(st.st_mode);
    n->executable = (st.st_mode & 0111) == 0111;
    if (n->kind != DF_FILE_LINK)
        return;
    len = readlinkat(dir, name, target, sizeof target);
    if (len > 0) {
        n->target = df_str_dup(d->arena, (df_str){target, (size_t)len});
        return;
    }
    failed(d, n->path);
    n->kind = DF_FILE_NONE;
}

static int by_bytes(const void *a, const void *b)
{
    return df_str_cmp(*(const df_str *)a, *(const df_str *)b);
}

/* A directory is listed once a few names have been asked for in vain: what is
 * looked for is mostly not there. NULL: it has not been looked at. */
static df_node *listed_dir(df_disk *d, df_str path)
{
    df_node *dir = df_map_get(&d->nodes, path);

    if (dir && dir->misses >= MAX_MISSES && !dir->all)
        df_disk_list(d, dir);
    return dir;
}

static bool is_absent(const df_node *dir, df_str path)
{
    df_str name = name_of(path);

    return dir && dir->listed &&
           (!dir->all->count ||
            !bsearch(&name, dir->all->names, dir->all->count, sizeof name,
                     by_bytes));
}

static void look_for(df_disk *d, df_node *n)
{
    df_node *dir = listed_dir(d, df_path_dir(n->path));

    if (is_absent(dir, n->path))
        return;
    look(d, n);
    if (dir && n->kind == DF_FILE_NONE)
        dir->misses++;
}

df_node *df_disk_node(df_disk *d, df_str path)
{
    df_node *n = df_map_get(&d->nodes, path);

    if (n)
        return n;
    n = df_new(d->arena, df_node);
    n->path = path;
    if (!path.len)
        n->kind = open_root(d) ? DF_FILE_DIR : DF_FILE_NONE;
    else if (path.len < DF_MAX_PATH)
        look_for(d, n);
    df_map_put(&d->nodes, path, n);
    return n;
}

typedef struct {
    df_str *names;
    uint32_t nnames, cnames;
} name_list;

/* Of an open directory; opened anew, as reading it moves its offset. */
static bool list_at(df_disk *d, int at, name_list *list)
{
    const struct dirent *entry;

    d->file = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->file >= 0)
        d->listing = fdopendir(d->file);
    if (!d->listing)
        return false;
    d->file = -1; /* closed with the listing */
    while ((entry = df_next_entry(d->listing)))
        *df_push(d->arena, list, names) =
            df_str_dup(d->arena, df_str_of(entry->d_name));
    return errno == 0;
}

const df_names *df_disk_list(df_disk *d, df_node *dir)
{
    df_names *names;
    name_list list = {0};
    int at;

    if (dir->all)
        return dir->all;
    names = df_new(d->arena, df_names);
    at = dir->kind == DF_FILE_DIR ? open_dir(d, dir->path) : -1;
    if (at >= 0 && list_at(d, at, &list))
        dir->listed = true;
    else if (at >= 0)
        failed(d, dir->path);
    close_listing(d);
    close_fd(&d->file);
    if (list.nnames)
        qsort(list.names, list.nnames, sizeof *list.names, by_bytes);
    *names = (df_names){list.names, list.nnames};
    dir->all = names;
    return names;
}

static bool read_open(df_disk *d, df_node *n, const struct stat *st)
{
    size_t limit = d->left < DF_MAX_MANIFEST ? d->left : DF_MAX_MANIFEST;
    df_err err;

    if (df_read_regular(d->arena, d->file, st, df_cstr(d->arena, n->path),
                        limit, &n->text, &err)) {
        d->left -= n->text.len;
        return true;
    }
    if (err.code == DF_EIO && d->fault->code == DF_OK)
        *d->fault = err;
    return false;
}

/* O_NONBLOCK: by now it may be a pipe that nobody writes to. */
static bool read_regular(df_disk *d, df_node *n)
{
    int dir = open_dir(d, df_path_dir(n->path));
    const char *name = df_cstr(d->arena, name_of(n->path));
    struct stat st;

    if (dir < 0)
        return false;
    d->file = openat(dir, name,
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (d->file < 0 || fstat(d->file, &st) != 0) {
        failed(d, n->path);
        return false;
    }
    return S_ISREG(st.st_mode) && read_open(d, n, &st);
}

bool df_disk_read(df_disk *d, df_node *file, df_str *text)
{
    if (file->readable == DF_UNKNOWN) {
        bool ok = file->kind == DF_FILE_REGULAR && read_regular(d, file);

        close_fd(&d->file);
        file->readable = ok ? DF_YES : DF_NO;
    }
    *text = file->text;
    return file->readable == DF_YES;
}
