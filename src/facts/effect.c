/*
 * Effects of a shell text on its shell: a walk over what runs in the shell
 * itself. Subshells, pipes, substitutions and background jobs have shells of
 * their own; what they do to variables is nobody's business, but their jobs
 * and daemons are.
 */
#include <dfopt/effect.h>

typedef struct {
    df_effects *fx;
    bool own; /* in a shell of its own: state is lost anyway */
} viewer;

/* Builtins that change the shell they run in (POSIX XCU 2.14; bash). */
static const char *const STATEFUL[] = {
    "export",  "readonly",  "unset",    "shopt",   "alias",   "unalias",
    "umask",   "ulimit",    ".",        "source",  "eval",    "read",
    "mapfile", "readarray", "let",      "getopts", "shift",   "wait",
    "declare", "typeset",   "local",    "enable",  "hash",    "fc",
    "bind",    "disown",    "set",      "trap",    "exec",    "exit",
    "return",  "break",     "continue", "times",   "builtin", "logout",
    "history", "complete",  "compgen",  "compopt", NULL};

static const char *const STEERING[] = {"set", "exit", "trap", NULL};

/* They may `set -e`, unseen; bash as sh ends at `return` outside functions. */
static const char *const EVALUATING[] = {"eval", ".", "source", "return", NULL};

/* Assignments before these stay (POSIX XCU 2.14, special built-ins). */
static const char *const SPECIAL[] = {
    "break",    "continue", ":",   ".",     "eval",  "exec", "exit",  "export",
    "readonly", "return",   "set", "shift", "times", "trap", "unset", NULL};

static void visit(viewer v, const df_sh_node *node);

/*
 * errexit counts in a subshell, too: on the left of `&&` it is ignored even
 * where the subshell itself sets it.
 */
static void flag(viewer v, unsigned flags)
{
    if (v.own)
        flags &= ~(unsigned)(DF_FX_CD | DF_FX_STATE | DF_FX_CONTROL);
    v.fx->flags |= flags;
}

/* Of the devices, those that keep nothing. */
static bool is_dull_device(df_str name)
{
    static const char *const names[] = {"null", "zero",    "full",    "random",
                                        "tty",  "stdin",   "stdout",  "stderr",
                                        "fd",   "ptmx",    "urandom", "tcp",
                                        "udp",  "console", NULL};
    size_t n = 0;

    while (n < name.len && df_is_alpha(name.ptr[n]))
        n++;
    return df_str_in(df_str_slice(name, 0, n), names);
}

/* What the builder makes anew for each RUN: /dev, hosts, resolv.conf. */
static bool is_fleeting(df_str text)
{
    size_t at = df_str_find(text, "/dev");

    if (df_str_has(text, "/etc/hosts") || df_str_has(text, "/etc/resolv.conf"))
        return true;
    while (at != SIZE_MAX) {
        df_str rest = df_str_from(text, at + 4);
        bool root = !at || df_str_find_char(DF_STR("\"'=:,<>( \t\n"),
                                            text.ptr[at - 1]) != SIZE_MAX;

        if (root && (!rest.len || (rest.ptr[0] == '/' &&
                                   !is_dull_device(df_str_from(rest, 1)))))
            return true;
        text = rest;
        at = df_str_find(text, "/dev");
    }
    return false;
}

static void visit_word(viewer v, const df_sh_word *word)
{
    if (word->flags & DF_WORD_ASSIGNS)
        flag(v, DF_FX_STATE);
    if (word->flags & DF_WORD_PROCSUB) {
        v.fx->job = word->span; /* nobody waits for it */
        flag(v, DF_FX_JOB);
    }
    if (df_str_has(word->text, "OLDPWD") || df_str_is(word->text, "~-"))
        flag(v, DF_FX_OLDPWD);
    if (is_fleeting(word->text))
        flag(v, DF_FX_FLEETING);
    v.own = true;
    for (uint32_t i = 0; i < word->nsubs; i++)
        visit(v, word->subs[i]);
}

