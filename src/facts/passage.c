/*
 * What stands between a COPY and the RUN below which it shall go: may the COPY
 * pass it? See facts/lift.h.
 */
#include "facts/lift.h"

#include <dfopt/reach.h>
#include <dfopt/use.h>

/* The first words of an instruction, for messages. */
static df_str brief(const df_instr *instr)
{
    df_str s = instr->text.str;

    return s.len > 48 ? df_str_slice(s, 0, 48) : s;
}

static const df_copied *copy_of(const df_lift *l, const df_instr *instr)
{
    for (uint32_t i = 0; i < l->b->ncopies; i++)
        if (l->b->copies[i].instr == instr)
            return &l->b->copies[i];
    return NULL;
}

/* Do both bring a file to the same place, and not the same one? */
static bool clashes(const df_lift *l, const df_copied *moved,
                    const df_copied *other, const df_copy_source *s)
{
    df_str landing =
        s->dir || other->names
            ? other->dest
            : df_image_path(l->b->arena, other->dest, df_path_base(s->path));
    df_origin origin;

    if (other->parents)
        return df_image_overlap(other->dest, moved->dest);
    if (!moved->known) /* what it brings is not known, but where */
        return df_image_overlap(landing, moved->dest);
    if (df_copy_find(l->b, moved, landing, &origin))
        return !df_str_eq(origin.path, s->path);
    return s->dir && df_image_below(moved->dest, landing) &&
           df_copy_find(l->b, other, moved->dest, &origin);
}

/* Hardly a project has these. */
static bool is_system(df_str path)
{
    static const char *const dirs[] = {"bin", "etc",  "home", "lib",
                                       "opt", "root", "run",  "sbin",
                                       "tmp", "usr",  "var",  NULL};
    df_str first;

    df_str_cut(&path, '/', &first);
    return df_str_in(first, dirs);
}

/* Would the moved COPY bring what lies there in the context, if it did? */
static bool brings_below(const df_lift *l, const df_copied *moved,
                         const df_copied *other)
{
    df_str below;

    if (!other->dest.ptr || !moved->known || !moved->sources[0].dir ||
        !df_image_below(other->dest, moved->dest))
        return false;
    below = df_path_below(other->dest, moved->dest);
    if (df_str_is(moved->dest, "/") && is_system(below))
        return false;
    below = df_context_join(l->b->arena, moved->sources[0].path, below);
    return !df_context_ignores(l->b->context, below);
}

static bool owner_by_name(const df_copied *copy)
{
    const df_flag *flag = df_instr_flag(copy->instr, "chown");

    return flag && flag->value.len && !df_is_digit(flag->value.ptr[0]);
}

/* /etc/passwd, or all of /etc from where nobody sees what it has. */
static bool brings_users(const df_lift *l, const df_copied *copy)
{
    static const char *const files[] = {"/etc/passwd", "/etc/group", NULL};
    df_origin origin;

    for (const char *const *f = files; *f; f++)
        if (copy->known ? df_copy_find(l->b, copy, df_str_of(*f), &origin)
                        : df_image_below(df_str_of(*f), copy->dest))
            return true;
    return false;
}

/* Does what moves ask who has a name? */
static bool needs_users(const df_lift *l, const df_copied *moved)
{
    return owner_by_name(moved) || l->owner.len || df_lift_chowns_along(l);
}

static bool pass_copy(df_lift *l, const df_copied *moved,
                      const df_copied *other)
{
    df_reach reach = df_path_reach(l->b, moved, DF_STR("/"), other->dest);
    bool clash = !other->known && reach > DF_REACH_INSIDE;

    l->early |= reach == DF_REACH_INSIDE;
    /* What another stage built: the host may have a stale one, some day. */
    if (!other->known)
        clash |= brings_below(l, moved, other);
    if (needs_users(l, moved) && brings_users(l, other))
        return df_lift_decline(
            l, other->instr->keyword,
            "`%.*s` may change users, and a COPY behind it names one",
            DF_STR_ARG(brief(other->instr)));

    for (uint32_t i = 0; i < other->nsources && other->known; i++)
        clash |= clashes(l, moved, other, &other->sources[i]);
    if (clash)
        return df_lift_decline(
            l, moved->instr->keyword,
            "`%.*s` copies to the same place, so %.*s stays below both",
            DF_STR_ARG(brief(other->instr)), DF_STR_ARG(df_lift_name(l)));
    return true;
}

