/*
 * Questions to one command: options, their values, operands.
 *
 * An option's value is the next word only if the knowledge says so of that
 * tool; `--name=value` needs no knowledge. Behind `--` all is operands.
 */
#include "facts/cmd.h"

#include "kb/kb.h"

#include <string.h>

const df_sh_word *df_cmd_word(const df_cmd *cmd, uint32_t index)
{
    return index < cmd->node->nwords ? &cmd->node->words[index] : NULL;
}

df_str df_cmd_both(const df_cmd *cmd, char *room, size_t size)
{
    uint32_t i = cmd->sub_word ? df_cmd_operand(cmd, 0) : 0;
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;
    size_t len = cmd->sub.len;

    if (!word || !word->is_plain || len + 1 + word->value.len > size)
        return DF_STR("");
    memcpy(room, cmd->sub.ptr, len);
    room[len] = ' ';
    memcpy(room + len + 1, word->value.ptr, word->value.len);
    return (df_str){room, len + 1 + word->value.len};
}

bool df_cmd_is_at_home(const df_cmd *cmd)
{
    const df_image *image = cmd->run->stage->known;

    return image && cmd->known &&
           df_str_in(df_str_of(image->name), cmd->known->home_images);
}

bool df_cmd_is_package_manager(const df_cmd *cmd)
{
    return cmd->known && cmd->known->pure && *cmd->known->network;
}

bool df_cmd_is_on(const df_cmd *cmd, const char *option)
{
    df_str name = df_str_of(option);
    bool on = false;

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].text;
        df_str next = i + 1 < cmd->node->nwords ? cmd->node->words[i + 1].text
                                                : DF_STR("");

        if (df_str_eq(word, name))
            on = !df_str_is(next, "false");
        else if (df_str_starts(word, option) && word.ptr[name.len] == '=')
            on = df_str_is(df_str_from(word, name.len + 1), "true");
        else if (df_str_starts(word, "--no-") &&
                 df_str_eq(df_str_from(word, 5), df_str_from(name, 2)))
            on = false;
    }
    return on;
}

bool df_path_is_of_packages(const df_kb *kb, df_str path)
{
    for (df_strings d = df_kb_words(kb, "package-state"); *d; d++)
        if (df_image_below(path, df_str_of(*d)))
            return true;
    return false;
}

df_str df_word_said(const df_sh_word *word)
{
    return word->is_plain ? word->value : word->text;
}

bool df_word_is_option(const df_sh_word *word)
{
    df_str s = df_word_said(word);

    return s.len > 1 && s.ptr[0] == '-';
}

/* `--self-contained false`: such an option has a value only if it is one. */
static bool takes_truth(const df_tool *tool, const df_sh_word *option,
                        const df_sh_word *next)
{
    static const char *const values[] = {"true", "false", NULL};

    return *tool->truth_options && df_word_is_option(option) &&
           df_str_in(df_word_said(next), values) &&
           (df_str_in(DF_STR("*"), tool->truth_options) ||
            df_str_in(df_word_said(option), tool->truth_options));
}

const bool *df_option_values(df_arena *a, const df_sh_node *node,
                             const df_tool *tool)
{
    bool *values;

    if (!tool || !*tool->value_options)
        return NULL;
    values = df_new_array(a, bool, node->nwords);
    for (uint32_t i = 0; i < node->nwords; i++)
        values[i] =
            df_str_in(df_word_said(&node->words[i]), tool->value_options) ||
            (i + 1 < node->nwords &&
             takes_truth(tool, &node->words[i], &node->words[i + 1]));
    return values;
}

uint32_t df_next_operand(const df_sh_node *node, const bool *values,
                         uint32_t from, bool *dashes)
{
    for (uint32_t i = from; i < node->nwords; i++) {
        const df_sh_word *w = &node->words[i];

        if (*dashes || !df_word_is_option(w))
            return i;
        if (df_str_is(df_word_said(w), "--"))
            *dashes = true;
        else if (values && values[i])
            i++;
    }
    return 0;
}

df_operands df_cmd_all_operands(const df_cmd *cmd)
{
    return (df_operands){cmd, cmd->tool_word, false};
}

uint32_t df_operands_next(df_operands *it)
{
    const df_cmd *cmd = it->cmd;

    do
        it->at =
            df_next_operand(cmd->node, cmd->values, it->at + 1, &it->dashes);
    while (it->at && cmd->sub_word && it->at <= cmd->sub_word);
    return it->at;
}

uint32_t df_cmd_operand(const df_cmd *cmd, uint32_t n)
{
    df_operands it = df_cmd_all_operands(cmd);
    uint32_t i = df_operands_next(&it);

    for (; i && n; n--)
        i = df_operands_next(&it);
    return i;
}

uint32_t df_cmd_operands(const df_cmd *cmd)
{
    df_operands it = df_cmd_all_operands(cmd);
    uint32_t n = 0;

    while (df_operands_next(&it))
        n++;
    return n;
}

uint32_t df_cmd_last_operand(const df_cmd *cmd)
{
    df_operands it = df_cmd_all_operands(cmd);
    uint32_t last = 0;

    while (df_operands_next(&it))
        last = it.at;
    return last;
}

