/*
 * A project: a Dockerfile and the files of its context, as one text, which is
 * what generators write and fuzzers change.
 *
 *     FROM node:20
 *     COPY . .
 *     RUN npm ci
 *     -- package.json --
 *     {"name": "a"}
 *     -- current -> releases/1 --
 *
 * Every text is a project. A file whose path is no clean relative one, or is
 * taken already, is passed over; those that a shell may start are executable.
 */
#ifndef DF_TEST_PROJECT_H
#define DF_TEST_PROJECT_H

#include <dfopt/dfopt.h>

typedef struct {
    df_str path;
    df_str text;
    bool link; /* text is where it leads */
} project_file;

typedef struct {
    df_str dockerfile;
    project_file *files;
    uint32_t nfiles, cfiles;
} project;

/* Views of the text. */
project project_read(df_arena *a, df_str text);

/*
 * A directory that is made for it, on a file system in memory where there is
 * one. Exits if that fails. The knowledge is that of a .dfopt.yaml at the top,
 * if it is one.
 */
typedef struct {
    const char *dir;
    const char *dockerfile;
    const df_kb *kb;
    df_kb *own; /* or NULL */
} project_place;
project_place project_unpack(df_arena *a, const project *p);
void project_remove(df_arena *a, const project_place *place);

/* Those of a file `options`, if there is one: a line each of `target NAME`,
 * `platform NAME` and `arg NAME=VALUE`. Passes and levels are the caller's. */
df_options project_options(df_arena *a, const project *p,
                           const project_place *place);

#endif
