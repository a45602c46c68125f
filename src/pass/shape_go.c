/* Programs of Go: see dfopt/shape.h. */
#include "pass/shape.h"

#include <dfopt/copy.h>
#include <dfopt/go.h>
#include <dfopt/packages.h>
#include <dfopt/ties.h>

#include <string.h>

/* Directories in PATH of the image without a shell, and of most others. */
static bool in_path(df_str path)
{
    static const char *const dirs[] = {
        "/bin/",           "/sbin/",           "/usr/bin/", "/usr/sbin/",
        "/usr/local/bin/", "/usr/local/sbin/", NULL};

    for (const char *const *d = dirs; *d; d++)
        if (df_str_starts(path, *d) &&
            df_str_find_char(df_str_from(path, strlen(*d)), '/') == SIZE_MAX)
            return true;
    return false;
}

/* Does that build make what is started? A bare name is looked up in PATH,
 * which has no /go/bin in the lower stage. */
static bool makes_program(df_shape *j, const df_go_build *build)
{
    df_str name = df_program_name(&j->program);
    df_str dir = df_stage_workdir(j->arena, j->facts, j->stage);

    if (!build->path.ptr)
        return false;
    j->from = j->to = build->path;
    if (df_str_find_char(name, '/') != SIZE_MAX)
        return df_str_eq(df_image_path(j->arena, dir, name), build->path);
    if (!df_str_eq(name, df_path_base(build->path)))
        return false;
    if (df_str_starts(build->path, "/go/bin/"))
        j->to = df_fmt(j->arena, "/usr/local/bin/%.*s", DF_STR_ARG(name));
    return in_path(j->to);
}

static const df_go_build *find_build(df_shape *j, const df_go_builds *builds)
{
    for (uint32_t i = builds->nitems; i-- > 0;)
        if (makes_program(j, &builds->items[i]))
            return &builds->items[i];
    return NULL;
}

/*
 * `go install ./...` makes the program that is started, as far as can be seen:
 * nothing else does. The author is to say so.
 */
static const df_go_build *assume_build(df_shape *j, const df_go_builds *builds)
{
    df_str name = df_program_name(&j->program);
    bool bare = df_str_find_char(name, '/') == SIZE_MAX;
    df_str path =
        bare ? df_fmt(j->arena, "/go/bin/%.*s", DF_STR_ARG(name))
             : df_image_path(j->arena,
                             df_stage_workdir(j->arena, j->facts, j->stage),
                             name);

    if (!path.ptr || in_path(path) ||
        df_copied_from(j->arena, j->facts, df_cx_context(j->cx), j->stage, path)
            .ptr)
        return NULL;
    for (uint32_t i = builds->nitems; i-- > 0;)
        if (!builds->items[i].path.ptr &&
            bare == df_str_is(builds->items[i].cmd->sub, "install")) {
            j->from = path;
            j->to =
                bare ? df_fmt(j->arena, "/usr/local/bin/%.*s", DF_STR_ARG(name))
                     : path;
            j->asked = df_shape_is_told(j, path) ? DF_STR("") : path;
            return &builds->items[i];
        }
    return NULL;
}

static void decline_make(df_shape *j)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(j->stage, cmd)) != NULL;) {
        if (df_str_is(cmd->tool, "make"))
            SHAPE_DECLINE(j, cmd->node->span,
                          "cannot see which file `%.*s` produces",
                          DF_STR_ARG(df_cmd_brief(cmd)));
    }
}

/* Builds that leave something at a place that no word names. */
static void decline_unknown(df_shape *j, const df_go_builds *builds)
{
    for (uint32_t i = 0; i < builds->nitems; i++) {
        const df_sh_node *node = builds->items[i].cmd->node;

        if (!builds->items[i].path.ptr)
            SHAPE_DECLINE(j, node->span, "cannot see which file `%.*s` makes",
                          DF_STR_ARG(df_cmd_brief(builds->items[i].cmd)));
    }
    decline_make(j);
    SHAPE_DECLINE(j, df_shape_start(j), "cannot see which step makes `%.*s`",
                  DF_STR_ARG(df_program_name(&j->program)));
}

/* Is it static? Told as advice, since one word would make it so. */
static void check_static(df_shape *j, const df_go_build *build)
{
    const df_cmd *cmd = build->cmd;

    if (!build->linux)
        SHAPE_DECLINE(j, cmd->node->span, "GOOS is not known to be linux");
    else if (df_cmd_has(cmd, "-buildmode") ||
             df_str_has(cmd->node->text, "linkmode"))
        SHAPE_DECLINE(
            j, cmd->node->span,
            "cannot tell whether -buildmode or -linkmode makes a static "
            "program");
    else if (!build->pure && !j->declined) {
        df_suggest(j->cx, cmd->node->span,
                   "with CGO_ENABLED=0 the program would be static and could "
                   "run on %s",
                   j->runtime->image);
        j->declined = true;
    }
}

/* Go. */

/* ENV of the build stage that only the toolchain reads stays there: "A, B". */
static df_str leave_variables(df_shape *j, df_finding *f)
{
    df_str names = DF_STR("");

    for (uint32_t i = 0; i < j->cut.cut; i++) {
        const df_instr *instr = j->stage->instrs[i];

        for (uint32_t k = 0; instr->kind == DF_I_ENV && k < instr->npairs;
             k++) {
            df_str name = instr->pairs[k].key.str;

            if (!df_str_in(name, j->runtime->drops))
                continue;
            df_allow(f, df_cstr(j->arena, name));
            names = df_fmt(j->arena, "%.*s%s%.*s", DF_STR_ARG(names),
                           names.len ? ", " : "", DF_STR_ARG(name));
        }
    }
    return names;
}

