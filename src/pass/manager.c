/*
 * Rounds and sweeps: see pass/manager.h.
 *
 * A state is one text, parsed. The usual file has nothing to do: one state,
 * every pass once, no copy of anything. After an edit the new text becomes a
 * state of its own and the old one goes away.
 */
#include "pass/manager.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "context/tree.h"
#include "facts/build.h"
#include "facts/template.h"
#include "pass/finding.h"
#include "pass/invariants.h"
#include "pass/messages.h"
#include "pass/opened.h"
#include "pass/pass_table.h"
#include "syntax/parser.h"
#include "text/diff.h"
#include "text/lines.h"
#include "text/regex.h"

typedef struct {
    df_arena arena;
    const df_doc *doc;
    const df_facts *facts;
} state;

/* One phase: what its passes only say of the text as it is. */
typedef struct {
    df_message *said; /* declines, warnings, suggestions */
    uint32_t nsaid, csaid;
    uint32_t settled; /* in round settled - 1 it had nothing to change */
} spoken;

#define PHASES (DF_PHASE_COMMANDS + 1)

/* A finding that broke an invariant: where it was, so that it stays out. */
typedef struct {
    const df_pass *pass;
    uint32_t origin;
} culprit;

typedef struct {
    df_rewriting *rw;
    state *now;
    state states[2];
    df_kb kb;       /* with patterns */
    df_lines lines; /* of the input */
    culprit *culprits;
    uint32_t nculprits, cculprits;
    spoken phases[PHASES];
    uint32_t nchanges; /* made so far */
    size_t diffed;     /* bytes, for the diffs of suggestions */
    df_message *guess; /* on the build context; NULL: it is not guessed */
    bool stated;       /* by a compose file */
    bool endless;      /* passes go on and on changing what they changed */
} manager;

/* Names. */

static bool named(const char *const *list, const char *name)
{
    return list && df_str_in(df_str_of(name), list);
}

bool df_pass_enabled(const df_options *options, const df_pass *pass)
{
    const df_setting *set = df_kb_setting(options->kb, pass->name);

    if (named(options->skip, pass->name))
        return false;
    if (options->only)
        return named(options->only, pass->name);
    if (options->kb->user && named(options->kb->user->skip, pass->name))
        return false;
    return !set || !set->skip;
}

bool df_pass_applies(const df_options *options, const df_pass *pass,
                     df_safety safety)
{
    return safety == DF_SAFE || options->unsafe ||
           (options->only && named(options->only, pass->name));
}

/* Places. */

static uint32_t origin(const manager *m, uint32_t off)
{
    return m->rw->origin ? m->rw->origin[off] : off;
}

static void set_place(manager *m, df_message *msg, df_span at)
{
    uint32_t from = origin(m, at.off);
    uint32_t to = at.len ? origin(m, df_span_end(at) - 1) + 1 : from;

    df_lines_at(&m->lines, from, &msg->line, &msg->col);
    df_lines_at(&m->lines, to > from ? to : from, &msg->end_line,
                &msg->end_col);
}

/* Messages. */

static df_message *message(manager *m, df_msg_kind kind, const char *pass,
                           df_span at, df_str text)
{
    df_message *msg = df_push(m->rw->arena, m->rw, messages);

    *msg = (df_message){.kind = kind, .pass = pass, .round = m->rw->rounds};
    msg->text = df_str_dup(m->rw->arena, text);
    set_place(m, msg, at);
    return msg;
}

static void bug_message(manager *m, const df_finding *f, const char *why)
{
    message(m, DF_MSG_WARNING, f->pass->name, f->at,
            df_fmt(m->rw->arena,
                   "a change was dropped because %s; this is a bug of dfopt, "
                   "please report it",
                   why));
}

static df_msg_kind kind_of(const df_finding *f)
{
    switch (f->say) {
    case DF_SAY_WARN:
        return DF_MSG_WARNING;
    case DF_SAY_CHANGE:
    case DF_SAY_SUGGEST:
        return DF_MSG_SUGGESTION;
    case DF_SAY_DECLINE:
        return DF_MSG_NOTE;
    }
    return DF_MSG_NOTE;
}

