/* ptrace(2), Linux only: see test/trace.h. */
#define _GNU_SOURCE
#include "test/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#define MAX_LINKS 40
#define SECONDS   60

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- what system calls do with paths --- */

typedef struct {
    long number;
    touch_kind kind;
    int dir; /* argument that holds the directory, or -1 */
    int path;
    int flags; /* argument that says whether links are followed, or -1 */
    bool follows;
} call;

static const call CALLS[] = {
#ifdef SYS_open /* younger architectures have only the calls with `at` */
    {SYS_open, TOUCH_OPEN, -1, 0, 1, true},
    {SYS_creat, TOUCH_CHANGE, -1, 0, -1, true},
    {SYS_stat, TOUCH_LOOK, -1, 0, -1, true},
    {SYS_lstat, TOUCH_LOOK, -1, 0, -1, false},
    {SYS_access, TOUCH_LOOK, -1, 0, -1, true},
    {SYS_readlink, TOUCH_LOOK, -1, 0, -1, false},
    {SYS_unlink, TOUCH_CHANGE, -1, 0, -1, false},
    {SYS_rmdir, TOUCH_CHANGE, -1, 0, -1, false},
    {SYS_mkdir, TOUCH_CHANGE, -1, 0, -1, false},
    {SYS_rename, TOUCH_CHANGE, -1, 0, -1, false},
    {SYS_rename, TOUCH_CHANGE, -1, 1, -1, false},
    {SYS_link, TOUCH_CHANGE, -1, 1, -1, false},
    {SYS_symlink, TOUCH_CHANGE, -1, 1, -1, false},
    {SYS_chmod, TOUCH_CHANGE, -1, 0, -1, true},
    {SYS_chown, TOUCH_CHANGE, -1, 0, -1, true},
#endif
#ifdef SYS_renameat
    {SYS_renameat, TOUCH_CHANGE, 0, 1, -1, false},
    {SYS_renameat, TOUCH_CHANGE, 2, 3, -1, false},
#endif
#ifdef SYS_newfstatat
    {SYS_newfstatat, TOUCH_LOOK, 0, 1, 3, true},
#endif
    {SYS_openat, TOUCH_OPEN, 0, 1, 2, true},
    {SYS_statx, TOUCH_LOOK, 0, 1, 2, true},
    {SYS_faccessat, TOUCH_LOOK, 0, 1, -1, true},
    {SYS_readlinkat, TOUCH_LOOK, 0, 1, -1, false},
    {SYS_statfs, TOUCH_LOOK, -1, 0, -1, true},
    {SYS_chdir, TOUCH_LOOK, -1, 0, -1, true},
    {SYS_truncate, TOUCH_CHANGE, -1, 0, -1, true},
    {SYS_unlinkat, TOUCH_CHANGE, 0, 1, -1, false},
    {SYS_mkdirat, TOUCH_CHANGE, 0, 1, -1, false},
    {SYS_mknodat, TOUCH_CHANGE, 0, 1, -1, false},
    {SYS_renameat2, TOUCH_CHANGE, 0, 1, -1, false},
    {SYS_renameat2, TOUCH_CHANGE, 2, 3, -1, false},
    {SYS_linkat, TOUCH_CHANGE, 2, 3, -1, false},
    {SYS_symlinkat, TOUCH_CHANGE, 1, 2, -1, false},
    {SYS_fchmodat, TOUCH_CHANGE, 0, 1, -1, true},
    {SYS_fchownat, TOUCH_CHANGE, 0, 1, -1, true},
    {SYS_utimensat, TOUCH_CHANGE, 0, 1, -1, true},
    {SYS_execve, TOUCH_RUN, -1, 0, -1, true},
    {SYS_execveat, TOUCH_RUN, 0, 1, -1, true},
#ifdef SYS_faccessat2
    {SYS_faccessat2, TOUCH_LOOK, 0, 1, 3, true},
#endif
};

/* Sockets and what could stand in for them. */
static const long NETWORK[] = {
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind,    SYS_listen,
    SYS_sendto, SYS_recvfrom,   SYS_sendmsg, SYS_recvmsg,
};

