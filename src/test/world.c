/* A directory to run the program in: see test/world.h. */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "test/world.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "test/folder.h"

/* A run that takes longer hangs. */
#define SECONDS 60

/* What was printed, and the sign of a hit, stand beside the directory. */
#define BESIDE(a, dir, what) df_fmt(a, "%s." what, dir).ptr

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_all(void *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In memory where that can be: there are thousands of runs, and they sync. */
static const char *base(void)
{
    const char *name = getenv("TMPDIR");

    if (name && *name)
        return name;
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

const char *world_new(df_arena *a)
{
    const char *here;
    char *dir = df_cstr(a, df_fmt(a, "%s/dfopt-faults-XXXXXX", base()));

    if (!mkdtemp(dir)) {
        perror(dir);
        exit(1);
    }
    df_defer(a, remove_all, dir);
    chmod(dir, 0755);
    here = df_fmt(a, "%s/here", dir).ptr;
    mkdir(here, 0755);
    return here;
}

static void add_below(df_arena *a, const char *top, const char *below,
                      world_files *out)
{
    DIR *dir = opendir(folder_path(a, top, below));
    const struct dirent *e;

    while (dir && (e = readdir(dir))) {
        const char *name = df_fmt(a, "%s%s", below, e->d_name).ptr;
        const char *path = folder_path(a, top, name);

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (folder_is_dir(path)) {
            add_below(a, top, df_fmt(a, "%s/", name).ptr, out);
        } else if (folder_has_file(path)) {
            world_file *f = df_push(a, out, items);

            f->path = name;
            folder_read(a, path, &f->text);
        }
    }
    if (dir)
        closedir(dir);
}

static int by_path(const void *x, const void *y)
{
    return strcmp(((const world_file *)x)->path, ((const world_file *)y)->path);
}

world_files world_read(df_arena *a, const char *dir)
{
    world_files files = {0};

    add_below(a, dir, "", &files);
    if (files.nitems)
        qsort(files.items, files.nitems, sizeof *files.items, by_path);
    return files;
}

const world_file *world_find(const world_files *files, const char *path)
{
    world_file key = {.path = path};

    return files->nitems ? bsearch(&key, files->items, files->nitems,
                                   sizeof *files->items, by_path)
                         : NULL;
}

void world_reset(const char *dir, const world_files *files)
{
    df_arena a;
    world_files now;

    df_arena_init(&a, NULL, NULL);
    now = world_read(&a, dir);
    for (uint32_t i = 0; i < now.nitems; i++)
        if (!world_find(files, now.items[i].path))
            unlink(folder_path(&a, dir, now.items[i].path));
    for (uint32_t i = 0; i < files->nitems; i++) {
        const world_file *f = &files->items[i];
        const world_file *old = world_find(&now, f->path);

        if (!old || !df_str_eq(old->text, f->text))
            folder_write(folder_path(&a, dir, f->path), f->text);
    }
    df_arena_release(&a);
}

static const char *program(void)
{
    const char *name = getenv("DFOPT");

    return name ? name : "build/dfopt";
}

static const char *absolute(df_arena *a, const char *path)
{
    char here[4096];

    if (*path == '/' || !getcwd(here, sizeof here))
        return path;
    return folder_path(a, here, path);
}

static void to_file(const char *path, int as)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || dup2(fd, as) < 0)
        _exit(126);
    close(fd);
}

static void prepare_fault(df_arena *a, const char *dir,
                          const world_fault *fault)
{
    const char *shim = getenv("FAILING");

    setenv("LD_PRELOAD", absolute(a, shim ? shim : "build/failing.so"), 1);
    if (fault->what)
        setenv("FAULT", fault->what, 1);
    setenv("FAULT_HIT", BESIDE(a, dir, "hit"), 1);
    if (fault->slow_sync)
        setenv("SLOW_SYNC", fault->slow_sync, 1);
    if (fault->command)
        setenv("FAULT_RUN", fault->command, 1);
}

int world_start(df_arena *a, const char *dir, const char *const *argv,
                const world_fault *fault)
{
    const char *name = absolute(a, program());
    char **args;
    size_t n = 0;
    pid_t pid;

    while (argv[n])
        n++;
    args = df_new_array(a, char *, n + 2);
    args[0] = df_cstr(a, df_str_of(name));
    for (size_t i = 0; i < n; i++)
        args[i + 1] = df_cstr(a, df_str_of(argv[i]));
    unlink(BESIDE(a, dir, "hit"));
    pid = fork();
    if (pid)
        return (int)pid;
    to_file(BESIDE(a, dir, "out"), STDOUT_FILENO);
    to_file(BESIDE(a, dir, "err"), STDERR_FILENO);
    setenv("DFOPT", name, 1); /* for commands of a fault */
    if (fault)
        prepare_fault(a, dir, fault);
    alarm(SECONDS);
    if (chdir(dir) == 0)
        execv(name, args);
    _exit(127);
}

outcome world_end(df_arena *a, const char *dir, int pid)
{
    outcome o = {0};
    int status = 0;

    waitpid(pid, &status, 0);
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    folder_read(a, BESIDE(a, dir, "hit"), &o.hit);
    folder_read(a, BESIDE(a, dir, "out"), &o.out);
    folder_read(a, BESIDE(a, dir, "err"), &o.err);
    o.files = world_read(a, dir);
    return o;
}

outcome world_run(df_arena *a, const char *dir, const char *const *argv,
                  const world_fault *fault)
{
    return world_end(a, dir, world_start(a, dir, argv, fault));
}

int world_sh(const char *dir, const char *command)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (chdir(dir) == 0)
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
