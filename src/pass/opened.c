/* Which build context: see pass/opened.h. */
#include "pass/opened.h"

#include <dfopt/compose.h>
#include <dfopt/install.h>

#include <string.h>

#include "context/root.h"
#include "context/tree.h"

typedef struct {
    df_arena *arena;
    const df_options *options;
    const df_doc *doc;
    const df_facts *facts;
    df_opened out;
} opener;

static const char *path_of(const opener *o)
{
    const char *path = o->options->path;

    return path && strcmp(path, "-") != 0 ? path : NULL;
}

static df_context *open_at(const opener *o, const char *root)
{
    return df_context_open(o->arena, root, path_of(o));
}

static void take(opener *o, const char *root, df_err fault)
{
    o->out.root = root;
    o->out.context = open_at(o, root);
    *df_context_fault(o->out.context) = fault;
}

/* The only directory above that has what is missing here, or the one that a
 * compose file names; NULL: none. */
static const char *find_other(const opener *o, const df_absence *lacks)
{
    df_context *own = o->out.context;
    df_str stated = DF_STR("");
    bool named = df_compose_context(own, &stated);
    const char *root;

    if (!(named ? stated.len > 0 : lacks->sure))
        return NULL;
    root = df_context_root_with(o->arena, o->doc, path_of(o), lacks->names,
                                stated, df_context_fault(own));
    /* Opened for a look around: a directory that cannot be read is none that
     * anybody builds. */
    if (root && !named &&
        df_absence_elsewhere(o->arena, open_at(o, root), lacks->names))
        return NULL;
    return root;
}

/* `COPY . .` says nothing, but `npm ci` wants a package.json. */
static void follow_installs(opener *o)
{
    df_absence lacks = df_install_absent(o->arena, o->facts, o->out.context);
    const char *root = lacks.names.count ? find_other(o, &lacks) : NULL;

    if (!root)
        return;
    take(o, root, *df_context_fault(o->out.context));
    o->out.guessed = df_fmt(o->arena,
                            "%.*s, which %.*s needs, is not beside this file "
                            "but in",
                            DF_STR_ARG(lacks.names.names[0]),
                            DF_STR_ARG(df_install_name(o->arena, lacks.by)));
    o->out.by = lacks.by->run->instr->keyword;
    o->out.again = true;
}

/* A compose file builds this Dockerfile from a directory above, which has what
 * COPY names. False: none does. */
static bool follow_compose(opener *o)
{
    df_context *own = o->out.context;
    df_str stated;
    const char *root;

    if (!df_compose_context(own, &stated) || !stated.len)
        return false;
    root =
        df_context_root_with(o->arena, o->doc, path_of(o), (df_names){NULL, 0},
                             stated, df_context_fault(own));
    if (!root)
        return false;
    take(o, root, *df_context_fault(own));
    o->out.stated = true;
    o->out.guessed = DF_STR("a compose file builds this file from");
    o->out.by = o->doc->instrs[0]->keyword;
    return true;
}

df_opened df_open_context(df_arena *a, const df_options *options,
                          const df_doc *doc, const df_facts *facts)
{
    opener o = {.arena = a, .options = options, .doc = doc, .facts = facts};
    const char *root = options->context;
    const df_instr *by = NULL;
    df_err fault = {.code = DF_OK};

    if (!root)
        root = df_context_root(a, doc, path_of(&o), &by, &fault);
    take(&o, root, fault);
    if (by) {
        o.out.guessed = DF_STR("what it copies is not beside this file but in");
        o.out.by = by->keyword;
    } else if (facts && path_of(&o) && !options->context &&
               !follow_compose(&o)) {
        follow_installs(&o);
    }
    return o.out;
}
