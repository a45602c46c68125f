/* The line differ and its unified form. */
#include "test/unit.h"

#include "test/apply.h"
#include "text/diff.h"

static void assert_unified(df_arena *a, df_str before, df_str after,
                           const char *label_a, const char *label_b,
                           const char *expected)
{
    df_buf out;

    df_buf_init(&out, a);
    df_diff_unified(&out, before, after, label_a, label_b);
    assert_str(df_buf_str(&out), expected);
}

static void assert_diff(df_arena *a, const char *before, const char *after,
                        const char *expected)
{
    assert_unified(a, df_str_of(before), df_str_of(after), NULL, NULL,
                   expected);
}

static void equal_texts_give_nothing(void **state)
{
    assert_unified(*state, DF_STR("FROM a\n"), DF_STR("FROM a\n"), "a/f", "b/f",
                   "");
    assert_diff(*state, "", "", "");
}

static void a_missing_final_newline_is_marked(void **state)
{
    assert_diff(*state, "FROM scratch\nUSER app", /* before */
                "FROM scratch\nUSER app\n",       /* after */
                "@@ -1,2 +1,2 @@\n"
                " FROM scratch\n"
                "-USER app\n"
                "\\ No newline at end of file\n"
                "+USER app\n");
}

static void a_missing_final_newline_of_both_is_marked_once(void **state)
{
    assert_diff(*state, "a\nz", "b\nz",
                "@@ -1,2 +1,2 @@\n-a\n+b\n z\n\\ No newline at end of file\n");
}

