/* What verify is made of, as far as no engine is needed. */
#include "test/unit.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/process.h"
#include "base/sha256.h"
#include "verify/sort.h"
#include "verify/steps.h"
#include "verify/tree.h"

static df_arena *arena; /* of the test that runs */

/* --- SHA-256 --- */

static void check_sha(const char *text, size_t times, const char *expected)
{
    df_sha256 s;
    unsigned char digest[DF_SHA256_BYTES];
    char hex[2 * DF_SHA256_BYTES + 1];

    df_sha256_init(&s);
    for (size_t i = 0; i < times; i++)
        df_sha256_add(&s, text, strlen(text));
    df_sha256_end(&s, digest);
    for (int i = 0; i < DF_SHA256_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, expected);
}

/* The examples of FIPS 180-4 and one that fills blocks oddly. */
static void sha256_vectors(void **state)
{
    (void)state;
    check_sha("", 1,
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
              "55");
    check_sha("abc", 1,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
              "ad");
    check_sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
              "c1");
    check_sha("aaaaaaaaaa", 100000,
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112c"
              "d0");
}

/* --- tar --- */

typedef struct {
    unsigned char bytes[65536];
    size_t len;
} archive;

/* Octal digits, n - 1 of them. */
static void field(unsigned char *at, size_t n, unsigned long value)
{
    at[n - 1] = 0;
    for (size_t i = n - 1; i-- > 0; value /= 8)
        at[i] = (unsigned char)('0' + value % 8);
}

static void add_entry(archive *t, char kind, const char *name, const char *data,
                      const char *link)
{
    unsigned char *b = t->bytes + t->len;
    size_t size = data ? strlen(data) : 0;
    unsigned sum = 0;

    memset(b, 0, 512);
    snprintf((char *)b, 100, "%s", name);
    field(b + 100, 8, 0644);
    field(b + 108, 8, 1000);
    field(b + 116, 8, 50);
    field(b + 124, 12, size);
    field(b + 136, 12, 0);
    b[156] = (unsigned char)kind;
    snprintf((char *)b + 157, 100, "%s", link ? link : "");
    memcpy(b + 257, "ustar\00000", 8);
    memset(b + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += b[i];
    field(b + 148, 7, sum);
    memcpy(b + 512, data ? data : "", size);
    t->len += 512 + (size + 511) / 512 * 512;
}

static void end_archive(archive *t)
{
    t->len += 1024;
}

static bool read_archive(const archive *t, size_t step, df_tree *tree)
{
    df_tar *tar = df_tar_open(arena, tree);
    df_str rest = {(const char *)t->bytes, t->len};

    while (rest.len) {
        if (!df_tar_feed(tar, df_str_slice(rest, 0, step)))
            return false;
        rest = df_str_from(rest, step < rest.len ? step : rest.len);
    }
    return df_tar_close(tar);
}

static void sample(archive *t)
{
    memset(t, 0, sizeof *t);
    add_entry(t, '5', "./etc/", NULL, NULL);
    add_entry(t, '0', "etc/b", "hello", NULL);
    add_entry(t, '1', "etc/a", NULL, "etc/b");
    add_entry(t, '2', "lib", NULL, "etc");
    add_entry(t, 'x', "pax",
              "20 path=very/long/x\n"
              "40 SCHILY.xattr.security.capability=ab\n\n",
              NULL);
    add_entry(t, '0', "short", "", NULL);
    add_entry(t, 'L', "././@LongLink", "a/very/long/name", NULL);
    add_entry(t, '0', "cut", "x", NULL);
    end_archive(t);
}

static void tar_in_pieces_of_any_size(void **state)
{
    static archive t;
    static const size_t STEPS[] = {1, 7, 511, 512, 513, 65536};

    (void)state;
    sample(&t);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        df_tree tree;
        const df_node *n;

        assert_true(read_archive(&t, STEPS[i], &tree));
        assert_int_equal(tree.nnodes, 6);
        n = df_tree_find(&tree, DF_STR("etc/a"));
        assert_non_null(n);
        assert_int_equal(n->type, '-');
        assert_int_equal(n->size, 5);
        assert_memory_equal(n->hash, df_tree_find(&tree, DF_STR("etc/b"))->hash,
                            DF_SHA256_BYTES);
        n = df_tree_find(&tree, DF_STR("very/long/x"));
        assert_non_null(n);
        assert_true(df_str_is(n->xattrs, "security.capability=ab\n\n"));
        assert_non_null(df_tree_find(&tree, DF_STR("a/very/long/name")));
        n = df_tree_resolve(&tree, DF_STR("/lib/b"));
        assert_non_null(n);
        assert_true(df_str_is(n->path, "etc/b"));
    }
}

