/*
 * May two neighbouring RUNs share a shell, and how? See dfopt/join.h. What the
 * shell would notice comes from their effects; the rest is what a layer, a
 * mount or the builder's own reading of the text would notice.
 */
#include <dfopt/join.h>

#include "base/map.h"
#include "facts/moves.h"

typedef struct {
    df_arena *arena;
    const df_doc *doc;
    const df_body *seg;
    uint32_t n;
    const df_moves *moves;
    const df_joins *joins;
} row;

struct df_joins {
    df_arena *arena;
    const df_facts *facts;
    const df_stage *stage;
    uint32_t seen; /* instructions of the stage */
    bool has_volumes;
    df_map volumes; /* paths of VOLUME among them */
};

static bool is_ascii(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* One of the two goes, so what the builder would recode does not count. */
static bool same_flags(const df_doc *doc, const df_instr *a, const df_instr *b)
{
    if (a->nflags != b->nflags)
        return false;
    for (uint32_t i = 0; i < a->nflags; i++)
        if (!is_ascii(df_source(doc, a->flags[i].span)) ||
            !df_str_eq(df_source(doc, a->flags[i].span),
                       df_source(doc, b->flags[i].span)))
            return false;
    return true;
}

/* rw, readwrite, rw=true, ro=false, readonly=false */
static bool says_writable(df_str field)
{
    df_str key;
    bool has_value = df_str_cut(&field, '=', &key);
    bool on = !has_value || !df_str_is_nocase(field, "false");

    if (df_str_is_nocase(key, "rw") || df_str_is_nocase(key, "readwrite"))
        return on;
    return !on &&
           (df_str_is_nocase(key, "ro") || df_str_is_nocase(key, "readonly"));
}

/* tmpfs and writable bind mounts show B what A wrote, and forget it later. */
static bool forgetful_mount(const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nflags; i++) {
        df_str rest = instr->flags[i].value;
        df_str field;

        if (!df_str_is(instr->flags[i].name, "mount"))
            continue;
        while (rest.len) {
            df_str_cut(&rest, ',', &field);
            if (df_str_is_nocase(field, "type=tmpfs") ||
                df_str_has(field, "$") || says_writable(field))
                return true;
        }
    }
    return false;
}

static bool refuse(df_body *s, const char *reason, df_span at)
{
    s->reason = reason;
    s->at = at;
    return false;
}

/* `<<` that is not `<<<`: behind other text it may look like a heredoc. */
static bool has_here_operator(df_str s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        size_t n = 0;

        while (i + n < s.len && s.ptr[i + n] == '<')
            n++;
        if (n == 2)
            return true;
        i += n;
    }
    return false;
}

/* A last backslash means itself; before a blank it would not. */
static bool ends_in_backslash(df_str s)
{
    return s.len && s.ptr[s.len - 1] == '\\' &&
           !(s.len > 1 && s.ptr[s.len - 2] == '\\');
}

/* What keeps a RUN from being joined to anything. */
static bool joinable(df_body *s, const df_body *x)
{
    const df_run *run = x->run;
    df_span at = run->instr->keyword;

    if (run->instr->json || run->instr->bad || !run->instr->args.str.len)
        return refuse(s, NULL, at);
    if (run->instr->nheredocs || has_here_operator(run->instr->args.str) ||
        ends_in_backslash(run->instr->args.str))
        return refuse(s, NULL, at);
    if (!run->tree->ok)
        return refuse(s,
                      run->state->shell == DF_SHELL_FOREIGN
                          ? NULL
                          : "its shell text is not understood",
                      run->tree->bad);
    if (!run->tree->root->nkids)
        return refuse(s, NULL, at);
    if (run->tree->bashisms && run->state->shell != DF_SHELL_BASH)
        return refuse(s, "it uses what only some shells understand", at);
    if (x->fx.flags & DF_FX_COMMENT)
        return refuse(s, "the comment at its end would swallow what follows",
                      at);
    if (x->fx.flags & DF_FX_JOB)
        return refuse(s, "its background job would live on", x->fx.job);
    return true;
}

/*
 * A builder makes WORKDIR anew for each RUN; a shell that goes on would sit in
 * a directory that is gone.
 */
