/* Servers of Node.js: see dfopt/server.h. */
#include <dfopt/server.h>

#include <dfopt/copy.h>
#include <dfopt/smaller.h>

#include <string.h>

#include "facts/look.h"
#include "facts/version.h"
#include "pass/kept.h"

#define SAY(s, at, ...) say(s, at, df_fmt((s)->arena, __VA_ARGS__))

/* The first reason counts. */
static void say(df_server_app *s, df_span at, df_str why)
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

static const df_carry *install_of(const df_server_app *s, const df_cmd *cmd)
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

    for (uint32_t r = 0; r < s->stage->nruns; r++)
        for (uint32_t i = 0; i < s->stage->runs[r].ncmds; i++) {
            const df_cmd *cmd = &s->stage->runs[r].cmds[i];

            if (install_of(s, cmd)) {
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

/* A program of the image, or of a package that stays. */
/* Has the package of that name no program, as its lock file says? Then it is
 * another package's. */
static bool has_no_program(df_server_app *s, const df_json *package,
                           df_str name)
{
    df_str path = df_copied_from(
        s->arena, s->facts, s->context, s->stage,
        df_image_path(s->arena, s->dir, DF_STR("package-lock.json")));
    const df_json *lock = path.ptr ? df_context_json(s->context, path) : NULL;
    const df_json *entry = df_json_get(
        df_json_get(lock, "packages"),
        df_fmt(s->arena, "node_modules/%.*s", DF_STR_ARG(name)).ptr);

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
            SAY(s, call->at, "cannot tell which package brings %.*s",
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
        SAY(s, call->at, "cannot tell which package brings %.*s",
            DF_STR_ARG(call->name));
    }
    check_npx(s, package);
}

/* --- what it imports --- */

/* jest.config.js right in the project: only tools that build or check read it.
 */
static bool is_build_config(const df_server_app *s, df_str path)
{
    df_str name = df_path_base(path);

    if (!df_str_eq(df_image_dir(path), df_image_dir(s->manifest)))
        return false;
    for (df_strings n = words(s, "build-configs"); *n; n++)
        if (df_str_starts(name, *n))
            return true;
    return false;
}

static bool is_source(const df_server_app *s, df_str path)
{
    static const char *const ends[] = {".js",    ".cjs",    ".mjs", ".ts",
                                       ".mts",   ".jsx",    ".tsx", ".vue",
                                       ".astro", ".svelte", NULL};
    static const char *const not_run[] = {".test.", ".spec.", ".stories.",
                                          ".d.ts", NULL};
    static const char *const dirs[] = {"test/", "tests/", "e2e/", "cypress/",
                                       NULL};
    bool source = false;

    for (const char *const *e = ends; *e; e++)
        source |= df_str_ends(path, *e);
    for (const char *const *n = not_run; *n; n++)
        source &= !df_str_has(path, *n);
    for (const char *const *d = dirs; *d; d++)
        source &= !df_str_starts(path, *d);
    return source && !df_str_starts(df_path_base(path), ".") &&
           !is_build_config(s, path);
}

/* "@nestjs/core/x" is of @nestjs/core, "express" of express. */
static df_str package_of(df_str name)
{
    size_t slashes = df_str_starts(name, "@") ? 2 : 1;

    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/' && --slashes == 0)
            return df_str_slice(name, 0, i);
    return name;
}

/* A comment, or an import of types alone, that the build has removed. */
static bool is_for_the_build(df_str text, size_t at)
{
    size_t line = at;
    df_str before;

    while (line > 0 && text.ptr[line - 1] != '\n' && text.ptr[line - 1] != ';')
        line--;
    before = df_str_trim(df_str_slice(text, line, at));
    return df_str_has(before, "import type") || df_str_starts(before, "//") ||
           df_str_starts(before, "* ");
}

/* What the lock file says of a package that package.json does not name. */
static bool is_locked_for_development(df_server_app *s, const char *name)
{
    df_str path = df_copied_from(
        s->arena, s->facts, s->context, s->stage,
        df_image_path(s->arena, s->dir, DF_STR("package-lock.json")));
    const df_json *lock = path.ptr ? df_context_json(s->context, path) : NULL;
    const df_json *entry =
        df_json_get(df_json_get(lock, "packages"),
                    df_fmt(s->arena, "node_modules/%s", name).ptr);

    return df_json_get(entry, "dev") || df_json_get(entry, "devOptional");
}

static bool is_told_unused(const df_server_app *s, df_str name)
{
    df_str list = s->unused;
    df_str one;

    while (list.len) {
        df_str_cut(&list, ',', &one);
        if (df_str_eq(df_str_trim(one), name))
            return true;
    }
    return false;
}

/* Does only development need it? */
static bool is_removed(df_server_app *s, const df_json *package, df_str name)
{
    static const char *const kept[] = {"dependencies", "optionalDependencies",
                                       NULL};
    const char *key = df_cstr(s->arena, name);

    if (!*key || df_str_starts(name, "@types/") || is_told_unused(s, name))
        return false;
    for (const char *const *k = kept; *k; k++)
        if (df_json_get(df_json_get(package, *k), key))
            return false;
    return df_json_get(df_json_get(package, "devDependencies"), key) ||
           is_locked_for_development(s, key);
}

/* "ms", "ms/lib", "node_modules/ms/x" */
static df_str named_package(df_str literal)
{
    size_t at = df_str_find(literal, "node_modules/");

    if (at != SIZE_MAX)
        literal = df_str_from(literal, at + strlen("node_modules/"));
    if (df_str_starts(literal, ".bin/"))
        literal = df_str_from(literal, strlen(".bin/"));
    return package_of(literal);
}

/* Said once, with all of them. */
static void speak(df_server_app *s, df_str file, df_str name)
{
    if (!df_str_has(s->spoken, df_cstr(s->arena, name)))
        s->spoken = df_fmt(s->arena, "%.*s%s%.*s", DF_STR_ARG(s->spoken),
                           s->spoken.len ? "," : "", DF_STR_ARG(name));
    SAY(s, s->stage->image_word.span,
        "%.*s speaks of %.*s, which only devDependencies name",
        DF_STR_ARG(file), DF_STR_ARG(name));
}

/* Does a quoted name begin there: "ms" or 'ms/lib', `ms`? */
static bool is_literal(df_str text, size_t at, size_t len)
{
    char before = at ? text.ptr[at - 1] : 0;
    char behind = at + len < text.len ? text.ptr[at + len] : 0;

    return behind && strchr("\"'`/", behind) && before &&
           (strchr("\"'`", before) ||
            (at > 12 &&
             df_str_ends(df_str_slice(text, 0, at), "node_modules/")) ||
            (at > 4 && df_str_ends(df_str_slice(text, 0, at), ".bin/")));
}

/* Each name that only development needs, wherever it is quoted: names are
 * loaded in more ways than by import. */
static void look_dev_names(df_server_app *s, df_str file, df_str text,
                           const df_json *package)
{
    const df_json *dev = df_json_get(package, "devDependencies");

    for (size_t i = 0; i < df_json_count(dev); i++) {
        df_str name;

        df_json_member(dev, i, &name);
        if (!df_str_has(text, df_cstr(s->arena, name)) ||
            !is_removed(s, package, name))
            continue;
        for (size_t at = 0; at + name.len < text.len; at++)
            if (df_str_eq(df_str_slice(text, at, at + name.len), name) &&
                is_literal(text, at, name.len) && !is_for_the_build(text, at))
                speak(s, file, name);
    }
}

static void look_words(df_server_app *s, df_span at, df_str where, df_str text,
                       const df_json *package);

/* Names that package.json does not know, and commands: "npx prisma migrate". */
static void look_literals(df_server_app *s, df_str file, df_str text,
                          const df_json *package)
{
    static const char *const starts[] = {"node ", "npm ",  "npx ",
                                         "pnpm ", "yarn ", NULL};

    for (size_t i = 0; i < text.len; i++) {
        size_t to = i + 1;
        df_str name;

        if (!strchr("\"'`", text.ptr[i]))
            continue;
        while (to < text.len && text.ptr[to] != text.ptr[i] &&
               text.ptr[to] != '\n')
            to++;
        if (to >= text.len || text.ptr[to] == '\n')
            continue;
        name = df_str_slice(text, i + 1, to);
        for (const char *const *n = starts; *n; n++)
            if (df_str_starts(name, *n))
                look_words(s, s->stage->image_word.span, file, name, package);
        if (!is_for_the_build(text, i) &&
            is_removed(s, package, named_package(name)))
            speak(s, file, named_package(name));
        i = to;
    }
}

/* Words of a command or of a variable: -r tsconfig-paths/register */
static void look_words(df_server_app *s, df_span at, df_str where, df_str text,
                       const df_json *package)
{
    size_t from = 0;

    for (size_t i = 0; i <= text.len; i++) {
        df_str word = df_str_slice(text, from, i);

        if (i < text.len &&
            (df_is_name(text.ptr[i]) ||
             df_str_find_char(DF_STR("@/-."), text.ptr[i]) != SIZE_MAX))
            continue;
        from = i + 1;
        if (is_removed(s, package, named_package(word)))
            SAY(s, at, "%.*s names %.*s, which only devDependencies name",
                DF_STR_ARG(where), DF_STR_ARG(named_package(word)));
    }
}

static bool is_manager(const df_call *call)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", NULL};

    return df_str_in(call->name, tools);
}

/* Does a text that is run start that script: npm run x, npm:x, yarn x? */
static bool starts_script(df_str text, df_str name)
{
    for (size_t at = 0; at + name.len <= text.len; at++) {
        char before = at ? text.ptr[at - 1] : ' ';
        char behind = at + name.len < text.len ? text.ptr[at + name.len] : ' ';

        if (df_str_eq(df_str_slice(text, at, at + name.len), name) &&
            strchr(" :\"'\\", before) && strchr(" \"';&|\\*", behind))
            return true;
    }
    return false;
}

/* A script that the image runs, or that may be one of those: `start` and what
 * stands before and after it, and all that these name. */
static void check_script(df_server_app *s, const df_json *package, df_str name,
                         unsigned depth)
{
    enum { DEEPEST = 8 };
    const df_json *scripts = df_json_get(package, "scripts");
    df_str text;

    for (size_t i = 0; i < 3 && depth < DEEPEST; i++) {
        df_str one = i == 0   ? df_fmt(s->arena, "pre%.*s", DF_STR_ARG(name))
                     : i == 1 ? name
                              : df_fmt(s->arena, "post%.*s", DF_STR_ARG(name));

        if (!df_json_string(df_json_get(scripts, df_cstr(s->arena, one)),
                            &text))
            continue;
        look_words(s, s->stage->image_word.span,
                   df_fmt(s->arena, "the script `%.*s`", DF_STR_ARG(one)), text,
                   package);
        if (df_str_has(text, "build") || df_str_has(text, "tsc") ||
            df_str_has(text, "ts-node"))
            SAY(s, s->stage->image_word.span,
                "the script `%.*s` builds when the image runs",
                DF_STR_ARG(one));
        for (size_t k = 0; k < df_json_count(scripts); k++) {
            df_str other;

            df_json_member(scripts, k, &other);
            if (!df_str_eq(other, one) && starts_script(text, other))
                check_script(s, package, other, depth + 1);
        }
    }
}

/* Of what the image runs, and how it is started. */
static void check_scripts(df_server_app *s, const df_json *package)
{
    static const char *const runners[] = {"concurrently", "npm-run-all",
                                          "run-p", "run-s", NULL};
    const df_json *scripts = df_json_get(package, "scripts");
    df_str text;
    df_str name;

    for (uint32_t i = 0; i < s->use->ncalls; i++) {
        const df_call *call = &s->use->calls[i];

        if (call->builds || !call->cmd)
            continue;
        text = call->cmd->node->text;
        look_words(s, call->at,
                   df_fmt(s->arena, "`%.*s`", DF_STR_ARG(call->name)), text,
                   package);
        if (df_str_has(text, "ts-node"))
            SAY(s, call->at, "ts-node compiles when the image runs");
        name = call->name;
        if (df_str_is(name, "npx"))
            df_plain_operand(call->cmd, 0, &name);
        if (df_str_in(name, words(s, "orders")) && !df_str_in(name, runners))
            SAY(s, call->at, "cannot see what `%.*s` runs", DF_STR_ARG(name));
        for (size_t k = 0; k < df_json_count(scripts) && is_manager(call);
             k++) {
            df_json_member(scripts, k, &name);
            if (starts_script(text, name))
                check_script(s, package, name, 0);
        }
    }
    for (uint32_t i = 1; i < s->stage->ninstrs; i++) {
        const df_instr *instr = s->stage->instrs[i];

        if (instr->kind == DF_I_CMD || instr->kind == DF_I_ENTRYPOINT ||
            instr->kind == DF_I_ENV || instr->kind == DF_I_HEALTHCHECK ||
            (instr->kind == DF_I_RUN && i >= s->kept.cut.cut))
            look_words(s, instr->keyword, df_str_of(df_instr_name(instr->kind)),
                       instr->args.str, package);
    }
    if (df_json_string(df_json_get(df_json_get(package, "prisma"), "seed"),
                       &text))
        look_words(s, s->stage->image_word.span, DF_STR("`prisma seed`"), text,
                   package);
}

/* Steps above that leave something elsewhere. */
static void check_step(df_server_app *s, const df_cmd *cmd)
{
    if (!cmd->tool.ptr ||
        cmd->run->instr->index >= s->stage->from->index + s->kept.cut.cut)
        return;
    if (df_str_is(cmd->tool, "npm") && df_str_is(cmd->sub, "link"))
        SAY(s, cmd->node->span, "`npm link` leaves a link to another place");
    if (df_str_in(cmd->tool, words(s, "prepares")))
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            df_str word = df_cmd_word(cmd, it.at)->text;

            if (df_str_starts(word, "/") && !df_image_below(word, s->dir) &&
                s->kept.cut.fates[cmd->run->instr->index -
                                  s->stage->from->index] == DF_FATE_STAYS)
                SAY(s, cmd->node->span,
                    "cannot tell whether the program needs %.*s",
                    DF_STR_ARG(word));
        }
    if (df_str_is(cmd->tool, "chown") ||
        df_str_in(cmd->tool, words(s, "makes-users")))
        if (s->kept.cut.fates[cmd->run->instr->index - s->stage->from->index] ==
            DF_FATE_STAYS)
            SAY(s, cmd->node->span,
                "cannot tell whether owners and users are the same in both "
                "stages");
}