static void an_empty_side_counts_no_lines(void **state)
{
    assert_diff(*state, "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
    assert_diff(*state, "a\n", "", "@@ -1 +0,0 @@\n-a\n");
}

static void three_lines_of_context_surround_a_change(void **state)
{
    assert_diff(*state, "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
                "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
                "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

static void changes_six_lines_apart_share_a_hunk(void **state)
{
    assert_diff(*state, "a\n1\n2\n3\n4\n5\n6\nb\n", "x\n1\n2\n3\n4\n5\n6\ny\n",
                "@@ -1,8 +1,8 @@\n-a\n+x\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+y\n");
}

static void changes_seven_lines_apart_do_not(void **state)
{
    assert_diff(*state, "a\n1\n2\n3\n4\n5\n6\n7\nb\n",
                "x\n1\n2\n3\n4\n5\n6\n7\ny\n",
                "@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n"
                "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+y\n");
}

static void a_cr_is_part_of_its_line(void **state)
{
    assert_diff(*state, "a\r\nb\r\n", "a\nb\r\n",
                "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n");
}

static void a_repeated_line_is_added_at_the_end_of_its_row(void **state)
{
    assert_diff(*state, "RUN a\nRUN a\nCMD b\n", "RUN a\nRUN a\nRUN a\nCMD b\n",
                "@@ -1,3 +1,4 @@\n RUN a\n RUN a\n+RUN a\n CMD b\n");
}

static void nul_bytes_pass_through(void **state)
{
    static const char expected[] = "@@ -1 +1 @@\n-\0a\n+\0b\n";
    df_buf out;

    df_buf_init(&out, *state);
    df_diff_unified(&out, DF_STR("\0a\n"), DF_STR("\0b\n"), NULL, NULL);
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.ptr, expected, sizeof expected - 1);
}

static void labels_with_blanks_end_in_a_tab(void **state)
{
    assert_unified(*state, DF_STR("a\n"), DF_STR("b\n"), "a/my file", "b/f",
                   "--- a/my file\t\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n");
}

static void labels_with_odd_bytes_are_quoted_like_git(void **state)
{
    assert_unified(*state, DF_STR("a\n"), DF_STR("b\n"), "a/\t\"\\\x01",
                   "b/\xc3\xa9",
                   "--- \"a/\\t\\\"\\\\\\001\"\n+++ b/\xc3\xa9\n"
                   "@@ -1 +1 @@\n-a\n+b\n");
}

typedef struct {
    size_t changes, removed, added;
} tally;

static void count(void *ctx, const df_diff_change *change)
{
    tally *t = ctx;

    t->changes++;
    t->removed += change->na;
    t->added += change->nb;
}

static tally tally_of(df_arena *a, df_str before, df_str after)
{
    tally t = {0};

    df_diff_lines(a, before, after, count, &t);
    return t;
}

static void the_shortest_script_is_found(void **state)
{
    tally t =
        tally_of(*state, DF_STR("a\nb\nc\na\nb\nb\na\n"), /* Myers's example */
                 DF_STR("c\nb\na\nb\na\nc\n"));

    assert_int_equal(t.removed + t.added, 5);
}

/* n lines with every `step`-th one changed, between a head and a tail. */
static df_str numbered(df_arena *a, unsigned n, unsigned step)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_adds(&b, "head\n");
    for (unsigned i = 0; i < n; i++)
        df_buf_fmt(&b, i % step ? "line %u\n" : "changed %u\n", i);
    df_buf_adds(&b, "tail\n");
    return df_buf_str(&b);
}

static void up_to_the_cost_each_change_is_told_apart(void **state)
{
    df_arena *a = *state;
    unsigned n = DF_DIFF_COST / 2;
    tally t;

    t = tally_of(a, numbered(a, 2 * n, 4 * n), numbered(a, 2 * n, 2));
    assert_int_equal(t.changes, n - 1); /* line 0 differs in neither */
}

static void beyond_the_cost_the_middle_is_replaced_whole(void **state)
{
    df_arena *a = *state;
    unsigned n = DF_DIFF_COST;
    tally t;

    t = tally_of(a, numbered(a, 2 * n, 4 * n), numbered(a, 2 * n, 2));
    assert_int_equal(t.changes, 1);
    assert_int_equal(t.removed, 2 * n - 3); /* from line 2 to line 2n - 2 */
}

/* What the properties trust in. */

static void a_diff_that_fits_is_applied(void **state)
{
    static const char *const BOTH[][2] = {
        {"a\nb\n", "a\nc\n"},
        {"a", "b"},
        {"a\n", "a"},
        {"", "a\nb"},
        {"a\n", ""},
        {"a\r\nb\n", "a\nb\n"},
        {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n"},
    };
    df_arena *a = *state;

    for (size_t i = 0; i < COUNT(BOTH); i++) {
        df_buf diff = {.arena = a};
        df_str made;

        df_diff_unified(&diff, df_str_of(BOTH[i][0]), df_str_of(BOTH[i][1]),
                        "a/f", "b/f");
        assert_true(
            apply_diff(a, df_str_of(BOTH[i][0]), df_buf_str(&diff), &made));
        assert_str(made, BOTH[i][1]);
    }
}

static void a_diff_that_does_not_fit_is_refused(void **state)
{
    static const char *const DIFFS[] = {
        "@@ -1 +1 @@\n-b\n+c\n",        /* another line is there */
        "@@ -2 +2 @@\n-a\n+c\n",        /* it is the first one */
        "@@ -1 +2 @@\n-a\n+c\n",        /* so is the new one */
        "@@ -1 +1,2 @@\n-a\n+c\n",      /* two were promised */
        "@@ -1,2 +1 @@\n-a\n+c\n",      /* here, too */
        "@@ -1 +1 @@\n-a\n+c\n d\n",    /* one line more */
        "@@ -9 +9 @@\n-a\n+c\n",        /* behind the end */
        "@@ -1 +1 @@\n-a\n\\ No\n+c\n", /* there is a line end */
        "--- a/f\n@@ -1 +1 @@\n-a\n+c\n", "a\n",
    };
    df_str made;

    for (size_t i = 0; i < COUNT(DIFFS); i++)
        if (apply_diff(*state, DF_STR("a\nb\n"), df_str_of(DIFFS[i]), &made))
            fail_msg("applied: %s", DIFFS[i]);
}

int unit_diff(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(equal_texts_give_nothing),
        arena_test(a_missing_final_newline_is_marked),
        arena_test(a_missing_final_newline_of_both_is_marked_once),
        arena_test(an_empty_side_counts_no_lines),
        arena_test(three_lines_of_context_surround_a_change),
        arena_test(changes_six_lines_apart_share_a_hunk),
        arena_test(changes_seven_lines_apart_do_not),
        arena_test(a_cr_is_part_of_its_line),
        arena_test(a_repeated_line_is_added_at_the_end_of_its_row),
        arena_test(nul_bytes_pass_through),
        arena_test(labels_with_blanks_end_in_a_tab),
        arena_test(labels_with_odd_bytes_are_quoted_like_git),
        arena_test(the_shortest_script_is_found),
        arena_test(up_to_the_cost_each_change_is_told_apart),
        arena_test(beyond_the_cost_the_middle_is_replaced_whole),
        arena_test(a_diff_that_fits_is_applied),
        arena_test(a_diff_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
