/*
 * JSON: see context/json.h.
 *
 * Threads: jansson seeds its hash tables once for the process, with atomics
 * (hashtable_seed.c), and otherwise keeps no state; its objects iterate in the
 * order in which names were first set. Both hold since 2.8.
 */
#include "context/json.h"

#include <jansson.h>

#include "base/limits.h"
#include "context/tree.h"

/* Brackets and commas outside of strings: jansson recurses for each pair of
 * brackets, and there are no more values than that, and one. */
static bool is_too_much(df_str text)
{
    uint32_t depth = 0;
    uint32_t values = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '"')
            quoted = !quoted;
        else if (c == '\\')
            i++;
        else if (quoted)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth)
            depth--;
        values += c == '{' || c == '[' || c == ',';
        if (depth > DF_MAX_DEPTH || values >= DF_MAX_VALUES)
            return true;
    }
    return false;
}

static void copy(df_arena *a, json_t *from, df_json *to);

static void copy_list(df_arena *a, json_t *from, df_json *to)
{
    to->kind = DF_JSON_LIST;
    to->count = json_array_size(from);
    to->items = df_new_array(a, df_json, to->count);
    for (size_t i = 0; i < to->count; i++)
        copy(a, json_array_get(from, i), &to->items[i]);
}

static void copy_map(df_arena *a, json_t *from, df_json *to)
{
    const char *key;
    json_t *value;
    size_t i = 0;

    to->kind = DF_JSON_MAP;
    to->count = json_object_size(from);
    to->items = df_new_array(a, df_json, to->count);
    to->keys = df_new_array(a, df_str, to->count);
    json_object_foreach(from, key, value)
    {
        to->keys[i] = df_str_dup(a, df_str_of(key));
        copy(a, value, &to->items[i]);
        i++;
    }
}

static void copy(df_arena *a, json_t *from, df_json *to)
{
    if (json_is_array(from)) {
        copy_list(a, from, to);
    } else if (json_is_object(from)) {
        copy_map(a, from, to);
    } else if (json_is_string(from)) {
        to->kind = DF_JSON_TEXT;
        to->text = df_str_dup(
            a, (df_str){json_string_value(from), json_string_length(from)});
    }
}

/* The tree of jansson, while it is copied. */
typedef struct {
    json_t *root;
} loaded;

static void unload(void *ptr)
{
    loaded *l = ptr;

    json_decref(l->root);
    l->root = NULL;
}

const df_json *df_json_parse(df_arena *a, df_str text)
{
    /* Numbers are not looked at: as reals, none is too large for a long. */
    const size_t flags =
        JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    loaded *l = df_new(a, loaded);
    df_json *json = df_new(a, df_json);

    if (df_str_starts(text, "\xEF\xBB\xBF"))
        text = df_str_from(text, 3);
    if (is_too_much(text))
        return NULL;
    df_defer(a, unload, l);
    l->root = json_loadb(text.ptr ? text.ptr : "", text.len, flags, NULL);
    if (!l->root)
        return NULL;
    copy(a, l->root, json);
    unload(l);
    return json;
}

const df_json *df_context_json(df_context *cx, df_str path)
{
    typedef struct {
        const df_json *json;
    } memo;
    void **slot = df_context_memo(cx, "json", path);
    memo *m = *slot;
    df_str text;

    if (!m) {
        m = df_new(df_context_arena(cx), memo);
        if (df_context_read(cx, path, &text))
            m->json = df_json_parse(df_context_arena(cx), text);
        *slot = m;
    }
    return m->json;
}

const df_json *df_json_get(const df_json *object, const char *key)
{
    if (!df_json_is_object(object))
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (df_str_is(object->keys[i], key))
            return &object->items[i];
    return NULL;
}

const df_json *df_json_at(const df_json *array, size_t index)
{
    return df_json_is_array(array) && index < array->count
               ? &array->items[index]
               : NULL;
}

size_t df_json_count(const df_json *node)
{
    return node ? node->count : 0;
}

const df_json *df_json_member(const df_json *object, size_t index, df_str *key)
{
    bool there = df_json_is_object(object) && index < object->count;

    *key = there ? object->keys[index] : DF_STR("");
    return there ? &object->items[index] : NULL;
}

bool df_json_string(const df_json *node, df_str *out)
{
    bool there = node && node->kind == DF_JSON_TEXT;

    *out = there ? node->text : DF_STR("");
    return there;
}

bool df_json_is_object(const df_json *node)
{
    return node && node->kind == DF_JSON_MAP;
}

bool df_json_is_array(const df_json *node)
{
    return node && node->kind == DF_JSON_LIST;
}