/* The text with one finding more, as a diff. */
static df_str suggestion_diff(manager *m, const df_finding *f)
{
    df_edits edits;
    df_buf out;
    df_str after;
    uint32_t *ignored;

    if (!f->edits.nedits || m->diffed > DF_MAX_SUGGESTED)
        return DF_STR("");
    m->diffed += m->rw->text.len;
    df_edits_init(&edits, &m->now->arena, m->rw->text);
    if (!df_edits_add(&edits, &f->edits))
        return DF_STR("");
    after = df_edits_apply(&edits, NULL, &ignored);
    df_buf_init(&out, m->rw->arena);
    df_diff_unified(&out, m->rw->text, after, NULL, NULL);
    return df_buf_str(&out);
}

/* That of the Dockerfile alone, or of the whole context. */
static const char *ignore_file(manager *m)
{
    df_str used = df_context_ignore_file(m->rw->context);

    if (used.len && !df_str_is(df_path_base(used), ".dockerignore"))
        return df_fmt(m->rw->arena, "%s.dockerignore", m->rw->options->path)
            .ptr;
    return df_fmt(m->rw->arena, "%s%s.dockerignore",
                  strcmp(m->rw->root, ".") == 0 ? "" : m->rw->root,
                  strcmp(m->rw->root, ".") == 0 ? "" : "/")
        .ptr;
}

/* What is only said: shown if the text stays as it is. */
static void say(manager *m, spoken *p, const df_finding *f)
{
    df_message *msg = df_push(m->rw->arena, p, said);

    *msg = (df_message){.kind = kind_of(f),
                        .pass = f->pass->name,
                        .saves_mb = f->saves,
                        .round = m->rw->rounds};
    msg->text = df_str_dup(m->rw->arena, f->text);
    msg->saves_by = df_str_dup(m->rw->arena, f->saves_by);
    msg->condition = df_str_dup(m->rw->arena, f->condition);
    if (f->ignore.len) {
        msg->ignore_line = df_cstr(m->rw->arena, f->ignore);
        msg->ignore_file = ignore_file(m);
    }
    if (f->say == DF_SAY_CHANGE && m->rw->options->suggestions)
        msg->diff = suggestion_diff(m, f);
    set_place(m, msg, f->at);
}

static const char *const *keep_words(df_arena *a, const char *const *words,
                                     uint32_t n)
{
    const char **kept = n ? df_new_array(a, const char *, n + 1) : NULL;

    for (uint32_t i = 0; i < n; i++)
        kept[i] = df_cstr(a, df_str_of(words[i]));
    return kept;
}

static void applied(manager *m, const df_finding *f)
{
    df_message *msg = message(m, DF_MSG_NOTE, f->pass->name, f->at, f->text);

    msg->applied = true;
    msg->unsafe = f->safety == DF_UNSAFE;
    msg->number = ++m->nchanges;
    msg->allows = keep_words(m->rw->arena, f->allows, f->nallows);
    msg->saves_mb = f->saves;
    msg->saves_by = df_str_dup(m->rw->arena, f->saves_by);
    msg->condition = df_str_dup(m->rw->arena, f->condition);
}

/* States. */

static void make_state(manager *m, state *s, df_str text)
{
    const df_options *o = m->rw->options;
    df_build *build;
    df_doc *doc;

    df_arena_init(&s->arena, m->rw->arena->allocator, m->rw->arena->oom);
    build = df_new(&s->arena, df_build);
    *build = (df_build){o->target, o->build_args, o->platform};
    doc = df_doc_parse(&s->arena, m->rw->name, text);
    s->doc = doc;
    s->facts =
        doc->nproblems ? NULL : df_facts_build(&s->arena, doc, &m->kb, build);
}

static void drop_state(state *s)
{
    df_arena_release(&s->arena);
    s->doc = NULL;
    s->facts = NULL;
}

/* Findings. */

static const df_instr *instr_at(const df_doc *doc, uint32_t off)
{
    uint32_t lo = 0;
    uint32_t hi = doc->ninstrs;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (df_span_end(doc->instrs[mid]->lines) <= off)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < doc->ninstrs && doc->instrs[lo]->lines.off <= off
               ? doc->instrs[lo]
               : NULL;
}

