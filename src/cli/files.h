/*
 * Which files a run is about: those that were named, and in directories that
 * were named those that are called like Dockerfiles.
 */
#ifndef DF_CLI_FILES_H
#define DF_CLI_FILES_H

#include "base/err.h"

typedef struct {
    const char *path;
    const char *error; /* why there is nothing to read, or NULL */
} df_file;

typedef struct {
    df_file *items;
    uint32_t nitems, citems;
} df_files;

/*
 * What `names` stand for, each file once: named ones in the order given, those
 * of a directory sorted by bytes in its place. No names: ./Dockerfile, else
 * ./Containerfile. What cannot be searched becomes an item with an error.
 */
void df_files_find(df_arena *a, const char *const *names, size_t n,
                   df_files *files);

/*
 * Dockerfile, Dockerfile.*, *.Dockerfile, *.dockerfile, Containerfile*; but
 * not the ignore files that are called after one.
 */
bool df_files_is_name(df_str base);

/* Does the path lie in a directory that is never searched? */
bool df_files_skips(df_str path);

#endif
