/*
 * What the words of a command name of a COPY: see facts/reach_words.h.
 *
 * A relative word is a path only if something of that name was copied, or if
 * it says so (./x, .., a pattern); a package name must not look like a file.
 */
#include "facts/reach_words.h"

#include "facts/cmd.h"
#include "facts/lift.h"

#include <dfopt/use.h>
#include <dfopt/wanted.h>

/* Did the COPY bring the first part of `below` its destination? */
static bool brings_first(const df_brought *b, const df_copied *copy,
                         df_str below)
{
    df_str first;
    df_origin origin;

    df_str_cut(&below, '/', &first);
    return !copy->known ||
           df_copy_find(b, copy, df_image_path(b->arena, copy->dest, first),
                        &origin);
}

/* A path of the image against a destination below an unknown WORKDIR. */
static df_reach against_unknown(const df_brought *b, const df_copied *copy,
                                df_str path)
{
    df_str part;

    while (path.len) {
        df_str_cut(&path, '/', &part);
        if (part.len && brings_first(b, copy, part))
            return DF_REACH_FILES;
    }
    return DF_REACH_NONE;
}

/* `touch /data/ready` and `COPY . /data/app`, which makes /data. */
static bool is_beside(const df_brought *b, const df_copied *copy, df_str path)
{
    df_str above = df_image_dir(copy->dest);
    df_str workdir = b->facts->states[copy->instr->index].workdir;

    return above.len > 1 && df_image_below(path, above) &&
           !df_str_eq(path, above) && df_str_starts(above, "/") &&
           df_image_is_own(above) &&
           !(workdir.ptr && df_image_below(workdir, above));
}

df_reach df_path_reach(const df_brought *b, const df_copied *copy, df_str dir,
                       df_str path)
{
    bool absolute = df_str_starts(path, "/");
    df_str clean = df_image_path(b->arena, dir, path);
    df_str dest = copy->dest;

    if (!clean.ptr || !dest.ptr)
        return DF_REACH_FILES;
    if (df_str_starts(clean, "/") && !df_str_starts(dest, "/"))
        return against_unknown(b, copy, clean);
    if (!df_str_starts(clean, "/") && df_str_starts(dest, "/"))
        return DF_REACH_FILES;
    if (df_str_eq(clean, dest) || df_image_below(dest, clean))
        return DF_REACH_DIR;
    if (!df_image_below(clean, dest))
        return is_beside(b, copy, clean) ? DF_REACH_INSIDE : DF_REACH_NONE;
    if (brings_first(b, copy, df_path_below(clean, dest)))
        return DF_REACH_FILES;
    /* A directory below the destination that a path starts from is there. */
    if (!absolute && df_image_below(dir, dest))
        return DF_REACH_NONE;
    return df_str_is(dest, "/") ? DF_REACH_NONE : DF_REACH_INSIDE;
}

/* cd and mkdir need no more than that the directory is there, or not. */
static bool only_directory(const df_cmd *cmd)
{
    return df_str_is(cmd->tool, "cd") || df_str_is(cmd->tool, "mkdir");
}

/* Has an earlier command of the RUN named it, and so most likely made it? */
static bool is_made_here(const df_reach_look *l, df_str path)
{
    const char *base = df_cstr(l->b->arena, df_path_base(path));

    for (const df_cmd *c = l->cmd->run->cmds; c < l->cmd; c++)
        if (df_str_has(c->node->text, base))
            return true;
    return false;
}

bool df_is_mentioned_above(const df_facts *facts, const df_run *run,
                           const char *name)
{
    for (uint32_t i = 0; i < run->instr->index; i++) {
        const df_instr *instr = facts->doc->instrs[i];

        if ((instr->kind == DF_I_RUN || instr->kind == DF_I_ADD) &&
            facts->stage_of[i] &&
            df_stage_is_on(run->stage, facts->stage_of[i]) &&
            df_str_has(instr->text.str, name))
            return true;
    }
    return false;
}

/* xzf, the old way to give options */
static bool is_bundle(df_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!df_is_alpha(word.ptr[i]))
            return false;
    return true;
}

/* What a word of tar may name: FILE of FILE, -fFILE, -xzfFILE, --file=FILE. */
static df_str archive_of(const df_reach_look *l, uint32_t i)
{
    df_str word = l->cmd->node->words[i].text;
    df_str head;
    size_t f;

    if (!df_str_starts(word, "-"))
        return i == l->cmd->tool_word + 1 && is_bundle(word) ? DF_STR("")
                                                             : word;
    if (df_str_starts(word, "--"))
        return df_str_cut(&word, '=', &head) ? word : DF_STR("");
    f = df_str_find_char(word, 'f');
    return f == SIZE_MAX ? DF_STR("") : df_str_from(word, f + 1);
}

