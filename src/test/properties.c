/*
 * The eight properties over every Dockerfile below testdata/, safe and unsafe
 * passes alike. What they say stands in test/property.h.
 *
 *     build/properties [NAME...]          inputs and hostile inputs whose
 *                                         name holds one of these; all
 *     build/properties --files LIST       every file that LIST names, a line
 *                                         each, in the context where it lies:
 *                                         P1 to P6, with counts at the end
 *
 * P7 runs over the small inputs: every block of memory that a run asks for
 * fails once. A build with LeakSanitizer sees what is lost.
 *
 * P8: what hostile.c writes must be done in BASE_MS and MS_PER_MB more for
 * each MB of input, in processor time. The linear part of dfopt takes a tenth
 * of that; work that grows with the square of these inputs takes minutes.
 */
#include "test/unit.h"

#include <dfopt/dfopt.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "test/folder.h"
#include "test/hostile.h"
#include "test/patch.h"
#include "test/property.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define SLOWER    (SANITIZED ? 8 : 1)
#define BASE_MS   (1000 * SLOWER)
#define MS_PER_MB (3000 * SLOWER)

typedef struct {
    const char *path;
    const char *context;
} input;

static struct {
    input *inputs;
    uint32_t ninputs, cinputs;
} list;

static struct {
    uint32_t files;
    uint32_t failed_files; /* some property does not hold */
    uint32_t changed[2];   /* by safe passes, by all */
    uint32_t refused;      /* they do not parse */
    uint32_t broken[NPROPERTIES];
} tally;

static df_arena memory; /* of the list */
static char **filter;
static const char *program;
static const char *volatile current; /* what is being looked at */
static bool unsafe;
static uint32_t broken_before;

/* Failures. */

static void say(property p, const char *name, const char *why)
{
    tally.broken[p]++;
    printf("P%d %s%s: %s\n", (int)p, name, unsafe ? " --unsafe" : "", why);
}

static void broken(void *ctx, property p, const char *why)
{
    (void)ctx;
    say(p, current, why);
}

static void bad_patch(const char *name, const char *why)
{
    tally.broken[P_DIFF]++;
    printf("P%d %s: %s\n", P_DIFF, name, why);
}

static uint32_t all_broken(void)
{
    uint32_t n = 0;

    for (size_t i = 0; i < NPROPERTIES; i++)
        n += tally.broken[i];
    return n;
}

/* A crash names its input before it takes everything down. */
static void crashed(int sig)
{
    const char *name = current;

    if (name) {
        bool told = write(2, "crash: ", 7) >= 0 &&
                    write(2, name, strlen(name)) >= 0 && write(2, "\n", 1) >= 0;

        (void)told;
    }
    signal(sig, SIG_DFL);
    raise(sig);
}

static bool wanted(const char *name)
{
    if (!filter || !*filter)
        return true;
    for (char **p = filter; *p; p++)
        if (strstr(name, *p))
            return true;
    return false;
}

/* P1 to P6. */

static df_options options_of(const input *in)
{
    return (df_options){.path = in->path,
                        .context = in->context,
                        .unsafe = unsafe,
                        .suggestions = true,
                        .kb = df_kb_builtin()};
}

static void check_level(const input *in, df_str text)
{
    df_options o = options_of(in);
    df_result *r = property_check(text, &o, broken, NULL);

    if (!r)
        return;
    tally.changed[unsafe] += r->changed;
    if (!unsafe)
        tally.refused += r->failed;
    if (r->changed)
        patch_add(
            df_fmt(&memory, "%s%s", in->path, unsafe ? " --unsafe" : "").ptr,
            text, r->text,
            df_result_diff(r, text, r->text, patch_label_a(), patch_label_b()));
    df_result_free(r);
}

