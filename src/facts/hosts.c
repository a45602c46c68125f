/*
 * `rm -rf node_modules && npm ci`: some hosts have a node_modules of their own.
 * In this checkout there is none, but in another the COPY that goes down would
 * lay it over the installed one.
 */
#include "facts/lift.h"

/* rm, and the directory that it is about. */
static bool removes(const df_lift *l, const df_cmd *cmd, df_str dir)
{
    if (!df_str_is(cmd->tool, "rm"))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (w->is_plain &&
            df_str_eq(df_image_path(l->b->arena, cmd->dir, w->value), dir))
            return true;
    }
    return false;
}

/* Is it removed between the first of the COPYs and the install? */
static bool is_removed_first(const df_lift *l, df_str dir)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_cmd_above(l->installs[0].cmd, cmd)) != NULL;)
        if (cmd->run->instr->index > l->moved[0]->instr->index &&
            removes(l, cmd, dir))
            return true;
    return false;
}

/* The path in the context by which a COPY that goes down would bring it. */
static df_str exposed(const df_lift *l, df_str dir)
{
    df_str path = DF_STR("");

    for (uint32_t i = 0; i < l->nmoved && !path.len; i++)
        path = df_copy_would_bring(l->b, l->moved[i], dir);
    return path;
}

bool df_lift_check_hosts(df_lift *l)
{
    df_install *in = &l->installs[0];
    df_str ignore = df_context_ignore_name(l->b->context);

    for (df_strings w = in->eco->writes; *w; w++) {
        df_str dir = df_image_path(l->b->arena, in->dir, df_str_of(*w));
        df_str line;

        if (!dir.ptr || !is_removed_first(l, dir))
            continue;
        line = exposed(l, dir);
        if (!line.len)
            continue;
        in->ignore = line;
        return df_lift_decline(
            l, l->run->instr->keyword,
            "%s is removed before %.*s, so some hosts have one, and COPY would "
            "lay it over the installed one; add the line `%.*s` to %.*s",
            *w, DF_STR_ARG(df_lift_name(l)), DF_STR_ARG(line),
            DF_STR_ARG(ignore));
    }
    return true;
}
