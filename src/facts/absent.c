/*
 * Manifests that no COPY brings, though one brings the whole build context: see
 * df_install_absent in dfopt/install.h.
 */
#include <dfopt/install.h>
#include <dfopt/reach.h>
#include <dfopt/use.h>

#include "base/limits.h"

typedef struct {
    df_arena *arena;
    df_str *names;
    uint32_t nnames, cnames;
    const df_cmd *by;
    bool own;  /* an install finds what it needs: this is the context */
    bool made; /* what is missing may be made */
} search;

static bool is_whole(const df_copied *copy)
{
    return copy->known && copy->nsources == 1 && copy->sources[0].dir &&
           !copy->sources[0].path.len && copy->dest.ptr &&
           df_str_starts(copy->dest, "/");
}

static const df_copied *whole_copy(const df_brought *b)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (is_whole(&b->copies[i]))
            return &b->copies[i];
    return NULL;
}

/* `git clone … .`, `npm init -y`: a command may have made it. */
static bool may_be_made(const df_brought *b, const df_copied *copy,
                        const df_cmd *cmd)
{
    const df_facts *facts = b->facts;

    for (uint32_t i = 0; i < facts->nruns; i++) {
        const df_run *run = &facts->runs[i];

        if (!df_stage_is_on(cmd->run->stage, run->stage))
            continue;
        if (!run->tree->ok)
            return true;
        for (uint32_t k = 0; k < run->ncmds; k++) {
            if (&run->cmds[k] == cmd)
                return false;
            if (!df_str_is(run->cmds[k].tool, "cd") &&
                !run->cmds[k].ecosystem &&
                df_cmd_reach(b, copy, &run->cmds[k]) >= DF_REACH_INSIDE)
                return true;
        }
    }
    return false;
}

/* COPYs of another kind may bring anything. */
static bool all_known(const df_brought *b)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (!b->copies[i].known || !b->copies[i].dest.ptr)
            return false;
    return true;
}

static void look_at(search *out, const df_brought *b, const df_cmd *cmd)
{
    const df_copied *copy = whole_copy(b);
    df_install in;

    if (!copy || !cmd->unconditional || !df_install_read(b, cmd, &in))
        return;
    out->own |= !in.missing.len;
    if (out->own || !df_image_below(in.missing, copy->dest))
        return;
    out->made |= !all_known(b) || may_be_made(b, copy, cmd);
    *df_push(out->arena, out, names) = df_path_below(in.missing, copy->dest);
    if (!out->by)
        out->by = cmd;
}

df_absence df_install_absent(df_arena *a, const df_facts *facts,
                             df_context *context)
{
    search out = {.arena = a};

    for (uint32_t i = 0; i < facts->nruns && !out.own; i++) {
        const df_run *run = &facts->runs[i];
        const df_brought *b = NULL;

        for (uint32_t k = 0; k < run->ncmds && !run->onbuild; k++) {
            if (!run->cmds[k].ecosystem)
                continue;
            if (!b)
                b = df_brought_before(a, facts, context, run->instr);
            if (!b->too_many)
                look_at(&out, b, &run->cmds[k]);
        }
    }
    return (df_absence){
        {out.names, out.own ? 0 : out.nnames}, out.by, !out.made};
}
