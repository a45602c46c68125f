/*
 * Faults: whatever goes wrong under the program, a file is wholly old or
 * wholly new, nothing is left behind, and somebody is told.
 *
 *     build/faults [--all] [--seed N] [TEST]
 *
 * A scene is a directory and a command line. It runs once undisturbed, and then
 * with each call of a kind failing, one after the other, until a run has no
 * more of them. --all leaves nothing out.
 */
#define _XOPEN_SOURCE 700
#include "test/unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "test/folder.h"
#include "test/world.h"

typedef struct {
    const char *input; /* a directory of testdata/ */
    /* Without --all only each so manieth call fails, of kinds of which there
     * are hundreds; 0: it is not run. */
    unsigned step;
    const char *argv[7];
} scene;

#define CASE(pass, name) "testdata/transforms/" pass "/" name "/input"
#define APP(name)        "testdata/corpus/" name "/input"

/* Between them: JSON and YAML of the context, of the user's configuration, and
 * written; regular expressions; more than one file; files that are new. */
static const scene SCENES[] = {
    {CASE("merge_run", "example"), 1, {"-w", "."}},
    {"testdata/disturbed",
     3,
     {"-w", "--fix-dockerignore", "a", "b/Dockerfile"}},
    {CASE("split_manifests", "pnpm_workspace_comes_first"),
     3,
     {"--unsafe", "Dockerfile"}},
    {CASE("split_manifests", "example"),
     9,
     {"-w", "--format=json", "Dockerfile"}},
    {CASE("clean_cache", "example"), 9, {"-d", "--format=sarif", "Dockerfile"}},
    {CASE("multi_stage", "declines_a_health_check_of_compose"),
     0,
     {"--unsafe", "Dockerfile"}},
    {APP("node_pnpm_patches_2024"), 0, {"--unsafe", "Dockerfile"}},
    {APP("python_flask_2015"), 0, {"-w", "--unsafe", "Dockerfile"}},
    {APP("php_composer_fpm_2019"), 0, {"--check", "--format=github", "."}},
    {APP("ruby_rails_2016"), 0, {"-w", "--unsafe", "-q", "."}},
    {APP("go_modules_2021"), 0, {"-l", "--unsafe", "Dockerfile"}},
    {APP("java_maven_2018"), 0, {"-d", "--format=json", "--unsafe", "."}},
    {APP("dotnet_api_2021"), 0, {"-w", "-j1", "."}},
};

static struct {
    bool all;
    unsigned seed;
    unsigned runs, hits, broken;
} suite;

static unsigned step_of(const scene *s, const char *kind)
{
    bool many = strcmp(kind, "alloc") == 0 || strcmp(kind, "stat") == 0;

    return suite.all || (s->step && !many) ? 1 : s->step;
}

/* The same numbers everywhere, unlike rand(). */
static unsigned next_random(void)
{
    suite.seed = suite.seed * 1103515245u + 12345u;
    return suite.seed >> 8;
}

/* --- one scene --- */

typedef struct {
    const scene *scene;
    df_arena arena;
    const char *dir;
    world_files before;
    outcome clean; /* undisturbed */
} play;

static void begin(play *p, const scene *s)
{
    p->scene = s;
    df_arena_init(&p->arena, NULL, NULL);
    p->dir = world_new(&p->arena);
    p->before = world_read(&p->arena, s->input);
    world_reset(p->dir, &p->before);
    p->clean = world_run(&p->arena, p->dir, s->argv, NULL);
    if (p->clean.status > 1)
        fail_msg("%s: status %d undisturbed: %s", s->input, p->clean.status,
                 p->clean.err.ptr);
}

static void end(play *p)
{
    df_arena_release(&p->arena);
}