/* The file says that this pass, or nobody, may touch what stands there. */
static bool forbidden(const manager *m, const df_finding *f, uint32_t off,
                      bool edits)
{
    const df_instr *instr = instr_at(m->now->doc, off);

    if (!instr)
        return false;
    return (edits && instr->bad) ||
           df_instr_ignored(m->now->doc, instr, f->pass->name);
}

static bool is_forbidden(const manager *m, const df_finding *f)
{
    if (forbidden(m, f, f->at.off, false))
        return true;
    for (uint32_t i = 0; i < f->edits.nedits; i++) {
        const df_edit *e = &f->edits.edits[i];

        if (e->at.len && forbidden(m, f, e->at.off, true))
            return true;
    }
    return false;
}

static bool is_culprit(const manager *m, const df_finding *f)
{
    for (uint32_t i = 0; i < m->nculprits; i++)
        if (m->culprits[i].pass == f->pass &&
            m->culprits[i].origin == origin(m, f->at.off))
            return true;
    return false;
}

static bool is_refused(manager *m, const df_finding *f)
{
    const df_options *o = m->rw->options;
    uint32_t line, col;

    if (!o->nrefuse)
        return false;
    df_lines_at(&m->lines, origin(m, f->at.off), &line, &col);
    for (size_t i = 0; i < o->nrefuse; i++)
        if (strcmp(o->refuse[i].pass, f->pass->name) == 0 &&
            o->refuse[i].line == line && o->refuse[i].col == col)
            return true;
    return false;
}

/* Would one change more be too many? */
static bool is_enough(const manager *m, uint32_t taken)
{
    uint32_t max = m->rw->options->max_changes;

    return max && m->nchanges + taken >= max;
}

static bool wants_edit(const manager *m, const df_finding *f)
{
    return f->say == DF_SAY_CHANGE && f->edits.nedits &&
           df_pass_applies(m->rw->options, f->pass, f->safety);
}

/* Every pass of a phase that may change the text, or every other one, on the
 * text as it is now. */
static void run_phase(manager *m, df_phase phase, bool acting, df_pass_ctx *cx)
{
    size_t n;
    const df_pass *const *passes = df_pass_table(&n);

    *cx = (df_pass_ctx){.arena = &m->now->arena,
                        .doc = m->now->doc,
                        .facts = m->now->facts,
                        .context = m->rw->context};
    for (size_t i = 0; i < n; i++) {
        if (passes[i]->phase != phase ||
            !df_pass_enabled(m->rw->options, passes[i]) ||
            df_pass_applies(m->rw->options, passes[i], passes[i]->safety) !=
                acting)
            continue;
        cx->pass = passes[i];
        passes[i]->run(cx);
    }
}

/* Those that can be taken together; the others wait for the next round. */
static uint32_t accept(manager *m, df_pass_ctx *cx, df_edits *edits,
                       df_finding **taken)
{
    uint32_t n = 0;

    df_edits_init(edits, cx->arena, m->rw->text);
    for (uint32_t i = 0; i < cx->nfindings; i++) {
        df_finding *f = cx->findings[i];

        if (wants_edit(m, f) && !is_enough(m, n) && !is_culprit(m, f) &&
            !is_refused(m, f) && !is_forbidden(m, f) &&
            df_edits_add(edits, &f->edits))
            taken[n++] = f;
    }
    return n;
}

static state *spare(manager *m)
{
    return m->now == &m->states[0] ? &m->states[1] : &m->states[0];
}

/* Parse the edited text into the spare state; what broke, or NULL. */
static const char *try_edits(manager *m, df_edits *edits, df_str *text,
                             uint32_t **new_origin)
{
    state *next = spare(m);
    const char *broken;
    df_str draft = df_edits_apply(edits, m->rw->origin, new_origin);

    *text = df_str_dup(m->rw->arena, draft);
    make_state(m, next, *text);
    broken = next->facts ? df_invariants_broken(&next->arena, m->now->facts,
                                                next->facts)
                         : "the result does not parse";
    if (broken)
        drop_state(next);
    return broken;
}

