/*
 * JSON arrays of strings, as Go's encoding/json reads them: what decides
 * whether an instruction is in exec form. With places, which a library for
 * JSON would not tell.
 */
#ifndef DF_SYNTAX_JSON_H
#define DF_SYNTAX_JSON_H

#include "syntax/doc.h"

typedef struct {
    df_str value;      /* decoded */
    uint32_t from, to; /* in the input, quotes included */
} df_json_item;

typedef enum {
    DF_ARRAY_NONE,    /* no valid JSON array: the text means itself */
    DF_ARRAY_STRINGS, /* exec form */
    DF_ARRAY_OTHER,   /* valid, but not of strings only: the builder refuses */
} df_array_kind;

typedef struct {
    df_array_kind kind;
    df_json_item *items;
    uint32_t nitems, citems;
} df_array;

df_array df_array_read(df_arena *a, df_str text);

#endif
