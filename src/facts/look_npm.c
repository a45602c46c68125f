/* Scripts of package.json, as npm and its kin run them (npm scripts). */
#include "facts/look.h"

bool df_plain_operand(const df_cmd *cmd, uint32_t n, df_str *value)
{
    uint32_t i = df_cmd_operand(cmd, n);
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;
    bool plain = word && word->is_plain;

    *value = plain ? word->value : (df_str){NULL, 0};
    return plain;
}

static df_str project_dir(df_looker *lk, const df_cmd *cmd)
{
    static const char *const options[] = {"--prefix", "--cwd", "--dir", "-C",
                                          NULL};
    df_str dir = cmd->dir;
    df_str value;

    for (const char *const *o = options; *o; o++)
        if (df_cmd_value(cmd, *o, &value))
            dir = df_image_path(lk->arena, dir, value);
    return dir;
}

static const df_json *scripts(df_looker *lk, df_str dir, bool *found)
{
    df_str path = df_image_path(lk->arena, dir, DF_STR("package.json"));
    const df_json *root;

    path = df_copied_from(lk->arena, lk->facts, lk->cx, lk->stage, path);
    root = path.ptr ? df_context_json(lk->cx, path) : NULL;
    *found = root != NULL;
    return df_json_get(root, "scripts");
}

static bool look_script(df_looker lk, const df_json *all, df_str name,
                        df_str dir)
{
    df_str text;

    if (!df_json_string(df_json_get(all, df_cstr(lk.arena, name)), &text))
        return false;
    lk.script = df_fmt(lk.arena, "`%.*s` of package.json", DF_STR_ARG(name));
    lk.lines = false;
    df_look_text(lk, text, DF_SHELL_POSIX, dir);
    return true;
}

/* pre, the script itself, and post. */
static bool look_scripts(df_looker *lk, const df_json *all, df_str name,
                         df_str dir)
{
    bool found = look_script(*lk, all, name, dir);

    if (found) {
        look_script(*lk, all, df_fmt(lk->arena, "pre%.*s", DF_STR_ARG(name)),
                    dir);
        look_script(*lk, all, df_fmt(lk->arena, "post%.*s", DF_STR_ARG(name)),
                    dir);
    }
    return found;
}

static void look_lifecycle(df_looker *lk, const df_json *all, df_str dir)
{
    static const char *const names[] = {
        "preinstall", "install", "postinstall", "prepublish",
        "preprepare", "prepare", "postprepare", NULL};

    for (const char *const *n = names; *n; n++)
        look_script(*lk, all, df_str_of(*n), dir);
}

static bool installs(const df_cmd *cmd)
{
    static const char *const subs[] = {"install",       "i",   "ci",
                                       "clean-install", "add", NULL};

    return df_str_in(cmd->sub, subs) ||
           (!cmd->sub.len && df_str_is(cmd->tool, "yarn"));
}

/* Subcommands of npm, pnpm and yarn that run nothing of the project. */
static bool runs_nothing(const df_cmd *cmd)
{
    static const char *const subs[] = {
        "audit",   "autoclean", "bin",      "cache",     "config", "dedupe",
        "fund",    "global",    "import",   "init",      "link",   "ls",
        "list",    "login",     "outdated", "pkg",       "prune",  "remove",
        "root",    "set",       "store",    "uninstall", "unlink", "update",
        "upgrade", "version",   "why",      "fetch",     "",       NULL};

    return df_str_in(cmd->sub, subs);
}

void df_look_npm(df_looker lk, const df_cmd *cmd)
{
    static const char *const runs[] = {"run", "run-script", "rum", NULL};
    static const char *const named[] = {"start", "test", "stop", "restart",
                                        NULL};
    static const char *const bins[] = {"exec", "x", "dlx", NULL};
    df_str dir = project_dir(&lk, cmd);
    df_str program = df_fmt(lk.arena, "%.*s %.*s", DF_STR_ARG(cmd->tool),
                            DF_STR_ARG(cmd->sub));
    bool found;
    bool global = df_cmd_has(cmd, "-g") || df_cmd_has(cmd, "--global");
    const df_json *all = scripts(&lk, dir, &found);
    df_str name = cmd->sub;

    if (installs(cmd)) {
        if (!global && !df_cmd_is_on(cmd, "--ignore-scripts") && found)
            look_lifecycle(&lk, all, dir);
        else if (!global && !found && !df_cmd_operands(cmd))
            df_look_unseen(&lk, df_str_trim(program));
        return;
    }
    if (runs_nothing(cmd))
        return;
    if (df_str_in(cmd->sub, bins)) {
        if (df_plain_operand(cmd, 0, &name))
            df_look_call(&lk, cmd, name);
        return;
    }
    if (df_str_in(cmd->sub, runs) && !df_plain_operand(cmd, 0, &name))
        return;
    if (!found || df_cmd_has(cmd, "-w") || df_cmd_has(cmd, "--workspace") ||
        df_cmd_has(cmd, "--workspaces") || df_cmd_has(cmd, "--filter") ||
        df_str_is(cmd->sub, "workspace")) {
        if (df_str_in(cmd->sub, runs))
            program = df_fmt(lk.arena, "%.*s %.*s", DF_STR_ARG(program),
                             DF_STR_ARG(name));
        df_look_unseen(&lk, program);
        return;
    }
    if (!look_scripts(&lk, all, name, dir) && !df_str_in(cmd->sub, runs) &&
        !df_str_in(cmd->sub, named))
        df_look_call(&lk, cmd, name);
}