static void complain(const play *p, const world_fault *fault, const outcome *o,
                     const char *what)
{
    char line[400] = "";

    for (const char *const *arg = p->scene->argv; *arg; arg++)
        snprintf(line + strlen(line), sizeof line - strlen(line), " %s", *arg);
    print_error("%s: dfopt%s\nfault: %s %s\nstatus %d, stderr: %.*s\n%s\n\n",
                p->scene->input, line, fault ? fault->what : "none",
                fault && fault->command ? fault->command : "", o->status,
                DF_STR_ARG(o->err), what);
    suite.broken++;
}

static bool is_temporary(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strncmp(slash ? slash + 1 : path, ".dfopt-", 7) == 0;
}

static bool has(const world_files *files, const world_file *f)
{
    const world_file *there = world_find(files, f->path);

    return there && df_str_eq(there->text, f->text);
}

static bool has_all(const world_files *files, const world_files *these)
{
    for (uint32_t i = 0; i < these->nitems; i++)
        if (!has(files, &these->items[i]))
            return false;
    return true;
}

/* Each file is old or new, none is missing, none is there besides. */
static const char *harm(const play *p, const outcome *o, bool may_leave)
{
    for (uint32_t i = 0; i < p->before.nitems; i++)
        if (!world_find(&o->files, p->before.items[i].path))
            return "a file is gone";
    for (uint32_t i = 0; i < o->files.nitems; i++) {
        const world_file *f = &o->files.items[i];

        if (is_temporary(f->path) && may_leave)
            continue;
        if (is_temporary(f->path))
            return "a temporary file is left";
        if (!has(&p->before, f) && !has(&p->clean.files, f))
            return "a file is neither old nor new";
    }
    return NULL;
}

static bool is_undisturbed(const play *p, const outcome *o)
{
    return o->status == p->clean.status && df_str_eq(o->out, p->clean.out) &&
           df_str_eq(o->err, p->clean.err) &&
           o->files.nitems == p->clean.files.nitems &&
           has_all(&o->files, &p->clean.files);
}

/* It came to the same, or it failed, said so, and did no harm. */
static const char *verdict(const play *p, const outcome *o)
{
    if (is_undisturbed(p, o))
        return NULL;
    /* A line is left out where it cannot be told whether it would hurt. */
    if (o->status == p->clean.status && df_str_has(o->err, " may want it"))
        return harm(p, o, false);
    if (o->status == p->clean.status)
        return "something else came out, as if nothing were wrong";
    if (o->status != 2)
        return "it neither worked nor failed";
    if (!df_str_has(o->err, "error: ") && !df_str_has(o->err, "::error ") &&
        !df_str_has(o->out, "\"error\""))
        return "it failed and does not say why";
    if (df_str_has(o->err, "not a regular file"))
        return "it says what is not so";
    return harm(p, o, false);
}

static outcome disturbed(const play *p, df_arena *a, const world_fault *fault)
{
    outcome o;

    world_reset(p->dir, &p->before);
    o = world_run(a, p->dir, p->scene->argv, fault);
    suite.runs++;
    suite.hits += o.hit.len > 0;
    return o;
}

/* What a fault may come to. */
typedef enum {
    HARMLESS, /* no difference */
    EITHER,   /* no difference, or failure */
    FATAL,    /* failure */
} effect;

static const char *judge(const play *p, const outcome *o, effect due)
{
    if (!o->hit.len)
        return is_undisturbed(p, o) ? NULL : "it differs from run to run";
    if (due == HARMLESS && !is_undisturbed(p, o))
        return "this should have made no difference";
    if (due == FATAL && o->status != 2)
        return "this went unnoticed";
    return verdict(p, o);
}

/* The n-th call of that kind; false if there was none. */
static bool try(const play *p, const char *kind, unsigned n, const char *action,
                effect due)
{
    df_arena a;
    world_fault fault = {NULL, NULL, NULL};
    const char *what;
    outcome o;
    bool hit;

    df_arena_init(&a, NULL, NULL);
    fault.what = df_fmt(&a, "%s %u %s", kind, n, action).ptr;
    o = disturbed(p, &a, &fault);
    hit = o.hit.len > 0;
    what = judge(p, &o, due);
    if (what)
        complain(p, &fault, &o, what);
    df_arena_release(&a);
    return hit;
}

