/* A part of a project that is only built: see dfopt/folder.h. */
#include <dfopt/folder.h>

#include <dfopt/copy.h>
#include <dfopt/site.h>

#include <string.h>

#define SAY(f, at, ...) say(f, at, df_fmt((f)->arena, __VA_ARGS__))

/* The first reason counts. */
static void say(df_folder *f, df_span at, df_str why)
{
    if (f->why.len)
        return;
    f->at = at;
    f->why = why;
}

static df_strings words(const df_folder *f, const char *list)
{
    return df_kb_words(f->facts->kb, list);
}

/* --- which part --- */

/* The program starts elsewhere, and finds no module there. */
static bool is_apart(const df_folder *f, df_str dir)
{
    df_str home = df_stage_workdir(f->arena, f->facts, f->stage);

    return dir.ptr && df_str_starts(dir, "/") && dir.len > 1 && home.ptr &&
           df_str_starts(home, "/") && !df_image_below(home, dir);
}

static bool find_made(df_folder *f)
{
    df_site site = {.arena = f->arena,
                    .facts = f->facts,
                    .context = f->context,
                    .stage = f->stage};

    for (uint32_t i = 0; i < f->use->ncalls; i++) {
        const df_call *call = &f->use->calls[i];
        df_str made = df_site_makes(&site, call);

        if (!made.len || !is_apart(f, call->cmd->dir) ||
            !df_image_below(made, call->cmd->dir) ||
            df_str_eq(made, call->cmd->dir))
            continue;
        f->dir = call->cmd->dir;
        f->made = made;
        return true;
    }
    return false;
}

static bool is_install(const df_folder *f, const df_cmd *cmd)
{
    const df_carry *row =
        df_kb_carry(f->facts->kb, cmd->tool, cmd->sub, DF_STR("node"));

    return row && df_str_is(df_str_of(row->ecosystem), "npm") &&
           !df_cmd_has_any(cmd, row->not_with);
}

/* npm run build, yarn build */
static bool is_build(const df_cmd *cmd)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", NULL};

    return df_str_in(cmd->tool, tools) &&
           (df_str_is(cmd->sub, "run") || df_str_is(cmd->sub, "run-script") ||
            df_str_starts(cmd->sub, "build"));
}

/* Does the RUN nothing but install and build that part? */
static bool is_of_part(const df_folder *f, const df_instr *instr)
{
    const df_run *run = f->facts->run_of[instr->index];
    bool works = false;

    if (!run || !run->tree->ok)
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];
        bool mine = cmd->tool.ptr && cmd->unconditional && !cmd->wrapped &&
                    (is_install(f, cmd) || is_build(cmd)) &&
                    df_str_eq(cmd->dir, f->dir);

        works |= mine;
        if (!mine && !df_cmd_in(cmd, words(f, "leaves-nothing")))
            return false;
    }
    return works;
}

/* df_cut_plan asks which RUNs may stand below. */
static bool stays(const df_instr *instr, const void *ctx)
{
    return !is_of_part(ctx, instr);
}

/* Index of the first RUN of the part in the stage; 0: there is none. */
static uint32_t first_of_part(const df_folder *f)
{
    for (uint32_t i = 1; i < f->stage->ninstrs; i++)
        if (f->stage->instrs[i]->kind == DF_I_RUN &&
            is_of_part(f, f->stage->instrs[i]))
            return i;
    return 0;
}

/* --- what it leaves --- */

static bool installs_there(const df_folder *f, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (run->cmds[i].tool.ptr && is_install(f, &run->cmds[i]))
            return true;
    return false;
}

/* Its RUNs, one behind the other, with COPYs between at most. */
static bool plan(df_folder *f)
{
    static const char *const none[] = {NULL};
    uint32_t begin = first_of_part(f);
    bool installs = false;

    if (!begin)
        return false;
    f->cut = df_cut_plan(f->arena, f->facts, f->stage, stays, f, none);
    df_cut_share(&f->cut, begin);
    for (uint32_t i = begin; i < f->cut.cut; i++) {
        const df_instr *instr = f->stage->instrs[i];

        if (instr->kind == DF_I_RUN && !is_of_part(f, instr))
            return false;
        if (instr->kind == DF_I_RUN)
            installs |= installs_there(f, f->facts->run_of[instr->index]);
        if (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) {
            f->cut.fates[i] = DF_FATE_REPEATS;
            f->cut.all_workdirs = true;
        }
    }
    return installs;
}