/* Neither read beyond nor taken for whole. */
static void tar_damaged_is_refused(void **state)
{
    static archive t;
    df_tree tree;

    (void)state;
    sample(&t);
    t.bytes[3] ^= 1;
    assert_false(read_archive(&t, 4096, &tree));
    sample(&t);
    t.len = 512 + 512 + 3;
    assert_false(read_archive(&t, 4096, &tree));
    for (size_t cut = 0; cut < t.len; cut += 97) {
        archive *c = &t;

        sample(c);
        c->len = cut;
        read_archive(c, 100, &tree);
    }
}

/* --- differences --- */

static df_node node(const char *path, char type, uint32_t mode)
{
    return (df_node){.path = df_str_of(path), .type = type, .mode = mode};
}

static df_tree tree_of(const df_node *nodes, uint32_t n)
{
    df_tree t = {.arena = arena};

    for (uint32_t i = 0; i < n; i++)
        *df_push(arena, &t, nodes) = nodes[i];
    return t;
}

#define TREE(...)                                                              \
    tree_of((const df_node[]){__VA_ARGS__},                                    \
            sizeof((const df_node[]){__VA_ARGS__}) / sizeof(df_node))

static void differences_are_found(void **state)
{
    df_tree a =
        TREE(node("a", '-', 0644), node("b", '-', 0755), node("c", 'd', 0755));
    df_tree b =
        TREE(node("a", '-', 0644), node("b", '-', 0700), node("d", 'd', 0755));
    df_tree_diffs d = df_tree_compare(arena, &a, &b);

    (void)state;
    assert_int_equal(d.nitems, 3);
    assert_int_equal(d.items[0].what, DF_DIFF_MODE);
    assert_int_equal(d.items[1].what, DF_ONLY_BEFORE);
    assert_int_equal(d.items[2].what, DF_ONLY_AFTER);
    assert_int_equal(df_sort_real(&d), 3);
}

static void caches_that_a_pass_names_are_allowed(void **state)
{
    static const char *const ALLOWS[] = {"/root/.npm", NULL};
    df_message m = {.pass = "clean-cache", .allows = ALLOWS};
    df_tree a =
        TREE(node("root/.npm", 'd', 0755), node("root/.npm/x", '-', 0644),
             node("root/.npmrc", '-', 0644));
    df_tree b = TREE(node("root/.npmrc", '-', 0600));
    df_tree_diffs d = df_tree_compare(arena, &a, &b);

    (void)state;
    df_sort_allowed(&d, &m, 1);
    assert_int_equal(df_sort_real(&d), 1);
    assert_true(df_str_is(d.items[2].path, "root/.npmrc"));
    assert_false(d.items[2].allowed);
}

static void a_cache_may_lie_in_any_home(void **state)
{
    static const char *const ALLOWS[] = {"/root/.npm", NULL};
    df_message m = {.pass = "clean-cache", .allows = ALLOWS};
    df_tree a = TREE(node("home/node/.npm/x", '-', 0644),
                     node("home/node/.npmrc", '-', 0644));
    df_tree b = TREE(node("z", 'd', 0755));
    df_tree_diffs d = df_tree_compare(arena, &a, &b);

    (void)state;
    df_sort_allowed(&d, &m, 1);
    assert_int_equal(df_sort_real(&d), 2);
    assert_true(d.items[0].allowed);
}

