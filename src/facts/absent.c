/*
 * Manifests that no COPY brings, though one brings the whole build context: see
 * df_install_absent in dfopt/install.h.
 */
#include <dfopt/install.h>
#include <dfopt/reach.h>
#include <dfopt/use.h>

/* Directories of a work tree that are looked at, and how deep. */
enum { MAX_DIRS = 600, MAX_DEPTH = 3 };

typedef struct {
    df_arena *arena;
    df_str *names;
    uint32_t nnames, cnames;
    const df_cmd *by;
    bool own;  /* an install finds what it needs: this is the context */
    bool made; /* what is missing may be made, or come from elsewhere */
} search;

static bool is_whole(const df_copied *copy)
{
    return copy->known && copy->nsources == 1 && copy->sources[0].dir &&
           !copy->sources[0].path.len && copy->dest.ptr &&
           df_str_starts(copy->dest, "/");
}

static const df_copied *whole_copy(const df_brought *b)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (is_whole(&b->copies[i]))
            return &b->copies[i];
    return NULL;
}

/* Does a word name it, or is something written that may be it? */
static bool mentions(const df_cmd *cmd, const char *text)
{
    const df_sh_node *node = cmd->node;

    for (uint32_t i = 0; i < node->nwords; i++)
        if (df_str_has(node->words[i].text, text))
            return true;
    for (uint32_t i = 0; i < node->nredirs; i++)
        if (node->redirs[i].op >= DF_OP_IN &&
            (!node->redirs[i].target.is_plain ||
             df_str_has(node->redirs[i].target.text, text)))
            return true;
    return false;
}

/* Package managers fetch, but `corepack prepare yarn@4` leaves nothing in a
 * project. */
static bool is_pure(const df_cmd *cmd)
{
    return !df_str_in(DF_STR("*"), cmd->known->network) &&
           (df_cmd_is_pure(cmd) ||
            (cmd->sub.len && df_str_in(cmd->sub, cmd->known->pure_named)));
}

/* `git clone … .`, `npm init -y`, `./setup.sh`: who knows what they make. */
static bool makes_nothing(const df_brought *b, const df_copied *copy,
                          const df_cmd *cmd, const char *name)
{
    if (df_str_is(cmd->tool, "cd"))
        return true;
    if (!cmd->known || mentions(cmd, name))
        return false;
    return cmd->ecosystem || df_str_is(cmd->tool, "mkdir") ||
           (is_pure(cmd) && df_cmd_reach(b, copy, cmd) < DF_REACH_INSIDE);
}

static bool run_makes_nothing(const df_brought *b, const df_copied *copy,
                              const df_run *run, const df_cmd *before,
                              const char *name)
{
    for (uint32_t k = 0; k < run->ncmds && &run->cmds[k] != before; k++)
        if (!makes_nothing(b, copy, &run->cmds[k], name))
            return false;
    return run->tree->ok;
}

/* By what stands above in the stage, or in one that it is built on? */
static bool may_be_made(const df_brought *b, const df_copied *copy,
                        const df_cmd *cmd, df_str missing)
{
    const char *name = df_cstr(b->arena, df_path_base(missing));

    for (const df_stage *s = cmd->run->stage; s; s = s->base)
        for (uint32_t i = 0; i < s->nruns; i++) {
            const df_run *run = &s->runs[i];

            if (s == cmd->run->stage && run > cmd->run)
                break;
            if (!run_makes_nothing(b, copy, run, cmd, name))
                return true;
        }
    return false;
}

/* COPYs of another kind, mounts, and images that nobody knows may bring
 * anything. */
static bool all_known(const df_brought *b, const df_run *run)
{
    for (uint32_t i = 0; i < b->ncopies; i++)
        if (!b->copies[i].known || !b->copies[i].dest.ptr)
            return false;
    for (uint32_t i = 0; i < run->instr->nflags; i++)
        if (df_str_is(run->instr->flags[i].name, "mount") &&
            !df_str_has(run->instr->flags[i].value, "type=cache"))
            return false;
    return run->stage->known != NULL;
}

