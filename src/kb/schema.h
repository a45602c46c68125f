/*
 * What a knowledge file may contain.
 *
 * One df_field for each key of the YAML, named like the field of the struct
 * (dfopt/kb.h) with `-` for `_`. The loader, its messages, the lookups and the
 * C generator all read these tables and know no field by name.
 */
#ifndef DF_KB_SCHEMA_H
#define DF_KB_SCHEMA_H

#include <dfopt/kb.h>

typedef enum {
    DF_FIELD_STRING,   /* const char * */
    DF_FIELD_STRINGS,  /* df_strings */
    DF_FIELD_BOOL,     /* bool */
    DF_FIELD_UNSIGNED, /* uint32_t */
    DF_FIELD_DOUBLE,   /* double */
} df_field_kind;

enum {
    DF_FIELD_REQUIRED = 1,
    DF_FIELD_REGEX = 2,   /* PCRE2; must compile */
    DF_FIELD_EMPTY = 4,   /* a string that is "" if it is not given, not NULL */
    DF_FIELD_KEY = 8,     /* the row is found by this string */
    DF_FIELD_ALIAS = 16,  /* and by each of these */
    DF_FIELD_SUB = 32,    /* together with this, or each of these */
    DF_FIELD_SORTED = 64, /* packed in the order of bytes */
};

typedef struct {
    const char *key;
    df_field_kind kind;
    unsigned flags;
    size_t offset;
    df_strings allowed; /* values of a string; NULL: any */
} df_field;

/* Fields of one struct, in the order in which messages list them. */
typedef struct {
    const df_field *items;
    size_t count;
} df_fields;

typedef struct {
    const char *key;    /* in the file: "eol" */
    const char *type;   /* in C: "df_eol" */
    const char *member; /* of df_knowledge: "eols" */
    size_t size;        /* of a row */
    size_t rows;        /* offsets in df_knowledge: the pointer, */
    size_t count;       /* and the number */
    df_fields fields;
    bool user;    /* only in a user's file */
    bool map;     /* `key: row` instead of a list of rows */
    bool ordered; /* rows of one key are tried in the order of the file; */
    bool repeats; /* two of them may be alike in what finds them */
    bool packed;  /* only ours, and kept as one text: see kb/pack.h */
    const char *(*check)(const void *row); /* NULL, or what is wrong */
} df_section;

/* Indexed by df_kb_section. */
extern const df_section df_sections[DF_KB_SECTIONS];

/* Keys beside the sections: fields of df_knowledge itself. */
extern const df_fields df_user_fields;
extern const df_fields df_builtin_fields;

/* The field of that key, or NULL. */
const df_field *df_fields_find(df_fields fields, df_str key);
/* The first field with that flag, or NULL. */
const df_field *df_fields_flagged(df_fields fields, unsigned flag);

/* Fields of a row, of the kind that the name says. */
const char **df_field_string(const df_field *f, void *row);
df_strings *df_field_strings(const df_field *f, void *row);
bool *df_field_bool(const df_field *f, void *row);
uint32_t *df_field_unsigned(const df_field *f, void *row);
double *df_field_double(const df_field *f, void *row);

/* Rows of a section in a df_knowledge. */
const void *df_section_rows(const df_section *s, const df_knowledge *k);
size_t df_section_count(const df_section *s, const df_knowledge *k);
void df_section_set(const df_section *s, df_knowledge *k, const void *rows,
                    size_t count);

#endif
