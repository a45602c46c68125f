/* Servers of Node.js: see dfopt/server.h. */
#include <dfopt/server.h>

#include <dfopt/copy.h>
#include <dfopt/smaller.h>

#include <string.h>

#include "facts/look.h"
#include "facts/version.h"
#include "pass/kept.h"
#include "pass/server.h"

/* The first reason counts. */
void df_server_say(df_server_app *s, df_span at, df_str why)
{
    if (s->why.len)
        return;
    s->at = at;
    s->why = why;
}

static df_strings words(const df_server_app *s, const char *list)
{
    return df_kb_words(s->facts->kb, list);
}

/* --- install and build --- */

const df_carry *df_server_installs(const df_server_app *s, const df_cmd *cmd)
{
    const df_carry *row = cmd->tool.ptr ? df_kb_carry(s->facts->kb, cmd->tool,
                                                      cmd->sub, s->stage->repo)
                                        : NULL;

    return row && strcmp(row->ecosystem, "npm") == 0 &&
                   !df_cmd_has_any(cmd, row->not_with) && !cmd->wrapped
               ? row
               : NULL;
}

static bool leaves_out(const df_cmd *cmd)
{
    const df_var *env = df_var_get(cmd->run->state, DF_STR("NODE_ENV"));

    return (env && !df_str_is(env->value, "development")) ||
           df_cmd_has(cmd, "--production") || df_cmd_has(cmd, "--prod") ||
           df_cmd_has(cmd, "--omit") || df_cmd_has(cmd, "--only");
}

/* npm run build, yarn build, npx tsc, yarn tsc */
static bool is_build(const df_server_app *s, const df_cmd *cmd)
{
    static const char *const managers[] = {"npm", "pnpm", "yarn", NULL};
    df_strings builders = words(s, "builds-js");
    df_str name;

    if (!cmd->tool.ptr || !cmd->unconditional)
        return false;
    if (df_str_is(cmd->tool, "npx"))
        return df_plain_operand(cmd, 0, &name) && df_str_in(name, builders);
    if (!df_str_in(cmd->tool, managers))
        return df_cmd_in(cmd, builders);
    return df_str_is(cmd->sub, "run") || df_str_is(cmd->sub, "run-script") ||
           df_str_starts(cmd->sub, "build") || df_str_in(cmd->sub, builders);
}

/* Yarn 1, which comes with the image: not another one of the project. */
static bool is_classic(const df_server_app *s, const df_cmd *cmd)
{
    static const char *const others[] = {".yarnrc.yml", ".yarnrc", NULL};
    df_str path;
    df_str manager;

    for (const char *const *o = others; *o; o++)
        if (df_copied_from(s->arena, s->facts, s->context, s->stage,
                           df_image_path(s->arena, cmd->dir, df_str_of(*o)))
                .ptr)
            return false;
    path = df_copied_from(
        s->arena, s->facts, s->context, s->stage,
        df_image_path(s->arena, cmd->dir, DF_STR("package.json")));
    return path.ptr &&
           (!df_json_string(df_json_get(df_context_json(s->context, path),
                                        "packageManager"),
                            &manager) ||
            df_str_starts(manager, "yarn@1."));
}

/* How the tool removes what only development needs; NULL: not known. */
static const char *prune_of(const df_server_app *s, const df_cmd *cmd)
{
    df_str version = df_runtime_version(s->facts->kb, s->stage);

    if (df_str_is(cmd->tool, "yarn") && cmd->dir.ptr && is_classic(s, cmd))
        return df_cmd_has(cmd, "--ignore-engines")
                   ? "yarn install --production --ignore-scripts "
                     "--prefer-offline --ignore-engines"
                   : "yarn install --production --ignore-scripts "
                     "--prefer-offline";
    /* `pnpm prune` runs scripts of packages that it has removed. */
    if (!df_str_is(cmd->tool, "npm") || df_cmd_has(cmd, "--force") ||
        df_cmd_has(cmd, "-f"))
        return NULL;
    if (df_version_cmp(version, DF_STR("16")) < 0)
        return "npm prune --production";
    return df_cmd_has(cmd, "--legacy-peer-deps")
               ? "npm prune --omit=dev --legacy-peer-deps"
               : "npm prune --omit=dev";
}

