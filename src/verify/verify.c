/*
 * Proof by building: see verify/verify.h.
 *
 *     rewrite -> build both -> compare -> (original again, if needed)
 *             -> smoke -> change a file, build both again
 *             -> blame, if it is not equal
 */
#include "verify/verify.h"

#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "context/tree.h"
#include "syntax/parser.h"
#include "verify/config.h"
#include "verify/sort.h"
#include "verify/temp.h"
#include "verify/touch.h"

#define MAX_BLANK_LINES 4096u

typedef struct {
    df_arena *arena;
    const df_verify_options *o;
    df_verify_report *r;
    df_engine engine;
    const char *temp; /* our directory, or NULL */
    df_tree again;    /* the original, built a second time */
    df_refusal *refused;
    uint32_t nrefused, crefused;
    unsigned builds; /* of rewritten files, to name them */
} verifier;

static bool fail(verifier *v, df_verdict verdict, df_str error)
{
    v->r->verdict = verdict;
    v->r->error = error;
    v->r->interrupted = v->engine.how == DF_ENGINE_STOPPED;
    return false;
}

static bool fail_err(verifier *v, const df_err *err)
{
    return fail(v, DF_VERIFY_FAILED,
                df_str_dup(v->arena, df_str_of(err->text)));
}

/* --- rewriting --- */

static void drop_result(void *result)
{
    df_result_free(result);
}

/* With so many changes and no more (0: all), but those refused. */
static df_result *rewrite(verifier *v, uint32_t max)
{
    df_options o = v->o->rewrite;
    df_result *result;

    o.refuse = v->refused;
    o.nrefuse = v->nrefused;
    o.max_changes = max;
    result = df_rewrite(v->r->text, &o);
    if (result)
        df_defer(v->arena, drop_result, result);
    return result;
}

static uint32_t count_changes(const df_result *result)
{
    uint32_t n = 0;

    for (size_t i = 0; i < result->nmessages; i++)
        if (result->messages[i].number > n)
            n = result->messages[i].number;
    return n;
}

static const df_message *change(const df_result *result, uint32_t number)
{
    for (size_t i = 0; i < result->nmessages; i++)
        if (result->messages[i].number == number)
            return &result->messages[i];
    return NULL;
}

static bool is_unsafe(const df_result *result)
{
    for (size_t i = 0; i < result->nmessages; i++)
        if (result->messages[i].applied && result->messages[i].unsafe)
            return true;
    return false;
}

static df_str first_error(const df_result *result)
{
    for (size_t i = 0; i < result->nmessages; i++)
        if (result->messages[i].kind == DF_MSG_ERROR)
            return result->messages[i].text;
    return DF_STR("refused");
}

/* A result that holds what --with names. */
static bool read_with(verifier *v)
{
    df_result *result = df_new(v->arena, df_result);
    df_err err;

    if (!df_read_file(v->arena, v->o->with, DF_MAX_INPUT, &result->text, &err))
        return fail(v, DF_VERIFY_FAILED,
                    df_fmt(v->arena, "%s: %s", v->o->with, err.text));
    result->changed = !df_str_eq(result->text, v->r->text);
    v->r->rewrite = result;
    return true;
}

static bool prepare(verifier *v)
{
    df_err err;

    if (!df_read_file(v->arena, v->o->file, DF_MAX_INPUT, &v->r->text, &err))
        return fail_err(v, &err);
    if (v->o->with)
        return read_with(v);
    v->r->rewrite = rewrite(v, 0);
    if (!v->r->rewrite)
        return fail(v, DF_VERIFY_FAILED, DF_STR("out of memory"));
    if (v->r->rewrite->failed)
        return fail(v, DF_VERIFY_FAILED, first_error(v->r->rewrite));
    return true;
}

/* --- building --- */

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The rewritten file and its own ignore file, in a directory of ours. */
static bool write_after(verifier *v, df_str text, const char **path)
{
    const char *own = df_fmt(v->arena, "%s.dockerignore", v->o->file).ptr;
    df_str ignore;
    df_err err;

    *path = df_fmt(v->arena, "%s/Dockerfile", v->temp).ptr;
    if (!df_temp_write(*path, text, &err))
        return fail_err(v, &err);
    if (!is_file(own))
        return true;
    if (!df_read_file(v->arena, own, DF_MAX_INPUT, &ignore, &err) ||
        !df_temp_write(df_fmt(v->arena, "%s.dockerignore", *path).ptr, ignore,
                       &err))
        return fail_err(v, &err);
    return true;
}

