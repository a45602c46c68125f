/*
 * The tree as text, for `dfopt debug` and golden tests.
 */
#ifndef DF_SHELL_SH_DUMP_H
#define DF_SHELL_SH_DUMP_H

#include <dfopt/shell.h>

#include "base/buf.h"

/*
 * One node a line, indented by its depth, in parentheses that match: kind,
 * operator, then its words as written. Of a tree that is not understood, the
 * problem.
 */
void df_sh_dump(df_buf *out, const df_sh_tree *tree);

#endif
