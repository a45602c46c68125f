/*
 * The shell parser: what is understood, what is not, and where things stand.
 * Trees of real scripts are compared elsewhere; here are the corners.
 */
#include "test/unit.h"

#include <string.h>

#include <dfopt/shell.h>

#include "base/buf.h"
#include "base/limits.h"
#include "shell/sh_dump.h"

typedef struct {
    const char *script;
    const char *problem;
} refusal;

static const df_sh_tree *parse_str(df_arena *a, df_str script,
                                   df_shell_kind shell)
{
    df_seg *seg = df_new(a, df_seg);
    df_text text = {script, seg, 1, true};

    return df_sh_parse(a, &text, shell);
}

static const df_sh_tree *parse(df_arena *a, const char *script)
{
    return parse_str(a, df_str_of(script), DF_SHELL_BASH);
}

static const df_sh_node *command(const df_sh_tree *tree)
{
    assert_true(tree->ok);
    return tree->root->kids[0]->kids[0]->kids[0];
}

static const df_sh_word *word(df_arena *a, const char *text)
{
    const df_sh_node *node =
        command(parse_str(a, df_fmt(a, "x %s", text), DF_SHELL_BASH));

    assert_int_equal(node->nwords, 2);
    assert_str(node->words[1].text, text);
    return &node->words[1];
}

static void assert_understood(df_arena *a, const char *const *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const df_sh_tree *tree = parse(a, scripts[i]);

        if (!tree->ok)
            print_error("%s: %.*s\n", scripts[i], DF_STR_ARG(tree->problem));
        assert_true(tree->ok);
    }
}

static void assert_refused(df_arena *a, const refusal *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const df_sh_tree *tree = parse(a, rows[i].script);

        if (tree->ok)
            print_error("understood: %s\n", rows[i].script);
        assert_false(tree->ok);
        assert_null(tree->root);
        assert_str(tree->problem, rows[i].problem);
    }
}

static void assert_dump(df_arena *a, const char *script, const char *want)
{
    df_buf out;

    df_buf_init(&out, a);
    df_sh_dump(&out, parse(a, script));
    assert_str(df_buf_str(&out), want);
}

static void lists_keep_their_operators(void **state)
{
    assert_dump(*state, "a && b || ! c | d; e &\nf",
                "(script\n"
                "  (list\n"
                "    (andor op=;\n"
                "      (pipe\n"
                "        (simple \"a\"))\n"
                "      (pipe op=&&\n"
                "        (simple \"b\"))\n"
                "      (pipe op=|| not\n"
                "        (simple \"c\")\n"
                "        (simple op=| \"d\")))\n"
                "    (andor op=&\n"
                "      (pipe\n"
                "        (simple \"e\")))\n"
                "    (andor\n"
                "      (pipe\n"
                "        (simple \"f\")))))\n");
}

static void commands_keep_assignments_and_redirections(void **state)
{
    assert_dump(*state, "x=1 y=$z a 2>&1 >'f' w=2 # c",
                "(script\n"
                "  (list\n"
                "    (andor\n"
                "      (pipe\n"
                "        (simple (assign \"x\" \"1\") (assign \"y\" \"$z\":var)"
                " \"a\" \"w=2\" (redir 2>& \"1\")"
                " (redir > \"'f'\":quoted)))))\n"
                "  (comment 25+3))\n");
}

static void compound_commands_are_trees(void **state)
{
    assert_dump(*state, "if a; then b; elif c; then d; else e; fi >f",
                "(script\n"
                "  (list\n"
                "    (andor\n"
                "      (pipe\n"
                "        (if (redir > \"f\")\n"
                "          (list\n"
                "            (andor op=;\n"
                "              (pipe\n"
                "                (simple \"a\"))))\n"
                "          (list\n"
                "            (andor op=;\n"
                "              (pipe\n"
                "                (simple \"b\"))))\n"
                "          (list\n"
                "            (andor op=;\n"
                "              (pipe\n"
                "                (simple \"c\"))))\n"
                "          (list\n"
                "            (andor op=;\n"
                "              (pipe\n"
                "                (simple \"d\"))))\n"
                "          (list\n"
                "            (andor op=;\n"
                "              (pipe\n"
                "                (simple \"e\")))))))))\n");
}

