/*
 * Programs that move. A shell remembers where it found a program (POSIX XCU
 * 2.9.1.1); if a newer one appears elsewhere in PATH, the same shell goes on
 * with the old one, where the shell of the next RUN would not: the pip of a
 * distribution cannot import what `pip install --upgrade pip` left.
 */
#ifndef DFOPT_FACTS_MOVES_H
#define DFOPT_FACTS_MOVES_H

#include <dfopt/join.h>

typedef struct df_moves df_moves;

/* Of a row of neighbours; lives in the arena, looks into the bodies. */
df_moves *df_moves_of(df_arena *a, const df_body *bodies, uint32_t n);

/* What puts a program somewhere that runs on both sides of the cut behind body
 * `i`; NULL: nothing. */
const df_cmd *df_moves_at(const df_moves *m, uint32_t i);

#endif