/* One install of everything, one project, and a build behind it. */
static bool find_parts(df_server_app *s)
{
    uint32_t installs = 0;
    bool built = false;

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(s->stage, cmd)) != NULL;) {
        if (df_server_installs(s, cmd)) {
            installs++;
            s->dir = cmd->dir;
            s->prune = leaves_out(cmd) ? NULL : prune_of(s, cmd);
        } else if (installs && is_build(s, cmd)) {
            built |= df_str_eq(cmd->dir, s->dir);
        } else if (built && df_str_is(cmd->tool, "npm") &&
                   df_str_is(cmd->sub, "prune") && cmd->unconditional &&
                   leaves_out(cmd)) {
            s->pruned |= df_str_eq(cmd->dir, s->dir);
        }
    }
    return installs == 1 && built && s->prune && s->dir.ptr &&
           df_str_starts(s->dir, "/") && s->dir.len > 1;
}

/* --- what it runs --- */

static const df_json *manifest(df_server_app *s)
{
    s->manifest =
        df_copied_from(s->arena, s->facts, s->context, s->stage,
                       df_image_path(s->arena, s->dir, DF_STR("package.json")));
    return s->manifest.ptr ? df_context_json(s->context, s->manifest) : NULL;
}

static void read_lock(df_server_app *s)
{
    df_str path = df_copied_from(
        s->arena, s->facts, s->context, s->stage,
        df_image_path(s->arena, s->dir, DF_STR("package-lock.json")));

    if (path.ptr)
        s->locked = df_json_get(df_context_json(s->context, path), "packages");
}

/* A program of the image, or of a package that stays. */
/* Has the package of that name no program, as its lock file says? Then it is
 * another package's. */
static bool has_no_program(df_server_app *s, const df_json *package,
                           df_str name)
{
    const df_json *entry = df_json_get(
        s->locked, df_fmt(s->arena, "node_modules/%.*s", DF_STR_ARG(name)).ptr);

    /* sequelize is started by sequelize-cli, @x/cli by x. */
    return entry ? !df_json_get(entry, "bin")
                 : df_json_get(
                       df_json_get(package, "devDependencies"),
                       df_fmt(s->arena, "%.*s-cli", DF_STR_ARG(name)).ptr) ||
                       df_json_get(
                           df_json_get(package, "devDependencies"),
                           df_fmt(s->arena, "@%.*s/cli", DF_STR_ARG(name)).ptr);
}

/* npx migrate: of a package that stays, or fetched anyway. */
static void check_npx(df_server_app *s, const df_json *package)
{
    const df_json *deps = df_json_get(package, "dependencies");
    const df_json *dev = df_json_get(package, "devDependencies");

    for (uint32_t i = 0; i < s->use->ncalls; i++) {
        const df_call *call = &s->use->calls[i];
        df_str name;

        if (call->builds || !call->cmd || !df_str_is(call->name, "npx") ||
            !df_plain_operand(call->cmd, 0, &name))
            continue;
        if (df_json_get(deps, df_cstr(s->arena, name))
                ? has_no_program(s, package, name)
                : df_json_get(dev, df_cstr(s->arena, name)) != NULL)
            SERVER_SAY(s, call->at, "cannot tell which package brings %.*s",
                       DF_STR_ARG(name));
    }
}

static void check_calls(df_server_app *s, const df_json *package)
{
    const df_json *deps = df_json_get(package, "dependencies");
    df_str suite = df_kb_suite(s->facts->kb, s->stage->repo, s->stage->tag);

    for (uint32_t i = 0; i < s->use->ncalls; i++) {
        const df_call *call = &s->use->calls[i];
        df_known_command known;

        if (call->builds || df_str_in(call->path, words(s, "shell-builtins")) ||
            df_image_holds(s->facts->kb, s->stage->known, suite, call->name) ||
            (df_json_get(deps, df_cstr(s->arena, call->name)) &&
             !has_no_program(s, package, call->name)))
            continue;
        /* Of a package of the distribution, which is kept, or of the source. */
        if (df_kb_command(s->facts->kb, call->name, &known) ||
            df_copied_from(s->arena, s->facts, s->context, s->stage,
                           df_image_path(s->arena, DF_STR("/"), call->path))
                .ptr)
            continue;
        SERVER_SAY(s, call->at, "cannot tell which package brings %.*s",
                   DF_STR_ARG(call->name));
    }
    check_npx(s, package);
}