static void a_case_inside_a_substitution_may_hold_parentheses(void **state)
{
    assert_dump(*state, "$(case x in a) b;; (c|d) ;; esac)",
                "(script\n"
                "  (list\n"
                "    (andor\n"
                "      (pipe\n"
                "        (simple \"$(case x in a) b;; (c|d) ;; esac)\":cmdsub\n"
                "          (list\n"
                "            (andor\n"
                "              (pipe\n"
                "                (case \"x\"\n"
                "                  (item op=;; \"a\"\n"
                "                    (list\n"
                "                      (andor\n"
                "                        (pipe\n"
                "                          (simple \"b\")))))\n"
                "                  (item op=;; \"c\" \"d\"\n"
                "                    (list)))))))))))\n");
}

static void what_shells_understand_is_understood(void **state)
{
    static const char *const rows[] = {
        "",
        "\n\n",
        "# nothing",
        "a;",
        "a &",
        "a\n",
        "{ (a) }",
        "if (a) then { b; } fi",
        "{(a)}",
        "f() { a; } >x",
        "f ( )\n\n( a )",
        "for x in a b; do c; done",
        "for x\nin a\ndo c; done",
        "for x in; do c; done",
        "for x do c; done",
        "while a; do b; done <f | c",
        "until a; do b; done",
        "case x in esac",
        "case x\nin\n(a|b) c;; *) ;; esac",
        "case x in a) b;& c) ;;& esac",
        "for ((i = 0; i < 3; i++)); do a; done",
        "select x in a; do b; done",
        "time -p a | b",
        "function f { a; }",
        "function f() [[ a ]]",
        "[[ -f x && ( a == b || ! $c =~ ^(d|e f)$ ) ]]",
        "[[\na &&\nb < c\n]]",
        "[[ $x == @(a|b) ]]",
        "x=(a 'b c'\n# d\ne) y[1]=2 z+=3",
        "declare -a x=(1 2)",
        "((a); b)",
        "$((a); b)",
        "((i++)) && a",
        "a <(b) >(c) <<<d &>e |& f",
        "a {x}>&1 >&- <&3",
        "cat <<'A' <<-B\n$(\nA\n\t$(b)\n\tB\nc",
        "$(cat <<E\n)\nE\n)",
        "shopt -s extglob\nrm !(a|b)",
        "a \"${x:-\"b}\"}\" '}'",
        "a ${x##*/} ${x%\"$y\"} ${#x} ${x:?y} ${!x} ${x[1]} ${x//a/b}",
        "wh\\\nile a; d\\\no b; done",
        "echo } { if ! ]]",
        "a\\\n# b",
    };

    assert_understood(*state, rows, COUNT(rows));
}

static void a_quote_that_is_never_closed_is_not_understood(void **state)
{
    static const refusal rows[] = {
        {"a 'b", "single quote is not closed (opened here)"},
        {"a \"b", "double quote is not closed (opened here)"},
        {"a `b", "backquote is not closed (opened here)"},
        {"a $'b\\'", "$' quote is not closed (opened here)"},
        {"a \"$(b\"", "double quote is not closed (opened here)"},
        {"a \"${x:-it's}\"", "quote inside ${ } that shells read differently"},
        {"`a \"`", "double quote is not closed (opened here)"},
    };

    assert_refused(*state, rows, COUNT(rows));
}

static void what_is_opened_must_be_closed(void **state)
{
    static const refusal rows[] = {
        {"a ${x", "${ is not closed (opened here)"},
        {"a $(b", "command substitution is not closed (opened here)"},
        {"a $((1", "arithmetic is not closed (opened here)"},
        {"(a", "parenthesis is not closed (opened here)"},
        {"{ a;", "`{` has no `}` (opened here)"},
        {"if a; then b", "`if` has no `fi` (opened here)"},
        {"if a", "`if` has no `then` (opened here)"},
        {"while a; do b;", "`while` has no `done` (opened here)"},
        {"until a;", "`until` has no `do` (opened here)"},
        {"for x in a;", "`for` has no `do` (opened here)"},
        {"case x in a) b;;", "`case` has no `esac` (opened here)"},
        {"x=(a", "array is not closed (opened here)"},
        {"cat <<E\na", "here-document E is not closed (opened here)"},
        {"a $(b <<E)", "here-document E has no lines"},
        {"[[ a", "command is not complete"},
    };

    assert_refused(*state, rows, COUNT(rows));
}

