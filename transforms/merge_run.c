/*
 * Join consecutive RUN instructions
 *
 * Each RUN makes a layer, and a file that a later layer deletes stays in the
 * image all the same. RUNs that follow one another become one, so that what
 * one downloads and another removes is never stored, and an `apt-get update`
 * can no longer be older than the `apt-get install` that relies on it.
 *
 * Bodies stay as they were written, comments between them too. A body is put
 * in braces where `||` or `;` would bind otherwise, in a subshell where its
 * `cd` or variables would be seen by the next one. `set -e` scripts that begin
 * alike become one script.
 *
 * Only stages that are shipped are joined: elsewhere a layer costs nothing
 * and a cut in the cache is worth something (`passes: {merge-run: {all-stages:
 * true}}` in .dfopt.yaml joins those, too). An update and the install that
 * needs it are always joined.
 *
 * Left alone: other flags, exec form, heredocs, shells that are not POSIX-like,
 * text that is not understood, a `#` comment in a body, background jobs and
 * daemons, hard links, an install from a manifest (it is worth a layer of its
 * own in the cache), `set -e` with more than plain commands behind it, a
 * program that replaces itself (the shell remembers where the old one was), and
 * whatever has `# dfopt: keep` or a linter's pragma above it.
 *
 * A RUN that ends in `cd`, `export` or an assignment does nothing for later
 * instructions; that is reported, since the author certainly meant WORKDIR or
 * ENV.
 *
 * Safe: the same commands run in the same order, each only if the one before
 * succeeded, in a shell that shows none of the other's state.
 */
#include <dfopt/effect.h>
#include <dfopt/style.h>
#include <dfopt/transform.h>

/* Linux allows 131,072 bytes for one argument of a program, NUL included. */
#define MAX_SCRIPT ((size_t)96 * 1024)

/* How two neighbours are joined. */
typedef enum {
    LINK_NONE,
    LINK_AND,  /* A && B */
    LINK_SEMI, /* set -e; A; B */
    LINK_SET,  /* set -e && A && B */
} link_kind;

typedef struct {
    const df_run *run;
    df_effects fx;
    link_kind before;   /* to the one before, where they are joined */
    link_kind link;     /* to the next one */
    const char *reason; /* why there is none; NULL: not worth a word */
    df_span at;         /* what the reason is about */
} segment;

typedef struct {
    df_pass_ctx *cx;
    const df_doc *doc;
    const df_facts *facts;
    segment *seg; /* one for each RUN of a row of neighbours */
    uint32_t n;
} row;

/* What stands between two instructions: only blank and comment lines? */
static bool neighbours(const df_run *a, const df_run *b)
{
    return a->stage == b->stage && !a->onbuild && !b->onbuild &&
           a->instr->index + 1 == b->instr->index;
}

/* --- may they be joined? --- */

static bool same_flags(const df_doc *doc, const df_instr *a, const df_instr *b)
{
    if (a->nflags != b->nflags)
        return false;
    for (uint32_t i = 0; i < a->nflags; i++)
        if (!df_str_eq(df_source(doc, a->flags[i].span),
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
    return !on && (df_str_is_nocase(key, "ro") ||
                   df_str_is_nocase(key, "readonly"));
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
            if (df_str_is(field, "type=tmpfs") || says_writable(field))
                return true;
        }
    }
    return false;
}

static bool installs_manifest(const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        if (df_cmd_is_manifest_install(&run->cmds[i]))
            return true;
    return false;
}

static bool refuse(segment *s, const char *reason, df_span at)
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
static bool joinable(segment *s, const segment *x)
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

/* What the first of two may not do. */
static bool may_come_first(segment *s)
{
    df_span at = s->run->instr->keyword;

    if (s->fx.flags & DF_FX_DAEMON)
        return refuse(s, "the service that it starts would live on",
                      s->fx.daemon);
    if (s->fx.flags & DF_FX_HARDLINK)
        return refuse(s, "it makes hard links, which a layer cuts",
                      s->fx.hardlink);
    if (s->fx.flags & DF_FX_SHM)
        return refuse(s, "it uses /dev/shm, which no layer keeps", at);
    return true;
}

static bool starts_like(const segment *a, const segment *b, df_sh_op want)
{
    df_sh_op op_a, op_b;
    const df_sh_node *set_a = df_run_set_line(a->run, &op_a);
    const df_sh_node *set_b = df_run_set_line(b->run, &op_b);

    return set_a && set_b && op_a == want && op_b == want &&
           df_str_eq(set_a->text, set_b->text);
}

