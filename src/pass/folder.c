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
        f->row = df_site_bundler(&site, call);
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

/* `npm run build` or `yarn build`, and not a word more. */
static bool is_build(const df_cmd *cmd)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", NULL};
    uint32_t words = cmd->node->nwords - cmd->tool_word;
    bool run = df_str_is(cmd->sub, "run") || df_str_is(cmd->sub, "run-script");

    return df_str_in(cmd->tool, tools) && !cmd->node->nassigns &&
           (run ? words == 3 : words == 2 && df_str_starts(cmd->sub, "build"));
}

/* cd, ls: they write nothing, and change nothing that the next one reads. */
static bool is_idle(const df_cmd *cmd)
{
    static const char *const tools[] = {
        ":", "cd", "ls", "npm cache", "pwd", "true", "yarn cache", NULL};

    return df_cmd_in(cmd, tools);
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
        if ((!mine && !is_idle(cmd)) || cmd->node->nredirs)
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

/* The text of a file of the part; empty: there is none. */
static df_str own_file(const df_folder *f, const char *name)
{
    df_str path =
        df_copied_from(f->arena, f->facts, f->context, f->stage,
                       df_image_path(f->arena, f->dir, df_str_of(name)));
    df_str text;

    return path.ptr && df_context_read(f->context, path, &text) ? text
                                                                : DF_STR("");
}

static bool says_no_emit(df_str text)
{
    size_t at = df_str_find(text, "\"noEmit\"");

    if (at == SIZE_MAX)
        return false;
    text = df_str_trim(df_str_from(text, at + strlen("\"noEmit\"")));
    return df_str_starts(text, ":") &&
           df_str_starts(df_str_trim(df_str_from(text, 1)), "true");
}

/* tsconfig.json, or the two that vite's templates refer to, write nothing. */
static bool writes_no_types(const df_folder *f)
{
    static const char *const parts[] = {"tsconfig.app.json",
                                        "tsconfig.node.json", NULL};
    df_str text = own_file(f, "tsconfig.json");
    bool none = df_str_has(text, "\"references\"");

    if (df_str_has(text, "\"../"))
        return false;
    for (const char *const *p = parts; *p && none; p++)
        none &= says_no_emit(own_file(f, *p));
    return none || (says_no_emit(text) && !df_str_has(text, "\"references\""));
}

/* `tsc --noEmit`, `tsc -b`: a check of types that leaves no file. */
static bool only_checks(const df_folder *f, const df_cmd *cmd)
{
    static const char *const tools[] = {"tsc", "vue-tsc", NULL};
    static const char *const options[] = {"--build", "--noEmit", "-b", NULL};

    if (!df_cmd_in(cmd, tools) || !df_str_eq(cmd->dir, f->dir))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (!df_str_in(cmd->node->words[i].value, options))
            return false;
    return df_cmd_has(cmd, "--noEmit") || writes_no_types(f);
}

/* `npm run types` of another script, in the same directory. */
static bool goes_on(const df_folder *f, const df_call *call)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", NULL};
    const df_cmd *cmd = call->cmd;

    if (!df_str_in(call->name, tools) || !df_str_eq(cmd->dir, f->dir))
        return false;
    for (uint32_t i = cmd->tool_word + 1;
         call->via.len && i < cmd->node->nwords; i++)
        if (df_str_starts(cmd->node->words[i].text, "-"))
            return false;
    return !call->via.len || df_str_is(cmd->sub, "run") ||
           df_str_is(call->name, "yarn");
}

/* The bundler once, checks of types, and hooks for git: nothing that leaves
 * more than what the bundler makes. */
static void check_build(df_folder *f)
{
    df_site site = {.arena = f->arena,
                    .facts = f->facts,
                    .context = f->context,
                    .stage = f->stage};
    static const char *const for_others[] = {"--ssr", "--target", NULL};
    uint32_t bundles = 0;

    for (uint32_t i = 0; i < f->use->ncalls; i++) {
        const df_call *call = &f->use->calls[i];
        df_str made;

        if (!call->builds || !call->cmd || !is_in_part(f, call->instr))
            continue;
        made = df_site_makes(&site, call);
        bundles += df_str_eq(made, f->made);
        if (call->cmd->node->nredirs || call->cmd->node->nassigns ||
            (made.len && df_cmd_has_any(call->cmd, for_others)) ||
            (made.len ? !df_str_eq(made, f->made)
                      : !goes_on(f, call) && !is_idle(call->cmd) &&
                            !df_str_is(call->name, "husky") &&
                            !only_checks(f, call->cmd)))
            SAY(f, call->at,
                "cannot tell whether somebody needs what `%.*s` leaves",
                DF_STR_ARG(df_cmd_brief(call->cmd)));
    }
    if (bundles != 1)
        SAY(f, f->stage->instrs[f->cut.begin]->keyword,
            bundles ? "%.*s is built more than once"
                    : "more is done where %.*s is built",
            DF_STR_ARG(f->dir));
    for (uint32_t i = 0; i < f->use->nunseen; i++)
        if (f->use->unseen[i].at.off >=
                f->stage->instrs[f->cut.begin]->lines.off &&
            f->use->unseen[i].at.off < end_of_part(f))
            SAY(f, f->use->unseen[i].at, "cannot see what %.*s",
                DF_STR_ARG(f->use->unseen[i].what));
}

