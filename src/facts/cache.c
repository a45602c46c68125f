/* What a command leaves in its layer: see dfopt/cache.h. */
#include <dfopt/cache.h>
#include <dfopt/use.h>

/* --- which row? --- */

uint32_t df_cache_word(const df_cmd *cmd, const df_cache *row)
{
    char room[64];
    df_str both = df_cmd_both(cmd, room, sizeof room);

    return both.len && df_str_in(both, row->on) ? df_cmd_operand(cmd, 0)
                                                : cmd->sub_word;
}

const df_cache *df_cmd_cache(const df_cmd *cmd)
{
    const df_kb *kb = cmd->run->kb;
    char room[64];
    df_str both = df_cmd_both(cmd, room, sizeof room);
    const df_cache *row = both.len ? df_kb_cache(kb, cmd->tool, both) : NULL;

    return row ? row : df_kb_cache(kb, cmd->tool, cmd->sub);
}

/* --- does it apply? --- */

typedef struct {
    df_arena *arena;
    const df_facts *facts;
    df_context *context;
    const df_run *run;
    const df_cache *row;
} place;

/* "alpine:3.2" is 3.2 and 3.2.3, not 3.20; "ubuntu:14." any of them. */
static bool is_version(const df_stage *stage, df_str name)
{
    df_str repo;
    char next;

    df_str_cut(&name, ':', &repo);
    if (!df_str_eq(repo, stage->repo) || stage->tag.len < name.len ||
        !df_str_eq(df_str_slice(stage->tag, 0, name.len), name))
        return false;
    next = stage->tag.len > name.len ? stage->tag.ptr[name.len] : '\0';
    return df_str_ends(name, ".") || !df_is_digit(next);
}

/* Does the image, as far as it is known, speak against the row? */
static bool image_fits(const df_stage *stage, const df_cache *row)
{
    const df_image *image = stage->known;

    while (stage->base)
        stage = stage->base;
    if (image && image->family && *row->families &&
        !df_str_in(df_str_of(image->family), row->families))
        return false;
    if (!image && row->known_only)
        return false;
    for (df_strings p = row->not_on; *p; p++)
        if (is_version(stage, df_str_of(*p)))
            return false;
    return true;
}

/* A cache mount on the path, above it, or where another user keeps it. */
static bool covers(df_str target, const df_cache *row)
{
    for (df_strings p = row->paths; *p; p++) {
        df_str path = df_str_of(*p);

        if (df_image_below(path, target) || df_image_below(target, path) ||
            df_str_eq(df_path_base(target), df_path_base(path)))
            return true;
    }
    return false;
}

static df_str mount_field(df_str value, const char *const *names)
{
    df_str field, key;

    while (value.len) {
        df_str_cut(&value, ',', &field);
        if (df_str_cut(&field, '=', &key) && df_str_in(key, names))
            return field;
    }
    return DF_STR("");
}

static bool mounted(const df_instr *instr, const df_cache *row)
{
    static const char *const types[] = {"type", NULL};
    static const char *const targets[] = {"target", "dst", "destination", NULL};

    for (uint32_t i = 0; i < instr->nflags; i++) {
        df_str value = instr->flags[i].value;

        if (df_str_is(instr->flags[i].name, "mount") &&
            df_str_is(mount_field(value, types), "cache") &&
            (*row->path_env || covers(mount_field(value, targets), row)))
            return true;
    }
    return false;
}

static bool env_says(const df_run *run, const char *name)
{
    df_str assigned = df_str_of(name);

    if (df_var_get(run->state, assigned))
        return true;
    return df_str_has(run->instr->args.str, name);
}

/* Where the project of a command lies in the context; "" at a loss. */
static df_str project_dir(const place *j, const df_cmd *cmd)
{
    df_arena *mem = j->arena;
    df_str image = df_image_path(mem, cmd->dir, DF_STR("package.json"));
    df_str file =
        df_copied_from(mem, j->facts, j->context, j->run->stage, image);
    size_t end = file.len;

    while (end > 0 && file.ptr[end - 1] != '/')
        end--;
    return df_str_slice(file, 0, end);
}

/* "packageManager": "yarn@3.6.0" names the version that really runs. */
static bool manager_differs(const place *j, df_str dir)
{
    df_arena *mem = j->arena;
    df_str path = df_fmt(mem, "%.*spackage.json", DF_STR_ARG(dir));
    df_str manager;

    return j->row->manager &&
           df_json_string(
               df_json_get(df_context_json(j->context, path), "packageManager"),
               &manager) &&
           !df_str_starts(manager, j->row->manager);
}

/* Files of the project that mean another version of the tool. */
static bool files_speak_against(const place *j, const df_cmd *cmd)
{
    df_context *context = j->context;
    df_arena *mem = j->arena;
    df_str dir;

    if (!*j->row->unless_files)
        return false;
    if (!df_context_present(context))
        return true;
    dir = project_dir(j, cmd);
    for (df_strings p = j->row->unless_files; *p; p++)
        if (df_context_lookup(context, df_fmt(mem, "%.*s%s", DF_STR_ARG(dir),
                                              *p)) != DF_FILE_NONE)
            return true;
    return manager_differs(j, dir);
}

/* A variable that says that nothing is left, or hides where. */
static bool env_speaks_against(const place *j)
{
    for (df_strings e = j->row->unless_env; *e; e++)
        if (env_says(j->run, *e))
            return true;
    return false;
}

bool df_cache_applies(df_arena *a, const df_facts *facts, df_context *context,
                      const df_cmd *cmd, const df_cache *row)
{
    place j = {a, facts, context, cmd->run, row};

    return image_fits(cmd->run->stage, row) && !mounted(cmd->run->instr, row) &&
           !env_speaks_against(&j) && !files_speak_against(&j, cmd);
}