/* node /srv/dist/index.js: a file of the directory that is taken along. */
static void check_file(df_server_app *s)
{
    const df_cmd *cmd = s->program->cmd;
    df_str dir = df_stage_workdir(s->arena, s->facts, s->stage);

    if (!dir.ptr || !df_image_below(dir, s->dir))
        SAY(s, s->program->instr->keyword, "the program starts outside of %.*s",
            DF_STR_ARG(s->dir));
    for (uint32_t i = 0; cmd && i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].value;

        if (word.ptr &&
            (df_str_ends(word, ".js") || df_str_ends(word, ".mjs") ||
             df_str_ends(word, ".cjs")) &&
            !df_image_below(df_image_path(s->arena, dir, word), s->dir))
            SAY(s, s->program->instr->keyword, "%.*s lies outside of %.*s",
                DF_STR_ARG(word), DF_STR_ARG(s->dir));
    }
    for (uint32_t r = 0; r < s->stage->nruns; r++)
        for (uint32_t i = 0; i < s->stage->runs[r].ncmds; i++)
            check_step(s, &s->stage->runs[r].cmds[i]);
}

/* An image that people log into is one that they build in. */
static void check_workshop(df_server_app *s)
{
    static const char *const names[] = {"dropbear", "openssh-server", NULL};
    df_str package;
    const df_call *call = df_use_installs(s->use, names, &package);

    if (call)
        SAY(s, call->at, "who logs in by %.*s may want to build",
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
            SAY(s, s->stage->image_word.span,
                "%.*s is a link to another directory", DF_STR_ARG(name));
    }
    if (df_copied_from(
            s->arena, s->facts, s->context, s->stage,
            df_image_path(s->arena, s->dir, DF_STR("next.config.ts")))
            .ptr &&
        is_removed(s, package, DF_STR("typescript")))
        SAY(s, s->stage->image_word.span,
            "next.config.ts needs typescript when the image runs");
}

