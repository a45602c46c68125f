/*
 * What a server of Node.js loads when it runs: the scripts that start it, and
 * what its source imports. See server.h.
 */
#include "pass/server.h"

#include <dfopt/copy.h>

#include <string.h>

#include "facts/look.h"

static df_strings words(const df_server_app *s, const char *list)
{
    return df_kb_words(s->facts->kb, list);
}

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
static bool is_locked_for_development(const df_server_app *s, const char *name)
{
    const df_json *entry =
        df_json_get(s->locked, df_fmt(s->arena, "node_modules/%s", name).ptr);

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

/* Most strings of a source are none. */
static bool may_be_package(df_str name)
{
    enum { LONGEST = 214 }; /* of npm */

    for (size_t i = 0; i < name.len; i++)
        if (!df_is_name(name.ptr[i]) &&
            df_str_find_char(DF_STR("@/.-~"), name.ptr[i]) == SIZE_MAX)
            return false;
    return name.len && name.len <= LONGEST;
}

/* Does only development need it? */
bool df_server_removes(df_server_app *s, const df_json *package, df_str name)
{
    static const char *const kept[] = {"dependencies", "optionalDependencies",
                                       NULL};
    const char *key;

    if (!may_be_package(name) || df_str_starts(name, "@types/") ||
        is_told_unused(s, name))
        return false;
    key = df_cstr(s->arena, name);
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
    SERVER_SAY(s, s->stage->image_word.span,
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
            !df_server_removes(s, package, name))
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
            df_server_removes(s, package, named_package(name)))
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
        if (df_server_removes(s, package, named_package(word)))
            SERVER_SAY(s, at,
                       "%.*s names %.*s, which only devDependencies name",
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
            SERVER_SAY(s, s->stage->image_word.span,
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
void df_server_scripts(df_server_app *s, const df_json *package)
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
            SERVER_SAY(s, call->at, "ts-node compiles when the image runs");
        if (!df_str_is(call->name, "npx") ||
            !df_plain_operand(call->cmd, 0, &name))
            name = call->name;
        if (df_str_in(name, words(s, "orders")) && !df_str_in(name, runners))
            SERVER_SAY(s, call->at, "cannot see what `%.*s` runs",
                       DF_STR_ARG(name));
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
        if (df_server_removes(s, package, df_str_of(*n)) &&
            (df_json_get(dev, *n) || imports_helpers(s)))
            speak(s, s->manifest, df_str_of(*n));
}

/* The author knows what the program loads; it is asked if that is all. */
void df_server_imports(df_server_app *s, const df_json *package)
{
    static const char *const skip[] = {"node_modules", ".git", "__tests__",
                                       "__mocks__", NULL};
    df_files files = df_copied_files(s->arena, s->facts, s->context, s->stage,
                                     0, s->stage->ninstrs, skip);
    bool bundled = is_bundled(s, package, &files);
    bool first;

    if (files.missing.len || files.cut)
        SERVER_SAY(s, s->stage->image_word.span,
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
