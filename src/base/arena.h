/*
 * The arena behind mem.h: blocks from malloc, released together.
 */
#ifndef DF_BASE_ARENA_H
#define DF_BASE_ARENA_H

#include <setjmp.h>

#include <dfopt/mem.h>

/* Where blocks come from, to be given to free; tests put a failing one in. */
typedef struct df_allocator {
    void *(*alloc)(void *ctx, size_t size);
    void *ctx;
} df_allocator;

typedef struct df_block df_block;
typedef struct df_deferred df_deferred;

struct df_arena {
    df_block *blocks;
    char *next;
    char *end;
    df_deferred *deferred;
    const df_allocator *allocator; /* NULL: malloc */
    jmp_buf *oom;                  /* NULL: abort */
};

/* Both may be NULL. Takes no memory. */
void df_arena_init(df_arena *a, const df_allocator *allocator, jmp_buf *oom);

/* Run what was deferred, newest first, and free every block. */
void df_arena_release(df_arena *a);

/* Memory ran out elsewhere, in a library that we use: as if it were here. */
DF_NORETURN void df_arena_exhausted(df_arena *a);

/* Bytes taken from the allocator so far. */
size_t df_arena_size(const df_arena *a);

#endif