static void check_input(const input *in)
{
    df_arena a;
    df_str text;

    df_arena_init(&a, NULL, NULL);
    current = in->path;
    broken_before = all_broken();
    if (folder_read(&a, in->path, &text)) {
        tally.files++;
        for (int i = 0; i < 2; i++) {
            unsafe = i == 1;
            check_level(in, text);
        }
        unsafe = false;
        tally.failed_files += all_broken() > broken_before;
    } else {
        printf("%s cannot be read\n", in->path);
    }
    df_arena_release(&a);
}

static void inputs_keep_their_promises(void **state)
{
    uint32_t before = all_broken();

    (void)state;
    patch_begin(bad_patch);
    for (uint32_t i = 0; i < list.ninputs; i++)
        if (wanted(list.inputs[i].path))
            check_input(&list.inputs[i]);
    patch_end();
    assert_int_equal(all_broken(), before);
}

/* P7. */

typedef struct {
    size_t left;
} supply;

static void *take(void *ctx, size_t size)
{
    supply *s = ctx;

    if (!s->left)
        return NULL;
    s->left--;
    return malloc(size);
}

/* With n blocks; true if they were enough. */
static bool run_with(const input *in, df_str text, size_t n)
{
    supply s = {n};
    df_allocator allocator = {take, &s};
    df_options o = options_of(in);
    df_result *r;
    bool enough;

    o.allocator = &allocator;
    r = df_rewrite(text, &o);
    if (!r) {
        say(P_MEMORY, in->path, "there is no result");
        return true;
    }
    enough =
        r->nmessages != 1 || !df_str_is(r->messages[0].text, "out of memory");
    if (!enough && (!r->failed || r->changed || !df_str_eq(r->text, text)))
        say(P_MEMORY, in->path, "out of memory, and no clean failure");
    df_result_free(r);
    return enough;
}

static void check_memory(const input *in)
{
    df_arena a;
    df_str text;

    current = in->path;
    df_arena_init(&a, NULL, NULL);
    if (folder_read(&a, in->path, &text) && text.len < 2000)
        for (size_t n = 0; n < 100000 && !run_with(in, text, n); n++)
            ;
    df_arena_release(&a);
}

static void exhausted_memory_is_an_error(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < list.ninputs; i++) {
        if (!wanted(list.inputs[i].path))
            continue;
        for (int k = 0; k < 2; k++) {
            unsafe = k == 1;
            check_memory(&list.inputs[i]);
        }
    }
    unsafe = false;
    assert_int_equal(tally.broken[P_MEMORY], 0);
}

/* P8. */

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void check_time(const hostile *h, df_str text)
{
    double limit = BASE_MS + MS_PER_MB * ((double)text.len / 1e6);
    input in = {NULL, "/dev/null"};
    df_options o = options_of(&in);
    double from = now_ms();
    df_result *r = df_rewrite(text, &o);
    double took = now_ms() - from;

    df_result_free(r);
    if (took > limit)
        say(P_HOSTILE, h->name,
            df_fmt(&memory, "%.0f ms for %.2f MB, limit %.0f ms", took,
                   (double)text.len / 1e6, limit)
                .ptr);
    else if (getenv("VERBOSE"))
        printf("%6.0f ms  %5.2f MB  limit %6.0f ms  %s\n", took,
               (double)text.len / 1e6, limit, h->name);
}

static void hostile_inputs_end_in_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < NHOSTILE; i++) {
        df_arena a;
        df_buf out;

        current = HOSTILE[i].name;
        if (!wanted(current))
            continue;
        df_arena_init(&a, NULL, NULL);
        df_buf_init(&out, &a);
        HOSTILE[i].write(&out);
        property_tiles(df_buf_str(&out), broken, NULL);
        for (int k = 0; k < 2; k++) {
            unsafe = k == 1;
            check_time(&HOSTILE[i], df_buf_str(&out));
        }
        unsafe = false;
        df_arena_release(&a);
    }
    assert_int_equal(tally.broken[P_HOSTILE], 0);
}

