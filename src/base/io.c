/*
 * Files: see base/io.h. Replacing follows the order that survives a crash at
 * any point: write beside, fsync, rename over, fsync the directory.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEGABYTE   ((size_t)1024 * 1024)
#define FIRST_READ ((size_t)16 * 1024)
#define TEMP_NAMES 100u

/* errno as messages say it, "permission denied", in err. False. */
static bool fail_errno(df_err *err, const char *path, const char *what)
{
    char reason[128];

    if (strerror_r(errno, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", errno);
    if (reason[0] >= 'A' && reason[0] <= 'Z')
        reason[0] = (char)(reason[0] + 32);
    df_fail(err, DF_EIO, path, 0, "%s%s", what, reason);
    return false;
}

bool df_is_fault(int error)
{
    static const int ANSWERS[] = {ENOENT, ENOTDIR, ELOOP,  ENAMETOOLONG,
                                  EINVAL, EILSEQ,  EACCES, EPERM};

    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++)
        if (error == ANSWERS[i])
            return false;
    return true;
}

void df_note_fault(df_err *fault, const char *path)
{
    if (fault->code == DF_OK && df_is_fault(errno))
        fail_errno(fault, path, "");
}

const struct dirent *df_next_entry(DIR *dir)
{
    const struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(dir);
    } while (entry && (strcmp(entry->d_name, ".") == 0 ||
                       strcmp(entry->d_name, "..") == 0));
    return entry;
}

static int open_at(int dir, const char *name, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(dir, name, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* read(2) that waits where the descriptor would not. */
static ssize_t read_some(int fd, void *to, size_t room)
{
    for (;;) {
        ssize_t n = read(fd, to, room);

        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
        else if (n >= 0 || errno != EINTR)
            return n;
    }
}

static const char *kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return "is a directory";
    if (S_ISFIFO(mode))
        return "is a named pipe, not a regular file";
    if (S_ISSOCK(mode))
        return "is a socket, not a regular file";
    return "is a device, not a regular file";
}

static bool too_large(df_err *err, const char *path, size_t limit)
{
    if (limit % MEGABYTE)
        return df_fail(err, DF_ELIMIT, path, 0, "is larger than %zu bytes",
                       limit);
    return df_fail(err, DF_ELIMIT, path, 0, "is larger than %zu MB",
                   limit / MEGABYTE);
}

/* Twice the room, but never much more than the limit asks for. */
static char *enlarge(df_arena *a, const char *old, size_t len, size_t *room,
                     size_t limit)
{
    size_t more = *room > limit / 2 ? limit + 1 : *room * 2;
    char *p = df_alloc(a, 1, more + 1);

    memcpy(p, old, len);
    *room = more;
    return p;
}

/* All that is left to read, into a first buffer of `room` bytes. */
static bool slurp(df_arena *a, int fd, const char *name, size_t room,
                  size_t limit, df_str *text, df_err *err)
{
    char *p = df_alloc(a, 1, room + 1);
    size_t len = 0;

    for (;;) {
        ssize_t n = read_some(fd, p + len, room - len);

        if (n < 0)
            return fail_errno(err, name, "");
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > limit)
            return too_large(err, name, limit);
        if (len == room)
            p = enlarge(a, p, len, &room, limit);
    }
    p[len] = '\0';
    *text = (df_str){p, len};
    return true;
}

bool df_read_regular(df_arena *a, int fd, const struct stat *st,
                     const char *name, size_t limit, df_str *text, df_err *err)
{
    size_t room = st->st_size > 0 ? (size_t)st->st_size + 1 : FIRST_READ;

    if (st->st_size > 0 && (uintmax_t)st->st_size > limit)
        return too_large(err, name, limit);
    return slurp(a, fd, name, room, limit, text, err);
}

bool df_read_fd(df_arena *a, int fd, const char *name, size_t limit,
                df_str *text, df_err *err)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return df_read_regular(a, fd, &st, name, limit, text, err);
    return slurp(a, fd, name, FIRST_READ, limit, text, err);
}

static void close_kept(void *ptr)
{
    int *fd = ptr;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/*
 * O_NONBLOCK, so that a pipe without a writer is opened and then refused. -1
 * with the kind in st->st_mode, or with 0 there and errno set.
 */
static int open_regular(int dir, const char *name, int flags, struct stat *st)
{
    int fd = open_at(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags, 0);
    int error;

    *st = (struct stat){0};
    if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode))
        return fd;
    error = errno;
    if (fd >= 0)
        close(fd);
    else if (error == ENXIO)
        st->st_mode = S_IFSOCK;
    errno = error;
    return -1;
}

