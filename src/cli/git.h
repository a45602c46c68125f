/*
 * git as a program: asked, never linked, never through a shell. Repositories
 * may be strangers', so nothing runs that their configuration names.
 */
#ifndef DF_CLI_GIT_H
#define DF_CLI_GIT_H

#include "base/err.h"

/*
 * Run `git ARGS` (at most 15, ending with NULL) in `dir` (NULL: here) and
 * collect what it prints; its own complaints are dropped. False if git is
 * missing or fails.
 */
bool df_git(df_arena *a, const char *dir, const char *const *args, df_str *out);

/* The same without the line end of a one-line answer; NULL if it fails. */
const char *df_git_line(df_arena *a, const char *const *args);

/* Is there a .git in `dir` or above it? Asks the file system only. */
bool df_git_above(df_arena *a, const char *dir);

#endif
