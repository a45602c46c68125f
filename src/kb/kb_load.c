/*
 * libyaml's events to rows.
 *
 *     file    := [ mapping of (section key: rows | field key: value |
 *                              "lists": mapping of (name: list)) ]
 *     rows    := list of row, or mapping of (name: row)
 *     row     := mapping of (field key: value)
 *     value   := scalar | list, as the field's kind wants it
 *     list    := list of scalar
 *
 * Of our own tables, `$name` in a list stands for the items of that one of
 * `lists`. A user's file has no `lists`, so nothing in it can multiply.
 *
 * One event is held at a time, and the arena deletes it with the parser, so
 * running out of memory anywhere leaks nothing.
 */
#include "kb/kb_load.h"

#include <string.h>

#include <yaml.h>

#include "base/buf.h"
#include "base/yaml.h"
#include "text/regex.h"

typedef struct {
    df_arena *arena;
    df_kb_builder *builder;
    const char *path;
    df_str text;
    bool user;
    df_err *err;
    yaml_parser_t parser;
    yaml_event_t event;
} loader;

static void delete_loader(void *ptr)
{
    loader *l = ptr;

    yaml_event_delete(&l->event);
    yaml_parser_delete(&l->parser);
}

static const df_strings NONE = (const char *const[]){NULL};

static df_kb_place place_of(const loader *l, yaml_mark_t mark)
{
    return (df_kb_place){l->path, (uint32_t)mark.line + 1,
                         (uint32_t)mark.column + 1};
}

static df_kb_place here(const loader *l)
{
    return place_of(l, l->event.start_mark);
}

static bool fail(loader *l, df_kb_place at, const char *format, ...)
    DF_PRINTF(3, 4);

static bool fail(loader *l, df_kb_place at, const char *format, ...)
{
    va_list args;
    df_str text;

    va_start(args, format);
    text = df_vfmt(l->arena, format, args);
    va_end(args);
    df_fail(l->err, DF_EDATA, at.path, at.line, "%.*s", DF_STR_ARG(text));
    l->err->col = at.col;
    return false;
}

/* A string of the file as messages show it: short, without control bytes. */
static const char *shown(loader *l, df_str s)
{
    char *text = df_cstr(l->arena, df_str_slice(s, 0, 60));

    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == '\177')
            *p = '?';
    return text;
}

/* The reader's errors have an offset in bytes, and no mark. */
static bool reader_failed(loader *l)
{
    df_str before = df_str_slice(l->text, 0, l->parser.problem_offset);
    df_kb_place at = {l->path, 1, 1};
    df_str line;

    while (df_str_cut(&before, '\n', &line))
        at.line++;
    at.col = (uint32_t)line.len + 1;
    return fail(l, at, "%s", l->parser.problem);
}

static bool parser_failed(loader *l)
{
    const yaml_parser_t *p = &l->parser;
    df_kb_place at = place_of(l, p->problem_mark);

    if (p->error == YAML_MEMORY_ERROR)
        return df_fail(l->err, DF_ENOMEM, l->path, 0, "out of memory");
    if (p->error == YAML_READER_ERROR)
        return reader_failed(l);
    if (!p->context)
        return fail(l, at, "%s", p->problem);
    return fail(l, at, "%s (%s, begun on line %zu)", p->problem, p->context,
                p->context_mark.line + 1);
}

static bool refuse(loader *l, const void *anchor, const void *tag)
{
    if (anchor)
        return fail(l, here(l), "anchors are not supported");
    if (tag)
        return fail(l, here(l), "tags are not supported");
    return true;
}

/* The next event; false if the text is not YAML, or more YAML than we take. */
static bool next(loader *l)
{
    const yaml_event_t *e = &l->event;

    yaml_event_delete(&l->event);
    if (!yaml_parser_parse(&l->parser, &l->event))
        return parser_failed(l);
    if (e->type == YAML_ALIAS_EVENT)
        return fail(l, here(l), "aliases are not supported");
    if (e->type == YAML_SCALAR_EVENT)
        return refuse(l, e->data.scalar.anchor, e->data.scalar.tag);
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return refuse(l, e->data.sequence_start.anchor,
                      e->data.sequence_start.tag);
    if (e->type == YAML_MAPPING_START_EVENT)
        return refuse(l, e->data.mapping_start.anchor,
                      e->data.mapping_start.tag);
    return true;
}

