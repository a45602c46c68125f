/* Installs from manifests: what they have in common. See dfopt/install.h. */
#include "facts/install.h"

#include <string.h>

#include "text/regex.h"

typedef bool (*reader_fn)(df_reader *r);

static const struct {
    const char *name;
    reader_fn read;
} READERS[] = {
    {"npm", df_install_npm},
    {"pip", df_install_pip},
    {"go", df_install_go},
    {"dotnet", df_install_dotnet},
};

/* --- for the readers --- */

bool df_need_why(df_reader *r, const char *format, ...)
{
    va_list args;

    if (r->in->why.len)
        return false;
    va_start(args, format);
    r->in->why = df_vfmt(r->b->arena, format, args);
    va_end(args);
    return false;
}

df_str df_need_path(df_reader *r, df_str dir, df_str name)
{
    return df_image_path(r->b->arena, dir, name);
}

bool df_need_find(df_reader *r, df_str path, df_origin *out)
{
    return path.ptr && df_brought_find(r->b, path, out);
}

static bool known_already(const df_install *in, df_str path)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(in->needs[i].path, path))
            return true;
    return false;
}

/* Names that can stand in a COPY without quotes. */
static bool is_simple_name(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]) &&
            df_str_find_char(DF_STR("./-@+~%="), s.ptr[i]) == SIZE_MAX)
            return false;
    return s.len > 0;
}

/* A link in the context on the way to a file, or the file itself. */
static bool on_link(df_reader *r, const df_origin *origin, df_str *link)
{
    for (size_t i = 1; i <= origin->path.len; i++) {
        *link = df_str_slice(origin->path, 0, i);
        if ((i == origin->path.len || origin->path.ptr[i] == '/') &&
            df_context_lookup(r->b->context, *link) == DF_FILE_LINK)
            return true;
    }
    return false;
}

bool df_need_add(df_reader *r, df_str path, bool main)
{
    df_need need = {.path = path, .main = main};
    df_str link;

    if (path.ptr && known_already(r->in, path))
        return true;
    if (!df_need_find(r, path, &need.origin))
        return false;
    if (on_link(r, &need.origin, &link))
        df_need_why(r, "%.*s is a symbolic link", DF_STR_ARG(link));
    else if (!is_simple_name(need.origin.path))
        df_need_why(r, "the name %.*s would need quotes",
                    DF_STR_ARG(need.origin.path));
    *df_push(r->b->arena, r->in, needs) = need;
    return true;
}

/* --- the command --- */

bool df_ecosystem_is(const df_ecosystem *eco, const char *strategy)
{
    return df_str_is(df_str_of(eco->strategy), strategy);
}

const df_ecosystem *df_cmd_ecosystem(const df_cmd *cmd)
{
    const df_kb *kb = cmd->run->kb;
    const df_ecosystem *eco = NULL;
    char room[64];
    df_str both;

    if (!cmd->tool.ptr)
        return NULL;
    both = df_cmd_both(cmd, room, sizeof room);
    if (both.len)
        eco = df_kb_ecosystem(kb, cmd->tool, both);
    return eco ? eco : df_kb_ecosystem(kb, cmd->tool, cmd->sub);
}

df_str df_install_name(df_arena *a, const df_cmd *cmd)
{
    const df_ecosystem *eco = df_cmd_ecosystem(cmd);
    char room[64];
    df_str both = df_cmd_both(cmd, room, sizeof room);

    if (eco && eco->words_only)
        return df_str_of(*eco->words);
    if (!cmd->sub.len)
        return cmd->tool;
    if (eco && both.len && df_str_in(both, eco->install))
        return df_fmt(a, "%.*s %.*s", DF_STR_ARG(cmd->tool), DF_STR_ARG(both));
    return df_fmt(a, "%.*s %.*s", DF_STR_ARG(cmd->tool), DF_STR_ARG(cmd->sub));
}

