/* The forms of a report. */
#include "test/unit.h"

#include "report/report.h"

/* What a report of one file looks like. */
static df_str report(df_arena *a, df_report_style style,
                     const df_report_file *file)
{
    df_report *r = df_report_begin(a, &style);
    df_buf out;

    df_buf_init(&out, a);
    df_report_add(r, file, &out);
    assert_true(df_report_end(r, &out));
    return df_buf_str(&out);
}

static df_str report_message(df_arena *a, df_report_style style, df_message m)
{
    df_result result = {.messages = &m, .nmessages = 1};
    df_report_file file = {.path = "a/Dockerfile", .result = &result};

    file.before = DF_STR("FROM x\nRUN \xc3\xa9\xc3\xa9\xff y\n");
    return report(a, style, &file);
}

static const df_report_style TEXT = {.form = DF_FORM_TEXT};
static const df_report_style QUIET = {.form = DF_FORM_TEXT, .quiet = true};
static const df_report_style COLOR = {.form = DF_FORM_TEXT, .color = true};
static const df_report_style JSON = {.form = DF_FORM_JSON};
static const df_report_style SARIF = {.form = DF_FORM_SARIF};
static const df_report_style GITHUB = {.form = DF_FORM_GITHUB};

static void a_message_is_what_compilers_print(void **state)
{
    df_message m = {.kind = DF_MSG_WARNING,
                    .pass = "merge-run",
                    .text = DF_STR("odd"),
                    .line = 2,
                    .col = 5};

    assert_str(report_message(*state, TEXT, m),
               "a/Dockerfile:2:5: warning: odd [merge-run]\n");
}

static void places_that_are_unknown_are_left_out(void **state)
{
    df_message m = {.kind = DF_MSG_ERROR, .text = DF_STR("odd"), .line = 2};

    assert_str(report_message(*state, TEXT, m), "a/Dockerfile:2: error: odd\n");
    m.line = 0;
    assert_str(report_message(*state, TEXT, m), "a/Dockerfile: error: odd\n");
}

static void a_suggestion_says_what_it_saves_asks_and_does(void **state)
{
    df_message m = {.kind = DF_MSG_SUGGESTION,
                    .pass = "slim-base",
                    .text = DF_STR("use node:20-slim"),
                    .line = 1,
                    .col = 6,
                    .saves_mb = 823.4,
                    .condition = DF_STR("nothing needs gcc"),
                    .diff = DF_STR("@@ -1 +1 @@\n-FROM x\r\n+FROM y\r\n")};

    assert_str(report_message(*state, TEXT, m),
               "a/Dockerfile:1:6: suggestion: use node:20-slim: "
               "about 823 MB less [slim-base]\n"
               "    check: nothing needs gcc\n"
               "    @@ -1 +1 @@\n"
               "    -FROM x\n"
               "    +FROM y\n");
    assert_str(report_message(*state, QUIET, m), "");
}

static void quiet_keeps_warnings(void **state)
{
    df_message m = {.kind = DF_MSG_WARNING, .text = DF_STR("w")};

    assert_str(report_message(*state, QUIET, m), "a/Dockerfile: warning: w\n");
    m.kind = DF_MSG_NOTE;
    assert_str(report_message(*state, QUIET, m), "");
}

static void bytes_that_a_terminal_would_obey_are_shown(void **state)
{
    df_message m = {
        .kind = DF_MSG_NOTE,
        .text = DF_STR("\033[31m \xc2\x9b \xff \xe2\x80\xae \xc3\xa9 \t.")};

    assert_str(report_message(*state, TEXT, m),
               "a/Dockerfile: note: \\x1b[31m \\x9b \\xff \\u{202e} \xc3\xa9 "
               "\t.\n");
}

static void colour_ends_where_it_began(void **state)
{
    df_message m = {.kind = DF_MSG_ERROR, .text = DF_STR("e")};

    assert_str(report_message(*state, COLOR, m),
               "\033[1ma/Dockerfile: \033[0m\033[1;31merror: \033[0me\n");
}

