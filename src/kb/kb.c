/*
 * Lookups in the index of a section, first in the user's rows and then in ours:
 * by the hash of key and sub, or, for all rows of a key, by a binary search. A
 * few thousand rows and some hundred lookups for a document: nothing is cached,
 * and so everything may be shared.
 */
#include "kb/kb.h"

#include <string.h>

#include "base/arena.h"
#include "kb/schema.h"

/* Most differ in their first bytes: no length is counted. */
static int compare(const char *key, df_str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!key[i] || key[i] != name.ptr[i])
            return !key[i] || (unsigned char)key[i] < (unsigned char)name.ptr[i]
                       ? -1
                       : 1;
    return key[name.len] != '\0';
}

/* The first entry of r whose key is not below `name`, or is above it. */
static const df_kb_entry *lower(df_kb_range r, df_str name, int below)
{
    while (r.from < r.to) {
        const df_kb_entry *mid = r.from + (r.to - r.from) / 2;

        if (compare(mid->key, name) < below)
            r.from = mid + 1;
        else
            r.to = mid;
    }
    return r.from;
}

df_kb_range df_kb_key(const df_knowledge *k, df_kb_section section, df_str key)
{
    const df_kb_index *index = k ? &k->index[section] : NULL;
    df_kb_range all;

    if (!index || !index->count)
        return (df_kb_range){NULL, NULL};
    all = (df_kb_range){index->entries, index->entries + index->count};
    return (df_kb_range){lower(all, key, 0), lower(all, key, 1)};
}

/* The entry of both, in a section that is not ordered. */
static const df_kb_entry *entry_of(const df_kb_index *index, df_str key,
                                   df_str sub)
{
    uint32_t slot = df_kb_hash(key, sub);
    uint32_t at;

    while ((at = df_kb_slot(&index->slots, slot++)) != 0) {
        const df_kb_entry *e = &index->entries[at - 1];

        if (!compare(e->key, key) && !compare(e->sub, sub))
            return e;
    }
    return NULL;
}

static const void *find_in(const df_knowledge *k, df_kb_section section,
                           df_str key, df_str sub)
{
    const df_section *s = &df_sections[section];
    const df_kb_entry *e = k ? entry_of(&k->index[section], key, sub) : NULL;

    return e ? (const char *)df_section_rows(s, k) + s->size * e->row : NULL;
}

const void *df_kb_find(const df_kb *kb, df_kb_section section, df_str key,
                       df_str sub)
{
    const void *theirs = find_in(kb->user, section, key, sub);

    return theirs ? theirs : find_in(kb->builtin, section, key, sub);
}

static const df_tool *find_tool(const df_knowledge *k, df_str name)
{
    return find_in(k, DF_KB_TOOLS, name, DF_STR(""));
}

/* A user's row for pip is also found by an alias that our row has. */
const df_tool *df_kb_tool(const df_kb *kb, df_str name)
{
    const df_tool *theirs = find_tool(kb->user, name);
    const df_tool *ours;

    if (theirs)
        return theirs;
    ours = find_tool(kb->builtin, name);
    if (ours)
        theirs = find_tool(kb->user, df_str_of(ours->name));
    return theirs ? theirs : ours;
}

/* Rows of other sections name a tool by its name; aliases lead there. */
static df_str tool_name(const df_kb *kb, df_str tool)
{
    const df_tool *known = df_kb_tool(kb, tool);

    return known ? df_str_of(known->name) : tool;
}

const df_cache *df_kb_cache(const df_kb *kb, df_str tool, df_str sub)
{
    df_str name = tool_name(kb, tool);
    return df_kb_find(kb, DF_KB_CACHES, name, sub);
}

const df_ecosystem *df_kb_ecosystem(const df_kb *kb, df_str tool, df_str sub)
{
    df_str name = tool_name(kb, tool);
    return df_kb_find(kb, DF_KB_ECOSYSTEMS, name, sub);
}

const df_regex *df_kb_regex(const df_kb *kb, df_arena *a, const char *pattern)
{
    df_err err;

    if (!pattern)
        return NULL;
    return kb->patterns ? df_patterns_get(kb->patterns, pattern)
                        : df_regex_new(a, pattern, &err);
}

/* A bad pattern, of which none passes the loader, matches nothing. */
static bool matches(df_arena *scratch, const df_kb *kb, const char *pattern,
                    df_str tag)
{
    const df_regex *re;

    if (!*pattern)
        return true;
    re = df_kb_regex(kb, scratch, pattern);
    return re && df_regex_match(re, scratch, tag, NULL);
}

