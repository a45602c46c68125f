/*
 * JSON: jansson reads it, then it becomes a tree in the arena.
 */
#ifndef DF_CONTEXT_JSON_H
#define DF_CONTEXT_JSON_H

#include <dfopt/context.h>

typedef enum {
    DF_JSON_OTHER, /* number, true, false, null */
    DF_JSON_TEXT,
    DF_JSON_LIST,
    DF_JSON_MAP,
} df_json_kind;

struct df_json {
    df_json_kind kind;
    df_str text;
    df_str *keys;   /* of a map */
    df_json *items; /* of a map or a list */
    size_t count;
};

/*
 * NULL if it is no JSON (RFC 8259), is nested deeper than DF_MAX_DEPTH, has
 * more than DF_MAX_VALUES, or holds what jansson does not take: half of a
 * surrogate pair, a NUL in a name, a number beyond all doubles.
 * A byte order mark may stand in front. Of members with one name the last
 * counts, at the place of the first, as in JavaScript.
 */
const df_json *df_json_parse(df_arena *a, df_str text);

/*
 * The first document of a YAML text as the same kind of tree. NULL if it is no
 * YAML, or more of it than dfopt takes: see df_context_yaml.
 */
const df_json *df_yaml_parse(df_arena *a, df_str text);

/* The same of a file with anchors and tags, which are passed over; an alias is
 * null, whatever it stands for. */
const df_json *df_yaml_parse_all(df_arena *a, df_str text);

#endif
