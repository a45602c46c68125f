/*
 * A smaller image in the place of one that a stage is built on: which there
 * are, what they lack of what the stage needs, what has to be added.
 *
 * What images hold is known by layers of Debian packages (facts/layers.yaml).
 * Where the release behind a tag is not known, the larger image is taken to
 * have what it has in any release, the smaller one what it has in all.
 */
#ifndef DFOPT_SMALLER_H
#define DFOPT_SMALLER_H

#include <dfopt/deps.h>
#include <dfopt/use.h>

/* Something that the stage needs and the smaller image has not. */
typedef struct {
    df_str name;         /* a command, or a package of the distribution */
    df_str package;      /* that has to be added */
    df_str who;          /* needs it: "`git clone` in RUN", "app.py:3" */
    const df_call *call; /* while the image is made; NULL: when it runs */
} df_lack;

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *context;
    const df_stage *stage; /* FROM the larger image */
    const char *kind;      /* of df_sibling */
    uint32_t from;  /* index of the first instruction that counts: what stands
                       above builds, on the larger one; 0: all */
    df_str to, tag; /* the smaller one: repository and tag, */
    df_str image;   /* as FROM would name it */
    const df_image *known; /* its row */
    df_str suite;          /* release of Debian of both; empty: unknown */
    const df_use *use;
    const df_deps *deps;
    df_lack *lacks; /* to be added, by the names of the packages */
    uint32_t nlacks, clacks;
    const df_dep *unknown; /* the first package that may be compiled; or NULL */
    uint32_t nunknown;     /* others */
    df_span at;            /* the first reason against it */
    df_str why;
} df_smaller;

/* What is saved by it, as far as the tables tell: 0 is unknown. */
typedef struct {
    double mb;         /* uncompressed, 10^6 bytes */
    double compressed; /* of the images as they are published */
    uint32_t packages;
    bool built;    /* measured on images that were built, not summed up */
    bool at_least; /* what has to be added is taken for more than it is */
    df_str but;    /* not counted: the first package that has to be added and of
                      which nothing is known */
} df_saved;

/* Is there a sibling of that kind, of which it is known what it lacks? */
bool df_smaller_find(df_smaller *s, df_arena *a, const df_facts *facts,
                     const df_stage *stage, const char *kind);

/*
 * Weigh it: true if nothing speaks against it but what `lacks` says can be
 * added, else *at and *why say where and what.
 */
bool df_smaller_weigh(df_smaller *s, df_context *context);

df_saved df_smaller_saves(const df_smaller *s);

/* What could not be seen, for somebody to check. */
df_str df_smaller_conditions(const df_smaller *s);

/* Has the larger image something that the smaller one has not? */
bool df_smaller_drops(const df_smaller *s, df_str name);

/* The same of a package of the distribution, whatever else has its name. */
bool df_smaller_drops_package(const df_smaller *s, df_str package);

/*
 * The package that brings `name` to the smaller image; empty if it is not
 * known, or is there only to compile something.
 */
df_str df_smaller_package(const df_smaller *s, df_str name);

/* Does an image hold a command or a package, in a release that is known? */
bool df_image_holds(const df_kb *kb, const df_image *image, df_str suite,
                    df_str name);

#endif
