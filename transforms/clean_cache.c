/*
 * Remove package manager caches in the layer that made them
 *
 * What a package manager keeps for its next run, an image never needs: package
 * lists, downloaded archives, wheels. Deleted in a later RUN it still is in
 * the image, so it goes in the RUN that made it: `rm -rf` of the apt lists
 * behind the last `apt-get` that uses them, `--no-cache` for apk,
 * `--no-cache-dir` for pip, `npm cache clean --force`, `yum clean all`. What
 * each manager leaves, and how to be rid of it, is in transforms/caches.yaml.
 *
 * A cleaning that stands in a later RUN frees nothing there. It goes, where
 * that is all it does and nothing in between uses what it removes.
 *
 * Only in stages that are shipped: elsewhere a cache costs nothing.
 *
 * Left alone: a cache mount covers the path, a cleaning is there already, a
 * later step of the same line of stages uses what would go (`apt-get install`
 * without an update of its own, or a script that may do so), the tool runs as
 * another user or in a place that dfopt does not see, the RUN ends in `exit`,
 * the base has a version that does not know the option.
 *
 * Safe: only caches and logs go, and a step that failed still fails.
 */
#include <dfopt/cache.h>
#include <dfopt/effect.h>
#include <dfopt/later.h>
#include <dfopt/smaller.h>
#include <dfopt/style.h>
#include <dfopt/transform.h>

typedef struct {
    df_pass_ctx *cx;
    const df_doc *doc;
    const df_facts *facts;
    const df_run *run;
    df_effects fx;
    df_later *later;
    const df_cache *row;
    const df_cache *asked; /* the row that `settled` is about */
    bool settled;
    const df_cache *unneeded; /* a row that nobody needs behind here */
    const df_cache **left;    /* by stage: the last row that was left there */
    uint32_t first;           /* command that leaves something */
    uint32_t last;            /* last command that does, or that uses it */
} job;

/* --- does it apply? --- */

/*
 * Does the RUN clean as the row says, or keep on purpose what it leaves? Asked
 * for each command of a row, answered once for the RUN.
 */
static bool is_settled(job *j)
{
    if (j->asked != j->row) {
        j->asked = j->row;
        j->settled = df_cmds_any(j->run, 0, j->row->kept_by) ||
                     df_run_cleans(df_cx_arena(j->cx), j->run, j->row);
    }
    return j->settled;
}

/* Runs as somebody else, or out of sight: its cache is not ours to clean. */
static bool elsewhere(const df_cmd *cmd)
{
    return cmd->script || cmd->other_user;
}

/* What the row leaves behind is what the image may do without. */
static df_finding *change(const job *j, df_finding *f)
{
    for (df_strings p = j->row->paths; *p; p++)
        df_allow(f, *p);
    return f;
}

/* --- a flag --- */

static bool is_update(const job *j, const df_cmd *cmd)
{
    return df_str_is(cmd->tool, j->row->tool) &&
           df_str_in(cmd->sub, j->row->drop_before);
}

/* Does the update stand just before, in the same chain, and alone? */
static bool can_drop(const job *j, const df_cmd *update, const df_cmd *cmd)
{
    df_span gone;

    if (!is_update(j, update) || update->andor != cmd->andor || !cmd->top ||
        !update->top || update->pipe->nkids != 1 || update->pipe->negated ||
        cmd->pipe->op != DF_OP_AND || !df_str_eq(update->tool, cmd->tool) ||
        update->node->nredirs || update->sudo != cmd->sudo ||
        df_cmd_operands(update) > 0 || df_cmd_cache(cmd) != j->row)
        return false;
    gone = df_span_between(update->pipe->span.off, cmd->pipe->span.off);
    return !df_holds_comment(j->doc, gone);
}

/* What the flag makes useless goes. */
static void drop_update(const job *j, df_finding *f, uint32_t index)
{
    const df_cmd *cmd = &j->run->cmds[index];

    if (index && can_drop(j, cmd - 1, cmd))
        df_delete(f,
                  df_span_between(cmd[-1].pipe->span.off, cmd->pipe->span.off));
}

