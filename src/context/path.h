/*
 * Paths as text: nothing here looks at a disk.
 */
#ifndef DF_CONTEXT_PATH_H
#define DF_CONTEXT_PATH_H

#include <dfopt/mem.h>

/*
 * The shortest equal path, as Go's filepath.Clean gives it: no doubled or
 * trailing slash, no `.`, `..` only at the front; "." for nothing.
 */
df_str df_path_clean(df_arena *a, df_str path);

/*
 * A path of the build context, cleaned and without a slash in front; the root
 * is "". False if it leaves the context by `..`, or holds a NUL.
 */
bool df_path_inside(df_arena *a, df_str path, df_str *out);

/* `dir`/`name`; either may be empty. */
df_str df_path_join(df_arena *a, df_str dir, df_str name);

/*
 * Where the part ends that begins at `from`: at a slash or with the path. The
 * next one begins one behind.
 */
size_t df_path_part_end(df_str path, size_t from);

/* What stands before the last slash; "" if there is none. */
df_str df_path_dir(df_str path);

#endif
