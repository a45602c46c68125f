/* Ignore files: see cli/ignore.h. */
#include "cli/ignore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "cli/name.h"
#include "report/report.h"

static bool is_done(const df_ignored_lines *done, const df_message *m)
{
    for (uint32_t i = 0; i < done->nitems; i++)
        if (strcmp(done->items[i].file, m->ignore_file) == 0 &&
            strcmp(done->items[i].line, m->ignore_line) == 0)
            return true;
    return false;
}

static const char *keep(df_cli *cli, const char *text)
{
    return df_cstr(cli->arena, df_str_of(text));
}

/* The new lines, below what is there. */
static bool add_lines(df_cli *cli, df_ignored_lines *done,
                      const df_result *result, df_buf *out)
{
    bool crlf = df_str_has(df_buf_str(out), "\r\n");
    size_t before = out->len;

    if (out->len && !df_str_ends(df_buf_str(out), "\n"))
        df_buf_adds(out, crlf ? "\r\n" : "\n");
    for (uint32_t i = 0; i < result->nmessages; i++) {
        const df_message *m = &result->messages[i];

        if (!m->ignore_file || is_done(done, m))
            continue;
        df_push(cli->arena, done, items)[0] = (struct df_ignored){
            keep(cli, m->ignore_file), keep(cli, m->ignore_line)};
        df_buf_adds(out, m->ignore_line);
        df_buf_adds(out, crlf ? "\r\n" : "\n");
    }
    return out->len > before + 2;
}

static const char *write_new(df_cli *cli, const char *path, df_str text)
{
    FILE *f = fopen(path, "wx");
    bool ok = f && fwrite(text.ptr, 1, text.len, f) == text.len;
    int error = errno;

    if (f && fclose(f) != 0) {
        error = errno;
        ok = false;
    }
    if (ok)
        return NULL;
    if (f)
        unlink(path);
    return df_fmt(cli->arena, "%s: %s", path, strerror(error)).ptr;
}

static const char *write_file(df_cli *cli, const char *path, bool is_new,
                              df_str before, df_str text)
{
    df_err err;

    if (is_new)
        return write_new(cli, path, text);
    return df_replace_file(path, before, text, &err)
               ? NULL
               : df_fmt(cli->arena, "%s: %s", path, err.text).ptr;
}

/* All messages of one rewrite name the same file. */
static const char *file_of(const df_result *result)
{
    for (uint32_t i = 0; i < result->nmessages; i++)
        if (result->messages[i].ignore_file)
            return result->messages[i].ignore_file;
    return NULL;
}

/* JSON and SARIF are all that stdout holds. */
static bool is_text(const df_cli *cli)
{
    return cli->args->format != DF_FORMAT_JSON &&
           cli->args->format != DF_FORMAT_SARIF;
}

const char *df_ignore_fix(df_cli *cli, df_ignored_lines *done,
                          df_result *result)
{
    const char *path = file_of(result);
    bool is_new = path && access(path, F_OK) != 0 && errno == ENOENT;
    df_str before = DF_STR("");
    const char *failure = NULL;
    df_buf text, out;
    df_err err;

    if (!path)
        return NULL;
    if (!is_new && !df_read_file(cli->arena, path, DF_MAX_INPUT, &before, &err))
        return df_fmt(cli->arena, "%s: %s", path, err.text).ptr;
    df_buf_init(&text, cli->arena);
    df_buf_add(&text, before);
    if (!add_lines(cli, done, result, &text))
        return NULL;
    if (cli->args->write)
        failure = write_file(cli, path, is_new, before, df_buf_str(&text));
    if (failure || cli->args->quiet || !is_text(cli))
        return failure;
    df_buf_init(&out, cli->arena);
    df_report_diff(&out,
                   df_result_diff(result, before, df_buf_str(&text),
                                  is_new ? "/dev/null"
                                         : df_cli_label(cli->arena, "a", path),
                                  df_cli_label(cli->arena, "b", path)),
                   df_cli_color(cli, STDOUT_FILENO));
    df_cli_print(cli, df_buf_str(&out));
    return NULL;
}
