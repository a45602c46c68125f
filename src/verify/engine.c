/* The image builders: see verify/engine.h. */
#include "verify/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_ARGS   128u
#define MAX_ANSWER ((size_t)16 * 1024 * 1024)
#define MAX_RAN    ((size_t)64 * 1024)
#define TAIL       ((size_t)6 * 1024)
#define PROBE      20u /* seconds that an engine may take to say its version */
#define TIDY       60u

static const char *const ENGINES[] = {"docker", "podman", "buildah", NULL};

static bool is_buildah(const df_engine *e)
{
    return strcmp(e->name, "buildah") == 0;
}

/* --- calls --- */

typedef struct {
    const char *items[MAX_ARGS];
    size_t n;
} args;

static void put(args *a, const char *word)
{
    if (a->n + 1 < MAX_ARGS)
        a->items[a->n++] = word;
    a->items[a->n] = NULL;
}

static args call(const df_engine *e, const char *const *words)
{
    args a = {.n = 0};

    put(&a, e->name);
    for (; *words; words++)
        put(&a, *words);
    return a;
}

#define CALL(e, ...) call((e), (const char *const[]){__VA_ARGS__, NULL})

static df_str last_line(df_str text)
{
    text = df_str_trim(text);
    for (size_t i = text.len; i-- > 0;)
        if (text.ptr[i] == '\n')
            return df_str_from(text, i + 1);
    return text;
}

static bool fail(df_engine *e, df_engine_how how, df_str why)
{
    e->how = how;
    e->why = df_str_dup(e->arena, why);
    return false;
}

/* Did it do what it should? Otherwise why not. */
static bool judge(df_engine *e, const df_process_end *end, const char *what)
{
    df_arena *a = e->arena;

    switch (end->how) {
    case DF_PROCESS_DONE:
        break;
    case DF_PROCESS_MISSING:
        return fail(e, DF_ENGINE_ABSENT, df_fmt(a, "there is no %s", e->name));
    case DF_PROCESS_FAILED:
        return fail(e, DF_ENGINE_BROKEN,
                    df_fmt(a, "%s could not be started: %s", e->name,
                           strerror(end->status)));
    case DF_PROCESS_TIMEOUT:
        return fail(e, DF_ENGINE_LATE,
                    df_fmt(a, "%s %s took longer than %u s", e->name, what,
                           e->timeout));
    case DF_PROCESS_STOPPED:
        return fail(e, DF_ENGINE_STOPPED, DF_STR("interrupted"));
    case DF_PROCESS_REFUSED:
        return fail(e, DF_ENGINE_BROKEN,
                    df_fmt(a, "%s %s gave no sensible answer", e->name, what));
    }
    if (end->status == 0)
        return true;
    return fail(e,
                df_str_has(end->err, "no space left on device")
                    ? DF_ENGINE_FULL
                    : DF_ENGINE_REFUSED,
                df_fmt(a, "%s %s ended with status %d%s%.*s", e->name, what,
                       end->status, end->err.len ? ": " : "",
                       DF_STR_ARG(last_line(end->err))));
}

typedef struct {
    df_buf out;
    size_t max;
    bool cut; /* what is beyond max is dropped, not refused */
} answer;

static bool take_answer(void *ctx, df_str bytes)
{
    answer *a = ctx;
    size_t room = a->max - a->out.len;

    if (bytes.len > room && !a->cut)
        return false;
    df_buf_add(&a->out, df_str_slice(bytes, 0, room));
    return true;
}

/* A call that answers on stdout. */
static bool ask(df_engine *e, const args *a, const char *what, df_str *out)
{
    answer got = {.max = MAX_ANSWER};
    df_process p = {.argv = a->items,
                    .timeout = e->timeout,
                    .take = take_answer,
                    .ctx = &got};
    df_process_end end;

    df_buf_init(&got.out, e->arena);
    end = df_process_run(e->arena, &p);
    *out = df_str_trim(df_buf_str(&got.out));
    return judge(e, &end, what);
}

/* --- finding one --- */

static args version_call(const df_engine *e)
{
    if (is_buildah(e))
        return CALL(e, "--version");
    if (strcmp(e->name, "podman") == 0)
        return CALL(e, "version", "--format", "{{.Client.Version}}");
    return CALL(e, "version", "--format", "{{.Server.Version}}");
}

