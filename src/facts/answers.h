/*
 * Answers that facts keep.
 *
 * Several passes ask the same, some of them for each command. What they ask
 * depends on the facts and the build context alone, and facts know only one.
 */
#ifndef DF_FACTS_ANSWERS_H
#define DF_FACTS_ANSWERS_H

#include <dfopt/install.h>
#include <dfopt/use.h>

#include "base/map.h"

/* What df_install_read says of a command. */
typedef struct {
    bool is_install;
    df_install install;
} df_read;

typedef struct df_answers {
    df_map copied; /* df_copied_from and _before, by stage and path */
    df_map reads;  /* a df_read for each command, by its address */
    const df_brought **brought; /* df_brought_before, by instruction */
    const df_brought **all;     /* df_brought_all, by stage */
    const df_use **uses;        /* df_use_find, by stage */
    const df_use **started;     /* df_use_started, by stage */
} df_answers;

df_answers *df_answers_new(df_arena *a, const df_facts *facts);

#endif
