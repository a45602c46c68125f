/* What travels with an install that goes up: see facts/lift.h. */
#include "facts/lift.h"

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

void df_lift_carry(df_lift *l)
{
    for (uint32_t k = 0; k < l->ninstalls; k++)
        for (uint32_t i = 0; i < l->installs[k].nneeds; i++) {
            const df_need *need = &l->installs[k].needs[i];

            if (df_lift_moves(l, need->origin.copy) && !stays_anyway(l, need) &&
                !is_carried(l, need))
                *df_push(l->b->arena, l, carry) = *need;
        }
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
                "what comes before it makes the directory that is "
                "copied");
    return true;
}
