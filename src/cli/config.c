/* Configuration: see cli/config.h. */
#include "cli/config.h"

#include <string.h>

#include "cli/name.h"

/* NULL: none. */
static const char *nearest(df_arena *a, const char *dir)
{
    for (; dir; dir = df_name_above(a, dir)) {
        const char *path = df_name_join(a, dir, DF_STR(DF_CONFIG_NAME));

        if (df_name_may_exist(path))
            return path;
        if (df_name_exists(df_name_join(a, dir, DF_STR(".git"))))
            return NULL;
    }
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
    kb = df_kb_open(path, message, sizeof message);
    if (!kb)
        df_cli_tell_line(c->cli, df_str_of(message));
    *df_push(a, c, items) = (df_config){path, kb};
    return kb;
}

const df_kb *df_configs_find(df_configs *c, const char *dir)
{
    const df_args *args = c->cli->args;
    const char *path = args->config;

    if (args->no_config)
        return df_kb_builtin();
    if (c->last_dir && strcmp(c->last_dir, dir) == 0)
        return c->last;
    if (!path)
        path = nearest(c->cli->arena, dir);
    c->last_dir = dir;
    c->last = path ? load(c, path) : df_kb_builtin();
    return c->last;
}

void df_configs_release(df_configs *c)
{
    for (uint32_t i = 0; i < c->nitems; i++)
        if (c->items[i].kb)
            df_kb_close(c->items[i].kb);
}
