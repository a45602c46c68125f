/*
 * Build on the slim sibling of an image
 *
 * `node:20` and `python:3.12` carry compilers, version control and a hundred
 * development packages that most programs never call. The tag with `-slim`
 * has the same interpreter on the same release of Debian without them.
 *
 * The change is proposed only if every command that the image calls is in the
 * slim image or installed by the Dockerfile: in RUN, CMD, ENTRYPOINT and
 * HEALTHCHECK, in the scripts of the context that these start, and behind
 * `npm run`. Packages that are known to compile when they are installed, or to
 * load a library that the slim image lacks, speak against it. Otherwise a note
 * says what is missing.
 *
 * An image that is past its end of life is reported, whatever else is found.
 *
 * Unsafe: what a program starts by itself can be seen only in part.
 */
#include <string.h>

#include <dfopt/deps.h>
#include <dfopt/transform.h>
#include <dfopt/use.h>

/* One stage FROM an image, and what was found out about it. */
typedef struct {
    df_pass_ctx *cx;
    const df_facts *facts;
    const df_stage *stage;
    const df_use *use;
    const df_deps *deps;
    df_span at;
    df_str slim; /* the image with its new tag */
    bool declined;
} subject;

static void report_end_of_life(df_pass_ctx *cx, const df_stage *stage)
{
    const df_kb *kb = df_cx_kb(cx);
    const char *today = kb->builtin ? kb->builtin->date : NULL;
    const char *date = NULL;

    if (stage->known && stage->known->product)
        date = df_kb_eol(kb, stage->known->product, stage->tag);
    if (date && today && strcmp(date, today) <= 0)
        df_warn(cx, stage->image_word.span,
                "%.*s reached its end of life on %s", DF_STR_ARG(stage->image),
                date);
}

/* Libraries and headers are never in the slim image, nor Debian's Python. */
static bool lacks(const subject *s, df_str name)
{
    return df_str_in(name, s->stage->known->lacks) || df_str_has(name, ".so") ||
           df_str_ends(name, "-dev");
}

static bool missing(const subject *s, df_str name, const df_call *call)
{
    return lacks(s, name) && !df_use_brings(s->facts, s->use, name, call);
}

/* Debian's Python, called by its path, is not the image's own. */
static df_str needed(const df_call *call)
{
    return df_str_starts(call->path, "/usr/bin/python")
               ? DF_STR("/usr/bin/python3")
               : call->name;
}

static void check_calls(subject *s)
{
    for (uint32_t i = 0; i < s->use->ncalls && !s->declined; i++) {
        const df_call *call = &s->use->calls[i];
        const char *who = df_instr_name(call->instr->kind);
        df_str by = call->via.len ? call->via : df_str_of(who);

        if (!missing(s, needed(call), call))
            continue;
        df_decline(s->cx, call->at, "%.*s lacks %.*s, which %.*s %s",
                   DF_STR_ARG(s->slim), DF_STR_ARG(call->path), DF_STR_ARG(by),
                   df_str_eq(call->name, call->path) ? "calls" : "needs");
        s->declined = true;
    }
}

/* The first of the commands that is missing; empty: none. A compiler without
 * the headers of the C library compiles nothing. */
static df_str first_missing(const subject *s, df_strings needs)
{
    for (; *needs; needs++) {
        df_str name = df_str_of(*needs);

        if (missing(s, name, NULL))
            return name;
        if (df_str_is(name, "gcc") && missing(s, DF_STR("libc6-dev"), NULL))
            return DF_STR("libc6-dev");
    }
    return DF_STR("");
}

static void decline_dep(subject *s, const df_dep *dep, df_str name,
                        const char *why)
{
    df_str where = dep->where.len ? dep->where : DF_STR("the install");

    df_decline(s->cx, s->at,
               "%.*s lacks %.*s, which %.*s needs for `%.*s` (%s)",
               DF_STR_ARG(s->slim), DF_STR_ARG(name), DF_STR_ARG(where),
               DF_STR_ARG(dep->name), why);
    s->declined = true;
}

static void check_dep(subject *s, const df_dep *dep)
{
    const df_native *native =
        df_kb_native(s->facts->kb, dep->ecosystem, dep->name);
    const df_load *load =
        df_kb_load_of(s->facts->kb, dep->ecosystem, dep->name);
    df_str name = native ? first_missing(s, native->needs) : DF_STR("");

    if (name.len) {
        decline_dep(s, dep, name, native->why);
        return;
    }
    name = load && dep->direct ? first_missing(s, load->needs) : DF_STR("");
    if (name.len)
        decline_dep(s, dep, name, "it is called or loaded at run time");
    else if (dep->git && missing(s, DF_STR("git"), NULL))
        decline_dep(s, dep, DF_STR("git"), "it comes from a repository");
    else if (df_str_is(dep->name, "setup.py") &&
             missing(s, DF_STR("gcc"), NULL))
        decline_dep(s, dep, DF_STR("gcc"), "it has extension modules");
}