static void the_largest_input_is_read_and_no_larger(void **state)
{
    static const char from[] = "FROM a\n";
    static const char line[] = "# to the limit\n";
    input in = {NULL, "/dev/null"};
    df_options o = options_of(&in);
    char *text = malloc(DF_MAX_INPUT + 1);
    df_result *r;

    (void)state;
    assert_non_null(text);
    memcpy(text, from, strlen(from));
    for (size_t i = strlen(from), k = 0; i <= DF_MAX_INPUT; i++, k++)
        text[i] = line[k % strlen(line)];
    r = df_rewrite((df_str){text, DF_MAX_INPUT}, &o);
    assert_false(r->failed);
    df_result_free(r);
    r = df_rewrite((df_str){text, DF_MAX_INPUT + 1}, &o);
    assert_true(r->failed);
    assert_false(r->changed);
    df_result_free(r);
    free(text);
}

/* The inputs. */

static bool is_dockerfile(const char *path)
{
    const char *slash = strrchr(path, '/');
    df_str name = df_str_of(slash ? slash + 1 : path);

    if (df_str_ends(name, ".dockerignore"))
        return false;
    return df_str_starts(name, "Dockerfile") ||
           df_str_starts(name, "Containerfile") ||
           df_str_ends(name, ".Dockerfile");
}

/* The directory of a file; the input/ beside an expected/. */
static const char *context_of(const char *path)
{
    df_str dir = df_str_of(path);
    size_t end = dir.len;

    while (end > 0 && dir.ptr[end - 1] != '/')
        end--;
    dir = df_str_slice(dir, 0, end ? end - 1 : 0);
    if (df_str_ends(dir, "/expected"))
        return df_fmt(&memory, "%.*s/input", (int)dir.len - 9, dir.ptr).ptr;
    return dir.len ? df_cstr(&memory, dir) : ".";
}

static void add_input(const char *path)
{
    *df_push(&memory, &list, inputs) = (input){path, context_of(path)};
}

static void add_if_dockerfile(const char *path, void *ctx)
{
    (void)ctx;
    if (is_dockerfile(path))
        add_input(path);
}

static void add_listed(const char *path)
{
    df_str text, line;

    if (!folder_read(&memory, path, &text)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        if (line.len)
            add_input(df_cstr(&memory, line));
    }
}

/* Running. */

static int run_files(const char *path)
{
    add_listed(path);
    patch_begin(bad_patch);
    for (uint32_t i = 0; i < list.ninputs; i++)
        check_input(&list.inputs[i]);
    printf("%u files, %u refused, %u changed (%u with --unsafe)\n", tally.files,
           tally.refused, tally.changed[0], tally.changed[1]);
    printf("%zu diffs applied\n", patch_end());
    for (int p = P_TILES; p <= P_SURVIVES; p++)
        printf("P%d: %u failures\n", p, tally.broken[p]);
    return all_broken() != 0;
}

static int run_all(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_keep_their_promises),
        cmocka_unit_test(exhausted_memory_is_an_error),
        cmocka_unit_test(hostile_inputs_end_in_time),
        cmocka_unit_test(the_largest_input_is_read_and_no_larger),
    };
    int failures;

    folder_walk(&memory, "testdata", add_if_dockerfile, NULL);
    failures = cmocka_run_group_tests_name("properties", tests, NULL, NULL);
    printf("%u files, %u changed (%u with --unsafe)\n", tally.files,
           tally.changed[0], tally.changed[1]);
    if (failures)
        printf("again: %s NAME\n", program);
    return failures;
}

int main(int argc, char **argv)
{
    int status;

    program = argv[0];
    signal(SIGABRT, crashed);
#if !SANITIZED
    signal(SIGSEGV, crashed);
#endif
    df_arena_init(&memory, NULL, NULL);
    if (argc == 3 && strcmp(argv[1], "--files") == 0) {
        status = run_files(argv[2]);
    } else {
        filter = argv + 1;
        status = run_all();
    }
    df_arena_release(&memory);
    return status != 0;
}
