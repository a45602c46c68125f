/* P5 without a program: a unified diff, read strictly. */
#ifndef DF_TEST_APPLY_H
#define DF_TEST_APPLY_H

#include <dfopt/mem.h>

/* What the diff makes of the text: every line where it says, none fuzzy. False
 * if it does not fit, or is no diff. */
bool apply_diff(df_arena *a, df_str text, df_str diff, df_str *out);

#endif