static void check_deps(subject *s)
{
    for (uint32_t i = 0; i < s->deps->nitems && !s->declined; i++)
        check_dep(s, &s->deps->items[i]);
    if (!s->declined && s->deps->unread) {
        df_decline(s->cx, s->deps->unread_at,
                   "cannot see what `%.*s` installs; %.*s may lack what it "
                   "needs",
                   DF_STR_ARG(s->deps->unread_name), DF_STR_ARG(s->slim));
        s->declined = true;
    }
}

static bool has_program(const df_stage *stage)
{
    for (; stage; stage = stage->base)
        if (df_stage_last(stage, DF_I_CMD) ||
            df_stage_last(stage, DF_I_ENTRYPOINT))
            return true;
    return false;
}

/* An image to build upon, or to work in: it needs who knows what. */
static void check_programs(subject *s)
{
    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];

        if (s->declined || !t->shipped || df_stage_root(t) != s->stage ||
            (t->used && i + 1 < s->facts->nstages) || has_program(t))
            continue;
        df_decline(s->cx, t->from->keyword,
                   "cannot see what the image runs, without CMD and "
                   "ENTRYPOINT; %.*s may lack some of it",
                   DF_STR_ARG(s->slim));
        s->declined = true;
    }
}

static void check_unseen(subject *s)
{
    const df_unseen *u = s->use->unseen;

    if (s->declined || !s->use->nunseen)
        return;
    df_decline(s->cx, u->at, "cannot see what %.*s; %.*s may lack some of it",
               DF_STR_ARG(u->what), DF_STR_ARG(s->slim));
    s->declined = true;
}

/* Their installation makes links in a directory that slim images drop. */
static void check_manuals(subject *s)
{
    static const char *const names[] = {
        "openjdk-*", "default-j*", "postgresql*", "ca-certificates-java", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->declined || !call ||
        df_str_has(call->cmd->run->tree->text.str, "/usr/share/man"))
        return;
    df_decline(s->cx, call->at,
               "%.*s lacks /usr/share/man/man1, which the package %.*s may "
               "need to be installed",
               DF_STR_ARG(s->slim), DF_STR_ARG(package));
    s->declined = true;
}

/* Who installs headers compiles something. */
static void check_headers(subject *s)
{
    static const char *const names[] = {"*-dev", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->declined || !call || !missing(s, DF_STR("gcc"), NULL))
        return;
    df_decline(s->cx, call->at,
               "%.*s lacks gcc, which whatever %.*s is installed for needs",
               DF_STR_ARG(s->slim), DF_STR_ARG(package));
    s->declined = true;
}

/* The source of the program: does it start what is missing? */
static void check_source(subject *s)
{
    static const char *const skip[] = {"node_modules", ".git",      "test",
                                       "tests",        "__tests__", NULL};
    df_arena *a = df_cx_arena(s->cx);
    df_context *context = df_cx_context(s->cx);

    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];
        df_files files;
        df_spawn spawn;

        if (s->declined || df_stage_root(t) != s->stage)
            continue;
        files = df_copied_files(a, s->facts, context, t, 0, t->ninstrs, skip);
        spawn = df_spawn_find(context, &files, s->stage->known->lacks);
        if (!spawn.name.len || !missing(s, spawn.name, NULL))
            continue;
        df_decline(s->cx, s->at, "%.*s lacks %.*s, which %.*s:%u starts",
                   DF_STR_ARG(s->slim), DF_STR_ARG(spawn.name),
                   DF_STR_ARG(spawn.file), spawn.line);
        s->declined = true;
    }
}

/* "a, b and 3 more" of packages for which `of` says so. */
static df_str list(const subject *s,
                   bool (*of)(const subject *, const df_dep *))
{
    enum { SHOWN = 3 };
    df_arena *a = df_cx_arena(s->cx);
    df_str out = DF_STR("");
    df_str last = DF_STR("");
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->deps->nitems; i++) {
        const df_dep *dep = &s->deps->items[i];

        if (!of(s, dep) || df_str_eq(dep->name, last) ||
            df_str_has(out, df_cstr(a, dep->name)))
            continue;
        last = dep->name;
        if (n++ < SHOWN)
            out = df_fmt(a, "%.*s%s%.*s", DF_STR_ARG(out), out.len ? ", " : "",
                         DF_STR_ARG(last));
    }
    return n > SHOWN ? df_fmt(a, "%.*s and %u more", DF_STR_ARG(out), n - SHOWN)
                     : out;
}

