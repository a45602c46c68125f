/* Static programs in stages of their own: see dfopt/bare.h. */
#include <dfopt/bare.h>

#include <dfopt/ties.h>

#include "facts/build.h"

/* May a single file that is copied there keep its name? Else that is its name.
 */
static bool is_directory(const df_state *state, df_str dest, df_str path)
{
    df_str base = df_path_base(dest);

    return df_str_ends(dest, "/") || df_str_is(base, ".") ||
           df_str_is(base, "..") ||
           (state->workdir.ptr && df_image_below(state->workdir, path));
}

/* The path in the other stage of what COPY --from= puts at b->path; ptr NULL:
 * it brings something else. */
static df_str source_of(const df_bare *b, const df_instr *copy)
{
    const df_state *state = &b->facts->states[copy->index];
    df_str dest = copy->words[copy->nwords - 1].str;
    df_str to = df_image_path(b->arena, state->workdir, dest);

    if (!to.ptr || df_str_find_char(dest, '$') != SIZE_MAX)
        return (df_str){NULL, 0};
    for (uint32_t i = 0; i + 1 < copy->nwords; i++) {
        df_str from = df_image_path(b->arena, DF_STR("/"), copy->words[i].str);
        bool inside = copy->nwords > 2 || is_directory(state, dest, to);
        df_str lands =
            inside ? df_image_path(b->arena, to, df_path_base(from)) : to;

        if (df_str_eq(lands, b->path))
            return from;
    }
    return (df_str){NULL, 0};
}

static bool is_static(const df_bare *b, const df_stage *stage, df_str path)
{
    df_go_builds builds =
        df_go_builds_find(b->arena, b->facts, b->context, stage);

    for (uint32_t i = 0; i < builds.nitems; i++) {
        const df_go_build *build = &builds.items[i];

        if (build->path.ptr && df_str_eq(build->path, path))
            return build->pure && build->linux &&
                   !df_cmd_has(build->cmd, "-buildmode") &&
                   !df_str_has(build->cmd->node->text, "linkmode");
    }
    return false;
}

/* The last COPY that brings it tells where it was built. */
static bool find_built(df_bare *b)
{
    for (const df_stage *s = b->stage; s; s = s->base)
        for (uint32_t i = s->ninstrs; i-- > 0;) {
            const df_instr *copy = s->instrs[i];
            const df_flag *flag = df_instr_flag(copy, "from");
            df_str path;

            if (copy->kind != DF_I_COPY || !flag || copy->nwords < 2)
                continue;
            path = source_of(b, copy);
            if (!path.ptr)
                continue;
            b->built = df_stage_find(b->facts, flag->value, s->index, true);
            return b->built && is_static(b, b->built, path);
        }
    return false;
}

/* By its path, or by its name in a directory that every PATH has. */
static bool find_path(df_bare *b)
{
    static const char *const dirs[] = {"/usr/local/bin", "/usr/bin", "/bin",
                                       NULL};
    df_str name = df_program_name(&b->program);

    if (!name.ptr || b->program.shell)
        return false;
    if (df_str_find_char(name, '/') != SIZE_MAX) {
        b->path = df_image_path(
            b->arena, df_stage_workdir(b->arena, b->facts, b->stage), name);
        return b->path.ptr && find_built(b);
    }
    for (const char *const *d = dirs; *d; d++) {
        b->path = df_image_path(b->arena, df_str_of(*d), name);
        if (find_built(b))
            return true;
    }
    return false;
}

/* What configures the image for a shell, or for who builds on it. */
static void check_config(df_bare *b)
{
    for (uint32_t i = 0; i < b->stage->ninstrs && !b->why.len; i++) {
        const df_instr *instr = b->stage->instrs[i];

        if (instr->kind != DF_I_SHELL && instr->kind != DF_I_ONBUILD)
            continue;
        b->at = instr->keyword;
        b->why = df_fmt(b->arena, "%s needs more than %s has",
                        df_instr_name(instr->kind), b->runtime->image);
    }
}

static void note_idle(df_bare *b)
{
    for (uint32_t i = 0; i < b->stage->ninstrs; i++)
        if (b->stage->instrs[i]->kind == DF_I_RUN)
            *df_push(b->arena, b, idle) = b->stage->instrs[i];
}

bool df_bare_find(df_bare *b)
{
    df_tied tied;

    b->program = df_stage_program(b->arena, b->facts, b->stage);
    b->runtime = df_kb_runtime(b->facts->kb, "go");
    if (!b->runtime || b->stage->base || b->stage->next || !b->program.instr ||
        !find_path(b))
        return false;
    tied = (df_tied){.arena = b->arena,
                     .facts = b->facts,
                     .context = b->context,
                     .stage = b->stage,
                     .source = b->built,
                     .runtime = b->runtime,
                     .program = &b->program,
                     .from = b->path};
    if (!df_program_is_tied(&tied, &b->at, &b->why))
        check_config(b);
    b->unread = tied.unread;
    note_idle(b);
    return true;
}
