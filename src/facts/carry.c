/* What travels with an install that goes up: see facts/lift.h. */
#include "facts/lift.h"

#include <dfopt/wanted.h>

static bool stays_anyway(const df_lift *l, const df_need *need)
{
    df_origin origin;

    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (!df_lift_moves(l, &l->b->copies[i]) &&
            df_copy_find(l->b, &l->b->copies[i], need->path, &origin) &&
            df_str_eq(origin.path, need->origin.path))
            return true;
    return false;
}

static bool is_carried(const df_lift *l, const df_need *need)
{
    for (uint32_t i = 0; i < l->ncarry; i++)
        if (df_str_eq(l->carry[i].path, need->path))
            return true;
    return false;
}

/* `package-lock.json*`: not in this checkout, but where git ignores it others
 * have one, and the install goes by that. */
static void carry_lock(df_lift *l, const df_install *in, const df_need *main,
                       const char *lock)
{
    df_arena *a = l->b->arena;
    df_str dir = df_image_dir(main->origin.path);
    df_str path = df_image_path(a, in->dir, df_str_of(lock));
    df_need need = *main;
    df_origin origin;

    if (df_brought_find(l->b, path, &origin) ||
        !df_git_ignores(a, l->b->context, dir, df_str_of(lock)) ||
        !df_copy_would_bring(l->b, main->origin.copy, path).len)
        return;
    need.main = false;
    need.path = df_fmt(a, "%.*s*", DF_STR_ARG(path));
    need.origin.path = df_fmt(
        a, "%.*s*", DF_STR_ARG(df_context_join(a, dir, df_str_of(lock))));
    *df_push(a, l, carry) = need;
}

static void carry_locks(df_lift *l, const df_install *in)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (in->needs[i].main && df_lift_moves(l, in->needs[i].origin.copy) &&
            df_str_eq(df_image_dir(in->needs[i].path), in->dir)) {
            for (df_strings k = in->eco->locks; *k; k++)
                carry_lock(l, in, &in->needs[i], *k);
            return;
        }
}

static bool comes_before(const df_need *x, const df_need *y)
{
    const df_origin *a = &x->origin;
    const df_origin *b = &y->origin;

    return a->copy == b->copy ? a->source->word < b->source->word
                              : a->copy->instr->index < b->copy->instr->index;
}

/* In the order of the COPYs that bring them; what one brings, as it is read. */
static void sort(df_lift *l)
{
    for (uint32_t i = 1; i < l->ncarry; i++)
        for (uint32_t k = i;
             k > 0 && comes_before(&l->carry[k], &l->carry[k - 1]); k--) {
            df_need need = l->carry[k];

            l->carry[k] = l->carry[k - 1];
            l->carry[k - 1] = need;
        }
}

void df_lift_carry(df_lift *l)
{
    for (uint32_t k = 0; k < l->ninstalls; k++)
        for (uint32_t i = 0; i < l->installs[k].nneeds; i++) {
            const df_need *need = &l->installs[k].needs[i];

            if (df_lift_moves(l, need->origin.copy) && !stays_anyway(l, need) &&
                !is_carried(l, need))
                *df_push(l->b->arena, l, carry) = *need;
        }
    for (uint32_t k = 0; k < l->ninstalls; k++)
        carry_locks(l, &l->installs[k]);
    sort(l);
}

/* Does something between need its directory, or make it with other owners? */
static bool comes_early(const df_lift *l, const df_copied *moved)
{
    df_lift trial = *l;

    trial.early = false;
    df_passage_of(&trial, moved);
    return trial.early;
}

static bool carries_to(const df_lift *l, const df_copied *moved)
{
    for (uint32_t i = 0; i < l->ncarry; i++)
        if (df_image_below(l->carry[i].path, moved->dest))
            return true;
    return false;
}

bool df_lift_check_early(df_lift *l)
{
    for (uint32_t i = 0; i < l->nmoved && l->early; i++)
        if (comes_early(l, l->moved[i]) && !carries_to(l, l->moved[i]))
            return df_lift_decline(
                l, l->run->instr->keyword,
                "what stands between makes the directory that COPY fills, so "
                "%.*s stays below COPY",
                DF_STR_ARG(df_lift_name(l)));
    return true;
}
