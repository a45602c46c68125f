/* Where `cd` leads: see facts/cmd.h. */
#include "facts/cmd.h"

#include <dfopt/copy.h>

#define UNKNOWN ((df_str){NULL, 0})

/* Is the name nowhere in the text but behind a `$`? */
static bool is_only_read(df_str text, df_str name)
{
    for (size_t i = 0; i + name.len <= text.len; i++) {
        size_t end = i + name.len;

        if (!df_str_eq(df_str_slice(text, i, end), name) ||
            (i > 0 && df_is_name(text.ptr[i - 1])) ||
            (end < text.len && df_is_name(text.ptr[end])))
            continue;
        if (!(i > 0 && text.ptr[i - 1] == '$') &&
            !(i > 1 && text.ptr[i - 1] == '{' && text.ptr[i - 2] == '$' &&
              end < text.len && text.ptr[end] == '}'))
            return false;
    }
    return true;
}

/* Letters that stand for themselves, with or without quotes. */
static bool is_bare_path(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]) &&
            df_str_find_char(DF_STR("/-.@+"), s.ptr[i]) == SIZE_MAX)
            return false;
    return true;
}

/* `. ./settings.sh` in front of it may set what it likes. */
static bool is_behind_source(const df_cmd *cmd)
{
    static const char *const names[] = {".", "source", "eval", NULL};
    const df_run *run = cmd->run;

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *c = &run->cmds[i];

        if (c->node == cmd->node)
            break;
        if (df_str_in(df_cmd_word(c, c->tool_word)->value, names))
            return true;
    }
    return false;
}

/* `$APP`, `"${APP}/web"`, where APP is of an ENV and the RUN leaves it alone;
 * else ptr NULL. */
static df_str env_path(df_arena *a, const df_cmd *cmd, const df_sh_word *word)
{
    static const char *const of_shell[] = {"OLDPWD", "PWD", NULL};
    df_str text = word->text;
    size_t len = 0;
    const df_var *var;
    df_str rest;

    if (word->flags & ~(unsigned)(DF_WORD_VAR | DF_WORD_QUOTED))
        return UNKNOWN;
    if (text.len > 2 && df_str_starts(text, "\"") && df_str_ends(text, "\""))
        text = df_str_slice(text, 1, text.len - 1);
    if (!df_str_starts(text, "$"))
        return UNKNOWN;
    text = df_str_from(text, df_str_starts(text, "${") ? 2 : 1);
    while (len < text.len && df_is_name(text.ptr[len]))
        len++;
    rest = df_str_from(text, len);
    if (text.ptr[-1] == '{') {
        if (!df_str_starts(rest, "}"))
            return UNKNOWN;
        rest = df_str_from(rest, 1);
    }
    text = df_str_slice(text, 0, len);
    var = df_var_get(cmd->run->state, text);
    if (!var || !var->env || var->by_arg || cmd->run->instr->nflags ||
        df_str_in(text, of_shell) || !df_str_starts(var->value, "/") ||
        !is_bare_path(var->value) || !is_bare_path(rest) ||
        !is_only_read(cmd->run->tree->text.str, text) || is_behind_source(cmd))
        return UNKNOWN;
    return df_fmt(a, "%.*s%.*s", DF_STR_ARG(var->value), DF_STR_ARG(rest));
}

df_str df_cmd_cd_target(df_arena *a, const df_cmd *cmd)
{
    uint32_t i = df_cmd_operand(cmd, 0);
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;

    if (!word)
        return UNKNOWN;
    if (!word->is_plain)
        return df_image_path(a, DF_STR("/"), env_path(a, cmd, word));
    if (df_str_is(word->value, "-") || !word->value.len ||
        word->value.ptr[0] == '~')
        return UNKNOWN;
    return df_image_path(a, cmd->dir, word->value);
}
