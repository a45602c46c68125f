/*
 * What package managers leave in a layer: which row of the knowledge is about a
 * command, and whether it holds where the command stands.
 */
#ifndef DFOPT_CACHE_H
#define DFOPT_CACHE_H

#include <dfopt/copy.h>

/* The row that a command falls under, or NULL: `uv pip install`, too. */
const df_cache *df_cmd_cache(const df_cmd *cmd);

/* The word that ends the name of what is done: a flag goes behind it. */
uint32_t df_cache_word(const df_cmd *cmd, const df_cache *row);

/*
 * May the row be followed? Not if a cache mount has what is left, the image has
 * another version of the tool, a variable or a file of the project speaks
 * against it.
 */
bool df_cache_applies(df_arena *a, const df_facts *facts, df_context *context,
                      const df_cmd *cmd, const df_cache *row);

#endif
