/*
 * dfopt debug: looking inside. Not documented for users:
 *
 *     dfopt debug tokens|tree|commands|facts FILE
 *     dfopt debug man TEMPLATE     the man page, from cli/dfopt.1.in
 *     dfopt debug completion       for bash
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

static df_exit read_input(df_cli *cli, const char *path, df_str *text)
{
    df_err err;
    bool ok;

    if (strcmp(path, "-") == 0)
        ok = df_read_fd(cli->arena, STDIN_FILENO, "<stdin>", DF_MAX_INPUT, text,
                        &err);
    else
        ok = df_read_file(cli->arena, path, DF_MAX_INPUT, text, &err);
    return ok ? DF_EXIT_DONE : df_cli_fail(cli, "%s: %s", path, err.text);
}

static void add_passes(df_buf *out)
{
    size_t n;
    const df_pass *const *passes = df_passes(&n);

    for (size_t i = 0; i < n; i++)
        df_buf_fmt(out, ".TP\n\\fB%s\\fR (%s)\n%s.\n", passes[i]->name,
                   passes[i]->safety == DF_SAFE ? "safe" : "unsafe",
                   passes[i]->summary);
}

/* Lines that are a name between @ are filled in. */
static df_exit debug_man(df_cli *cli, const char *template)
{
    df_str text;
    df_str line;
    df_buf out;

    if (read_input(cli, template, &text) != DF_EXIT_DONE)
        return DF_EXIT_FAILED;
    df_buf_init(&out, cli->arena);
    while (text.len) {
        df_str_cut(&text, '\n', &line);
        if (df_str_is(line, "@OPTIONS@"))
            df_args_man(&out);
        else if (df_str_is(line, "@PASSES@"))
            add_passes(&out);
        else if (df_str_is(line, "@TITLE@"))
            df_buf_adds(&out, ".TH DFOPT 1 \"\" \"dfopt " DF_VERSION "\"\n");
        else
            df_buf_fmt(&out, "%.*s\n", DF_STR_ARG(line));
    }
    df_cli_print(cli, df_buf_str(&out));
    return DF_EXIT_DONE;
}

static df_exit debug_file(df_cli *cli, const char *what, const char *path)
{
    df_options options = df_cli_options(cli, path, df_kb_builtin());
    df_result *result;
    df_exit status;
    df_str text;

    if (read_input(cli, path, &text) != DF_EXIT_DONE)
        return DF_EXIT_FAILED;
    result = df_debug(what, text, &options);
    if (!result)
        return df_cli_fail(cli, "debug shows tokens, tree, commands or facts");
    df_cli_print(cli, result->text);
    status = result->failed ? DF_EXIT_FAILED : DF_EXIT_DONE;
    df_result_free(result);
    return status;
}

df_exit df_cli_debug(df_cli *cli)
{
    const df_args *args = cli->args;
    df_buf out;

    if (args->nfiles == 1 && strcmp(args->files[0], "completion") == 0) {
        df_buf_init(&out, cli->arena);
        df_args_completion(&out);
        df_cli_print(cli, df_buf_str(&out));
        return DF_EXIT_DONE;
    }
    if (args->nfiles != 2)
        return df_cli_fail(
            cli, "usage: dfopt debug tokens|tree|commands|facts FILE");
    if (strcmp(args->files[0], "man") == 0)
        return debug_man(cli, args->files[1]);
    return debug_file(cli, args->files[0], args->files[1]);
}
