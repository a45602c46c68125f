/* Strings: see dfopt/str.h. */
#include <dfopt/str.h>

#include <string.h>

bool df_str_is_nocase(df_str s, const char *cstr)
{
    for (size_t i = 0; i < s.len; i++)
        if (!cstr[i] || df_lower(s.ptr[i]) != df_lower(cstr[i]))
            return false;
    return cstr[s.len] == '\0';
}

bool df_str_has_nocase(df_str s, const char *needle)
{
    size_t n = df_str_of(needle).len;

    for (size_t i = 0; i + n <= s.len; i++)
        if (df_str_is_nocase(df_str_slice(s, i, i + n), needle))
            return true;
    return false;
}

int df_str_cmp(df_str a, df_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

size_t df_str_find_char(df_str s, char c)
{
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return p ? (size_t)(p - s.ptr) : SIZE_MAX;
}

size_t df_str_find(df_str s, const char *needle)
{
    size_t n = strlen(needle);
    size_t i = 0;

    if (n == 0)
        return 0;
    while (i + n <= s.len) {
        const char *p = memchr(s.ptr + i, needle[0], s.len - n + 1 - i);

        if (!p)
            break;
        if (memcmp(p, needle, n) == 0)
            return (size_t)(p - s.ptr);
        i = (size_t)(p - s.ptr) + 1;
    }
    return SIZE_MAX;
}

bool df_str_has(df_str s, const char *needle)
{
    return df_str_find(s, needle) != SIZE_MAX;
}

df_str df_str_trim(df_str s)
{
    size_t from = 0;
    size_t to = s.len;

    while (from < to && df_is_space(s.ptr[from]))
        from++;
    while (to > from && df_is_space(s.ptr[to - 1]))
        to--;
    return df_str_slice(s, from, to);
}

bool df_str_cut(df_str *s, char c, df_str *head)
{
    size_t at = df_str_find_char(*s, c);

    if (at == SIZE_MAX) {
        *head = *s;
        *s = df_str_from(*s, s->len);
        return false;
    }
    *head = df_str_slice(*s, 0, at);
    *s = df_str_from(*s, at + 1);
    return true;
}

df_str df_path_base(df_str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/')
            return df_str_from(path, i + 1);
    return path;
}

/* Most differ in their first bytes: no length is counted. */
static bool is_same(df_str s, const char *cstr)
{
    for (size_t i = 0; i < s.len; i++)
        if (cstr[i] != s.ptr[i] || !cstr[i])
            return false;
    return !cstr[s.len];
}

bool df_str_in(df_str s, const char *const *list)
{
    for (; list && *list; list++)
        if (is_same(s, *list))
            return true;
    return false;
}
