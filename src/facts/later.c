/* Later users of caches: see dfopt/later.h. */
#include <dfopt/later.h>

#include <dfopt/block.h>
#include <dfopt/cache.h>
#include <dfopt/program.h>

void df_later_init(df_later *l, df_arena *a, const df_facts *facts,
                   df_context *context)
{
    *l = (df_later){.arena = a, .facts = facts, .context = context};
    l->uses = df_new_array(a, const df_use *, facts->nstages + 1);
}

static const df_use *use_of(df_later *l, const df_stage *stage)
{
    const df_stage *root = stage->root;

    if (!l->uses[root->index])
        l->uses[root->index] =
            df_use_find(l->arena, l->facts, l->context, root);
    return l->uses[root->index];
}

/* Is that the first word of a pair? Mostly it is not. */
static bool begins_with(const char *pair, df_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!pair[i] || pair[i] != word.ptr[i])
            return false;
    return pair[word.len] == ' ';
}

static bool names_behind(const df_cmd *cmd, uint32_t i, const char *sub)
{
    while (++i < cmd->node->nwords)
        if (strcmp(sub, "*") == 0 || df_str_is(cmd->node->words[i].text, sub))
            return true;
    return false;
}

/* `xargs apt-get install`, `parallel apk search`: named among its words. */
static bool names_pair(const df_cmd *cmd, df_strings list)
{
    for (; *list; list++)
        for (uint32_t i = 0; i < cmd->node->nwords; i++)
            if (begins_with(*list, cmd->node->words[i].text) &&
                names_behind(cmd, i, *list + cmd->node->words[i].text.len + 1))
                return true;
    return false;
}

/* `sh -c "apt-get install $X"`: a script that is not taken apart. */
static bool in_script(const df_cmd *cmd, df_strings list)
{
    if (!cmd->known || !*cmd->known->command_option)
        return false;
    for (; *list; list++)
        for (uint32_t i = 0; i < cmd->node->nwords; i++)
            if (df_str_has(cmd->node->words[i].text, *list))
                return true;
    return false;
}

bool df_cmd_names_cache(const df_cmd *cmd, const df_cache *row)
{
    if (df_str_is(cmd->tool, "rm") || df_str_is(cmd->tool, "mkdir"))
        return false;
    for (df_strings p = row->paths; *p; p++)
        for (uint32_t i = cmd->tool_word + 1; i < cmd->node->nwords; i++)
            if (df_image_below(cmd->node->words[i].value, df_str_of(*p)))
                return true;
    return false;
}

static bool uses(df_later *l, const df_cmd *cmd, const df_cache *row)
{
    return (df_cmd_in(cmd, row->used_by) || names_pair(cmd, row->used_by) ||
            in_script(cmd, row->used_by) || df_cmd_names_cache(cmd, row)) &&
           !df_cmd_cleans(l->arena, cmd, row);
}

/* `secator install tools`, `opam install .`: a program that nobody knows may
 * call the package manager of the system for it. */
static bool may_install(const df_cmd *cmd)
{
    uint32_t i = cmd->tool.ptr && !cmd->known ? df_cmd_operand(cmd, 0) : 0;

    return i && df_str_is(df_cmd_word(cmd, i)->text, "install");
}

/* A script that is not in the context may do what it likes. */
static bool hidden(df_later *l, const df_cmd *cmd, const df_cache *row)
{
    df_str text;

    return *row->refreshed_by &&
           (may_install(cmd) || (df_cmd_is_script(cmd) &&
                                 !df_cmd_script_text(l->context, cmd, &text)));
}

static bool refreshes(const df_cmd *cmd, const df_cache *row)
{
    return cmd->unconditional && df_cmd_in(cmd, row->refreshed_by);
}

/* `apt-get update && apt-get install`, though the whole may not run at all */
static bool fresh_in_chain(const df_cmd *cmds, uint32_t from, uint32_t i,
                           const df_cache *row)
{
    for (uint32_t k = i; k-- > from && cmds[k].andor == cmds[i].andor;)
        if (cmds[k + 1].pipe->op == DF_OP_AND &&
            df_cmd_in(&cmds[k], row->refreshed_by))
            return true;
    return false;
}

