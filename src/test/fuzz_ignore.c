/*
 * .dockerignore: a path is the first line, the rules are the rest. The answer
 * is the same twice, and a file that is refused drops everything.
 */
#include "test/fuzz.h"

#include "base/arena.h"
#include "context/ignore.h"

const char *const FUZZ_RULES[] = {"ignore", NULL};
const char *const FUZZ_START = "ignored";

static const char *const PATHS[] = {"a", "a/b", "node_modules/x/y.js",
                                    ".git/HEAD", "src/main.c"};

static void check(df_ignore *ig, df_str path)
{
    df_ignore_verdict once = df_ignore_judge(ig, path);
    uint32_t line = 0;
    df_str why = {NULL, 0};

    df_ignore_matches(ig, path);
    if (df_ignore_is_bad(ig, &line, &why))
        once = DF_IGNORE_PRUNE;
    PROMISE(df_ignore_judge(ig, path) == once);
}

/* Clean and relative, as the context asks it. */
static bool is_clean(df_str path)
{
    df_str part;

    if (!path.len || df_str_starts(path, "/") || df_str_ends(path, "/") ||
        df_str_find_char(path, '\0') != SIZE_MAX)
        return false;
    while (path.len) {
        df_str_cut(&path, '/', &part);
        if (!part.len || df_str_is(part, ".") || df_str_is(part, ".."))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    df_str rules = {(const char *)data, size};
    df_str path;
    df_arena a;
    df_ignore *ig;

    df_str_cut(&rules, '\n', &path);
    df_arena_init(&a, NULL, NULL);
    ig = df_ignore_parse(&a, rules);
    PROMISE(ig != NULL);
    if (is_clean(path))
        check(ig, path);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        check(ig, df_str_of(PATHS[i]));
    df_arena_release(&a);
    return 0;
}
