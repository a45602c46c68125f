/* The two halves of df_kept_find: see dfopt/kept.h. */
#ifndef DFOPT_PASS_KEPT_H
#define DFOPT_PASS_KEPT_H

#include <dfopt/kept.h>

/* The first reason counts. */
void df_kept_say(df_kept *k, df_span at, df_str why);

#define KEPT_SAY(k, at, ...) df_kept_say(k, at, df_fmt((k)->arena, __VA_ARGS__))

/* The same, of what the author can answer; false if that is trusted. */
bool df_kept_doubt(df_kept *k, df_doubt doubt, df_span at, df_str why);

/* The row of an install that fills a directory of its own in this image, or
 * NULL. */
const df_carry *df_kept_row(const df_kept *k, const df_cmd *cmd);

/* The lower part gets that directory; says why not. */
void df_kept_carry(df_kept *k, const df_cmd *cmd, const df_carry *row);

/* `libpq-dev=15.*`, `gcc:amd64` */
df_str df_kept_package(df_str word);

bool df_kept_on_alpine(const df_kept *k);

/* apt-get, apt, apk */
bool df_kept_is_manager(const df_kept *k, const df_cmd *cmd);

/* What such a command of a RUN installs, sorted; `removes` becomes true, and
 * stays so, if it takes away what was installed to build with. */
void df_kept_manage(df_kept *k, const df_cmd *cmd, bool *removes);

/* What the author says that programs need, which cannot be read. */
void df_kept_read_needs(df_kept *k);

/* A package that the lower part gets. */
void df_kept_keep(df_kept *k, df_str name);

/* Do names of packages, or what pip brings, matter in a release of which these
 * are not known? */
bool df_kept_unknown_release(const df_kept *k);

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
