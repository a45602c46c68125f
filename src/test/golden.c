/*
 * Golden cases: one test for each folder below testdata/ that shows an input
 * and what comes of it.
 *
 *     transforms/<stem>/<case>/   that pass alone
 *         input/Dockerfile            in its build context
 *         expected/Dockerfile
 *         expected/findings.txt
 *         args                        options, one a line; may be missing
 *     corpus/<case>/              all passes, safe ones, then the unsafe too
 *         input/  expected/Dockerfile  expected/findings.txt
 *         expected/unsafe.Dockerfile   expected/unsafe.txt
 *     parse/<section>/<case>/     the tree of a Dockerfile
 *         Dockerfile  tree
 *
 *     build/golden [--update] [CASE...]
 *
 * CASE is the beginning of a case's name. With --update what is expected is
 * written anew: read the diff before you believe it.
 *
 * Options in `args`: --unsafe --target= --platform= --build-arg= --skip= and
 * --only= (empty: all passes), --file= and --config= (below input/).
 */
#include "test/unit.h"

#include <dfopt/dfopt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "test/folder.h"
#include "test/tree.h"

#define DATA      "testdata"
#define MAX_CASES 4096
#define MAX_NAMES 32

typedef struct {
    const char *name;   /* transforms/merge_run/example */
    const char *dir;    /* testdata/transforms/merge_run/example */
    const char *pass;   /* merge-run, or NULL: all */
    const char *result; /* name of the expected file */
    const char *findings;
    bool unsafe;
} golden;

static struct CMUnitTest tests[MAX_CASES];
static size_t ntests;
static bool update;
static const char *program;
static char **filter;
static df_arena memory; /* of the list of cases */

/* Comparing. */

static void show_diff(df_str want, df_str got, const char *path)
{
    df_options options = {.kb = df_kb_builtin(), .context = "/dev/null"};
    df_result *r = df_rewrite(DF_STR(""), &options);
    df_str diff = df_result_diff(r, want, got, path, "what came out");

    print_error("%.*s", DF_STR_ARG(diff));
    df_result_free(r);
}

static void compare(df_arena *a, const golden *g, const char *file, df_str got)
{
    const char *path = folder_path(a, g->dir, file);
    df_str want = DF_STR("");
    bool found = folder_read(a, path, &want);

    if (found && df_str_eq(want, got))
        return;
    if (update) {
        folder_write(path, got);
        printf("wrote %s\n", path);
        return;
    }
    if (!found)
        print_error("there is no %s\n", path);
    show_diff(want, got, path);
    print_error("again: %s %s\n", program, g->name);
    fail();
}

/* Options. */

typedef struct {
    df_options options;
    const char *only[MAX_NAMES];
    const char *skip[MAX_NAMES];
    const char *build_args[MAX_NAMES];
    size_t nbuild_args;
    const char *file;
    const char *config; /* or NULL */
} settings;

static void split(df_arena *a, df_str list, const char **names)
{
    df_str one;

    for (size_t n = 0; list.len && n + 1 < MAX_NAMES; n++) {
        df_str_cut(&list, ',', &one);
        names[n] = df_cstr(a, one);
    }
}

static void option(df_arena *a, settings *s, const char *name, df_str value)
{
    df_options *o = &s->options;

    if (strcmp(name, "--unsafe") == 0)
        o->unsafe = true;
    else if (strcmp(name, "--target") == 0)
        o->target = df_cstr(a, value);
    else if (strcmp(name, "--platform") == 0)
        o->platform = df_cstr(a, value);
    else if (strcmp(name, "--file") == 0)
        s->file = df_cstr(a, value);
    else if (strcmp(name, "--config") == 0)
        s->config = df_cstr(a, value);
    else if (strcmp(name, "--build-arg") == 0)
        s->build_args[s->nbuild_args++ % (MAX_NAMES - 1)] = df_cstr(a, value);
    else if (strcmp(name, "--skip") == 0)
        split(a, value, s->skip);
    else if (strcmp(name, "--only") == 0) {
        memset(s->only, 0, sizeof s->only);
        split(a, value, s->only);
    } else
        fail_msg("args: there is no option %s", name);
}

static void read_args(df_arena *a, const golden *g, settings *s)
{
    df_str text, line, name;

    if (!folder_read(a, folder_path(a, g->dir, "args"), &text))
        return;
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        if (!line.len)
            continue;
        df_str_cut(&line, '=', &name);
        option(a, s, df_cstr(a, name), line);
    }
}

static settings settings_of(df_arena *a, const golden *g)
{
    settings s = {.options = {.kb = df_kb_builtin(), .unsafe = g->unsafe},
                  .file = "Dockerfile"};

    s.only[0] = g->pass;
    read_args(a, g, &s);
    return s;
}

/* Tests. */

static df_str findings(df_arena *a, df_str before, const df_result *r,
                       const char *file)
{
    df_report_style style = {.form = DF_FORM_TEXT};
    df_report_file f = {.path = file, .before = before, .result = r};
    df_report *report = df_report_begin(a, &style);
    df_buf out;

    df_buf_init(&out, a);
    df_report_add(report, &f, &out);
    df_report_end(report, &out);
    return df_buf_str(&out);
}

