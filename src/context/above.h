/*
 * The directories above a build context, up to the top of the git work tree:
 * for compose files and ignore files of git that stand there.
 */
#ifndef DF_CONTEXT_ABOVE_H
#define DF_CONTEXT_ABOVE_H

#include "context/disk.h"

typedef struct {
    df_disk *disk;
    df_str below; /* the context, as seen from there: "web/app" */
} df_above_dir;

typedef struct {
    df_above_dir *items; /* from the nearest on */
    uint32_t nitems, citems;
} df_above;

/* None if the context is the top, or there is no work tree. In its arena. */
const df_above *df_context_above(df_context *cx);

#endif