/* `$NAME` or `${NAME` in the text. */
static bool uses_variable(df_str text, df_str name)
{
    for (size_t i = 0; i + name.len < text.len; i++) {
        size_t from = i + 1 + (text.ptr[i + 1] == '{');

        if (text.ptr[i] == '$' &&
            df_str_eq(df_str_slice(text, from, from + name.len), name) &&
            (from + name.len >= text.len ||
             !df_is_name(text.ptr[from + name.len])))
            return true;
    }
    return false;
}

static bool pass_variables(df_lift *l, const df_copied *moved,
                           const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->npairs; i++)
        if (uses_variable(moved->instr->text.str, instr->pairs[i].key.str))
            return df_lift_decline(l, moved->instr->keyword,
                                   "`%.*s` changes %.*s, which COPY expands",
                                   DF_STR_ARG(brief(instr)),
                                   DF_STR_ARG(instr->pairs[i].key.str));
    return true;
}

static bool pass_volume(df_lift *l, const df_copied *moved,
                        const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->nwords; i++)
        if (df_image_overlap(
                df_expand(l->b->arena, l->b->facts, instr, instr->words[i].str),
                moved->dest))
            return df_lift_decline(l, moved->instr->keyword,
                                   "`%.*s` makes a volume of what is copied",
                                   DF_STR_ARG(brief(instr)));
    return true;
}

static bool has_owner(const df_copied *copy)
{
    return df_instr_flag(copy->instr, "chown") ||
           df_instr_flag(copy->instr, "chmod");
}

/* WORKDIR makes its directory for USER, a COPY makes it as its flags say. */
static bool pass_workdir(df_lift *l, const df_copied *moved,
                         const df_instr *instr)
{
    const df_facts *facts = l->b->facts;
    const df_state *before = &facts->states[moved->instr->index];
    df_str dir = facts->states[instr->index + 1].workdir;
    df_origin origin;

    if (df_copy_find(l->b, moved, dir, &origin) && origin.kind != DF_FILE_DIR)
        return df_lift_decline(l, moved->instr->keyword,
                               "%.*s is the WORKDIR and no directory",
                               DF_STR_ARG(origin.path));
    if (df_str_is(moved->dest, "/") ||
        df_image_below(before->workdir, moved->dest) ||
        df_image_below(before->workdir, dir) || /* it is there already */
        !df_image_overlap(dir, moved->dest))
        return true;
    if (has_owner(moved) || !df_user_is_root(facts->states[instr->index].user))
        l->early = true;
    return true;
}

static bool names_users(const df_run *run)
{
    for (uint32_t i = 0; i < run->ncmds; i++)
        for (uint32_t k = 0; k < run->cmds[i].node->nwords; k++)
            if (df_str_has(run->cmds[i].node->words[k].text, "/etc/passwd") ||
                df_str_has(run->cmds[i].node->words[k].text, "/etc/group"))
                return true;
    return false;
}

static bool say_users(df_lift *l, const df_run *run)
{
    return df_lift_decline(l, run->instr->keyword,
                           "this RUN changes users, and COPY names one");
}

static bool changes_users(const df_run *run)
{
    static const char *const tools[] = {"usermod", "groupmod", "deluser",
                                        "userdel", "delgroup", "groupdel",
                                        NULL};

    for (uint32_t i = 0; i < run->ncmds; i++)
        if (df_str_in(run->cmds[i].tool, tools))
            return true;
    return names_users(run);
}

