/*
 * Joined RUNs, executed.
 *
 *     joins [--seed N] [--count N] [--traps] [--self-check] [--quiet]
 *           [--jobs N]
 *
 * Rows of two to four RUN bodies come from a grammar. The bodies as written
 * run one after another, each in a fresh shell, up to the first that fails;
 * those that merge-run makes of them do the same in a fresh copy of the
 * directory. Exit success and the trees that are left must be equal, in every
 * shell at hand that may stand behind the row's SHELL.
 *
 * A row is a function of its number: `--seed N --count 1` repeats row N.
 * --traps adds programs that replace others in PATH, which a shell that
 * remembers where it found them runs in vain (POSIX XCU 2.9.1.1).
 * --self-check shows that this test can fail: joins with nothing but `&&` are
 * found wrong, and rows compared with themselves are not.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dfopt/dfopt.h>

#include "base/arena.h"
#include "base/buf.h"
#include "test/join_play.h"
#include "text/diff.h"

#define MAX_JOBS       16
#define SHRINK_LIMIT   600 /* attempts for one failure */
#define SHRUNK_AT_MOST 30

/* --- joining --- */

typedef enum {
    JOIN_PASS,  /* by merge-run */
    JOIN_NAIVE, /* by nothing but && */
    JOIN_NOT,
} join_kind;

/* What one process found, for the one that asks. */
typedef struct {
    uint64_t rows, joined, passed, failed;
} tally;

typedef struct {
    play_place place;
    tally tally;
    uint64_t shrunk;
    join_kind kind;
    bool quiet, traps;
    unsigned jobs;
} theatre;

static const char *const ENDINGS[] = {"succeeds", "fails", "takes too long"};

static df_str join_naively(df_arena *a, const row_form *f, const row_script *s)
{
    df_buf out = {.arena = a};

    df_buf_fmt(&out, "FROM debian:12\n%sRUN ", f->line);
    for (uint32_t i = 0; i < s->nbodies; i++)
        df_buf_fmt(&out, "%s%.*s", i ? " && " : "", DF_STR_ARG(s->bodies[i]));
    df_buf_addc(&out, '\n');
    return df_buf_str(&out);
}

/* False if nothing was joined. */
static bool join_by_pass(df_arena *a, const char *dir, df_str text, df_str *out)
{
    static const char *const only[] = {"merge-run", NULL};
    df_options options = {.context = dir, .only = only, .kb = df_kb_builtin()};
    df_result *result = df_rewrite(text, &options);
    bool changed = result && result->changed && !result->failed;

    if (!result || (result->failed && result->changed)) {
        fputs("joins: the rewrite failed\n", stderr);
        exit(2);
    }
    if (changed)
        *out = df_str_dup(a, result->text);
    df_result_free(result);
    return changed;
}

/* --- the verdict --- */

typedef struct {
    const row_form *form;
    size_t shell;
    df_str before;
    df_str after;
    play_outcome one, other;
} trial;

static bool join(const theatre *t, df_arena *a, trial *tr, const row_script *s)
{
    tr->after = tr->before;
    switch (t->kind) {
    case JOIN_PASS:
        return join_by_pass(a, t->place.root, tr->before, &tr->after);
    case JOIN_NAIVE:
        tr->after = join_naively(a, tr->form, s);
        break;
    case JOIN_NOT:
        break;
    }
    return true;
}

static void play_both(const theatre *t, df_arena *a, trial *tr)
{
    row_script before = row_script_of(a, tr->before);
    row_script after = row_script_of(a, tr->after);

    tr->one = play(&t->place, a, tr->shell, tr->form, &before);
    tr->other = play(&t->place, a, tr->shell, tr->form, &after);
}

/* A loop without end is one in both; what took its time on a busy machine is
 * tried once more. */
static bool is_wrong(const theatre *t, df_arena *a, trial *tr)
{
    play_both(t, a, tr);
    if (tr->one.ending != tr->other.ending)
        play_both(t, a, tr);
    return tr->one.ending != tr->other.ending ||
           (tr->one.ending != RAN_TOO_LONG &&
            !df_str_eq(tr->one.tree, tr->other.tree));
}

/* --- a smaller one --- */

typedef struct {
    const theatre *t;
    df_arena *a;
    trial *best;
    row_script now;
    unsigned left;
} shrinker;

