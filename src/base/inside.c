/* Links that lead astray: see base/inside.h. */
#include "base/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

/* As in Linux (path_resolution(7)). */
#define MAX_LINKS 40

static df_str without_last(df_str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    return df_str_slice(path, 0, path.len ? path.len - 1 : 0);
}

static df_str join(df_arena *a, df_str dir, df_str name)
{
    return dir.len ? df_fmt(a, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(name))
                   : name;
}

/* Empty: it is no link. False: that cannot be told. */
static bool read_link(df_arena *a, const char *top, df_str path, df_str *target)
{
    const char *name = df_fmt(a, "%s/%.*s", top, DF_STR_ARG(path)).ptr;
    char text[DF_MAX_PATH];
    ssize_t n = readlinkat(AT_FDCWD, name, text, sizeof text);

    if (n < 0 && df_is_fault(errno))
        return false;
    *target = n < 0 ? DF_STR("") : df_str_dup(a, (df_str){text, (size_t)n});
    return true;
}

static bool refuse(int error)
{
    errno = error;
    return false;
}

typedef struct {
    df_arena *arena;
    const char *top;
    df_str at, rest;
    unsigned links;
} way;

/* The target of a link goes in front of the rest. */
static bool follow(way *w, df_str target)
{
    if (df_str_starts(target, "/"))
        return refuse(EPERM);
    if (++w->links > MAX_LINKS || target.len + w->rest.len >= DF_MAX_PATH)
        return refuse(ELOOP);
    w->rest =
        df_fmt(w->arena, "%.*s/%.*s", DF_STR_ARG(target), DF_STR_ARG(w->rest));
    return true;
}

static bool step(way *w)
{
    df_str part;
    df_str next;
    df_str target;

    df_str_cut(&w->rest, '/', &part);
    if (!part.len || df_str_is(part, "."))
        return true;
    if (df_str_is(part, "..")) {
        if (!w->at.len)
            return refuse(EPERM);
        w->at = without_last(w->at);
        return true;
    }
    next = join(w->arena, w->at, part);
    if (!read_link(w->arena, w->top, next, &target))
        return false;
    if (target.len)
        return follow(w, target);
    w->at = next;
    return true;
}

bool df_inside(df_arena *a, const char *top, df_str path, df_str *place)
{
    way w = {.arena = a, .top = top, .at = DF_STR(""), .rest = path};

    if (df_str_starts(path, "/") || df_str_find_char(path, '\0') != SIZE_MAX)
        return refuse(EPERM);
    if (path.len >= DF_MAX_PATH)
        return refuse(ENAMETOOLONG);
    while (w.rest.len)
        if (!step(&w))
            return false;
    *place = w.at;
    return true;
}

bool df_stays(df_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    df_str dir = {path, slash ? (size_t)(slash - path) : 0};
    df_str place;

    if (!slash)
        return df_inside(a, ".", df_str_of(path), &place);
    return df_inside(a, dir.len ? df_cstr(a, dir) : "/", df_str_of(slash + 1),
                     &place);
}
