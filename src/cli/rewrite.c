/*
 * dfopt FILE...: read, rewrite, and say or write what came out. Files are
 * worked on at once; what is printed keeps their order.
 */
#include "cli/cli.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/ignore.h"
#include "cli/jobs.h"
#include "cli/name.h"
#include "report/report.h"
#include "text/regex.h"

#define STDIN_NAME "<stdin>"

_Static_assert((int)DF_FORMAT_TEXT == (int)DF_FORM_TEXT &&
                   (int)DF_FORMAT_GITHUB == (int)DF_FORM_GITHUB,
               "--format counts the forms as report.h does");

typedef struct {
    const df_file *file;
    const df_kb *kb;
    df_arena arena;
    df_options options;
    df_str before;
    df_result *result; /* NULL: see error */
    df_str diff;
    const char *error;
} job;

/* What a thread keeps from one file to the next. */
typedef struct {
    df_arena arena;
    struct df_patterns *patterns;
    df_map held;
} bench;

typedef struct {
    df_cli *cli;
    df_report *report;
    job *jobs;
    bench *benches; /* of each thread */
    size_t changed, failed;
    df_exit status;
    bool wants_diff, color_out;
    df_ignored_lines ignored;
    bool report_is_output; /* json, sarif: nothing else goes to stdout */
} run;

static bool is_stdin(const job *j)
{
    return strcmp(j->file->path, "-") == 0;
}

static bool is_filter(const df_args *args)
{
    return !args->diff && !args->write && !args->list && !args->check &&
           args->format != DF_FORMAT_JSON && args->format != DF_FORMAT_SARIF;
}

static bool read_input(job *j)
{
    df_err err;
    bool ok;

    if (is_stdin(j))
        ok = df_read_fd(&j->arena, STDIN_FILENO, STDIN_NAME, DF_MAX_INPUT,
                        &j->before, &err);
    else
        ok = df_read_file(&j->arena, j->file->path, DF_MAX_INPUT, &j->before,
                          &err);
    if (!ok)
        j->error = df_cstr(&j->arena, df_str_of(err.text));
    return ok;
}

/* On the main thread: signals that come meanwhile wait until it is done. */
static void replace_file(job *j)
{
    df_err err;

    if (!df_cli_replace(j->file->path, j->before, j->result->text, &err))
        j->error = df_cstr(&j->arena, df_str_of(err.text));
}

static void make_diff(job *j)
{
    df_arena *a = &j->arena;

    j->diff = df_result_diff(j->result, j->before, j->result->text,
                             df_cli_label(a, "a", j->file->path),
                             df_cli_label(a, "b", j->file->path));
}

static void work(void *ctx, size_t thread, size_t i)
{
    run *r = ctx;
    job *j = &r->jobs[i];
    df_kb kb;

    if (j->error || !read_input(j))
        return;
    kb = *j->kb;
    kb.patterns = r->benches[thread].patterns;
    kb.held = &r->benches[thread].held;
    j->options.kb = &kb;
    j->result = df_rewrite(j->before, &j->options);
    j->options.kb = j->kb;
    if (!j->result) {
        j->error = "out of memory";
        return;
    }
    if (!j->result->changed || j->result->failed)
        return;
    if (r->wants_diff)
        make_diff(j);
}

static bool is_changed(const job *j)
{
    return j->result && j->result->changed && !j->result->failed;
}

static void print_output(run *r, job *j)
{
    const df_args *args = r->cli->args;
    df_buf out;

    if (r->report_is_output || j->error || j->result->failed)
        return;
    df_buf_init(&out, &j->arena);
    if (is_filter(args)) {
        df_cli_print(r->cli, j->result->text);
    } else if (args->list && is_changed(j)) {
        df_buf_fmt(&out, "%s\n", is_stdin(j) ? STDIN_NAME : j->file->path);
        df_cli_print(r->cli, df_buf_str(&out));
    } else if (args->diff || (args->write && !args->quiet)) {
        df_report_diff(&out, j->diff, r->color_out);
        df_cli_print(r->cli, df_buf_str(&out));
    }
}

static void print_report(run *r, job *j)
{
    df_report_file file = {
        .path = is_stdin(j) ? STDIN_NAME : j->file->path,
        .error = j->error,
        .before = j->before,
        .result = j->result,
        .diff = j->diff,
    };
    df_buf out;

    df_buf_init(&out, &j->arena);
    df_report_add(r->report, &file, &out);
    df_cli_tell(df_buf_str(&out));
}

static void count(run *r, const job *j)
{
    df_exit status = DF_EXIT_DONE;

    if (j->error || j->result->failed) {
        status = DF_EXIT_FAILED;
        r->failed++;
    } else if (is_changed(j)) {
        status = r->cli->args->check ? DF_EXIT_CHANGES : DF_EXIT_DONE;
        r->changed++;
    }
    if (status > r->status)
        r->status = status;
}