static void operators_need_commands(void **state)
{
    static const refusal rows[] = {
        {"; a", "`;` is not expected here"},
        {"&& a", "`&&` is not expected here"},
        {"a &&", "command is not complete"},
        {"a | | b", "`|` is not expected here"},
        {"a;;b", "`;;` is not expected here"},
        {"a & ; b", "`;` is not expected here"},
        {"a\n;", "`;` is not expected here"},
        {"()", "`)` is not expected here"},
        {"a >", "command is not complete"},
        {"a >\nb", "line ends inside a command"},
        {"!", "command is not complete"},
    };

    assert_refused(*state, rows, COUNT(rows));
}

static void reserved_words_have_their_place(void **state)
{
    static const refusal rows[] = {
        {"fi", "`fi` is not expected here"},
        {"a; done", "`done` is not expected here"},
        {"}", "`}` is not expected here"},
        {"{ a; } >f }", "`}` is not expected here"},
        {"{ a; } b", "`b` is not expected here"},
        {"if ; then a; fi", "`;` is not expected here"},
        {"if a; then fi", "`fi` is not expected here"},
        {"x=1 if", "`if` is not expected here"},
        {"coproc a", "`coproc` is not expected here"},
        {"a | time b", "`time` is not expected here"},
        {"f() a", "`a` is not expected here"},
        {"echo (a)", "`a` is not expected here"},
        {"echo @(a|b)", "`(` is not expected here"},
        {"a b(c)", "`(` is not expected here"},
        {"[[ a b ]]", "`b` is not expected here"},
        {"for ((a)); do b; done", "`(` is not expected here"},
    };

    assert_refused(*state, rows, COUNT(rows));
}

static void a_foreign_shell_is_not_read(void **state)
{
    const df_sh_tree *tree = parse_str(*state, DF_STR("dir"), DF_SHELL_FOREIGN);

    assert_false(tree->ok);
    assert_str(tree->problem, "not a POSIX-like shell");
}

static void a_nul_byte_is_not_understood(void **state)
{
    const df_sh_tree *tree = parse_str(*state, DF_STR("a\0b"), DF_SHELL_POSIX);

    assert_false(tree->ok);
    assert_str(tree->problem, "NUL byte");
    assert_int_equal(tree->bad.off, 1);
}

static void a_problem_says_where_it_was_opened(void **state)
{
    const df_sh_tree *tree = parse(*state, "a; if b; then 'c'; d");

    assert_false(tree->ok);
    assert_int_equal(tree->bad.off, 3);
    assert_int_equal(tree->bad.len, 2);
}

static void words_lose_their_quotes(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        {"a", "a"},
        {"''", ""},
        {"a'b c'\"d\\\"e\\f\"g\\ h", "ab cd\"e\\fg h"},
        {"a\\\nb\"c\\\nd\"", "abcd"},
        {"'a\\\nb'", "a\\\nb"},
        {"$'a\\n\\x41\\101\\''", "a\nAA'"},
        {"$\"a b\"", "a b"},
        {"\"$\"", "$"},
        {"a$", "a$"},
        {"[", "["},
        {"{}", "{}"},
        {"a~", "a~"},
        {"a#b", "a#b"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const df_sh_word *w = word(*state, rows[i].text);

        assert_true(w->is_plain);
        assert_str(w->value, rows[i].value);
    }
}

static void words_tell_what_expands(void **state)
{
    static const struct {
        const char *text;
        unsigned flags;
    } rows[] = {
        {"'a'", DF_WORD_QUOTED},
        {"$x", DF_WORD_VAR},
        {"\"${x}\"", DF_WORD_VAR | DF_WORD_QUOTED},
        {"$(a)", DF_WORD_CMDSUB},
        {"`a`", DF_WORD_CMDSUB},
        {"$((1 + $x))", DF_WORD_ARITH | DF_WORD_VAR},
        {"$[1]", DF_WORD_ARITH},
        {"*.c", DF_WORD_GLOB},
        {"[a-z]", DF_WORD_GLOB},
        {"~/x", DF_WORD_TILDE},
        {"x=~/y", DF_WORD_TILDE},
        {"{a,b}", DF_WORD_BRACE},
        {"{1..3}", DF_WORD_BRACE},
        {"{'a,b'}", DF_WORD_QUOTED},
        {"<(a)", DF_WORD_PROCSUB},
        {"${x:=y}", DF_WORD_VAR | DF_WORD_ASSIGNS},
        {"${x=y}", DF_WORD_VAR | DF_WORD_ASSIGNS},
        {"${x:-y=1}", DF_WORD_VAR},
        {"$((x=1))", DF_WORD_ARITH | DF_WORD_ASSIGNS},
        {"$((x<<=1))", DF_WORD_ARITH | DF_WORD_ASSIGNS},
        {"$((x++))", DF_WORD_ARITH | DF_WORD_ASSIGNS},
        {"$((x==1 && y<=2 && z!=3))", DF_WORD_ARITH},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const df_sh_word *w = word(*state, rows[i].text);

        assert_int_equal(w->flags, rows[i].flags);
        assert_int_equal(w->is_plain,
                         (rows[i].flags | DF_WORD_QUOTED) == DF_WORD_QUOTED);
    }
}

