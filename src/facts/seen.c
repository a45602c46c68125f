/*
 * Would the next body see what this one did to the shell? One that would is
 * put in a subshell, which nobody likes to read: so look closely.
 */
#include <dfopt/join.h>

/* Names are looked for so far below: rows are short, hostile ones are not. */
#define FAR 32

/* `set -ex`: options that only trace, or that a chain does without. */
static bool is_quiet_set(const df_sh_node *node)
{
    if (!df_str_is(node->words[0].text, "set") || node->nwords != 2 ||
        node->nassigns || node->nredirs || !node->words[1].is_plain ||
        node->words[1].value.len < 2 || node->words[1].value.ptr[0] != '-')
        return false;
    for (size_t i = 1; i < node->words[1].value.len; i++)
        if (df_str_find_char(DF_STR("exv"), node->words[1].value.ptr[i]) ==
            SIZE_MAX)
            return false;
    return true;
}

static bool is_plain_command(const df_sh_node *cmd)
{
    if (cmd->kind != DF_SH_SIMPLE)
        return false;
    for (uint32_t i = 0; i < cmd->nwords; i++)
        if (cmd->words[i].nsubs)
            return false;
    for (uint32_t i = 0; i < cmd->nassigns; i++)
        if (cmd->assigns[i].value.nsubs)
            return false;
    return true;
}

/* A chain of simple commands: stops at the first that fails, with or without
 * errexit. */
static bool minds_no_errexit(const df_body *b)
{
    const df_sh_node *chain;

    if (!df_run_is_chain(b->run) ||
        (b->fx.flags & (DF_FX_EVAL | DF_FX_ERREXIT | DF_FX_CONTROL)))
        return false;
    chain = b->run->tree->root->kids[0];
    for (uint32_t i = 0; i < chain->nkids; i++)
        for (uint32_t k = 0; k < chain->kids[i]->nkids; k++)
            if (!is_plain_command(chain->kids[i]->kids[k]))
                return false;
    return true;
}

/* Tracing shows on the terminal; `{ …; } 2>file` and $- would tell. */
static bool minds_no_trace(const df_body *b)
{
    df_str text = b->run->instr->args.str;

    return !(b->fx.flags & (DF_FX_COMPOUND | DF_FX_EVAL)) &&
           !df_str_has(text, "$-") &&
           !(df_str_has(text, "2>") &&
             (df_str_has(text, "$(") || df_str_has(text, "`")));
}

static bool nobody_minds(const df_body *s, bool errexit)
{
    for (uint32_t n = 0; s->link != DF_LINK_NONE; s++, n++)
        if (n == FAR || !minds_no_trace(s + 1) ||
            (errexit && !minds_no_errexit(s + 1)))
            return false;
    return true;
}

/*
 * No name of the environment: those of programs hold no small letters (POSIX
 * XBD 8.1), but for the proxies.
 */
static bool is_local_name(const df_body *s, df_str name)
{
    bool small = false;

    for (size_t i = 0; i < name.len; i++)
        small |= name.ptr[i] >= 'a' && name.ptr[i] <= 'z';
    return small && !df_str_ends(name, "_proxy") &&
           !df_var_get(s->run->state, name);
}

static bool names(df_str text, df_str name)
{
    for (size_t i = 0; i + name.len <= text.len; i++)
        if (df_str_eq(df_str_slice(text, i, i + name.len), name) &&
            (!i || !df_is_name(text.ptr[i - 1])) &&
            (i + name.len == text.len || !df_is_name(text.ptr[i + name.len])))
            return true;
    return false;
}

static bool is_named_below(const df_body *s, df_str name)
{
    for (uint32_t n = 0; s->link != DF_LINK_NONE; s++, n++)
        if (n == FAR || (s[1].fx.flags & DF_FX_EVAL) ||
            names(s[1].run->instr->args.str, name))
            return true;
    return false;
}

/* Does a list assign only to what is of no use below? */
static bool assigns_for_itself(const df_body *s)
{
    const df_sh_node *root = s->run->tree->root;

    for (uint32_t i = 0; i < root->nkids; i++)
        for (uint32_t k = 0; k < root->kids[i]->nkids; k++) {
            const df_sh_node *cmd = root->kids[i]->kids[k]->kids[0];

            if (cmd->kind != DF_SH_SIMPLE)
                return false;
            for (uint32_t n = 0; n < cmd->nassigns && !cmd->nwords; n++)
                if ((cmd->assigns[n].value.flags & DF_WORD_ASSIGNS) ||
                    !is_local_name(s, cmd->assigns[n].name) ||
                    is_named_below(s, cmd->assigns[n].name))
                    return false;
        }
    return true;
}

