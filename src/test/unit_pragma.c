/* Comments that speak to us or to a linter. */
#include "test/unit.h"

#include <dfopt/facts.h>

#include "base/buf.h"
#include "syntax/parser.h"

/* The document `FROM a`, these lines, `RUN b`. */
static const df_doc *above_run(df_arena *a, const char *lines)
{
    return df_doc_parse(a, DF_STR("Dockerfile"),
                        df_fmt(a, "FROM a\n%sRUN b\n", lines));
}

static bool pragma(df_arena *a, const char *lines)
{
    const df_doc *doc = above_run(a, lines);

    return df_instr_pragma(doc, doc->instrs[doc->ninstrs - 1]);
}

static bool ignored(df_arena *a, const char *lines, const char *pass)
{
    const df_doc *doc = above_run(a, lines);

    return df_instr_ignored(doc, doc->instrs[doc->ninstrs - 1], pass);
}

static void a_pragma_stands_right_above(void **state)
{
    df_arena *a = *state;

    assert_true(pragma(a, "# dfopt: keep\n"));
    assert_true(pragma(a, "  #dfopt:keep\n"));
    assert_true(pragma(a, "# hadolint ignore=DL3008\n"));
    assert_true(pragma(a, "# dfopt: keep\n# why\n"));
    assert_false(pragma(a, "# dfopt: keep\n\n"));
    assert_false(pragma(a, "# dfopt: keep\nENV A=1\n"));
    assert_false(pragma(a, "# about dfopt: keep\n"));
    assert_false(pragma(a, "# hello\n"));
    assert_false(pragma(a, ""));
}

static void a_comment_inside_is_no_pragma(void **state)
{
    assert_false(pragma(*state, "RUN x \\\n# dfopt: keep\n"));
    assert_false(pragma(*state, "RUN x \\\n# dfopt: keep\n y\n"));
}

static void ignore_names_passes_or_all(void **state)
{
    df_arena *a = *state;

    assert_true(ignored(a, "# dfopt: ignore\n", "merge-run"));
    assert_true(ignored(a, "# dfopt: ignore=merge-run\n", "merge-run"));
    assert_true(ignored(a, "# dfopt: ignore=x, merge-run\n", "merge-run"));
    assert_true(ignored(a, "# dfopt: ignore = merge-run\n", "merge-run"));
    assert_false(ignored(a, "# dfopt: ignore=merge-run\n", "clean-cache"));
    assert_false(ignored(a, "# dfopt: ignore=merge-runs\n", "merge-run"));
    assert_false(ignored(a, "# dfopt: keep\n", "merge-run"));
    assert_false(ignored(a, "# dfopt: ignored\n", "merge-run"));
}

static void a_file_is_ignored_at_its_top(void **state)
{
    df_arena *a = *state;
    const df_doc *doc = df_doc_parse(
        a, DF_STR("Dockerfile"),
        DF_STR("# hello\n\n# dfopt: ignore-file=merge-run\n\nFROM a\nRUN b\n"));

    assert_true(df_instr_ignored(doc, doc->instrs[1], "merge-run"));
    assert_false(df_instr_ignored(doc, doc->instrs[1], "clean-cache"));
    assert_false(ignored(a, "# dfopt: ignore-file\n", "merge-run"));
}

int unit_pragma(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(a_pragma_stands_right_above),
        arena_test(a_comment_inside_is_no_pragma),
        arena_test(ignore_names_passes_or_all),
        arena_test(a_file_is_ignored_at_its_top),
    };

    return cmocka_run_group_tests_name("pragma", tests, NULL, NULL);
}
