/* What has to be checked by somebody: see smaller.h. */
#include <dfopt/smaller.h>

#include <string.h>

#include "facts/version.h"

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

static const df_native *native_of(const df_smaller *s, const df_dep *dep)
{
    return df_kb_native(s->facts->kb, dep->ecosystem, dep->name);
}

/* There is a build of the newest release, but maybe not of the newest one for
 * that version of the language. */
static bool may_lack_build(const df_smaller *s, const df_dep *dep)
{
    const df_native *native = native_of(s, dep);

    return native && !*native->needs && !dep->version.len &&
           !df_is_prebuilt(native, DF_STR("99999"),
                           df_runtime_version(s->facts->kb, s->stage));
}

static bool is_of_amd64(const df_smaller *s, const df_dep *dep)
{
    return df_is_amd64_only(native_of(s, dep), dep->version);
}

/* A lock file of npm before 7 or of yarn; empty: there is none. */
static df_str old_lock(const df_smaller *s)
{
    for (uint32_t i = 0; i < s->deps->nitems; i++)
        if (s->deps->items[i].scripts_unknown &&
            !df_kb_is_plain(s->facts->kb, "npm", s->deps->items[i].name))
            return s->deps->items[i].where;
    return DF_STR("");
}

/* Does a stage on this image copy from another one? */
static bool copies_from_stage(const df_smaller *s)
{
    for (const df_stage *t = s->stage; t; t = t->next)
        for (uint32_t k = 0; k < t->ninstrs; k++)
            if (t->instrs[k]->kind == DF_I_COPY &&
                df_instr_flag(t->instrs[k], "from"))
                return true;
    return false;
}

static void say(const df_smaller *s, df_str *text, const char *what,
                df_str names)
{
    if (names.len)
        *text = df_fmt(s->arena, "%.*s; %s%.*s", DF_STR_ARG(*text), what,
                       DF_STR_ARG(names));
}

df_str df_smaller_conditions(const df_smaller *s)
{
    bool jre = strcmp(s->kind, "jre") == 0;
    df_str text = DF_STR(
        "neither the program, nor who runs it (a probe of compose "
        "or Kubernetes, say), starts a command that the smaller image lacks, "
        "such as git, curl or make");

    if (jre)
        text = df_fmt(s->arena,
                      "%.*s; the program compiles nothing when it runs, and "
                      "starts no tool of the JDK",
                      DF_STR_ARG(text));
    say(s, &text, "there are builds for linux of ", list(s, may_lack_build));
    if (!s->stage->platform.len)
        say(s, &text, "it is built for amd64, as there is no other build of ",
            list(s, is_of_amd64));
    if (df_str_is(s->stage->repo, "openjdk") && df_str_has(s->tag, "slim"))
        text = df_fmt(s->arena, "%.*s; it draws no text (java.awt, reports)",
                      DF_STR_ARG(text));
    if (df_str_is(s->stage->repo, "debian"))
        text = DF_STR("nobody reads manuals, documentation or translations "
                      "(/usr/share/doc, man, locale), without which packages "
                      "are installed on a slim image");
    if (old_lock(s).len)
        text = df_fmt(s->arena,
                      "%.*s; no install script compiles something (%.*s does "
                      "not tell)",
                      DF_STR_ARG(text), DF_STR_ARG(old_lock(s)));
    if (copies_from_stage(s))
        text = df_fmt(s->arena,
                      "%.*s; what COPY --from brings needs no library that "
                      "the smaller image lacks",
                      DF_STR_ARG(text));
    return text;
}
