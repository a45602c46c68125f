/* Patterns: what matches, what is refused, and that every match ends. */
#include "test/unit.h"

#include <string.h>

#include "base/limits.h"
#include "text/regex.h"

static df_regex *compiled(df_arena *a, const char *pattern)
{
    df_err err;
    df_regex *re = df_regex_new(a, pattern, &err);

    assert_non_null(re);
    return re;
}

static bool matches(df_arena *a, const char *pattern, df_str subject)
{
    return df_regex_match(compiled(a, pattern), a, subject, NULL);
}

static void a_pattern_is_searched_for_unless_anchored(void **state)
{
    assert_true(matches(*state, "clean", DF_STR("yum clean all")));
    assert_false(matches(*state, "^clean", DF_STR("yum clean all")));
    assert_true(matches(*state, "^$", DF_STR("")));
    assert_true(matches(*state, "^$", df_str_of(NULL)));
}

static void a_dollar_is_the_very_end(void **state)
{
    assert_false(matches(*state, "^20$", DF_STR("20\n")));
    assert_true(matches(*state, "^20$", DF_STR("20")));
}

static void any_byte_can_be_searched(void **state)
{
    assert_true(matches(*state, "b$", DF_STR("\377\0b")));
    assert_true(matches(*state, "^\\x00", DF_STR("\0")));
}

static void a_match_ends_with_its_subject(void **state)
{
    df_str tag = df_str_slice(DF_STR("3.11-slim"), 0, 4);

    assert_true(matches(*state, "^3[.]11$", tag));
}

static void groups_are_views_of_the_subject(void **state)
{
    df_str groups[DF_REGEX_GROUPS];
    df_str tag = DF_STR("3.11-bookworm");
    df_regex *re = compiled(*state, "^(.*)-(bookworm|trixie)(x)?$");

    assert_true(df_regex_match(re, *state, tag, groups));
    assert_true(groups[0].ptr == tag.ptr && groups[0].len == tag.len);
    assert_str(groups[1], "3.11");
    assert_str(groups[2], "bookworm");
    assert_null(groups[3].ptr);
    assert_null(groups[9].ptr);
}

static void groups_beyond_the_tenth_do_not_matter(void **state)
{
    df_str groups[DF_REGEX_GROUPS];
    df_regex *re = compiled(*state, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)");

    assert_true(df_regex_match(re, *state, DF_STR("abcdefghijk"), groups));
    assert_str(groups[9], "i");
}

/* PCRE2 10.38 began to refuse such patterns. */
static void a_start_behind_the_end_is_an_empty_group(void **state)
{
    df_str groups[DF_REGEX_GROUPS];
    df_err err;
    df_regex *re = df_regex_new(*state, "a(?=ab\\Kc)", &err);

    if (re && df_regex_match(re, *state, DF_STR("aabc"), groups))
        assert_int_equal(groups[0].len, 0);
}

static void a_wrong_pattern_tells_its_offset(void **state)
{
    df_err err;

    assert_null(df_regex_new(*state, "ab(c", &err));
    assert_int_equal(err.code, DF_EDATA);
    assert_non_null(strstr(err.text, "offset 4"));
    assert_null(df_regex_new(*state, "(*UTF)a", &err));
    assert_null(df_regex_new(*state, "[", &err));
}

static void a_pattern_that_grows_too_large_is_refused(void **state)
{
    df_err err;

    assert_null(df_regex_new(*state, "(((a{999}){999}){999}){999}", &err));
}

/* Without a limit this takes 2^40 steps. */
static void a_match_that_takes_too_long_is_none(void **state)
{
    df_str subject = DF_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

    assert_false(matches(*state, "^(?:a+)+$", subject));
}

static void a_pattern_cannot_raise_the_limit(void **state)
{
    df_str subject = DF_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

    assert_false(
        matches(*state, "(*LIMIT_MATCH=4000000000)^(?:a+)+$", subject));
}

/* Each turn of the group takes a few levels. */
static void nesting_ends_at_its_limit(void **state)
{
    df_arena *a = *state;
    size_t few = DF_REGEX_DEPTH / 4;
    char *text = df_alloc(a, 1, DF_REGEX_DEPTH * 2);

    memset(text, 'a', DF_REGEX_DEPTH * 2);
    assert_true(matches(a, "^(?:a|b)*$", (df_str){text, few}));
    assert_false(matches(a, "^(?:a|b)*$", (df_str){text, few * 8}));
}

static void a_template_takes_groups_and_dollars(void **state)
{
    df_str groups[DF_REGEX_GROUPS] = {DF_STR("all"), DF_STR("one")};

    assert_str(df_regex_fill(*state, "$1-slim", groups), "one-slim");
    assert_str(df_regex_fill(*state, "$0$1$2", groups), "allone");
    assert_str(df_regex_fill(*state, "$$1 $x $", groups), "$1 $x $");
    assert_str(df_regex_fill(*state, "", groups), "");
}

int unit_regex(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(a_pattern_is_searched_for_unless_anchored),
        arena_test(a_dollar_is_the_very_end),
        arena_test(any_byte_can_be_searched),
        arena_test(a_match_ends_with_its_subject),
        arena_test(groups_are_views_of_the_subject),
        arena_test(groups_beyond_the_tenth_do_not_matter),
        arena_test(a_start_behind_the_end_is_an_empty_group),
        arena_test(a_wrong_pattern_tells_its_offset),
        arena_test(a_pattern_that_grows_too_large_is_refused),
        arena_test(a_match_that_takes_too_long_is_none),
        arena_test(a_pattern_cannot_raise_the_limit),
        arena_test(nesting_ends_at_its_limit),
        arena_test(a_template_takes_groups_and_dollars),
    };

    return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
