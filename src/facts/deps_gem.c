/* What gem and bundler install. */
#include "facts/finder.h"

/*
 * Gemfile.lock: `    name (1.2.3)` or `    name (1.2.3-x86_64-linux)` below
 * GEM, `specs:`; the gems of GIT come from a repository.
 */
static bool is_built(df_finder *f, df_str lock, df_str name, df_str version)
{
    df_str entry = df_fmt(f->arena, "    %.*s (%.*s-x86_64-linux",
                          DF_STR_ARG(name), DF_STR_ARG(version));

    return df_str_find_char(version, '-') != SIZE_MAX ||
           df_str_find(lock, df_cstr(f->arena, entry)) != SIZE_MAX;
}

static void read_lock(df_finder *f, df_str text)
{
    df_str lock = text;
    df_str line;

    f->like.direct = false;
    while (text.len) {
        df_str name;
        df_str version;

        df_str_cut(&text, '\n', &line);
        if (df_str_starts(line, "GIT")) {
            f->like.git = true;
            df_found(f, DF_STR("git"));
            f->like.git = false;
        }
        if (!df_str_starts(line, "    ") || df_str_starts(line, "     "))
            continue;
        version = df_str_trim(line);
        df_str_cut(&version, ' ', &name);
        if (!df_str_starts(version, "("))
            continue;
        version = df_str_slice(version, 1, df_str_find_char(version, ')'));
        if (!is_built(f, lock, name, version))
            df_found_version(f, name, version);
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