static void visit_words(viewer v, const df_sh_node *node)
{
    for (uint32_t i = 0; i < node->nassigns; i++)
        visit_word(v, &node->assigns[i].value);
    for (uint32_t i = 0; i < node->nwords; i++)
        visit_word(v, &node->words[i]);
    for (uint32_t i = 0; i < node->nredirs; i++)
        visit_word(v, &node->redirs[i].target);
}

/* -e, -eux, -o errexit; `set -x -- -e` is not looked at that closely. */
static bool sets_errexit(const df_sh_node *node)
{
    for (uint32_t i = 1; i < node->nwords; i++) {
        df_str s = node->words[i].value;

        if (!node->words[i].is_plain || df_str_is(s, "errexit"))
            return true;
        if (s.len > 1 && s.ptr[0] == '-' && s.ptr[1] != '-' &&
            df_str_find_char(s, 'e') != SIZE_MAX)
            return true;
    }
    return false;
}

static bool option_word(const df_sh_node *node, const char *option)
{
    for (uint32_t i = 1; i < node->nwords; i++)
        if (df_str_is(node->words[i].text, option))
            return true;
    return false;
}

/* printf -v NAME, -vNAME */
static bool prints_to_variable(const df_sh_node *node)
{
    for (uint32_t i = 1; i < node->nwords; i++)
        if (df_str_starts(node->words[i].value, "-v"))
            return true;
    return false;
}

static bool traps_err(const df_sh_node *node)
{
    for (uint32_t i = 2; i < node->nwords; i++)
        if (!node->words[i].is_plain ||
            df_str_is_nocase(node->words[i].value, "ERR") ||
            df_str_is_nocase(node->words[i].value, "SIGERR"))
            return true;
    return false;
}

static void visit_builtin(viewer v, const df_sh_node *node, df_str name)
{
    if (df_str_is(name, "cd") || df_str_is(name, "pushd") ||
        df_str_is(name, "popd")) {
        flag(v, DF_FX_CD);
        if (df_str_is(name, "popd") || option_word(node, "-"))
            flag(v, DF_FX_OLDPWD);
        if (!df_str_is(name, "cd"))
            flag(v, DF_FX_STATE);
    }
    if (df_str_in(name, STATEFUL) ||
        (df_str_is(name, "printf") && prints_to_variable(node)))
        flag(v, DF_FX_STATE);
    if (df_str_in(name, STEERING))
        flag(v, DF_FX_CONTROL);
    if ((df_str_is(name, "set") || df_str_is(name, "shopt")) &&
        sets_errexit(node)) {
        v.fx->errexit = node->span;
        flag(v, DF_FX_ERREXIT);
    }
    if (df_str_in(name, EVALUATING) ||
        (df_str_is(name, "trap") && traps_err(node))) {
        v.fx->eval = node->span;
        flag(v, DF_FX_EVAL);
    }
}

/* Behind `command -p`, `builtin` and the like; `command -v` runs nothing. */
static uint32_t builtin_word(const df_sh_node *node)
{
    uint32_t i = 0;

    while (i < node->nwords && (df_str_is(node->words[i].value, "command") ||
                                df_str_is(node->words[i].value, "builtin"))) {
        i++;
        while (i < node->nwords && (df_str_is(node->words[i].value, "-p") ||
                                    df_str_is(node->words[i].value, "--")))
            i++;
    }
    return i;
}

/* $CMD may be any builtin; $DIR/bin/tool, having a slash, may not. */
static void visit_computed(viewer v, const df_sh_node *node,
                           const df_sh_word *word)
{
    if (df_str_find_char(word->text, '/') != SIZE_MAX)
        return;
    v.fx->eval = node->span;
    flag(v, DF_FX_STATE | DF_FX_CONTROL | DF_FX_EVAL);
}

static void visit_simple(viewer v, const df_sh_node *node)
{
    uint32_t i = builtin_word(node);

    visit_words(v, node);
    if (i == node->nwords) {
        if (node->nassigns)
            flag(v, DF_FX_STATE);
        return;
    }
    if (!node->words[i].is_plain) {
        visit_computed(v, node, &node->words[i]);
        return;
    }
    if (node->nassigns && df_str_in(node->words[i].value, SPECIAL))
        flag(v, DF_FX_STATE);
    visit_builtin(v, node, node->words[i].value);
}

