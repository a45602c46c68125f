/*
 * A place where RUN bodies run: a directory with a few files, made afresh each
 * time, in which each body gets a shell of its own. A container ends with its
 * first process: here its process group is killed.
 */
#ifndef DF_TEST_JOIN_PLAY_H
#define DF_TEST_JOIN_PLAY_H

#include "test/join_rows.h"

typedef enum { RAN_OK, RAN_BADLY, RAN_TOO_LONG } play_ending;

typedef struct {
    play_ending ending; /* of the first body that failed, or of all */
    df_str tree;        /* what is left: a line for each entry */
} play_outcome;

typedef struct {
    char root[512];                       /* made for this run */
    char dir[600];                        /* in it: where bodies run */
    char programs[NSHELLS][64];           /* empty: not installed */
    char path[2048], home[620], tmp[600]; /* the environment */
    char *environment[4];
} play_place;

/* Below TMPDIR or /tmp; exits if it cannot be made. */
void play_set_up(play_place *p);
void play_tear_down(const play_place *p);

/* The bodies one after another, up to the first that fails. */
play_outcome play(const play_place *p, df_arena *a, size_t shell,
                  const row_form *f, const row_script *s);

#endif
