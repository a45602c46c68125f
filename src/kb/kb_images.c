/* Lookups about images: siblings, releases, what layers hold. */
#include <string.h>

#include "kb/pack.h"
#include "text/regex.h"

/* `$1-slim` is `-slim` where the first group took no part: `slim` is meant. */
static bool fill(const df_kb *kb, df_arena *a, const df_sibling *s, df_str tag,
                 df_str *to_tag)
{
    df_str groups[DF_REGEX_GROUPS];
    const df_regex *re = df_kb_regex(kb, a, s->pattern);

    if (!re || !df_regex_match(re, a, tag, groups))
        return false;
    *to_tag = df_regex_fill(a, s->tag, groups);
    if (df_str_starts(*to_tag, "-"))
        *to_tag = df_str_from(*to_tag, 1);
    return true;
}

static const df_sibling *find_sibling(const df_kb *kb, const df_knowledge *k,
                                      df_arena *a, const char *kind,
                                      df_str repo, df_str tag, df_str *to_tag)
{
    df_kb_range r = df_kb_key(k, DF_KB_SIBLINGS, repo);

    for (; r.from < r.to; r.from++) {
        const df_sibling *s = &k->siblings[r.from->row];

        if (strcmp(s->kind, kind) == 0 && fill(kb, a, s, tag, to_tag))
            return s;
    }
    return NULL;
}

bool df_kb_sibling(const df_kb *kb, df_arena *a, const char *kind, df_str repo,
                   df_str tag, df_str *to, df_str *to_tag)
{
    const df_sibling *s =
        find_sibling(kb, kb->user, a, kind, repo, tag, to_tag);
    df_tag ignored;

    if (!s)
        s = find_sibling(kb, kb->builtin, a, kind, repo, tag, to_tag);
    if (!s || !*s->tag)
        return false;
    *to = *s->to ? df_str_of(s->to) : repo;
    if (df_str_eq(*to, repo) && df_str_eq(*to_tag, tag))
        return false;
    return !df_kb_tag(kb, repo, tag, &ignored) ||
           df_kb_tag(kb, *to, *to_tag, &ignored);
}

static df_str find_row(const df_kb *kb, df_kb_section section, df_str key,
                       df_str sub)
{
    return kb->builtin ? df_pack_find(&kb->builtin->packed[section], key, sub)
                       : DF_STR("");
}

/* Fields in the order of the rows in kb/pack.h. */

bool df_kb_tag(const df_kb *kb, df_str repo, df_str tag, df_tag *out)
{
    df_str row = find_row(kb, DF_KB_TAGS, repo, tag);

    if (!row.len)
        return false;
    df_pack_text(&row);
    out->release = df_pack_text(&row);
    out->tags = df_pack_list(&row);
    return true;
}

bool df_kb_layer(const df_kb *kb, df_str name, df_str suite, df_layer *out)
{
    df_str row = find_row(kb, DF_KB_LAYERS, name, suite);

    if (!row.len)
        return false;
    df_pack_text(&row);
    out->suite = df_pack_text(&row);
    out->on = df_pack_text(&row);
    out->level = df_pack_text(&row);
    out->packages = df_pack_unsigned(&row);
    out->mb = df_pack_double(&row);
    out->built_mb = df_pack_double(&row);
    out->adds = df_pack_list(&row);
    out->devel = df_pack_list(&row);
    return true;
}

bool df_kb_command(const df_kb *kb, df_str name, df_known_command *out)
{
    df_str row = find_row(kb, DF_KB_COMMANDS, name, DF_STR(""));

    if (!row.len)
        return false;
    df_pack_text(&row);
    out->packages = df_pack_list(&row);
    out->in = df_pack_list(&row);
    out->images = df_pack_list(&row);
    out->alpine = df_pack_text(&row).len > 0;
    out->apk = df_pack_text(&row);
    return true;
}

/* Do the tables describe a release of that name? */
static bool is_suite(const df_kb *kb, df_str name)
{
    return find_row(kb, DF_KB_LAYERS, DF_STR("debian"), name).len > 0;
}

df_str df_kb_suite(const df_kb *kb, df_str repo, df_str tag)
{
    df_tag known;
    df_str rest = tag;
    df_str word;

    if (df_kb_tag(kb, repo, tag, &known))
        return is_suite(kb, known.release) ? known.release : DF_STR("");
    while (rest.len) {
        df_str_cut(&rest, '-', &word);
        if (is_suite(kb, word))
            return word;
    }
    return DF_STR("");
}

bool df_kb_suite_at(const df_kb *kb, uint32_t n, df_str *suite)
{
    const df_packed *p =
        kb->builtin ? &kb->builtin->packed[DF_KB_LAYERS] : NULL;

    for (size_t i = 0; p && i < p->count; i++)
        if (df_pack_is(p, p->entries[i].key, DF_STR("debian")) && !n--) {
            *suite = df_pack_word(p, p->entries[i].sub);
            return true;
        }
    return false;
}

static const df_addon *find_addon(const df_knowledge *k, df_str suite,
                                  df_str package)
{
    df_kb_range r = df_kb_key(k, DF_KB_ADDONS, suite);
    const df_addon *best = NULL;

    for (; r.from < r.to; r.from++) {
        const df_addon *row = &k->addons[r.from->row];

        if (df_str_in(package, row->names) && (!best || row->mb < best->mb))
            best = row;
    }
    return best;
}

const df_addon *df_kb_addon(const df_kb *kb, df_str suite, df_str package)
{
    const df_addon *row = find_addon(kb->user, suite, package);

    return row ? row : find_addon(kb->builtin, suite, package);
}

const df_size *df_kb_size(const df_kb *kb, df_str repo, df_str suite, bool slim)
{
    df_kb_range r = df_kb_key(kb->builtin, DF_KB_SIZES, repo);

    for (; suite.len && r.from < r.to; r.from++) {
        const df_size *row = &kb->builtin->sizes[r.from->row];
        df_str tag = df_str_of(row->tag);

        if (df_str_has(tag, "slim") == slim &&
            df_str_eq(df_kb_suite(kb, repo, tag), suite))
            return row;
    }
    return NULL;
}
