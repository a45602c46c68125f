/*
 * The manual of the passes: their opening comments and example cases, made
 * into C data by src/tools/passdoc.sh.
 */
#ifndef DF_PASS_PASS_DOCS_H
#define DF_PASS_PASS_DOCS_H

#include <stddef.h>

typedef struct {
    const char *name;
    const char *const *manual; /* lines, ending with NULL */
    const char *before;        /* the example's Dockerfile */
    const char *after;
} df_pass_doc;

extern const df_pass_doc df_pass_doc_table[];
extern const size_t df_pass_doc_count;

const df_pass_doc *df_pass_doc_find(const char *name);

#endif