static void a_star_stands_for_one_name(void **state)
{
    static const char *const ALLOWS[] = {"/var/lib/gems/*/cache", NULL};
    df_message m = {.pass = "clean-cache", .allows = ALLOWS};
    df_tree a = TREE(node("var/lib/gems", 'd', 0755),
                     node("var/lib/gems/3.1.0", 'd', 0755),
                     node("var/lib/gems/3.1.0/cache", 'd', 0755),
                     node("var/lib/gems/3.1.0/cache/rack.gem", '-', 0644),
                     node("var/lib/gems/3.1.0/cached", '-', 0644),
                     node("var/lib/gems/3.2.0", 'd', 0755));
    df_tree b = TREE(node("z", 'd', 0755));
    df_tree_diffs d = df_tree_compare(arena, &a, &b);

    (void)state;
    df_sort_allowed(&d, &m, 1);
    assert_true(d.items[2].allowed);
    assert_true(d.items[3].allowed);
    assert_false(d.items[1].allowed);
    assert_false(d.items[4].allowed);
}

/* /root/.cache was made for /root/.cache/pip, unless something else is there */
static void directories_made_for_a_cache_are_allowed(void **state)
{
    static const char *const ALLOWS[] = {"/root/.cache/pip", NULL};
    df_message m = {.pass = "clean-cache", .allows = ALLOWS};
    df_tree a = TREE(node("root/.cache", 'd', 0755),
                     node("root/.cache/pip", 'd', 0755));
    df_tree more =
        TREE(node("root/.cache", 'd', 0755), node("root/.cache/pip", 'd', 0755),
             node("root/.cache/u", '-', 0644));
    df_tree b = TREE(node("z", 'd', 0755));
    df_tree_diffs d = df_tree_compare(arena, &a, &b);

    (void)state;
    df_sort_allowed(&d, &m, 1);
    assert_int_equal(df_sort_real(&d), 1);
    d = df_tree_compare(arena, &more, &b);
    df_sort_allowed(&d, &m, 1);
    assert_int_equal(df_sort_real(&d), 3);
}

static void noise_covers_what_differed_and_no_more(void **state)
{
    df_tree a = TREE(node("log", '-', 0644), node("t/1.log", '-', 0644));
    df_tree again = TREE(node("log", '-', 0644), node("t/2.log", '-', 0644));
    df_tree b = TREE(node("log", '-', 0600), node("t/3.log", '-', 0644));
    df_tree_diffs n;
    df_tree_diffs d;

    (void)state;
    again.nodes[0].size = 2;
    b.nodes[0].size = 3;
    n = df_tree_compare(arena, &a, &again);
    d = df_tree_compare(arena, &a, &b);
    df_sort_noise(&d, &n);
    assert_int_equal(df_sort_real(&d), 1);
    assert_true(df_str_is(d.items[0].path, "log"));
    assert_false(d.items[0].noise);
}

/* --- steps --- */

static void read_steps(df_steps *s, const char *const *lines)
{
    *s = (df_steps){.arena = arena};
    for (; *lines; lines++)
        df_steps_line(s, df_str_of(*lines));
}

static void steps_of_buildkit(void **state)
{
    static const char *const LINES[] = {
        "#1 [internal] load build definition from Dockerfile",
        "#4 [build 1/3] FROM docker.io/library/node:20",
        "#4 CACHED",
        "#5 [build 2/3] COPY . .",
        "#5 DONE 0.1s",
        "#6 [build 3/3] RUN npm ci &&  true",
        "#6 0.312 #7 [x] RUN what a program prints",
        "#6 CACHED",
        "#8 exporting to image",
        NULL};
    df_steps s;

    (void)state;
    read_steps(&s, LINES);
    assert_int_equal(s.nitems, 2);
    assert_int_equal(df_steps_run(&s), 1);
    assert_true(df_str_is(s.items[1].text, "RUN npm ci && true"));
    assert_true(s.items[1].cached);
}

static void steps_of_podman_and_of_old_docker(void **state)
{
    static const char *const PODMAN[] = {"STEP 1/4: FROM alpine",
                                         "STEP 2/4: COPY . .",
                                         "--> Using cache 0123",
                                         "--> 0123",
                                         "[2/2] STEP 3/4: RUN make",
                                         "--> 4567",
                                         "STEP 4/4: CMD [\"x\"]",
                                         "--> Using cache 89ab",
                                         NULL};
    static const char *const DOCKER[] = {"Step 1/3 : FROM alpine",
                                         " ---> 0123",
                                         "Step 2/3 : RUN make",
                                         " ---> Using cache",
                                         "Step 3/3 : COPY a b",
                                         " ---> 4567",
                                         NULL};
    df_steps s;

    (void)state;
    read_steps(&s, PODMAN);
    assert_int_equal(df_steps_run(&s), 1);
    read_steps(&s, DOCKER);
    assert_int_equal(df_steps_run(&s), 1);
    assert_false(s.disk_full);
}

