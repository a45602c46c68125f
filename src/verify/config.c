/* Image configs: see verify/config.h. */
#include "verify/config.h"

#include <string.h>

#include "syntax/parser.h"

static bool is_empty(const json_t *v)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    case JSON_STRING:
        return json_string_length(v) == 0;
    case JSON_ARRAY:
        return json_array_size(v) == 0;
    case JSON_OBJECT:
        return json_object_size(v) == 0;
    case JSON_INTEGER:
    case JSON_REAL:
    case JSON_TRUE:
        break;
    }
    return false;
}

static int add_chunk(const char *bytes, size_t n, void *out)
{
    df_buf_add(out, (df_str){bytes, n});
    return 0;
}

static df_str as_text(df_arena *a, const json_t *v)
{
    df_buf out;

    df_buf_init(&out, a);
    if (!v)
        return DF_STR("null");
    json_dump_callback(v, add_chunk, &out,
                       JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    return df_buf_str(&out);
}

/* "", "0", "root" and "0:0" run as the same user, whatever the image says. */
static bool is_root(const json_t *user)
{
    static const char *const ROOT[] = {"",    "0",         "root",
                                       "0:0", "root:root", NULL};

    return !user || df_str_in(df_str_of(json_string_value(user)), ROOT);
}

static void compare_member(df_arena *a, df_verify_report *r, const char *key,
                           const json_t *before, const json_t *after)
{
    static const char *const IGNORED[] = {"Image", "Hostname", NULL};

    if (df_str_in(df_str_of(key), IGNORED) ||
        (is_empty(before) && is_empty(after)) || json_equal(before, after))
        return;
    if (strcmp(key, "User") == 0 && is_root(before) && is_root(after))
        return;
    *df_push(a, r, config) = (df_config_diff){
        df_cstr(a, df_str_of(key)), as_text(a, before), as_text(a, after)};
}

/* jansson's iterators take what they do not change as not const. */
static json_t *unconst(const json_t *v)
{
    union {
        const json_t *from;
        json_t *to;
    } u = {v};

    return u.to;
}

void df_config_compare(df_arena *a, const json_t *before, const json_t *after,
                       df_verify_report *report)
{
    const char *key;
    json_t *value;

    json_object_foreach(unconst(before), key, value)
        compare_member(a, report, key, value, json_object_get(after, key));
    json_object_foreach(unconst(after), key,
                        value) if (!json_object_get(before, key))
        compare_member(a, report, key, NULL, value);
}

/* --- variables that may differ --- */

/* Does an ENV of the file set it? Whatever stage that is in. */
static bool is_set(const df_doc *doc, df_str name)
{
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = doc->instrs[i];

        for (uint32_t k = 0; instr->kind == DF_I_ENV && k < instr->npairs; k++)
            if (df_str_eq(instr->pairs[k].key.str, name))
                return true;
    }
    return false;
}

static bool holds(const json_t *list, const json_t *item)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), item))
            return true;
    return false;
}

/* Did a change say that the variable may be left out? */
static bool is_named(const df_result *rewrite, df_str name)
{
    for (size_t i = 0; i < rewrite->nmessages; i++)
        if (df_str_in(name, rewrite->messages[i].allows))
            return true;
    return false;
}

/* Names in `one` whose definition `other` lacks; false: the file sets one. */
static bool add_other_names(df_buf *out, const df_doc *doc,
                            const df_result *rewrite, const json_t *one,
                            const json_t *other)
{
    for (size_t i = 0; i < json_array_size(one); i++) {
        const json_t *item = json_array_get(one, i);
        df_str rest = df_str_of(json_string_value(item));
        df_str name;

        if (holds(other, item))
            continue;
        df_str_cut(&rest, '=', &name);
        if (is_set(doc, name) && !is_named(rewrite, name))
            return false;
        if (!df_str_has(df_buf_str(out), df_cstr(out->arena, name)))
            df_buf_fmt(out, "%s%.*s", out->len ? " " : "", DF_STR_ARG(name));
    }
    return true;
}

