/*
 * The image builders that dfopt can call: docker, podman, buildah.
 *
 * They are programs, called with argument vectors and the user's environment,
 * so DOCKER_HOST, DOCKER_CONTEXT and friends hold. A call that failed has put
 * the reason into `why`. Everything that was made has a tag that begins with
 * dfopt-verify, and df_engine_tidy removes it.
 */
#ifndef DF_VERIFY_ENGINE_H
#define DF_VERIFY_ENGINE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/process.h"
#include "verify/steps.h"
#include "verify/tree.h"

typedef enum {
    DF_ENGINE_OK,
    DF_ENGINE_ABSENT,  /* no such program, or it does not answer */
    DF_ENGINE_REFUSED, /* it ended with a failure: a build that does not work */
    DF_ENGINE_LATE,    /* timeout */
    DF_ENGINE_STOPPED, /* a signal came */
    DF_ENGINE_FULL,    /* no space left on device */
    DF_ENGINE_BROKEN,  /* its answer makes no sense */
} df_engine_how;

typedef struct {
    df_arena *arena;
    const char *name; /* docker */
    df_str version;
    unsigned timeout;           /* seconds for one call; 0: none */
    const char *const *options; /* for the build command; NULL-terminated */
    const char *ignore_file;    /* podman, buildah: instead of .dockerignore */
    bool verbose;               /* what the builder prints goes to stderr */
    bool progress;              /* a line that tells what goes on */
    df_engine_how how;
    df_str why;
    df_str tail;       /* the end of what a failed build printed */
    const char **tags; /* made so far */
    uint32_t ntags, ctags;
    const char *container; /* under way, or NULL */
    const char *nonce;
} df_engine;

/*
 * Find one: the one that is wanted, or the first of the three that answers.
 * The fields `arena`, `timeout` and below are the caller's.
 */
bool df_engine_find(df_engine *e, const char *wanted);

typedef struct {
    const char *file;    /* Dockerfile */
    const char *context; /* directory */
    const char *name;    /* "before": its tag, and what progress calls it */
    bool fresh;          /* --no-cache */
} df_build_order;

typedef struct {
    const char *tag;
    double seconds;
    df_steps steps;
    json_t *config; /* owned by the arena */
    uint64_t size;  /* bytes; 0: unknown */
    uint32_t layers;
    df_tree tree;
} df_image_built;

/* Build, and look at its config. */
bool df_engine_build(df_engine *e, const df_build_order *order,
                     df_image_built *image);
/* Fills in `tree`. */
bool df_engine_export(df_engine *e, df_image_built *image);

typedef struct {
    int status;
    df_str out; /* stdout and stderr, the first 64 KB */
    double seconds;
} df_ran;

/* Run a program in a container without network that is removed behind it. */
bool df_engine_run(df_engine *e, const df_image_built *image,
                   const char *const *argv, df_ran *ran);

/* Remove what was made. Signals wait meanwhile. */
void df_engine_tidy(df_engine *e);

#endif
