/*
 * Programs that we run: the engine, never a shell.
 *
 * A program gets its argument vector, an empty stdin, our environment and a
 * process group of its own, so that Ctrl-C reaches us alone and we decide when
 * it ends. The caller has blocked the signals of df_process_signals; a pending
 * one ends the program, unless it is `shielded`.
 */
#ifndef DF_BASE_PROCESS_H
#define DF_BASE_PROCESS_H

#include <signal.h>

#include <dfopt/mem.h>

typedef struct {
    const char *const *argv; /* found through PATH; ends with NULL */
    unsigned timeout;        /* seconds; 0: none */
    bool merged;             /* stderr goes where stdout goes */
    bool shielded;           /* for tidying up: signals wait */
    bool (*take)(void *ctx, df_str bytes); /* stdout as it comes; false ends
                                              the program; NULL: dropped */
    void (*tick)(void *ctx);               /* several times a second, or NULL */
    void *ctx;
} df_process;

typedef enum {
    DF_PROCESS_DONE, /* status is its exit status, 128 + N for a signal */
    DF_PROCESS_MISSING,
    DF_PROCESS_FAILED, /* could not be started: errno is in status */
    DF_PROCESS_TIMEOUT,
    DF_PROCESS_STOPPED, /* a signal is pending */
    DF_PROCESS_REFUSED, /* take returned false */
} df_process_how;

typedef struct {
    df_process_how how;
    int status;
    double seconds;
    df_str err; /* the last few KB of stderr, unless it was merged */
} df_process_end;

df_process_end df_process_run(df_arena *a, const df_process *p);

/* What a user or a system sends to end us. */
void df_process_signals(sigset_t *set);

/* Is one of them pending? */
bool df_process_stopped(void);

/* Seconds of a clock that never goes back. */
double df_process_clock(void);

#endif
