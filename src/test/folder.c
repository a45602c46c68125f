/* Folders of test data: see test/folder.h. */
#include "test/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

folder folder_list(df_arena *a, const char *path)
{
    folder f = {0};
    DIR *dir = opendir(path);

    if (!dir)
        return f;
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.')
            *df_push(a, &f, names) = df_cstr(a, df_str_of(e->d_name));
    closedir(dir);
    if (f.nnames)
        qsort(f.names, f.nnames, sizeof *f.names, by_name);
    return f;
}

bool folder_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool folder_has_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

const char *folder_path(df_arena *a, const char *dir, const char *name)
{
    return df_fmt(a, "%s/%s", dir, name).ptr;
}

bool folder_read(df_arena *a, const char *path, df_str *text)
{
    df_err err;

    return df_read_file(a, path, SIZE_MAX / 4, text, &err);
}

static void make_parents(const char *path)
{
    char dir[4096];

    for (size_t i = 1; i < sizeof dir && path[i]; i++) {
        if (path[i] != '/')
            continue;
        memcpy(dir, path, i);
        dir[i] = '\0';
        mkdir(dir, 0777);
    }
}

void folder_write(const char *path, df_str text)
{
    FILE *f;

    make_parents(path);
    f = fopen(path, "wb");
    if (f && fwrite(text.ptr, 1, text.len, f) == text.len && fclose(f) == 0)
        return;
    perror(path);
    exit(2);
}

void folder_walk(df_arena *a, const char *path,
                 void (*fn)(const char *path, void *ctx), void *ctx)
{
    folder f = folder_list(a, path);

    for (uint32_t i = 0; i < f.nnames; i++) {
        const char *entry = folder_path(a, path, f.names[i]);

        if (folder_is_dir(entry))
            folder_walk(a, entry, fn, ctx);
        else
            fn(entry, ctx);
    }
}