static bool is_in_part(const df_folder *f, const df_instr *instr)
{
    uint32_t from = f->stage->from->index;

    return instr->index >= from + f->cut.begin &&
           instr->index < from + f->cut.cut;
}

static uint32_t end_of_part(const df_folder *f)
{
    return df_span_end(f->stage->instrs[f->cut.cut - 1]->lines);
}

/* tsc checks, and the bundler builds: neither leaves more. */
static void check_build(df_folder *f)
{
    static const char *const known[] = {"npm",     "pnpm", "tsc",
                                        "vue-tsc", "yarn", NULL};
    df_site site = {.arena = f->arena,
                    .facts = f->facts,
                    .context = f->context,
                    .stage = f->stage};

    for (uint32_t i = 0; i < f->use->ncalls; i++) {
        const df_call *call = &f->use->calls[i];

        if (call->builds && call->cmd && is_in_part(f, call->instr) &&
            !df_str_in(call->name, known) && !df_site_makes(&site, call).len &&
            !df_cmd_in(call->cmd, words(f, "leaves-nothing")))
            SAY(f, call->at,
                "cannot tell whether somebody needs what `%.*s` leaves",
                DF_STR_ARG(df_cmd_brief(call->cmd)));
    }
    for (uint32_t i = 0; i < f->use->nunseen; i++)
        if (f->use->unseen[i].at.off >=
                f->stage->instrs[f->cut.begin]->lines.off &&
            f->use->unseen[i].at.off < end_of_part(f))
            SAY(f, f->use->unseen[i].at, "cannot see what %.*s",
                DF_STR_ARG(f->use->unseen[i].what));
}

/* --- its manifest --- */

static const df_json *manifest(df_folder *f, df_str dir, df_str *path)
{
    *path =
        df_copied_from(f->arena, f->facts, f->context, f->stage,
                       df_image_path(f->arena, dir, DF_STR("package.json")));
    return path->ptr ? df_context_json(f->context, *path) : NULL;
}

/* What npm starts before and after, besides hooks for git. */
static void check_hooks(df_folder *f, df_str path, const df_json *package)
{
    static const char *const hooks[] = {"preinstall", "install",  "postinstall",
                                        "prepare",    "prebuild", "postbuild",
                                        NULL};
    const df_json *scripts = df_json_get(package, "scripts");
    df_str text;

    for (const char *const *h = hooks; *h; h++)
        if (df_json_string(df_json_get(scripts, *h), &text) &&
            !df_str_starts(text, "husky"))
            SAY(f, f->stage->from->keyword,
                "cannot tell whether somebody needs what the script `%s` of "
                "%.*s leaves",
                *h, DF_STR_ARG(path));
}

static void check_packages(df_folder *f, const df_json *package)
{
    static const char *const parts[] = {"dependencies", "devDependencies",
                                        NULL};

    for (const char *const *p = parts; *p; p++)
        for (df_strings n = words(f, "fills-home"); *n; n++)
            if (df_json_get(df_json_get(package, *p), *n))
                SAY(f, f->stage->from->keyword,
                    "%s keeps what it downloads outside of the project", *n);
}

/* In a workspace npm fills the directory of the whole. */
static void check_workspace(df_folder *f)
{
    df_str dir = f->dir;
    df_str path;

    while (dir.len > 1) {
        dir = df_image_dir(dir);
        dir = dir.len ? dir : DF_STR("/");
        if (df_json_get(manifest(f, dir, &path), "workspaces"))
            SAY(f, f->stage->from->keyword, "%.*s is a part of a workspace",
                DF_STR_ARG(f->dir));
    }
}

/* What was built elsewhere would come with COPY, too. */
static void check_context(df_folder *f, df_str path)
{
    df_str names[] = {DF_STR("node_modules"), df_path_base(f->made)};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        df_str file = df_context_join(f->arena, df_image_dir(path), names[i]);

        if (df_context_stat(f->context, file) != DF_FILE_NONE)
            SAY(f, f->stage->from->keyword,
                "%.*s is in the build context; a line in .dockerignore would "
                "keep it out",
                DF_STR_ARG(file));
    }
}

/* --- who else may need it --- */

static bool is_left(const df_folder *f, df_str path)
{
    return path.ptr && df_image_below(path, f->dir) &&
           !df_image_below(path, f->made);
}

