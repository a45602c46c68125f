/* Paths that links could lead astray. */
#ifndef DF_BASE_INSIDE_H
#define DF_BASE_INSIDE_H

#include <dfopt/mem.h>

/*
 * Where `path` leads from the directory `top`: a path without links, `.` and
 * `..`, also of what is not there ("" for `top` itself). False, with errno set,
 * if a `..` or a link leads out of `top`, were it only to come back (EPERM), if
 * an absolute path or link is among them (EPERM), and if that cannot be seen.
 * Nothing outside is looked at to tell.
 */
bool df_inside(df_arena *a, const char *top, df_str path, df_str *place);

/* Does a file lie in the directory that its path says, behind its links, too?
 * The directory itself may be a link. False as above. */
bool df_stays(df_arena *a, const char *path);

#endif
