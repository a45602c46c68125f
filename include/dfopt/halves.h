/*
 * One RUN as two: `install && build` becomes two instructions.
 *
 * The second half starts a fresh shell (see effect.h), so what the first one
 * left in its own must be repeated (`cd`, a `set` line), or it is refused.
 */
#ifndef DFOPT_HALVES_H
#define DFOPT_HALVES_H

#include <dfopt/facts.h>

typedef struct {
    df_str why;   /* it cannot be halved; empty if it can */
    df_span gap;  /* the operator between the halves, and what is around it */
    df_str again; /* `cd x && `: begins the second half */
} df_halves;

/* Before run->cmds[at], which is not the first. */
df_halves df_run_halves(df_arena *a, const df_run *run, uint32_t at);

#endif