/* A `chown -R` that COPY can do itself. */
static bool take_owner(df_lift *l, const df_copied *moved, const df_run *run)
{
    df_str owner = df_lift_new_owner(l, moved, run);

    if (!owner.len || df_instr_pragma(l->b->facts->doc, run->instr) ||
        (l->owned_by && l->owned_by != run))
        return false;
    l->owner = owner;
    l->owned_by = run;
    return true;
}

static bool take_along(df_lift *l, const df_copied *moved, const df_run *run)
{
    for (uint32_t i = 0; i < l->nalong; i++)
        if (l->along[i] == run)
            return df_lift_goes_along(l, moved, run);
    if (!df_lift_goes_along(l, moved, run) ||
        df_instr_pragma(l->b->facts->doc, run->instr))
        return false;
    *df_push(l->b->arena, l, along) = run;
    return true;
}

/* The command of the RUN that is in the way; NULL: not one of them alone. */
static const df_cmd *first_reader(const df_lift *l, const df_copied *moved,
                                  const df_run *run)
{
    if (run->tree->ok && df_run_mounts_plain(run))
        for (uint32_t i = 0; i < run->ncmds; i++)
            if (df_cmd_reach(l->b, moved, &run->cmds[i]) == DF_REACH_FILES)
                return &run->cmds[i];
    return NULL;
}

static bool say_reader(df_lift *l, const df_copied *moved, const df_run *run)
{
    const df_cmd *cmd = first_reader(l, moved, run);
    df_str name = df_lift_name(l);

    if (!cmd)
        return df_lift_decline(
            l, run->instr->keyword,
            "this RUN may read the copied source, so %.*s stays below COPY",
            DF_STR_ARG(name));
    return df_lift_decline(
        l, cmd->node->span,
        "`%.*s` may need the copied source, so %.*s stays below `%.*s`",
        DF_STR_ARG(df_cmd_brief(cmd)), DF_STR_ARG(name),
        DF_STR_ARG(brief(moved->instr)));
}

static bool pass_run(df_lift *l, const df_copied *moved, const df_run *run)
{
    df_reach reach = df_run_reach(l->b, moved, run);

    if (reach == DF_REACH_FILES && take_along(l, moved, run))
        return true;
    l->early |= reach != DF_REACH_NONE;
    if (reach == DF_REACH_FILES && !take_owner(l, moved, run))
        return say_reader(l, moved, run);
    if (needs_users(l, moved) && changes_users(run))
        return say_users(l, run);
    return true;
}

static bool pass_one(df_lift *l, const df_copied *moved, const df_instr *instr)
{
    const df_run *run = l->b->facts->run_of[instr->index];
    const df_copied *other = copy_of(l, instr);

    if (other)
        return df_lift_moves(l, other) || pass_copy(l, moved, other);
    if (instr->kind == DF_I_RUN)
        return run ? pass_run(l, moved, run) : false;
    if (instr->kind == DF_I_ENV || instr->kind == DF_I_ARG)
        return pass_variables(l, moved, instr);
    if (instr->kind == DF_I_VOLUME)
        return pass_volume(l, moved, instr);
    if (instr->kind == DF_I_WORKDIR)
        return pass_workdir(l, moved, instr);
    return !instr->bad;
}

bool df_passage_of(df_lift *l, const df_copied *moved)
{
    const df_doc *doc = l->b->facts->doc;

    for (uint32_t k = moved->instr->index + 1; k < l->run->instr->index; k++)
        if (!pass_one(l, moved, doc->instrs[k]))
            return false;
    if (needs_users(l, moved) && changes_users(l->run))
        return say_users(l, l->run);
    return true;
}