static void each_call(const char *kind, char once, int number, effect due)
{
    unsigned hits = suite.hits;
    char action[16];

    suite.broken = 0;
    snprintf(action, sizeof action, "%c%d", once, number);
    for (size_t i = 0; i < COUNT(SCENES); i++) {
        unsigned step = step_of(&SCENES[i], kind);
        play p;

        if (!step)
            continue;
        begin(&p, &SCENES[i]);
        for (unsigned n = 1; try(&p, kind, n, action, due); n += step)
            ;
        end(&p);
    }
    assert_int_equal(suite.broken, 0);
    assert_true(suite.hits > hits);
}

/* --- calls that fail --- */

static void the_shim_is_heard(void **state)
{
    play p;

    (void)state;
    begin(&p, &SCENES[0]);
    assert_true(try(&p, "open", 1, "e5", FATAL));
    assert_false(try(&p, "open", 1000, "e5", HARMLESS));
    end(&p);
}

static void memory_may_run_out_at_any_allocation(void **state)
{
    (void)state;
    each_call("alloc", 'e', ENOMEM, EITHER);
    if (suite.all)
        each_call("alloc", 'E', ENOMEM, EITHER);
}

static void opening_may_fail(void **state)
{
    (void)state;
    each_call("open", 'e', EMFILE, EITHER);
    if (suite.all) {
        each_call("open", 'e', EINTR, EITHER);
        each_call("open", 'E', EIO, EITHER);
    }
}

static void reading_may_fail(void **state)
{
    (void)state;
    each_call("read", 'e', EIO, EITHER);
}

static void looking_may_fail(void **state)
{
    (void)state;
    each_call("stat", 'e', EIO, EITHER);
    each_call("list", 'e', EIO, EITHER);
}

static void writing_may_fail(void **state)
{
    (void)state;
    each_call("write", 'e', EIO, FATAL);
    each_call("write", 'E', ENOSPC, FATAL);
}

static void syncing_may_fail(void **state)
{
    (void)state;
    each_call("sync", 'e', EIO, FATAL);
    each_call("sync", 'E', ENOSPC, FATAL);
}

static void renaming_may_fail(void **state)
{
    (void)state;
    each_call("rename", 'e', EIO, FATAL);
}

static void keeping_the_mode_may_fail(void **state)
{
    (void)state;
    each_call("owner", 'e', EPERM, FATAL);
}

static void closing_may_fail(void **state)
{
    (void)state;
    each_call("close", 'e', EIO, EITHER);
}

static void interruptions_make_no_difference(void **state)
{
    (void)state;
    each_call("read", 'e', EINTR, HARMLESS);
    each_call("write", 'e', EINTR, HARMLESS);
    each_call("read", 'h', 0, HARMLESS);
    each_call("write", 'h', 0, HARMLESS);
    each_call("sync", 'e', EINVAL, HARMLESS);
}

/* --- several threads --- */

enum { FILES = 240, PER_DIR = 12 };

/* Dockerfiles that change, some in each directory. */
static void make_many(play *p, const scene *s)
{
    p->scene = s;
    df_arena_init(&p->arena, NULL, NULL);
    p->dir = world_new(&p->arena);
    p->before = (world_files){0};
    for (int i = 0; i < FILES; i++)
        *df_push(&p->arena, &p->before, items) = (world_file){
            df_fmt(&p->arena, "%c/Dockerfile.%03d", 'a' + i / PER_DIR, i).ptr,
            df_fmt(&p->arena, "FROM debian:12\nRUN echo %d\nRUN true\n", i)};
    world_reset(p->dir, &p->before);
    p->clean = world_run(&p->arena, p->dir, s->argv, NULL);
    assert_int_equal(p->clean.status, 0);
}