/* Does the build put what only development needs into what it makes? Then the
 * imports of what it reads, in src/, say nothing, if nobody starts that. */
static bool is_bundled(const df_server_app *s, const df_json *package,
                       const df_files *files)
{
    bool bundles = false;
    df_str text;

    for (df_strings n = words(s, "bundles-development"); *n; n++)
        bundles |= df_json_get(df_json_get(package, "devDependencies"), *n) ||
                   df_json_get(df_json_get(package, "dependencies"), *n);
    for (uint32_t i = 0; i < s->use->ncalls && bundles; i++)
        bundles &= s->use->calls[i].builds || !s->use->calls[i].cmd ||
                   !df_str_has(s->use->calls[i].cmd->node->text, "src/");
    for (uint32_t i = 0; i < files->npaths && bundles; i++)
        if (is_source(s, files->paths[i]) &&
            !df_str_has(files->paths[i], "src/") &&
            df_context_read(s->context, files->paths[i], &text))
            bundles &= !df_str_has(text, "/src/");
    return bundles;
}

/* Does a configuration of a compiler say that it imports helpers? */
static bool imports_helpers(const df_server_app *s)
{
    static const char *const files[] = {".babelrc",
                                        ".babelrc.json",
                                        ".swcrc",
                                        "babel.config.cjs",
                                        "babel.config.js",
                                        "babel.config.json",
                                        "package.json",
                                        "tsconfig.json",
                                        "tsconfig.build.json",
                                        NULL};

    for (const char *const *f = files; *f; f++) {
        df_str path =
            df_copied_from(s->arena, s->facts, s->context, s->stage,
                           df_image_path(s->arena, s->dir, df_str_of(*f)));
        df_str text;

        if (path.ptr && df_context_read(s->context, path, &text) &&
            (df_str_has(text, "importHelpers") ||
             df_str_has(text, "useBuiltIns") ||
             df_str_has(text, "externalHelpers") ||
             df_str_has(text, "transform-runtime")))
            return true;
    }
    return false;
}

