/* Programs of the build context that PATH finds: see dfopt/copy.h. */
#include <dfopt/copy.h>

/* How many ENVs with PATH are looked at, the last first. */
#define MAX_PATHS 32

typedef struct {
    const df_brought *b;
    const df_instr *at; /* who calls it */
    df_str name;
    df_origin *out;
} search;

static bool look_in(const search *s, df_str dir)
{
    df_str workdir = s->b->facts->states[s->at->index].workdir;

    if (!dir.len || !workdir.ptr)
        return false;
    dir = df_image_path(s->b->arena, workdir, dir);
    return dir.ptr &&
           df_brought_find(s->b, df_image_path(s->b->arena, dir, s->name),
                           s->out);
}

/* A part between colons as written: it may stand for several directories, and
 * `$PATH` for what was before. */
static bool look_along_part(const search *s, const df_instr *env, df_str part)
{
    df_str dir;

    while (part.len && (part.ptr[0] == '"' || part.ptr[0] == '\''))
        part = df_str_from(part, 1);
    while (df_str_ends(part, "\"") || df_str_ends(part, "'"))
        part = df_str_slice(part, 0, part.len - 1);
    part = df_expand(s->b->arena, s->b->facts, env, part);
    while (part.len) {
        df_str_cut(&part, ':', &dir);
        if (look_in(s, dir))
            return true;
    }
    return false;
}

/* `ENV PATH="$PATH:/app/bin"` */
static bool look_along(const search *s, const df_instr *env, df_str path)
{
    df_str part;

    while (path.len) {
        df_str_cut(&path, ':', &part);
        if (look_along_part(s, env, part))
            return true;
    }
    return false;
}

bool df_brought_program(const df_brought *b, const df_instr *at, df_str name,
                        df_origin *out)
{
    const df_path_env *paths = b->facts->states[at->index].paths;
    search s = {b, at, name, out};
    uint32_t seen = 0;

    *out = (df_origin){0};
    if (df_str_find_char(name, '/') != SIZE_MAX || !b->ncopies)
        return false;
    for (; paths && seen < MAX_PATHS; paths = paths->before) {
        const df_instr *env = paths->instr;

        for (uint32_t k = 0; k < env->npairs; k++)
            if (df_str_is(env->pairs[k].key.str, "PATH") && ++seen &&
                look_along(&s, env, env->pairs[k].value.str))
                return true;
    }
    return false;
}