static uint32_t *keep_origin(manager *m, const uint32_t *from, size_t len)
{
    uint32_t *copy = df_new_array(m->rw->arena, uint32_t, len + 1);

    memcpy(copy, from, sizeof *copy * (len + 1));
    return copy;
}

static void adopt(manager *m, df_str text, const uint32_t *new_origin)
{
    state *old = m->now;

    m->rw->origin = keep_origin(m, new_origin, text.len);
    m->rw->text = text;
    m->now = spare(m);
    drop_state(old);
}

/* One of several broke the text: each alone tells which. */
static void blame(manager *m, df_finding **taken, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        df_edits edits;
        df_str text;
        uint32_t *ignored;
        const char *broken;

        df_edits_init(&edits, &m->now->arena, m->rw->text);
        df_edits_add(&edits, &taken[i]->edits);
        broken = try_edits(m, &edits, &text, &ignored);
        if (!broken)
            drop_state(spare(m));
        if (!broken && n > 1)
            continue;
        bug_message(m, taken[i], broken ? broken : "changes did not combine");
        *df_push(m->rw->arena, m, culprits) =
            (culprit){taken[i]->pass, origin(m, taken[i]->at.off)};
    }
}

/* Apply what can be applied. True if the text changed. */
static bool apply(manager *m, df_pass_ctx *cx)
{
    df_finding **taken =
        df_new_array(cx->arena, df_finding *, cx->nfindings + 1);
    df_edits edits;
    df_str text;
    uint32_t *new_origin;
    uint32_t n = accept(m, cx, &edits, taken);

    if (!n)
        return false;
    if (try_edits(m, &edits, &text, &new_origin)) {
        uint32_t before = m->nculprits;

        blame(m, taken, n);
        if (m->nculprits == before)
            for (uint32_t i = 0; i < n; i++)
                *df_push(m->rw->arena, m, culprits) =
                    (culprit){taken[i]->pass, origin(m, taken[i]->at.off)};
        return apply(m, cx);
    }
    for (uint32_t i = 0; i < n; i++)
        applied(m, taken[i]);
    adopt(m, text, new_origin);
    m->rw->rounds++;
    return true;
}

static void say_all(manager *m, spoken *p, const df_pass_ctx *cx)
{
    for (uint32_t i = 0; i < cx->nfindings; i++) {
        const df_finding *f = cx->findings[i];

        if (!wants_edit(m, f) && !forbidden(m, f, f->at.off, false))
            say(m, p, f);
    }
}

static bool sweep_phase(manager *m, unsigned number)
{
    spoken *p = &m->phases[number];
    bool changed = false;

    if (p->settled == m->rw->rounds + 1)
        return false;
    p->nsaid = 0;
    for (unsigned round = 0; round < DF_MAX_ROUNDS; round++) {
        df_pass_ctx cx;

        run_phase(m, (df_phase)number, true, &cx);
        if (!apply(m, &cx)) {
            say_all(m, p, &cx);
            p->settled = m->rw->rounds + 1;
            return changed;
        }
        changed = true;
    }
    m->endless = true;
    return false;
}

static bool sweep(manager *m)
{
    bool changed = false;

    for (unsigned i = 0; i < PHASES; i++)
        changed |= sweep_phase(m, i);
    return changed;
}

/* Passes that are only to speak do so once, when nothing changes any more. */
static void hear_others(manager *m)
{
    for (unsigned i = 0; i < PHASES; i++) {
        df_pass_ctx cx;

        run_phase(m, (df_phase)i, false, &cx);
        say_all(m, &m->phases[i], &cx);
    }
}

static void run_sweeps(manager *m)
{
    for (unsigned i = 0; i < DF_MAX_ROUNDS && sweep(m); i++)
        m->endless |= i + 1 == DF_MAX_ROUNDS;
    if (!m->endless)
        hear_others(m);
}

/* The end. */

/* What was concluded is no good: the file stays as it is. */
static void give_up(df_rewriting *rw, df_str text)
{
    df_message *msg;

    rw->text = rw->input;
    rw->failed = true;
    rw->nmessages = 0;
    msg = df_push(rw->arena, rw, messages);
    *msg = (df_message){.kind = DF_MSG_ERROR, .text = text};
}

