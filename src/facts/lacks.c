/* What a smaller image lacks: see lacks.h. */
#include <dfopt/lacks.h>

#include <string.h>

#include "facts/build.h"

/* The first reason counts. */
static void say(df_smaller *s, df_span at, df_str why)
{
    if (s->why.len)
        return;
    s->at = at;
    s->why = why;
}

#define SAY(s, at, ...) say(s, at, df_fmt((s)->arena, __VA_ARGS__))

/* Libraries and headers are never in the slim image, nor Debian's Python. */
static bool lacks(const df_smaller *s, df_str name)
{
    return df_str_in(name, s->stage->known->lacks) || df_str_has(name, ".so") ||
           df_str_ends(name, "-dev") || df_str_starts(name, "/usr/bin/python");
}

static bool missing(const df_smaller *s, df_str name, const df_call *call)
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

static void check_calls(df_smaller *s)
{
    for (uint32_t i = 0; i < s->use->ncalls && !s->why.len; i++) {
        const df_call *call = &s->use->calls[i];
        const char *who = df_instr_name(call->instr->kind);
        df_str by = call->via.len ? call->via : df_str_of(who);

        if (!missing(s, needed(call), call))
            continue;
        SAY(s, call->at, "%.*s lacks %.*s, which %.*s %s", DF_STR_ARG(s->image),
            DF_STR_ARG(call->path), DF_STR_ARG(by),
            df_str_eq(call->name, call->path) ? "calls" : "needs");
    }
}

/* The first of the commands that is missing; empty: none. A compiler without
 * the headers of the C library compiles nothing. */
static df_str first_missing(const df_smaller *s, df_strings needs,
                            const df_call *call)
{
    for (; *needs; needs++) {
        df_str name = df_str_of(*needs);

        if (missing(s, name, call))
            return name;
        if (df_str_is(name, "gcc") && missing(s, DF_STR("libc6-dev"), call))
            return DF_STR("libc6-dev");
    }
    return DF_STR("");
}

static void decline_dep(df_smaller *s, const df_dep *dep, df_str name,
                        const char *why)
{
    df_str where = dep->where.len ? dep->where : DF_STR("RUN");

    SAY(s, s->stage->image_word.span,
        "%.*s lacks %.*s, which %.*s needs for `%.*s` (%s)",
        DF_STR_ARG(s->image), DF_STR_ARG(name), DF_STR_ARG(where),
        DF_STR_ARG(dep->name), why);
}

static void check_dep(df_smaller *s, const df_dep *dep)
{
    const df_native *native =
        df_kb_native(s->facts->kb, dep->ecosystem, dep->name);
    const df_load *load =
        df_kb_load_of(s->facts->kb, dep->ecosystem, dep->name);
    df_str name =
        native ? first_missing(s, native->needs, dep->call) : DF_STR("");

    if (name.len) {
        decline_dep(s, dep, name, native->why);
        return;
    }
    name =
        load && dep->direct ? first_missing(s, load->needs, NULL) : DF_STR("");
    if (name.len)
        decline_dep(s, dep, name, "it calls or loads it");
    else if (dep->git && missing(s, DF_STR("git"), dep->call))
        decline_dep(s, dep, DF_STR("git"), "it comes from a repository");
    else if (df_str_is(dep->name, "setup.py") &&
             missing(s, DF_STR("gcc"), dep->call))
        decline_dep(s, dep, DF_STR("gcc"), "it has extension modules");
}

static void check_deps(df_smaller *s)
{
    for (uint32_t i = 0; i < s->deps->nitems && !s->why.len; i++)
        check_dep(s, &s->deps->items[i]);
    if (!s->why.len && s->deps->unread) {
        SAY(s, s->deps->unread_at,
            "cannot see what `%.*s` installs; %.*s may lack what it "
            "needs",
            DF_STR_ARG(s->deps->unread_name), DF_STR_ARG(s->image));
    }
}

/* What another stage compiled may be linked with what the image lacks. */
static void check_compiled(df_smaller *s, const df_instr *copy,
                           const df_stage *from)
{
    const df_stage *root = df_stage_root(from);
    const df_use *use = df_use_find(s->arena, s->facts, s->context, root);
    const df_deps *deps = df_deps_find(s->arena, s->facts, s->context, use);

    for (uint32_t i = 0; i < deps->nitems; i++) {
        const df_dep *dep = &deps->items[i];
        const df_native *native =
            df_kb_native(s->facts->kb, dep->ecosystem, dep->name);

        if (native && *native->needs)
            SAY(s, copy->keyword,
                "%.*s may lack a library that `%.*s`, compiled in another "
                "stage, is linked with",
                DF_STR_ARG(s->image), DF_STR_ARG(dep->name));
    }
    if (deps->unread)
        SAY(s, copy->keyword,
            "cannot see what `%.*s` installs in the other stage; %.*s may "
            "lack what it needs",
            DF_STR_ARG(deps->unread_name), DF_STR_ARG(s->image));
}

static void check_copies(df_smaller *s)
{
    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];

        for (uint32_t k = 0; df_stage_root(t) == s->stage && k < t->ninstrs;
             k++) {
            const df_flag *flag = df_instr_flag(t->instrs[k], "from");
            const df_stage *from =
                flag ? df_stage_find(s->facts, flag->value, i, true) : NULL;

            if (from && df_stage_root(from) != s->stage &&
                df_str_eq(df_stage_root(from)->repo, s->stage->repo))
                check_compiled(s, t->instrs[k], from);
        }
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
static void check_programs(df_smaller *s)
{
    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];

        if (s->why.len || !t->shipped || df_stage_root(t) != s->stage ||
            (t->used && i + 1 < s->facts->nstages) || has_program(t))
            continue;
        SAY(s, t->from->keyword,
            "cannot see what the image runs, without CMD and "
            "ENTRYPOINT; %.*s may lack some of it",
            DF_STR_ARG(s->image));
    }
}

