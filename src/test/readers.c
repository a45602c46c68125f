/*
 * Our shell parser against those who read shell for a living.
 *
 *     build/readers [--seed N] [--count N]   scripts of two grammars
 *     build/readers FILE...                  the RUNs of Dockerfiles
 *
 * A script that we understand is one to `dash -n` and `bash -n`, or to bash
 * alone if it has more than POSIX; and shfmt, if it reads it at all, sees the
 * same commands, words and operators at the same bytes. Of each script there is
 * a variant with one word too many or too few. What we decline though they take
 * it is counted (VERBOSE=1 shows it): at most a tenth. Tools that are missing
 * are passed over, and named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <dfopt/shell.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/process.h"
#include "syntax/parser.h"
#include "test/dice.h"
#include "test/folder.h"
#include "test/grammar.h"
#include "test/join_rows.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct {
    unsigned scripts, declined, compared, faults;
} tally;

static char file[] = "/tmp/dfopt-readers-XXXXXX";

/* --- what both see: marks at bytes of the script --- */

typedef struct {
    uint32_t at;
    const char *what;
} mark;

typedef struct {
    df_arena *arena;
    mark *marks;
    uint32_t nmarks, cmarks;
} sight;

static void see(sight *s, uint32_t at, const char *what)
{
    *df_push(s->arena, s, marks) = (mark){at, what};
}

static int by_place(const void *x, const void *y)
{
    const mark *a = x;
    const mark *b = y;

    return a->at != b->at ? (a->at < b->at ? -1 : 1) : strcmp(a->what, b->what);
}

static df_str shown(sight *s)
{
    df_buf out = {.arena = s->arena};

    if (s->nmarks)
        qsort(s->marks, s->nmarks, sizeof *s->marks, by_place);
    for (uint32_t i = 0; i < s->nmarks; i++)
        df_buf_fmt(&out, "%u %s\n", s->marks[i].at, s->marks[i].what);
    return df_buf_str(&out);
}

static void see_word(sight *s, uint32_t from, uint32_t to)
{
    see(s, from, "word");
    see(s, to, "end of word");
}

/* --- what we see --- */

static const char *const KINDS[] = {
    [DF_SH_SUBSHELL] = "subshell",
    [DF_SH_GROUP] = "group",
    [DF_SH_IF] = "if",
    [DF_SH_WHILE] = "while",
    [DF_SH_FOR] = "for",
    [DF_SH_SELECT] = "for",
    [DF_SH_ARITHFOR] = "for",
    [DF_SH_CASE] = "case",
    [DF_SH_FUNCTION] = "function",
    [DF_SH_TEST] = "test",
    [DF_SH_ARITH] = "arith",
};

static const char *const OPERATORS[] = {
    [DF_OP_AMP] = "&",  [DF_OP_AND] = "&&",       [DF_OP_OR] = "||",
    [DF_OP_PIPE] = "|", [DF_OP_PIPE_BOTH] = "|&",
};

static bool see_node(const df_sh_node *node, void *ctx)
{
    sight *s = ctx;

    if (node->op < COUNT(OPERATORS) && OPERATORS[node->op])
        see(s, node->op_span.off, OPERATORS[node->op]);
    if (node->kind == DF_SH_PIPE && node->negated)
        see(s, node->span.off, "!");
    if (node->kind < COUNT(KINDS) && KINDS[node->kind])
        see(s, node->span.off, KINDS[node->kind]);
    for (uint32_t i = 0; i < node->nredirs; i++)
        see(s, node->redirs[i].target.span.off, "target");
    if (node->kind != DF_SH_SIMPLE)
        return true;
    for (uint32_t i = 0; i < node->nassigns; i++)
        see(s, node->assigns[i].span.off, "assign");
    for (uint32_t i = 0; i < node->nwords; i++)
        see_word(s, node->words[i].span.off, df_span_end(node->words[i].span));
    return true;
}

/* --- what shfmt sees --- */

static uint32_t place(const json_t *node, const char *key)
{
    return (uint32_t)json_integer_value(
        json_object_get(json_object_get(node, key), "Offset"));
}

static void see_as_word(sight *s, const json_t *word)
{
    see_word(s, place(word, "Pos"), place(word, "End"));
}

/* Numbers of mvdan.cc/sh/v3/syntax, version 3.6. */
static const char *operator_of(json_int_t op)
{
    static const char *const NAMES[] = {"&&", "||", "|", "|&"};

    return op >= 10 && op < 14 ? NAMES[op - 10] : "?";
}

static void see_simple(sight *s, const json_t *node)
{
    const json_t *variant = json_object_get(node, "Variant"); /* export, … */
    const json_t *args = json_object_get(node, "Args");
    const json_t *assigns = json_object_get(node, "Assigns");

    if (variant)
        see_as_word(s, variant);
    for (size_t i = 0; i < json_array_size(args); i++)
        see_as_word(s, json_array_get(args, i));
    for (size_t i = 0; i < json_array_size(assigns); i++)
        see(s, place(json_array_get(assigns, i), "Pos"), "assign");
}

