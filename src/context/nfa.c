/* The machine: see context/nfa.h. */
#include "context/nfa.h"

#include "context/utf8.h"

/* Instructions to go on at, each once: a sparse set (Briggs and Torczon). */
typedef struct {
    uint32_t *items;
    uint32_t *where;
    uint32_t count;
} threads;

typedef struct df_nfa_run {
    threads now;
    threads next;
    uint32_t *stack;
    df_str text;
} nfa_run;

uint32_t df_nfa_add(df_arena *a, df_nfa *nfa, df_nfa_inst inst)
{
    *df_push(a, nfa, insts) = inst;
    return nfa->ninsts - 1;
}

static nfa_run *run_of(df_arena *a, df_nfa *nfa)
{
    uint32_t n = nfa->ninsts;
    nfa_run *run = nfa->run;

    if (run)
        return run;
    run = df_new(a, nfa_run);
    run->now.items = df_new_array(a, uint32_t, n);
    run->now.where = df_new_array(a, uint32_t, n);
    run->next.items = df_new_array(a, uint32_t, n);
    run->next.where = df_new_array(a, uint32_t, n);
    run->stack = df_new_array(a, uint32_t, n);
    nfa->run = run;
    return run;
}

/* True if it was not there yet. */
static bool add(threads *t, uint32_t inst)
{
    uint32_t at = t->where[inst];

    if (at < t->count && t->items[at] == inst)
        return false;
    t->where[inst] = t->count;
    t->items[t->count++] = inst;
    return true;
}

static bool is_word_at(df_str text, size_t at)
{
    return at < text.len && df_is_name(text.ptr[at]);
}

static bool is_boundary(df_str text, size_t at)
{
    return (at > 0 && is_word_at(text, at - 1)) != is_word_at(text, at);
}

/* May a way without reading lead over this instruction at offset `at`? */
static bool passes(df_nfa_op op, df_str text, size_t at)
{
    switch (op) {
    case DF_NFA_SPLIT:
    case DF_NFA_JUMP:
        return true;
    case DF_NFA_BEGIN:
        return at == 0;
    case DF_NFA_END:
        return at == text.len;
    case DF_NFA_WORD:
        return is_boundary(text, at);
    case DF_NFA_NOT_WORD:
        return !is_boundary(text, at);
    case DF_NFA_SET:
    case DF_NFA_DONE:
        return false;
    }
    return false;
}

/* Add what can be reached from `inst` without reading. True: DONE can. */
static bool reach(const df_nfa *nfa, threads *t, uint32_t inst, size_t at)
{
    uint32_t *stack = nfa->run->stack;
    uint32_t depth = 0;

    if (add(t, inst))
        stack[depth++] = inst;
    while (depth) {
        uint32_t pc = stack[--depth];
        const df_nfa_inst *i = &nfa->insts[pc];

        if (i->op == DF_NFA_DONE)
            return true;
        if (!passes(i->op, nfa->run->text, at))
            continue;
        if (i->op != DF_NFA_JUMP && add(t, pc + 1))
            stack[depth++] = pc + 1;
        if ((i->op == DF_NFA_JUMP || i->op == DF_NFA_SPLIT) && add(t, i->to))
            stack[depth++] = i->to;
    }
    return false;
}

static bool is_in(const df_charset *set, uint32_t rune)
{
    for (uint32_t i = 0; i < set->nranges; i++)
        if (rune >= set->ranges[i].low && rune <= set->ranges[i].high)
            return !set->negated;
    return set->negated;
}

/* Read one character that ends at `at`. True: DONE was reached. */
static bool step(const df_nfa *nfa, uint32_t rune, size_t at)
{
    nfa_run *run = nfa->run;

    run->next.count = 0;
    for (uint32_t i = 0; i < run->now.count; i++) {
        uint32_t pc = run->now.items[i];
        const df_nfa_inst *inst = &nfa->insts[pc];

        if (inst->op == DF_NFA_SET && is_in(inst->set, rune) &&
            reach(nfa, &run->next, pc + 1, at))
            return true;
    }
    return false;
}

static bool pay(size_t *budget, size_t steps)
{
    *budget -= steps < *budget ? steps : *budget;
    return *budget > 0;
}

bool df_nfa_matches(df_arena *a, df_nfa *nfa, df_str text, size_t *budget)
{
    nfa_run *run = run_of(a, nfa);
    size_t at = 0;

    run->text = text;
    run->now.count = 0;
    if (reach(nfa, &run->now, 0, 0))
        return true;
    while (at < text.len && pay(budget, run->now.count)) {
        df_rune r = df_utf8_first(df_str_from(text, at));
        threads done = run->now;

        at += r.len;
        if (step(nfa, r.rune, at) || reach(nfa, &run->next, 0, at))
            return true;
        run->now = run->next;
        run->next = done;
    }
    return false;
}
