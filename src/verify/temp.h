/* Directories of our own, and copies in them. */
#ifndef DF_VERIFY_TEMP_H
#define DF_VERIFY_TEMP_H

#include <dfopt/context.h>

#include "base/err.h"

/* A new directory below $TMPDIR. */
bool df_temp_make(df_arena *a, const char **dir, df_err *err);
void df_temp_remove(const char *dir);

bool df_temp_write(const char *path, df_str text, df_err *err);

/* The files of a context that a build can see, with their modes and times. */
bool df_temp_copy_context(df_arena *a, df_context *cx, const char *from,
                          const char *to, df_err *err);

#endif