/* What the compiler writes into what it makes. */
static void check_helpers(df_server_app *s, const df_json *package)
{
    const df_json *dev = df_json_get(package, "devDependencies");

    for (df_strings n = words(s, "helpers-of-compilers"); *n; n++)
        if (is_removed(s, package, df_str_of(*n)) &&
            (df_json_get(dev, *n) || imports_helpers(s)))
            speak(s, s->manifest, df_str_of(*n));
}

/* The author knows what the program loads; it is asked if that is all. */
static void check_imports(df_server_app *s, const df_json *package)
{
    static const char *const skip[] = {"node_modules", ".git", "__tests__",
                                       "__mocks__", NULL};
    df_files files = df_copied_files(s->arena, s->facts, s->context, s->stage,
                                     0, s->stage->ninstrs, skip);
    bool bundled = is_bundled(s, package, &files);
    bool first;

    if (files.missing.len || files.cut)
        SAY(s, s->stage->image_word.span,
            "cannot see all of the source in the build context");
    first = !s->why.len;
    check_helpers(s, package);
    for (uint32_t i = 0; i < files.npaths && first; i++) {
        df_str path = files.paths[i];
        df_str text;

        if (!is_source(s, path) || (bundled && df_str_has(path, "src/")) ||
            !df_context_read(s->context, path, &text))
            continue;
        look_dev_names(s, path, text, package);
        look_literals(s, path, text, package);
    }
    if (first && s->spoken.len)
        s->mend = df_fmt(s->arena,
                         "# dfopt: unused=%.*s, above FROM, if nothing loads "
                         "it when the image runs",
                         DF_STR_ARG(s->spoken));
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
                SAY(s, s->stage->image_word.span,
                    "%s keeps what it downloads outside of the project", *n);
        if (df_json_get(part, "prisma") &&
            !df_str_is(df_str_of(s->prune), "npm prune --omit=dev"))
            SAY(s, s->stage->image_word.span,
                "cannot tell whether the client of prisma outlives `%s`",
                s->prune);
    }
    if (df_json_get(package, "workspaces"))
        SAY(s, s->stage->image_word.span, "it is a workspace of several parts");
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
            SAY(s, s->stage->image_word.span,
                "cannot tell whether what the script `%s` does outlives `yarn "
                "install --production`",
                *n);
}

