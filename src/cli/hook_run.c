/*
 * dfopt hook run: what the pre-commit hook calls. It looks at what is about to
 * be committed, not at the work tree: the two differ when a file is staged in
 * part. The diff goes to stdout, so that
 *
 *     dfopt hook run | git apply --cached
 *
 * applies it; messages and advice go to stderr.
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/git.h"
#include "cli/name.h"
#include "report/report.h"

typedef struct {
    df_cli *cli;
    df_report *report;
    df_configs configs;
    df_exit status;
} run;

/* A staged file: its path from the top of the work tree and its blob. */
typedef struct {
    const char *path;
    const char *blob;
} staged;

/*
 * entry := ':' mode ' ' mode ' ' sha ' ' sha ' ' status NUL path NUL
 * (git-diff-index(1), "raw output format"). False at the end.
 */
static bool next_entry(df_arena *a, df_str *list, staged *file, bool *regular)
{
    df_str head, path, mode, sha;

    if (!df_str_cut(list, '\0', &head) || !df_str_cut(list, '\0', &path))
        return false;
    df_str_cut(&head, ' ', &mode);
    df_str_cut(&head, ' ', &mode);
    df_str_cut(&head, ' ', &sha);
    df_str_cut(&head, ' ', &sha);
    *regular = df_str_starts(mode, "100");
    *file = (staged){df_cstr(a, path), df_cstr(a, sha)};
    return true;
}

/* The work tree's file differs from what is staged: staged in part. */
static bool is_partial(run *r, const char *path, df_str text)
{
    df_str now;
    df_err err;

    return !df_read_file(r->cli->arena, path, DF_MAX_INPUT, &now, &err) ||
           !df_str_eq(now, text);
}

/* A path as a word of a shell. */
static const char *shell_word(df_arena *a, const char *path)
{
    df_buf b;
    bool plain = *path != '-';

    for (const char *p = path; *p; p++)
        plain = plain && (df_is_name(*p) || strchr("./-+@:,", *p));
    if (plain)
        return path;
    df_buf_init(&b, a);
    df_buf_adds(&b, *path == '-' ? "'./" : "'");
    for (; *path; path++) {
        if (*path == '\'')
            df_buf_adds(&b, "'\\''");
        else
            df_buf_addc(&b, *path);
    }
    df_buf_addc(&b, '\'');
    return b.ptr;
}

static void advise(run *r, const char *path, df_str text)
{
    df_arena *a = r->cli->arena;
    const char *word = shell_word(a, path);

    if (is_partial(r, path, text))
        df_cli_tell_line(
            r->cli, df_fmt(a,
                           "dfopt: %s is staged in part; to change what is "
                           "staged: dfopt hook run | git apply --cached",
                           path));
    else
        df_cli_tell(df_fmt(a, "dfopt: to apply: dfopt -w %s && git add %s\n",
                           word, word));
}

static void report(run *r, const char *path, df_str text, df_result *result)
{
    df_arena *a = r->cli->arena;
    df_report_file file = {
        .path = path,
        .before = text,
        .result = result,
    };
    df_buf out;

    df_buf_init(&out, a);
    if (result->changed && !result->failed) {
        file.diff = df_result_diff(result, text, result->text,
                                   df_cli_label(a, "a", path),
                                   df_cli_label(a, "b", path));
        df_report_diff(&out, file.diff, df_cli_color(r->cli, STDOUT_FILENO));
        df_cli_print(r->cli, df_buf_str(&out));
        out.len = 0;
    }
    df_report_add(r->report, &file, &out);
    df_cli_tell(df_buf_str(&out));
}

static void raise_status(run *r, df_exit status)
{
    if (status > r->status)
        r->status = status;
}

static void check_file(run *r, const staged *file)
{
    const char *const show[] = {"cat-file", "blob", file->blob, NULL};
    df_cli *cli = r->cli;
    const df_kb *kb =
        df_configs_find(&r->configs, df_name_dir(cli->arena, file->path));
    df_options options = df_cli_options(cli, file->path, kb);
    df_result *result;
    df_str text;

    if (!kb || !df_git(cli->arena, NULL, show, &text)) {
        raise_status(r, kb ? df_cli_fail(cli,
                                         "%s: git cannot show what is "
                                         "staged",
                                         file->path)
                           : DF_EXIT_FAILED);
        return;
    }
    result = df_rewrite(text, &options);
    if (!result) {
        raise_status(r, df_cli_fail(cli, "out of memory"));
        return;
    }
    if (result->failed || result->changed)
        report(r, file->path, text, result);
    if (result->failed) {
        raise_status(r, DF_EXIT_FAILED);
    } else if (result->changed) {
        raise_status(r, DF_EXIT_CHANGES);
        advise(r, file->path, text);
    }
    df_result_free(result);
}

static bool wanted(const char *path)
{
    return df_files_is_name(df_name_base(path)) &&
           !df_files_skips(df_str_of(path));
}

static bool list_staged(df_arena *a, df_str *list)
{
    static const char *const TOP[] = {"rev-parse", "--show-toplevel", NULL};
    static const char *const LIST[] = {
        "diff",        "--cached",     "--raw",         "-z",
        "--no-abbrev", "--no-renames", "--no-ext-diff", "--diff-filter=ACMT",
        NULL};
    const char *top = df_git_line(a, TOP);

    return top && chdir(top) == 0 && df_git(a, NULL, LIST, list);
}

df_exit df_cli_hook_run(df_cli *cli)
{
    df_report_style style = {
        .form = DF_FORM_TEXT,
        .color = df_cli_color(cli, STDERR_FILENO),
        .quiet = cli->args->quiet,
    };
    run r = {.cli = cli};
    staged file;
    df_str list;
    bool regular;

    if (!list_staged(cli->arena, &list))
        return df_cli_fail(cli, "git cannot say what is staged here");
    r.report = df_report_begin(cli->arena, &style);
    df_configs_init(&r.configs, cli);
    while (next_entry(cli->arena, &list, &file, &regular))
        if (regular && wanted(file.path))
            check_file(&r, &file);
    df_configs_release(&r.configs);
    return r.status;
}
