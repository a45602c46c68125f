/*
 * One pattern of .dockerignore against one path, as moby/patternmatcher does.
 */
#ifndef DF_CONTEXT_PATTERN_H
#define DF_CONTEXT_PATTERN_H

#include <dfopt/mem.h>

typedef struct df_pattern df_pattern;

/* A pattern that is clean and without `!`. NULL: the builder refuses it. */
df_pattern *df_pattern_compile(df_arena *a, df_str text);

/*
 * Does it match exactly this path? What a matching parent means is up to the
 * caller. Each step is taken from *budget; at 0 the answer is false.
 */
bool df_pattern_matches(df_pattern *p, df_str path, size_t *budget);

#endif
