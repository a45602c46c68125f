/*
 * What manifest files say, as pure functions on their text; context.h has the
 * results. JSON manifests are read by df_context_json.
 */
#ifndef DF_CONTEXT_MANIFEST_H
#define DF_CONTEXT_MANIFEST_H

#include <dfopt/context.h>

/*
 * A requirements file as pip reads it. Where pip looks at the disk to decide,
 * or the text has no form that pip knows, the line counts as LOCAL: the kind
 * that nobody moves. More than DF_MAX_REQS are none, and not found. Results may
 * be views of `text`.
 */
df_reqs df_reqs_parse(df_arena *a, df_str text);

/* A go.mod or go.work as golang.org/x/mod/modfile reads it; odd lines are
 * passed over. */
df_gomod df_gomod_parse(df_arena *a, df_str text);

#endif
