/*
 * All passes together over projects from a grammar: a Dockerfile each, with its
 * context.
 *
 *     build/projects [--seed N] [--count N]   projects N, N + 1, …
 *     build/projects --show N                 what project N is
 *     build/projects FILE...                  projects that are written out
 *
 * Each is rewritten by the safe passes, by all, and by one alone; P1 to P6 must
 * hold (test/property.h). One that breaks a property is printed with as few
 * lines and words as still break it: as a file, it is tried again. In a long
 * run every pass must have found work, or the grammar has grown stale.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "syntax/parser.h"
#include "test/folder.h"
#include "test/grammar.h"
#include "test/patch.h"
#include "test/project.h"
#include "test/property.h"

#define SHRINK_LIMIT   2000 /* attempts for one failure */
#define SHRUNK_AT_MOST 10
#define MANY           200
#define MAX_PASSES     32

enum { SAFE, UNSAFE, ALONE, LEVELS };

static const char *const LEVEL_NAMES[] = {"safe", "--unsafe", "--only"};

/* The first property that does not hold. */
typedef struct {
    property broken;
    const char *why; /* NULL: all do */
} fault;

static struct {
    uint64_t projects, changed[LEVELS], faults;
    uint64_t applied[MAX_PASSES];
} tally;

static const df_pass *const *passes;
static size_t npasses;
static char current[64];

static void note_fault(void *ctx, property p, const char *why)
{
    fault *f = ctx;

    if (!f->why)
        *f = (fault){p, strdup(why)};
}

static void crashed(int sig)
{
    ssize_t ignored = write(2, current, strlen(current));

    (void)ignored;
    signal(sig, SIG_DFL);
    raise(sig);
}

/* --- one project at one level --- */

typedef struct {
    int level;
    size_t pass; /* ALONE */
    bool counts; /* it is no attempt to shrink */
} way;

static void count_result(const way *w, const df_result *r)
{
    tally.changed[w->level] += r->changed;
    for (size_t i = 0; i < r->nmessages; i++)
        for (size_t k = 0; k < npasses; k++)
            if (r->messages[i].applied && r->messages[i].pass &&
                strcmp(r->messages[i].pass, passes[k]->name) == 0)
                tally.applied[k]++;
}

/* For the programs that read diffs. */
static void add_patch(const way *w, df_str before, df_result *r)
{
    char name[128];

    if (!r->changed)
        return;
    snprintf(name, sizeof name, "%s %s", current, LEVEL_NAMES[w->level]);
    patch_add(
        name, before, r->text,
        df_result_diff(r, before, r->text, patch_label_a(), patch_label_b()));
}

static fault check(df_str text, const way *w)
{
    const char *only[] = {passes[w->pass]->name, NULL};
    df_options o;
    fault f = {P_TILES, NULL};
    project_place place;
    df_arena a;
    df_result *r;
    project p;

    df_arena_init(&a, NULL, NULL);
    p = project_read(&a, text);
    place = project_unpack(&a, &p);
    o = project_options(&a, &p, &place);
    o.unsafe = w->level == UNSAFE;
    o.suggestions = true;
    o.only = w->level == ALONE ? only : NULL;
    r = property_check(p.dockerfile, &o, note_fault, &f);
    if (r && r->failed)
        note_fault(&f, P_PARSES, "the grammar wrote what does not parse");
    if (r && w->counts) {
        count_result(w, r);
        add_patch(w, p.dockerfile, r);
    }
    df_result_free(r);
    project_remove(&a, &place);
    df_arena_release(&a);
    return f;
}

/* --- a smaller one --- */

typedef struct {
    df_arena *a;
    way w;
    fault f;
    df_str best;
    unsigned left;
} shrinker;

static bool still_wrong(shrinker *s, df_str text)
{
    fault f;
    bool same;

    if (!s->left || text.len == s->best.len)
        return false;
    s->left--;
    f = check(text, &s->w);
    same = f.why && strcmp(f.why, s->f.why) == 0;
    if (same)
        s->best = text;
    free((void *)(uintptr_t)f.why);
    return same;
}

/* `text` without `n` parts, each up to a byte of `ends`, from the `at`th on. */
static df_str without(df_arena *a, df_str text, const char *ends, size_t at,
                      size_t n)
{
    df_buf out = {.arena = a};
    size_t part = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (part < at || part >= at + n)
            df_buf_addc(&out, text.ptr[i]);
        part += strchr(ends, text.ptr[i]) && text.ptr[i];
    }
    return df_buf_str(&out);
}

