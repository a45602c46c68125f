/* The two layers: built-in knowledge, and a user's file on top of it. */
#include <stdio.h>
#include <stdlib.h>

#include <dfopt/dfopt.h>

#include "base/arena.h"
#include "base/io.h"
#include "kb/kb.h"
#include "kb/kb_load.h"

/* What df_kb_open gives out is the first member. */
typedef struct {
    df_kb kb;
    df_knowledge user;
    df_arena arena;
} opened;

static const df_kb BUILTIN = {.builtin = &df_kb_data};

const df_kb *df_kb_builtin(void)
{
    return &BUILTIN;
}

static bool load(opened *o, const char *path, df_err *err)
{
    jmp_buf oom;
    df_str text;
    bool ok;

    df_arena_init(&o->arena, NULL, &oom);
    if (setjmp(oom))
        return df_fail(err, DF_ENOMEM, path, 0, "out of memory");
    ok = df_read_file(&o->arena, path, DF_MAX_KB, &text, err) &&
         df_kb_load(&o->arena, df_str_of(path), text, true, &o->user, err);
    o->arena.oom = NULL;
    return ok;
}

static void describe(const df_err *err, char *message, size_t size)
{
    if (err->line)
        snprintf(message, size, "%s:%u:%u: error: %s", err->path, err->line,
                 err->col, err->text);
    else
        snprintf(message, size, "%s: error: %s", err->path, err->text);
}

df_kb *df_kb_open(const char *path, char *message, size_t size)
{
    opened *o = malloc(sizeof *o);
    df_err err;

    if (!o) {
        snprintf(message, size, "%s: error: out of memory", path);
        return NULL;
    }
    if (!load(o, path, &err)) {
        describe(&err, message, size);
        df_kb_close(&o->kb);
        return NULL;
    }
    o->kb = (df_kb){.user = &o->user, .builtin = &df_kb_data};
    return &o->kb;
}

void df_kb_close(df_kb *kb)
{
    opened *o = (opened *)kb;

    if (!o)
        return;
    df_arena_release(&o->arena);
    free(o);
}
