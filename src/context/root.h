/*
 * Which directory a Dockerfile is built from, when nobody says.
 *
 * Usually it is the one where it lies. But `docker build -f docker/Dockerfile
 * .` is as common, and then what COPY names is there instead.
 */
#ifndef DF_CONTEXT_ROOT_H
#define DF_CONTEXT_ROOT_H

#include <dfopt/context.h>
#include <dfopt/syntax.h>

#include "base/err.h"

/*
 * The directory of the Dockerfile at `path` ("." for NULL or "-"), or one above
 * it: if not all sources of COPY and ADD are beside the file, and all of them
 * are in one directory above, and in no other, inside the same git work tree.
 * One of three or more may be missing there, too, if few are beside it. *by is
 * then the first instruction whose source says so, else NULL. Sources with
 * variables, patterns or `..`, and the whole context, say nothing. What could
 * not be looked at goes to *fault (see base/io.h).
 */
const char *df_context_root(df_arena *a, const df_doc *doc, const char *path,
                            const df_instr **by, df_err *fault);

/*
 * The only one of those above it that has these names, too; NULL: none has, or
 * several. `stated`: the one that somebody says it is, as seen from the
 * Dockerfile ("../.."); empty: nobody does.
 */
const char *df_context_root_with(df_arena *a, const df_doc *doc,
                                 const char *path, df_names names,
                                 df_str stated, df_err *fault);

#endif
