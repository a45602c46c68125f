/* The parts of df_server_find: see dfopt/server.h. */
#ifndef DFOPT_PASS_SERVER_H
#define DFOPT_PASS_SERVER_H

#include <dfopt/server.h>

/* The first reason counts. */
void df_server_say(df_server_app *s, df_span at, df_str why);

#define SERVER_SAY(s, at, ...)                                                 \
    df_server_say(s, at, df_fmt((s)->arena, __VA_ARGS__))

/* The row of an install of the project's dependencies, or NULL. */
const df_carry *df_server_installs(const df_server_app *s, const df_cmd *cmd);

/* Would pruning remove the package of that name? */
bool df_server_removes(df_server_app *s, const df_json *package, df_str name);

/* How it is started, with the scripts of package.json that this leads to. */
void df_server_scripts(df_server_app *s, const df_json *package);

/* What its source names; asks, if that is all. */
void df_server_imports(df_server_app *s, const df_json *package);

/* What the stage does that pruning would undo, or have need of. */
void df_server_pruning(df_server_app *s);

#endif
