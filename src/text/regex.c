/*
 * PCRE2, 8-bit, bytes rather than UTF-8: documents may hold any byte. `$` is
 * the very end, not also before a last line end. A pattern cannot raise the
 * limits or switch to UTF by its `(*…)` prefixes.
 */
#include "text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

#define OPTIONS (PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP)

/* One thread's: a match works in `data`, which is too dear to make for each. */
struct df_regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

static void free_regex(void *ptr)
{
    df_regex *re = ptr;

    pcre2_match_data_free(re->data);
    pcre2_match_context_free(re->limits);
    pcre2_code_free(re->code);
}

static bool bad_pattern(df_err *err, int code, PCRE2_SIZE offset)
{
    char text[128];

    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    return df_fail(err, DF_EDATA, NULL, 0, "bad pattern at offset %zu: %s",
                   (size_t)offset, text);
}

df_regex *df_regex_new(df_arena *a, const char *pattern, df_err *err)
{
    df_regex *re = df_new(a, df_regex);
    PCRE2_SIZE offset;
    int code;

    df_defer(a, free_regex, re);
    re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                             OPTIONS, &code, &offset, NULL);
    if (!re->code && code == PCRE2_ERROR_HEAP_FAILED)
        df_arena_exhausted(a);
    if (!re->code) {
        bad_pattern(err, code, offset);
        return NULL;
    }
    re->limits = pcre2_match_context_create(NULL);
    re->data = pcre2_match_data_create(DF_REGEX_GROUPS, NULL);
    if (!re->limits || !re->data)
        df_arena_exhausted(a);
    pcre2_set_match_limit(re->limits, DF_REGEX_STEPS);
    pcre2_set_depth_limit(re->limits, DF_REGEX_DEPTH);
    return re;
}

struct df_patterns {
    df_arena *arena;
    df_map map;
};

df_patterns *df_patterns_new(df_arena *a)
{
    df_patterns *p = df_new(a, df_patterns);

    p->arena = a;
    df_map_init(&p->map, a);
    return p;
}

const df_regex *df_patterns_get(df_patterns *p, const char *pattern)
{
    df_str key = df_str_of(pattern);
    df_regex *re = df_map_get(&p->map, key);
    df_err err;

    if (!re) {
        re = df_regex_new(p->arena, pattern, &err);
        if (re)
            df_map_put(&p->map, key, re);
    }
    return re;
}

static void fill_groups(df_str subject, const PCRE2_SIZE *ends, size_t n,
                        df_str *groups)
{
    for (size_t i = 0; i < DF_REGEX_GROUPS; i++) {
        bool set = i < n && ends[2 * i] != PCRE2_UNSET;

        /* \K in a lookahead can put the start behind the end. */
        groups[i] = set ? df_str_slice(subject, ends[2 * i], ends[2 * i + 1])
                        : df_str_of(NULL);
    }
}

/* PCRE2 counts anew from each place of the text: fewer steps where there are
 * many places. */
static void limit_steps(const df_regex *re, size_t len)
{
    size_t steps = DF_REGEX_WORK / (len + 1);

    if (steps > DF_REGEX_STEPS)
        steps = DF_REGEX_STEPS;
    if (steps < DF_REGEX_LEAST)
        steps = DF_REGEX_LEAST;
    pcre2_set_match_limit(re->limits, (uint32_t)steps);
}

static int match(const df_regex *re, df_arena *scratch, df_str subject,
                 df_str *groups)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.len ? subject.ptr : "");
    int count;

    limit_steps(re, subject.len);
    count =
        pcre2_match(re->code, text, subject.len, 0, 0, re->data, re->limits);
    /* 0: more groups than there is room for; those that fit are there. */
    if (count >= 0 && groups)
        fill_groups(subject, pcre2_get_ovector_pointer(re->data),
                    count ? (size_t)count : DF_REGEX_GROUPS, groups);
    if (count == PCRE2_ERROR_NOMEMORY)
        df_arena_exhausted(scratch);
    return count;
}

bool df_regex_match(const df_regex *re, df_arena *scratch, df_str subject,
                    df_str *groups)
{
    return match(re, scratch, subject, groups) >= 0;
}

bool df_regex_may_match(const df_regex *re, df_arena *scratch, df_str subject,
                        df_str *found)
{
    df_str groups[DF_REGEX_GROUPS] = {{NULL, 0}};
    int count = match(re, scratch, subject, groups);

    *found = groups[0];
    return count != PCRE2_ERROR_NOMATCH;
}

df_str df_regex_fill(df_arena *a, const char *template, const df_str *groups)
{
    df_buf out;

    df_buf_init(&out, a);
    for (const char *p = template; *p; p++) {
        if (*p == '$' && df_is_digit(p[1]))
            df_buf_add(&out, groups[*++p - '0']);
        else if (*p == '$' && p[1] == '$')
            df_buf_addc(&out, *++p);
        else
            df_buf_addc(&out, *p);
    }
    return df_buf_str(&out);
}
