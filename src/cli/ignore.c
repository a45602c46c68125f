/* Ignore files: see cli/ignore.h. */
#include "cli/ignore.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/inside.h"
#include "base/io.h"
#include "base/limits.h"
#include "cli/files.h"
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

/* --- what speaks against a line --- */

/* `!node_modules/tide`: the author wants some of it, and a line below that
 * would take it away. */
static bool is_taken_back(df_str text, const char *line)
{
    const char *slash = strrchr(line, '/');
    df_str one;

    while (text.len) {
        df_str_cut(&text, '\n', &one);
        one = df_str_trim(one);
        if (df_str_starts(one, "!") &&
            (df_str_has(one, slash ? slash + 1 : line) ||
             df_str_find_char(one, '*') != SIZE_MAX))
            return true;
    }
    return false;
}

/* A Dockerfile in `dir` that may be built from the same context. */
static bool is_wanted_by(df_cli *cli, const df_options *options,
                         const char *dir, df_str name, const char *line)
{
    const char *path = df_name_join(cli->arena, dir, name);
    df_str text;
    df_err err;

    if (!df_files_is_name(name) ||
        df_name_exists(df_fmt(cli->arena, "%s.dockerignore", path).ptr))
        return false;
    return !df_stays(cli->arena, path) ||
           !df_read_file(cli->arena, path, DF_MAX_INPUT, &text, &err) ||
           df_wants(text, line, options);
}

/* The name of such a one; empty: none does. */
static df_str other_dockerfile(df_cli *cli, const df_options *options,
                               const df_message *m)
{
    const char *dir = df_name_dir(cli->arena, m->ignore_file);
    df_str found = DF_STR("");
    const struct dirent *entry = NULL;
    DIR *d;

    /* An ignore file of its own is about one Dockerfile alone. */
    if (!df_str_is(df_name_base(m->ignore_file), ".dockerignore"))
        return found;
    d = opendir(*dir ? dir : ".");
    while (d && !found.len && (entry = df_next_entry(d)))
        if (is_wanted_by(cli, options, dir, df_str_of(entry->d_name),
                         m->ignore_line))
            found = df_str_dup(cli->arena, df_str_of(entry->d_name));
    if (!entry && errno)
        found = DF_STR("another Dockerfile");
    if (d)
        closedir(d);
    return found;
}

/* Says why a line is not added; false: nothing speaks against it. */
static bool is_refused(df_cli *cli, const df_options *options,
                       const df_message *m, df_str before)
{
    df_str other = DF_STR("");

    if (!is_taken_back(before, m->ignore_line)) {
        other = other_dockerfile(cli, options, m);
        if (!other.len)
            return false;
    }
    if (!cli->args->quiet)
        df_cli_tell_line(
            cli, df_fmt(cli->arena, "%s: note: `%s` is not added: %.*s%s",
                        m->ignore_file, m->ignore_line, DF_STR_ARG(other),
                        other.len ? " may want it"
                                  : "a line with `!` takes some of it back"));
    return true;
}

/* --- the file --- */

/* The new lines, below what is there. */
static bool add_lines(df_cli *cli, df_ignored_lines *done,
                      const df_options *options, const df_result *result,
                      df_buf *out)
{
    df_str text = df_buf_str(out);
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
        if (is_refused(cli, options, m, text))
            continue;
        df_buf_adds(out, m->ignore_line);
        df_buf_adds(out, crlf ? "\r\n" : "\n");
    }
    return out->len > before + 2;
}

static const char *write_file(df_cli *cli, const char *path, bool is_new,
                              df_str before, df_str text)
{
    df_err err;
    bool ok = is_new ? df_cli_create(path, 0666, text, &err)
                     : df_cli_replace(path, before, text, &err);

    return ok ? NULL : df_fmt(cli->arena, "%s: %s", path, err.text).ptr;
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
                          const df_options *options, df_result *result)
{
    const char *path = file_of(result);
    bool is_new;
    df_str before = DF_STR("");
    const char *failure = NULL;
    df_buf text, out;
    df_err err;

    if (!path)
        return NULL;
    if (!df_stays(cli->arena, path))
        return df_fmt(cli->arena, "%s: is a link out of its directory", path)
            .ptr;
    is_new = access(path, F_OK) != 0 && errno == ENOENT;
    if (!is_new && !df_read_file(cli->arena, path, DF_MAX_INPUT, &before, &err))
        return df_fmt(cli->arena, "%s: %s", path, err.text).ptr;
    df_buf_init(&text, cli->arena);
    df_buf_add(&text, before);
    if (!add_lines(cli, done, options, result, &text))
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
