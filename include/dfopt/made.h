/*
 * The finished program of a stage: which file ENTRYPOINT or CMD starts, which
 * step makes it, what it runs on. Or what the author says with
 * `# dfopt: artifact=PATH`.
 */
#ifndef DFOPT_MADE_H
#define DFOPT_MADE_H

#include <dfopt/kept.h>
#include <dfopt/program.h>

typedef struct {
    df_arena *arena; /* to be set: down to `stay` */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_program *program;
    bool stay;                 /* on the stage's own image */
    const df_maker_row *row;   /* NULL: only the author's word */
    const df_runtime *runtime; /* of the language; NULL: not known */
    df_kept kept;              /* the cut, and what the lower part keeps */
    df_str *paths;             /* what it gets of the upper one */
    uint32_t npaths, cpaths;
    df_str to;     /* where the first goes, if it is found by its name there;
                      empty: to the same place */
    df_str image;  /* that it is built on */
    bool same;     /* that is the stage's own */
    df_str unread; /* see df_tied */
    df_span at;    /* why it cannot be cut there, */
    df_str why;    /* if it cannot; */
    df_str mend;   /* what the author can say about it, or empty */
} df_made;

/* False: no step of the stage makes a program. */
bool df_made_find(df_made *made);

#endif
