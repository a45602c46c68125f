/* What gem and bundler install. */
#include "base/map.h"
#include "facts/finder.h"

/*
 * Gemfile.lock: `    name (1.2.3)` or `    name (1.2.3-x86_64-linux)` below
 * GEM, `specs:`; the gems of GIT come from a repository.
 */
typedef struct {
    df_str name, version;
} entry;

static bool read_entry(df_str line, entry *e)
{
    if (!df_str_starts(line, "    ") || df_str_starts(line, "     "))
        return false;
    e->version = df_str_trim(line);
    df_str_cut(&e->version, ' ', &e->name);
    if (!df_str_starts(e->version, "("))
        return false;
    e->version = df_str_slice(e->version, 1, df_str_find_char(e->version, ')'));
    return true;
}

static df_str key_of(df_finder *f, df_str name, df_str version)
{
    return df_fmt(f->arena, "%.*s %.*s", DF_STR_ARG(name), DF_STR_ARG(version));
}

/* The versions that there are for a platform, compiled already: also
 * -x86_64-linux-gnu and -musl. */
static void gather_built(df_finder *f, df_str text, df_map *built)
{
    df_str line;
    entry e;

    df_map_init(built, f->arena);
    while (text.len) {
        size_t at;

        df_str_cut(&text, '\n', &line);
        if (!read_entry(line, &e))
            continue;
        at = df_str_find(e.version, "-x86_64-linux");
        if (at != SIZE_MAX)
            df_map_put(built, key_of(f, e.name, df_str_slice(e.version, 0, at)),
                       built);
    }
}

static bool is_built(df_finder *f, const df_map *built, const entry *e)
{
    return df_str_find_char(e->version, '-') != SIZE_MAX ||
           (built->nentries &&
            df_map_has(built, key_of(f, e->name, e->version)));
}

static void read_lock(df_finder *f, df_str text)
{
    df_map built;
    df_str line;
    entry e;

    gather_built(f, text, &built);
    f->like.direct = false;
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        if (df_str_starts(line, "GIT")) {
            f->like.git = true;
            df_found(f, DF_STR("git"));
            f->like.git = false;
        }
        if (read_entry(line, &e) && !is_built(f, &built, &e))
            df_found_version(f, e.name, e.version);
    }
}

static void find_bundle(df_finder *f)
{
    df_str lock = df_found_file(f, f->cmd->dir, DF_STR("Gemfile.lock"));
    df_str text;

    if (!lock.ptr || !df_context_read(f->cx, lock, &text)) {
        df_unread(f, DF_STR("Gemfile.lock"));
        return;
    }
    f->like.where = lock;
    read_lock(f, text);
}

void df_find_gem(df_finder *f)
{
    const df_sh_node *node = f->cmd->node;
    df_str version = DF_STR("");

    if (df_str_is(f->cmd->tool, "bundle")) {
        if (df_str_is(f->cmd->sub, "install") || !f->cmd->sub.len)
            find_bundle(f);
        return;
    }
    if (!df_str_is(f->cmd->sub, "install") && !df_str_is(f->cmd->sub, "i"))
        return;
    if (!df_cmd_value(f->cmd, "-v", &version))
        df_cmd_value(f->cmd, "--version", &version);
    for (df_operands it = df_cmd_all_operands(f->cmd); df_operands_next(&it);) {
        const df_sh_word *word = &node->words[it.at];

        /* What it depends on is not known, unless it is a gem that is. */
        if (word->is_plain &&
            (df_kb_native(f->facts->kb, "gem", word->value) ||
             df_kb_is_plain(f->facts->kb, "gem-install", word->value)))
            df_found_version(f, word->value, version);
        else
            df_unread(f, word->text);
    }
}
