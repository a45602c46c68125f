/* What a stage calls: see use.h. */
#include <dfopt/program.h>
#include <dfopt/use.h>

#include "facts/answers.h"
#include "facts/build.h"
#include "facts/look.h"

/* Scripts that call scripts: nobody nests deeper, and loops end here. */
enum { MAX_NESTING = 8, MAX_CALLS = 5000 };

static void look_commands(df_looker lk, const df_run *run);

void df_look_unseen(df_looker *lk, df_str program)
{
    df_str what = df_fmt(lk->arena, "`%.*s` runs", DF_STR_ARG(program));

    if (lk->script.len)
        what = df_fmt(lk->arena, "`%.*s` runs, which %.*s calls",
                      DF_STR_ARG(program), DF_STR_ARG(lk->script));
    *df_push(lk->arena, lk->use, unseen) = (df_unseen){lk->at, what};
}

void df_look_call(df_looker *lk, const df_cmd *cmd, df_str path)
{
    df_str via = lk->script;

    if (via.len && lk->lines && cmd)
        via = df_fmt(lk->arena, "%.*s:%u", DF_STR_ARG(via),
                     df_line_of(cmd->run->tree->text.str,
                                (size_t)(cmd->node->text.ptr -
                                         cmd->run->tree->text.str.ptr)));
    *df_push(lk->arena, lk->use, calls) = (df_call){.name = df_path_base(path),
                                                    .path = path,
                                                    .cmd = cmd,
                                                    .instr = lk->instr,
                                                    .at = lk->at,
                                                    .via = via,
                                                    .builds = lk->builds,
                                                    .composed = lk->composed};
}

/*
 * Programs that programs call. Certificates are no command: the one that comes
 * with them stands for them.
 */
static void add_implied(df_looker *lk, const df_cmd *cmd, const char *name,
                        const char *shown)
{
    df_look_call(lk, cmd, df_str_of(name));
    if (shown)
        lk->use->calls[lk->use->ncalls - 1].path = df_str_of(shown);
}

/* xJf, -xJf, --xz, or a name that ends so: tar calls what unpacks it. */
static bool packed(const df_cmd *cmd, char letter, const char *option,
                   const char *ending)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        df_str s = cmd->node->words[i].text;
        bool bundle = s.len && s.ptr[0] != '/' &&
                      (i == cmd->tool_word + 1 || s.ptr[0] == '-') &&
                      !df_str_starts(s, "--") &&
                      df_str_find_char(s, '.') == SIZE_MAX;

        if (df_str_is(s, option) || df_str_has(s, ending) ||
            (bundle && df_str_find_char(s, letter) != SIZE_MAX))
            return true;
    }
    return false;
}

/* A URL without TLS, or this machine: no certificate is looked at. */
static bool only_plain_http(df_str text)
{
    return !df_str_has(text, "https:") &&
           (df_str_has(text, "http://") || df_str_has(text, "localhost") ||
            df_str_has(text, "127.0.0.1"));
}

static void look_implied(df_looker *lk, const df_cmd *cmd, df_str name)
{
    static const char *const fetchers[] = {"curl", "git", "wget", NULL};
    df_str text = cmd->node->text;

    if (df_str_in(name, fetchers) && !only_plain_http(text))
        add_implied(lk, cmd, "update-ca-certificates", "ca-certificates");
    if (df_str_is(name, "git") &&
        (df_str_has(text, "git@") || df_str_has(text, "ssh:")))
        add_implied(lk, cmd, "ssh", NULL);
    if (df_str_is(name, "apt-key"))
        add_implied(lk, cmd, "gpg", NULL);
    if (df_str_is(name, "gpg") && df_str_has(text, "--recv"))
        add_implied(lk, cmd, "dirmngr", NULL);
    if (df_str_is(name, "tar") && packed(cmd, 'J', "--xz", ".xz"))
        add_implied(lk, cmd, "xz", NULL);
    if (df_str_is(name, "tar") && packed(cmd, 'j', "--bzip2", ".bz2"))
        add_implied(lk, cmd, "bzip2", NULL);
    if (df_str_has(text, "/usr/share/zoneinfo"))
        add_implied(lk, cmd, "tzdata", NULL);
}

