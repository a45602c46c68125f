/* A part of df_made_find: see dfopt/made.h. */
#ifndef DFOPT_PASS_MADE_H
#define DFOPT_PASS_MADE_H

#include <dfopt/made.h>

/* The first reason counts; `mend` is what the author can say, or empty. */
void df_made_say(df_made *m, df_span at, df_str why, df_str mend);

/* `# dfopt: artifact=PATH`, the path as far as it can be seen. */
df_str df_made_artifact(const df_made *m);

/* What the program may need besides the files that are taken along. */
void df_made_needs(df_made *m, bool vouched);

#endif
