/*
 * What the program touches: of a context made by an enemy nothing outside is
 * looked at, nothing is executed, and nobody is called. SECURITY.md says what
 * is read outside all the same; `is_allowed` is that list, and no more.
 *
 *     build/touched [TEST]
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test/folder.h"
#include "test/trace.h"
#include "test/world.h"

/* --- what may be touched --- */

typedef struct {
    const char *context;
    const char *top; /* of the work tree that holds it; NULL: none */
    bool searches;   /* a directory was named: git is asked for its files */
    bool writes;
    const char *also; /* one more place, or NULL */
} bounds;

static touches baseline; /* of a run that is asked about nothing */

static bool is_at_start(const touch *t)
{
    for (uint32_t i = 0; i < baseline.nitems; i++)
        if (baseline.items[i].kind == t->kind &&
            strcmp(baseline.items[i].place, t->place) == 0)
            return true;
    return false;
}

/* What says nothing about anybody's files: jansson scatters its hash tables by
 * chance, several files are worked on by as many threads as there are cores,
 * git is given no input. */
static bool is_of_the_system(const touch *t)
{
    static const char *const PLACES[] = {
        "/dev/urandom", "/sys/devices/system/cpu/online", "/dev/null"};

    for (size_t i = 0; i < COUNT(PLACES); i++)
        if (strcmp(t->place, PLACES[i]) == 0)
            return t->kind == TOUCH_OPEN;
    return false;
}

/* What is behind the directory in the path of something in it: "" for itself,
 * NULL if it is not in it. */
static const char *rest_in(const char *place, const char *dir)
{
    size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

    if (strncmp(place, dir, n) != 0)
        return NULL;
    return place[n] == '/' ? place + n + 1 : place[n] ? NULL : "";
}

static bool is_compose(const char *name)
{
    return strcmp(name, "compose.yaml") == 0 ||
           strcmp(name, "compose.yml") == 0 ||
           strcmp(name, "docker-compose.yaml") == 0 ||
           strcmp(name, "docker-compose.yml") == 0 ||
           strcmp(name, "compose.override.yaml") == 0 ||
           strcmp(name, "compose.override.yml") == 0 ||
           strcmp(name, "docker-compose.override.yaml") == 0 ||
           strcmp(name, "docker-compose.override.yml") == 0;
}

/* In a directory above the context; `in_tree`: one of its work tree. */
static bool is_allowed_above(const touch *t, const char *name, bool in_tree)
{
    if (!*name)
        return t->kind == TOUCH_LOOK || (t->kind == TOUCH_OPEN && in_tree);
    if (strcmp(name, ".git") == 0)
        return t->kind == TOUCH_LOOK;
    return (t->kind == TOUCH_LOOK || t->kind == TOUCH_OPEN) &&
           (strcmp(name, ".dfopt.yaml") == 0 ||
            (in_tree && (is_compose(name) || strcmp(name, ".gitignore") == 0)));
}

static bool is_above(const bounds *b, const touch *t)
{
    char dir[4096];
    char *slash;
    bool in_tree = b->top != NULL;

    snprintf(dir, sizeof dir, "%s", b->context);
    while (!(b->top && strcmp(dir, b->top) == 0) &&
           (slash = strrchr(dir, '/'))) {
        const char *rest;

        slash[slash == dir] = '\0';
        rest = rest_in(t->place, dir);
        if (rest && is_allowed_above(t, rest, in_tree))
            return true;
        if (strcmp(dir, "/") == 0)
            break;
    }
    return false;
}

static bool is_git(const char *place)
{
    const char *slash = strrchr(place, '/');

    return slash && strcmp(slash, "/git") == 0;
}

static bool is_allowed(const bounds *b, const touch *t)
{
    bool inside = rest_in(t->place, b->context) != NULL;

    switch (t->kind) {
    case TOUCH_LOOK:
    case TOUCH_OPEN:
        return inside || is_above(b, t) || is_at_start(t) ||
               is_of_the_system(t) ||
               (b->also && strcmp(t->place, b->also) == 0);
    case TOUCH_LIST:
        return inside;
    case TOUCH_CHANGE:
        return inside && b->writes;
    case TOUCH_RUN:
        return is_at_start(t) || (b->searches && !inside && is_git(t->place));
    case TOUCH_NET:
    case TOUCH_UNKNOWN:
        return false;
    }
    return false;
}

