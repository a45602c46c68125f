/* The two halves of df_kept_find: see dfopt/kept.h. */
#ifndef DFOPT_PASS_KEPT_H
#define DFOPT_PASS_KEPT_H

#include <dfopt/kept.h>

/* The first reason counts. */
void df_kept_say(df_kept *k, df_span at, df_str why);

#define KEPT_SAY(k, at, ...) df_kept_say(k, at, df_fmt((k)->arena, __VA_ARGS__))

/* The same, of what the author can answer; false if that is trusted. */
bool df_kept_doubt(df_kept *k, df_doubt doubt, df_span at, df_str why);

/* `libpq-dev=15.*`, `gcc:amd64` */
df_str df_kept_package(df_str word);

/* Is there a compiler among what stays above? */
bool df_kept_compiles(const df_kept *k);

/*
 * What stands below the cut, and what runs there: does it do without what
 * stays above? Says why not.
 */
void df_kept_below(df_kept *k);

/* The project of each directory that was carried: are all its dependencies in
 * there, and nothing else that the install makes? */
void df_kept_projects(df_kept *k);

#endif