/* A script whose text is at hand. */
void df_look_text(df_looker lk, df_str text, df_shell_kind shell, df_str dir)
{
    df_run *run = df_new(lk.arena, df_run);
    df_state *state = df_new(lk.arena, df_state);
    df_text whole = {text, df_new(lk.arena, df_seg), 1, true};

    if (lk.depth++ >= MAX_NESTING || lk.use->ncalls > MAX_CALLS)
        return;
    *state = lk.facts->states[lk.instr->index];
    state->workdir = dir;
    *run = (df_run){.kb = lk.facts->kb,
                    .instr = lk.instr,
                    .stage = lk.stage,
                    .state = state};
    run->tree = df_sh_parse(lk.arena, &whole, shell);
    lk.exact = false;
    if (!run->tree->ok) {
        df_str name = lk.script.len ? lk.script : DF_STR("sh");

        lk.script = DF_STR("");
        df_look_unseen(&lk, name);
        return;
    }
    df_make_commands(lk.arena, lk.facts->kb, run);
    look_commands(lk, run);
}

/* What stands behind `#!`, without `/usr/bin/env`; empty if nothing does. */
static df_str interpreter(df_str text)
{
    df_str line;
    df_str word;

    if (!df_str_starts(text, "#!"))
        return DF_STR("");
    df_str_cut(&text, '\n', &line);
    line = df_str_trim(df_str_from(line, 2));
    df_str_cut(&line, ' ', &word);
    if (df_str_is(df_path_base(word), "env")) {
        while (line.len && df_str_starts(line, "-"))
            df_str_cut(&line, ' ', &word);
        df_str_cut(&line, ' ', &word);
    }
    return df_str_trim(word);
}

static bool is_shell(df_str name)
{
    static const char *const names[] = {"sh", "bash", "dash", "ash", NULL};

    return df_str_in(name, names);
}

static df_shell_kind kind_of(df_str shell)
{
    return df_str_is(shell, "bash") ? DF_SHELL_BASH : DF_SHELL_POSIX;
}

/* A file that is run, or read by a shell of that name (empty: run). */
static void look_file(df_looker lk, const df_cmd *cmd, df_str path,
                      df_str shell)
{
    df_str image = df_image_path(lk.arena, cmd->dir, path);
    df_str file = df_copied_from(lk.arena, lk.facts, lk.cx, lk.stage, image);
    df_str text;
    df_str program;

    if (!file.ptr || !df_context_read(lk.cx, file, &text) ||
        df_str_find_char(text, '\0') != SIZE_MAX) {
        df_look_unseen(&lk, path);
        return;
    }
    program = interpreter(text);
    lk.script = file;
    lk.lines = true;
    if (program.len && !shell.len)
        df_look_call(&lk, NULL, program);
    if (shell.len)
        program = shell;
    else if (program.len)
        program = df_path_base(program);
    else
        program = DF_STR("sh");
    if (is_shell(program))
        df_look_text(lk, text, kind_of(program), cmd->dir);
}

/* sh FILE, sh -c TEXT, … | sh */
static void look_shell(df_looker lk, const df_cmd *cmd, df_str shell)
{
    const df_sh_node *node = cmd->node;
    df_str file;

    for (uint32_t i = cmd->tool_word + 1; i + 1 < node->nwords; i++) {
        df_str s = node->words[i].is_plain ? node->words[i].value
                                           : node->words[i].text;
        const df_sh_word *text = &node->words[i + 1];

        if (s.len < 2 || s.ptr[0] != '-' || s.ptr[1] == '-' ||
            s.ptr[s.len - 1] != 'c')
            continue;
        if (text->is_plain)
            df_look_text(lk, text->value, kind_of(shell), cmd->dir);
        else
            df_look_unseen(&lk, shell);
        return;
    }
    if (df_plain_operand(cmd, 0, &file))
        look_file(lk, cmd, file, shell);
    else if (!lk.builds || df_cmd_operands(cmd) || node->nredirs ||
             (cmd->pipe && cmd->pipe->nkids > 1))
        df_look_unseen(&lk, shell);
}

