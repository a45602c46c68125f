/* One RUN as two: see dfopt/halves.h. */
#include <dfopt/effect.h>
#include <dfopt/halves.h>

/* A pipeline of the top level: where a cut is possible. */
typedef struct {
    uint32_t andor;
    uint32_t pipe;
} unit;

static bool find_unit(const df_run *run, uint32_t cmd, unit *out)
{
    const df_sh_node *root = run->tree->root;
    df_span span = run->cmds[cmd].node->span;

    for (out->andor = 0; out->andor < root->nkids; out->andor++) {
        const df_sh_node *andor = root->kids[out->andor];

        for (out->pipe = 0; out->pipe < andor->nkids; out->pipe++)
            if (df_span_holds(andor->kids[out->pipe]->span, span))
                return true;
    }
    return false;
}

static bool only_and(const df_sh_node *andor)
{
    for (uint32_t i = 1; i < andor->nkids; i++)
        if (andor->kids[i]->op != DF_OP_AND)
            return false;
    return true;
}

static df_halves refused(const char *why)
{
    return (df_halves){.why = df_str_of(why)};
}

/* `export MIX_ENV=prod`: said again, it does the same. */
static bool is_constant_export(const df_cmd *cmd)
{
    const df_sh_node *node = cmd->node;

    for (uint32_t i = 1; i < node->nwords; i++)
        if (!node->words[i].is_plain ||
            df_str_find_char(node->words[i].text, '=') == SIZE_MAX ||
            df_str_starts(node->words[i].text, "-"))
            return false;
    return df_str_is(node->words[0].text, "export") && node->nwords > 1 &&
           !node->nassigns && !node->nredirs && cmd->top && cmd->unconditional;
}

/* What the first half does that the second would miss, or NULL. */
static const char *state_problem(const df_run *run, uint32_t at)
{
    df_effects fx = df_run_effects(run);
    df_sh_op op;
    const df_sh_node *set = df_run_set_line(run, &op);

    if (fx.flags & DF_FX_COMMENT)
        return "its text holds a comment";
    if (fx.flags & (DF_FX_JOB | DF_FX_DAEMON))
        return "what it starts would end with its first half";
    if (fx.flags & (DF_FX_HARDLINK | DF_FX_FLEETING | DF_FX_OLDPWD))
        return "its halves share more than files";
    for (uint32_t i = 0; i < run->tree->root->nkids; i++) {
        const df_sh_node *andor = run->tree->root->kids[i];

        for (uint32_t k = 0; k < andor->nkids; k++)
            if (andor->kids[k]->kids[0]->kind == DF_SH_SIMPLE &&
                !andor->kids[k]->kids[0]->nwords)
                return "a variable of its first half reaches into the second";
    }
    for (uint32_t i = 0; i < at; i++)
        if (!df_cmd_leaves_shell(&run->cmds[i]) && run->cmds[i].node != set &&
            !df_str_is(run->cmds[i].tool, "cd") &&
            !is_constant_export(&run->cmds[i]))
            return "its first half changes the shell of the second";
    return NULL;
}

/* `;` hides a failure unless the shell stops at the first one. */
static bool is_strict(const df_run *run)
{
    df_sh_op op;

    return run->state->shell_errexit ||
           (df_run_set_line(run, &op) &&
            (df_run_effects(run).flags & DF_FX_ERREXIT));
}

static bool is_top_cd(const df_cmd *cmd)
{
    return cmd->top && df_str_is(cmd->tool, "cd");
}

static uint32_t count_cds(const df_run *run, uint32_t at)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < at; i++)
        n += is_top_cd(&run->cmds[i]);
    return n;
}

/* The state that the first half had reached: its `set` line, what it has
 * exported, and its directory; after several `cd` where they led to. */
static df_str repeat(df_arena *a, const df_run *run, uint32_t at)
{
    df_sh_op op = DF_OP_NONE;
    const df_sh_node *set = df_run_set_line(run, &op);
    const char *join = set && op == DF_OP_SEMI ? "; " : " && ";
    uint32_t ncds = count_cds(run, at);
    df_str dir = run->cmds[at].dir;
    df_str out = DF_STR("");

    if (set)
        out = df_fmt(a, "%.*s%s", DF_STR_ARG(set->text), join);
    for (uint32_t i = 0; i < at; i++)
        if (is_constant_export(&run->cmds[i]) ||
            (ncds == 1 && is_top_cd(&run->cmds[i])))
            out = df_fmt(a, "%.*s%.*s%s", DF_STR_ARG(out),
                         DF_STR_ARG(run->cmds[i].node->text), join);
    return ncds > 1 && dir.ptr ? df_fmt(a, "%.*scd %.*s%s", DF_STR_ARG(out),
                                        DF_STR_ARG(dir), join)
                               : out;
}

df_halves df_run_halves(df_arena *a, const df_run *run, uint32_t at)
{
    const df_sh_node *root = run->tree->root;
    const df_sh_node *before;
    const df_sh_node *behind;
    const char *why;
    unit u, left;

    if (!find_unit(run, at, &u) || !find_unit(run, at - 1, &left) ||
        (u.andor == left.andor && u.pipe == left.pipe))
        return refused("both are parts of one command");
    why = state_problem(run, at);
    if (why)
        return refused(why);
    if (!run->cmds[at].dir.ptr)
        return refused("the directory of its second half is not known");
    if (!only_and(root->kids[u.andor]) || !only_and(root->kids[left.andor]))
        return refused("`||` belongs to both halves");
    if ((u.pipe == 0 || u.andor + 1 < root->nkids) && !is_strict(run))
        return refused("`;` lets it go on after a failure");
    before = u.pipe ? root->kids[u.andor]->kids[u.pipe - 1]
                    : root->kids[u.andor - 1];
    behind = root->kids[u.andor]->kids[u.pipe];
    return (df_halves){
        .gap = df_span_between(df_span_end(before->span), behind->span.off),
        .again = repeat(a, run, at)};
}
