/*
 * Preloaded into the program under test: makes the n-th call of a kind fail,
 * or something happen in front of it.
 *
 *     FAULT="KIND N ACTION"     KIND as below, or any; N counts from 1
 *     FAULT_HIT=FILE            gets the name of the kind when it comes to that
 *     FAULT_RUN=COMMAND         for action r
 *     SLOW_SYNC=MICROSECONDS    syncing takes so long
 *
 *     e<errno>   the call fails       E<errno>   it and all behind it
 *     h          half of the bytes    k<signal>  the process gets a signal
 *     r          COMMAND is run first
 *
 * Writing to stderr never fails: nobody would be left to be told.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct {
    char kind[16];
    long at;
    char action;
    int number; /* errno or signal */
    const char *hit, *command;
    long sync_us;
    atomic_long count;
} fault;

__attribute__((constructor)) static void read_fault(void)
{
    const char *text = getenv("FAULT");
    const char *sync_us = getenv("SLOW_SYNC");

    if (text && sscanf(text, "%15s %ld %c%d", fault.kind, &fault.at,
                       &fault.action, &fault.number) < 3)
        fault.kind[0] = '\0';
    fault.hit = getenv("FAULT_HIT");
    fault.command = getenv("FAULT_RUN");
    if (sync_us)
        fault.sync_us = atol(sync_us);
    /* Whom it starts is left in peace. */
    unsetenv("LD_PRELOAD");
}

/* By hand: nothing here may call what is replaced. */
static void tell_hit(const char *kind)
{
    long fd =
        syscall(SYS_openat, AT_FDCWD, fault.hit, O_WRONLY | O_CREAT, 0600);

    if (fd < 0)
        return;
    syscall(SYS_write, fd, kind, strlen(kind));
    syscall(SYS_close, fd);
}

static void run_command(void)
{
    fault.kind[0] = '\0';
    if (system(fault.command) != 0)
        abort();
}

/* The action if this is the call, or 0. Errors are for the caller. */
static char act(const char *kind)
{
    long n;

    if (strcmp(fault.kind, kind) != 0 &&
        (strcmp(fault.kind, "any") != 0 || strcmp(kind, "alloc") == 0))
        return 0;
    n = ++fault.count;
    if (n < fault.at || (n > fault.at && fault.action != 'E'))
        return 0;
    if (fault.hit)
        tell_hit(kind);
    if (fault.action == 'k')
        kill(getpid(), fault.number);
    else if (fault.action == 'r')
        run_command();
    return fault.action;
}

static int fails(const char *kind)
{
    char action = act(kind);

    if (action != 'e' && action != 'E')
        return 0;
    errno = fault.number;
    return 1;
}

/* `next` is what would have been called. */
#define NEXT(name)                                                             \
    static __typeof__(name) *next;                                             \
    if (!next)                                                                 \
    *(void **)&next = dlsym(RTLD_NEXT, #name)

#define REPLACE(kind, type, name, params, args, failure)                       \
    type name params                                                           \
    {                                                                          \
        NEXT(name);                                                            \
        return fails(kind) ? (failure) : next args;                            \
    }

REPLACE("alloc", void *, malloc, (size_t size), (size), NULL)
REPLACE("alloc", void *, calloc, (size_t n, size_t size), (n, size), NULL)
REPLACE("alloc", void *, realloc, (void *p, size_t size), (p, size), NULL)

REPLACE("open", DIR *, opendir, (const char *path), (path), NULL)
REPLACE("open", DIR *, fdopendir, (int fd), (fd), NULL)
REPLACE("open", FILE *, fopen, (const char *path, const char *mode),
        (path, mode), NULL)

REPLACE("list", struct dirent *, readdir, (DIR * dir), (dir), NULL)

REPLACE("stat", int, stat, (const char *path, struct stat *st), (path, st), -1)
REPLACE("stat", int, lstat, (const char *path, struct stat *st), (path, st), -1)
REPLACE("stat", int, fstat, (int fd, struct stat *st), (fd, st), -1)
REPLACE("stat", int, fstatat,
        (int dir, const char *path, struct stat *st, int flags),
        (dir, path, st, flags), -1)
REPLACE("stat", int, access, (const char *path, int mode), (path, mode), -1)
REPLACE("stat", int, faccessat,
        (int dir, const char *path, int mode, int flags),
        (dir, path, mode, flags), -1)
REPLACE("stat", char *, realpath, (const char *path, char *to), (path, to),
        NULL)
REPLACE("stat", ssize_t, readlinkat,
        (int dir, const char *path, char *to, size_t size),
        (dir, path, to, size), -1)

REPLACE("sync", int, fdatasync, (int fd), (fd), -1)
REPLACE("rename", int, rename, (const char *from, const char *to), (from, to),
        -1)
REPLACE("rename", int, renameat,
        (int dir, const char *from, int other, const char *to),
        (dir, from, other, to), -1)
REPLACE("owner", int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
REPLACE("owner", int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid),
        -1)
REPLACE("unlink", int, unlink, (const char *path), (path), -1)
REPLACE("unlink", int, unlinkat, (int dir, const char *path, int flags),
        (dir, path, flags), -1)
REPLACE("pipe", int, pipe, (int fd[2]), (fd), -1)

int fsync(int fd)
{
    NEXT(fsync);
    if (fault.sync_us)
        nanosleep(&(struct timespec){0, fault.sync_us * 1000}, NULL);
    return fails("sync") ? -1 : next(fd);
}

/* The descriptor is gone all the same. */
int close(int fd)
{
    NEXT(close);
    int failed = fails("close");
    int number = errno;
    int rc = next(fd);

    if (failed)
        errno = number;
    return failed ? -1 : rc;
}

ssize_t read(int fd, void *to, size_t size)
{
    NEXT(read);
    char action = act("read");

    if (action == 'h' && size > 1)
        size /= 2;
    if (action != 'e' && action != 'E')
        return next(fd, to, size);
    errno = fault.number;
    return -1;
}

ssize_t write(int fd, const void *from, size_t size)
{
    NEXT(write);
    char action = 0;

    if (fd != STDERR_FILENO)
        action = act("write");
    if (action == 'h' && size > 1)
        size /= 2;
    if (action != 'e' && action != 'E')
        return next(fd, from, size);
    errno = fault.number;
    return -1;
}

static mode_t mode_in(int flags, va_list args)
{
    return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    NEXT(open);
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_in(flags, args);
    va_end(args);
    return fails("open") ? -1 : next(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    NEXT(openat);
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_in(flags, args);
    va_end(args);
    return fails("open") ? -1 : next(dir, path, flags, mode);
}

/* What -D_FORTIFY_SOURCE makes of them. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

int __openat_2(int dir, const char *path, int flags);
int __openat_2(int dir, const char *path, int flags)
{
    return openat(dir, path, flags);
}