/* Not in this checkout, but nothing else would bring it. */
static bool is_what_may_come(const df_reach_look *l, df_str name)
{
    df_str path = df_image_path(l->b->arena, l->cmd->dir, name);

    return name.len && path.ptr &&
           df_copy_would_bring(l->b, l->copy, path).len &&
           !is_made_here(l, name) &&
           !df_is_mentioned_above(l->b->facts, l->cmd->run,
                                  df_cstr(l->b->arena, df_path_base(name)));
}

/* `sed -i s/a/b/ .env`, `cp .env.local .env`: not in this checkout, but these
 * fail where there is none. */
static bool wants_what_may_come(const df_reach_look *l, uint32_t i)
{
    static const char *const all[] = {"cat", "dos2unix", NULL};
    static const char *const behind[] = {"chmod", "sed", NULL};
    static const char *const before[] = {"cp", "mv", NULL};
    const df_cmd *cmd = l->cmd;
    bool is_wanted =
        df_str_in(cmd->tool, all) ||
        (df_str_is(cmd->tool, "sed") && df_cmd_has(cmd, "-e")) ||
        (df_str_in(cmd->tool, behind) && i > df_cmd_operand(cmd, 0)) ||
        (df_str_in(cmd->tool, before) && i < df_cmd_last_operand(cmd));

    return is_wanted && i > cmd->tool_word && cmd->unconditional &&
           cmd->node->words[i].is_plain &&
           !df_word_is_option(&cmd->node->words[i]) &&
           !df_str_is(l->copy->dest, "/") && !df_image_is_home(l->copy->dest) &&
           is_what_may_come(l, cmd->node->words[i].value);
}

/* `tar xf dist.tar.gz -C /srv` */
static bool unpacks_what_may_come(const df_reach_look *l, uint32_t i)
{
    return df_str_is(l->cmd->tool, "tar") && i > l->cmd->tool_word &&
           is_what_may_come(l, archive_of(l, i));
}

/* `rm -rf lib`: not in this checkout, but in others, or there were no need. */
static bool removes_what_may_come(const df_reach_look *l, df_str text)
{
    df_str path = df_image_path(l->b->arena, l->cmd->dir, text);

    return path.ptr && !df_str_is(l->copy->dest, "/") &&
           !df_image_is_home(l->copy->dest) &&
           df_str_in(DF_STR("*"), l->cmd->known->removes) &&
           df_copy_would_bring(l->b, l->copy, path).len &&
           !is_made_here(l, path);
}

/* What a URL is saved as: https://x.org/a.js?v=1 as a.js, x.git as x. */
static df_reach url_reach(const df_reach_look *l, df_str url)
{
    df_str name = df_path_base(url);

    name = df_str_slice(name, 0, df_str_find_char(name, '?'));
    name = df_str_slice(name, 0, df_str_find_char(name, '#'));
    while (df_str_ends(name, "\"") || df_str_ends(name, "'"))
        name.len--;
    if (df_str_ends(name, ".git"))
        name = df_str_slice(name, 0, name.len - 4);
    return name.len ? df_path_reach(l->b, l->copy, l->cmd->dir, name)
                    : DF_REACH_NONE;
}

/* foo.tgz, key.asc, `-d @body.json`: among names of packages, a file that was
 * copied. */
static bool names_file(const df_reach_look *l, df_str text)
{
    size_t at = text.len;
    df_origin origin;

    while (at > 0 && text.ptr[at - 1] != '@' && text.ptr[at - 1] != '=')
        at--;
    text = df_str_from(text, at);
    return df_str_find_char(text, '.') != SIZE_MAX &&
           df_copy_find(l->b, l->copy,
                        df_image_path(l->b->arena, l->cmd->dir, text),
                        &origin) &&
           origin.kind == DF_FILE_REGULAR;
}

