/*
 * The commands of a RUN, flat: a walk over the shell tree that keeps the
 * directory in mind and looks through wrappers and `sh -c '…'`.
 */
#include "base/limits.h"
#include "facts/build.h"
#include "facts/cmd.h"

typedef struct {
    df_arena *arena;
    const df_kb *kb;
    df_run *run;
    const df_text *text; /* of the tree being walked */
    bool script;         /* inside sh -c '…' */
    unsigned depth;
} walker;

/* Where in the tree, and what holds there. */
typedef struct {
    df_str dir;
    bool sure; /* unconditional */
    bool top;
    const df_sh_node *list;
    const df_sh_node *andor;
    const df_sh_node *pipe;
} place;

static void visit_list(walker *w, const df_sh_node *list, place at,
                       df_str *dir);

static const df_str UNKNOWN = {NULL, 0};

/* pip3.11 is a pip, python3 a python. */
static df_str without_version(df_str name)
{
    size_t end = name.len;

    while (end > 0 && (df_is_digit(name.ptr[end - 1]) ||
                       (name.ptr[end - 1] == '.' && end < name.len)))
        end--;
    return end ? df_str_slice(name, 0, end) : name;
}

/* /etc/init.d/x start does what `service x start` does. */
static bool is_init_script(df_str path)
{
    return df_str_has(path, "/init.d/") || df_str_has(path, "/rc.d/");
}

static const df_tool *find_tool(const walker *w, df_str *name)
{
    const df_tool *tool = df_kb_tool(w->kb, *name);
    df_str bare = without_version(*name);

    if (!tool && bare.len < name->len) {
        tool = df_kb_tool(w->kb, bare);
        if (tool)
            *name = bare;
    }
    if (tool)
        *name = df_str_of(tool->name);
    return tool;
}

static bool is_assignment(const df_sh_word *word)
{
    size_t eq = df_str_find_char(word->text, '=');

    if (eq == SIZE_MAX || eq == 0 || df_is_digit(word->text.ptr[0]))
        return false;
    for (size_t i = 0; i < eq; i++)
        if (!df_is_name(word->text.ptr[i]))
            return false;
    return true;
}

/* Looks no further than that: wrappers may stand in a long row. */
static uint32_t first_operand(const df_sh_node *node, const df_tool *tool,
                              uint32_t from)
{
    for (uint32_t i = from; i < node->nwords; i++) {
        const df_sh_word *word = &node->words[i];

        if (!df_word_is_option(word))
            return i;
        if (df_str_is(df_word_said(word), "--"))
            return i + 1 < node->nwords ? i + 1 : 0;
        if (df_str_in(df_word_said(word), tool->value_options))
            i++;
    }
    return 0;
}

/* Where the wrapped command begins, 0 if there is none. */
static uint32_t wrapped_word(const df_cmd *cmd, uint32_t at)
{
    const df_sh_node *node = cmd->node;
    const df_tool *tool = cmd->known;
    uint32_t i = first_operand(node, tool, at + 1);

    for (uint32_t k = at + 1; k < i; k++)
        if (df_str_in(node->words[k].text, tool->query_options))
            return 0; /* `command -v x` runs no x */
    while (i && tool->assigns && i < node->nwords &&
           is_assignment(&node->words[i]))
        i++;
    for (uint32_t skip = tool->wrapper_skip; i && skip > 0; skip--)
        i = i + 1 < node->nwords ? i + 1 : 0;
    return i < node->nwords ? i : 0;
}

