/*
 * What a finished program may need besides itself: see made.h. What the author
 * can vouch for is asked, what nobody can is declined.
 */
#include "pass/made.h"

#include <dfopt/copy.h>
#include <dfopt/use.h>

#include <string.h>

#define SAY(m, at, ...)                                                        \
    df_made_say(m, at, df_fmt((m)->arena, __VA_ARGS__), DF_STR(""))
#define ASK(m, at, ...)                                                        \
    df_made_say(m, at, df_fmt((m)->arena, __VA_ARGS__), df_made_artifact(m))

static df_strings words(const df_made *m, const char *list)
{
    return df_kb_words(m->facts->kb, list);
}

static bool is_above(const df_made *m, const df_instr *instr)
{
    return instr->index < m->stage->from->index + m->kept.cut.cut;
}

/* --- RUNs above --- */

static bool is_carried(const df_made *m, df_str path)
{
    for (uint32_t i = 0; path.ptr && i < m->npaths; i++)
        if (df_image_below(path, m->paths[i]))
            return true;
    return false;
}

/* mkdir build; mkdir /opt/tide for /opt/tide/tide */
static bool is_for_the_program(const df_made *m, const df_cmd *cmd, df_str word)
{
    static const char *const dirs[] = {"bin", "build",  "cmake-build", "dist",
                                       "obj", "objs",   "out",         "src",
                                       "lib", "target", NULL};
    df_str path =
        cmd->dir.ptr ? df_image_path(m->arena, cmd->dir, word) : cmd->dir;

    for (uint32_t i = 0; path.ptr && i < m->npaths; i++)
        if (df_image_below(m->paths[i], path))
            return true;
    return !df_str_starts(word, "/") && df_str_in(df_path_base(word), dirs);
}

/* cp, mv, install: one file, to where the program is. */
static bool puts_the_program(const df_made *m, const df_cmd *cmd)
{
    uint32_t last = df_cmd_last_operand(cmd);
    df_str to = last ? df_cmd_word(cmd, last)->text : DF_STR("");
    df_str path = cmd->dir.ptr ? df_image_path(m->arena, cmd->dir, to)
                               : (df_str){NULL, 0};

    if (df_cmd_operands(cmd) != 2 || !path.ptr)
        return false;
    if (is_carried(m, path))
        return true;
    path = df_image_path(
        m->arena, path,
        df_path_base(df_cmd_word(cmd, df_cmd_operand(cmd, 0))->text));
    return is_carried(m, path);
}

static void check_command(df_made *m, const df_cmd *cmd)
{
    static const char *const makes[] = {"mkdir", "touch", NULL};
    static const char *const puts[] = {"cp", "install", "ln", "mv", NULL};
    bool fine = true;

    if (df_str_in(cmd->tool, words(m, "makes-users")) ||
        df_str_is(cmd->tool, "chown") || df_str_is(cmd->tool, "chgrp"))
        fine = false;
    else if (df_str_in(cmd->tool, puts))
        fine = puts_the_program(m, cmd);
    else if (df_str_in(cmd->tool, makes))
        for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
            fine &= is_for_the_program(m, cmd, df_cmd_word(cmd, it.at)->text);
    if (!fine)
        ASK(m, cmd->node->span,
            "cannot tell whether the program needs what `%.*s` leaves",
            DF_STR_ARG(df_cmd_brief(cmd)));
}

static bool makes_users(const df_made *m, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (run->cmds[i].tool.ptr &&
            df_str_in(run->cmds[i].tool, words(m, "makes-users")))
            return true;
    return false;
}

/* pip install, npm ci */
static bool installs(const df_made *m, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (run->cmds[i].tool.ptr &&
            df_kb_carry(m->facts->kb, run->cmds[i].tool, run->cmds[i].sub,
                        (df_str){NULL, 0}))
            return true;
    return false;
}

/* Did the author think of them? */
static bool holds_dependencies(const df_made *m)
{
    df_strings places = words(m, "holds-dependencies");

    for (uint32_t i = 0; i < m->npaths; i++)
        if (df_str_in(m->paths[i], places) ||
            df_str_in(df_path_base(m->paths[i]), places))
            return true;
    return false;
}

static void check_runs(df_made *m, bool vouched)
{
    for (uint32_t i = 1; i < m->kept.cut.cut; i++) {
        const df_instr *instr = m->stage->instrs[i];
        const df_run *run = m->facts->run_of[instr->index];

        if (!run || !run->tree->ok || m->kept.cut.fates[i] != DF_FATE_STAYS)
            continue;
        if (vouched && installs(m, run) && !holds_dependencies(m))
            SAY(m, instr->keyword,
                "the program may need what this RUN installs");
        if (vouched && makes_users(m, run))
            SAY(m, instr->keyword,
                "the users of this RUN may be needed in both stages");
        for (uint32_t c = 0; c < run->ncmds && !vouched; c++)
            if (run->cmds[c].tool.ptr)
                check_command(m, &run->cmds[c]);
    }
}

/* --- what else is linked or loaded --- */

/* The author knows of libraries that the build makes, but not of those that
 * come with the compiler. */
static void check_text(df_made *m, bool vouched, df_span at, df_str text,
                       df_str where)
{
    for (df_strings w = words(m, "compiler-runtime"); *w; w++)
        if (df_str_has(text, *w))
            SAY(m, at,
                "%.*s says %s: the program may need a library of the compiler",
                DF_STR_ARG(where), *w);
    for (df_strings w = words(m, "linked-otherwise"); *w && !vouched; w++)
        if (df_str_has(text, *w))
            ASK(m, at, "%.*s says %s: the program may need more than itself",
                DF_STR_ARG(where), *w);
}