/* `set -x` and variables of its own are all that it does to the shell. */
static bool is_discreet(const df_body *s)
{
    bool sets = false;

    if (s->fx.flags & (DF_FX_COMPOUND | DF_FX_EVAL))
        return false;
    for (uint32_t i = 0; i < s->run->ncmds; i++) {
        const df_cmd *cmd = &s->run->cmds[i];

        if (!cmd->node->nwords || df_cmd_leaves_shell(cmd))
            continue;
        if (!is_quiet_set(cmd->node))
            return false;
        sets = true;
    }
    return (!sets || nobody_minds(s, (s->fx.flags & DF_FX_ERREXIT) != 0)) &&
           assigns_for_itself(s);
}

static bool is_absolute(const df_sh_word *word)
{
    return df_str_starts(word->text, "/") &&
           df_str_find_char(word->text, '$') == SIZE_MAX &&
           df_str_find_char(word->text, '`') == SIZE_MAX;
}

/* `dnf install tool.rpm` takes the file of this directory. */
static bool is_package_file(df_str word)
{
    return df_str_ends(word, ".rpm") || df_str_ends(word, ".apk") ||
           df_str_ends(word, ".deb");
}

static bool works_anywhere(const df_cmd *cmd)
{
    return df_str_in(DF_STR("*"), cmd->known->anywhere) ||
           (cmd->sub.len && df_str_in(cmd->sub, cmd->known->anywhere));
}

/* Words that name nothing of a directory. */
static bool names_no_file(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *word = &cmd->node->words[i];

        if (!is_absolute(word) &&
            (!word->is_plain || is_package_file(word->value) ||
             df_str_find_char(word->text, '/') != SIZE_MAX))
            return false;
    }
    return true;
}

/* rm -rf /x /y */
static bool removes_absolute(const df_cmd *cmd)
{
    bool found = false;

    if (!df_str_in(DF_STR("*"), cmd->known->removes))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *word = &cmd->node->words[i];

        if (is_absolute(word))
            found = true;
        else if (!word->is_plain || !df_str_starts(word->value, "-"))
            return false;
    }
    return found;
}

/* Nothing of what it does depends on the directory: `pwd` and `ls` do. */
static bool is_placeless(const df_cmd *cmd)
{
    if (!cmd->known || !cmd->known->pure)
        return false;
    for (uint32_t i = 0; i < cmd->node->nredirs; i++)
        if (!is_absolute(&cmd->node->redirs[i].target))
            return false;
    return works_anywhere(cmd) ? names_no_file(cmd) : removes_absolute(cmd);
}

/* Does the body do the same in every directory? What it removes may be that
 * one, so nothing may come behind. */
static bool minds_no_directory(const df_body *b)
{
    const df_run *run = b->run;

    if (b->fx.flags & (DF_FX_CD | DF_FX_STATE | DF_FX_COMPOUND | DF_FX_EVAL))
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++) {
        bool last = i + 1 == run->ncmds && b->link == DF_LINK_NONE;

        if (!is_placeless(&run->cmds[i]) ||
            (!last && df_str_in(DF_STR("*"), run->cmds[i].known->removes)))
            return false;
    }
    return run->ncmds > 0;
}

/*
 * A `cd` does not matter to one that goes elsewhere itself; but behind that
 * one's subshell it would be seen again.
 */
static bool directory_is_seen(const df_body *s)
{
    const df_body *next = s + 1;

    for (uint32_t n = 0; minds_no_directory(next); next++, n++) {
        if (next->link == DF_LINK_NONE)
            return false;
        if (n == FAR)
            return true;
    }
    return !df_run_goes_elsewhere(next->run) ||
           (next->fx.flags & DF_FX_OLDPWD) != 0 ||
           (next->link != DF_LINK_NONE && df_body_is_seen(next));
}

bool df_body_is_seen(const df_body *s)
{
    if ((s->fx.flags & DF_FX_STATE) && !is_discreet(s))
        return true;
    return (s->fx.flags & DF_FX_CD) && directory_is_seen(s);
}