/* `. FILE`: not what the image itself brings, nor a virtual environment. */
static void look_sourced(df_looker lk, const df_cmd *cmd)
{
    df_str file;

    if (!df_plain_operand(cmd, 0, &file)) {
        df_look_unseen(&lk, cmd->tool);
        return;
    }
    if (!df_str_starts(file, "/etc/") && !df_str_ends(file, "bin/activate"))
        look_file(lk, cmd, file, DF_STR("bash"));
}

/* find … -exec CMD */
static void look_find(df_looker lk, const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i + 1 < cmd->node->nwords; i++) {
        const df_sh_word *next = &cmd->node->words[i + 1];

        if (!df_str_starts(cmd->node->words[i].text, "-exec"))
            continue;
        if (next->is_plain)
            df_look_call(&lk, cmd, next->value);
        else
            df_look_unseen(&lk, DF_STR("find"));
    }
}

/* A program that runs what a file of the project says. */
static bool reads_its_orders(const df_looker *lk, df_str name)
{
    return df_str_in(name, df_kb_words(lk->facts->kb, "orders"));
}

/* bundle exec CMD */
static void look_exec(df_looker lk, const df_cmd *cmd)
{
    df_str name;

    if (!df_plain_operand(cmd, 0, &name) || reads_its_orders(&lk, name))
        df_look_unseen(&lk, name.ptr ? name : cmd->tool);
    else
        df_look_call(&lk, cmd, name);
}

/* `node` alone, as a CMD, or with nothing but options: what it is for is said
 * somewhere else. */
static bool is_bare(const df_cmd *cmd)
{
    static const char *const names[] = {"gem",    "node", "npm",  "pip", "pnpm",
                                        "python", "ruby", "yarn", NULL};

    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *word = &cmd->node->words[i];

        if (!word->is_plain || word->value.len != 2 ||
            word->value.ptr[0] != '-' || word->value.ptr[1] == '-')
            return false;
    }
    return df_str_in(cmd->tool, names);
}

/* python << END: it is said right there, and starts no other program. */
static bool reads_a_heredoc(const df_cmd *cmd)
{
    for (uint32_t i = 0; i < cmd->node->nredirs; i++) {
        const df_sh_redir *r = &cmd->node->redirs[i];

        if ((r->op == DF_OP_HERE || r->op == DF_OP_HERE_TABS) &&
            r->lines.text.len && !r->lines.nsubs)
            return !df_text_spawns(r->lines.text);
    }
    return false;
}

/* Where a name without a slash is looked for, in the order of PATH. */
static const char *const SYSTEM_DIRS[] = {
    "/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/",
    "/sbin/",           "/bin/",           NULL};

static bool in_system(df_str path)
{
    for (const char *const *d = SYSTEM_DIRS; *d; d++)
        if (df_str_starts(path, *d))
            return true;
    return false;
}

static bool is_copied(const df_looker *lk, df_str path)
{
    return df_copied_from(lk->arena, lk->facts, lk->cx, lk->stage, path).ptr !=
           NULL;
}

/* May the COPY or ADD bring something to where programs are looked for? */
static bool brings_programs(const df_facts *facts, const df_instr *copy)
{
    static const char *const roots[] = {"/",          "/usr",        "/usr/",
                                        "/usr/local", "/usr/local/", NULL};
    df_str dest = copy->words[copy->nwords - 1].str;
    df_str workdir = facts->states[copy->index].workdir;

    if (!df_str_starts(dest, "/"))
        dest = df_str_find_char(dest, '$') != SIZE_MAX ? dest : workdir;
    return !dest.ptr || df_str_in(dest, roots) || df_str_has(dest, "bin") ||
           df_str_find_char(dest, '$') != SIZE_MAX;
}