bool df_passage_past(const df_lift *l, const df_run *run)
{
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (df_run_reach(l->b, l->moved[i], run) != DF_REACH_NONE ||
            (owner_by_name(l->moved[i]) && changes_users(run)))
            return false;
    return !run->onbuild && !df_instr_pragma(l->b->facts->doc, run->instr);
}

/* `COPY --chown=app www web/www`, `COPY . web`: the first makes web, for app;
 * what travels to it would make it for root. */
static bool check_makers(df_lift *l)
{
    for (uint32_t i = 0; i < l->nmoved; i++)
        for (uint32_t k = i + 1; k < l->nmoved; k++) {
            const df_copied *a = l->moved[i];
            const df_copied *b = l->moved[k];
            df_str workdir = l->b->facts->states[a->instr->index].workdir;

            if ((has_owner(a) || has_owner(b)) &&
                !df_str_eq(a->dest, b->dest) &&
                df_image_below(a->dest, b->dest) &&
                !df_image_below(workdir, b->dest))
                return df_lift_decline(
                    l, a->instr->keyword,
                    "`%.*s` makes the directory of another COPY, with its "
                    "own owner",
                    DF_STR_ARG(brief(a->instr)));
        }
    return true;
}

/* Is the directory there above the COPY: by a WORKDIR, or by a RUN that names
 * it? */
static bool is_there_before(const df_lift *l, const df_instr *copy, df_str dir)
{
    const df_facts *facts = l->b->facts;
    const char *name = df_cstr(l->b->arena, dir);

    for (uint32_t i = 0; i < copy->index; i++) {
        const df_stage *stage = facts->stage_of[i];

        if (stage && df_stage_is_on(l->run->stage, stage) &&
            (df_image_below(facts->states[i + 1].workdir, dir) ||
             (facts->doc->instrs[i]->kind == DF_I_RUN &&
              df_str_has(facts->doc->instrs[i]->text.str, name))))
            return true;
    }
    return false;
}

/* `COPY --chown=app . /srv` gives /srv/web to app, also where it is there
 * already; `COPY --chown=app web/package.json /srv/web/` does not. */
static bool check_given(df_lift *l)
{
    for (uint32_t i = 0; i < l->nmoved; i++)
        for (uint32_t k = 0; k < l->ninstalls; k++) {
            const df_copied *copy = l->moved[i];
            df_str dir = l->installs[k].dir;

            if (has_owner(copy) && !df_user_is_root(l->run->state->user) &&
                df_image_below(dir, copy->dest) &&
                !df_str_eq(dir, copy->dest) &&
                is_there_before(l, copy->instr, dir))
                return df_lift_decline(
                    l, copy->instr->keyword,
                    "%.*s is there before `%.*s` gives it away, so %.*s stays "
                    "below COPY",
                    DF_STR_ARG(dir), DF_STR_ARG(brief(copy->instr)),
                    DF_STR_ARG(df_lift_name(l)));
        }
    return true;
}

bool df_passage_check(df_lift *l)
{
    if (!check_makers(l) || !check_given(l))
        return false;
    for (uint32_t i = 0; i < l->nmoved; i++)
        if (!df_passage_of(l, l->moved[i]))
            return false;
    /* The one that COPY does now would come first. */
    if (l->owned_by && df_lift_chowns_along(l))
        return df_lift_decline(l, l->owned_by->instr->keyword,
                               "this RUN gives away what another one gave "
                               "before, so %.*s stays below COPY",
                               DF_STR_ARG(df_lift_name(l)));
    /* What was copied behind a `chown -R`, or beside it, kept its owner. */
    for (uint32_t i = 0; i < l->nmoved && l->owned_by; i++)
        if (l->moved[i]->instr->index > l->owned_by->instr->index ||
            !df_lift_new_owner(l, l->moved[i], l->owned_by).len)
            return df_lift_decline(
                l, l->owned_by->instr->keyword,
                "this RUN may read the copied source, so %.*s stays "
                "below COPY",
                DF_STR_ARG(df_lift_name(l)));
    return true;
}