/* Behind the `set` line: a `;` list of simple commands without state? */
static bool plain_list(const segment *s)
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

/* `v=1`, which is no command, in the top list. */
static bool has_assignment(const segment *s)
{
    const df_sh_node *root = s->run->tree->root;

    for (uint32_t i = 0; i < root->nkids; i++)
        for (uint32_t k = 0; k < root->kids[i]->nkids; k++) {
            const df_sh_node *pipe = root->kids[i]->kids[k];

            if (pipe->nkids == 1 && pipe->kids[0]->kind == DF_SH_SIMPLE &&
                !pipe->kids[0]->nwords && pipe->kids[0]->nassigns)
                return true;
        }
    return false;
}

/* Is the `set` line all that changes the shell? */
static bool only_set(const segment *s)
{
    uint32_t sets = 0;

    if (has_bare_assignment(s->run->tree->root))
        return false;
    for (uint32_t i = 0; i < s->run->ncmds; i++) {
        const df_cmd *cmd = &s->run->cmds[i];

        if (df_str_is(cmd->tool, "set"))
            sets++;
        else if (!df_cmd_leaves_shell(cmd))
            return false;
    }
    return sets == 1 && !has_assignment(s) &&
           !(s->fx.flags & (DF_FX_CD | DF_FX_COMPOUND));
}

/* Where the body ends: a `;` at its end does not belong to it. */
static uint32_t body_end(const df_run *run)
{
    const df_sh_node *root = run->tree->root;
    const df_sh_node *last = root->kids[root->nkids - 1];

    return last->op == DF_OP_SEMI ? df_span_end(last->span)
                                  : df_span_end(run->instr->head);
}

/* Where the part of a body begins that is joined to the one before. */
static uint32_t body_start(const df_run *run, link_kind before)
{
    const df_sh_node *root = run->tree->root;

    if (before == LINK_SEMI)
        return root->kids[1]->span.off;
    if (before == LINK_SET)
        return root->kids[0]->kids[1]->span.off;
    return df_text_src(&run->instr->args, 0);
}

/* Behind the last thing in front of the body: RUN, a flag, the `set` line. */
static uint32_t head_end(const df_run *run, link_kind before)
{
    const df_instr *instr = run->instr;
    const df_sh_node *root = run->tree->root;

    if (before == LINK_SEMI)
        return df_span_end(root->kids[0]->op_span);
    if (before == LINK_SET)
        return df_span_end(root->kids[0]->kids[1]->op_span);
    return df_span_end(instr->nflags ? instr->flags[instr->nflags - 1].span
                                     : instr->keyword);
}

/*
 * Can the head of the second and the end of the first go without taking a
 * comment along, or leaving a `;` behind?
 */
static bool clean_cut(const df_doc *doc, const segment *s, const segment *next,
                      link_kind link)
{
    uint32_t end = body_end(s->run);
    df_span head =
        df_span_between(next->run->instr->lines.off, head_end(next->run, link));

    if (df_holds_comment(doc, head))
        return false;
    return df_line_start(doc, end) ==
           df_line_start(doc, df_span_end(s->run->instr->head));
}

/*
 * errexit is ignored on the left of `&&`. A pure `&&` chain does not need it;
 * a `;` list of plain commands keeps it by being one script with B.
 */
static link_kind link_errexit(const row *r, segment *s, const segment *next)
{
    if (starts_like(s, next, DF_OP_SEMI) && plain_list(s) && only_set(s) &&
        next->run->tree->root->nkids > 1 &&
        clean_cut(r->doc, s, next, LINK_SEMI))
        return LINK_SEMI;
    if (starts_like(s, next, DF_OP_AND) && df_run_is_chain(s->run) &&
        df_run_is_chain(next->run) && only_set(s) &&
        clean_cut(r->doc, s, next, LINK_SET))
        return LINK_SET;
    if (df_run_is_chain(s->run) && only_set(s) &&
        clean_cut(r->doc, s, next, LINK_AND))
        return LINK_AND;
    refuse(s, "`set -e` does not reach into a joined command", s->fx.errexit);
    return LINK_NONE;
}

/*
 * What `eval` and `.` read may set -e. A chain of simple commands stops at the
 * same place without, unless such a one is the last of it.
 */
