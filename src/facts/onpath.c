/* Programs of the build context that PATH finds: see dfopt/copy.h. */
#include <dfopt/copy.h>

typedef struct {
    const df_brought *b;
    const df_instr *at; /* who calls it */
    df_str name;
    df_origin *out;
} search;

static bool is_unquoted(df_str s)
{
    return df_str_find_char(s, '"') == SIZE_MAX &&
           df_str_find_char(s, '\'') == SIZE_MAX;
}

/* One directory of PATH, as written in the ENV: `$PATH` is what was before. */
static bool look_in(const search *s, const df_instr *env, df_str dir)
{
    df_str workdir = s->b->facts->states[s->at->index].workdir;

    dir = is_unquoted(dir) ? df_expand(s->b->arena, s->b->facts, env, dir)
                           : DF_STR("");
    if (!dir.len || !workdir.ptr)
        return false;
    dir = df_image_path(s->b->arena, workdir, dir);
    return dir.ptr &&
           df_brought_find(s->b, df_image_path(s->b->arena, dir, s->name),
                           s->out);
}

/* `ENV PATH="$PATH:/app/bin"` */
static bool look_along(const search *s, const df_instr *env, df_str path)
{
    df_str dir;

    if (path.len > 1 && path.ptr[0] == '"' && df_str_ends(path, "\""))
        path = df_str_slice(path, 1, path.len - 1);
    while (path.len) {
        df_str_cut(&path, ':', &dir);
        if (look_in(s, env, dir))
            return true;
    }
    return false;
}

static bool is_before(const search *s, const df_instr *env)
{
    const df_facts *facts = s->b->facts;

    if (env->kind != DF_I_ENV || env->index >= s->at->index)
        return false;
    for (const df_stage *st = facts->stage_of[s->at->index]; st; st = st->base)
        if (facts->stage_of[env->index] == st)
            return true;
    return false;
}

bool df_brought_program(const df_brought *b, const df_instr *at, df_str name,
                        df_origin *out)
{
    const df_doc *doc = b->facts->doc;
    search s = {b, at, name, out};

    *out = (df_origin){0};
    if (df_str_find_char(name, '/') != SIZE_MAX || !b->ncopies)
        return false;
    for (uint32_t i = 0; i < at->index; i++)
        for (uint32_t k = 0;
             is_before(&s, doc->instrs[i]) && k < doc->instrs[i]->npairs; k++)
            if (df_str_is(doc->instrs[i]->pairs[k].key.str, "PATH") &&
                look_along(&s, doc->instrs[i],
                           doc->instrs[i]->pairs[k].value.str))
                return true;
    return false;
}