/* Of `go mod download` the second word is part of the subcommand. */
static uint32_t name_words(const df_ecosystem *eco)
{
    for (df_strings s = eco->install; *s; s++)
        if (df_str_find_char(df_str_of(*s), ' ') == SIZE_MAX)
            return 0;
    return 1;
}

static bool has_all(const df_cmd *cmd, df_strings options)
{
    for (; *options; options++)
        if (!df_cmd_has(cmd, *options))
            return false;
    return true;
}

/* The words that the row asks for, behind the name of the tool. */
static bool has_words(const df_cmd *cmd, const df_ecosystem *eco)
{
    bool found = !*eco->words;

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (w->is_plain && df_str_in(w->value, eco->words))
            found = true;
        else if (eco->words_only && !df_str_starts(w->text, "-"))
            return false;
    }
    return found;
}

bool df_cmd_is_manifest_install(const df_cmd *cmd)
{
    const df_ecosystem *eco = df_cmd_ecosystem(cmd);

    if (!eco || !df_ecosystem_is(eco, "move") ||
        df_cmd_has_any(cmd, eco->not_with) || !has_all(cmd, eco->only_with) ||
        !has_words(cmd, eco))
        return false;
    if (*eco->file_options)
        return df_cmd_has_any(cmd, eco->file_options);
    return !eco->operands_are_packages ||
           df_cmd_operands(cmd) == name_words(eco);
}

/* The project is where the command runs, unless an option says otherwise. */
static df_str project_dir(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    df_str dir = cmd->dir;

    for (df_strings o = cmd->known->directory_option; *o; o++) {
        df_str value;

        if (!df_cmd_has(cmd, *o))
            continue;
        if (!df_cmd_value(cmd, *o, &value))
            return (df_str){NULL, 0};
        dir = df_image_path(r->b->arena, dir, value);
    }
    return dir;
}

/* A registry's URL may be computed, what is installed may not. */
static bool may_be_computed(const df_cmd *cmd, uint32_t i)
{
    static const char *const tails[] = {"url",   "registry", "host",
                                        "proxy", "timeout",  NULL};
    df_str word = cmd->node->words[i].text;
    df_str name = word;

    if (df_str_has(word, "://"))
        return true;
    if (!df_str_starts(word, "-") && i > 0)
        name = cmd->node->words[i - 1].text;
    else
        df_str_cut(&word, '=', &name);
    for (const char *const *t = tails; *t; t++)
        if (df_str_starts(name, "-") && df_str_ends(name, *t))
            return true;
    return df_str_is(name, "-i");
}

static bool words_are_known(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (!w->is_plain && !may_be_computed(cmd, i))
            return df_need_why(r, "what `%.*s` stands for is not known",
                               DF_STR_ARG(w->text));
    }
    return true;
}

/* -t DIR: filled by the install, and not to be laid over by a COPY. */
static void check_outputs(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (df_strings o = r->in->eco->out_options; *o; o++) {
        df_str value = {NULL, 0};
        df_str path;

        if (!df_cmd_has(cmd, *o))
            continue;
        df_cmd_value(cmd, *o, &value);
        path = df_image_path(r->b->arena, cmd->dir, value);
        for (uint32_t i = 0; i < r->b->ncopies; i++)
            if (df_copy_is_broad(&r->b->copies[i]) &&
                df_image_overlap(path, r->b->copies[i].dest))
                df_need_why(r, "%s installs into a directory that is copied",
                            *o);
    }
}

/* ./bin/pip of the project */
static void check_program(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    for (uint32_t i = 0; i <= cmd->tool_word; i++) {
        df_str word = cmd->node->words[i].text;
        df_origin origin;

        if (df_str_find_char(word, '/') != SIZE_MAX &&
            df_need_find(r, df_need_path(r, cmd->dir, word), &origin))
            df_need_why(r, "%.*s is part of the source",
                        DF_STR_ARG(origin.path));
    }
}

