/*
 * Names of files as users wrote them: nothing is made absolute, so messages
 * call a file what its reader calls it.
 */
#ifndef DF_CLI_NAME_H
#define DF_CLI_NAME_H

#include <dfopt/mem.h>

/* The part behind the last slash, and the directory before it ("." if none). */
df_str df_name_base(const char *path);
const char *df_name_dir(df_arena *a, const char *path);

/* dir/name, without a leading "./". */
const char *df_name_join(df_arena *a, const char *dir, df_str name);

/* The directory above, "..", "a/..", or "a" of "a/b"; NULL above the root. */
const char *df_name_above(df_arena *a, const char *dir);

/* Is there anything, were it a link that leads nowhere? */
bool df_name_exists(const char *path);

/* The same; true also where that cannot be told: opening it will fail, then. */
bool df_name_may_exist(const char *path);

/* Why the last call failed: "permission denied". Not for threads. */
const char *df_name_reason(df_arena *a, int error);

#endif
