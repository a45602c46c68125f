/*
 * A part of a project that an image only builds: `client/`, whose bundler makes
 * client/build for the program of another directory. Its packages are not
 * needed when that runs.
 */
#ifndef DFOPT_FOLDER_H
#define DFOPT_FOLDER_H

#include <dfopt/cut.h>
#include <dfopt/use.h>

typedef struct {
    df_arena *arena; /* to be set: these five */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_use *use;     /* of df_use_started */
    const df_bundler *row; /* what makes it */
    df_cut cut;            /* what it builds lies in the middle of the stage */
    df_str dir;            /* of that part, absolute */
    df_str made;           /* what its bundler makes, below */
    df_span at;            /* why it cannot be cut out, */
    df_str why;            /* if it cannot */
} df_folder;

/* False: the stage has no such part. */
bool df_folder_find(df_folder *folder);

#endif