static bool answers(df_engine *e)
{
    args a = version_call(e);
    unsigned timeout = e->timeout;
    bool ok;

    e->timeout = PROBE;
    ok = ask(e, &a, "version", &e->version);
    e->timeout = timeout;
    if (df_str_starts(e->version, "buildah version ")) {
        df_str rest = df_str_from(e->version, 16);

        df_str_cut(&rest, ' ', &e->version);
    }
    return ok && e->version.len;
}

static bool is_known(const char *name)
{
    return df_str_in(df_str_of(name), ENGINES);
}

static bool none_answers(df_engine *e, df_str said)
{
    return fail(
        e, DF_ENGINE_ABSENT,
        said.len ? df_fmt(e->arena, "no image builder answers: %.*s",
                          DF_STR_ARG(said))
                 : DF_STR("no image builder found: install docker, podman or "
                          "buildah (on Debian: apt-get install buildah)"));
}

bool df_engine_find(df_engine *e, const char *wanted)
{
    df_str said = DF_STR("");

    e->nonce = df_fmt(e->arena, "%lx%lx", (unsigned long)time(NULL),
                      (unsigned long)getpid())
                   .ptr;
    if (wanted && !is_known(wanted))
        return fail(e, DF_ENGINE_ABSENT,
                    df_fmt(e->arena,
                           "--engine: '%s' is none of docker, podman, buildah",
                           wanted));
    for (const char *const *name = ENGINES; *name; name++) {
        if (wanted && strcmp(wanted, *name) != 0)
            continue;
        e->name = *name;
        if (answers(e))
            return true;
        if (e->how == DF_ENGINE_STOPPED)
            return false;
        if (wanted)
            return fail(e, DF_ENGINE_ABSENT, e->why);
        if (e->how != DF_ENGINE_ABSENT && !said.len)
            said = e->why;
    }
    return none_answers(e, said);
}

/* --- building --- */

typedef struct {
    df_engine *e;
    const char *name;
    df_steps *steps;
    df_buf line; /* not yet whole */
    df_buf log;  /* the end of it */
    double start;
    bool shown;
} watch;

static void end_line(watch *w)
{
    df_steps_line(w->steps, df_buf_str(&w->line));
    w->line.len = 0;
}

static void add_log(watch *w, df_str bytes)
{
    df_buf_add(&w->log, bytes);
    if (w->log.len > 4 * TAIL) {
        memmove(w->log.ptr, w->log.ptr + w->log.len - TAIL, TAIL);
        w->log.len = TAIL;
    }
}

static bool take_build(void *ctx, df_str bytes)
{
    watch *w = ctx;

    if (w->e->verbose)
        fwrite(bytes.ptr, 1, bytes.len, stderr);
    add_log(w, bytes);
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] == '\n')
            end_line(w);
        else
            df_buf_addc(&w->line, bytes.ptr[i]);
    return true;
}

/* One line on a terminal, written over itself. */
static void tick_build(void *ctx)
{
    watch *w = ctx;
    const df_steps *s = w->steps;
    df_str text = DF_STR("");

    if (!w->e->progress)
        return;
    if (s->nitems)
        text = df_str_slice(s->items[s->nitems - 1].text, 0, 50);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ')
            text.len = i;
    fprintf(stderr, "\r\033[Kbuilding %s: %.0f s  %.*s", w->name,
            df_process_clock() - w->start, DF_STR_ARG(text));
    fflush(stderr);
    w->shown = true;
}

static args build_call(df_engine *e, const df_build_order *o, const char *tag)
{
    args a = CALL(e, "build", "-f", o->file, "-t", tag);

    if (o->fresh)
        put(&a, "--no-cache");
    if (strcmp(e->name, "docker") != 0) {
        put(&a, "--layers");
        put(&a, "--format");
        put(&a, "docker");
        if (e->ignore_file) {
            put(&a, "--ignorefile");
            put(&a, e->ignore_file);
        }
    }
    for (const char *const *w = e->options; w && *w; w++)
        put(&a, *w);
    put(&a, o->context);
    return a;
}

