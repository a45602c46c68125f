/*
 * Looking at what a stage calls: the parts of use.h, for its files.
 */
#ifndef DF_FACTS_LOOK_H
#define DF_FACTS_LOOK_H

#include <dfopt/use.h>

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *cx;
    df_use *use;
    const df_stage *stage;
    const df_instr *instr;
    df_span at; /* of the instruction, or of what stands in it */
    bool exact; /* commands have places of their own in the Dockerfile */
    bool builds;
    bool composed; /* a compose file starts it */
    df_str script; /* that is being followed; empty: the Dockerfile */
    bool lines;    /* its lines are worth a number */
    bool *args;    /* set if a script runs "$@" */
    unsigned depth;
} df_looker;

/* One that has seen nothing yet. */
df_looker df_looker_of(df_arena *a, const df_facts *facts, df_context *cx,
                       bool *args);

/* RUN, CMD, ENTRYPOINT and HEALTHCHECK of a stage and those that follow it. */
void df_look_stages(df_looker lk, const df_stage *stage);

/* A program that an instruction, or a compose file at that place, starts. */
void df_look_program(df_looker lk, const df_instr *instr, df_str text);

/* A program of which nobody can see what it runs. */
void df_look_unseen(df_looker *lk, df_str program);

/* A call of `path`; cmd may be NULL. */
void df_look_call(df_looker *lk, const df_cmd *cmd, df_str path);

/* A script whose text is at hand. */
void df_look_text(df_looker lk, df_str text, df_shell_kind shell, df_str dir);

/* npm, pnpm, yarn, bun: the scripts of package.json that they run. */
void df_look_npm(df_looker lk, const df_cmd *cmd);

/* Operand n, if nothing in it is expanded; else, and if there is none, false
 * and a `value` with ptr NULL. */
bool df_plain_operand(const df_cmd *cmd, uint32_t n, df_str *value);

/* argv as a text of the shell. */
df_str df_argv_text(df_arena *a, const df_word *words, uint32_t n);

/* CMD, ENTRYPOINT, HEALTHCHECK: words of exec form, or a text for sh. */
df_str df_program_text(df_arena *a, const df_instr *instr);

#endif
