/* What must hold after each round: see pass/invariants.h. */
#include "pass/invariants.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
    return df_str_cmp(*(const df_str *)a, *(const df_str *)b);
}

/* The texts of all comments, sorted. */
static df_str *comments(df_arena *a, const df_doc *doc)
{
    df_str *list = df_new_array(a, df_str, doc->ncomments + 1);

    for (uint32_t i = 0; i < doc->ncomments; i++)
        list[i] = df_str_trim(df_source(doc, doc->comments[i].span));
    if (doc->ncomments > 1)
        qsort(list, doc->ncomments, sizeof *list, by_text);
    return list;
}

/* Is each of the first list, as often as it is there, in the second? */
static bool comments_kept(df_arena *a, const df_doc *before,
                          const df_doc *after)
{
    df_str *old = comments(a, before);
    df_str *new = comments(a, after);
    uint32_t k = 0;

    for (uint32_t i = 0; i < before->ncomments; i++, k++) {
        while (k < after->ncomments && df_str_cmp(new[k], old[i]) < 0)
            k++;
        if (k == after->ncomments || !df_str_eq(new[k], old[i]))
            return false;
    }
    return true;
}

/* RUNs whose shell text is not understood. */
static uint32_t opaque(const df_facts *facts)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < facts->nruns; i++)
        n += !facts->runs[i].tree->ok;
    return n;
}

static uint32_t bad_instrs(const df_doc *doc)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        n += doc->instrs[i]->bad;
    return n;
}

static bool ends_line(const df_doc *doc)
{
    return df_str_ends(doc->text, "\n");
}

const char *df_invariants_broken(df_arena *scratch, const df_facts *before,
                                 const df_facts *after)
{
    const df_doc *old = before->doc;
    const df_doc *new = after->doc;

    if (new->nproblems > old->nproblems)
        return "the result does not parse";
    if (bad_instrs(new) > bad_instrs(old))
        return "an instruction is no longer understood";
    if (opaque(after) > opaque(before))
        return "the shell text of a RUN is no longer understood";
    if (new->ndirectives != old->ndirectives || new->escape != old->escape)
        return "a parser directive was lost";
    if (ends_line(new) != ends_line(old))
        return "the end of the last line changed";
    if (!comments_kept(scratch, old, new))
        return "a comment was lost";
    return NULL;
}