static bool stops_anyway(const segment *s)
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

/*
 * A `cd` does not matter to one that goes elsewhere itself; but behind that
 * one's subshell it would be seen again.
 */
static bool state_matters(const segment *s, const segment *next)
{
    if (s->fx.flags & DF_FX_STATE)
        return true;
    if (!(s->fx.flags & DF_FX_CD))
        return false;
    return !df_run_goes_elsewhere(next->run) || !df_run_is_chain(next->run) ||
           (next->fx.flags & DF_FX_OLDPWD) != 0 ||
           (next->link != LINK_NONE && state_matters(next, next + 1));
}

/* `pip install --upgrade pip`: what the command names is the command. */
static bool replaces_itself(const df_cmd *cmd)
{
    df_str name;

    for (uint32_t n = 0, i; (i = df_cmd_operand(cmd, n)) != 0; n++) {
        name = df_cmd_word(cmd, i)->text;
        if (name.len && (name.ptr[0] == '"' || name.ptr[0] == '\''))
            name = df_str_from(name, 1);
        if (name.len < cmd->tool.len ||
            !df_str_eq(df_str_slice(name, 0, cmd->tool.len), cmd->tool))
            continue;
        if (name.len == cmd->tool.len || !df_is_name(name.ptr[cmd->tool.len]))
            return true;
    }
    return false;
}

static bool is_used(const segment *from, const segment *end, df_str tool)
{
    for (const segment *s = from; s < end; s++)
        for (uint32_t i = 0; i < s->run->ncmds; i++)
            if (df_str_eq(s->run->cmds[i].tool, tool))
                return true;
    return false;
}

/*
 * A shell remembers where it found a program (POSIX XCU 2.9.1.1). If a newer
 * one appears elsewhere in PATH, the same shell goes on with the old one: the
 * pip of a distribution cannot import what `pip install --upgrade pip` left.
 * In an image that brings the tool itself both lie in one place.
 */
static const df_cmd *moved_tool(const row *r, const segment *s)
{
    for (uint32_t i = 0; i < s->run->ncmds; i++) {
        const df_cmd *cmd = &s->run->cmds[i];
        const df_image *image = s->run->stage->known;

        if (cmd->known && replaces_itself(cmd) &&
            !(image &&
              df_str_in(df_str_of(image->name), cmd->known->home_images)) &&
            is_used(s + 1, r->seg + r->n, cmd->tool))
            return cmd;
    }
    return NULL;
}

static link_kind link_of(const row *r, segment *s, segment *next)
{
    const df_instr *a = s->run->instr;
    const df_instr *b = next->run->instr;

    if (df_instr_pragma(r->doc, a) || df_instr_pragma(r->doc, b))
        return LINK_NONE;
    if (!joinable(s, s) || !joinable(s, next) || !may_come_first(s))
        return LINK_NONE;
    if (!same_flags(r->doc, a, b)) {
        refuse(s, "RUN flags differ", b->keyword);
        return LINK_NONE;
    }
    if (forgetful_mount(a)) {
        refuse(s, "what it writes to its mounts is forgotten", a->keyword);
        return LINK_NONE;
    }
    if (moved_tool(r, s)) {
        refuse(s,
               "the shell would go on with the old version of what it "
               "replaces",
               moved_tool(r, s)->node->span);
        return LINK_NONE;
    }
    if (s->fx.flags & DF_FX_ERREXIT)
        return link_errexit(r, s, next);
    if ((s->fx.flags & DF_FX_EVAL) && !stops_anyway(s)) {
        refuse(s,
               "what it evaluates may end it early, which a joined command "
               "ignores",
               a->keyword);
        return LINK_NONE;
    }
    if (!clean_cut(r->doc, s, next, LINK_AND))
        return LINK_NONE;
    if (s->run->state->shell_errexit &&
        ((s->fx.flags & DF_FX_COMPOUND) || state_matters(s, next) ||
         (s > r->seg && s[-1].link != LINK_NONE &&
          !df_run_is_chain(s->run)))) {
        refuse(s, "the -e of SHELL does not reach into a joined group",
               a->keyword);
        return LINK_NONE;
    }
    return LINK_AND;
}

/* --- is it worth it? --- */

