/* Views of bytes. */
#include "test/unit.h"

static void a_missing_c_string_is_empty(void **state)
{
    (void)state;
    assert_null(df_str_of(NULL).ptr);
    assert_int_equal(df_str_of(NULL).len, 0);
    assert_true(df_str_eq(df_str_of(NULL), DF_STR("")));
}

static void equality_is_of_bytes(void **state)
{
    (void)state;
    assert_true(df_str_eq(DF_STR("a\0b"), DF_STR("a\0b")));
    assert_false(df_str_eq(DF_STR("a\0b"), DF_STR("a\0c")));
    assert_false(df_str_is(DF_STR("a\0b"), "a"));
    assert_false(df_str_is(DF_STR("a"), "ab"));
    assert_true(df_str_is(DF_STR(""), ""));
}

static void case_is_ascii(void **state)
{
    (void)state;
    assert_true(df_str_is_nocase(DF_STR("FrOm"), "from"));
    assert_false(df_str_is_nocase(DF_STR("\xC3\x84"), "\xC3\xA4"));
    assert_false(df_str_is_nocase(DF_STR("fro"), "from"));
}

static void order_is_that_of_unsigned_bytes(void **state)
{
    (void)state;
    assert_true(df_str_cmp(DF_STR("a"), DF_STR("b")) < 0);
    assert_true(df_str_cmp(DF_STR("a"), DF_STR("ab")) < 0);
    assert_true(df_str_cmp(DF_STR("\xFF"), DF_STR("a")) > 0);
    assert_int_equal(df_str_cmp(DF_STR(""), df_str_of(NULL)), 0);
}

static void heads_and_tails(void **state)
{
    (void)state;
    assert_true(df_str_starts(DF_STR("--from=x"), "--from"));
    assert_false(df_str_starts(DF_STR("--"), "--from"));
    assert_true(df_str_starts(DF_STR(""), ""));
    assert_true(df_str_ends(DF_STR("a.phar"), ".phar"));
    assert_false(df_str_ends(DF_STR("phar"), ".phar"));
}

static void finding_tells_where_or_nowhere(void **state)
{
    (void)state;
    assert_int_equal(df_str_find(DF_STR("aab"), "ab"), 1);
    assert_int_equal(df_str_find(DF_STR("aab"), ""), 0);
    assert_true(df_str_find(DF_STR("aab"), "aabb") == SIZE_MAX);
    assert_int_equal(df_str_find_char(DF_STR("a=b=c"), '='), 1);
    assert_true(df_str_find_char(DF_STR(""), '=') == SIZE_MAX);
    assert_true(df_str_has(DF_STR("x\0yz"), "yz"));
}

static void slices_are_clamped(void **state)
{
    df_str s = DF_STR("abcdef");

    (void)state;
    assert_str(df_str_slice(s, 1, 3), "bc");
    assert_str(df_str_slice(s, 4, 99), "ef");
    assert_str(df_str_slice(s, 99, 100), "");
    assert_str(df_str_slice(s, 3, 1), "");
    assert_str(df_str_from(s, 5), "f");
    assert_str(df_str_from(s, 7), "");
}

static void trimming_takes_ascii_blanks(void **state)
{
    (void)state;
    assert_str(df_str_trim(DF_STR(" \t\r\n\v\fa b \n")), "a b");
    assert_str(df_str_trim(DF_STR(" \t ")), "");
    assert_str(df_str_trim(DF_STR("\xC2\xA0x")), "\xC2\xA0x");
}

static void cutting_walks_through_fields(void **state)
{
    df_str rest = DF_STR("a,,b");
    df_str head;

    (void)state;
    assert_true(df_str_cut(&rest, ',', &head));
    assert_str(head, "a");
    assert_true(df_str_cut(&rest, ',', &head));
    assert_str(head, "");
    assert_false(df_str_cut(&rest, ',', &head));
    assert_str(head, "b");
    assert_str(rest, "");
}

static void a_list_ends_with_null(void **state)
{
    static const char *const list[] = {"add", "copy", NULL};

    (void)state;
    assert_true(df_str_in(DF_STR("copy"), list));
    assert_false(df_str_in(DF_STR("cop"), list));
    assert_false(df_str_in(DF_STR("copy"), NULL));
}

static void spans_hold_what_lies_inside(void **state)
{
    (void)state;
    assert_true(df_span_holds((df_span){2, 5}, (df_span){2, 5}));
    assert_true(df_span_holds((df_span){2, 5}, (df_span){7, 0}));
    assert_false(df_span_holds((df_span){2, 5}, (df_span){6, 2}));
    assert_int_equal(df_span_between(5, 3).len, 0);
}

int unit_str(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_c_string_is_empty),
        cmocka_unit_test(equality_is_of_bytes),
        cmocka_unit_test(case_is_ascii),
        cmocka_unit_test(order_is_that_of_unsigned_bytes),
        cmocka_unit_test(heads_and_tails),
        cmocka_unit_test(finding_tells_where_or_nowhere),
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(trimming_takes_ascii_blanks),
        cmocka_unit_test(cutting_walks_through_fields),
        cmocka_unit_test(a_list_ends_with_null),
        cmocka_unit_test(spans_hold_what_lies_inside),
    };

    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
