/*
 * Rounds: run the passes of a phase, take their findings, apply, check, parse
 * again; on to the next phase when nothing is left, and around again until a
 * whole sweep changes nothing.
 */
#ifndef DF_PASS_MANAGER_H
#define DF_PASS_MANAGER_H

#include <dfopt/dfopt.h>

#include "base/arena.h"

typedef struct {
    df_arena *arena; /* of the result */
    const df_options *options;
    df_str name;      /* of the file */
    df_str text;      /* the newest */
    uint32_t *origin; /* of each byte of text in the input; NULL: identity */
    df_str input;
    bool failed;
    uint32_t rounds;
    df_message *messages;
    uint32_t nmessages, cmessages;
    df_context *context;
    const char *root; /* its directory */
} df_rewriting;

/* Fills in text, failed and messages. */
void df_manager_run(df_rewriting *rw);

/* Is the pass on, and are its unsafe findings applied? */
bool df_pass_enabled(const df_options *options, const df_pass *pass);
bool df_pass_applies(const df_options *options, const df_pass *pass,
                     df_safety safety);

#endif
