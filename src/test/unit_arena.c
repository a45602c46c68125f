/* Memory that lives as long as a document. */
#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

static void room_is_zeroed_and_aligned(void **state)
{
    df_arena *a = *state;

    for (size_t size = 1; size < 200; size++) {
        unsigned char *p = df_alloc(a, size, 1);

        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xFF, size);
    }
}

static void room_for_nothing_has_an_address(void **state)
{
    assert_non_null(df_alloc(*state, 0, 5));
    assert_non_null(df_alloc(*state, 5, 0));
}

static void what_is_large_gets_a_block_of_its_own(void **state)
{
    df_arena *a = *state;
    char *small = df_alloc(a, 1, 16);
    char *large = df_alloc(a, 1, 5000000);
    char *next = df_alloc(a, 1, 16);

    large[4999999] = 1;
    assert_true(next == small + 16);
    assert_true(df_arena_size(a) >= 5000000 + 16);
}

typedef struct {
    char *log;
    char letter;
} note;

static void write_note(void *ptr)
{
    const note *n = ptr;
    size_t len = strlen(n->log);

    n->log[len] = n->letter;
}

static void what_is_deferred_runs_once_newest_first(void **state)
{
    char log[8] = "";
    note first = {log, '1'};
    note second = {log, '2'};
    df_arena a;

    (void)state;
    df_arena_init(&a, NULL, NULL);
    df_defer(&a, write_note, &first);
    df_defer(&a, write_note, &second);
    assert_string_equal(log, "");
    df_arena_release(&a);
    df_arena_release(&a);
    assert_string_equal(log, "21");
}

/* Gives `left` blocks, then none. */
typedef struct {
    unsigned left;
} supply;

static void *take(void *ctx, size_t size)
{
    supply *s = ctx;

    if (!s->left)
        return NULL;
    s->left--;
    return malloc(size);
}

static void exhaustion_jumps(void **state)
{
    static volatile unsigned got;
    supply two = {2};
    df_allocator allocator = {take, &two};
    jmp_buf oom;
    df_arena a;

    (void)state;
    got = 0;
    df_arena_init(&a, &allocator, &oom);
    if (!setjmp(oom))
        for (;; got++)
            df_alloc(&a, 1, 1000000);
    df_arena_release(&a);
    assert_int_equal(got, 2);
}

static void a_size_that_overflows_is_exhaustion(void **state)
{
    static volatile bool jumped;
    jmp_buf oom;
    df_arena a;

    (void)state;
    jumped = false;
    df_arena_init(&a, NULL, &oom);
    if (!setjmp(oom))
        df_alloc(&a, SIZE_MAX / 2, 3);
    else
        jumped = true;
    df_arena_release(&a);
    assert_true(jumped);
}

static void a_pushed_array_keeps_its_elements(void **state)
{
    struct {
        unsigned *items;
        uint32_t nitems, citems;
    } list = {0};

    for (unsigned i = 0; i < 1000; i++)
        *df_push(*state, &list, items) = i;
    assert_int_equal(list.nitems, 1000);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(list.items[i], i);
}

static void copies_end_in_nul(void **state)
{
    df_str copy = df_str_dup(*state, DF_STR("abc"));
    df_str empty = df_str_dup(*state, (df_str){NULL, 0});

    assert_string_equal(copy.ptr, "abc");
    assert_string_equal(empty.ptr, "");
    assert_string_equal(df_cstr(*state, DF_STR("abcd")), "abcd");
}

static void a_format_has_any_length(void **state)
{
    df_str s = df_fmt(*state, "%s %0500d", "x", 7);

    assert_int_equal(s.len, 502);
    assert_int_equal(s.ptr[501], '7');
    assert_int_equal(s.ptr[502], 0);
}

int unit_arena(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(room_is_zeroed_and_aligned),
        arena_test(room_for_nothing_has_an_address),
        arena_test(what_is_large_gets_a_block_of_its_own),
        cmocka_unit_test(what_is_deferred_runs_once_newest_first),
        cmocka_unit_test(exhaustion_jumps),
        cmocka_unit_test(a_size_that_overflows_is_exhaustion),
        arena_test(a_pushed_array_keeps_its_elements),
        arena_test(copies_end_in_nul),
        arena_test(a_format_has_any_length),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
