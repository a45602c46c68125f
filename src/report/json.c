/*
 * The report for programs: one document for all files.
 *
 *     {"version": "0.1.0",
 *      "files": [{"path": "Dockerfile", "changed": true, "error": null,
 *                 "messages": [{"kind": "note", "pass": "merge-run", ...}],
 *                 "diff": "--- a/Dockerfile\n..."}]}
 *
 * Keys are always there, null where nothing is known. A path or diff that is
 * not UTF-8 is escaped (see json.h), and "pathEscaped" or "diffEscaped" says
 * so. Columns count bytes from 1, as in the text form.
 */
#include "report/json.h"

#include "report/clean.h"
#include "report/form.h"

void df_jansson_put(json_t *object, const char *key, json_t *value,
                    bool *failed)
{
    if (json_object_set_new(object, key, value))
        *failed = true;
}

void df_jansson_append(json_t *array, json_t *value, bool *failed)
{
    if (json_array_append_new(array, value))
        *failed = true;
}

json_t *df_jansson_bytes(df_arena *a, df_str s, bool *escaped)
{
    df_buf b;

    *escaped = !df_clean_is_utf8(s);
    if (!*escaped)
        return json_stringn(s.len ? s.ptr : "", s.len);
    df_buf_init(&b, a);
    df_clean_escape(&b, s);
    return json_stringn(b.ptr, b.len);
}

json_t *df_jansson_text(df_arena *a, df_str s)
{
    bool escaped;

    return s.ptr ? df_jansson_bytes(a, s, &escaped) : json_null();
}

json_t *df_jansson_count(size_t n)
{
    return n ? json_integer((json_int_t)n) : json_null();
}

static int write_chunk(const char *bytes, size_t size, void *out)
{
    df_buf_add(out, (df_str){bytes, size});
    return 0;
}

bool df_jansson_write(const json_t *doc, df_buf *out)
{
    size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(6);
    size_t len = out->len;

    if (json_dump_callback(doc, write_chunk, out, flags)) {
        out->len = len;
        return false;
    }
    df_buf_addc(out, '\n');
    return true;
}

typedef struct {
    json_t *doc;
    json_t *files; /* of doc */
    bool failed;
} state;

static void drop(void *doc)
{
    json_decref(doc);
}

static void begin(df_report *r)
{
    state *st = df_new(r->arena, state);

    r->state = st;
    st->doc = json_object();
    if (st->doc)
        df_defer(r->arena, drop, st->doc);
    st->files = json_array();
    df_jansson_put(st->doc, "version", json_string(DF_VERSION), &st->failed);
    df_jansson_put(st->doc, "files", st->files, &st->failed);
}

/* NULL for what is empty: df_jansson_text makes null of it. */
static df_str or_null(df_str s)
{
    return s.len ? s : (df_str){NULL, 0};
}

static json_t *message(df_arena *a, const df_message *m, bool *failed)
{
    json_t *o = json_object();
    const char *kind = df_report_kind(m->kind);

    df_jansson_put(o, "kind", json_string(kind), failed);
    df_jansson_put(o, "pass", df_jansson_text(a, df_str_of(m->pass)), failed);
    df_jansson_put(o, "line", df_jansson_count(m->line), failed);
    df_jansson_put(o, "column", df_jansson_count(m->col), failed);
    df_jansson_put(o, "endLine", df_jansson_count(m->end_line), failed);
    df_jansson_put(o, "endColumn", df_jansson_count(m->end_col), failed);
    df_jansson_put(o, "text", df_jansson_text(a, m->text), failed);
    df_jansson_put(o, "applied", json_boolean(m->applied), failed);
    df_jansson_put(o, "savesMb",
                   m->saves_mb > 0 ? json_real(m->saves_mb) : json_null(),
                   failed);
    df_jansson_put(o, "savesBy", df_jansson_text(a, or_null(m->saves_by)),
                   failed);
    df_jansson_put(o, "condition", df_jansson_text(a, or_null(m->condition)),
                   failed);
    df_jansson_put(o, "diff", df_jansson_text(a, or_null(m->diff)), failed);
    return o;
}

static json_t *messages(const df_report *r, const df_result *res, df_arena *a,
                        bool *failed)
{
    json_t *list = json_array();

    for (size_t i = 0; res && i < res->nmessages; i++)
        if (df_report_shows(r, &res->messages[i]))
            df_jansson_append(list, message(a, &res->messages[i], failed),
                              failed);
    return list;
}

/* Why the file counts as failed: ours, or the document's first error. */
static df_str error_of(const df_report_file *file)
{
    const df_result *res = file->result;

    if (file->error || !res || !res->failed)
        return df_str_of(file->error);
    for (size_t i = 0; i < res->nmessages; i++)
        if (res->messages[i].kind == DF_MSG_ERROR)
            return res->messages[i].text;
    return DF_STR("refused");
}

static void put_bytes(json_t *o, const char *key, df_arena *a, df_str s,
                      bool *failed)
{
    bool escaped;

    df_jansson_put(o, key, df_jansson_bytes(a, s, &escaped), failed);
    if (escaped)
        df_jansson_put(o, df_fmt(a, "%sEscaped", key).ptr, json_true(), failed);
}

static void add(df_report *r, const df_report_file *file, df_buf *out)
{
    state *st = r->state;
    df_arena *a = out->arena;
    json_t *o = json_object();
    bool *bad = &st->failed;

    put_bytes(o, "path", a, df_str_of(file->path), bad);
    df_jansson_put(o, "changed",
                   json_boolean(file->result && file->result->changed), bad);
    df_jansson_put(o, "error", df_jansson_text(a, error_of(file)), bad);
    df_jansson_put(o, "messages", messages(r, file->result, a, bad), bad);
    if (file->diff.len)
        put_bytes(o, "diff", a, file->diff, bad);
    else
        df_jansson_put(o, "diff", json_null(), bad);
    df_jansson_append(st->files, o, bad);
}

static bool end(df_report *r, df_buf *out)
{
    state *st = r->state;

    return !st->failed && df_jansson_write(st->doc, out);
}

const df_report_form df_report_json = {begin, add, end};
