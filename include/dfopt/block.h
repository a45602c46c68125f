/*
 * Instructions as blocks of lines: what moves together, what stays behind.
 */
#ifndef DFOPT_BLOCK_H
#define DFOPT_BLOCK_H

#include <dfopt/syntax.h>

/* The whole lines of an instruction and of the comments right above it. */
df_span df_instr_block(const df_doc *doc, const df_instr *instr);

/* Is the line above the one that begins at `off` blank? */
bool df_blank_above(const df_doc *doc, uint32_t off);

/* Behind the blank lines that begin at the start of line `off`. */
uint32_t df_skip_blank_lines(const df_doc *doc, uint32_t off);

/*
 * What to delete so that a block is gone without a trace: the block, and the
 * blank lines behind it if there are some above it, too, or if it ends there.
 */
df_span df_block_hole(const df_doc *doc, df_span block, bool next_moves_up);

/* Blanks before the keyword. */
df_str df_instr_indent(const df_doc *doc, const df_instr *instr);

#endif