static void finish(manager *m)
{
    df_rewriting *rw = m->rw;
    const df_err *fault = df_context_fault(rw->context);

    if (fault->code != DF_OK) {
        give_up(rw, df_fmt(rw->arena,
                           "the build context cannot be looked at: %s: %s",
                           fault->path, fault->text));
        return;
    }
    if (m->endless) {
        give_up(rw, DF_STR("gave up after too many rounds; this is a bug of "
                           "dfopt, please report it"));
        return;
    }
    for (unsigned i = 0; i < PHASES; i++)
        for (uint32_t k = 0; k < m->phases[i].nsaid; k++)
            *df_push(rw->arena, rw, messages) = m->phases[i].said[k];
    /* What a compose file says is worth a word only with others. */
    if (m->guess && df_context_used(rw->context) &&
        (!m->stated || rw->nmessages))
        *df_push(rw->arena, rw, messages) = *m->guess;
    rw->nmessages = df_messages_sort(rw->messages, rw->nmessages);
}

static void report_problems(manager *m)
{
    const df_doc *doc = m->now->doc;

    for (uint32_t i = 0; i < doc->nproblems; i++)
        message(m, DF_MSG_ERROR, NULL, doc->problems[i].span,
                doc->problems[i].text);
    m->rw->failed = true;
}

static bool is_template(manager *m)
{
    df_span at;
    df_str text;

    if (!df_template_find(m->now->doc, &at, &text))
        return false;
    message(m, DF_MSG_NOTE, NULL, at,
            df_fmt(m->rw->arena,
                   "`%.*s` looks like a template; nothing was changed",
                   DF_STR_ARG(text)));
    return true;
}

static bool unknown_target(manager *m)
{
    const df_options *o = m->rw->options;
    df_message *msg;

    if (!o->target || df_stage_find(m->now->facts, df_str_of(o->target),
                                    m->now->facts->nstages, true))
        return false;
    msg = message(m, DF_MSG_ERROR, NULL, (df_span){0, 0},
                  df_fmt(m->rw->arena, "no stage is named \"%s\"", o->target));
    msg->line = msg->col = msg->end_line = msg->end_col = 0;
    m->rw->failed = true;
    return true;
}

/* Memory ran out on the way, and nobody dropped the states. */
static void drop_states(void *ptr)
{
    manager *m = ptr;

    drop_state(&m->states[0]);
    drop_state(&m->states[1]);
}

static void say_guess(manager *m, const df_opened *opened)
{
    m->guess = df_new(m->rw->arena, df_message);
    *m->guess = (df_message){.kind = DF_MSG_NOTE};
    m->guess->text =
        df_fmt(m->rw->arena,
               "%.*s %s, which is taken for the build context; if it is "
               "another, name it with -C",
               DF_STR_ARG(opened->guessed), opened->root);
    set_place(m, m->guess, opened->by);
}

static void open_context(manager *m)
{
    df_opened opened = df_open_context(m->rw->arena, m->rw->options,
                                       m->now->doc, m->now->facts);

    m->rw->context = opened.context;
    m->rw->root = opened.root;
    m->stated = opened.stated;
    if (opened.guessed.len)
        say_guess(m, &opened);
    if (!opened.again)
        return;
    drop_state(m->now);
    make_state(m, m->now, m->rw->text);
}

static df_map *new_map(df_arena *a)
{
    df_map *map = df_new(a, df_map);

    df_map_init(map, a);
    return map;
}

void df_manager_run(df_rewriting *rw)
{
    manager *m = df_new(rw->arena, manager);

    df_defer(rw->arena, drop_states, m);
    m->rw = rw;
    m->kb = *rw->options->kb;
    if (!m->kb.patterns)
        m->kb.patterns = df_patterns_new(rw->arena);
    if (!m->kb.held)
        m->kb.held = new_map(rw->arena);
    m->lines = (df_lines){.arena = rw->arena, .text = rw->input};
    m->now = &m->states[0];
    make_state(m, m->now, rw->text);
    open_context(m);
    if (is_template(m))
        ;
    else if (!m->now->facts)
        report_problems(m);
    else if (!unknown_target(m))
        run_sweeps(m);
    finish(m);
    drop_state(m->now);
}
