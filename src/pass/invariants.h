/* What must hold after each round, whatever a pass did. */
#ifndef DF_PASS_INVARIANTS_H
#define DF_PASS_INVARIANTS_H

#include <dfopt/facts.h>

/*
 * Compares a document with its successor. NULL if all holds: it parses with
 * no more problems, no RUN became unreadable, every comment is still there,
 * a final newline is neither lost nor won, directives are the same. Else what
 * broke, in words.
 */
const char *df_invariants_broken(df_arena *scratch, const df_facts *before,
                                 const df_facts *after);

#endif