/* ./mvnw: what is called first is the same. */
static void add_program(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    df_str word = cmd->node->words[cmd->tool_word].text;

    if (df_str_find_char(word, '/') != SIZE_MAX)
        df_need_add(r, df_need_path(r, cmd->dir, word), false);
}

static void check_redirections(df_reader *r)
{
    const df_sh_node *node = r->in->cmd->node;

    for (uint32_t i = 0; i < node->nredirs; i++) {
        df_str target = node->redirs[i].target.text;
        df_origin origin;

        if (node->redirs[i].target.is_plain &&
            df_need_find(r, df_need_path(r, r->in->cmd->dir, target), &origin))
            df_need_why(r,
                        "it writes or reads %.*s, which is part of the "
                        "source",
                        DF_STR_ARG(target));
    }
}

/* --- what settings name --- */

static bool ends_word(char c)
{
    return df_is_blank(c) ||
           df_str_find_char(DF_STR("=,:;\n\r\"'\\[]"), c) != SIZE_MAX;
}

/* KEY of `KEY = value` */
static bool is_key(df_str text, size_t end)
{
    while (end < text.len && df_is_blank(text.ptr[end]))
        end++;
    return end < text.len && text.ptr[end] == '=';
}

void df_need_named(df_reader *r, df_str by, df_str text)
{
    size_t from = 0;

    for (size_t i = 0; i <= text.len; i++) {
        df_str word = df_str_slice(text, from, i);
        df_str path;

        if (i < text.len && !ends_word(text.ptr[i]))
            continue;
        from = i + 1;
        path = df_need_path(r, r->in->dir, word);
        if (word.len && path.ptr && !is_key(text, i))
            *df_push(r->b->arena, r->in, named) = (df_named){path, by};
    }
}

static void look_environment(df_reader *r)
{
    for (df_strings e = r->in->eco->env; *e; e++) {
        const df_var *var = df_var_get(r->in->cmd->run->state, df_str_of(*e));

        if (var && var->value.ptr)
            df_need_named(r, var->name, var->value);
    }
}

/* `go env -w GOPROXY=…`, `pip config set …`, `echo … >/etc/pip.conf`: with
 * paths that are not there yet. */
static void look_setting(df_reader *r, const df_cmd *cmd)
{
    df_str by = df_fmt(r->b->arena, "`%.*s%s%.*s`", DF_STR_ARG(cmd->tool),
                       cmd->sub.len ? " " : "", DF_STR_ARG(cmd->sub));
    bool prints =
        df_str_is(cmd->tool, "echo") || df_str_is(cmd->tool, "printf");

    if (!prints && !df_str_eq(cmd->tool, r->in->cmd->tool))
        return;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].text;

        if (df_str_find_char(word, '/') != SIZE_MAX)
            df_need_named(r, by, word);
    }
}

static void look_settings(df_reader *r)
{
    const df_facts *facts = r->b->facts;
    const df_run *own = r->in->cmd->run;

    for (const df_stage *s = own->stage; s; s = s->base)
        for (uint32_t i = 0; i < facts->nruns; i++) {
            const df_run *run = &facts->runs[i];

            if (run->stage != s || run->instr->index >= own->instr->index)
                continue;
            for (uint32_t k = 0; k < run->ncmds; k++)
                if (run->cmds[k].tool.ptr)
                    look_setting(r, &run->cmds[k]);
        }
}

/* --- the project --- */

