/*
 * Real images: runs `dfopt verify` on the applications of testdata/apps/ and
 * on the wrong rewrites of testdata/faults/, and checks what it found.
 *
 *     build/e2e [CASE...]
 *
 * A case is a folder:
 *
 *     context/     the build context, with the Dockerfile, and .dfopt.yaml if
 *                  settings matter
 *     wrong        faults: what a wrong rewriter made of it
 *     case         lines "KEY VALUE", "#" begins a comment:
 *       smoke   COMMAND      run in both images
 *       touch   PATH         file to change for a rebuild; else there is none
 *       option  OPTION       of dfopt verify
 *       passes  PASS...      these have changed something
 *       expect  VERDICT      equal, unchanged, differs, broken
 *       before  STEP         runs again in the original (a prefix)
 *       cached  STEP         comes from the cache in the rewritten file
 *       notice  PATH WHAT    is reported as a real difference; `config KEY`
 *
 * The environment chooses the engine; DFOPT names the program. E2E_PRUNE, if it
 * is set, is a command that makes room on the disk of E2E_DIR: it runs where
 * that is short, while no case does. Ends with "N passed, N failed".
 */
#define _XOPEN_SOURCE 700 /* scandir */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/process.h"

#define MAX_WORDS 64u
#define MAX_JOBS  4u  /* cases at a time */
#define ROOM      5e9 /* bytes that the cases at a time may take */

typedef struct {
    df_arena *arena;
    const char *dir, *name;
    df_str text; /* of `case` */
    json_t *doc;
    df_buf complaints;
} trial;

static void complain(trial *t, const char *format, ...) DF_PRINTF(2, 3);
static void complain(trial *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    df_buf_adds(&t->complaints, "      ");
    df_buf_add(&t->complaints, df_vfmt(t->arena, format, args));
    df_buf_addc(&t->complaints, '\n');
    va_end(args);
}

/* The next line with this key; empty: no more. */
static bool next_value(df_str *rest, const char *key, df_str *value)
{
    while (rest->len) {
        df_str line, word;

        df_str_cut(rest, '\n', &line);
        line = df_str_trim(line);
        df_str_cut(&line, ' ', &word);
        if (df_str_is(word, key)) {
            *value = df_str_trim(line);
            return true;
        }
    }
    return false;
}

static df_str value_of(const trial *t, const char *key)
{
    df_str rest = t->text;
    df_str value = DF_STR("");

    next_value(&rest, key, &value);
    return value;
}

static bool exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

/* --- running --- */

typedef struct {
    const char *items[MAX_WORDS];
    size_t n;
} words;

static void put(words *w, const char *word)
{
    if (w->n + 1 < MAX_WORDS)
        w->items[w->n++] = word;
    w->items[w->n] = NULL;
}

static void put_options(trial *t, words *w)
{
    df_str rest = t->text;
    df_str value;

    while (next_value(&rest, "option", &value))
        put(w, df_cstr(t->arena, value));
}

/* The settings that lie in the case, and no others. */
static void put_config(trial *t, words *w)
{
    const char *own = df_fmt(t->arena, "%s/context/.dfopt.yaml", t->dir).ptr;

    if (exists(own)) {
        put(w, "--config");
        put(w, own);
    } else {
        put(w, "--no-config");
    }
}

/*
 * BuildKit runs a step once for all builds that want it at that time: while
 * one case builds without the cache, the rebuild of another that begins alike
 * would join it, and find nothing cached. A proxy setting makes the steps of
 * each case its own, and no part of what the cache is asked for.
 */
static const char *own_steps(trial *t)
{
    return df_fmt(t->arena, "--build-arg=NO_PROXY=%s", t->name).ptr;
}

static words command(trial *t)
{
    words w = {.n = 0};
    const char *dfopt = getenv("DFOPT");
    const char *wrong = df_fmt(t->arena, "%s/wrong", t->dir).ptr;
    df_str smoke = value_of(t, "smoke");
    df_str touch = value_of(t, "touch");

    put(&w, dfopt ? dfopt : "build/dfopt");
    put(&w, "verify");
    put_config(t, &w);
    put(&w, "--format=json");
    put(&w, "--timeout=10m");
    if (exists(wrong)) {
        put(&w, "--with");
        put(&w, wrong);
    }
    if (smoke.len) {
        put(&w, "--smoke");
        put(&w, df_cstr(t->arena, smoke));
    }
    if (!touch.len) {
        put(&w, "--no-touch");
    } else {
        put(&w, "--touch");
        put(&w, df_cstr(t->arena, touch));
    }
    put_options(t, &w);
    put(&w, df_fmt(t->arena, "%s/context/Dockerfile", t->dir).ptr);
    put(&w, "--");
    put(&w, "--network=host");
    put(&w, own_steps(t));
    return w;
}

