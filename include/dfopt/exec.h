/* RUN in exec form, or for another shell, read as one of bash. */
#ifndef DFOPT_EXEC_H
#define DFOPT_EXEC_H

#include <dfopt/facts.h>

/*
 * The same RUN with its words as a command: `["npm", "ci"]` as `npm ci`. For
 * asking only: its places are those of the words, and it is in no list of RUNs.
 * NULL if it is not in exec form, or no shell could say it.
 */
const df_run *df_exec_run(df_arena *a, const df_run *run);

/*
 * What a RUN under `SHELL ["/bin/zsh", "-c"]` would be for bash: for guesses
 * about what a note should say. NULL if its shell is known, is of Windows, or
 * its text is none of bash's.
 */
const df_run *df_foreign_run(df_arena *a, const df_run *run);

#endif
