/*
 * Who needs later what a package manager left in a layer: a query, an install
 * that relies on lists of old, in a RUN, in a script of the context, or when
 * the image runs.
 */
#ifndef DFOPT_LATER_H
#define DFOPT_LATER_H

#include <dfopt/facts.h>
#include <dfopt/use.h>

/* For one run over a document: what stages call is looked up once. */
typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *context;
    const df_use **uses;    /* of each stage; NULL: not yet asked */
    struct df_asked *asked; /* answers so far, one for each row */
    uint32_t nasked, casked;
} df_later;

void df_later_init(df_later *l, df_arena *a, const df_facts *facts,
                   df_context *context);

/*
 * The text of the first command behind `run` that needs what the row is about
 * and does not make it anew before; empty if there is none. A script that
 * cannot be seen may need it.
 */
df_str df_later_user(df_later *l, const df_run *run, const df_cache *row);

/* The same for the commands of the RUN itself from index `from` on. */
df_str df_later_in_run(df_later *l, const df_run *run, uint32_t from,
                       const df_cache *row);

/* Does a command name a path of the row, though not to remove it?
 * `cp -r /tmp/pear/download /src` needs what pecl has left there. */
bool df_cmd_names_cache(const df_cmd *cmd, const df_cache *row);

/*
 * A cleaning in a later RUN of the stage frees nothing once the RUN that made
 * the mess cleans up itself: the span to delete, a command of a chain with its
 * operator or a whole RUN. Length 0: there is none, something in between may
 * use what it removes, it removes more, or a comment would go with it.
 */
df_span df_later_cleaning(df_arena *a, const df_doc *doc, const df_run *run,
                          const df_cache *row);

/* One of a chain of `&&` at the top of its RUN, so that the others do without
 * it. */
bool df_cmd_is_link(const df_cmd *cmd);

/* May the command do anything, as far as is known: make, an unknown program? */
bool df_cmd_may_do_anything(const df_cmd *cmd);

#endif
