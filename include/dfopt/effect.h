/*
 * What a RUN does to its own shell, and what would live on in another one:
 * each RUN starts a fresh shell, so two RUNs may share one only if nobody
 * notices (POSIX XCU 2.12, "Shell Execution Environment").
 */
#ifndef DFOPT_EFFECT_H
#define DFOPT_EFFECT_H

#include <dfopt/facts.h>

enum {
    DF_FX_CD = 1,        /* another working directory */
    DF_FX_STATE = 2,     /* variables, options, functions, traps, umask, … */
    DF_FX_ERREXIT = 4,   /* set -e */
    DF_FX_JOB = 8,       /* a background job */
    DF_FX_DAEMON = 16,   /* a service that stays behind */
    DF_FX_HARDLINK = 32, /* hard links, which layers cut */
    DF_FX_FLEETING = 64, /* /dev, /etc/hosts, mounts: no layer keeps them */
    DF_FX_OLDPWD = 128,  /* it asks where the shell was before */
    DF_FX_CONTROL = 256, /* set, exit or trap */
    DF_FX_COMMENT = 512, /* a `#` comment, which swallows what follows */
    DF_FX_COMPOUND = 1024, /* groups, subshells, if, loops, functions */
    DF_FX_EVAL = 2048, /* eval, `.`, return, a trap on ERR, a command that is
                          computed: may end it early */
};

typedef struct {
    unsigned flags;
    df_span job; /* where: valid if the flag is set */
    df_span daemon;
    df_span comment;
    df_span hardlink;
    df_span errexit;
    df_span eval;
} df_effects;

/* Does it start a process that outlives it: `service x start`? */
bool df_cmd_starts_daemon(const df_cmd *cmd);

/* Of a RUN whose tree is ok. */
df_effects df_run_effects(const df_run *run);

/* A command that changes nothing of the shell it runs in. */
bool df_cmd_leaves_shell(const df_cmd *cmd);

/* May it end before its last command: exit, exec, return, eval, …? */
bool df_run_may_end_early(const df_run *run);

/* Its text is one && chain: no `;`, no `||` on the top level. */
bool df_run_is_chain(const df_run *run);

/* A chain that begins with `cd /absolute &&`: it does not care where it starts.
 */
bool df_run_goes_elsewhere(const df_run *run);

/*
 * The `set …` that the script begins with, or NULL; *op is what stands behind
 * it (; or &&).
 */
const df_sh_node *df_run_set_line(const df_run *run, df_sh_op *op);

/* The same of a first `set …` or `export …` of constants. */
const df_sh_node *df_run_opening(const df_run *run, df_sh_op *op);

#endif