/* --- one run --- */

#define MAX_ARGS 8

static const char *program;

static void run(df_arena *a, const char *dir, const char *const *args,
                touches *out)
{
    const char *argv[MAX_ARGS + 2] = {program};

    for (size_t i = 0; i < MAX_ARGS && args[i]; i++)
        argv[i + 1] = args[i];
    if (!trace_run(a, dir, argv, out)) {
        print_message("this system lets nobody be traced\n");
        skip();
    }
}

static unsigned count_bad(const bounds *b, const touches *got,
                          const char *const *args)
{
    static const char *const NAMES[] = {
        "looks at", "opens", "lists", "changes", "runs", "calls", "unknown:"};
    unsigned bad = 0;

    for (uint32_t i = 0; i < got->nitems; i++) {
        const touch *t = &got->items[i];

        if (is_allowed(b, t))
            continue;
        if (!bad++)
            print_error("%s: dfopt %s %s %s ...\n", b->context, args[0],
                        args[1] ? args[1] : "",
                        args[1] && args[2] ? args[2] : "");
        print_error("    %s %s\n", NAMES[t->kind], t->place);
    }
    return bad;
}

static bool has_touched(const touches *got, const char *place)
{
    for (uint32_t i = 0; i < got->nitems; i++)
        if (strcmp(got->items[i].place, place) == 0)
            return true;
    return false;
}

static const char *real(df_arena *a, const char *path)
{
    char *place = df_new_array(a, char, 4097);

    return realpath(path, place) ? place : path;
}

static int set_up(void **state)
{
    static const char *const ARGS[] = {"--version", NULL};
    static df_arena arena;

    df_arena_init(&arena, NULL, NULL);
    *state = &arena;
    program = getenv("DFOPT");
    program = real(&arena, program ? program : "build/dfopt");
    run(&arena, "/", ARGS, &baseline);
    assert_int_equal(baseline.status, 0);
    return 0;
}

static int tear_down(void **state)
{
    df_arena_release(*state);
    return 0;
}

/* --- contexts of an enemy --- */

/* What lies outside, next to the context: worth reading, by all names that are
 * read. */
static const char OUTSIDE[] =
    "mkdir -p ../outside/sub; cd ../outside; cp -r . ../outside2;"
    "for d in . sub; do (cd $d;"
    " echo secret >secret; echo secret >index.js; echo '#!/bin/sh' >run.sh;"
    " echo '{\"name\":\"x\",\"dependencies\":{\"a\":\"1\"}}' >package.json;"
    " echo '{\"lockfileVersion\":3,\"packages\":{}}' >package-lock.json;"
    " echo 'ky==1' >requirements.txt; echo 'module x' >go.mod;"
    " echo 'gem \"x\"' >Gemfile; echo '<project/>' >pom.xml;"
    " printf '[project]\\nname=\"x\"\\n' >pyproject.toml;"
    " echo 'secret' >.dockerignore; echo 'FROM scratch' >Dockerfile;"
    " echo 'services: {x: {build: .}}' >compose.yaml;"
    " echo 'tools: [{name: x}]' >.dfopt.yaml; mkdir .git); done";

#define NPM                                                                    \
    "echo '{\"name\":\"x\",\"scripts\":{\"build\":\"sh ../outside/run.sh\"}}'" \
    " >package.json;"
#define NPM_FILE                                                               \
    "printf 'FROM node:20\\nWORKDIR /app\\nCOPY . .\\nRUN npm ci\\n"           \
    "RUN npm run build\\nCMD [\"node\",\"index.js\"]\\n' >Dockerfile;"
#define PIP_FILE                                                               \
    "printf 'FROM python:3\\nWORKDIR /app\\nCOPY . .\\n"                       \
    "RUN pip install -r requirements.txt\\n"                                   \
    "RUN echo a\\nCMD [\"python\",\"x.py\"]\\n' >Dockerfile;"

typedef struct {
    const char *name;
    const char *make;  /* in the context; ../outside is there */
    const char *meets; /* must be touched below the context, or this is void */
} scene;

