/*
 * A directory in which the program runs as a user would run it: what it
 * printed, how it ended, and what it left there.
 */
#ifndef DF_TEST_WORLD_H
#define DF_TEST_WORLD_H

#include <dfopt/mem.h>

/* The regular files of a tree, sorted; a link counts as what it leads to. */
typedef struct {
    const char *path; /* from the top */
    df_str text;
} world_file;

typedef struct {
    world_file *items;
    uint32_t nitems, citems;
} world_files;

typedef struct {
    int status; /* 128 + N: by signal N */
    df_str hit; /* the kind of call at which the fault came to pass, or empty */
    df_str out, err;
    world_files files;
} outcome;

/* What is to go wrong (see test/failing.c); NULL: nothing. */
typedef struct {
    const char *what;
    const char *command;
    const char *slow_sync; /* microseconds */
} world_fault;

/* An empty directory; it goes away with the arena. */
const char *world_new(df_arena *a);

/* All files of a tree, hidden ones too. */
world_files world_read(df_arena *a, const char *dir);
const world_file *world_find(const world_files *files, const char *path);

/* Make the tree hold exactly these. */
void world_reset(const char *dir, const world_files *files);

/* Run dfopt in `dir`; argv goes without the name of the program. */
outcome world_run(df_arena *a, const char *dir, const char *const *argv,
                  const world_fault *fault);

/* The same, to be waited for by world_end; -1: it cannot be started. */
int world_start(df_arena *a, const char *dir, const char *const *argv,
                const world_fault *fault);
outcome world_end(df_arena *a, const char *dir, int pid);

/* Run a command of the shell in `dir`; its status. */
int world_sh(const char *dir, const char *command);

#endif
