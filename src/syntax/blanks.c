/* Blanks as Go's unicode.IsSpace sees them, and problems. */
#include "syntax/doc.h"

#include "base/limits.h"

/* Three-byte spaces: U+1680, U+2000-200A, 2028, 2029, 202F, 205F, U+3000. */
static bool wide_space(const unsigned char *p)
{
    if (p[0] == 0xE1)
        return p[1] == 0x9A && p[2] == 0x80;
    if (p[0] == 0xE3)
        return p[1] == 0x80 && p[2] == 0x80;
    if (p[0] != 0xE2)
        return false;
    if (p[1] == 0x80)
        return (p[2] >= 0x80 && p[2] <= 0x8A) || p[2] == 0xA8 || p[2] == 0xA9 ||
               p[2] == 0xAF;
    return p[1] == 0x81 && p[2] == 0x9F;
}

size_t df_uspace(df_str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;

    if (left == 0)
        return 0;
    if (p[0] < 0x80)
        return df_is_space((char)p[0]) ? 1 : 0;
    if (left >= 2 && p[0] == 0xC2 && (p[1] == 0x85 || p[1] == 0xA0))
        return 2;
    return left >= 3 && wide_space(p) ? 3 : 0;
}

void df_utrim(df_str s, size_t *from, size_t *to)
{
    df_str head = df_str_slice(s, 0, *to);
    size_t n;

    while (*from < *to && (n = df_uspace(head, *from)) > 0)
        *from += n;
    while (*to > *from) {
        size_t end = *to;

        for (n = 1; n <= 3 && n <= *to - *from; n++)
            if (df_uspace(df_str_slice(s, 0, *to), *to - n) == n)
                *to -= n;
        if (*to == end)
            return;
    }
}

void df_problem_vadd(df_arena *a, df_doc *doc, df_span at, const char *format,
                     va_list args)
{
    if (doc->nproblems > DF_MAX_PROBLEMS)
        return;
    if (doc->nproblems == DF_MAX_PROBLEMS)
        format = "too many errors, the others are not shown";
    *df_push(a, doc, problems) = (df_problem){at, df_vfmt(a, format, args)};
}

void df_problem_add(df_arena *a, df_doc *doc, df_span at, const char *format,
                    ...)
{
    va_list args;

    va_start(args, format);
    df_problem_vadd(a, doc, at, format, args);
    va_end(args);
}