/* Where it is false, a name without a slash is not worth a look. */
void df_make_brings(df_maker *mk)
{
    const df_facts *facts = mk->facts;

    for (uint32_t i = 0; i < facts->nstages; i++) {
        df_stage *s = &mk->stages[i];

        s->brings_programs = s->base && s->base->brings_programs;
        for (uint32_t k = 0; !s->brings_programs && k < s->ninstrs; k++) {
            const df_instr *instr = s->instrs[k];

            s->brings_programs =
                (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD) &&
                instr->nwords > 1 && brings_programs(facts, instr);
        }
    }
}

/* Where a program of the context lies that a command names; ptr NULL: none. */
static df_str copied_program(const df_looker *lk, const df_cmd *cmd,
                             df_str path)
{
    df_str absolute = df_image_path(lk->arena, cmd->dir, path);

    if (df_str_find_char(path, '/') != SIZE_MAX)
        return is_copied(lk, absolute) ? absolute : (df_str){NULL, 0};
    for (const char *const *d = SYSTEM_DIRS; lk->stage->brings_programs && *d;
         d++) {
        df_str place = df_fmt(lk->arena, "%s%.*s", *d, DF_STR_ARG(path));

        if (is_copied(lk, place))
            return place;
    }
    return (df_str){NULL, 0};
}

/* In node_modules or a virtual environment, or a tool that is known and not
 * a file of the context. */
static bool is_installed(df_looker *lk, const df_cmd *cmd, df_str path)
{
    if (df_str_has(path, "node_modules/.bin/") || df_str_has(path, "env/bin/"))
        return true;
    return cmd->known &&
           !is_copied(lk, df_image_path(lk->arena, cmd->dir, path));
}

static bool is_interpreter(df_str name)
{
    return df_str_is(name, "node") || df_str_is(name, "nodejs") ||
           df_str_is(name, "perl") || df_str_is(name, "ruby") ||
           df_str_starts(name, "python");
}

/* node FILE, python FILE: one that is not of the context was made by a build,
 * or comes from somewhere else. */
static void look_interpreted(df_looker lk, const df_cmd *cmd)
{
    static const char *const builders[] = {"npm", "yarn",  "pnpm",    "tsc",
                                           "npx", "babel", "webpack", NULL};
    df_str file;
    df_str path;

    if (df_cmd_has(cmd, "-c") || df_cmd_has(cmd, "-e") ||
        df_cmd_has(cmd, "-m") || df_cmd_has(cmd, "-p") ||
        df_cmd_has(cmd, "-V") || df_cmd_has(cmd, "--version"))
        return;
    if (!df_plain_operand(cmd, 0, &file) || df_str_is(file, "-")) {
        if (df_cmd_operands(cmd) || (cmd->pipe && cmd->pipe->nkids > 1))
            df_look_unseen(&lk, cmd->tool);
        return;
    }
    if (df_str_is(df_path_base(file), "setup.py"))
        return;
    path = df_image_path(lk.arena, cmd->dir, file);
    if (!path.ptr || is_copied(&lk, path) ||
        is_copied(&lk, df_fmt(lk.arena, "%.*s.js", DF_STR_ARG(path))))
        return;
    for (uint32_t i = 0; !lk.builds && i < lk.use->ncalls; i++)
        if (lk.use->calls[i].builds &&
            df_str_in(lk.use->calls[i].name, builders) &&
            df_str_find_char(file, '/') != SIZE_MAX)
            return;
    df_look_unseen(&lk, file);
}

