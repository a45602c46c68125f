/*
 * P5: see test/patch.h.
 *
 * A batch is a directory with the old texts, one patch for all, and a run of
 * `patch -p1`, or of `git apply`. A text that came out wrong names its diff;
 * git applies all or nothing, so after a failure it gets them one by one.
 */
#include "test/patch.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "test/folder.h"

#define BATCH 200

extern char **environ;

typedef struct {
    const char *name;
    df_str before, after, diff;
} item;

static struct {
    df_arena arena; /* of the batch */
    item items[BATCH];
    size_t nitems;
    size_t done;
    patch_fn *failed;
    char label[2][16];
} batch;

/* Runs a program quietly. Its exit status, -1 if it cannot be run. */
static int run(char *const *argv)
{
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    int error;

    posix_spawn_file_actions_init(&files);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    error = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (error || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
}

static int run_patch(char *dir, char *file)
{
    char *argv[] = {(char[]){"patch"},
                    (char[]){"-p1"},
                    (char[]){"-s"},
                    (char[]){"-f"},
                    (char[]){"-d"},
                    dir,
                    (char[]){"-i"},
                    file,
                    NULL};

    return run(argv);
}

static int run_git(char *dir, char *file)
{
    char *argv[] = {(char[]){"git"},   (char[]){"-C"}, dir,
                    (char[]){"apply"}, file,           NULL};

    return run(argv);
}

static int run_rm(char *dir)
{
    char *argv[] = {(char[]){"rm"}, (char[]){"-rf"}, dir, NULL};

    return run(argv);
}

static const char *file_of(const char *dir, size_t i)
{
    return df_fmt(&batch.arena, "%s/%06zu", dir, i).ptr;
}

static char *write_batch(const char *dir, size_t from, size_t to)
{
    df_buf patch;
    char *path =
        df_cstr(&batch.arena, df_fmt(&batch.arena, "%s/all.patch", dir));

    df_buf_init(&patch, &batch.arena);
    for (size_t i = from; i < to; i++) {
        folder_write(file_of(dir, i), batch.items[i].before);
        df_buf_add(&patch, batch.items[i].diff);
    }
    folder_write(path, df_buf_str(&patch));
    return path;
}

static bool came_out(const char *dir, size_t i)
{
    df_str text;

    return folder_read(&batch.arena, file_of(dir, i), &text) &&
           df_str_eq(text, batch.items[i].after);
}

typedef int tool_fn(char *dir, char *file);

/* Names what `tool` did not make of items [from, to); false: try each. */
static bool try_with(const char *name, tool_fn *tool, char *dir, size_t from,
                     size_t to)
{
    char *file = write_batch(dir, from, to);
    int status = tool(dir, file);

    if (status < 0) {
        fprintf(stderr, "%s cannot be run\n", name);
        return true;
    }
    if (status && to - from > 1)
        return false;
    for (size_t i = from; i < to; i++)
        if (status || !came_out(dir, i))
            batch.failed(batch.items[i].name, name);
    return true;
}

static void try_all(const char *name, tool_fn *tool, char *dir)
{
    if (try_with(name, tool, dir, 0, batch.nitems))
        return;
    for (size_t i = 0; i < batch.nitems; i++)
        try_with(name, tool, dir, i, i + 1);
}

static void flush(void)
{
    char dir[] = "/tmp/dfopt-patch-XXXXXX";

    if (!batch.nitems)
        return;
    if (!mkdtemp(dir)) {
        perror(dir);
        exit(2);
    }
    setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1);
    try_all("patch -p1", run_patch, dir);
    try_all("git apply", run_git, dir);
    run_rm(dir);
    batch.done += batch.nitems;
    batch.nitems = 0;
    df_arena_release(&batch.arena);
}

static const char *label(size_t side)
{
    snprintf(batch.label[side], sizeof batch.label[side], "%c/%06zu",
             side ? 'b' : 'a', batch.nitems);
    return batch.label[side];
}

const char *patch_label_a(void)
{
    return label(0);
}

const char *patch_label_b(void)
{
    return label(1);
}

void patch_begin(patch_fn *failed)
{
    memset(&batch, 0, sizeof batch);
    df_arena_init(&batch.arena, NULL, NULL);
    batch.failed = failed;
}

void patch_add(const char *name, df_str before, df_str after, df_str diff)
{
    df_arena *a = &batch.arena;

    batch.items[batch.nitems++] =
        (item){df_cstr(a, df_str_of(name)), df_str_dup(a, before),
               df_str_dup(a, after), df_str_dup(a, diff)};
    if (batch.nitems == BATCH)
        flush();
}

size_t patch_end(void)
{
    flush();
    return batch.done;
}
