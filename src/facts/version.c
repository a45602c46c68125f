/* Versions: see version.h. */
#include "facts/version.h"

static bool number(df_str *s, unsigned long *out)
{
    size_t i = 0;

    *out = 0;
    for (; i < s->len && df_is_digit(s->ptr[i]) && i < 9; i++)
        *out = *out * 10 + (unsigned long)(s->ptr[i] - '0');
    *s = df_str_from(*s, i);
    if (i && s->len && s->ptr[0] == '.')
        *s = df_str_from(*s, 1);
    return i > 0;
}

int df_version_cmp(df_str a, df_str b)
{
    for (;;) {
        unsigned long x;
        unsigned long y;
        bool more = number(&a, &x);

        more |= number(&b, &y);
        if (!more || x != y)
            return (x > y) - (x < y);
    }
}

static df_str leading_version(df_str tag)
{
    size_t i = 0;

    while (i < tag.len && (df_is_digit(tag.ptr[i]) || tag.ptr[i] == '.'))
        i++;
    return df_str_slice(tag, 0, i);
}

/* The tag that says most: `3` and `latest` are 3.14.7. */
df_str df_runtime_version(const df_kb *kb, const df_stage *stage)
{
    df_str tag = stage->tag;
    df_tag known;

    if (df_kb_tag(kb, stage->repo, stage->tag, &known))
        df_list_next(&known.tags, &tag);
    return leading_version(tag).len ? leading_version(tag)
                                    : leading_version(stage->tag);
}

/* Is 3.12.1 of 3.12? */
static bool is_of(df_str version, df_str line)
{
    return df_str_is(line, "*") || df_str_eq(version, line) ||
           (version.len > line.len && version.ptr[line.len] == '.' &&
            df_str_eq(df_str_slice(version, 0, line.len), line));
}

static bool reaches(df_str runtime, df_str version, df_strings rules)
{
    for (df_strings s = rules; *s; s++) {
        df_str since = df_str_of(*s);
        df_str line;

        df_str_cut(&since, ' ', &line);
        if (is_of(runtime, line) && df_version_cmp(version, since) >= 0)
            return true;
    }
    return false;
}

bool df_version_since(df_str version, df_strings since)
{
    for (df_strings s = since; *s; s++) {
        df_str rest = df_str_of(*s);
        df_str line;

        df_str_cut(&rest, ' ', &line);
        if (df_str_eq(version, line))
            return true;
    }
    return !*since || reaches(version, version, since);
}

bool df_is_prebuilt(const df_native *native, df_str version, df_str runtime)
{
    return native->optional || !version.len ||
           reaches(runtime, version, native->prebuilt);
}

bool df_is_amd64_only(const df_native *native, df_str version)
{
    return native && native->arm64_since && version.len &&
           df_version_cmp(version, df_str_of(native->arm64_since)) < 0;
}
