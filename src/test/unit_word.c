/*
 * The builder's variable expansion. Every row is what BuildKit's own
 * shell.Lex answers, with these variables:
 *
 *     A=a  E=  P=/usr/local/lib/x.tar.gz  T="b c"  N='$A'  U=\303\251t\303\251
 */
#include "test/unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "syntax/word.h"

typedef struct {
    const char *word;
    const char *text;  /* NULL: refused */
    const char *words; /* the same, split, with | between */
} row;

static const row PLAIN[] = {
    {"hello", "hello", "hello"},
    {"\"hello\"", "hello", "hello"},
    {"'hello'", "hello", "hello"},
    {"he'l\"l'o", "hel\"lo", "hel\"lo"},
    {"\"he'llo\"", "he'llo", "he'llo"},
    {"a\"b c\"d", "ab cd", "ab cd"},
    {"\"\"", "", ""},
    {"a\\\"b", "a\"b", "a\"b"},
    {"\"a\\\"b\"", "a\"b", "a\"b"},
    {"\"a\\\\b\"", "a\\b", "a\\b"},
    {"\"a\\nb\"", "a\\nb", "a\\nb"},
    {"'a\\nb'", "a\\nb", "a\\nb"},
    {"a\\nb", "anb", "anb"},
    {"a\\\\b", "a\\b", "a\\b"},
    {"a\\", "a", "a"},
    {"\"open", NULL, NULL},
    {"'open", NULL, NULL},
    {"a b  c", "a b  c", "a|b|c"},
    {" a ", " a ", "a"},
    {"\"a b\" c", "a b c", "a b|c"},
    {"a\\ b", "a b", "a b"},
};

static const row NAMES[] = {
    {"$A", "a", "a"},
    {"${A}", "a", "a"},
    {"$Ab", "", ""},
    {"${A}b", "ab", "ab"},
    {"$A$A", "aa", "aa"},
    {"x$A.y", "xa.y", "xa.y"},
    {"$X", "", ""},
    {"${X}", "", ""},
    {"a$", "a$", "a$"},
    {"$", "$", "$"},
    {"$$", "", ""},
    {"$.", "$.", "$."},
    {"\"$A\"", "a", "a"},
    {"'$A'", "$A", "$A"},
    {"\\$A", "$A", "$A"},
    {"\"\\$A\"", "$A", "$A"},
    {"$1", "", ""},
    {"$12x", "x", "x"},
    {"${1}", "", ""},
    {"$@", "", ""},
    {"${@}", "", ""},
    {"$*x", "x", "x"},
    {"$?", "", ""},
    {"$-", "", ""},
    {"$!", "", ""},
    {"$#", "", ""},
    {"$0x", "x", "x"},
    {"$_", "", ""},
    {"$E", "", ""},
    {"$N", "$A", "$A"},
    {"$T", "b c", "b|c"},
    {"\"$T\"", "b c", "b c"},
    {"x${T}y", "xb cy", "xb|cy"},
    {"$U", "\303\251t\303\251", "\303\251t\303\251"},
    {"$A\303\251", "", ""},
};

static const row DEFAULTS[] = {
    {"${X:-d}", "d", "d"},
    {"${X-d}", "d", "d"},
    {"${E:-d}", "d", "d"},
    {"${E-d}", "", ""},
    {"${A:-d}", "a", "a"},
    {"${X:+d}", "", ""},
    {"${A:+d}", "d", "d"},
    {"${E:+d}", "", ""},
    {"${E+d}", "d", "d"},
    {"${X+d}", "", ""},
    {"${X:-}", "", ""},
    {"${X:-$A}", "a", "a"},
    {"${X:-${E:-$A}}", "a", "a"},
    {"${X:-\"a b\"}", "a b", "a|b"},
    {"${X:-'a b'}", "a b", "a|b"},
    {"${X:-a b}", "a b", "a|b"},
    {"${X:-\\}}", "}", "}"},
    {"${X:-a\\$b}", "a$b", "a$b"},
    {"x${X:-y z}w", "xy zw", "y|zw"},
    {"${A:+$T}", "b c", "b|c"},
    {"\"${X:-\"d\"}\"", "d", "d"},
};

