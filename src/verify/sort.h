/*
 * Differences between two images sorted into allowed, noise and real.
 */
#ifndef DF_VERIFY_SORT_H
#define DF_VERIFY_SORT_H

#include <dfopt/dfopt.h>

#include "verify/tree.h"

/*
 * Allowed: below a path that an applied change named (df_message.allows), and
 * directories made only for such a path.
 */
void df_sort_allowed(df_tree_diffs *d, const df_message *messages, size_t n);

/*
 * Noise: what differs in the same way between two builds of the original. A
 * file that only one of them has stands for those beside it whose names differ
 * in digits alone.
 */
void df_sort_noise(df_tree_diffs *d, const df_tree_diffs *again);

/* How many are neither. */
uint32_t df_sort_real(const df_tree_diffs *d);

#endif