static void done(void *ctx, size_t i)
{
    run *r = ctx;
    job *j = &r->jobs[i];

    if (r->cli->args->write && is_changed(j))
        replace_file(j);
    if (r->cli->args->fix_dockerignore && !j->error && !j->result->failed)
        j->error = df_ignore_fix(r->cli, &r->ignored, &j->options, j->result);
    print_output(r, j);
    print_report(r, j);
    count(r, j);
    if (j->result)
        df_result_free(j->result);
    df_arena_release(&j->arena);
}

/* Only what is shown is worth the work of computing it. */
static bool wants_suggestions(const df_args *args)
{
    if (args->format == DF_FORMAT_TEXT)
        return !args->quiet && !args->list;
    return args->format == DF_FORMAT_JSON;
}

static void set_up_job(run *r, job *j, const df_file *file, df_configs *configs)
{
    df_cli *cli = r->cli;
    const char *dir = df_name_dir(cli->arena, file->path);

    df_cli_arena(&j->arena);
    j->file = file;
    j->error = file->error;
    if (is_stdin(j) && cli->args->context)
        dir = cli->args->context;
    if (!j->error)
        j->kb = df_configs_find(configs, dir);
    if (!j->error && !j->kb)
        j->error = "left alone, its configuration is broken";
    if (is_stdin(j) && cli->args->write)
        j->error = "standard input cannot be rewritten in place";
    j->options = df_cli_options(cli, file->path, j->kb);
    j->options.suggestions = wants_suggestions(cli->args);
}

static void set_up(run *r, df_cli *cli)
{
    const df_args *args = cli->args;
    bool is_text = args->format == DF_FORMAT_TEXT;
    df_report_style style = {
        .form = (df_form)args->format,
        .color = df_cli_color(cli, STDERR_FILENO),
        .quiet = args->quiet,
        .errors_only = args->list && is_text,
    };

    *r = (run){.cli = cli};
    r->report = df_report_begin(cli->arena, &style);
    r->color_out = df_cli_color(cli, STDOUT_FILENO);
    r->report_is_output =
        style.form == DF_FORM_JSON || style.form == DF_FORM_SARIF;
    r->wants_diff = args->diff || (args->write && !args->quiet) ||
                    style.form == DF_FORM_JSON;
}

static size_t cores(void)
{
#ifdef _SC_NPROCESSORS_ONLN
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n > 1 ? (size_t)n : 1;
#else
    return 1;
#endif
}

static void rewrite_all(run *r, const df_files *files)
{
    df_jobs jobs = {work, done, r};
    df_configs configs;
    size_t threads = r->cli->args->jobs;

    df_configs_init(&configs, r->cli);
    r->jobs = df_new_array(r->cli->arena, job, files->nitems);
    for (uint32_t i = 0; i < files->nitems; i++)
        set_up_job(r, &r->jobs[i], &files->items[i], &configs);
    if (!threads)
        threads = files->nitems > 1 ? cores() : 1;
    threads = df_jobs_threads(files->nitems, threads);
    r->benches = df_new_array(r->cli->arena, bench, threads);
    for (size_t i = 0; i < threads; i++) {
        df_cli_arena(&r->benches[i].arena);
        r->benches[i].patterns = df_patterns_new(&r->benches[i].arena);
        df_map_init(&r->benches[i].held, &r->benches[i].arena);
    }
    df_jobs_run(&jobs, files->nitems, threads);
    for (size_t i = 0; i < threads; i++)
        df_arena_release(&r->benches[i].arena);
    df_configs_release(&configs);
}

static void finish(run *r, size_t nfiles)
{
    df_cli *cli = r->cli;
    df_buf out;

    df_buf_init(&out, cli->arena);
    if (!df_report_end(r->report, &out))
        r->status = df_cli_fail(cli, "out of memory");
    df_cli_print(cli, df_buf_str(&out));
    if (cli->args->verbose)
        df_cli_tell(
            df_fmt(cli->arena, "dfopt: %zu file%s, %zu %s, %zu failed\n",
                   nfiles, nfiles == 1 ? "" : "s", r->changed,
                   cli->args->write ? "changed" : "would change", r->failed));
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool check(df_cli *cli, const df_files *files)
{
    const df_args *args = cli->args;

    if (!df_cli_known_passes(cli, args->only.items) ||
        !df_cli_known_passes(cli, args->skip.items))
        return false;
    if (args->context && !is_directory(args->context)) {
        df_cli_fail(cli, "the context %s is not a directory", args->context);
        return false;
    }
    if (is_filter(args) && files->nitems > 1) {
        df_cli_fail(cli, "%u files: choose -d, -w, -l or --check",
                    (unsigned)files->nitems);
        return false;
    }
    return true;
}

df_exit df_cli_rewrite(df_cli *cli)
{
    df_files files;
    run r;

    df_files_find(cli->arena, cli->args->files, cli->args->nfiles, &files);
    if (!check(cli, &files))
        return DF_EXIT_FAILED;
    set_up(&r, cli);
    rewrite_all(&r, &files);
    finish(&r, files.nitems);
    return r.status;
}
