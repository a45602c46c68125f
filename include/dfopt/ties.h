/*
 * Ties: what keeps a finished program from running without the stage that
 * built it. Users, directories and packages that a RUN leaves, files that the
 * program may read, programs that it starts.
 */
#ifndef DFOPT_TIES_H
#define DFOPT_TIES_H

#include <dfopt/program.h>
#include <dfopt/use.h>

typedef struct {
    df_arena *arena; /* to be set: all down to `from` */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;     /* that runs it */
    const df_stage *source;    /* another one that has its source and builds it;
                                  all that was copied to `stage` stays then; or
                                  NULL */
    bool files_only;           /* ask for nothing but files that it reads */
    const df_runtime *runtime; /* what it is to run on */
    const df_program *program;
    uint32_t cut;  /* number of instructions that build */
    df_str from;   /* the program's file */
    df_str unread; /* files of which the source says nothing */
    df_span at;    /* the first reason */
    df_str why;
} df_tied;

/* Does something tie the program? Then where, and what. */
bool df_program_is_tied(df_tied *tied, df_span *at, df_str *why);

#endif