static bool removes_files(const segment *s)
{
    for (uint32_t i = 0; i < s->run->ncmds; i++)
        if (df_str_is(s->run->cmds[i].tool, "rm"))
            return true;
    return false;
}

/* apk del, apt-get purge: what was installed before goes again. */
static bool removes_packages(const segment *s)
{
    for (uint32_t i = 0; i < s->run->ncmds; i++) {
        const df_cmd *cmd = &s->run->cmds[i];

        if (cmd->known && cmd->known->pure && *cmd->known->network &&
            cmd->sub.len && df_str_in(cmd->sub, cmd->known->removes))
            return true;
    }
    return false;
}

/*
 * An install from a manifest is worth a layer of its own in the cache, unless
 * a later RUN of the row removes what this one, or one before it, brought.
 */
static bool install_may_join(const row *r, const segment *s,
                             const segment *next)
{
    bool first = installs_manifest(s->run);

    if (!first && !installs_manifest(next->run))
        return true;
    for (const segment *k = next; k < r->seg + r->n; k++)
        if (removes_packages(k) || (first && removes_files(k)))
            return true;
    return false;
}

/* A refreshes lists that B uses: in two RUNs they go stale. */
static const df_cmd *stale_update(const df_kb *kb, const df_run *a,
                                  const df_run *b)
{
    for (uint32_t i = 0; i < a->ncmds; i++) {
        const df_cmd *update = &a->cmds[i];
        const df_cache *cache = df_kb_cache(kb, update->tool, update->sub);

        if (!cache || !df_cmd_in(update, cache->refreshed_by) ||
            df_cmds_any(a, i + 1, cache->used_by) ||
            df_cmds_any(b, 0, cache->refreshed_by))
            continue;
        if (df_cmds_any(b, 0, cache->used_by))
            return update;
    }
    return NULL;
}

static bool wanted(const row *r, const segment *s, const segment *next)
{
    const df_setting *set = df_cx_setting(r->cx);

    if (stale_update(df_cx_kb(r->cx), s->run, next->run))
        return true;
    return (s->run->stage->shipped || (set && set->all_stages)) &&
           install_may_join(r, s, next);
}

/* --- the text --- */

/* What surrounds a body, given its neighbours in the row. */
typedef struct {
    const char *open;
    const char *close; /* a `;` at the end of the body is gone by then */
} shell_quote;

/* Two in a row would begin an arithmetic expression. */
static bool begins_with_paren(const segment *s)
{
    return s->run->instr->args.str.ptr[0] == '(';
}

static shell_quote around(const segment *s)
{
    bool same_script = s->before > LINK_AND || s->link > LINK_AND;

    if (same_script)
        return (shell_quote){"", ""};
    if (s->link != LINK_NONE && state_matters(s, s + 1))
        return (shell_quote){begins_with_paren(s) ? "( " : "(", ")"};
    if (s->before != LINK_NONE &&
        (!df_run_is_chain(s->run) || (s->fx.flags & DF_FX_CONTROL)))
        return (shell_quote){"{ ", "; }"};
    return (shell_quote){"", ""};
}

/* The end of the line's text, before its line end. */
static uint32_t text_end(const df_doc *doc, uint32_t off)
{
    uint32_t end = df_line_end(doc, off);

    while (end > off &&
           (doc->text.ptr[end - 1] == '\n' || doc->text.ptr[end - 1] == '\r'))
        end--;
    return end;
}

/* Blank lines between two RUNs: none may stand inside a continuation. */
static void drop_blank_lines(const row *r, df_finding *f, uint32_t from,
                             uint32_t to)
{
    while (from < to) {
        uint32_t next = df_line_end(r->doc, from);

        if (!df_str_trim(df_source(r->doc, df_span_between(from, next))).len)
            df_delete(f, df_span_between(from, next));
        from = next;
    }
}

/*
 * The head of the second instruction goes, from the start of its line; `lead`
 * takes its place. A body on a later line keeps its indentation.
 */
static void drop_head(const row *r, df_finding *f, const segment *s,
                      df_str indent, df_str lead)
{
    uint32_t from = s->run->instr->lines.off;
    uint32_t head = df_line_end(r->doc, head_end(s->run, s->before));
    uint32_t body = body_start(s->run, s->before);

    if (body < head) {
        df_replace(f, df_span_between(from, body),
                   df_fmt(df_cx_arena(r->cx), "%.*s%.*s", DF_STR_ARG(indent),
                          DF_STR_ARG(lead)));
        return;
    }
    df_delete(f, df_span_between(from, head));
    df_insert(f, body, lead);
}