/* Steps above that leave something elsewhere. */
static void check_step(df_server_app *s, const df_cmd *cmd)
{
    if (!cmd->tool.ptr ||
        cmd->run->instr->index >= s->stage->from->index + s->kept.cut.cut)
        return;
    if (df_str_is(cmd->tool, "npm") && df_str_is(cmd->sub, "link"))
        SERVER_SAY(s, cmd->node->span,
                   "`npm link` leaves a link to another place");
    if (df_str_in(cmd->tool, words(s, "prepares")))
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            df_str word = df_cmd_word(cmd, it.at)->text;

            if (df_str_starts(word, "/") && !df_image_below(word, s->dir) &&
                s->kept.cut.fates[cmd->run->instr->index -
                                  s->stage->from->index] == DF_FATE_STAYS)
                SERVER_SAY(s, cmd->node->span,
                           "cannot tell whether the program needs %.*s",
                           DF_STR_ARG(word));
        }
    if (df_str_is(cmd->tool, "chown") ||
        df_str_in(cmd->tool, words(s, "makes-users")))
        if (s->kept.cut.fates[cmd->run->instr->index - s->stage->from->index] ==
            DF_FATE_STAYS)
            SERVER_SAY(
                s, cmd->node->span,
                "cannot tell whether owners and users are the same in both "
                "stages");
}

/* node /srv/dist/index.js: a file of the directory that is taken along. */
static void check_file(df_server_app *s)
{
    const df_cmd *cmd = s->program->cmd;
    df_str dir = df_stage_workdir(s->arena, s->facts, s->stage);

    if (!dir.ptr || !df_image_below(dir, s->dir))
        SERVER_SAY(s, s->program->instr->keyword,
                   "the program starts outside of %.*s", DF_STR_ARG(s->dir));
    for (uint32_t i = 0; cmd && i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].value;

        if (word.ptr &&
            (df_str_ends(word, ".js") || df_str_ends(word, ".mjs") ||
             df_str_ends(word, ".cjs")) &&
            !df_image_below(df_image_path(s->arena, dir, word), s->dir))
            SERVER_SAY(s, s->program->instr->keyword,
                       "%.*s lies outside of %.*s", DF_STR_ARG(word),
                       DF_STR_ARG(s->dir));
    }
    for (const df_cmd *step = NULL;
         (step = df_stage_next_cmd(s->stage, step)) != NULL;)
        check_step(s, step);
}

