/*
 * Flags and arguments of one instruction, out of its joined text.
 */
#ifndef DF_SYNTAX_ARGS_H
#define DF_SYNTAX_ARGS_H

#include "syntax/doc.h"

/*
 * Fill flags, args, words, pairs and json of an instruction whose kind, text
 * and keyword are known; `at` is where its keyword ends in the joined text.
 * What is wrong becomes a problem of doc and makes the instruction bad.
 */
void df_args_read(df_arena *a, df_doc *doc, df_instr *instr, size_t at);

/* Mark it as bad and say why. */
void df_instr_bad(df_arena *a, df_doc *doc, df_instr *instr, df_span at,
                  const char *format, ...) DF_PRINTF(5, 6);

#endif
