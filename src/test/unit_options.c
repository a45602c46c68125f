/* The command line. */
#include "test/unit.h"

#include <string.h>

#include "cli/options.h"

typedef struct {
    df_arena *arena;
    df_args args;
    df_err err;
} fixture;

/* Words are separated by one blank; they may not be empty. */
static bool parse(fixture *f, const char *line)
{
    df_str rest = df_str_of(line);
    df_str word;
    char *argv[16] = {NULL};
    int argc = 0;
    bool more;

    do {
        more = df_str_cut(&rest, ' ', &word);
        argv[argc++] = df_cstr(f->arena, word);
    } while (more);
    memset(&f->err, 0, sizeof f->err);
    return df_args_parse(&f->args, f->arena, argc, argv, &f->err);
}

static void short_flags_bundle(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt -wqj4 a"));
    assert_true(f.args.write);
    assert_true(f.args.quiet);
    assert_int_equal(f.args.jobs, 4);
    assert_int_equal(f.args.nfiles, 1);
}

static void a_value_may_be_joined_or_follow(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt --target=a=b"));
    assert_string_equal(f.args.target, "a=b");
    assert_true(parse(&f, "dfopt --target --check"));
    assert_string_equal(f.args.target, "--check");
    assert_false(f.args.check);
    assert_true(parse(&f, "dfopt -Cdir"));
    assert_string_equal(f.args.context, "dir");
    assert_true(parse(&f, "dfopt -qC dir"));
    assert_string_equal(f.args.context, "dir");
}

static void a_missing_value_is_an_error(void **state)
{
    fixture f = {.arena = *state};

    assert_false(parse(&f, "dfopt --target"));
    assert_string_equal(f.err.text, "--target needs a value: NAME");
    assert_false(parse(&f, "dfopt -qj"));
    assert_string_equal(f.err.text, "-j needs a value: N");
}

static void a_flag_takes_no_value(void **state)
{
    fixture f = {.arena = *state};

    assert_false(parse(&f, "dfopt --check=yes"));
    assert_string_equal(f.err.text, "--check takes no value");
}

static void a_typo_is_answered_with_the_nearest_name(void **state)
{
    fixture f = {.arena = *state};

    assert_false(parse(&f, "dfopt --chek"));
    assert_string_equal(f.err.text,
                        "unknown option --chek; did you mean --check?");
    assert_false(parse(&f, "dfopt --conf x"));
    assert_string_equal(f.err.text,
                        "unknown option --conf; did you mean --config?");
    assert_false(parse(&f, "dfopt --zzzzzz"));
    assert_string_equal(f.err.text,
                        "unknown option --zzzzzz; see dfopt --help");
    assert_false(parse(&f, "dfopt -x"));
}

static void two_dashes_end_the_options(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt -d -- -w explain"));
    assert_false(f.args.write);
    assert_int_equal(f.args.command, DF_COMMAND_REWRITE);
    assert_int_equal(f.args.nfiles, 2);
    assert_string_equal(f.args.files[0], "-w");
}

static void options_may_follow_files(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt a -d b"));
    assert_true(f.args.diff);
    assert_int_equal(f.args.nfiles, 2);
}

static void a_dash_is_a_file(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt -"));
    assert_string_equal(f.args.files[0], "-");
}

static void only_the_first_word_is_a_command(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt -v explain hook"));
    assert_int_equal(f.args.command, DF_COMMAND_EXPLAIN);
    assert_string_equal(f.args.files[0], "hook");
    assert_true(parse(&f, "dfopt ./hook"));
    assert_int_equal(f.args.command, DF_COMMAND_REWRITE);
}

static void lists_split_at_commas_and_add_up(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt --only a,,b --only=c"));
    assert_int_equal(f.args.only.nitems, 3);
    assert_string_equal(f.args.only.items[2], "c");
    assert_null(f.args.only.items[3]);
    assert_null(f.args.skip.items);
}

static void build_args_keep_their_commas(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt --build-arg A=1,2 --build-arg B"));
    assert_int_equal(f.args.build_args.nitems, 2);
    assert_string_equal(f.args.build_args.items[0], "A=1,2");
}

static void choices_are_numbers_of_words(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt --format sarif --color=never"));
    assert_int_equal(f.args.format, DF_FORMAT_SARIF);
    assert_int_equal(f.args.color, DF_COLOR_NEVER);
    assert_false(parse(&f, "dfopt --format=yaml"));
    assert_string_equal(
        f.err.text,
        "--format: unknown word 'yaml'; it takes text|json|sarif|github");
    assert_false(parse(&f, "dfopt --format=jsn"));
    assert_string_equal(f.err.text,
                        "--format: unknown word 'jsn'; did you mean json?");
}

static void jobs_are_counted_from_1_to_1024(void **state)
{
    fixture f = {.arena = *state};

    assert_true(parse(&f, "dfopt -j 1024"));
    assert_int_equal(f.args.jobs, 1024);
    assert_false(parse(&f, "dfopt -j 0"));
    assert_false(parse(&f, "dfopt -j 1025"));
    assert_false(parse(&f, "dfopt -j 99999999999999999999"));
    assert_false(parse(&f, "dfopt -j 2x"));
    assert_false(parse(&f, "dfopt -j -1"));
}

static void what_cannot_be_meant_together_is_refused(void **state)
{
    fixture f = {.arena = *state};

    assert_false(parse(&f, "dfopt -w --check"));
    assert_false(parse(&f, "dfopt -l -d"));
    assert_false(parse(&f, "dfopt -qv"));
    assert_false(parse(&f, "dfopt --config=x --no-config"));
    assert_false(parse(&f, "dfopt --format=markdown"));
    assert_true(parse(&f, "dfopt explain --format=markdown"));
    assert_true(parse(&f, "dfopt -w --check --help"));
}

static df_str text_of(df_arena *a, void (*print)(df_buf *out))
{
    df_buf out;

    df_buf_init(&out, a);
    print(&out);
    return df_buf_str(&out);
}

static void help_man_page_and_completion_name_every_option(void **state)
{
    df_str help = text_of(*state, df_args_help);
    df_str man = text_of(*state, df_args_man);
    df_str completion = text_of(*state, df_args_completion);

    assert_true(df_str_has(help, "\n  -C, --context DIR"));
    assert_true(df_str_has(man, "\\fB\\-C\\fR, \\fB\\-\\-context\\fR"));
    assert_true(df_str_has(completion, " --context="));
    assert_false(df_str_has(help, "--all"));
}

static void help_fits_80_columns(void **state)
{
    df_str help = text_of(*state, df_args_help);
    df_str line;

    while (help.len) {
        df_str_cut(&help, '\n', &line);
        assert_in_range(line.len, 0, 79);
    }
}

int unit_options(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(short_flags_bundle),
        arena_test(a_value_may_be_joined_or_follow),
        arena_test(a_missing_value_is_an_error),
        arena_test(a_flag_takes_no_value),
        arena_test(a_typo_is_answered_with_the_nearest_name),
        arena_test(two_dashes_end_the_options),
        arena_test(options_may_follow_files),
        arena_test(a_dash_is_a_file),
        arena_test(only_the_first_word_is_a_command),
        arena_test(lists_split_at_commas_and_add_up),
        arena_test(build_args_keep_their_commas),
        arena_test(choices_are_numbers_of_words),
        arena_test(jobs_are_counted_from_1_to_1024),
        arena_test(what_cannot_be_meant_together_is_refused),
        arena_test(help_man_page_and_completion_name_every_option),
        arena_test(help_fits_80_columns),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
