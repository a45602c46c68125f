/*
 * Which COPYs go below an install: see facts/lift.h. Those that bring its
 * project, and with them what lies in the same place, beside it, or was built
 * from it, as long as nothing in between needs it.
 */
#include "facts/lift.h"

#include <dfopt/effect.h>
#include <dfopt/reach.h>

/* `patches`, which packages read when they are installed: whoever copies it
 * first means that it does not change all day. */
static bool is_for_packages(const df_install *in, df_str dir)
{
    for (df_strings p = in->eco->package_reads; *p; p++) {
        df_str path = df_str_of(*p);
        df_str part;

        df_str_cut(&path, ':', &part);
        path = df_str_trim(path);
        df_str_cut(&path, '/', &part);
        if (df_str_eq(part, df_path_base(dir)))
            return true;
    }
    return false;
}

static bool is_needed(const df_install *in, df_str path)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_str_eq(in->needs[i].origin.path, path))
            return true;
    return false;
}

/* Does it bring more than manifests and settings? */
static bool brings_source(const df_lift *l, const df_install *in,
                          const df_copied *copy)
{
    for (uint32_t i = 0; i < copy->nsources; i++) {
        const df_copy_source *s = &copy->sources[i];

        if (is_needed(in, s->path))
            continue;
        if (s->dir ? !df_dir_is_of_lists(l->b->context, s->path) &&
                         !is_for_packages(in, s->path)
                   : !df_path_is_settings(s->path))
            return true;
    }
    return false;
}

/* `COPY shared node_modules/shared`: the install may remove it. */
static bool is_inside_writes(const df_lift *l, df_str path)
{
    const df_install *in = &l->installs[0];

    for (df_strings w = in->eco->writes; *w; w++)
        if (df_image_below(path,
                           df_image_path(l->b->arena, in->dir, df_str_of(*w))))
            return true;
    return false;
}

/* Does its line say where it copies to, wherever it stands? */
static bool keeps_dest(const df_lift *l, const df_copied *copy)
{
    const df_instr *instr = copy->instr;

    return df_str_starts(instr->words[instr->nwords - 1].str, "/") ||
           df_same_workdir(l->b->facts, instr, l->run->instr);
}

/* A directory beside the project, at a place of its own that no instruction up
 * to the install names but those that fill it. */
static bool is_apart(const df_lift *l, const df_install *in,
                     const df_copied *copy)
{
    const df_facts *facts = l->b->facts;
    const char *dest = df_cstr(l->b->arena, copy->dest);

    if (!df_copy_is_broad(copy) || !df_image_is_own(copy->dest) ||
        df_image_overlap(copy->dest, in->dir) || !l->run->stage->known)
        return false;
    for (uint32_t i = 0; i <= l->run->instr->index; i++) {
        const df_instr *instr = facts->doc->instrs[i];

        if (instr->kind != DF_I_COPY && instr->kind != DF_I_ADD &&
            instr->kind != DF_I_WORKDIR && df_str_has(instr->text.str, dest))
            return false;
    }
    for (uint32_t i = 0; i < l->run->state->nvars; i++)
        if (df_str_has(l->run->state->vars[i].value, dest))
            return false;
    for (uint32_t i = 0; i < in->nnamed; i++)
        if (df_image_overlap(in->named[i].path, copy->dest))
            return false;
    return true;
}

/*
 * A COPY without manifests: only if it is surely of the project, or has nothing
 * to do with it, and moves without a change. A single file in front of an
 * install is a choice.
 */
static bool belongs_to(const df_lift *l, const df_install *in,
                       const df_copied *copy)
{
    if (!keeps_dest(l, copy) || is_inside_writes(l, copy->dest))
        return false;
    return df_image_below(copy->dest, in->dir)
               ? !df_str_is(in->dir, "/") || df_image_is_own(copy->dest)
               : is_apart(l, in, copy);
}

bool df_lift_moves(const df_lift *l, const df_copied *copy)
{
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (l->moved[i] == copy)
            return true;
    return false;
}

/* `dist`, `build/static`: below the project, and no part of it. */
static bool is_for_results(const df_lift *l, df_str below)
{
    df_strings names = df_kb_words(l->b->facts->kb, "build-results");
    df_str part;

    while (below.len) {
        df_str_cut(&below, '/', &part);
        if (df_str_in(part, names))
            return true;
    }
    return false;
}

/* `COPY --from=builder /app/dist dist`: what another stage has built from the
 * source, in a directory of its own, which the install does not look at. */
