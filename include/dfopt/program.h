/*
 * The program of a stage: what its ENTRYPOINT and CMD start.
 */
#ifndef DFOPT_PROGRAM_H
#define DFOPT_PROGRAM_H

#include <dfopt/use.h>

typedef struct {
    const df_instr *instr; /* that names it, or NULL: none does */
    bool shell;            /* shell form: a shell starts it */
    const df_cmd *cmd;     /* its words, looked at through wrappers; NULL if
                              the text is not one command */
} df_program;

/* ENTRYPOINT with CMD behind it, or CMD, as a command. */
df_program df_stage_program(df_arena *a, const df_facts *facts,
                            const df_stage *stage);

/* The last ENTRYPOINT, or NULL: none, or `ENTRYPOINT []`, which takes that of
 * the image away. */
const df_instr *df_stage_entrypoint(const df_stage *stage);

/* An instruction in exec form as the reader says it: `mvn spring-boot:run`. */
df_str df_exec_brief(df_arena *a, const df_instr *instr);

/* argv[0] as written; ptr NULL: it is not known. */
df_str df_program_name(const df_program *p);

#endif