void df_need_config_at(df_reader *r, df_str path)
{
    uint32_t before = r->in->nneeds;
    df_str text;

    if (!df_need_add(r, path, false) || r->in->nneeds == before)
        return;
    path = r->in->needs[before].origin.path;
    if (r->in->needs[before].origin.kind == DF_FILE_REGULAR &&
        df_context_read(r->b->context, path, &text))
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

void df_need_ignored(df_reader *r, df_str path, const char *line)
{
    df_str ignore = df_context_ignore_file(r->b->context);
    df_origin origin;

    if (!df_need_find(r, path, &origin) || r->in->why.len)
        return;
    if (!ignore.len)
        ignore = DF_STR(".dockerignore");
    r->in->ignore = line ? df_str_of(line) : origin.path;
    df_need_why(r,
                "%.*s is in the build context and not in %.*s: COPY would lay "
                "it over the installed one; add the line `%.*s` to %.*s",
                DF_STR_ARG(origin.path), DF_STR_ARG(ignore),
                DF_STR_ARG(r->in->ignore), DF_STR_ARG(ignore));
}

static void check_writes(df_reader *r)
{
    for (df_strings w = r->in->eco->writes; *w; w++)
        df_need_ignored(r, df_need_path(r, r->in->dir, df_str_of(*w)), NULL);
}

/* Files that mean that there is more to the project than its manifest. */
static void check_parts(df_reader *r)
{
    for (df_strings f = r->in->eco->unless_files; *f; f++)
        for (df_str dir = r->in->dir; dir.len;
             dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("")) {
            df_origin origin;

            if (df_need_find(r, df_need_path(r, dir, df_str_of(*f)), &origin))
                df_need_why(r, "%.*s leads to more of the project",
                            DF_STR_ARG(origin.path));
        }
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

static bool has_lock(const df_install *in)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_in(df_path_base(in->needs[i].origin.path), in->eco->locks))
            return true;
    return false;
}

/* `*.cabal`: what matches beside the others; false: nothing does. */
static bool add_matching(df_reader *r, df_str pattern, bool main)
{
    bool found = false;
    df_origin origin;
    df_names names;

    if (!df_need_find(r, r->in->dir, &origin) || origin.kind != DF_FILE_DIR)
        return false;
    names = df_context_glob(r->b->context,
                            df_context_join(r->b->arena, origin.path, pattern));
    for (uint32_t i = 0; i < names.count; i++)
        found |= df_need_add(
            r, df_need_path(r, r->in->dir, df_path_base(names.names[i])), main);
    return found;
}

static bool add_entry(df_reader *r, df_str name, bool main)
{
    if (df_str_find_char(name, '*') != SIZE_MAX)
        return add_matching(r, name, main);
    return df_need_add(r, df_need_path(r, r->in->dir, name), main);
}

bool df_install_manifests(df_reader *r)
{
    for (df_strings m = r->in->eco->manifests; *m; m++)
        if (!add_entry(r, df_str_of(*m), true)) {
            r->in->missing = df_str_of(*m);
            return say_unknown(r, r->in->missing);
        }
    for (df_strings l = r->in->eco->locks; *l; l++)
        add_entry(r, df_str_of(*l), false);
    for (df_strings o = r->in->eco->other_locks; *o && !has_lock(r->in); o++)
        add_entry(r, df_str_of(*o), false);
    for (df_strings c = r->in->eco->config; *c; c++)
        df_need_config(r, df_str_of(*c));
    return true;
}

static bool matches(df_reader *r, const char *pattern, df_str text)
{
    df_err err;
    df_regex *re = df_regex_new(r->b->arena, pattern, &err);

    return re && df_regex_match(re, r->b->arena, text, NULL);
}

/* The line of the text in which something was found, not too long. */
static df_str line_around(df_str text, df_str found)
{
    size_t from = (size_t)(found.ptr - text.ptr);
    size_t to;

    while (from < text.len && df_is_space(text.ptr[from]))
        from++;
    to = from;
    while (from && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && text.ptr[to] != '\n')
        to++;
    text = df_str_trim(df_str_slice(text, from, to));
    return text.len > 60 ? df_str_slice(text, 0, 60) : text;
}

