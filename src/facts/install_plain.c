/*
 * What an install reads as far as the knowledge says it: manifests, locks and
 * configuration of its row, and what patterns find in them.
 */
#include "facts/install.h"

#include <dfopt/wanted.h>

#include "base/limits.h"
#include "context/path.h"
#include "context/utf8.h"
#include "kb/kb.h"

#define MAX_DEPTH 5
#define MAX_SHOWN 60

/* --- files --- */

void df_need_config_at(df_reader *r, df_str path)
{
    uint32_t before = r->in->nneeds;
    df_str text;

    if (!df_need_add(r, path, false) || r->in->nneeds == before)
        return;
    path = r->in->needs[before].origin.path;
    if (r->in->needs[before].origin.kind != DF_FILE_REGULAR ||
        !df_context_read(r->b->context, path, &text))
        return;
    text = df_utf8_from(r->b->arena, text);
    df_need_config_text(r, path, text);
    df_need_named(r, path, text);
}

void df_need_config(df_reader *r, df_str name)
{
    df_str home = DF_STR("/root");

    if (!df_str_starts(name, "~/")) {
        df_need_config_at(r, df_need_path(r, r->in->dir, name));
        return;
    }
    df_need_config_at(r, df_need_path(r, home, df_str_from(name, 2)));
    if (df_str_starts(r->in->dir, "/home/"))
        df_need_config_at(r, df_need_path(r, r->in->dir, df_str_from(name, 2)));
}

/* Not brought, or brought from where nobody knows? */
static bool say_unknown(df_reader *r, df_str name)
{
    df_origin origin;

    df_need_find(r, df_need_path(r, r->in->dir, name), &origin);
    if (origin.copy)
        df_need_why(r, "where %.*s comes from is not known", DF_STR_ARG(name));
    return false;
}

static bool add_matching_of(df_reader *r, df_str dir, df_str pattern, bool main)
{
    df_names names = df_context_glob(
        r->b->context, df_context_join(r->b->arena, dir, pattern));
    bool found = false;

    for (uint32_t i = 0; i < names.count; i++)
        found |= df_need_add(
            r, df_need_path(r, r->in->dir, df_path_base(names.names[i])), main);
    return found;
}

/* `*.cabal`: what matches beside the others; false: nothing does. */
static bool add_matching(df_reader *r, df_str pattern, bool main)
{
    bool found = false;
    df_origin origin;

    if (df_need_find(r, r->in->dir, &origin) && origin.kind == DF_FILE_DIR)
        found = add_matching_of(r, origin.path, pattern, main);
    for (uint32_t i = 0; i < r->b->ncopies; i++) { /* COPY a.cabal ./ */
        const df_copied *copy = &r->b->copies[i];

        if (!copy->known || !df_str_eq(copy->dest, r->in->dir))
            continue;
        for (uint32_t k = 0; k < copy->nsources; k++)
            found |= add_matching_of(r, df_path_dir(copy->sources[k].path),
                                     pattern, main);
    }
    return found;
}

static bool add_entry(df_reader *r, df_str name, bool main)
{
    if (df_str_find_char(name, '*') != SIZE_MAX)
        return add_matching(r, name, main);
    return df_need_add(r, df_need_path(r, r->in->dir, name), main);
}

static void add_also(df_reader *r)
{
    uint32_t before = r->in->nneeds;

    for (df_strings m = r->in->eco->also; *m; m++)
        add_entry(r, df_str_of(*m), false);
    for (uint32_t i = before; i < r->in->nneeds; i++)
        r->in->needs[i].also = true;
}

bool df_install_manifests(df_reader *r)
{
    for (df_strings m = r->in->eco->manifests; *m; m++)
        if (!add_entry(r, df_str_of(*m), true)) {
            r->in->missing = df_need_path(r, r->in->dir, df_str_of(*m));
            return say_unknown(r, df_str_of(*m));
        }
    add_also(r);
    for (df_strings l = r->in->eco->locks; *l; l++)
        add_entry(r, df_str_of(*l), false);
    for (df_strings o = r->in->eco->other_locks;
         *o && !df_install_has_lock(r->in); o++)
        add_entry(r, df_str_of(*o), false);
    for (df_strings c = r->in->eco->config; *c; c++)
        df_need_config(r, df_str_of(*c));
    return true;
}

static void add_named_file(df_reader *r, df_str file)
{
    df_str path = df_need_path(r, r->in->cmd->dir, file);

    if (!df_need_add(r, path, true) && !r->in->missing.len)
        r->in->missing = path.ptr ? path : file;
}