/* -y in -qy: only letters behind one dash, and the tool is known. */
static bool bundled(df_str word, df_str option)
{
    if (option.len != 2 || option.ptr[0] != '-' || word.len < 3 ||
        word.ptr[0] != '-' || word.ptr[1] == '-')
        return false;
    for (size_t i = 1; i < word.len; i++)
        if (!df_is_alpha(word.ptr[i]))
            return false;
    return df_str_find_char(df_str_from(word, 1), option.ptr[1]) != SIZE_MAX;
}

/* Where -name is one option, nothing is bundled, and -name=value is its value.
 */
static bool is_option(const df_tool *tool, df_str word, df_str option)
{
    bool single = tool && tool->single_dash;

    if (df_str_eq(word, option))
        return true;
    if ((single || (option.len > 2 && df_str_starts(option, "--"))) &&
        word.len > option.len && word.ptr[option.len] == '=')
        return df_str_eq(df_str_slice(word, 0, option.len), option);
    return !single && bundled(word, option);
}

/* Word index of the option, 0 if it is absent. */
static uint32_t find_option(const df_cmd *cmd, df_str option)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str word = df_word_said(&cmd->node->words[i]);

        if (df_str_is(word, "--"))
            return 0;
        if (is_option(cmd->known, word, option))
            return i;
        if (cmd->values && cmd->values[i])
            i++;
    }
    return 0;
}

bool df_cmd_has(const df_cmd *cmd, const char *option)
{
    return find_option(cmd, df_str_of(option)) != 0;
}

bool df_cmd_has_any(const df_cmd *cmd, df_strings options)
{
    for (; *options; options++)
        if (df_cmd_has(cmd, *options))
            return true;
    return false;
}

bool df_cmd_value(const df_cmd *cmd, const char *option, df_str *value)
{
    uint32_t i = find_option(cmd, df_str_of(option));
    const df_sh_word *word = i ? &cmd->node->words[i] : NULL;
    size_t eq;

    if (!word)
        return false;
    eq = df_str_find_char(df_word_said(word), '=');
    if (eq != SIZE_MAX && word->is_plain) {
        *value = df_str_from(word->value, eq + 1);
        return true;
    }
    word = df_cmd_word(cmd, i + 1);
    if (!word || !word->is_plain)
        return false;
    *value = word->value;
    return true;
}

bool df_cmd_is_global(const df_cmd *cmd)
{
    return df_cmd_has(cmd, "-g") || df_cmd_has(cmd, "--global") ||
           df_str_is(cmd->sub, "global");
}

/* What is behind the tool in such a name, and behind the blank; NULL: it names
 * another one. Most do. */
static const char *behind_tool(df_str tool, const char *name)
{
    for (size_t i = 0; i < tool.len; i++)
        if (!name[i] || name[i] != tool.ptr[i])
            return NULL;
    name += tool.len;
    if (!*name)
        return "*";
    return *name == ' ' ? name + 1 : NULL;
}

/* "tool sub", "tool sub operand", "tool *", or "tool" for any use of it. */
static bool is_named(const df_cmd *cmd, df_str tool, const char *name)
{
    char first = cmd->sub.len ? *cmd->sub.ptr : '\0';
    df_str rest;
    df_str sub;
    uint32_t i;

    name = behind_tool(tool, name);
    if (!name || strcmp(name, "*") == 0)
        return name;
    if (*name != first)
        return false;
    rest = df_str_of(name);
    if (!df_str_cut(&rest, ' ', &sub))
        return df_str_eq(cmd->sub, sub);
    i = df_str_eq(cmd->sub, sub) ? df_cmd_operand(cmd, 0) : 0;
    return i && df_str_eq(df_cmd_word(cmd, i)->text, rest);
}

/* By its name, or by the one that is written: tools of one row have many. */
bool df_cmd_in(const df_cmd *cmd, df_strings list)
{
    df_str written;
    bool other;

    if (!list || !cmd->tool.ptr)
        return false;
    written = df_path_base(cmd->node->words[cmd->tool_word].value);
    other = !df_str_eq(written, cmd->tool);
    for (; *list; list++)
        if (is_named(cmd, cmd->tool, *list) ||
            (other && is_named(cmd, written, *list)))
            return true;
    return false;
}

bool df_cmds_any(const df_run *run, uint32_t from, df_strings list)
{
    for (uint32_t i = from; i < run->ncmds; i++)
        if (df_cmd_in(&run->cmds[i], list))
            return true;
    return false;
}

bool df_run_cleans(df_arena *a, const df_run *run, const df_cache *row)
{
    const df_regex *re = df_kb_regex(run->kb, a, row->command_text);

    for (uint32_t i = 0; re && i < run->ncmds; i++)
        if (df_regex_match(re, a, run->cmds[i].node->text, NULL))
            return true;
    return false;
}

bool df_cmd_cleans(df_arena *a, const df_cmd *cmd, const df_cache *row)
{
    const df_regex *re = df_kb_regex(cmd->run->kb, a, row->command_text);

    return re && df_regex_match(re, a, cmd->node->text, NULL);
}