static df_str scalar(const loader *l)
{
    const char *text = (const char *)l->event.data.scalar.value;

    return (df_str){text, l->event.data.scalar.length};
}

static bool is_plain(const loader *l)
{
    return l->event.type == YAML_SCALAR_EVENT &&
           l->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* `key:` without a value, or one of the ways to write null. */
static bool is_null(const loader *l)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};

    return is_plain(l) && df_str_in(scalar(l), nulls);
}

/* The string of the present event, in the arena; NULL if that fails. */
static const char *read_string(loader *l, const char *key)
{
    if (l->event.type != YAML_SCALAR_EVENT || is_null(l))
        fail(l, here(l), "`%s` needs a string", key);
    else if (df_str_find_char(scalar(l), '\0') != SIZE_MAX)
        fail(l, here(l), "`%s` holds a NUL byte", key);
    else
        return df_cstr(l->arena, scalar(l));
    return NULL;
}

typedef struct {
    const char **items;
    uint32_t nitems, citems;
} list;

static df_strings find_list(const loader *l, const char *name)
{
    const df_kb_builder *b = l->builder;

    for (uint32_t i = 0; i < b->nlists; i++)
        if (strcmp(b->lists[i].name, name) == 0)
            return b->lists[i].items;
    return NULL;
}

/* item := string | '$' name of a list */
static bool read_item(loader *l, const char *key, list *found)
{
    const char *item = read_string(l, key);
    df_strings shared;

    if (!item)
        return false;
    if (l->user || *item != '$') {
        *df_push(l->arena, found, items) = item;
        return true;
    }
    shared = find_list(l, item + 1);
    if (!shared)
        return fail(l, here(l), "there is no list `%s` above", item + 1);
    for (; *shared; shared++)
        *df_push(l->arena, found, items) = *shared;
    return true;
}

static bool read_strings(loader *l, const char *key, df_strings *out)
{
    list found = {0};

    if (l->event.type != YAML_SEQUENCE_START_EVENT)
        return fail(l, here(l), "`%s` needs a list of strings", key);
    while (next(l) && l->event.type != YAML_SEQUENCE_END_EVENT)
        if (!read_item(l, key, &found))
            return false;
    if (l->event.type != YAML_SEQUENCE_END_EVENT)
        return false;
    *df_push(l->arena, &found, items) = NULL;
    *out = (df_strings)found.items;
    return true;
}

static bool read_bool(loader *l, const char *key, bool *out)
{
    *out = is_plain(l) && df_str_is(scalar(l), "true");
    if (*out || (is_plain(l) && df_str_is(scalar(l), "false")))
        return true;
    return fail(l, here(l), "`%s` needs true or false", key);
}

/* digits := digit+ ; at most 9 fit into any of our numbers */
static bool digits(df_str s, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!df_is_digit(s.ptr[i]))
            return false;
        *out = *out * 10 + (uint32_t)(s.ptr[i] - '0');
    }
    return s.len > 0 && s.len <= 9;
}

static bool read_unsigned(loader *l, const char *key, uint32_t *out)
{
    if (!is_plain(l) || !digits(df_str_slice(scalar(l), 0, 10), out))
        return fail(l, here(l), "`%s` needs a whole number", key);
    return true;
}

/*
 * number := digits [ '.' digits ]
 *
 * Not strtod, which asks the locale. Both parts and the power of ten are
 * exact, and so the quotient is the nearest double.
 */
static bool number(df_str s, double *out)
{
    df_str whole;
    bool point = df_str_cut(&s, '.', &whole);
    uint32_t high;
    uint32_t low = 0;
    double scale = 1;

    if (!digits(whole, &high) || (point && (s.len > 6 || !digits(s, &low))))
        return false;
    for (size_t i = 0; i < s.len; i++)
        scale *= 10;
    *out = ((double)high * scale + low) / scale;
    return true;
}