static void see_command(sight *s, const json_t *node, const char *type)
{
    static const char *const COMPOUNDS[][2] = {
        {"Subshell", "subshell"}, {"Block", "group"},
        {"IfClause", "if"},       {"WhileClause", "while"},
        {"ForClause", "for"},     {"CaseClause", "case"},
        {"FuncDecl", "function"}, {"TestClause", "test"},
        {"ArithmCmd", "arith"},
    };

    for (size_t i = 0; i < COUNT(COMPOUNDS); i++)
        if (strcmp(type, COMPOUNDS[i][0]) == 0)
            see(s, place(node, "Pos"), COMPOUNDS[i][1]);
    if (strcmp(type, "BinaryCmd") == 0)
        see(s, place(node, "OpPos"),
            operator_of(json_integer_value(json_object_get(node, "Op"))));
    if (strcmp(type, "CallExpr") == 0 || strcmp(type, "DeclClause") == 0)
        see_simple(s, node);
}

/* A command with `!`, `&` and redirections. */
static void see_statement(sight *s, const json_t *node)
{
    const json_t *redirs = json_object_get(node, "Redirs");

    if (json_is_true(json_object_get(node, "Negated")))
        see(s, place(node, "Pos"), "!");
    if (json_is_true(json_object_get(node, "Background")))
        see(s, place(node, "Semicolon"), "&");
    for (size_t i = 0; i < json_array_size(redirs); i++)
        see(s, place(json_object_get(json_array_get(redirs, i), "Word"), "Pos"),
            "target");
}

static void see_json(sight *s, json_t *node)
{
    const char *type = json_string_value(json_object_get(node, "Type"));
    const char *key;
    json_t *kid;

    if (type)
        see_command(s, node, type);
    see_statement(s, node);
    json_object_foreach(node, key, kid) see_json(s, kid);
    for (size_t i = 0; i < json_array_size(node); i++)
        see_json(s, json_array_get(node, i));
}

/* --- programs --- */

static bool take_bytes(void *ctx, df_str bytes)
{
    df_buf_add(ctx, bytes);
    return true;
}

/* Its status; -1: it is not there. */
static int run(df_arena *a, const char *const *argv, df_buf *out)
{
    df_process p = {.argv = argv,
                    .merged = !out,
                    .timeout = 10,
                    .take = out ? take_bytes : NULL,
                    .ctx = out};
    df_process_end end = df_process_run(a, &p);

    if (end.how == DF_PROCESS_MISSING)
        return -1;
    return end.how == DF_PROCESS_DONE ? end.status : 1;
}

static bool reads(df_arena *a, const char *shell)
{
    const char *const argv[] = {shell, "-n", file, NULL};

    return run(a, argv, NULL) <= 0;
}

/* What shfmt makes of it; NULL: it declines, or is not there. */
static json_t *formatted(df_arena *a, bool bash)
{
    const char *const argv[] = {
        "sh",
        "-c",
        "exec shfmt -ln \"$1\" -tojson <\"$2\"",
        "sh",
        bash ? "bash" : "posix",
        file,
        NULL,
    };
    df_buf out = {.arena = a};

    if (run(a, argv, &out) != 0)
        return NULL;
    return json_loadb(out.ptr, out.len, 0, NULL);
}

static void name_missing(df_arena *a)
{
    static const char *const PROGRAMS[] = {"dash", "bash", "shfmt"};

    for (size_t i = 0; i < COUNT(PROGRAMS); i++) {
        const char *const argv[] = {PROGRAMS[i], "-c", ":", NULL};

        if (run(a, argv, NULL) < 0)
            printf("there is no %s here\n", PROGRAMS[i]);
    }
}

/* --- one script --- */

static void complain(df_str script, bool bash, const char *why, df_str more)
{
    tally.faults++;
    printf("as %s: %s\n%.*s\n%.*s\n", bash ? "bash" : "sh", why,
           DF_STR_ARG(script), DF_STR_ARG(more));
}

static void compare(df_arena *a, df_str script, const df_sh_tree *tree,
                    bool bash)
{
    json_t *json = formatted(a, bash);
    sight ours = {.arena = a};
    sight theirs = {.arena = a};
    df_str one, two;

    if (!json)
        return;
    tally.compared++;
    df_sh_walk(tree->root, see_node, &ours);
    see_json(&theirs, json);
    json_decref(json);
    one = shown(&ours);
    two = shown(&theirs);
    if (!df_str_eq(one, two))
        complain(script, bash, "shfmt sees it otherwise",
                 df_fmt(a, "--- we\n%.*s--- shfmt\n%.*s", DF_STR_ARG(one),
                        DF_STR_ARG(two)));
}

