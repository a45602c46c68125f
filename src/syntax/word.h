/*
 * $VAR and ${VAR…} as the builder expands them: a port of the behaviour of
 * BuildKit's frontend/dockerfile/shell (Dockerfile reference, "Environment
 * replacement"). Expansion in RUN is the shell's, not this.
 */
#ifndef DF_SYNTAX_WORD_H
#define DF_SYNTAX_WORD_H

#include "syntax/doc.h"

typedef enum {
    DF_ENV_UNSET,
    DF_ENV_SET,
    DF_ENV_UNKNOWN, /* set to something that only the build knows */
} df_env_answer;

typedef struct {
    df_env_answer (*get)(void *ctx, df_str name, df_str *value);
    void *ctx;
} df_env;

typedef struct {
    char escape;
    bool raw_quotes;  /* keep quotes */
    bool raw_escapes; /* keep escape characters */
    bool skip_unset;  /* leave unset variables as written */
} df_word_mode;

typedef struct {
    df_str str;
    uint32_t from, to; /* where it stands in the input */
} df_split;

typedef struct {
    bool ok;
    bool unknown;    /* something in it is not known before the build */
    df_str text;     /* the expanded word */
    df_str error;    /* if not ok: BuildKit's words */
    df_split *words; /* the same, split at blanks */
    uint32_t nwords, cwords;
} df_expansion;

/* env may be NULL: every variable is unset. */
df_expansion df_word_process(df_arena *a, df_str word, df_word_mode mode,
                             const df_env *env);

/*
 * The heredocs that the builder sees in an instruction's joined line, without
 * bodies; op spans are in offsets of the line. False with *error if BuildKit
 * refuses the line.
 */
bool df_heredocs_find(df_arena *a, df_str line, df_instr *into, df_str *error);

#endif