static void is_rewritten(void **state)
{
    const golden *g = *state;
    df_arena a;
    df_kb *kb = NULL;
    char message[256];
    df_str text;
    df_result *r;

    df_arena_init(&a, NULL, NULL);
    settings s = settings_of(&a, g);
    const char *input = folder_path(&a, g->dir, "input");
    const char *path = folder_path(&a, input, s.file);

    if (!folder_read(&a, path, &text))
        fail_msg("there is no %s", path);
    if (s.config) {
        kb = df_kb_open(folder_path(&a, input, s.config), message,
                        sizeof message);
        if (!kb)
            fail_msg("%s", message);
        s.options.kb = kb;
    }
    s.options.path = path;
    s.options.context = input;
    s.options.only = s.only[0] ? s.only : NULL;
    s.options.skip = s.skip;
    s.options.build_args = s.build_args;
    r = df_rewrite(text, &s.options);
    assert_non_null(r);
    compare(&a, g, g->findings, findings(&a, text, r, s.file));
    compare(&a, g, g->result, r->text);
    df_result_free(r);
    df_kb_close(kb);
    df_arena_release(&a);
}

static void is_parsed(void **state)
{
    const golden *g = *state;
    df_arena a;
    df_str text;

    df_arena_init(&a, NULL, NULL);
    if (!folder_read(&a, folder_path(&a, g->dir, "Dockerfile"), &text))
        fail_msg("there is no Dockerfile");
    compare(&a, g, "tree", tree_of(&a, text));
    df_arena_release(&a);
}

/* A pass shows what it does, and that there is something it leaves alone. */
static void has_its_cases(void **state)
{
    const golden *g = *state;
    df_arena a;
    bool example = false;
    bool keeps = false;

    df_arena_init(&a, NULL, NULL);
    folder cases = folder_list(&a, g->dir);
    for (uint32_t i = 0; i < cases.nnames; i++) {
        const char *dir = folder_path(&a, g->dir, cases.names[i]);
        df_str before, after;

        example |= strcmp(cases.names[i], "example") == 0;
        keeps |= folder_read(&a, folder_path(&a, dir, "input/Dockerfile"),
                             &before) &&
                 folder_read(&a, folder_path(&a, dir, "expected/Dockerfile"),
                             &after) &&
                 df_str_eq(before, after);
    }
    df_arena_release(&a);
    if (!example)
        fail_msg("%s has no case \"example\"", g->dir);
    if (!keeps)
        fail_msg("%s has no case that stays as it is", g->dir);
}

/* The list of cases. */

static bool wanted(const char *name)
{
    if (!*filter)
        return true;
    for (char **p = filter; *p; p++)
        if (df_str_starts(df_str_of(name), *p))
            return true;
    return false;
}

static void add(golden g, const char *name, CMUnitTestFunction run)
{
    golden *kept = df_new(&memory, golden);

    if (!wanted(name))
        return;
    if (ntests == MAX_CASES) {
        fprintf(stderr, "more than %d cases\n", MAX_CASES);
        exit(2);
    }
    *kept = g;
    kept->name = name;
    tests[ntests++] = (struct CMUnitTest){name, run, NULL, NULL, kept};
}

/* merge_run is merge-run on the command line. */
static const char *pass_name(const char *stem)
{
    char *name = df_cstr(&memory, df_str_of(stem));

    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    return name;
}

static const char *in_data(const char *name)
{
    return folder_path(&memory, DATA, name);
}

/* fn for every folder in a folder of testdata/. */
static void each(const char *dir,
                 void (*fn)(const char *name, const char *last))
{
    folder f = folder_list(&memory, in_data(dir));

    for (uint32_t i = 0; i < f.nnames; i++) {
        const char *name = folder_path(&memory, dir, f.names[i]);

        if (folder_is_dir(in_data(name)))
            fn(name, f.names[i]);
    }
}

static const char *stem; /* of the pass whose cases are listed */

static void add_transform(const char *name, const char *last)
{
    (void)last;
    add((golden){.dir = in_data(name),
                 .pass = pass_name(stem),
                 .result = "expected/Dockerfile",
                 .findings = "expected/findings.txt"},
        name, is_rewritten);
}

static void add_stem(const char *name, const char *last)
{
    stem = last;
    each(name, add_transform);
}

static void add_corpus(const char *name, const char *last)
{
    golden g = {.dir = in_data(name),
                .result = "expected/Dockerfile",
                .findings = "expected/findings.txt"};

    (void)last;
    add(g, name, is_rewritten);
    g.unsafe = true;
    g.result = "expected/unsafe.Dockerfile";
    g.findings = "expected/unsafe.txt";
    add(g, df_fmt(&memory, "%s --unsafe", name).ptr, is_rewritten);
}

static void add_parse(const char *name, const char *last)
{
    (void)last;
    add((golden){.dir = in_data(name)}, name, is_parsed);
}

static void add_section(const char *name, const char *last)
{
    (void)last;
    each(name, add_parse);
}

/* The folder of a pass, by the name of the pass. */
static void add_pass(const char *name)
{
    char *folder_name = df_cstr(&memory, df_str_of(name));

    for (char *p = folder_name; *p; p++)
        if (*p == '-')
            *p = '_';
    add((golden){.dir = folder_path(&memory, DATA "/transforms", folder_name)},
        folder_path(&memory, "passes", name), has_its_cases);
}

static void list_cases(void)
{
    size_t n;
    const df_pass *const *passes = df_passes(&n);

    for (size_t i = 0; !update && i < n; i++)
        add_pass(passes[i]->name);
    each("transforms", add_stem);
    each("corpus", add_corpus);
    each("parse", add_section);
}

int main(int argc, char **argv)
{
    int failures;

    program = argv[0];
    filter = argv + 1;
    if (argc > 1 && strcmp(argv[1], "--update") == 0) {
        update = true;
        filter++;
    }
    df_arena_init(&memory, NULL, NULL);
    list_cases();
    if (!ntests)
        fprintf(stderr, "there is no such case\n");
    failures = cmocka_run_group_tests_name("golden", tests, NULL, NULL);
    df_arena_release(&memory);
    return failures != 0 || !ntests;
}
