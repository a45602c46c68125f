/*
 * Many pieces of work at once, their results in order.
 */
#ifndef DF_CLI_JOBS_H
#define DF_CLI_JOBS_H

#include <stddef.h>

typedef struct {
    /* On any thread, in any order; these count from 0. */
    void (*work)(void *ctx, size_t thread, size_t i);
    void (*done)(void *ctx, size_t i); /* on the caller's, in order */
    void *ctx;
} df_jobs;

/*
 * work(i), then done(i), for each i below n. With one thread, one piece, or
 * no thread to be had, all is done here, one after the other. Other threads
 * take no SIGHUP, SIGINT, SIGQUIT or SIGTERM.
 */
void df_jobs_run(const df_jobs *jobs, size_t n, size_t threads);

/* As many threads as that runs on for `threads` of n. */
size_t df_jobs_threads(size_t n, size_t threads);

#endif
