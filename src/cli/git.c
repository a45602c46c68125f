/* git as a program: see cli/git.h. */
#include "cli/git.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/name.h"

#define MAX_ARGS 15

/* A listing of the largest public monorepos (a million paths) has 100 MB. */
#define MAX_ANSWER ((size_t)512 * 1024 * 1024)

extern char **environ;

/*
 * core.fsmonitor names a program that listing files would run, and unpacked
 * archives can hold a .git/config.
 */
static char **command_line(df_arena *a, const char *dir,
                           const char *const *args)
{
    static const char *const HEAD[] = {"git", "--no-optional-locks", "-c",
                                       "core.fsmonitor=false"};
    char **argv = df_new_array(a, char *, MAX_ARGS + 8);
    size_t n = 0;

    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++)
        argv[n++] = df_cstr(a, df_str_of(HEAD[i]));
    if (dir) {
        argv[n++] = df_cstr(a, DF_STR("-C"));
        argv[n++] = df_cstr(a, df_str_of(dir));
    }
    for (size_t i = 0; args[i] && i < MAX_ARGS; i++)
        argv[n++] = df_cstr(a, df_str_of(args[i]));
    return argv;
}

/* We ignore SIGPIPE; children start out as usual. */
static int set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
                  int output)
{
    sigset_t usual;
    int rc;

    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    rc = posix_spawnattr_setsigdefault(attr, &usual);
    if (!rc)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF);
    if (!rc)
        rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
                                              0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, output, 1);
    if (!rc)
        rc = posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY,
                                              0);
    return rc;
}

static bool start(char **argv, int output, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&files);

    if (rc)
        return false;
    rc = posix_spawnattr_init(&attr);
    if (!rc) {
        rc = set_up(&files, &attr, output);
        if (!rc)
            rc = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc == 0;
}

static bool succeeded(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool df_git(df_arena *a, const char *dir, const char *const *args, df_str *out)
{
    char **argv = command_line(a, dir, args);
    df_err err;
    int ends[2];
    pid_t pid;
    bool ok;

    if (pipe(ends))
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    ok = start(argv, ends[1], &pid);
    close(ends[1]);
    if (!ok) {
        close(ends[0]);
        return false;
    }
    ok = df_read_fd(a, ends[0], "git", MAX_ANSWER, out, &err);
    close(ends[0]);
    return succeeded(pid) && ok;
}

const char *df_git_line(df_arena *a, const char *const *args)
{
    df_str out;

    if (!df_git(a, NULL, args, &out))
        return NULL;
    if (df_str_ends(out, "\n"))
        out.len--;
    return out.len ? df_cstr(a, out) : NULL;
}

bool df_git_above(df_arena *a, const char *dir)
{
    for (; dir; dir = df_name_above(a, dir))
        if (df_name_exists(df_fmt(a, "%s/.git", dir).ptr))
            return true;
    return false;
}