static const scene MANY = {"many files", 1, {"-w", "-q", "-j2", "."}};

static const scene SOME = {"some files", 1, {"-w", "-q", "-j2", "a", "b"}};

/* The main thread writes, and a worker finds no memory: it may not end the
 * process while the temporary file is there. */
static void memory_may_run_out_while_another_thread_writes(void **state)
{
    play p;

    (void)state;
    suite.broken = 0;
    make_many(&p, &SOME);
    for (unsigned n = 300; n < 800; n += 50) {
        world_fault fault = {NULL, NULL, "5000"};
        outcome o;

        fault.what = df_fmt(&p.arena, "alloc %u E%d", n, ENOMEM).ptr;
        o = disturbed(&p, &p.arena, &fault);
        if (verdict(&p, &o))
            complain(&p, &fault, &o, verdict(&p, &o));
    }
    end(&p);
    assert_int_equal(suite.broken, 0);
}

/* --- signals --- */

/* After SIGKILL a temporary file may be there; the next run is not disturbed
 * by it. */
static const char *after_signal(const play *p, df_arena *a, int sig,
                                const outcome *o)
{
    const char *what = harm(p, o, sig == SIGKILL);
    outcome next;

    if (what)
        return what;
    if (o->status != 128 + sig && o->status != p->clean.status)
        return "it ended otherwise";
    if (sig != SIGKILL)
        return NULL;
    next = world_run(a, p->dir, p->scene->argv, NULL);
    if (next.status != 0 || !has_all(&next.files, &p->clean.files))
        return "the next run does not finish what was begun";
    return harm(p, &next, true);
}

static bool signal_at(const play *p, unsigned n, int sig)
{
    df_arena a;
    world_fault fault = {NULL, NULL, NULL};
    const char *what;
    outcome o;
    bool hit;

    df_arena_init(&a, NULL, NULL);
    fault.what = df_fmt(&a, "any %u k%d", n, sig).ptr;
    o = disturbed(p, &a, &fault);
    hit = o.hit.len > 0;
    what = after_signal(p, &a, sig, &o);
    if (what)
        complain(p, &fault, &o, what);
    df_arena_release(&a);
    return hit;
}

static void a_signal_at_any_call_tears_nothing(void **state)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGKILL};

    (void)state;
    suite.broken = 0;
    for (size_t i = 0; i < COUNT(SIGNALS); i++) {
        play p;

        begin(&p, &SCENES[suite.all ? 1 : 0]);
        for (unsigned n = 1; signal_at(&p, n, SIGNALS[i]); n++)
            ;
        end(&p);
    }
    assert_int_equal(suite.broken, 0);
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sleep_ms(double ms)
{
    struct timespec t = {(time_t)(ms / 1e3), 0};

    t.tv_nsec = (long)((ms - (double)t.tv_sec * 1e3) * 1e6);
    nanosleep(&t, NULL);
}

/* So that for most of the time a file is being written. */
static const world_fault SLOWLY = {NULL, NULL, "200"};

static void kill_somewhen(play *p, int sig, double whole_ms)
{
    double ms = whole_ms * (next_random() % 1000) / 1000;
    df_arena a;
    const char *what;
    outcome o;
    int pid;

    df_arena_init(&a, NULL, NULL);
    world_reset(p->dir, &p->before);
    pid = world_start(&a, p->dir, p->scene->argv, &SLOWLY);
    sleep_ms(ms);
    kill(pid, sig);
    o = world_end(&a, p->dir, pid);
    suite.runs++;
    what = after_signal(p, &a, sig, &o);
    if (what)
        complain(p, NULL, &o,
                 df_fmt(&a, "signal %d after %.1f ms: %s", sig, ms, what).ptr);
    df_arena_release(&a);
}