static df_str trouble(verifier *v, const char *whose)
{
    df_engine *e = &v->engine;

    switch (e->how) {
    case DF_ENGINE_REFUSED:
        return df_fmt(v->arena, "%s does not build (%.*s)", whose,
                      DF_STR_ARG(e->why));
    case DF_ENGINE_FULL:
        return df_fmt(v->arena, "the disk is full (%.*s)", DF_STR_ARG(e->why));
    case DF_ENGINE_LATE:
        return df_fmt(v->arena, "%s was given up: %.*s", whose,
                      DF_STR_ARG(e->why));
    case DF_ENGINE_OK:
    case DF_ENGINE_ABSENT:
    case DF_ENGINE_STOPPED:
    case DF_ENGINE_BROKEN:
        break;
    }
    return e->why;
}

static bool build_before(verifier *v, const char *name, df_image_built *image)
{
    df_build_order order = {v->o->file, v->o->context, name, true};

    if (df_engine_build(&v->engine, &order, image) &&
        df_engine_export(&v->engine, image))
        return true;
    v->r->log = v->engine.tail;
    if (v->engine.how == DF_ENGINE_REFUSED)
        return fail(v, DF_VERIFY_FAILED,
                    df_fmt(v->arena,
                           "the original does not build, so nothing can be "
                           "compared (%.*s)",
                           DF_STR_ARG(v->engine.why)));
    return fail(v, DF_VERIFY_FAILED, trouble(v, "the original"));
}

static bool build_after(verifier *v, const df_result *result,
                        df_image_built *image)
{
    const char *path;
    df_build_order order = {NULL, v->o->context, NULL, true};

    order.name =
        v->builds ? df_fmt(v->arena, "after-%u", v->builds).ptr : "after";
    v->builds++;
    if (!write_after(v, result->text, &path))
        return false;
    order.file = path;
    if (df_engine_build(&v->engine, &order, image) &&
        df_engine_export(&v->engine, image))
        return true;
    v->r->log = v->engine.tail;
    return fail(v,
                v->engine.how == DF_ENGINE_REFUSED ? DF_VERIFY_BROKEN
                                                   : DF_VERIFY_FAILED,
                trouble(v, v->o->with ? v->o->with : "the rewritten file"));
}

/* --- comparing --- */

static void sort_files(verifier *v)
{
    df_verify_report *r = v->r;

    df_sort_allowed(&r->files, r->rewrite->messages, r->rewrite->nmessages);
    if (r->twice) {
        df_tree_diffs again =
            df_tree_compare(v->arena, &r->before.image.tree, &v->again);

        df_sort_noise(&r->files, &again);
    }
    r->nreal = df_sort_real(&r->files);
}

static bool build_twice(verifier *v)
{
    df_image_built image;

    if (v->r->twice)
        return true;
    if (!build_before(v, "before-again", &image))
        return false;
    v->again = image.tree;
    v->r->twice = true;
    return true;
}

/* What differs stays in the report. False: it could not be compared. */
static bool compare(verifier *v)
{
    df_verify_report *r = v->r;
    const df_tree *before = &r->before.image.tree;
    const df_tree *after = &r->after.image.tree;

    r->nconfig = r->nartefacts = 0;
    r->unsafe = is_unsafe(r->rewrite);
    df_config_compare(v->arena, r->before.image.config, r->after.image.config,
                      r);
    r->other_env = DF_STR("");
    if (r->unsafe)
        df_config_forgive_env(v->arena, r);
    df_config_artefacts(v->arena, r);
    r->files = df_tree_compare(v->arena, before, after);
    r->compared =
        before->nnodes > after->nnodes ? before->nnodes : after->nnodes;
    sort_files(v);
    if ((r->nreal && !r->unsafe) || v->o->twice) {
        if (!build_twice(v))
            return false;
        sort_files(v);
    }
    return true;
}

static bool artefacts_there(const df_verify_report *r)
{
    for (uint32_t i = 0; i < r->nartefacts; i++)
        if (!r->artefacts[i].after)
            return false;
    return true;
}

static bool is_equal(const df_verify_report *r)
{
    return !r->nconfig && artefacts_there(r) && (r->unsafe || !r->nreal) &&
           (!r->smoke || r->smoke_equal);
}

/* --- the smoke command --- */

/*
 * Through /bin/sh where both images have one; else its words as they are, so
 * that an image without a shell can be tried, too.
 */
