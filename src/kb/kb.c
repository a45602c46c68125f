/*
 * Lookups. Each is a binary search in the index of a section, first in the
 * user's rows and then in ours. A few thousand rows and some dozen lookups for
 * a document: nothing is cached, and so everything may be shared.
 */
#include "kb/kb.h"

#include <string.h>

#include "base/arena.h"
#include "text/regex.h"

/* Entries of one key: [from, to). */
typedef struct {
    const df_kb_entry *from;
    const df_kb_entry *to;
} range;

static range whole(const df_knowledge *k, df_kb_section section)
{
    const df_kb_index *index = k ? &k->index[section] : NULL;

    if (!index || !index->count)
        return (range){NULL, NULL};
    return (range){index->entries, index->entries + index->count};
}

static const char *key_of(const df_kb_entry *e)
{
    return e->key;
}

static const char *sub_of(const df_kb_entry *e)
{
    return e->sub;
}

/* The first entry of r that is not below `name`. */
static const df_kb_entry *lower(range r, df_str name, int below,
                                const char *(*of)(const df_kb_entry *e))
{
    while (r.from < r.to) {
        const df_kb_entry *mid = r.from + (r.to - r.from) / 2;

        if (df_str_cmp(df_str_of(of(mid)), name) < below)
            r.from = mid + 1;
        else
            r.to = mid;
    }
    return r.from;
}

static range equal(range r, df_str name,
                   const char *(*of)(const df_kb_entry *e))
{
    return (range){lower(r, name, 0, of), lower(r, name, 1, of)};
}

static range find_key(const df_knowledge *k, df_kb_section section, df_str key)
{
    return equal(whole(k, section), key, key_of);
}

/* The row number + 1, or 0. */
static size_t find(const df_knowledge *k, df_kb_section section, df_str key,
                   df_str sub)
{
    range r = equal(find_key(k, section, key), sub, sub_of);

    return r.from < r.to ? (size_t)r.from->row + 1 : 0;
}

static const df_tool *find_tool(const df_knowledge *k, df_str name)
{
    size_t n = find(k, DF_KB_TOOLS, name, DF_STR(""));

    return n ? &k->tools[n - 1] : NULL;
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
    size_t n = find(kb->user, DF_KB_CACHES, name, sub);

    if (n)
        return &kb->user->caches[n - 1];
    n = find(kb->builtin, DF_KB_CACHES, name, sub);
    return n ? &kb->builtin->caches[n - 1] : NULL;
}

const df_ecosystem *df_kb_ecosystem(const df_kb *kb, df_str tool, df_str sub)
{
    df_str name = tool_name(kb, tool);
    size_t n = find(kb->user, DF_KB_ECOSYSTEMS, name, sub);

    if (n)
        return &kb->user->ecosystems[n - 1];
    n = find(kb->builtin, DF_KB_ECOSYSTEMS, name, sub);
    return n ? &kb->builtin->ecosystems[n - 1] : NULL;
}

/*
 * Run a pattern on a tag. Without memory, or with a bad pattern (none passes
 * the loader), the answer is "no match": nothing is known of the image then.
 */
static bool matches(const char *pattern, df_str tag)
{
    df_arena scratch;
    volatile bool found = false;
    jmp_buf oom;
    df_regex *re;
    df_err err;

    if (!*pattern)
        return true;
    df_arena_init(&scratch, NULL, &oom);
    if (!setjmp(oom)) {
        re = df_regex_new(&scratch, pattern, &err);
        found = re && df_regex_match(re, &scratch, tag, NULL);
    }
    df_arena_release(&scratch);
    return found;
}

static const df_image *find_image(const df_knowledge *k, df_str repo,
                                  df_str tag)
{
    range r = find_key(k, DF_KB_IMAGES, repo);

    for (; r.from < r.to; r.from++)
        if (matches(k->images[r.from->row].pattern, tag))
            return &k->images[r.from->row];
    return NULL;
}

const df_image *df_kb_image(const df_kb *kb, df_str repo, df_str tag)
{
    const df_image *image = find_image(kb->user, repo, tag);

    return image ? image : find_image(kb->builtin, repo, tag);
}

