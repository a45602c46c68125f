/*
 * The built-in knowledge: constant data that kbgen makes of transforms/; and
 * how rows are found in one layer of it, which may be NULL.
 */
#ifndef DF_KB_KB_H
#define DF_KB_KB_H

#include <dfopt/kb.h>

#include "text/regex.h"

extern const df_knowledge df_kb_data;

/* Of an entry with these two strings. */
uint32_t df_kb_hash(df_str key, df_str sub);

/* What is in a slot, counted around. */
static inline uint32_t df_kb_slot(const df_kb_slots *slots, uint32_t slot)
{
    return slots->count ? slots->entries[slot & (slots->count - 1)] : 0;
}

/* Entries of one key: [from, to). */
typedef struct {
    const df_kb_entry *from;
    const df_kb_entry *to;
} df_kb_range;

df_kb_range df_kb_key(const df_knowledge *k, df_kb_section section, df_str key);
/* The row of a section that both strings find, the user's first, or NULL. */
const void *df_kb_find(const df_kb *kb, df_kb_section section, df_str key,
                       df_str sub);

/* Compiled, and kept if the kb keeps patterns, else in the arena. NULL: no
 * pattern, or a wrong one. */
const df_regex *df_kb_regex(const df_kb *kb, df_arena *a, const char *pattern);

#endif
