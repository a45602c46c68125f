/* RUNs that install packages: see dfopt/packages.h. */
#include <dfopt/packages.h>

#include <dfopt/style.h>

#include <string.h>

/* Longer lists stand one to a line. */
enum { LINE = 60, INDENT = 6 };

static df_str list(df_arena *a, const df_facts *facts, const df_packages *p)
{
    df_str nl = df_newline(facts->doc);
    size_t length = 0;
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < p->nnames; i++)
        length += p->names[i].len + 1;
    for (uint32_t i = 0; i < p->nnames; i++)
        out = length > LINE ? df_fmt(a, "%.*s %c%.*s%*s%.*s", DF_STR_ARG(out),
                                     facts->doc->escape, DF_STR_ARG(nl), INDENT,
                                     "", DF_STR_ARG(p->names[i]))
                            : df_fmt(a, "%.*s %.*s", DF_STR_ARG(out),
                                     DF_STR_ARG(p->names[i]));
    return out;
}

static df_str apk(df_arena *a, const df_facts *facts, const df_packages *p)
{
    df_str and = df_style_and(a, facts->doc, facts->style);
    df_str names = list(a, facts, p);

    if (!p->upgrades)
        return df_fmt(a, "%s apk add --no-cache%.*s", p->run,
                      DF_STR_ARG(names));
    return df_fmt(a, "%s apk upgrade --no-cache%.*s%s%.*s", p->run,
                  DF_STR_ARG(p->nnames ? and : DF_STR("")),
                  p->nnames ? "apk add --no-cache" : "", DF_STR_ARG(names));
}

static df_str apt(df_arena *a, const df_facts *facts, const df_packages *p)
{
    df_str and = df_style_and(a, facts->doc, facts->style);
    df_str out = df_fmt(a, "%s apt-get update", p->run);

    if (p->upgrades)
        out = df_fmt(a, "%.*s%.*sapt-get upgrade -y", DF_STR_ARG(out),
                     DF_STR_ARG(and));
    if (p->nnames)
        out = df_fmt(a, "%.*s%.*s%.*sapt-get install -y%s%.*s", DF_STR_ARG(out),
                     DF_STR_ARG(and), DF_STR_ARG(p->assigns),
                     p->recommends ? "" : " --no-install-recommends",
                     DF_STR_ARG(list(a, facts, p)));
    return df_fmt(a, "%.*s%.*srm -rf /var/lib/apt/lists/*", DF_STR_ARG(out),
                  DF_STR_ARG(and));
}

df_str df_packages_run(df_arena *a, const df_facts *facts,
                       const df_packages *packages)
{
    return strcmp(packages->family, "alpine") == 0 ? apk(a, facts, packages)
                                                   : apt(a, facts, packages);
}