static df_reach literal_reach(const df_reach_look *l, df_str text)
{
    df_reach reach;
    size_t local = df_str_find(text, "file:");

    if (l->fetches && local != SIZE_MAX) { /* "x @ file:///srv/x" */
        text = df_str_from(text, local + 5);
        while (df_str_starts(text, "//"))
            text = df_str_from(text, 1);
    }
    if (df_str_has(text, "://"))
        return url_reach(l, text);
    if (*l->cmd->known->network && df_str_starts(text, ".")) /* .[dev] */
        text = df_str_slice(text, 0, df_str_find_char(text, '['));
    if (l->fetches && names_file(l, text))
        return DF_REACH_FILES;
    if (!text.len || (l->fetches && df_str_find_char(text, '/') == SIZE_MAX &&
                      text.ptr[0] != '.'))
        return DF_REACH_NONE;
    if (df_str_is(text, "/") && only_directory(l->cmd))
        return DF_REACH_NONE;
    reach = df_path_reach(l->b, l->copy, l->cmd->dir, text);
    return reach == DF_REACH_DIR && !only_directory(l->cmd) ? DF_REACH_FILES
                                                            : reach;
}

/* The letters before anything that the shell expands. */
static df_str literal_prefix(df_str text)
{
    size_t from = text.len && text.ptr[0] == '"';
    size_t to = from;

    while (to < text.len &&
           df_str_find_char(DF_STR("$`*?[{~\\\"'<>"), text.ptr[to]) == SIZE_MAX)
        to++;
    return df_str_slice(text, from, to);
}

/* Does the context have a file that a name beginning like that may mean? */
static bool may_match(const df_reach_look *l, df_str prefix)
{
    df_arena *a = l->b->arena;
    df_str dir = df_image_dir(prefix);
    df_str base = df_path_base(prefix);
    df_origin origin;
    df_names names;

    dir = df_image_path(a, l->cmd->dir, dir.len ? dir : DF_STR("."));
    if (!df_copy_find(l->b, l->copy, dir, &origin))
        return !l->copy->known;
    names = df_context_list(l->b->context, origin.path);
    for (uint32_t i = 0; i < names.count; i++)
        if (df_str_eq(df_str_slice(names.names[i], 0, base.len), base))
            return true;
    return false;
}

/* ~/x: of root, unless what is copied lies in a home that may be meant. */
static df_reach home_reach(const df_reach_look *l, df_str text)
{
    df_str path =
        df_image_path(l->b->arena, DF_STR("/root"), df_str_from(text, 2));

    if (df_image_overlap(l->copy->dest, DF_STR("/home")))
        return DF_REACH_FILES;
    return literal_reach(l, path);
}

static df_reach computed_reach(const df_reach_look *l, const df_sh_word *word)
{
    df_str prefix = literal_prefix(word->text);
    df_str known = {NULL, 0};
    df_reach reach;

    if (word->flags == DF_WORD_TILDE && df_str_starts(word->text, "~/"))
        return home_reach(l, word->text);

    if (!(word->flags & ~(unsigned)(DF_WORD_VAR | DF_WORD_QUOTED)))
        known =
            df_expand(l->b->arena, l->b->facts, l->cmd->run->instr, word->text);
    if (known.ptr)
        return literal_reach(l, known);
    if (df_str_has(prefix, "://"))
        return df_str_find_char(df_path_base(word->text), '$') == SIZE_MAX
                   ? url_reach(l, word->text)
                   : DF_REACH_NONE;
    if (df_str_has(word->text, "PWD") || df_str_has(word->text, "pwd") ||
        (l->fetches && (word->flags & DF_WORD_GLOB) &&
         df_str_find_char(word->text, '*') != SIZE_MAX))
        return DF_REACH_FILES;
    if (!df_str_starts(prefix, "/"))
        return l->fetches && df_str_find_char(prefix, '/') == SIZE_MAX
                   ? DF_REACH_NONE
               : prefix.len && prefix.ptr[0] != '.' && !may_match(l, prefix)
                   ? DF_REACH_NONE
                   : DF_REACH_FILES;
    reach = literal_reach(l, df_image_dir(prefix));
    return reach == DF_REACH_DIR && df_str_is(df_image_dir(prefix), "/")
               ? may_match(l, prefix) ? DF_REACH_FILES : DF_REACH_NONE
               : reach;
}

/*
 * An option counts for what is behind its `=`, or behind its letter (-rFILE),
 * or if it names the place.
 */
