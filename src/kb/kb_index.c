/*
 * The last step of loading: names against each other, and the indexes.
 *
 * An entry for each name under which a row is found. Two rows under one name
 * are an error, but for images: there the pattern must differ, and then the
 * order of the file decides.
 */
#include <stdlib.h>
#include <string.h>

#include "kb/kb.h"
#include "kb/kb_load.h"

typedef struct {
    df_kb_builder *builder;
    const df_section *section;
    const df_kb_rows *rows;
    df_kb_entry *entries;
    uint32_t nentries, centries;
} indexer;

static void *row_at(const indexer *ix, uint32_t row)
{
    return ix->rows->rows + ix->section->size * row;
}

static void add_subs(indexer *ix, const char *key, uint32_t row)
{
    const df_field *f = df_fields_flagged(ix->section->fields, DF_FIELD_SUB);
    const char *one[] = {"", NULL};
    df_strings subs = one;

    if (f && f->kind == DF_FIELD_STRINGS)
        subs = *df_field_strings(f, row_at(ix, row));
    else if (f)
        one[0] = *df_field_string(f, row_at(ix, row));
    for (; *subs; subs++)
        *df_push(ix->builder->arena, ix, entries) =
            (df_kb_entry){key, *subs, row};
}

static void add_row(indexer *ix, uint32_t row)
{
    df_fields fields = ix->section->fields;
    const df_field *key = df_fields_flagged(fields, DF_FIELD_KEY);
    const df_field *alias = df_fields_flagged(fields, DF_FIELD_ALIAS);

    add_subs(ix, *df_field_string(key, row_at(ix, row)), row);
    if (!alias)
        return;
    for (df_strings s = *df_field_strings(alias, row_at(ix, row)); *s; s++)
        add_subs(ix, *s, row);
}

static int by_row(const void *a, const void *b)
{
    const df_kb_entry *x = a;
    const df_kb_entry *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

static int by_key_and_row(const void *a, const void *b)
{
    const df_kb_entry *x = a;
    const df_kb_entry *y = b;
    int c = strcmp(x->key, y->key);

    return c ? c : by_row(a, b);
}

static int by_key_and_sub(const void *a, const void *b)
{
    const df_kb_entry *x = a;
    const df_kb_entry *y = b;
    int c = strcmp(x->key, y->key);

    if (!c)
        c = strcmp(x->sub, y->sub);
    return c ? c : by_row(a, b);
}

static bool twice(const indexer *ix, const df_kb_entry *first,
                  const df_kb_entry *second, df_err *err)
{
    const df_kb_place *at = &ix->rows->places[second->row];
    const df_kb_place *before = &ix->rows->places[first->row];

    df_fail(err, DF_EDATA, at->path, at->line,
            "`%.80s%s%.80s` is twice in %s (first at %s:%u)", second->key,
            *second->sub ? " " : "", second->sub, ix->section->key,
            before->path, before->line);
    err->col = at->col;
    return false;
}

static bool check_names(const indexer *ix, df_err *err)
{
    for (uint32_t i = 1; i < ix->nentries; i++) {
        const df_kb_entry *e = &ix->entries[i];

        if (strcmp(e[-1].key, e->key) == 0 && strcmp(e[-1].sub, e->sub) == 0)
            return twice(ix, &e[-1], e, err);
    }
    return true;
}

static bool build_index(indexer *ix, df_err *err)
{
    for (uint32_t i = 0; i < ix->rows->nplaces; i++)
        add_row(ix, i);
    if (!ix->nentries)
        return true;
    qsort(ix->entries, ix->nentries, sizeof *ix->entries, by_key_and_sub);
    if (!ix->section->repeats && !check_names(ix, err))
        return false;
    if (ix->section->ordered)
        qsort(ix->entries, ix->nentries, sizeof *ix->entries, by_key_and_row);
    return true;
}

static uint32_t add_bytes(uint32_t hash, df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * UINT32_C(16777619);
    return hash;
}

/* FNV-1a, of both with a byte between them that neither has. */
uint32_t df_kb_hash(df_str key, df_str sub)
{
    uint32_t hash = add_bytes(UINT32_C(2166136261), key);

    hash = add_bytes(add_bytes(hash, DF_STR("\n")), sub);
    return hash ^ hash >> 15;
}

/* At most half of them are full. */
static df_kb_slots make_slots(const indexer *ix)
{
    df_kb_slots slots = {NULL, 4};
    uint32_t *entries;

    while (slots.count / 2 < ix->nentries)
        slots.count *= 2;
    slots.entries = entries =
        df_new_array(ix->builder->arena, uint32_t, slots.count);
    for (uint32_t i = 0; i < ix->nentries; i++) {
        const df_kb_entry *e = &ix->entries[i];
        uint32_t at = df_kb_hash(df_str_of(e->key), df_str_of(e->sub));

        while (df_kb_slot(&slots, at))
            at++;
        entries[at & (slots.count - 1)] = i + 1;
    }
    return slots;
}

bool df_kb_finish(df_kb_builder *b, df_knowledge *out, df_err *err)
{
    *out = b->top;
    for (size_t i = 0; i < DF_KB_SECTIONS; i++) {
        const df_section *s = &df_sections[i];
        indexer ix = {.builder = b, .section = s, .rows = &b->sections[i]};

        if (!build_index(&ix, err))
            return false;
        df_section_set(s, out, ix.rows->rows, ix.rows->nplaces);
        out->index[i] =
            (df_kb_index){.entries = ix.entries, .count = ix.nentries};
        if (ix.nentries && !s->ordered)
            out->index[i].slots = make_slots(&ix);
    }
    return true;
}
