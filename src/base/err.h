/*
 * The world failed: no such file, bad knowledge file, over a limit. A function
 * that can meet it returns bool and takes a df_err; false means it is filled
 * in, with a message ready for the user. Callers pass it up untouched.
 *
 * What is wrong with a *document* is a problem of the document (syntax.h).
 * What is wrong with *us* goes to df_bug.
 */
#ifndef DF_BASE_ERR_H
#define DF_BASE_ERR_H

#include <dfopt/mem.h>

typedef enum {
    DF_OK,
    DF_ENOMEM,
    DF_EIO,
    DF_ELIMIT,
    DF_EDATA,   /* a knowledge or configuration file */
    DF_EDOC,    /* the document has problems */
    DF_ECHANGED /* the file is not what was read */
} df_code;

typedef struct {
    df_code code;
    uint32_t line; /* 0: none */
    uint32_t col;  /* 0: none */
    char path[512];
    char text[512];
} df_err;

/* Fills *err and returns false. `path` may be NULL. Cuts what is too long. */
bool df_fail(df_err *err, df_code code, const char *path, uint32_t line,
             const char *format, ...) DF_PRINTF(5, 6);

/* Prints and aborts, in all builds. */
void df_bug(const char *format, ...) DF_NORETURN DF_PRINTF(1, 2);

#endif
