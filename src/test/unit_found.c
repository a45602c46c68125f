/* Knowledge: what is found in the built-in tables. */
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dfopt/dfopt.h>
#include <dfopt/smaller.h>

#include "base/buf.h"
#include "kb/kb_load.h"
#include "text/regex.h"

static df_knowledge loaded(df_arena *a, const char *text)
{
    df_knowledge k;
    df_err err;

    if (!df_kb_load(a, DF_STR("x.yaml"), df_str_of(text), true, &k, &err))
        fail_msg("%u:%u: %s", err.line, err.col, err.text);
    return k;
}

static void tools_are_found_by_name_and_alias(void **state)
{
    const df_kb *kb = df_kb_builtin();

    (void)state;
    assert_string_equal(df_kb_tool(kb, DF_STR("apt-get"))->name, "apt-get");
    assert_string_equal(df_kb_tool(kb, DF_STR("pip3"))->name, "pip");
    assert_true(df_kb_tool(kb, DF_STR("sudo"))->wrapper);
    assert_null(df_kb_tool(kb, DF_STR("apt-ge")));
    assert_null(df_kb_tool(kb, DF_STR("apt-get2")));
    assert_null(df_kb_tool(kb, DF_STR("")));
}

static void every_entry_of_every_index_is_found(void **state)
{
    const df_kb *kb = df_kb_builtin();
    const df_knowledge *k = kb->builtin;
    const df_kb_index *tools = &k->index[DF_KB_TOOLS];
    const df_kb_index *caches = &k->index[DF_KB_CACHES];

    (void)state;
    for (size_t i = 0; i < tools->count; i++)
        assert_ptr_equal(df_kb_tool(kb, df_str_of(tools->entries[i].key)),
                         &k->tools[tools->entries[i].row]);
    for (size_t i = 0; i < caches->count; i++)
        assert_ptr_equal(df_kb_cache(kb, df_str_of(caches->entries[i].key),
                                     df_str_of(caches->entries[i].sub)),
                         &k->caches[caches->entries[i].row]);
    for (size_t i = 0; i < k->nnatives; i++)
        assert_ptr_equal(df_kb_native(kb, k->natives[i].ecosystem,
                                      df_str_of(k->natives[i].name)),
                         &k->natives[i]);
}

static void rows_name_tools_that_are_known(void **state)
{
    const df_kb *kb = df_kb_builtin();
    const df_knowledge *k = kb->builtin;

    (void)state;
    for (size_t i = 0; i < k->ncaches; i++)
        assert_non_null(df_kb_tool(kb, df_str_of(k->caches[i].tool)));
    for (size_t i = 0; i < k->necosystems; i++)
        assert_non_null(df_kb_tool(kb, df_str_of(k->ecosystems[i].tool)));
}

static void caches_and_ecosystems_go_by_subcommand(void **state)
{
    const df_kb *kb = df_kb_builtin();

    (void)state;
    assert_string_equal(
        df_kb_cache(kb, DF_STR("pip3"), DF_STR("install"))->flag,
        "--no-cache-dir");
    assert_null(df_kb_cache(kb, DF_STR("apt-get"), DF_STR("remove")));
    assert_string_equal(df_kb_ecosystem(kb, DF_STR("yarn"), DF_STR(""))->name,
                        "yarn");
    assert_string_equal(df_kb_ecosystem(kb, DF_STR("npm"), DF_STR("ci"))->name,
                        "npm");
    assert_null(df_kb_ecosystem(kb, DF_STR("npm"), DF_STR("run")));
}

typedef struct {
    const char *tool;
    const char *sub;
    const char *text;
    bool cleans;
} cleaning;

static void an_existing_cleaning_is_recognized(void **state)
{
    static const cleaning cleanings[] = {
        {"apt-get", "update", "rm -rf /var/lib/apt/lists/*", true},
        {"apt-get", "update", "sudo rm -r -f /var/lib/apt/lists", true},
        {"apt", "update", "rm -rf /tmp/x /var/lib/apt/lists/* /y", true},
        {"apt", "update", "rm -rf /var/lib/apt", true},
        {"apt", "update", "apt-get -q dist-clean", true},
        {"apt", "update", "apt-get clean", false},
        {"apt", "update", "ls /var/lib/apt/lists", false},
        {"apt", "update", "rm -rf /var/lib/apt/listsx", false},
        {"apt", "update", "rm -rf /var/lib/apt-x", false},
        {"npm", "ci", "npm cache clean --force", true},
        {"npm", "ci", "npm --silent cache clean", true},
        {"npm", "ci", "rm -rf ~/.npm", true},
        {"npm", "ci", "pnpm cache clean", false},
        {"npm", "ci", "npm run cache", false},
        {"npm", "ci", "rm .npmrc", false},
        {"yum", "install", "yum -y clean all", true},
        {"dnf", "install", "rm -rf /var/cache/*", true},
        {"dnf", "install", "dnf install clean-x", false},
        {"yarn", "", "yarn cache clean --all", true},
        {"conda", "install", "conda clean -tipsy", true},
        {"zypper", "in", "zypper -n clean", true},
        {"composer", "install", "composer clearcache", true},
    };
    const df_kb *kb = df_kb_builtin();

    for (size_t i = 0; i < COUNT(cleanings); i++) {
        const cleaning *c = &cleanings[i];
        const df_cache *row =
            df_kb_cache(kb, df_str_of(c->tool), df_str_of(c->sub));
        df_err err;
        df_regex *re = df_regex_new(*state, row->command_text, &err);

        if (df_regex_match(re, *state, df_str_of(c->text), NULL) != c->cleans)
            fail_msg("%s", c->text);
    }
}

