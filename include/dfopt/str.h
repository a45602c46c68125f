/*
 * Strings and places.
 *
 * A df_str is a view: pointer and length, never owned, may hold any byte. A
 * df_span is a place in the text of one document, in bytes. Case and blanks
 * are ASCII everywhere: no locale reaches a document.
 */
#ifndef DFOPT_STR_H
#define DFOPT_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *ptr;
    size_t len;
} df_str;

/* C strings, and NULL behind the last. */
typedef const char *const *df_strings;

typedef struct {
    uint32_t off;
    uint32_t len;
} df_span;

/* A literal as a df_str, and a df_str as the two arguments of "%.*s". */
#define DF_STR(lit)   ((df_str){"" lit, sizeof(lit) - 1})
#define DF_STR_ARG(s) (int)(s).len, (s).ptr

/* What is asked for every word stands here, so that the compiler sees how long
 * a literal is. */

/* The whole of a C string; NULL gives the empty string with a NULL pointer. */
static inline df_str df_str_of(const char *cstr)
{
    return (df_str){cstr, cstr ? strlen(cstr) : 0};
}

static inline bool df_str_eq(df_str a, df_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool df_str_is(df_str s, const char *cstr)
{
    return df_str_eq(s, df_str_of(cstr));
}

static inline bool df_str_starts(df_str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

static inline bool df_str_ends(df_str s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.len >= n && memcmp(s.ptr + s.len - n, suffix, n) == 0;
}

/* Bytes [from, to); both are clamped to the string. */
static inline df_str df_str_slice(df_str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (df_str){s.len ? s.ptr + from : s.ptr, to - from};
}

static inline df_str df_str_from(df_str s, size_t from)
{
    return df_str_slice(s, from, s.len);
}

bool df_str_is_nocase(df_str s, const char *cstr);
bool df_str_has_nocase(df_str s, const char *needle);
int df_str_cmp(df_str a, df_str b);

/* Offset of the first occurrence, or SIZE_MAX. */
size_t df_str_find(df_str s, const char *needle);
size_t df_str_find_char(df_str s, char c);
bool df_str_has(df_str s, const char *needle);

/* Without blanks (space, tab, CR, LF, VT, FF) at both ends. */
df_str df_str_trim(df_str s);

/*
 * Cut at the first `c`: the part before goes to *head, true if `c` was there,
 * and *s becomes what is behind it (empty if `c` was absent).
 */
bool df_str_cut(df_str *s, char c, df_str *head);

/* What stands behind the last slash; the whole path if there is none. */
df_str df_path_base(df_str path);

/* In list of C strings that ends with NULL? A NULL list holds nothing. */
bool df_str_in(df_str s, const char *const *list);

static inline bool df_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool df_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool df_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool df_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A byte of a variable's name behind the first one. */
static inline bool df_is_name(char c)
{
    return df_is_alpha(c) || df_is_digit(c) || c == '_';
}

static inline char df_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline uint32_t df_span_end(df_span s)
{
    return s.off + s.len;
}

static inline df_span df_span_between(uint32_t from, uint32_t to)
{
    return (df_span){from, to > from ? to - from : 0};
}

static inline bool df_span_holds(df_span outer, df_span inner)
{
    return inner.off >= outer.off && df_span_end(inner) <= df_span_end(outer);
}

#endif
