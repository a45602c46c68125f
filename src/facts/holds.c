/* What images hold, and what one has that another has not: see smaller.h. */
#include <dfopt/smaller.h>

#include <string.h>

#include "base/map.h"

static bool is_own(const df_image *image, df_str name)
{
    for (df_strings o = image->own; *o; o++) {
        df_str own = df_str_of(*o);

        if (df_str_ends(own, "*")
                ? df_str_eq(df_str_slice(name, 0, own.len - 1),
                            df_str_slice(own, 0, own.len - 1))
                : df_str_eq(name, own))
            return true;
    }
    return false;
}

/* Libraries got `t64` behind their names when time became 64 bits wide. */
typedef struct {
    df_str name;
    df_str later; /* with it; empty: too long for a package */
    char room[128];
} names;

static void both_names(names *n, df_str name)
{
    n->name = name;
    n->later = DF_STR("");
    if (!name.len || name.len + 3 > sizeof n->room)
        return;
    memcpy(n->room, name.ptr, name.len);
    memcpy(n->room + name.len, "t64", 3);
    n->later = (df_str){n->room, name.len + 3};
}

static df_str in_list(df_list list, const names *n)
{
    df_str item = df_list_find(list, n->name);

    return item.len ? item : df_list_find(list, n->later);
}

/* A layer and those below it; no row of ours stands on more. */
typedef struct {
    df_layer layers[8];
    uint32_t n;
} tower;

static void climb(tower *t, const df_kb *kb, df_str name, df_str suite)
{
    t->n = 0;
    while (t->n < sizeof t->layers / sizeof *t->layers &&
           df_kb_layer(kb, name, suite, &t->layers[t->n]))
        name = t->layers[t->n++].on;
}

/* The package of one of the layers that has that name; empty: none. */
static df_str package_in(const tower *t, df_str package)
{
    df_str found = DF_STR("");
    names n;

    both_names(&n, package);
    for (uint32_t i = 0; i < t->n && !found.len; i++) {
        found = in_list(t->layers[i].adds, &n);
        if (!found.len)
            found = in_list(t->layers[i].devel, &n);
    }
    return found;
}

static df_str find_package(const df_kb *kb, df_str name, df_str suite,
                           df_str package)
{
    tower t;

    climb(&t, kb, name, suite);
    return package_in(&t, package);
}

/* "bookworm curl" among where a command is, for one of the layers. */
static bool at_level(const tower *t, df_str suite, df_list in)
{
    for (uint32_t i = 0; i < t->n; i++) {
        df_list rest = in;
        df_str level;

        while (t->layers[i].level.len && df_list_next(&rest, &level)) {
            df_str of;

            df_str_cut(&level, ' ', &of);
            if (df_str_eq(of, suite) && df_str_eq(level, t->layers[i].level))
                return true;
        }
    }
    return false;
}

static bool look_in_layer(const df_kb *kb, const df_image *image, df_str suite,
                          df_str name)
{
    df_known_command command;
    df_str package;
    tower t;

    climb(&t, kb, df_str_of(image->holds), suite);
    if (package_in(&t, name).len)
        return true;
    if (!df_kb_command(kb, name, &command))
        return false;
    if (df_list_has(command.images, df_str_of(image->name)))
        return true;
    while (df_list_next(&command.packages, &package))
        if (package_in(&t, package).len)
            return true;
    return at_level(&t, suite, command.in);
}

/* Only the last may have a blank in it. Empty: it does not fit. */
static df_str held_key(char *room, size_t size, const df_image *image,
                       df_str suite, df_str name)
{
    df_str parts[] = {df_str_of(image->name), df_str_of(image->holds), suite,
                      name};
    size_t len = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].len + 1 > size - len)
            return DF_STR("");
        if (parts[i].len)
            memcpy(room + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
        room[len++] = ' ';
    }
    return (df_str){room, len};
}

/* More are not kept: a file may name as many as it likes. */
enum { MOST_HELD = 10000 };

static void keep_held(df_map *held, df_str key, bool holds)
{
    bool *kept;

    if (!key.len || held->nentries >= MOST_HELD)
        return;
    kept = df_new(held->arena, bool);
    *kept = holds;
    df_map_put(held, df_str_dup(held->arena, key), kept);
}

/* The same few commands are asked for again and again. */
static bool layer_holds(const df_kb *kb, const df_image *image, df_str suite,
                        df_str name)
{
    char room[128];
    df_str key = held_key(room, sizeof room, image, suite, name);
    const bool *kept = kb->held ? df_map_get(kb->held, key) : NULL;
    bool holds;

    if (kept)
        return *kept;
    holds = look_in_layer(kb, image, suite, name);
    if (kb->held)
        keep_held(kb->held, key, holds);
    return holds;
}

static bool alpine_holds(const df_kb *kb, const df_image *image, df_str name)
{
    df_known_command command;

    return df_kb_command(kb, name, &command) &&
           (command.alpine ||
            df_list_has(command.images, df_str_of(image->name)));
}

bool df_image_holds(const df_kb *kb, const df_image *image, df_str suite,
                    df_str name)
{
    if (df_str_in(name, image->lacks))
        return false;
    if (is_own(image, name))
        return true;
    return strcmp(image->family, "alpine") == 0
               ? alpine_holds(kb, image, name)
               : layer_holds(kb, image, suite, name);
}

