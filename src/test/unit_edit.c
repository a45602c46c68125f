/*
 * Edits: groups that touch, groups that overlap, moves, and where the bytes
 * of the new text came from.
 */
#include "test/unit.h"

#include "text/edit.h"

typedef struct {
    df_arena *arena;
    df_edits edits;
    df_edit_group group; /* being made */
    uint32_t *origin;    /* of the last result */
} fixture;

static int set_up(void **state)
{
    static df_arena arena;
    static fixture f;

    df_arena_init(&arena, NULL, NULL);
    f = (fixture){.arena = &arena};
    df_edits_init(&f.edits, &arena, DF_STR("0123456789"));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    df_arena_release(f->arena);
    return 0;
}

/* Put `text` in place of bytes [from, to). */
static void replace(fixture *f, uint32_t from, uint32_t to, const char *text)
{
    *df_push(f->arena, &f->group, edits) =
        (df_edit){.at = {from, to - from}, .text = df_str_of(text)};
}

static void copy(fixture *f, uint32_t from, uint32_t to, uint32_t off)
{
    *df_push(f->arena, &f->group, edits) =
        (df_edit){.at = {off, 0}, .from = {from, to - from}, .copies = true};
}

static void move(fixture *f, uint32_t from, uint32_t to, uint32_t off)
{
    copy(f, from, to, off);
    replace(f, from, to, "");
}

/* Hand the group in and begin another. */
static bool add(fixture *f)
{
    bool taken = df_edits_add(&f->edits, &f->group);

    f->group = (df_edit_group){0};
    return taken;
}

static df_str apply(fixture *f)
{
    return df_edits_apply(&f->edits, NULL, &f->origin);
}

static void no_edit_changes_nothing(void **state)
{
    fixture *f = *state;

    assert_true(add(f));
    assert_str(apply(f), "0123456789");
}

static void an_edit_may_insert_replace_and_delete(void **state)
{
    fixture *f = *state;

    replace(f, 0, 0, "<");
    replace(f, 2, 4, "xyz");
    replace(f, 6, 8, "");
    replace(f, 10, 10, ">");
    assert_true(add(f));
    assert_str(apply(f), "<01xyz4589>");
}

static void groups_that_touch_are_both_taken(void **state)
{
    fixture *f = *state;

    replace(f, 2, 4, "a");
    assert_true(add(f));
    replace(f, 4, 6, "b");
    assert_true(add(f));
    replace(f, 0, 2, "c");
    assert_true(add(f));
    assert_str(apply(f), "cab6789");
}

static void insertions_at_one_place_keep_their_order(void **state)
{
    fixture *f = *state;

    replace(f, 5, 5, "a");
    replace(f, 5, 5, "b");
    assert_true(add(f));
    replace(f, 5, 5, "c");
    assert_true(add(f));
    assert_str(apply(f), "01234abc56789");
}

static void an_insertion_stands_before_what_is_replaced_there(void **state)
{
    fixture *f = *state;

    replace(f, 5, 7, "x");
    assert_true(add(f));
    replace(f, 5, 5, "a");
    assert_true(add(f));
    replace(f, 7, 7, "b");
    assert_true(add(f));
    assert_str(apply(f), "01234axb789");
}

static void an_overlap_refuses_the_whole_group(void **state)
{
    fixture *f = *state;

    replace(f, 2, 5, "a");
    assert_true(add(f));
    replace(f, 8, 9, "b");
    replace(f, 4, 6, "c");
    assert_false(add(f));
    replace(f, 8, 9, "d");
    assert_true(add(f));
    assert_str(apply(f), "01a567d9");
}

static void an_insertion_inside_replaced_bytes_is_refused(void **state)
{
    fixture *f = *state;

    replace(f, 2, 5, "a");
    assert_true(add(f));
    replace(f, 3, 3, "b");
    assert_false(add(f));
    assert_str(apply(f), "01a56789");
}

static void a_move_takes_bytes_away_and_puts_them_elsewhere(void **state)
{
    fixture *f = *state;

    move(f, 1, 3, 8);
    assert_true(add(f));
    assert_str(apply(f), "0345671289");
}

static void a_move_goes_up_too(void **state)
{
    fixture *f = *state;

    move(f, 7, 9, 0);
    assert_true(add(f));
    assert_str(apply(f), "7801234569");
}

static void moved_bytes_may_not_be_edited_too(void **state)
{
    fixture *f = *state;

    move(f, 1, 4, 8);
    assert_true(add(f));
    replace(f, 2, 3, "x");
    assert_false(add(f));
    assert_str(apply(f), "0456712389");
}

static void edited_bytes_may_not_be_moved_or_copied(void **state)
{
    fixture *f = *state;

    replace(f, 2, 3, "x");
    assert_true(add(f));
    move(f, 1, 4, 8);
    assert_false(add(f));
    copy(f, 2, 3, 0);
    assert_false(add(f));
    assert_str(apply(f), "01x3456789");
}

static void a_copy_leaves_its_bytes_where_they_are(void **state)
{
    fixture *f = *state;

    copy(f, 0, 3, 10);
    assert_true(add(f));
    assert_str(apply(f), "0123456789012");
}

static void assert_origin(fixture *f, const uint32_t *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(f->origin[i], want[i]);
}

static void bytes_know_where_they_came_from(void **state)
{
    static const uint32_t want[] = {0, 1, 2, 2, 2, 4, 5, 8, 9, 6, 7, 10};
    fixture *f = *state;

    replace(f, 2, 4, "xyz");
    move(f, 6, 8, 10);
    assert_true(add(f));
    assert_str(apply(f), "01xyz458967");
    assert_origin(f, want, COUNT(want));
}

static void a_second_round_still_knows_the_first_text(void **state)
{
    static const uint32_t want[] = {8, 9, 0, 1, 2, 3, 10};
    fixture *f = *state;
    uint32_t *first;
    df_str text;

    move(f, 8, 10, 0);
    assert_true(add(f));
    text = apply(f);
    first = f->origin;
    df_edits_init(&f->edits, f->arena, text);
    replace(f, 6, 10, "");
    assert_true(add(f));
    assert_str(df_edits_apply(&f->edits, first, &f->origin), "890123");
    assert_origin(f, want, COUNT(want));
}

static void an_empty_text_can_be_written_to(void **state)
{
    fixture *f = *state;

    df_edits_init(&f->edits, f->arena, DF_STR(""));
    replace(f, 0, 0, "a");
    assert_true(add(f));
    assert_str(apply(f), "a");
    assert_int_equal(f->origin[1], 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int unit_edit(void)
{
    static const struct CMUnitTest tests[] = {
        test(no_edit_changes_nothing),
        test(an_edit_may_insert_replace_and_delete),
        test(groups_that_touch_are_both_taken),
        test(insertions_at_one_place_keep_their_order),
        test(an_insertion_stands_before_what_is_replaced_there),
        test(an_overlap_refuses_the_whole_group),
        test(an_insertion_inside_replaced_bytes_is_refused),
        test(a_move_takes_bytes_away_and_puts_them_elsewhere),
        test(a_move_goes_up_too),
        test(moved_bytes_may_not_be_edited_too),
        test(edited_bytes_may_not_be_moved_or_copied),
        test(a_copy_leaves_its_bytes_where_they_are),
        test(bytes_know_where_they_came_from),
        test(a_second_round_still_knows_the_first_text),
        test(an_empty_text_can_be_written_to),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
