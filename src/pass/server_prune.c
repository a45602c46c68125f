/* What removing the packages for development would undo, or miss: see server.h.
 */
#include "pass/server.h"

#include <dfopt/copy.h>

#include <string.h>

#include "facts/look.h"

static df_strings words(const df_server_app *s, const char *list)
{
    return df_kb_words(s->facts->kb, list);
}

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
    bool global = df_cmd_is_global(cmd);
    df_str name;

    if (global) {
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            df_str rest = df_cmd_word(cmd, it.at)->text;

            df_str_cut(&rest, '@', &name);
            if (df_str_is(name, "npm") || df_str_is(name, "yarn"))
                SERVER_SAY(s, cmd->node->span, "another release of %.*s prunes",
                           DF_STR_ARG(name));
        }
        return;
    }
    if (df_str_in(cmd->sub, settings))
        SERVER_SAY(s, cmd->node->span, "`%.*s` may count for the pruning, too",
                   DF_STR_ARG(df_cmd_brief(cmd)));
    if (changes_packages(cmd))
        SERVER_SAY(s, cmd->node->span, "what `%.*s` does, `%s` may undo",
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
        SERVER_SAY(s, cmd->node->span,
                   "variables of this install may count for the pruning, too");
    for (uint32_t i = 0; i < run->instr->nflags; i++)
        if (df_str_has(run->instr->flags[i].value, "npmrc"))
            SERVER_SAY(
                s, cmd->node->span,
                "settings of this install may count for the pruning, too");
    if (df_str_is(cmd->tool, "yarn") &&
        (run->instr->nflags || df_cmd_has(cmd, "--offline")))
        SERVER_SAY(s, cmd->node->span,
                   "cannot tell whether yarn could install once more");
    for (const char *const *l = locks; *l; l++) {
        df_str path = df_image_path(s->arena, s->dir, df_str_of(*l));

        if (df_copied_from(s->arena, s->facts, s->context, s->stage, path)
                .ptr &&
            !df_copied_before(s->arena, s->facts, s->context, run->instr, path)
                 .ptr)
            SERVER_SAY(
                s, cmd->node->span,
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
            SERVER_SAY(s, cmd->node->span,
                       "the pruning would miss what `%.*s` removes",
                       DF_STR_ARG(df_cmd_brief(cmd)));
}

void df_server_pruning(df_server_app *s)
{
    bool installed = false;
    df_str name;

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(s->stage, cmd)) != NULL;) {
        if (!cmd->tool.ptr)
            continue;
        if (df_server_installs(s, cmd) && !df_cmd_operands(cmd)) {
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
            SERVER_SAY(s, cmd->node->span,
                       "`%.*s` keeps what it downloads outside of the project",
                       DF_STR_ARG(df_cmd_brief(cmd)));
        }
    }
    for (uint32_t i = 0; i < s->use->ncalls; i++)
        if (s->use->calls[i].builds &&
            df_str_is(s->use->calls[i].name, "patch-package") &&
            df_str_starts(df_str_of(s->prune), "yarn"))
            SERVER_SAY(s, s->use->calls[i].at,
                       "`yarn install --production` would undo the patches");
}
