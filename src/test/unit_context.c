/* The build context: what COPY can see of a directory. */
#include "test/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "context/path.h"
#include "context/tree.h"
#include "context/utf8.h"

static void remove_at(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_at(dirfd(dir), entry->d_name);
    unlinkat(at, name, dir ? AT_REMOVEDIR : 0);
    if (dir)
        closedir(dir);
}

static void remove_tree(void *ptr)
{
    remove_at(AT_FDCWD, ptr);
}

/* A directory that goes away with the arena. */
typedef struct {
    df_arena *arena;
    const char *dir;
} world;

static world new_world(df_arena *a)
{
    char *dir = df_cstr(a, DF_STR("/tmp/dfopt-unit-context-XXXXXX"));

    assert_non_null(mkdtemp(dir));
    df_defer(a, remove_tree, dir);
    return (world){a, dir};
}

static const char *in(const world *w, const char *path)
{
    return df_fmt(w->arena, "%s/%s", w->dir, path).ptr;
}

static void make_parents(const world *w, const char *path)
{
    for (const char *p = path; (p = strchr(p, '/')); p++)
        mkdir(in(w, df_fmt(w->arena, "%.*s", (int)(p - path), path).ptr), 0755);
}

static void put(const world *w, const char *path, const char *text)
{
    int fd;

    make_parents(w, path);
    fd = open(in(w, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* Zeroes that take no room. */
static void put_zeroes(const world *w, const char *path, off_t size)
{
    put(w, path, "");
    assert_int_equal(truncate(in(w, path), size), 0);
}

static void put_link(const world *w, const char *path, const char *target)
{
    make_parents(w, path);
    assert_int_equal(symlink(target, in(w, path)), 0);
}

static df_context *open_world(const world *w)
{
    return df_context_open(w->arena, w->dir, NULL);
}

static df_file_kind lookup(df_context *cx, const char *path)
{
    return df_context_lookup(cx, df_str_of(path));
}

static df_file_kind stat_of(df_context *cx, const char *path)
{
    return df_context_stat(cx, df_str_of(path));
}

/* The names, each with a blank behind. */
static df_str joined(df_arena *a, df_names names)
{
    df_buf b;

    df_buf_init(&b, a);
    for (uint32_t i = 0; i < names.count; i++)
        df_buf_fmt(&b, "%.*s ", DF_STR_ARG(names.names[i]));
    return df_buf_str(&b);
}

static df_str listed(df_context *cx, const char *dir)
{
    return joined(df_context_arena(cx), df_context_list(cx, df_str_of(dir)));
}

static df_str globbed(df_context *cx, const char *pattern)
{
    return joined(df_context_arena(cx),
                  df_context_glob(cx, df_str_of(pattern)));
}

static df_str content(df_context *cx, const char *path)
{
    df_str text;

    return df_context_read(cx, df_str_of(path), &text) ? text : DF_STR("none");
}

static void paths_are_cleaned_as_in_go(void **state)
{
    static const struct {
        const char *path;
        const char *clean;
        const char *inside; /* NULL: outside */
    } ROWS[] = {
        {"", ".", ""},
        {".", ".", ""},
        {"/", "/", ""},
        {"a", "a", "a"},
        {"./a/", "a", "a"},
        {"/a//b/./c/", "/a/b/c", "a/b/c"},
        {"a/..", ".", ""},
        {"a/../b", "b", "b"},
        {"..", "..", NULL},
        {"a/../..", "..", NULL},
        {"../../a", "../../a", NULL},
        {"a/../../../b", "../../b", NULL},
        {"/..", "/", NULL},
        {"/../a", "/a", NULL},
        {"..a", "..a", "..a"},
        {"a/..b/...", "a/..b/...", "a/..b/..."},
        {"abc/def/../../..", "..", NULL},
        {"abc//./../def", "def", "def"},
    };

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_str path = df_str_of(ROWS[i].path);
        df_str inside;

        assert_str(df_path_clean(*state, path), ROWS[i].clean);
        assert_int_equal(df_path_inside(*state, path, &inside),
                         ROWS[i].inside != NULL);
        if (ROWS[i].inside)
            assert_str(inside, ROWS[i].inside);
    }
}

static void characters_are_those_of_utf8(void **state)
{
    static const struct {
        const char *text;
        uint32_t rune;
        size_t len;
    } ROWS[] = {
        {"a", 'a', 1},
        {"\xC3\xA9", 0xE9, 2},
        {"\xE2\x82\xAC", 0x20AC, 3},
        {"\xF0\x9F\x98\x80", 0x1F600, 4},
        {"\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
        {"\xC0\x80", DF_RUNE_BAD, 1},         /* too long a form */
        {"\xED\xA0\x80", DF_RUNE_BAD, 1},     /* half of a pair */
        {"\xF4\x90\x80\x80", DF_RUNE_BAD, 1}, /* beyond the last one */
        {"\xE2\x82", DF_RUNE_BAD, 1},
        {"\xFF", DF_RUNE_BAD, 1},
        {"\x80", DF_RUNE_BAD, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_rune r = df_utf8_first(df_str_of(ROWS[i].text));

        assert_int_equal(r.rune, ROWS[i].rune);
        assert_int_equal(r.len, ROWS[i].len);
    }
    assert_str(df_utf8_trim(DF_STR("\xC2\xA0 a\xE3\x80\x80\xC2\x85")), "a");
    assert_str(df_utf8_trim(DF_STR("\xE2\x80\x83\t")), "");
    assert_str(df_utf8_trim(DF_STR("\xA0")), "\xA0");
}

static void things_have_kinds(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, "a/b.txt", "hi");
    put_link(&w, "link", "a");
    mkfifo(in(&w, "pipe"), 0600);
    assert_int_equal(lookup(cx, ""), DF_FILE_DIR);
    assert_int_equal(lookup(cx, "."), DF_FILE_DIR);
    assert_int_equal(lookup(cx, "/"), DF_FILE_DIR);
    assert_int_equal(lookup(cx, "a/"), DF_FILE_DIR);
    assert_int_equal(lookup(cx, "./a//b.txt"), DF_FILE_REGULAR);
    assert_int_equal(lookup(cx, "a/b.txt/c"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "a/x"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "link"), DF_FILE_LINK);
    assert_int_equal(lookup(cx, "link/b.txt"), DF_FILE_REGULAR);
    assert_int_equal(lookup(cx, "link/x"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "pipe"), DF_FILE_OTHER);
    assert_int_equal(stat_of(cx, "link"), DF_FILE_DIR);
    assert_str(content(cx, "link/b.txt"), "hi");
    assert_str(content(cx, "a"), "none");
    assert_str(content(cx, "pipe"), "none");
    assert_int_equal(df_context_lookup(cx, DF_STR("a\0/b.txt")), DF_FILE_NONE);
}

static void links_stay_inside(void **state)
{
    world w = new_world(*state);
    df_context *cx;

    put(&w, "outside", "secret");
    put(&w, "c/d/f", "hi");
    put_link(&w, "c/up", "../outside");
    put_link(&w, "c/host", w.dir);
    put_link(&w, "c/abs", "/d/f");
    put_link(&w, "c/d/back", "../d");
    put_link(&w, "c/d/one", "two");
    put_link(&w, "c/d/two", "back/back/f");
    put_link(&w, "c/loop", "loop");
    put_link(&w, "c/ping", "pong/x");
    put_link(&w, "c/pong", "ping/x");
    put_link(&w, "c/gone", "nowhere");
    cx = df_context_open(*state, in(&w, "c"), NULL);

    assert_int_equal(lookup(cx, "up"), DF_FILE_LINK);
    assert_int_equal(stat_of(cx, "up"), DF_FILE_NONE);
    assert_int_equal(stat_of(cx, "host/outside"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "../outside"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "d/../../outside"), DF_FILE_NONE);
    assert_str(content(cx, "up"), "none");
    assert_str(content(cx, "abs"), "hi");
    assert_str(content(cx, "d/one"), "hi");
    assert_str(content(cx, "d/back/back/back/f"), "hi");
    assert_int_equal(stat_of(cx, "loop"), DF_FILE_NONE);
    assert_int_equal(stat_of(cx, "ping"), DF_FILE_NONE);
    assert_int_equal(stat_of(cx, "gone"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "gone"), DF_FILE_LINK);
    assert_true(df_context_on_disk(cx, DF_STR("gone")));
}

static void forty_links_are_followed_but_no_more(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, "l0", "end");
    for (int i = 1; i <= 41; i++)
        put_link(&w, df_fmt(*state, "l%d", i).ptr,
                 df_fmt(*state, "l%d", i - 1).ptr);
    assert_str(content(cx, "l40"), "end");
    assert_str(content(cx, "l41"), "none");
}

static void names_are_sorted_by_bytes(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, "b", "");
    put(&w, "B", "");
    put(&w, "a/x", "");
    put(&w, "a.b", "");
    put(&w, "\xC3\xA9", "");
    put_link(&w, "dir", "a");
    assert_str(listed(cx, ""), "B a a.b b dir \xC3\xA9 ");
    assert_str(listed(cx, "dir"), "x ");
    assert_str(listed(cx, "b"), "");
    assert_str(listed(cx, "nowhere"), "");
}

static void what_is_ignored_does_not_exist(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, ".dockerignore", "node_modules\n*.md\n!README.md\nlink\n");
    put(&w, "README.md", "");
    put(&w, "a.md", "");
    put(&w, "node_modules/a.js", "");
    put_link(&w, "link", "README.md");
    put_link(&w, "mods", "node_modules");
    assert_str(df_context_ignore_file(cx), ".dockerignore");
    assert_str(listed(cx, ""), ".dockerignore README.md mods ");
    assert_str(listed(cx, "node_modules"), "");
    assert_int_equal(lookup(cx, "node_modules"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "node_modules/a.js"), DF_FILE_NONE);
    assert_int_equal(stat_of(cx, "mods/a.js"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "link"), DF_FILE_NONE);
    assert_int_equal(stat_of(cx, "link"), DF_FILE_NONE);
    assert_str(content(cx, "a.md"), "none");
    assert_true(df_context_ignores(cx, DF_STR("./a.md")));
    assert_true(df_context_ignores(cx, DF_STR("node_modules/none/such")));
    assert_false(df_context_ignores(cx, DF_STR("README.md")));
    assert_false(df_context_ignores(cx, DF_STR("")));
    assert_false(df_context_ignores(cx, DF_STR("../a.md")));
    assert_true(df_context_on_disk(cx, DF_STR("node_modules/a.js")));
    assert_true(df_context_on_disk(cx, DF_STR("a.md")));
    assert_false(df_context_on_disk(cx, DF_STR("b.md")));
}

