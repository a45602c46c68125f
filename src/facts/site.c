/* A site that is built and served: see site.h. */
#include <dfopt/site.h>

static bool is_option(df_str word)
{
    return word.len > 1 && word.ptr[0] == '-';
}

/* serve [OPTION…] DIRECTORY; false if anything else can be meant. */
static bool read_server(df_site *t)
{
    const df_cmd *cmd = t->program->cmd;
    const df_sh_node *node = cmd ? cmd->node : NULL;
    uint32_t i = cmd ? cmd->tool_word : 0;
    df_str dir = {NULL, 0};

    if (!cmd || i != 0 || !cmd->tool.ptr)
        return false;
    t->fetched = df_str_is(cmd->tool, "npx");
    i += t->fetched;
    while (t->fetched && i < node->nwords && is_option(node->words[i].text))
        i++;
    if (i < node->nwords && node->words[i].is_plain)
        t->server = df_kb_server(t->facts->kb, node->words[i].value);
    for (i++; t->server && i < node->nwords; i++) {
        df_str word = node->words[i].value;
        df_str rest = word;
        df_str option;

        df_str_cut(&rest, '=', &option);
        if (!node->words[i].is_plain ||
            df_str_in(option, t->server->reads_options))
            return false;
        if (df_str_in(word, t->server->value_options))
            i++;
        else if (!is_option(word) && dir.ptr)
            return false;
        else if (!is_option(word))
            dir = word;
    }
    if (t->server && dir.ptr)
        t->served = df_image_path(
            t->arena, df_stage_workdir(t->arena, t->facts, t->stage), dir);
    return t->served.ptr != NULL;
}

/* Does a file of the project, or a variable, name another directory? */
static bool is_configured(const df_site *t, const df_bundler *b,
                          const df_cmd *cmd)
{
    df_context *context = t->context;

    for (df_strings c = b->config; *c; c++) {
        df_str path = df_image_path(t->arena, cmd->dir, df_str_of(*c));
        df_str text;

        path = df_copied_from(t->arena, t->facts, context, t->stage, path);
        if (path.ptr && (!df_context_read(context, path, &text) ||
                         df_str_has(text, b->setting)))
            return true;
    }
    for (df_strings e = b->env; *e; e++) {
        df_str path = df_image_path(t->arena, cmd->dir, DF_STR(".env"));
        df_str text;

        path = df_copied_from(t->arena, t->facts, context, t->stage, path);
        if (df_var_get(cmd->run->state, df_str_of(*e)) ||
            df_str_has(cmd->node->text, *e) ||
            (path.ptr && df_context_read(context, path, &text) &&
             df_str_has(text, *e)))
            return true;
    }
    return false;
}

const df_bundler *df_site_bundler(const df_site *t, const df_call *call)
{
    const df_cmd *cmd = call->cmd;
    uint32_t i = cmd ? df_cmd_operand(cmd, 0) : 0;
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;

    return word && word->is_plain && call->builds
               ? df_kb_bundler(t->facts->kb, call->name, word->value)
               : NULL;
}

df_str df_site_makes(const df_site *t, const df_call *call)
{
    const df_bundler *b = df_site_bundler(t, call);
    const df_cmd *cmd = call->cmd;
    df_str out;

    if (!b)
        return DF_STR("");
    out = df_str_of(b->output);
    if (is_configured(t, b, cmd) || df_cmd_operands(cmd) > 1 ||
        df_cmd_has(cmd, "--config") || df_cmd_has(cmd, "-c") ||
        !cmd->unconditional)
        return (df_str){NULL, 0};
    if (b->option && df_cmd_has(cmd, b->option) &&
        !df_cmd_value(cmd, b->option, &out))
        return (df_str){NULL, 0};
    return df_image_path(t->arena, cmd->dir, out);
}

/* `npm run build -- --outDir x`: the script gets more words than it says. */
static bool adds_words(const df_use *use, const df_instr *instr)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", NULL};

    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_cmd *cmd = use->calls[i].cmd;

        if (cmd && use->calls[i].instr == instr && cmd->tool.ptr &&
            df_str_in(cmd->tool, tools) &&
            (df_str_is(cmd->sub, "run") || df_str_is(cmd->sub, "build")) &&
            df_cmd_operands(cmd) > df_str_is(cmd->sub, "run"))
            return true;
    }
    return false;
}

/* Is the served directory what the build makes? */
static bool is_built(df_site *t, const df_use *use)
{
    for (uint32_t i = 0; i < use->ncalls; i++) {
        df_str made = df_site_makes(t, &use->calls[i]);

        if (made.len && df_str_eq(made, t->served) &&
            !adds_words(use, use->calls[i].instr))
            return true;
    }
    return false;
}

/* npm install -g serve, npm i -g serve@14, yarn global add serve: by tools that
 * come with the image. */
static bool installs(const df_cmd *cmd, const df_server *server)
{
    bool comes = df_str_is(cmd->tool, "npm") || df_str_is(cmd->tool, "yarn");
    bool global = comes && df_cmd_is_global(cmd);
    df_operands it = df_cmd_all_operands(cmd);

    while (global && df_operands_next(&it)) {
        df_str rest = df_cmd_word(cmd, it.at)->text;
        df_str name;

        df_str_cut(&rest, '@', &name);
        if (df_str_is(name, server->package))
            return true;
    }
    return false;
}

static void find_install(df_site *t)
{
    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(t->stage, cmd)) != NULL;) {
        if (cmd->unconditional && cmd->tool.ptr && installs(cmd, t->server))
            t->install = cmd;
    }
}

/* npm install serve, yarn add serve: into the project. */
static bool is_added(const df_site *t)
{
    static const char *const subs[] = {"add", "i", "install", NULL};

    for (const df_cmd *cmd = NULL;
         (cmd = df_stage_next_cmd(t->stage, cmd)) != NULL;) {
        if (!cmd->tool.ptr || !df_str_in(cmd->sub, subs))
            continue;
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            df_str rest = df_cmd_word(cmd, it.at)->text;
            df_str name;

            df_str_cut(&rest, '@', &name);
            if (df_str_is(name, t->server->package) &&
                !installs(cmd, t->server))
                return true;
        }
    }
    return false;
}

static bool depends_on(df_site *t)
{
    df_context *context = t->context;
    df_str path =
        df_image_path(t->arena, df_stage_workdir(t->arena, t->facts, t->stage),
                      DF_STR("package.json"));
    const df_json *root;

    path = df_copied_from(t->arena, t->facts, context, t->stage, path);
    root = path.ptr ? df_context_json(context, path) : NULL;
    return df_json_get(df_json_get(root, "dependencies"), t->server->package) ||
           df_json_get(df_json_get(root, "devDependencies"),
                       t->server->package) ||
           df_json_get(df_json_get(root, "optionalDependencies"),
                       t->server->package) ||
           is_added(t);
}

bool df_site_find(df_site *t)
{
    const df_use *use;

    if (!read_server(t))
        return false;
    use = df_use_find(t->arena, t->facts, t->context, t->stage);
    t->built = is_built(t, use);
    t->depends = depends_on(t);
    find_install(t);
    return true;
}
