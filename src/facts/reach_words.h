/* What a command sees of a COPY by its words and redirections; reach.c says
 * what it sees besides, by what it does. */
#ifndef DF_FACTS_REACH_WORDS_H
#define DF_FACTS_REACH_WORDS_H

#include <dfopt/reach.h>

/* A command whose tool is known, before a COPY. */
typedef struct {
    const df_brought *b;
    const df_copied *copy;
    const df_cmd *cmd;
    bool fetches; /* its operands are names of packages or URLs */
} df_reach_look;

static inline df_reach df_reach_most(df_reach a, df_reach b)
{
    return a > b ? a : b;
}

df_reach df_words_reach(const df_reach_look *l);

/* Redirections, and assignments in front of it. */
df_reach df_redirs_reach(const df_reach_look *l);

#endif
