/*
 * dfopt verify FILE, dfopt -w --verify FILE: build before and after, compare,
 * and say or write what was proved.
 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/name.h"
#include "report/report.h"
#include "verify/verify.h"

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* --target, --build-arg and --platform hold for both, then what follows. */
static const char *const *build_options(df_cli *cli)
{
    const df_args *args = cli->args;
    const char **list = df_new_array(cli->arena, const char *,
                                     5 + 2 * (size_t)args->build_args.nitems +
                                         args->engine_args.nitems);
    size_t n = 0;

    if (args->target) {
        list[n++] = "--target";
        list[n++] = args->target;
    }
    if (args->platform) {
        list[n++] = "--platform";
        list[n++] = args->platform;
    }
    for (uint32_t i = 0; i < args->build_args.nitems; i++) {
        list[n++] = "--build-arg";
        list[n++] = args->build_args.items[i];
    }
    for (uint32_t i = 0; i < args->engine_args.nitems; i++)
        list[n++] = args->engine_args.items[i];
    return list;
}

static void drop_result(void *result)
{
    df_result_free(result);
}

/* The same directory that the rewrite looks into. */
static const char *context_of(df_cli *cli, const char *file, const df_kb *kb)
{
    df_options o = df_cli_options(cli, file, kb);
    df_result *result;
    df_err err;
    df_str text;

    if (cli->args->context)
        return cli->args->context;
    if (!df_read_file(cli->arena, file, DF_MAX_INPUT, &text, &err))
        return df_name_dir(cli->arena, file);
    result = df_rewrite(text, &o);
    df_defer(cli->arena, drop_result, result);
    return result && result->context ? result->context
                                     : df_name_dir(cli->arena, file);
}

static df_verify_options options(df_cli *cli, const char *file, const df_kb *kb)
{
    const df_args *args = cli->args;

    return (df_verify_options){
        .file = file,
        .context = context_of(cli, file, kb),
        .with = args->with,
        .rewrite = df_cli_options(cli, file, kb),
        .engine = args->engine,
        .build_options = build_options(cli),
        .touch = args->touch,
        .smoke = args->smoke,
        .twice = args->twice,
        .bisect = args->bisect,
        .keep_proved = args->write,
        .rebuild = !args->no_touch && (!args->write || args->touch),
        .seed = (unsigned)time(NULL),
        .timeout = args->timeout,
        .verbose = args->verbose,
        .progress = !args->quiet && !args->verbose && isatty(STDERR_FILENO),
    };
}

static df_exit status_of(const df_verify_report *r)
{
    switch (r->verdict) {
    case DF_VERIFY_EQUAL:
    case DF_VERIFY_UNCHANGED:
        return DF_EXIT_DONE;
    case DF_VERIFY_DIFFERS:
    case DF_VERIFY_BROKEN:
        return DF_EXIT_CHANGES;
    case DF_VERIFY_FAILED:
        break;
    }
    return DF_EXIT_FAILED;
}

static df_exit write_proved(df_cli *cli, const char *file,
                            const df_verify_report *r)
{
    df_buf out;
    df_err err;

    if (r->verdict != DF_VERIFY_EQUAL || r->interrupted)
        return r->verdict == DF_VERIFY_UNCHANGED ? DF_EXIT_DONE : status_of(r);
    if (!df_replace_file(file, r->text, r->rewrite->text, &err))
        return df_cli_fail(cli, "%s: %s", file, err.text);
    if (cli->args->quiet || cli->args->format == DF_FORMAT_JSON)
        return DF_EXIT_DONE;
    df_buf_init(&out, cli->arena);
    df_report_diff(&out,
                   df_result_diff(r->rewrite, r->text, r->rewrite->text,
                                  df_cli_label(cli->arena, "a", file),
                                  df_cli_label(cli->arena, "b", file)),
                   df_cli_color(cli, STDOUT_FILENO));
    df_cli_print(cli, df_buf_str(&out));
    return DF_EXIT_DONE;
}

static df_exit report(df_cli *cli, const char *file, const df_verify_report *r)
{
    df_buf out;

    df_buf_init(&out, cli->arena);
    if (cli->args->format == DF_FORMAT_JSON) {
        if (!df_verify_print_json(&out, file, r))
            return df_cli_fail(cli, "out of memory");
        df_cli_print(cli, df_buf_str(&out));
        return status_of(r);
    }
    df_verify_print(&out, file, r, cli->args->verbose);
    /* With -w the diff is what goes to stdout. */
    if (r->verdict == DF_VERIFY_FAILED || cli->args->write)
        df_cli_tell(df_buf_str(&out));
    else
        df_cli_print(cli, df_buf_str(&out));
    return status_of(r);
}

static df_exit verify(df_cli *cli, const char *file, const df_kb *kb)
{
    df_verify_options o = options(cli, file, kb);
    df_verify_report r;
    sigset_t held;
    sigset_t before;
    df_exit status;

    df_process_signals(&held);
    sigprocmask(SIG_BLOCK, &held, &before);
    df_verify(cli->arena, &o, &r);
    if (r.interrupted)
        df_cli_tell(DF_STR("dfopt: interrupted; what was made is removed\n"));
    /* A signal that came meanwhile ends us here, as it would have. */
    sigprocmask(SIG_SETMASK, &before, NULL);
    status = report(cli, file, &r);
    return cli->args->write ? write_proved(cli, file, &r) : status;
}

df_exit df_cli_verify(df_cli *cli)
{
    const df_args *args = cli->args;
    df_configs configs;
    df_files files;
    const df_kb *kb;
    df_exit status = DF_EXIT_FAILED;

    df_configs_init(&configs, cli);
    df_files_find(cli->arena, args->files, args->nfiles, &files);
    if (!df_cli_known_passes(cli, args->only.items) ||
        !df_cli_known_passes(cli, args->skip.items))
        return DF_EXIT_FAILED;
    if (files.nitems != 1)
        return df_cli_fail(cli, "verify takes one Dockerfile");
    if (files.items[0].error)
        return df_cli_fail(cli, "%s: %s", files.items[0].path,
                           files.items[0].error);
    if (strcmp(files.items[0].path, "-") == 0)
        return df_cli_fail(cli, "verify needs a file, not standard input");
    if (args->context && !is_directory(args->context))
        return df_cli_fail(cli, "the context %s is not a directory",
                           args->context);
    kb =
        df_configs_find(&configs, df_name_dir(cli->arena, files.items[0].path));
    if (kb)
        status = verify(cli, files.items[0].path, kb);
    df_configs_release(&configs);
    return status;
}
