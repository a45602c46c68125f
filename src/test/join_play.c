/* Where RUN bodies run: see test/join_play.h. */
#include "test/join_play.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "test/folder.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define TIME_LIMIT 2 /* seconds for one body */

/* --- the directory --- */

static const struct {
    const char *path;
    mode_t mode; /* 0: a directory */
    const char *text;
} FILES[] = {
    {"d", 0, ""},
    {"e", 0, ""},
    {"bin", 0, ""},
    {"bin2", 0, ""},
    {"a", 0644, "one\ntwo\n"},
    {"lines", 0644, "1\n2\n"},
    {"lib.sh", 0644, "v=lib\nhello() { echo lib >> log; }\ncd d\n"},
    {"strict.sh", 0644, "set -e\n"},
    {"quit.sh", 0644, "echo quit >> log\nexit 0\n"},
    {"bin/tool", 0755, "#!/bin/sh\necho old tool >> log\n"},
    {"tool2", 0755, "#!/bin/sh\necho new tool >> log\n"},
    {"bin/pip", 0755,
     "#!/bin/sh\necho old pip $* >> log\n"
     "case \"$*\" in *\" pip\"*) cp \"$HOME/pip2\" \"$HOME/bin2/pip\";; "
     "esac\n"},
    {"bin/python3", 0755, "#!/bin/sh\nshift 2\nexec pip \"$@\"\n"},
    {"pip2", 0755, "#!/bin/sh\necho new pip $* >> log\n"},
};

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void put_file(const char *path, mode_t mode, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    size_t len = strlen(text);

    if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd) != 0)
        die(path);
}

/* The umask is 022. */
static void fill_directory(const char *dir)
{
    if (mkdir(dir, 0755) != 0)
        die(dir);
    for (size_t i = 0; i < COUNT(FILES); i++) {
        char path[1024];

        snprintf(path, sizeof path, "%s/%s", dir, FILES[i].path);
        if (FILES[i].mode)
            put_file(path, FILES[i].mode, FILES[i].text);
        else if (mkdir(path, 0755) != 0)
            die(path);
    }
}

static void remove_tree(df_arena *a, const char *path)
{
    folder f;

    if (unlink(path) == 0)
        return;
    f = folder_list(a, path);
    for (uint32_t i = 0; i < f.nnames; i++)
        remove_tree(a, folder_path(a, path, f.names[i]));
    rmdir(path);
}

static void put_escaped(df_buf *out, df_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n')
            df_buf_adds(out, "\\n");
        else
            df_buf_addc(out, s.ptr[i]);
    }
}

static void put_entry(df_buf *out, const char *path, const struct stat *st)
{
    char target[1024];
    df_str text = {0};

    if (S_ISREG(st->st_mode))
        folder_read(out->arena, path, &text);
    if (S_ISLNK(st->st_mode)) {
        ssize_t n = readlink(path, target, sizeof target);

        text = (df_str){target, n > 0 ? (size_t)n : 0};
    }
    put_escaped(out, text);
    df_buf_addc(out, '\n');
}

/* A line for each entry below a directory: type and mode, path, contents. */
static void put_tree(df_buf *out, const char *dir, size_t cut)
{
    folder f = folder_list(out->arena, dir);

    for (uint32_t i = 0; i < f.nnames; i++) {
        const char *path = folder_path(out->arena, dir, f.names[i]);
        struct stat st;

        if (lstat(path, &st) != 0)
            die(path);
        df_buf_fmt(out, "%06o %s ", (unsigned)st.st_mode, path + cut);
        put_entry(out, path, &st);
        if (S_ISDIR(st.st_mode))
            put_tree(out, path, cut);
    }
}

/* --- execution --- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What a shell leaves behind dies with it, while its number is still its. */
static play_ending wait_for(pid_t pid)
{
    double end = now() + TIME_LIMIT;
    struct timespec nap = {0, 100 * 1000 * 1000};
    siginfo_t info;
    sigset_t child;
    int status;
    bool over = false;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    while (!over && now() < end) {
        info.si_pid = 0;
        waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG);
        over = info.si_pid == pid;
        if (!over)
            sigtimedwait(&child, NULL, &nap);
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (!over)
        return RAN_TOO_LONG;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? RAN_OK : RAN_BADLY;
}

static void set_attributes(posix_spawnattr_t *attr)
{
    sigset_t none, all;

    static const int SIGNALS[] = {SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGPIPE, SIGTERM, SIGCHLD};

    sigemptyset(&none);
    sigemptyset(&all);
    for (size_t i = 0; i < COUNT(SIGNALS); i++)
        sigaddset(&all, SIGNALS[i]);
    posix_spawnattr_init(attr);
    posix_spawnattr_setpgroup(attr, 0);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
                                       POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
}

