/*
 * .dockerignore. Every row was checked against BuildKit 73ed6825: the walk of
 * fsutil, or MatchesOrParentMatches of patternmatcher where it says so.
 */
#include "test/unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "context/glob.h"
#include "context/ignore.h"

typedef struct {
    const char *file;
    const char *path;
    bool kept;
} row;

static void check(df_arena *a, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        df_ignore *ig = df_ignore_parse(a, df_str_of(rows[i].file));
        bool kept =
            df_ignore_judge(ig, df_str_of(rows[i].path)) == DF_IGNORE_KEEP;

        if (kept != rows[i].kept)
            fail_msg("row %zu: \"%s\" should %s%s", i, rows[i].file,
                     rows[i].kept ? "keep " : "drop ", rows[i].path);
    }
}

/* docs.docker.com, "Build context", "Syntax": each sentence with an example. */
static void the_documentation_tells_the_truth(void **state)
{
#define EXAMPLE "# comment\n*/temp*\n*/*/temp*\ntemp?\n"
#define FIRST   "*.md\n!README.md\n"
#define SECOND  "*.md\n!README*.md\nREADME-secret.md\n"
#define THIRD   "*.md\nREADME-secret.md\n!README*.md\n"
    static const row ROWS[] = {
        {EXAMPLE, "comment", true},
        {EXAMPLE, "# comment", true},
        {EXAMPLE, "somedir/temporary.txt", false},
        {EXAMPLE, "somedir/temp", false},
        {EXAMPLE, "somedir/temp/file", false},
        {EXAMPLE, "somedir/subdir/temporary.txt", false},
        {EXAMPLE, "a/b/c/temporary.txt", true},
        {EXAMPLE, "tempa", false},
        {EXAMPLE, "tempb", false},
        {EXAMPLE, "temp", true},
        {EXAMPLE, "tempab", true},
        /* the root of the context is the working and the root directory */
        {"/foo/bar", "foo/bar", false},
        {"foo/bar", "foo/bar", false},
        {"foo/bar", "x/foo/bar", true},
        /* white space around is trimmed, `.` and `..` eliminated */
        {"  foo \t\n", "foo", false},
        {"./x/../foo/", "foo", false},
        {"\n\nfoo\n\n", "foo", false},
        {".", "foo", true},
        {"**/*.go", "main.go", false},
        {"**/*.go", "a/b/c/main.go", false},
        {"**/*.go", "main.gox", true},
        {FIRST, "a.md", false},
        {FIRST, "README.md", true},
        {FIRST, "sub/a.md", true},
        {SECOND, "a.md", false},
        {SECOND, "README.md", true},
        {SECOND, "README-more.md", true},
        {SECOND, "README-secret.md", false},
        {THIRD, "a.md", false},
        {THIRD, "README.md", true},
        {THIRD, "README-secret.md", true},
        /* some files only */
        {"*\n!src\n", "src/a.c", true},
        {"*\n!src\n", "a.c", false},
        {"Dockerfile\n.dockerignore\n", "Dockerfile", false},
        {"Dockerfile\n.dockerignore\n", ".dockerignore", false},
    };
#undef EXAMPLE
#undef FIRST
#undef SECOND
#undef THIRD

    check(*state, ROWS, COUNT(ROWS));
}