/* `python -m pip`, `php composer.phar`: the program that really works. */
static void look_through_interpreter(walker *w, df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;
    bool python = df_str_is(cmd->tool, "python");
    uint32_t i = cmd->tool_word + 1;
    df_str name;
    const df_tool *known;

    if (!python && !df_str_is(cmd->tool, "php"))
        return;
    while (i < node->nwords && df_word_is_option(&node->words[i]) &&
           !df_str_is(node->words[i].text, "-m"))
        i++;
    if (python && i < node->nwords && !df_str_is(node->words[i].text, "-m"))
        return;
    if (python)
        i++;
    if (i >= node->nwords || !node->words[i].is_plain)
        return;
    name = df_path_base(node->words[i].value);
    if (df_str_ends(name, ".phar"))
        name = df_str_slice(name, 0, name.len - 5);
    known = find_tool(w, &name);
    if (!known)
        return;
    cmd->tool = name;
    cmd->known = known;
    cmd->tool_word = i;
    cmd->wrapped = true;
}

/* su-exec USER, chroot DIR, timeout TIME, sudo -u USER: who runs, and where? */
static bool changes_user(const df_sh_node *node, const df_tool *tool,
                         uint32_t from, uint32_t to)
{
    if (tool->wrapper_skip)
        return true;
    for (uint32_t i = from + 1; i < to; i++)
        if (df_str_starts(node->words[i].text, "-u") ||
            df_str_starts(node->words[i].text, "--user"))
            return true;
    return false;
}

/* tool := (wrapper option* assignment* operand{skip})* command */
static void find_command(walker *w, df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;
    uint32_t i = 0;

    cmd->tool = UNKNOWN;
    while (node->words[i].is_plain) {
        uint32_t next = 0;

        cmd->tool_word = i;
        cmd->tool = df_path_base(node->words[i].value);
        cmd->known = is_init_script(node->words[i].value)
                         ? df_kb_tool(w->kb, DF_STR("service"))
                         : find_tool(w, &cmd->tool);
        if (cmd->known && cmd->known->wrapper)
            next = wrapped_word(cmd, i);
        if (!next) {
            look_through_interpreter(w, cmd);
            return;
        }
        cmd->wrapped = true;
        cmd->other_user |= changes_user(node, cmd->known, i, next);
        cmd->sudo |= df_str_is(cmd->tool, "sudo");
        i = next;
    }
    cmd->tool = UNKNOWN;
    cmd->known = NULL;
    cmd->tool_word = i;
}

static void find_subcommand(df_cmd *cmd)
{
    bool dashes = false;
    uint32_t i;

    cmd->sub = DF_STR("");
    if (!cmd->known || !cmd->known->subcommands)
        return;
    i = df_next_operand(cmd->node, cmd->values, cmd->tool_word + 1, &dashes);
    if (!i || !cmd->node->words[i].is_plain)
        return;
    cmd->sub_word = i;
    cmd->sub = cmd->node->words[i].value;
}

/* The row of `go mod`, or of `go mod download`. */
static const df_ecosystem *find_ecosystem(const df_cmd *cmd)
{
    const df_kb *kb = cmd->run->kb;
    const df_ecosystem *eco = NULL;
    char room[64];
    df_str both;

    if (!cmd->tool.ptr)
        return NULL;
    both = df_cmd_both(cmd, room, sizeof room);
    if (both.len)
        eco = df_kb_ecosystem(kb, cmd->tool, both);
    return eco ? eco : df_kb_ecosystem(kb, cmd->tool, cmd->sub);
}

/* -c, or -lc, -ec … of a shell: the word behind it is a script. */
static uint32_t script_word(const df_cmd *cmd)
{
    if (!cmd->known || !*cmd->known->command_option)
        return 0;
    for (uint32_t i = cmd->tool_word + 1; i + 1 < cmd->node->nwords; i++) {
        df_str s = cmd->node->words[i].text;

        /* Behind a script of its own `-c` is that one's. */
        if (!*cmd->known->home_options && !df_str_starts(s, "-") &&
            !df_str_starts(s, "+") &&
            !df_str_in(cmd->node->words[i - 1].text, cmd->known->value_options))
            return 0;
        if (df_str_in(s, cmd->known->command_option) ||
            (s.len > 2 && s.ptr[0] == '-' && s.ptr[1] != '-' &&
             s.ptr[s.len - 1] == 'c'))
            return i + 1;
    }
    return 0;
}

