/*
 * measure RUNS COMMAND... - the median CPU time (user and system, in ms), the
 * least, the median wall time, and the peak memory (KiB) of a command that is
 * run so often; what it prints goes nowhere.
 */
#define _GNU_SOURCE /* wait4 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 100

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static double ms(struct timeval t)
{
    return (double)t.tv_sec * 1000 + (double)t.tv_usec / 1000;
}

static void run(char **argv, struct rusage *used)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);

        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, used) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) > 126) {
        fprintf(stderr, "measure: cannot run %s\n", argv[0]);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    double cpu[MAX_RUNS], wall[MAX_RUNS];
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    long peak = 0;

    if (runs < 1 || runs > MAX_RUNS)
        return 2;
    for (int i = 0; i < runs; i++) {
        struct rusage used;
        double start = now();

        run(argv + 2, &used);
        wall[i] = now() - start;
        cpu[i] = ms(used.ru_utime) + ms(used.ru_stime);
        peak = used.ru_maxrss > peak ? used.ru_maxrss : peak;
    }
    qsort(cpu, (size_t)runs, sizeof *cpu, by_value);
    qsort(wall, (size_t)runs, sizeof *wall, by_value);
    printf("%.2f %.2f %.2f %ld\n", cpu[runs / 2], cpu[0], wall[runs / 2], peak);
    return 0;
}