static const df_image *find_image(df_arena *scratch, const df_kb *kb,
                                  const df_knowledge *k, df_str repo,
                                  df_str tag)
{
    df_kb_range r = df_kb_key(k, DF_KB_IMAGES, repo);

    for (; r.from < r.to; r.from++)
        if (matches(scratch, kb, k->images[r.from->row].pattern, tag))
            return &k->images[r.from->row];
    return NULL;
}

const df_image *df_kb_image(df_arena *scratch, const df_kb *kb, df_str repo,
                            df_str tag)
{
    const df_image *image = find_image(scratch, kb, kb->user, repo, tag);

    return image ? image : find_image(scratch, kb, kb->builtin, repo, tag);
}

/*
 * Is the tag of that cycle? `14.17-alpine` and `14` are of 14, `140` is not;
 * `bookworm-slim` is of bookworm, `bookworms` is not.
 */
static bool in_cycle(df_str tag, const char *cycle)
{
    size_t n = strlen(cycle);

    if (n == 0 || !df_str_starts(tag, cycle))
        return false;
    if (tag.len == n)
        return true;
    return df_is_digit(cycle[n - 1]) ? !df_is_digit(tag.ptr[n])
                                     : !df_is_name(tag.ptr[n]);
}

static const df_eol *find_eol(const df_knowledge *k, df_str product, df_str tag)
{
    df_kb_range r = df_kb_key(k, DF_KB_EOL, product);
    const df_eol *row = NULL;
    size_t best = 0;

    for (; r.from < r.to; r.from++) {
        size_t len = strlen(r.from->sub);

        if (len > best && in_cycle(tag, r.from->sub)) {
            best = len;
            row = &k->eols[r.from->row];
        }
    }
    return row;
}

const df_eol *df_kb_eol(const df_kb *kb, const char *product, df_str tag)
{
    df_str name = df_str_of(product);
    const df_eol *row = find_eol(kb->user, name, tag);

    return row ? row : find_eol(kb->builtin, name, tag);
}

const df_eol *df_kb_supported(const df_kb *kb, const char *product,
                              const char *day)
{
    df_kb_range r = df_kb_key(kb->builtin, DF_KB_EOL, df_str_of(product));
    const df_eol *best = NULL;

    for (; r.from < r.to; r.from++) {
        const df_eol *row = &kb->builtin->eols[r.from->row];

        if (df_is_digit(row->cycle[0]) && *row->from &&
            strcmp(row->from, day) <= 0 && strcmp(row->date, day) > 0 &&
            (!best || strcmp(row->date, best->date) > 0))
            best = row;
    }
    return best;
}

/* PEP 503: in lower case, runs of `-_.` as one dash. Longer names are none. */
static df_str normal_pip(df_str name, char *room, size_t size)
{
    size_t n = 0;

    if (name.len > size)
        return DF_STR("");
    for (size_t i = 0; i < name.len; i++) {
        char c = df_lower(name.ptr[i]);

        if (c == '_' || c == '.')
            c = '-';
        if (c != '-' || !n || room[n - 1] != '-')
            room[n++] = c;
    }
    return (df_str){room, n};
}

const df_native *df_kb_native(const df_kb *kb, const char *ecosystem,
                              df_str package)
{
    df_str name = df_str_of(ecosystem);
    char room[256];

    if (df_str_is(name, "pip"))
        package = normal_pip(package, room, sizeof room);
    return df_kb_find(kb, DF_KB_NATIVES, name, package);
}

static bool is_plain(const df_knowledge *k, df_str ecosystem, df_str package)
{
    df_kb_range r = df_kb_key(k, DF_KB_PLAIN, ecosystem);

    return r.from < r.to && df_str_in(package, k->plains[r.from->row].names);
}

bool df_kb_is_plain(const df_kb *kb, const char *ecosystem, df_str package)
{
    df_str name = df_str_of(ecosystem);
    char room[256];

    if (df_str_is(name, "pip"))
        package = normal_pip(package, room, sizeof room);
    return is_plain(kb->user, name, package) ||
           is_plain(kb->builtin, name, package);
}

const df_load *df_kb_load_of(const df_kb *kb, const char *ecosystem,
                             df_str package)
{
    df_str name = df_str_of(ecosystem);
    char room[256];

    if (df_str_is(name, "pip"))
        package = normal_pip(package, room, sizeof room);
    return df_kb_find(kb, DF_KB_LOADS, name, package);
}