static df_reach option_reach(const df_reach_look *l, const df_sh_word *word)
{
    df_str value = word->text;
    df_reach_look file = *l;
    df_str head;

    file.fetches = false;
    if (l->copy->dest.len > 1 && l->copy->dest.ptr[0] == '/' &&
        df_str_has(word->text, df_cstr(l->b->arena, l->copy->dest)))
        return DF_REACH_FILES;
    if (!word->is_plain || word->text.len < 3)
        return DF_REACH_NONE;
    if (df_str_cut(&value, '=', &head))
        return literal_reach(&file, value);
    return word->text.ptr[1] == '-'
               ? DF_REACH_NONE
               : literal_reach(&file, df_str_from(word->text, 2));
}

static df_reach word_reach(const df_reach_look *l, const df_sh_word *word)
{
    if (df_str_starts(word->text, "-"))
        return option_reach(l, word);
    if (word->is_plain && removes_what_may_come(l, word->value))
        return DF_REACH_FILES;
    return word->is_plain ? literal_reach(l, word->value)
                          : computed_reach(l, word);
}

/* The words of these are data. */
static bool only_prints(const df_cmd *cmd)
{
    return df_str_is(cmd->tool, "echo") || df_str_is(cmd->tool, "printf");
}

/* Word i is the value of the option before it: maybe a file. */
static bool is_value(const df_cmd *cmd, uint32_t i)
{
    return i > cmd->tool_word + 1 &&
           df_str_in(cmd->node->words[i - 1].text, cmd->known->value_options);
}

df_reach df_words_reach(const df_reach_look *l)
{
    const df_sh_node *node = l->cmd->node;
    df_reach reach = DF_REACH_NONE;

    for (uint32_t i = 0; i < node->nwords; i++) {
        df_reach_look here = *l;

        if (only_prints(l->cmd) && !(node->words[i].flags & DF_WORD_GLOB))
            continue;
        if (l->cmd->sub_word && i == l->cmd->sub_word)
            continue;
        if (i <= l->cmd->tool_word &&
            df_str_find_char(node->words[i].text, '/') == SIZE_MAX)
            continue;
        if (is_value(l->cmd, i))
            here.fetches = false;
        if (unpacks_what_may_come(l, i) || wants_what_may_come(l, i))
            return DF_REACH_FILES;
        reach = df_reach_most(reach, word_reach(&here, &node->words[i]));
    }
    return reach;
}

/* `>&2`, `>&-`; of bash, `>& log` is a file. */
static bool is_descriptor(df_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!df_is_digit(text.ptr[i]) && text.ptr[i] != '-')
            return false;
    return true;
}

/* `echo A=B > .env`: it is not in this checkout, as git ignores it, or should,
 * but a host has one, and a COPY below would lay that over what was written. */
static bool may_be_on_hosts(const df_reach_look *l, const df_sh_word *target)
{
    df_str path = target->is_plain
                      ? df_image_path(l->b->arena, l->cmd->dir, target->value)
                      : DF_STR("");
    df_str file = path.len ? df_copy_would_bring(l->b, l->copy, path) : path;

    return file.len && (df_str_starts(df_path_base(file), ".env") ||
                        df_git_ignores(l->b->arena, l->b->context,
                                       df_image_dir(file), df_path_base(file)));
}

static df_reach redir_reach(const df_reach_look *l, const df_sh_redir *redir)
{
    return redir->op != DF_OP_IN && may_be_on_hosts(l, &redir->target)
               ? DF_REACH_FILES
               : word_reach(l, &redir->target);
}

df_reach df_redirs_reach(const df_reach_look *l)
{
    const df_sh_node *node = l->cmd->node;
    df_reach reach = DF_REACH_NONE;
    df_reach_look data = *l;

    data.fetches = false;
    for (uint32_t i = 0; i < node->nredirs; i++)
        if (node->redirs[i].op >= DF_OP_IN &&
            node->redirs[i].op != DF_OP_HERE &&
            node->redirs[i].op != DF_OP_HERE_TABS &&
            node->redirs[i].op != DF_OP_HERE_STR &&
            !(node->redirs[i].op == DF_OP_DUP_OUT &&
              is_descriptor(node->redirs[i].target.text)) &&
            node->redirs[i].op != DF_OP_DUP_IN)
            reach = df_reach_most(reach, redir_reach(&data, &node->redirs[i]));
    for (uint32_t i = 0; i < node->nassigns; i++)
        if (df_str_find_char(node->assigns[i].value.text, '/') != SIZE_MAX ||
            names_file(l, node->assigns[i].value.text))
            reach = df_reach_most(reach,
                                  word_reach(&data, &node->assigns[i].value));
    return reach;
}