static void an_ignored_directory_exists_for_what_is_kept_inside(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, ".dockerignore", "*\n!a/b/keep\n!**/*.go\n");
    put(&w, "a/b/keep", "");
    put(&w, "a/b/drop", "");
    put(&w, "go/x/y/z.go", "");
    put(&w, "no/x/y/z.c", "");
    mkdir(in(&w, "empty"), 0755);
    assert_str(listed(cx, ""), "a go ");
    assert_str(listed(cx, "a/b"), "keep ");
    assert_int_equal(lookup(cx, "a"), DF_FILE_DIR);
    assert_int_equal(lookup(cx, "no"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "no/x/y"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "empty"), DF_FILE_NONE);
    assert_int_equal(lookup(cx, "go/x"), DF_FILE_DIR);
    assert_true(df_context_ignores(cx, DF_STR("go")));
}

static void the_ignore_file_and_the_dockerfile_can_be_ignored(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, ".dockerignore", ".dockerignore\nDockerfile\n");
    put(&w, "Dockerfile", "");
    put(&w, "a", "");
    assert_str(listed(cx, ""), "a ");
}

static void the_file_beside_the_dockerfile_counts_alone(void **state)
{
    world w = new_world(*state);
    df_context *cx;

    put(&w, "c/.dockerignore", "a\n");
    put(&w, "c/a", "");
    put(&w, "c/b", "");
    put(&w, "c/docker/web.dockerignore", "b\n");
    put(&w, "Dockerfile.dockerignore", "");
    cx = df_context_open(*state, in(&w, "c"), in(&w, "c/docker/web"));
    assert_str(df_context_ignore_file(cx), "docker/web.dockerignore");
    assert_true(df_context_ignores(cx, DF_STR("b")));
    assert_false(df_context_ignores(cx, DF_STR("a")));

    cx = df_context_open(*state, in(&w, "c"), in(&w, "Dockerfile"));
    assert_false(df_context_ignores(cx, DF_STR("a")));

    cx = df_context_open(*state, in(&w, "c"), in(&w, "c/docker/none"));
    assert_str(df_context_ignore_file(cx), ".dockerignore");
    assert_true(df_context_ignores(cx, DF_STR("a")));
}

