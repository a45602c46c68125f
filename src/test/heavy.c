/*
 * Contexts that are made to take long, or all memory: manifests of 30 MB and
 * more, nested a hundred thousand times, numbers beyond all types, aliases that
 * multiply. Each run ends well in bounded time and memory, and says what it
 * says of the same context without the weight, or that it does not understand.
 *
 *     build/heavy [TEST]
 */
#define _XOPEN_SOURCE 700
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "test/folder.h"
#include "test/world.h"

/* Of a run. A tenth of it is usual; the rest is for the slowest machines. */
#define MAX_SECONDS 30
#define MAX_KB      (768 * 1024)

#define MB(n) ((n)*1024u * 1024u)

/* head, then `times` the unit, then tail */
typedef struct {
    const char *path; /* NULL: none */
    const char *head;
    const char *unit;
    unsigned times;
    const char *tail;
} part;

typedef struct {
    const char *name;
    const char *dockerfile;
    part parts[3];
    const char *says; /* stands in what is printed; NULL: the same as LIGHT */
} scene;

#define FILE_OF(image, install)                                                \
    "FROM " image "\nWORKDIR /app\nCOPY . .\nRUN " install                     \
    "\nRUN echo a\nCMD [\"./x\"]\n"
#define NPM  FILE_OF("node:20", "npm ci && npm run build")
#define PNPM FILE_OF("node:20", "pnpm install --frozen-lockfile")
#define PIP  FILE_OF("python:3", "pip install -r requirements.txt")
#define GEM  FILE_OF("ruby:3", "bundle install")

#define HEAD "{\"name\": \"x\", \"scripts\": {\"build\": \"tsc\"}"
#define DEPS ", \"dependencies\": {\"a\": \"1\"}}"
#define PACKAGE(head, unit, times, tail)                                       \
    {                                                                          \
        "package.json", HEAD head, unit, times, tail DEPS                      \
    }
#define LOCK                                                                   \
    {                                                                          \
        "package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}", "", \
            0, ""                                                              \
    }
#define PNPM_PARTS                                                             \
    {"package.json", HEAD DEPS, "", 0, ""},                                    \
    {                                                                          \
        "pnpm-lock.yaml", "lockfileVersion: '6.0'\n", "", 0, ""                \
    }

#define UNCLEAR(file) file " is not understood"

/* Each stands for nine of the one before: 9^9 in the end. */
#define LAUGHS                                                                 \
    "a: &a [x, x, x, x, x, x, x, x, x]\n"                                      \
    "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"                             \
    "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"                             \
    "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"                             \
    "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"                             \
    "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"                             \
    "g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n"                             \
    "h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]\n"                             \
    "i: &i [*h, *h, *h, *h, *h, *h, *h, *h, *h]\n"

static const scene LIGHT = {
    "nothing", NPM, {PACKAGE("", "", 0, ""), LOCK}, NULL};

static const scene NUMBERS[] = {
    {"minus zero", NPM, {PACKAGE(", \"n\": -0", "", 0, ""), LOCK}, NULL},
    {"beyond 64 bits",
     NPM,
     {PACKAGE(", \"n\": -99999999999999999999, \"m\": 18446744073709551616", "",
              0, ""),
      LOCK},
     NULL},
    {"a version of the lock beyond 64 bits",
     NPM,
     {PACKAGE("", "", 0, ""),
      {"package-lock.json", "{\"lockfileVersion\": 3", "0", 30,
       ", \"packages\": {}}"}},
     NULL},
    {"a million digits behind the point",
     NPM,
     {PACKAGE(", \"n\": 0.", "1", MB(1), ""), LOCK},
     NULL},
    {"beyond all doubles",
     NPM,
     {PACKAGE(", \"n\": 1e999", "", 0, ""), LOCK},
     UNCLEAR("package.json")},
    {"400 digits",
     NPM,
     {PACKAGE(", \"n\": ", "9", 400, ""), LOCK},
     UNCLEAR("package.json")},
};