static const df_cmd *removes_workdir(df_arena *a, const df_run *run)
{
    df_str workdir = run->state->workdir;

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];

        if (!df_str_is(cmd->tool, "rm") && !df_str_is(cmd->tool, "mv") &&
            !df_str_is(cmd->tool, "rmdir"))
            continue;
        for (df_operands it = df_cmd_all_operands(cmd);
             df_operands_next(&it);) {
            const df_sh_word *word = df_cmd_word(cmd, it.at);
            df_str path = word->is_plain ? word->value : word->text;

            if (df_image_below(workdir, df_image_path(a, cmd->dir, path)))
                return cmd;
        }
    }
    return NULL;
}

static bool is_sh(df_arena *a, const df_cmd *cmd, const df_sh_word *word)
{
    df_str path;

    if (!word->is_plain)
        return df_str_has(word->text, "bin/sh");
    path = df_image_path(a, cmd->dir, word->value);
    return path.ptr
               ? df_str_is(path, "/bin/sh") || df_str_is(path, "/usr/bin/sh")
               : df_str_is(df_path_base(word->value), "sh");
}

/*
 * `ln -sf bash /bin/sh`, `dpkg-reconfigure dash`: the next RUN gets another
 * shell; one that goes on stays what it was.
 */
static const df_cmd *replaces_shell(df_arena *a, const df_run *run)
{
    static const char *const reads[] = {"ln", "cp", "install", NULL};
    static const char *const writes[] = {"mv", "rm", "dpkg-divert",
                                         "update-alternatives", NULL};

    for (uint32_t i = 0; i < run->ncmds; i++) {
        const df_cmd *cmd = &run->cmds[i];
        bool asks = df_str_is(cmd->tool, "dpkg-reconfigure");
        bool puts = df_str_in(cmd->tool, reads);
        bool moves = puts || df_str_in(cmd->tool, writes);

        for (uint32_t w = cmd->tool_word + 1; w < cmd->node->nwords; w++) {
            const df_sh_word *word = &cmd->node->words[w];
            bool source = puts && w + 1 < cmd->node->nwords;

            if (df_str_has(word->text, "dash/sh") ||
                (asks && df_str_is(word->text, "dash")) ||
                (moves && !source && is_sh(a, cmd, word)))
                return cmd;
        }
    }
    return NULL;
}

/* The builder reads groups and home of the user before each RUN. */
static const df_cmd *changes_root(const df_run *run)
{
    static const char *const tools[] = {"usermod", "gpasswd", "adduser", NULL};

    for (uint32_t i = 0; i < run->ncmds; i++)
        if (df_str_in(run->cmds[i].tool, tools) &&
            df_cmd_has_any(&run->cmds[i], (const char *const[]){"root", NULL}))
            return &run->cmds[i];
    return NULL;
}

static bool in_volume(const row *r, const df_cmd *cmd, const df_sh_word *word)
{
    df_str path = df_image_path(r->arena, cmd->dir,
                                word->is_plain ? word->value : word->text);

    for (size_t n = 2; n <= path.len; n++)
        if ((n == path.len || path.ptr[n] == '/') &&
            df_map_get(&r->joins->volumes, df_str_slice(path, 0, n)))
            return true;
    return false;
}

/* `ln -s TARGET LINK` leaves nothing where the target is. */
static uint32_t first_written(const df_cmd *cmd)
{
    static const char *const symbolic[] = {"-s", "--symbolic", NULL};
    static const char *const into[] = {"-t", "--target-directory", NULL};

    return df_str_is(cmd->tool, "ln") && df_cmd_has_any(cmd, symbolic) &&
                   !df_cmd_has_any(cmd, into) && df_cmd_operands(cmd) > 1
               ? df_cmd_last_operand(cmd)
               : 0;
}

/* VOLUME keeps what lies there; some builders forget what a RUN does to it. */
static const df_cmd *uses_volume(const row *r, const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds && r->joins->has_volumes; i++) {
        const df_cmd *cmd = &run->cmds[i];

        for (uint32_t w = first_written(cmd); w < cmd->node->nwords; w++)
            if (in_volume(r, cmd, &cmd->node->words[w]))
                return cmd;
        for (uint32_t w = 0; w < cmd->node->nredirs; w++)
            if (in_volume(r, cmd, &cmd->node->redirs[w].target))
                return cmd;
    }
    return NULL;
}

