/* The messages of a rewrite in the order in which they are shown. */
#ifndef DF_PASS_MESSAGES_H
#define DF_PASS_MESSAGES_H

#include <dfopt/dfopt.h>

/* Sorts by place, suggestions last, and keeps one of those that are the same.
 * Returns how many are left. */
uint32_t df_messages_sort(df_message *messages, uint32_t n);

#endif
