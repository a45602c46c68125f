/* --fix-dockerignore: what the messages want to have ignored. */
#ifndef DF_CLI_IGNORE_H
#define DF_CLI_IGNORE_H

#include <dfopt/dfopt.h>

#include "cli/cli.h"

/* Lines that were added in this run, or shown. */
typedef struct {
    struct df_ignored {
        const char *file;
        const char *line;
    } * items;
    uint32_t nitems, citems;
} df_ignored_lines;

/*
 * Add the lines that the messages of a rewrite name to their ignore file, each
 * once, with -w on disk; the diff goes to stdout. A line that the author has
 * taken back by `!`, or that another Dockerfile beside the ignore file may
 * want, is not added, and that is said. NULL, or what went wrong.
 */
const char *df_ignore_fix(df_cli *cli, df_ignored_lines *done,
                          const df_options *options, df_result *result);

#endif