static void what_posix_shells_read_differently_is_told(void **state)
{
    static const char *const rows[] = {
        "[[ a ]]",
        "((a))",
        "a &>b",
        "a |& b",
        "a <(b)",
        "x=(1)",
        "a $'b'",
        "function f { a; }",
        "a <<<b",
        "x+=1",
        "select x in a; do b; done",
        "a {b,c}",
        "time a",
        "a >&b",
        "a 10>b",
        "a {x}>b",
        "a ${x:1}",
        "a ${x[0]}",
        "a ${!x}",
        "a ${x//b/c}",
        "a $[1]",
        "a $((x++))",
        "a $((b); c)",
        "x[0]=1",
        "f-g() { a; }",
        "a $(<b)",
        "for ((;;)); do a; done",
        "case a in b) c;& d) ;; esac",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const df_sh_tree *tree =
            parse_str(*state, df_str_of(rows[i]), DF_SHELL_POSIX);

        if (!tree->ok || !tree->bashisms)
            print_error("not told: %s\n", rows[i]);
        assert_true(tree->ok);
        assert_true(tree->bashisms);
    }
}

static void what_shells_share_is_no_bashism(void **state)
{
    static const char *const rows[] = {
        "a 2>&1 >&- <&3",     "x={a,b}",    "a ${x#y} ${x:-z} ${#x} $((x + 1))",
        "a {} \\;",           "f() { a; }", "[ a = b ]",
        "a '{b,c}' \"$(d)\"", "( (a) )",    "((a); b)",
        "set -eux",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const df_sh_tree *tree =
            parse_str(*state, df_str_of(rows[i]), DF_SHELL_POSIX);

        assert_true(tree->ok);
        assert_false(tree->bashisms);
    }
}

static void here_documents_keep_their_lines(void **state)
{
    const df_sh_tree *tree =
        parse(*state, "a <<E | b <<-'F'\n$(c)\n\\E\nE\n\tx\n\tF\nd");
    const df_sh_node *pipe = tree->root->kids[0]->kids[0];
    const df_sh_redir *first = &pipe->kids[0]->redirs[0];
    const df_sh_redir *second = &pipe->kids[1]->redirs[0];

    assert_str(first->lines.text, "$(c)\n\\E\n");
    assert_int_equal(first->lines.nsubs, 1);
    assert_int_equal(first->body.off, 17);
    assert_int_equal(first->body.len, 8);
    assert_str(second->lines.text, "\tx\n");
    assert_int_equal(second->lines.nsubs, 0);
    assert_int_equal(tree->root->nkids, 2);
}

static void a_run_keeps_the_lines_elsewhere(void **state)
{
    df_seg seg = {0, 0};
    df_text text = {DF_STR("cat <<E > /x"), &seg, 1, false};
    const df_sh_tree *tree = df_sh_parse(*state, &text, DF_SHELL_POSIX);

    assert_true(tree->ok);
    assert_int_equal(command(tree)->nredirs, 2);
    assert_int_equal(command(tree)->redirs[0].body.len, 0);
}

/* The source is `a \⏎  b "c\⏎d"`; the builder joined it. */
static void spans_reach_over_continuations(void **state)
{
    static const df_seg segs[] = {{0, 0}, {2, 4}, {8, 12}};
    df_text text = {DF_STR("a   b \"cd\""), segs, 3, false};
    const df_sh_node *node =
        command(df_sh_parse(*state, &text, DF_SHELL_POSIX));

    assert_int_equal(node->span.off, 0);
    assert_int_equal(node->span.len, 14);
    assert_int_equal(node->words[1].span.off, 6);
    assert_int_equal(node->words[2].span.off, 8);
    assert_int_equal(node->words[2].span.len, 6);
    assert_str(node->words[2].value, "cd");
}

