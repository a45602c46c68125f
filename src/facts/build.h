/*
 * Facts of one document, and the steps that make them. Each file of this
 * floor fills in one part of df_facts; df_facts_build calls them in order.
 */
#ifndef DF_FACTS_BUILD_H
#define DF_FACTS_BUILD_H

#include <dfopt/facts.h>

/* What the command line says about the build. */
typedef struct {
    const char *target;            /* or NULL */
    const char *const *build_args; /* "NAME=VALUE" ..., or NULL */
    const char *platform;          /* or NULL */
} df_build;

/* The parts of df_facts while they are being made. */
typedef struct {
    df_arena *arena;
    const df_build *build;
    df_facts *facts;
    df_stage *stages;
    df_state *states;
    const df_stage **stage_of;
    df_run *runs;
    const df_run **run_of;
    df_var *globals;
} df_maker;

df_facts *df_facts_build(df_arena *a, const df_doc *doc, const df_kb *kb,
                         const df_build *build);

void df_make_stages(df_maker *mk); /* names, ranges, images, bases */
void df_make_use(df_maker *mk);    /* used, shipped */
void df_make_states(df_maker *mk); /* state before each instruction */
void df_make_brings(df_maker *mk); /* brings_programs */
void df_make_runs(df_maker *mk);   /* shell trees and commands */
void df_make_style(df_maker *mk);  /* how commands are joined */

/* The commands of run->tree, appended to run->cmds. */
void df_make_commands(df_arena *a, const df_kb *kb, df_run *run);

/*
 * Expand with a list of variables instead of a place; ptr NULL: unknown.
 * A word that the builder would refuse is unknown, too.
 */
df_str df_expand_vars(df_arena *a, char escape, const df_var *vars,
                      uint32_t nvars, df_str word);

/* The value that --build-arg gives, or false. */
bool df_build_arg(const df_build *build, df_str name, df_str *value);

#endif
