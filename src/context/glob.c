/*
 * filepath.Match: see context/glob.h. A pattern is cut before each star into
 * chunks of fixed length; the first place where a chunk fits is as good as
 * any other, so nothing is ever tried twice (path/filepath/match.go).
 */
#include "context/glob.h"

#include "context/utf8.h"

typedef struct {
    bool star; /* stars stand in front */
    df_str text;
} chunk;

/* chunk := '*'* text */
static chunk take_chunk(df_str *pattern)
{
    bool in_class = false;
    chunk c = {.star = df_str_starts(*pattern, "*")};
    size_t i;

    while (df_str_starts(*pattern, "*"))
        *pattern = df_str_from(*pattern, 1);
    for (i = 0; i < pattern->len; i++) {
        char at = pattern->ptr[i];

        if (at == '*' && !in_class)
            break;
        if (at == '\\' && i + 1 < pattern->len)
            i++;
        else if (at == '[' || at == ']')
            in_class = at == '[';
    }
    c.text = df_str_slice(*pattern, 0, i);
    *pattern = df_str_from(*pattern, i);
    return c;
}

/* A character of a class, maybe escaped; something must follow it. */
static bool take_class_char(df_str *c, uint32_t *rune)
{
    df_rune r;

    if (!c->len || c->ptr[0] == '-' || c->ptr[0] == ']')
        return false;
    if (c->ptr[0] == '\\')
        *c = df_str_from(*c, 1);
    if (!c->len)
        return false;
    r = df_utf8_first(*c);
    *c = df_str_from(*c, r.len);
    *rune = r.rune;
    return !r.bad && c->len;
}

/* char ('-' char)? */
static bool take_class_range(df_str *c, uint32_t rune, bool *holds)
{
    uint32_t low;
    uint32_t high;

    if (!take_class_char(c, &low))
        return false;
    high = low;
    if (c->ptr[0] == '-') {
        *c = df_str_from(*c, 1);
        if (!take_class_char(c, &high))
            return false;
    }
    *holds |= low <= rune && rune <= high;
    return true;
}

/* '[' '^'? range+ ']'; *holds says whether the class has the character. */
static bool take_class(df_str *c, uint32_t rune, bool *holds)
{
    bool negated;

    *c = df_str_from(*c, 1);
    negated = df_str_starts(*c, "^");
    *c = df_str_from(*c, negated);
    *holds = false;
    do
        if (!take_class_range(c, rune, holds))
            return false;
    while (!df_str_starts(*c, "]"));
    *c = df_str_from(*c, 1);
    *holds ^= negated;
    return true;
}

/* One term of a chunk against the front of *name, unless it failed already. */
static bool take_term(df_str *c, df_str *name, bool *failed)
{
    df_rune r = *failed ? (df_rune){0, 0, false} : df_utf8_first(*name);
    char want = c->ptr[0];
    bool holds;

    if (want == '[') {
        *name = df_str_from(*name, r.len);
        if (!take_class(c, r.rune, &holds))
            return false;
        *failed |= !holds;
        return true;
    }
    *c = df_str_from(*c, 1);
    if (want == '?') {
        *failed |= r.rune == '/';
        *name = df_str_from(*name, r.len);
        return true;
    }
    if (want == '\\') {
        if (!c->len)
            return false;
        want = c->ptr[0];
        *c = df_str_from(*c, 1);
    }
    if (!*failed) {
        *failed = name->ptr[0] != want;
        *name = df_str_from(*name, 1);
    }
    return true;
}

/* A chunk at the front of *name, which is taken away then. */
static df_glob_answer match_chunk(df_str c, df_str *name)
{
    df_str rest = *name;
    bool failed = false;

    while (c.len) {
        failed |= rest.len == 0;
        if (!take_term(&c, &rest, &failed))
            return DF_GLOB_BAD;
    }
    if (failed)
        return DF_GLOB_NO;
    *name = rest;
    return DF_GLOB_YES;
}

/* A chunk behind a star: at the first place where it fits. */
static df_glob_answer match_behind(df_str c, bool last, df_str *name)
{
    for (size_t i = 0; i < name->len && name->ptr[i] != '/'; i++) {
        df_str rest = df_str_from(*name, i + 1);
        df_glob_answer answer = match_chunk(c, &rest);

        if (answer == DF_GLOB_NO || (answer == DF_GLOB_YES && last && rest.len))
            continue;
        *name = rest;
        return answer;
    }
    return DF_GLOB_NO;
}

df_glob_answer df_glob_match(df_str pattern, df_str name)
{
    while (pattern.len) {
        chunk c = take_chunk(&pattern);
        df_str rest = name;
        df_glob_answer answer;

        if (c.star && !c.text.len)
            return df_str_find_char(name, '/') == SIZE_MAX ? DF_GLOB_YES
                                                           : DF_GLOB_NO;
        answer = match_chunk(c.text, &rest);
        if (answer == DF_GLOB_YES && (!rest.len || pattern.len)) {
            name = rest;
            continue;
        }
        if (answer == DF_GLOB_BAD)
            return answer;
        if (!c.star)
            return DF_GLOB_NO;
        answer = match_behind(c.text, !pattern.len, &name);
        if (answer != DF_GLOB_YES)
            return answer;
    }
    return name.len ? DF_GLOB_NO : DF_GLOB_YES;
}

bool df_glob_has_meta(df_str pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];

        if (c == '\\')
            i++;
        else if (c == '*' || c == '?' || c == '[')
            return true;
    }
    return false;
}