static const char *const *smoke_words(verifier *v)
{
    const df_verify_report *r = v->r;
    const char **argv = df_new_array(v->arena, const char *, 64);
    df_str rest = df_str_of(v->o->smoke);
    size_t n = 0;

    if (df_tree_resolve(&r->before.image.tree, DF_STR("bin/sh")) &&
        df_tree_resolve(&r->after.image.tree, DF_STR("bin/sh"))) {
        argv[0] = "/bin/sh";
        argv[1] = "-c";
        argv[2] = v->o->smoke;
        return argv;
    }
    while (rest.len && n < 62) {
        df_str word;

        df_str_cut(&rest, ' ', &word);
        if (word.len)
            argv[n++] = df_cstr(v->arena, word);
    }
    return argv;
}

static bool run_smoke(verifier *v)
{
    df_verify_report *r = v->r;
    const char *const *argv;

    if (!v->o->smoke)
        return true;
    argv = smoke_words(v);
    if (!argv[0])
        return fail(v, DF_VERIFY_FAILED, DF_STR("--smoke: no command"));
    if (!df_engine_run(&v->engine, &r->before.image, argv, &r->before.smoke) ||
        !df_engine_run(&v->engine, &r->after.image, argv, &r->after.smoke))
        return fail(v, DF_VERIFY_FAILED, trouble(v, "the smoke command"));
    r->smoke = v->o->smoke;
    r->smoke_equal = r->before.smoke.status == r->after.smoke.status &&
                     df_str_eq(r->before.smoke.out, r->after.smoke.out);
    return true;
}

/* The whole comparison of one rewritten file with the original. */
static bool try(verifier *v)
{
    if (!build_after(v, v->r->rewrite, &v->r->after.image) || !compare(v) ||
        !run_smoke(v))
        return v->r->verdict == DF_VERIFY_BROKEN;
    v->r->verdict = is_equal(v->r) ? DF_VERIFY_EQUAL : DF_VERIFY_DIFFERS;
    return true;
}

/* --- who is to blame --- */

/* Is it equal with so many changes? False in *ok: it cannot be told. */
static bool equal_with(verifier *v, uint32_t max, bool *ok)
{
    df_verify_report kept = *v->r;
    bool equal;

    v->r->rewrite = rewrite(v, max);
    *ok = v->r->rewrite && try(v);
    equal = *ok && v->r->verdict == DF_VERIFY_EQUAL;
    kept.twice = v->r->twice;
    if (*ok)
        *v->r = kept;
    return equal;
}

/*
 * The changes are made one after the other and the first n of them do not
 * depend on what follows, so halving finds one that is the first to break it.
 */
static bool blame(verifier *v, df_blamed *out)
{
    uint32_t good = 0;
    uint32_t bad = count_changes(v->r->rewrite);
    const df_message *m;

    while (bad - good > 1) {
        uint32_t mid = good + (bad - good) / 2;
        bool ok;
        bool equal = equal_with(v, mid, &ok);

        if (!ok)
            return false;
        *(equal ? &good : &bad) = mid;
    }
    m = change(v->r->rewrite, bad);
    if (!m)
        return false;
    *out = (df_blamed){m->pass, m->line, m->col, m->text};
    return true;
}

static bool is_wrong(const verifier *v)
{
    return v->r->verdict == DF_VERIFY_DIFFERS ||
           v->r->verdict == DF_VERIFY_BROKEN;
}

/* Leave out what is to blame, until the rest is equal or nothing is left. */
static bool find_blamed(verifier *v)
{
    df_verify_report *r = v->r;

    while (is_wrong(v) && !v->o->with) {
        df_blamed b;

        if (!blame(v, &b))
            return r->verdict != DF_VERIFY_FAILED;
        *df_push(v->arena, r, blamed) = b;
        if (!v->o->keep_proved)
            return true;
        *df_push(v->arena, v, refused) = (df_refusal){b.pass, b.line, b.col};
        r->rewrite = rewrite(v, 0);
        if (!r->rewrite)
            return fail(v, DF_VERIFY_FAILED, DF_STR("out of memory"));
        if (!r->rewrite->changed) {
            r->verdict = DF_VERIFY_UNCHANGED;
            return true;
        }
        if (!try(v))
            return false;
    }
    return true;
}

/* --- rebuilding --- */

/*
 * Blank lines at its end harm no language. Their number is another one each
 * time, so that no earlier rebuild is found in the cache.
 */
