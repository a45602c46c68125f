/*
 * From bytes to df_doc. Never gives up: what is wrong becomes a problem, and
 * parsing goes on with the next instruction.
 */
#ifndef DF_SYNTAX_PARSER_H
#define DF_SYNTAX_PARSER_H

#include "syntax/doc.h"

/* Everything lives in the arena; `text` must outlive it. */
df_doc *df_doc_parse(df_arena *a, df_str name, df_str text);

#endif
