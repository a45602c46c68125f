/* Files: read one whole, replace one whole. */
#include "test/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/inside.h"
#include "base/io.h"

#define MEGABYTE ((size_t)1024 * 1024)

static void remove_dir(void *ptr)
{
    DIR *dir = opendir(ptr);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(ptr);
}

/* A new directory that goes away with the arena. */
static const char *new_dir(df_arena *a)
{
    char *dir = df_cstr(a, DF_STR("/tmp/dfopt-unit-io-XXXXXX"));

    assert_non_null(mkdtemp(dir));
    df_defer(a, remove_dir, dir);
    return dir;
}

static const char *in(df_arena *a, const char *dir, const char *name)
{
    return df_fmt(a, "%s/%s", dir, name).ptr;
}

static void put(const char *path, df_str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.ptr, text.len), text.len);
    close(fd);
}

static df_str get(df_arena *a, const char *path)
{
    df_str text;
    df_err err;

    if (!df_read_file(a, path, MEGABYTE, &text, &err))
        fail_msg("%s: %s", err.path, err.text);
    return text;
}

static size_t count_entries(const char *path)
{
    DIR *dir = opendir(path);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void assert_unreadable(df_arena *a, const char *path, const char *why)
{
    df_str text;
    df_err err;

    assert_false(df_read_file(a, path, MEGABYTE, &text, &err));
    assert_str(df_str_of(err.path), path);
    assert_str(df_str_of(err.text), why);
    assert_int_equal(err.code, DF_EIO);
}

static void a_file_is_read_whole_with_a_nul_behind(void **state)
{
    const char *path = in(*state, new_dir(*state), "f");
    df_str text;

    put(path, DF_STR("FROM a\0b\n"));
    text = get(*state, path);
    assert_true(df_str_eq(text, DF_STR("FROM a\0b\n")));
    assert_int_equal(text.ptr[text.len], 0);
    put(path, DF_STR(""));
    assert_int_equal(get(*state, path).len, 0);
}

/* Files of /proc have no size until they are read. */
static void a_file_without_a_size_is_read_too(void **state)
{
    assert_true(get(*state, "/proc/self/status").len > 0);
}

static void a_file_may_reach_the_limit_but_not_pass_it(void **state)
{
    const char *path = in(*state, new_dir(*state), "f");
    df_str text;
    df_err err;

    put(path, DF_STR("12345"));
    assert_true(df_read_file(*state, path, 5, &text, &err));
    assert_str(text, "12345");
    assert_false(df_read_file(*state, path, 4, &text, &err));
    assert_int_equal(err.code, DF_ELIMIT);
    assert_str(df_str_of(err.text), "is larger than 4 bytes");
    put(path, (df_str){df_alloc(*state, 1, MEGABYTE + 1), MEGABYTE + 1});
    assert_false(df_read_file(*state, path, MEGABYTE, &text, &err));
    assert_str(df_str_of(err.text), "is larger than 1 MB");
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "x");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_unreadable(*state, dir, "is a directory");
    assert_unreadable(*state, "/dev/null", "is a device, not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_unreadable(*state, path, "is a named pipe, not a regular file");
    unlink(path);
    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
    assert_unreadable(*state, path, "is a socket, not a regular file");
}

static void a_missing_file_is_named(void **state)
{
    const char *dir = new_dir(*state);
    const char *link = in(*state, dir, "link");

    assert_unreadable(*state, in(*state, dir, "x"),
                      "no such file or directory");
    assert_int_equal(symlink("link", link), 0);
    assert_unreadable(*state, link, "too many levels of symbolic links");
}

static void a_pipe_is_read_to_its_end_or_its_limit(void **state)
{
    int ends[2];
    df_str text;
    df_err err;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "FROM a", 6), 6);
    close(ends[1]);
    assert_true(df_read_fd(*state, ends[0], "stdin", 6, &text, &err));
    assert_str(text, "FROM a");
    close(ends[0]);

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "FROM a", 6), 6);
    close(ends[1]);
    assert_false(df_read_fd(*state, ends[0], "stdin", 5, &text, &err));
    assert_int_equal(err.code, DF_ELIMIT);
    assert_str(df_str_of(err.path), "stdin");
    close(ends[0]);
}

static bool replace(const char *path, const char *before, const char *text,
                    df_err *err)
{
    return df_replace_file(path, df_str_of(before), df_str_of(text), err);
}

static void a_replaced_file_keeps_its_mode(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    df_err err;

    put(path, DF_STR("old"));
    chmod(path, 04751);
    assert_true(replace(path, "old", "new text", &err));
    assert_str(get(*state, path), "new text");
    assert_int_equal(mode_of(path), 04751);
    assert_int_equal(count_entries(dir), 1);
    assert_true(replace(path, "new text", "", &err));
    assert_int_equal(get(*state, path).len, 0);
}