/* Quotes around one word whose inside means itself, byte for byte. */
static bool plainly_quoted(df_str s)
{
    if (s.len < 2 || (s.ptr[0] != '\'' && s.ptr[0] != '"') ||
        s.ptr[s.len - 1] != s.ptr[0])
        return false;
    for (size_t i = 1; i + 1 < s.len; i++)
        if (s.ptr[i] == s.ptr[0] ||
            (s.ptr[0] == '"' &&
             df_str_find_char(DF_STR("\\$`"), s.ptr[i]) != SIZE_MAX))
            return false;
    return true;
}

static void visit_script(walker *w, const df_sh_word *word, place at)
{
    size_t from = (size_t)(word->text.ptr - w->text->str.ptr);
    df_text inner;
    const df_sh_tree *tree;
    walker deeper = *w;

    if (!word->is_plain || !plainly_quoted(word->text) ||
        w->depth >= DF_MAX_DEPTH / 8)
        return;
    inner =
        df_text_slice(w->arena, w->text, from + 1, from + word->text.len - 1);
    tree = df_sh_parse(w->arena, &inner, DF_SHELL_POSIX);
    if (!tree->ok)
        return;
    deeper.text = &inner;
    deeper.script = true;
    deeper.depth++;
    at.top = false;
    visit_list(&deeper, tree->root, at, &at.dir);
}

/* By the name as written: to the knowledge, pushd may be another cd. */
static df_str directory_behind(walker *w, const df_cmd *cmd, df_str dir)
{
    df_str name = df_cmd_word(cmd, cmd->tool_word)->value;

    if (df_str_is(name, "cd") || df_str_is(name, "pushd"))
        return cmd->wrapped ? UNKNOWN : df_cmd_cd_target(w->arena, cmd);
    return df_str_is(name, "popd") ? UNKNOWN : dir;
}

static void visit_subs(walker *w, const df_sh_word *word, place at)
{
    at.sure = at.top = false;
    for (uint32_t i = 0; i < word->nsubs; i++) {
        df_str dir = at.dir;

        visit_list(w, word->subs[i], at, &dir);
    }
}

static void visit_words(walker *w, const df_sh_node *node, place at)
{
    for (uint32_t i = 0; i < node->nassigns; i++)
        visit_subs(w, &node->assigns[i].value, at);
    for (uint32_t i = 0; i < node->nwords; i++)
        visit_subs(w, &node->words[i], at);
    for (uint32_t i = 0; i < node->nredirs; i++)
        visit_subs(w, &node->redirs[i].target, at);
}

/* `su - app -c …`, `su -lc …`: the command runs in the home of the user. */
static bool logs_in(const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (df_str_in(cmd->node->words[i].text, cmd->known->home_options))
            return true;
    return false;
}

/* `sudo -i npm ci` does, too. */
static bool sudo_logs_in(const df_cmd *cmd)
{
    for (uint32_t i = 1; cmd->sudo && i < cmd->tool_word; i++)
        if (df_str_is(cmd->node->words[i].text, "-i") ||
            df_str_is(cmd->node->words[i].text, "--login"))
            return true;
    return false;
}

/* `env -C api …`, as a wrapper. */
static bool changes_directory(const df_cmd *cmd)
{
    for (uint32_t i = 1; i < cmd->tool_word; i++) {
        df_str word = cmd->node->words[i].text;

        if (df_str_is(cmd->node->words[0].text, "env") &&
            (df_str_starts(word, "-C") || df_str_starts(word, "--chdir")))
            return true;
    }
    return false;
}

