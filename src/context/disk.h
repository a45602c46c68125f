/*
 * A directory on disk and what is below it, each thing looked at once.
 *
 * Paths are clean and relative, "" is the directory itself. No link is ever
 * followed: a path that leads through one names nothing. So nothing outside
 * the directory is reached, not even while somebody moves things about.
 */
#ifndef DF_CONTEXT_DISK_H
#define DF_CONTEXT_DISK_H

#include <dfopt/context.h>

#include "base/err.h"

/* Longer paths name nothing (PATH_MAX of Linux). */
#define DF_MAX_PATH 4096u

typedef struct df_disk df_disk;

typedef enum { DF_UNKNOWN, DF_NO, DF_YES } df_answer;

typedef struct {
    df_str path;
    df_file_kind kind;
    bool executable; /* by everybody */
    df_str target;   /* of a link */
    /* For context/tree.c: */
    df_answer exists;
    df_answer survives; /* of a directory: something below is sent */
    const df_names *names;
    /* Private: */
    const df_names *all;
    bool listed;     /* `all` is all there is */
    uint32_t misses; /* names that were not there */
    df_answer readable;
    df_str text;
} df_node;

/* Opens nothing yet. NULL: there is no directory. What cannot be looked at for
 * more than absence goes to *fault (see base/io.h), which must last. */
df_disk *df_disk_open(df_arena *a, const char *dir, df_err *fault);

/* Has it been opened? */
bool df_disk_used(const df_disk *d);

/* Never NULL; of kind NONE if there is nothing. The path must last. */
df_node *df_disk_node(df_disk *d, df_str path);

/* All names in a directory, sorted by bytes. */
const df_names *df_disk_list(df_disk *d, df_node *dir);

/* Bytes of a regular file, at most DF_MAX_MANIFEST. */
bool df_disk_read(df_disk *d, df_node *file, df_str *text);

#endif
