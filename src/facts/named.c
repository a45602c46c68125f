/*
 * Paths that settings give to an install: variables, what earlier commands of
 * the stage configured, the text of configuration files.
 */
#include "facts/install.h"

static bool ends_word(char c)
{
    return df_is_blank(c) ||
           df_str_find_char(DF_STR("=,:;\n\r\"'\\[]"), c) != SIZE_MAX;
}

/* KEY of `KEY = value` */
static bool is_key(df_str text, size_t end)
{
    while (end < text.len && df_is_blank(text.ptr[end]))
        end++;
    return end < text.len && text.ptr[end] == '=';
}

void df_need_named(df_reader *r, df_str by, df_str text)
{
    size_t from = 0;

    for (size_t i = 0; i <= text.len; i++) {
        df_str word = df_str_slice(text, from, i);
        df_str path;

        if (i < text.len && !ends_word(text.ptr[i]))
            continue;
        from = i + 1;
        if (df_str_starts(word, "-I") || df_str_starts(word, "-L"))
            word = df_str_from(word, 2);
        path = df_need_path(r, r->in->dir, word);
        if (word.len && path.ptr && !is_key(text, i))
            *df_push(r->b->arena, r->in, named) = (df_named){path, by};
    }
}

/* `PIP_CONSTRAINT=ci/c.txt pip install …`, with or without env. */
/* `GIT_*`, `*CA_BUNDLE` */
static bool matches(const char *pattern, df_str name)
{
    df_str p = df_str_of(pattern);
    size_t star = df_str_find_char(p, '*');

    if (star == SIZE_MAX)
        return df_str_eq(p, name);
    return name.len + 1 >= p.len &&
           df_str_eq(df_str_slice(name, 0, star), df_str_slice(p, 0, star)) &&
           df_str_ends(name, pattern + star + 1);
}

bool df_ecosystem_has_env(const df_ecosystem *eco, df_str name)
{
    for (df_strings e = eco->env; *e; e++)
        if (matches(*e, name))
            return true;
    return false;
}

static bool is_setting(const df_reader *r, df_str name)
{
    return df_ecosystem_has_env(r->in->eco, name);
}

/* A value that cannot be seen may be anything. */
static void look_assignment(df_reader *r, df_str name, const df_sh_word *word,
                            df_str text)
{
    if (df_str_is(name, "PATH")) {
        df_need_named(r, name, text);
        return;
    }
    if (!is_setting(r, name))
        return;
    if (word->is_plain)
        df_need_named(r, name, text);
    else
        df_need_why(r,
                    "what `%.*s` in front of %.*s stands for is not known, so "
                    "it stays below COPY",
                    DF_STR_ARG(name),
                    DF_STR_ARG(df_install_name(r->b->arena, r->in->cmd)));
}

static void look_words(df_reader *r, const df_sh_node *node, uint32_t end)
{
    for (uint32_t i = 0; i < node->nassigns; i++)
        look_assignment(r, node->assigns[i].name, &node->assigns[i].value,
                        node->assigns[i].value.text);
    for (uint32_t i = 0; i < end; i++) {
        df_str word = node->words[i].text;
        df_str name;

        if (df_str_cut(&word, '=', &name))
            look_assignment(r, name, &node->words[i], word);
    }
}

/* `PIP_CONFIG_FILE=ci/pip.conf`, and a command behind it. GIT_VERSION is the
 * shell's own if nobody exports it. */
static bool look_bare(const df_sh_node *node, void *ctx)
{
    df_reader *r = ctx;

    for (uint32_t i = 0;
         node->kind == DF_SH_SIMPLE && !node->nwords && i < node->nassigns; i++)
        if (!df_str_starts(node->assigns[i].name, "GIT_") ||
            df_var_get(r->in->cmd->run->state, node->assigns[i].name))
            look_assignment(r, node->assigns[i].name, &node->assigns[i].value,
                            node->assigns[i].value.text);
    return true;
}