static void check_text(df_reader *r, df_str path, df_str text)
{
    df_err err;
    df_regex *re;
    df_str found;

    if (!r->in->eco->unless_text)
        return;
    re = df_regex_new(r->b->arena, r->in->eco->unless_text, &err);
    if (re && !df_regex_may_match(re, r->b->arena, text, &found))
        return;
    if (re && found.len)
        df_need_why(r, "%.*s may name more of the source: `%.*s`",
                    DF_STR_ARG(path), DF_STR_ARG(line_around(text, found)));
    else
        df_need_why(r, "%.*s may name more of the source", DF_STR_ARG(path));
}

/* What the text of a manifest names travels, or keeps the install below. */
static void read_text(df_reader *r, df_str path)
{
    const df_ecosystem *eco = r->in->eco;
    df_str text;

    if (!df_context_read(r->b->context, path, &text)) {
        df_need_why(r, "%.*s is not understood", DF_STR_ARG(path));
        return;
    }
    check_text(r, path, text);
    for (df_strings n = eco->text_needs; *n; n++)
        if (df_str_has(text, *n))
            df_need_config(r, df_str_of(*n));
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

bool df_install_file_at(const df_cmd *cmd, df_strings options, uint32_t i,
                        df_str *file)
{
    df_str word = cmd->node->words[i].text;

    for (; *options; options++) {
        df_str option = df_str_of(*options);

        if (df_str_eq(word, option)) {
            const df_sh_word *next = df_cmd_word(cmd, i + 1);

            *file = next && next->is_plain ? next->value : (df_str){NULL, 0};
            return true;
        }
        if (!df_str_starts(word, *options))
            continue;
        word = df_str_from(word, option.len);
        *file = cmd->node->words[i].is_plain
                    ? df_str_from(word, df_str_starts(word, "="))
                    : (df_str){NULL, 0};
        return true;
    }
    return false;
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
        else if (!df_need_add(r, df_need_path(r, cmd->dir, file), true) &&
                 !r->in->missing.len)
            r->in->missing = file;
    }
    return found;
}

df_str df_install_missing_options(df_arena *a, const df_cmd *cmd)
{
    df_str missing = DF_STR("");

    for (df_strings o = df_cmd_ecosystem(cmd)->only_with; *o; o++)
        if (!df_cmd_has(cmd, *o))
            missing = df_fmt(a, "%.*s %s", DF_STR_ARG(missing), *o);
    return missing;
}

/* Can the command be called twice, the first time for the dependencies alone?
 * Without a lock both times might find other versions. */
static bool splits_in_two(const df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;

    return cmd->top && !cmd->wrapped && !cmd->node->nredirs && has_lock(r->in);
}