/* `-r requirements.txt -r dev.txt`: one of them is here. */
static bool finds_some(const df_install *in)
{
    for (uint32_t i = 0; i < in->nneeds; i++)
        if (in->needs[i].main)
            return true;
    return !in->missing.len;
}

/* `npm install` would have made the lock. */
static bool installs_above(const df_cmd *cmd)
{
    for (const df_stage *s = cmd->run->stage; s; s = s->base)
        for (const df_cmd *c = NULL; (c = df_stage_next_cmd(s, c)) != NULL;) {
            if (c == cmd)
                break;
            if (df_str_eq(c->tool, cmd->tool) && c->ecosystem &&
                !df_cmd_is_global(c))
                return true;
        }
    return false;
}

static void look_at(search *out, const df_brought *b, const df_cmd *cmd)
{
    const df_copied *copy = whole_copy(b);
    df_install in;
    df_str name;
    bool locked;

    if (!copy || !cmd->unconditional || !df_install_read(b, cmd, &in))
        return;
    locked = finds_some(&in) && df_install_lacks_lock(b, &in);
    if (locked)
        in.missing =
            df_image_path(out->arena, in.dir, df_str_of(*in.eco->locks));
    else
        out->own |= finds_some(&in);
    if (out->own || !df_image_below(in.missing, copy->dest))
        return;
    name = df_path_below(in.missing, copy->dest);
    out->own |= df_context_on_disk(b->context, name); /* but ignored */
    if (!out->made)
        out->made = !all_known(b, cmd->run) ||
                    may_be_made(b, copy, cmd, in.missing) ||
                    (locked && installs_above(cmd));
    *df_push(out->arena, out, names) = name;
    if (!out->by)
        out->by = cmd;
}

df_absence df_install_absent(df_arena *a, const df_facts *facts,
                             df_context *context)
{
    search out = {.arena = a};

    for (uint32_t i = 0; i < facts->nruns && !out.own; i++) {
        const df_run *run = &facts->runs[i];
        const df_brought *b = NULL;

        for (uint32_t k = 0; k < run->ncmds && !run->onbuild; k++) {
            if (!run->cmds[k].ecosystem)
                continue;
            if (!b)
                b = df_brought_before(a, facts, context, run->instr);
            if (!b->too_many)
                look_at(&out, b, &run->cmds[k]);
        }
    }
    return (df_absence){
        {out.names, out.own ? 0 : out.nnames}, out.by, !out.made};
}

/* --- other directories that have them --- */

static bool has_all(df_arena *a, df_context *cx, df_str dir, df_names names)
{
    for (uint32_t i = 0; i < names.count; i++)
        if (df_context_stat(cx, df_context_join(a, dir, names.names[i])) !=
            DF_FILE_REGULAR)
            return false;
    return true;
}

static bool is_entered(df_context *cx, df_str path, df_str name)
{
    static const char *const others[] = {"node_modules", "vendor", ".git",
                                         NULL};

    return !df_str_in(name, others) &&
           df_context_lookup(cx, path) == DF_FILE_DIR;
}

/* *left: directories that may still be looked at. */
static bool is_below(df_arena *a, df_context *cx, df_str dir, df_names names,
                     unsigned depth, unsigned *left)
{
    df_names all = df_context_list(cx, dir);

    for (uint32_t i = 0; i < all.count; i++) {
        df_str path = df_context_join(a, dir, all.names[i]);

        if (!is_entered(cx, path, all.names[i]))
            continue;
        if (!*left)
            return true;
        --*left;
        if (has_all(a, cx, path, names) ||
            (depth > 1 && is_below(a, cx, path, names, depth - 1, left)))
            return true;
    }
    return false;
}

bool df_absence_elsewhere(df_arena *a, df_context *cx, df_names names)
{
    unsigned left = MAX_DIRS;

    /* Nx builds images of what it generates below dist/. */
    if (df_context_lookup(cx, DF_STR("nx.json")) != DF_FILE_NONE)
        return true;
    return is_below(a, cx, DF_STR(""), names, MAX_DEPTH, &left);
}
