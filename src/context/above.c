/* Directories above a context: see above.h. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "context/above.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "context/tree.h"

enum { MAX_LEVELS = 8 };

static bool is_top(df_context *cx, df_str dir)
{
    const char *path =
        df_fmt(df_context_arena(cx), "%.*s/.git", DF_STR_ARG(dir)).ptr;
    struct stat st;

    if (lstat(path, &st) == 0)
        return true;
    df_note_fault(df_context_fault(cx), path);
    return false;
}

/* How many directories above is the top of the work tree? 0: there is none, or
 * it is the context. */
static unsigned levels(df_context *cx, df_str dir)
{
    for (unsigned n = 0; n <= MAX_LEVELS && dir.len > 1; n++) {
        if (is_top(cx, dir))
            return n;
        while (dir.len > 1 && dir.ptr[dir.len - 1] != '/')
            dir.len--;
        dir.len -= dir.len > 1;
    }
    return 0;
}

static void look(df_context *cx, df_above *out, df_str whole)
{
    df_arena *a = df_context_arena(cx);
    unsigned n = levels(cx, whole);
    df_str dir = whole;

    while (n-- > 0) {
        while (dir.ptr[dir.len - 1] != '/')
            dir.len--;
        dir.len--;
        *df_push(a, out, items) = (df_above_dir){
            df_disk_open(a, df_cstr(a, dir), df_context_fault(cx)),
            df_str_from(whole, dir.len + 1)};
    }
}

const df_above *df_context_above(df_context *cx)
{
    void **slot = df_context_memo(cx, "above", DF_STR(""));
    df_arena *a = df_context_arena(cx);
    const char *dir = df_context_dir(cx);
    df_above *out = *slot;
    char *whole; /* the arena's: memory may run out in between */

    if (out)
        return out;
    *slot = out = df_new(a, df_above);
    if (!dir)
        return out;
    whole = df_new_array(a, char, DF_MAX_PATH + 1);
    if (realpath(dir, whole))
        look(cx, out, df_str_of(whole));
    else
        df_note_fault(df_context_fault(cx), dir);
    return out;
}
