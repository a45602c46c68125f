/*
 * P5: diffs against the tools that read them. Many are collected and tried
 * together, since starting a program takes longer than all else.
 */
#ifndef DF_TEST_PATCH_H
#define DF_TEST_PATCH_H

#include <dfopt/mem.h>

typedef void patch_fn(const char *name, const char *why);

/* Told of each diff that does not apply. */
void patch_begin(patch_fn *failed);

/* `diff` has the labels of patch_label(). Texts are copied. */
void patch_add(const char *name, df_str before, df_str after, df_str diff);

/* "a/000001" and "b/000001" of the diff that is added next. */
const char *patch_label_a(void);
const char *patch_label_b(void);

/* Try what is left. The number of diffs that were tried in all. */
size_t patch_end(void);

#endif
