/*
 * The part of Go's regular expressions that patternmatcher can write.
 *
 * It writes characters, `[^/]`, `[^/]*`, `.*` and `(.*<slash>)?`. But classes
 * and escapes pass through from .dockerignore, and of the special characters
 * `{`, `|` and `^` do too: so there are alternatives, repetitions like `{2}`,
 * anchors and boundaries, and quotes \Q...\E, but no other groups.
 *
 * Not here: \p and \P (tables of Unicode categories).
 */
#ifndef DF_CONTEXT_GOREGEX_H
#define DF_CONTEXT_GOREGEX_H

#include "context/nfa.h"

/* NULL if Go would not compile it, if it holds \p, or if it is huge. */
df_nfa *df_goregex_compile(df_arena *a, df_str regex);

#endif