static void count_declined(df_arena *a, df_str script, const df_sh_tree *tree,
                           bool bash)
{
    if (!reads(a, bash ? "bash" : "dash"))
        return;
    tally.declined++;
    if (getenv("VERBOSE"))
        printf("declined as %s: %.*s: %.*s\n", bash ? "bash" : "sh",
               DF_STR_ARG(tree->problem), DF_STR_ARG(script));
}

/* What shfmt alone reads in its own way: a CR is a blank, and behind `let` even
 * `&&` is arithmetic. */
static bool is_odd(df_str script)
{
    return df_str_find_char(script, '\r') != SIZE_MAX ||
           df_str_has(script, "let ");
}

static void check(df_arena *a, df_str script, bool bash)
{
    df_seg seg = {0, 0};
    df_text text = {script, &seg, 1, true};
    const df_sh_tree *tree =
        df_sh_parse(a, &text, bash ? DF_SHELL_BASH : DF_SHELL_POSIX);

    tally.scripts++;
    if (!tree->ok) {
        count_declined(a, script, tree, bash);
        return;
    }
    if (!bash && tree->bashisms)
        return;
    if (!bash && !reads(a, "dash"))
        complain(script, bash, "dash does not read it", DF_STR(""));
    if (!reads(a, "bash"))
        complain(script, bash, "bash does not read it", DF_STR(""));
    if (!is_odd(script))
        compare(a, script, tree, bash);
}

static void check_both(df_arena *a, df_str script)
{
    if (df_str_find_char(script, '\0') != SIZE_MAX)
        return;
    folder_write(file, script);
    check(a, script, false);
    check(a, script, true);
}

/* --- scripts --- */

/* With a word dropped, doubled, or another one before it: most are wrong, and
 * we may only understand those that are not. */
static df_str changed(df_arena *a, df_str script, dice *d)
{
    static const char *const BITS[] = {"(",  ")",  "{", "}",    ";",    "&&",
                                       "||", "|",  "&", "fi",   "done", "do",
                                       "if", "in", "!", "esac", "then", ";;",
                                       "'",  "\"", "`", "$(",   ">",    "case"};
    size_t from = script.len ? roll(d, script.len) : 0;
    uint32_t how = roll(d, 3);
    size_t end;
    df_buf out = {.arena = a};

    while (from > 0 && script.ptr[from - 1] != ' ')
        from--;
    end = df_str_find_char(df_str_from(script, from), ' ');
    end = end == SIZE_MAX ? script.len : from + end + 1;
    df_buf_add(&out, df_str_slice(script, 0, from));
    if (how == 0)
        df_buf_add(&out, df_str_slice(script, from, end));
    if (how == 1)
        df_buf_fmt(&out, "%s ", BITS[roll(d, COUNT(BITS))]);
    df_buf_add(&out, df_str_from(script, how == 2 ? end : from));
    return df_buf_str(&out);
}

static void check_runs(df_arena *a, df_str dockerfile)
{
    const df_doc *doc = df_doc_parse(a, DF_STR("Dockerfile"), dockerfile);
    dice d = {dockerfile.len};

    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *in = doc->instrs[i];

        if (in->kind != DF_I_RUN || in->bad || in->nheredocs ||
            df_str_starts(in->args.str, "["))
            continue;
        check_both(a, in->args.str);
        check_both(a, changed(a, in->args.str, &d));
    }
}

static void check_made(uint64_t number)
{
    dice d = {number};
    const row_form *form;
    df_buf list;
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    df_buf_init(&list, &a);
    df_buf_adds(&list, "FROM a\nRUN ");
    grammar_add(&list, "list", &d);
    df_buf_adds(&list, "\n");
    check_runs(&a, df_buf_str(&list));
    check_runs(&a, row_make(&a, "/d", number, false, &form));
    df_arena_release(&a);
}

static void check_file(const char *path)
{
    df_arena a;
    df_str text;

    df_arena_init(&a, NULL, NULL);
    if (folder_read(&a, path, &text))
        check_runs(&a, text);
    else
        printf("%s cannot be read\n", path);
    df_arena_release(&a);
}

static void begin(void)
{
    df_arena a;
    int fd = mkstemp(file);

    if (fd < 0) {
        perror(file);
        exit(2);
    }
    close(fd);
    df_arena_init(&a, NULL, NULL);
    name_missing(&a);
    df_arena_release(&a);
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t count = 100;
    int i = 1;

    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            count = strtoull(argv[i + 1], NULL, 10);
    }
    begin();
    if (i < argc)
        count = 0;
    for (; i < argc; i++)
        check_file(argv[i]);
    for (uint64_t n = 0; n < count; n++)
        check_made(seed + n);
    unlink(file);
    printf("%u scripts read, %u as shfmt does, %u declined, %u faults\n",
           tally.scripts, tally.compared, tally.declined, tally.faults);
    return tally.faults || tally.declined * 10 > tally.scripts;
}
