/*
 * Proof by building: the original and the rewritten Dockerfile are built, and
 * the two images compared.
 *
 * Nothing of the user's is written. What the engine was made to build is
 * removed before df_verify returns; a signal that came meanwhile is pending
 * then, if the caller blocked those of df_process_signals.
 */
#ifndef DF_VERIFY_VERIFY_H
#define DF_VERIFY_VERIFY_H

#include <dfopt/dfopt.h>

#include "verify/engine.h"

typedef struct {
    const char *file;    /* the Dockerfile */
    const char *context; /* directory */
    const char
        *with; /* compare with this Dockerfile, do not rewrite; or NULL */
    df_options rewrite;
    const char *engine;               /* or NULL: the first that answers */
    const char *const *build_options; /* for the engine's build command */
    const char *touch; /* file to change for a rebuild, below the context; NULL:
                          choose one */
    const char *smoke; /* command to run in both images, or NULL */
    bool twice;        /* build the original twice in any case */
    bool bisect;       /* not equal: find the change to blame */
    bool keep_proved;  /* leave out what is to blame until the rest is equal */
    bool rebuild;      /* change a file and build again */
    unsigned seed;     /* another one for each run */
    unsigned timeout;  /* seconds for one call of the engine; 0: none */
    bool verbose, progress;
} df_verify_options;

typedef enum {
    DF_VERIFY_EQUAL,
    DF_VERIFY_UNCHANGED, /* the rewrite has nothing to do; nothing was built */
    DF_VERIFY_DIFFERS,
    DF_VERIFY_BROKEN, /* the original builds, the rewritten file does not */
    DF_VERIFY_FAILED, /* nothing can be said: see error */
} df_verdict;

/* A member of the image config that differs. */
typedef struct {
    const char *key;
    df_str before, after; /* as JSON */
} df_config_diff;

typedef struct {
    df_str path;
    bool before, after;
} df_artefact;

/* A rebuild after one file changed. */
typedef struct {
    bool done;
    double seconds;
    df_steps steps;
} df_rebuild;

typedef struct {
    df_image_built image;
    df_rebuild again;
    df_ran smoke;
} df_side;

/* A change that is to blame. */
typedef struct {
    const char *pass;
    uint32_t line, col;
    df_str text;
} df_blamed;

typedef struct {
    df_verdict verdict;
    df_str error; /* why it failed, or the rewrite does not build */
    df_str log;   /* the end of what the failed build printed */
    bool interrupted;
    const char *engine; /* NULL: none was asked */
    df_str version;
    df_result *rewrite; /* of what was compared in the end; owned by the
                           report's arena */
    df_str text;        /* the original */
    bool unsafe;        /* files differ on purpose: see artefacts, smoke */
    df_side before, after;
    bool twice;        /* the original was built a second time */
    uint32_t compared; /* paths */
    df_tree_diffs files;
    uint32_t nreal;
    df_config_diff *config;
    uint32_t nconfig, cconfig;
    df_str other_env; /* unsafe: names of variables that differ, which no ENV of
                        the original sets, so that they are the base image's,
                        or which a change named; blanks between */
    df_artefact *artefacts;
    uint32_t nartefacts, cartefacts;
    const char *smoke; /* that was run, or NULL */
    bool smoke_equal;
    df_str touched; /* empty: no file */
    df_str rebuild_error;
    df_blamed *blamed;
    uint32_t nblamed, cblamed;
} df_verify_report;

void df_verify(df_arena *a, const df_verify_options *options,
               df_verify_report *report);

/* "mode, owner": what differs. */
void df_verify_what(df_buf *out, const df_tree_diff *d);

/* What people read; and one JSON document. */
void df_verify_print(df_buf *out, const char *file, const df_verify_report *r,
                     bool verbose);
bool df_verify_print_json(df_buf *out, const char *file,
                          const df_verify_report *r);

#endif
