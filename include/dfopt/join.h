/*
 * Joining RUNs: may neighbours share one shell without anybody noticing, and
 * what does the text look like then? A RUN starts a fresh shell, so the state
 * of one must not reach the next, a failure must still stop everything, and
 * what binds to what must stay (POSIX XCU 2.9.3, 2.12, 2.14 `set -e`).
 */
#ifndef DFOPT_JOIN_H
#define DFOPT_JOIN_H

#include <dfopt/effect.h>
#include <dfopt/transform.h>

/* How two neighbours are joined. */
typedef enum {
    DF_LINK_NONE,
    DF_LINK_AND,  /* A && B */
    DF_LINK_SEMI, /* set -e; A; B: one script */
    DF_LINK_SET,  /* set -e && A && B, or export: one chain */
} df_link;

/* One RUN of a row of neighbours. */
typedef struct {
    const df_run *run;
    df_effects fx;
    df_link before;     /* to the one before, where they are joined */
    df_link link;       /* to the next one */
    const char *reason; /* why there is none; NULL: not worth a word */
    df_span at;         /* what the reason is about */
} df_body;

/* What joins know of a document: one for all of its rows, in their order. */
typedef struct df_joins df_joins;

df_joins *df_joins_new(df_arena *a, const df_facts *facts);

/*
 * Fill in effects, links to the next one and reasons of n neighbours: RUNs of
 * one stage with nothing but blank and comment lines between them. Whether a
 * join is worth it is not asked here.
 */
void df_join_links(df_joins *joins, df_body *bodies, uint32_t n);

/* Would one of the bodies that it is linked to see what this one does to the
 * shell? */
bool df_body_is_seen(const df_body *body);

/* Where a body begins and ends in the source, and what stands before it ends:
 * RUN and its flags, or the `set` line that the one before has already. */
uint32_t df_body_start(const df_run *run, df_link before);
uint32_t df_body_end(const df_run *run);
uint32_t df_head_end(const df_run *run, df_link before);

/* Add the edits that join n bodies, whose links and befores are settled. */
void df_join(df_pass_ctx *cx, df_finding *f, const df_body *first, uint32_t n);

#endif
