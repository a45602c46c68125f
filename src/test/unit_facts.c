/*
 * Facts: stages and who uses them, the state before an instruction, and the
 * commands of a RUN as they are seen through wrappers.
 */
#include "test/unit.h"

#include <dfopt/dfopt.h>

#include "base/buf.h"
#include "facts/build.h"
#include "facts/template.h"
#include "syntax/parser.h"

static const df_facts *facts_for(df_arena *a, const char *text, df_build build)
{
    const df_doc *doc = df_doc_parse(a, DF_STR("Dockerfile"), df_str_of(text));
    df_build *kept = df_new(a, df_build);

    assert_int_equal(doc->nproblems, 0);
    *kept = build;
    return df_facts_build(a, doc, df_kb_builtin(), kept);
}

static const df_facts *facts_of(df_arena *a, const char *text)
{
    return facts_for(a, text, (df_build){0});
}

/* Stages. */

static void a_stage_begins_at_from(void **state)
{
    const df_facts *f =
        facts_of(*state, "ARG A\nFROM x AS one\nRUN a\nFROM y\nRUN b\nRUN c\n");

    assert_int_equal(f->nstages, 2);
    assert_str(f->stages[0].name, "one");
    assert_str(f->stages[1].name, "");
    assert_int_equal(f->stages[0].ninstrs, 2);
    assert_int_equal(f->stages[1].ninstrs, 3);
    assert_null(f->stage_of[0]);
    assert_ptr_equal(f->stage_of[2], &f->stages[0]);
}

