/* What the commands share: see cli/cli.h. */
#include "cli/cli.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/io.h"
#include "cli/name.h"
#include "report/clean.h"

/* False with errno set. */
static bool write_all(int fd, df_str s)
{
    while (s.len) {
        ssize_t n = write(fd, s.ptr, s.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        s = df_str_from(s, (size_t)n);
    }
    return true;
}

/* Held while a file is written: nobody ends the process meanwhile. */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

bool df_cli_replace(const char *path, df_str before, df_str text, df_err *err)
{
    bool ok;

    pthread_mutex_lock(&writing);
    ok = df_replace_file(path, before, text, err);
    pthread_mutex_unlock(&writing);
    return ok;
}

bool df_cli_create(const char *path, mode_t mode, df_str text, df_err *err)
{
    bool ok;

    pthread_mutex_lock(&writing);
    ok = df_create_file(path, mode, text, err);
    pthread_mutex_unlock(&writing);
    return ok;
}

static void *alloc_or_exit(size_t size)
{
    void *p = malloc(size);

    if (!p) {
        pthread_mutex_lock(&writing);
        df_cli_tell(DF_STR("dfopt: error: out of memory\n"));
        _exit(DF_EXIT_FAILED);
    }
    return p;
}

static void *alloc_block(void *ctx, size_t size)
{
    (void)ctx;
    return alloc_or_exit(size);
}

void df_cli_set_up(void)
{
    json_set_alloc_funcs(alloc_or_exit, free);
}

void df_cli_arena(df_arena *a)
{
    static const df_allocator ALLOCATOR = {alloc_block, NULL};

    df_arena_init(a, &ALLOCATOR, NULL);
}

void df_cli_print(df_cli *cli, df_str text)
{
    if (!cli->error && !write_all(STDOUT_FILENO, text))
        cli->error = errno;
}

void df_cli_tell(df_str text)
{
    /* Nobody is left to be told that telling failed. */
    (void)write_all(STDERR_FILENO, text);
}

void df_cli_tell_line(df_cli *cli, df_str text)
{
    df_buf line;

    df_buf_init(&line, cli->arena);
    df_clean_line(&line, text);
    df_buf_addc(&line, '\n');
    df_cli_tell(df_buf_str(&line));
}

df_exit df_cli_fail(df_cli *cli, const char *format, ...)
{
    va_list args;
    df_str text;

    va_start(args, format);
    text = df_vfmt(cli->arena, format, args);
    va_end(args);
    df_cli_tell_line(cli, df_fmt(cli->arena, "dfopt: error: %s", text.ptr));
    return DF_EXIT_FAILED;
}

df_exit df_cli_close(df_cli *cli, df_exit status)
{
    if (close(STDOUT_FILENO) && !cli->error)
        cli->error = errno;
    if (!cli->error || cli->error == EPIPE)
        return status;
    return df_cli_fail(cli, "standard output: %s",
                       df_name_reason(cli->arena, cli->error));
}

bool df_cli_color(const df_cli *cli, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (cli->args->color != DF_COLOR_AUTO)
        return cli->args->color == DF_COLOR_ALWAYS;
    return !(no_color && *no_color) && term && strcmp(term, "dumb") != 0 &&
           isatty(fd);
}

/* docker build takes `K` alone as "the value it has here", if it has one. */
static const char *const *build_args(df_cli *cli)
{
    const df_words *given = &cli->args->build_args;
    const char **list =
        df_new_array(cli->arena, const char *, given->nitems + 1);
    size_t n = 0;

    for (uint32_t i = 0; i < given->nitems; i++) {
        const char *arg = given->items[i];
        const char *value = getenv(arg);

        if (strchr(arg, '='))
            list[n++] = arg;
        else if (value)
            list[n++] = df_fmt(cli->arena, "%s=%s", arg, value).ptr;
    }
    return n ? list : NULL;
}

df_options df_cli_options(df_cli *cli, const char *path, const df_kb *kb)
{
    const df_args *args = cli->args;

    return (df_options){
        .path = path,
        .context = args->context,
        .unsafe = args->unsafe,
        .only = args->only.items,
        .skip = args->skip.items,
        .target = args->target,
        .build_args = build_args(cli),
        .platform = args->platform,
        .kb = kb,
    };
}

static const char *const *pass_names(df_cli *cli)
{
    size_t n;
    const df_pass *const *passes = df_passes(&n);
    const char **names = df_new_array(cli->arena, const char *, n + 1);

    for (size_t i = 0; i < n; i++)
        names[i] = passes[i]->name;
    return names;
}

const char *df_cli_nearest_pass(df_cli *cli, const char *name)
{
    return df_words_nearest(name, pass_names(cli));
}

bool df_cli_known_passes(df_cli *cli, const char *const *names)
{
    const char *const *known = names ? pass_names(cli) : NULL;

    for (; names && *names; names++) {
        const char *near;

        if (df_str_in(df_str_of(*names), known))
            continue;
        near = df_words_nearest(*names, known);
        df_cli_fail(cli, "there is no pass '%s'; %s%s%s", *names,
                    near ? "did you mean " : "see dfopt explain",
                    near ? near : "", near ? "?" : "");
        return false;
    }
    return true;
}

/* Without the current directory, since diffs apply from here. */
static const char *relative(const char *path)
{
    char here[4096];
    size_t n;

    if (*path == '/' && getcwd(here, sizeof here)) {
        n = strlen(here);
        if (strncmp(path, here, n) == 0 && path[n] == '/')
            path += n;
    }
    for (;;) {
        if (*path == '/')
            path++;
        else if (strncmp(path, "./", 2) == 0)
            path += 2;
        else
            return path;
    }
}

const char *df_cli_label(df_arena *a, const char *side, const char *path)
{
    const char *name = strcmp(path, "-") == 0 ? "Dockerfile" : relative(path);

    return df_fmt(a, "%s/%s", side, name).ptr;
}
