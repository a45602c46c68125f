/* Which passes there are, by file name. */
#ifndef DF_PASS_TABLE_H
#define DF_PASS_TABLE_H

#include <dfopt/transform.h>

const df_pass *const *df_pass_table(size_t *count);

#endif