static bool is_a_result(const df_lift *l, const df_install *in,
                        const df_copied *copy)
{
    if (!copy->dest.ptr || !df_str_starts(copy->dest, "/") ||
        df_str_eq(copy->dest, in->dir) ||
        !df_image_below(copy->dest, in->dir) ||
        !is_for_results(l, df_path_below(copy->dest, in->dir)) ||
        is_inside_writes(l, copy->dest) || !keeps_dest(l, copy))
        return false;
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_image_overlap(in->needs[i].path, copy->dest))
            return false;
    for (uint32_t i = 0; i < in->nnamed; i++)
        if (df_image_overlap(in->named[i].path, copy->dest))
            return false;
    return df_copy_stage(l->b->facts, copy->instr) != NULL;
}

bool df_lift_goes_down(const df_lift *l, const df_install *in,
                       const df_copied *copy)
{
    bool extra = false;

    if (!copy->known)
        return is_a_result(l, in, copy);
    if (!brings_source(l, in, copy))
        return false;
    for (uint32_t i = 0; i < in->nneeds; i++) {
        if (in->needs[i].origin.copy != copy)
            continue;
        if (in->needs[i].main)
            return true;
        extra = true;
    }
    return !extra && belongs_to(l, in, copy);
}

static bool is_wanted(const df_lift *l, const df_copied *copy)
{
    for (uint32_t k = 0; k < l->ninstalls; k++)
        for (uint32_t i = 0; i < l->installs[k].nneeds; i++)
            if (l->installs[k].needs[i].origin.copy == copy)
                return true;
    return false;
}

/* `COPY . /app`, `COPY config.example /app/config`: over the one that somebody
 * may have, and so below it. */
static bool goes_over(const df_lift *l, const df_copied *copy)
{
    if (!copy->known || !copy->names || is_inside_writes(l, copy->dest) ||
        df_str_eq(df_path_base(copy->dest),
                  df_path_base(copy->sources[0].path)) ||
        is_wanted(l, copy) || !keeps_dest(l, copy))
        return false;
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (df_image_below(copy->dest, l->moved[i]->dest))
            return true;
    return false;
}

static void find_moved(df_lift *l)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (df_lift_goes_down(l, &l->installs[0], &l->b->copies[i]) ||
            goes_over(l, &l->b->copies[i]))
            *df_push(l->b->arena, l, moved) = &l->b->copies[i];
}

/* `COPY . .` twice, and something in between needs the first: that one stays,
 * and the manifest with it. */
static bool stays_with_source(const df_lift *l, const df_need *need)
{
    df_origin origin;

    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        const df_copied *copy = &l->b->copies[i];

        if (copy->known && !df_lift_moves(l, copy) &&
            brings_source(l, &l->installs[0], copy) &&
            df_copy_find(l->b, copy, need->path, &origin))
            return true;
    }
    return false;
}

/* Does one of the COPYs that go down bring the project itself? */
bool df_lift_is_smell(const df_lift *l)
{
    const df_install *in = &l->installs[0];

    for (uint32_t i = 0; i < in->nneeds; i++)
        if (in->needs[i].main && df_lift_moves(l, in->needs[i].origin.copy) &&
            !stays_with_source(l, &in->needs[i]))
            return true;
    return false;
}

bool df_lift_leaves_source(const df_lift *l)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        const df_copied *copy = &l->b->copies[i];

        if (!df_lift_moves(l, copy) &&
            copy->instr->index > l->run->stage->from->index &&
            (copy->known ? brings_source(l, &l->installs[0], copy)
                         : df_copy_stage(l->b->facts, copy->instr) != NULL))
            return true;
    }
    return false;
}

/* Is there more to it than a file or two that somebody put there? */
static bool is_worth_it(const df_lift *l)
{
    /* Each edit begins at a `COPY . .` that stays, whatever moves. */
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (df_copy_is_whole(&l->b->copies[i]) &&
            !df_lift_moves(l, &l->b->copies[i]))
            return false;
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (!l->moved[i]->known || df_copy_is_broad(l->moved[i]))
            return true;
    return df_lift_is_smell(l);
}

static bool can_pass(const df_lift *l, const df_copied *moved)
{
    df_lift trial = *l;

    trial.why = DF_STR("");
    /* Nothing of it would stand there early. */
    return df_passage_of(&trial, moved) && !trial.early;
}

/* `COPY scripts .` for a RUN above the install: it may stay where it is. */
static void leave_what_is_needed(df_lift *l)
{
    for (uint32_t i = 0; i < l->nmoved; i++) {
        if (is_wanted(l, l->moved[i]) || can_pass(l, l->moved[i]))
            continue;
        for (uint32_t k = i; k + 1 < l->nmoved; k++)
            l->moved[k] = l->moved[k + 1];
        l->nmoved--;
        i = UINT32_MAX;
    }
}

bool df_lift_find_moved(df_lift *l)
{
    find_moved(l);
    leave_what_is_needed(l);
    return l->nmoved && is_worth_it(l);
}
