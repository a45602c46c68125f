/* Scripts of `sh -c '…'` that hold simple commands and nothing else. */
#ifndef DF_FACTS_SIMPLE_H
#define DF_FACTS_SIMPLE_H

#include <dfopt/str.h>

/*
 * The word as it is written, with its quotes. True if what it does is what its
 * commands do, by themselves: no loops, no expansions, no assignments, and no
 * redirection that belongs to none of them. By its letters alone: it may be
 * false for a simple one.
 */
bool df_script_is_simple(df_str word);

#endif