/* Manifests that the command names itself; false: it names none. */
static bool add_named(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    bool found = false;
    df_str file;

    for (uint32_t i = cmd->sub_word + 1; i < cmd->node->nwords; i++) {
        if (!df_install_file_at(cmd, r->in->eco->file_options, i, &file))
            continue;
        found = true;
        if (!file.ptr)
            df_need_why(r, "which file %.*s reads is not known",
                        DF_STR_ARG(df_install_name(r->b->arena, cmd)));
        else
            add_named_file(r, file);
    }
    return found;
}

/* --- texts --- */

static bool matches(df_reader *r, const char *pattern, df_str text)
{
    const df_regex *re = df_kb_regex(r->in->cmd->run->kb, r->b->arena, pattern);

    return re && df_regex_match(re, r->b->arena, text, NULL);
}

/* The line of the text in which something was found, not too long. */
static df_str line_around(df_str text, df_str found)
{
    size_t from = (size_t)(found.ptr - text.ptr);
    size_t start, to;
    df_str line;

    while (from < text.len && df_is_space(text.ptr[from]))
        from++;
    start = to = from;
    while (from && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && text.ptr[to] != '\n')
        to++;
    line = df_str_trim(df_str_slice(text, from, to));
    if (line.len > MAX_SHOWN) /* then what was found itself */
        line = df_str_trim(df_str_slice(text, start, to));
    return line.len > MAX_SHOWN ? df_str_slice(line, 0, MAX_SHOWN) : line;
}

static void check_text(df_reader *r, df_str path, df_str text,
                       const char *pattern)
{
    const df_regex *re;
    df_str found;

    if (!pattern)
        return;
    text = df_utf8_from(r->b->arena, text);
    re = df_kb_regex(r->in->cmd->run->kb, r->b->arena, pattern);
    if (re && !df_regex_may_match(re, r->b->arena, text, &found))
        return;
    if (re && found.len)
        df_need_why(r, "%.*s may name more of the source: `%.*s`",
                    DF_STR_ARG(path), DF_STR_ARG(line_around(text, found)));
    else
        df_need_why(r, "%.*s may name more of the source", DF_STR_ARG(path));
}

void df_need_text(df_reader *r, df_str file, df_str text)
{
    check_text(r, file, text, r->in->eco->unless_text);
}

void df_need_config_text(df_reader *r, df_str file, df_str text)
{
    check_text(r, file, text, r->in->eco->unless_config);
}

/* "symfony/flex: symfony.lock": what names the one has to have the other, too.
 */
static void read_pair(df_reader *r, df_str path, df_str text, df_str pair)
{
    df_str name, file;

    df_str_cut(&pair, ':', &name);
    file = df_str_trim(pair);
    if (df_str_has(text, df_cstr(r->b->arena, name)) &&
        !df_need_add(r, df_need_path(r, r->in->dir, file), false))
        df_need_why(r, "%.*s names %.*s, and there is no %.*s",
                    DF_STR_ARG(path), DF_STR_ARG(name), DF_STR_ARG(file));
}

/* What the text of a manifest names travels, or keeps the install below. */
static void read_text(df_reader *r, df_str path)
{
    df_str text;

    if (!df_context_read(r->b->context, path, &text)) {
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(path));
        return;
    }
    df_need_text(r, path, text);
    for (df_strings n = r->in->eco->text_needs; *n; n++)
        if (df_str_has(text, *n))
            df_need_config(r, df_str_of(*n));
    for (df_strings n = r->in->eco->text_with; *n; n++)
        read_pair(r, path, text, df_str_of(*n));
}

/* A file, or those in a directory: sbt's `project`. */
static void read_texts(df_reader *r, df_str path, unsigned depth)
{
    df_names names;

    if (df_context_lookup(r->b->context, path) != DF_FILE_DIR) {
        read_text(r, path);
        return;
    }
    names = df_context_list(r->b->context, path);
    for (uint32_t i = 0; i < names.count && depth < MAX_DEPTH; i++)
        read_texts(r, df_context_join(r->b->arena, path, names.names[i]),
                   depth + 1);
}

/* A lock that the install writes anew would come back as it was. */
static void read_lock(df_reader *r, df_str path)
{
    const df_ecosystem *eco = r->in->eco;
    df_str text;

    if (eco->lock_text && df_str_in(df_path_base(path), eco->locks) &&
        (!df_context_read(r->b->context, path, &text) ||
         !matches(r, eco->lock_text, text)))
        df_need_why(r,
                    "the install may write %.*s anew, and COPY would undo "
                    "that",
                    DF_STR_ARG(path));
}

/* `php composer.phar`, `python -m poetry`: called by its interpreter alone. */
static bool is_called_plainly(const df_cmd *cmd)
{
    df_str first = df_path_base(cmd->node->words[0].text);

    return !cmd->wrapped ||
           (cmd->node->words[0].is_plain &&
            (df_str_is(first, "php") || df_str_starts(first, "python")));
}

