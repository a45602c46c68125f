/* Knowledge: files that load, and files that do not. */
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dfopt/dfopt.h>

#include "base/buf.h"
#include "kb/kb_load.h"
#include "text/regex.h"

static bool load(df_arena *a, const char *text, df_knowledge *k, df_err *err)
{
    return df_kb_load(a, DF_STR("x.yaml"), df_str_of(text), true, k, err);
}

static df_knowledge loaded(df_arena *a, const char *text)
{
    df_knowledge k;
    df_err err;

    if (!load(a, text, &k, &err))
        fail_msg("%u:%u: %s", err.line, err.col, err.text);
    return k;
}

/* The text is refused there, with words that contain `why`. */
static void refused(df_arena *a, const char *text, unsigned line, unsigned col,
                    const char *why)
{
    df_knowledge k;
    df_err err;

    assert_false(load(a, text, &k, &err));
    if (!strstr(err.text, why))
        fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    assert_string_equal(err.path, "x.yaml");
    assert_int_equal(err.line, line);
    assert_int_equal(err.col, col);
}

/* ---- files that load ---- */

static void a_file_of_nothing_is_empty(void **state)
{
    static const char *const texts[] = {"", "# only this\n", "---\n", "~\n"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        df_knowledge k = loaded(*state, texts[i]);

        assert_int_equal(k.ntools, 0);
        assert_null(k.skip[0]);
    }
}

static void every_kind_of_value_is_read(void **state)
{
    df_knowledge k = loaded(*state, "tools:\n"
                                    "  - name: frob\n"
                                    "    aliases: ['frob2', \"fr\\x6fb3\"]\n"
                                    "    wrapper: true\n"
                                    "    wrapper-skip: 12\n"
                                    "sizes:\n"
                                    "- {image: a/b, tag: 1, low: 12.25,"
                                    " high: 13}\n");

    assert_string_equal(k.tools[0].aliases[1], "frob3");
    assert_null(k.tools[0].aliases[2]);
    assert_true(k.tools[0].wrapper);
    assert_int_equal(k.tools[0].wrapper_skip, 12);
    assert_true(k.sizes[0].low > 12.24 && k.sizes[0].low < 12.26);
    assert_true(k.sizes[0].high > 12.99 && k.sizes[0].high < 13.01);
}

static void what_is_not_given_is_null_empty_or_no_list(void **state)
{
    df_knowledge k = loaded(*state, "images: [{name: x}]");

    assert_string_equal(k.images[0].pattern, "");
    assert_string_equal(k.images[0].workdir, "");
    assert_null(k.images[0].product);
    assert_non_null(k.images[0].lacks);
    assert_null(k.images[0].lacks[0]);
}

static void settings_stand_under_their_pass(void **state)
{
    df_knowledge k = loaded(*state, "skip: [pin, slim-base]\n"
                                    "passes:\n"
                                    "  merge-run: {all-stages: true}\n"
                                    "  clean-cache:\n"
                                    "    skip: true\n");
    df_kb kb = {.user = &k};

    assert_string_equal(k.skip[1], "slim-base");
    assert_true(df_kb_setting(&kb, "merge-run")->all_stages);
    assert_true(df_kb_setting(&kb, "clean-cache")->skip);
    assert_null(df_kb_setting(&kb, "other"));
}

static void several_files_make_one(void **state)
{
    df_kb_builder b;
    df_knowledge k;
    df_err err;

    df_kb_builder_init(&b, *state);
    assert_true(
        df_kb_add(&b, DF_STR("a"), DF_STR("tools: [{name: z}]"), false, &err));
    assert_true(
        df_kb_add(&b, DF_STR("b"), DF_STR("tools: [{name: a}]"), false, &err));
    assert_true(df_kb_finish(&b, &k, &err));
    assert_int_equal(k.ntools, 2);
    assert_string_equal(k.index[DF_KB_TOOLS].entries[0].key, "a");
}