static play_ending spawn(const char *program, char *const *argv,
                         char *const *envp)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    pid_t pid;
    int err;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    set_attributes(&attr);
    err = posix_spawn(&pid, program, &files, &attr, argv, envp);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    if (err) {
        errno = err;
        die(program);
    }
    return wait_for(pid);
}

static play_ending run_body(const play_place *p, df_arena *a, size_t shell,
                            const row_form *f, df_str body)
{
    char *argv[6];
    size_t n = 0;

    argv[n++] = df_cstr(a, df_str_of(ROW_SHELLS[shell].arg0));
    for (size_t i = 0; i < COUNT(f->options) && f->options[i]; i++)
        argv[n++] = df_cstr(a, df_str_of(f->options[i]));
    argv[n++] = df_cstr(a, body);
    argv[n] = NULL;
    return spawn(p->programs[shell], argv, p->environment);
}

/* All in the same place: the bodies name it. */
play_outcome play(const play_place *p, df_arena *a, size_t shell,
                  const row_form *f, const row_script *s)
{
    play_outcome o = {.ending = RAN_OK};
    df_buf tree = {.arena = a};

    fill_directory(p->dir);
    if (chdir(p->dir) != 0)
        die(p->dir);
    for (uint32_t i = 0; i < s->nbodies && o.ending == RAN_OK; i++)
        o.ending = run_body(p, a, shell, f, s->bodies[i]);
    if (chdir(p->root) != 0)
        die(p->root);
    put_tree(&tree, p->dir, strlen(p->dir) + 1);
    o.tree = df_buf_str(&tree);
    remove_tree(a, p->dir);
    return o;
}

/* --- the place --- */

static bool find_program(char *program, size_t size, const char *name)
{
    static const char *const dirs[] = {"/bin", "/usr/bin", "/usr/local/bin"};

    for (size_t k = 0; k < COUNT(dirs); k++) {
        snprintf(program, size, "%s/%s", dirs[k], name);
        if (access(program, X_OK) == 0)
            return true;
    }
    *program = '\0';
    return false;
}

static void find_shells(play_place *p)
{
    for (size_t i = 0; i < NSHELLS; i++)
        if (!find_program(p->programs[i], sizeof p->programs[i],
                          ROW_SHELLS[i].program))
            printf("%s is not installed: not tried\n", ROW_SHELLS[i].name);
}

/* busybox starts in half the time of what it stands for: a link for each. */
static void find_utilities(const char *dir)
{
    static const char *const NAMES[] = {
        "cat",   "chmod", "cp",   "cut",   "env",   "false", "grep",
        "head",  "id",    "ln",   "ls",    "mkdir", "mv",    "nice",
        "rm",    "rmdir", "sed",  "sleep", "sort",  "tail",  "tee",
        "touch", "tr",    "true", "uniq",  "wc",    "xargs"};
    char busybox[64];
    char path[700];

    if (mkdir(dir, 0755) != 0)
        die(dir);
    if (!find_program(busybox, sizeof busybox, "busybox"))
        return;
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, NAMES[i]);
        if (symlink(busybox, path) != 0)
            die(path);
    }
}

void play_set_up(play_place *p)
{
    const char *tmp = getenv("TMPDIR");
    char utilities[600];
    sigset_t child;

    umask(022);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    snprintf(p->root, sizeof p->root, "%s/joins.XXXXXX",
             tmp && *tmp == '/' ? tmp : "/tmp");
    if (!mkdtemp(p->root))
        die(p->root);
    snprintf(p->dir, sizeof p->dir, "%s/w", p->root);
    snprintf(utilities, sizeof utilities, "%s/u", p->root);
    snprintf(p->home, sizeof p->home, "HOME=%s", p->dir);
    snprintf(p->tmp, sizeof p->tmp, "TMPDIR=%s", p->root);
    snprintf(p->path, sizeof p->path, "PATH=%s/bin2:%s/bin:%s:/usr/bin:/bin",
             p->dir, p->dir, utilities);
    p->environment[0] = p->path;
    p->environment[1] = p->home;
    p->environment[2] = p->tmp;
    find_utilities(utilities);
    find_shells(p);
}

void play_tear_down(const play_place *p)
{
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    if (chdir("/") == 0)
        remove_tree(&a, p->root);
    df_arena_release(&a);
}