static const row REQUIRED[] = {
    {"${A:?no}", "a", "a"},   {"${A?no}", "a", "a"},  {"${X:?no}", NULL, NULL},
    {"${X?}", NULL, NULL},    {"${E:?}", NULL, NULL}, {"${E?}", "", ""},
    {"${E:?no}", NULL, NULL},
};

static const row TRIMS[] = {
    {"${P#*/}", "usr/local/lib/x.tar.gz", "usr/local/lib/x.tar.gz"},
    {"${P##*/}", "x.tar.gz", "x.tar.gz"},
    {"${P%.*}", "/usr/local/lib/x.tar", "/usr/local/lib/x.tar"},
    {"${P%%.*}", "/usr/local/lib/x", "/usr/local/lib/x"},
    {"${P#/usr}", "/local/lib/x.tar.gz", "/local/lib/x.tar.gz"},
    {"${P%x}", "/usr/local/lib/x.tar.gz", "/usr/local/lib/x.tar.gz"},
    {"${P#x}", "/usr/local/lib/x.tar.gz", "/usr/local/lib/x.tar.gz"},
    {"${P#?}", "usr/local/lib/x.tar.gz", "usr/local/lib/x.tar.gz"},
    {"${P%?}", "/usr/local/lib/x.tar.g", "/usr/local/lib/x.tar.g"},
    {"${P##*}", "", ""},
    {"${P%%*}", "", ""},
    {"${P#\\/usr}", "/local/lib/x.tar.gz", "/local/lib/x.tar.gz"},
    {"${P#$X/usr}", "/local/lib/x.tar.gz", "/local/lib/x.tar.gz"},
    {"${P#\"/usr\"}", "/local/lib/x.tar.gz", "/local/lib/x.tar.gz"},
    {"${X#a}", "", ""},
    {"${A#a}", "", ""},
    {"${P#[/]}", "/usr/local/lib/x.tar.gz", "/usr/local/lib/x.tar.gz"},
    {"${P%\\*}", "/usr/local/lib/x.tar.gz", "/usr/local/lib/x.tar.gz"},
    {"${P#\\a}", NULL, NULL},
};

static const row REPLACES[] = {
    {"${P/\\//_}", "_usr/local/lib/x.tar.gz", "_usr/local/lib/x.tar.gz"},
    {"${P//\\//_}", "_usr_local_lib_x.tar.gz", "_usr_local_lib_x.tar.gz"},
    {"${P/l*l/_}", "/usr/_ib/x.tar.gz", "/usr/_ib/x.tar.gz"},
    {"${P//a/}", "/usr/locl/lib/x.tr.gz", "/usr/locl/lib/x.tr.gz"},
    {"${P/z/y}", "/usr/local/lib/x.tar.gy", "/usr/local/lib/x.tar.gy"},
    {"${P//./-}", "/usr/local/lib/x-tar-gz", "/usr/local/lib/x-tar-gz"},
    {"${P/usr/$A}", "/a/local/lib/x.tar.gz", "/a/local/lib/x.tar.gz"},
    {"${T/ /_}", "b_c", "b_c"},
    {"${X/a/b}", "", ""},
    {"${P/a}", NULL, NULL},
    {"${P//a/\\}}", "/usr/loc\\}l/lib/x.t\\}r.gz",
     "/usr/loc\\}l/lib/x.t\\}r.gz"},
    {"${A/a/\"q r\"}", "q r", "q|r"},
    {"${P/?/}", "usr/local/lib/x.tar.gz", "usr/local/lib/x.tar.gz"},
};

static const row REFUSED[] = {
    {"${", NULL, NULL},      {"${A", NULL, NULL},    {"${}", NULL, NULL},
    {"${:}", NULL, NULL},    {"${{A}}", NULL, NULL}, {"${A:}", NULL, NULL},
    {"${A!}", NULL, NULL},   {"${A=x}", NULL, NULL}, {"${A:=x}", NULL, NULL},
    {"${A^^}", NULL, NULL},  {"${A,}", NULL, NULL},  {"${#A}", NULL, NULL},
    {"${A:#x}", NULL, NULL}, {"${-x}", NULL, NULL},  {"${A:-", NULL, NULL},
    {"${A#", NULL, NULL},    {"${A//x", NULL, NULL},
};

