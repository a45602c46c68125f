/* Paths inside the image. */
#include "test/unit.h"

#include <dfopt/facts.h>

static const df_str UNKNOWN = {NULL, 0};

static void paths_are_joined_and_cleaned(void **state)
{
    static const struct {
        const char *dir;
        const char *path;
        const char *want; /* NULL: unknown */
    } rows[] = {
        {"/app", "x", "/app/x"},
        {"/app", "x/", "/app/x"},
        {"/app/", "./x//y/.", "/app/x/y"},
        {"/app", "/etc", "/etc"},
        {"/app", ".", "/app"},
        {"/app", "", "/app"},
        {"/app", "..", "/"},
        {"/app", "../../../x", "/x"},
        {"/", "x", "/x"},
        {"/", "..", "/"},
        {"/a/b", "../c/../d", "/a/d"},
        {".", "x", "x"},
        {".", "x/../y", "y"},
        {".", ".", "."},
        {"a", "..", "."},
        {"a", "../..", NULL},
        {".", "../x", NULL},
        {".", "/x/", "/x"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        df_str got = df_image_path(*state, df_str_of(rows[i].dir),
                                   df_str_of(rows[i].path));

        if (rows[i].want)
            assert_str(got, rows[i].want);
        else
            assert_null(got.ptr);
    }
}

static void an_unknown_directory_hides_relative_paths(void **state)
{
    assert_null(df_image_path(*state, UNKNOWN, DF_STR("x")).ptr);
    assert_str(df_image_path(*state, UNKNOWN, DF_STR("/x")), "/x");
    assert_null(df_image_path(*state, DF_STR("/"), UNKNOWN).ptr);
}

static void below_means_whole_parts(void **state)
{
    (void)state;
    assert_true(df_image_below(DF_STR("/app/x"), DF_STR("/app")));
    assert_true(df_image_below(DF_STR("/app"), DF_STR("/app")));
    assert_true(df_image_below(DF_STR("/app"), DF_STR("/")));
    assert_false(df_image_below(DF_STR("/apple"), DF_STR("/app")));
    assert_false(df_image_below(DF_STR("/"), DF_STR("/app")));
    assert_false(df_image_below(UNKNOWN, DF_STR("/")));
}

int unit_path(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(paths_are_joined_and_cleaned),
        arena_test(an_unknown_directory_hides_relative_paths),
        cmocka_unit_test(below_means_whole_parts),
    };

    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
