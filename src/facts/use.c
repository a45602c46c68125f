/* What a stage calls: see use.h. */
#include <dfopt/program.h>
#include <dfopt/use.h>

#include "base/buf.h"
#include "facts/build.h"

/* Scripts that call scripts: nobody nests deeper, and loops end here. */
enum { MAX_NESTING = 8, MAX_CALLS = 5000 };

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *cx;
    df_use *use;
    const df_stage *stage;
    const df_instr *instr;
    df_span at; /* of the instruction, or of what stands in it */
    bool exact; /* commands have places of their own in the Dockerfile */
    bool builds;
    df_str script; /* that is being followed; empty: the Dockerfile */
    bool lines;    /* its lines are worth a number */
    bool *args;    /* set if a script runs "$@" */
    unsigned depth;
} looker;

static void look_commands(looker lk, const df_run *run);

static df_str base_name(df_str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/')
            return df_str_from(path, i + 1);
    return path;
}

const df_instr *df_stage_last(const df_stage *stage, df_instr_kind kind)
{
    for (uint32_t i = stage->ninstrs; i-- > 0;)
        if (stage->instrs[i]->kind == kind)
            return stage->instrs[i];
    return NULL;
}

df_str df_stage_workdir(df_arena *a, const df_facts *facts,
                        const df_stage *stage)
{
    const df_instr *last = stage->instrs[stage->ninstrs - 1];
    df_str dir = facts->states[last->index].workdir;
    df_str path;

    if (last->kind != DF_I_WORKDIR)
        return dir;
    path = df_expand(a, facts, last, last->args.str);
    return path.ptr ? df_image_path(a, dir, path) : path;
}

static void unseen(looker *lk, df_str program)
{
    df_str what = df_fmt(lk->arena, "`%.*s` runs", DF_STR_ARG(program));

    if (lk->script.len)
        what = df_fmt(lk->arena, "`%.*s` runs, which %.*s calls",
                      DF_STR_ARG(program), DF_STR_ARG(lk->script));
    *df_push(lk->arena, lk->use, unseen) = (df_unseen){lk->at, what};
}

static void add_call(looker *lk, const df_cmd *cmd, df_str path)
{
    df_str via = lk->script;

    if (via.len && lk->lines && cmd)
        via = df_fmt(lk->arena, "%.*s:%u", DF_STR_ARG(via),
                     df_line_of(cmd->run->tree->text.str,
                                (size_t)(cmd->node->text.ptr -
                                         cmd->run->tree->text.str.ptr)));
    *df_push(lk->arena, lk->use, calls) = (df_call){.name = base_name(path),
                                                    .path = path,
                                                    .cmd = cmd,
                                                    .instr = lk->instr,
                                                    .at = lk->at,
                                                    .via = via,
                                                    .builds = lk->builds};
}

/*
 * Programs that programs call. Certificates are no command: the one that comes
 * with them stands for them.
 */
