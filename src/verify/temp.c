/* Directories of our own: see verify/temp.h. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "verify/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "context/tree.h"

#define OPEN_DIRS 16
#define CHUNK     ((size_t)64 * 1024)

static bool fail_errno(df_err *err, const char *path)
{
    return df_fail(err, DF_EIO, path, 0, "%s: %s", path, strerror(errno));
}

bool df_temp_make(df_arena *a, const char **dir, df_err *err)
{
    const char *base = getenv("TMPDIR");
    char *name = df_cstr(
        a, df_fmt(a, "%s/dfopt-verify-XXXXXX", base && *base ? base : "/tmp"));

    *dir = name;
    return mkdtemp(name) || fail_errno(err, name);
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void df_temp_remove(const char *dir)
{
    nftw(dir, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
    }
    return true;
}

bool df_temp_write(const char *path, df_str text, df_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && write_all(fd, text.ptr, text.len);

    if (fd >= 0 && close(fd) != 0)
        ok = false;
    return ok || fail_errno(err, path);
}

/* --- copying --- */

static bool copy_bytes(int from, int to)
{
    char bytes[CHUNK];

    for (;;) {
        ssize_t n = read(from, bytes, sizeof bytes);

        if (n == 0)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !write_all(to, bytes, (size_t)n))
            return false;
    }
}

static bool set_times(const char *path, const struct stat *st)
{
    struct timespec times[] = {st->st_atim, st->st_mtim};

    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool copy_file(const char *from, const char *to, const struct stat *st,
                      df_err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out =
        in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = out >= 0 && copy_bytes(in, out) &&
              fchmod(out, st->st_mode & 07777) == 0;

    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0)
        ok = false;
    return (ok && set_times(to, st)) || fail_errno(err, from);
}

static bool copy_link(const char *from, const char *to, const struct stat *st,
                      df_err *err)
{
    char target[DF_MAX_PATH];
    ssize_t n = readlink(from, target, sizeof target - 1);

    if (n < 0)
        return fail_errno(err, from);
    target[n] = '\0';
    return (symlink(target, to) == 0 && set_times(to, st)) ||
           fail_errno(err, to);
}

typedef struct {
    df_arena *arena;
    df_context *cx;
    const char *from, *to;
    df_err *err;
} copier;

static bool copy_dir(const copier *c, df_str dir, unsigned depth);

static bool copy_one(const copier *c, df_str path, unsigned depth)
{
    const char *from =
        df_fmt(c->arena, "%s/%.*s", c->from, DF_STR_ARG(path)).ptr;
    const char *to = df_fmt(c->arena, "%s/%.*s", c->to, DF_STR_ARG(path)).ptr;
    struct stat st;

    if (lstat(from, &st) != 0)
        return errno == ENOENT || fail_errno(c->err, from);
    if (S_ISLNK(st.st_mode))
        return copy_link(from, to, &st, c->err);
    if (S_ISREG(st.st_mode))
        return copy_file(from, to, &st, c->err);
    if (!S_ISDIR(st.st_mode))
        return true;
    if (mkdir(to, 0700) != 0)
        return fail_errno(c->err, to);
    return copy_dir(c, path, depth + 1) &&
           ((chmod(to, st.st_mode & 07777) == 0 && set_times(to, &st)) ||
            fail_errno(c->err, to));
}

static bool copy_dir(const copier *c, df_str dir, unsigned depth)
{
    df_names names = df_context_list(c->cx, dir);

    if (depth > DF_MAX_DEPTH)
        return df_fail(c->err, DF_ELIMIT, c->from, 0,
                       "directories are nested too deeply");
    for (size_t i = 0; i < names.count; i++) {
        df_str path = dir.len ? df_fmt(c->arena, "%.*s/%.*s", DF_STR_ARG(dir),
                                       DF_STR_ARG(names.names[i]))
                              : names.names[i];

        if (!copy_one(c, path, depth))
            return false;
    }
    return true;
}

bool df_temp_copy_context(df_arena *a, df_context *cx, const char *from,
                          const char *to, df_err *err)
{
    copier c = {a, cx, from, to, err};
    df_str ignore = df_context_ignore_file(cx);

    if (mkdir(to, 0700) != 0)
        return fail_errno(err, to);
    if (!copy_dir(&c, DF_STR(""), 0))
        return false;
    if (df_context_fault(cx)->code != DF_OK) {
        *err = *df_context_fault(cx);
        return false;
    }
    if (!df_str_is(ignore, ".dockerignore") ||
        df_context_lookup(cx, ignore) != DF_FILE_NONE)
        return true;
    return copy_one(&c, ignore, 0);
}