static void an_image_is_taken_apart(void **state)
{
    static const struct {
        const char *image;
        const char *repo, *tag, *digest;
    } rows[] = {
        {"node", "node", "latest", ""},
        {"node:20", "node", "20", ""},
        {"docker.io/library/node:20-slim", "node", "20-slim", ""},
        {"docker.io/a/b", "a/b", "latest", ""},
        {"ghcr.io/a/b:1", "ghcr.io/a/b", "1", ""},
        {"host:5000/a", "host:5000/a", "latest", ""},
        {"host:5000/a:2", "host:5000/a", "2", ""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        df_arena *a = *state;
        const char *text = df_cstr(a, df_fmt(a, "FROM %s\n", rows[i].image));
        const df_stage *s = facts_of(a, text)->stages;

        assert_str(s->repo, rows[i].repo);
        assert_str(s->tag, rows[i].tag);
        assert_str(s->digest, rows[i].digest);
    }
}

static void a_digest_is_told(void **state)
{
    const df_facts *f =
        facts_of(*state, "FROM a:1@sha256:00\nFROM a@sha256:11\n");

    assert_str(f->stages[0].digest, "sha256:00");
    assert_str(f->stages[0].tag, "1");
    assert_str(f->stages[1].digest, "sha256:11");
}

static void arguments_before_from_fill_in_the_image(void **state)
{
    static const char *const given[] = {"V=9", NULL};
    const char *text =
        "ARG V=8\nARG W\nFROM a:$V\nFROM a:${W}\nFROM a:${X:-7}\n";
    const df_facts *f = facts_of(*state, text);

    assert_str(f->stages[0].image, "a:8");
    assert_null(f->stages[1].image.ptr);
    assert_str(f->stages[2].image, "a:7");
    f = facts_for(*state, text, (df_build){.build_args = given});
    assert_str(f->stages[0].image, "a:9");
}

static void a_stage_name_hides_an_image(void **state)
{
    const df_facts *f = facts_of(
        *state, "FROM node AS base\nFROM BASE AS node\nFROM node\nFROM later\n"
                "FROM x AS later\nFROM 0\n");

    assert_null(f->stages[0].base);
    assert_ptr_equal(f->stages[1].base, &f->stages[0]);
    assert_ptr_equal(f->stages[2].base, &f->stages[1]);
    assert_null(f->stages[3].base);
    assert_null(f->stages[5].base);
}

static void a_stage_is_used_by_name_number_or_mount(void **state)
{
    const df_facts *f = facts_of(*state, "FROM a AS one\n"
                                         "FROM b\n"
                                         "FROM c AS three\n"
                                         "FROM d AS four\n"
                                         "FROM e\n"
                                         "COPY --from=ONE x y\n"
                                         "COPY --from=1 x y\n"
                                         "RUN --mount=type=bind,from=three z\n"
                                         "COPY --from=5 x y\n");

    assert_true(f->stages[0].used);
    assert_true(f->stages[1].used);
    assert_true(f->stages[2].used);
    assert_false(f->stages[3].used);
    assert_false(f->stages[4].used);
}

/* For each stage: is it shipped? */
static const char *shipped(df_arena *a, const char *text, const char *target)
{
    const df_facts *f = facts_for(a, text, (df_build){.target = target});
    df_buf out;

    df_buf_init(&out, a);
    for (uint32_t i = 0; i < f->nstages; i++)
        df_buf_addc(&out, f->stages[i].shipped ? 'y' : 'n');
    return df_buf_str(&out).ptr;
}

static void what_nobody_uses_is_shipped(void **state)
{
    const char *text = "FROM a AS base\n"
                       "FROM base AS build\n"
                       "FROM base AS test\n"
                       "COPY --from=build x y\n"
                       "FROM c AS deps\n"
                       "FROM base\n"
                       "COPY --from=deps x y\n";

    assert_string_equal(shipped(*state, text, NULL), "ynyny");
    assert_string_equal(shipped(*state, text, "deps"), "nnnyn");
    assert_string_equal(shipped(*state, text, "BUILD"), "yynnn");
    assert_string_equal(shipped(*state, text, "3"), "nnnyn");
}

static void windows_shows_in_image_and_platform(void **state)
{
    const df_facts *f =
        facts_of(*state, "FROM mcr.microsoft.com/windows/nanoserver AS a\n"
                         "FROM a\nFROM --platform=windows/amd64 x\nFROM y\n");

    assert_true(f->stages[0].windows);
    assert_true(f->stages[1].windows);
    assert_true(f->stages[2].windows);
    assert_false(f->stages[3].windows);
}

/* State. */

/* What holds behind the last instruction, seen from one more. */
static const df_state *behind(df_arena *a, const char *text)
{
    const df_facts *f = facts_of(a, df_cstr(a, df_fmt(a, "%sCMD end\n", text)));

    return &f->states[f->doc->ninstrs - 1];
}

static void workdir_is_followed(void **state)
{
    df_arena *a = *state;

    assert_str(behind(a, "FROM scratch\n")->workdir, "/");
    assert_str(behind(a, "FROM x\nWORKDIR /a\n")->workdir, "/a");
    assert_str(behind(a, "FROM x\nWORKDIR /a\nWORKDIR b/\n")->workdir, "/a/b");
    assert_str(behind(a, "FROM scratch\nWORKDIR b\n")->workdir, "/b");
    assert_null(behind(a, "FROM some/image\nWORKDIR b\n")->workdir.ptr);
    assert_null(behind(a, "FROM x\nWORKDIR $HOME/b\n")->workdir.ptr);
    assert_str(behind(a, "FROM x\nENV H=/h\nWORKDIR $H/b\n")->workdir, "/h/b");
    assert_str(behind(a, "FROM x AS y\nWORKDIR /a\nFROM y\n")->workdir, "/a");
    assert_str(behind(a, "FROM x\nWORKDIR /a\nFROM scratch\n")->workdir, "/");
}

static void user_is_followed(void **state)
{
    df_arena *a = *state;

    assert_str(behind(a, "FROM scratch\n")->user, "");
    assert_str(behind(a, "FROM x\nUSER app:app\n")->user, "app:app");
    assert_str(behind(a, "FROM x\nARG U=app\nUSER $U\n")->user, "app");
    assert_str(behind(a, "FROM x AS y\nUSER app\nFROM y\n")->user, "app");
    assert_null(behind(a, "FROM x\nUSER $U\n")->user.ptr);
}

static void assert_var(const df_state *st, const char *name, const char *want)
{
    const df_var *var = df_var_get(st, df_str_of(name));

    assert_non_null(var);
    if (want)
        assert_str(var->value, want);
    else
        assert_null(var->value.ptr);
}

static void variables_are_followed(void **state)
{
    df_arena *a = *state;
    const df_state *st =
        behind(a, "ARG G=g\nARG H\nFROM x\nENV A=1 B=$A\nENV C=$A$A\n"
                  "ARG G\nARG H\nARG D=d\nARG E\nENV D=${D}e\n");

    assert_var(st, "A", "1");
    assert_var(st, "B", NULL);
    assert_var(st, "C", "11");
    assert_var(st, "G", "g");
    assert_var(st, "H", NULL);
    assert_var(st, "E", NULL);
    assert_var(st, "D", "de");
    assert_true(df_var_get(st, DF_STR("D"))->env);
    assert_null(df_var_get(st, DF_STR("Z")));
    assert_null(df_var_get(behind(a, "ARG G=g\nFROM x\n"), DF_STR("G")));
}

static void stages_do_not_see_each_others_variables(void **state)
{
    const char *text = "FROM x AS base\nENV A=1\nFROM base AS b\nENV B=1\n"
                       "FROM base AS c\nENV C=1\nFROM b\nENV D=1\n";
    df_arena *a = *state;
    const df_state *st = behind(a, text);

    assert_var(st, "A", "1");
    assert_var(st, "B", "1");
    assert_var(st, "D", "1");
    assert_null(df_var_get(st, DF_STR("C")));
    st = behind(a, df_fmt(a, "%sFROM c\n", text).ptr);
    assert_var(st, "A", "1");
    assert_var(st, "C", "1");
    assert_null(df_var_get(st, DF_STR("B")));
}

static void the_shell_is_followed(void **state)
{
    df_arena *a = *state;
    const df_state *st = behind(a, "FROM x\n");

    assert_int_equal(st->shell, DF_SHELL_POSIX);
    assert_true(st->shell_default);
    st = behind(a, "FROM x\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", "
                   "\"-c\"]\n");
    assert_int_equal(st->shell, DF_SHELL_BASH);
    assert_false(st->shell_default);
    assert_true(st->shell_errexit);
    assert_true(st->shell_pipefail);
    st = behind(a, "FROM x\nSHELL [\"bash\", \"-c\"]\n"
                   "SHELL [\"/bin/sh\", \"-c\"]\n");
    assert_int_equal(st->shell, DF_SHELL_POSIX);
    assert_false(st->shell_errexit);
}

static void a_foreign_shell_is_told(void **state)
{
    static const char *const shells[] = {
        "[\"powershell\", \"-Command\"]", "[\"cmd\", \"/S\", \"/C\"]",
        "[\"/usr/bin/python3\", \"-c\"]", "[\"sh\"]",
        "[\"/bin/fish\", \"-c\"]",        "[\"bash\", \"--posixly\", \"-c\"]",
    };
    df_arena *a = *state;

    for (size_t i = 0; i < COUNT(shells); i++) {
        const df_state *st =
            behind(a, df_cstr(a, df_fmt(a, "FROM x\nSHELL %s\n", shells[i])));

        assert_int_equal(st->shell, DF_SHELL_FOREIGN);
    }
    assert_int_equal(
        behind(a, "FROM mcr.microsoft.com/windows/servercore\n")->shell,
        DF_SHELL_FOREIGN);
}

/* Commands. */

/* `tool sub@dir`, then ? if it may not run; $ and ~ for what is unknown. */
static void add_command(df_buf *out, const df_cmd *cmd)
{
    if (out->len)
        df_buf_adds(out, ", ");
    df_buf_add(out, cmd->tool.ptr ? cmd->tool : DF_STR("$"));
    if (cmd->sub.len)
        df_buf_fmt(out, " %.*s", DF_STR_ARG(cmd->sub));
    df_buf_addc(out, '@');
    df_buf_add(out, cmd->dir.ptr ? cmd->dir : DF_STR("~"));
    if (!cmd->unconditional)
        df_buf_addc(out, '?');
}

static const df_run *run_of(df_arena *a, const char *script)
{
    const char *text =
        df_cstr(a, df_fmt(a, "FROM scratch\nWORKDIR /w\nRUN %s\n", script));

    return &facts_of(a, text)->runs[0];
}

static df_str commands(df_arena *a, const char *script)
{
    const df_run *run = run_of(a, script);
    df_buf out;

    df_buf_init(&out, a);
    if (!run->tree->ok)
        df_buf_adds(&out, "not understood");
    for (uint32_t i = 0; i < run->ncmds; i++)
        add_command(&out, &run->cmds[i]);
    return df_buf_str(&out);
}

typedef struct {
    const char *script;
    const char *want;
} row;

static void check(df_arena *a, const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        df_str got = commands(a, rows[i].script);

        if (!df_str_is(got, rows[i].want))
            print_error("%s\n", rows[i].script);
        assert_str(got, rows[i].want);
    }
}

