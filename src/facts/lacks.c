/* What a smaller image lacks: see smaller.h. */
#include <dfopt/smaller.h>

#include <string.h>

#include "facts/build.h"
#include "facts/lacks.h"
#include "facts/version.h"

/* The first reason counts. */
void df_lacks_say(df_smaller *s, df_span at, df_str why)
{
    if (s->why.len)
        return;
    s->at = at;
    s->why = why;
}

bool df_lacks(const df_smaller *s, df_str name, const df_call *call)
{
    return df_smaller_drops(s, name) &&
           !df_use_brings(s->facts, s->use, name, call);
}

/* Debian's Python, called by its path, is not the image's own. */
static df_str needed(const df_call *call)
{
    return df_str_starts(call->path, "/usr/bin/python")
               ? DF_STR("libpython3-stdlib")
               : call->name;
}

bool df_lacks_add(df_smaller *s, df_str name, df_str who, const df_call *call)
{
    df_str package = df_smaller_package(s, name);
    df_lack lack = {name, package, who, call && call->builds ? call : NULL};

    if (!package.len)
        return false;
    for (uint32_t i = 0; i < s->nlacks; i++) {
        df_lack *l = &s->lacks[i];

        if (!df_str_eq(l->package, package))
            continue;
        if (lack.call && (!l->call || lack.call < l->call))
            l->call = lack.call;
        return true;
    }
    *df_push(s->arena, s, lacks) = lack;
    for (uint32_t i = s->nlacks - 1; i > 0; i--) {
        df_lack *l = &s->lacks[i];

        if (df_str_cmp(l[-1].package, lack.package) <= 0)
            break;
        *l = l[-1];
        l[-1] = lack;
    }
    return true;
}

/* On alpine everything is missing of which it is not known to be there: not so
 * what the shell does itself, and files that are named by their path. */
static bool is_own_file(const df_smaller *s, const df_call *call)
{
    df_known_command ignored;

    if (strcmp(s->known->family, "alpine") != 0)
        return false;
    return df_str_in(call->path, df_kb_words(s->facts->kb, "shell-builtins")) ||
           (df_str_find_char(call->path, '/') != SIZE_MAX &&
            !df_kb_command(s->facts->kb, call->name, &ignored));
}

static void check_calls(df_smaller *s)
{
    for (uint32_t i = 0; i < s->use->ncalls && !s->why.len; i++) {
        const df_call *call = &s->use->calls[i];
        const char *instr = df_instr_name(call->instr->kind);
        df_str by = call->via.len ? call->via : df_str_of(instr);

        if (is_own_file(s, call) || !df_lacks(s, needed(call), call) ||
            df_lacks_add(s, needed(call), by, call))
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

        if (df_lacks(s, name, call))
            return name;
        if (df_str_is(name, "gcc") && df_lacks(s, DF_STR("libc6-dev"), call))
            return DF_STR("libc6-dev");
    }
    return DF_STR("");
}

static df_str where_of(const df_dep *dep)
{
    return dep->where.len ? dep->where : DF_STR("RUN");
}

static void decline_dep(df_smaller *s, const df_dep *dep, df_str name,
                        const char *why)
{
    SAY(s, s->stage->image_word.span,
        "%.*s lacks %.*s, which %.*s needs for `%.*s` (%s)",
        DF_STR_ARG(s->image), DF_STR_ARG(name), DF_STR_ARG(where_of(dep)),
        DF_STR_ARG(dep->name), why);
}

/* What a package calls or loads can be added; what compiles it is not. */
static void check_loads(df_smaller *s, const df_dep *dep)
{
    const df_load *load =
        df_kb_load_of(s->facts->kb, dep->ecosystem, dep->name);
    df_str who = df_fmt(s->arena, "`%.*s` of %.*s", DF_STR_ARG(dep->name),
                        DF_STR_ARG(where_of(dep)));

    for (df_strings n = load ? load->needs : NULL; n && *n; n++) {
        df_str name = df_str_of(*n);

        if ((dep->direct || s->from) && df_lacks(s, name, NULL) &&
            !df_lacks_add(s, name, who, NULL))
            decline_dep(s, dep, name, "it calls or loads it");
    }
}

/* npm and pip fetch it with git, which wants to know whom to trust. */
static void check_git(df_smaller *s, const df_dep *dep)
{
    static const char *const names[] = {"git", "ca-certificates", NULL};
    df_str who = df_fmt(s->arena, "`%.*s` of %.*s", DF_STR_ARG(dep->name),
                        DF_STR_ARG(where_of(dep)));

    for (const char *const *n = names; *n; n++)
        if (df_lacks(s, df_str_of(*n), dep->call) &&
            !df_lacks_add(s, df_str_of(*n), who, dep->call))
            decline_dep(s, dep, df_str_of(*n), "it comes from a repository");
}

