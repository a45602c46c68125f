/*
 * PCRE2 behind a few functions, with limits on steps and depth, so that no
 * pattern of a user's YAML can hang a run. No other file includes pcre2.h.
 */
#ifndef DF_TEXT_REGEX_H
#define DF_TEXT_REGEX_H

#include "base/err.h"

typedef struct df_regex df_regex;

/*
 * Compile; released with the arena. NULL with *err filled in (DF_EDATA, the
 * offset in the message) if the pattern is wrong.
 */
df_regex *df_regex_new(df_arena *a, const char *pattern, df_err *err);

#define DF_REGEX_GROUPS 10

/*
 * Search; groups[0] is the whole match, groups that did not take part are
 * empty with a NULL pointer. Hitting a limit is "no match". `groups` may be
 * NULL, else it has room for DF_REGEX_GROUPS.
 */
bool df_regex_match(const df_regex *re, df_arena *scratch, df_str subject,
                    df_str *groups);

/*
 * The same for what forbids: hitting a limit is a match, too, and then *found
 * is empty.
 */
bool df_regex_may_match(const df_regex *re, df_arena *scratch, df_str subject,
                        df_str *found);

/* `template` with $0 to $9 replaced by groups; $$ is a dollar. */
df_str df_regex_fill(df_arena *a, const char *template, const df_str *groups);

/*
 * Patterns that are compiled once, for all files that one thread works on.
 * What is kept lives in the arena.
 */
typedef struct df_patterns df_patterns;

df_patterns *df_patterns_new(df_arena *a);

/* NULL if the pattern is wrong. Its text must live as long as the arena. */
const df_regex *df_patterns_get(df_patterns *p, const char *pattern);

#endif