/* --- programs --- */

static bool gather(void *ctx, df_str bytes)
{
    df_str *all = ctx;

    *all = df_fmt(arena, "%.*s%.*s", DF_STR_ARG(*all), DF_STR_ARG(bytes));
    return all->len < 100;
}

static df_process_end start(const char *script, unsigned timeout, df_str *out)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    df_process p = {
        .argv = argv, .timeout = timeout, .take = gather, .ctx = out};

    *out = DF_STR("");
    return df_process_run(arena, &p);
}

static const char *const NONE[] = {"no-such-program-of-dfopt", NULL};

/*
 * Does posix_spawn say that there is no such program? It may leave that to the
 * status of the child, 127, and does so where the two share no memory: in some
 * C libraries, and where a tool runs the program.
 */
static bool spawn_tells_missing(void)
{
    char *argv[] = {df_cstr(arena, df_str_of(NONE[0])), NULL};
    pid_t pid;

    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, NULL) != 0)
        return true;
    waitpid(pid, NULL, 0);
    return false;
}

static void a_missing_program_is_no_other_failure(void **state)
{
    df_process none = {.argv = NONE};
    df_process_end e = df_process_run(arena, &none);

    (void)state;
    if (spawn_tells_missing()) {
        assert_int_equal(e.how, DF_PROCESS_MISSING);
        return;
    }
    print_message("posix_spawn does not tell that a program is missing\n");
    assert_int_equal(e.how, DF_PROCESS_DONE);
    assert_int_equal(e.status, 127);
}

static void programs_end_in_every_way(void **state)
{
    df_process_end e;
    df_str out;

    (void)state;
    e = start("echo out; echo err >&2; exit 3", 0, &out);
    assert_int_equal(e.how, DF_PROCESS_DONE);
    assert_int_equal(e.status, 3);
    assert_true(df_str_is(out, "out\n"));
    assert_true(df_str_is(e.err, "err\n"));
    e = start("sleep 30", 1, &out);
    assert_int_equal(e.how, DF_PROCESS_TIMEOUT);
    assert_true(e.seconds < 20);
    e = start("while :; do echo 0123456789; done", 0, &out);
    assert_int_equal(e.how, DF_PROCESS_REFUSED);
    /* Who leaves a child behind that holds the pipe is not waited for. */
    e = start("sleep 30 & echo", 0, &out);
    assert_int_equal(e.how, DF_PROCESS_DONE);
    assert_true(e.seconds < 20);
}

static void a_pending_signal_ends_a_program(void **state)
{
    sigset_t held;
    sigset_t before;
    int got;
    df_process_end e;
    df_str out;

    (void)state;
    df_process_signals(&held);
    sigprocmask(SIG_BLOCK, &held, &before);
    raise(SIGTERM);
    e = start("sleep 30", 0, &out);
    assert_int_equal(e.how, DF_PROCESS_STOPPED);
    assert_true(df_process_stopped());
    sigwait(&held, &got);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int begin(void **state)
{
    int rc = unit_set_up(state);

    arena = *state;
    return rc;
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, begin, unit_tear_down)

int unit_verify(void)
{
    static const struct CMUnitTest tests[] = {
        test_of(sha256_vectors),
        test_of(tar_in_pieces_of_any_size),
        test_of(tar_damaged_is_refused),
        test_of(differences_are_found),
        test_of(caches_that_a_pass_names_are_allowed),
        test_of(a_cache_may_lie_in_any_home),
        test_of(a_star_stands_for_one_name),
        test_of(directories_made_for_a_cache_are_allowed),
        test_of(noise_covers_what_differed_and_no_more),
        test_of(steps_of_buildkit),
        test_of(steps_of_podman_and_of_old_docker),
        test_of(programs_end_in_every_way),
        test_of(a_missing_program_is_no_other_failure),
        test_of(a_pending_signal_ends_a_program),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