static bool still_wrong(shrinker *s, const row_script *smaller)
{
    trial tr = *s->best;

    if (!s->left)
        return false;
    for (uint32_t i = 0; i < smaller->nbodies; i++)
        if (df_str_starts(smaller->bodies[i], "-")) /* an option of sh */
            return false;
    s->left--;
    tr.before = row_text_of(s->a, tr.form, smaller);
    if (!join(s->t, s->a, &tr, smaller) || !is_wrong(s->t, s->a, &tr) ||
        tr.one.ending == RAN_TOO_LONG || tr.other.ending == RAN_TOO_LONG)
        return false;
    *s->best = tr;
    s->now = *smaller;
    return true;
}

static row_script copy_script(df_arena *a, const row_script *s,
                              uint32_t without)
{
    row_script out = {0};

    for (uint32_t i = 0; i < s->nbodies; i++)
        if (i != without)
            *df_push(a, &out, bodies) = s->bodies[i];
    return out;
}

/* `body` without `n` blank-separated words from the `at`th on. */
static df_str without_words(df_arena *a, df_str body, uint32_t at, uint32_t n)
{
    df_buf out = {.arena = a};
    df_str word;

    for (uint32_t i = 0; body.len; i++) {
        df_str_cut(&body, ' ', &word);
        if (!word.len)
            i--;
        else if (i < at || i >= at + n)
            df_buf_fmt(&out, "%s%.*s", out.len ? " " : "", DF_STR_ARG(word));
    }
    return out.ptr ? df_buf_str(&out) : DF_STR("");
}

static uint32_t count_words(df_str s)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] != ' ' && (i == 0 || s.ptr[i - 1] == ' ');
    return n;
}

static void shrink_body(shrinker *s, uint32_t body, uint32_t size)
{
    for (uint32_t at = 0; at < count_words(s->now.bodies[body]);) {
        row_script smaller = copy_script(s->a, &s->now, UINT32_MAX);

        smaller.bodies[body] =
            without_words(s->a, s->now.bodies[body], at, size);
        if (!smaller.bodies[body].len || !still_wrong(s, &smaller))
            at++;
    }
}

static void shrink(const theatre *t, df_arena *a, trial *tr)
{
    shrinker s = {.t = t, .a = a, .best = tr, .left = SHRINK_LIMIT};
    row_script flat = row_script_of(a, tr->before);

    if (!still_wrong(&s, &flat))
        return;
    for (uint32_t i = 0; i < s.now.nbodies;) {
        row_script fewer = copy_script(a, &s.now, i);

        if (!still_wrong(&s, &fewer))
            i++;
    }
    for (unsigned round = 0; round < 2; round++)
        for (uint32_t size = 8; size; size /= 2)
            for (uint32_t i = 0; i < s.now.nbodies; i++)
                shrink_body(&s, i, size);
}

/* --- what is said --- */

static void report(df_arena *a, const trial *tr, uint64_t number)
{
    df_buf diff = {.arena = a};

    df_diff_unified(&diff, tr->one.tree, tr->other.tree, NULL, NULL);
    printf("row %llu in %s: one by one it %s, joined it %s\n"
           "--- as written\n%.*s--- joined\n%.*s--- trees\n",
           (unsigned long long)number, ROW_SHELLS[tr->shell].name,
           ENDINGS[tr->one.ending], ENDINGS[tr->other.ending],
           DF_STR_ARG(tr->before), DF_STR_ARG(tr->after));
    if (diff.len)
        printf("%.*s", DF_STR_ARG(df_buf_str(&diff)));
    putchar('\n');
    fflush(stdout);
}

static void try_row(theatre *t, df_arena *a, uint64_t number)
{
    trial tr = {.form = NULL};
    row_script s;

    tr.before = row_make(a, t->place.dir, number, t->traps, &tr.form);
    s = row_script_of(a, tr.before);
    t->tally.rows++;
    if (!join(t, a, &tr, &s))
        return;
    t->tally.joined++;
    for (tr.shell = 0; tr.shell < NSHELLS; tr.shell++) {
        trial found = tr;

        if (!(tr.form->shells & ROW_SHELLS[tr.shell].bit) ||
            !*t->place.programs[tr.shell])
            continue;
        if (!is_wrong(t, a, &found)) {
            t->tally.passed++;
            continue;
        }
        t->tally.failed++;
        if (t->quiet)
            continue;
        if (t->shrunk++ < SHRUNK_AT_MOST)
            shrink(t, a, &found);
        report(a, &found, number);
    }
}