static void commands_are_seen_through_wrappers(void **state)
{
    static const row rows[] = {
        {"apt-get update", "apt-get update@/w"},
        {"apt-get -y -q install a b", "apt-get install@/w"},
        {"/usr/bin/apt-get install a", "apt-get install@/w"},
        {"sudo apt-get install a", "apt-get install@/w"},
        {"sudo -E -H apt-get install a", "apt-get install@/w"},
        {"sudo -u root apt-get install a", "apt-get install@/w"},
        {"sudo A=1 apt-get install a", "apt-get install@/w"},
        {"env A=1 B=2 apt-get install a", "apt-get install@/w"},
        {"env -i A=1 pip install a", "pip install@/w"},
        {"A=1 npm ci", "npm ci@/w"},
        {"time npm ci", "npm ci@/w"},
        {"exec npm ci", "npm ci@/w"},
        {"sudo env A=1 nice npm ci", "npm ci@/w"},
        {"timeout 60 npm ci", "npm ci@/w"},
        {"pip3 install a", "pip install@/w"},
        {"pip3.11 install a", "pip install@/w"},
        {"python -m pip install a", "pip install@/w"},
        {"python3 -u -m pip install a", "pip install@/w"},
        {"python3 setup.py install", "python@/w"},
        {"php composer.phar install", "composer install@/w"},
        {"frobnicate install", "frobnicate@/w"},
        {"$X install", "$@/w"},
        {"sudo $X install", "$@/w"},
        {"'apt-get' \"install\" a", "apt-get install@/w"},
        {"apt-get \"$X\" a", "apt-get@/w"},
        {"A=1", ""},
    };

    check(*state, rows, COUNT(rows));
}