static bool gather(void *ctx, df_str bytes)
{
    df_buf_add(ctx, bytes);
    return true;
}

static void run(trial *t)
{
    words w = command(t);
    df_buf out;
    df_process p = {.argv = w.items, .take = gather, .ctx = &out};
    df_process_end end;

    df_buf_init(&out, t->arena);
    end = df_process_run(t->arena, &p);
    t->doc = json_loadb(out.ptr ? out.ptr : "", out.len, 0, NULL);
    if (!t->doc)
        complain(t, "no answer, status %d: %.*s", end.status,
                 DF_STR_ARG(end.err));
}

/* --- checking --- */

static df_str string(const json_t *object, const char *key)
{
    return df_str_of(json_string_value(json_object_get(object, key)));
}

/* What a report of one kind lists: `usr/bin/x: contents`. */
static void complain_of(trial *t, const char *list, const char *name,
                        const char *what)
{
    const json_t *items = json_object_get(t->doc, list);

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *o = json_array_get(items, i);

        if (!json_object_get(o, "kind") || df_str_is(string(o, "kind"), "real"))
            complain(t, "%s: %.*s: %.*s", list, DF_STR_ARG(string(o, name)),
                     DF_STR_ARG(string(o, what)));
    }
}

static void complain_of_smoke(trial *t, const char *side)
{
    const json_t *smoke =
        json_object_get(json_object_get(t->doc, side), "smoke");

    if (json_is_object(smoke))
        complain(t, "smoke %s: status %d: %.*s", side,
                 (int)json_integer_value(json_object_get(smoke, "status")),
                 DF_STR_ARG(string(smoke, "output")));
}

static void check_verdict(trial *t)
{
    df_str expected = value_of(t, "expect");
    df_str got = string(t->doc, "verdict");
    df_str log = string(t->doc, "log");

    if (df_str_eq(got, expected))
        return;
    complain(t, "expected %.*s, got %.*s: %.*s", DF_STR_ARG(expected),
             DF_STR_ARG(got), DF_STR_ARG(string(t->doc, "error")));
    if (log.len)
        complain(t, "%.*s", DF_STR_ARG(log));
    complain_of(t, "differences", "path", "what");
    complain_of(t, "config", "key", "after");
    complain_of_smoke(t, "before");
    complain_of_smoke(t, "after");
}

static bool has_change(const trial *t, df_str pass)
{
    const json_t *list = json_object_get(t->doc, "changes");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (df_str_eq(string(json_array_get(list, i), "pass"), pass))
            return true;
    return false;
}

static void check_passes(trial *t)
{
    df_str rest = value_of(t, "passes");

    while (rest.len) {
        df_str pass;

        df_str_cut(&rest, ' ', &pass);
        if (pass.len && !has_change(t, pass))
            complain(t, "%.*s changed nothing", DF_STR_ARG(pass));
    }
}

/* Is there such a step, cached or not? */
static bool has_step(const trial *t, const char *side, df_str step, bool cached)
{
    const json_t *list = json_object_get(
        json_object_get(json_object_get(t->doc, side), "rebuild"), "steps");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);

        if (df_str_starts(string(o, "step"), step.ptr) &&
            json_is_true(json_object_get(o, "cached")) == cached)
            return true;
    }
    return false;
}

static void check_steps(trial *t)
{
    df_str rest = t->text;
    df_str step;

    while (next_value(&rest, "before", &step))
        if (!has_step(t, "before", df_str_dup(t->arena, step), false))
            complain(t, "`%.*s` does not run again in the original",
                     DF_STR_ARG(step));
    rest = t->text;
    while (next_value(&rest, "cached", &step))
        if (!has_step(t, "after", df_str_dup(t->arena, step), true))
            complain(t, "`%.*s` does not come from the cache",
                     DF_STR_ARG(step));
}

static bool has_config(const trial *t, df_str key)
{
    const json_t *list = json_object_get(t->doc, "config");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (df_str_eq(string(json_array_get(list, i), "key"), key))
            return true;
    return false;
}

static bool has_difference(const trial *t, df_str path, df_str what)
{
    const json_t *list = json_object_get(t->doc, "differences");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);

        if (df_str_eq(string(o, "path"), path) &&
            df_str_is(string(o, "kind"), "real") &&
            df_str_has(string(o, "what"), df_cstr(t->arena, what)))
            return true;
    }
    return false;
}

static void check_notices(trial *t)
{
    df_str rest = t->text;
    df_str what;

    while (next_value(&rest, "notice", &what)) {
        df_str path;
        bool seen;

        df_str_cut(&what, ' ', &path);
        what = df_str_trim(what);
        while (df_str_starts(path, "/"))
            path = df_str_from(path, 1);
        seen = df_str_is(path, "config") ? has_config(t, what)
                                         : has_difference(t, path, what);
        if (!seen)
            complain(t, "not noticed: %.*s %.*s", DF_STR_ARG(path),
                     DF_STR_ARG(what));
    }
}

