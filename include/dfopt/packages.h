/*
 * Text of instructions that install packages of a distribution, as the author
 * of the file would write them.
 */
#ifndef DFOPT_PACKAGES_H
#define DFOPT_PACKAGES_H

#include <dfopt/facts.h>

typedef struct {
    const char *run;    /* the keyword as the file writes it: "RUN" */
    const char *family; /* alpine; anything else is taken for debian */
    const df_str *names;
    uint32_t nnames;
    bool recommends; /* with what they recommend */
    bool upgrades;   /* and all that is there brought up to date first */
    df_str assigns;  /* variables for the install, a blank behind each */
} df_packages;

/* A RUN for them, without a line end. */
df_str df_packages_run(df_arena *a, const df_facts *facts,
                       const df_packages *packages);

#endif