static bool names_left(const df_folder *f, const df_cmd *cmd)
{
    for (uint32_t i = 0; i < cmd->node->nwords; i++) {
        const df_sh_word *word = &cmd->node->words[i];

        if (is_left(f,
                    df_image_path(f->arena, cmd->dir,
                                  word->is_plain ? word->value : word->text)))
            return true;
    }
    return false;
}

static void check_calls(df_folder *f)
{
    uint32_t below = end_of_part(f);

    for (uint32_t i = 0; i < f->use->ncalls; i++) {
        const df_call *call = &f->use->calls[i];

        if (!call->cmd || (call->builds && call->at.off < below))
            continue;
        if (!call->cmd->dir.ptr || is_left(f, call->cmd->dir) ||
            names_left(f, call->cmd))
            SAY(f, call->at, "%.*s may need more of %.*s than %.*s",
                DF_STR_ARG(call->path), DF_STR_ARG(f->dir),
                DF_STR_ARG(f->made));
    }
    for (uint32_t i = 0; i < f->use->nunseen; i++)
        if (f->use->unseen[i].at.off >= below)
            SAY(f, f->use->unseen[i].at,
                "cannot see what %.*s; it may need more of %.*s than %.*s",
                DF_STR_ARG(f->use->unseen[i].what), DF_STR_ARG(f->dir),
                DF_STR_ARG(f->made));
}

/* RUNs that nobody can read, and users, whose files the copy would not be. */
static void check_instructions(df_folder *f)
{
    for (uint32_t i = 1; i < f->stage->ninstrs; i++) {
        const df_instr *instr = f->stage->instrs[i];
        const df_run *run = f->facts->run_of[instr->index];

        if (instr->kind == DF_I_USER && i < f->cut.cut &&
            !df_user_is_root(instr->args.str))
            SAY(f, instr->keyword, "USER stands above the build");
        if (instr->kind == DF_I_RUN && i >= f->cut.cut &&
            (!run || !run->tree->ok))
            SAY(f, instr->keyword, "cannot tell what this RUN needs");
        if (instr->nheredocs && i >= f->cut.begin && i < f->cut.cut)
            SAY(f, instr->keyword, "a heredoc is not copied twice");
    }
}

/* Not what tells tools how to work on the project. */
static bool is_code(df_str path)
{
    static const char *const ends[] = {".json", ".lock", ".md",
                                       ".yaml", ".yml",  NULL};
    static const char *const begins[] = {".", "Dockerfile", "Makefile", NULL};
    bool code = true;

    for (const char *const *e = ends; *e; e++)
        code &= !df_str_ends(path, *e);
    for (const char *const *b = begins; *b; b++)
        code &= !df_str_starts(df_path_base(path), *b);
    return code;
}

/* express.static("client/node_modules/…") */
static void check_source(df_folder *f, df_str mine)
{
    static const char *const skip[] = {"node_modules", ".git", NULL};
    df_files files = df_copied_files(f->arena, f->facts, f->context, f->stage,
                                     0, f->stage->ninstrs, skip);
    df_str text;

    if (files.missing.len || files.cut)
        SAY(f, f->stage->image_word.span,
            "cannot see all of the source in the build context");
    for (uint32_t i = 0; i < files.npaths && !f->why.len; i++) {
        df_str path = files.paths[i];
        bool own = path.len > mine.len && mine.len &&
                   df_str_eq(df_str_slice(path, 0, mine.len), mine);

        if (!own && is_code(path) && df_context_read(f->context, path, &text) &&
            df_str_has(text, "node_modules") &&
            df_str_has(text, df_cstr(f->arena, df_path_base(f->dir))))
            SAY(f, f->stage->image_word.span,
                "%.*s speaks of node_modules and of %.*s", DF_STR_ARG(path),
                DF_STR_ARG(df_path_base(f->dir)));
    }
}

bool df_folder_find(df_folder *f)
{
    const df_json *package;
    df_str path;

    if (!find_made(f) || !plan(f))
        return false;
    package = manifest(f, f->dir, &path);
    if (!package)
        return false;
    check_build(f);
    check_hooks(f, path, package);
    check_packages(f, package);
    check_workspace(f);
    check_context(f, path);
    check_calls(f);
    check_instructions(f);
    check_source(f, df_str_slice(path, 0, path.len - strlen("package.json")));
    return true;
}
