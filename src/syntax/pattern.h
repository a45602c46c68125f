/*
 * Patterns of ${name#pattern} and ${name/pattern/text} in the builder: `*`,
 * `?`, and `\` before one of `*?\}/`. No brackets.
 */
#ifndef DF_SYNTAX_PATTERN_H
#define DF_SYNTAX_PATTERN_H

#include "base/buf.h"

/*
 * `value` without the shortest (greedy: longest) head, or tail, that matches.
 * False if the pattern is not valid, or the value too long to be tried.
 */
bool df_pattern_trim(df_str pattern, df_str value, bool tail, bool greedy,
                     df_str *rest);

/* Replace the first match, or all, always the longest; false: not valid. */
bool df_pattern_replace(df_str pattern, df_str value, df_str text, bool all,
                        df_buf *out);

#endif