static void a_signal_at_any_time_tears_nothing(void **state)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGKILL};
    unsigned rounds = suite.all ? 100 : 5;
    double start;
    play p;

    (void)state;
    suite.broken = 0;
    make_many(&p, &MANY);
    world_reset(p.dir, &p.before);
    start = now_ms();
    world_run(&p.arena, p.dir, MANY.argv, &SLOWLY);
    start = now_ms() - start;
    for (unsigned n = 0; n < rounds; n++)
        for (size_t i = 0; i < COUNT(SIGNALS); i++)
            kill_somewhen(&p, SIGNALS[i], start);
    end(&p);
    assert_int_equal(suite.broken, 0);
}

/* --- others who write --- */

/* What somebody else does to the file, and how one sees that it was kept. */
static const struct {
    const char *command;
    const char *kept; /* NULL: the file is gone */
} OTHERS[] = {
    {"echo 'USER me' >>Dockerfile", "USER me\n"},
    {"echo 'FROM me' >new && mv new Dockerfile", "FROM me\n"},
    {"rm Dockerfile", NULL},
};

static bool is_kept(const outcome *o, const char *what)
{
    const world_file *f = world_find(&o->files, "Dockerfile");

    return what ? f && df_str_has(f->text, what) : !f;
}

/* In front of the n-th call. Only in front of the rename itself a change goes
 * unnoticed (base/io.h). */
static bool change_at(const play *p, unsigned n, size_t which, bool *renamed)
{
    df_arena a;
    world_fault fault = {NULL, OTHERS[which].command, NULL};
    outcome o;
    bool hit;

    df_arena_init(&a, NULL, NULL);
    fault.what = df_fmt(&a, "any %u r", n).ptr;
    o = disturbed(p, &a, &fault);
    hit = o.hit.len > 0;
    *renamed = df_str_is(o.hit, "rename");
    if (hit && !*renamed && !is_kept(&o, OTHERS[which].kept))
        complain(p, &fault, &o, "a change is lost");
    for (uint32_t i = 0; i < o.files.nitems; i++)
        if (is_temporary(o.files.items[i].path))
            complain(p, &fault, &o, "a temporary file is left");
    df_arena_release(&a);
    return hit;
}

static const scene ALONE = {
    CASE("merge_run", "example"), 1, {"-w", "-q", "Dockerfile"}};

static void a_change_by_others_is_kept(void **state)
{
    (void)state;
    suite.broken = 0;
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        bool renamed, ever = false;
        play p;

        begin(&p, &ALONE);
        for (unsigned n = 1; change_at(&p, n, i, &renamed); n++)
            ever |= renamed;
        end(&p);
        assert_true(ever);
    }
    assert_int_equal(suite.broken, 0);
}

static const char TWO_CHANGES[] = "FROM debian:12\n"
                                  "RUN pip install ky\n"
                                  "USER me\n"
                                  "RUN echo a\n"
                                  "RUN echo b\n";

/*
 * One stops in front of its rename, another starts. It must wait, and then see
 * that the file is not what it read; without waiting it would be done in less
 * than the pause, and its change be lost.
 */
static void two_of_us_do_not_undo_each_other(void **state)
{
    static const char *const FIRST[] = {"-w",        "-q",         "--only",
                                        "merge-run", "Dockerfile", NULL};
    world_fault fault = {
        "rename 1 r",
        "{ \"$DFOPT\" -w -q --only clean-cache Dockerfile 2>../said;"
        " echo $? >../status.new; mv ../status.new ../status; } & sleep 0.3",
        NULL};
    df_arena *a = *state;
    const char *dir = world_new(a);
    df_str status = {NULL, 0};
    df_str text;
    outcome o;

    folder_write(folder_path(a, dir, "Dockerfile"), df_str_of(TWO_CHANGES));
    o = world_run(a, dir, FIRST, &fault);
    for (int i = 0; i < 1000 && !status.len; i++) {
        sleep_ms(10);
        folder_read(a, folder_path(a, dir, "../status"), &status);
    }
    assert_int_equal(o.status, 0);
    assert_str(o.hit, "rename");
    assert_true(folder_read(a, folder_path(a, dir, "Dockerfile"), &text));
    assert_true(df_str_has(text, "echo a \\\n"));
    assert_str(status, "2\n");
    assert_true(folder_read(a, folder_path(a, dir, "../said"), &text));
    assert_str(text, "Dockerfile: error: changed while dfopt was running\n");
}

