/* Names of files: see cli/name.h. */
#include "cli/name.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"

df_str df_name_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return df_str_of(slash ? slash + 1 : path);
}

const char *df_name_dir(df_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    if (slash == path)
        return "/";
    return df_cstr(a, (df_str){path, (size_t)(slash - path)});
}

const char *df_name_join(df_arena *a, const char *dir, df_str name)
{
    df_str d = df_str_of(dir);

    while (df_str_starts(d, "./"))
        d = df_str_from(d, 2);
    if (d.len == 0 || df_str_is(d, "."))
        return df_cstr(a, name);
    if (df_str_ends(d, "/"))
        d.len--;
    return df_fmt(a, "%.*s/%.*s", DF_STR_ARG(d), DF_STR_ARG(name)).ptr;
}

static bool is_root(df_arena *a, const char *dir)
{
    struct stat here;
    struct stat above;

    if (stat(dir, &here) != 0 || stat(df_fmt(a, "%s/..", dir).ptr, &above) != 0)
        return !df_is_fault(errno);
    return here.st_dev == above.st_dev && here.st_ino == above.st_ino;
}

static bool is_link(const char *path)
{
    struct stat st;

    return lstat(path, &st) != 0 || S_ISLNK(st.st_mode);
}

const char *df_name_above(df_arena *a, const char *dir)
{
    df_str d = df_str_of(dir);
    const char *plain;
    df_str base;

    while (df_str_ends(d, "/"))
        d.len--;
    plain = df_cstr(a, d);
    base = df_name_base(plain);
    if (base.len && !df_str_is(base, "..") && !df_str_is(base, ".") &&
        !is_link(plain))
        return df_name_dir(a, plain); /* which it lies in: no root */
    if (is_root(a, dir))
        return NULL;
    return df_str_is(d, ".") ? ".." : df_fmt(a, "%s/..", plain).ptr;
}

bool df_name_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

bool df_name_may_exist(const char *path)
{
    return df_name_exists(path) || df_is_fault(errno);
}

const char *df_name_reason(df_arena *a, int error)
{
    char *text = df_cstr(a, df_str_of(strerror(error)));

    if (*text >= 'A' && *text <= 'Z')
        *text = df_lower(*text);
    return text;
}
