/*
 * Cutting a stage in two: what stands above the cut builds, what stands below
 * runs. The upper part keeps its lines; instructions of the image's config
 * that only the lower part needs go there, those that both need are repeated.
 *
 * Or in three: what stands above both parts gets a stage of its own, on which
 * they are built, and stays in both as it is.
 */
#ifndef DFOPT_CUT_H
#define DFOPT_CUT_H

#include <dfopt/facts.h>
#include <dfopt/transform.h>

/* What becomes of an instruction above the cut. */
typedef enum {
    DF_FATE_STAYS,   /* it builds */
    DF_FATE_REPEATS, /* both parts need it */
    DF_FATE_MOVES,   /* only the lower part needs it */
    DF_FATE_WORKDIR, /* stays, and its result is repeated */
    DF_FATE_HINDERS, /* nobody knows */
} df_fate;

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    const df_stage *stage;
    df_str name;    /* of the upper part; the lower keeps that of the stage */
    df_str shared;  /* of the stage of their own; or empty */
    uint32_t begin; /* number of instructions in it; 1: FROM, there is none */
    uint32_t cut;   /* number of instructions of the stage above the cut */
    df_fate *fates; /* of each instruction of the stage; may be changed */
    const char *const *drops; /* variables that the lower part does not get */
    bool same_image;   /* the lower part has the variables of the image, too */
    bool all_workdirs; /* each WORKDIR is repeated, not only the last: what is
                          repeated between them works there */
} df_cut;

/*
 * The cut of the only stage of a document: behind the last RUN for which
 * `stays` is false. A name is chosen that neither a stage nor an image has.
 */
df_cut df_cut_plan(df_arena *a, const df_facts *facts, const df_stage *stage,
                   bool (*stays)(const df_instr *instr, const void *ctx),
                   const void *ctx, const char *const *drops);

/*
 * The first `begin` instructions get a stage of their own. With a `begin` of 1
 * the lower part is built on the same image, and no more.
 */
void df_cut_share(df_cut *cut, uint32_t begin);

/* Why the stage cannot be cut there, and where; empty: it can. */
df_str df_cut_hindrance(const df_cut *cut, df_span *at);

/*
 * The edits: the name, `image` for the lower part, `first` right below it, the
 * config, and `last` (lines, each with its line end).
 */
void df_cut_apply(const df_cut *cut, df_finding *f, df_str image, df_str first,
                  df_str last);

/* The lines of an instruction, with the comment lines right above it. */
df_span df_cut_lines(const df_doc *doc, const df_instr *instr);

/* The same to be deleted: one blank line stays where two would. */
df_span df_cut_away(const df_doc *doc, const df_instr *instr);

/* The keyword as this file writes its keywords: "COPY" or "copy". */
const char *df_cut_keyword(const df_cut *cut, df_instr_kind kind);

#endif
