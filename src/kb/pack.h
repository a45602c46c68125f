/*
 * Rows that are kept as one text: a program with thousands of pointers would
 * have to correct each of them before it starts.
 *
 * A row is its fields in the order of the schema, each behind the other with
 * DF_PACK_FIELD between them and DF_PACK_ROW behind the last; a list begins
 * with DF_PACK_ITEM and has one behind each item.
 */
#ifndef DF_KB_PACK_H
#define DF_KB_PACK_H

#include "kb/kb.h"

#define DF_PACK_ROW   '\n'
#define DF_PACK_ITEM  '\036'
#define DF_PACK_FIELD '\037'

/* The rows as they are read from YAML, and packed by kbgen. */
struct df_tag_row {
    const char *image;
    const char *release;
    df_strings tags;
};

struct df_layer_row {
    const char *name;
    const char *suite;
    const char *on;
    const char *level;
    uint32_t packages;
    double mb;
    double built_mb;
    df_strings adds;
    df_strings devel;
};

struct df_command_row {
    const char *name;
    df_strings packages;
    df_strings in;
    df_strings images;
    bool alpine;
    const char *apk;
};

/* The row that both strings find, or an empty text. */
df_str df_pack_find(const df_packed *p, df_str key, df_str sub);

/* Cut the first field off. */
df_str df_pack_text(df_str *row);
df_list df_pack_list(df_str *row);
uint32_t df_pack_unsigned(df_str *row);
double df_pack_double(df_str *row);

/* What is behind an offset, up to the next separator. */
df_str df_pack_word(const df_packed *p, uint32_t off);
bool df_pack_is(const df_packed *p, uint32_t off, df_str text);

#endif