/* An `apk update` that stays would leave the index whatever the flag says. */
static bool update_stays(const job *j)
{
    for (uint32_t i = 0; i < j->run->ncmds; i++) {
        const df_cmd *cmd = &j->run->cmds[i];

        if (is_update(j, cmd) &&
            (i + 1 == j->run->ncmds || !can_drop(j, cmd, cmd + 1)))
            return true;
    }
    return false;
}

/* An option that the flag makes useless: --update of apk add. */
static const df_sh_word *replaced_word(const job *j, const df_cmd *cmd)
{
    for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
        if (df_str_in(cmd->node->words[i].text, j->row->flag_replaces))
            return &cmd->node->words[i];
    return NULL;
}

static void add_flag(const job *j, uint32_t index)
{
    const df_cmd *cmd = &j->run->cmds[index];
    const df_sh_word *sub = df_cmd_word(cmd, df_cache_word(cmd, j->row));
    const df_sh_word *old = replaced_word(j, cmd);
    df_finding *f;

    f = change(j, df_change(j->cx, sub->span, "%s keeps %s out of the layer",
                            j->row->flag, j->row->what));
    if (old)
        df_replace(f, old->span, df_str_of(j->row->flag));
    else
        df_insert(f, df_span_end(sub->span),
                  df_fmt(df_cx_arena(j->cx), " %s", j->row->flag));
    drop_update(j, f, index);
}

/* --- a command --- */

/* One pipeline: errexit watches it, and would not on the left of an `&&`. */
static bool is_watched(const df_sh_node *andor)
{
    return andor->nkids == 1 && !andor->kids[0]->negated;
}

static bool is_compound(const df_sh_node *andor)
{
    return andor->kids[0]->kids[0]->kind != DF_SH_SIMPLE;
}

static bool errexit(const job *j)
{
    return (j->fx.flags & DF_FX_ERREXIT) || j->run->state->shell_errexit;
}

/* Are all commands behind the last use known, so that none may use it? */
static bool sure_behind(const job *j)
{
    if (!*j->row->refreshed_by)
        return true;
    for (uint32_t i = j->last + 1; i < j->run->ncmds; i++)
        if (df_cmd_may_do_anything(&j->run->cmds[i]))
            return false;
    return true;
}

/* Is the script a `;` list, written one command a line? */
static bool semi_style(const job *j)
{
    return j->run->tree->root->nkids > 1;
}

/* What follows a node in its list or chain, if anything does. */
static const df_sh_node *behind(const df_sh_node *around,
                                const df_sh_node *node)
{
    for (uint32_t i = 0; i + 1 < around->nkids; i++)
        if (around->kids[i] == node)
            return around->kids[i + 1];
    return NULL;
}

/*
 * Behind a node as a command of its own, on a line of its own: `;` where
 * errexit watches it, which would not watch the left of an `&&`. What goes on
 * in the same line then goes on in the next one.
 */
static void put_behind(const job *j, df_finding *f, const df_sh_node *around,
                       const df_sh_node *node, bool semi, df_str command)
{
    df_arena *mem = df_cx_arena(j->cx);
    const df_instr *instr = j->run->instr;
    df_style style = df_style_of(j->facts, instr->index, instr->index);
    df_str inner = df_style_inner(j->doc, instr, DF_STR("    "));
    df_str sep = semi ? df_style_semi(mem, j->doc, inner)
                      : df_style_and(mem, j->doc, style);
    const df_sh_node *next = behind(around, node);
    uint32_t end = df_span_end(node->span);
    df_span gap = df_span_between(end, next ? next->span.off : end);
    bool same = next && df_line_end(j->doc, end) > next->span.off &&
                (next->op == DF_OP_AND || semi);

    df_replace(f, same ? gap : (df_span){end, 0},
               df_fmt(mem, "%.*s%.*s%.*s", DF_STR_ARG(sep), DF_STR_ARG(command),
                      DF_STR_ARG(same ? sep : DF_STR(""))));
}