/* What the first of two may not do. */
static bool may_come_first(const row *r, df_body *s)
{
    df_span at = s->run->instr->keyword;
    const df_cmd *cmd;

    if (s->fx.flags & DF_FX_DAEMON)
        return refuse(s, "the service that it starts would live on",
                      s->fx.daemon);
    if (s->fx.flags & DF_FX_HARDLINK)
        return refuse(s, "it makes hard links, which a layer cuts",
                      s->fx.hardlink);
    if (s->fx.flags & DF_FX_FLEETING)
        return refuse(
            s, "each RUN begins with a new /dev, /etc/hosts and mounts", at);
    cmd = uses_volume(r, s->run);
    if (cmd)
        return refuse(s, "what it leaves in a VOLUME may be forgotten",
                      cmd->node->span);
    cmd = removes_workdir(r->arena, s->run);
    if (cmd)
        return refuse(s, "it removes the WORKDIR that it runs in",
                      cmd->node->span);
    cmd = replaces_shell(r->arena, s->run);
    if (cmd)
        return refuse(s, "the next RUN gets another /bin/sh", cmd->node->span);
    cmd = changes_root(s->run);
    if (cmd)
        return refuse(s, "it changes the user that runs the next one",
                      cmd->node->span);
    return true;
}

static bool same_script(const df_body *a, const df_body *b)
{
    df_sh_op op_a, op_b;
    const df_sh_node *set_a = df_run_set_line(a->run, &op_a);
    const df_sh_node *set_b = df_run_set_line(b->run, &op_b);

    return set_a && set_b && op_a == DF_OP_SEMI && op_b == DF_OP_SEMI &&
           df_str_eq(set_a->text, set_b->text);
}

/* Behind the `set` line: a `;` list of simple commands without state? */
static bool plain_list(const df_body *s)
{
    const df_sh_node *root = s->run->tree->root;

    for (uint32_t i = 1; i < root->nkids; i++) {
        const df_sh_node *andor = root->kids[i];

        if (andor->nkids != 1 || andor->kids[0]->negated ||
            andor->kids[0]->nkids != 1 ||
            andor->kids[0]->kids[0]->kind != DF_SH_SIMPLE)
            return false;
    }
    return root->nkids > 1;
}

static bool has_bare_assignment(const df_sh_node *list)
{
    for (uint32_t i = 0; i < list->nkids; i++) {
        const df_sh_node *andor = list->kids[i];

        for (uint32_t k = 0; k < andor->nkids; k++) {
            const df_sh_node *cmd = andor->kids[k]->kids[0];

            if (cmd->kind == DF_SH_SIMPLE && !cmd->nwords && cmd->nassigns)
                return true;
        }
    }
    return false;
}

/* Is that the only command that changes the shell? */
static bool only_changes_by(const df_body *s, const df_sh_node *opening)
{
    if (has_bare_assignment(s->run->tree->root))
        return false;
    for (uint32_t i = 0; i < s->run->ncmds; i++)
        if (s->run->cmds[i].node != opening &&
            !df_cmd_leaves_shell(&s->run->cmds[i]))
            return false;
    return !(s->fx.flags & (DF_FX_CD | DF_FX_COMPOUND));
}

static bool only_set(const df_body *s)
{
    df_sh_op op;
    const df_sh_node *set = df_run_set_line(s->run, &op);

    return set && only_changes_by(s, set);
}

/* `set -ex && …` or `export X=1 && …`, twice: once does. */
static bool same_chain(const df_body *a, const df_body *b)
{
    df_sh_op op_a, op_b;
    const df_sh_node *first_a = df_run_opening(a->run, &op_a);
    const df_sh_node *first_b = df_run_opening(b->run, &op_b);

    return first_a && first_b && op_a == DF_OP_AND && op_b == DF_OP_AND &&
           df_str_eq(first_a->text, first_b->text) && df_run_is_chain(a->run) &&
           df_run_is_chain(b->run) && only_changes_by(a, first_a);
}

