/*
 * .dockerignore: what of a directory the builder sees.
 *
 * The rules are BuildKit's: moby/patternmatcher for the file and the patterns,
 * tonistiigi/fsutil for the walk that sends the context. The walk is not just
 * "the last matching pattern wins, parents count": a pattern is not tried
 * where its answer cannot change anything, which hides a match of the parent
 * from what is below. After `dir/x` and `!dir`, dir/x stays excluded.
 */
#ifndef DF_CONTEXT_IGNORE_H
#define DF_CONTEXT_IGNORE_H

#include <dfopt/mem.h>

typedef struct df_ignore df_ignore;

typedef enum {
    DF_IGNORE_KEEP,
    DF_IGNORE_DROP,
    DF_IGNORE_PRUNE, /* dropped, and never looked into if it is a directory */
} df_ignore_verdict;

/* Never NULL. Keeps views of `text`. */
df_ignore *df_ignore_parse(df_arena *a, df_str text);

/*
 * Will the builder refuse the file? Then every path is PRUNE. A pattern whose
 * matching takes too long counts as refused from then on.
 */
bool df_ignore_is_bad(const df_ignore *ig, uint32_t *line, df_str *why);

/*
 * For a clean relative path, not the root. A directory that is dropped, but
 * not pruned, exists nevertheless if anything below it is kept.
 */
df_ignore_verdict df_ignore_judge(df_ignore *ig, df_str path);

/* MatchesOrParentMatches of patternmatcher: what the builder's lint goes by. */
bool df_ignore_matches(df_ignore *ig, df_str path);

#endif
