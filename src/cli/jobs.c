/*
 * Jobs: see cli/jobs.h. Workers take the next number while it is less than
 * AHEAD in front of what is done, so results do not pile up behind a slow one.
 * To wake somebody costs as much as a small job: what is ready is looked for
 * every PAUSE, and at the end.
 */
#include "cli/jobs.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#define MAX_THREADS 1024
#define AHEAD       256
#define PAUSE       5000000L /* nanoseconds */

/* musl's default of 128 KiB is less than the library's recursion may take. */
#define STACK ((size_t)2 * 1024 * 1024)

typedef struct {
    const df_jobs *jobs;
    size_t n;
    pthread_mutex_t lock;
    pthread_cond_t room; /* more may be taken */
    pthread_cond_t end;  /* as many as can be are worked */
    size_t threads;      /* have begun */
    size_t next;         /* to be taken */
    size_t worked;       /* as many came back */
    size_t done;         /* as many are through */
    bool ready[AHEAD];   /* [i % AHEAD]: worked, not yet done */
} pool;

/* The number to work on, or n: no more. */
static size_t take(pool *p)
{
    size_t i;

    pthread_mutex_lock(&p->lock);
    while (p->next < p->n && p->next >= p->done + AHEAD)
        pthread_cond_wait(&p->room, &p->lock);
    i = p->next < p->n ? p->next++ : p->n;
    pthread_mutex_unlock(&p->lock);
    return i;
}

static void *worker(void *ctx)
{
    pool *p = ctx;
    size_t thread;

    pthread_mutex_lock(&p->lock);
    thread = p->threads++;
    pthread_mutex_unlock(&p->lock);
    for (size_t i; (i = take(p)) < p->n;) {
        p->jobs->work(p->jobs->ctx, thread, i);
        pthread_mutex_lock(&p->lock);
        p->ready[i % AHEAD] = true;
        if (++p->worked == p->n || p->worked == p->done + AHEAD)
            pthread_cond_signal(&p->end);
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

static void pause_for(pool *p)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PAUSE;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&p->end, &p->lock, &until);
}

static void collect(pool *p)
{
    for (size_t i = 0; i < p->n; i++) {
        pthread_mutex_lock(&p->lock);
        while (!p->ready[i % AHEAD])
            pause_for(p);
        p->ready[i % AHEAD] = false;
        pthread_mutex_unlock(&p->lock);
        p->jobs->done(p->jobs->ctx, i);
        pthread_mutex_lock(&p->lock);
        p->done = i + 1;
        if (p->next >= p->done + AHEAD - 1)
            pthread_cond_broadcast(&p->room);
        pthread_mutex_unlock(&p->lock);
    }
}

static size_t start(pool *p, pthread_t *threads, size_t wanted)
{
    pthread_attr_t attr;
    size_t n = 0;

    if (pthread_attr_init(&attr))
        return 0;
    pthread_attr_setstacksize(&attr, STACK);
    while (n < wanted && pthread_create(&threads[n], &attr, worker, p) == 0)
        n++;
    pthread_attr_destroy(&attr);
    return n;
}

/* What interrupts a run goes to the main thread, which may hold it back. */
static size_t start_shielded(pool *p, pthread_t *threads, size_t wanted)
{
    static const int SIGNALS[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    sigset_t held;
    sigset_t before;
    size_t n;

    sigemptyset(&held);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaddset(&held, SIGNALS[i]);
    pthread_sigmask(SIG_BLOCK, &held, &before);
    n = start(p, threads, wanted);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return n;
}

static void run_here(const df_jobs *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        jobs->work(jobs->ctx, 0, i);
        jobs->done(jobs->ctx, i);
    }
}

size_t df_jobs_threads(size_t n, size_t threads)
{
    if (threads > n)
        threads = n;
    return threads > MAX_THREADS ? MAX_THREADS : threads;
}

void df_jobs_run(const df_jobs *jobs, size_t n, size_t threads)
{
    pthread_t ids[MAX_THREADS];
    pool p = {.jobs = jobs, .n = n};
    size_t started = 0;

    threads = df_jobs_threads(n, threads);
    if (threads > 1) {
        pthread_mutex_init(&p.lock, NULL);
        pthread_cond_init(&p.room, NULL);
        pthread_cond_init(&p.end, NULL);
        started = start_shielded(&p, ids, threads);
    }
    if (started == 0) {
        run_here(jobs, n);
        return;
    }
    collect(&p);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    pthread_cond_destroy(&p.room);
    pthread_cond_destroy(&p.end);
    pthread_mutex_destroy(&p.lock);
}
