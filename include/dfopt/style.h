/*
 * How the author of a file joins commands: `&&` at the head of a line or at
 * its end, and how far lines are indented. New lines look like the old ones.
 */
#ifndef DFOPT_STYLE_H
#define DFOPT_STYLE_H

#include <dfopt/facts.h>

/*
 * As seen in the RUNs from `from` to `to` of doc->instrs; where they have no
 * line break between commands, in the other RUNs of the file (facts->style).
 */
df_style df_style_of(const df_facts *facts, uint32_t from, uint32_t to);

/* Indentation of the first continuation line in an instruction, or `or`. */
df_str df_style_inner(const df_doc *doc, const df_instr *instr, df_str or);

/*
 * What stands between two commands: ` \`, line end, indentation and `&& ` or,
 * trailing, ` && \`, line end and indentation.
 */
df_str df_style_and(df_arena *a, const df_doc *doc, df_style style);

/* `; \`, line end, indentation. */
df_str df_style_semi(df_arena *a, const df_doc *doc, df_str indent);

#endif