static void visit_simple(walker *w, const df_sh_node *node, place at,
                         df_str *dir)
{
    df_cmd cmd = {.run = w->run, .node = node, .script = w->script};
    uint32_t script;

    visit_words(w, node, at);
    if (!node->nwords)
        return;
    cmd.dir = at.dir;
    cmd.unconditional = at.sure;
    cmd.top = at.top;
    cmd.pipe = at.pipe;
    cmd.andor = at.andor;
    cmd.list = at.list;
    find_command(w, &cmd);
    cmd.values = df_option_values(w->arena, node, cmd.known);
    find_subcommand(&cmd);
    cmd.ecosystem = find_ecosystem(&cmd);
    if (sudo_logs_in(&cmd) || changes_directory(&cmd))
        cmd.dir = UNKNOWN;
    *df_push(w->arena, w->run, cmds) = cmd;
    *dir = directory_behind(w, &cmd, at.dir);
    script = script_word(&cmd);
    if (script && (logs_in(&cmd) || !cmd.dir.ptr))
        at.dir = UNKNOWN;
    if (script)
        visit_script(w, &node->words[script], at);
}

static bool same_dir(df_str a, df_str b)
{
    return a.ptr && b.ptr ? df_str_eq(a, b) : a.ptr == b.ptr;
}

/* Kids that may run or not: where they leave us is unknown if it differs. */
static void visit_maybe(walker *w, const df_sh_node *node, place at,
                        df_str *dir)
{
    df_str before = *dir;

    at.sure = at.top = false;
    visit_words(w, node, at);
    for (uint32_t i = 0; i < node->nkids; i++) {
        const df_sh_node *kid = node->kids[i];
        df_str after = at.dir;

        if (kid->kind == DF_SH_LIST)
            visit_list(w, kid, at, &after);
        else
            visit_maybe(w, kid, at, &after);
        if (!same_dir(after, before))
            *dir = UNKNOWN;
    }
}

static void visit_command(walker *w, const df_sh_node *node, place at,
                          df_str *dir)
{
    df_str inner = at.dir;

    switch (node->kind) {
    case DF_SH_SIMPLE:
        visit_simple(w, node, at, dir);
        return;
    case DF_SH_SUBSHELL:
        at.top = false;
        visit_list(w, node->kids[0], at, &inner);
        return;
    case DF_SH_GROUP:
        at.top = false;
        visit_list(w, node->kids[0], at, dir);
        return;
    case DF_SH_FUNCTION:
        if (!w->script)
            *df_push(w->arena, w->run, functions) = node->name;
        at.dir = inner = UNKNOWN;
        visit_maybe(w, node, at, &inner);
        return;
    case DF_SH_LIST:
    case DF_SH_ANDOR:
    case DF_SH_PIPE:
    case DF_SH_IF:
    case DF_SH_WHILE:
    case DF_SH_FOR:
    case DF_SH_SELECT:
    case DF_SH_ARITHFOR:
    case DF_SH_CASE:
    case DF_SH_ITEM:
    case DF_SH_TEST:
    case DF_SH_ARITH:
        visit_maybe(w, node, at, dir);
        return;
    }
}

static void visit_pipe(walker *w, const df_sh_node *pipe, place at, df_str *dir)
{
    at.pipe = pipe;
    at.sure = at.sure && pipe->nkids == 1 && !pipe->negated;
    for (uint32_t i = 0; i < pipe->nkids; i++) {
        df_str inner = at.dir;

        visit_command(w, pipe->kids[i], at, &inner);
        if (pipe->nkids == 1)
            *dir = inner;
    }
}

/* Does a pipeline end the shell? `cd x || exit 1` */
static bool exits(const df_sh_node *pipe)
{
    const df_sh_node *cmd = pipe->kids[0];

    return pipe->nkids == 1 && cmd->kind == DF_SH_SIMPLE && cmd->nwords &&
           df_str_is(cmd->words[0].text, "exit");
}

