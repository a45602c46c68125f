/*
 * Rows of RUN bodies from a grammar, for testing how they are joined. A row is
 * a function of its number.
 */
#ifndef DF_TEST_JOIN_ROWS_H
#define DF_TEST_JOIN_ROWS_H

#include <dfopt/mem.h>

enum { NSHELLS = 4 };

typedef struct {
    unsigned bit;
    const char *name;
    const char *program;
    const char *arg0; /* bash called sh is another shell, and busybox looks */
} row_shell;

extern const row_shell ROW_SHELLS[NSHELLS];

/* How SHELL calls them. */
typedef struct {
    unsigned weight;
    unsigned shells;
    const char *line; /* of the Dockerfile */
    const char *options[3];
} row_form;

/* The bodies as the builder gives them to a shell. */
typedef struct {
    df_str *bodies;
    uint32_t nbodies, cbodies;
} row_script;

/* The Dockerfile of a row; its bodies name `dir`. With `traps` there are
 * programs in it that replace others in PATH. */
df_str row_make(df_arena *a, const char *dir, uint64_t number, bool traps,
                const row_form **its);

row_script row_script_of(df_arena *a, df_str text);
df_str row_text_of(df_arena *a, const row_form *f, const row_script *s);

#endif