static size_t count_parts(df_str text, const char *ends)
{
    size_t n = 1;

    for (size_t i = 0; i < text.len; i++)
        n += strchr(ends, text.ptr[i]) && text.ptr[i];
    return n;
}

static void shrink_by(shrinker *s, const char *ends)
{
    for (size_t n = 16; n > 0; n /= 2)
        for (size_t at = 0; at < count_parts(s->best, ends);)
            if (!still_wrong(s, without(s->a, s->best, ends, at, n)))
                at += n;
}

static df_str shrunk(df_arena *a, df_str text, const way *w, const fault *f)
{
    shrinker s = {a, *w, *f, text, SHRINK_LIMIT};

    s.w.counts = false;
    for (int round = 0; round < 2; round++) {
        shrink_by(&s, "\n");
        shrink_by(&s, " \n");
    }
    return s.best;
}

/* --- all of them --- */

static void report(df_arena *a, df_str text, const way *w, const fault *f)
{
    if (tally.faults++ < SHRUNK_AT_MOST)
        text = shrunk(a, text, w, f);
    printf("%s, %s%s%s: P%d: %s\n%.*s\n", current, LEVEL_NAMES[w->level],
           w->level == ALONE ? " " : "",
           w->level == ALONE ? passes[w->pass]->name : "", (int)f->broken,
           f->why, DF_STR_ARG(text));
    fflush(stdout);
}

static void check_project(df_arena *a, df_str text, size_t pass)
{
    tally.projects++;
    for (int level = 0; level < LEVELS; level++) {
        way w = {level, pass, true};
        fault f = check(text, &w);

        if (f.why)
            report(a, text, &w, &f);
        free((void *)(uintptr_t)f.why);
    }
}

static void check_number(uint64_t number)
{
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    snprintf(current, sizeof current, "project %llu",
             (unsigned long long)number);
    check_project(&a, grammar_project(&a, number), number % npasses);
    df_arena_release(&a);
}

static void check_file(const char *path)
{
    df_arena a;
    df_str text;

    df_arena_init(&a, NULL, NULL);
    snprintf(current, sizeof current, "%s", path);
    if (!folder_read(&a, path, &text)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    for (size_t pass = 0; pass < npasses; pass++)
        check_project(&a, text, pass);
    df_arena_release(&a);
}

static int show(uint64_t number)
{
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    printf("%.*s", DF_STR_ARG(grammar_project(&a, number)));
    df_arena_release(&a);
    return 0;
}

static void bad_patch(const char *name, const char *why)
{
    tally.faults++;
    printf("%s: P%d: %s\n", name, P_DIFF, why);
}

static void say(uint64_t count)
{
    printf("%llu projects, %llu changed (%llu with --unsafe, %llu by one pass)",
           (unsigned long long)tally.projects,
           (unsigned long long)tally.changed[SAFE],
           (unsigned long long)tally.changed[UNSAFE],
           (unsigned long long)tally.changed[ALONE]);
    for (size_t i = 0; i < npasses; i++) {
        printf("%s%s %llu", i ? ", " : "\n", passes[i]->name,
               (unsigned long long)tally.applied[i]);
        if (count < MANY || tally.applied[i])
            continue;
        printf(" (none!)");
        tally.faults++;
    }
    printf("\n%llu faults\n", (unsigned long long)tally.faults);
}

static uint64_t number_of(const char *arg)
{
    char *end = NULL;
    uint64_t n = arg ? strtoull(arg, &end, 10) : 0;

    if (!end || end == arg || *end) {
        fputs("projects: a number is missing\n", stderr);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t count = 200;
    int i = 1;

    passes = df_passes(&npasses);
    npasses = npasses < MAX_PASSES ? npasses : MAX_PASSES;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = number_of(argv[i + 1]);
        else if (strcmp(argv[i], "--count") == 0)
            count = number_of(argv[i + 1]);
        else if (strcmp(argv[i], "--show") == 0)
            return show(number_of(argv[i + 1]));
        else
            return fputs("see the head of src/test/projects.c\n", stderr), 2;
    }
    signal(SIGABRT, crashed);
    patch_begin(bad_patch);
    if (i < argc)
        count = 0;
    for (; i < argc; i++)
        check_file(argv[i]);
    for (uint64_t n = 0; n < count; n++)
        check_number(seed + n);
    patch_end();
    say(count);
    return tally.faults > 0;
}