static void visit_andor(walker *w, const df_sh_node *andor, place at,
                        df_str *dir)
{
    bool sure = at.sure;
    bool follows = true; /* runs if the one before it did well */

    at.andor = andor;
    for (uint32_t i = 0; i < andor->nkids; i++) {
        const df_sh_node *pipe = andor->kids[i];
        df_str after = *dir;

        if (pipe->op == DF_OP_OR)
            sure = follows = false;
        at.sure = sure;
        at.dir = *dir;
        visit_pipe(w, pipe, at, &after);
        if (!same_dir(after, *dir) && !follows && !exits(pipe))
            after = UNKNOWN;
        if (i + 1 < andor->nkids && andor->kids[i + 1]->op == DF_OP_OR &&
            !same_dir(after, *dir) && !exits(andor->kids[i + 1]))
            after = UNKNOWN;
        *dir = after;
    }
}

static void visit_list(walker *w, const df_sh_node *list, place at, df_str *dir)
{
    at.list = list;
    *dir = at.dir;
    for (uint32_t i = 0; i < list->nkids; i++) {
        const df_sh_node *andor = list->kids[i];
        df_str inner = *dir;
        place here = at;

        here.dir = *dir;
        here.sure = at.sure && andor->op != DF_OP_AMP;
        visit_andor(w, andor, here, &inner);
        if (andor->op != DF_OP_AMP)
            *dir = inner;
    }
}

void df_make_commands(df_arena *a, const df_kb *kb, df_run *run)
{
    walker w = {.arena = a, .kb = kb, .run = run, .text = &run->tree->text};
    df_str dir = run->state->workdir.ptr ? run->state->workdir : DF_STR(".");
    place at = {.dir = dir, .sure = true, .top = true};

    if (run->tree->ok)
        visit_list(&w, run->tree->root, at, &dir);
}

/* Why a RUN has no shell tree, or NULL. */
static const char *opaque(const df_run *run)
{
    const df_instr *instr = run->instr;

    if (instr->bad)
        return "it has flags that are not known";
    if (instr->json)
        return "exec form";
    if (instr->nheredocs)
        return "it has a heredoc";
    if (instr->args.str.len >= DF_MAX_SCRIPT)
        return "it is longer than a shell takes";
    return NULL;
}

static const df_sh_tree *parse(df_maker *mk, const df_run *run)
{
    const char *why = opaque(run);
    df_sh_tree *tree;

    if (!why)
        return df_sh_parse(mk->arena, &run->instr->args, run->state->shell);
    tree = df_new(mk->arena, df_sh_tree);
    tree->text = run->instr->args;
    tree->bad = run->instr->keyword;
    tree->problem = df_str_of(why);
    return tree;
}

static const df_instr *as_run(const df_instr *instr)
{
    if (instr->kind == DF_I_RUN)
        return instr;
    return instr->trigger && instr->trigger->kind == DF_I_RUN ? instr->trigger
                                                              : NULL;
}

static void add_to_stage(df_maker *mk, const df_run *run)
{
    df_stage *s = &mk->stages[run->stage->index];

    if (!s->nruns++)
        s->runs = run;
}

void df_make_runs(df_maker *mk)
{
    df_facts *facts = mk->facts;
    const df_doc *doc = facts->doc;
    uint32_t n = 0;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        n += as_run(doc->instrs[i]) && facts->stage_of[i];
    mk->runs = df_new_array(mk->arena, df_run, n + 1);
    mk->run_of = df_new_array(mk->arena, const df_run *, doc->ninstrs + 1);
    facts->runs = mk->runs;
    facts->run_of = mk->run_of;
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = as_run(doc->instrs[i]);
        df_run *run = &mk->runs[facts->nruns];

        if (!instr || !facts->stage_of[i])
            continue;
        *run = (df_run){.kb = facts->kb,
                        .instr = instr,
                        .stage = facts->stage_of[i],
                        .state = &facts->states[i],
                        .onbuild = instr != doc->instrs[i]};
        run->tree = parse(mk, run);
        df_make_commands(mk->arena, facts->kb, run);
        mk->run_of[i] = run;
        facts->nruns++;
        add_to_stage(mk, run);
    }
}
