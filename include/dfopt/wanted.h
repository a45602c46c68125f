/*
 * What a Dockerfile wants of its build context, and an ignore file must not
 * keep from it.
 */
#ifndef DFOPT_WANTED_H
#define DFOPT_WANTED_H

#include <dfopt/context.h>
#include <dfopt/facts.h>

typedef enum {
    DF_WANTED_BY_NAME,    /* a COPY, an ADD or a bind mount may name it */
    DF_WANTED_WITH_OTHER, /* a stage that installs none brings it with the rest
                           */
    DF_WANTED_NOT,
} df_wanted;

/* `line` of an ignore file, without patterns but for a leading `**` part:
 * "web/node_modules", or below any directory. */
df_wanted df_wanted_of_context(df_arena *a, const df_facts *facts, df_str line);

/* Does the .gitignore of this directory of the context, of its root, or one
 * above that in the work tree have the name? Then some hosts have the file. */
bool df_git_ignores(df_arena *a, df_context *context, df_str dir, df_str name);

/* Does some command look into .git, as far as can be seen? */
bool df_may_ask_git(const df_facts *facts);

#endif
