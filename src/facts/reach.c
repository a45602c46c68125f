/*
 * What a command can see of a COPY: see dfopt/reach.h. What it names is in
 * reach_words.c; here is what it does besides: looks around in its directory,
 * starts a shell, reads a project.
 */
#include "facts/cmd.h"
#include "facts/reach_words.h"

#include <dfopt/use.h>

#include "facts/simple.h"

/* What `make` or `tar` may find: its directory, or one around it. */
static df_reach directory_reach(const df_reach_look *l)
{
    return df_image_overlap(l->cmd->dir, l->copy->dest) ? DF_REACH_FILES
                                                        : DF_REACH_NONE;
}

/* `node -v`: it says its version and goes. */
static bool asks_version(const df_cmd *cmd)
{
    static const char *const questions[] = {"--version", "-v", "-V", "--help",
                                            NULL};

    return cmd->node->nwords == cmd->tool_word + 2 &&
           df_str_in(cmd->node->words[cmd->tool_word + 1].text, questions);
}

bool df_cmd_is_pure(const df_cmd *cmd)
{
    const df_tool *t = cmd->known;

    return t && !df_cmd_has_any(cmd, t->impure_with) &&
           (t->pure || asks_version(cmd) ||
            (cmd->sub.len && df_str_in(cmd->sub, t->pure_on)) ||
            df_cmd_has_any(cmd, t->pure_with));
}

/* `[ "$NODE_ENV" = production ]` compares words, and looks at no file. */
static bool compares_words(const df_cmd *cmd)
{
    static const char *const of_words[] = {"-z",  "-n",  "-eq", "-ne", "-lt",
                                           "-gt", "-le", "-ge", "-o",  NULL};

    if (!df_str_is(cmd->tool, "["))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if ((w->flags & DF_WORD_GLOB) && !df_str_is(w->text, "]"))
            return false;
        if (df_str_starts(w->text, "-") && !df_str_in(w->text, of_words))
            return false;
    }
    return !cmd->node->nredirs;
}

/* `[ -f .production ]`: another checkout has one. */
static bool asks_for_file(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;

    if (!df_str_is(cmd->tool, "["))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        const df_sh_word *w = &cmd->node->words[i];

        if (!df_str_starts(w->text, "-") && !df_str_is(w->text, "]") &&
            df_image_overlap(df_image_path(l->b->arena, cmd->dir,
                                           w->is_plain ? w->value : w->text),
                             l->copy->dest))
            return true;
    }
    return false;
}

static bool brings_beside(const df_reach_look *l, df_str dir, const char *name)
{
    df_origin origin;

    return df_copy_find(l->b, l->copy, dir, &origin) &&
           (!origin.path.ptr ||
            df_context_glob(
                l->b->context,
                df_context_join(l->b->arena, origin.path, df_str_of(name)))
                .count);
}

/* Does the COPY bring a file that it would look for in its directory, or in one
 * above? */
static bool has_beside(const df_reach_look *l)
{
    for (df_strings f = l->cmd->known->beside; *f; f++) {
        df_str dir = l->cmd->dir;

        if (!df_cmd_is_at_home(l->cmd) || !l->copy->known || !dir.ptr)
            return true;
        for (; dir.len > 1; dir = df_image_dir(dir))
            if (brings_beside(l, dir, *f))
                return true;
        if (brings_beside(l, dir, *f))
            return true;
    }
    return false;
}

/* `corepack prepare yarn@4`: that one, and not what the project wants. */
static bool is_named(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;

    return cmd->sub.len && df_str_in(cmd->sub, cmd->known->pure_named) &&
           df_cmd_operands(cmd) > 0 && !has_beside(l);
}

/* `curl https://getcomposer.org/installer | php -- --install-dir=…`: it looks
 * at the installation of PHP, and writes to that directory. */
static bool is_composers(const df_reach_look *l, const df_sh_node *fetch)
{
    static const char *const options[] = {
        "--install-dir", "--filename", "--version", "--1",
        "--2",           "--quiet",    NULL};
    const df_sh_node *node = l->cmd->node;
    bool known = false;
    bool outside = false;

    for (uint32_t i = 1; i < fetch->nwords; i++)
        known |= df_str_is(fetch->words[i].text,
                           "https://getcomposer.org/installer");
    if (node->nwords < 3 || !df_str_is(node->words[1].text, "--"))
        return false;
    for (uint32_t i = 2; i < node->nwords; i++) {
        df_str word = node->words[i].text;
        df_str name = word;

        df_str_cut(&word, '=', &name);
        if (!df_str_in(name, options))
            return false;
        word = node->words[i].text;
        if (df_str_starts(word, "--install-dir=/"))
            outside = !df_image_overlap(df_str_from(word, 14), l->copy->dest);
    }
    return known && outside;
}