static void visit_kids(viewer v, const df_sh_node *node)
{
    for (uint32_t i = 0; i < node->nkids; i++)
        visit(v, node->kids[i]);
}

static void visit_list(viewer v, const df_sh_node *list)
{
    for (uint32_t i = 0; i < list->nkids; i++) {
        viewer inner = v;

        if (list->kids[i]->op == DF_OP_AMP) {
            v.fx->job = list->kids[i]->op_span;
            flag(v, DF_FX_JOB);
            inner.own = true;
        }
        visit(inner, list->kids[i]);
    }
}

static void visit(viewer v, const df_sh_node *node)
{
    switch (node->kind) {
    case DF_SH_LIST:
        visit_list(v, node);
        return;
    case DF_SH_SIMPLE:
        visit_simple(v, node);
        return;
    case DF_SH_ANDOR:
        visit_kids(v, node);
        return;
    case DF_SH_PIPE:
        v.own = v.own || node->nkids > 1;
        visit_kids(v, node);
        return;
    case DF_SH_SUBSHELL:
        flag(v, DF_FX_COMPOUND);
        v.own = true;
        break;
    case DF_SH_FOR:
    case DF_SH_SELECT:
    case DF_SH_ARITHFOR:
    case DF_SH_FUNCTION:
    case DF_SH_ARITH:
        flag(v, DF_FX_STATE | DF_FX_COMPOUND);
        break;
    case DF_SH_TEST:
        if (df_str_has(node->text, "=~")) /* BASH_REMATCH */
            flag(v, DF_FX_STATE);
        break;
    case DF_SH_GROUP:
    case DF_SH_IF:
    case DF_SH_WHILE:
    case DF_SH_CASE:
        flag(v, DF_FX_COMPOUND);
        break;
    case DF_SH_ITEM:
        break;
    }
    visit_words(v, node);
    visit_kids(v, node);
}

/* A lone `&` in the script of sh -c: not &&, >&, &>. */
static bool has_lone_amp(df_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char before = i ? s.ptr[i - 1] : ' ';
        char after = i + 1 < s.len ? s.ptr[i + 1] : ' ';

        if (s.ptr[i] == '&' && before != '&' && after != '&' && before != '>' &&
            after != '>' && before != '\\')
            return true;
    }
    return false;
}

bool df_cmd_starts_daemon(const df_cmd *cmd)
{
    df_strings list = cmd->known ? cmd->known->daemons : NULL;

    if (!list || !*list)
        return false;
    if (df_str_in(DF_STR("*"), list))
        return true;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (df_str_in(cmd->node->words[i].text, list))
            return true;
    return false;
}

/* ln without -s, link, cp -l, rsync -H */
static bool makes_hard_links(const df_cmd *cmd)
{
    if (df_str_is(cmd->tool, "ln"))
        return !df_cmd_has(cmd, "-s") && !df_cmd_has(cmd, "--symbolic");
    if (df_str_is(cmd->tool, "cp"))
        return df_cmd_has(cmd, "-l") || df_cmd_has(cmd, "--link");
    if (df_str_is(cmd->tool, "rsync"))
        return df_cmd_has(cmd, "-H") || df_cmd_has(cmd, "--hard-links");
    return df_str_is(cmd->tool, "link");
}

static void look_at_command(df_effects *fx, const df_cmd *cmd)
{
    /* Of what they do nothing is left in the next RUN. */
    static const char *const mounting[] = {"mount", "umount", "sysctl", NULL};

    if (df_cmd_starts_daemon(cmd)) {
        fx->flags |= DF_FX_DAEMON;
        fx->daemon = cmd->node->span;
    }
    if (df_str_in(cmd->tool, mounting))
        fx->flags |= DF_FX_FLEETING;
    if (makes_hard_links(cmd)) {
        fx->flags |= DF_FX_HARDLINK;
        fx->hardlink = cmd->node->span;
    }
    if (!cmd->known || !*cmd->known->command_option)
        return;
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++) {
        if (!has_lone_amp(cmd->node->words[i].text))
            continue;
        fx->flags |= DF_FX_JOB;
        fx->job = cmd->node->words[i].span;
    }
}

