/*
 * The build context of a file: the one that is named, or the one that what it
 * copies and installs speaks for.
 */
#ifndef DF_PASS_OPENED_H
#define DF_PASS_OPENED_H

#include <dfopt/context.h>
#include <dfopt/dfopt.h>
#include <dfopt/facts.h>

typedef struct {
    df_context *context;
    const char *root; /* its directory */
    df_str guessed;   /* if it is not the file's own, and no option said so: a
                         sentence on why that ends before its name; else empty
                       */
    df_span by;       /* what speaks of that */
    bool stated;      /* a compose file says so */
    bool again;       /* the facts have seen another one by now */
} df_opened;

/* `facts`: of `doc`, or NULL. Nothing is read of the context but what tells
 * which one it is. */
df_opened df_open_context(df_arena *a, const df_options *options,
                          const df_doc *doc, const df_facts *facts);

#endif