static const scene SCENES[] = {
    {"manifests that are links, relative and absolute",
     NPM_FILE "ln -s ../outside/package.json .;"
              "ln -s $PWD/../outside/package-lock.json .; mkdir a;"
              "ln -s ../../outside/package.json a/package.json",
     "package.json"},
    {"a directory that is a link",
     "ln -s ../outside src;"
     "printf 'FROM node:20\\nCOPY src/package.json src/package-lock.json ./\\n"
     "RUN npm ci\\nCOPY src src\\nRUN cat src/secret\\n' >Dockerfile",
     "src"},
    {"a link in the middle of a path",
     "mkdir -p a/b; ln -s ../../../outside a/b/c;"
     "printf 'FROM node:20\\nWORKDIR /a/b/c/sub\\nCOPY a/b/c/sub/package.json "
     ".\\n"
     "RUN npm i\\nADD a/b/c/sub/run.sh a/b/c/secret /x/\\nRUN /x/run.sh\\n'"
     " >Dockerfile",
     "a/b/c"},
    {"a chain of links",
     NPM_FILE "ln -s a package.json; ln -s b/c a; ln -s . b;"
              "ln -s d/../../outside/package.json c; mkdir d",
     "c"},
    {"links that go around",
     NPM_FILE PIP_FILE "ln -s b a; ln -s a b; ln -s package.json package.json;"
                       "ln -s ../here/requirements.txt requirements.txt;"
                       "ln -s . around; ln -s around/around/../x x",
     "requirements.txt"},
    {"a link that leaves and comes back",
     NPM_FILE NPM "ln -s ../outside/../here/package.json package-lock.json;"
                  "ln -s ../here/package.json npm-shrinkwrap.json",
     "package-lock.json"},
    {"workspaces outside",
     NPM_FILE "echo '{\"name\":\"x\",\"workspaces\":[\"../*\",\"../outside\","
              "\"/outside\",\"a/../../outside/*\",\"l/*\",\"l\",\"**\"]}'"
              " >package.json; ln -s ../outside l; mkdir a;"
              "printf 'packages:\\n- ../*\\n- ../outside/**\\n- l\\n'"
              " >pnpm-workspace.yaml; echo '{}' >package-lock.json",
     "l"},
    {"references to files outside",
     NPM_FILE "echo '{\"name\":\"x\",\"dependencies\":{"
              "\"a\":\"file:../outside\",\"b\":\"link:../outside/sub\","
              "\"c\":\"file:/etc\",\"d\":\"file:l\",\"e\":\"portal:l/sub\"},"
              "\"scripts\":{\"postinstall\":\"node ../outside/index.js\","
              "\"prepare\":\"sh l/run.sh\",\"build\":\"sh /etc/profile\"},"
              "\"main\":\"../outside/index.js\",\"bin\":\"../outside/run.sh\"}'"
              " >package.json; ln -s ../outside l; echo '{\"packages\":{"
              "\"../outside\":{\"name\":\"a\"},\"node_modules/a\":{"
              "\"resolved\":\"../outside\",\"link\":true}}}'"
              " >package-lock.json",
     "package.json"},
    {"requirements outside",
     PIP_FILE "printf -- '-r ../outside/requirements.txt\\n"
              "-c ../../outside/requirements.txt\\n-r /etc/hostname\\n"
              "-e ../outside\\n-r l/requirements.txt\\n../outside/x.whl\\n"
              "--find-links ../outside\\n-r file:///etc/passwd\\n"
              "x @ file:../outside\\n' >requirements.txt; ln -s ../outside l",
     "requirements.txt"},
    {"other manifests that lead outside",
     "printf 'module x\\nreplace a => ../outside\\nreplace b => /etc\\n'"
     " >go.mod;"
     "ln -s ../outside l;"
     "printf 'gemspec path: \"../outside\"\\ngem \"x\", path: \"../outside\"\\n"
     "eval_gemfile \"../outside/Gemfile\"\\n' >Gemfile;"
     "printf '[tool.poetry.dependencies]\\na = {path = \"../outside\"}\\n'"
     " >pyproject.toml;"
     "printf '[workspace]\\nmembers = [\"../outside\", \"l\"]\\n' >Cargo.toml;"
     "echo '<project><modules><module>../outside</module><module>l</module>"
     "</modules><parent><relativePath>../outside/pom.xml</relativePath>"
     "</parent></project>' >pom.xml; echo '{\"repositories\":[{\"type\":"
     "\"path\",\"url\":\"../outside\"}]}' >composer.json;"
     "echo 'include \"../outside\", \"l\"' >settings.gradle;"
     "echo '<Project><Import Project=\"../outside/x.props\"/><ItemGroup>"
     "<ProjectReference Include=\"../outside/x.csproj\"/></ItemGroup>"
     "</Project>' >x.csproj;"
     "printf 'FROM debian\\nWORKDIR /x\\nCOPY . .\\nRUN go mod download\\n"
     "RUN bundle install\\nRUN poetry install\\nRUN cargo build\\n"
     "RUN mvn package\\nRUN composer install\\nRUN gradle build\\n"
     "RUN dotnet restore\\n' >Dockerfile",
     "go.mod"},
    {"a workspace that leads outside",
     "printf 'go 1.20\\nuse ../outside\\nuse ./l\\nuse ./m\\n"
     "replace a => ../outside\\nreplace b => ./l\\n' >go.work;"
     "ln -s ../outside l; mkdir m;"
     "printf 'module m\\nreplace a => ../../outside\\nreplace b => ../l\\n' "
     ">m/go.mod; ln -s ../../outside/go.sum m/go.sum;"
     "printf 'FROM golang:1.22\\nWORKDIR /x\\nCOPY . .\\nRUN go mod download\\n"
     "RUN go build ./m\\n' >Dockerfile",
     "m/go.mod"},
    {"an ignore file that is a link",
     NPM_FILE NPM "ln -s ../outside/.dockerignore .", ".dockerignore"},
    {"an ignore file of its own that is a link",
     NPM_FILE NPM "ln -s ../outside/.dockerignore Dockerfile.dockerignore",
     "Dockerfile.dockerignore"},
    {"sources that climb",
     "ln -s ../outside l; mkdir a;"
     "printf 'FROM node:20\\nCOPY ../outside/package.json /x/\\n"
     "COPY a/../../outside/* /x/\\nCOPY /../outside/secret /etc/hostname /x/\\n"
     "ADD l/../secret ../outside/run.sh l/*.sh /x/\\nRUN /x/run.sh\\n"
     "COPY --chmod=755 l/sub/../*.json ./\\nRUN npm i\\n"
     "RUN --mount=type=bind,source=../outside,target=/o cat /o/secret\\n"
     "RUN --mount=type=bind,source=l,target=/l sh /l/run.sh\\n' >Dockerfile",
     "l"},
    {"programs and scripts of the context",
     "printf '#!/bin/sh\\ntouch ../outside/ran\\n' >x.sh; chmod +x x.sh;"
     "cp x.sh git; cp x.sh npm; cp x.sh sh;"
     "printf 'FROM debian\\nENV PATH=.\\nCOPY . /\\nRUN ./x.sh\\nRUN git "
     "pull\\n"
     "RUN npm ci\\nENTRYPOINT [\"/x.sh\"]\\n' >Dockerfile",
     "x.sh"},
    {"compose files that name others",
     NPM_FILE NPM
     "ln -s ../outside l;"
     "printf 'include: [../outside/compose.yaml]\\nservices:\\n"
     "  a: {build: {context: ., dockerfile: ../outside/Dockerfile}}\\n"
     "  b: {build: {context: ., dockerfile: l/Dockerfile}}\\n"
     "  c: {build: {context: ., dockerfile: /etc/hostname}}\\n"
     "  d: {build: ../outside, env_file: ../outside/secret,"
     " extends: {file: ../outside/compose.yaml, service: x},"
     " volumes: [\"../outside:/x\", \"/etc:/y\"]}\\n' >compose.yaml;"
     "ln -s ../outside/compose.yaml docker-compose.yml",
     "compose.yaml"},
    {"configuration that is a link",
     NPM_FILE NPM "ln -s ../outside/.dfopt.yaml .", ".dfopt.yaml"},
    {"a work tree that is a link", NPM_FILE NPM "ln -s ../outside/.git .git",
     ".git"},
    {"more Dockerfiles that are links",
     NPM_FILE NPM
     "ln -s ../outside/Dockerfile Dockerfile.a; ln -s ../outside l;"
     "mkdir b; ln -s ../../outside/Dockerfile b/Dockerfile;"
     "ln -s $PWD/../outside/Dockerfile c.Dockerfile;"
     "ln -s ../outside/sub b/Dockerfile.d",
     "Dockerfile"},
};

