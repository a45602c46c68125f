/* What the tests share: see test/unit.h. */
#include "test/unit.h"

int unit_set_up(void **state)
{
    static df_arena arena;

    df_arena_init(&arena, NULL, NULL);
    *state = &arena;
    return 0;
}

int unit_tear_down(void **state)
{
    df_arena_release(*state);
    return 0;
}

void unit_assert_str(df_str got, const char *want, const char *file, int line)
{
    if (df_str_is(got, want))
        return;
    print_error("got:    \"%.*s\"\nwanted: \"%s\"\n", DF_STR_ARG(got), want);
    _fail(file, line);
}