/* The release of the images, or, if that is not known, the n-th of all. */
static bool suite_at(const df_smaller *s, uint32_t n, df_str *suite)
{
    if (!s->suite.len)
        return df_kb_suite_at(s->facts->kb, n, suite);
    *suite = s->suite;
    return n == 0;
}

bool df_smaller_drops(const df_smaller *s, df_str name)
{
    const df_kb *kb = s->facts->kb;
    const df_image *large = s->stage->known;
    df_str suite;

    if (df_str_in(name, s->known->lacks) && !is_own(s->known, name))
        return true;
    if (strcmp(s->known->family, "alpine") == 0 &&
        strcmp(large->family, "alpine") != 0)
        return !df_image_holds(kb, s->known, s->suite, name);
    for (uint32_t i = 0; *large->holds && suite_at(s, i, &suite); i++)
        if (df_image_holds(kb, large, suite, name) &&
            !df_image_holds(kb, s->known, suite, name))
            return true;
    return false;
}

bool df_smaller_drops_package(const df_smaller *s, df_str package)
{
    const df_kb *kb = s->facts->kb;
    df_str large = df_str_of(s->stage->known->holds);
    df_str small = df_str_of(s->known->holds);
    df_str suite;

    for (uint32_t i = 0; large.len && suite_at(s, i, &suite); i++)
        if (find_package(kb, large, suite, package).len &&
            !find_package(kb, small, suite, package).len)
            return true;
    return false;
}

static bool only_compiles(const df_kb *kb, df_str name, df_str suite,
                          df_str package)
{
    names n;
    tower t;

    both_names(&n, package);
    climb(&t, kb, name, suite);
    for (uint32_t i = 0; i < t.n; i++)
        if (in_list(t.layers[i].devel, &n).len)
            return true;
    return false;
}

/* A package of the larger image, and not of the smaller one, in a release. */
static df_str added(const df_smaller *s, df_str suite, df_str name)
{
    const df_kb *kb = s->facts->kb;
    df_str large = df_str_of(s->stage->known->holds);
    df_str found = find_package(kb, large, suite, name);

    if (!found.len ||
        find_package(kb, df_str_of(s->known->holds), suite, name).len ||
        only_compiles(kb, large, suite, name))
        return DF_STR("");
    return found;
}

/* The same name in every release that counts, or empty. */
static df_str added_in_all(const df_smaller *s, df_str name)
{
    df_str found = DF_STR("");
    df_str suite;

    for (uint32_t i = 0; suite_at(s, i, &suite); i++) {
        df_str one = added(s, suite, name);

        if (!one.len || (found.len && !df_str_eq(one, found)))
            return DF_STR("");
        found = one;
    }
    return found;
}

df_str df_smaller_package(const df_smaller *s, df_str name)
{
    df_known_command command;
    bool known = df_kb_command(s->facts->kb, name, &command);
    df_str found = DF_STR("");
    df_str package;

    if (strcmp(s->known->family, "alpine") == 0)
        return known ? command.apk : found;
    while (known && !found.len && df_list_next(&command.packages, &package))
        found = added_in_all(s, package);
    if (!found.len)
        found = added_in_all(s, name);
    if (!found.len)
        found = added_in_all(s, df_kb_package_with(s->facts->kb, name));
    return df_kb_rather(s->facts->kb, found);
}

static double compressed(const df_smaller *s)
{
    const df_kb *kb = s->facts->kb;
    const df_size *large = df_kb_size(kb, s->stage->repo, s->suite, false);
    const df_size *small = df_kb_size(kb, s->to, s->suite, true);

    return large && small && large->low > small->high ? large->low - small->high
                                                      : 0;
}

/* Take away what has to be added: more than it is, where packages share. */
static void take_additions(const df_smaller *s, df_saved *saved)
{
    for (uint32_t i = 0; i < s->nlacks; i++) {
        df_str package = s->lacks[i].package;
        const df_addon *addon = df_kb_addon(s->facts->kb, s->suite, package);
        bool seen = false;

        for (uint32_t k = 0; k < i; k++)
            seen |= addon && df_kb_addon(s->facts->kb, s->suite,
                                         s->lacks[k].package) == addon;
        if (!addon)
            saved->but = saved->but.len ? df_fmt(s->arena, "%.*s and %.*s",
                                                 DF_STR_ARG(saved->but),
                                                 DF_STR_ARG(package))
                                        : package;
        if (!addon || seen)
            continue;
        saved->at_least = true;
        saved->mb -= addon->mb;
        saved->packages -= addon->packages;
    }
}

df_saved df_smaller_saves(const df_smaller *s)
{
    const df_kb *kb = s->facts->kb;
    df_saved saved = {.mb = 0};
    df_layer large;
    df_layer small;

    if (!df_kb_layer(kb, df_str_of(s->stage->known->holds), s->suite, &large) ||
        !df_kb_layer(kb, df_str_of(s->known->holds), s->suite, &small))
        return saved;
    saved.built = large.built_mb > 0 && small.built_mb > 0;
    saved.mb =
        saved.built ? large.built_mb - small.built_mb : large.mb - small.mb;
    saved.packages = large.packages - small.packages;
    saved.compressed =
        s->nlacks || strcmp(s->kind, "slim") != 0 ? 0 : compressed(s);
    take_additions(s, &saved);
    return saved;
}
