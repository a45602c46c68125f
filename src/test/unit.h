/*
 * What the tests share: cmocka with the headers it needs before it, an arena
 * for a test, and strings compared as strings.
 *
 * A file unit_<noun>.c defines unit_<noun>, which runs its group and returns
 * the number of failures; the Makefile finds it by its name.
 */
#ifndef DF_TEST_UNIT_H
#define DF_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#define UNIT(noun) int unit_##noun(void);
#include "units.def"
#undef UNIT

/* *state is an empty df_arena, released behind the test. */
int unit_set_up(void **state);
int unit_tear_down(void **state);

#define arena_test(f)                                                          \
    cmocka_unit_test_setup_teardown(f, unit_set_up, unit_tear_down)

/* A failure shows both strings and the line of the caller. */
#define assert_str(got, want) unit_assert_str(got, want, __FILE__, __LINE__)
void unit_assert_str(df_str got, const char *want, const char *file, int line);

/* Works in constant initialisers, for tables. */
#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