static void scripts_in_strings_are_read(void **state)
{
    static const row rows[] = {
        {"sh -c 'npm ci && npm run build'", "ash@/w, npm ci@/w, npm run@/w"},
        {"bash -lc \"npm ci\"", "bash@/w, npm ci@/w"},
        {"sudo sh -c 'cd /x; npm ci'", "ash@/w, cd@/w, npm ci@/x"},
        {"sh -c 'cd /x' && npm ci", "ash@/w, cd@/w, npm ci@/w"},
        {"sh -c \"npm $X\"", "ash@/w"},
        {"sh -c \"$X\"", "ash@/w"},
        {"sh -c 'if'", "ash@/w"},
    };

    check(*state, rows, COUNT(rows));
}

static void directories_are_followed(void **state)
{
    static const row rows[] = {
        {"cd /x && a", "cd@/w, a@/x"},
        {"cd x && cd .. && cd y && a", "cd@/w, cd@/w/x, cd@/w, a@/w/y"},
        {"cd /x; a", "cd@/w, a@/x"},
        {"cd /x || exit 1; a", "cd@/w, exit@/x?, a@/x"},
        {"cd /x || b; a", "cd@/w, b@~?, a@~"},
        {"(cd /x && a) && b", "cd@/w, a@/x, b@/w"},
        {"{ cd /x; } && a", "cd@/w, a@/x"},
        {"cd $X && a", "cd@/w, a@~"},
        {"cd \"/x y\" && a", "cd@/w, a@/x y"},
        {"cd && a", "cd@/w, a@~"},
        {"cd - && a", "cd@/w, a@~"},
        {"cd ~/x && a", "cd@/w, a@~"},
        {"pushd /x && a && popd && b", "dirs@/w, a@/x, dirs@/x, b@~"},
        {"if a; then cd /x; fi; b", "a@/w?, cd@/w?, b@~"},
        {"if a; then cd /w; fi; b", "a@/w?, cd@/w?, b@/w"},
        {"for i in 1 2; do a; done; b", "a@/w?, b@/w"},
        {"cd /x | a; b", "cd@/w?, a@/w?, b@/w"},
        {"sudo cd /x && a", "cd@/w, a@~"},
        {"if a; then cd /x && b; fi", "a@/w?, cd@/w?, b@/x?"},
        {"cd /x & a", "cd@/w?, a@/w"},
        {"echo $(cd /x && a) && b", "cd@/w?, a@/x?, echo@/w, b@/w"},
    };

    check(*state, rows, COUNT(rows));
}