static void check_links(df_made *m, bool vouched)
{
    static const char *const skip[] = {".git", "test", "tests", NULL};
    df_files files = df_copied_files(m->arena, m->facts, m->context, m->stage,
                                     0, m->kept.cut.cut, skip);

    for (uint32_t i = 1; i < m->kept.cut.cut; i++)
        if (m->stage->instrs[i]->kind == DF_I_RUN)
            check_text(m, vouched, m->stage->instrs[i]->keyword,
                       m->stage->instrs[i]->args.str, DF_STR("this RUN"));
    for (uint32_t i = 0; i < files.npaths && !m->why.len; i++) {
        df_str text;

        if (!df_str_ends(files.paths[i], ".md") &&
            df_context_read(m->context, files.paths[i], &text))
            check_text(m, vouched, m->stage->image_word.span, text,
                       files.paths[i]);
    }
}

/* --- what runs --- */

static void check_calls(df_made *m)
{
    const df_use *use =
        df_use_started(m->arena, m->facts, m->context, m->stage);

    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_call *call = &use->calls[i];

        if (call->builds && is_above(m, call->instr))
            continue;
        if (df_kept_leaves(&m->kept, call->name))
            SAY(m, call->at, "%.*s calls %.*s, which stays behind",
                DF_STR_ARG(call->via.len
                               ? call->via
                               : df_str_of(df_instr_name(call->instr->kind))),
                DF_STR_ARG(call->path));
        if (call->cmd && call->cmd->tool.ptr &&
            df_kb_maker(m->facts->kb, call->cmd->tool, call->cmd->sub))
            SAY(m, call->at, "the image runs %.*s, the build tool itself",
                DF_STR_ARG(call->path));
    }
}

/* A file or directory that is copied above, and not carried. */
static bool is_source(const df_made *m, df_str value)
{
    return df_str_starts(value, "/") && value.len > 1 &&
           m->kept.cut.cut < m->stage->ninstrs && !is_carried(m, value) &&
           df_copied_before(m->arena, m->facts, m->context,
                            m->stage->instrs[m->kept.cut.cut], value)
               .ptr;
}

/* Directories of the image that is left. */
static void check_variables(df_made *m)
{
    for (uint32_t i = 1; i < m->stage->ninstrs; i++) {
        const df_instr *env = m->stage->instrs[i];

        for (uint32_t p = 0; env->kind == DF_I_ENV && p < env->npairs; p++)
            if (df_str_in(env->pairs[p].key.str, words(m, "names-the-image")) &&
                !(m->runtime &&
                  df_str_in(env->pairs[p].key.str, m->runtime->drops)))
                SAY(m, env->keyword, "%.*s may name what stays behind",
                    DF_STR_ARG(env->pairs[p].key.str));
        for (uint32_t p = 0; env->kind == DF_I_ENV && p < env->npairs; p++)
            if (is_source(m, env->pairs[p].value.str))
                ASK(m, env->keyword, "%.*s names a file of the source",
                    DF_STR_ARG(env->pairs[p].key.str));
    }
}

/* Another distribution has other packages, users and directories. */
static void check_distribution(df_made *m)
{
    if (m->same || (m->runtime && *m->runtime->on))
        return;
    if (m->kept.npackages)
        SAY(m, m->stage->image_word.span,
            "cannot tell what %.*s is called on %.*s",
            DF_STR_ARG(m->kept.packages[0]), DF_STR_ARG(m->image));
    if (!df_stage_last(m->stage, DF_I_WORKDIR))
        SAY(m, m->stage->image_word.span,
            "no WORKDIR says where the program starts");
    for (uint32_t i = 1; i < m->kept.cut.cut; i++)
        if (m->stage->instrs[i]->kind == DF_I_RUN &&
            m->kept.cut.fates[i] == DF_FATE_REPEATS)
            SAY(m, m->stage->instrs[i]->keyword,
                "cannot tell whether this RUN works on %.*s",
                DF_STR_ARG(m->image));
}

/* --- what the author vouched for --- */

/* Files that are copied beside the build are needed below. */
static void repeat_copies(df_made *m)
{
    for (uint32_t i = 1; i < m->kept.cut.cut; i++) {
        const df_instr *instr = m->stage->instrs[i];
        df_str dest =
            instr->nwords ? instr->words[instr->nwords - 1].str : DF_STR("");
        df_str dir = m->facts->states[instr->index].workdir;

        if ((instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
            df_str_starts(dest, "/") &&
            (!dir.ptr || df_str_is(dir, "/") || !df_image_overlap(dest, dir)))
            m->kept.cut.fates[i] = DF_FATE_REPEATS;
    }
}

static void check_arrival(df_made *m)
{
    df_str name = df_program_name(m->program);
    df_str path;

    for (uint32_t i = 0; i < m->npaths; i++)
        if (df_str_is(m->paths[i], "/"))
            SAY(m, m->program->instr->keyword, "all of / is no artefact");
    if (!name.ptr || df_str_find_char(name, '/') == SIZE_MAX)
        return;
    path = df_image_path(m->arena,
                         df_stage_workdir(m->arena, m->facts, m->stage), name);
    if (!is_carried(m, path) &&
        df_copied_from(m->arena, m->facts, m->context, m->stage, path).ptr ==
            NULL &&
        m->same)
        SAY(m, m->program->instr->keyword,
            "%.*s is started, and is not among the artefacts",
            DF_STR_ARG(path));
}

void df_made_needs(df_made *m, bool vouched)
{
    check_runs(m, vouched);
    if (vouched)
        repeat_copies(m);
    else if (m->row && m->row->starter)
        ASK(m, m->program->instr->keyword,
            "a program of %s may read other files where it starts",
            m->row->starter);
    check_links(m, vouched);
    check_arrival(m);
    check_calls(m);
    check_variables(m);
    check_distribution(m);
}
