/*
 * Line diff: what it takes to turn one text into another.
 *
 * Lines end behind their LF; CR and NUL are bytes like any other, and a last
 * line without LF differs from one with it. The differ knows no output format:
 * it hands each stretch of changed lines to a callback, top to bottom. Between
 * two stretches there is at least one line that both texts have.
 */
#ifndef DF_TEXT_DIFF_H
#define DF_TEXT_DIFF_H

#include "base/buf.h"

/*
 * Lines [a, a + na) of the old text became lines [b, b + nb) of the new one,
 * counted from 0; one of na and nb may be 0, not both.
 */
typedef struct {
    size_t a, na;
    size_t b, nb;
} df_diff_change;

typedef void df_diff_fn(void *ctx, const df_diff_change *change);

/*
 * Calls fn for every change. The result is minimal for texts that differ in
 * up to DF_DIFF_COST lines; beyond that all between the common head and tail
 * counts as changed, so time and memory stay bounded. Scratch memory is taken
 * from `a` and stays there.
 */
#define DF_DIFF_COST 1000u
void df_diff_lines(df_arena *a, df_str before, df_str after, df_diff_fn *fn,
                   void *ctx);

/*
 * A unified diff with three lines of context that `patch -p1` and `git apply`
 * accept. Labels are quoted as git does it when they hold control characters,
 * quotes or backslashes; label_a NULL: no header. Nothing if the texts are
 * equal.
 */
void df_diff_unified(df_buf *out, df_str before, df_str after,
                     const char *label_a, const char *label_b);

#endif
