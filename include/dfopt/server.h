/*
 * A server of Node.js that is built in its image: what it was built with, and
 * packages that only development needs, stay behind; the directory of the
 * application comes along as it is.
 */
#ifndef DFOPT_SERVER_H
#define DFOPT_SERVER_H

#include <dfopt/kept.h>
#include <dfopt/program.h>

typedef struct {
    df_arena *arena; /* to be set: these six */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_use *use;
    const df_program *program;
    df_kept kept;          /* the cut, and what the lower part keeps */
    df_str dir;            /* of the application */
    const char *prune;     /* the command that removes the packages */
    bool pruned;           /* the stage does that itself */
    df_str manifest;       /* its package.json, in the context */
    const df_json *locked; /* `packages` of its package-lock.json, or NULL */
    df_str unused;         /* packages that nothing loads, as the author says */
    df_str spoken; /* those of devDependencies that the source speaks of */
    df_span at;    /* why it cannot be cut there, if it cannot */
    df_str why;
    df_str mend; /* what the author can say about it, or empty */
} df_server_app;

/* False: it is none, or nothing would stay behind. */
bool df_server_find(df_server_app *server);

#endif