static void join_pair(const row *r, df_finding *f, const segment *a,
                      df_style style)
{
    df_arena *mem = df_cx_arena(r->cx);
    const segment *b = a + 1;
    uint32_t end = body_end(a->run);
    bool leading = a->link != LINK_SEMI && style.leading;
    const char *op = a->link == LINK_SEMI ? ";" : leading ? "" : " &&";
    df_str indent = a->link == LINK_SEMI
                        ? df_style_inner(r->doc, a->run->instr, DF_STR("    "))
                        : style.indent;

    df_replace(f, df_span_between(end, text_end(r->doc, end)),
               df_fmt(mem, "%s%s %c", around(a).close, op, r->doc->escape));
    drop_blank_lines(r, f, df_line_end(r->doc, end), b->run->instr->lines.off);
    drop_head(r, f, b, indent,
              df_fmt(mem, "%s%s", leading ? "&& " : "", around(b).open));
}

static df_finding *report(const row *r, const segment *first, uint32_t n)
{
    const df_kb *kb = df_cx_kb(r->cx);
    df_arena *mem = df_cx_arena(r->cx);
    df_str below = n == 2 ? DF_STR("RUN") : df_fmt(mem, "%u RUNs", n - 1);
    df_str why = n == 2 ? DF_STR("one layer less")
                        : df_fmt(mem, "%u layers less", n - 1);

    for (uint32_t i = 1; i < n; i++)
        if (removes_files(&first[i]))
            why = DF_STR("what one RUN makes and another removes stays in no "
                         "layer");
    for (uint32_t i = 0; i + 1 < n; i++) {
        const df_cmd *update = stale_update(kb, first[i].run, first[i + 1].run);

        if (update)
            why = df_fmt(mem, "a cached %.*s %.*s goes stale",
                         DF_STR_ARG(update->tool), DF_STR_ARG(update->sub));
    }
    return df_change(r->cx, first->run->instr->keyword,
                     "joined with the %.*s below: %.*s", DF_STR_ARG(below),
                     DF_STR_ARG(why));
}

static void join(const row *r, segment *first, uint32_t n)
{
    const segment *last = &first[n - 1];
    df_style style = df_style_of(r->facts, first->run->instr->index,
                                 last->run->instr->index);
    df_finding *f = report(r, first, n);

    if (*around(first).open)
        df_insert(f, body_start(first->run, LINK_NONE),
                  df_str_of(around(first).open));
    for (uint32_t i = 0; i + 1 < n; i++)
        join_pair(r, f, &first[i], style);
    if (*around(last).close)
        df_replace(f,
                   df_span_between(body_end(last->run),
                                   df_span_end(last->run->instr->head)),
                   df_str_of(around(last).close));
}

/* --- what the author meant otherwise --- */

static bool is_word(const df_sh_node *node, uint32_t i, const char *text)
{
    return i < node->nwords && df_str_is(node->words[i].text, text);
}

/* A command that only changes a shell which then ends. */
static void warn_no_op(df_pass_ctx *cx, const df_sh_node *node)
{
    if (!node->nwords && node->nassigns && !node->nredirs)
        df_warn(cx, node->span,
                "a variable of the shell has no effect on later instructions; "
                "use ENV %.*s",
                DF_STR_ARG(node->text));
    else if (is_word(node, 0, "cd") && node->nwords == 2)
        df_warn(cx, node->span,
                "`cd` at the end of a RUN has no effect on later "
                "instructions; use WORKDIR %.*s",
                DF_STR_ARG(node->words[1].text));
    else if (is_word(node, 0, "export") && node->nwords >= 2)
        df_warn(cx, node->span,
                "`export` at the end of a RUN has no effect on later "
                "instructions; use ENV %.*s",
                DF_STR_ARG(node->words[1].text));
    else if ((is_word(node, 0, ".") || is_word(node, 0, "source")) &&
             node->nwords >= 2)
        df_warn(cx, node->span,
                "sourcing a file at the end of a RUN has no effect on later "
                "instructions; use ENV for what it sets");
}

static const df_sh_node *only_command(const df_sh_node *list)
{
    if (list->nkids != 1 || list->kids[0]->nkids != 1 ||
        list->kids[0]->kids[0]->nkids != 1)
        return NULL;
    list = list->kids[0]->kids[0]->kids[0];
    return list->kind == DF_SH_SIMPLE ? list : NULL;
}

