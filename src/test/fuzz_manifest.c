/*
 * Manifests: JSON, YAML, XML, requirements and go.mod. What does not matter
 * changes nothing: another line end, a comment, the layout. What JSON and YAML
 * both read they read alike.
 */
#include "test/fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "context/json.h"
#include "context/manifest.h"
#include "context/xml.h"

const char *const FUZZ_RULES[] = {"req",         "npm-deps", "package-json",
                                  "npm-lock",    "go-req",   "pyproject",
                                  "poetry-lock", NULL};
const char *const FUZZ_START = "reqs";

/* Requirements. */

static bool is_plain(df_str text)
{
    return df_str_find_char(text, '\r') == SIZE_MAX &&
           !df_str_starts(text, "\xEF\xBB\xBF") &&
           !df_str_starts(text, "\xFF\xFE") && !df_str_starts(text, "\xFE\xFF");
}

static df_str with_crlf(df_arena *a, df_str text)
{
    df_buf out = {.arena = a};

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            df_buf_addc(&out, '\r');
        df_buf_addc(&out, text.ptr[i]);
    }
    return df_buf_str(&out);
}

static df_str between(df_arena *a, const char *before, df_str text,
                      const char *behind)
{
    df_buf out = {.arena = a};

    df_buf_adds(&out, before);
    df_buf_add(&out, text);
    df_buf_adds(&out, behind);
    return df_buf_str(&out);
}

static bool same_reqs(df_reqs x, df_reqs y, uint32_t lines)
{
    if (x.count != y.count)
        return false;
    for (uint32_t i = 0; i < x.count; i++)
        if (x.items[i].kind != y.items[i].kind ||
            x.items[i].number + lines != y.items[i].number ||
            !df_str_eq(x.items[i].name, y.items[i].name) ||
            !df_str_eq(x.items[i].line, y.items[i].line))
            return false;
    return true;
}

static void check_reqs(df_arena *a, df_str text)
{
    df_reqs reqs = df_reqs_parse(a, text);
    uint32_t last = 1;

    for (uint32_t i = 0; i < reqs.count; i++) {
        const df_req *r = &reqs.items[i];

        PROMISE(r->line.len && r->number >= last);
        PROMISE(r->kind != DF_REQ_PACKAGE || r->name.len);
        last = r->number;
    }
    if (!is_plain(text))
        return;
    PROMISE(same_reqs(reqs, df_reqs_parse(a, with_crlf(a, text)), 0));
    text = between(a, "# why\n", text, "");
    PROMISE(same_reqs(reqs, df_reqs_parse(a, text), 1));
}

/* go.mod. */

static void check_gomod(df_arena *a, df_str text)
{
    df_gomod one = df_gomod_parse(a, text);
    df_gomod two =
        df_gomod_parse(a, between(a, "// why\n", text, "\n// )\n\n"));

    PROMISE(one.found && two.found);
    PROMISE(df_str_eq(one.module, two.module) && df_str_eq(one.go, two.go));
    PROMISE(one.nrequires == two.nrequires);
    PROMISE(one.nreplaces == two.nreplaces && one.nuses == two.nuses);
    for (uint32_t i = 0; i < one.nreplaces; i++)
        PROMISE(df_str_eq(one.replaces[i].by, two.replaces[i].by) &&
                one.replaces[i].local == two.replaces[i].local);
    for (uint32_t i = 0; i < one.nrequires; i++)
        PROMISE(df_str_eq(one.requires[i], two.requires[i]));
}

/* XML: the same one level deeper, behind a comment. */

static void check_xml(df_arena *a, df_str text)
{
    df_xml one = df_xml_of(text);
    df_xml two = df_xml_of(between(a, "<all><!-- <no> -->", text, "</all>"));

    PROMISE(df_xml_next(&two) && df_xml_is(&two, "all"));
    while (df_xml_next(&one)) {
        if (one.depth == DF_XML_DEPTH)
            return;
        PROMISE(one.depth && df_xml_next(&two) && !one.bad);
        PROMISE(one.depth + 1 == two.depth && df_str_eq(one.tag, two.tag) &&
                df_str_eq(one.text, two.text));
    }
    PROMISE(one.bad || (!df_xml_next(&two) && !two.bad));
}

/* JSON and YAML. */

static void write_string(df_buf *out, df_str s)
{
    df_buf_addc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c < 0x20 || c == 0x7F)
            df_buf_fmt(out, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            df_buf_fmt(out, "\\%c", c);
        else
            df_buf_addc(out, (char)c);
    }
    df_buf_addc(out, '"');
}

static void write_json(df_buf *out, const df_json *node)
{
    bool map = node->kind == DF_JSON_MAP;

    if (node->kind == DF_JSON_OTHER) {
        df_buf_adds(out, "null");
    } else if (node->kind == DF_JSON_TEXT) {
        write_string(out, node->text);
    } else {
        df_buf_addc(out, map ? '{' : '[');
        for (size_t i = 0; i < node->count; i++) {
            df_buf_adds(out, i ? ",\n " : "");
            if (map)
                write_string(out, node->keys[i]);
            df_buf_adds(out, map ? ": " : "");
            write_json(out, &node->items[i]);
        }
        df_buf_addc(out, map ? '}' : ']');
    }
}

static bool is_scalar(const df_json *node)
{
    return node->kind == DF_JSON_OTHER || node->kind == DF_JSON_TEXT;
}

/* To YAML, `null` is a string. */
static bool same_tree(const df_json *x, const df_json *y)
{
    if (is_scalar(x) && is_scalar(y))
        return x->kind != y->kind || df_str_eq(x->text, y->text);
    if (x->kind != y->kind || x->count != y->count)
        return false;
    for (size_t i = 0; i < x->count; i++)
        if ((x->kind == DF_JSON_MAP && !df_str_eq(x->keys[i], y->keys[i])) ||
            !same_tree(&x->items[i], &y->items[i]))
            return false;
    return true;
}

static void check_again(df_arena *a, const df_json *node)
{
    df_buf out = {.arena = a};
    const df_json *json, *yaml;

    write_json(&out, node);
    json = df_json_parse(a, df_buf_str(&out));
    PROMISE(json && same_tree(node, json));
    yaml = df_yaml_parse(a, df_buf_str(&out));
    PROMISE(!yaml || same_tree(node, yaml));
}

static void check_trees(df_arena *a, df_str text)
{
    const df_json *json = df_json_parse(a, text);
    const df_json *yaml = df_yaml_parse(a, text);
    const df_json *all = df_yaml_parse_all(a, text);

    if (json)
        check_again(a, json);
    if (yaml)
        PROMISE(all && same_tree(yaml, all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str text = {(const char *)data, size};
    df_arena a;

    df_arena_init(&a, NULL, NULL);
    check_reqs(&a, text);
    check_gomod(&a, text);
    check_xml(&a, text);
    check_trees(&a, text);
    df_arena_release(&a);
    return 0;
}