/* Both at once, over many files: whole files, each with one change or both. */
static void two_of_us_over_many_files_tear_nothing(void **state)
{
    play p;
    int first, second;
    outcome o;

    (void)state;
    suite.broken = 0;
    make_many(&p, &MANY);
    for (unsigned n = 0; n < (suite.all ? 50u : 5u); n++) {
        world_reset(p.dir, &p.before);
        first = world_start(&p.arena, p.dir, MANY.argv, NULL);
        second = world_start(&p.arena, p.dir, MANY.argv, NULL);
        world_end(&p.arena, p.dir, first);
        o = world_end(&p.arena, p.dir, second);
        if (harm(&p, &o, false) || !has_all(&o.files, &p.clean.files))
            complain(&p, NULL, &o, "two at once left something");
    }
    end(&p);
    assert_int_equal(suite.broken, 0);
}

/* --- the disk --- */

/* All room is taken but that of `pages` pages. */
static void fill_but(df_arena *a, const char *dir, unsigned pages)
{
    const char *command = df_fmt(a,
                                 "rm -f hole fill; head -c %u /dev/zero >hole; "
                                 "cat /dev/zero >fill 2>/dev/null; rm hole",
                                 pages * 4096)
                              .ptr;

    world_sh(dir, command);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    static const char *const ARGV[] = {"-w", "-q", "Dockerfile", NULL};
    df_arena *a = *state;
    const char *dir = world_new(a);
    const char *path = folder_path(a, dir, "Dockerfile");
    df_str old = df_str_of(TWO_CHANGES);
    unsigned pages = 0;
    df_str new;
    outcome o;

    folder_write(path, old);
    o = world_run(a, dir, ARGV, NULL);
    assert_int_equal(o.status, 0);
    new = o.files.items[0].text;
    if (world_sh(dir, "[ $(id -u) = 0 ] && "
                      "mount -t tmpfs -o size=64k none . 2>/dev/null")) {
        print_message("no file system of our own can be mounted here: "
                      "only ENOSPC of the shim\n");
        skip();
    }
    do {
        folder_write(path, old);
        fill_but(a, dir, pages);
        o = world_run(a, dir, ARGV, NULL);
    } while (df_str_has(o.err, "no space left on device") && o.status == 2 &&
             o.files.nitems == 2 && df_str_eq(o.files.items[0].text, old) &&
             ++pages < 9);
    world_sh(dir, "cd .. && umount -l here");
    assert_in_range(pages, 1, 8);
    assert_int_equal(o.status, 0);
    assert_int_equal(o.files.nitems, 2);
    assert_true(df_str_eq(o.files.items[0].text, new));
}

/* --- what is no file --- */

static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
}