/* Neither names a file nor reaches beyond the process and what it has open. */
static const long HARMLESS[] = {
#ifdef SYS_arch_prctl
    SYS_arch_prctl,
#endif
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_pipe
    SYS_pipe,
#endif
#ifdef SYS_dup2
    SYS_dup2,
#endif
#ifdef SYS_vfork
    SYS_vfork,
#endif
#ifdef SYS_alarm
    SYS_alarm,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_clone3
    SYS_clone3,
#endif
#ifdef SYS_close_range
    SYS_close_range,
#endif
    SYS_brk,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_clone,
    SYS_close,
    SYS_dup,
    SYS_dup3,
    SYS_exit,
    SYS_exit_group,
    SYS_fchmod,
    SYS_fchown,
    SYS_fcntl,
    SYS_fdatasync,
    SYS_flock,
    SYS_fstat,
    SYS_fsync,
    SYS_ftruncate,
    SYS_futex,
    SYS_getcwd,
    SYS_getegid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getpid,
    SYS_getppid,
    SYS_getrandom,
    SYS_gettid,
    SYS_getuid,
    SYS_ioctl,
    SYS_kill,
    SYS_lseek,
    SYS_madvise,
    SYS_mmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_munmap,
    SYS_nanosleep,
    SYS_pipe2,
    SYS_ppoll,
    SYS_pread64,
    SYS_prlimit64,
    SYS_read,
    SYS_readv,
    SYS_restart_syscall,
    SYS_rt_sigaction,
    SYS_rt_sigpending,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigtimedwait,
    SYS_sched_getaffinity,
    SYS_sched_yield,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_setpgid,
    SYS_sigaltstack,
    SYS_sysinfo,
    SYS_tgkill,
    SYS_uname,
    SYS_wait4,
    SYS_write,
    SYS_writev,
};

static bool is_among(const long *numbers, size_t n, long number)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* --- where a path leads --- */

typedef struct {
    df_arena *arena;
    touches *out;
    pid_t pid; /* the thread that is looked at */
} trace;

static void add(const trace *t, touch_kind kind, const char *place)
{
    *df_push(t->arena, t->out, items) = (touch){kind, place};
}

static const char *link_target(df_arena *a, const char *path)
{
    char to[4096];
    ssize_t n = readlink(path, to, sizeof to);

    return n < 0 ? NULL : df_cstr(a, (df_str){to, (size_t)n});
}

static const char *above(df_arena *a, const char *place)
{
    const char *slash = strrchr(place, '/');

    return slash == place
               ? "/"
               : df_cstr(a, (df_str){place, (size_t)(slash - place)});
}

static const char *below(df_arena *a, const char *place, df_str name)
{
    return df_fmt(a, "%s/%.*s", strcmp(place, "/") == 0 ? "" : place,
                  DF_STR_ARG(name))
        .ptr;
}

/* As path_resolution(7) has it; `from` is a place already. */
static const char *follow(const trace *t, touch_kind kind, const char *from,
                          df_str path, bool follow_last)
{
    df_arena *a = t->arena;
    const char *place = df_str_starts(path, "/") ? "/" : from;
    const char *target;
    df_str part;

    for (int links = 0; path.len;) {
        df_str_cut(&path, '/', &part);
        if (!part.len || df_str_is(part, "."))
            continue;
        if (df_str_is(part, "..")) {
            place = above(a, place);
            continue;
        }
        from = place;
        place = below(a, place, part);
        if (!(path.len || follow_last) || !(target = link_target(a, place)) ||
            ++links > MAX_LINKS)
            continue;
        if (kind != TOUCH_RUN) /* the search through PATH */
            add(t, TOUCH_LOOK, place);
        path = df_fmt(a, "%s/%.*s", target, DF_STR_ARG(path));
        place = *target == '/' ? "/" : from;
    }
    return place;
}

static const char *proc(const trace *t, const char *what)
{
    return df_fmt(t->arena, "/proc/%ld/%s", (long)t->pid, what).ptr;
}

static const char *place_of_fd(const trace *t, int fd)
{
    const char *link = fd == AT_FDCWD
                           ? proc(t, "cwd")
                           : proc(t, df_fmt(t->arena, "fd/%d", fd).ptr);
    const char *place = link_target(t->arena, link);

    return place ? place : "?";
}

