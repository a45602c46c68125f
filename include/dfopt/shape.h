/*
 * The shapes of a stage that can be cut in two: each looks whether the stage
 * has it, and proposes the cut, or says what speaks against it.
 */
#ifndef DFOPT_SHAPE_H
#define DFOPT_SHAPE_H

#include <dfopt/cut.h>
#include <dfopt/program.h>
#include <dfopt/transform.h>

typedef struct {
    df_pass_ctx *cx;
    df_arena *arena;
    const df_facts *facts;
    const df_stage *stage;
    const df_runtime *runtime; /* of the language */
    df_runtime slim;           /* the same, on another image */
    df_program program;
    df_cut cut;
    df_str from;   /* the artefact in the upper stage */
    df_str to;     /* and in the lower one */
    df_str unread; /* files that nothing speaks of, for the condition */
    df_str asked;  /* the artefact that the author is to name, if any */
    bool quiet;    /* only to see whether it would be declined */
    bool declined;
    bool proposed;
} df_shape;

/* Programs of Go. */
void df_shape_go(df_shape *j);

/* Sites that a server of files serves. */
void df_shape_site(df_shape *j);

/* Servers of Node.js; `try`: without a word if it is not one in all respects.
 */
void df_shape_server(df_shape *j);
void df_shape_try_server(df_shape *j);

/* Dependencies that are compiled. */
void df_shape_deps(df_shape *j);

/* Finished programs of other languages, and what the author names. */
void df_shape_made(df_shape *j);

/* A part of the project that is only built. */
void df_shape_folder(df_shape *j);

#endif