static bool exports(const df_cmd *cmd)
{
    static const char *const tools[] = {"export", "declare", "typeset",
                                        "readonly", NULL};

    return df_str_in(cmd->node->words[0].text, tools);
}

/* Of the command, of the shell around it, and what was exported before. */
static void look_assignments(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    const df_run *run = cmd->run;

    look_words(r, cmd->node, cmd->tool_word);
    for (const df_cmd *c = run->cmds; c < cmd; c++)
        if (exports(c))
            look_words(r, c->node, c->node->nwords);
        else if (cmd->script && df_span_holds(c->node->span, cmd->node->span))
            look_words(r, c->node, c->tool_word);
    df_sh_walk(run->tree->root, look_bare, r);
}

/* HOME=/srv/app: programs look for files of theirs there, by their names. */
static void look_home(df_reader *r, df_str home)
{
    df_strings files = df_kb_words(r->b->facts->kb, "home-settings");

    for (; *files; files++)
        *df_push(r->b->arena, r->in, named) =
            (df_named){df_image_path(r->b->arena, home, df_str_of(*files)),
                       DF_STR("HOME")};
}

/* npm_config_cache=/app: it looks into /app/_cacache, and at nothing else. */
static bool look_cache(df_reader *r, const df_var *var)
{
    for (df_strings e = r->in->eco->cache_env; *e; e++) {
        df_str rest = df_str_of(*e);
        df_str name;

        df_str_cut(&rest, ':', &name);
        if (!df_str_eq(name, var->name) || !df_str_starts(var->value, "/"))
            continue;
        *df_push(r->b->arena, r->in, named) = (df_named){
            df_image_path(r->b->arena, var->value, df_str_trim(rest)), name};
        return true;
    }
    return false;
}

static void look_environment(df_reader *r)
{
    const df_state *state = r->in->cmd->run->state;

    for (uint32_t i = 0; i < state->nvars; i++) {
        const df_var *var = &state->vars[i];

        if (!var->value.ptr || !is_setting(r, var->name))
            continue;
        if (df_str_is(var->name, "HOME") && df_str_starts(var->value, "/"))
            look_home(r, var->value);
        else if (!look_cache(r, var))
            df_need_named(r, var->name, var->value);
    }
    look_assignments(r);
}

/* `go env -w GOPROXY=…`, `pip config set …`, `echo … >/etc/pip.conf`: with
 * paths that are not there yet. */
static void look_setting(df_reader *r, const df_cmd *cmd)
{
    df_str by = df_fmt(r->b->arena, "`%.*s%s%.*s`", DF_STR_ARG(cmd->tool),
                       cmd->sub.len ? " " : "", DF_STR_ARG(cmd->sub));
    bool prints =
        df_str_is(cmd->tool, "echo") || df_str_is(cmd->tool, "printf");

    if (!prints && (!df_str_eq(cmd->tool, r->in->cmd->tool) || cmd->ecosystem))
        return; /* another tool; or another install, which sets nothing */
    if (prints && cmd->top && !cmd->node->nredirs && cmd->pipe->nkids < 2)
        return; /* for the reader of the build's log */
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str word = cmd->node->words[i].text;

        if (df_str_find_char(word, '/') != SIZE_MAX)
            df_need_named(r, by, word);
    }
}

static void look_settings(df_reader *r)
{
    const df_facts *facts = r->b->facts;
    const df_run *own = r->in->cmd->run;

    for (const df_stage *s = own->stage; s; s = s->base)
        for (uint32_t i = 0; i < facts->nruns; i++) {
            const df_run *run = &facts->runs[i];

            if (run->stage != s || run->instr->index >= own->instr->index)
                continue;
            for (uint32_t k = 0; k < run->ncmds; k++)
                if (run->cmds[k].tool.ptr)
                    look_setting(r, &run->cmds[k]);
        }
}

void df_need_settings(df_reader *r)
{
    look_environment(r);
    look_settings(r);
}
