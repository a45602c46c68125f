/*
 * dfopt hook install|uninstall: a marked block in the repository's pre-commit
 * hook. Whatever else stands in that hook was put there by somebody and stays
 * as it is: install adds the block below the first line of a shell script and
 * refuses anything else, uninstall takes exactly the block away.
 */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "cli/git.h"
#include "cli/name.h"

#define SHEBANG "#!/bin/sh\n"
#define BEGIN   "# dfopt begin"
#define END     "# dfopt end"

/* Graphical clients have a PATH of their own; a commit must not need dfopt. */
static const char *const BLOCK =
    BEGIN " (dfopt hook uninstall takes this away)\n"
          "if command -v dfopt >/dev/null 2>&1; then\n"
          "    dfopt hook run || exit $?\n"
          "else\n"
          "    echo 'dfopt: not in PATH, Dockerfiles are not checked' >&2\n"
          "fi\n" END "\n";

typedef struct {
    df_cli *cli;
    const char *path; /* .git/hooks/pre-commit */
    bool exists;
    df_str text;
} hook;

static void say(df_cli *cli, const char *what, const char *path)
{
    if (!cli->args->quiet)
        df_cli_print(cli, df_fmt(cli->arena, "%s %s\n", what, path));
}

static df_exit refuse(hook *h, const char *why)
{
    return df_cli_fail(h->cli,
                       "%s %s, so it is left alone; add the line "
                       "`dfopt hook run || exit $?` to it by hand",
                       h->path, why);
}

/* git knows of core.hooksPath and of work trees. */
static bool find_hook(hook *h)
{
    static const char *const WHERE[] = {"rev-parse", "--git-path", "hooks",
                                        NULL};
    const char *dir = df_git_line(h->cli->arena, WHERE);
    struct stat st;

    if (!dir) {
        df_cli_fail(h->cli, "this is no git repository, or git is missing");
        return false;
    }
    h->path = df_name_join(h->cli->arena, dir, DF_STR("pre-commit"));
    h->exists = lstat(h->path, &st) == 0;
    return true;
}

static bool read_hook(hook *h)
{
    df_err err;

    if (df_read_file(h->cli->arena, h->path, DF_MAX_INPUT, &h->text, &err))
        return true;
    df_cli_fail(h->cli, "%s: %s", h->path, err.text);
    return false;
}

/* Where our block is: its lines with their ends. False if it is not there. */
static bool find_block(df_str text, size_t *from, size_t *to)
{
    df_str rest = text;
    df_str line;
    bool begun = false;

    while (rest.len) {
        size_t at = text.len - rest.len;

        df_str_cut(&rest, '\n', &line);
        if (!begun && df_str_starts(line, BEGIN)) {
            begun = true;
            *from = at;
        } else if (begun && df_str_starts(line, END)) {
            *to = text.len - rest.len;
            return true;
        }
    }
    return false;
}

/* `#!/bin/bash`, `#!/usr/bin/env -S sh -e`: does it name a POSIX-like shell? */
static bool is_shell_script(df_str text)
{
    static const char *const SHELLS[] = {"sh",  "bash", "dash", "ash",
                                         "ksh", "mksh", "zsh",  NULL};
    df_str line;
    df_str word;
    bool more;

    df_str_cut(&text, '\n', &line);
    if (!df_str_starts(line, "#!"))
        return false;
    line = df_str_trim(df_str_from(line, 2));
    do {
        more = df_str_cut(&line, ' ', &word);
        for (size_t i; (i = df_str_find_char(word, '/')) != SIZE_MAX;)
            word = df_str_from(word, i + 1);
        if (df_str_in(word, SHELLS))
            return true;
        if (!df_str_is(word, "env") && !df_str_starts(word, "-"))
            return false;
    } while (more);
    return false;
}

static df_exit create(hook *h)
{
    df_arena *a = h->cli->arena;
    const char *dir = df_name_dir(a, h->path);
    df_str text = df_fmt(a, SHEBANG "%s", BLOCK);
    df_err err;

    if (mkdir(dir, 0777) && errno != EEXIST)
        return df_cli_fail(h->cli, "%s: %s", dir, df_name_reason(a, errno));
    if (!df_create_file(h->path, 0777, text, &err))
        return df_cli_fail(h->cli, "%s: %s", h->path, err.text);
    say(h->cli, "installed", h->path);
    return DF_EXIT_DONE;
}

static df_exit replace(hook *h, df_str text, const char *what)
{
    df_err err;

    if (!df_replace_file(h->path, h->text, text, &err))
        return df_cli_fail(h->cli, "%s: %s", h->path, err.text);
    say(h->cli, what, h->path);
    return DF_EXIT_DONE;
}

/* Below the first line, so that an `exit` or `exec` further down is no bar. */
static df_exit add_block(hook *h)
{
    size_t first = df_str_find_char(h->text, '\n');
    df_buf b;

    df_buf_init(&b, h->cli->arena);
    df_buf_add(&b, df_str_slice(h->text, 0, first));
    df_buf_fmt(&b, "\n%s", BLOCK);
    if (first != SIZE_MAX)
        df_buf_add(&b, df_str_from(h->text, first + 1));
    return replace(h, df_buf_str(&b), "added to");
}

static df_exit install(hook *h)
{
    struct stat st;
    size_t from, to;

    if (!h->exists)
        return create(h);
    if (lstat(h->path, &st) == 0 && S_ISLNK(st.st_mode))
        return refuse(h, "is a symbolic link");
    if (!read_hook(h))
        return DF_EXIT_FAILED;
    if (find_block(h->text, &from, &to)) {
        say(h->cli, "already installed in", h->path);
        return DF_EXIT_DONE;
    }
    if (!is_shell_script(h->text))
        return refuse(h, "is not a shell script");
    if (access(h->path, X_OK))
        return refuse(h, "is not executable, git does not run it");
    return add_block(h);
}

static df_exit remove_file(hook *h)
{
    if (unlink(h->path))
        return df_cli_fail(h->cli, "%s: %s", h->path,
                           df_name_reason(h->cli->arena, errno));
    say(h->cli, "removed", h->path);
    return DF_EXIT_DONE;
}

static df_exit uninstall(hook *h)
{
    size_t from, to;
    df_buf b;

    if (h->exists && !read_hook(h))
        return DF_EXIT_FAILED;
    if (!h->exists || !find_block(h->text, &from, &to)) {
        say(h->cli, "not installed in", h->path);
        return DF_EXIT_DONE;
    }
    df_buf_init(&b, h->cli->arena);
    df_buf_add(&b, df_str_slice(h->text, 0, from));
    df_buf_add(&b, df_str_from(h->text, to));
    if (df_str_is(df_buf_str(&b), SHEBANG))
        return remove_file(h);
    return replace(h, df_buf_str(&b), "taken out of");
}

df_exit df_cli_hook(df_cli *cli)
{
    const df_args *args = cli->args;
    const char *what = args->nfiles == 1 ? args->files[0] : "";
    hook h = {.cli = cli};

    if (strcmp(what, "run") == 0)
        return df_cli_hook_run(cli);
    if (strcmp(what, "install") != 0 && strcmp(what, "uninstall") != 0)
        return df_cli_fail(cli, "usage: dfopt hook install|uninstall");
    if (!find_hook(&h))
        return DF_EXIT_FAILED;
    return strcmp(what, "install") == 0 ? install(&h) : uninstall(&h);
}