/* `wget http://x/?a=1&b=2`: no assignment was meant, but a quote. */
static bool behind_amp(const df_sh_node *list, uint32_t i)
{
    return i > 0 && list->kids[i - 1]->op == DF_OP_AMP;
}

/* The last command of the RUN, and those alone in a subshell. */
static void warn_no_ops(df_pass_ctx *cx, const df_run *run)
{
    const df_sh_node *root = run->tree->root;

    for (uint32_t i = 0; i < root->nkids; i++) {
        const df_sh_node *andor = root->kids[i];

        for (uint32_t k = 0; k < andor->nkids; k++) {
            const df_sh_node *cmd = andor->kids[k]->kids[0];
            bool last = i + 1 == root->nkids && k + 1 == andor->nkids &&
                        !behind_amp(root, i);

            if (andor->kids[k]->nkids != 1)
                continue;
            if (cmd->kind == DF_SH_SUBSHELL && only_command(cmd->kids[0]))
                warn_no_op(cx, only_command(cmd->kids[0]));
            else if (cmd->kind == DF_SH_SIMPLE && last)
                warn_no_op(cx, cmd);
        }
    }
}

/* --- rows --- */

/* A `set -e` script joins its own kind before it joins others. */
static void settle_links(row *r)
{
    for (uint32_t i = 0; i + 1 < r->n; i++) {
        if (r->seg[i].link != LINK_NONE &&
            !wanted(r, &r->seg[i], &r->seg[i + 1]))
            r->seg[i].link = LINK_NONE;
    }
    for (uint32_t i = 0; i + 1 < r->n; i++)
        if (r->seg[i].link != LINK_NONE && r->seg[i + 1].link != LINK_NONE &&
            r->seg[i].link != r->seg[i + 1].link)
            r->seg[i].link = LINK_NONE;
}

/* How many are joined from here on; sets their links to what they are then. */
static uint32_t stretch(row *r, uint32_t from)
{
    size_t size = r->seg[from].run->instr->args.str.len;
    uint32_t n = 1;

    while (from + n < r->n && r->seg[from + n - 1].link != LINK_NONE) {
        size += r->seg[from + n].run->instr->args.str.len + 16;
        if (size > MAX_SCRIPT)
            break;
        r->seg[from + n].before = r->seg[from + n - 1].link;
        n++;
    }
    if (n > 1)
        r->seg[from + n - 1].link = LINK_NONE;
    return n;
}

static void decline(const row *r, const segment *s)
{
    if (s->link == LINK_NONE && s->reason)
        df_decline(r->cx, s->at, "not merged: %s", s->reason);
}

static void do_row(row *r)
{
    for (uint32_t i = 0; i + 1 < r->n; i++)
        r->seg[i].link = link_of(r, &r->seg[i], &r->seg[i + 1]);
    settle_links(r);
    for (uint32_t i = 0; i < r->n;) {
        uint32_t n = stretch(r, i);

        if (n > 1) {
            join(r, &r->seg[i], n);
        } else if (i + 1 < r->n && wanted(r, &r->seg[i], &r->seg[i + 1])) {
            decline(r, &r->seg[i]);
        }
        i += n;
    }
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    row r = {.cx = cx, .doc = df_cx_doc(cx), .facts = facts};

    for (uint32_t i = 0; i < facts->nruns;) {
        uint32_t n = 1;

        while (i + n < facts->nruns &&
               neighbours(&facts->runs[i + n - 1], &facts->runs[i + n]))
            n++;
        r.n = n;
        r.seg = df_new_array(df_cx_arena(cx), segment, n + 1);
        for (uint32_t k = 0; k < n; k++) {
            r.seg[k].run = &facts->runs[i + k];
            if (!r.seg[k].run->tree->ok)
                continue;
            r.seg[k].fx = df_run_effects(r.seg[k].run);
            warn_no_ops(cx, r.seg[k].run);
        }
        if (n > 1)
            do_row(&r);
        i += n;
    }
}

DF_PASS(merge_run) = {
    .name = "merge-run",
    .summary = "join consecutive RUN instructions into one layer",
    .since = "0.1",
    .phase = DF_PHASE_RUNS,
    .safety = DF_SAFE,
    .run = run,
};
