/*
 * SARIF 2.1.0 (OASIS), for code scanning. Rules are the passes, in their
 * order, and one more for what is wrong with a Dockerfile as such. Columns
 * count code points, since SARIF has no bytes.
 */
#include "report/clean.h"
#include "report/form.h"
#include "report/json.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* The rule of messages that come from no pass. */
#define OWN_RULE "dockerfile"

typedef struct {
    json_t *doc;
    json_t *results;
    json_t *notices; /* of the invocation: files that could not be read */
    bool ok;         /* no file failed */
    bool failed;     /* memory ran out */
} state;

static void drop(void *doc)
{
    json_decref(doc);
}

static json_t *text_object(df_arena *a, df_str text, bool *failed)
{
    json_t *o = json_object();

    df_jansson_put(o, "text", df_jansson_text(a, text), failed);
    return o;
}

static json_t *rule(df_arena *a, const char *id, const char *summary,
                    bool *failed)
{
    json_t *o = json_object();
    const char *const *lines = df_pass_manual(id);
    df_buf help;

    df_jansson_put(o, "id", json_string(id), failed);
    df_jansson_put(o, "shortDescription",
                   text_object(a, df_str_of(summary), failed), failed);
    if (!lines)
        return o;
    df_buf_init(&help, a);
    for (; *lines; lines++)
        df_buf_fmt(&help, "%s\n", *lines);
    df_jansson_put(o, "help", text_object(a, df_buf_str(&help), failed),
                   failed);
    df_jansson_put(json_object_get(o, "help"), "markdown",
                   df_jansson_text(a, df_buf_str(&help)), failed);
    return o;
}

static json_t *rules(df_arena *a, bool *failed)
{
    size_t n;
    const df_pass *const *passes = df_passes(&n);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        df_jansson_append(
            list, rule(a, passes[i]->name, passes[i]->summary, failed), failed);
    df_jansson_append(
        list, rule(a, OWN_RULE, "the Dockerfile itself is at fault", failed),
        failed);
    return list;
}

static size_t rule_index(const char *pass)
{
    size_t n;
    const df_pass *const *passes = df_passes(&n);

    for (size_t i = 0; pass && i < n; i++)
        if (df_str_is(df_str_of(passes[i]->name), pass))
            return i;
    return n;
}

static json_t *tool(df_arena *a, bool *failed)
{
    json_t *o = json_object();
    json_t *driver = json_object();

    df_jansson_put(driver, "name", json_string("dfopt"), failed);
    df_jansson_put(driver, "version", json_string(DF_VERSION), failed);
    df_jansson_put(driver, "rules", rules(a, failed), failed);
    df_jansson_put(o, "driver", driver, failed);
    return o;
}

static void begin(df_report *r)
{
    state *st = df_new(r->arena, state);

    r->state = st;
    st->ok = true;
    st->results = json_array();
    st->notices = json_array();
    st->doc = json_object();
    if (st->doc)
        df_defer(r->arena, drop, st->doc);
}

/* A path as a URI reference (RFC 3986): every other byte is %NN. */
static df_str uri(df_arena *a, const char *path)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_adds(&b, *path == '/' ? "file://" : "");
    for (; *path; path++) {
        bool plain = df_is_name(*path) || *path == '/' || *path == '-' ||
                     *path == '.' || *path == '~';

        if (plain)
            df_buf_addc(&b, *path);
        else
            df_buf_fmt(&b, "%%%02X", (unsigned)(unsigned char)*path);
    }
    return df_buf_str(&b);
}

/* Byte column `col` of line `line` as a column of code points. */
static size_t column(df_str text, uint32_t line, uint32_t col)
{
    df_str head;

    for (uint32_t i = 1; i < line; i++)
        df_str_cut(&text, '\n', &head);
    return 1 + df_clean_count(df_str_slice(text, 0, col - (size_t)1));
}

static json_t *region(const df_message *m, df_str text, bool *failed)
{
    json_t *o = json_object();

    df_jansson_put(o, "startLine", df_jansson_count(m->line), failed);
    if (!m->col)
        return o;
    df_jansson_put(o, "startColumn",
                   df_jansson_count(column(text, m->line, m->col)), failed);
    if (!m->end_line || !m->end_col)
        return o;
    df_jansson_put(o, "endLine", df_jansson_count(m->end_line), failed);
    df_jansson_put(o, "endColumn",
                   df_jansson_count(column(text, m->end_line, m->end_col)),
                   failed);
    return o;
}

