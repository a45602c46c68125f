/*
 * The passes: transforms/ tells which there are, their phases and names tell
 * the order. The list is made by the Makefile from the file names.
 */
#include "pass/pass_table.h"

#define PASS(stem) extern const df_pass df_pass_##stem;
#include "passes.def"
#undef PASS

static const df_pass *const PASSES[] = {
#define PASS(stem) &df_pass_##stem,
#include "passes.def"
#undef PASS
};

#define NPASSES (sizeof PASSES / sizeof *PASSES)

const df_pass *const *df_pass_table(size_t *count)
{
    *count = NPASSES;
    return PASSES;
}
