/* Programs that we run: see base/process.h. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS   100
#define SOON      50u /* ms that most programs need to end behind their output */
#define GRACE     10.0 /* seconds between asking a program to end and ending it */
#define TAIL      ((size_t)4096)
#define PIPE_READ ((size_t)64 * 1024)

extern char **environ;

static const int SIGNALS[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

#define NSIGNALS (sizeof SIGNALS / sizeof *SIGNALS)

void df_process_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < NSIGNALS; i++)
        sigaddset(set, SIGNALS[i]);
}

bool df_process_stopped(void)
{
    sigset_t pending;

    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < NSIGNALS; i++)
        if (sigismember(&pending, SIGNALS[i]) == 1)
            return true;
    return false;
}

double df_process_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef struct {
    const df_process *p;
    df_process_end end;
    pid_t pid;
    int out, err; /* reading ends; -1: closed */
    double start;
    double asked; /* when it was asked to end; 0: it was not */
    bool gone;
    char *tail; /* of stderr */
    size_t ntail;
} child;

/* --- starting --- */

static int set_attributes(posix_spawnattr_t *attr)
{
    sigset_t usual;
    sigset_t none;
    int rc;

    df_process_signals(&usual);
    sigaddset(&usual, SIGPIPE);
    sigemptyset(&none);
    rc = posix_spawnattr_setsigdefault(attr, &usual);
    if (!rc)
        rc = posix_spawnattr_setsigmask(attr, &none);
    if (!rc)
        rc = posix_spawnattr_setpgroup(attr, 0);
    if (!rc)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF |
                                                POSIX_SPAWN_SETSIGMASK |
                                                POSIX_SPAWN_SETPGROUP);
    return rc;
}

static int set_files(posix_spawn_file_actions_t *files, int out, int err)
{
    int rc =
        posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);

    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, out, 1);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, err, 2);
    return rc;
}

static int spawn_with(child *c, df_arena *a, int out, int err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    size_t n = 0;
    char **argv;
    int rc;

    while (c->p->argv[n])
        n++;
    argv = df_new_array(a, char *, n + 1);
    for (size_t i = 0; i < n; i++)
        argv[i] = df_cstr(a, df_str_of(c->p->argv[i]));
    rc = posix_spawn_file_actions_init(&files);
    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (!rc) {
        rc = set_attributes(&attr);
        if (!rc)
            rc = set_files(&files, out, err);
        if (!rc)
            rc = posix_spawnp(&c->pid, argv[0], &files, &attr, argv, environ);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static bool open_pipe(int fd[2])
{
    if (pipe(fd) != 0)
        return false;
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    fcntl(fd[0], F_SETFL, O_NONBLOCK);
    return true;
}

static int start(child *c, df_arena *a)
{
    int out[2];
    int err[2] = {-1, -1};
    int rc;

    if (!open_pipe(out))
        return errno;
    if (!c->p->merged && !open_pipe(err)) {
        rc = errno;
        close(out[0]);
        close(out[1]);
        return rc;
    }
    rc = spawn_with(c, a, out[1], c->p->merged ? out[1] : err[1]);
    close(out[1]);
    if (err[1] >= 0)
        close(err[1]);
    c->out = out[0];
    c->err = err[0];
    return rc;
}

/* --- ending --- */

/* The first reason counts. */
static void ask_to_end(child *c, df_process_how how)
{
    if (c->asked > 0)
        return;
    c->asked = df_process_clock();
    c->end.how = how;
    kill(-c->pid, SIGINT);
}

static void watch(child *c)
{
    double now = df_process_clock();

    if (c->p->timeout && now - c->start > c->p->timeout)
        ask_to_end(c, DF_PROCESS_TIMEOUT);
    if (!c->p->shielded && df_process_stopped())
        ask_to_end(c, DF_PROCESS_STOPPED);
    if (c->asked > 0 && now - c->asked > GRACE)
        kill(-c->pid, SIGKILL);
    if (c->p->tick)
        c->p->tick(c->p->ctx);
}

static void reap(child *c)
{
    int status;
    pid_t pid;

    do
        pid = waitpid(c->pid, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid != c->pid)
        return;
    c->gone = true;
    c->end.status =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* --- reading --- */

static void keep_tail(child *c, df_str bytes)
{
    if (bytes.len > TAIL)
        bytes = df_str_from(bytes, bytes.len - TAIL);
    if (c->ntail + bytes.len > TAIL) {
        size_t drop = c->ntail + bytes.len - TAIL;

        memmove(c->tail, c->tail + drop, c->ntail - drop);
        c->ntail -= drop;
    }
    memcpy(c->tail + c->ntail, bytes.ptr, bytes.len);
    c->ntail += bytes.len;
}

/* What is there now; true if there was something. */
static bool drain(child *c, int *fd)
{
    char bytes[PIPE_READ];
    ssize_t n;

    if (*fd < 0)
        return false;
    n = read(*fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        close(*fd);
        *fd = -1;
        return false;
    }
    if (fd == &c->err)
        keep_tail(c, (df_str){bytes, (size_t)n});
    else if (c->p->take && c->asked == 0 &&
             !c->p->take(c->p->ctx, (df_str){bytes, (size_t)n}))
        ask_to_end(c, DF_PROCESS_REFUSED);
    return true;
}

/* A grandchild may hold the pipes open; who waits for it waits forever. */
static void follow(child *c)
{
    double next = c->start;

    while (c->out >= 0 || c->err >= 0) {
        struct pollfd fds[] = {{c->out, POLLIN, 0}, {c->err, POLLIN, 0}};
        bool more;

        poll(fds, 2, TICK_MS);
        more = drain(c, &c->out);
        more |= drain(c, &c->err);
        if (df_process_clock() >= next) {
            watch(c);
            next = df_process_clock() + TICK_MS / 1000.0;
        }
        if (!more && !c->gone)
            reap(c);
        if (!more && c->gone)
            break;
    }
    for (unsigned tries = 0; !c->gone; tries++) {
        reap(c);
        if (c->gone)
            break;
        poll(NULL, 0, tries < SOON ? 1 : TICK_MS);
        watch(c);
    }
}

df_process_end df_process_run(df_arena *a, const df_process *p)
{
    child c = {.p = p, .out = -1, .err = -1, .start = df_process_clock()};
    int rc;

    c.tail = df_new_array(a, char, TAIL + 1);
    rc = start(&c, a);
    if (rc) {
        c.end.how = rc == ENOENT ? DF_PROCESS_MISSING : DF_PROCESS_FAILED;
        c.end.status = rc;
    } else {
        follow(&c);
    }
    if (c.out >= 0)
        close(c.out);
    if (c.err >= 0)
        close(c.err);
    c.end.seconds = df_process_clock() - c.start;
    c.end.err = (df_str){c.tail, c.ntail};
    return c.end;
}
