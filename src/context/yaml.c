/*
 * YAML of the build context: libyaml reads it, then it becomes a tree like that
 * of JSON. See df_context_yaml in dfopt/context.h.
 */
#include <yaml.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "context/json.h"
#include "context/tree.h"

typedef struct {
    df_arena *arena;
    bool aliases; /* anchors and tags are passed over, an alias is null */
    uint32_t values;
    yaml_parser_t parser;
    yaml_event_t event;
} reader;

/* A collection that grows. */
typedef struct {
    df_str *keys;
    uint32_t nkeys, ckeys;
    df_json *items;
    uint32_t nitems, citems;
} bag;

static void delete_reader(void *ptr)
{
    reader *r = ptr;

    yaml_event_delete(&r->event);
    yaml_parser_delete(&r->parser);
}

static bool next(reader *r)
{
    const yaml_event_t *e = &r->event;

    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        if (r->parser.error == YAML_MEMORY_ERROR)
            df_arena_exhausted(r->arena);
        return false;
    }
    if (r->aliases)
        return true;
    if (e->type == YAML_SCALAR_EVENT)
        return !e->data.scalar.anchor && !e->data.scalar.tag;
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return !e->data.sequence_start.anchor && !e->data.sequence_start.tag;
    if (e->type == YAML_MAPPING_START_EVENT)
        return !e->data.mapping_start.anchor && !e->data.mapping_start.tag;
    return e->type != YAML_ALIAS_EVENT;
}

static df_str scalar(const reader *r)
{
    return df_str_dup(r->arena,
                      (df_str){(const char *)r->event.data.scalar.value,
                               r->event.data.scalar.length});
}

static bool read_node(reader *r, unsigned depth, df_json *out);

/* Up to the end of the list or map whose start is the present event. */
static bool read_items(reader *r, unsigned depth, df_json *out)
{
    bool map = r->event.type == YAML_MAPPING_START_EVENT;
    yaml_event_type_t end =
        map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    bag found = {0};

    while (next(r)) {
        df_json item = {0};

        if (r->event.type == end) {
            *out = (df_json){.kind = map ? DF_JSON_MAP : DF_JSON_LIST,
                             .keys = found.keys,
                             .items = found.items,
                             .count = found.nitems};
            return true;
        }
        if (map) {
            if (r->event.type != YAML_SCALAR_EVENT)
                return false;
            *df_push(r->arena, &found, keys) = scalar(r);
            if (!next(r))
                return false;
        }
        if (!read_node(r, depth + 1, &item))
            return false;
        *df_push(r->arena, &found, items) = item;
    }
    return false;
}

static bool read_node(reader *r, unsigned depth, df_json *out)
{
    if (depth > DF_MAX_DEPTH || ++r->values > DF_MAX_VALUES)
        return false;
    if (r->event.type == YAML_ALIAS_EVENT) {
        *out = (df_json){0};
        return true;
    }
    if (r->event.type == YAML_SCALAR_EVENT) {
        *out = (df_json){.kind = DF_JSON_TEXT, .text = scalar(r)};
        return true;
    }
    return (r->event.type == YAML_MAPPING_START_EVENT ||
            r->event.type == YAML_SEQUENCE_START_EVENT) &&
           read_items(r, depth, out);
}

static const df_json *parse(df_arena *a, df_str text, bool aliases)
{
    reader *r = df_new(a, reader);
    df_json *root = df_new(a, df_json);
    bool ok;

    if (df_yaml_is_endless(text))
        return NULL;
    r->arena = a;
    r->aliases = aliases;
    /* first, as it takes memory itself; a parser of zeros is deleted, too */
    df_defer(a, delete_reader, r);
    if (!yaml_parser_initialize(&r->parser))
        df_arena_exhausted(a);
    yaml_parser_set_input_string(
        &r->parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
        text.len);
    ok = next(r) && next(r) && r->event.type == YAML_DOCUMENT_START_EVENT &&
         next(r) && read_node(r, 0, root);
    return ok ? root : NULL;
}

const df_json *df_yaml_parse(df_arena *a, df_str text)
{
    return parse(a, text, false);
}

const df_json *df_yaml_parse_all(df_arena *a, df_str text)
{
    return parse(a, text, true);
}

const df_json *df_context_yaml(df_context *cx, df_str path)
{
    typedef struct {
        const df_json *root;
    } memo;
    void **slot = df_context_memo(cx, "yaml", path);
    memo *m = *slot;
    df_str text;

    if (!m) {
        m = df_new(df_context_arena(cx), memo);
        if (df_context_read(cx, path, &text))
            m->root = df_yaml_parse(df_context_arena(cx), text);
        *slot = m;
    }
    return m->root;
}
