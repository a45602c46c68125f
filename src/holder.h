/*
 * What a df_result points to: the result, and the arena that holds all of it.
 */
#ifndef DF_HOLDER_H
#define DF_HOLDER_H

#include <dfopt/dfopt.h>

#include "base/arena.h"

typedef struct {
    df_result result; /* first: a df_result pointer is a df_holder pointer */
    df_arena arena;
    jmp_buf oom;
} df_holder;

#endif
