/*
 * The command line. One table row is one option: parsing, --help, the man page
 * and completion all read it.
 */
#ifndef DF_CLI_OPTIONS_H
#define DF_CLI_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"

typedef enum {
    DF_COMMAND_REWRITE,
    DF_COMMAND_EXPLAIN,
    DF_COMMAND_VERIFY,
    DF_COMMAND_HOOK,
    DF_COMMAND_DEBUG,
} df_command;

/* Numbers of the words that --color and --format take. */
enum { DF_COLOR_AUTO, DF_COLOR_ALWAYS, DF_COLOR_NEVER };
enum {
    DF_FORMAT_TEXT,
    DF_FORMAT_JSON,
    DF_FORMAT_SARIF,
    DF_FORMAT_GITHUB,
    DF_FORMAT_MARKDOWN,
};

/* Words of an option that may be given often; they end with NULL. */
typedef struct {
    const char **items;
    uint32_t nitems, citems;
} df_words;

typedef struct {
    df_command command;
    bool diff, write, list, check;
    bool fix_dockerignore;
    bool unsafe;
    df_words only, skip;
    const char *context, *target, *platform;
    df_words build_args;
    uint32_t format, color;
    const char *config;
    bool no_config;
    bool quiet, verbose;
    uint32_t jobs; /* 0: as many as there are cores */
    bool help, version;
    const char *engine, *touch, *smoke, *with;
    bool twice, bisect, verify, no_touch;
    uint32_t timeout;     /* seconds; 0: none */
    df_words engine_args; /* of verify: what stands behind `--` */
    bool all;
    const char **files; /* what is no option, without the command */
    uint32_t nfiles, cfiles;
} df_args;

/*
 * argv[0] is skipped; strings point into argv or the arena. False with a
 * message for the user in *err.
 */
bool df_args_parse(df_args *args, df_arena *a, int argc, char **argv,
                   df_err *err);

/* What --help prints. */
void df_args_help(df_buf *out);

/* The options as man page source, and as a completion script for bash. */
void df_args_man(df_buf *out);
void df_args_completion(df_buf *out);

/* The word of the list that was probably meant, or NULL. */
const char *df_words_nearest(const char *word, const char *const *list);

#endif
