/*
 * Dependencies: which packages of npm, pip and gem the RUNs of a stage
 * install, as
 * far as manifests, lock files and words of commands say it.
 */
#ifndef DFOPT_DEPS_H
#define DFOPT_DEPS_H

#include <dfopt/use.h>

typedef struct {
    const char *ecosystem; /* "npm", "pip", "gem" */
    df_str name;
    df_str version;       /* the lowest that may be installed; empty: the newest
                             one, or unknown */
    df_str where;         /* the manifest; empty: the command itself */
    const df_call *call;  /* that installs it */
    df_span at;           /* of the command in the Dockerfile */
    bool direct;          /* not only in a lock file */
    bool scripts_unknown; /* `plain`, but the lock file knows of no scripts */
    bool plain;           /* the lock file says that nothing is compiled when it
                             is installed */
    bool git;             /* fetched from a git repository */
} df_dep;

typedef struct {
    df_dep *items;
    uint32_t nitems, citems;
    bool unread;       /* a manifest could not be read: */
    df_span unread_at; /* of the command */
    df_str unread_name;
} df_deps;

const df_deps *df_deps_find(df_arena *a, const df_facts *facts, df_context *cx,
                            const df_use *use);

#endif
