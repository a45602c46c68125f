/* What has to be checked by somebody: see smaller.h. */
#include <dfopt/smaller.h>

#include <string.h>

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
