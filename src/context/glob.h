/*
 * Go's filepath.Match, as COPY and ADD apply it to their sources.
 *
 *     *      any characters but a slash; `**` is no different
 *     ?      one character that is no slash
 *     [a-z]  one character of a class, [^a-z] one of no class
 *     \c     the character c
 */
#ifndef DF_CONTEXT_GLOB_H
#define DF_CONTEXT_GLOB_H

#include <dfopt/str.h>

typedef enum {
    DF_GLOB_NO,
    DF_GLOB_YES,
    DF_GLOB_BAD, /* the pattern, as far as it was looked at */
} df_glob_answer;

/* Time is at most the product of both lengths. */
df_glob_answer df_glob_match(df_str pattern, df_str name);

/* Does it hold `*`, `?` or `[` that is not escaped? */
bool df_glob_has_meta(df_str pattern);

#endif