/* --- the run --- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    interrupted = signal;
}

/* Every `step`th row, in a place of its own. */
static tally work(theatre *t, uint64_t first, uint64_t end, uint64_t step)
{
    t->tally = (tally){0};
    play_set_up(&t->place);
    for (uint64_t i = first; i < end && !interrupted; i += step) {
        df_arena a;

        df_arena_init(&a, NULL, NULL);
        try_row(t, &a, i);
        df_arena_release(&a);
    }
    play_tear_down(&t->place);
    return t->tally;
}

static pid_t start_worker(theatre *t, uint64_t first, uint64_t end, int *from)
{
    int ends[2];
    pid_t pid;

    fflush(stdout);
    if (pipe(ends) != 0 || (pid = fork()) < 0) {
        perror("joins");
        exit(2);
    }
    if (pid == 0) {
        tally found = work(t, first, end, t->jobs);
        bool told = write(ends[1], &found, sizeof found) == sizeof found;

        fflush(stdout);
        _exit(told && !interrupted ? 0 : 2);
    }
    close(ends[1]);
    *from = ends[0];
    return pid;
}

/* Adds up what the workers say; false if one did not come to its end. */
static bool gather(tally *sum, int from, pid_t pid)
{
    tally found = {0};
    bool told = read(from, &found, sizeof found) == sizeof found;
    int status = 1;

    close(from);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    sum->rows += found.rows;
    sum->joined += found.joined;
    sum->passed += found.passed;
    sum->failed += found.failed;
    return told && status == 0;
}

/* All processors take part. */
static tally try_rows(theatre *t, uint64_t seed, uint64_t count)
{
    tally sum = {0};
    int from[MAX_JOBS];
    pid_t pid[MAX_JOBS];
    bool whole = true;

    for (unsigned k = 0; k < t->jobs; k++)
        pid[k] = start_worker(t, seed + k, seed + count, &from[k]);
    for (unsigned k = 0; k < t->jobs; k++)
        whole &= gather(&sum, from[k], pid[k]);
    if (!whole)
        exit(2);
    return sum;
}

/* One row in ten, at least, does not stand being joined by && alone. */
static bool check_self(theatre *t, uint64_t seed, uint64_t count)
{
    tally naive, same;

    t->quiet = true;
    t->kind = JOIN_NAIVE;
    naive = try_rows(t, seed, count);
    t->quiet = false;
    t->kind = JOIN_NOT;
    same = try_rows(t, seed, count);
    printf("joined by && alone: %llu right, %llu wrong; not joined: %llu "
           "right, %llu wrong\n",
           (unsigned long long)naive.passed, (unsigned long long)naive.failed,
           (unsigned long long)same.passed, (unsigned long long)same.failed);
    return naive.failed * 10 > naive.failed + naive.passed && !same.failed;
}

static bool check_joins(theatre *t, uint64_t seed, uint64_t count)
{
    tally found = try_rows(t, seed, count);

    printf("%llu of %llu rows were joined\n%llu passed, %llu failed\n",
           (unsigned long long)found.joined, (unsigned long long)found.rows,
           (unsigned long long)found.passed, (unsigned long long)found.failed);
    return found.failed == 0 && found.joined;
}

static uint64_t number_at(int argc, char **argv, int i)
{
    char *end = NULL;
    uint64_t n = i < argc ? strtoull(argv[i], &end, 10) : 0;

    if (!end || end == argv[i] || *end) {
        fputs("joins: a number is missing\n", stderr);
        exit(2);
    }
    return n;
}

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > MAX_JOBS ? MAX_JOBS : (unsigned)n;
}

int main(int argc, char **argv)
{
    static theatre t;
    struct sigaction action = {.sa_handler = interrupt};
    uint64_t seed = 1;
    uint64_t count = 300;
    bool self = false;

    t.jobs = processors();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = number_at(argc, argv, ++i);
        else if (strcmp(argv[i], "--count") == 0)
            count = number_at(argc, argv, ++i);
        else if (strcmp(argv[i], "--jobs") == 0)
            t.jobs = (unsigned)(number_at(argc, argv, ++i) % (MAX_JOBS + 1));
        else if (strcmp(argv[i], "--self-check") == 0)
            self = true;
        else if (strcmp(argv[i], "--traps") == 0)
            t.traps = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            t.quiet = true;
        else
            return fputs("joins: see the head of src/test/joins.c\n", stderr),
                   2;
    }
    t.jobs += t.jobs == 0;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return !(self ? check_self(&t, seed, count) : check_joins(&t, seed, count));
}