static void what_may_not_run_is_told(void **state)
{
    static const row rows[] = {
        {"a && b; c", "a@/w, b@/w, c@/w"},
        {"a || b && c", "a@/w, b@/w?, c@/w?"},
        {"a | b", "a@/w?, b@/w?"},
        {"! a", "a@/w?"},
        {"(a; b)", "a@/w, b@/w"},
        {"{ a; b; }", "a@/w, b@/w"},
        {"if a; then b; else c; fi", "a@/w?, b@/w?, c@/w?"},
        {"while a; do b; done", "a@/w?, b@/w?"},
        {"case x in y) a;; esac", "a@/w?"},
        {"f() { a; }; b", "a@~?, b@/w"},
        {"a &", "a@/w?"},
        {"a `b`", "b@/w?, a@/w"},
    };

    check(*state, rows, COUNT(rows));
}

static void an_exec_form_has_no_commands(void **state)
{
    static const row rows[] = {
        {"[\"npm\", \"ci\"]", "not understood"},
        {"[ \"a\" ] && b", "[@/w, b@/w"},
        {"if a", "not understood"},
        {"a 'b", "not understood"},
    };

    check(*state, rows, COUNT(rows));
}

static void only_the_top_list_is_top(void **state)
{
    const df_run *run = run_of(*state, "a && { b; } && (c) && sh -c 'd'");

    assert_int_equal(run->ncmds, 5);
    assert_true(run->cmds[0].top);
    assert_false(run->cmds[1].top);
    assert_false(run->cmds[2].top);
    assert_true(run->cmds[3].top);
    assert_false(run->cmds[4].top);
    assert_true(run->cmds[4].script);
}

static void operands_are_told_from_options(void **state)
{
    const df_run *run =
        run_of(*state, "sudo apt-get -qy -t x install --no-install-recommends "
                       "a=1 -- -b c");
    const df_cmd *cmd = &run->cmds[0];

    assert_true(cmd->sudo);
    assert_true(cmd->wrapped);
    assert_int_equal(df_cmd_operands(cmd), 3);
    assert_str(df_cmd_word(cmd, df_cmd_operand(cmd, 0))->value, "a=1");
    assert_str(df_cmd_word(cmd, df_cmd_operand(cmd, 1))->value, "-b");
    assert_int_equal(df_cmd_operand(cmd, 3), 0);
    assert_true(df_cmd_has(cmd, "-y"));
    assert_true(df_cmd_has(cmd, "-q"));
    assert_false(df_cmd_has(cmd, "-b"));
    assert_true(df_cmd_has(cmd, "--no-install-recommends"));
    assert_false(df_cmd_has(cmd, "--no-install"));
}