/* --- what pruning would do --- */

/* npm add x, yarn remove x, npm install x: what package.json does not say. */
static bool changes_packages(const df_cmd *cmd)
{
    static const char *const subs[] = {
        "add",       "dedupe", "link", "rebuild", "remove",  "rm", "un",
        "uninstall", "unlink", "up",   "update",  "upgrade", NULL};
    static const char *const installs[] = {"i", "install", NULL};

    return df_str_in(cmd->sub, subs) ||
           (df_str_in(cmd->sub, installs) && df_cmd_operands(cmd) > 0);
}

/* By settings or programs that the pruning would not have. */
static void check_manager(df_server_app *s, const df_cmd *cmd)
{
    static const char *const settings[] = {"config", "set", NULL};
    bool global = df_cmd_has(cmd, "-g") || df_cmd_has(cmd, "--global");
    df_str name;

    if (global) {
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            df_str rest = df_cmd_word(cmd, it.at)->text;

            df_str_cut(&rest, '@', &name);
            if (df_str_is(name, "npm") || df_str_is(name, "yarn"))
                SAY(s, cmd->node->span, "another release of %.*s prunes",
                    DF_STR_ARG(name));
        }
        return;
    }
    if (df_str_in(cmd->sub, settings))
        SAY(s, cmd->node->span, "`%.*s` may count for the pruning, too",
            DF_STR_ARG(df_cmd_brief(cmd)));
    if (changes_packages(cmd))
        SAY(s, cmd->node->span, "what `%.*s` does, `%s` may undo",
            DF_STR_ARG(df_cmd_brief(cmd)), s->prune);
}