static bool has_wheel(const subject *s, const df_dep *dep)
{
    return strcmp(dep->ecosystem, "pip") == 0 &&
           df_kb_native(s->facts->kb, dep->ecosystem, dep->name);
}

static bool runs_scripts(const subject *s, const df_dep *dep)
{
    (void)s;
    return dep->scripts;
}

static bool is_pip(const subject *s, const df_dep *dep)
{
    (void)s;
    return strcmp(dep->ecosystem, "pip") == 0;
}

/* Does a stage on this image copy from another one? */
static bool copies_from_stage(const subject *s)
{
    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];

        for (uint32_t k = 0; df_stage_root(t) == s->stage && k < t->ninstrs;
             k++)
            if (t->instrs[k]->kind == DF_I_COPY &&
                df_instr_flag(t->instrs[k], "from"))
                return true;
    }
    return false;
}

static void add_condition(df_finding *f, const subject *s)
{
    df_arena *a = df_cx_arena(s->cx);
    df_str wheels = list(s, has_wheel);
    df_str scripts = list(s, runs_scripts);
    df_str text = DF_STR("the program starts no command that the slim image "
                         "lacks, such as git, curl or make");

    if (wheels.len)
        text = df_fmt(a,
                      "%.*s; there are wheels for linux of the versions of "
                      "%.*s",
                      DF_STR_ARG(text), DF_STR_ARG(wheels));
    if (list(s, is_pip).len)
        text = df_fmt(a,
                      "%.*s; packages outside the knowledge base have "
                      "wheels for linux",
                      DF_STR_ARG(text));
    if (scripts.len)
        text = df_fmt(a, "%.*s; the install scripts of %.*s compile nothing",
                      DF_STR_ARG(text), DF_STR_ARG(scripts));
    if (copies_from_stage(s))
        text = df_fmt(a,
                      "%.*s; what COPY --from brings needs no library that "
                      "the slim image lacks",
                      DF_STR_ARG(text));
    df_condition(f, "%.*s", DF_STR_ARG(text));
}

static void propose(subject *s)
{
    const df_image *image = s->stage->known;
    df_finding *f =
        df_change(s->cx, s->at, "%.*s has everything that this image runs",
                  DF_STR_ARG(s->slim));

    df_replace(f, s->at, s->slim);
    if (image->full_mb > image->slim_mb && image->slim_mb > 0)
        df_saves(f, image->full_mb - image->slim_mb);
    add_condition(f, s);
}

static void check(subject *s)
{
    df_arena *a = df_cx_arena(s->cx);
    df_context *context = df_cx_context(s->cx);

    s->use = df_use_find(a, s->facts, context, s->stage);
    s->deps = df_deps_find(a, s->facts, context, s->use);
    check_calls(s);
    check_deps(s);
    check_manuals(s);
    check_headers(s);
    check_unseen(s);
    check_programs(s);
    check_source(s);
}

/* Written out, and not only after a variable was filled in. */
static bool is_literal(const df_stage *stage)
{
    return df_str_eq(stage->image_word.str, stage->image) &&
           stage->image_word.span.len == stage->image.len;
}

static void look_at(df_pass_ctx *cx, const df_stage *stage)
{
    df_arena *a = df_cx_arena(cx);
    subject s = {.cx = cx,
                 .facts = df_cx_facts(cx),
                 .stage = stage,
                 .at = stage->image_word.span};
    df_str tag;

    if (stage->base || !stage->known || !stage->shipped)
        return;
    report_end_of_life(cx, stage);
    if (stage->windows || stage->digest.len || !*stage->known->lacks)
        return;
    tag = df_kb_slim_tag(a, stage->known, stage->tag);
    if (!tag.len)
        return;
    if (!is_literal(stage)) {
        df_decline(cx, s.at,
                   "the tag comes from a variable; %.*s has a "
                   "smaller sibling, %.*s",
                   DF_STR_ARG(stage->image), DF_STR_ARG(tag));
        return;
    }
    s.slim = df_stage_retag(a, stage, tag);
    check(&s);
    if (!s.declined)
        propose(&s);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);

    for (uint32_t i = 0; i < facts->nstages; i++)
        look_at(cx, &facts->stages[i]);
}

DF_PASS(slim_base) = {
    .name = "slim-base",
    .summary = "build on the slim sibling of a base image",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};