static void one_name_in_two_files_is_an_error(void **state)
{
    df_kb_builder b;
    df_knowledge k;
    df_err err;

    df_kb_builder_init(&b, *state);
    assert_true(
        df_kb_add(&b, DF_STR("a"), DF_STR("tools: [{name: z}]"), false, &err));
    assert_true(df_kb_add(&b, DF_STR("b"), DF_STR("\ntools: [{name: z}]"),
                          false, &err));
    assert_false(df_kb_finish(&b, &k, &err));
    assert_string_equal(err.path, "b");
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.text, "first at a:1"));
}

static void shared_lists_are_for_our_tables_only(void **state)
{
    df_str text = DF_STR("lists: {l: [a, b]}\n"
                         "images: [{name: x, lacks: [$l, c]}]\n");
    df_knowledge k;
    df_err err;

    assert_true(df_kb_load(*state, DF_STR("x"), text, false, &k, &err));
    assert_string_equal(k.images[0].lacks[1], "b");
    assert_string_equal(k.images[0].lacks[2], "c");
    refused(*state, text.ptr, 1, 1, "unknown key `lists`");
    k = loaded(*state, "images: [{name: x, lacks: [$l]}]");
    assert_string_equal(k.images[0].lacks[0], "$l");
}

/* ---- files that do not ---- */

static void unknown_keys_name_the_known_ones(void **state)
{
    refused(*state, "tols: []", 1, 1, "unknown key `tols`, expected one of");
    refused(*state, "tools:\n  - name: a\n    pur: true\n", 3, 5,
            "unknown key `pur` in tools, expected one of name, aliases");
    refused(*state, "date: 2020-01-01", 1, 1, "unknown key `date`");
    refused(*state, "x\033[2J: 1", 1, 2, "control characters");
}

static void values_of_the_wrong_type_are_refused(void **state)
{
    refused(*state, "tools: 1", 1, 8, "`tools` needs a list of rows");
    refused(*state, "tools: [a]", 1, 9, "a row of tools needs keys");
    refused(*state, "tools: [{name: [a]}]", 1, 16, "`name` needs a string");
    refused(*state, "tools: [{name: }]", 1, 16, "`name` needs a string");
    refused(*state, "tools: [{name: a, pure: yes}]", 1, 25, "true or false");
    refused(*state, "tools: [{name: a, pure: 'true'}]", 1, 25, "true or false");
    refused(*state, "tools: [{name: a, aliases: b}]", 1, 28, "list of strings");
    refused(*state, "tools: [{name: a, aliases: [[b]]}]", 1, 29,
            "`aliases` needs a string");
    refused(*state, "passes: [a]", 1, 9, "`passes` needs keys");
    refused(*state, "passes: {a: b}", 1, 13, "a row of passes needs keys");
    refused(*state, "[]", 1, 1, "the file needs keys");
    refused(*state, "? [a]\n: b", 1, 3, "needs a string");
}

static void numbers_have_digits_and_an_end(void **state)
{
    refused(*state, "tools: [{name: a, wrapper-skip: -1}]", 1, 33, "whole");
    refused(*state, "tools: [{name: a, wrapper-skip: 1234567890}]", 1, 33,
            "whole number");
    refused(*state, "sizes: [{image: a, low: 1e9}]", 1, 25, "number");
    refused(*state, "sizes: [{image: a, low: '1'}]", 1, 25, "number");
    refused(*state, "sizes: [{image: a, low: 1.}]", 1, 25, "number");
    refused(*state, "sizes: [{image: a, low: .5}]", 1, 25, "number");
    refused(*state, "sizes: [{image: a, low: 1.0000001}]", 1, 25, "number");
}

static void required_keys_are_missed_at_their_row(void **state)
{
    refused(*state, "tools:\n  - name: a\n  - pure: true\n", 3, 5,
            "missing key `name` in tools");
    refused(*state, "natives: [{ecosystem: npm, name: a}]", 1, 11, "`why`");
}