/* How dfopt is asked about each of them. */
static const struct {
    bounds bounds;
    const char *args[MAX_ARGS];
} RUNS[] = {
    {{.searches = false}, {"--unsafe", "-C", ".", "Dockerfile"}},
    {{.searches = false}, {"--unsafe", "--format=json", "Dockerfile"}},
    {{.searches = true}, {"--unsafe", "--check", "."}},
    {{.searches = true, .writes = true},
     {"--unsafe", "-w", "--fix-dockerignore", "."}},
};

static const char *below(df_arena *a, const char *dir, const char *name)
{
    return folder_path(a, dir, name);
}

/* `git`: where a repository is made, from the context; NULL: nowhere. */
static const char *make(df_arena *a, const scene *s, const char *git)
{
    const char *dir = world_new(a);

    if (world_sh(dir, OUTSIDE) != 0 || world_sh(dir, s->make) != 0)
        fail_msg("%s: cannot be made", s->name);
    if (git)
        world_sh(dir, df_fmt(a, "git init -q %s 2>/dev/null", git).ptr);
    return real(a, dir);
}

static unsigned play(df_arena *a, const scene *s, const char *git)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(RUNS); i++) {
        const char *dir = make(a, s, git);
        bounds b = RUNS[i].bounds;
        touches got;

        b.context = dir;
        b.top = git ? real(a, below(a, dir, git)) : NULL;
        run(a, dir, RUNS[i].args, &got);
        bad += count_bad(&b, &got, RUNS[i].args);
        if (got.status > 2 || !has_touched(&got, below(a, dir, s->meets))) {
            print_error("%s: status %d\n", s->name, got.status);
            bad++;
        }
    }
    return bad;
}

