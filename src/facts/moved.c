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

/* The instructions of the stage up to the RUN itself, and of those that it is
 * built on: the one behind `instr`, or the first. */
static const df_instr *next_above(const df_lift *l, const df_instr *instr)
{
    const df_facts *facts = l->b->facts;
    const df_stage *s =
        instr ? facts->stage_of[instr->index] : l->run->stage->root;
    uint32_t index = instr ? instr->index + 1 : s->from->index;

    if (index < s->from->index + s->ninstrs)
        return index <= l->run->instr->index ? facts->doc->instrs[index] : NULL;
    for (const df_stage *next = l->run->stage; next && next != s;
         next = next->base)
        if (next->base == s)
            return next->from;
    return NULL;
}

/* A variable that names the directory, something in it, or one that holds it:
 * `BASE=/data` and `$BASE/certs`. */
static bool is_in_variable(const df_lift *l, df_str dir)
{
    const df_state *state = l->run->state;
    const char *text = df_cstr(l->b->arena, dir);

    for (uint32_t i = 0; i < state->nvars; i++) {
        df_str value = state->vars[i].value;

        if (df_str_has(value, text) ||
            (df_str_starts(value, "/") && df_image_below(dir, value)))
            return true;
    }
    /* `PATH=/app/build/bin:$PATH`, of which nobody knows the value. */
    for (const df_instr *instr = NULL; (instr = next_above(l, instr)) != NULL;)
        if (instr->kind == DF_I_ENV && df_str_has(instr->text.str, text))
            return true;
    return false;
}

static bool is_in_needs(const df_lift *l, const df_install *in, df_str dir)
{
    const char *path = df_cstr(l->b->arena, dir);
    df_str text;

    for (uint32_t i = 0; i < in->nneeds; i++)
        if (df_image_overlap(in->needs[i].path, dir) ||
            (df_context_read(l->b->context, in->needs[i].origin.path, &text) &&
             df_str_has(text, path)))
            return true;
    for (uint32_t i = 0; i < in->nnamed; i++)
        if (df_image_overlap(in->named[i].path, dir))
            return true;
    return false;
}

/* /data of /data/proto: the first COPY or WORKDIR to it makes it, for an owner.
 */
static df_str top_of(const df_lift *l, df_str dest)
{
    df_str rest = df_str_from(dest, 1);
    df_str first;

    df_str_cut(&rest, '/', &first);
    return df_fmt(l->b->arena, "/%.*s", DF_STR_ARG(first));
}

/* Does it make no other owner or mode than a WORKDIR of root does? */
static bool is_plain(const df_lift *l, const df_instr *instr)
{
    return !instr->nflags &&
           df_user_is_root(l->b->facts->states[instr->index].user);
}

/* `COPY npmrc /usr/local/etc/npmrc`, `COPY .npmrc $HOME`: a setting, which may
 * name other places. */
static bool brings_settings(const df_lift *l, const df_install *in)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++) {
        df_str dest = l->b->copies[i].dest;

        if (!dest.ptr ||
            (!df_image_below(dest, in->dir) &&
             (!df_str_starts(dest, "/") || !df_image_is_own(dest))))
            return true;
    }
    return false;
}

/* May the instruction have to do with what is copied to a place below `top`, or
 * make a directory on the way to it with another owner? */
static bool may_meet(const df_lift *l, const df_copied *copy,
                     const df_instr *instr, const char *top)
{
    bool makes = instr->kind == DF_I_COPY || instr->kind == DF_I_ADD ||
                 instr->kind == DF_I_WORKDIR;

    if (instr == copy->instr || !df_str_has(instr->text.str, top))
        return false;
    return !makes || !is_plain(l, instr) || !is_plain(l, copy->instr);
}

/* A directory beside the project, at a place of its own that nothing up to the
 * install has to do with. */
static bool is_apart(const df_lift *l, const df_install *in,
                     const df_copied *copy)
{
    const char *top;

    if (!df_copy_is_broad(copy) || !df_str_starts(copy->dest, "/") ||
        !df_image_is_own(copy->dest) || df_image_overlap(copy->dest, in->dir) ||
        !l->run->stage->known || brings_settings(l, in) ||
        is_in_variable(l, copy->dest) || is_in_needs(l, in, copy->dest))
        return false;
    top = df_cstr(l->b->arena, top_of(l, copy->dest));
    for (const df_instr *instr = NULL; (instr = next_above(l, instr)) != NULL;)
        if (may_meet(l, copy, instr, top))
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

static bool has_scripts(const df_lift *l, const df_install *in, df_str path)
{
    const df_json *scripts =
        df_json_get(df_context_json(l->b->context, path), "scripts");

    for (df_strings k = in->eco->scripts; *k; k++)
        if (df_json_get(scripts, *k))
            return true;
    return false;
}

/* A package.json that runs something when it is installed, or packages that
 * look into such a directory then. */
static bool looks_at_results(const df_lift *l, const df_install *in,
                             df_str name)
{
    df_str text;

    for (uint32_t i = 0; i < in->nneeds; i++) {
        if (!in->needs[i].main ||
            !df_context_read(l->b->context, in->needs[i].origin.path, &text))
            continue;
        if (!df_cmd_is_on(in->cmd, "--ignore-scripts") &&
            has_scripts(l, in, in->needs[i].origin.path))
            return true;
        for (df_strings p = in->eco->package_reads; *p; p++) {
            df_str path = df_str_of(*p);
            df_str package, versioned;

            df_str_cut(&path, ':', &versioned);
            df_str_cut(&versioned, '<', &package);
            if (df_str_has(path, df_cstr(l->b->arena, name)) &&
                df_str_has(text, df_cstr(l->b->arena, package)))
                return true;
        }
        if (df_str_has(text, "prisma"))
            return true;
    }
    return false;
}

/* `COPY --from=builder /app/dist dist`: what another stage has built from the
 * source, in a directory of its own right below the project, which the install
 * does not look at. */
static bool is_a_result(const df_lift *l, const df_install *in,
                        const df_copied *copy)
{
    df_strings names = df_kb_words(l->b->facts->kb, "build-results");
    const df_facts *facts = l->b->facts;

    return copy->dest.ptr && df_str_starts(copy->dest, "/") &&
           in->dir.len > 1 && df_str_eq(df_image_dir(copy->dest), in->dir) &&
           df_str_eq(facts->states[copy->instr->index].workdir, in->dir) &&
           df_str_in(df_path_base(copy->dest), names) && keeps_dest(l, copy) &&
           !is_inside_writes(l, copy->dest) &&
           !df_cmd_has_any(in->cmd, in->eco->out_options) &&
           !is_in_variable(l, copy->dest) && !is_in_needs(l, in, copy->dest) &&
           !looks_at_results(l, in, df_path_base(copy->dest)) &&
           df_copy_stage(facts, copy->instr) != NULL;
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

static bool can_pass(const df_lift *l, const df_copied *moved, df_lift *trial)
{
    *trial = *l;
    trial->why = DF_STR("");
    /* Nothing of it would stand there early. */
    return df_passage_of(trial, moved) && !trial->early;
}

/* `COPY scripts .` for a RUN above the install: it may stay where it is. */
static void leave_what_is_needed(df_lift *l)
{
    df_lift trial;

    for (uint32_t i = 0; i < l->nmoved; i++) {
        if (is_wanted(l, l->moved[i]) || can_pass(l, l->moved[i], &trial))
            continue;
        if (!l->why.len && df_copy_is_broad(l->moved[i])) {
            l->why = trial.why;
            l->at = trial.at;
        }
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
