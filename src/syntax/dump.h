/* The tree as S-expressions, and the tokens, for tests and eyes. */
#ifndef DF_SYNTAX_DUMP_H
#define DF_SYNTAX_DUMP_H

#include "base/buf.h"
#include "syntax/doc.h"

/*
 * (run 3-5 (flag "--x=y") (args "echo hi") (heredoc "EOF" fd=0 …)), a line
 * an instruction; bytes outside 0x20-0x7e are \xNN.
 */
void df_doc_dump(df_buf *out, const df_doc *doc);

/* kind off len "text", a line a token. */
void df_tokens_dump(df_buf *out, const df_doc *doc);

/* Line and column of a byte, from 1; a column is a byte. */
void df_place(const df_doc *doc, uint32_t off, uint32_t *line, uint32_t *col);

#endif