static unsigned play_all(df_arena *a, const char *git)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(SCENES); i++) {
        unsigned n = play(a, &SCENES[i], git);

        if (n)
            print_error("^ %s\n\n", SCENES[i].name);
        bad += n;
    }
    return bad;
}

static void nothing_outside_a_directory_is_touched(void **state)
{
    assert_int_equal(play_all(*state, NULL), 0);
}

static void nothing_outside_a_repository_is_touched(void **state)
{
    assert_int_equal(play_all(*state, "."), 0);
}

/* --- what is read outside --- */

/* Where the context is a part of a repository: compose files, ignore files of
 * git and the user's configuration above it, up to the top and no further. */
static void above_a_context_only_some_names_are_read(void **state)
{
    static const char *const ARGS[] = {"--unsafe", "Dockerfile", NULL};
    static const scene SCENE = {
        "a part of a repository",
        NPM_FILE NPM "echo '{}' >package-lock.json;"
                     "echo 'tools: []' >../.dfopt.yaml; echo >../compose.yml;"
                     "echo package-lock.json >../.gitignore;"
                     "ln -s outside/compose.yaml ../compose.yaml",
        "Dockerfile"};
    df_arena *a = *state;
    const char *dir = make(a, &SCENE, "..");
    bounds b = {.context = dir, .top = real(a, below(a, dir, ".."))};
    touches got;

    run(a, dir, ARGS, &got);
    assert_int_equal(got.status, 0);
    assert_int_equal(count_bad(&b, &got, ARGS), 0);
    assert_true(has_touched(&got, below(a, b.top, ".dfopt.yaml")));
    assert_true(has_touched(&got, below(a, b.top, "compose.yml")));
    assert_true(has_touched(&got, below(a, b.top, ".gitignore")));
}