/* May another host have a lock, of which git says nothing here? */
static bool may_have_lock(df_reader *r, df_str manifest)
{
    for (df_strings l = r->in->eco->locks; *l; l++)
        if (df_git_ignores(r->b->arena, r->b->context, df_image_dir(manifest),
                           df_str_of(*l)))
            return true;
    return false;
}

/* Without a lock both calls might find other versions, unless the first one
 * writes a lock, and all that differs for the second one is that there is one.
 */
static bool writes_lock(df_reader *r)
{
    const df_install *in = r->in;
    df_str text;

    for (uint32_t i = 0; i < in->nneeds; i++)
        if (in->needs[i].main &&
            (may_have_lock(r, in->needs[i].origin.path) ||
             !df_context_read(r->b->context, in->needs[i].origin.path, &text) ||
             matches(r, in->eco->unless_unlocked, text)))
            return false;
    return in->eco->unless_unlocked != NULL;
}

/* Can the command be called twice, the first time for the dependencies alone?
 */
static bool splits_in_two(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    return cmd->top && is_called_plainly(cmd) && !cmd->node->nredirs &&
           (df_install_has_lock(r->in) || writes_lock(r));
}

/* Is the dependency `name` in one of the locks? What was searched goes off
 * *left. */
static bool is_locked(df_reader *r, df_str name, size_t *left)
{
    df_str groups[DF_REGEX_GROUPS] = {name, name};

    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str text;

        if (r->in->needs[i].main ||
            !df_str_in(df_path_base(r->in->needs[i].origin.path),
                       r->in->eco->locks) ||
            !df_context_read(r->b->context, r->in->needs[i].origin.path, &text))
            continue;
        *left -= text.len < *left ? text.len + 1 : *left;
        for (df_strings l = r->in->eco->locked; *l; l++)
            if (df_str_has(text,
                           df_cstr(r->b->arena,
                                   df_regex_fill(r->b->arena, *l, groups))))
                return true;
    }
    return false;
}

/* A lock that lacks a dependency: the install adds it. */
static void check_locked(df_reader *r, df_str path)
{
    df_str groups[DF_REGEX_GROUPS];
    size_t left = DF_MAX_SEARCHED;
    const df_regex *re;
    df_str text;

    if (!r->in->eco->named || !df_install_has_lock(r->in) ||
        !df_context_read(r->b->context, path, &text))
        return;
    re = df_kb_regex(r->in->cmd->run->kb, r->b->arena, r->in->eco->named);
    while (re && df_regex_match(re, r->b->arena, text, groups)) {
        if (!left) {
            df_need_why(r, "%.*s is too long to be compared with its lock",
                        DF_STR_ARG(path));
            return;
        }
        if (!is_locked(r, groups[1], &left)) {
            df_need_why(r,
                        "%.*s has %.*s, and the lock does not: the install "
                        "writes that anew, and COPY would undo it",
                        DF_STR_ARG(path), DF_STR_ARG(groups[1]));
            return;
        }
        text = df_str_from(text,
                           (size_t)(groups[0].ptr - text.ptr) + groups[0].len);
    }
}

/* `package-mode = false`: there is no project that it could install. */
static bool has_no_project(df_reader *r)
{
    const df_ecosystem *eco = r->in->eco;
    bool none = false;
    df_str text;

    for (uint32_t i = 0; eco->no_project && i < r->in->nneeds; i++) {
        const df_need *need = &r->in->needs[i];

        if (need->also ||
            !df_context_read(r->b->context, need->origin.path, &text))
            continue;
        none |= matches(r, eco->no_project, text);
        if (need->main && eco->has_project &&
            matches(r, eco->has_project, text))
            return false;
    }
    return none;
}

/* A tool of which the knowledge says all that is to be known. */
bool df_install_plain(df_reader *r)
{
    if (r->in->eco->operands_are_packages &&
        df_cmd_operands(r->in->cmd) > df_install_name_words(r->in->cmd))
        return false;
    r->in->alone = df_install_missing_options(r->b->arena, r->in->cmd);
    if (*r->in->eco->file_options) {
        if (!add_named(r))
            return false;
        for (df_strings c = r->in->eco->config; *c; c++)
            df_need_config(r, df_str_of(*c));
    } else if (!df_install_manifests(r))
        return true;
    if (r->in->alone.len && has_no_project(r))
        r->in->alone = DF_STR("");
    if (r->in->alone.len && !splits_in_two(r))
        return false;
    for (uint32_t i = 0; i < r->in->nneeds; i++)
        if (r->in->needs[i].main) {
            read_text(r, r->in->needs[i].origin.path);
            check_locked(r, r->in->needs[i].origin.path);
        } else if (r->in->needs[i].also)
            read_texts(r, r->in->needs[i].origin.path, 0);
        else
            read_lock(r, r->in->needs[i].origin.path);
    return true;
}