static df_str tail_of(df_str log)
{
    size_t lines = 0;
    size_t i = log.len;

    while (i > 0 && lines < 25 && log.len - i < TAIL)
        lines += log.ptr[--i] == '\n';
    return df_str_from(log, i ? i + 1 : 0);
}

static bool build(df_engine *e, const df_build_order *o, df_image_built *image)
{
    watch w = {.e = e, .name = o->name, .steps = &image->steps};
    args a = build_call(e, o, image->tag);
    df_process p = {.argv = a.items,
                    .timeout = e->timeout,
                    .merged = true,
                    .take = take_build,
                    .tick = tick_build,
                    .ctx = &w};
    df_process_end end;

    image->steps.arena = e->arena;
    df_buf_init(&w.line, e->arena);
    df_buf_init(&w.log, e->arena);
    w.start = df_process_clock();
    end = df_process_run(e->arena, &p);
    end_line(&w);
    if (w.shown)
        fputs("\r\033[K", stderr);
    image->seconds = end.seconds;
    e->tail = tail_of(df_str_trim(df_buf_str(&w.log)));
    if (judge(e, &end, "build"))
        return true;
    if (image->steps.disk_full && e->how == DF_ENGINE_REFUSED)
        e->how = DF_ENGINE_FULL;
    return false;
}

static void drop_json(void *json)
{
    json_decref(json);
}

/* "config" of the image, whatever the engine calls it. */
static json_t *find_config(const df_engine *e, const json_t *doc)
{
    if (is_buildah(e))
        return json_object_get(json_object_get(doc, "Docker"), "config");
    return json_object_get(doc, "Config");
}

/* What it runs on belongs to the image as well, but lies beside `config`. */
static void add_platform(const df_engine *e, const json_t *doc, json_t *config)
{
    static const char *const KEYS[][2] = {
        {"Architecture", "architecture"}, {"Os", "os"}, {"Variant", "variant"}};
    bool buildah = is_buildah(e);
    const json_t *from = buildah ? json_object_get(doc, "Docker") : doc;

    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        json_t *value = json_object_get(from, KEYS[i][buildah]);

        if (value)
            json_object_set(config, KEYS[i][0], value);
    }
}

static json_t *find_layers(const df_engine *e, const json_t *doc)
{
    if (is_buildah(e))
        return json_object_get(
            json_object_get(json_object_get(doc, "Docker"), "rootfs"),
            "diff_ids");
    return json_object_get(json_object_get(doc, "RootFS"), "Layers");
}

static bool inspect(df_engine *e, df_image_built *image)
{
    args a = is_buildah(e) ? CALL(e, "inspect", "--type", "image", image->tag)
                           : CALL(e, "image", "inspect", image->tag);
    df_str text;
    json_t *doc;
    json_t *top;

    if (!ask(e, &a, "inspect", &text))
        return false;
    doc = json_loadb(text.ptr, text.len, 0, NULL);
    if (doc)
        df_defer(e->arena, drop_json, doc);
    top = json_is_array(doc) ? json_array_get(doc, 0) : doc;
    image->config = find_config(e, top);
    if (!image->config)
        return fail(
            e, DF_ENGINE_BROKEN,
            df_fmt(e->arena, "%s inspect gave no image config", e->name));
    add_platform(e, top, image->config);
    image->layers = (uint32_t)json_array_size(find_layers(e, top));
    image->size = (uint64_t)json_integer_value(json_object_get(top, "Size"));
    return true;
}

bool df_engine_build(df_engine *e, const df_build_order *order,
                     df_image_built *image)
{
    *image = (df_image_built){.config = NULL};
    image->tag =
        df_fmt(e->arena, "dfopt-verify-%s:%s", e->nonce, order->name).ptr;
    *df_push(e->arena, e, tags) = image->tag;
    return build(e, order, image) && inspect(e, image);
}

/* --- the files --- */

static bool take_tar(void *ctx, df_str bytes)
{
    return df_tar_feed(ctx, bytes);
}

static bool read_tar(df_engine *e, const args *a, df_tree *tree)
{
    df_tar *tar = df_tar_open(e->arena, tree);
    df_process p = {
        .argv = a->items, .timeout = e->timeout, .take = take_tar, .ctx = tar};
    df_process_end end = df_process_run(e->arena, &p);

    if (!judge(e, &end, "export"))
        return false;
    if (!df_tar_close(tar))
        return fail(e, DF_ENGINE_BROKEN,
                    df_fmt(e->arena, "%s gave an archive that cannot be read",
                           e->name));
    return true;
}