static const scene SHAPES[] = {
    {"a name of 30 MB",
     NPM,
     {PACKAGE(", \"", "k", MB(30), "\": 1"), LOCK},
     NULL},
    {"names that are given twice: the last counts",
     NPM,
     {{"package.json",
       "{\"name\": \"y\", \"dependencies\": {\"z\": \"file:..\"}, \"name\": "
       "\"x\", \"scripts\": {\"build\": \"tsc\"}" DEPS,
       "", 0, ""},
      LOCK},
     NULL},
    {"a hundred thousand lists in each other",
     NPM,
     {PACKAGE(", \"n\": ", "[", 100000, ""), LOCK},
     UNCLEAR("package.json")},
    {"a lock of a hundred thousand objects in each other",
     NPM,
     {PACKAGE("", "", 0, ""), {"package-lock.json", "", "{\"a\":", 100000, ""}},
     "package.json and package-lock.json are copied before"},
    {"ten million empty lists",
     NPM,
     {PACKAGE(", \"n\": [[]", ",[]", 10 * 1000 * 1000, "]"), LOCK},
     UNCLEAR("package.json")},
    {"NUL in a name",
     NPM,
     {PACKAGE(", \"a\\u0000b\": 1", "", 0, ""), LOCK},
     UNCLEAR("package.json")},
    {"what is no UTF-8",
     NPM,
     {PACKAGE(", \"n\": \"\xFF\xFE\"", "", 0, ""), LOCK},
     UNCLEAR("package.json")},
    {"100 MB",
     NPM,
     {PACKAGE("", " ", MB(100), ""), LOCK},
     UNCLEAR("package.json")},
    {"a script of 20 MB",
     NPM,
     {{"package.json", "{\"name\": \"x\", \"scripts\": {\"build\": \"", "a && ",
       MB(4), "b\"}" DEPS},
      LOCK},
     "package.json and package-lock.json are copied before"},
    {"scripts that call each other",
     NPM,
     {{"package.json", "{\"name\": \"x\", \"scripts\": {\"build\": \"",
       "npm run b; npm run build; ", 1000,
       "\", \"b\": \"npm run build; npm run b\"}" DEPS},
      LOCK},
     "package.json and package-lock.json are copied before"},
    {"a hundred thousand patterns of workspaces",
     NPM,
     {{"package.json", "{\"name\": \"x\", \"workspaces\": [\"a\"",
       ",\"p/*\",\"../*\",\"!**/q*\"", 100000, "]" DEPS},
      LOCK,
      {"p/q/package.json", "{}", "", 0, ""}},
     "the patterns of the workspaces are too many"},
};

static const scene YAML[] = {
    {"aliases that multiply, in pnpm-workspace.yaml",
     PNPM,
     {PNPM_PARTS, {"pnpm-workspace.yaml", LAUGHS "packages: *i\n", "", 0, ""}},
     UNCLEAR("pnpm-workspace.yaml")},
    {"aliases that multiply, in a compose file",
     NPM,
     {PACKAGE("", "", 0, ""),
      LOCK,
      {"compose.yaml", LAUGHS "services: {a: *i, b: {<<: *i, build: .}}\n", "",
       0, ""}},
     NULL},
    {"aliases that multiply, in .dfopt.yaml",
     NPM,
     {{".dfopt.yaml", "skip: &a [slim-base]\nonly: *a\n" LAUGHS, "", 0, ""}},
     "anchors are not supported"},
    {"a million lists in each other",
     PNPM,
     {PNPM_PARTS, {"pnpm-workspace.yaml", "packages: ", "[", MB(1), ""}},
     UNCLEAR("pnpm-workspace.yaml")},
    {"a million lists in each other, by dashes",
     PNPM,
     {PNPM_PARTS, {"pnpm-workspace.yaml", "packages:\n", "- ", MB(1), ""}},
     UNCLEAR("pnpm-workspace.yaml")},
    {"ten million items",
     PNPM,
     {PNPM_PARTS, {"pnpm-workspace.yaml", "packages: [", "a,", MB(10), "]"}},
     UNCLEAR("pnpm-workspace.yaml")},
    {"a hundred thousand tags",
     PNPM,
     {PNPM_PARTS, {"pnpm-workspace.yaml", "", "%TAG !a! b\n", 100000, ""}},
     UNCLEAR("pnpm-workspace.yaml")},
    {"a hundred thousand tags, in .dfopt.yaml",
     NPM,
     {{".dfopt.yaml", "", "%TAG !a! b\n", 100000, ""}},
     "error"},
    {"a million lists in each other, in .dfopt.yaml",
     NPM,
     {{".dfopt.yaml", "skip: ", "[", MB(1), ""}},
     "error"},
};