/* `$1-slim` is `-slim` where the first group took no part: `slim` is meant. */
df_str df_kb_slim_tag(df_arena *a, const df_image *image, df_str tag)
{
    df_str groups[DF_REGEX_GROUPS];
    df_str none = DF_STR("");
    df_regex *re;
    df_str slim;
    df_err err;

    if (!image->slim)
        return none;
    re = df_regex_new(a, image->pattern, &err);
    if (!re || !df_regex_match(re, a, tag, groups))
        return none;
    slim = df_regex_fill(a, image->slim, groups);
    if (df_str_starts(slim, "-"))
        slim = df_str_from(slim, 1);
    return df_str_eq(slim, tag) ? none : slim;
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

static const char *find_eol(const df_knowledge *k, df_str product, df_str tag)
{
    range r = find_key(k, DF_KB_EOL, product);
    const char *date = NULL;
    size_t best = 0;

    for (; r.from < r.to; r.from++) {
        size_t len = strlen(r.from->sub);

        if (len > best && in_cycle(tag, r.from->sub)) {
            best = len;
            date = k->eols[r.from->row].date;
        }
    }
    return date;
}

const char *df_kb_eol(const df_kb *kb, const char *product, df_str tag)
{
    df_str name = df_str_of(product);
    const char *date = find_eol(kb->user, name, tag);

    return date ? date : find_eol(kb->builtin, name, tag);
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
    size_t n;

    if (df_str_is(name, "pip"))
        package = normal_pip(package, room, sizeof room);
    n = find(kb->user, DF_KB_NATIVES, name, package);
    if (n)
        return &kb->user->natives[n - 1];
    n = find(kb->builtin, DF_KB_NATIVES, name, package);
    return n ? &kb->builtin->natives[n - 1] : NULL;
}

const df_load *df_kb_load_of(const df_kb *kb, const char *ecosystem,
                             df_str package)
{
    df_str name = df_str_of(ecosystem);
    char room[256];
    size_t n;

    if (df_str_is(name, "pip"))
        package = normal_pip(package, room, sizeof room);
    n = find(kb->user, DF_KB_LOADS, name, package);
    if (n)
        return &kb->user->loads[n - 1];
    n = find(kb->builtin, DF_KB_LOADS, name, package);
    return n ? &kb->builtin->loads[n - 1] : NULL;
}

static const df_package *find_package(const df_kb *kb, df_str name)
{
    size_t n = find(kb->user, DF_KB_PACKAGES, name, DF_STR(""));

    if (n)
        return &kb->user->packages[n - 1];
    n = find(kb->builtin, DF_KB_PACKAGES, name, DF_STR(""));
    return n ? &kb->builtin->packages[n - 1] : NULL;
}

/* Packages that bring packages: no row of ours goes deeper than this. */
enum { BRINGS_DEPTH = 4 };

static bool brings(const df_kb *kb, df_str package, df_str command,
                   bool recommends, int depth)
{
    const df_package *p = depth ? find_package(kb, package) : NULL;

    if (!p)
        return false;
    if (df_str_in(command, p->commands))
        return true;
    for (df_strings s = p->brings; *s; s++)
        if (brings(kb, df_str_of(*s), command, recommends, depth - 1))
            return true;
    for (df_strings s = p->recommends; recommends && *s; s++)
        if (brings(kb, df_str_of(*s), command, recommends, depth - 1))
            return true;
    return false;
}

bool df_kb_brings(const df_kb *kb, df_str package, df_str command,
                  bool recommends)
{
    return brings(kb, package, command, recommends, BRINGS_DEPTH);
}

const df_recommend *df_kb_recommend(const df_kb *kb, df_str tool, df_str sub)
{
    size_t n = find(kb->user, DF_KB_RECOMMENDS, tool, sub);

    if (n)
        return &kb->user->recommends[n - 1];
    n = find(kb->builtin, DF_KB_RECOMMENDS, tool, sub);
    return n ? &kb->builtin->recommends[n - 1] : NULL;
}

const df_bundler *df_kb_bundler(const df_kb *kb, df_str tool, df_str sub)
{
    size_t n = find(kb->user, DF_KB_BUNDLERS, tool, sub);

    if (n)
        return &kb->user->bundlers[n - 1];
    n = find(kb->builtin, DF_KB_BUNDLERS, tool, sub);
    return n ? &kb->builtin->bundlers[n - 1] : NULL;
}

const df_server *df_kb_server(const df_kb *kb, df_str tool)
{
    size_t n = find(kb->user, DF_KB_SERVERS, tool, DF_STR(""));

    if (n)
        return &kb->user->servers[n - 1];
    n = find(kb->builtin, DF_KB_SERVERS, tool, DF_STR(""));
    return n ? &kb->builtin->servers[n - 1] : NULL;
}

const df_runtime *df_kb_runtime(const df_kb *kb, const char *language)
{
    df_str name = df_str_of(language);
    size_t n = find(kb->user, DF_KB_RUNTIMES, name, DF_STR(""));

    if (n)
        return &kb->user->runtimes[n - 1];
    n = find(kb->builtin, DF_KB_RUNTIMES, name, DF_STR(""));
    return n ? &kb->builtin->runtimes[n - 1] : NULL;
}

const df_setting *df_kb_setting(const df_kb *kb, const char *pass)
{
    size_t n = find(kb->user, DF_KB_PASSES, df_str_of(pass), DF_STR(""));

    return n ? &kb->user->settings[n - 1] : NULL;
}
