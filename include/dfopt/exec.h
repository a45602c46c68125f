/* RUN in exec form, read as a command of a shell. */
#ifndef DFOPT_EXEC_H
#define DFOPT_EXEC_H

#include <dfopt/facts.h>

/*
 * The same RUN with its words as a command: `["npm", "ci"]` as `npm ci`. For
 * asking only: its places are those of the words, and it is in no list of RUNs.
 * NULL if it is not in exec form, or no shell could say it.
 */
const df_run *df_exec_run(df_arena *a, const df_run *run);

#endif
