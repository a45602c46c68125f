/*
 * Arena: one block of 16 KiB serves a usual Dockerfile whole (median 0.5 KB,
 * a few hundred nodes); later blocks double up to 1 MiB. What does not fit
 * into a quarter of a block gets a block of its own.
 */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)16 * 1024)
#define LAST_BLOCK  ((size_t)1024 * 1024)
#define ALIGN       _Alignof(max_align_t)

struct df_block {
    df_block *prev;
    size_t size;
    max_align_t data[];
};

struct df_deferred {
    df_deferred *prev;
    void (*fn)(void *ptr);
    void *ptr;
};

void df_arena_init(df_arena *a, const df_allocator *allocator, jmp_buf *oom)
{
    memset(a, 0, sizeof *a);
    a->allocator = allocator;
    a->oom = oom;
}

void df_arena_exhausted(df_arena *a)
{
    if (a->oom)
        longjmp(*a->oom, 1);
    /* an allocator that ends the run does so when asked for too much */
    if (a->allocator)
        a->allocator->alloc(a->allocator->ctx, SIZE_MAX / 2);
    abort();
}

static df_block *new_block(df_arena *a, size_t size)
{
    df_block *b;

    if (size > SIZE_MAX / 2)
        df_arena_exhausted(a);
    b = a->allocator ? a->allocator->alloc(a->allocator->ctx, sizeof *b + size)
                     : malloc(sizeof *b + size);
    if (!b)
        df_arena_exhausted(a);
    b->size = size;
    b->prev = a->blocks;
    a->blocks = b;
    return b;
}

static size_t next_size(const df_arena *a)
{
    size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;

    if (size < FIRST_BLOCK)
        size = FIRST_BLOCK;
    return size > LAST_BLOCK ? LAST_BLOCK : size;
}

void *df_alloc(df_arena *a, size_t size, size_t n)
{
    size_t want;
    char *p;

    if (size && n > SIZE_MAX / 4 / size)
        df_arena_exhausted(a);
    want = (size * n + ALIGN - 1) / ALIGN * ALIGN;
    if (!want)
        want = ALIGN;
    if (want > (size_t)(a->end - a->next)) {
        size_t block = next_size(a);

        if (want > block / 4)
            return memset(new_block(a, want)->data, 0, want);
        df_block *b = new_block(a, block);
        a->next = (char *)b->data;
        a->end = a->next + block;
    }
    p = a->next;
    a->next += want;
    return memset(p, 0, want);
}

void df_defer(df_arena *a, void (*fn)(void *ptr), void *ptr)
{
    df_deferred *d = df_new(a, df_deferred);

    *d = (df_deferred){a->deferred, fn, ptr};
    a->deferred = d;
}

void df_arena_release(df_arena *a)
{
    for (df_deferred *d = a->deferred; d; d = d->prev)
        d->fn(d->ptr);
    for (df_block *b = a->blocks, *prev; b; b = prev) {
        prev = b->prev;
        free(b);
    }
    df_arena_init(a, a->allocator, a->oom);
}

size_t df_arena_size(const df_arena *a)
{
    size_t sum = 0;

    for (const df_block *b = a->blocks; b; b = b->prev)
        sum += b->size;
    return sum;
}

void *df_grow(df_arena *a, const void *old, size_t size, uint32_t *cap)
{
    uint32_t room = *cap ? *cap * 2 : 4;
    void *p = df_alloc(a, size, room);

    if (*cap)
        memcpy(p, old, size * *cap);
    *cap = room;
    return p;
}

df_str df_str_dup(df_arena *a, df_str s)
{
    char *p = df_alloc(a, 1, s.len + 1);

    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (df_str){p, s.len};
}

char *df_cstr(df_arena *a, df_str s)
{
    char *p = df_alloc(a, 1, s.len + 1);

    if (s.len)
        memcpy(p, s.ptr, s.len);
    return p;
}

/* Of a format with nothing but %s, %.*s and %u, as hundreds of times for a
 * file. */
typedef struct {
    df_str pieces[16];
    size_t n;
    char digits[64]; /* of all numbers */
    size_t ndigits;
} parts;

/* Empty: no room is left. */
static df_str number(parts *p, unsigned value)
{
    char *end = p->digits + sizeof p->digits - p->ndigits;
    char *start = end;

    do {
        if (start == p->digits)
            return DF_STR("");
        *--start = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    p->ndigits += (size_t)(end - start);
    return (df_str){start, (size_t)(end - start)};
}

/* The next piece: text, or what the format asks for; false: something else. */
static bool next_piece(parts *p, const char **format, va_list *args)
{
    df_str *piece = &p->pieces[p->n++];
    const char *f = *format;

    if (*f != '%') {
        while (*f && *f != '%')
            f++;
        *piece = (df_str){*format, (size_t)(f - *format)};
    } else if (f[1] == 's') {
        f += 2;
        *piece = df_str_of(va_arg(*args, const char *));
    } else if (f[1] == '.' && f[2] == '*' && f[3] == 's') {
        f += 4;
        piece->len = (size_t)va_arg(*args, int);
        piece->ptr = va_arg(*args, const char *);
    } else if (f[1] == 'u') {
        f += 2;
        *piece = number(p, va_arg(*args, unsigned));
        if (!piece->len)
            return false;
    } else {
        return false;
    }
    *format = f;
    return true;
}

static bool take_apart(parts *p, const char *format, va_list args)
{
    va_list again;
    bool ok = true;

    p->n = p->ndigits = 0;
    va_copy(again, args);
    while (ok && *format)
        ok = p->n < sizeof p->pieces / sizeof *p->pieces &&
             next_piece(p, &format, &again);
    va_end(again);
    return ok;
}

static df_str join(df_arena *a, const parts *p)
{
    size_t len = 0;
    size_t at = 0;
    char *text;

    for (size_t i = 0; i < p->n; i++)
        len += p->pieces[i].len;
    text = df_alloc(a, 1, len + 1);
    for (size_t i = 0; i < p->n; at += p->pieces[i++].len)
        if (p->pieces[i].len)
            memcpy(text + at, p->pieces[i].ptr, p->pieces[i].len);
    return (df_str){text, len};
}

df_str df_vfmt(df_arena *a, const char *format, va_list args)
{
    parts strings;
    va_list again;
    int len;
    char *p;

    if (take_apart(&strings, format, args))
        return join(a, &strings);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        return DF_STR("");
    p = df_alloc(a, 1, (size_t)len + 1);
    vsnprintf(p, (size_t)len + 1, format, args);
    return (df_str){p, (size_t)len};
}

df_str df_fmt(df_arena *a, const char *format, ...)
{
    va_list args;
    df_str s;

    va_start(args, format);
    s = df_vfmt(a, format, args);
    va_end(args);
    return s;
}