static void what_is_no_regular_file_stays_as_it_is(void **state)
{
    static const char *const NAMED[] = {"-w", "Dockerfile", NULL};
    static const char *const SEARCHED[] = {"-w", ".", NULL};
    static const struct {
        const char *command, *why, *searched, *still;
    } ROWS[] = {
        {"mkfifo Dockerfile", "is a named pipe", "no Dockerfile in",
         "[ -p Dockerfile ]"},
        {"mkdir Dockerfile && touch Dockerfile/x", "no Dockerfile in",
         "no Dockerfile in", "[ -d Dockerfile ]"},
        {"ln -s /dev/null Dockerfile", "is a device", "is a link out of",
         "[ -L Dockerfile ]"},
        {"ln -s nothing Dockerfile", "no such file", "no Dockerfile in",
         "[ -L Dockerfile ]"},
        {"ln -s Dockerfile Dockerfile", "too many levels", "no Dockerfile in",
         "[ -L Dockerfile ]"},
        {"", "is a socket", "no Dockerfile in", "[ -S Dockerfile ]"},
    };
    df_arena *a = *state;

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const char *dir = world_new(a);
        outcome o;

        if (*ROWS[i].command)
            world_sh(dir, ROWS[i].command);
        else
            make_socket(folder_path(a, dir, "Dockerfile"));
        o = world_run(a, dir, NAMED, NULL);
        assert_int_equal(o.status, 2);
        assert_true(df_str_has(o.err, ROWS[i].why));
        o = world_run(a, dir, SEARCHED, NULL);
        assert_int_equal(o.status, 2);
        assert_true(df_str_has(o.err, ROWS[i].searched));
        assert_int_equal(world_sh(dir, ROWS[i].still), 0);
    }
}

static void links_are_followed_or_refused(void **state)
{
    static const char *const ARGV[] = {"-w", "-q", "Dockerfile", NULL};
    df_arena *a = *state;
    const char *dir = world_new(a);
    df_str old = df_str_of(TWO_CHANGES);
    outcome o;

    folder_write(folder_path(a, dir, "real/file"), old);
    world_sh(dir, "chmod 640 real/file; ln -s real/file Dockerfile");
    o = world_run(a, dir, ARGV, NULL);
    assert_int_equal(o.status, 0);
    assert_int_equal(world_sh(dir, "[ -L Dockerfile ] && "
                                   "[ $(ls -A real) = file ] && "
                                   "ls -l real/file | grep -q ^-rw-r-----"),
                     0);
    assert_true(df_str_has(world_find(&o.files, "real/file")->text, " && "));

    folder_write(folder_path(a, dir, "real/file"), old);
    world_sh(dir, "rm Dockerfile; ln real/file Dockerfile");
    o = world_run(a, dir, ARGV, NULL);
    assert_int_equal(o.status, 2);
    assert_true(df_str_has(o.err, "has 2 hard links"));
    assert_true(df_str_eq(world_find(&o.files, "real/file")->text, old));
}

static int run(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shim_is_heard),
        cmocka_unit_test(memory_may_run_out_at_any_allocation),
        cmocka_unit_test(opening_may_fail),
        cmocka_unit_test(reading_may_fail),
        cmocka_unit_test(looking_may_fail),
        cmocka_unit_test(writing_may_fail),
        cmocka_unit_test(syncing_may_fail),
        cmocka_unit_test(renaming_may_fail),
        cmocka_unit_test(keeping_the_mode_may_fail),
        cmocka_unit_test(closing_may_fail),
        cmocka_unit_test(interruptions_make_no_difference),
        cmocka_unit_test(memory_may_run_out_while_another_thread_writes),
        cmocka_unit_test(a_signal_at_any_call_tears_nothing),
        cmocka_unit_test(a_signal_at_any_time_tears_nothing),
        cmocka_unit_test(a_change_by_others_is_kept),
        arena_test(two_of_us_do_not_undo_each_other),
        cmocka_unit_test(two_of_us_over_many_files_tear_nothing),
        arena_test(a_full_disk_leaves_the_old_file),
        arena_test(what_is_no_regular_file_stays_as_it_is),
        arena_test(links_are_followed_or_refused),
    };

    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    int failures;

    suite.seed = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--all") == 0)
            suite.all = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            suite.seed = (unsigned)strtoul(argv[++i], NULL, 10);
        else
            cmocka_set_test_filter(argv[i]);
    }
    printf("seed %u\n", suite.seed);
    failures = run();
    printf("%u runs, %u with a fault\n", suite.runs, suite.hits);
    return failures != 0;
}
