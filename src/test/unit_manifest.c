/* What manifest files say. */
#include "test/unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "context/json.h"
#include "context/manifest.h"
#include "context/xml.h"

/* Requirements as lines `number kind name`. */
static df_str shown(df_arena *a, df_reqs reqs)
{
    static const char *const KINDS[] = {
        [DF_REQ_PACKAGE] = "package",       [DF_REQ_INCLUDE] = "include",
        [DF_REQ_CONSTRAINT] = "constraint", [DF_REQ_LOCAL] = "local",
        [DF_REQ_PLACE] = "place",           [DF_REQ_URL] = "url",
        [DF_REQ_OPTION] = "option",
    };
    df_buf b;

    df_buf_init(&b, a);
    for (uint32_t i = 0; i < reqs.count; i++)
        df_buf_fmt(&b, "%u %s %.*s\n", reqs.items[i].number,
                   KINDS[reqs.items[i].kind], DF_STR_ARG(reqs.items[i].name));
    return df_buf_str(&b);
}

typedef struct {
    const char *text;
    const char *want;
} row;

static void check(df_arena *a, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_str(shown(a, df_reqs_parse(a, df_str_of(rows[i].text))),
                   rows[i].want);
}

static void packages_are_named_without_extras_versions_and_markers(void **state)
{
    static const row ROWS[] = {
        {"flask", "1 package flask\n"},
        {"Flask_SQLAlchemy-x.y == 1.0", "1 package Flask_SQLAlchemy-x.y\n"},
        {"requests[security,socks] >=2.8.1, ==2.8.*", "1 package requests\n"},
        {"a;python_version<'3'", "1 package a\n"},
        {"a ; sys_platform == 'x/y'", "1 package a\n"},
        {"a (>=1)", "1 package a\n"},
        {"a~=1\nb!=2\r\nc===3\rd", "1 package a\n2 package b\n3 package c\n"
                                   "4 package d\n"},
        {"a==1 --hash=sha256:00 --hash=sha256:11", "1 package a\n"},
        {"a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\nb",
         "1 package a\n4 package b\n"},
        {"pkg==${VERSION}", "1 package pkg\n"},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void comments_and_continuations_are_those_of_pip(void **state)
{
    static const row ROWS[] = {
        {"# a\n\n  # b\n", ""},
        {"a # b", "1 package a\n"},
        {"a\t# b", "1 package a\n"},
        {"git+https://x/y#egg=z # b", "1 url git+https://x/y#egg=z\n"},
        {"a\\\n==1", "1 package a\n"},
        {"a\\\n# comment \\\nb", "1 package a\n3 package b\n"},
        {"# comment \\\nb", "2 package b\n"},
        {"a==\\\n\\\n1\nb", "1 package a\n4 package b\n"},
        {"a\\", "1 package a\n"},
        {"\xEF\xBB\xBF"
         "a",
         "1 package a\n"},
        {"", ""},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void includes_and_constraints_name_their_file(void **state)
{
    static const row ROWS[] = {
        {"-r base.txt", "1 include base.txt\n"},
        {"-rbase.txt", "1 include base.txt\n"},
        {"--requirement base.txt", "1 include base.txt\n"},
        {"--requirement=base.txt", "1 include base.txt\n"},
        {"--requirem base.txt", "1 include base.txt\n"},
        {"-r 'my file.txt'", "1 include my file.txt\n"},
        {"-r \"a\\\"b\"", "1 include a\"b\n"},
        {"-r a\\ b", "1 include a b\n"},
        {"-c c.txt # why", "1 constraint c.txt\n"},
        {"--constraint=c.txt", "1 constraint c.txt\n"},
        {"-r a -c b", "1 include a\n1 constraint b\n"},
        {"-r", "1 include \n"},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void what_pip_reads_from_the_disk_is_local(void **state)
{
    static const row ROWS[] = {
        {".", "1 local .\n"},
        {"./x", "1 local ./x\n"},
        {"../x[extra]", "1 local ../x\n"},
        {"/abs/x", "1 local /abs/x\n"},
        {"dir/", "1 local dir/\n"},
        {"dir/x ; python_version > '3'", "1 local dir/x\n"},
        {"x-1.0-py3-none-any.whl", "1 local x-1.0-py3-none-any.whl\n"},
        {"x.TAR.GZ", "1 local x.TAR.GZ\n"},
        {"file:///x/y", "1 local file:///x/y\n"},
        {"x @ file:///x/y", "1 local file:///x/y\n"},
        {"x[y]@file:z ; os_name == 'a'", "1 local file:z\n"},
        {"x @ ./y", "1 local ./y\n"},
        {"git+file:///x", "1 local git+file:///x\n"},
        {"-e .", "1 local .\n"},
        {"-e.", "1 local .\n"},
        {"-e .[dev,test]", "1 local .\n"},
        {"--editable=./x", "1 local ./x\n"},
        {"--editable \"./my x\"", "1 local ./my x\n"},
        {"-e file:///x", "1 local file:///x\n"},
        {"-e x", "1 local x\n"},
        {"-f ./wheels", "1 place ./wheels\n"},
        {"--no-index --find-links=wheels",
         "1 option --no-index\n1 place wheels\n"},
        {"--extra-index-url file:///x", "1 place file:///x\n"},
        {"${HOME}/x", "1 local ${HOME}/x\n"},
        {"${NAME}", "1 local ${NAME}\n"},
        {"<<<<<<< HEAD", "1 local <<<<<<< HEAD\n"},
        {"a b", "1 local a b\n"},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void what_comes_from_elsewhere_is_a_url(void **state)
{
    static const row ROWS[] = {
        {"https://x/y.tar.gz", "1 url https://x/y.tar.gz\n"},
        {"https://x/y.whl ; os_name == 'a'", "1 url https://x/y.whl\n"},
        {"x @ https://x/y.whl", "1 url https://x/y.whl\n"},
        {"x@git+https://x/y@main#egg=x", "1 url git+https://x/y@main#egg=x\n"},
        {"-e git+ssh://git@x/y.git#egg=y",
         "1 url git+ssh://git@x/y.git#egg=y\n"},
        {"-e git://x/y", "1 url git://x/y\n"},
        {"-e x @ git+https://x/y", "1 local x\n1 option @\n"
                                   "1 option git+https://x/y\n"},
        {"-e 'x @ git+https://x/y'", "1 url git+https://x/y\n"},
        {"hg+static-http://x", "1 url hg+static-http://x\n"},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void options_are_known_by_their_long_name(void **state)
{
    static const row ROWS[] = {
        {"--index-url https://x", "1 option --index-url\n"},
        {"-i https://x", "1 option --index-url\n"},
        {"-f https://x", "1 option --find-links\n"},
        {"--no-binary :all: --pre", "1 option --no-binary\n1 option --pre\n"},
        {"--pref", "1 option --prefer-binary\n"},
        {"--hash=sha256:00", "1 option --hash\n"},
        {"--trusted-host -r", "1 option --trusted-host\n"},
        {"--unknown x", "1 option --unknown\n1 option x\n"},
        {"--require x", "1 option --require\n1 option x\n"},
    };

    check(*state, ROWS, COUNT(ROWS));
}

static void a_requirement_keeps_its_line(void **state)
{
    df_reqs reqs =
        df_reqs_parse(*state, DF_STR("\n  a==1 \\\n  --hash=x  # why\n"));

    assert_int_equal(reqs.count, 1);
    assert_int_equal(reqs.items[0].number, 2);
    assert_str(reqs.items[0].line, "a==1   --hash=x");
}

static void requirements_in_utf16_are_read(void **state)
{
    df_reqs little = df_reqs_parse(*state, DF_STR("\xFF\xFE"
                                                  "a\0\r\0\n\0b\0"));
    df_reqs big = df_reqs_parse(*state, DF_STR("\xFE\xFF\0a\0\n\0b\0"));

    assert_str(shown(*state, little), "1 package a\n2 package b\n");
    assert_str(shown(*state, big), "1 package a\n2 package b\n");
}

static void a_go_mod_says_module_version_and_requirements(void **state)
{
    df_gomod mod = df_gomod_parse(
        *state, DF_STR("// Deprecated: no\r\n"
                       "module example.com/app // the app\r\n"
                       "\n"
                       "go 1.22\n"
                       "toolchain go1.22.1\n"
                       "require example.com/one v1.0.0\n"
                       "require (\n"
                       "\t\"example.com/two\" v2.0.0 // indirect\n"
                       "\n"
                       "\t// example.com/no v1\n"
                       "\texample.com/three//v3\n"
                       ")\n"
                       "exclude example.com/four v4.0.0\n"
                       "require ( )\n"
                       "retract [v1.0.0, v1.9.9]\n"));

    assert_true(mod.found);
    assert_str(mod.module, "example.com/app");
    assert_str(mod.go, "1.22");
    assert_int_equal(mod.nrequires, 3);
    assert_str(mod.requires[0], "example.com/one");
    assert_str(mod.requires[1], "example.com/two");
    assert_str(mod.requires[2], "example.com/three");
    assert_int_equal(mod.nreplaces, 0);
    assert_int_equal(mod.nuses, 0);
}

static void a_go_mod_may_replace_by_a_directory(void **state)
{
    static const struct {
        const char *text, *old, *by; /* NULL: nothing is replaced */
        bool local;
    } ROWS[] = {
        {"replace a => ./a", "a", "./a", true},
        {"replace a v1.0.0 => ../a", "a", "../a", true},
        {"replace a => /a", "a", "/a", true},
        {"replace a => ..", "a", "..", true},
        {"replace a => \"./a b\"", "a", "./a b", true},
        {"replace (\n\ta v1 => ../x // y\n)", "a", "../x", true},
        {"replace a => b v1.0.0", "a", "b", false},
        {"replace a => .hidden v1", "a", ".hidden", false},
        {"// replace a => ./a", NULL, NULL, false},
        {"exclude (\n\ta => ./b\n)", NULL, NULL, false},
        {"replace a => C:\\x", "a", "C:\\x", true},
        {"replace => b", NULL, NULL, false},
        {"replace =>", NULL, NULL, false},
        {"", NULL, NULL, false},
    };

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        df_gomod mod = df_gomod_parse(*state, df_str_of(ROWS[i].text));

        assert_int_equal(mod.nreplaces, ROWS[i].old != NULL);
        if (!ROWS[i].old)
            continue;
        assert_str(mod.replaces[0].old, ROWS[i].old);
        assert_str(mod.replaces[0].by, ROWS[i].by);
        assert_int_equal(mod.replaces[0].local, ROWS[i].local);
    }
}

static void a_go_work_names_the_directories_of_its_modules(void **state)
{
    df_gomod work =
        df_gomod_parse(*state, DF_STR("go 1.22\n"
                                      "use ./one // the first\n"
                                      "use (\n\t../two\n\t.\n)\n"
                                      "replace example.com/a => ./fork\n"));

    assert_int_equal(work.nuses, 3);
    assert_str(work.uses[0], "./one");
    assert_str(work.uses[1], "../two");
    assert_str(work.uses[2], ".");
    assert_int_equal(work.nreplaces, 1);
}

/* "a/b=text" of every element, in one line. */
static df_str elements(df_arena *a, const char *text, bool *bad)
{
    df_xml x = df_xml_of(df_str_of(text));
    df_str out = DF_STR("");

    while (df_xml_next(&x)) {
        for (uint32_t i = 0; i < x.depth; i++)
            out = df_fmt(a, "%.*s%s%.*s", DF_STR_ARG(out), i ? "/" : " ",
                         DF_STR_ARG(x.names[i]));
        if (x.text.len)
            out = df_fmt(a, "%.*s=%.*s", DF_STR_ARG(out), DF_STR_ARG(x.text));
    }
    *bad = x.bad;
    return out;
}

static void xml_is_walked_element_by_element(void **state)
{
    static const struct {
        const char *text, *elements;
        bool bad;
    } ROWS[] = {
        {"", "", false},
        {"<?xml version='1.0'?>\n<!DOCTYPE a>\n<a/>", " a", false},
        {"<a>1<b> 2 </b>3<c/>4</a>", " a=1 a/b=2 a/c", false},
        {"<a><!-- <b>no</b> --><![CDATA[<c>]]><d x='>'>1</d ></a>", " a a/d=1",
         false},
        {"<a>", " a", true},
        {"<a></b>", " a", true},
        {"</a>", "", true},
        {"<a><b></a></b>", " a a/b", true},
        {"<a", "", true},
        {"<a><!-- ", " a", true},
        {"< a></ a>", "", true},
        {"<x:a></x:a>", "", true},
    };
    bool bad;

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        assert_str(elements(*state, ROWS[i].text, &bad), ROWS[i].elements);
        assert_int_equal(bad, ROWS[i].bad);
    }
}

static void xml_may_be_nested_to_the_limit(void **state)
{
    df_buf text = {.arena = *state};
    df_xml x;

    for (unsigned i = 0; i < DF_XML_DEPTH; i++)
        df_buf_adds(&text, "<a>");
    x = df_xml_of(df_buf_str(&text));
    while (x.depth < DF_XML_DEPTH)
        assert_true(df_xml_next(&x));
    df_buf_adds(&text, "<a>");
    x = df_xml_of(df_buf_str(&text));
    while (df_xml_next(&x))
        ;
    assert_true(x.bad);
    assert_int_equal(x.depth, DF_XML_DEPTH);
}

static void xml_elements_are_found_by_their_path(void **state)
{
    df_xml x =
        df_xml_of(DF_STR("<p><q><r kind = \"1\" kinds='2' other=3/></q></p>"));
    df_str value;

    (void)state;
    while (df_xml_next(&x) && x.depth < 3)
        ;
    assert_true(df_xml_is(&x, "p/q/r"));
    assert_false(df_xml_is(&x, "q/r"));
    assert_false(df_xml_is(&x, "o/p/q/r"));
    assert_true(df_xml_ends(&x, "q/r"));
    assert_true(df_xml_ends(&x, "r"));
    assert_false(df_xml_ends(&x, "p/r"));
    assert_true(df_xml_in(&x, "p"));
    assert_false(df_xml_in(&x, "r"));
    assert_true(df_xml_attribute(&x, "kind", &value));
    assert_str(value, "1");
    assert_true(df_xml_attribute(&x, "kinds", &value));
    assert_str(value, "2");
    assert_false(df_xml_attribute(&x, "other", &value));
    assert_false(df_xml_attribute(&x, "kin", &value));
    assert_false(df_xml_next(&x));
    assert_false(x.bad);
}

static void json_keeps_the_order_of_its_members(void **state)
{
    const df_json *json =
        df_json_parse(*state, DF_STR("\xEF\xBB\xBF{\"z\": \"1\", \"a\": [1, "
                                     "\"\\u00e9\"], \"m\": {}, \"z\": \"2\"}"));
    df_str text;
    df_str key;

    assert_true(df_json_is_object(json));
    assert_int_equal(df_json_count(json), 3);
    assert_true(df_json_string(df_json_member(json, 0, &key), &text));
    assert_str(key, "z");
    assert_str(text, "2");
    df_json_member(json, 1, &key);
    assert_str(key, "a");
    df_json_member(json, 2, &key);
    assert_str(key, "m");
    assert_null(df_json_member(json, 3, &key));
    assert_true(df_json_string(df_json_at(df_json_get(json, "a"), 1), &text));
    assert_str(text, "\xC3\xA9");
}

static void lookups_in_nothing_give_nothing(void **state)
{
    const df_json *json = df_json_parse(*state, DF_STR("[{\"a\": 1}]"));
    df_str text;

    assert_null(df_json_get(NULL, "a"));
    assert_null(df_json_at(NULL, 0));
    assert_null(df_json_member(NULL, 0, &text));
    assert_int_equal(df_json_count(NULL), 0);
    assert_false(df_json_string(NULL, &text));
    assert_str(text, "");
    assert_null(df_json_get(json, "a"));
    assert_null(df_json_at(json, 1));
    assert_null(df_json_get(df_json_at(json, 0), "b"));
    assert_non_null(df_json_get(df_json_at(json, 0), "a"));
    assert_false(df_json_string(df_json_get(df_json_at(json, 0), "a"), &text));
    assert_false(df_json_is_array(df_json_at(json, 0)));
}

static void what_is_no_json_gives_nothing(void **state)
{
    static const char *const ROWS[] = {
        "",     "{",        "{} x",      "{'a': 1}",      "[1,]",
        "// x", "\"\xFF\"", "{\"a\" 1}", "[\"\\ud800\"]", "nul",
    };

    for (size_t i = 0; i < COUNT(ROWS); i++)
        assert_null(df_json_parse(*state, df_str_of(ROWS[i])));
    assert_null(df_json_parse(*state, (df_str){NULL, 0}));
    assert_non_null(df_json_parse(*state, DF_STR("[123456789012345678901]")));
    assert_non_null(df_json_parse(*state, DF_STR("\"a\\u0000b\"")));
}

static df_str nested(df_arena *a, uint32_t depth)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_adds(&b, "[\"[[[\\\"[[[\"");
    for (uint32_t i = 1; i < depth; i++)
        df_buf_adds(&b, ",[1");
    for (uint32_t i = 0; i < depth; i++)
        df_buf_addc(&b, ']');
    return df_buf_str(&b);
}

static void json_may_be_nested_to_the_limit(void **state)
{
    assert_non_null(df_json_parse(*state, nested(*state, DF_MAX_DEPTH)));
    assert_null(df_json_parse(*state, nested(*state, DF_MAX_DEPTH + 1)));
}

static void yaml_is_the_same_kind_of_tree(void **state)
{
    const df_json *doc = df_yaml_parse(
        *state, DF_STR("packages:\n  - apps/*\n  - \"!**/test/**\"\n"
                       "catalog: {ky: ^1.7.0, n: 1}\nempty:\n"));
    df_str text;

    assert_true(df_json_is_object(doc));
    assert_int_equal(df_json_count(df_json_get(doc, "packages")), 2);
    assert_true(
        df_json_string(df_json_at(df_json_get(doc, "packages"), 1), &text));
    assert_str(text, "!**/test/**");
    assert_true(
        df_json_string(df_json_get(df_json_get(doc, "catalog"), "n"), &text));
    assert_str(text, "1");
    assert_true(df_json_string(df_json_get(doc, "empty"), &text));
    assert_str(text, "");
}

static void what_is_too_much_yaml_gives_nothing(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "a: [",
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "? [a]\n: b",
        "a: {b: *none}",
        "\x01",
    };

    for (size_t i = 0; i < COUNT(TEXTS); i++)
        assert_null(df_yaml_parse(*state, df_str_of(TEXTS[i])));
    assert_non_null(df_yaml_parse(*state, nested(*state, DF_MAX_DEPTH)));
    assert_null(df_yaml_parse(*state, nested(*state, DF_MAX_DEPTH + 2)));
}

int unit_manifest(void)
{
    const struct CMUnitTest tests[] = {
        arena_test(packages_are_named_without_extras_versions_and_markers),
        arena_test(comments_and_continuations_are_those_of_pip),
        arena_test(includes_and_constraints_name_their_file),
        arena_test(what_pip_reads_from_the_disk_is_local),
        arena_test(what_comes_from_elsewhere_is_a_url),
        arena_test(options_are_known_by_their_long_name),
        arena_test(a_requirement_keeps_its_line),
        arena_test(requirements_in_utf16_are_read),
        arena_test(a_go_mod_says_module_version_and_requirements),
        arena_test(a_go_mod_may_replace_by_a_directory),
        arena_test(a_go_work_names_the_directories_of_its_modules),
        arena_test(xml_is_walked_element_by_element),
        arena_test(xml_may_be_nested_to_the_limit),
        arena_test(xml_elements_are_found_by_their_path),
        arena_test(json_keeps_the_order_of_its_members),
        arena_test(lookups_in_nothing_give_nothing),
        arena_test(what_is_no_json_gives_nothing),
        arena_test(json_may_be_nested_to_the_limit),
        arena_test(yaml_is_the_same_kind_of_tree),
        arena_test(what_is_too_much_yaml_gives_nothing),
    };

    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