/* The context is guessed only among the directories of a work tree. */
static void the_context_is_guessed_inside_a_work_tree(void **state)
{
    static const char *const ARGS[] = {"--unsafe", "Dockerfile", NULL};
    static const scene APART[] = {
        {"a Dockerfile apart",
         "mkdir ../src; echo >../src/x;"
         "printf 'FROM debian\\nCOPY src/x /x\\n' >Dockerfile",
         "../src/x"},
        {"a Dockerfile apart from what it installs",
         "echo flask >../own.txt;"
         "printf 'FROM python:3.12\\nWORKDIR /x\\nCOPY . .\\n"
         "RUN pip install -r own.txt\\n' >Dockerfile",
         "../own.txt"},
        {"a Dockerfile apart from the lock",
         "echo '{}' >../package-lock.json; echo '{}' >package.json;"
         "printf 'FROM node:20\\nWORKDIR /x\\nCOPY . .\\nRUN npm ci\\n' "
         ">Dockerfile",
         "../package-lock.json"},
    };
    df_arena *a = *state;

    for (size_t i = 0; i < COUNT(APART); i++) {
        const char *dir = make(a, &APART[i], NULL);
        bounds b = {.context = dir};
        touches got;

        run(a, dir, ARGS, &got);
        assert_int_equal(count_bad(&b, &got, ARGS), 0);
        dir = make(a, &APART[i], "..");
        run(a, dir, ARGS, &got);
        assert_true(has_touched(&got, real(a, below(a, dir, APART[i].meets))));
    }
}

/* Who names a file reads it, wherever it lies, but nothing beside it that a
 * link hands on. */
static void a_named_dockerfile_is_read_where_it_is(void **state)
{
    static const char *const ARGS[] = {"--unsafe", "l/Dockerfile", NULL};
    static const scene SCENE = {
        "a Dockerfile behind a link",
        "ln -s ../far l; mkdir ../far; cd ../far;" NPM_FILE NPM
        "ln -s ../outside/package-lock.json .; ln -s ../outside s",
        "l"};
    df_arena *a = *state;
    const char *dir = make(a, &SCENE, NULL);
    bounds b = {.context = real(a, below(a, dir, "l")),
                .also = below(a, dir, "l")};
    touches got;

    run(a, dir, ARGS, &got);
    assert_int_equal(got.status, 0);
    assert_int_equal(count_bad(&b, &got, ARGS), 0);
    assert_true(has_touched(&got, below(a, b.context, "package-lock.json")));
}

/* --- the cases of others --- */

static const char *top_of(df_arena *a, const char *dir)
{
    struct stat st;

    for (;;) {
        const char *slash = strrchr(dir, '/');

        if (lstat(below(a, dir, ".git"), &st) == 0)
            return dir;
        if (!slash || slash == dir)
            return NULL;
        dir = df_cstr(a, (df_str){dir, (size_t)(slash - dir)});
    }
}

static unsigned check_case(const char *path)
{
    static const char *const ARGS[] = {"--unsafe", "-C", ".", "Dockerfile",
                                       NULL};
    df_arena a;
    unsigned bad = 0;
    bounds b = {NULL};
    touches got;

    df_arena_init(&a, NULL, NULL);
    if (folder_has_file(below(&a, path, "Dockerfile"))) {
        b.context = real(&a, path);
        b.top = top_of(&a, b.context);
        run(&a, path, ARGS, &got);
        bad = count_bad(&b, &got, ARGS);
    }
    df_arena_release(&a);
    return bad;
}

/* Folders `dir`/X/Y/`name`, or `dir`/X/`name` with one level. */
static unsigned check_cases(df_arena *a, const char *dir, unsigned levels,
                            const char *name)
{
    folder f = folder_list(a, dir);
    unsigned bad = 0;

    assert_true(levels > 0 || f.nnames > 0);
    if (!levels)
        return check_case(below(a, dir, name));
    for (uint32_t i = 0; i < f.nnames; i++)
        if (folder_is_dir(below(a, dir, f.names[i])))
            bad += check_cases(a, below(a, dir, f.names[i]), levels - 1, name);
    return bad;
}

static void no_golden_case_reaches_outside(void **state)
{
    assert_int_equal(check_cases(*state, "testdata/transforms", 2, "input"), 0);
}

static void no_application_reaches_outside(void **state)
{
    assert_int_equal(check_cases(*state, "testdata/apps", 1, "context"), 0);
    assert_int_equal(check_cases(*state, "testdata/corpus", 1, "input"), 0);
}

#define touched_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        touched_test(nothing_outside_a_directory_is_touched),
        touched_test(nothing_outside_a_repository_is_touched),
        touched_test(above_a_context_only_some_names_are_read),
        touched_test(the_context_is_guessed_inside_a_work_tree),
        touched_test(a_named_dockerfile_is_read_where_it_is),
        touched_test(no_golden_case_reaches_outside),
        touched_test(no_application_reaches_outside),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("touched", tests, NULL, NULL) != 0;
}
