/*
 * kbgen FILE.yaml… - print knowledge files as one constant df_knowledge.
 *
 * The rows come out in the order of the arguments and the files, the indexes
 * sorted by bytes: same input, same output. The text is C11 and needs nothing
 * but kb/kb.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "kb/kb_load.h"
#include "kb/pack.h"

/* Octal escapes end after three digits; `?` could begin a trigraph. */
static void put_string(const char *s)
{
    putchar('"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c < ' ' || c > '~')
            printf("\\%03o", c);
        else if (c == '"' || c == '\\' || c == '?')
            printf("\\%c", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* The field of the struct: `-` back to `_`. */
static void put_member(const char *key)
{
    for (; *key; key++)
        putchar(*key == '-' ? '_' : *key);
}

static void put_list_name(const df_section *s, size_t row, const df_field *f)
{
    printf("%s_%zu_", s->member, row);
    put_member(f->key);
}

static void put_list(const df_section *s, size_t n, const df_field *f,
                     df_strings list)
{
    printf("static const char *const ");
    put_list_name(s, n, f);
    printf("[] = {");
    for (; *list; list++) {
        put_string(*list);
        printf(", ");
    }
    printf("NULL};\n");
}

static void put_lists(const df_section *s, size_t n, void *row)
{
    for (size_t i = 0; i < s->fields.count; i++) {
        const df_field *f = &s->fields.items[i];

        if (f->kind == DF_FIELD_STRINGS && **df_field_strings(f, row))
            put_list(s, n, f, *df_field_strings(f, row));
    }
}

static void put_value(const df_section *s, size_t n, const df_field *f,
                      void *row)
{
    switch (f->kind) {
    case DF_FIELD_STRING:
        put_string(*df_field_string(f, row));
        break;
    case DF_FIELD_STRINGS:
        if (**df_field_strings(f, row))
            put_list_name(s, n, f);
        else
            printf("none");
        break;
    case DF_FIELD_BOOL:
        printf("true");
        break;
    case DF_FIELD_UNSIGNED:
        printf("%u", *df_field_unsigned(f, row));
        break;
    case DF_FIELD_DOUBLE:
        printf("%.15g", *df_field_double(f, row));
        break;
    }
}

/* What a zeroed struct already says is left out. */
static bool is_zero(const df_field *f, void *row)
{
    switch (f->kind) {
    case DF_FIELD_STRING:
        return !*df_field_string(f, row);
    case DF_FIELD_STRINGS:
        return false;
    case DF_FIELD_BOOL:
        return !*df_field_bool(f, row);
    case DF_FIELD_UNSIGNED:
        return !*df_field_unsigned(f, row);
    case DF_FIELD_DOUBLE:
        return !(*df_field_double(f, row) > 0);
    }
    return true;
}

static void put_row(const df_section *s, size_t n, void *row)
{
    printf("    {");
    for (size_t i = 0; i < s->fields.count; i++) {
        const df_field *f = &s->fields.items[i];

        if (is_zero(f, row))
            continue;
        printf("%s.", i ? "\n     " : "");
        put_member(f->key);
        printf(" = ");
        put_value(s, n, f, row);
        putchar(',');
    }
    printf("},\n");
}

static void put_index(const df_section *s, const df_kb_index *index)
{
    printf("static const df_kb_entry %s_index[] = {\n", s->member);
    for (size_t i = 0; i < index->count; i++) {
        printf("    {");
        put_string(index->entries[i].key);
        printf(", ");
        put_string(index->entries[i].sub);
        printf(", %u},\n", index->entries[i].row);
    }
    printf("};\n\n");
}

static void put_slots(const df_section *s, const df_kb_slots *slots)
{
    if (!slots->count)
        return;
    printf("static const uint32_t %s_slots[] = {", s->member);
    for (uint32_t i = 0; i < slots->count; i++)
        printf("%s%u,", i % 12 ? " " : "\n    ", slots->entries[i]);
    printf("\n};\n\n");
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static df_strings sorted(df_arena *a, df_strings list)
{
    size_t n = 0;
    const char **copy;

    while (list[n])
        n++;
    copy = df_new_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = list[i];
    if (n)
        qsort(copy, n, sizeof *copy, by_bytes);
    return copy;
}

/* A row as kb/pack.h says. */
static void pack_field(df_arena *a, df_buf *out, const df_field *f, void *row)
{
    df_strings list;

    switch (f->kind) {
    case DF_FIELD_STRING:
        df_buf_adds(out, *df_field_string(f, row));
        break;
    case DF_FIELD_STRINGS:
        df_buf_addc(out, DF_PACK_ITEM);
        list = *df_field_strings(f, row);
        if (f->flags & DF_FIELD_SORTED)
            list = sorted(a, list);
        for (; *list; list++) {
            df_buf_adds(out, *list);
            df_buf_addc(out, DF_PACK_ITEM);
        }
        break;
    case DF_FIELD_BOOL:
        df_buf_adds(out, *df_field_bool(f, row) ? "1" : "");
        break;
    case DF_FIELD_UNSIGNED:
        df_buf_fmt(out, "%u", *df_field_unsigned(f, row));
        break;
    case DF_FIELD_DOUBLE:
        df_buf_fmt(out, "%.15g", *df_field_double(f, row));
        break;
    }
}

static df_str pack_row(df_arena *a, const df_section *s, void *row)
{
    df_buf out;

    df_buf_init(&out, a);
    for (size_t i = 0; i < s->fields.count; i++) {
        if (i)
            df_buf_addc(&out, DF_PACK_FIELD);
        pack_field(a, &out, &s->fields.items[i], row);
    }
    df_buf_addc(&out, DF_PACK_ROW);
    return df_buf_str(&out);
}

/* Where a word stands in a row, behind its key; no word: an empty one. */
static size_t offset_in(df_str row, const char *word)
{
    size_t n = strlen(word);
    size_t i = df_str_find_char(row, DF_PACK_FIELD);

    for (; *word && i + 1 + n < row.len; i++)
        if ((unsigned char)row.ptr[i] < ' ' &&
            memcmp(row.ptr + i + 1, word, n) == 0 &&
            (unsigned char)row.ptr[i + 1 + n] < ' ')
            return i + 1;
    return i;
}

static void put_packed(df_arena *a, const df_section *s, const df_kb_rows *rows,
                       const df_kb_index *index)
{
    df_str *texts = df_new_array(a, df_str, rows->nrows + 1);
    size_t *at = df_new_array(a, size_t, rows->nrows + 1);
    size_t off = 0;

    printf("static const char %s_text[] =\n", s->member);
    for (size_t i = 0; i < rows->nrows; i++) {
        texts[i] = pack_row(a, s, rows->rows + s->size * i);
        at[i] = off;
        off += texts[i].len;
        printf("    ");
        put_string(df_cstr(a, texts[i]));
        printf("\n");
    }
    printf("    \"\";\n\nstatic const df_packed_entry %s_index[] = {\n",
           s->member);
    for (size_t i = 0; i < index->count; i++) {
        const df_kb_entry *e = &index->entries[i];

        printf("    {%zu, %zu, %zu, %zu},\n", at[e->row],
               at[e->row] + offset_in(texts[e->row], e->sub), at[e->row],
               texts[e->row].len - 1);
    }
    printf("};\n\n");
    put_slots(s, &index->slots);
}

static void put_section(const df_section *s, const df_kb_rows *rows,
                        const df_kb_index *index)
{
    if (!rows->nrows)
        return;
    for (size_t i = 0; i < rows->nrows; i++)
        put_lists(s, i, rows->rows + s->size * i);
    printf("\nstatic const %s %s[] = {\n", s->type, s->member);
    for (size_t i = 0; i < rows->nrows; i++)
        put_row(s, i, rows->rows + s->size * i);
    printf("};\n\n");
    put_index(s, index);
    put_slots(s, &index->slots);
}

static void put_knowledge(const df_kb_builder *b, const df_knowledge *k)
{
    printf("const df_knowledge df_kb_data = {\n");
    for (size_t i = 0; i < DF_KB_SECTIONS; i++) {
        const char *name = df_sections[i].member;

        if (!b->sections[i].nrows)
            continue;
        if (df_sections[i].packed)
            printf("    .packed[%zu] = {%s_text, ", i, name);
        else
            printf("    .%s = %s,\n    .n%s = %u,\n    .index[%zu] = {", name,
                   name, name, b->sections[i].nrows, i);
        printf("%s_index, %zu", name, k->index[i].count);
        if (k->index[i].slots.count)
            printf(", {%s_slots, %u}", name, k->index[i].slots.count);
        else
            printf(", {NULL, 0}");
        printf("},\n");
    }
    printf("    .skip = none,\n    .date = ");
    put_string(k->date ? k->date : "");
    printf(",\n};\n");
}

static bool load(df_kb_builder *b, char **paths, df_knowledge *out, df_err *err)
{
    df_str text;

    for (; *paths; paths++)
        if (!df_read_file(b->arena, *paths, DF_MAX_KB, &text, err) ||
            !df_kb_add(b, df_str_of(*paths), text, false, err))
            return false;
    return df_kb_finish(b, out, err);
}

static void put_file(const df_kb_builder *b, const df_knowledge *k)
{
    printf("/* Made by kbgen from transforms/; do not edit. */\n"
           "#include \"kb/kb.h\"\n\n"
           "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
           "static const char *const none[] = {NULL};\n");
    for (size_t i = 0; i < DF_KB_SECTIONS; i++)
        if (df_sections[i].packed)
            put_packed(b->arena, &df_sections[i], &b->sections[i],
                       &k->index[i]);
        else
            put_section(&df_sections[i], &b->sections[i], &k->index[i]);
    put_knowledge(b, k);
}

int main(int argc, char **argv)
{
    df_kb_builder b;
    df_knowledge k;
    df_arena a;
    df_err err;
    bool ok;

    (void)argc;
    df_arena_init(&a, NULL, NULL);
    df_kb_builder_init(&b, &a);
    ok = load(&b, argv + 1, &k, &err);
    if (ok)
        put_file(&b, &k);
    else
        fprintf(stderr, "%s:%u:%u: error: %s\n", err.path, err.line, err.col,
                err.text);
    df_arena_release(&a);
    return ok && fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS
                                                        : EXIT_FAILURE;
}