static void an_ignore_file_may_be_a_link_but_no_directory(void **state)
{
    world w = new_world(*state);
    df_context *cx = df_context_open(*state, w.dir, in(&w, "Dockerfile"));
    uint32_t line;
    df_str why;

    put(&w, "rules", "a\n");
    put_link(&w, ".dockerignore", "rules");
    mkdir(in(&w, "Dockerfile.dockerignore"), 0755);
    assert_true(df_context_ignores(cx, DF_STR("a")));
    assert_str(df_context_ignore_file(cx), ".dockerignore");
    assert_false(df_context_ignore_error(cx, &line, &why));
}

static void a_malformed_ignore_file_leaves_nothing(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);
    uint32_t line;
    df_str why;

    put(&w, ".dockerignore", "ok\n[\n");
    put(&w, "a", "");
    assert_true(df_context_ignore_error(cx, &line, &why));
    assert_int_equal(line, 2);
    assert_str(why, "malformed pattern");
    assert_int_equal(lookup(cx, "a"), DF_FILE_NONE);
    assert_str(listed(cx, ""), "");
    assert_true(df_context_on_disk(cx, DF_STR("a")));
}

static void an_ignore_file_that_is_too_large_leaves_nothing(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);
    uint32_t line;
    df_str why;

    put_zeroes(&w, ".dockerignore", DF_MAX_MANIFEST + 1);
    put(&w, "a", "");
    assert_true(df_context_ignore_error(cx, &line, &why));
    assert_int_equal(line, 0);
    assert_int_equal(lookup(cx, "a"), DF_FILE_NONE);
}

