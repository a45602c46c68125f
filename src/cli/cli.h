/*
 * What the commands share: the run, and the way out for what they print.
 *
 * Messages go to stderr, results to stdout. The first failure to write to
 * stdout is remembered and decides the exit status at the end; a reader that
 * went away early (EPIPE) is no failure.
 */
#ifndef DF_CLI_CLI_H
#define DF_CLI_CLI_H

#include <dfopt/dfopt.h>

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/options.h"

typedef enum {
    DF_EXIT_DONE,
    DF_EXIT_CHANGES, /* --check, hook run */
    DF_EXIT_FAILED,
} df_exit;

typedef struct {
    const df_args *args;
    df_arena *arena; /* until the run ends */
    int error;       /* of stdout, as errno */
} df_cli;

/* An arena that ends the run with a message when memory is exhausted. */
void df_cli_arena(df_arena *a);

/* Before all else: jansson takes its memory there, too. It does not always say
 * when there was none, and goes on with half a string. */
void df_cli_set_up(void);

/* As in base/io.h; no other thread ends the run in the middle of it. */
bool df_cli_replace(const char *path, df_str before, df_str text, df_err *err);
bool df_cli_create(const char *path, mode_t mode, df_str text, df_err *err);

void df_cli_print(df_cli *cli, df_str text); /* to stdout */
void df_cli_tell(df_str text);               /* to stderr, as it is */
/* One line to stderr, whatever is in it: names may hold line feeds. */
void df_cli_tell_line(df_cli *cli, df_str text);
/* "dfopt: error: …" to stderr. */
df_exit df_cli_fail(df_cli *cli, const char *format, ...) DF_PRINTF(2, 3);

/* Close stdout: the status, or DF_EXIT_FAILED if its bytes went nowhere. */
df_exit df_cli_close(df_cli *cli, df_exit status);

/* Should output to this descriptor be coloured? */
bool df_cli_color(const df_cli *cli, int fd);

/* The library's options for one Dockerfile; pointers go to cli's arena. */
df_options df_cli_options(df_cli *cli, const char *path, const df_kb *kb);

/* Names of passes that exist? Otherwise a message. */
bool df_cli_known_passes(df_cli *cli, const char *const *names);
const char *df_cli_nearest_pass(df_cli *cli, const char *name);

/* "a/…" and "b/…" for the diff of a file. */
const char *df_cli_label(df_arena *a, const char *side, const char *path);

/* The commands. */
df_exit df_cli_rewrite(df_cli *cli);
df_exit df_cli_explain(df_cli *cli);
df_exit df_cli_hook(df_cli *cli);
df_exit df_cli_hook_run(df_cli *cli); /* hook.c hands on to it */
df_exit df_cli_debug(df_cli *cli);
df_exit df_cli_verify(df_cli *cli); /* with --write, too */

#endif
