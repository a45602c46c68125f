/* Answers that facts keep: see facts/answers.h. */
#include "facts/answers.h"

df_answers *df_answers_new(df_arena *a, const df_facts *facts)
{
    df_answers *all = df_new(a, df_answers);
    uint32_t ninstrs = facts->doc->ninstrs + 1;
    uint32_t nstages = facts->nstages + 1;

    df_map_init(&all->copied, a);
    df_map_init(&all->reads, a);
    all->brought = df_new_array(a, const df_brought *, ninstrs);
    all->all = df_new_array(a, const df_brought *, nstages);
    all->uses = df_new_array(a, const df_use *, nstages);
    all->started = df_new_array(a, const df_use *, nstages);
    return all;
}
