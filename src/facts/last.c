/*
 * RUNs right behind an install that download or remove packages by names alone:
 * `npm install -g serve`, `apt-get install -y curl`, `apk del .build-deps`. The
 * source goes below them, too. What may name a file, or is told by a setting
 * where to look, is not one of them.
 */
#include "facts/lift.h"

/* flask==3.0.3, @vue/cli@5, libpq-dev:amd64, uvicorn[standard] */
static bool is_package(df_str word)
{
    static const char *const ends[] = {".apk", ".deb", ".gem", ".gz",  ".rpm",
                                       ".tar", ".tgz", ".whl", ".zip", NULL};

    for (const char *const *e = ends; *e; e++)
        if (df_str_ends(word, *e))
            return false;
    if (df_str_starts(word, "@"))
        word = df_str_from(word, df_str_find_char(word, '/') + 1);
    for (size_t i = 0; i < word.len; i++)
        if (!df_is_name(word.ptr[i]) &&
            df_str_find_char(DF_STR("+-.=@~:[],<>"), word.ptr[i]) == SIZE_MAX)
            return false;
    return word.len && (df_is_name(word.ptr[0]) || word.ptr[0] == '@') &&
           !df_str_starts(word, "file:") && !df_str_starts(word, "link:");
}

/* The subcommands of each that take names of packages. */
static bool takes_packages(const df_cmd *cmd)
{
    static const char *const adds[] = {"add", "i", "install", NULL};

    if (df_str_is(cmd->tool, "npm") || df_str_is(cmd->tool, "yarn"))
        return df_str_in(cmd->sub, adds) && df_cmd_is_global(cmd);
    if (df_str_is(cmd->tool, "pip"))
        return df_str_is(cmd->sub, "install");
    return df_cmd_is_package_manager(cmd) && df_str_in(cmd->sub, adds);
}

/* `sudo pip`, but not `python -m pip` */
static bool is_wrapped(const df_cmd *cmd)
{
    return cmd->wrapped &&
           !(cmd->tool_word == 2 && df_str_is(cmd->node->words[1].text, "-m"));
}

/* `playwright install chromium`, `spacy download en_core_web_sm` */
static bool downloads_names(const df_cmd *cmd)
{
    if (!df_cmd_in(cmd, df_kb_words(cmd->run->kb, "downloads-by-name")) ||
        is_wrapped(cmd))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (!w->is_plain ||
            (!df_str_starts(w->value, "-") && !is_package(w->value)))
            return false;
    }
    return true;
}

/* Of apk, a name that begins with a dot is that of a virtual package. */
static bool removes_packages(const df_cmd *cmd)
{
    static const char *const subs[] = {"del", "erase", "purge", "remove", NULL};

    return df_cmd_is_package_manager(cmd) && df_str_in(cmd->sub, subs);
}

static bool is_about_names(const df_cmd *cmd)
{
    static const char *const options[] = {
        "-y",         "-q",
        "-qq",        "--yes",
        "--quiet",    "--no-install-recommends",
        "-g",         "--global",
        "--no-cache", "--no-cache-dir",
        "-U",         "--upgrade",
        "--purge",    "--auto-remove",
        NULL};
    bool removes = removes_packages(cmd);
    uint32_t names = 0;

    if ((!removes && !takes_packages(cmd)) || is_wrapped(cmd))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (i == cmd->sub_word || df_str_in(w->text, options))
            continue;
        if (!w->is_plain || !is_package(removes && df_str_starts(w->value, ".")
                                            ? df_str_from(w->value, 1)
                                            : w->value))
            return false;
        names++;
    }
    return names > 0;
}

/* apt-get update, rm -rf /var/lib/apt/lists */
static bool goes_with(const df_cmd *cmd)
{
    static const char *const subs[] = {"autoremove", "clean", "update", NULL};

    if (df_str_is(cmd->tool, "rm"))
        return cmd->node->nwords == 3 &&
               df_path_is_of_packages(cmd->run->kb, cmd->node->words[2].text);
    return df_cmd_is_package_manager(cmd) && df_str_in(cmd->sub, subs);
}

/* PIP_CONSTRAINT=c.txt, NPM_CONFIG_USERCONFIG=/app/npmrc */
static bool is_told(const df_run *run)
{
    static const char *const begins[] = {"PIP_",  "NPM_CONFIG_", "npm_config_",
                                         "YARN_", "APT_CONFIG",  NULL};

    for (uint32_t i = 0; i < run->state->nvars; i++) {
        const df_var *var = &run->state->vars[i];

        for (const char *const *b = begins; *b; b++)
            if (df_str_starts(var->name, *b) &&
                (!var->value.ptr ||
                 (!df_str_has(var->value, "://") && var->value.len > 5)))
                return true;
    }
    return false;
}

/* NLTK_DATA=/app/nltk_data */
static bool names_moved(const df_lift *l, const df_run *run)
{
    for (uint32_t i = 0; i < run->state->nvars; i++) {
        df_str value = run->state->vars[i].value;

        for (uint32_t k = 0; k < l->nmoved && df_str_starts(value, "/"); k++)
            if (df_image_below(value, l->moved[k]->dest))
                return true;
    }
    return false;
}

static bool is_one(const df_lift *l, const df_run *run)
{
    bool found = false;

    if (!df_passage_past(l, run) || is_told(run) || names_moved(l, run) ||
        run->instr->nflags)
        return false;
    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (!cmd->tool.ptr || cmd->node->nredirs || cmd->node->nassigns ||
            cmd->script || !cmd->unconditional)
            return false;
        if (is_about_names(cmd) || downloads_names(cmd))
            found = true;
        else if (!goes_with(cmd))
            return false;
    }
    return found;
}

void df_lift_find_last(df_lift *l)
{
    const df_facts *facts = l->b->facts;

    l->last = l->run;
    if (l->first || l->end < l->run->ncmds || l->nalong || l->owner.len)
        return;
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (df_image_is_home(l->moved[i]->dest))
            return;
    for (uint32_t i = l->run->instr->index + 1;
         i < facts->doc->ninstrs && facts->run_of[i] &&
         facts->stage_of[i] == l->run->stage && is_one(l, facts->run_of[i]);
         i++)
        l->last = facts->run_of[i];
}