static const scene OTHERS[] = {
    {"requirements that include themselves",
     PIP,
     {{"requirements.txt", "ky==1\n", "-r requirements.txt\n", 30, ""}},
     "requirements.txt is copied before"},
    {"requirements that include each other",
     PIP,
     {{"requirements.txt", "", "-r a.txt\n-r b.txt\n-c b.txt\n", 300, ""},
      {"a.txt", "", "-r requirements.txt\n-r b.txt\n-e .\n", 300, ""},
      {"b.txt", "", "-r requirements.txt\n-r a.txt\n", 300, ""}},
     "it is part of the source"},
    {"a million requirements",
     PIP,
     {{"requirements.txt", "ky==1\n", "-r requirements.txt\n", MB(1), ""}},
     UNCLEAR("requirements.txt")},
    {"a requirement of 10 MB",
     PIP,
     {{"requirements.txt", "", "a", MB(10), ""}},
     "requirements.txt"},
    {"a million gems, and as many in the lock",
     GEM,
     {{"Gemfile", "source 'x'\n", "gem \"a\"\n", MB(1), ""},
      {"Gemfile.lock", "GEM\n  specs:\n", "    a (1)\n", MB(1), ""}},
     "Gemfile"},
    {"TOML in a million lists",
     FILE_OF("python:3", "poetry install"),
     {{"pyproject.toml", "[tool.poetry]\nname = \"x\"\nx = ", "[", MB(10), ""},
      {"poetry.lock", "[[package]]\n", "[a.", MB(10), ""}},
     "pyproject.toml"},
    {"a text of a million lines without an end",
     FILE_OF("python:3", "poetry install"),
     {{"pyproject.toml", "[tool.poetry]\nname = \"x\"\nx = \"\"\"", "a\n",
       MB(1), ""},
      {"poetry.lock", "x = \"\"\"", "a\n", MB(1), ""}},
     "pyproject.toml"},
    {"a pattern of the configuration that does not end",
     FILE_OF("debian:12", "xs install"),
     {{".dfopt.yaml",
       "tools: [{name: xs, subcommands: true, reads-context: true}]\n"
       "ecosystems: [{name: xs, tool: xs, install: [install], "
       "manifests: [x.yml], unless-text: '(a+)+(b|c)+$', strategy: move}]\n",
       "", 0, ""},
      {"x.yml", "", "a", 100000, ""}},
     "x.yml may name more of the source"},
    {"XML in a million elements, and entities of entities",
     FILE_OF("maven:3", "mvn package"),
     {{"pom.xml",
       "<!DOCTYPE a [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><project>",
       "<a>&b;", MB(1), ""}},
     ""},
    {"a million patterns to ignore",
     NPM,
     {PACKAGE("", "", 0, ""),
      LOCK,
      {".dockerignore", "", "a/**/b*c?[a-z]\n", MB(1), ""}},
     ""},
};

/* --- one run --- */

