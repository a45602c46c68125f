/*
 * What a smaller sibling of an image lacks: commands that a stage calls, that
 * its packages need to be installed or to run, that its source starts.
 */
#ifndef DFOPT_LACKS_H
#define DFOPT_LACKS_H

#include <dfopt/deps.h>
#include <dfopt/use.h>

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *context;
    const df_stage *stage; /* FROM the larger image */
    df_str image;          /* the smaller one, for messages */
    const df_use *use;
    const df_deps *deps;
    df_span at; /* the first reason against it */
    df_str why;
} df_smaller;

df_smaller df_smaller_look(df_arena *a, const df_facts *facts,
                           df_context *context, const df_stage *stage,
                           df_str image);

/* Does something speak against the smaller image? Then where, and what. */
bool df_smaller_lacks(df_smaller *s, df_span *at, df_str *why);

/* What could not be seen, for somebody to check. */
df_str df_smaller_conditions(const df_smaller *s);

#endif
