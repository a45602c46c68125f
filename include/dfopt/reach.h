/*
 * Can a command see what a COPY brought, or does it depend on its directory?
 *
 * Only a tool that is known to touch nothing but what its words name is ever
 * free of it; for such a tool the words decide. An unknown program may read
 * anything.
 */
#ifndef DFOPT_REACH_H
#define DFOPT_REACH_H

#include <dfopt/copy.h>

typedef enum {
    DF_REACH_NONE,   /* it can do neither */
    DF_REACH_INSIDE, /* it puts something else into the destination */
    DF_REACH_DIR,    /* it makes or enters the destination, or one above it */
    DF_REACH_FILES,  /* it may read or change what was copied */
} df_reach;

df_reach df_cmd_reach(const df_brought *b, const df_copied *copy,
                      const df_cmd *cmd);

/* Does it read and write what its words name, and no more, wherever it runs? */
bool df_cmd_is_pure(const df_cmd *cmd);

/* The most of all its commands; FILES if the RUN is not understood. */
df_reach df_run_reach(const df_brought *b, const df_copied *copy,
                      const df_run *run);

/* Of one path that a command in `dir` names. */
df_reach df_path_reach(const df_brought *b, const df_copied *copy, df_str dir,
                       df_str path);

/* Does a RUN or ADD above, of the stage or one that it is built on, speak of a
 * file of that name? It most likely made it. */
bool df_is_mentioned_above(const df_facts *facts, const df_run *run,
                           const char *name);

/* Its commands are all that can read something: no `for f in *`, no [[ ]]. */
bool df_node_is_plain(const df_sh_node *node);

/* Only mounts that bring nothing of the context: cache, secret, ssh. */
bool df_run_mounts_plain(const df_run *run);

#endif
