/*
 * The properties that hold for every input (house rules):
 *
 *   P1  tokens tile the input
 *   P2  with no passes, the output equals the input, byte for byte
 *   P3  the output parses, with no more problems than the input had, and no
 *       pass made a change that had to be dropped
 *   P4  running on the output yields no edit
 *   P5  the printed diff, applied by `patch -p1` and by `git apply`, turns
 *       input into output
 *   P6  what nobody edited survives, see property.c
 *   P7  with allocation failing at the nth call, for each n: an error
 *   P8  hostile inputs end within a bound linear in their size
 */
#ifndef DF_TEST_PROPERTY_H
#define DF_TEST_PROPERTY_H

#include <dfopt/dfopt.h>

typedef enum {
    P_TILES = 1,
    P_NO_PASSES,
    P_PARSES,
    P_SETTLED,
    P_DIFF,
    P_SURVIVES,
    P_MEMORY,
    P_HOSTILE,
    NPROPERTIES,
} property;

/* Told of each property that does not hold, and why. */
typedef void property_fn(void *ctx, property p, const char *why);

/* P1 to P6 for one text, P5 without the programs, and with the diffs of
 * suggestions and the reports for programs. The result is the caller's. */
df_result *property_check(df_str text, const df_options *options,
                          property_fn *broken, void *ctx);

/* P1 alone. */
void property_tiles(df_str text, property_fn *broken, void *ctx);

#endif