static void check_install(df_server_app *s, const df_cmd *cmd)
{
    static const char *const locks[] = {"npm-shrinkwrap.json",
                                        "package-lock.json", "yarn.lock", NULL};
    const df_run *run = cmd->run;
    df_str text = run->tree->text.str;

    if (cmd->node->nassigns || df_str_has(text, "npm_config_") ||
        df_str_has(text, "NPM_CONFIG_"))
        SAY(s, cmd->node->span,
            "variables of this install may count for the pruning, too");
    for (uint32_t i = 0; i < run->instr->nflags; i++)
        if (df_str_has(run->instr->flags[i].value, "npmrc"))
            SAY(s, cmd->node->span,
                "settings of this install may count for the pruning, too");
    if (df_str_is(cmd->tool, "yarn") &&
        (run->instr->nflags || df_cmd_has(cmd, "--offline")))
        SAY(s, cmd->node->span,
            "cannot tell whether yarn could install once more");
    for (const char *const *l = locks; *l; l++) {
        df_str path = df_image_path(s->arena, s->dir, df_str_of(*l));

        if (df_copied_from(s->arena, s->facts, s->context, s->stage, path)
                .ptr &&
            !df_copied_before(s->arena, s->facts, s->context, run->instr, path)
                 .ptr)
            SAY(s, cmd->node->span,
                "%s comes after the install, and the pruning would go by it",
                *l);
    }
}

/* rm -rf src package.json: npm would take all of node_modules away. */
static void check_removal(df_server_app *s, const df_cmd *cmd)
{
    static const char *const names[] = {
        "*", "node_modules", "package.json", "package-lock.json", "yarn.lock",
        NULL};

    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);)
        if (df_str_in(df_path_base(df_cmd_word(cmd, it.at)->text), names))
            SAY(s, cmd->node->span,
                "the pruning would miss what `%.*s` removes",
                DF_STR_ARG(df_cmd_brief(cmd)));
}

static void check_pruning(df_server_app *s)
{
    bool installed = false;
    df_str name;

    for (uint32_t r = 0; r < s->stage->nruns; r++)
        for (uint32_t i = 0; i < s->stage->runs[r].ncmds; i++) {
            const df_cmd *cmd = &s->stage->runs[r].cmds[i];

            if (!cmd->tool.ptr)
                continue;
            if (install_of(s, cmd) && !df_cmd_operands(cmd)) {
                installed = true;
                check_install(s, cmd);
            } else if (df_str_is(cmd->tool, "npm") ||
                       df_str_is(cmd->tool, "yarn")) {
                check_manager(s, cmd);
            } else if (installed && df_str_is(cmd->tool, "rm")) {
                check_removal(s, cmd);
            } else if (df_str_is(cmd->tool, "npx") &&
                       df_plain_operand(cmd, 0, &name) &&
                       df_str_in(name, words(s, "fills-home"))) {
                SAY(s, cmd->node->span,
                    "`%.*s` keeps what it downloads outside of the project",
                    DF_STR_ARG(df_cmd_brief(cmd)));
            }
        }
    for (uint32_t i = 0; i < s->use->ncalls; i++)
        if (s->use->calls[i].builds &&
            df_str_is(s->use->calls[i].name, "patch-package") &&
            df_str_starts(df_str_of(s->prune), "yarn"))
            SAY(s, s->use->calls[i].at,
                "`yarn install --production` would undo the patches");
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
        if (!run->cmds[i].tool.ptr || install_of(s, &run->cmds[i]) ||
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
            SAY(s, instr->keyword, "USER stands above the build");
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
                SAY(s, instr->keyword,
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
        say(s, k->at, k->why);
    check_place(s);
    check_calls(s, package);
    check_packages(s, package);
    check_hooks(s, package);
    check_pruning(s);
    check_file(s);
    check_workshop(s);
    check_dependencies(s, package);
    check_scripts(s, package);
    check_imports(s, package);
    return true;
}
