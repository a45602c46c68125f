/*
 * A grammar of projects (test/project.h): Dockerfiles as people write them,
 * with the context that goes with them. The rules stand in grammar.c.
 */
#ifndef DF_TEST_GRAMMAR_H
#define DF_TEST_GRAMMAR_H

#include "base/buf.h"
#include "test/dice.h"

/* What a rule may make; nothing for a name that is no rule. */
void grammar_add(df_buf *out, const char *rule, dice *d);

/* A project that parses, as one text: a function of its number. */
df_str grammar_project(df_arena *a, uint64_t number);

#endif