/* Scripts of a project that fetch a build tool and start it. */
static bool is_build_wrapper(df_str name)
{
    return df_str_is(name, "gradlew") || df_str_is(name, "mvnw");
}

/* su USER -c 'SCRIPT' */
static bool has_script(const df_cmd *cmd, df_str *script)
{
    df_strings options = cmd->known ? cmd->known->command_option : NULL;

    for (; options && *options; options++)
        if (df_cmd_value(cmd, *options, script))
            return true;
    return false;
}

static void follow(df_looker lk, const df_cmd *cmd, df_str path)
{
    df_str name = df_path_base(path);
    bool npm = df_str_is(cmd->tool, "npm") || df_str_is(cmd->tool, "yarn") ||
               df_str_is(cmd->tool, "pnpm") || df_str_is(cmd->tool, "bun");
    df_str copied = copied_program(&lk, cmd, path);
    df_str script;

    if (is_build_wrapper(name) ||
        (!lk.builds && is_bare(cmd) && !reads_a_heredoc(cmd)))
        df_look_unseen(&lk, name);
    else if (copied.ptr)
        look_file(lk, cmd, copied, DF_STR(""));
    else if (is_shell(name))
        look_shell(lk, cmd, name);
    else if (df_str_is(name, ".") || df_str_is(name, "source"))
        look_sourced(lk, cmd);
    else if (npm)
        df_look_npm(lk, cmd);
    else if (df_str_is(name, "find"))
        look_find(lk, cmd);
    else if (df_str_is(cmd->tool, "bundle") && df_str_is(cmd->sub, "exec"))
        look_exec(lk, cmd);
    else if (!npm && (lk.builds || !is_bare(cmd)) && is_interpreter(name))
        look_interpreted(lk, cmd);
    else if (has_script(cmd, &script))
        df_look_text(lk, script, DF_SHELL_POSIX, cmd->dir);
    else if (reads_its_orders(&lk, name))
        df_look_unseen(&lk, name);
    else if (df_str_find_char(path, '/') != SIZE_MAX && !in_system(path) &&
             !is_installed(&lk, cmd, path))
        look_file(lk, cmd, path, DF_STR(""));
}

/* "$@" and its kin in a script: CMD, which is looked at for itself. */
static bool is_arguments(df_str word)
{
    static const char *const forms[] = {"\"$@\"", "$@",     "\"${@}\"", "${@}",
                                        "$*",     "\"$*\"", NULL};

    return df_str_in(word, forms);
}

/* A function of the script hides a command of its name. */
static bool defined(const df_run *run, df_str name)
{
    for (uint32_t i = 0; i < run->nfunctions; i++)
        if (df_str_eq(run->functions[i], name))
            return true;
    return false;
}

static void look_command(df_looker lk, const df_cmd *cmd)
{
    const df_sh_word *words = cmd->node->words;
    df_str path = words[cmd->tool_word].value;

    if (lk.exact)
        lk.at = words[cmd->tool_word].span;
    for (uint32_t i = 0; i < cmd->tool_word; i++) {
        const df_tool *tool =
            words[i].is_plain
                ? df_kb_tool(lk.facts->kb, df_path_base(words[i].value))
                : NULL;

        if (words[i].is_plain && (!i || (tool && tool->wrapper)))
            df_look_call(&lk, cmd, words[i].value);
    }
    if (!cmd->tool.ptr) {
        if (is_arguments(words[cmd->tool_word].text))
            *lk.args = true;
        else
            df_look_unseen(&lk, words[cmd->tool_word].text);
        return;
    }
    if (!path.ptr || defined(cmd->run, path))
        return;
    df_look_call(&lk, cmd, path);
    look_implied(&lk, cmd, df_path_base(path));
    follow(lk, cmd, path);
}

/* Commands in `sh -c '…'` are found by looking at sh. */
static void look_commands(df_looker lk, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (!run->cmds[i].script)
            look_command(lk, &run->cmds[i]);
}

