/*
 * UTF-8 as Go reads it: a byte that belongs to no character counts as one
 * U+FFFD of its own.
 */
#ifndef DF_CONTEXT_UTF8_H
#define DF_CONTEXT_UTF8_H

#include <dfopt/mem.h>
#include <dfopt/str.h>

#define DF_RUNE_BAD 0xFFFDu
#define DF_RUNE_MAX 0x10FFFFu

/* The character at the front of a string that is not empty. */
typedef struct {
    uint32_t rune;
    size_t len;
    bool bad; /* a byte that is no UTF-8; rune is DF_RUNE_BAD */
} df_rune;
df_rune df_utf8_first(df_str s);

/* Without white space at both ends, in the sense of Unicode. */
df_str df_utf8_trim(df_str s);

/* A text as its byte order mark says, in UTF-8 and without it: editors and
 * PowerShell (`pip freeze > file`) may write UTF-16. */
df_str df_utf8_from(df_arena *a, df_str text);

#endif
