/* Later users of caches: see dfopt/later.h. */
#include <dfopt/later.h>
#include <dfopt/program.h>

void df_later_init(df_later *l, df_arena *a, const df_facts *facts,
                   df_context *context)
{
    *l = (df_later){.arena = a, .facts = facts, .context = context};
    l->uses = df_new_array(a, const df_use *, facts->nstages + 1);
}

static const df_use *use_of(df_later *l, const df_stage *stage)
{
    const df_stage *root = stage->root;

    if (!l->uses[root->index])
        l->uses[root->index] =
            df_use_find(l->arena, l->facts, l->context, root);
    return l->uses[root->index];
}

/* `xargs apt-get install`, `parallel apk search`: named among its words. */
static bool names_pair(const df_cmd *cmd, df_strings list)
{
    for (; *list; list++) {
        df_str sub = df_str_of(*list);
        df_str tool;
        bool seen = false;

        df_str_cut(&sub, ' ', &tool);
        for (uint32_t i = 0; i < cmd->node->nwords; i++) {
            df_str word = cmd->node->words[i].text;

            if (seen && (df_str_is(sub, "*") || df_str_eq(word, sub)))
                return true;
            seen = seen || df_str_eq(word, tool);
        }
    }
    return false;
}

/* `sh -c "apt-get install $X"`: a script that is not taken apart. */
static bool in_script(const df_cmd *cmd, df_strings list)
{
    if (!cmd->known || !*cmd->known->command_option)
        return false;
    for (; *list; list++)
        for (uint32_t i = 0; i < cmd->node->nwords; i++)
            if (df_str_has(cmd->node->words[i].text, *list))
                return true;
    return false;
}

static bool uses(df_later *l, const df_cmd *cmd, const df_cache *row)
{
    return (df_cmd_in(cmd, row->used_by) || names_pair(cmd, row->used_by) ||
            in_script(cmd, row->used_by)) &&
           !df_cmd_cleans(l->arena, cmd, row);
}

/* A script that is not in the context may do what it likes. */
static bool hidden(df_later *l, const df_cmd *cmd, const df_cache *row)
{
    df_str text;

    return *row->refreshed_by && df_cmd_is_script(cmd) &&
           !df_cmd_script_text(l->context, cmd, &text);
}

static bool refreshes(const df_cmd *cmd, const df_cache *row)
{
    return cmd->unconditional && df_cmd_in(cmd, row->refreshed_by);
}

/* `apt-get update && apt-get install`, though the whole may not run at all */
static bool fresh_in_chain(const df_cmd *cmds, uint32_t from, uint32_t i,
                           const df_cache *row)
{
    for (uint32_t k = i; k-- > from && cmds[k].andor == cmds[i].andor;)
        if (cmds[k + 1].pipe->op == DF_OP_AND &&
            df_cmd_in(&cmds[k], row->refreshed_by))
            return true;
    return false;
}

/* The first that needs it; *fresh: it is made anew before. */
static df_str user_in(df_later *l, const df_run *run, uint32_t from,
                      const df_cache *row, bool *fresh)
{
    for (uint32_t i = from; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        *fresh = refreshes(cmd, row);
        if (*fresh)
            break;
        if ((uses(l, cmd, row) && !fresh_in_chain(run->cmds, from, i, row)) ||
            hidden(l, cmd, row))
            return df_cmd_brief(cmd);
    }
    return DF_STR("");
}

df_str df_later_in_run(df_later *l, const df_run *run, uint32_t from,
                       const df_cache *row)
{
    bool fresh = false;

    return user_in(l, run, from, row, &fresh);
}

/* A call as the reader finds it: where it is written, or what. */
static df_str call_brief(df_later *l, const df_call *call)
{
    if (call->via.len)
        return call->via;
    if (!call->instr->json)
        return df_cmd_brief(call->cmd);
    return df_exec_brief(l->arena, call->instr);
}

/* Scripts, heredocs, exec form, and what runs when the image does. */
static df_str user_in_calls(df_later *l, const df_run *run, const df_cache *row,
                            uint32_t until)
{
    const df_use *use = use_of(l, run->stage);

    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_call *call = &use->calls[i];
        uint32_t index = call->instr->index;

        if (!call->cmd || index <= run->instr->index || index > until ||
            !df_stage_is_on(l->facts->stage_of[index], run->stage))
            continue;
        if (refreshes(call->cmd, row))
            return DF_STR("");
        if (uses(l, call->cmd, row))
            return call_brief(l, call);
    }
    return DF_STR("");
}

/*
 * What nobody needed behind an earlier RUN of the stage nobody needs behind
 * this one, if nothing makes it anew.
 */
static bool is_clear(const df_later *l, const df_run *run, const df_cache *row)
{
    return l->clear_row == row && l->clear_run->stage == run->stage &&
           l->clear_run <= run && !*row->refreshed_by;
}

static df_str find_user(df_later *l, const df_run *run, const df_cache *row)
{
    const df_facts *facts = l->facts;
    uint32_t until = facts->doc->ninstrs;
    bool fresh = false;

    for (const df_run *r = run + 1; r < facts->runs + facts->nruns; r++) {
        df_str user;

        if (!df_stage_is_on(r->stage, run->stage))
            continue;
        user = user_in(l, r, 0, row, &fresh);
        if (user.len)
            return user;
        if (fresh && r->stage == run->stage) {
            until = r->instr->index;
            break;
        }
    }
    return user_in_calls(l, run, row, until);
}

df_str df_later_user(df_later *l, const df_run *run, const df_cache *row)
{
    df_str user;

    if (!*row->used_by || is_clear(l, run, row))
        return DF_STR("");
    user = find_user(l, run, row);
    if (!user.len) {
        l->clear_row = row;
        l->clear_run = run;
    }
    return user;
}

bool df_cmd_may_do_anything(const df_cmd *cmd)
{
    return !cmd->known || df_cmd_is_script(cmd) || cmd->known->runs_code;
}