/* `curl … | bash -`: the script comes from elsewhere. */
static bool runs_download(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;
    const df_sh_node *first = cmd->pipe ? cmd->pipe->kids[0] : NULL;
    uint32_t operand = df_cmd_operand(cmd, 0);

    if (!first || cmd->pipe->nkids < 2 || first == cmd->node ||
        first->kind != DF_SH_SIMPLE || !first->nwords ||
        !(df_str_is(first->words[0].text, "curl") ||
          df_str_is(first->words[0].text, "wget")))
        return false;
    if (df_str_is(cmd->tool, "php"))
        return is_composers(l, first);
    if (!df_str_is(cmd->tool, "bash") && !df_str_is(cmd->tool, "ash"))
        return false;
    return (!operand || df_cmd_has(cmd, "-s") ||
            df_str_is(cmd->node->words[operand].text, "-")) &&
           !df_image_is_home(l->copy->dest);
}

/* `bundle config` is the project's, if there is one. */
static df_reach project_reach(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;

    return cmd->sub.len && df_str_in(cmd->sub, cmd->known->finds_project) &&
                   directory_reach(l) != DF_REACH_NONE
               ? DF_REACH_INSIDE
               : DF_REACH_NONE;
}

/* Is the program itself one that PATH finds in what was copied? */
static bool is_brought(const df_reach_look *l)
{
    df_origin origin;

    for (uint32_t i = 0; i <= l->cmd->tool_word; i++)
        if (df_brought_program(l->b, l->cmd->run->instr,
                               l->cmd->node->words[i].text, &origin) &&
            origin.copy == l->copy)
            return true;
    return false;
}

/* `. env/bin/activate` of an environment that this COPY does not bring. */
static bool is_activation(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;
    uint32_t i = df_cmd_operand(cmd, 0);
    df_origin origin;

    return df_str_is(cmd->tool, ".") && df_cmd_operands(cmd) == 1 &&
           cmd->node->words[i].is_plain && cmd->dir.ptr &&
           df_str_ends(cmd->node->words[i].value, "/bin/activate") &&
           !df_brought_find(
               l->b,
               df_image_path(l->b->arena, cmd->dir, cmd->node->words[i].value),
               &origin) &&
           origin.copy != l->copy;
}

/*
 * `bash -lc 'npm ci'`, `su -c 'npm ci' node`: what it does its commands do,
 * which stand behind it in the RUN. A login reads files of its home.
 */
static bool is_shell_call(const df_reach_look *l)
{
    const df_cmd *cmd = l->cmd;
    const df_cmd *next = cmd + 1;
    uint32_t nwords = cmd->node->nwords;

    if (!cmd->known->runs_code || !*cmd->known->command_option ||
        df_image_is_home(l->copy->dest) || cmd->node->nredirs ||
        next == cmd->run->cmds + cmd->run->ncmds || !next->script ||
        !df_span_holds(cmd->node->span, next->node->span))
        return false;
    for (uint32_t i = cmd->tool_word + 1; i < nwords; i++) {
        df_str word = cmd->node->words[i].text;
        bool script = df_span_holds(cmd->node->words[i].span, next->node->span);

        if (script ? !df_script_is_simple(word)
                   : df_str_find_char(word, '/') != SIZE_MAX ||
                         !cmd->node->words[i].is_plain)
            return false;
    }
    return true;
}

/* `npm install -g` without names: the project, for the image. */
static bool installs_itself(const df_cmd *cmd)
{
    static const char *const subs[] = {"i", "install", NULL};

    return df_str_is(cmd->tool, "npm") && df_str_in(cmd->sub, subs) &&
           df_cmd_is_global(cmd) && !df_cmd_operands(cmd);
}

/* What `find` begins a test, an action or a condition with. */
static bool ends_points(const df_sh_word *w)
{
    df_str s = df_word_said(w);

    return df_word_is_option(w) || df_str_is(s, "(") || df_str_is(s, "!");
}