static void a_source_pattern_matches_part_by_part(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, ".dockerignore", "c.json\n");
    put(&w, "a.json", "");
    put(&w, "b.json", "");
    put(&w, "c.json", "");
    put(&w, "a/x.json", "");
    put(&w, "a/d/y.json", "");
    put(&w, "b/x.json", "");
    put(&w, "[x]", "");
    put_link(&w, "z", "a");
    assert_str(globbed(cx, "*.json"), "a.json b.json ");
    assert_str(globbed(cx, "./?.json"), "a.json b.json ");
    assert_str(globbed(cx, "*/x.json"), "a/x.json b/x.json ");
    assert_str(globbed(cx, "**/x.json"), "a/x.json b/x.json ");
    assert_str(globbed(cx, "*/*/*.json"), "a/d/y.json ");
    assert_str(globbed(cx, "a/[d-e]/y*"), "a/d/y.json ");
    assert_str(globbed(cx, "z/*.json"), "z/x.json ");
    assert_str(globbed(cx, "[[]x]"), "[x] ");
    assert_str(globbed(cx, "\\[x\\]"), "");
    assert_str(globbed(cx, "[]"), "");
    assert_str(globbed(cx, "[ab]"), "a b ");
    assert_str(globbed(cx, "a.json"), "a.json ");
    assert_str(globbed(cx, "c.json"), "");
    assert_str(globbed(cx, "a/../b*"), "b b.json ");
    assert_str(globbed(cx, "../*"), "");
    assert_str(globbed(cx, "."), ". ");
    assert_str(globbed(cx, "nowhere/*"), "");
    assert_str(globbed(cx, "a.json/*"), "");
}

static void a_file_is_read_once_and_up_to_the_limit(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);

    put(&w, "a", "first");
    put_zeroes(&w, "at", DF_MAX_MANIFEST);
    put_zeroes(&w, "past", DF_MAX_MANIFEST + 1);
    assert_str(content(cx, "a"), "first");
    put(&w, "a", "second");
    assert_str(content(cx, "./a"), "first");
    assert_int_equal(content(cx, "at").len, DF_MAX_MANIFEST);
    assert_str(content(cx, "past"), "none");
}

static void deep_and_long_paths_end(void **state)
{
    world w = new_world(*state);
    df_context *cx = open_world(&w);
    df_buf path;

    put(&w, ".dockerignore", "*\n!**/none\n");
    df_buf_init(&path, *state);
    df_buf_adds(&path, "d");
    for (uint32_t i = 0; i < DF_MAX_DEPTH + 10; i++) {
        mkdir(in(&w, path.ptr), 0755);
        df_buf_adds(&path, "/d");
    }
    /* Too deep to know: it counts as there. */
    assert_int_equal(lookup(cx, "d"), DF_FILE_DIR);
    for (int i = 0; i < 5000; i++)
        df_buf_adds(&path, "/d");
    assert_int_equal(lookup(cx, path.ptr), DF_FILE_NONE);
    assert_false(df_context_ignores(cx, df_buf_str(&path)));
}