/* A path in the memory of the program. */
static df_str path_at(const trace *t, uint64_t address)
{
    int fd = open(proc(t, "mem"), O_RDONLY | O_CLOEXEC);
    char *text = df_new_array(t->arena, char, 4097);
    ssize_t n = fd < 0 ? -1 : pread(fd, text, 4096, (off_t)address);

    if (fd >= 0)
        close(fd);
    return n < 0 ? DF_STR("?") : df_str_of(text);
}

/* --- one call --- */

static bool follows_links(const call *c, uint64_t flags)
{
    if (c->kind == TOUCH_OPEN)
        return !(flags & O_NOFOLLOW);
    return c->follows && !(flags & AT_SYMLINK_NOFOLLOW);
}

static touch_kind kind_of(const call *c, uint64_t flags)
{
    bool writes = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);

    return c->kind == TOUCH_OPEN && writes ? TOUCH_CHANGE : c->kind;
}

static void note_path(const trace *t, const call *c, const uint64_t *args)
{
    uint64_t flags = c->flags < 0 ? 0 : args[c->flags];
    int dir = c->dir < 0 ? AT_FDCWD : (int)args[c->dir];
    df_str path = path_at(t, args[c->path]);

    /* AT_EMPTY_PATH: what is open has been judged. */
    if (path.len)
        add(t, kind_of(c, flags),
            follow(t, c->kind, place_of_fd(t, dir), path,
                   follows_links(c, flags)));
}

static void note_call(const trace *t, long number, const uint64_t *args)
{
    bool known = false;

    for (size_t i = 0; i < COUNT(CALLS); i++) {
        if (CALLS[i].number == number) {
            note_path(t, &CALLS[i], args);
            known = true;
        }
    }
    if (number == SYS_getdents64)
        add(t, TOUCH_LIST, place_of_fd(t, (int)args[0]));
    else if (is_among(NETWORK, COUNT(NETWORK), number))
        add(t, TOUCH_NET, df_fmt(t->arena, "call %ld", number).ptr);
    else if (!known && !is_among(HARMLESS, COUNT(HARMLESS), number))
        add(t, TOUCH_UNKNOWN, df_fmt(t->arena, "call %ld", number).ptr);
}

/* --- the program --- */

static void begin(const char *dir, const char *const *argv)
{
    int null = open("/dev/null", O_RDWR);

    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    alarm(SECONDS);
    if (chdir(dir) != 0 || ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(126);
    raise(SIGSTOP);
    /* execv takes them writable and leaves them alone. */
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static void resume(pid_t pid, long signal)
{
    ptrace(PTRACE_SYSCALL, pid, NULL, (void *)signal);
}

/* Threads and children are followed, up to the program that a child becomes. */
static bool attach(pid_t pid)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    int status;

    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
        return false;
    if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) == 0)
        return true;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return false;
}

static void at_call(const trace *t)
{
    struct __ptrace_syscall_info info;
    size_t size = sizeof info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, (void *)size, &info) < 0)
        add(t, TOUCH_UNKNOWN, "a call that cannot be looked at");
    else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        note_call(t, (long)info.entry.nr, (const uint64_t *)info.entry.args);
}

static void at_stop(const trace *t, pid_t first, int status)
{
    int signal = WSTOPSIG(status);
    int event = status >> 16;

    if (event == PTRACE_EVENT_EXEC && t->pid != first) {
        ptrace(PTRACE_DETACH, t->pid, NULL, NULL);
        return;
    }
    if (signal == (SIGTRAP | 0x80))
        at_call(t);
    /* The stop with which a new thread or child begins is no signal either. */
    resume(t->pid, event || signal == (SIGTRAP | 0x80) || signal == SIGSTOP
                       ? 0
                       : signal);
}

static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool trace_run(df_arena *a, const char *dir, const char *const *argv,
               touches *out)
{
    trace t = {.arena = a, .out = out};
    pid_t first = fork();
    int status;

    *out = (touches){0};
    if (first == 0)
        begin(dir, argv);
    if (first < 0 || !attach(first))
        return false;
    resume(first, 0);
    while ((t.pid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status))
            at_stop(&t, first, status);
        else if (t.pid == first)
            out->status = status_of(status);
    }
    return true;
}
