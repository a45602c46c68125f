/* Differences sorted: see verify/sort.h. */
#include "verify/sort.h"

#define ONE_SIDED (DF_ONLY_BEFORE | DF_ONLY_AFTER)

static df_str relative(const char *path)
{
    df_str s = df_str_of(path);

    while (df_str_starts(s, "/"))
        s = df_str_from(s, 1);
    return s;
}

/* Is `path` the directory or below it? A part `*` of either stands for any. */
static bool below(df_str path, df_str dir)
{
    df_str one, other;

    while (dir.len) {
        if (!path.len)
            return false;
        df_str_cut(&path, '/', &one);
        df_str_cut(&dir, '/', &other);
        if (!df_str_eq(one, other) && !df_str_is(one, "*") &&
            !df_str_is(other, "*"))
            return false;
    }
    return true;
}

/* --- allowed --- */

/* What a tool keeps below root's home, it keeps below another user's, too. */
static bool covers(df_str allowed, df_str path)
{
    if (below(path, allowed))
        return true;
    if (!df_str_starts(allowed, "root/") || !df_str_starts(path, "home/"))
        return false;
    path = df_str_from(path, 5);
    return df_str_cut(&path, '/', &(df_str){NULL, 0}) &&
           below(path, df_str_from(allowed, 5));
}

/* Does everything that differs below the directory `at` have leave to? */
static bool all_below_allowed(const df_tree_diffs *d, uint32_t at)
{
    df_str dir = d->items[at].path;

    /* Paths come sorted: what begins alike stands together. */
    for (uint32_t i = at + 1; i < d->nitems; i++) {
        df_str path = d->items[i].path;

        if (!df_str_eq(df_str_slice(path, 0, dir.len), dir))
            break;
        if (below(path, dir) && !d->items[i].allowed)
            return false;
    }
    return true;
}

static bool is_directory(const df_tree_diff *d)
{
    return (d->before ? d->before : d->after)->type == 'd';
}

static void allow(df_tree_diffs *d, df_str path, const char *pass)
{
    for (uint32_t i = d->nitems; i-- > 0;) {
        df_tree_diff *item = &d->items[i];
        bool made_for_it = (item->what & ONE_SIDED) && is_directory(item) &&
                           below(path, item->path) && all_below_allowed(d, i);

        if (!item->allowed && (made_for_it || covers(path, item->path))) {
            item->allowed = true;
            item->pass = pass;
        }
    }
}

void df_sort_allowed(df_tree_diffs *d, const df_message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (const char *const *p = messages[i].allows; p && *p; p++)
            if (**p == '/')
                allow(d, relative(*p), messages[i].pass);
}

/* --- noise --- */

static df_str directory(df_str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

/* "2026-11-24-debug.log" and "2026-11-25-debug.log" */
static bool same_shape(df_str a, df_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i] &&
            !(df_is_digit(a.ptr[i]) && df_is_digit(b.ptr[i])))
            return false;
    return true;
}

static bool is_noise(const df_tree_diff *item, const df_tree_diff *again)
{
    if (df_str_eq(item->path, again->path))
        return (item->what & ~again->what & ~(uint32_t)ONE_SIDED) == 0 &&
               ((item->what & ONE_SIDED) == 0 || (again->what & ONE_SIDED));
    return (item->what & ONE_SIDED) && (again->what & ONE_SIDED) &&
           df_str_eq(directory(item->path), directory(again->path)) &&
           same_shape(df_path_base(item->path), df_path_base(again->path));
}

void df_sort_noise(df_tree_diffs *d, const df_tree_diffs *again)
{
    for (uint32_t i = 0; i < d->nitems; i++)
        for (uint32_t j = 0; j < again->nitems && !d->items[i].noise; j++)
            d->items[i].noise = is_noise(&d->items[i], &again->items[j]);
}

uint32_t df_sort_real(const df_tree_diffs *d)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < d->nitems; i++)
        n += !d->items[i].allowed && !d->items[i].noise;
    return n;
}
