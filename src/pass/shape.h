/* What the shapes share: see dfopt/shape.h. */
#ifndef DFOPT_PASS_SHAPE_H
#define DFOPT_PASS_SHAPE_H

#include <dfopt/shape.h>

/* Of what starts the program. */
df_span df_shape_start(const df_shape *j);

/* One reason is enough; it is said unless `quiet`. */
void df_shape_decline(df_shape *j, df_span at, df_str why);

#define SHAPE_DECLINE(j, at, ...)                                              \
    df_shape_decline(j, at, df_fmt((j)->arena, __VA_ARGS__))

/* What .dfopt.yaml says of the lower part: `runtime: slim` or `same`. */
bool df_shape_wants(const df_shape *j, const char *policy);

/* Declines an image that is for development. */
void df_shape_check_reload(df_shape *j, const df_use *use);

/* Does the author say that a RUN makes it? */
bool df_shape_is_told(const df_shape *j, df_str path);

/* What installs with lists of packages that are fetched above; empty: nothing.
 */
df_str df_shape_borrows(df_shape *j, const df_cut *cut);

/* A COPY from another stage, of which nobody knows what it needs, or NULL. */
const df_instr *df_shape_foreign(const df_shape *j);

/* Declines what cannot be cut there. */
void df_shape_check_cut(df_shape *j, const df_cut *cut);

/* Declines what a compose file starts in another image. */
void df_shape_check_compose(df_shape *j);

/* A path as COPY of the lower part says it: relative where that is known. */
df_str df_shape_destination(df_shape *j, df_str path);

#endif