/* `find /usr/local -name '*.pyc' -delete`, `… -exec rm -rf {} +`: it looks at
 * nothing but what is below these places. */
static bool finds_elsewhere(const df_reach_look *l)
{
    static const char *const plain[] = {"chmod", "chown", "rm",
                                        "rmdir", "strip", NULL};
    const df_sh_node *node = l->cmd->node;
    uint32_t i = l->cmd->tool_word + 1;
    uint32_t first = i;

    if (!df_str_is(l->cmd->tool, "find") || node->nredirs)
        return false;
    for (; i < node->nwords && !ends_points(&node->words[i]); i++)
        if (!node->words[i].is_plain ||
            !df_str_starts(node->words[i].value, "/") ||
            df_path_reach(l->b, l->copy, DF_STR("/"), node->words[i].value) !=
                DF_REACH_NONE)
            return false;
    for (uint32_t k = i; k < node->nwords; k++) {
        df_str action = node->words[k].text;
        bool calls =
            df_str_starts(action, "-exec") || df_str_starts(action, "-ok");

        if (df_str_starts(action, "-f") || df_str_is(action, "-newer") ||
            (calls && (k + 1 == node->nwords ||
                       !df_str_in(node->words[k + 1].value, plain))))
            return false; /* -fprint FILE, -exec PROGRAM */
    }
    return i > first;
}

df_reach df_cmd_reach(const df_brought *b, const df_copied *copy,
                      const df_cmd *cmd)
{
    df_reach_look l = {b, copy, cmd, false};

    if (!cmd->tool.ptr || !cmd->known || is_brought(&l) || installs_itself(cmd))
        return DF_REACH_FILES;
    if (is_shell_call(&l) || is_activation(&l) || compares_words(cmd) ||
        finds_elsewhere(&l))
        return DF_REACH_NONE;
    if (asks_for_file(&l))
        return DF_REACH_FILES;
    if (runs_download(&l))
        return df_redirs_reach(&l);
    if (!df_cmd_is_pure(cmd) && !is_named(&l)) {
        if (!cmd->known->reads_context || directory_reach(&l) == DF_REACH_FILES)
            return DF_REACH_FILES;
    }
    if (cmd->known->command_option && *cmd->known->command_option)
        return DF_REACH_FILES;
    l.fetches = *cmd->known->network != NULL;
    return df_reach_most(df_reach_most(df_words_reach(&l), df_redirs_reach(&l)),
                         project_reach(&l));
}

bool df_run_mounts_plain(const df_run *run)
{
    static const char *const plain[] = {"type=cache", "type=secret", "type=ssh",
                                        NULL};

    for (uint32_t i = 0; i < run->instr->nflags; i++) {
        df_str rest = run->instr->flags[i].value;
        df_str field;
        bool found = !df_str_is(run->instr->flags[i].name, "mount");

        while (rest.len) {
            df_str_cut(&rest, ',', &field);
            found |= df_str_in(field, plain);
        }
        if (!found)
            return false;
    }
    return true;
}

/* Patterns of `for`, `[[ -f x ]]`, `{ … } >x`, `>x` belong to no command. */
static bool looks_around(const df_sh_node *node, void *ctx)
{
    bool *found = ctx;

    if (node->kind == DF_SH_TEST || node->kind == DF_SH_FUNCTION ||
        ((node->kind != DF_SH_SIMPLE || !node->nwords) && node->nredirs))
        *found = true;
    if (node->kind == DF_SH_FOR || node->kind == DF_SH_SELECT)
        for (uint32_t i = 0; i < node->nwords; i++)
            *found |= (node->words[i].flags & DF_WORD_GLOB) != 0;
    return !*found;
}

bool df_node_is_plain(const df_sh_node *node)
{
    bool found = false;

    df_sh_walk(node, looks_around, &found);
    return !found;
}

df_reach df_run_reach(const df_brought *b, const df_copied *copy,
                      const df_run *run)
{
    df_reach reach = DF_REACH_NONE;

    if (!run->tree->ok || !df_run_mounts_plain(run) ||
        !df_node_is_plain(run->tree->root))
        return DF_REACH_FILES;
    for (uint32_t i = 0; i < run->ncmds; i++)
        reach = df_reach_most(reach, df_cmd_reach(b, copy, &run->cmds[i]));
    return reach;
}