/* After open_regular. */
static bool fail_open(df_err *err, const char *path, const struct stat *st)
{
    if (!st->st_mode)
        return fail_errno(err, path, "");
    return df_fail(err, DF_EIO, path, 0, "%s", kind_of(st->st_mode));
}

bool df_read_file(df_arena *a, const char *path, size_t limit, df_str *text,
                  df_err *err)
{
    int *fd = df_new(a, int);
    struct stat st;
    bool ok;

    *fd = -1;
    df_defer(a, close_kept, fd);
    *fd = open_regular(AT_FDCWD, path, 0, &st);
    if (*fd < 0)
        return fail_open(err, path, &st);
    ok = df_read_regular(a, *fd, &st, path, limit, text, err);
    close_kept(fd);
    return ok;
}

/* One replacement under way. Nothing here comes from an arena: no allocation
 * may jump away from a temporary file. */
typedef struct {
    const char *path; /* as given, for messages */
    bool is_new;
    mode_t mode;      /* of the temporary file */
    char *target;     /* behind all links; of a new file its directory */
    const char *base; /* its name in the directory */
    int dir;
    struct stat st;
    char temp[48]; /* empty: none is there */
    df_err *err;
} swap;

static bool changed(const swap *s)
{
    return df_fail(s->err, DF_ECHANGED, s->path, 0,
                   "changed while dfopt was running");
}

/* Locked until it is closed: two of us never look at a file at once. */
static bool open_dir(swap *s)
{
    char *slash;

    s->target = s->is_new ? strdup(s->path) : realpath(s->path, NULL);
    if (!s->target)
        return fail_errno(s->err, s->path, "");
    slash = strrchr(s->target, '/');
    s->base = slash ? slash + 1 : s->path;
    if (slash)
        *slash = '\0';
    s->dir = open_at(AT_FDCWD,
                     !slash               ? "."
                     : slash == s->target ? "/"
                                          : s->target,
                     O_RDONLY | O_DIRECTORY, 0);
    if (s->dir < 0)
        return fail_errno(s->err, s->path, "its directory: ");
    (void)flock(s->dir, LOCK_EX);
    return true;
}

/* Does the descriptor hold these bytes and no more? */
static bool holds(int fd, df_str text)
{
    char chunk[8192];
    size_t at = 0;
    ssize_t n;

    while ((n = read_some(fd, chunk, sizeof chunk)) > 0) {
        if ((size_t)n > text.len - at ||
            memcmp(chunk, text.ptr + at, (size_t)n) != 0)
            return false;
        at += (size_t)n;
    }
    return n == 0 && at == text.len;
}

/* Neither has it been written to, nor its name given to another. */
static bool is_untouched(const swap *s, const struct stat *st)
{
    struct stat now;

    return fstatat(s->dir, s->base, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_dev == st->st_dev && now.st_ino == st->st_ino &&
           now.st_ctim.tv_sec == st->st_ctim.tv_sec &&
           now.st_ctim.tv_nsec == st->st_ctim.tv_nsec;
}

static bool is_before(const swap *s, df_str before, struct stat *st)
{
    int fd = open_regular(s->dir, s->base, O_NOFOLLOW, st);
    bool same;

    if (fd < 0)
        return fail_open(s->err, s->path, st);
    same = holds(fd, before);
    close(fd);
    return (same && is_untouched(s, st)) || changed(s);
}

/* Nothing must have its name, not even a link that leads nowhere. */
static bool is_free(const swap *s)
{
    struct stat st;

    if (fstatat(s->dir, s->base, &st, AT_SYMLINK_NOFOLLOW) == 0)
        errno = EEXIST;
    return errno == ENOENT || fail_errno(s->err, s->path, "");
}

static bool may_replace(swap *s, df_str before)
{
    if (!is_before(s, before, &s->st))
        return false;
    if (s->st.st_nlink > 1)
        return df_fail(s->err, DF_EIO, s->path, 0,
                       "has %ju hard links, which would keep the old text",
                       (uintmax_t)s->st.st_nlink);
    return faccessat(s->dir, s->base, W_OK, AT_EACCESS) == 0 ||
           fail_errno(s->err, s->path, "cannot be written: ");
}

static int create_temp(swap *s)
{
    int fd = -1;

    for (unsigned i = 0; i < TEMP_NAMES && fd < 0; i++) {
        snprintf(s->temp, sizeof s->temp, ".dfopt-%ld-%u", (long)getpid(), i);
        fd = open_at(s->dir, s->temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
                     s->mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        s->temp[0] = '\0';
    return fd;
}

static bool write_all(int fd, df_str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);

        if (n > 0)
            text = df_str_from(text, (size_t)n);
        else if (n == 0 || errno != EINTR)
            return false;
    }
    return true;
}

/* The owner first: a change of owner takes set-id bits away. */
static bool copy_owner(int fd, const struct stat *as)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return false;
    if ((st.st_uid != as->st_uid || st.st_gid != as->st_gid) &&
        fchown(fd, as->st_uid, as->st_gid) != 0)
        return false;
    return fchmod(fd, as->st_mode & 07777) == 0;
}

