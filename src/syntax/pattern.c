/* Patterns of the builder's variable expansion: see syntax/pattern.h. */
#include "syntax/pattern.h"

/* Length of the UTF-8 sequence that begins at s[at], 1 for a stray byte. */
static size_t rune_len(df_str s, size_t at)
{
    unsigned char c = (unsigned char)s.ptr[at];
    size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;

    for (size_t i = 1; i < n; i++)
        if (at + i >= s.len || ((unsigned char)s.ptr[at + i] & 0xC0) != 0x80)
            return 1;
    return n;
}

/*
 * Matching tries every head and tail. Values of variables are names and
 * versions; one that is longer is not looked at.
 */
#define MAX_SUBJECT 256u

/* An escape stands before one of the characters that have a meaning. */
static bool valid(df_str p)
{
    for (size_t i = 0; i < p.len; i++) {
        if (p.ptr[i] != '\\')
            continue;
        if (++i == p.len ||
            df_str_find_char(DF_STR("*?\\}/"), p.ptr[i]) == SIZE_MAX)
            return false;
    }
    return true;
}

/* Does the whole of s match? Iterative, the usual one-star backtracking. */
static bool matches(df_str p, df_str s)
{
    size_t pi = 0, si = 0, star = SIZE_MAX, mark = 0;

    while (si < s.len) {
        if (pi < p.len && p.ptr[pi] == '*') {
            star = pi++;
            mark = si;
        } else if (pi < p.len && p.ptr[pi] == '?' && s.ptr[si] != '\n') {
            pi++;
            si += rune_len(s, si);
        } else if (pi + 1 < p.len && p.ptr[pi] == '\\' &&
                   p.ptr[pi + 1] == s.ptr[si]) {
            pi += 2;
            si++;
        } else if (pi < p.len && p.ptr[pi] != '\\' && p.ptr[pi] != '?' &&
                   p.ptr[pi] == s.ptr[si]) {
            pi++;
            si++;
        } else if (star != SIZE_MAX && s.ptr[mark] != '\n') {
            pi = star + 1;
            si = ++mark;
        } else {
            return false;
        }
    }
    while (pi < p.len && p.ptr[pi] == '*')
        pi++;
    return pi == p.len;
}

static df_str part(df_str value, bool tail, size_t len)
{
    return tail ? df_str_from(value, value.len - len)
                : df_str_slice(value, 0, len);
}

bool df_pattern_trim(df_str pattern, df_str value, bool tail, bool greedy,
                     df_str *rest)
{
    *rest = value;
    if (!valid(pattern) || value.len > MAX_SUBJECT)
        return false;
    for (size_t i = 0; i <= value.len; i++) {
        size_t len = greedy ? value.len - i : i;

        if (!matches(pattern, part(value, tail, len)))
            continue;
        *rest = part(value, !tail, value.len - len);
        return true;
    }
    return true;
}

/* The longest match at `from`, SIZE_MAX if none. */
static size_t longest(df_str pattern, df_str value, size_t from)
{
    for (size_t to = value.len + 1; to-- > from;)
        if (matches(pattern, df_str_slice(value, from, to)))
            return to;
    return SIZE_MAX;
}

bool df_pattern_replace(df_str pattern, df_str value, df_str text, bool all,
                        df_buf *out)
{
    size_t at = 0;
    bool done = false;

    if (!valid(pattern) || value.len > MAX_SUBJECT)
        return false;
    while (at <= value.len) {
        size_t to = done && !all ? SIZE_MAX : longest(pattern, value, at);

        if (to != SIZE_MAX) {
            df_buf_add(out, text);
            done = true;
        }
        if (to == SIZE_MAX || to == at) {
            if (at < value.len)
                df_buf_addc(out, value.ptr[at]);
            at++;
        } else {
            at = to;
        }
    }
    return true;
}
