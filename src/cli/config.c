/* Configuration: see cli/config.h. */
#include "cli/config.h"

#include <stdio.h>
#include <string.h>

#include "base/inside.h"
#include "cli/name.h"

static const char *nearest(df_configs *c, const char *dir);

static const char *look_for(df_configs *c, const char *dir)
{
    df_arena *a = c->cli->arena;
    const char *path = df_name_join(a, dir, DF_STR(DF_CONFIG_NAME));

    if (df_name_may_exist(path))
        return path;
    if (df_name_exists(df_name_join(a, dir, DF_STR(".git"))))
        return NULL;
    dir = df_name_above(a, dir);
    return dir ? nearest(c, dir) : NULL;
}

/* NULL: none. Directories side by side have the same ones above them. */
static const char *nearest(df_configs *c, const char *dir)
{
    df_str key = df_str_of(dir);
    const char **path = df_map_get(&c->nearest, key);

    if (!path) {
        path = df_new(c->cli->arena, const char *);
        *path = look_for(c, dir);
        df_map_put(&c->nearest, key, path);
    }
    return *path;
}

/* One that nobody named may be a stranger's: a link could lead to a file whose
 * words would then stand in messages. */
static df_kb *open_config(df_configs *c, const char *path, char *message,
                          size_t size)
{
    if (c->cli->args->config || df_stays(c->cli->arena, path))
        return df_kb_open(path, message, size);
    snprintf(message, size,
             "%s: error: is a link out of its directory; name it with --config",
             path);
    return NULL;
}

static const df_kb *load(df_configs *c, const char *path)
{
    df_arena *a = c->cli->arena;
    char message[1024];
    df_kb *kb;

    for (uint32_t i = 0; i < c->nitems; i++)
        if (strcmp(c->items[i].path, path) == 0)
            return c->items[i].kb;
    kb = open_config(c, path, message, sizeof message);
    if (!kb)
        df_cli_tell_line(c->cli, df_str_of(message));
    *df_push(a, c, items) = (df_config){path, kb};
    return kb;
}

void df_configs_init(df_configs *c, df_cli *cli)
{
    *c = (df_configs){.cli = cli};
    df_map_init(&c->nearest, cli->arena);
}

const df_kb *df_configs_find(df_configs *c, const char *dir)
{
    const df_args *args = c->cli->args;
    const char *path = args->config;

    if (args->no_config)
        return df_kb_builtin();
    if (!path)
        path = nearest(c, dir);
    return path ? load(c, path) : df_kb_builtin();
}

void df_configs_release(df_configs *c)
{
    for (uint32_t i = 0; i < c->nitems; i++)
        if (c->items[i].kb)
            df_kb_close(c->items[i].kb);
}
