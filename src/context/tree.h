/*
 * The build context: context.h made of a directory and an ignore file.
 */
#ifndef DF_CONTEXT_TREE_H
#define DF_CONTEXT_TREE_H

#include <dfopt/context.h>

#include "base/err.h"

/*
 * The context in `dir`, for the Dockerfile of that path, which need not lie
 * inside; `<dockerfile>.dockerignore` beside it counts instead of .dockerignore
 * if it is there, even empty. Either may be NULL. Opens nothing yet.
 */
df_context *df_context_open(df_arena *a, const char *dir,
                            const char *dockerfile);

/* Has anything been looked for in it? */
bool df_context_used(const df_context *cx);

df_arena *df_context_arena(df_context *cx);

/* What is there, ignored or not. */
struct df_disk *df_context_disk(df_context *cx);

/*
 * Something could not be looked at, for more than absence (see base/io.h): its
 * code is DF_OK if all went well. What was found so far is not to be relied
 * on. Others that look around for the context put theirs here, too.
 */
df_err *df_context_fault(df_context *cx);

/* Its directory; NULL: there is none. */
const char *df_context_dir(const df_context *cx);

/* The path of the Dockerfile; NULL: it is not known. */
const char *df_context_dockerfile(const df_context *cx);

/* A place to keep what was made of a file: NULL at first, one for each pair.
 * `what` tells the makers apart. */
void **df_context_memo(df_context *cx, const char *what, df_str path);

#endif
