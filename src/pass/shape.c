/* What all shapes look at: see shape.h. */
#include "pass/shape.h"

#include <dfopt/cache.h>
#include <dfopt/copy.h>
#include <dfopt/later.h>

#include <string.h>

df_span df_shape_start(const df_shape *j)
{
    return j->program.instr->keyword;
}

/* One reason is enough. */
void df_shape_decline(df_shape *j, df_span at, df_str why)
{
    if (!j->declined && !j->quiet)
        df_decline(j->cx, at, "%.*s", DF_STR_ARG(why));
    j->declined = true;
}

/* What .dfopt.yaml says of the lower part: `runtime: slim` or `same`. */
bool df_shape_wants(const df_shape *j, const char *policy)
{
    const df_setting *set = df_cx_setting(j->cx);

    return set && strcmp(set->runtime, policy) == 0;
}

/* An image for development has what builds for those who work in it: `uvicorn
 * --reload` and nodemon tell one. Of compose files they count where the image
 * itself starts nothing. */
void df_shape_check_reload(df_shape *j, const df_use *use)
{
    const df_kb *kb = j->facts->kb;
    bool open = !df_stage_last(j->stage, DF_I_CMD);

    for (uint32_t i = 0; i < use->ncalls && !j->declined; i++) {
        const df_call *call = &use->calls[i];
        bool option;

        if (call->builds || !call->cmd || !call->cmd->tool.ptr ||
            (call->composed && !open))
            continue;
        option = df_cmd_has_any(call->cmd, df_kb_words(kb, "reload-options"));
        if (option || df_cmd_in(call->cmd, df_kb_words(kb, "reloads")))
            SHAPE_DECLINE(
                j, call->at,
                "the image is for development: %.*s%s waits for changes "
                "of the source",
                DF_STR_ARG(call->cmd->tool), option ? " --reload" : "");
    }
}

/* Does the author say that a RUN makes it? */
bool df_shape_is_told(const df_shape *j, df_str path)
{
    for (uint32_t i = 0; i < j->stage->ninstrs; i++) {
        const df_instr *instr = j->stage->instrs[i];
        df_str list = df_instr_says(df_cx_doc(j->cx), instr, "artifact");
        df_str one;

        while (list.len) {
            df_str_cut(&list, ',', &one);
            if (instr->kind == DF_I_RUN && df_str_eq(df_str_trim(one), path))
                return true;
        }
    }
    return false;
}

/* Lists of packages are fetched above, and installs below rely on them. */
df_str df_shape_borrows(df_shape *j, const df_cut *cut)
{
    const df_run *last =
        j->facts->run_of[j->stage->instrs[cut->cut - 1]->index];
    df_later later;
    df_str user = DF_STR("");

    df_later_init(&later, j->arena, j->facts, df_cx_context(j->cx));
    for (uint32_t r = 0; last && !user.len && j->stage->runs + r <= last; r++)
        for (uint32_t i = 0; i < j->stage->runs[r].ncmds && !user.len; i++) {
            const df_cache *row = df_cmd_cache(&j->stage->runs[r].cmds[i]);

            if (row && *row->refreshed_by)
                user = df_later_user(&later, last, row);
        }
    return user;
}

/* `COPY --from=front /app/dist ./static`: a site needs nothing else. */
static bool brings_a_site(const df_shape *j, const df_instr *copy,
                          const df_stage *from)
{
    return from && df_str_is(from->root->repo, "node") &&
           !df_str_is(j->stage->root->repo, "node") && copy->nwords == 2 &&
           df_str_in(df_path_base(copy->words[0].str),
                     df_kb_words(j->facts->kb, "holds-sites"));
}

/* A COPY from another stage: what programs of that need, nobody has looked
 * for. NULL: there is none. */
const df_instr *df_shape_foreign(const df_shape *j)
{
    for (uint32_t i = 1; i < j->stage->ninstrs && j->stage->index; i++) {
        const df_instr *instr = j->stage->instrs[i];
        const df_flag *flag = df_instr_flag(instr, "from");
        const df_stage *from =
            flag ? df_stage_find(j->facts, flag->value, j->stage->index, true)
                 : NULL;

        if (flag && (from || df_str_find_char(flag->value, '$') != SIZE_MAX) &&
            !brings_a_site(j, instr, from))
            return instr;
    }
    return NULL;
}

void df_shape_check_cut(df_shape *j, const df_cut *cut)
{
    df_span at;
    df_str why = df_cut_hindrance(cut, &at);
    const df_instr *foreign = df_shape_foreign(j);

    if (!why.len && foreign) {
        at = foreign->keyword;
        why = DF_STR("cannot tell what a file needs that this COPY brings");
    }
    if (!why.len) {
        df_str user = df_shape_borrows(j, cut);

        at = j->stage->image_word.span;
        if (user.len)
            why = df_fmt(j->arena,
                         "`%.*s` relies on lists of packages that are fetched "
                         "above it, in what would be another stage",
                         DF_STR_ARG(user));
    }
    if (why.len)
        df_shape_decline(j, at, why);
}

/* What a compose file starts in the image, nobody has looked for in the small
 * one. */
void df_shape_check_compose(df_shape *j)
{
    const df_use *use =
        df_use_started(j->arena, j->facts, df_cx_context(j->cx), j->stage);

    for (uint32_t i = 0; i < use->ncalls; i++)
        if (use->calls[i].composed)
            SHAPE_DECLINE(j, df_shape_start(j),
                          "%.*s calls %.*s, which the new stage may lack",
                          DF_STR_ARG(use->calls[i].via),
                          DF_STR_ARG(use->calls[i].path));
}

/* Relative where WORKDIR stands above it for good. */
df_str df_shape_destination(df_shape *j, df_str path)
{
    const df_instr *last = df_stage_last(j->stage, DF_I_WORKDIR);
    df_str dir = df_stage_workdir(j->arena, j->facts, j->stage);

    if (!last || last->index >= j->stage->from->index + j->cut.cut ||
        !df_image_below(path, dir) || df_str_is(dir, "/") ||
        df_str_eq(path, dir))
        return path;
    return df_fmt(j->arena, ".%.*s", DF_STR_ARG(df_str_from(path, dir.len)));
}