static void spans_reach_into_backquotes(void **state)
{
    const df_sh_word *outer = word(*state, "`a \\`b \\$c\\``");
    const df_sh_node *a = outer->subs[0]->kids[0]->kids[0]->kids[0];
    const df_sh_node *b = a->words[1].subs[0]->kids[0]->kids[0]->kids[0];

    assert_str(a->words[1].text, "`b $c`");
    assert_int_equal(a->words[1].span.off, 6);
    assert_str(b->words[1].text, "$c");
    assert_int_equal(b->words[1].span.off, 10);
    assert_int_equal(b->words[1].span.len, 2);
}

static bool count_simple(const df_sh_node *node, void *ctx)
{
    df_buf *out = ctx;

    if (node->kind == DF_SH_SIMPLE && node->nwords)
        df_buf_add(out, node->words[0].text);
    return node->kind != DF_SH_SUBSHELL;
}

static void a_walk_meets_every_command_in_order(void **state)
{
    df_buf out;
    const df_sh_tree *tree =
        parse(*state, "x=$(a) >$(b;) \"`c`\" <(d) <<E; (no); f() { e; }\n"
                      "$(g)\nE\nh");

    df_buf_init(&out, *state);
    assert_true(tree->ok);
    df_sh_walk(tree->root, count_simple, &out);
    assert_str(df_buf_str(&out), "\"`c`\"abcdgeh");
}

static void only_a_single_simple_command_is_the_only_one(void **state)
{
    static const char *const no[] = {"",    "a; b", "a | b", "! a",
                                     "a &", "(a)",  "a && b"};

    assert_non_null(df_sh_only(parse(*state, "a b;")));
    for (size_t i = 0; i < COUNT(no); i++)
        assert_null(df_sh_only(parse(*state, no[i])));
    assert_null(df_sh_only(parse(*state, "'")));
}

static const df_sh_tree *repeat(df_arena *a, const char *open, unsigned n,
                                const char *close)
{
    df_buf b;

    df_buf_init(&b, a);
    for (unsigned i = 0; i < n; i++)
        df_buf_adds(&b, open);
    df_buf_adds(&b, "a");
    for (unsigned i = 0; i < n; i++)
        df_buf_adds(&b, close);
    return parse_str(a, df_buf_str(&b), DF_SHELL_BASH);
}

static void nesting_has_a_limit(void **state)
{
    static const char *const rows[][2] = {
        {"$(", ")"}, {"( ", ")"}, {"{ ", "; }"}, {"\"${x:-", "}\""}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *open = rows[i][0];
        const char *close = rows[i][1];

        assert_true(repeat(*state, open, DF_MAX_DEPTH, close)->ok);
        assert_false(repeat(*state, open, DF_MAX_DEPTH + 1, close)->ok);
        assert_false(repeat(*state, open, 10000, close)->ok);
    }
}

static void hostile_scripts_end_soon(void **state)
{
    static const char *const rows[] = {"'",     "((",    "$((",  "`",    "${",
                                       "a=(",   "$((a)", "[[ (", "<<E;", "\\\n",
                                       "((a);", "@(",    "{,"};

    for (size_t i = 0; i < COUNT(rows); i++)
        (void)repeat(*state, rows[i], 200000, "");
}

int unit_shell(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(lists_keep_their_operators),
        arena_test(commands_keep_assignments_and_redirections),
        arena_test(compound_commands_are_trees),
        arena_test(a_case_inside_a_substitution_may_hold_parentheses),
        arena_test(what_shells_understand_is_understood),
        arena_test(a_quote_that_is_never_closed_is_not_understood),
        arena_test(what_is_opened_must_be_closed),
        arena_test(operators_need_commands),
        arena_test(reserved_words_have_their_place),
        arena_test(a_foreign_shell_is_not_read),
        arena_test(a_nul_byte_is_not_understood),
        arena_test(a_problem_says_where_it_was_opened),
        arena_test(words_lose_their_quotes),
        arena_test(words_tell_what_expands),
        arena_test(what_posix_shells_read_differently_is_told),
        arena_test(what_shells_share_is_no_bashism),
        arena_test(here_documents_keep_their_lines),
        arena_test(a_run_keeps_the_lines_elsewhere),
        arena_test(spans_reach_over_continuations),
        arena_test(spans_reach_into_backquotes),
        arena_test(a_walk_meets_every_command_in_order),
        arena_test(only_a_single_simple_command_is_the_only_one),
        arena_test(nesting_has_a_limit),
        arena_test(hostile_scripts_end_soon),
    };

    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