static void a_users_rows_win(void **state)
{
    df_knowledge k = loaded(*state, "tools: [{name: pip}]\n"
                                    "images: [{name: node, pattern: '^20$',"
                                    " workdir: /w}]\n"
                                    "eol:\n"
                                    "- {product: node, cycle: 14,"
                                    " date: 2030-01-01}\n");
    df_kb kb = {.user = &k, .builtin = df_kb_builtin()->builtin};

    assert_ptr_equal(df_kb_tool(&kb, DF_STR("pip")), k.tools);
    assert_ptr_equal(df_kb_tool(&kb, DF_STR("pip3")), k.tools);
    assert_string_equal(
        df_kb_image(*state, &kb, DF_STR("node"), DF_STR("20"))->workdir, "/w");
    assert_string_equal(
        df_kb_image(*state, &kb, DF_STR("node"), DF_STR("22"))->workdir, "/");
    assert_string_equal(df_kb_eol(&kb, "node", DF_STR("14-slim"))->date,
                        "2030-01-01");
    assert_non_null(df_kb_eol(&kb, "node", DF_STR("12")));
}

static void rows_of_an_image_are_tried_in_their_order(void **state)
{
    df_knowledge k = loaded(*state, "images:\n"
                                    "- {name: x, pattern: z, workdir: /1}\n"
                                    "- {name: x, pattern: a, workdir: /2}\n"
                                    "- {name: x, workdir: /3}\n");
    df_kb kb = {.user = &k};

    assert_string_equal(
        df_kb_image(*state, &kb, DF_STR("x"), DF_STR("az"))->workdir, "/1");
    assert_string_equal(
        df_kb_image(*state, &kb, DF_STR("x"), DF_STR("a"))->workdir, "/2");
    assert_string_equal(
        df_kb_image(*state, &kb, DF_STR("x"), DF_STR(""))->workdir, "/3");
    assert_null(df_kb_image(*state, &kb, DF_STR("y"), DF_STR("a")));
}

typedef struct {
    const char *repo;
    const char *tag;
    const char *slim; /* "": none */
} sibling;

static void slim_siblings_have_their_right_tags(void **state)
{
    static const sibling siblings[] = {
        {"node", "20", "20-slim"},
        {"node", "14.17.6", "14.17.6-slim"},
        {"node", "latest", "slim"},
        {"node", "lts", "lts-slim"},
        {"node", "22-bookworm", "22-bookworm-slim"},
        {"node", "bookworm", "bookworm-slim"},
        {"node", "16-buster", "16-buster-slim"},
        {"node", "8", "8-slim"},
        {"node", "20-slim", ""},
        {"node", "20-alpine", ""},
        {"node", "20-alpine3.19", ""},
        {"node", "8-onbuild", ""},
        {"node", "10-stretch", ""},
        {"node", "20-bookworm-slim", ""},
        {"node", "0.10", "0.10-slim"},
        {"node", "0.10.28", ""},
        {"node", "1", ""},
        {"python", "3", "3-slim"},
        {"python", "latest", "slim"},
        {"python", "3.11", "3.11-slim"},
        {"python", "3.11.4", "3.11.4-slim"},
        {"python", "3.11-bookworm", "3.11-slim-bookworm"},
        {"python", "trixie", "slim-trixie"},
        {"python", "3.6-stretch", "3.6-slim-stretch"},
        {"python", "2.7", "2.7-slim"},
        {"python", "3.15-rc", "3.15-rc-slim"},
        {"python", "3.15.0rc1-trixie", "3.15.0rc1-slim-trixie"},
        {"python", "2.7.7", ""},
        {"python", "3.2", ""},
        {"python", "2.7-wheezy", ""},
        {"python", "3.11-slim", ""},
        {"python", "3.11-slim-bookworm", ""},
        {"python", "3.11-alpine", ""},
        {"python", "3.5-onbuild", ""},
        {"python", "3.12-windowsservercore", ""},
        {"debian", "12", "12-slim"},
        {"debian", "bookworm-20240101", "bookworm-20240101-slim"},
        {"debian", "12.4", "12.4-slim"},
        {"debian", "stable", "stable-slim"},
        {"debian", "12-slim", ""},
        {"debian", "latest", ""},
        {"debian", "bookworm-backports", ""},
        {"golang", "1.22", ""},
    };
    const df_kb *kb = df_kb_builtin();

    for (size_t i = 0; i < COUNT(siblings); i++) {
        df_str repo = df_str_of(siblings[i].repo);
        df_str to;
        df_str tag;

        if (!df_kb_sibling(kb, *state, "slim", repo, df_str_of(siblings[i].tag),
                           &to, &tag))
            tag = DF_STR("");
        assert_str(tag, siblings[i].slim);
    }
}