static void a_pattern_is_anchored_at_the_root(void **state)
{
    static const row ROWS[] = {
        {"node_modules", "node_modules", false},
        {"node_modules", "node_modules/a/b.js", false},
        {"node_modules", "a/node_modules", true},
        {"**/node_modules", "a/node_modules/b", false},
        {"**/node_modules", "node_modules", false},
        {"a/b", "a/b/c", false},
        {"a/b", "a", true},
        {"a/b", "x/a/b", true},
        {"a", "ab", true},
        {"a/*", "a/b/c", false},
        {"*/b", "a/b", false},
        {"*/b", "b", true},
        {"*/b", "a/x/b", true},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void slashes_and_dots_are_cleaned_away(void **state)
{
    static const row ROWS[] = {
        {"/a", "a", false},       {"a/", "a", false},
        {"./a", "a", false},      {"a//b/", "a/b", false},
        {"a/../b", "b", false},   {"a/./b", "a/b", false},
        {"../a", "a", true},      {"/", "a", true},
        {".", "a", true},         {"..", "a", true},
        {"! /a", "a", true},      {"a\n!/a", "a", true},
        {"a\n! ./a/", "a", true}, {"//!a\nb", "a", true},
        {"a\n//!a", "a", true},   {"/ a", "a", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void lines_are_trimmed_and_comments_begin_in_the_first_column(
    void **state)
{
    static const row ROWS[] = {
        {"  a  ", "a", false},
        {"\ta\r\n", "a", false},
        {"#a", "#a", true},
        {" #a", "#a", false},
        {"\\#a", "#a", false},
        {"a#b", "a#b", false},
        {"a #b", "a", true},
        {"a b", "a b", false},
        {"\xEF\xBB\xBF"
         "a",
         "a", false},
        {"\xEF\xBB\xBF#a\nb", "b", false},
        {"x\n\xEF\xBB\xBF"
         "a",
         "a", true},
        {"\xC2\xA0"
         "a\xE2\x80\x83",
         "a", false},
        {"\xA0"
         "a",
         "a", true},
        {"\n\n  \na", "a", false},
        {"a\rb", "a", true},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void wildcards_stop_at_a_slash(void **state)
{
    static const row ROWS[] = {
        {"*.md", "a.md", false},   {"*.md", "d/a.md", true},
        {"*.md", "d.md/a", false}, {"*", ".git", false},
        {"?", "ab", true},         {"?", "\xC3\xA9", false},
        {"?", "\xFF", false},      {"a?c", "a/c", true},
        {"a*c", "abbc", false},    {"a*c", "ab/c", true},
        {"*a*a*b", "aaab", false}, {"*a*a*b", "aab", false},
        {"*a*a*b", "ab", true},    {".*", "a", true},
        {"a.c", "abc", true},      {"a+*", "aa", true},
        {"a+*", "a+b", false},     {"(a)*", "(a)b", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void two_stars_cross_slashes(void **state)
{
    static const row ROWS[] = {
        {"**", "a/b", false},
        {"**/a", "a", false},
        {"**/a", "x/y/a", false},
        {"**/a", "xa", true},
        {"**a", "x/ya", false},
        {"a/**", "a", true},
        {"a/**", "a/b/c", false},
        {"a**", "ab/c", false},
        {"a/**/b", "a/b", false},
        {"a/**/b", "a/x/y/b", false},
        {"a/**/b", "ab", true},
        {"a**b", "ab", false},
        {"a**b", "axb", true},
        {"a**b", "ax/b", false},
        {"**/*.go", "a/b.go", false},
        {"**/.git", "a/.git/config", false},
        {"**/.git", "a.git", true},
        {"**/a/**", "x/a/y", false},
        {"***", "a", false},
        {"***/b", "x/y/b", false},
        {"**/**/**/*a*a*b", "x/y/z/aaab", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void classes_are_those_of_a_regular_expression(void **state)
{
    static const row ROWS[] = {
        {"[a-c]", "b", false},       {"[a-c]", "d", true},
        {"[^a]", "b", false},        {"[^a]", "a", true},
        {"[!a]", "!", false},        {"[!a]", "b", true},
        {"x[^a]y", "x/y", false},    {"[[:alpha:]]", "a", false},
        {"[[:^alpha:]]", "a", true}, {"[:alpha:]", ":", false},
        {"[\\]]", "]", false},       {"[a\\-c]", "-", false},
        {"[a\\-c]", "b", true},      {"[*]", "]", false},
        {"[*]", "*", true},          {"[*]", "^^]", false},
        {"[a?b]", "ab]", false},     {"[.]", ".", false},
        {"[.]", "a", true},          {"[\\d]", "7", false},
        {"a]*", "a]b", false},       {"[\xC3\xA0-\xC3\xBC]", "\xC3\xA9", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void a_backslash_may_mean_more_than_the_character(void **state)
{
    static const row ROWS[] = {
        {"\\*", "*", false},     {"\\*", "a", true},
        {"a\\b*", "a-", false},  {"a\\b*", "ab", true},
        {"\\d", "7", false},     {"\\d", "d", true},
        {"\\x41", "A", false},   {"\\x{41}", "A", false},
        {"\\101", "A", false},   {"\\Qa*\\E", "a[^/]*", false},
        {"x*\\", "xa$y", false}, {"\\W", "-", false},
        {"\\n", "\n", false},    {"\\A\\.x\\z", ".x", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

/* patternmatcher forgets to escape `{`, `|`, `}` and `^`. */
static void some_characters_act_only_beside_a_wildcard(void **state)
{
    static const row ROWS[] = {
        {"a|b", "a|b", false},       {"a|b", "b", true},
        {"a*|b", "xxb", false},      {"a*|b", "ax/y", false},
        {"a{2}", "a{2}", false},     {"a{2}?", "aab", false},
        {"a{2}?", "a{2}b", true},    {"*.{js,ts}", "a.{js,ts}", false},
        {"*.{js,ts}", "a.js", true}, {"a{1,}?", "aaab", false},
        {"a{0}?", "b", false},       {"a{,2}?", "a{,2}b", false},
        {"a^b", "a^b", false},       {"a^*", "a^b", true},
        {"^a*", "ab", false},        {"[ab]{2}", "ba", false},
        {"^{0}b*", "b", false},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void the_last_match_wins(void **state)
{
    static const row ROWS[] = {
        {"*.md\n!README.md", "README.md", true},
        {"*.md\n!README.md", "a.md", false},
        {"!README.md\n*.md", "README.md", false},
        {"*\n!src", "src/a/b", true},
        {"*\n!src", "test", false},
        {"*\n!src\nsrc/*.tmp", "src/a.tmp", false},
        {"a\n!a/b", "a/b/c", true},
        {"a\n!a/b", "a/c", false},
        {"a\n!a\na", "a", false},
        {"**\n!**/*.go", "x/y/a.go", true},
        {"**\n!**/*.go", "x/y/a.c", false},
        {"!!a", "a", true},
        {"*\n!!a", "!a", true},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void a_pattern_not_tried_on_the_parent_does_not_count_below(void **state)
{
    static const row ROWS[] = {
        {"dir/x\n!dir", "dir/x", false},
        {"dir/x\n!dir", "dir/y", true},
        {"dir/x\n!dir/x", "dir/x", true},
        {"dir/x\n!dir/*", "dir/x", true},
    };
    df_ignore *ig = df_ignore_parse(*state, DF_STR("dir/x\n!dir"));

    check(*state, ROWS, COUNT(ROWS));
    assert_false(df_ignore_matches(ig, DF_STR("dir/x")));
}

/* a[*] matches the directory only where !a/b did not come between: the walk
 * sends the file, but cannot open it, and it arrives empty. */
static void what_arrives_empty_is_dropped(void **state)
{
    df_ignore *ig = df_ignore_parse(*state, DF_STR("a*\n!a/b\na"));

    assert_true(df_ignore_matches(ig, DF_STR("a/b")));
    assert_int_equal(df_ignore_judge(ig, DF_STR("a/b")), DF_IGNORE_DROP);
}

static void a_dropped_directory_is_entered_for_an_exception_inside(void **state)
{
    static const struct {
        const char *file;
        const char *dir;
        df_ignore_verdict verdict;
    } ROWS[] = {
        {"a", "a", DF_IGNORE_PRUNE},
        {"a\n!a/b", "a", DF_IGNORE_DROP},
        {"a\n!a/b", "a/c", DF_IGNORE_PRUNE},
        {"a\n!a/b/**", "a/b", DF_IGNORE_DROP},
        {"a\n!ab", "a", DF_IGNORE_PRUNE},
        {"*\n!**/x", "a/c", DF_IGNORE_DROP},
        {"a\n!a/*/**", "a/x/y", DF_IGNORE_PRUNE},
    };

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_ignore *ig = df_ignore_parse(*state, df_str_of(ROWS[i].file));

        assert_int_equal(df_ignore_judge(ig, df_str_of(ROWS[i].dir)),
                         ROWS[i].verdict);
    }
}

static void an_empty_file_keeps_everything(void **state)
{
    df_ignore *ig = df_ignore_parse(*state, DF_STR("\n# nothing\n \n"));

    assert_int_equal(df_ignore_judge(ig, DF_STR("a")), DF_IGNORE_KEEP);
}

static void a_malformed_pattern_is_found_with_its_line(void **state)
{
    static const struct {
        const char *file;
        uint32_t line; /* 0: fine */
    } ROWS[] = {
        {"a\n!\nb", 2}, {"!/", 1},      {"# x\n\n[", 3},  {"a[", 1},
        {"[]a]", 1},    {"[a-]", 1},    {"[b-a]*", 1},    {"a\\", 1},
        {"x*[", 1},     {"\\q", 1},     {"[[:foo:]]", 1}, {"\\1", 1},
        {"*{2}", 1},    {"a{3,1}*", 1}, {"a|{2}*", 1},    {"a{1001}*", 1},
        {"\\x4", 1},    {"\\pL", 1},    {"a]", 0},        {"x*\\", 0},
        {"{", 0},       {"[a]]", 0},    {"..", 0},        {"/", 0},
    };

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_ignore *ig = df_ignore_parse(*state, df_str_of(ROWS[i].file));
        uint32_t line;
        df_str why;

        if (df_ignore_is_bad(ig, &line, &why) != (ROWS[i].line > 0) ||
            line != ROWS[i].line)
            fail_msg("row %zu: line %u, %.*s", i, line, DF_STR_ARG(why));
    }
}

static void nothing_is_left_once_a_pattern_is_malformed(void **state)
{
    df_ignore *ig = df_ignore_parse(*state, DF_STR("["));

    assert_int_equal(df_ignore_judge(ig, DF_STR("a")), DF_IGNORE_PRUNE);
    assert_true(df_ignore_matches(ig, DF_STR("a")));
}

static df_ignore *parse_line_of(df_arena *a, size_t len, const char *end)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_adds(&b, "a\n");
    for (size_t i = 0; i < len; i++)
        df_buf_addc(&b, 'x');
    df_buf_adds(&b, end);
    return df_ignore_parse(a, df_buf_str(&b));
}

static void a_line_of_64_kib_is_too_long(void **state)
{
    uint32_t line;
    df_str why;

    assert_false(df_ignore_is_bad(parse_line_of(*state, DF_MAX_LINE, "\n"),
                                  &line, &why));
    assert_true(df_ignore_is_bad(parse_line_of(*state, DF_MAX_LINE + 1, "\n"),
                                 &line, &why));
    assert_int_equal(line, 2);
}

static df_str repeated(df_arena *a, const char *piece, int times)
{
    df_buf b;

    df_buf_init(&b, a);
    for (int i = 0; i < times; i++)
        df_buf_adds(&b, piece);
    return df_buf_str(&b);
}

static void a_pattern_that_takes_too_long_counts_as_malformed(void **state)
{
    df_ignore *ig = df_ignore_parse(*state, repeated(*state, "*a", 30000));
    uint32_t line;
    df_str why;

    assert_false(df_ignore_is_bad(ig, &line, &why));
    df_ignore_judge(ig, repeated(*state, "a", 4000));
    assert_true(df_ignore_is_bad(ig, &line, &why));
    assert_int_equal(df_ignore_judge(ig, DF_STR("b")), DF_IGNORE_PRUNE);
}

static void many_stars_do_not_multiply(void **state)
{
    df_str pattern =
        df_fmt(*state, "%.*s*b", DF_STR_ARG(repeated(*state, "**/*a*a*a", 20)));
    df_ignore *ig = df_ignore_parse(*state, pattern);
    uint32_t line;
    df_str why;

    assert_int_equal(df_ignore_judge(ig, repeated(*state, "aaaa/", 40)),
                     DF_IGNORE_KEEP);
    assert_false(df_ignore_is_bad(ig, &line, &why));
}

static void copy_sources_match_as_in_go(void **state)
{
    static const struct {
        const char *pattern;
        const char *name;
        df_glob_answer answer;
    } ROWS[] = {
        {"abc", "abc", DF_GLOB_YES},
        {"*", "abc", DF_GLOB_YES},
        {"*c", "abc", DF_GLOB_YES},
        {"a*", "a", DF_GLOB_YES},
        {"a*", "ab/c", DF_GLOB_NO},
        {"a*/b", "abc/b", DF_GLOB_YES},
        {"a*/b", "a/c/b", DF_GLOB_NO},
        {"**", "a/b", DF_GLOB_NO},
        {"a*b*c*d*e*/f", "axbxcxdxe/f", DF_GLOB_YES},
        {"a*b?c*x", "abxbbxdbxebxczzx", DF_GLOB_YES},
        {"a*b?c*x", "abxbbxdbxebxczzy", DF_GLOB_NO},
        {"ab[c]", "abc", DF_GLOB_YES},
        {"ab[b-d]", "abc", DF_GLOB_YES},
        {"ab[^c]", "abc", DF_GLOB_NO},
        {"a\\*b", "a*b", DF_GLOB_YES},
        {"a\\*b", "ab", DF_GLOB_NO},
        {"a?b",
         "a\xE2\x98\xBA"
         "b",
         DF_GLOB_YES},
        {"[a-\xCE\xB6]*", "\xCE\xB1", DF_GLOB_YES},
        {"a?b", "a/b", DF_GLOB_NO},
        {"a*b", "a/b", DF_GLOB_NO},
        {"[\\]a]", "]", DF_GLOB_YES},
        {"[\\-x]", "-", DF_GLOB_YES},
        {"[\\-x]", "z", DF_GLOB_NO},
        {"[]a]", "]", DF_GLOB_BAD},
        {"[-]", "-", DF_GLOB_BAD},
        {"[x-]", "x", DF_GLOB_BAD},
        {"[a-b-c]", "a", DF_GLOB_BAD},
        {"[", "a", DF_GLOB_BAD},
        {"[^bc", "a", DF_GLOB_BAD},
        {"a[", "ab", DF_GLOB_BAD},
        {"\\", "a", DF_GLOB_BAD},
        {"*x", "xxx", DF_GLOB_YES},
        {"", "", DF_GLOB_YES},
        {"", "a", DF_GLOB_NO},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (df_glob_match(df_str_of(ROWS[i].pattern),
                          df_str_of(ROWS[i].name)) != ROWS[i].answer)
            fail_msg("row %zu: %s on %s", i, ROWS[i].pattern, ROWS[i].name);
}

int unit_ignore(void)
{
    const struct CMUnitTest tests[] = {
        arena_test(the_documentation_tells_the_truth),
        arena_test(a_pattern_is_anchored_at_the_root),
        arena_test(slashes_and_dots_are_cleaned_away),
        arena_test(lines_are_trimmed_and_comments_begin_in_the_first_column),
        arena_test(wildcards_stop_at_a_slash),
        arena_test(two_stars_cross_slashes),
        arena_test(classes_are_those_of_a_regular_expression),
        arena_test(a_backslash_may_mean_more_than_the_character),
        arena_test(some_characters_act_only_beside_a_wildcard),
        arena_test(the_last_match_wins),
        arena_test(a_pattern_not_tried_on_the_parent_does_not_count_below),
        arena_test(what_arrives_empty_is_dropped),
        arena_test(a_dropped_directory_is_entered_for_an_exception_inside),
        arena_test(an_empty_file_keeps_everything),
        arena_test(a_malformed_pattern_is_found_with_its_line),
        arena_test(nothing_is_left_once_a_pattern_is_malformed),
        arena_test(a_line_of_64_kib_is_too_long),
        arena_test(a_pattern_that_takes_too_long_counts_as_malformed),
        arena_test(many_stars_do_not_multiply),
        arena_test(copy_sources_match_as_in_go),
    };

    return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
