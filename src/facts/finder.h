/*
 * Looking for what is installed: the parts of deps.h, for its files.
 */
#ifndef DF_FACTS_FINDER_H
#define DF_FACTS_FINDER_H

#include <dfopt/deps.h>

#include "base/map.h"

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *cx;
    df_deps *deps;
    const df_cmd *cmd;
    const df_stage *stage;
    df_dep like; /* what the packages at hand have in common */
    unsigned depth;
    df_map *seen; /* by the command: files that include files, projects */
} df_finder;

/* A package, otherwise as `like` says; an empty name is none. */
void df_found(df_finder *f, df_str name);
void df_found_version(df_finder *f, df_str name, df_str version);

/* A manifest that is not there, or says nothing: the first counts. */
void df_unread(df_finder *f, df_str name);

/* The file of the context behind a path of the image; ptr NULL: none. */
df_str df_found_file(df_finder *f, df_str dir, df_str path);

/* Has it been seen before? From now on it has. */
bool df_seen(df_finder *f, df_str path);

/* [[package]] name = "…" version = "…": poetry, pdm, uv. */
void df_find_locked(df_finder *f, df_str text);

/* The install commands of an ecosystem, f->cmd being one of them. */
void df_find_pip(df_finder *f);
bool df_find_project(df_finder *f, df_str dir);
void df_find_npm(df_finder *f);
void df_find_gem(df_finder *f);

#endif
