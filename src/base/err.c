/* Failures of the world: see base/err.h. */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

bool df_fail(df_err *err, df_code code, const char *path, uint32_t line,
             const char *format, ...)
{
    va_list args;

    err->code = code;
    err->line = line;
    err->col = 0;
    snprintf(err->path, sizeof err->path, "%s", path ? path : "");
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

void df_bug(const char *format, ...)
{
    va_list args;

    fputs("dfopt: bug: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("; please report it\n", stderr);
    abort();
}
