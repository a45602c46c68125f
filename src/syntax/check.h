/*
 * What the builder refuses beyond the grammar (BuildKit,
 * frontend/dockerfile/instructions): counts of arguments, order of FROM.
 */
#ifndef DF_SYNTAX_CHECK_H
#define DF_SYNTAX_CHECK_H

#include "syntax/doc.h"

/* One instruction; an unknown flag makes it bad without a problem, since a
 * newer frontend may know it. */
void df_check_instr(df_arena *a, df_doc *doc, df_instr *instr);

/* The document: something to build, and nothing but ARG before FROM. */
void df_check_doc(df_arena *a, df_doc *doc);

#endif