static bool holds(const char *repo, const char *tag, const char *name)
{
    const df_kb *kb = df_kb_builtin();
    df_str image = df_str_of(repo);
    df_arena a;
    bool there;

    df_arena_init(&a, NULL, NULL);
    there =
        df_image_holds(kb, df_kb_image(&a, kb, image, df_str_of(tag)),
                       df_kb_suite(kb, image, df_str_of(tag)), df_str_of(name));
    df_arena_release(&a);
    return there;
}

static void what_images_hold_is_told_for_their_release(void **state)
{
    (void)state;
    assert_true(holds("node", "20", "git"));
    assert_true(holds("node", "20", "imagemagick"));
    assert_true(holds("node", "20", "adduser"));
    assert_true(holds("node", "20", "libglib2.0-0"));
    assert_true(holds("node", "22-trixie", "libglib2.0-0"));
    assert_true(holds("node", "20-slim", "node"));
    assert_true(holds("node", "20-slim", "adduser"));
    assert_false(holds("node", "20-slim", "git"));
    assert_false(holds("node", "20-slim", "openssl"));
    assert_false(holds("node", "20-slim", "libglib2.0-0"));
    assert_false(holds("node", "22-trixie-slim", "adduser"));
    assert_true(holds("python", "3.12-slim-bookworm", "openssl"));
    assert_true(holds("python", "3.12-slim-bookworm", "python3.12"));
    assert_false(holds("python", "3.12-slim-bookworm", "gcc"));
    assert_true(holds("eclipse-temurin", "21-jre", "java"));
    assert_false(holds("eclipse-temurin", "21-jre", "javac"));
    assert_true(holds("python", "3.12-alpine", "sh"));
    assert_false(holds("python", "3.12-alpine", "bash"));
}

static void releases_come_from_tags_and_tables(void **state)
{
    const df_kb *kb = df_kb_builtin();

    (void)state;
    assert_str(df_kb_suite(kb, DF_STR("node"), DF_STR("20")), "bookworm");
    assert_str(df_kb_suite(kb, DF_STR("node"), DF_STR("16.1-bullseye")),
               "bullseye");
    assert_str(df_kb_suite(kb, DF_STR("node"), DF_STR("16.1")), "");
    assert_str(df_kb_suite(kb, DF_STR("node"), DF_STR("16-buster")), "");
}

typedef struct {
    const char *product;
    const char *tag;
    const char *date; /* NULL: none */
} ending;

static void the_longest_cycle_tells_the_end(void **state)
{
    static const ending endings[] = {
        {"node", "14", "2023-04-30"},
        {"node", "14.17-alpine", "2023-04-30"},
        {"node", "140", NULL},
        {"node", "lts", NULL},
        {"node", "latest", NULL},
        {"python", "3.6", "2021-12-23"},
        {"python", "3.11.4-slim", "2027-10-31"},
        {"python", "3.1", "2012-04-09"},
        {"python", "3", NULL},
        {"debian", "buster-slim", "2024-06-30"},
        {"debian", "busters", NULL},
        {"debian", "10.3", "2024-06-30"},
        {"nonsense", "1", NULL},
        {NULL, "1", NULL},
        {"node", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        const df_eol *end = df_kb_eol(df_kb_builtin(), endings[i].product,
                                      df_str_of(endings[i].tag));

        if (!endings[i].date)
            assert_null(end);
        else
            assert_string_equal(end ? end->date : "none", endings[i].date);
    }
}

static void pip_names_are_compared_as_pip_does(void **state)
{
    const df_kb *kb = df_kb_builtin();
    char longest[300] = "";

    (void)state;
    assert_non_null(df_kb_native(kb, "pip", DF_STR("Pillow")));
    assert_non_null(df_kb_native(kb, "pip", DF_STR("PSYCOPG2__binary")));
    assert_null(df_kb_native(kb, "npm", DF_STR("Sharp")));
    memset(longest, 'a', sizeof longest - 1);
    assert_null(df_kb_native(kb, "pip", df_str_of(longest)));
}

int unit_found(void)
{
    static const struct CMUnitTest tests[] = {
        arena_test(tools_are_found_by_name_and_alias),
        arena_test(every_entry_of_every_index_is_found),
        arena_test(rows_name_tools_that_are_known),
        arena_test(caches_and_ecosystems_go_by_subcommand),
        arena_test(an_existing_cleaning_is_recognized),
        arena_test(a_users_rows_win),
        arena_test(rows_of_an_image_are_tried_in_their_order),
        arena_test(slim_siblings_have_their_right_tags),
        cmocka_unit_test(what_images_hold_is_told_for_their_release),
        cmocka_unit_test(releases_come_from_tags_and_tables),
        arena_test(the_longest_cycle_tells_the_end),
        arena_test(pip_names_are_compared_as_pip_does),
    };

    return cmocka_run_group_tests_name("found", tests, NULL, NULL);
}