/* An `||` behind the command, in its chain, would come to answer for more. */
static bool has_or(const df_cmd *cmd)
{
    const df_sh_node *andor = cmd->andor;

    for (uint32_t i = andor->nkids; i-- > 1 && andor->kids[i] != cmd->pipe;)
        if (andor->kids[i]->op == DF_OP_OR)
            return true;
    return cmd->pipe->op == DF_OP_OR;
}

static bool ends_chain(const df_cmd *cmd)
{
    return cmd->andor->kids[cmd->andor->nkids - 1] == cmd->pipe;
}

static bool find_chain(const df_sh_node *node, void *ctx)
{
    bool *found = ctx;

    *found |= node->kind == DF_SH_ANDOR && node->nkids > 1;
    return !*found;
}

/*
 * Would a cleaning behind the last command take it from errexit? `a && { set
 * -e; b; c; }`: with an `&&` behind it, b is not watched. `if a; then b && c;
 * fi`: it may fail unwatched, and then a `;` behind it goes on.
 */
static bool loses_watch(const job *j)
{
    const df_sh_node *root = j->run->tree->root;
    const df_sh_node *andor = root->kids[root->nkids - 1];
    const df_sh_node *last = andor->kids[andor->nkids - 1]->kids[0];
    bool chain = false;

    if (!errexit(j))
        return false;
    if (last->kind != DF_SH_SIMPLE) {
        df_sh_walk(last, find_chain, &chain);
        return chain || !is_watched(andor);
    }
    for (uint32_t i = 0; i < j->run->nfunctions; i++)
        if (last->nwords &&
            df_str_eq(last->words[0].text, j->run->functions[i]))
            return true;
    return false;
}

/* Does the last use stand in the top chain, so that it can follow at once? */
static bool fits_in_chain(const job *j)
{
    const df_cmd *cmd = &j->run->cmds[j->last];
    const df_sh_node *andor = cmd->andor;

    if (!cmd->top || !cmd->unconditional || !sure_behind(j) || has_or(cmd))
        return false;
    return !errexit(j) || !ends_chain(cmd) || andor->op != DF_OP_NONE;
}

/* Right behind the last use. */
static void put_in_chain(const job *j, df_finding *f, df_str command)
{
    const df_cmd *cmd = &j->run->cmds[j->last];

    if (!cmd->top) /* below an `if`, in the line that calls the tool */
        df_insert(f, df_span_end(cmd->pipe->span),
                  df_fmt(df_cx_arena(j->cx), " && %.*s", DF_STR_ARG(command)));
    else if (errexit(j) && ends_chain(cmd))
        put_behind(j, f, cmd->list, cmd->andor, true, command);
    else
        put_behind(j, f, cmd->andor, cmd->pipe, false, command);
}

