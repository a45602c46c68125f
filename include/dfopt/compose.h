/*
 * Compose files that build a context: what starts the image, and looks after
 * it, stands there (Compose specification, "services").
 */
#ifndef DFOPT_COMPOSE_H
#define DFOPT_COMPOSE_H

#include <dfopt/context.h>

typedef struct {
    df_str file;             /* as seen from the context: "../compose.yaml" */
    df_str context;          /* as seen from there: "web", "" beside it */
    const df_json *services; /* a map, or NULL */
    const df_json *more;     /* what the file that is merged into it says of
                                them, as compose.override.yaml; or NULL */
} df_compose;

typedef struct {
    df_compose *items;
    uint32_t nitems, citems;
} df_composes;

/*
 * Those in the context's directory, ignored or not, and, in a git work tree,
 * in the directories above it up to the top. In the arena of the context.
 */
const df_composes *df_compose_find(df_context *cx);

/* Does a service build that context, by the Dockerfile at hand? `more`: what
 * the file that is merged in says of it, or NULL. */
bool df_compose_builds(df_context *cx, const df_compose *compose,
                       const df_json *service, const df_json *more);

/*
 * Does a service build by the Dockerfile at hand, if `cx` is its directory?
 * *dir: what is built then, as seen from there ("..", "../.."); "" if it is
 * that directory itself, or one that is not above it, or services differ.
 */
bool df_compose_context(df_context *cx, df_str *dir);

#endif
