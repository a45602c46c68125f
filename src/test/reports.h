/* Reports as programs read them. */
#ifndef DF_TEST_REPORTS_H
#define DF_TEST_REPORTS_H

#include <dfopt/dfopt.h>

/* Why the report of this result in some format is none; NULL: all are well. */
const char *reports_fault(df_arena *a, df_str before, const df_result *r,
                          df_str diff);

#endif