/* An image that people log into is one that they build in. */
static void check_workshop(df_server_app *s)
{
    static const char *const names[] = {"dropbear", "openssh-server", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (call)
        SERVER_SAY(s, call->at, "who logs in by %.*s may want to build",
                   DF_STR_ARG(package));
}

/* file:../shared, and a configuration that typescript must read */
static void check_dependencies(df_server_app *s, const df_json *package)
{
    const df_json *deps = df_json_get(package, "dependencies");
    df_str version;

    for (size_t i = 0; i < df_json_count(deps); i++) {
        df_str name;

        if (df_json_string(df_json_member(deps, i, &name), &version) &&
            (df_str_starts(version, "file:") ||
             df_str_starts(version, "link:") ||
             df_str_starts(version, "workspace:")))
            SERVER_SAY(s, s->stage->image_word.span,
                       "%.*s is a link to another directory", DF_STR_ARG(name));
    }
    if (df_copied_from(
            s->arena, s->facts, s->context, s->stage,
            df_image_path(s->arena, s->dir, DF_STR("next.config.ts")))
            .ptr &&
        df_server_removes(s, package, DF_STR("typescript")))
        SERVER_SAY(s, s->stage->image_word.span,
                   "next.config.ts needs typescript when the image runs");
}

/* Packages that fill a directory elsewhere, or whose work pruning may undo. */
static void check_packages(df_server_app *s, const df_json *package)
{
    static const char *const parts[] = {"dependencies", "devDependencies",
                                        NULL};

    for (const char *const *p = parts; *p; p++) {
        const df_json *part = df_json_get(package, *p);

        for (df_strings n = words(s, "fills-home"); *n; n++)
            if (df_json_get(part, *n))
                SERVER_SAY(s, s->stage->image_word.span,
                           "%s keeps what it downloads outside of the project",
                           *n);
        if (df_json_get(part, "prisma") &&
            !df_str_is(df_str_of(s->prune), "npm prune --omit=dev"))
            SERVER_SAY(s, s->stage->image_word.span,
                       "cannot tell whether the client of prisma outlives `%s`",
                       s->prune);
    }
    if (df_json_get(package, "workspaces"))
        SERVER_SAY(s, s->stage->image_word.span,
                   "it is a workspace of several parts");
}

/* What scripts of the project changed among its packages, yarn puts back. */
static void check_hooks(df_server_app *s, const df_json *package)
{
    static const char *const names[] = {"preinstall", "install", "postinstall",
                                        "prepare", NULL};
    const df_json *scripts = df_json_get(package, "scripts");
    df_str text;

    for (const char *const *n = names;
         *n && df_str_starts(df_str_of(s->prune), "yarn"); n++)
        if (df_json_string(df_json_get(scripts, *n), &text) &&
            !df_str_starts(text, "husky"))
            SERVER_SAY(
                s, s->stage->image_word.span,
                "cannot tell whether what the script `%s` does outlives `yarn "
                "install --production`",
                *n);
}

/* --- the cut --- */

/* df_cut_plan asks which RUNs may stand below: none that installs or builds. */
static bool stays(const df_instr *instr, const void *ctx)
{
    const df_server_app *s = ctx;
    const df_run *run = s->facts->run_of[instr->index];

    if (!run || !run->tree->ok)
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (!run->cmds[i].tool.ptr || df_server_installs(s, &run->cmds[i]) ||
            is_build(s, &run->cmds[i]) ||
            !(df_cmd_in(&run->cmds[i], words(s, "leaves-nothing")) ||
              df_str_in(run->cmds[i].tool, words(s, "prepares"))))
            return false;
    return true;
}

/* .npmrc in the home: a token, as a rule. */
static bool is_secret(const df_instr *copy)
{
    static const char *const names[] = {
        ".git-credentials", ".netrc", ".npmrc", ".yarnrc", ".yarnrc.yml", NULL};

    for (uint32_t i = 0; i < copy->nwords; i++)
        if (df_str_in(df_path_base(copy->words[i].str), names))
            return true;
    return false;
}

static void check_place(df_server_app *s)
{
    for (uint32_t i = 0; i < s->stage->ninstrs; i++) {
        const df_instr *instr = s->stage->instrs[i];

        if (i < s->kept.cut.cut && instr->kind == DF_I_USER)
            SERVER_SAY(s, instr->keyword, "USER stands above the build");
        /* Of a file beside the application nobody knows who reads it. */
        if (i < s->kept.cut.cut &&
            (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD)) {
            df_str dest = df_image_path(
                s->arena, s->facts->states[instr->index].workdir,
                instr->nwords ? instr->words[instr->nwords - 1].str
                              : DF_STR("."));

            if (!dest.ptr || !df_image_below(dest, s->dir) || instr->nheredocs)
                s->kept.cut.fates[i] = DF_FATE_REPEATS;
            if (s->kept.cut.fates[i] == DF_FATE_REPEATS && is_secret(instr))
                SERVER_SAY(s, instr->keyword,
                           "this may bring what only the install should see");
        }
    }
}

bool df_server_find(df_server_app *s)
{
    static const char *const none[] = {NULL};
    df_kept *k = &s->kept;
    const df_json *package;

    if (!df_str_is(s->stage->repo, "node") || !s->stage->known ||
        !find_parts(s))
        return false;
    package = manifest(s);
    read_lock(s);
    if (!df_json_count(df_json_get(package, "devDependencies")))
        return false;
    *k = (df_kept){.arena = s->arena,
                   .facts = s->facts,
                   .context = s->context,
                   .stage = s->stage,
                   .use = s->use,
                   .tools = words(s, "builds-server"),
                   .keeps_fetch = true};
    k->cut = df_cut_plan(s->arena, s->facts, s->stage, stays, s, none);
    df_kept_sort(k);
    if (k->lean)
        return false;
    df_kept_read_needs(k);
    df_kept_below(k);
    s->unused = df_instr_says(s->facts->doc, s->stage->from, "unused");
    if (k->why.len)
        df_server_say(s, k->at, k->why);
    check_place(s);
    check_calls(s, package);
    check_packages(s, package);
    check_hooks(s, package);
    df_server_pruning(s);
    check_file(s);
    check_workshop(s);
    check_dependencies(s, package);
    df_server_scripts(s, package);
    df_server_imports(s, package);
    return true;
}
