/*
 * What the RUNs above a cut leave beside the artefact that is taken along:
 * users, packages, files that lie elsewhere.
 */
#ifndef DFOPT_BESIDE_H
#define DFOPT_BESIDE_H

#include <dfopt/context.h>
#include <dfopt/cut.h>

/*
 * RUNs that make users, and nothing else, are to go below the cut. Why the
 * stage cannot be cut for what else they leave, and where; empty: it can.
 * `start` is the place of what starts the program; `known` a command that is
 * looked after, or NULL.
 */
df_str df_beside_check(df_cut *cut, df_context *context, df_span start,
                       const df_cmd *known, df_span *at);

/* Does a RUN that goes below make that user? */
bool df_beside_makes(const df_cut *cut, df_str user);

#endif
