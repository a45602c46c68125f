/* What ENTRYPOINT and CMD start: see program.h. */
#include <dfopt/program.h>

#include "base/buf.h"
#include "facts/build.h"
#include "facts/look.h"

const df_instr *df_stage_last(const df_stage *stage, df_instr_kind kind)
{
    for (uint32_t i = stage->ninstrs; i-- > 0;)
        if (stage->instrs[i]->kind == kind)
            return stage->instrs[i];
    return NULL;
}

df_str df_stage_workdir(df_arena *a, const df_facts *facts,
                        const df_stage *stage)
{
    const df_instr *last = stage->instrs[stage->ninstrs - 1];
    df_str dir = facts->states[last->index].workdir;
    df_str path;

    if (last->kind != DF_I_WORKDIR)
        return dir;
    path = df_expand(a, facts, last, last->args.str);
    return path.ptr ? df_image_path(a, dir, path) : path;
}

df_str df_argv_text(df_arena *a, const df_word *words, uint32_t n)
{
    df_buf out;

    df_buf_init(&out, a);
    for (uint32_t i = 0; i < n; i++) {
        df_buf_adds(&out, i ? " '" : "'");
        for (size_t k = 0; k < words[i].str.len; k++)
            if (words[i].str.ptr[k] == '\'')
                df_buf_adds(&out, "'\\''");
            else
                df_buf_addc(&out, words[i].str.ptr[k]);
        df_buf_addc(&out, '\'');
    }
    return df_buf_str(&out);
}

df_str df_program_text(df_arena *a, const df_instr *instr)
{
    bool health = instr->kind == DF_I_HEALTHCHECK;

    if (!instr->json)
        return instr->args.str;
    if (!instr->nwords)
        return DF_STR("");
    return df_argv_text(a, instr->words + health, instr->nwords - health);
}

const df_instr *df_stage_entrypoint(const df_stage *stage)
{
    const df_instr *entry = df_stage_last(stage, DF_I_ENTRYPOINT);

    return entry && entry->json && !entry->nwords ? NULL : entry;
}

df_program df_stage_program(df_arena *a, const df_facts *facts,
                            const df_stage *stage)
{
    const df_instr *cmd = df_stage_last(stage, DF_I_CMD);
    const df_instr *entry = df_stage_entrypoint(stage);
    df_program p = {.instr = entry ? entry : cmd};
    df_state *state = df_new(a, df_state);
    df_run *run = df_new(a, df_run);
    df_text text = {DF_STR(""), df_new(a, df_seg), 1, true};

    if (!p.instr)
        return p;
    p.shell = !p.instr->json || (entry && cmd && !cmd->json);
    text.str = df_program_text(a, p.instr);
    if (entry && cmd && !p.shell)
        text.str = df_fmt(a, "%.*s %.*s", DF_STR_ARG(text.str),
                          DF_STR_ARG(df_program_text(a, cmd)));
    *state = facts->states[p.instr->index];
    state->workdir = df_stage_workdir(a, facts, stage);
    *run = (df_run){
        .kb = facts->kb, .instr = p.instr, .stage = stage, .state = state};
    run->tree = df_sh_parse(a, &text, state->shell);
    if (!df_sh_only(run->tree))
        return p;
    df_make_commands(a, facts->kb, run);
    if (run->ncmds)
        p.cmd = &run->cmds[0];
    return p;
}

df_str df_exec_brief(df_arena *a, const df_instr *instr)
{
    df_buf out;

    df_buf_init(&out, a);
    for (uint32_t i = 0; i < instr->nwords; i++) {
        if (i)
            df_buf_addc(&out, ' ');
        df_buf_add(&out, instr->words[i].str);
    }
    return df_buf_str(&out);
}

df_str df_program_name(const df_program *p)
{
    return p->cmd ? p->cmd->node->words[0].value : (df_str){NULL, 0};
}
