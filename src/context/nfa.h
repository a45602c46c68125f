/*
 * A small machine for regular expressions: instructions over characters, all
 * ways followed at once (Thompson, "Regular Expression Search Algorithm",
 * 1968). Time is at most instructions times length, whatever the pattern.
 *
 * A run starts at the first instruction, at every character, and succeeds as
 * soon as DONE is reached.
 */
#ifndef DF_CONTEXT_NFA_H
#define DF_CONTEXT_NFA_H

#include <dfopt/mem.h>

typedef enum {
    DF_NFA_SET,   /* one character out of `set` */
    DF_NFA_SPLIT, /* go on at the next instruction and at `to` */
    DF_NFA_JUMP,  /* go on at `to` */
    DF_NFA_BEGIN, /* nothing before here */
    DF_NFA_END,   /* nothing behind */
    DF_NFA_WORD,  /* a letter, digit or _ on exactly one side (ASCII) */
    DF_NFA_NOT_WORD,
    DF_NFA_DONE,
} df_nfa_op;

typedef struct {
    uint32_t low;
    uint32_t high;
} df_range;

typedef struct {
    df_range *ranges;
    uint32_t nranges, cranges;
    bool negated;
} df_charset;

typedef struct {
    df_nfa_op op;
    uint32_t to;
    const df_charset *set;
} df_nfa_inst;

typedef struct {
    df_nfa_inst *insts;
    uint32_t ninsts, cinsts;
    struct df_nfa_run *run; /* room for a run, made by the first one */
} df_nfa;

/* The new instruction's number. */
uint32_t df_nfa_add(df_arena *a, df_nfa *nfa, df_nfa_inst inst);

/*
 * `a` gives room for the first run; later ones take none. Each step is taken
 * from *budget; once it is 0 the answer is false.
 */
bool df_nfa_matches(df_arena *a, df_nfa *nfa, df_str text, size_t *budget);

#endif
