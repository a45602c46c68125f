/*
 * A site: a directory of static files that one step of a stage makes, and its
 * program serves.
 */
#ifndef DFOPT_SITE_H
#define DFOPT_SITE_H

#include <dfopt/program.h>
#include <dfopt/use.h>

typedef struct {
    df_arena *arena; /* to be set: these five */
    const df_facts *facts;
    df_context *context;
    const df_stage *stage;
    const df_program *program;
    const df_server *server;
    df_str served;         /* the directory, absolute */
    bool built;            /* a known bundler makes it in a RUN */
    bool fetched;          /* npx starts the server, and may fetch it first */
    bool depends;          /* package.json names the server */
    const df_cmd *install; /* npm install -g of it, or NULL */
} df_site;

/* The row of a call that bundles when the image is built, or NULL. The first
 * four of `site` are read. */
const df_bundler *df_site_bundler(const df_site *site, const df_call *call);

/* What a call of a known bundler makes, when the image is built; empty: it is
 * no such call; ptr NULL: nobody knows. The first four of `site` are read. */
df_str df_site_makes(const df_site *site, const df_call *call);

/* False if the program is no known server, or serves who knows what. */
bool df_site_find(df_site *site);

#endif
