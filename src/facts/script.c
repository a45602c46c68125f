/* Shell scripts that commands start, and where the context has them. */
#include <dfopt/facts.h>

/* Long enough to know the command by. */
#define MAX_BRIEF 70u

df_str df_sh_brief(df_str s)
{
    df_str line;

    df_str_cut(&s, '\n', &line);
    if (df_str_has(line, "  "))
        line = df_str_slice(line, 0, df_str_find(line, "  "));
    if (line.len <= MAX_BRIEF)
        return line;
    line = df_str_slice(line, 0, MAX_BRIEF);
    while (line.len && ((unsigned char)line.ptr[line.len - 1] & 0x80))
        line.len--;
    return line;
}

df_str df_cmd_brief(const df_cmd *cmd)
{
    return df_sh_brief(cmd->pipe && cmd->pipe->nkids > 1 ? cmd->pipe->text
                                                         : cmd->node->text);
}

static bool is_shell(const df_cmd *cmd)
{
    static const char *const shells[] = {"sh",  "bash", "dash",   "ash",
                                         "zsh", ".",    "source", NULL};

    return df_str_in(cmd->tool, shells);
}

static bool is_sh_file(df_str path)
{
    return df_str_ends(path, ".sh") || df_str_ends(path, ".bash");
}

/* The word that names the script; NULL if it comes from elsewhere. */
static const df_sh_word *script_word(const df_cmd *cmd)
{
    uint32_t i = cmd->tool_word;

    if (is_shell(cmd))
        i = df_cmd_operand(cmd, 0);
    return i || !is_shell(cmd) ? df_cmd_word(cmd, i) : NULL;
}

bool df_cmd_is_script(const df_cmd *cmd)
{
    if (!cmd->tool.ptr)
        return false;
    if (!is_shell(cmd))
        return is_sh_file(cmd->tool);
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str s = cmd->node->words[i].text;

        if (s.len > 1 && s.ptr[0] == '-' && s.ptr[s.len - 1] == 'c')
            return false;
    }
    return true;
}

/* /tmp/build/x.sh may be build/x.sh or x.sh in the context. */
bool df_cmd_script_text(df_context *context, const df_cmd *cmd, df_str *text)
{
    const df_sh_word *word = script_word(cmd);
    df_str path, head;

    if (!word || !word->is_plain || !df_context_present(context))
        return false;
    path = word->value;
    while (path.len) {
        if (df_context_read(context, path, text))
            return true;
        df_str_cut(&path, '/', &head);
    }
    return false;
}