static void a_replaced_file_keeps_its_owner(void **state)
{
    const char *path = in(*state, new_dir(*state), "f");
    struct stat st;
    df_err err;

    put(path, DF_STR("old"));
    if (chown(path, 1234, 4321) != 0)
        skip();
    assert_true(replace(path, "old", "new", &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_uid, 1234);
    assert_int_equal(st.st_gid, 4321);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    const char *dir = new_dir(*state);
    const char *target = in(*state, dir, "target");
    const char *link = in(*state, dir, "link");
    struct stat st;
    df_err err;

    put(target, DF_STR("old"));
    assert_int_equal(symlink("target", link), 0);
    assert_true(replace(link, "old", "new", &err));
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_str(get(*state, target), "new");
    assert_int_equal(count_entries(dir), 2);
}

static void a_file_that_changed_since_is_left(void **state)
{
    static const char *const BEFORE[] = {"", "ol", "Old", "old\n"};
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    df_err err;

    put(path, DF_STR("old"));
    for (size_t i = 0; i < COUNT(BEFORE); i++) {
        assert_false(replace(path, BEFORE[i], "new", &err));
        assert_int_equal(err.code, DF_ECHANGED);
        assert_str(df_str_of(err.path), path);
    }
    assert_str(get(*state, path), "old");
    assert_int_equal(count_entries(dir), 1);
}

static void a_file_with_hard_links_is_left(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    df_err err;

    put(path, DF_STR("old"));
    assert_int_equal(link(path, in(*state, dir, "g")), 0);
    assert_false(replace(path, "old", "new", &err));
    assert_str(df_str_of(err.text),
               "has 2 hard links, which would keep the old text");
    assert_str(get(*state, path), "old");
}

static void a_file_that_may_not_be_written_is_left(void **state)
{
    const char *path = in(*state, new_dir(*state), "f");
    df_err err;

    put(path, DF_STR("old"));
    chmod(path, 0444);
    if (access(path, W_OK) == 0)
        skip(); /* root may */
    assert_false(replace(path, "old", "new", &err));
    assert_str(df_str_of(err.text), "cannot be written: permission denied");
    assert_str(get(*state, path), "old");
}

/* `ulimit -f` stands for a full disk; its signal must not end the process. */
static void a_full_disk_leaves_the_old_file(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    struct rlimit old;
    struct rlimit few = {.rlim_cur = 100};
    char *text = df_alloc(*state, 1, 1001);
    df_err err;
    bool ok;

    memset(text, 'x', 1000);
    put(path, DF_STR("old"));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    few.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    ok = replace(path, "old", text, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(ok);
    assert_str(df_str_of(err.text), "file too large");
    assert_str(get(*state, path), "old");
    assert_int_equal(count_entries(dir), 1);
}

static void signals_are_let_through_again(void **state)
{
    const char *path = in(*state, new_dir(*state), "f");
    sigset_t before;
    sigset_t after;
    df_err err;

    put(path, DF_STR("old"));
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(replace(path, "old", "new", &err));
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int sig = 1; sig < 32; sig++)
        assert_int_equal(sigismember(&before, sig), sigismember(&after, sig));
}

static void names_left_by_others_are_not_touched(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    const char *taken =
        in(*state, dir, df_fmt(*state, ".dfopt-%ld-0", (long)getpid()).ptr);
    df_err err;

    put(path, DF_STR("old"));
    assert_int_equal(symlink(path, taken), 0);
    assert_true(replace(path, "old", "new", &err));
    assert_str(get(*state, path), "new");
    assert_int_equal(count_entries(dir), 2);
}

static void what_is_no_regular_file_is_not_replaced(void **state)
{
    const char *dir = new_dir(*state);
    df_err err;

    assert_false(replace(dir, "", "new", &err));
    assert_str(df_str_of(err.text), "is a directory");
    assert_false(replace("/dev/null", "", "new", &err));
    assert_str(df_str_of(err.text), "is a device, not a regular file");
    assert_false(replace(in(*state, dir, "x"), "", "new", &err));
    assert_str(df_str_of(err.text), "no such file or directory");
}

static void a_new_file_is_made_whole_or_not_at_all(void **state)
{
    const char *dir = new_dir(*state);
    const char *path = in(*state, dir, "f");
    const char *link = in(*state, dir, "link");
    mode_t mask = umask(027);
    df_err err;

    assert_true(df_create_file(path, 0777, DF_STR("new"), &err));
    umask(mask);
    assert_str(get(*state, path), "new");
    assert_int_equal(mode_of(path), 0750);
    assert_false(df_create_file(path, 0666, DF_STR("other"), &err));
    assert_str(df_str_of(err.text), "file exists");
    assert_str(get(*state, path), "new");
    assert_int_equal(symlink("nothing", link), 0);
    assert_false(df_create_file(link, 0666, DF_STR("other"), &err));
    assert_false(
        df_create_file(in(*state, dir, "no/f"), 0666, DF_STR(""), &err));
    assert_str(df_str_of(err.text), "its directory: no such file or directory");
    assert_int_equal(count_entries(dir), 2);
}

static void absence_is_an_answer_and_no_fault(void **state)
{
    df_err fault = {.code = DF_OK};

    (void)state;
    errno = ENOENT;
    df_note_fault(&fault, "a");
    assert_int_equal(fault.code, DF_OK);
    errno = EIO;
    df_note_fault(&fault, "b");
    errno = EMFILE;
    df_note_fault(&fault, "c");
    assert_str(df_str_of(fault.path), "b");
    assert_str(df_str_of(fault.text), "input/output error");
}

/* --- base/inside.h --- */

static void make_links(df_arena *a, const char *dir)
{
    static const struct {
        const char *name, *target;
    } LINKS[] = {
        {"file", "real"},      {"chain", "./file"},  {"here", "."},
        {"out", ".."},         {"far", "/etc"},      {"back", "../x/file"},
        {"loop", "loop"},      {"ping", "pong"},     {"pong", "ping"},
        {"grow", "grow/grow"}, {"nowhere", "a/b/c"},
    };

    for (size_t i = 0; i < COUNT(LINKS); i++)
        assert_int_equal(symlink(LINKS[i].target, in(a, dir, LINKS[i].name)),
                         0);
    put(in(a, dir, "real"), DF_STR(""));
}

static void a_path_stays_inside_or_is_refused(void **state)
{
    static const struct {
        const char *path;
        const char *place; /* NULL: it leads out */
        int error;
    } ROWS[] = {
        {"", "", 0},
        {".", "", 0},
        {"real", "real", 0},
        {"real/", "real", 0},
        {".//real", "real", 0},
        {"missing/a", "missing/a", 0},
        {"missing/../real", "real", 0},
        {"a/b/../../c", "c", 0},
        {"file", "real", 0},
        {"chain", "real", 0},
        {"here/here/chain", "real", 0},
        {"nowhere/x", "a/b/c/x", 0},
        {"..", NULL, EPERM},
        {"a/../../b", NULL, EPERM},
        {"/etc", NULL, EPERM},
        {"out", NULL, EPERM},
        {"out/x/real", NULL, EPERM},
        {"here/far/passwd", NULL, EPERM},
        {"back", NULL, EPERM},
        {"loop", NULL, ELOOP},
        {"ping", NULL, ELOOP},
        {"grow", NULL, ELOOP},
    };
    df_arena *a = *state;
    const char *dir = new_dir(a);

    make_links(a, dir);
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_str place;
        bool inside = df_inside(a, dir, df_str_of(ROWS[i].path), &place);

        assert_int_equal(inside, ROWS[i].place != NULL);
        if (inside)
            assert_str(place, ROWS[i].place);
        else
            assert_int_equal(errno, ROWS[i].error);
    }
}