/* --- its configuration --- */

/* The name in `from "x"`, `import "x"` and `require("x")` that ends at `at`,
 * the closing quote; ptr NULL: it is another string. */
static df_str imported(df_str text, size_t from, size_t at)
{
    df_str before = df_str_trim(df_str_slice(text, 0, from - 1));

    if (df_str_ends(before, "from") || df_str_ends(before, "import") ||
        df_str_ends(before, "require(") || df_str_ends(before, "import("))
        return df_str_slice(text, from, at);
    return (df_str){NULL, 0};
}

static bool imports_others(const df_folder *f, df_str text)
{
    df_strings known = words(f, "plain-plugins");

    for (size_t i = 0; i < text.len; i++) {
        size_t to = i + 1;
        df_str name;

        if (text.ptr[i] != '"' && text.ptr[i] != '\'')
            continue;
        while (to < text.len && text.ptr[to] != text.ptr[i] &&
               text.ptr[to] != '\n')
            to++;
        if (to == text.len || text.ptr[to] == '\n')
            continue;
        name = imported(text, i + 1, to);
        if (name.ptr && !df_str_in(name, known))
            return true;
        i = to;
    }
    return false;
}

static bool says_any(df_str text, df_strings list)
{
    for (; *list; list++)
        if (df_str_has(text, *list))
            return true;
    return false;
}