static bool read_double(loader *l, const char *key, double *out)
{
    if (!is_plain(l) || !number(df_str_slice(scalar(l), 0, 20), out))
        return fail(l, here(l), "`%s` needs a number such as 12.5", key);
    return true;
}

static void add_name(df_buf *out, const char *name)
{
    df_buf_fmt(out, "%s%s", out->len ? ", " : "", name);
}

static bool is_allowed(loader *l, const df_field *f, const char *value,
                       df_kb_place at)
{
    df_buf names;

    if (!f->allowed || df_str_in(df_str_of(value), f->allowed))
        return true;
    df_buf_init(&names, l->arena);
    for (df_strings s = f->allowed; *s; s++)
        add_name(&names, *s);
    return fail(l, at, "`%s` cannot be `%s`, expected one of %s", f->key,
                shown(l, df_str_of(value)), names.ptr);
}

static bool check_string(loader *l, const df_field *f, const char *value,
                         df_kb_place at)
{
    df_err bad;

    if ((f->flags & DF_FIELD_REGEX) && !df_regex_new(l->arena, value, &bad))
        return fail(l, at, "`%s`: %s", f->key, bad.text);
    return is_allowed(l, f, value, at);
}

static bool read_checked(loader *l, const df_field *f, const char **out)
{
    df_kb_place at = here(l);

    *out = read_string(l, f->key);
    return *out && check_string(l, f, *out, at);
}

/* The value of a field; the present event is its first. */
static bool read_value(loader *l, const df_field *f, void *row)
{
    switch (f->kind) {
    case DF_FIELD_STRING:
        return read_checked(l, f, df_field_string(f, row));
    case DF_FIELD_STRINGS:
        return read_strings(l, f->key, df_field_strings(f, row));
    case DF_FIELD_BOOL:
        return read_bool(l, f->key, df_field_bool(f, row));
    case DF_FIELD_UNSIGNED:
        return read_unsigned(l, f->key, df_field_unsigned(f, row));
    case DF_FIELD_DOUBLE:
        return read_double(l, f->key, df_field_double(f, row));
    }
    return false;
}

/* The key of a mapping, and which of the fields it is. */
static bool read_key(loader *l, const df_section *s, uint64_t *seen,
                     const df_field **out)
{
    df_kb_place at = here(l);
    const char *key = read_string(l, s->key);
    df_buf names;
    uint64_t bit;

    if (!key)
        return false;
    *out = df_fields_find(s->fields, df_str_of(key));
    if (*out) {
        bit = UINT64_C(1) << (*out - s->fields.items);
        if (*seen & bit)
            return fail(l, at, "`%s` is given twice", key);
        *seen |= bit;
        return true;
    }
    df_buf_init(&names, l->arena);
    for (size_t i = 0; i < s->fields.count; i++)
        add_name(&names, s->fields.items[i].key);
    return fail(l, at, "unknown key `%s` in %s, expected one of %s",
                shown(l, df_str_of(key)), s->key, names.ptr);
}

static void fill_defaults(const df_section *s, void *row)
{
    for (size_t i = 0; i < s->fields.count; i++) {
        const df_field *f = &s->fields.items[i];

        if (f->kind == DF_FIELD_STRINGS && !*df_field_strings(f, row))
            *df_field_strings(f, row) = NONE;
        if ((f->flags & DF_FIELD_EMPTY) && !*df_field_string(f, row))
            *df_field_string(f, row) = "";
    }
}

static bool check_row(loader *l, const df_section *s, void *row, uint64_t seen,
                      df_kb_place at)
{
    const char *wrong;

    for (size_t i = 0; i < s->fields.count; i++) {
        const df_field *f = &s->fields.items[i];

        if ((f->flags & DF_FIELD_REQUIRED) && !(seen & (UINT64_C(1) << i)))
            return fail(l, at, "missing key `%s` in %s", f->key, s->key);
    }
    fill_defaults(s, row);
    wrong = s->check ? s->check(row) : NULL;
    return wrong ? fail(l, at, "%s", wrong) : true;
}