static void what_is_given_twice_is_refused(void **state)
{
    refused(*state, "tools: []\ntools: []", 2, 1, "`tools` is given twice");
    refused(*state, "tools: [{name: a, name: b}]", 1, 19, "`name` is given");
    refused(*state, "tools:\n- name: a\n- name: a\n", 3, 3,
            "`a` is twice in tools (first at x.yaml:2)");
    refused(*state, "tools:\n- name: a\n- {name: b, aliases: [a]}\n", 3, 3,
            "`a` is twice");
    refused(*state,
            "caches:\n"
            "- {tool: a, on: [x], paths: [], flag: f, what: w}\n"
            "- {tool: a, on: [y, x], paths: [], flag: f, what: w}\n",
            3, 3, "`a x` is twice in caches");
    refused(*state, "images: [{name: a}, {name: a}]", 1, 21, "is twice");
    refused(*state, "passes: {a: {}, a: {}}", 1, 20, "`a` is twice in passes");
}

static void patterns_and_choices_are_checked(void **state)
{
    refused(*state, "images:\n- name: a\n  pattern: '('\n", 3, 12,
            "`pattern`: bad pattern at offset 1");
    refused(*state, "passes: {slim-base: {libc: glibc}}", 1, 28,
            "`libc` cannot be `glibc`, expected one of any, same");
    refused(*state, "commands: [{name: a}]", 1, 1, "unknown key `commands`");
    refused(*state, "eol: [{product: a, cycle: 1, date: soon}]", 1, 7, "date");
    refused(*state, "caches: [{tool: a, on: [], paths: [], what: w}]", 1, 10,
            "`flag` or `command`");
    refused(*state, "natives: [{ecosystem: pip, name: Pillow, why: w}]", 1, 11,
            "lower case");
}

static void more_yaml_than_needed_is_refused(void **state)
{
    refused(*state, "skip: &a [b]", 1, 7, "anchors are not supported");
    refused(*state, "skip: [&a b]", 1, 8, "anchors are not supported");
    refused(*state, "skip: *a", 1, 7, "aliases are not supported");
    refused(*state, "skip: [!!str b]", 1, 8, "tags are not supported");
    refused(*state, "skip: !x [b]", 1, 7, "tags are not supported");
    refused(*state, "skip: []\n---\nskip: []\n", 2, 1, "second document");
    refused(*state, "# x\n%TAG ! tag:x\n--- []\n", 2, 1, "directives");
    refused(*state, "%YAML 1.1\n--- []\n", 1, 1, "directives");
}

static void text_that_is_no_yaml_is_refused(void **state)
{
    refused(*state, "tools:\n  - name: a\n pure: b\n", 3, 2, "did not find");
    refused(*state, "skip: [a", 2, 1, "did not find");
    refused(*state, "skip: 'a", 1, 9, "quoted scalar");
    refused(*state, "\tskip: []", 1, 1, "cannot start any token");
    refused(*state, "skip: [a]\n\xff\n", 2, 1, "UTF-8");
    refused(*state, "skip: [\"\\0\"]", 1, 8, "NUL");
}

/* ---- hostile ones ---- */

static char *repeated(df_arena *a, const char *head, const char *part, size_t n)
{
    size_t len = strlen(part);
    char *text = df_alloc(a, 1, strlen(head) + len * n + 1);
    char *p = text + sprintf(text, "%s", head);

    for (size_t i = 0; i < n; i++, p += len)
        memcpy(p, part, len);
    return text;
}

static void depth_is_bounded_by_the_schema(void **state)
{
    refused(*state, repeated(*state, "skip: ", "[", 100000), 1, 8,
            "`skip` needs a string");
    refused(*state, repeated(*state, "skip:\n", "- ", 100000), 2, 3,
            "`skip` needs a string");
    refused(*state, repeated(*state, "tools: ", "{", 100000), 1, 8,
            "`tools` needs a list");
}

static void many_rows_take_their_time_and_no_more(void **state)
{
    df_arena *a = *state;
    df_buf text;
    df_knowledge k;
    df_err err;

    df_buf_init(&text, a);
    df_buf_adds(&text, "tools:\n");
    for (unsigned i = 0; i < 100000; i++)
        df_buf_fmt(&text, "- {name: t%u, aliases: [u%u]}\n", i % 99999, i);
    assert_false(load(a, text.ptr, &k, &err));
    assert_int_equal(err.line, 100001);
    assert_non_null(strstr(err.text, "`t0` is twice"));
}

