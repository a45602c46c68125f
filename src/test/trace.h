/*
 * What a program touches, as the kernel sees it: each path that it opens, lists
 * or looks up, each program that it starts, each use of the network. Not by a
 * preloaded library, which knows only the calls that somebody thought of.
 */
#ifndef DF_TEST_TRACE_H
#define DF_TEST_TRACE_H

#include <dfopt/mem.h>

typedef enum {
    TOUCH_LOOK, /* its status, a link that is read, a directory on the way */
    TOUCH_OPEN,
    TOUCH_LIST,
    TOUCH_CHANGE, /* created, written to, renamed, removed */
    TOUCH_RUN,
    TOUCH_NET,     /* no path */
    TOUCH_UNKNOWN, /* a system call that trace.c does not know: its number */
} touch_kind;

/* `place` is where the path led: absolute, without links; what is missing has
 * one, too. A link that was followed is a touch of its own. */
typedef struct {
    touch_kind kind;
    const char *place;
} touch;

typedef struct {
    touch *items;
    uint32_t nitems, citems;
    int status; /* 128 + N: by signal N */
} touches;

/*
 * Run `argv` in `dir`; what it prints is dropped. A program that it starts is
 * named and no longer followed. False if this system lets nobody be traced.
 */
bool trace_run(df_arena *a, const char *dir, const char *const *argv,
               touches *out);

#endif