/* `RUN <<EOF`, and nothing else on the line. */
static bool is_script(const df_instr *instr)
{
    return instr->nheredocs == 1 &&
           df_str_starts(df_str_trim(instr->args.str), "<<") &&
           df_str_find_char(instr->args.str, ' ') == SIZE_MAX;
}

static void look_run(df_looker lk, const df_run *run)
{
    df_str program;
    df_str text;

    lk.instr = run->instr;
    lk.at = run->instr->keyword;
    lk.builds = true;
    if (run->tree->ok) {
        lk.exact = true;
        look_commands(lk, run);
        return;
    }
    if (run->instr->json) {
        df_look_text(
            lk, df_argv_text(lk.arena, run->instr->words, run->instr->nwords),
            DF_SHELL_POSIX, run->state->workdir);
        return;
    }
    if (!is_script(run->instr)) {
        df_look_unseen(&lk, DF_STR("RUN"));
        return;
    }
    text = df_source(lk.facts->doc, run->instr->heredocs[0].body);
    program = interpreter(text);
    if (program.len && !is_shell(df_path_base(program)))
        df_look_call(&lk, NULL, program);
    else
        df_look_text(lk, text,
                     program.len ? kind_of(df_path_base(program))
                                 : run->state->shell,
                     run->state->workdir);
}

void df_look_program(df_looker lk, const df_instr *instr, df_str text)
{
    lk.instr = instr;
    lk.at = instr->keyword;
    df_look_text(lk, text, lk.facts->states[instr->index].shell,
                 df_stage_workdir(lk.arena, lk.facts, lk.stage));
}

/* ENTRYPOINT of exec form gets CMD as further words. */
static void look_start(df_looker lk)
{
    const df_instr *cmd = df_stage_last(lk.stage, DF_I_CMD);
    const df_instr *entry = df_stage_entrypoint(lk.stage);
    df_str text = cmd ? df_program_text(lk.arena, cmd) : DF_STR("");
    bool args = false;

    lk.args = &args;
    if (entry && entry->json && cmd && cmd->json)
        text = df_fmt(lk.arena, "%.*s %.*s",
                      DF_STR_ARG(df_program_text(lk.arena, entry)),
                      DF_STR_ARG(text));
    else if (entry)
        text = df_program_text(lk.arena, entry);
    if (entry || cmd)
        df_look_program(lk, entry ? entry : cmd, text);
    if (entry && cmd && (args || !cmd->json))
        df_look_program(lk, cmd, df_program_text(lk.arena, cmd));
}

static void look_stage(df_looker lk)
{
    const df_instr *health = df_stage_last(lk.stage, DF_I_HEALTHCHECK);

    for (uint32_t i = 0; i < lk.stage->ninstrs; i++) {
        const df_run *run = lk.facts->run_of[lk.stage->instrs[i]->index];

        if (run)
            look_run(lk, run);
    }
    look_start(lk);
    if (health && health->nwords &&
        !df_str_is_nocase(health->words[0].str, "NONE"))
        df_look_program(lk, health, df_program_text(lk.arena, health));
}

df_looker df_looker_of(df_arena *a, const df_facts *facts, df_context *cx,
                       bool *args)
{
    return (df_looker){.arena = a,
                       .facts = facts,
                       .cx = cx,
                       .use = df_new(a, df_use),
                       .args = args};
}

void df_look_stages(df_looker lk, const df_stage *stage)
{
    for (lk.stage = stage; lk.stage; lk.stage = lk.stage->next)
        look_stage(lk);
}

const df_use *df_use_find(df_arena *a, const df_facts *facts, df_context *cx,
                          const df_stage *stage)
{
    const df_use **use = &facts->answers->uses[stage->index];

    if (!*use) {
        bool args = false;
        df_looker lk = df_looker_of(a, facts, cx, &args);

        df_look_stages(lk, stage);
        *use = lk.use;
    }
    return *use;
}
