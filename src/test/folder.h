/* Folders of test data: list, read, write. All names are sorted by bytes. */
#ifndef DF_TEST_FOLDER_H
#define DF_TEST_FOLDER_H

#include <dfopt/mem.h>

typedef struct {
    const char **names;
    uint32_t nnames, cnames;
} folder;

/* The entries of a directory but those that begin with a dot; none if it
 * cannot be read. */
folder folder_list(df_arena *a, const char *path);

bool folder_is_dir(const char *path);
bool folder_has_file(const char *path);

/* The path of an entry. */
const char *folder_path(df_arena *a, const char *dir, const char *name);

/* The bytes of a file; false if there is none. */
bool folder_read(df_arena *a, const char *path, df_str *text);

/* Write a file and the directories above it; complains and exits if that
 * fails. */
void folder_write(const char *path, df_str text);

/* Every file below a directory, depth first. */
void folder_walk(df_arena *a, const char *path,
                 void (*fn)(const char *path, void *ctx), void *ctx);

#endif