static void check_unseen(df_smaller *s)
{
    const df_unseen *u = s->use->unseen;

    if (s->why.len || !s->use->nunseen)
        return;
    SAY(s, u->at, "cannot see what %.*s; %.*s may lack some of it",
        DF_STR_ARG(u->what), DF_STR_ARG(s->image));
}

/* Their installation makes links in a directory that slim images drop. */
static void check_manuals(df_smaller *s)
{
    static const char *const names[] = {
        "openjdk-*", "default-j*", "postgresql*", "ca-certificates-java", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->why.len || !call ||
        df_str_has(call->cmd->run->tree->text.str, "/usr/share/man"))
        return;
    SAY(s, call->at,
        "%.*s lacks /usr/share/man/man1, which the package %.*s may "
        "need to be installed",
        DF_STR_ARG(s->image), DF_STR_ARG(package));
}

/* Who installs headers compiles something. */
static void check_headers(df_smaller *s)
{
    static const char *const names[] = {"*-dev", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (s->why.len || !call || !missing(s, DF_STR("gcc"), NULL))
        return;
    SAY(s, call->at,
        "%.*s lacks gcc, which whatever %.*s is installed for needs",
        DF_STR_ARG(s->image), DF_STR_ARG(package));
}

/* The source of the program: does it start what is missing? */
static void check_source(df_smaller *s)
{
    static const char *const skip[] = {"node_modules", ".git",      "test",
                                       "tests",        "__tests__", NULL};
    df_arena *a = s->arena;
    df_context *context = s->context;

    for (uint32_t i = s->stage->index; i < s->facts->nstages; i++) {
        const df_stage *t = &s->facts->stages[i];
        df_files files;
        df_spawn spawn;

        if (s->why.len || df_stage_root(t) != s->stage)
            continue;
        files = df_copied_files(a, s->facts, context, t, 0, t->ninstrs, skip);
        if (files.missing.len) {
            SAY(s, s->stage->image_word.span,
                "%.*s is not in the build context: cannot tell whether "
                "%.*s has everything",
                DF_STR_ARG(files.missing), DF_STR_ARG(s->image));
            return;
        }
        spawn = df_spawn_find(context, &files, s->stage->known->lacks);
        if (!spawn.name.len || !missing(s, spawn.name, NULL))
            continue;
        SAY(s, s->stage->image_word.span,
            "%.*s lacks %.*s, which %.*s:%u starts", DF_STR_ARG(s->image),
            DF_STR_ARG(spawn.name), DF_STR_ARG(spawn.file), spawn.line);
    }
}

/* "a, b and 3 more" of packages for which `of` says so. */
static df_str list(const df_smaller *s,
                   bool (*of)(const df_smaller *, const df_dep *))
{
    enum { SHOWN = 3 };
    df_arena *a = s->arena;
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

static bool has_wheel(const df_smaller *s, const df_dep *dep)
{
    const df_native *native =
        df_kb_native(s->facts->kb, dep->ecosystem, dep->name);

    return strcmp(dep->ecosystem, "pip") == 0 && native && !*native->needs;
}

static bool runs_scripts(const df_smaller *s, const df_dep *dep)
{
    (void)s;
    return dep->scripts;
}

static bool is_pip(const df_smaller *s, const df_dep *dep)
{
    (void)s;
    return strcmp(dep->ecosystem, "pip") == 0;
}

static bool is_unvetted(const df_smaller *s, const df_dep *dep)
{
    return strcmp(dep->ecosystem, "npm") == 0 && !dep->vetted &&
           !df_kb_native(s->facts->kb, "npm", dep->name);
}

static bool is_vetted(const df_smaller *s, const df_dep *dep)
{
    (void)s;
    return dep->vetted;
}

/* Does a stage on this image copy from another one? */
static bool copies_from_stage(const df_smaller *s)
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

df_str df_smaller_conditions(const df_smaller *s)
{
    df_arena *a = s->arena;
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
    else if (list(s, is_unvetted).len && !list(s, is_vetted).len)
        text = df_fmt(a,
                      "%.*s; packages outside the knowledge base compile "
                      "nothing when they are installed",
                      DF_STR_ARG(text));
    if (copies_from_stage(s))
        text = df_fmt(a,
                      "%.*s; what COPY --from brings needs no library that "
                      "the slim image lacks",
                      DF_STR_ARG(text));
    return text;
}

bool df_smaller_lacks(df_smaller *s, df_span *at, df_str *why)
{
    check_calls(s);
    check_deps(s);
    check_copies(s);
    check_manuals(s);
    check_headers(s);
    check_unseen(s);
    check_programs(s);
    check_source(s);
    *at = s->at;
    *why = s->why;
    return s->why.len > 0;
}

df_smaller df_smaller_look(df_arena *a, const df_facts *facts,
                           df_context *context, const df_stage *stage,
                           df_str image)
{
    df_smaller s = {.arena = a,
                    .facts = facts,
                    .context = context,
                    .stage = stage,
                    .image = image};

    s.use = df_use_find(a, facts, context, stage);
    s.deps = df_deps_find(a, facts, context, s.use);
    return s;
}