/* Room for a row; rows have no type here, so df_push cannot do it. */
static void *new_row(loader *l, const df_section *s, df_kb_place at)
{
    df_kb_rows *rows = &l->builder->sections[s - df_sections];

    if (rows->nrows == rows->crows)
        rows->rows = df_grow(l->arena, rows->rows, s->size, &rows->crows);
    *df_push(l->arena, rows, places) = at;
    return rows->rows + s->size * rows->nrows++;
}

/* `name` is that of a row in a mapping, else NULL. */
static bool read_row(loader *l, const df_section *s, const char *name)
{
    df_kb_place at = here(l);
    const df_field *f;
    uint64_t seen = 0;
    void *row;

    if (l->event.type != YAML_MAPPING_START_EVENT)
        return fail(l, at, "a row of %s needs keys and values", s->key);
    row = new_row(l, s, at);
    if (name) {
        *df_field_string(&s->fields.items[0], row) = name;
        seen = 1;
    }
    while (next(l) && l->event.type != YAML_MAPPING_END_EVENT)
        if (!read_key(l, s, &seen, &f) || !next(l) || !read_value(l, f, row))
            return false;
    return l->event.type == YAML_MAPPING_END_EVENT &&
           check_row(l, s, row, seen, at);
}

static bool read_list(loader *l, const df_section *s)
{
    if (l->event.type != YAML_SEQUENCE_START_EVENT)
        return fail(l, here(l), "`%s` needs a list of rows", s->key);
    while (next(l) && l->event.type != YAML_SEQUENCE_END_EVENT)
        if (!read_row(l, s, NULL))
            return false;
    return l->event.type == YAML_SEQUENCE_END_EVENT;
}

static bool read_map(loader *l, const df_section *s)
{
    const char *name;

    if (l->event.type != YAML_MAPPING_START_EVENT)
        return fail(l, here(l), "`%s` needs keys and values", s->key);
    while (next(l) && l->event.type != YAML_MAPPING_END_EVENT) {
        name = read_string(l, s->key);
        if (!name || !next(l) || !read_row(l, s, name))
            return false;
    }
    return l->event.type == YAML_MAPPING_END_EVENT;
}

static bool read_lists(loader *l)
{
    const char *name;
    df_strings items;

    if (l->event.type != YAML_MAPPING_START_EVENT)
        return fail(l, here(l), "`lists` needs keys and values");
    while (next(l) && l->event.type != YAML_MAPPING_END_EVENT) {
        name = read_string(l, "lists");
        if (!name)
            return false;
        if (find_list(l, name))
            return fail(l, here(l), "`%s` is given twice", name);
        if (!next(l) || !read_strings(l, name, &items))
            return false;
        *df_push(l->arena, l->builder, lists) = (df_kb_list){name, items};
    }
    return l->event.type == YAML_MAPPING_END_EVENT;
}

static bool allowed(const loader *l, const df_section *s)
{
    return l->user ? !s->packed : !s->user;
}

static const df_section *find_section(const loader *l, const char *key)
{
    for (size_t i = 0; i < DF_KB_SECTIONS; i++)
        if (strcmp(df_sections[i].key, key) == 0 && allowed(l, &df_sections[i]))
            return &df_sections[i];
    return NULL;
}

static bool unknown_top(loader *l, df_fields fields, const char *key)
{
    df_buf names;

    df_buf_init(&names, l->arena);
    for (size_t i = 0; i < DF_KB_SECTIONS; i++)
        if (allowed(l, &df_sections[i]))
            add_name(&names, df_sections[i].key);
    for (size_t i = 0; i < fields.count; i++)
        add_name(&names, fields.items[i].key);
    return fail(l, here(l), "unknown key `%s`, expected one of %s",
                shown(l, df_str_of(key)), names.ptr);
}

