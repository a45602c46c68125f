/*
 * The parser at its limits, and its tokens; what it makes of odd text is in
 * testdata/parse.
 */
#include "test/unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "syntax/parser.h"

static const df_doc *parse(df_arena *a, df_str text)
{
    return df_doc_parse(a, DF_STR("Dockerfile"), text);
}

/* FROM a, then `RUN xxx…` of that many bytes, then `end`. */
static const df_doc *with_line_of(df_arena *a, size_t len, const char *end)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_adds(&b, "FROM a\nRUN ");
    for (size_t i = 4; i < len; i++)
        df_buf_addc(&b, 'x');
    df_buf_adds(&b, end);
    return parse(a, df_buf_str(&b));
}

static void the_longest_line_is_read(void **state)
{
    const df_doc *doc = with_line_of(*state, DF_MAX_LINE, "\nRUN b\n");

    assert_int_equal(doc->nproblems, 0);
    assert_int_equal(doc->ninstrs, 3);
    doc = with_line_of(*state, DF_MAX_LINE, "");
    assert_int_equal(doc->nproblems, 0);
    assert_int_equal(doc->ninstrs, 2);
}

static void a_longer_line_is_refused(void **state)
{
    const df_doc *doc = with_line_of(*state, DF_MAX_LINE + 1, "\nRUN b\n");

    assert_int_equal(doc->nproblems, 1);
    assert_str(doc->problems[0].text,
               "line is longer than the 65535 bytes that builders read");
    assert_int_equal(doc->problems[0].span.off, 7);
    doc = with_line_of(*state, DF_MAX_LINE + 1, "");
    assert_int_equal(doc->nproblems, 1);
}

static void a_long_instruction_of_short_lines_is_read(void **state)
{
    df_buf b;

    df_buf_init(&b, *state);
    df_buf_adds(&b, "FROM a\nRUN a");
    for (unsigned i = 0; i < 20000; i++)
        df_buf_adds(&b, " \\\n    b");
    assert_int_equal(parse(*state, df_buf_str(&b))->nproblems, 0);
}

static void assert_token(const df_doc *doc, uint32_t i, df_token_kind kind,
                         const char *text)
{
    assert_true(i < doc->ntokens);
    assert_str(df_source(doc, doc->tokens[i].span), text);
    assert_int_equal(doc->tokens[i].kind, kind);
}

static void tokens_lie_end_to_end(void **state)
{
    static const struct {
        df_token_kind kind;
        const char *text;
    } want[] = {
        {DF_TOK_BOM, "\xEF\xBB\xBF"}, {DF_TOK_DIRECTIVE, "# escape=`"},
        {DF_TOK_NEWLINE, "\r\n"},     {DF_TOK_BLANK, " "},
        {DF_TOK_COMMENT, "# c"},      {DF_TOK_NEWLINE, "\n"},
        {DF_TOK_BLANK, " \t"},        {DF_TOK_NEWLINE, "\n"},
        {DF_TOK_BLANK, " "},          {DF_TOK_KEYWORD, "RUN"},
        {DF_TOK_TEXT, " a "},         {DF_TOK_CONTINUE, "` \n"},
        {DF_TOK_TEXT, "  <<E"},       {DF_TOK_NEWLINE, "\n"},
        {DF_TOK_BODY, "x\n"},         {DF_TOK_BODY_END, "E"},
    };
    const df_doc *doc = parse(
        *state,
        DF_STR("\xEF\xBB\xBF# escape=`\r\n # c\n \t\n RUN a ` \n  <<E\nx\nE"));

    for (uint32_t i = 0; i < COUNT(want); i++)
        assert_token(doc, i, want[i].kind, want[i].text);
    assert_int_equal(doc->ntokens, COUNT(want));
}

static void problems_stand_in_the_order_of_the_text(void **state)
{
    const df_doc *doc =
        parse(*state, DF_STR("FROM a\nFOO\nENV\nRUN <<E\nBAR\n"));

    assert_int_equal(doc->nproblems, 3);
    for (uint32_t i = 1; i < doc->nproblems; i++)
        assert_true(doc->problems[i - 1].span.off < doc->problems[i].span.off);
}

static void an_unknown_flag_marks_the_instruction(void **state)
{
    const df_doc *doc = parse(*state, DF_STR("FROM a\nRUN --new=1 b\nRUN c\n"));

    assert_int_equal(doc->nproblems, 0);
    assert_true(doc->instrs[1]->bad);
    assert_false(doc->instrs[2]->bad);
}

static void a_trigger_is_marked_with_its_onbuild(void **state)
{
    const df_doc *doc =
        parse(*state, DF_STR("FROM a\nONBUILD COPY --new b c\n"));

    assert_int_equal(doc->nproblems, 0);
    assert_true(doc->instrs[1]->bad);
    assert_true(doc->instrs[1]->trigger->bad);
}

int unit_parse(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(the_longest_line_is_read),
        arena_test(a_longer_line_is_refused),
        arena_test(a_long_instruction_of_short_lines_is_read),
        arena_test(tokens_lie_end_to_end),
        arena_test(problems_stand_in_the_order_of_the_text),
        arena_test(an_unknown_flag_marks_the_instruction),
        arena_test(a_trigger_is_marked_with_its_onbuild),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