/* Is the dependency `name` in one of the locks? */
static bool is_locked(df_reader *r, df_str name)
{
    df_str groups[DF_REGEX_GROUPS] = {name, name};

    for (uint32_t i = 0; i < r->in->nneeds; i++) {
        df_str text;

        if (r->in->needs[i].main ||
            !df_str_in(df_path_base(r->in->needs[i].origin.path),
                       r->in->eco->locks) ||
            !df_context_read(r->b->context, r->in->needs[i].origin.path, &text))
            continue;
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
    df_regex *re;
    df_err err;
    df_str text;

    if (!r->in->eco->named || !has_lock(r->in) ||
        !df_context_read(r->b->context, path, &text))
        return;
    re = df_regex_new(r->b->arena, r->in->eco->named, &err);
    while (re && df_regex_match(re, r->b->arena, text, groups)) {
        if (!is_locked(r, groups[1])) {
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

/* A tool of which the knowledge says all that is to be known. */
static bool read_plain(df_reader *r)
{
    if (r->in->eco->operands_are_packages &&
        df_cmd_operands(r->in->cmd) > name_words(r->in->eco))
        return false;
    r->in->alone = df_install_missing_options(r->b->arena, r->in->cmd);
    if (*r->in->eco->file_options) {
        if (!add_named(r))
            return false;
        for (df_strings c = r->in->eco->config; *c; c++)
            df_need_config(r, df_str_of(*c));
    } else if (!df_install_manifests(r))
        return true;
    if (r->in->alone.len && !splits_in_two(r))
        return false;
    for (uint32_t i = 0; i < r->in->nneeds; i++)
        if (r->in->needs[i].main) {
            read_text(r, r->in->needs[i].origin.path);
            check_locked(r, r->in->needs[i].origin.path);
        } else
            read_lock(r, r->in->needs[i].origin.path);
    return true;
}

static reader_fn find_reader(const df_ecosystem *eco)
{
    for (size_t i = 0; eco->reader && i < sizeof READERS / sizeof *READERS; i++)
        if (strcmp(eco->reader, READERS[i].name) == 0)
            return READERS[i].read;
    return read_plain;
}

bool df_install_read(const df_brought *b, const df_cmd *cmd, df_install *out)
{
    const df_ecosystem *eco = df_cmd_ecosystem(cmd);
    reader_fn read = eco ? find_reader(eco) : NULL;
    df_reader r = {b, out};

    *out = (df_install){.eco = eco, .cmd = cmd};
    if (!read || !cmd->known || df_cmd_has_any(cmd, eco->not_with) ||
        !has_words(cmd, eco))
        return false;
    out->dir = project_dir(&r);
    if (!out->dir.ptr || !read(&r))
        return false;
    if (out->missing.len)
        return true;
    /* An install that stays below its source may read what it likes. */
    if (df_ecosystem_is(eco, "move")) {
        words_are_known(&r);
        check_outputs(&r);
        check_redirections(&r);
        check_program(&r);
    } else {
        add_program(&r);
    }
    check_parts(&r);
    look_environment(&r);
    look_settings(&r);
    check_writes(&r);
    return true;
}

/* Would the builder send it? A line that keeps all of its
 * files out does for the directory, too.
 */
static bool is_sent(df_context *cx, df_arena *a, df_str path)
{
    return !df_context_ignores(cx, path) &&
           !df_context_ignores(cx, df_fmt(a, "%.*s/x", DF_STR_ARG(path)));
}

/* The line for `name` in a directory of the project; empty: no COPY behind the
 * install would bring it. */
static df_str exposed_in(const df_brought *b, const df_install *in, df_str dir,
                         df_str name, const df_copied **by)
{
    bool anywhere = df_str_starts(name, "**/");
    df_str bare = anywhere ? df_str_from(name, 3) : name;

    for (uint32_t i = 0; i < b->ncopies; i++) {
        const df_copied *copy = &b->copies[i];
        df_str path;

        if (!copy->known || copy->parents || !copy->sources[0].dir ||
            copy->instr->index < in->cmd->run->instr->index ||
            !df_image_below(dir, copy->dest))
            continue;
        path = df_context_join(
            b->arena, copy->sources[0].path,
            df_image_path(b->arena, DF_STR("/"),
                          df_fmt(b->arena, "%.*s/%.*s",
                                 DF_STR_ARG(df_path_below(dir, copy->dest)),
                                 DF_STR_ARG(bare))));
        *by = copy;
        if (is_sent(b->context, b->arena, path))
            return anywhere || !df_str_eq(dir, in->dir)
                       ? df_fmt(b->arena, "**/%.*s", DF_STR_ARG(bare))
                       : path;
    }
    return DF_STR("");
}

df_str df_install_exposed(const df_brought *b, const df_install *in,
                          const char *name, const df_copied **by)
{
    df_str line = DF_STR("");

    for (uint32_t i = 0; i < in->nneeds && !line.len; i++)
        if (in->needs[i].main &&
            df_str_eq(df_path_base(in->needs[i].path),
                      df_path_base(in->needs[0].path)) &&
            !df_str_eq(df_image_dir(in->needs[i].path), in->dir))
            line = exposed_in(b, in, df_image_dir(in->needs[i].path),
                              df_str_of(name), by);
    return line.len ? line : exposed_in(b, in, in->dir, df_str_of(name), by);
}
