/*
 * What a pass said, and what it wants to change.
 */
#ifndef DF_PASS_FINDING_H
#define DF_PASS_FINDING_H

#include <dfopt/transform.h>

#include "text/edit.h"

typedef enum {
    DF_SAY_CHANGE,
    DF_SAY_DECLINE,
    DF_SAY_WARN,
    DF_SAY_SUGGEST,
} df_say;

struct df_finding {
    df_arena *arena;
    const df_pass *pass;
    df_say say;
    df_safety safety;
    df_span at;
    df_str text;
    df_str condition;
    df_str ignore; /* a line for the ignore file; empty: none */
    double saves;
    df_str saves_by;     /* how it is made up; or empty */
    const char **allows; /* ends with NULL, or is NULL */
    uint32_t nallows, callows;
    df_edit_group edits;
};

struct df_pass_ctx {
    df_arena *arena; /* of the round */
    const df_doc *doc;
    const df_facts *facts;
    df_context *context;
    const df_pass *pass; /* the one that runs */
    df_finding **findings;
    uint32_t nfindings, cfindings;
};

#endif