/* A key of the file and what belongs to it. */
static bool read_top(loader *l, uint64_t *seen)
{
    df_fields fields = l->user ? df_user_fields : df_builtin_fields;
    const char *key = read_string(l, "the file");
    const df_section *s;
    const df_field *f;
    uint64_t bit;

    if (!key)
        return false;
    if (!l->user && strcmp(key, "lists") == 0)
        return next(l) && read_lists(l);
    s = find_section(l, key);
    f = df_fields_find(fields, df_str_of(key));
    if (!s && !f)
        return unknown_top(l, fields, key);
    bit = s ? UINT64_C(1) << (s - df_sections)
            : UINT64_C(1) << (DF_KB_SECTIONS + (f - fields.items));
    if (*seen & bit)
        return fail(l, here(l), "`%s` is given twice", key);
    *seen |= bit;
    if (!next(l))
        return false;
    if (f)
        return read_value(l, f, &l->builder->top);
    return s->map ? read_map(l, s) : read_list(l, s);
}

static bool read_document(loader *l)
{
    uint64_t seen = 0;

    if (is_null(l))
        return true;
    if (l->event.type != YAML_MAPPING_START_EVENT)
        return fail(l, here(l), "the file needs keys and values");
    while (next(l) && l->event.type != YAML_MAPPING_END_EVENT)
        if (!read_top(l, &seen))
            return false;
    return l->event.type == YAML_MAPPING_END_EVENT;
}

/* YAML 1.1 ends lines with LF, CR, NEL, LS and PS; here by their last byte. */
static bool ends_line(char c)
{
    return c == '\n' || c == '\r' || c == '\x85' || c == '\xA8' || c == '\xA9';
}

/*
 * `%TAG …` at the beginning of a line. The parser compares each with all
 * before it, so a large file of them would take hours.
 */
static bool has_no_directives(loader *l)
{
    df_kb_place at = {l->path, 1, 1};
    char before = '\n';

    for (size_t i = 0; i < l->text.len; before = l->text.ptr[i++]) {
        if (l->text.ptr[i] == '%' && ends_line(before))
            return fail(l, at, "directives are not supported");
        if (l->text.ptr[i] == '\n')
            at.line++;
    }
    return true;
}

static bool read_stream(loader *l)
{
    if (!has_no_directives(l) || !next(l) || !next(l))
        return false;
    if (l->event.type == YAML_STREAM_END_EVENT)
        return true;
    if (!next(l) || !read_document(l) || !next(l) || !next(l))
        return false;
    if (l->event.type != YAML_STREAM_END_EVENT)
        return fail(l, here(l), "a second document is not supported");
    return true;
}

void df_kb_builder_init(df_kb_builder *b, df_arena *a)
{
    *b = (df_kb_builder){.arena = a, .top = {.skip = NONE}};
}

bool df_kb_add(df_kb_builder *b, df_str path, df_str text, bool user,
               df_err *err)
{
    loader *l = df_new(b->arena, loader);
    const unsigned char *bytes = (const unsigned char *)text.ptr;

    *l = (loader){.arena = b->arena,
                  .builder = b,
                  .path = df_cstr(b->arena, path),
                  .text = text,
                  .user = user,
                  .err = err};
    if (text.len > DF_MAX_KB)
        return df_fail(err, DF_ELIMIT, l->path, 0,
                       "more than %u bytes of knowledge", DF_MAX_KB);
    if (df_yaml_is_endless(text))
        return df_fail(err, DF_EDATA, l->path, 0, "too many %%TAG directives");
    df_defer(b->arena, delete_loader, l);
    if (!yaml_parser_initialize(&l->parser))
        return df_fail(err, DF_ENOMEM, l->path, 0, "out of memory");
    yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&l->parser, bytes, text.len);
    return read_stream(l);
}

bool df_kb_load(df_arena *a, df_str path, df_str text, bool user,
                df_knowledge *out, df_err *err)
{
    df_kb_builder b;

    df_kb_builder_init(&b, a);
    return df_kb_add(&b, path, text, user, err) && df_kb_finish(&b, out, err);
}
