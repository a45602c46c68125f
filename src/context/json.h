/*
 * JSON: jansson reads it, then it becomes a tree in the arena.
 */
#ifndef DF_CONTEXT_JSON_H
#define DF_CONTEXT_JSON_H

#include <dfopt/context.h>

/*
 * NULL if it is no JSON (RFC 8259), is nested deeper than DF_MAX_DEPTH, or
 * holds what jansson does not take: half of a surrogate pair, a NUL in a name.
 * A byte order mark may stand in front. Of members with one name the last
 * counts, at the place of the first, as in JavaScript.
 */
const df_json *df_json_parse(df_arena *a, df_str text);

#endif