static const df_package *find_package(const df_kb *kb, df_str name)
{
    return df_kb_find(kb, DF_KB_PACKAGES, name, DF_STR(""));
}

df_str df_kb_package_with(const df_kb *kb, df_str command)
{
    const df_knowledge *k = kb->builtin;

    for (size_t i = 0; k && i < k->npackages; i++)
        if (df_str_in(command, k->packages[i].commands))
            return df_str_of(k->packages[i].name);
    return DF_STR("");
}

df_str df_kb_rather(const df_kb *kb, df_str package)
{
    const df_package *p = find_package(kb, package);

    return p && *p->rather ? df_str_of(p->rather) : package;
}

/* Is it the package, under the name that it has in one release or another? */
static bool is_package(df_str package, df_str name)
{
    return df_str_eq(package, name) ||
           (df_str_ends(package, "t64") &&
            df_str_eq(df_str_slice(package, 0, package.len - 3), name));
}

/* Packages that bring packages: no row of ours goes deeper than this. */
enum { BRINGS_DEPTH = 4 };

static bool brings(const df_kb *kb, df_str package, df_str name,
                   df_list packages, bool recommends, int depth)
{
    const df_package *p = find_package(kb, package);

    if (is_package(package, name) || df_list_has(packages, package))
        return true;
    if (!p || !depth)
        return false;
    if (df_str_in(name, p->commands))
        return true;
    for (df_strings s = p->brings; *s; s++)
        if (brings(kb, df_str_of(*s), name, packages, recommends, depth - 1))
            return true;
    for (df_strings s = p->recommends; recommends && *s; s++)
        if (brings(kb, df_str_of(*s), name, packages, recommends, depth - 1))
            return true;
    return false;
}

bool df_kb_brings(const df_kb *kb, df_str package, df_str name, bool recommends)
{
    df_known_command command;
    df_list packages = {DF_STR("")};

    if (df_kb_command(kb, name, &command))
        packages = command.packages;
    return brings(kb, package, name, packages, recommends, BRINGS_DEPTH);
}

const df_recommend *df_kb_recommend(const df_kb *kb, df_str tool, df_str sub)
{
    return df_kb_find(kb, DF_KB_RECOMMENDS, tool, sub);
}

const df_bundler *df_kb_bundler(const df_kb *kb, df_str tool, df_str sub)
{
    return df_kb_find(kb, DF_KB_BUNDLERS, tool, sub);
}

const df_server *df_kb_server(const df_kb *kb, df_str tool)
{
    return df_kb_find(kb, DF_KB_SERVERS, tool, DF_STR(""));
}

static const df_carry *find_carry(const df_knowledge *k, df_str tool,
                                  df_str sub, df_str image)
{
    df_kb_range r = df_kb_key(k, DF_KB_CARRIES, tool);

    for (; r.from < r.to; r.from++) {
        const df_carry *row = &k->carries[r.from->row];

        if (df_str_in(sub, row->on) &&
            (!image.ptr || df_str_in(image, row->images)))
            return row;
    }
    return NULL;
}

const df_carry *df_kb_carry(const df_kb *kb, df_str tool, df_str sub,
                            df_str image)
{
    const df_carry *row = find_carry(kb->user, tool, sub, image);

    return row ? row : find_carry(kb->builtin, tool, sub, image);
}

const df_maker_row *df_kb_maker(const df_kb *kb, df_str tool, df_str sub)
{
    return df_kb_find(kb, DF_KB_MAKERS, tool, sub);
}

const df_library *df_kb_library(const df_kb *kb, const char *family, df_str dev)
{
    return df_kb_find(kb, DF_KB_LIBRARIES, df_str_of(family), dev);
}

df_strings df_kb_words(const df_kb *kb, const char *list)
{
    static const char *const none[] = {NULL};
    const df_word_list *row =
        df_kb_find(kb, DF_KB_WORDS, df_str_of(list), DF_STR(""));

    return row ? row->words : none;
}

const df_runtime *df_kb_runtime(const df_kb *kb, const char *language)
{
    df_str name = df_str_of(language);
    return df_kb_find(kb, DF_KB_RUNTIMES, name, DF_STR(""));
}

const df_setting *df_kb_setting(const df_kb *kb, const char *pass)
{
    return find_in(kb->user, DF_KB_PASSES, df_str_of(pass), DF_STR(""));
}
