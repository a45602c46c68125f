/* A part of a project that is only built: see dfopt/shape.h. */
#include "pass/shape.h"

#include <dfopt/folder.h>

static void propose_folder(df_shape *j, const df_folder *f)
{
    df_finding *finding = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs %.*s, and no other file that is built in %.*s: this "
        "is done in a stage of its own",
        DF_STR_ARG(f->made), DF_STR_ARG(f->dir));
    df_str last;

    j->proposed = true;
    j->cut = f->cut;
    last = df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n",
                  df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
                  DF_STR_ARG(f->made),
                  DF_STR_ARG(df_shape_destination(j, f->made)));
    df_cut_apply(&j->cut, finding, j->stage->image_word.str, DF_STR(""), last);
    df_saves_by(finding, "node_modules of %.*s, whose size is not known",
                DF_STR_ARG(f->dir));
    df_condition(finding,
                 "nothing that runs loads a package from %.*s/node_modules",
                 DF_STR_ARG(f->dir));
}

void df_shape_folder(df_shape *j)
{
    df_folder f = {.arena = j->arena,
                   .facts = j->facts,
                   .context = df_cx_context(j->cx),
                   .stage = j->stage};

    if (!j->program.instr || j->proposed)
        return;
    f.use = df_use_started(j->arena, j->facts, f.context, j->stage);
    if (!df_folder_find(&f))
        return;
    j->declined = false;
    if (f.why.len)
        df_shape_decline(j, f.at, f.why);
    df_shape_check_cut(j, &f.cut);
    if (!j->declined)
        propose_folder(j, &f);
}
