/* git as a program: see cli/git.h. */
#include "cli/git.h"

#include "base/buf.h"
#include "base/process.h"
#include "cli/name.h"

#define MAX_ARGS 15

/* A listing of the largest public monorepos (a million paths) has 100 MB. */
#define MAX_ANSWER ((size_t)512 * 1024 * 1024)

/*
 * core.fsmonitor names a program that listing files would run, and unpacked
 * archives can hold a .git/config.
 */
static const char *const *command_line(df_arena *a, const char *dir,
                                       const char *const *args)
{
    static const char *const HEAD[] = {"git", "--no-optional-locks", "-c",
                                       "core.fsmonitor=false"};
    const char **argv = df_new_array(a, const char *, MAX_ARGS + 8);
    size_t n = 0;

    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++)
        argv[n++] = HEAD[i];
    if (dir) {
        argv[n++] = "-C";
        argv[n++] = dir;
    }
    for (size_t i = 0; i < MAX_ARGS && args[i]; i++)
        argv[n++] = args[i];
    return argv;
}

static bool gather(void *ctx, df_str bytes)
{
    df_buf *out = ctx;

    df_buf_add(out, bytes);
    return out->len <= MAX_ANSWER;
}

bool df_git(df_arena *a, const char *dir, const char *const *args, df_str *out)
{
    df_buf answer;
    df_process git = {
        .argv = command_line(a, dir, args), .take = gather, .ctx = &answer};
    df_process_end end;

    df_buf_init(&answer, a);
    end = df_process_run(a, &git);
    *out = df_buf_str(&answer);
    return end.how == DF_PROCESS_DONE && end.status == 0;
}

const char *df_git_line(df_arena *a, const char *const *args)
{
    df_str out;

    if (!df_git(a, NULL, args, &out))
        return NULL;
    if (df_str_ends(out, "\n"))
        out.len--;
    return out.len ? df_cstr(a, out) : NULL;
}

bool df_git_above(df_arena *a, const char *dir)
{
    for (; dir; dir = df_name_above(a, dir))
        if (df_name_may_exist(df_fmt(a, "%s/.git", dir).ptr))
            return true;
    return false;
}