/* The first that needs it; *fresh: it is made anew before. */
static df_str user_in(df_later *l, const df_run *run, uint32_t from,
                      const df_cache *row, bool *fresh)
{
    for (uint32_t i = from; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        *fresh = refreshes(cmd, row);
        if (*fresh)
            break;
        if ((uses(l, cmd, row) && !fresh_in_chain(run->cmds, from, i, row)) ||
            hidden(l, cmd, row))
            return df_cmd_brief(cmd);
    }
    return DF_STR("");
}

df_str df_later_in_run(df_later *l, const df_run *run, uint32_t from,
                       const df_cache *row)
{
    bool fresh = false;

    return user_in(l, run, from, row, &fresh);
}

/* A call as the reader finds it: where it is written, or what. */
static df_str call_brief(df_later *l, const df_call *call)
{
    if (call->via.len)
        return call->via;
    if (!call->instr->json)
        return df_cmd_brief(call->cmd);
    return df_exec_brief(l->arena, call->instr);
}

/* The calls of a root that need what a row is about, or make it anew. */
typedef struct {
    const df_call **calls;
    uint32_t ncalls, ccalls;
    uint32_t passed; /* so many stand in front of the RUN asked about last, */
    uint32_t index;  /* which is this one */
} df_matter;

/*
 * What was found for a row: it holds for every RUN of the stage from the one
 * that was asked about to the one that settled it.
 */
typedef struct df_asked {
    const df_cache *row;
    const df_run *from, *to;
    df_str user;
    uint32_t until;      /* the instruction that makes it anew */
    df_matter **matters; /* by root; NULL: not yet looked for */
} df_asked;

static df_asked *asked_of(df_later *l, const df_cache *row)
{
    df_asked *a;

    for (uint32_t i = 0; i < l->nasked; i++)
        if (l->asked[i].row == row)
            return &l->asked[i];
    a = df_push(l->arena, l, asked);
    *a = (df_asked){.row = row};
    a->matters = df_new_array(l->arena, df_matter *, l->facts->nstages + 1);
    return a;
}

static df_matter *matter_of(df_later *l, df_asked *a, const df_stage *stage)
{
    const df_use *use = use_of(l, stage);
    df_matter **m = &a->matters[stage->root->index];

    if (*m)
        return *m;
    *m = df_new(l->arena, df_matter);
    for (uint32_t i = 0; i < use->ncalls; i++) {
        const df_call *call = &use->calls[i];

        if (call->cmd &&
            (refreshes(call->cmd, a->row) || uses(l, call->cmd, a->row)))
            *df_push(l->arena, *m, calls) = call;
    }
    return *m;
}

/* RUNs are mostly asked about in their order. */
static uint32_t first_behind(df_matter *m, uint32_t index)
{
    if (index < m->index)
        m->passed = 0;
    m->index = index;
    while (m->passed < m->ncalls && m->calls[m->passed]->instr->index <= index)
        m->passed++;
    return m->passed;
}

/* Scripts, heredocs, exec form, and what runs when the image does. */
static df_str user_in_calls(df_later *l, const df_run *run, df_asked *a)
{
    df_matter *m = matter_of(l, a, run->stage);

    for (uint32_t i = first_behind(m, run->instr->index); i < m->ncalls; i++) {
        const df_call *call = m->calls[i];
        uint32_t index = call->instr->index;

        if (index <= run->instr->index || index > a->until ||
            !df_stage_is_on(l->facts->stage_of[index], run->stage))
            continue;
        return refreshes(call->cmd, a->row) ? DF_STR("") : call_brief(l, call);
    }
    return DF_STR("");
}

/* The first RUN of a stage behind this one that is built on `base`. */
static const df_run *next_stage_run(const df_stage *stage, const df_stage *base)
{
    for (stage = stage->next; stage; stage = stage->next)
        if (stage->nruns && df_stage_is_on(stage, base))
            return stage->runs;
    return NULL;
}

/* The RUN behind this one in its line of stages, or NULL. */
static const df_run *next_run(const df_run *run, const df_stage *base)
{
    const df_stage *stage = run->stage;

    return run + 1 < stage->runs + stage->nruns ? run + 1
                                                : next_stage_run(stage, base);
}