/* There are artefacts for current releases: for this one, too? */
static void check_prebuilt(df_smaller *s, const df_dep *dep,
                           const df_native *native)
{
    df_str runtime = df_runtime_version(s->facts->kb, s->stage);

    bool other = s->stage->platform.len &&
                 !df_str_has(s->stage->platform, "amd64") &&
                 df_is_amd64_only(native, dep->version);

    if (!df_smaller_drops(s, DF_STR("gcc")) ||
        (!other && df_is_prebuilt(native, dep->version, runtime)))
        return;
    SAY(s, s->stage->image_word.span,
        "cannot tell whether there is a build of %.*s %.*s (%.*s) for %.*s "
        "%.*s; %.*s may lack what compiling it needs",
        DF_STR_ARG(dep->name), DF_STR_ARG(dep->version),
        DF_STR_ARG(where_of(dep)), DF_STR_ARG(s->stage->repo),
        DF_STR_ARG(runtime), DF_STR_ARG(s->image));
}

/* Nobody knows whether it is compiled: kept, and said if nothing else is. */
static void check_unknown(df_smaller *s, const df_dep *dep)
{
    if (df_kb_is_plain(s->facts->kb, dep->ecosystem, dep->name) ||
        df_str_is(dep->name, "git"))
        return;
    if (!s->unknown)
        s->unknown = dep;
    else if (!df_str_eq(s->unknown->name, dep->name))
        s->nunknown++;
}

/* Another libc than the larger image has? */
static bool is_alien(const df_smaller *s)
{
    return strcmp(s->known->family, s->stage->known->family) != 0;
}

/* What a package that was compiled above is linked with: of `pg_config`, which
 * libpq-dev brings, libpq5. */
static df_str library_of(const df_smaller *s, df_str need)
{
    df_known_command command;
    df_list packages = {DF_STR("")};
    df_str package = df_kb_package_with(s->facts->kb, need);
    const df_library *lib = df_kb_library(s->facts->kb, s->known->family, need);

    if (df_kb_command(s->facts->kb, need, &command))
        packages = command.packages;
    while (!lib && (package.len || df_list_next(&packages, &package))) {
        lib = df_kb_library(s->facts->kb, s->known->family, package);
        package = DF_STR("");
    }
    return lib && *lib->needs ? df_str_of(*lib->needs) : DF_STR("");
}

static void check_linked(df_smaller *s, const df_dep *dep,
                         const df_native *native)
{
    df_strings builds = df_kb_words(s->facts->kb, "builds-native");
    bool links = false;
    df_str who = df_fmt(s->arena, "`%.*s` of %.*s", DF_STR_ARG(dep->name),
                        DF_STR_ARG(where_of(dep)));

    for (df_strings n = native->needs; *n; n++) {
        df_str need = df_str_of(*n);
        df_str lib;

        links |= !df_str_in(need, builds);
        if (df_str_in(need, builds) || !df_lacks(s, need, NULL))
            continue;
        lib = library_of(s, need);
        if (!lib.len)
            decline_dep(s, dep, need, "what it is linked with is not known");
        else if (df_lacks(s, lib, NULL) && !df_lacks_add(s, lib, who, NULL))
            decline_dep(s, dep, lib, "it is linked with it");
    }
    if (df_str_in(dep->name, df_kb_words(s->facts->kb, "links-more")) ||
        (*native->needs && !links &&
         !df_str_in(dep->name, df_kb_words(s->facts->kb, "links-nothing"))))
        SAY(s, s->stage->image_word.span,
            "cannot tell whether %.*s has what `%.*s` (%.*s) is linked with "
            "when it is compiled",
            DF_STR_ARG(s->image), DF_STR_ARG(dep->name),
            DF_STR_ARG(where_of(dep)));
}

/* One that is installed above, in the larger image, and runs on the smaller. */
static void check_built(df_smaller *s, const df_dep *dep,
                        const df_native *native)
{
    if (native)
        check_linked(s, dep, native);
    if (native && !*native->needs)
        check_prebuilt(s, dep, native);
    if (!native && !dep->plain)
        check_unknown(s, dep);
}

