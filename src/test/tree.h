/* The tree of a Dockerfile as text, for who cannot include syntax/. */
#ifndef DF_TEST_TREE_H
#define DF_TEST_TREE_H

#include <dfopt/mem.h>

df_str tree_of(df_arena *a, df_str text);

#endif
