/*
 * The configuration that holds for a Dockerfile: --config, else the nearest
 * .dfopt.yaml from its directory upwards, not beyond its repository.
 */
#ifndef DF_CLI_CONFIG_H
#define DF_CLI_CONFIG_H

#include "base/map.h"
#include "cli/cli.h"

#define DF_CONFIG_NAME ".dfopt.yaml"

typedef struct {
    const char *path;
    df_kb *kb; /* NULL: it is broken, which was said */
} df_config;

typedef struct {
    df_cli *cli;
    df_config *items; /* every file is read once */
    uint32_t nitems, citems;
    df_map nearest; /* paths of files, by the directory that they count for */
} df_configs;

void df_configs_init(df_configs *c, df_cli *cli);

/*
 * Never NULL if all is well. NULL: the file is broken; a message went to
 * stderr when it was met first. `dir` is that of the Dockerfile.
 */
const df_kb *df_configs_find(df_configs *c, const char *dir);

void df_configs_release(df_configs *c);

#endif