static void check_dep(df_smaller *s, const df_dep *dep)
{
    const df_native *native =
        df_kb_native(s->facts->kb, dep->ecosystem, dep->name);
    df_str name =
        native ? first_missing(s, native->needs, dep->call) : DF_STR("");

    if (s->from) {
        check_built(s, dep, native);
        check_loads(s, dep);
        return;
    }
    if (name.len)
        decline_dep(s, dep, name, native->why);
    else if (native && !*native->needs && is_alien(s) && !native->musl &&
             !native->optional)
        SAY(s, s->stage->image_word.span,
            "%.*s has musl, and nobody knows of a build of `%.*s` (%.*s) for "
            "it",
            DF_STR_ARG(s->image), DF_STR_ARG(dep->name),
            DF_STR_ARG(where_of(dep)));
    else if (native && !*native->needs)
        check_prebuilt(s, dep, native);
    else if (!native && !dep->plain)
        check_unknown(s, dep);
    check_loads(s, dep);
    if (dep->git)
        check_git(s, dep);
    if (df_str_is(dep->name, "setup.py") &&
        df_lacks(s, DF_STR("gcc"), dep->call))
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
    const df_stage *root = from->root;
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
    for (const df_stage *t = s->stage; t; t = t->next)
        for (uint32_t k = 0; k < t->ninstrs; k++) {
            const df_flag *flag = df_instr_flag(t->instrs[k], "from");
            const df_stage *from =
                flag ? df_stage_find(s->facts, flag->value, t->index, true)
                     : NULL;

            if (from && from->root != s->stage &&
                df_str_eq(from->root->repo, s->stage->repo))
                check_compiled(s, t->instrs[k], from);
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

static void say_unknown(df_smaller *s)
{
    const df_dep *dep = s->unknown;
    df_str more = s->nunknown
                      ? df_fmt(s->arena, " and %u more are", s->nunknown)
                      : DF_STR(" is");

    if (!dep || !df_smaller_drops(s, DF_STR("gcc")))
        return;
    SAY(s, s->stage->image_word.span,
        "cannot tell whether `%.*s` (%.*s)%.*s compiled when installed; "
        "nothing else speaks against %.*s",
        DF_STR_ARG(dep->name), DF_STR_ARG(where_of(dep)), DF_STR_ARG(more),
        DF_STR_ARG(s->image));
}

/* What is called by instructions from s->from on, or when the image runs. */
static const df_use *below(const df_smaller *s, const df_use *use)
{
    uint32_t off = df_span_end(s->facts->doc->instrs[s->from - 1]->lines);
    df_use *part = df_new(s->arena, df_use);

    for (uint32_t i = 0; i < use->ncalls; i++)
        if (!use->calls[i].builds || use->calls[i].instr->index >= s->from)
            *df_push(s->arena, part, calls) = use->calls[i];
    for (uint32_t i = 0; i < use->nunseen; i++)
        if (use->unseen[i].at.off >= off)
            *df_push(s->arena, part, unseen) = use->unseen[i];
    return part;
}

bool df_smaller_weigh(df_smaller *s, df_context *context)
{
    s->context = context;
    s->use = df_use_started(s->arena, s->facts, context, s->stage);
    s->deps = df_deps_find(s->arena, s->facts, context, s->use);
    if (s->from)
        s->use = below(s, s->use);
    check_calls(s);
    check_deps(s);
    check_copies(s);
    df_lacks_image(s);
    check_unseen(s);
    say_unknown(s);
    return s->why.len == 0;
}

bool df_smaller_find(df_smaller *s, df_arena *a, const df_facts *facts,
                     const df_stage *stage, const char *kind)
{
    const df_kb *kb = facts->kb;

    *s = (df_smaller){.arena = a, .facts = facts, .stage = stage, .kind = kind};
    if (!stage->known || stage->windows || stage->digest.len ||
        !df_kb_sibling(kb, a, kind, stage->repo, stage->tag, &s->to, &s->tag))
        return false;
    s->known = df_kb_image(a, kb, s->to, s->tag);
    s->suite = df_kb_suite(kb, stage->repo, stage->tag);
    s->image = df_stage_sibling(a, stage, s->to, s->tag);
    if (!s->known || (strcmp(kind, "alpine") != 0 &&
                      strcmp(s->known->family, stage->known->family) != 0))
        return false;
    /* Another image is another image, but for the one that it is made of. */
    if (strcmp(kind, "base") != 0 && !df_str_eq(s->to, stage->repo))
        return false;
    return (*s->known->holds ? *stage->known->holds != '\0'
                             : *s->known->lacks != NULL);
}