/* Where the body ends: a `;` at its end does not belong to it. */
uint32_t df_body_end(const df_run *run)
{
    const df_sh_node *root = run->tree->root;
    const df_sh_node *last = root->kids[root->nkids - 1];

    return last->op == DF_OP_SEMI ? df_span_end(last->span)
                                  : df_span_end(run->instr->head);
}

/* Where the part of a body begins that is joined to the one before. */
uint32_t df_body_start(const df_run *run, df_link before)
{
    const df_sh_node *root = run->tree->root;

    if (before == DF_LINK_SEMI)
        return root->kids[1]->span.off;
    if (before == DF_LINK_SET)
        return root->kids[0]->kids[1]->span.off;
    return df_text_src(&run->instr->args, 0);
}

/* Behind the last thing in front of the body: RUN, a flag, the `set` line. */
uint32_t df_head_end(const df_run *run, df_link before)
{
    const df_instr *instr = run->instr;
    const df_sh_node *root = run->tree->root;

    if (before == DF_LINK_SEMI)
        return df_span_end(root->kids[0]->op_span);
    if (before == DF_LINK_SET)
        return df_span_end(root->kids[0]->kids[1]->op_span);
    return df_span_end(instr->nflags ? instr->flags[instr->nflags - 1].span
                                     : instr->keyword);
}

/*
 * Can the head of the second and the end of the first go without taking a
 * comment along, or leaving a `;` behind?
 */
static bool clean_cut(const df_doc *doc, const df_body *s, const df_body *next,
                      df_link link)
{
    uint32_t end = df_body_end(s->run);
    df_span head = df_span_between(next->run->instr->lines.off,
                                   df_head_end(next->run, link));

    if (df_holds_comment(doc, head))
        return false;
    return df_line_start(doc, end) ==
           df_line_start(doc, df_span_end(s->run->instr->head));
}

/*
 * errexit is ignored on the left of `&&`. A pure `&&` chain does not need it;
 * a `;` list of plain commands keeps it by being one script with B.
 */
static df_link link_errexit(const row *r, df_body *s, const df_body *next)
{
    if (same_script(s, next) && plain_list(s) && only_set(s) &&
        next->run->tree->root->nkids > 1 &&
        clean_cut(r->doc, s, next, DF_LINK_SEMI))
        return DF_LINK_SEMI;
    if (df_run_is_chain(s->run) && only_set(s) &&
        clean_cut(r->doc, s, next, DF_LINK_AND))
        return DF_LINK_AND;
    refuse(s, "`set -e` does not reach into a joined command", s->fx.errexit);
    return DF_LINK_NONE;
}

/*
 * What `eval` and `.` read may set -e. A chain of simple commands stops at the
 * same place without, unless such a one is the last of it.
 */
static bool stops_anyway(const df_body *s)
{
    static const char *const unseen[] = {"eval",    ".",       "source",
                                         "command", "builtin", NULL};
    const df_sh_node *chain = s->run->tree->root->kids[0];

    if (!df_run_is_chain(s->run))
        return false;
    for (uint32_t i = 0; i < chain->nkids; i++) {
        const df_sh_node *pipe = chain->kids[i];
        bool last = i + 1 == chain->nkids;
        df_str name;

        if (pipe->negated || pipe->nkids != 1 ||
            pipe->kids[0]->kind != DF_SH_SIMPLE)
            return false;
        if (!pipe->kids[0]->nwords)
            continue;
        if (last && !pipe->kids[0]->words[0].is_plain)
            return false;
        name = pipe->kids[0]->words[0].value;
        if (df_str_is(name, "trap") || (last && df_str_in(name, unseen)))
            return false;
    }
    return true;
}

static bool tool_moves(const row *r, df_body *s)
{
    const df_cmd *cmd = df_moves_at(r->moves, (uint32_t)(s - r->seg));

    return cmd && !refuse(s,
                          "the shell may go on calling the old version of "
                          "what it replaces",
                          cmd->node->span);
}

/*
 * May it have to go into a subshell? Which of the links below will hold is not
 * known yet, so this asks for less than df_body_is_seen().
 */
static bool may_be_isolated(const df_body *s, const df_body *next)
{
    if (s->fx.flags & DF_FX_STATE)
        return true;
    return (s->fx.flags & DF_FX_CD) && (!df_run_goes_elsewhere(next->run) ||
                                        (next->fx.flags & DF_FX_OLDPWD));
}