/* Where the cleaning calls the tool: `npm cache …`, `… $(gem env …)`. */
static bool calls_tool(const df_cache *row, size_t *at)
{
    df_str command = df_str_of(row->command);
    size_t len = df_str_of(row->tool).len;

    for (size_t i = 0; i + len <= command.len; i++) {
        char next = i + len < command.len ? command.ptr[i + len] : ' ';

        if (df_str_is(df_str_slice(command, i, i + len), row->tool) &&
            next == ' ' && (!i || command.ptr[i - 1] == '(')) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* Has it been called where a failure is one of the RUN? */
static bool must_have_run(const df_cmd *cmd)
{
    for (uint32_t i = 1; i < cmd->andor->nkids; i++)
        if (cmd->andor->kids[i]->op == DF_OP_OR)
            return false;
    return cmd->unconditional && cmd->top;
}

/* May the tool be missing where the RUN ends, as all that calls it stands below
 * an `if`? */
static bool may_be_missing(const job *j)
{
    const df_kb *kb = df_cx_kb(j->cx);
    const df_stage *stage = j->run->stage;
    const df_image *known = stage->known;
    df_str tool = df_str_of(j->row->tool);
    size_t at;

    if (!calls_tool(j->row, &at))
        return false;
    for (const df_stage *s = stage; s; s = s->base)
        for (const df_cmd *cmd = NULL;
             (cmd = df_stage_next_cmd(s, cmd)) != NULL;)
            if (df_str_eq(cmd->tool, tool) && must_have_run(cmd) &&
                cmd->run->instr->index <= j->run->instr->index)
                return false;
    return !known ||
           !df_image_holds(kb, known, df_kb_suite(kb, stage->repo, stage->tag),
                           tool);
}

/* Below compound commands, not in a substitution. */
static bool stands_in(const df_sh_node *node, const df_sh_node *andor)
{
    for (uint32_t i = 0; i < node->nkids; i++)
        if (node->kids[i] == andor || stands_in(node->kids[i], andor))
            return true;
    return false;
}

/* Then it stands where the tool is called, if that is one place. */
static bool fits_inside(const job *j)
{
    const df_cmd *cmd = &j->run->cmds[j->last];

    for (uint32_t i = j->first; i < j->last; i++)
        if (j->run->cmds[i].list != cmd->list)
            return false;
    return !errexit(j) && cmd->pipe->nkids == 1 && !cmd->pipe->negated &&
           !has_or(cmd) && stands_in(j->run->tree->root, cmd->andor);
}

/* At the end of the script. */
static void put_last(const job *j, df_finding *f, df_str command)
{
    const df_sh_node *root = j->run->tree->root;
    const df_sh_node *last = root->kids[root->nkids - 1];
    bool semi =
        errexit(j) && is_watched(last) && (semi_style(j) || is_compound(last));

    if (last->op == DF_OP_SEMI)
        df_delete(f, df_span_between(df_span_end(last->span),
                                     df_span_end(j->run->instr->head)));
    put_behind(j, f, root, last, semi, command);
}

/* With the name that was called, which may be an alias: `mamba clean -ay`. */
static df_str cleaning(const job *j)
{
    const df_cmd *cmd = &j->run->cmds[j->first];
    df_str command = df_str_of(j->row->command);
    df_str called = df_path_base(cmd->node->words[cmd->tool_word].value);
    size_t at;

    if (!calls_tool(j->row, &at))
        return command;
    return df_fmt(
        df_cx_arena(j->cx), "%.*s%.*s%.*s",
        DF_STR_ARG(df_str_slice(command, 0, at)), DF_STR_ARG(called),
        DF_STR_ARG(df_str_from(command, at + df_str_of(j->row->tool).len)));
}

/*
 * The cleaning calls the tool by its name. Called by a path, or with variables
 * before it, that name may mean nothing or another one.
 */
static bool called_oddly(const job *j, const df_cmd *cmd)
{
    static const char *const matter[] = {"PATH", "HOME", "LD_PRELOAD",
                                         "LD_LIBRARY_PATH", NULL};
    size_t at;

    if (!calls_tool(j->row, &at) || !df_str_is(cmd->tool, j->row->tool))
        return false;
    for (uint32_t i = 0; i < cmd->node->nassigns; i++)
        if (df_str_in(cmd->node->assigns[i].name, matter) ||
            df_str_in(cmd->node->assigns[i].name, j->row->path_env))
            return true;
    return (cmd->wrapped && !cmd->sudo) ||
           df_str_find_char(cmd->node->words[cmd->tool_word].text, '/') !=
               SIZE_MAX;
}

/* `npm install -g npm@latest`: the one that was asked for may not even run on
 * this Node.js, which nobody would notice but its cleaning. */
static bool replaces_itself(const job *j)
{
    const df_cmd *cmd = &j->run->cmds[j->last];
    size_t at;

    if (!calls_tool(j->row, &at) || !df_str_is(cmd->tool, j->row->tool))
        return false;
    for (df_operands it = df_cmd_all_operands(cmd); df_operands_next(&it);) {
        df_str package = df_cmd_word(cmd, it.at)->value;
        df_str name;

        df_str_cut(&package, '@', &name);
        if (df_str_is(name, j->row->tool))
            return true;
    }
    return false;
}

static const char *cannot(const job *j)
{
    bool inside = may_be_missing(j);

    if (inside && !fits_inside(j))
        return "it is not called in every case, and may be missing in others";
    if (!inside && !fits_in_chain(j) && loses_watch(j))
        return "`set -e` would no longer watch the commands before the "
               "cleaning";
    for (uint32_t i = j->first; i <= j->last; i++)
        if (called_oddly(j, &j->run->cmds[i]))
            return "it is called by a path, or with variables of its own";
    if (replaces_itself(j))
        return "its cleaning would be done by the one that is installed here, "
               "which nothing else has tried yet";
    if (!inside && !fits_in_chain(j) && df_run_may_end_early(j->run))
        return "the RUN may end before its last command";
    if (j->fx.flags & DF_FX_COMMENT)
        return "the comment at its end would swallow the cleaning";
    if (j->fx.flags & DF_FX_JOB)
        return "a background job may still be at work";
    if (j->run->tree->bashisms && j->run->state->shell != DF_SHELL_BASH)
        return "it uses what only some shells understand";
    return NULL;
}

static const char *pronoun(const char *what)
{
    return df_str_ends(df_str_of(what), "s") ? "them" : "it";
}

static void add_command(const job *j)
{
    const df_cmd *first = &j->run->cmds[j->first];
    df_str command =
        df_fmt(df_cx_arena(j->cx), "%s%.*s", first->sudo ? "sudo " : "",
               DF_STR_ARG(cleaning(j)));
    const char *reason = cannot(j);
    df_finding *f;
    df_span late;

    if (reason) {
        df_decline(j->cx, first->node->span, "leaves %s in the layer: %s",
                   j->row->what, reason);
        return;
    }
    late = df_later_cleaning(df_cx_arena(j->cx), j->doc, j->run, j->row);
    f = change(j, df_change(j->cx, j->run->cmds[j->last].node->span,
                            "removes %s in the layer that made %s%s",
                            j->row->what, pronoun(j->row->what),
                            late.len ? ", no longer in a later one" : ""));
    if (late.len)
        df_delete(f, late);
    if (fits_in_chain(j) || may_be_missing(j))
        put_in_chain(j, f, command);
    else
        put_last(j, f, command);
}

/* --- one RUN --- */

static bool in_list(const job *j, uint32_t index)
{
    const df_cmd *cmd = &j->run->cmds[index];

    return df_cmd_cache(cmd) == j->row || df_cmd_in(cmd, j->row->used_by);
}

/* `apt-get clean` and the like, right behind it in the same chain */
static bool tidies(const job *j, uint32_t index)
{
    const df_cmd *cmd = &j->run->cmds[index];

    return cmd->known && cmd->andor == cmd[-1].andor &&
           cmd->pipe->op == DF_OP_AND &&
           df_str_eq(cmd->tool, j->run->cmds[j->first].tool) &&
           df_str_in(cmd->sub, cmd->known->removes) && cmd->known->pure;
}

static void find_last(job *j)
{
    j->last = j->first;
    for (uint32_t i = j->first + 1; i < j->run->ncmds; i++)
        if (in_list(j, i))
            j->last = i;
    while (j->last + 1 < j->run->ncmds && tidies(j, j->last + 1))
        j->last++;
}

/* The row was met earlier in this RUN; a command cleans once. */
static bool seen(const job *j, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (df_cmd_cache(&j->run->cmds[i]) == j->row)
            return true;
    return false;
}

static bool applies(job *j, const df_cmd *cmd)
{
    return !elsewhere(cmd) &&
           df_cache_applies(df_cx_arena(j->cx), j->facts, df_cx_context(j->cx),
                            cmd, j->row) &&
           !is_settled(j);
}

/* What stands behind a cleaning in the chain may not name what has gone. */
static df_str named_behind(const job *j)
{
    for (uint32_t i = j->last + 1; i < j->run->ncmds && fits_in_chain(j); i++)
        if (df_cmd_names_cache(&j->run->cmds[i], j->row))
            return df_cmd_brief(&j->run->cmds[i]);
    return DF_STR("");
}

/* FROM maven, and no CMD: the one of the image is `mvn`. Or other files are
 * built on this one, for what it holds. */
static bool starts_itself(const job *j)
{
    const df_stage *stage = j->run->stage;

    if (!df_str_in(stage->root->repo, j->row->started_by))
        return false;
    for (const df_stage *s = stage->root; s; s = s->next)
        for (uint32_t i = 0; i < s->ninstrs; i++)
            if (s->instrs[i]->kind == DF_I_CMD ||
                s->instrs[i]->kind == DF_I_ENTRYPOINT)
                return false;
    return true;
}

/*
 * The first that needs it behind a command. What nobody needs behind one
 * command nobody needs behind a later one of the RUN, unless it is made anew
 * in between.
 */
static df_str find_user(job *j, uint32_t index)
{
    df_str user;

    if (j->unneeded == j->row && !*j->row->refreshed_by)
        return DF_STR("");
    user = j->row->flag ? df_later_in_run(j->later, j->run, index + 1, j->row)
                        : named_behind(j);
    if (!user.len)
        user = df_later_user(j->later, j->run, j->row);
    if (!user.len && starts_itself(j))
        return df_fmt(df_cx_arena(j->cx), "CMD of %.*s",
                      DF_STR_ARG(j->run->stage->root->repo));
    if (!user.len)
        j->unneeded = j->row;
    return user;
}

/* Does somebody need it later? Then that is said. */
static bool needed_later(job *j, uint32_t index)
{
    df_str user = find_user(j, index);

    if (user.len)
        df_decline(j->cx, j->run->cmds[index].node->span,
                   "leaves %s in the layer: `%.*s` may need what is there",
                   j->row->what, DF_STR_ARG(user));
    if (user.len)
        j->left[j->run->stage->index] = j->row;
    return user.len != 0;
}

/* It takes what an earlier layer keeps: nothing could be freed here. */
static bool lives_on_earlier(const job *j, const df_cmd *cmd)
{
    return j->left[j->run->stage->index] == j->row && !*j->row->refreshed_by &&
           df_cmd_in(cmd, j->row->used_by);
}

static void do_command(job *j, uint32_t index)
{
    const df_cmd *cmd = &j->run->cmds[index];

    j->row = df_cmd_cache(cmd);
    if (!j->row || !applies(j, cmd) ||
        df_cmd_has_any(cmd, j->row->flag_not_with))
        return;
    j->first = index;
    if (j->row->flag) {
        if (!cmd->sub_word || update_stays(j) || needed_later(j, index))
            return;
        if (!df_cmd_has(cmd, j->row->flag))
            add_flag(j, index);
        else if (index && can_drop(j, cmd - 1, cmd))
            drop_update(
                j,
                change(j, df_change(j->cx, cmd[-1].node->span,
                                    "with %s an update before it only leaves "
                                    "%s in the layer",
                                    j->row->flag, j->row->what)),
                index);
        return;
    }
    if (!j->row->command || seen(j, index))
        return;
    find_last(j);
    if (!needed_later(j, index) && !lives_on_earlier(j, cmd))
        add_command(j);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    df_later later;
    const df_cache **left =
        df_new_array(df_cx_arena(cx), const df_cache *, facts->nstages + 1);

    df_later_init(&later, df_cx_arena(cx), facts, df_cx_context(cx));
    for (uint32_t i = 0; i < facts->nruns; i++) {
        job j = {.cx = cx,
                 .doc = df_cx_doc(cx),
                 .facts = facts,
                 .later = &later,
                 .left = left,
                 .run = &facts->runs[i]};

        if (!j.run->tree->ok || !j.run->ncmds || !j.run->stage->shipped ||
            j.run->onbuild)
            continue;
        j.fx = df_run_effects(j.run);
        for (uint32_t k = 0; k < j.run->ncmds; k++)
            do_command(&j, k);
    }
}

DF_PASS(clean_cache) = {
    .name = "clean-cache",
    .summary = "remove package manager caches in the layer that made them",
    .since = "0.1",
    .phase = DF_PHASE_COMMANDS,
    .safety = DF_SAFE,
    .run = run,
};