static void values_of_options_are_found(void **state)
{
    const df_run *run =
        run_of(*state, "pip install -r a.txt --index-url=b --target \"$X\"");
    const df_cmd *cmd = &run->cmds[0];
    df_str value;

    assert_true(df_cmd_value(cmd, "-r", &value));
    assert_str(value, "a.txt");
    assert_true(df_cmd_value(cmd, "--index-url", &value));
    assert_str(value, "b");
    assert_false(df_cmd_value(cmd, "--target", &value));
    assert_false(df_cmd_value(cmd, "--prefix", &value));
}

static void a_trigger_is_a_run(void **state)
{
    const df_facts *f = facts_of(*state, "FROM x\nONBUILD RUN npm ci\nCMD a\n");

    assert_int_equal(f->nruns, 1);
    assert_true(f->runs[0].onbuild);
    assert_int_equal(f->runs[0].ncmds, 1);
    assert_ptr_equal(f->run_of[1], &f->runs[0]);
    assert_null(f->run_of[2]);
}

/* Templates. */

static bool is_template(df_arena *a, const char *line)
{
    const df_facts *f =
        facts_of(a, df_cstr(a, df_fmt(a, "FROM x\n%s\n", line)));
    df_span at;
    df_str text;

    return df_template_find(f->doc, &at, &text);
}

static void templates_are_recognised(void **state)
{
    static const char *const yes[] = {
        "RUN a {{ b }}", "ENV A={{.B}}",   "RUN <% a %>",      "ENV A=%%B%%",
        "COPY @@A@@ /x", "RUN {% if x %}", "COPY @SRC_DIR@ .", "ENV A=<%=b%>",
    };

    for (size_t i = 0; i < COUNT(yes); i++)
        if (!is_template(*state, yes[i]))
            fail_msg("%s", yes[i]);
}

static void look_alikes_are_no_templates(void **state)
{
    static const char *const no[] = {
        "RUN docker inspect -f '{{.State}}' x",
        "RUN git log --format=\"%H%an\"",
        "RUN mail a@b.example c@d.example",
        "RUN date +%Y-%m",
        "# {{ comment }}",
        "RUN echo ${A}}",
        "RUN npm i @scope/a@1 @scope/b@2",
        "RUN awk '{ if (a) { b } }'",
        "RUN sed 's@A@B@'",
    };

    for (size_t i = 0; i < COUNT(no); i++)
        if (is_template(*state, no[i]))
            fail_msg("%s", no[i]);
}

int unit_facts(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(a_stage_begins_at_from),
        arena_test(an_image_is_taken_apart),
        arena_test(a_digest_is_told),
        arena_test(arguments_before_from_fill_in_the_image),
        arena_test(a_stage_name_hides_an_image),
        arena_test(a_stage_is_used_by_name_number_or_mount),
        arena_test(what_nobody_uses_is_shipped),
        arena_test(windows_shows_in_image_and_platform),
        arena_test(workdir_is_followed),
        arena_test(user_is_followed),
        arena_test(variables_are_followed),
        arena_test(stages_do_not_see_each_others_variables),
        arena_test(the_shell_is_followed),
        arena_test(a_foreign_shell_is_told),
        arena_test(commands_are_seen_through_wrappers),
        arena_test(scripts_in_strings_are_read),
        arena_test(directories_are_followed),
        arena_test(what_may_not_run_is_told),
        arena_test(an_exec_form_has_no_commands),
        arena_test(only_the_top_list_is_top),
        arena_test(operands_are_told_from_options),
        arena_test(values_of_options_are_found),
        arena_test(a_trigger_is_a_run),
        arena_test(templates_are_recognised),
        arena_test(look_alikes_are_no_templates),
    };

    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