/* Nothing but `! …`. */
static bool is_negated(const df_run *run)
{
    const df_sh_node *root = run->tree->root;

    return root->nkids == 1 && root->kids[0]->nkids == 1 &&
           root->kids[0]->kids[0]->negated;
}

static df_link link_of(const row *r, df_body *s, df_body *next)
{
    const df_instr *a = s->run->instr;
    const df_instr *b = next->run->instr;

    if (df_instr_pragma(r->doc, a) || df_instr_pragma(r->doc, b))
        return DF_LINK_NONE;
    if (!joinable(s, s) || !joinable(s, next) || !may_come_first(r, s))
        return DF_LINK_NONE;
    if (!same_flags(r->doc, a, b)) {
        refuse(s, "RUN flags differ", b->keyword);
        return DF_LINK_NONE;
    }
    if (forgetful_mount(a)) {
        refuse(s, "what it writes to its mounts is forgotten", a->keyword);
        return DF_LINK_NONE;
    }
    if (tool_moves(r, s))
        return DF_LINK_NONE;
    if (same_chain(s, next) && clean_cut(r->doc, s, next, DF_LINK_SET))
        return DF_LINK_SET;
    if (s->fx.flags & DF_FX_ERREXIT)
        return link_errexit(r, s, next);
    if ((s->fx.flags & DF_FX_EVAL) && !stops_anyway(s)) {
        refuse(s, "what it sources or computes may end it early", a->keyword);
        return DF_LINK_NONE;
    }
    if (!clean_cut(r->doc, s, next, DF_LINK_AND))
        return DF_LINK_NONE;
    /* bash: an expansion that ends `( ! … )` counts as its success. */
    if (is_negated(s->run) && may_be_isolated(s, next)) {
        refuse(s, "in parentheses `!` may turn its end into success",
               a->keyword);
        return DF_LINK_NONE;
    }
    if (s->run->state->shell_errexit &&
        ((s->fx.flags & DF_FX_COMPOUND) || may_be_isolated(s, next) ||
         (s > r->seg && s[-1].link != DF_LINK_NONE &&
          !df_run_is_chain(s->run)))) {
        refuse(s, "the -e of SHELL does not reach into a joined group",
               a->keyword);
        return DF_LINK_NONE;
    }
    return DF_LINK_AND;
}

df_joins *df_joins_new(df_arena *a, const df_facts *facts)
{
    df_joins *j = df_new(a, df_joins);

    j->arena = a;
    j->facts = facts;
    return j;
}

static void note_volume(df_joins *j, const df_instr *instr)
{
    j->has_volumes = true;
    for (uint32_t w = 0; w < instr->nwords; w++)
        df_map_put(&j->volumes,
                   df_image_path(j->arena, DF_STR("/"),
                                 df_expand(j->arena, j->facts, instr,
                                           instr->words[w].str)),
                   j);
}

/* Those above a RUN; RUNs come in their order. */
static void note_volumes(df_joins *j, const df_run *first)
{
    const df_stage *stage = first->stage;

    if (j->stage != stage) {
        j->stage = stage;
        j->seen = 0;
        j->has_volumes = false;
        df_map_init(&j->volumes, j->arena);
    }
    for (; j->seen < stage->ninstrs &&
           stage->instrs[j->seen]->index <= first->instr->index;
         j->seen++)
        if (stage->instrs[j->seen]->kind == DF_I_VOLUME)
            note_volume(j, stage->instrs[j->seen]);
}

void df_join_links(df_joins *joins, df_body *bodies, uint32_t n)
{
    df_arena *a = joins->arena;
    row r = {.arena = a,
             .doc = joins->facts->doc,
             .seg = bodies,
             .n = n,
             .joins = joins};

    for (uint32_t i = 0; i < n; i++)
        if (bodies[i].run->tree->ok)
            bodies[i].fx = df_run_effects(bodies[i].run);
    r.moves = df_moves_of(a, bodies, n);
    note_volumes(joins, bodies->run);
    for (uint32_t i = 0; i + 1 < n; i++)
        bodies[i].link = link_of(&r, &bodies[i], &bodies[i + 1]);
}