static const row BACKTICK[] = {
    {"a`b", "ab", "ab"},           {"`$A", "$A", "$A"},
    {"\"a`\"b\"", "a\"b", "a\"b"}, {"a\\b", "a\\b", "a\\b"},
    {"a``b", "a`b", "a`b"},        {"${X:-`}}", "}", "}"},
};

static const row UNSET[] = {
    {"$X", "$X", "$X"},
    {"${X}", "${X}", "${X}"},
    {"${X:-d}", "${X:-d}", "${X:-d}"},
    {"${X-d}", "${X-d}", "${X-d}"},
    {"${X:+d}", "${X:+d}", "${X:+d}"},
    {"${X:?d}", "${X:?d}", "${X:?d}"},
    {"$A$X", "a$X", "a$X"},
    {"${X#a}", "${X#a}", "${X#a}"},
    {"${X/a/b}", "${X/a/b}", "${X/a/b}"},
    {"${X//a/b}", "${X/a/b}", "${X/a/b}"},
    {"\"$X\"", "$X", "$X"},
    {"x$X y", "x$X y", "x$X|y"},
};

static const row RAW[] = {
    {"\"a b\" c", "\"a b\" c", "\"a b\"|c"},
    {"'a b'c", "'a b'c", "'a b'c"},
    {"a\\ b", "a\\ b", "a\\ b"},
    {"\"a\\\"b\"", "\"a\\\"b\"", "\"a\\\"b\""},
    {"\"a\\nb\"", "\"a\\\\nb\"", "\"a\\\\nb\""},
    {"$A\"$A\"", "a\"a\"", "a\"a\""},
    {"${X:-\"q\"}", "\"q\"", "\"q\""},
    {"\\$A", "\\$A", "\\$A"},
};

static const row HEREDOCS[] = {
    {"cat << EOF b", "cat << EOF b", "cat|<< EOF|b"},
    {"cat <<EOF", "cat <<EOF", "cat|<<EOF"},
    {"a < b", "a < b", "a|<|b"},
    {"<<  x", "<<  x", "<<  x"},
    {"<<\t\"E F\" g", "<<\t\"E F\" g", "<<\t\"E F\"|g"},
    {"x<<EOF", "x<<EOF", "x<<EOF"},
    {"<<- EOF", "<<- EOF", "<<-|EOF"},
    {"$((1 << 2))", "$((1 << 2))", "$((1|<< 2))"},
    {"3<<E", "3<<E", "3<<E"},
};

static df_env_answer get(void *ctx, df_str name, df_str *value)
{
    static const char *const vars[][2] = {
        {"A", "a"},   {"E", ""},   {"P", "/usr/local/lib/x.tar.gz"},
        {"T", "b c"}, {"N", "$A"}, {"U", "\303\251t\303\251"},
    };

    (void)ctx;
    for (size_t i = 0; i < COUNT(vars); i++) {
        if (!df_str_is(name, vars[i][0]))
            continue;
        *value = df_str_of(vars[i][1]);
        return DF_ENV_SET;
    }
    return df_str_is(name, "UNKNOWN") ? DF_ENV_UNKNOWN : DF_ENV_UNSET;
}

static const df_env ENV = {get, NULL};

static df_str joined(df_arena *a, const df_expansion *e)
{
    df_buf out;

    df_buf_init(&out, a);
    for (uint32_t i = 0; i < e->nwords; i++) {
        if (i)
            df_buf_addc(&out, '|');
        df_buf_add(&out, e->words[i].str);
    }
    return df_buf_str(&out);
}

static void check(df_arena *a, const row *r, df_word_mode mode)
{
    df_expansion e = df_word_process(a, df_str_of(r->word), mode, &ENV);

    if (e.ok != (r->text != NULL))
        fail_msg("%s: %.*s", r->word, DF_STR_ARG(e.error));
    if (!r->text) {
        assert_true(e.error.len > 0);
        return;
    }
    assert_str(e.text, r->text);
    assert_str(joined(a, &e), r->words);
    assert_false(e.unknown);
}

#define CHECK(a, rows, ...)                                                    \
    for (size_t i = 0; i < COUNT(rows); i++)                                   \
    check(a, &rows[i], (df_word_mode){__VA_ARGS__})

static void quotes_and_escapes_go_away(void **state)
{
    CHECK(*state, PLAIN, .escape = '\\');
}

