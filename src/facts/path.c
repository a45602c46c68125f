/* Paths inside the image: clean, absolute where that is known. */
#include <dfopt/copy.h>

#include "base/buf.h"
#include "base/limits.h"

/* `out` without its last part; stays "/" or empty at the top. */
static void drop_part(df_buf *out, size_t root)
{
    while (out->len > root && out->ptr[out->len - 1] != '/')
        out->len--;
    if (out->len > root)
        out->len--;
}

static void add_part(df_buf *out, df_str part, size_t root)
{
    if (!part.len || df_str_is(part, "."))
        return;
    if (df_str_is(part, "..")) {
        drop_part(out, root);
        return;
    }
    if (out->len > root)
        df_buf_addc(out, '/');
    df_buf_add(out, part);
}

static void add_parts(df_buf *out, df_str path, size_t root)
{
    df_str part;

    while (path.len) {
        df_str_cut(&path, '/', &part);
        add_part(out, part, root);
    }
}

/* A relative path that climbs above its start is not known. */
static bool climbs(df_str path)
{
    int depth = 0;
    df_str part;

    while (path.len) {
        df_str_cut(&path, '/', &part);
        if (df_str_is(part, ".."))
            depth--;
        else if (part.len && !df_str_is(part, "."))
            depth++;
        if (depth < 0)
            return true;
    }
    return false;
}

df_str df_image_path(df_arena *a, df_str dir, df_str path)
{
    bool absolute = path.len && path.ptr[0] == '/';
    size_t root;
    df_buf out;

    if (!path.ptr || (!absolute && !dir.ptr) ||
        path.len + dir.len > DF_MAX_PATH)
        return (df_str){NULL, 0};
    df_buf_init(&out, a);
    if (!absolute && !df_str_starts(dir, "/")) {
        df_str both = df_fmt(a, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(path));

        if (climbs(both))
            return (df_str){NULL, 0};
        add_parts(&out, both, 0);
        return out.len ? df_buf_str(&out) : DF_STR(".");
    }
    df_buf_addc(&out, '/');
    root = 1;
    if (!absolute)
        add_parts(&out, dir, root);
    add_parts(&out, path, root);
    return df_buf_str(&out);
}

df_str df_context_join(df_arena *a, df_str dir, df_str name)
{
    df_buf out;

    if (dir.len + name.len + 2 > DF_MAX_PATH)
        return (df_str){NULL, 0};
    df_buf_init(&out, a);
    add_parts(&out, dir, 0);
    add_parts(&out, name, 0);
    return df_buf_str(&out);
}

bool df_image_below(df_str path, df_str dir)
{
    if (!path.ptr || !dir.ptr)
        return false;
    if (df_str_eq(path, dir) || df_str_is(dir, "."))
        return true;
    if (df_str_is(dir, "/"))
        return df_str_starts(path, "/");
    return path.len > dir.len && path.ptr[dir.len] == '/' &&
           df_str_eq(df_str_slice(path, 0, dir.len), dir);
}