static void a_file_lies_where_its_path_says_or_elsewhere(void **state)
{
    df_arena *a = *state;
    const char *dir = new_dir(a);

    make_links(a, dir);
    assert_true(df_stays(a, in(a, dir, "real")));
    assert_true(df_stays(a, in(a, dir, "chain")));
    assert_true(df_stays(a, in(a, dir, "here/out/real")));
    assert_false(df_stays(a, in(a, dir, "out")));
    assert_false(df_stays(a, in(a, dir, "far")));
    assert_true(df_stays(a, "/etc"));
    assert_true(df_stays(a, "nothing by that name"));
}

int unit_io(void)
{
    const struct CMUnitTest tests[] = {
        arena_test(a_file_is_read_whole_with_a_nul_behind),
        arena_test(a_file_without_a_size_is_read_too),
        arena_test(a_file_may_reach_the_limit_but_not_pass_it),
        arena_test(what_is_no_regular_file_is_refused_at_once),
        arena_test(a_missing_file_is_named),
        arena_test(a_pipe_is_read_to_its_end_or_its_limit),
        arena_test(a_replaced_file_keeps_its_mode),
        arena_test(a_replaced_file_keeps_its_owner),
        arena_test(a_link_stays_and_its_target_is_replaced),
        arena_test(a_file_that_changed_since_is_left),
        arena_test(a_file_with_hard_links_is_left),
        arena_test(a_file_that_may_not_be_written_is_left),
        arena_test(a_full_disk_leaves_the_old_file),
        arena_test(signals_are_let_through_again),
        arena_test(names_left_by_others_are_not_touched),
        arena_test(what_is_no_regular_file_is_not_replaced),
        arena_test(a_new_file_is_made_whole_or_not_at_all),
        arena_test(absence_is_an_answer_and_no_fault),
        arena_test(a_path_stays_inside_or_is_refused),
        arena_test(a_file_lies_where_its_path_says_or_elsewhere),
    };

    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
