/* What is left beside an artefact: see dfopt/beside.h. */
#include <dfopt/beside.h>

#include <dfopt/kept.h>
#include <dfopt/program.h>

static df_strings words(const df_cut *cut, const char *list)
{
    return df_kb_words(cut->facts->kb, list);
}

/* Of users and groups, and nothing else. */
static bool makes_users(const df_cut *cut, const df_run *run)
{
    bool users = false;

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];
        bool makes =
            cmd->tool.ptr && df_str_in(cmd->tool, words(cut, "makes-users"));

        users |= makes;
        if (!makes && !df_cmd_in(cmd, words(cut, "leaves-nothing")))
            return false;
    }
    return users;
}

/* The RUN, if it is one that was understood. */
static const df_run *run_of(const df_cut *cut, uint32_t i)
{
    const df_run *run = cut->facts->run_of[cut->stage->instrs[i]->index];

    return run && run->tree->ok ? run : NULL;
}

/* Not in the directory of the program, nor where nothing lasts. */
static bool is_outside(const df_cut *cut, const df_cmd *cmd,
                       const df_sh_word *word)
{
    df_str app = df_stage_workdir(cut->arena, cut->facts, cut->stage);
    df_str text = word->is_plain ? word->value : word->text;
    df_str path =
        cmd->dir.ptr ? df_image_path(cut->arena, cmd->dir, text) : cmd->dir;

    if (df_str_starts(text, "/tmp") || df_str_starts(text, "/dev/"))
        return false;
    if (df_str_starts(text, "~") || df_str_has(text, "$"))
        return true;
    return !path.ptr || !app.ptr || df_str_is(app, "/")
               ? df_str_starts(text, "/") || df_str_has(text, "..")
               : !df_image_below(path, app);
}

/* Commands whose words all name what they leave. */
static bool puts_outside(const df_cut *cut, const df_cmd *cmd)
{
    static const char *const puts[] = {"cp",  "install", "mkdir", "mv", "tar",
                                       "tee", "touch",   "unzip", NULL};

    for (df_operands it = df_cmd_all_operands(cmd);
         df_str_in(cmd->tool, puts) && df_operands_next(&it);)
        if (is_outside(cut, cmd, df_cmd_word(cmd, it.at)))
            return true;
    return false;
}

static bool leaves_more(const df_cut *cut, const df_cmd *cmd)
{
    uint32_t first = df_cmd_operand(cmd, 0);

    for (uint32_t i = 0; i < cmd->node->nredirs; i++)
        if (cmd->node->redirs[i].op != DF_OP_IN &&
            is_outside(cut, cmd, &cmd->node->redirs[i].target))
            return true;
    if (!cmd->tool.ptr)
        return cut->same_image;
    if (cut->same_image && df_cmd_is_package_manager(cmd))
        return !df_str_is(cmd->sub, "update");
    if (df_str_is(cmd->tool, "chown"))
        return !first || !df_str_starts(df_cmd_word(cmd, first)->text, "node");
    if (cut->same_image &&
        (!df_cmd_in(cmd, words(cut, "builds-site")) || df_cmd_is_global(cmd)))
        return true;
    return puts_outside(cut, cmd) ||
           df_cmd_in(cmd, words(cut, "changes-node")) ||
           df_cmd_in(cmd, words(cut, "settles-where")) ||
           df_cmd_in(cmd, words(cut, "makes-users"));
}

/* The first package that is not for building; empty: there is none. */
static df_str other_package(df_cut *cut, df_context *context)
{
    df_kept kept = {.arena = cut->arena,
                    .facts = cut->facts,
                    .context = context,
                    .stage = cut->stage,
                    .tools = words(cut, "builds-server"),
                    .vouched = true,
                    .cut = *cut};

    if (cut->stage->known)
        df_kept_sort(&kept);
    return kept.npackages ? kept.packages[0] : DF_STR("");
}

/* COPY of something beside the project, or a variable for what stays there. */
static bool brings_more(const df_cut *cut, const df_instr *instr)
{
    static const char *const names[] = {"LD_LIBRARY_PATH",
                                        "LD_PRELOAD",
                                        "NODE_EXTRA_CA_CERTS",
                                        "NODE_OPTIONS",
                                        "NODE_PATH",
                                        "PATH",
                                        NULL};
    df_str app = df_stage_workdir(cut->arena, cut->facts, cut->stage);
    df_str dest;

    for (uint32_t i = 0; instr->kind == DF_I_ENV && i < instr->npairs; i++)
        if (df_str_in(instr->pairs[i].key.str, names) &&
            df_str_has(instr->pairs[i].value.str, "/"))
            return true;
    if ((instr->kind != DF_I_COPY && instr->kind != DF_I_ADD) || !instr->nwords)
        return false;
    dest = df_image_path(cut->arena, cut->facts->states[instr->index].workdir,
                         instr->words[instr->nwords - 1].str);
    return !dest.ptr || !app.ptr ||
           (!df_str_is(app, "/") && !df_image_below(dest, app));
}

df_str df_beside_check(df_cut *cut, df_context *context, df_span start,
                       const df_cmd *known, df_span *at)
{
    df_str package = cut->same_image ? DF_STR("") : other_package(cut, context);

    *at = start;
    if (package.len)
        return df_fmt(cut->arena,
                      "cannot tell whether somebody needs %.*s here",
                      DF_STR_ARG(package));
    for (uint32_t i = cut->begin; i < cut->cut; i++) {
        const df_instr *instr = cut->stage->instrs[i];
        const df_run *run = run_of(cut, i);

        *at = instr->keyword;
        if (instr->kind == DF_I_RUN && !run)
            return DF_STR("cannot tell what this RUN leaves");
        if (brings_more(cut, instr))
            return df_fmt(cut->arena,
                          "cannot tell whether somebody needs what this %s "
                          "brings",
                          df_instr_name(instr->kind));
        if (!run)
            continue;
        cut->fates[i] = makes_users(cut, run) ? DF_FATE_MOVES : DF_FATE_STAYS;
        for (uint32_t c = 0; c < run->ncmds && cut->fates[i] == DF_FATE_STAYS;
             c++) {
            if (&run->cmds[c] == known || !leaves_more(cut, &run->cmds[c]))
                continue;
            *at = run->cmds[c].node->span;
            return df_fmt(
                cut->arena,
                "cannot tell whether somebody needs what `%.*s` leaves",
                DF_STR_ARG(df_cmd_brief(&run->cmds[c])));
        }
    }
    return DF_STR("");
}

bool df_beside_makes(const df_cut *cut, df_str user)
{
    for (uint32_t i = 1; i < cut->stage->ninstrs; i++) {
        const df_run *run = run_of(cut, i);

        if (run && makes_users(cut, run) &&
            df_str_has(run->instr->args.str, df_cstr(cut->arena, user)))
            return true;
    }
    return false;
}
