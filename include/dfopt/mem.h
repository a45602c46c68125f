/*
 * Memory that lives as long as a document.
 *
 * Everything that belongs to a document lives in its arena and goes away with
 * it; there is no free. When memory is exhausted, control goes to the entry
 * point in lib.c, so between there and an allocation nobody may hold anything
 * that neither the arena nor df_defer would release.
 */
#ifndef DFOPT_MEM_H
#define DFOPT_MEM_H

#include <stdarg.h>

#include <dfopt/str.h>

#if defined(__GNUC__)
#define DF_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define DF_NORETURN     __attribute__((noreturn))
#else
#define DF_PRINTF(f, a)
#define DF_NORETURN
#endif

typedef struct df_arena df_arena;

/* Zeroed room for n objects of `size` bytes, aligned for any type. */
void *df_alloc(df_arena *a, size_t size, size_t n);

#define df_new(a, type)          ((type *)df_alloc((a), sizeof(type), 1))
#define df_new_array(a, type, n) ((type *)df_alloc((a), sizeof(type), (n)))

/* Run fn(ptr) when the arena is released, newest first. */
void df_defer(df_arena *a, void (*fn)(void *ptr), void *ptr);

/* A copy that ends in NUL (not counted in len). */
df_str df_str_dup(df_arena *a, df_str s);
char *df_cstr(df_arena *a, df_str s);

/* printf into the arena; use "%.*s" with DF_STR_ARG for a df_str. */
df_str df_fmt(df_arena *a, const char *format, ...) DF_PRINTF(2, 3);
df_str df_vfmt(df_arena *a, const char *format, va_list args) DF_PRINTF(2, 0);

/*
 * Growing arrays: three fields `type *NAME; uint32_t nNAME, cNAME;` in some
 * struct, filled by df_push. The result is an lvalue for the new element:
 *
 *     *df_push(arena, doc, instrs) = instr;
 */
#define df_push(a, owner, name)                                                \
    ((owner)->n##name == (owner)->c##name                                      \
         ? (void)((owner)->name =                                              \
                      df_grow((a), (owner)->name, sizeof *(owner)->name,       \
                              &(owner)->c##name))                              \
         : (void)0,                                                            \
     (owner)->name + (owner)->n##name++)

/* Used by df_push: a copy of `old` with twice the room; *cap is updated. */
void *df_grow(df_arena *a, const void *old, size_t size, uint32_t *cap);

#endif