static void github_escapes_data_and_properties(void **state)
{
    df_message m = {.kind = DF_MSG_NOTE,
                    .pass = "merge-run",
                    .text = DF_STR("50%, a:b\r\n"),
                    .line = 3,
                    .col = 1,
                    .end_line = 4,
                    .end_col = 2,
                    .applied = true};
    df_result result = {.messages = &m, .nmessages = 1};
    df_report_file file = {.path = "a:b,c%", .result = &result};

    assert_str(report(*state, GITHUB, &file),
               "::warning file=a%3Ab%2Cc%25,line=3,endLine=4,col=1,"
               "title=merge-run::50%25, a:b%0D%0A\n");
    m.applied = false;
    assert_true(df_str_starts(report(*state, GITHUB, &file), "::notice "));
}

static void json_says_null_for_what_is_unknown(void **state)
{
    df_message m = {.kind = DF_MSG_NOTE, .text = DF_STR("t")};
    df_str json = report_message(*state, JSON, m);

    assert_true(df_str_has(json, "\"pass\": null"));
    assert_true(df_str_has(json, "\"line\": null"));
    assert_true(df_str_has(json, "\"savesMb\": null"));
    assert_true(df_str_has(json, "\"error\": null"));
}

static void json_of_a_refused_file_gives_its_first_error(void **state)
{
    df_message messages[] = {
        {.kind = DF_MSG_WARNING, .text = DF_STR("first")},
        {.kind = DF_MSG_ERROR, .text = DF_STR("second")},
    };
    df_result result = {.failed = true, .messages = messages, .nmessages = 2};
    df_report_file file = {.path = "f", .result = &result};

    assert_true(
        df_str_has(report(*state, JSON, &file), "\"error\": \"second\""));
}

static void json_marks_a_diff_that_is_not_utf8(void **state)
{
    df_result result = {.changed = true};
    df_report_file file = {
        .path = "f", .result = &result, .diff = DF_STR("-\\\xff\n+\xc3\xa9\n")};
    df_str json = report(*state, JSON, &file);

    assert_true(df_str_has(json, "\"diff\": \"-\\\\\\\\\\\\xff\\n+\xc3\xa9"));
    assert_true(df_str_has(json, "\"diffEscaped\": true"));
    assert_false(df_str_has(json, "pathEscaped"));
}

static void sarif_columns_count_code_points(void **state)
{
    df_message m = {.kind = DF_MSG_NOTE,
                    .text = DF_STR("t"),
                    .line = 2,
                    .col = 11, /* the y behind two of two bytes and one */
                    .end_line = 2,
                    .end_col = 12};
    df_str sarif = report_message(*state, SARIF, m);

    assert_true(df_str_has(sarif, "\"startColumn\": 9,"));
    assert_true(df_str_has(sarif, "\"endColumn\": 10"));
}

static void sarif_names_files_by_uri(void **state)
{
    df_report_file file = {.path = "a b/\xc3\xa9", .error = "gone"};

    assert_true(df_str_has(report(*state, SARIF, &file), "\"a%20b/%C3%A9\""));
    file.path = "/a";
    assert_true(df_str_has(report(*state, SARIF, &file), "\"file:///a\""));
    assert_true(df_str_has(report(*state, SARIF, &file),
                           "\"executionSuccessful\": false"));
}

static void a_diff_keeps_its_bytes(void **state)
{
    df_str diff = DF_STR("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+b\033\n");
    df_buf out;

    df_buf_init(&out, *state);
    df_report_diff(&out, diff, false);
    assert_true(df_str_eq(df_buf_str(&out), diff));
    df_report_diff(&out, diff, true);
    assert_true(df_str_ends(df_buf_str(&out), "\033[32m+b\033\033[0m\n"));
}

int unit_report(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(a_message_is_what_compilers_print),
        arena_test(places_that_are_unknown_are_left_out),
        arena_test(a_suggestion_says_what_it_saves_asks_and_does),
        arena_test(quiet_keeps_warnings),
        arena_test(bytes_that_a_terminal_would_obey_are_shown),
        arena_test(colour_ends_where_it_began),
        arena_test(github_escapes_data_and_properties),
        arena_test(json_says_null_for_what_is_unknown),
        arena_test(json_of_a_refused_file_gives_its_first_error),
        arena_test(json_marks_a_diff_that_is_not_utf8),
        arena_test(sarif_columns_count_code_points),
        arena_test(sarif_names_files_by_uri),
        arena_test(a_diff_keeps_its_bytes),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
