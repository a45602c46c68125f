/*
 * dfopt: pick a command, run it, turn its result into the exit status.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/*
 * A descriptor 0, 1 or 2 that is closed would be given to the next file that
 * is opened, and messages would end up in it.
 */
static void occupy_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

static df_exit print_help(df_cli *cli)
{
    df_buf out;

    df_buf_init(&out, cli->arena);
    df_args_help(&out);
    df_cli_print(cli, df_buf_str(&out));
    return DF_EXIT_DONE;
}

/* With -v also how old the knowledge on images is. */
static df_exit print_version(df_cli *cli)
{
    const df_knowledge *k = df_kb_builtin()->builtin;

    df_cli_print(cli, DF_STR("dfopt " DF_VERSION "\n"));
    if (cli->args->verbose && k->date)
        df_cli_print(cli, df_fmt(cli->arena, "images as of %s\n", k->date));
    return DF_EXIT_DONE;
}

static df_exit run(df_cli *cli)
{
    if (cli->args->help)
        return print_help(cli);
    if (cli->args->version)
        return print_version(cli);
    switch (cli->args->command) {
    case DF_COMMAND_REWRITE:
        break;
    case DF_COMMAND_EXPLAIN:
        return df_cli_explain(cli);
    case DF_COMMAND_VERIFY:
        return df_cli_verify(cli);
    case DF_COMMAND_HOOK:
        return df_cli_hook(cli);
    case DF_COMMAND_DEBUG:
        return df_cli_debug(cli);
    }
    return cli->args->verify ? df_cli_verify(cli) : df_cli_rewrite(cli);
}

int main(int argc, char **argv)
{
    df_arena arena;
    df_args args;
    df_cli cli = {&args, &arena, 0};
    df_exit status;
    df_err err;

    occupy_standard_descriptors();
    /* Writing fails with EPIPE instead, so files under way are finished. */
    signal(SIGPIPE, SIG_IGN);
    df_cli_set_up();
    df_cli_arena(&arena);
    if (df_args_parse(&args, &arena, argc, argv, &err))
        status = run(&cli);
    else
        status = df_cli_fail(&cli, "%s", err.text);
    status = df_cli_close(&cli, status);
    df_arena_release(&arena);
    return (int)status;
}
