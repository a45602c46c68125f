/*
 * Growing output in an arena. The contents always end in a NUL that len does
 * not count. A zeroed df_buf with its arena set is empty and ready.
 */
#ifndef DF_BASE_BUF_H
#define DF_BASE_BUF_H

#include <dfopt/mem.h>

typedef struct {
    df_arena *arena;
    char *ptr;
    size_t len;
    size_t cap;
} df_buf;

void df_buf_init(df_buf *b, df_arena *a);
void df_buf_add(df_buf *b, df_str s);
void df_buf_adds(df_buf *b, const char *cstr);
void df_buf_addc(df_buf *b, char c);
void df_buf_fmt(df_buf *b, const char *format, ...) DF_PRINTF(2, 3);

/* What is there now; a view that the next addition may leave behind. */
df_str df_buf_str(const df_buf *b);

#endif