static void size_ends_at_its_limit(void **state)
{
    df_arena *a = *state;
    char *text = df_alloc(a, 1, DF_MAX_KB + 2);
    df_knowledge k;
    df_err err;

    memset(text, ' ', DF_MAX_KB + 1);
    text[0] = '#';
    assert_true(
        df_kb_load(a, DF_STR("x"), (df_str){text, DF_MAX_KB}, true, &k, &err));
    assert_false(df_kb_load(a, DF_STR("x"), (df_str){text, DF_MAX_KB + 1}, true,
                            &k, &err));
    assert_int_equal(err.code, DF_ELIMIT);
}

/* Gives `left` blocks, then none. */
static void *take(void *ctx, size_t size)
{
    unsigned *left = ctx;

    if (!*left)
        return NULL;
    --*left;
    return malloc(size);
}

static bool loads_with(unsigned blocks, df_str text)
{
    df_allocator allocator = {take, &blocks};
    volatile bool done = false;
    df_knowledge k;
    jmp_buf oom;
    df_arena a;
    df_err err;

    df_arena_init(&a, &allocator, &oom);
    if (!setjmp(oom)) {
        assert_true(df_kb_load(&a, DF_STR("x"), text, true, &k, &err));
        done = true;
    }
    df_arena_release(&a);
    return done;
}

static void running_out_of_memory_leaks_nothing(void **state)
{
    char *text = repeated(*state, "skip:\n", "- some-pass\n", 9000);
    unsigned blocks = 0;

    while (!loads_with(blocks, df_str_of(text)))
        blocks++;
    assert_true(blocks > 3);
}

/* ---- df_kb_open ---- */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void a_users_file_is_opened_and_closed(void **state)
{
    char path[] = "/tmp/unit_kb.XXXXXX";
    char message[400];
    char want[400];
    df_kb *kb;

    (void)state;
    assert_true(close(mkstemp(path)) == 0);
    write_file(path, "skip: [merge-run]\n");
    kb = df_kb_open(path, message, sizeof message);
    assert_non_null(kb);
    assert_string_equal(kb->user->skip[0], "merge-run");
    assert_non_null(df_kb_tool(kb, DF_STR("apt-get")));
    df_kb_close(kb);

    write_file(path, "\nskap: [merge-run]\n");
    assert_null(df_kb_open(path, message, sizeof message));
    snprintf(want, sizeof want, "%s:2:1: error: unknown key `skap`", path);
    assert_memory_equal(message, want, strlen(want));
    assert_null(df_kb_open(path, message, 5));
    assert_int_equal(strlen(message), 4);
    unlink(path);
    assert_null(df_kb_open(path, message, sizeof message));
    df_kb_close(NULL);
}

int unit_kb(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(a_file_of_nothing_is_empty),
        arena_test(every_kind_of_value_is_read),
        arena_test(what_is_not_given_is_null_empty_or_no_list),
        arena_test(settings_stand_under_their_pass),
        arena_test(several_files_make_one),
        arena_test(one_name_in_two_files_is_an_error),
        arena_test(shared_lists_are_for_our_tables_only),
        arena_test(unknown_keys_name_the_known_ones),
        arena_test(values_of_the_wrong_type_are_refused),
        arena_test(numbers_have_digits_and_an_end),
        arena_test(required_keys_are_missed_at_their_row),
        arena_test(what_is_given_twice_is_refused),
        arena_test(patterns_and_choices_are_checked),
        arena_test(more_yaml_than_needed_is_refused),
        arena_test(text_that_is_no_yaml_is_refused),
        arena_test(depth_is_bounded_by_the_schema),
        arena_test(many_rows_take_their_time_and_no_more),
        arena_test(size_ends_at_its_limit),
        arena_test(running_out_of_memory_leaks_nothing),
        arena_test(a_users_file_is_opened_and_closed),
    };

    return cmocka_run_group_tests_name("kb", tests, NULL, NULL);
}