static void write_part(const char *dir, const part *p)
{
    df_arena a;
    df_buf out;

    df_arena_init(&a, NULL, NULL);
    df_buf_init(&out, &a);
    df_buf_adds(&out, p->head);
    for (unsigned i = 0; i < p->times; i++)
        df_buf_adds(&out, p->unit);
    df_buf_adds(&out, p->tail);
    folder_write(folder_path(&a, dir, p->path), df_buf_str(&out));
    df_arena_release(&a);
}

static const char *make(df_arena *a, const scene *s)
{
    const char *dir = world_new(a);

    folder_write(folder_path(a, dir, "Dockerfile"), df_str_of(s->dockerfile));
    for (size_t i = 0; i < COUNT(s->parts) && s->parts[i].path; i++)
        write_part(dir, &s->parts[i]);
    return dir;
}

/* All that is printed, within the bounds; fails if it does not end well. */
static df_str run(df_arena *a, const char *dir, const char *name)
{
    const char *program = getenv("DFOPT");
    char whole[4096] = "";
    const char *command;
    df_str text;
    int status;

    if (!realpath(program ? program : "build/dfopt", whole))
        fail_msg("no program");
    command = df_fmt(a,
                     "ulimit -t %d; ulimit -v %d;"
                     " exec '%s' --unsafe -d Dockerfile >../said 2>&1",
                     MAX_SECONDS, MAX_KB, whole)
                  .ptr;
    status = world_sh(dir, command);
    folder_read(a, folder_path(a, dir, "../said"), &text);
    if (status > 2 || df_str_has(text, "out of memory"))
        fail_msg("%s: status %d: %.200s", name, status, text.ptr);
    return text;
}

static void check(const scene *scenes, size_t n)
{
    df_arena a;
    df_str light;

    df_arena_init(&a, NULL, NULL);
    light = run(&a, make(&a, &LIGHT), LIGHT.name);
    for (size_t i = 0; i < n; i++) {
        df_arena one;
        df_str text;

        df_arena_init(&one, NULL, NULL);
        text = run(&one, make(&one, &scenes[i]), scenes[i].name);
        if (scenes[i].says ? !df_str_has(text, scenes[i].says)
                           : !df_str_eq(text, light))
            fail_msg("%s:\n%.2000s", scenes[i].name, text.ptr);
        df_arena_release(&one);
    }
    df_arena_release(&a);
}

static void numbers_beyond_all_types_change_nothing(void **state)
{
    (void)state;
    check(NUMBERS, COUNT(NUMBERS));
}

static void json_of_any_shape_is_bounded(void **state)
{
    (void)state;
    check(SHAPES, COUNT(SHAPES));
}

static void yaml_of_any_shape_is_bounded(void **state)
{
    (void)state;
    check(YAML, COUNT(YAML));
}

static void other_files_are_bounded(void **state)
{
    (void)state;
    check(OTHERS, COUNT(OTHERS));
}

/* Each of them within the limits of one file. */
static void many_manifests_are_bounded(void **state)
{
    static const scene SCENE = {
        "workspaces",
        NPM,
        {{"package.json", "{\"name\": \"x\", \"workspaces\": [\"p/*\"]" DEPS,
          "", 0, ""},
         LOCK},
        NULL};
    df_arena *a = *state;
    part p = {NULL, "{\"x\": [[]", ",[]", 900000, "]}"};
    const char *dir = make(a, &SCENE);

    for (int i = 0; i < 60; i++) {
        p.path = df_fmt(a, "p/%d/package.json", i).ptr;
        write_part(dir, &p);
    }
    assert_true(df_str_has(run(a, dir, SCENE.name), "not understood"));
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_beyond_all_types_change_nothing),
        cmocka_unit_test(json_of_any_shape_is_bounded),
        cmocka_unit_test(yaml_of_any_shape_is_bounded),
        cmocka_unit_test(other_files_are_bounded),
        arena_test(many_manifests_are_bounded),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("heavy", tests, NULL, NULL) != 0;
}