static void without_a_directory_there_is_nothing(void **state)
{
    world w = new_world(*state);
    df_context *none = df_context_open(*state, NULL, NULL);
    df_context *gone = df_context_open(*state, in(&w, "gone"), NULL);

    put(&w, "file", "");
    assert_false(df_context_present(none));
    assert_false(df_context_present(gone));
    assert_false(
        df_context_present(df_context_open(*state, in(&w, "file"), NULL)));
    assert_true(df_context_present(open_world(&w)));
    assert_int_equal(lookup(none, ""), DF_FILE_NONE);
    assert_int_equal(lookup(gone, "a"), DF_FILE_NONE);
    assert_str(listed(none, ""), "");
    assert_str(globbed(gone, "*"), "");
    assert_str(df_context_ignore_file(none), "");
    assert_null(df_context_json(none, DF_STR("package.json")));
    assert_false(df_context_requirements(none, DF_STR("r.txt")).found);
    assert_false(df_context_gomod(none, DF_STR("go.mod")).found);
}

static size_t count_open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count;
}

/* Fails the nth allocation, for every n until all succeed. */
typedef struct {
    size_t left;
} scarce;

static void *scarce_alloc(void *ctx, size_t size)
{
    scarce *s = ctx;

    if (s->left == 0)
        return NULL;
    s->left--;
    return malloc(size);
}

static bool use_with(size_t blocks, const char *dir)
{
    scarce s = {blocks};
    df_allocator allocator = {scarce_alloc, &s};
    df_arena arena;
    jmp_buf oom;
    volatile bool ok = false;

    df_arena_init(&arena, &allocator, &oom);
    if (!setjmp(oom)) {
        df_context *cx = df_context_open(&arena, dir, NULL);

        df_context_json(cx, DF_STR("package.json"));
        for (int i = 0; i < 2000; i++)
            lookup(cx, df_fmt(&arena, "a/b/f%d", i).ptr);
        listed(cx, "a/b");
        globbed(cx, "*/*/*");
        content(cx, "large");
        ok = true;
    }
    df_arena_release(&arena);
    return ok;
}

static void nothing_stays_open_when_memory_runs_out(void **state)
{
    world w = new_world(*state);
    size_t before;
    size_t n = 0;

    put(&w, ".dockerignore", "*\n!a\n!package.json\n!large\n");
    put(&w, "package.json", "{\"dependencies\": {\"a\": [\"b\", 1, null]}}");
    put_zeroes(&w, "large", 3000000);
    for (int i = 0; i < 500; i++)
        put(&w, df_fmt(*state, "a/b/f%d", i).ptr, "");
    before = count_open_files();
    while (!use_with(n, w.dir)) {
        assert_int_equal(count_open_files(), before);
        n++;
    }
    assert_true(n > 5);
    assert_int_equal(count_open_files(), before);
}

int unit_context(void)
{
    const struct CMUnitTest tests[] = {
        arena_test(paths_are_cleaned_as_in_go),
        arena_test(characters_are_those_of_utf8),
        arena_test(things_have_kinds),
        arena_test(links_stay_inside),
        arena_test(forty_links_are_followed_but_no_more),
        arena_test(names_are_sorted_by_bytes),
        arena_test(what_is_ignored_does_not_exist),
        arena_test(an_ignored_directory_exists_for_what_is_kept_inside),
        arena_test(the_ignore_file_and_the_dockerfile_can_be_ignored),
        arena_test(the_file_beside_the_dockerfile_counts_alone),
        arena_test(an_ignore_file_may_be_a_link_but_no_directory),
        arena_test(a_malformed_ignore_file_leaves_nothing),
        arena_test(an_ignore_file_that_is_too_large_leaves_nothing),
        arena_test(a_source_pattern_matches_part_by_part),
        arena_test(a_file_is_read_once_and_up_to_the_limit),
        arena_test(deep_and_long_paths_end),
        arena_test(without_a_directory_there_is_nothing),
        arena_test(nothing_stays_open_when_memory_runs_out),
    };

    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