static bool change_file(verifier *v, const char *dir)
{
    const char *path =
        df_fmt(v->arena, "%s/%.*s", dir, DF_STR_ARG(v->r->touched)).ptr;
    df_str text;
    df_err err;
    df_buf out;

    if (!df_read_file(v->arena, path, DF_MAX_INPUT, &text, &err)) {
        v->r->rebuild_error =
            df_fmt(v->arena, "%.*s: %s", DF_STR_ARG(v->r->touched), err.text);
        return false;
    }
    df_buf_init(&out, v->arena);
    df_buf_add(&out, text);
    for (unsigned i = 0; i <= v->o->seed % MAX_BLANK_LINES; i++)
        df_buf_addc(&out, '\n');
    if (!df_temp_write(path, df_buf_str(&out), &err)) {
        v->r->rebuild_error = df_str_dup(v->arena, df_str_of(err.text));
        return false;
    }
    return true;
}

static bool rebuild_one(verifier *v, const char *file, const char *dir,
                        const char *name, df_rebuild *again)
{
    df_build_order order = {file, dir, name, false};
    df_image_built image;

    if (!df_engine_build(&v->engine, &order, &image)) {
        v->r->rebuild_error = df_fmt(v->arena, "with %.*s changed: %.*s",
                                     DF_STR_ARG(v->r->touched),
                                     DF_STR_ARG(trouble(v, "the Dockerfile")));
        return false;
    }
    *again = (df_rebuild){true, image.seconds, image.steps};
    return true;
}

/* In a copy of the context: the user's files stay as they are. */
static bool rebuild(verifier *v)
{
    df_verify_report *r = v->r;
    const char *dir = df_fmt(v->arena, "%s/context", v->temp).ptr;
    const char *after;
    df_context *cx = df_context_open(v->arena, v->o->context, v->o->file);
    df_err err;

    r->touched = v->o->touch
                     ? df_str_of(v->o->touch)
                     : df_touch_choose(v->arena, cx, v->o->rewrite.kb, r->text);
    if (!r->touched.len)
        return false;
    if (df_context_stat(cx, r->touched) != DF_FILE_REGULAR) {
        r->rebuild_error = df_fmt(v->arena, "%.*s is no file of the context",
                                  DF_STR_ARG(r->touched));
        return false;
    }
    if (!df_temp_copy_context(v->arena, cx, v->o->context, dir, &err)) {
        r->rebuild_error = df_str_dup(v->arena, df_str_of(err.text));
        return false;
    }
    return write_after(v, r->rewrite->text, &after) && change_file(v, dir) &&
           rebuild_one(v, v->o->file, dir, "before-changed",
                       &r->before.again) &&
           change_file(v, dir) &&
           rebuild_one(v, after, dir, "after-changed", &r->after.again);
}

/* --- all of it --- */

static void use_engine(verifier *v)
{
    const char *own = df_fmt(v->arena, "%s.dockerignore", v->o->file).ptr;

    v->engine = (df_engine){.arena = v->arena,
                            .timeout = v->o->timeout,
                            .options = v->o->build_options,
                            .ignore_file = is_file(own) ? own : NULL,
                            .verbose = v->o->verbose,
                            .progress = v->o->progress};
}

static void build_and_compare(verifier *v)
{
    df_err err;

    if (!df_temp_make(v->arena, &v->temp, &err)) {
        v->temp = NULL;
        fail_err(v, &err);
        return;
    }
    if (!build_before(v, "before", &v->r->before.image) || !try(v))
        return;
    if (is_wrong(v) && (v->o->bisect || v->o->keep_proved) && !find_blamed(v))
        return;
    if (v->r->verdict != DF_VERIFY_BROKEN &&
        v->r->verdict != DF_VERIFY_UNCHANGED && v->o->rebuild)
        rebuild(v);
    v->r->interrupted = df_process_stopped();
}

void df_verify(df_arena *a, const df_verify_options *options,
               df_verify_report *report)
{
    verifier *v = df_new(a, verifier);

    *report = (df_verify_report){.verdict = DF_VERIFY_FAILED};
    v->arena = a;
    v->o = options;
    v->r = report;
    use_engine(v);
    if (!prepare(v))
        return;
    if (!report->rewrite->changed) {
        report->verdict = DF_VERIFY_UNCHANGED;
        return;
    }
    if (!df_engine_find(&v->engine, options->engine)) {
        fail(v, DF_VERIFY_FAILED, v->engine.why);
        return;
    }
    report->engine = v->engine.name;
    report->version = v->engine.version;
    build_and_compare(v);
    df_engine_tidy(&v->engine);
    if (v->temp)
        df_temp_remove(v->temp);
}
