/*
 * A verification for programs: one document, its members always there, null
 * where nothing is known. Sizes are bytes.
 */
#include "report/json.h"

#include "verify/verify.h"

typedef struct {
    df_arena *arena;
    bool failed;
} writer;

static void put(writer *w, json_t *o, const char *key, json_t *value)
{
    df_jansson_put(o, key, value, &w->failed);
}

static void put_text(writer *w, json_t *o, const char *key, df_str s)
{
    put(w, o, key, s.len ? df_jansson_text(w->arena, s) : json_null());
}

static const char *verdict(df_verdict v)
{
    static const char *const NAMES[] = {"equal", "unchanged", "differs",
                                        "broken", "failed"};

    return NAMES[v];
}

static json_t *steps(writer *w, const df_steps *s)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < s->nitems; i++) {
        json_t *o;

        if (!s->items[i].text.len)
            continue;
        o = json_object();
        put_text(w, o, "step", s->items[i].text);
        put(w, o, "cached", json_boolean(s->items[i].cached));
        df_jansson_append(list, o, &w->failed);
    }
    return list;
}

static json_t *rebuild(writer *w, const df_rebuild *again)
{
    json_t *o;

    if (!again->done)
        return json_null();
    o = json_object();
    put(w, o, "seconds", json_real(again->seconds));
    put(w, o, "steps", steps(w, &again->steps));
    return o;
}

static json_t *smoke(writer *w, const df_ran *ran)
{
    json_t *o = json_object();

    put(w, o, "status", json_integer(ran->status));
    put(w, o, "output", df_jansson_text(w->arena, ran->out));
    return o;
}

static json_t *side(writer *w, const df_verify_report *r, const df_side *s)
{
    json_t *o;

    if (!s->image.config)
        return json_null();
    o = json_object();
    put(w, o, "size", df_jansson_count((size_t)s->image.size));
    put(w, o, "layers", json_integer(s->image.layers));
    put(w, o, "seconds", json_real(s->image.seconds));
    put(w, o, "smoke", r->smoke ? smoke(w, &s->smoke) : json_null());
    put(w, o, "rebuild", rebuild(w, &s->again));
    return o;
}

static json_t *difference(writer *w, const df_tree_diff *d)
{
    json_t *o = json_object();
    df_buf what;

    df_buf_init(&what, w->arena);
    df_verify_what(&what, d);
    put_text(w, o, "path", d->path);
    put_text(w, o, "what", df_buf_str(&what));
    put(w, o, "kind",
        json_string(d->allowed ? "allowed"
                    : d->noise ? "noise"
                               : "real"));
    put_text(w, o, "pass", df_str_of(d->pass));
    return o;
}

static json_t *differences(writer *w, const df_tree_diffs *d)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < d->nitems; i++)
        df_jansson_append(list, difference(w, &d->items[i]), &w->failed);
    return list;
}

static json_t *config(writer *w, const df_verify_report *r)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < r->nconfig; i++) {
        json_t *o = json_object();

        put_text(w, o, "key", df_str_of(r->config[i].key));
        put_text(w, o, "before", r->config[i].before);
        put_text(w, o, "after", r->config[i].after);
        df_jansson_append(list, o, &w->failed);
    }
    return list;
}

static json_t *artefacts(writer *w, const df_verify_report *r)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < r->nartefacts; i++) {
        json_t *o = json_object();

        put_text(w, o, "path", r->artefacts[i].path);
        put(w, o, "there", json_boolean(r->artefacts[i].after));
        df_jansson_append(list, o, &w->failed);
    }
    return list;
}

static json_t *place(writer *w, const char *pass, uint32_t line, uint32_t col,
                     df_str text)
{
    json_t *o = json_object();

    put_text(w, o, "pass", df_str_of(pass));
    put(w, o, "line", df_jansson_count(line));
    put(w, o, "column", df_jansson_count(col));
    put_text(w, o, "text", text);
    return o;
}

static json_t *changes(writer *w, const df_result *result)
{
    json_t *list = json_array();

    for (size_t i = 0; result && i < result->nmessages; i++) {
        const df_message *m = &result->messages[i];

        if (m->applied)
            df_jansson_append(list, place(w, m->pass, m->line, m->col, m->text),
                              &w->failed);
    }
    return list;
}

static json_t *blamed(writer *w, const df_verify_report *r)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < r->nblamed; i++) {
        const df_blamed *b = &r->blamed[i];

        df_jansson_append(list, place(w, b->pass, b->line, b->col, b->text),
                          &w->failed);
    }
    return list;
}

bool df_verify_print_json(df_buf *out, const char *file,
                          const df_verify_report *r)
{
    writer w = {out->arena, false};
    json_t *doc = json_object();
    bool ok;

    put(&w, doc, "version", json_string(DF_VERSION));
    put_text(&w, doc, "file", df_str_of(file));
    put(&w, doc, "verdict", json_string(verdict(r->verdict)));
    put_text(&w, doc, "error", r->error);
    put_text(&w, doc, "log", r->log);
    put_text(&w, doc, "engine", df_str_of(r->engine));
    put_text(&w, doc, "engineVersion", r->version);
    put(&w, doc, "unsafe", json_boolean(r->unsafe));
    put(&w, doc, "changes", changes(&w, r->rewrite));
    put(&w, doc, "before", side(&w, r, &r->before));
    put(&w, doc, "after", side(&w, r, &r->after));
    put_text(&w, doc, "touched", r->touched);
    put_text(&w, doc, "rebuildError", r->rebuild_error);
    put_text(&w, doc, "smoke", df_str_of(r->smoke));
    put(&w, doc, "compared", df_jansson_count(r->compared));
    put(&w, doc, "twice", json_boolean(r->twice));
    put(&w, doc, "differences", differences(&w, &r->files));
    put(&w, doc, "config", config(&w, r));
    put_text(&w, doc, "otherEnv", r->other_env);
    put(&w, doc, "artefacts", artefacts(&w, r));
    put(&w, doc, "blamed", blamed(&w, r));
    ok = !w.failed && df_jansson_write(doc, out);
    json_decref(doc);
    return ok;
}