static void names_end_where_the_builder_ends_them(void **state)
{
    CHECK(*state, NAMES, .escape = '\\');
}

static void defaults_and_alternatives(void **state)
{
    CHECK(*state, DEFAULTS, .escape = '\\');
}

static void requirements(void **state)
{
    CHECK(*state, REQUIRED, .escape = '\\');
}

static void heads_and_tails_are_cut(void **state)
{
    CHECK(*state, TRIMS, .escape = '\\');
}

static void parts_are_replaced(void **state)
{
    CHECK(*state, REPLACES, .escape = '\\');
}

static void what_the_builder_refuses_is_refused(void **state)
{
    CHECK(*state, REFUSED, .escape = '\\');
}

static void the_backtick_can_escape(void **state)
{
    CHECK(*state, BACKTICK, .escape = '`');
}

static void unset_names_can_stay(void **state)
{
    CHECK(*state, UNSET, .escape = '\\', .skip_unset = true);
}

static void quotes_and_escapes_can_stay(void **state)
{
    CHECK(*state, RAW, .escape = '\\', .raw_quotes = true, .raw_escapes = true);
}

static void heredocs_keep_their_blanks(void **state)
{
    CHECK(*state, HEREDOCS, '\\', true, true, true);
}

static df_expansion expand(df_arena *a, const char *word)
{
    df_word_mode mode = {.escape = '\\'};

    return df_word_process(a, df_str_of(word), mode, &ENV);
}

static void an_unknown_value_is_told(void **state)
{
    assert_true(expand(*state, "a${UNKNOWN}b").unknown);
    assert_true(expand(*state, "${UNKNOWN:-x}").unknown);
    assert_true(expand(*state, "${X:-$UNKNOWN}").unknown);
    assert_true(expand(*state, "${UNKNOWN:?x}").ok);
    assert_false(expand(*state, "'$UNKNOWN'").unknown);
}

static void no_environment_means_unset(void **state)
{
    df_word_mode mode = {.escape = '\\'};
    df_expansion e = df_word_process(*state, DF_STR("a$A"), mode, NULL);

    assert_true(e.ok);
    assert_str(e.text, "a");
}

static void words_know_where_they_stand(void **state)
{
    df_expansion e = expand(*state, " ab  'c d'e $T");

    assert_int_equal(e.nwords, 4);
    assert_int_equal(e.words[0].from, 1);
    assert_int_equal(e.words[0].to, 3);
    assert_int_equal(e.words[1].from, 5);
    assert_int_equal(e.words[1].to, 11);
    assert_int_equal(e.words[2].from, 12);
}

/* ${X:-${X:-… n times. */
static df_str nest(df_arena *a, unsigned n)
{
    df_buf b;

    df_buf_init(&b, a);
    for (unsigned i = 0; i < n; i++)
        df_buf_adds(&b, "${X:-");
    for (unsigned i = 0; i < n; i++)
        df_buf_addc(&b, '}');
    return df_buf_str(&b);
}

static void nesting_has_a_limit(void **state)
{
    df_word_mode mode = {.escape = '\\'};
    df_arena *a = *state;

    assert_true(df_word_process(a, nest(a, DF_MAX_DEPTH - 1), mode, &ENV).ok);
    assert_false(df_word_process(a, nest(a, DF_MAX_DEPTH), mode, &ENV).ok);
    assert_false(df_word_process(a, nest(a, 100000), mode, &ENV).ok);
}

int unit_word(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(quotes_and_escapes_go_away),
        arena_test(names_end_where_the_builder_ends_them),
        arena_test(defaults_and_alternatives),
        arena_test(requirements),
        arena_test(heads_and_tails_are_cut),
        arena_test(parts_are_replaced),
        arena_test(what_the_builder_refuses_is_refused),
        arena_test(the_backtick_can_escape),
        arena_test(unset_names_can_stay),
        arena_test(quotes_and_escapes_can_stay),
        arena_test(heredocs_keep_their_blanks),
        arena_test(an_unknown_value_is_told),
        arena_test(no_environment_means_unset),
        arena_test(words_know_where_they_stand),
        arena_test(nesting_has_a_limit),
    };

    return cmocka_run_group_tests_name("word", tests, NULL, NULL);
}