/* Some file systems have nothing to sync and say so. */
static bool sync_fd(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

static bool fill_temp(const swap *s, int fd, df_str text)
{
    if (!write_all(fd, text))
        return fail_errno(s->err, s->path, "");
    if (!s->is_new && !copy_owner(fd, &s->st))
        return fail_errno(s->err, s->path, "cannot keep owner and mode: ");
    return sync_fd(fd) || fail_errno(s->err, s->path, "");
}

static bool write_temp(swap *s, df_str text)
{
    int fd = create_temp(s);
    bool ok;

    if (fd < 0)
        return fail_errno(s->err, s->path, "no temporary file: ");
    ok = fill_temp(s, fd, text);
    if (close(fd) != 0 && ok)
        ok = fail_errno(s->err, s->path, "");
    return ok;
}

static bool is_as_it_was(const swap *s, df_str before)
{
    struct stat now;

    if (!is_before(s, before, &now))
        return false;
    return (now.st_mode == s->st.st_mode && now.st_uid == s->st.st_uid &&
            now.st_gid == s->st.st_gid && now.st_nlink == s->st.st_nlink) ||
           changed(s);
}

static bool rename_temp(swap *s, df_str before)
{
    if (!(s->is_new ? is_free(s) : is_as_it_was(s, before)))
        return false;
    if (renameat(s->dir, s->temp, s->dir, s->base) != 0)
        return fail_errno(s->err, s->path, "");
    s->temp[0] = '\0';
    return sync_fd(s->dir) ||
           fail_errno(s->err, s->path, "replaced, but not yet on disk: ");
}

/*
 * SIGXFSZ (a write beyond `ulimit -f`) is held back like the others, so that
 * write fails with EFBIG instead; the one it leaves behind is taken here.
 */
static void drop_xfsz(void)
{
    sigset_t set;
    int sig;

    if (sigpending(&set) != 0 || !sigismember(&set, SIGXFSZ))
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    sigwait(&set, &sig);
}

static bool replace_held(swap *s, df_str before, df_str text)
{
    static const int HELD[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    sigset_t set;
    sigset_t old;
    bool ok;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof HELD / sizeof *HELD; i++)
        sigaddset(&set, HELD[i]);
    pthread_sigmask(SIG_BLOCK, &set, &old);

    ok = write_temp(s, text) && rename_temp(s, before);
    if (s->temp[0])
        unlinkat(s->dir, s->temp, 0);

    if (!sigismember(&old, SIGXFSZ))
        drop_xfsz();
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return ok;
}

static bool run(swap *s, df_str before, df_str text)
{
    bool ok = open_dir(s) &&
              (s->is_new ? is_free(s) : may_replace(s, before)) &&
              replace_held(s, before, text);

    if (s->dir >= 0)
        close(s->dir);
    free(s->target);
    return ok;
}

bool df_replace_file(const char *path, df_str before, df_str text, df_err *err)
{
    swap s = {.path = path, .mode = S_IRUSR | S_IWUSR, .dir = -1, .err = err};

    return run(&s, before, text);
}

bool df_create_file(const char *path, mode_t mode, df_str text, df_err *err)
{
    swap s = {
        .path = path, .is_new = true, .mode = mode, .dir = -1, .err = err};

    return run(&s, DF_STR(""), text);
}