/* [{physicalLocation: {artifactLocation: {uri}, region}}]; m may be NULL. */
static json_t *locations(df_arena *a, const df_report_file *file,
                         const df_message *m, bool *failed)
{
    json_t *list = json_array();
    json_t *location = json_object();
    json_t *place = json_object();
    json_t *artifact = json_object();

    df_jansson_put(artifact, "uri", df_jansson_text(a, uri(a, file->path)),
                   failed);
    df_jansson_put(place, "artifactLocation", artifact, failed);
    if (m && m->line)
        df_jansson_put(place, "region", region(m, file->before, failed),
                       failed);
    df_jansson_put(location, "physicalLocation", place, failed);
    df_jansson_append(list, location, failed);
    return list;
}

static const char *level(const df_message *m)
{
    switch (m->kind) {
    case DF_MSG_ERROR:
        return "error";
    case DF_MSG_WARNING:
        return "warning";
    case DF_MSG_NOTE:
    case DF_MSG_SUGGESTION:
        break;
    }
    return "note";
}

static df_str full_text(df_arena *a, const df_message *m)
{
    df_buf b;

    df_buf_init(&b, a);
    df_buf_add(&b, m->text);
    df_report_saving(&b, m->saves_mb);
    if (m->saves_by.len) {
        df_buf_adds(&b, "\nsaves: ");
        df_buf_add(&b, m->saves_by);
    }
    if (m->condition.len) {
        df_buf_adds(&b, "\ncheck: ");
        df_buf_add(&b, m->condition);
    }
    return df_buf_str(&b);
}

static json_t *result(df_arena *a, const df_report_file *file,
                      const df_message *m, bool *failed)
{
    json_t *o = json_object();
    size_t index = rule_index(m->pass);
    json_t *at = json_integer((json_int_t)index);
    json_t *text = text_object(a, full_text(a, m), failed);

    df_jansson_put(o, "ruleId", json_string(m->pass ? m->pass : OWN_RULE),
                   failed);
    df_jansson_put(o, "ruleIndex", at, failed);
    df_jansson_put(o, "level", json_string(level(m)), failed);
    df_jansson_put(o, "message", text, failed);
    df_jansson_put(o, "locations", locations(a, file, m, failed), failed);
    return o;
}

static json_t *notice(df_arena *a, const df_report_file *file, bool *failed)
{
    json_t *o = json_object();
    json_t *text = text_object(a, df_str_of(file->error), failed);

    df_jansson_put(o, "level", json_string("error"), failed);
    df_jansson_put(o, "message", text, failed);
    df_jansson_put(o, "locations", locations(a, file, NULL, failed), failed);
    return o;
}

static void add(df_report *r, const df_report_file *file, df_buf *out)
{
    state *st = r->state;
    const df_result *res = file->result;
    df_arena *a = out->arena;

    for (size_t i = 0; res && i < res->nmessages; i++)
        if (df_report_shows(r, &res->messages[i]))
            df_jansson_append(st->results,
                              result(a, file, &res->messages[i], &st->failed),
                              &st->failed);
    if (file->error)
        df_jansson_append(st->notices, notice(a, file, &st->failed),
                          &st->failed);
    if (file->error || !res || res->failed)
        st->ok = false;
}

static json_t *invocations(state *st)
{
    json_t *list = json_array();
    json_t *o = json_object();

    df_jansson_put(o, "executionSuccessful", json_boolean(st->ok), &st->failed);
    df_jansson_put(o, "toolExecutionNotifications", st->notices, &st->failed);
    df_jansson_append(list, o, &st->failed);
    return list;
}

static json_t *run(df_arena *a, state *st)
{
    json_t *o = json_object();

    df_jansson_put(o, "tool", tool(a, &st->failed), &st->failed);
    df_jansson_put(o, "columnKind", json_string("unicodeCodePoints"),
                   &st->failed);
    df_jansson_put(o, "invocations", invocations(st), &st->failed);
    df_jansson_put(o, "results", st->results, &st->failed);
    return o;
}

static bool end(df_report *r, df_buf *out)
{
    state *st = r->state;
    json_t *runs = json_array();

    df_jansson_put(st->doc, "$schema", json_string(SCHEMA), &st->failed);
    df_jansson_put(st->doc, "version", json_string("2.1.0"), &st->failed);
    df_jansson_append(runs, run(r->arena, st), &st->failed);
    df_jansson_put(st->doc, "runs", runs, &st->failed);
    return !st->failed && df_jansson_write(st->doc, out);
}

const df_report_form df_report_sarif = {begin, add, end};
