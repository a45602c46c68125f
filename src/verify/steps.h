/*
 * What a builder prints while it builds: which steps ran, which came from its
 * cache. Understood are the plain progress of BuildKit, the lines of podman
 * and buildah, and those of docker's builder before BuildKit.
 */
#ifndef DF_VERIFY_STEPS_H
#define DF_VERIFY_STEPS_H

#include <dfopt/mem.h>

/* A step that makes a layer: RUN, COPY, ADD, WORKDIR. */
typedef struct {
    df_str id;   /* "#7" of BuildKit; empty: the newest one is meant */
    df_str text; /* "RUN npm ci" */
    bool cached;
} df_step;

typedef struct {
    df_arena *arena;
    df_step *items;
    uint32_t nitems, citems;
    bool disk_full; /* the builder said so */
} df_steps;

void df_steps_line(df_steps *s, df_str line);

/* How many ran. */
uint32_t df_steps_run(const df_steps *s);

#endif