/* A configuration that may lead to other files, or lead these elsewhere. */
static void check_config(df_folder *f, const df_json *package)
{
    static const char *const env[] = {".env", ".env.local", ".env.production",
                                      ".env.production.local", NULL};
    static const char *const settings[] = {".npmrc", ".yarnrc", ".yarnrc.yml",
                                           NULL};
    static const char *const moves[] = {"dir", "folder", "prefix", NULL};
    df_span at = f->stage->instrs[f->cut.begin]->keyword;

    for (df_strings c = f->row->config; *c; c++)
        if (says_any(own_file(f, *c), words(f, "builds-otherwise")) ||
            imports_others(f, own_file(f, *c)))
            SAY(f, at, "cannot tell what %s of %.*s makes besides %.*s", *c,
                DF_STR_ARG(f->dir), DF_STR_ARG(f->made));
    for (const char *const *e = env; *e; e++)
        if (says_any(own_file(f, *e), f->row->env))
            SAY(f, at, "%s of %.*s may lead elsewhere what is built", *e,
                DF_STR_ARG(f->dir));
    for (const char *const *n = settings; *n; n++)
        if (says_any(own_file(f, *n), moves))
            SAY(f, at, "%s of %.*s may lead elsewhere what is installed", *n,
                DF_STR_ARG(f->dir));
    if (df_json_get(package, "vue") ||
        df_json_get(package, "config-overrides-"
                             "path") ||
        df_str_is(df_str_of(f->row->tool), "react-app-rewired"))
        SAY(f, at, "cannot tell what %s makes besides %.*s", f->row->tool,
            DF_STR_ARG(f->made));
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
    static const char *const hooks[] = {"preinstall",
                                        "install",
                                        "postinstall",
                                        "prepublish",
                                        "preprepare",
                                        "prepare",
                                        "postprepare",
                                        "dependencies",
                                        "predependencies",
                                        "postdependencies",
                                        "prebuild",
                                        "postbuild",
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

/* In a workspace its manager fills the directory of the whole. */
static void check_workspace(df_folder *f)
{
    static const char *const marks[] = {"lerna.json", "pnpm-workspace.yaml",
                                        NULL};
    df_str dir = f->dir;
    df_str path;

    for (bool own = true; own || dir.len > 1; own = false) {
        if (!own) {
            dir = df_image_dir(dir);
            dir = dir.len ? dir : DF_STR("/");
        }
        for (const char *const *m = marks; *m; m++)
            if (df_copied_from(f->arena, f->facts, f->context, f->stage,
                               df_image_path(f->arena, dir, df_str_of(*m)))
                    .ptr)
                SAY(f, f->stage->from->keyword, "%.*s is a part of a workspace",
                    DF_STR_ARG(f->dir));
        if (df_json_get(manifest(f, dir, &path), "workspaces"))
            SAY(f, f->stage->from->keyword, "%.*s is a part of a workspace",
                DF_STR_ARG(f->dir));
    }
}

/* node_modules of the program may be a link to those of the part. */
static void check_home(df_folder *f)
{
    df_str home = df_stage_workdir(f->arena, f->facts, f->stage);
    df_str path;

    if (manifest(f, home, &path) &&
        df_context_lookup(f->context,
                          df_context_join(f->arena, df_image_dir(path),
                                          DF_STR("node_modules"))) ==
            DF_FILE_LINK)
        SAY(f, f->stage->from->keyword, "node_modules of %.*s is a link",
            DF_STR_ARG(home));
}

/* What was built elsewhere would come with COPY, too. */
static void check_context(df_folder *f, df_str path)
{
    df_str names[] = {DF_STR("node_modules"), df_path_below(f->made, f->dir)};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        df_str file = df_context_join(f->arena, df_image_dir(path), names[i]);

        if (df_context_lookup(f->context, file) != DF_FILE_NONE)
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

/*
 * Where a text names the part, but not what it makes; SIZE_MAX: nowhere. Of
 * code only what may be a path counts: a `client` may be anything. `made`
 * becomes true if it speaks of what the part makes.
 */
static size_t find_mention(const df_folder *f, df_str text, bool code,
                           bool *made)
{
    static const char path[] = "/'\"`";
    df_str name = df_path_base(f->dir);
    df_str below = df_path_below(f->made, f->dir);

    for (size_t at = 0; at + name.len <= text.len; at++) {
        size_t to = at + name.len;
        char before = at ? text.ptr[at - 1] : '\n';
        char behind = to < text.len ? text.ptr[to] : '\n';
        df_str rest;

        if (!df_str_eq(df_str_slice(text, at, to), name) ||
            df_is_name(before) || before == '-' || df_is_name(behind) ||
            behind == '-')
            continue;
        if (code && !strchr(path, before) && !strchr(path, behind))
            continue;
        for (rest = df_str_from(text, to);
             rest.len && strchr("/'\"`, +\n\t", rest.ptr[0]);
             rest = df_str_from(rest, 1))
            ;
        if (rest.len < below.len ||
            !df_str_eq(df_str_slice(rest, 0, below.len), below) ||
            (rest.len > below.len &&
             (df_is_name(rest.ptr[below.len]) || rest.ptr[below.len] == '-')) ||
            df_str_starts(df_str_from(rest, below.len), "/.."))
            return at;
        *made = true;
    }
    return SIZE_MAX;
}

static void check_calls(df_folder *f)
{
    static const char *const tools[] = {"npm", "npx", "pnpm", "yarn", NULL};
    uint32_t below = end_of_part(f);

    for (uint32_t i = 0; i < f->use->ncalls; i++) {
        const df_call *call = &f->use->calls[i];

        if (!call->cmd || (call->builds && call->at.off < below))
            continue;
        if (!call->cmd->dir.ptr || is_left(f, call->cmd->dir) ||
            names_left(f, call->cmd) ||
            (call->composed && df_str_in(call->name, tools)))
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

/* Users, directories, packages of the distribution, and files that are
 * collected where the source says. */
static bool is_harmless(const df_folder *f, const df_run *run)
{
    for (uint32_t i = 0; run && i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (!cmd->tool.ptr ||
            (!df_cmd_in(cmd, words(f, "prepares")) && !is_idle(cmd) &&
             !df_cmd_in(cmd, words(f, "leaves-nothing")) &&
             !df_str_is(cmd->tool, "rm") && !df_cmd_is_package_manager(cmd) &&
             !says_any(cmd->node->text, words(f, "collects-files"))))
            return false;
    }
    return run && run->tree->ok;
}

/* What the rest of the stage says and does. */
static void check_instructions(df_folder *f, bool *made)
{
    for (uint32_t i = 1; i < f->stage->ninstrs; i++) {
        const df_instr *instr = f->stage->instrs[i];
        bool says = instr->kind == DF_I_RUN || instr->kind == DF_I_ENV ||
                    instr->kind == DF_I_CMD || instr->kind == DF_I_ENTRYPOINT ||
                    instr->kind == DF_I_HEALTHCHECK;

        if (instr->kind == DF_I_USER && i < f->cut.cut &&
            !df_user_is_root(instr->args.str))
            SAY(f, instr->keyword, "USER stands above the build");
        if (instr->nheredocs && i >= f->cut.begin && i < f->cut.cut)
            SAY(f, instr->keyword, "a heredoc is not copied twice");
        if (instr->kind == DF_I_RUN && i >= f->cut.cut &&
            !is_harmless(f, f->facts->run_of[instr->index]))
            SAY(f, instr->keyword, "this RUN may need more of %.*s than %.*s",
                DF_STR_ARG(f->dir), DF_STR_ARG(f->made));
        if (says && (i < f->cut.begin || i >= f->cut.cut) &&
            find_mention(f, instr->args.str, false, made) != SIZE_MAX)
            SAY(f, instr->keyword, "this speaks of %.*s, and not of %.*s",
                DF_STR_ARG(f->dir), DF_STR_ARG(f->made));
    }
}

/* Not what tells tools how to work on the project. */
static bool is_code(df_str path)
{
    static const char *const ends[] = {".lock", ".md", "-lock.json",
                                       "-lock.yaml", NULL};
    static const char *const begins[] = {
        ".", "Dockerfile", "Makefile", "compose", "docker-compose", NULL};
    bool code = true;

    for (const char *const *e = ends; *e; e++)
        code &= !df_str_ends(path, *e);
    for (const char *const *b = begins; *b; b++)
        code &= !df_str_starts(df_path_base(path), *b);
    return code || df_str_starts(df_path_base(path), ".env");
}

/* "client": "file:../client" */
static bool links_others(const df_json *package)
{
    static const char *const parts[] = {"dependencies", "devDependencies",
                                        "optionalDependencies", NULL};
    static const char *const links[] = {
        "file:", "link:", "portal:", "workspace:", NULL};

    for (const char *const *p = parts; *p; p++)
        for (size_t i = 0; i < df_json_count(df_json_get(package, *p)); i++) {
            df_str name;
            df_str version;

            if (!df_json_string(
                    df_json_member(df_json_get(package, *p), i, &name),
                    &version))
                continue;
            for (const char *const *l = links; *l; l++)
                if (df_str_starts(version, *l))
                    return true;
        }
    return false;
}

static void check_file(df_folder *f, df_str path, bool *made)
{
    df_str text;
    size_t at;

    if (df_str_is(df_path_base(path), "package.json")) {
        if (links_others(df_context_json(f->context, path)))
            SAY(f, f->stage->image_word.span,
                "%.*s names another directory as a package", DF_STR_ARG(path));
        return;
    }
    if (!is_code(path) || !df_context_read(f->context, path, &text))
        return;
    at = find_mention(f, text, true, made);
    if (at != SIZE_MAX)
        SAY(f, f->stage->image_word.span,
            "%.*s:%u speaks of %.*s, and not of %.*s", DF_STR_ARG(path),
            df_line_of(text, at), DF_STR_ARG(f->dir), DF_STR_ARG(f->made));
}

/* The source of all the rest: it names the part for what that makes. */
static void check_source(df_folder *f, df_str mine, bool made)
{
    static const char *const skip[] = {"node_modules", ".git", ".github",
                                       "docs", NULL};
    df_files files = df_copied_files(f->arena, f->facts, f->context, f->stage,
                                     0, f->stage->ninstrs, skip);

    if (files.missing.len || files.cut)
        SAY(f, f->stage->image_word.span,
            "cannot see all of the source in the build context");
    for (uint32_t i = 0; i < files.npaths && !f->why.len; i++) {
        df_str path = files.paths[i];

        if (path.len <= mine.len ||
            !df_str_eq(df_str_slice(path, 0, mine.len), mine))
            check_file(f, path, &made);
    }
    if (!made)
        SAY(f, f->stage->image_word.span,
            "nothing speaks of %.*s: cannot tell whether that is all that is "
            "needed of %.*s",
            DF_STR_ARG(f->made), DF_STR_ARG(f->dir));
}

bool df_folder_find(df_folder *f)
{
    const df_json *package;
    bool made = false;
    df_str path;

    if (!find_made(f) || !plan(f))
        return false;
    package = manifest(f, f->dir, &path);
    if (!package)
        return false;
    check_build(f);
    check_hooks(f, path, package);
    check_packages(f, package);
    check_config(f, package);
    check_workspace(f);
    check_context(f, path);
    check_home(f);
    check_calls(f);
    check_instructions(f, &made);
    check_source(f, df_str_slice(path, 0, path.len - strlen("package.json")),
                 made);
    return true;
}