void df_config_forgive_env(df_arena *a, df_verify_report *r)
{
    const df_doc *doc = df_doc_parse(a, DF_STR(""), r->text);
    const json_t *before = json_object_get(r->before.image.config, "Env");
    const json_t *after = json_object_get(r->after.image.config, "Env");
    uint32_t kept = 0;
    df_buf names;

    df_buf_init(&names, a);
    if (!add_other_names(&names, doc, r->rewrite, before, after) ||
        !add_other_names(&names, doc, r->rewrite, after, before))
        return;
    for (uint32_t i = 0; i < r->nconfig; i++)
        if (strcmp(r->config[i].key, "Env") != 0)
            r->config[kept++] = r->config[i];
    r->nconfig = kept;
    r->other_env = df_buf_str(&names);
}

/* --- what is started --- */

typedef struct {
    df_arena *arena;
    df_verify_report *report;
    const json_t *config;
} finder;

static df_str string(const json_t *v)
{
    return json_is_string(v)
               ? (df_str){json_string_value(v), json_string_length(v)}
               : DF_STR("");
}

static bool is_listed(const df_verify_report *r, df_str path)
{
    for (uint32_t i = 0; i < r->nartefacts; i++)
        if (df_str_eq(r->artefacts[i].path, path))
            return true;
    return false;
}

/* A path that the original has; the rewritten image must have it, too. */
static bool look(const finder *f, df_str path)
{
    df_verify_report *r = f->report;
    const df_node *node = df_tree_resolve(&r->before.image.tree, path);

    if (!node || node->type == 'd')
        return false;
    if (!is_listed(r, path))
        *df_push(f->arena, r, artefacts) = (df_artefact){
            path, true, df_tree_resolve(&r->after.image.tree, path) != NULL};
    return true;
}

static df_str below(const finder *f, df_str dir, df_str name)
{
    return df_fmt(f->arena, "%.*s/%.*s", DF_STR_ARG(dir), DF_STR_ARG(name));
}

static void look_along_path(const finder *f, df_str name)
{
    const json_t *env = json_object_get(f->config, "Env");
    df_str dirs = DF_STR("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                         "/sbin:/bin");
    bool more;

    for (size_t i = 0; i < json_array_size(env); i++) {
        df_str value = string(json_array_get(env, i));

        if (df_str_starts(value, "PATH="))
            dirs = df_str_from(value, 5);
    }
    do {
        df_str dir;

        more = df_str_cut(&dirs, ':', &dir);
        if (dir.len && look(f, below(f, dir, name)))
            return;
    } while (more);
}

static void look_for_word(const finder *f, df_str word, bool program)
{
    if (!word.len || df_str_starts(word, "-"))
        return;
    if (df_str_starts(word, "/"))
        look(f, word);
    else if (program && df_str_find_char(word, '/') == SIZE_MAX)
        look_along_path(f, word);
    else
        look(f,
             below(f, string(json_object_get(f->config, "WorkingDir")), word));
}

/* The words of a shell's script; what is no path is not found in the tree. */
static void look_into_script(const finder *f, df_str script)
{
    bool program = true;

    while (script.len) {
        df_str word;

        df_str_cut(&script, ' ', &word);
        word = df_str_trim(word);
        if (!word.len || df_str_is(word, "exec"))
            continue;
        look_for_word(f, word, program);
        program = false;
    }
}

static void look_into(const finder *f, const json_t *argv, bool begins)
{
    size_t n = json_array_size(argv);

    for (size_t i = 0; i < n; i++) {
        df_str word = string(json_array_get(argv, i));

        if (i == 2 && df_str_is(string(json_array_get(argv, 1)), "-c"))
            look_into_script(f, word);
        else
            look_for_word(f, word, begins && i == 0);
    }
}

void df_config_artefacts(df_arena *a, df_verify_report *report)
{
    finder f = {a, report, report->before.image.config};
    const json_t *entrypoint = json_object_get(f.config, "Entrypoint");

    look_into(&f, entrypoint, true);
    look_into(&f, json_object_get(f.config, "Cmd"),
              json_array_size(entrypoint) == 0);
}