static void look_behind(df_later *l, const df_run *run, df_asked *a)
{
    const df_run *r = run;
    bool fresh = false;

    a->from = run;
    a->until = l->facts->doc->ninstrs;
    a->user = DF_STR("");
    while ((r = next_run(r, run->stage)) != NULL) {
        a->to = r;
        a->user = user_in(l, r, 0, a->row, &fresh);
        if (a->user.len)
            return;
        if (fresh && r->stage == run->stage) {
            a->until = r->instr->index;
            return;
        }
    }
    a->to = l->facts->runs + l->facts->nruns;
}

/* What nobody needs behind a RUN, nobody needs behind later ones of its line.
 */
static bool still_holds(const df_later *l, const df_run *run, const df_asked *a)
{
    if (!a->from || run < a->from || run >= a->to)
        return false;
    return a->from->stage == run->stage ||
           (a->to == l->facts->runs + l->facts->nruns &&
            df_stage_is_on(run->stage, a->from->stage));
}

df_str df_later_user(df_later *l, const df_run *run, const df_cache *row)
{
    df_asked *a = asked_of(l, row);

    if (!still_holds(l, run, a))
        look_behind(l, run, a);
    return a->user.len ? a->user : user_in_calls(l, run, a);
}

bool df_cmd_may_do_anything(const df_cmd *cmd)
{
    return !cmd->known || df_cmd_is_script(cmd) || cmd->known->runs_code;
}

/* --- a cleaning that comes too late --- */

/* Does it remove nothing but what the row is about? */
static bool removes_only(const df_cmd *cmd, const df_cache *row)
{
    uint32_t i;

    if (!df_str_is(cmd->tool, "rm"))
        return df_str_is(cmd->tool, row->tool);
    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;) {
        bool below = false;

        for (df_strings p = row->paths; *p; p++)
            below |= df_image_below(df_cmd_word(cmd, i)->text, df_str_of(*p));
        if (!below)
            return false;
    }
    return true;
}

bool df_cmd_is_link(const df_cmd *cmd)
{
    const df_sh_node *andor = cmd->andor;

    if (!cmd->top || cmd->pipe->nkids != 1 || cmd->pipe->negated ||
        cmd->node->nredirs || cmd->node->nassigns || cmd->other_user ||
        cmd->list->nkids != 1)
        return false;
    for (uint32_t i = 1; i < andor->nkids; i++)
        if (andor->kids[i]->op != DF_OP_AND)
            return false;
    return true;
}

static const df_cmd *find_cleaning(df_arena *a, const df_doc *doc,
                                   const df_run *run, const df_cache *row)
{
    const df_stage *stage = run->stage;

    while (++run < stage->runs + stage->nruns) {
        if (!run->tree->ok)
            return NULL;
        for (uint32_t k = 0; k < run->ncmds; k++) {
            const df_cmd *cmd = &run->cmds[k];

            if (df_cmd_cache(cmd) == row || df_cmd_may_do_anything(cmd))
                return NULL;
            if (df_cmd_cleans(a, cmd, row))
                return df_cmd_is_link(cmd) && removes_only(cmd, row) &&
                               !df_instr_pragma(doc, run->instr)
                           ? cmd
                           : NULL;
        }
    }
    return NULL;
}

/* A command of a chain with the operator that ties it, or the whole RUN. */
static df_span link_span(const df_doc *doc, const df_cmd *cmd)
{
    const df_sh_node *chain = cmd->andor;
    uint32_t i = 0;

    if (chain->nkids == 1)
        return df_block_hole(doc, df_instr_block(doc, cmd->run->instr), false);
    while (chain->kids[i] != cmd->pipe)
        i++;
    return i + 1 < chain->nkids
               ? df_span_between(cmd->pipe->span.off,
                                 chain->kids[i + 1]->span.off)
               : df_span_between(df_span_end(chain->kids[i - 1]->span),
                                 df_span_end(cmd->pipe->span));
}

df_span df_later_cleaning(df_arena *a, const df_doc *doc, const df_run *run,
                          const df_cache *row)
{
    const df_cmd *cmd = find_cleaning(a, doc, run, row);
    df_span gone = cmd ? link_span(doc, cmd) : (df_span){0, 0};

    return df_holds_comment(doc, gone) ? (df_span){0, 0} : gone;
}