static void add_implied(looker *lk, const df_cmd *cmd, const char *name,
                        const char *shown)
{
    add_call(lk, cmd, df_str_of(name));
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

static void look_implied(looker *lk, const df_cmd *cmd, df_str name)
{
    static const char *const fetchers[] = {"curl", "git", "wget", NULL};
    df_str text = cmd->node->text;

    if (df_str_in(name, fetchers))
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
static void look_text(looker lk, df_str text, df_shell_kind shell, df_str dir)
{
    df_run *run = df_new(lk.arena, df_run);
    df_state *state = df_new(lk.arena, df_state);
    df_text whole = {text, df_new(lk.arena, df_seg), 1, true};

    if (lk.depth++ >= MAX_NESTING || lk.use->ncalls > MAX_CALLS)
        return;
    *state = lk.facts->states[lk.instr->index];
    state->workdir = dir;
    *run = (df_run){.instr = lk.instr, .stage = lk.stage, .state = state};
    run->tree = df_sh_parse(lk.arena, &whole, shell);
    lk.exact = false;
    if (!run->tree->ok) {
        df_str name = lk.script.len ? lk.script : DF_STR("sh");

        lk.script = DF_STR("");
        unseen(&lk, name);
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
    if (df_str_is(base_name(word), "env")) {
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
static void look_file(looker lk, const df_cmd *cmd, df_str path, df_str shell)
{
    df_str image = df_image_path(lk.arena, cmd->dir, path);
    df_str file = df_copied_from(lk.arena, lk.facts, lk.cx, lk.stage, image);
    df_str text;
    df_str program;

    if (!file.ptr || !df_context_read(lk.cx, file, &text) ||
        df_str_find_char(text, '\0') != SIZE_MAX) {
        unseen(&lk, path);
        return;
    }
    program = interpreter(text);
    lk.script = file;
    lk.lines = true;
    if (program.len && !shell.len)
        add_call(&lk, NULL, program);
    if (shell.len)
        program = shell;
    else if (program.len)
        program = base_name(program);
    else
        program = DF_STR("sh");
    if (is_shell(program))
        look_text(lk, text, kind_of(program), cmd->dir);
}

/* argv as a text of the shell. */
static df_str quoted(df_arena *a, const df_word *words, uint32_t n)
{
    df_buf out;

    df_buf_init(&out, a);
    for (uint32_t i = 0; i < n; i++) {
        df_buf_adds(&out, i ? " '" : "'");
        for (size_t k = 0; k < words[i].str.len; k++)
            if (words[i].str.ptr[k] == '\'')
                df_buf_adds(&out, "'\\''");
            else
                df_buf_addc(&out, words[i].str.ptr[k]);
        df_buf_addc(&out, '\'');
    }
    return df_buf_str(&out);
}

static bool plain_operand(const df_cmd *cmd, uint32_t n, df_str *value)
{
    uint32_t i = df_cmd_operand(cmd, n);
    const df_sh_word *word = i ? df_cmd_word(cmd, i) : NULL;

    if (!word || !word->is_plain)
        return false;
    *value = word->value;
    return true;
}

/* sh FILE, sh -c TEXT, … | sh */
static void look_shell(looker lk, const df_cmd *cmd, df_str shell)
{
    const df_sh_node *node = cmd->node;
    df_str file;

    for (uint32_t i = cmd->tool_word + 1; i + 1 < node->nwords; i++) {
        df_str s = node->words[i].text;
        const df_sh_word *text = &node->words[i + 1];

        if (s.len < 2 || s.ptr[0] != '-' || s.ptr[1] == '-' ||
            s.ptr[s.len - 1] != 'c')
            continue;
        if (text->is_plain)
            look_text(lk, text->value, kind_of(shell), cmd->dir);
        else
            unseen(&lk, shell);
        return;
    }
    if (plain_operand(cmd, 0, &file))
        look_file(lk, cmd, file, shell);
    else if (!lk.builds || df_cmd_operands(cmd) || node->nredirs ||
             (cmd->pipe && cmd->pipe->nkids > 1))
        unseen(&lk, shell);
}

/* `. FILE`: not what the image itself brings, nor a virtual environment. */
static void look_sourced(looker lk, const df_cmd *cmd)
{
    df_str file;

    if (!plain_operand(cmd, 0, &file)) {
        unseen(&lk, cmd->tool);
        return;
    }
    if (!df_str_starts(file, "/etc/") && !df_str_ends(file, "bin/activate"))
        look_file(lk, cmd, file, DF_STR("bash"));
}

/* Scripts of package.json. */

static df_str project_dir(looker *lk, const df_cmd *cmd)
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

static const df_json *scripts(looker *lk, df_str dir, bool *found)
{
    df_str path = df_image_path(lk->arena, dir, DF_STR("package.json"));
    const df_json *root;

    path = df_copied_from(lk->arena, lk->facts, lk->cx, lk->stage, path);
    root = path.ptr ? df_context_json(lk->cx, path) : NULL;
    *found = root != NULL;
    return df_json_get(root, "scripts");
}

static bool look_script(looker lk, const df_json *all, df_str name, df_str dir)
{
    df_str text;

    if (!df_json_string(df_json_get(all, df_cstr(lk.arena, name)), &text))
        return false;
    lk.script = df_fmt(lk.arena, "`%.*s` of package.json", DF_STR_ARG(name));
    lk.lines = false;
    look_text(lk, text, DF_SHELL_POSIX, dir);
    return true;
}

/* pre, the script itself, and post. */
static bool look_scripts(looker *lk, const df_json *all, df_str name,
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

static void look_lifecycle(looker *lk, const df_json *all, df_str dir)
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

static void look_npm(looker lk, const df_cmd *cmd)
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
        if (!global && !df_cmd_has(cmd, "--ignore-scripts") && found)
            look_lifecycle(&lk, all, dir);
        else if (!global && !found && !df_cmd_operands(cmd))
            unseen(&lk, df_str_trim(program));
        return;
    }
    if (runs_nothing(cmd))
        return;
    if (df_str_in(cmd->sub, bins)) {
        if (plain_operand(cmd, 0, &name))
            add_call(&lk, cmd, name);
        return;
    }
    if (df_str_in(cmd->sub, runs) && !plain_operand(cmd, 0, &name))
        return;
    if (!found || df_cmd_has(cmd, "-w") || df_cmd_has(cmd, "--workspace") ||
        df_cmd_has(cmd, "--workspaces") || df_cmd_has(cmd, "--filter") ||
        df_str_is(cmd->sub, "workspace")) {
        if (df_str_in(cmd->sub, runs))
            program = df_fmt(lk.arena, "%.*s %.*s", DF_STR_ARG(program),
                             DF_STR_ARG(name));
        unseen(&lk, program);
        return;
    }
    if (!look_scripts(&lk, all, name, dir) && !df_str_in(cmd->sub, runs) &&
        !df_str_in(cmd->sub, named))
        add_call(&lk, cmd, name);
}

/* find … -exec CMD */
static void look_find(looker lk, const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i + 1 < cmd->node->nwords; i++) {
        const df_sh_word *next = &cmd->node->words[i + 1];

        if (!df_str_starts(cmd->node->words[i].text, "-exec"))
            continue;
        if (next->is_plain)
            add_call(&lk, cmd, next->value);
        else
            unseen(&lk, DF_STR("find"));
    }
}

/* Programs that run what a file of the project says. */
static bool reads_its_orders(df_str name)
{
    static const char *const names[] = {"ansible-playbook",
                                        "ant",
                                        "bazel",
                                        "circusd",
                                        "cmake",
                                        "concurrently",
                                        "eval",
                                        "foreman",
                                        "gmake",
                                        "gradle",
                                        "gradlew",
                                        "grunt",
                                        "gulp",
                                        "honcho",
                                        "inv",
                                        "invoke",
                                        "just",
                                        "lerna",
                                        "make",
                                        "meson",
                                        "mvn",
                                        "ninja",
                                        "nox",
                                        "npm-run-all",
                                        "nx",
                                        "rake",
                                        "run-p",
                                        "run-s",
                                        "supervisord",
                                        "task",
                                        "tox",
                                        "turbo",
                                        NULL};

    return df_str_in(name, names);
}

/* `node` alone, as a CMD: what it is for is said somewhere else. */
static bool is_bare(const df_cmd *cmd)
{
    return cmd->node->nwords == 1 &&
           (df_str_is(cmd->tool, "node") || df_str_is(cmd->tool, "python"));
}

static bool in_system(df_str path)
{
    static const char *const dirs[] = {
        "/bin/",           "/sbin/",           "/usr/bin/", "/usr/sbin/",
        "/usr/local/bin/", "/usr/local/sbin/", NULL};

    for (const char *const *d = dirs; *d; d++)
        if (df_str_starts(path, *d))
            return true;
    return false;
}

static void follow(looker lk, const df_cmd *cmd, df_str path)
{
    df_str name = base_name(path);
    bool npm = df_str_is(cmd->tool, "npm") || df_str_is(cmd->tool, "yarn") ||
               df_str_is(cmd->tool, "pnpm") || df_str_is(cmd->tool, "bun");

    if (is_shell(name))
        look_shell(lk, cmd, name);
    else if (df_str_is(name, ".") || df_str_is(name, "source"))
        look_sourced(lk, cmd);
    else if (npm)
        look_npm(lk, cmd);
    else if (df_str_is(name, "find"))
        look_find(lk, cmd);
    else if (reads_its_orders(name) || (!lk.builds && is_bare(cmd)))
        unseen(&lk, name);
    else if (df_str_has(path, "/node_modules/.bin/") ||
             df_str_starts(path, "node_modules/.bin/"))
        return;
    else if (df_str_find_char(path, '/') != SIZE_MAX && !in_system(path))
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

static void look_command(looker lk, const df_cmd *cmd)
{
    const df_sh_word *words = cmd->node->words;
    df_str path = words[cmd->tool_word].value;

    if (lk.exact)
        lk.at = words[cmd->tool_word].span;
    for (uint32_t i = 0; i < cmd->tool_word; i++) {
        const df_tool *tool =
            words[i].is_plain
                ? df_kb_tool(lk.facts->kb, base_name(words[i].value))
                : NULL;

        if (words[i].is_plain && (!i || (tool && tool->wrapper)))
            add_call(&lk, cmd, words[i].value);
    }
    if (!cmd->tool.ptr) {
        if (is_arguments(words[cmd->tool_word].text))
            *lk.args = true;
        else
            unseen(&lk, words[cmd->tool_word].text);
        return;
    }
    if (!path.ptr || defined(cmd->run, path))
        return;
    add_call(&lk, cmd, path);
    look_implied(&lk, cmd, base_name(path));
    follow(lk, cmd, path);
}

/* Commands in `sh -c '…'` are found by looking at sh. */
static void look_commands(looker lk, const df_run *run)
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

static void look_run(looker lk, const df_run *run)
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
        look_text(lk, quoted(lk.arena, run->instr->words, run->instr->nwords),
                  DF_SHELL_POSIX, run->state->workdir);
        return;
    }
    if (!is_script(run->instr)) {
        unseen(&lk, DF_STR("RUN"));
        return;
    }
    text = df_source(lk.facts->doc, run->instr->heredocs[0].body);
    program = interpreter(text);
    if (program.len && !is_shell(base_name(program)))
        add_call(&lk, NULL, program);
    else
        look_text(lk, text,
                  program.len ? kind_of(base_name(program)) : run->state->shell,
                  run->state->workdir);
}

/* CMD, ENTRYPOINT, HEALTHCHECK: words of exec form, or a text for sh. */
static df_str program_text(df_arena *a, const df_instr *instr)
{
    bool health = instr->kind == DF_I_HEALTHCHECK;

    if (!instr->json)
        return instr->args.str;
    return quoted(a, instr->words + health, instr->nwords - health);
}

static void look_program(looker lk, const df_instr *instr, df_str text)
{
    lk.instr = instr;
    lk.at = instr->keyword;
    look_text(lk, text, lk.facts->states[instr->index].shell,
              df_stage_workdir(lk.arena, lk.facts, lk.stage));
}

df_program df_stage_program(df_arena *a, const df_facts *facts,
                            const df_stage *stage)
{
    const df_instr *cmd = df_stage_last(stage, DF_I_CMD);
    const df_instr *entry = df_stage_last(stage, DF_I_ENTRYPOINT);
    df_program p = {.instr = entry ? entry : cmd};
    df_state *state = df_new(a, df_state);
    df_run *run = df_new(a, df_run);
    df_text text = {DF_STR(""), df_new(a, df_seg), 1, true};

    if (!p.instr)
        return p;
    p.shell = !p.instr->json || (entry && cmd && !cmd->json);
    text.str = program_text(a, p.instr);
    if (entry && cmd && !p.shell)
        text.str = df_fmt(a, "%.*s %.*s", DF_STR_ARG(text.str),
                          DF_STR_ARG(program_text(a, cmd)));
    *state = facts->states[p.instr->index];
    state->workdir = df_stage_workdir(a, facts, stage);
    *run = (df_run){.instr = p.instr, .stage = stage, .state = state};
    run->tree = df_sh_parse(a, &text, state->shell);
    if (!df_sh_only(run->tree))
        return p;
    df_make_commands(a, facts->kb, run);
    if (run->ncmds)
        p.cmd = &run->cmds[0];
    return p;
}

df_str df_program_name(const df_program *p)
{
    return p->cmd ? p->cmd->node->words[0].value : (df_str){NULL, 0};
}

/* ENTRYPOINT of exec form gets CMD as further words. */
static void look_start(looker lk)
{
    const df_instr *cmd = df_stage_last(lk.stage, DF_I_CMD);
    const df_instr *entry = df_stage_last(lk.stage, DF_I_ENTRYPOINT);
    df_str text = cmd ? program_text(lk.arena, cmd) : DF_STR("");
    bool args = false;

    lk.args = &args;
    if (entry && entry->json && cmd && cmd->json)
        text =
            df_fmt(lk.arena, "%.*s %.*s",
                   DF_STR_ARG(program_text(lk.arena, entry)), DF_STR_ARG(text));
    else if (entry)
        text = program_text(lk.arena, entry);
    if (entry || cmd)
        look_program(lk, entry ? entry : cmd, text);
    if (entry && cmd && (args || !cmd->json))
        look_program(lk, cmd, program_text(lk.arena, cmd));
}

static void look_stage(looker lk)
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
        look_program(lk, health, program_text(lk.arena, health));
}

const df_use *df_use_find(df_arena *a, const df_facts *facts, df_context *cx,
                          const df_stage *stage)
{
    df_use *use = df_new(a, df_use);
    bool args = false;
    looker lk = {
        .arena = a, .facts = facts, .cx = cx, .use = use, .args = &args};

    for (uint32_t i = stage->index; i < facts->nstages; i++) {
        lk.stage = &facts->stages[i];
        if (df_stage_root(lk.stage) == stage)
            look_stage(lk);
    }
    return use;
}
