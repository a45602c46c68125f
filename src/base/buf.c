/* Growing output: see base/buf.h. */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

void df_buf_init(df_buf *b, df_arena *a)
{
    *b = (df_buf){.arena = a};
}

static void reserve(df_buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 64;
    char *p;

    if (b->cap && b->len + more < b->cap)
        return;
    while (cap <= b->len + more)
        cap *= 2;
    p = df_alloc(b->arena, 1, cap);
    if (b->len)
        memcpy(p, b->ptr, b->len);
    b->ptr = p;
    b->cap = cap;
}

void df_buf_add(df_buf *b, df_str s)
{
    reserve(b, s.len);
    if (s.len)
        memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
    b->ptr[b->len] = '\0';
}

void df_buf_adds(df_buf *b, const char *cstr)
{
    df_buf_add(b, df_str_of(cstr));
}

void df_buf_addc(df_buf *b, char c)
{
    reserve(b, 1);
    b->ptr[b->len++] = c;
    b->ptr[b->len] = '\0';
}

void df_buf_fmt(df_buf *b, const char *format, ...)
{
    va_list args;
    df_str s;

    va_start(args, format);
    s = df_vfmt(b->arena, format, args);
    va_end(args);
    df_buf_add(b, s);
}

df_str df_buf_str(const df_buf *b)
{
    return (df_str){b->len ? b->ptr : "", b->len};
}