static bool run_shielded(df_engine *e, const args *a)
{
    df_process p = {.argv = a->items, .timeout = TIDY, .shielded = true};

    return df_process_run(e->arena, &p).status == 0;
}

static void remove_container(df_engine *e)
{
    args a;

    if (!e->container)
        return;
    if (is_buildah(e))
        a = CALL(e, "rm", e->container);
    else
        a = CALL(e, "rm", "-f", e->container);
    run_shielded(e, &a);
    e->container = NULL;
}

static bool make_container(df_engine *e, const df_image_built *image)
{
    const char *name = df_fmt(e->arena, "dfopt-verify-%s", e->nonce).ptr;
    args a;
    df_str id;

    if (is_buildah(e))
        a = CALL(e, "from", "--pull-never", "--name", name, image->tag);
    else
        a = CALL(e, "create", "--network", "none", "--name", name, image->tag,
                 "true");
    e->container = name;
    return ask(e, &a, "create", &id);
}

/* buildah has no export: its container is mounted and read with tar. */
static bool export_mounted(df_engine *e, df_tree *tree)
{
    args a = CALL(e, "mount", e->container);
    df_str dir;
    args tar = {.n = 0};

    if (!ask(e, &a, "mount", &dir))
        return false;
    put(&tar, "tar");
    put(&tar, "--numeric-owner");
    put(&tar, "--xattrs");
    put(&tar, "--xattrs-include=*");
    put(&tar, "--format=pax");
    put(&tar, "-C");
    put(&tar, df_cstr(e->arena, dir));
    put(&tar, "-cf");
    put(&tar, "-");
    put(&tar, ".");
    return read_tar(e, &tar, tree);
}

bool df_engine_export(df_engine *e, df_image_built *image)
{
    args a;
    bool ok = make_container(e, image);

    if (ok && is_buildah(e)) {
        ok = export_mounted(e, &image->tree);
    } else if (ok) {
        a = CALL(e, "export", e->container);
        ok = read_tar(e, &a, &image->tree);
    }
    remove_container(e);
    if (ok && !image->size)
        image->size = image->tree.bytes;
    return ok;
}

/* --- running --- */

static args run_call(df_engine *e, const df_image_built *image,
                     const char *const *argv)
{
    args a;

    if (is_buildah(e)) {
        a = CALL(e, "run", "--network", "none", e->container, "--", argv[0]);
    } else {
        a = CALL(e, "run", "--rm", "--network", "none", "--name", e->container,
                 "--entrypoint", argv[0], image->tag);
    }
    for (argv++; *argv; argv++)
        put(&a, *argv);
    return a;
}

bool df_engine_run(df_engine *e, const df_image_built *image,
                   const char *const *argv, df_ran *ran)
{
    answer got = {.max = MAX_RAN, .cut = true};
    df_process p = {.timeout = e->timeout,
                    .merged = true,
                    .take = take_answer,
                    .ctx = &got};
    df_process_end end;
    args a;

    if (is_buildah(e) && !make_container(e, image)) {
        remove_container(e);
        return false;
    }
    e->container = df_fmt(e->arena, "dfopt-verify-%s", e->nonce).ptr;
    a = run_call(e, image, argv);
    p.argv = a.items;
    df_buf_init(&got.out, e->arena);
    end = df_process_run(e->arena, &p);
    if (is_buildah(e) || end.how != DF_PROCESS_DONE)
        remove_container(e);
    e->container = NULL;
    *ran = (df_ran){end.status, df_buf_str(&got.out), end.seconds};
    if (end.how == DF_PROCESS_DONE)
        return true;
    return judge(e, &end, "run");
}

void df_engine_tidy(df_engine *e)
{
    args a;

    remove_container(e);
    if (!e->ntags)
        return;
    a = is_buildah(e) ? CALL(e, "rmi", "-f") : CALL(e, "image", "rm", "-f");
    for (uint32_t i = 0; i < e->ntags; i++)
        put(&a, e->tags[i]);
    run_shielded(e, &a);
    e->ntags = 0;
}
