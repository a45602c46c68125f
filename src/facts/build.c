/* Facts of one document, in order: see facts/build.h. */
#include "facts/build.h"

#include "base/map.h"
#include "facts/answers.h"

df_facts *df_facts_build(df_arena *a, const df_doc *doc, const df_kb *kb,
                         const df_build *build)
{
    df_facts *facts = df_new(a, df_facts);
    df_maker mk = {.arena = a, .build = build, .facts = facts};

    facts->doc = doc;
    facts->kb = kb;
    facts->names = df_new(a, df_map);
    df_map_init(facts->names, a);
    df_make_stages(&mk);
    df_make_use(&mk);
    df_make_states(&mk);
    df_make_brings(&mk);
    df_make_runs(&mk);
    df_make_style(&mk);
    facts->answers = df_answers_new(a, facts);
    return facts;
}
