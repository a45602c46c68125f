/* Growing output, and the map that stands beside it. */
#include "test/unit.h"

#include "base/buf.h"
#include "base/map.h"

static void an_empty_buffer_ends_in_nul(void **state)
{
    df_buf b;

    df_buf_init(&b, *state);
    assert_str(df_buf_str(&b), "");
    df_buf_adds(&b, "");
    assert_str(df_buf_str(&b), "");
}

static void pieces_follow_each_other(void **state)
{
    df_buf b;

    df_buf_init(&b, *state);
    df_buf_adds(&b, "FROM");
    df_buf_addc(&b, ' ');
    df_buf_add(&b, DF_STR("a\0b"));
    df_buf_fmt(&b, ":%u", 12u);
    assert_true(df_str_eq(df_buf_str(&b), DF_STR("FROM a\0b:12")));
    assert_int_equal(b.ptr[b.len], 0);
}

static void a_zeroed_buffer_is_ready(void **state)
{
    df_buf b = {.arena = *state};

    df_buf_addc(&b, 'x');
    assert_str(df_buf_str(&b), "x");
}

static void what_was_added_survives_growth(void **state)
{
    df_buf b;

    df_buf_init(&b, *state);
    for (unsigned i = 0; i < 100000; i++)
        df_buf_addc(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(b.ptr[i], 'a' + i % 26);
    assert_int_equal(b.ptr[b.len], 0);
}

static void a_map_keeps_the_order_of_its_keys(void **state)
{
    static int values[300];
    df_map m;

    df_map_init(&m, *state);
    for (int i = 0; i < 300; i++)
        df_map_put(&m, df_fmt(*state, "key %d", i * 7919 % 300), &values[i]);
    for (int i = 0; i < 300; i++)
        df_map_put(&m, df_fmt(*state, "key %d", i), &values[i]);
    assert_int_equal(m.nentries, 300);
    assert_str(m.entries[1].key, "key 119");
    for (int i = 0; i < 300; i++)
        assert_true(df_map_get(&m, df_fmt(*state, "key %d", i)) == &values[i]);
    assert_null(df_map_get(&m, DF_STR("key 300")));
}

static void a_null_value_is_there(void **state)
{
    df_map m;

    df_map_init(&m, *state);
    assert_false(df_map_has(&m, DF_STR("")));
    df_map_put(&m, DF_STR(""), NULL);
    assert_true(df_map_has(&m, DF_STR("")));
}

int unit_buf(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(an_empty_buffer_ends_in_nul),
        arena_test(pieces_follow_each_other),
        arena_test(a_zeroed_buffer_is_ready),
        arena_test(what_was_added_survives_growth),
        arena_test(a_map_keeps_the_order_of_its_keys),
        arena_test(a_null_value_is_there),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
