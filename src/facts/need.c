/* What an install needs of the project, one file after the other: for the
 * readers of facts/install.h. */
#include "facts/install.h"

bool df_need_why(df_reader *r, const char *format, ...)
{
    va_list args;

    if (r->in->why.len)
        return false;
    va_start(args, format);
    r->in->why = df_vfmt(r->b->arena, format, args);
    va_end(args);
    return false;
}

df_str df_need_path(df_reader *r, df_str dir, df_str name)
{
    return df_image_path(r->b->arena, dir, name);
}

bool df_need_find(df_reader *r, df_str path, df_origin *out)
{
    return path.ptr && df_brought_find(r->b, path, out);
}

static bool known_already(const df_install *in, df_str path)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(in->needs[i].path, path))
            return true;
    return false;
}

/* Names that can stand in a COPY without quotes. */
static bool is_simple_name(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]) &&
            df_str_find_char(DF_STR("./-@+~%="), s.ptr[i]) == SIZE_MAX)
            return false;
    return s.len > 0;
}

/* A link in the context on the way to a file, or the file itself. */
static bool on_link(df_reader *r, const df_origin *origin, df_str *link)
{
    for (size_t i = 1; i <= origin->path.len; i++) {
        *link = df_str_slice(origin->path, 0, i);
        if ((i == origin->path.len || origin->path.ptr[i] == '/') &&
            df_context_lookup(r->b->context, *link) == DF_FILE_LINK)
            return true;
    }
    return false;
}

bool df_need_add(df_reader *r, df_str path, bool main)
{
    df_need need = {.path = path, .main = main};
    df_str link;

    if (path.ptr && known_already(r->in, path))
        return true;
    if (!df_need_find(r, path, &need.origin))
        return false;
    if (on_link(r, &need.origin, &link))
        df_need_why(r, "%.*s is a symbolic link", DF_STR_ARG(link));
    else if (!is_simple_name(need.origin.path))
        df_need_why(r, "the name %.*s would need quotes",
                    DF_STR_ARG(need.origin.path));
    *df_push(r->b->arena, r->in, needs) = need;
    return true;
}