df_effects df_run_effects(const df_run *run)
{
    df_effects fx = {0};
    viewer v = {.fx = &fx};

    visit(v, run->tree->root);
    for (uint32_t i = 0; i < run->ncmds; i++)
        look_at_command(&fx, &run->cmds[i]);
    if (run->tree->ncomments) {
        fx.flags |= DF_FX_COMMENT;
        fx.comment = run->tree->comments[0];
    }
    return fx;
}

bool df_cmd_leaves_shell(const df_cmd *cmd)
{
    df_effects fx = {0};
    viewer v = {.fx = &fx};

    visit_simple(v, cmd->node);
    return !(fx.flags & (DF_FX_CD | DF_FX_STATE | DF_FX_CONTROL));
}

bool df_run_may_end_early(const df_run *run)
{
    static const char *const enders[] = {"exit", "exec",   "return",
                                         "eval", "logout", NULL};

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_sh_word *word = &run->cmds[i].node->words[0];

        if (!word->is_plain || df_str_in(word->value, enders))
            return true;
    }
    return false;
}

bool df_run_is_chain(const df_run *run)
{
    const df_sh_node *root = run->tree->root;

    if (root->nkids != 1 ||
        (root->kids[0]->op != DF_OP_NONE && root->kids[0]->op != DF_OP_SEMI))
        return false;
    for (uint32_t i = 1; i < root->kids[0]->nkids; i++)
        if (root->kids[0]->kids[i]->op != DF_OP_AND)
            return false;
    return true;
}

/* The simple command that a list begins with, or NULL. */
static const df_sh_node *first_simple(const df_sh_node *root,
                                      const df_sh_node **andor)
{
    const df_sh_node *pipe;

    if (!root || !root->nkids || !root->kids[0]->nkids)
        return NULL;
    *andor = root->kids[0];
    pipe = (*andor)->kids[0];
    if (pipe->negated || pipe->timed || pipe->nkids != 1 ||
        pipe->kids[0]->kind != DF_SH_SIMPLE)
        return NULL;
    return pipe->kids[0];
}

bool df_run_goes_elsewhere(const df_run *run)
{
    const df_sh_node *andor;
    const df_sh_node *cmd = first_simple(run->tree->root, &andor);

    return cmd && df_run_is_chain(run) && cmd->nwords == 2 && !cmd->nassigns &&
           !cmd->nredirs && df_str_is(cmd->words[0].text, "cd") &&
           cmd->words[1].is_plain && df_str_starts(cmd->words[1].value, "/") &&
           andor->nkids > 1 && andor->kids[1]->op == DF_OP_AND;
}

const df_sh_node *df_run_opening(const df_run *run, df_sh_op *op)
{
    const df_sh_node *andor;
    const df_sh_node *cmd = first_simple(run->tree->root, &andor);

    if (!cmd || !cmd->nwords || cmd->nassigns || cmd->nredirs ||
        !df_str_is(cmd->words[0].text, "export"))
        return df_run_set_line(run, op);
    for (uint32_t i = 1; i < cmd->nwords; i++)
        if (!cmd->words[i].is_plain)
            return NULL;
    *op = andor->nkids > 1 ? andor->kids[1]->op : andor->op;
    return cmd;
}

const df_sh_node *df_run_set_line(const df_run *run, df_sh_op *op)
{
    const df_sh_node *andor;
    const df_sh_node *cmd = first_simple(run->tree->root, &andor);

    if (!cmd || !cmd->nwords || cmd->nassigns || cmd->nredirs ||
        !df_str_is(cmd->words[0].text, "set"))
        return NULL;
    *op = andor->nkids > 1 ? andor->kids[1]->op : andor->op;
    return cmd;
}
