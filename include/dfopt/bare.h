/*
 * A stage that only runs a static program, which another stage has built:
 * what there is of a distribution in it is for nobody.
 */
#ifndef DFOPT_BARE_H
#define DFOPT_BARE_H

#include <dfopt/go.h>
#include <dfopt/program.h>

typedef struct {
    df_arena *arena; /* to be set: these four */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_runtime *runtime; /* what it could run on */
    df_program program;
    df_str path;           /* of the program, in the image */
    const df_stage *built; /* the stage that makes it */
    df_str unread;         /* see df_tied */
    const df_instr **idle; /* RUNs that install what the runtime has anyway */
    uint32_t nidle, cidle;
    df_span at; /* what ties it to the distribution; empty: nothing */
    df_str why;
} df_bare;

/* False: what the stage runs is no such program, as far as can be seen. */
bool df_bare_find(df_bare *b);

#endif
