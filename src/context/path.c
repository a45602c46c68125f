/* Paths as text: see context/path.h. */
#include "context/path.h"

#include "base/buf.h"

/* Take the last part of the output away, down to `floor`. */
static void drop_part(df_buf *out, size_t floor)
{
    while (out->len > floor && out->ptr[out->len - 1] != '/')
        out->len--;
    if (out->len > floor)
        out->len--;
}

static void add_part(df_buf *out, df_str part, size_t floor)
{
    if (out->len > floor)
        df_buf_addc(out, '/');
    df_buf_add(out, part);
}

df_str df_path_clean(df_arena *a, df_str path)
{
    bool rooted = df_str_starts(path, "/");
    size_t floor = rooted; /* what a `..` may not take away */
    df_buf out;
    df_str part;

    df_buf_init(&out, a);
    if (rooted)
        df_buf_addc(&out, '/');
    while (path.len) {
        df_str_cut(&path, '/', &part);
        if (part.len == 0 || df_str_is(part, "."))
            continue;
        if (!df_str_is(part, "..")) {
            add_part(&out, part, rooted);
        } else if (out.len > floor) {
            drop_part(&out, floor);
        } else if (!rooted) {
            add_part(&out, part, 0);
            floor = out.len;
        }
    }
    return out.len ? df_buf_str(&out) : DF_STR(".");
}

bool df_path_inside(df_arena *a, df_str path, df_str *out)
{
    while (df_str_starts(path, "/"))
        path = df_str_from(path, 1);
    *out = df_path_clean(a, path);
    if (df_str_is(*out, "."))
        *out = DF_STR("");
    return !df_str_is(*out, "..") && !df_str_starts(*out, "../") &&
           df_str_find_char(*out, '\0') == SIZE_MAX;
}

df_str df_path_join(df_arena *a, df_str dir, df_str name)
{
    if (dir.len == 0)
        return name;
    if (name.len == 0)
        return dir;
    return df_fmt(a, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(name));
}

size_t df_path_part_end(df_str path, size_t from)
{
    size_t slash = df_str_find_char(df_str_from(path, from), '/');

    return slash == SIZE_MAX ? path.len : from + slash;
}

df_str df_path_dir(df_str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    return df_str_slice(path, 0, path.len ? path.len - 1 : 0);
}
