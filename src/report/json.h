/*
 * jansson for reports. Its own functions take a NULL value as "memory is
 * exhausted" and say so by a return value that is easy to lose; these keep it
 * in *failed.
 */
#ifndef DF_REPORT_JSON_H
#define DF_REPORT_JSON_H

#include <jansson.h>

#include "base/buf.h"

/* Add to an object or an array; the value is given away. */
void df_jansson_put(json_t *object, const char *key, json_t *value,
                    bool *failed);
void df_jansson_append(json_t *array, json_t *value, bool *failed);

/*
 * Bytes as JSON text. If they are not UTF-8, backslashes are doubled, bytes
 * that are not become \xNN, and *escaped is set.
 */
json_t *df_jansson_bytes(df_arena *a, df_str s, bool *escaped);

/* The same for texts whose exact bytes do not matter; NULL pointer: null. */
json_t *df_jansson_text(df_arena *a, df_str s);

/* A number, or null for 0, which stands for "unknown" in our structs. */
json_t *df_jansson_count(size_t n);

/* Write the document; false if memory ran out. */
bool df_jansson_write(const json_t *doc, df_buf *out);

#endif