/* --- telling --- */

static double figure(const trial *t, const char *side, const char *key)
{
    return json_number_value(
        json_object_get(json_object_get(t->doc, side), key));
}

static double rebuild(const trial *t, const char *side)
{
    return json_number_value(json_object_get(
        json_object_get(json_object_get(t->doc, side), "rebuild"), "seconds"));
}

static void tell(const trial *t, double seconds)
{
    bool ok = t->complaints.len == 0;

    printf("%s %-44s %5.1f s", ok ? "ok  " : "FAIL", t->name, seconds);
    if (t->doc && figure(t, "before", "size") > 0)
        printf("   %7.2f -> %7.2f MB, %2.0f -> %2.0f layers, rebuild %4.1f -> "
               "%4.1f s",
               figure(t, "before", "size") / 1e6,
               figure(t, "after", "size") / 1e6, figure(t, "before", "layers"),
               figure(t, "after", "layers"), rebuild(t, "before"),
               rebuild(t, "after"));
    printf("\n%.*s", DF_STR_ARG(df_buf_str(&t->complaints)));
    fflush(stdout);
}

static bool try(const char *dir)
{
    df_arena arena;
    trial t = {.arena = &arena, .dir = dir};
    double start = df_process_clock();
    df_err err;
    bool ok;

    df_arena_init(&arena, NULL, NULL);
    df_buf_init(&t.complaints, &arena);
    t.name = strchr(dir, '/') ? strchr(dir, '/') + 1 : dir;
    if (!df_read_file(&arena, df_fmt(&arena, "%s/case", dir).ptr, 65536,
                      &t.text, &err))
        complain(&t, "case: %s", err.text);
    else
        run(&t);
    if (t.doc) {
        check_verdict(&t);
        check_passes(&t);
        check_steps(&t);
        check_notices(&t);
    }
    tell(&t, df_process_clock() - start);
    ok = t.complaints.len == 0;
    json_decref(t.doc);
    df_arena_release(&arena);
    return ok;
}

/* --- several at a time --- */

typedef struct {
    df_arena arena;
    const char **dirs;
    uint32_t ndirs, cdirs;
    unsigned running, passed, failed;
} suite;

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void add_all(suite *s, const char *above)
{
    struct dirent **list;
    int n = scandir(above, &list, is_visible, alphasort);

    for (int i = 0; i < n; i++) {
        *df_push(&s->arena, s, dirs) =
            df_fmt(&s->arena, "%s/%s", above, list[i]->d_name).ptr;
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

static void wait_for_one(suite *s)
{
    int status = 1;

    if (wait(&status) < 0)
        status = 1;
    s->running--;
    ++*(status == 0 ? &s->passed : &s->failed);
}

/* Each case is a process of its own; what it says comes out in one piece. */
static void start(suite *s, const char *dir)
{
    pid_t pid = fork();

    if (pid == 0) {
        bool ok = try(dir);

        _exit(ok ? 0 : 1);
    }
    s->running++;
    if (pid < 0) {
        perror("fork");
        s->running--;
        s->failed++;
    }
}

static bool is_short_of_room(void)
{
    const char *dir = getenv("E2E_DIR");
    struct statvfs disk;

    return dir && getenv("E2E_PRUNE") && statvfs(dir, &disk) == 0 &&
           (double)disk.f_bavail * (double)disk.f_frsize < ROOM;
}

/* What is built while the engine forgets may be forgotten as well. */
static void make_room(suite *s)
{
    while (s->running > 0)
        wait_for_one(s);
    if (system(getenv("E2E_PRUNE")) != 0)
        fprintf(stderr, "e2e: no room could be made\n");
}

/* One more than there are processors: some wait for packages. */
static void run_all(suite *s)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned limit = cpus < 1           ? 2
                     : cpus >= MAX_JOBS ? MAX_JOBS
                                        : (unsigned)cpus + 1;

    for (uint32_t i = 0; i < s->ndirs; i++) {
        if (is_short_of_room())
            make_room(s);
        start(s, s->dirs[i]);
        while (s->running >= limit)
            wait_for_one(s);
    }
    while (s->running > 0)
        wait_for_one(s);
}

int main(int argc, char **argv)
{
    suite s = {0};

    df_arena_init(&s.arena, NULL, NULL);
    for (int i = 1; i < argc; i++)
        *df_push(&s.arena, &s, dirs) = argv[i];
    if (argc < 2) {
        add_all(&s, "testdata/apps");
        add_all(&s, "testdata/faults");
    }
    run_all(&s);
    printf("%u passed, %u failed\n", s.passed, s.failed);
    df_arena_release(&s.arena);
    return s.failed > 0 || s.passed == 0;
}