/* The image without distroless's name, with what distroless has. */
static const df_runtime *go_runtime(df_shape *j)
{
    const df_runtime *row = df_kb_runtime(df_cx_kb(j->cx), "go");

    if (!row || !row->slim || !df_shape_wants(j, "slim"))
        return row;
    j->slim = *row;
    j->slim.image = row->slim;
    return &j->slim;
}

static df_str slim_packages(df_shape *j)
{
    df_strings names = j->slim.slim_packages;
    df_packages packages = {.run = df_cut_keyword(&j->cut, DF_I_RUN),
                            .family = "debian"};
    df_str *list;

    if (j->runtime != &j->slim || !names)
        return DF_STR("");
    while (names[packages.nnames])
        packages.nnames++;
    list = df_new_array(j->arena, df_str, packages.nnames);
    for (uint32_t i = 0; i < packages.nnames; i++)
        list[i] = df_str_of(names[i]);
    packages.names = list;
    return df_fmt(j->arena, "%.*s\n\n",
                  DF_STR_ARG(df_packages_run(j->arena, j->facts, &packages)));
}

static void propose_go(df_shape *j)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs only %.*s, a static program; the toolchain and the "
        "source stay in a stage of their own",
        DF_STR_ARG(j->from));
    const char *copy = df_cut_keyword(&j->cut, DF_I_COPY);
    df_str left;
    df_str first =
        df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n", copy,
               DF_STR_ARG(j->cut.name), DF_STR_ARG(j->from), DF_STR_ARG(j->to));

    if (!df_stage_last(j->stage, DF_I_WORKDIR))
        first =
            df_fmt(j->arena, "%.*s%s %.*s\n", DF_STR_ARG(first),
                   df_cut_keyword(&j->cut, DF_I_WORKDIR),
                   DF_STR_ARG(df_stage_workdir(j->arena, j->facts, j->stage)));
    first = df_fmt(j->arena, "%.*s%.*s", DF_STR_ARG(slim_packages(j)),
                   DF_STR_ARG(first));
    df_cut_apply(&j->cut, f, df_str_of(j->runtime->image), first, DF_STR(""));
    left = leave_variables(j, f);
    df_condition(f,
                 "no package that the program uses starts another program or "
                 "reads a file of the build stage%s%.*s%s%.*s",
                 left.len ? "; the program does not ask for " : "",
                 DF_STR_ARG(left),
                 j->unread.len ? "; none of its code speaks of " : "",
                 DF_STR_ARG(j->unread));
}

static void check_ties(df_shape *j)
{
    df_tied tied = {.arena = j->arena,
                    .facts = j->facts,
                    .context = df_cx_context(j->cx),
                    .stage = j->stage,
                    .runtime = j->runtime,
                    .program = &j->program,
                    .cut = j->cut.cut,
                    .from = j->from};
    df_span at;
    df_str why;

    if (!j->declined && df_program_is_tied(&tied, &at, &why))
        df_shape_decline(j, at, why);
    j->unread = tied.unread;
}

static void decline_shell(df_shape *j)
{
    SHAPE_DECLINE(
        j, df_shape_start(j),
        "%s in shell form needs sh, which %s lacks; exec form does not",
        df_instr_name(j->program.instr->kind), j->runtime->image);
}

/* One word is all that the program is started with: nothing needs a shell. */
static void ask_for_exec_form(df_shape *j)
{
    const df_sh_node *node = j->program.cmd->node;

    if (node->nwords != 1 || !node->words[0].is_plain || node->nassigns ||
        df_stage_entrypoint(j->stage) != NULL)
        decline_shell(j);
    else
        df_suggest(j->cx, df_shape_start(j),
                   "%s in shell form needs sh, which %s lacks; in exec form "
                   "the image could do with %.*s: %s [\"%.*s\"]",
                   df_instr_name(j->program.instr->kind), j->runtime->image,
                   DF_STR_ARG(j->from), df_instr_name(j->program.instr->kind),
                   DF_STR_ARG(node->words[0].value));
    j->declined = true;
}

void df_shape_go(df_shape *j)
{
    df_go_builds builds =
        df_go_builds_find(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    const df_go_build *build;

    j->runtime = go_runtime(j);
    if (!j->runtime || !j->program.instr || df_shape_wants(j, "same") ||
        (j->stage->index && !builds.nitems))
        return;
    if (j->program.cmd && df_str_is(j->program.cmd->tool, "go")) {
        SHAPE_DECLINE(j, df_shape_start(j),
                      "the image runs `go %.*s`, the build tool itself",
                      DF_STR_ARG(j->program.cmd->sub));
        return;
    }
    if (!df_program_name(&j->program).ptr) {
        decline_shell(j);
        return;
    }
    build = find_build(j, &builds);
    if (!build)
        build = assume_build(j, &builds);
    if (!build) {
        decline_unknown(j, &builds);
        return;
    }
    j->cut = df_cut_plan(j->arena, j->facts, j->stage, NULL, NULL,
                         j->runtime->drops);
    check_static(j, build);
    df_shape_check_cut(j, &j->cut);
    check_ties(j);
    if (!j->declined)
        df_shape_check_compose(j);
    if (j->declined)
        return;
    if (j->asked.len)
        df_suggest(j->cx, build->cmd->node->span,
                   "cannot see which file `%.*s` makes; say it: # dfopt: "
                   "artifact=%.*s, above that RUN",
                   DF_STR_ARG(df_cmd_brief(build->cmd)), DF_STR_ARG(j->asked));
    else if (j->program.shell && j->runtime != &j->slim)
        ask_for_exec_form(j);
    else
        propose_go(j);
    j->declined |= j->asked.len > 0;
}
