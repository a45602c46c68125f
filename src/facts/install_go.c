/*
 * What `go mod download` reads: go.mod and go.sum; and when it helps to call
 * it before a `go build`.
 *
 * It asks for nothing else unless go.work or a `replace` leads to another
 * directory (Go modules reference). Before Go 1.13 a project below GOPATH is
 * not in module mode, and the command fails there.
 */
#include "facts/install.h"

/* "1.22-alpine" gives 22; another tag a large number: it is recent. */
static unsigned minor_version(df_str tag)
{
    unsigned n = 0;

    if (!df_str_starts(tag, "1.") && !df_str_is(tag, "1"))
        return df_is_digit(tag.len ? tag.ptr[0] : ' ') ? 0 : 99;
    if (tag.len < 3)
        return 99;
    for (size_t i = 2; i < tag.len && i < 5 && df_is_digit(tag.ptr[i]); i++)
        n = n * 10 + (unsigned)(tag.ptr[i] - '0');
    return n;
}

static const df_stage *root_of(const df_stage *stage)
{
    while (stage->base)
        stage = stage->base;
    return stage;
}

static bool variable_has(df_reader *r, const char *name, const char *what)
{
    const df_var *var = df_var_get(r->in->cmd->run->state, df_str_of(name));

    return var && (!var->value.ptr || df_str_has(var->value, what));
}

/* `-mod vendor`, `-modfile other.mod`: as flags of Go may be written. */
static bool has_other_module(const df_cmd *cmd)
{
    static const char *const options[] = {"-modfile", "--modfile", "-overlay",
                                          "--overlay", NULL};
    df_str value;

    for (const char *const *o = options; *o; o++)
        if (df_cmd_has(cmd, *o))
            return true;
    return (df_cmd_value(cmd, "-mod", &value) ||
            df_cmd_value(cmd, "--mod", &value)) &&
           df_str_is(value, "vendor");
}

/* Would a download of its own work, and save something? */
static bool download_helps(df_reader *r)
{
    const df_stage *stage = root_of(r->in->cmd->run->stage);
    df_origin origin;

    return stage->image.ptr && df_str_is(stage->repo, "golang") &&
           minor_version(stage->tag) >= 13 &&
           !variable_has(r, "GOFLAGS", "-mod") &&
           !variable_has(r, "GO111MODULE", "off") &&
           !variable_has(r, "GO111MODULE", "auto") &&
           !df_need_find(
               r, df_need_path(r, r->in->dir, DF_STR("vendor/modules.txt")),
               &origin);
}

/* `go build github.com/x/y`, `go install x@v1`: not this module. */
static bool builds_module(df_reader *r, df_gomod mod)
{
    const df_cmd *cmd = r->in->cmd;
    uint32_t i;

    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;) {
        const df_sh_word *w = &cmd->node->words[i];
        df_str word = w->is_plain ? w->value : w->text;

        if (df_str_find_char(word, '@') != SIZE_MAX)
            return false;
        if (!df_str_starts(word, ".") && !df_str_ends(word, ".go") &&
            !df_image_below(word, mod.module) &&
            df_str_find_char(word, '.') != SIZE_MAX)
            return false;
    }
    return true;
}

/* The module is that of the nearest directory above with a go.mod. */
static bool find_module(df_reader *r)
{
    df_str dir = r->in->dir;
    df_origin origin;

    while (!df_need_find(r, df_need_path(r, dir, DF_STR("go.mod")), &origin)) {
        if (dir.len < 2)
            return false;
        dir = df_image_dir(dir);
        if (!dir.len)
            return false;
    }
    r->in->dir = dir;
    return true;
}

/* go.work of the module's directory or one above. */
static void check_workspace(df_reader *r)
{
    df_str dir = r->in->dir;
    df_origin origin;

    while (dir.len) {
        if (df_need_find(r, df_need_path(r, dir, DF_STR("go.work")), &origin))
            df_need_why(r, "%.*s leads to more modules",
                        DF_STR_ARG(origin.path));
        dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("");
    }
}

/* Go 1.16 and 1.17 write what is missing; the COPY would undo that. */
static void check_sums(df_reader *r, df_gomod mod, df_str sums)
{
    for (uint32_t i = 0; i < mod.nrequires; i++)
        if (!df_str_has(sums, df_cstr(r->b->arena,
                                      df_fmt(r->b->arena, "%.*s ",
                                             DF_STR_ARG(mod.requires[i])))))
            df_need_why(r, "go.sum has no entry for %.*s",
                        DF_STR_ARG(mod.requires[i]));
}

bool df_install_go(df_reader *r)
{
    bool prefetch = df_ecosystem_is(r->in->eco, "prefetch");
    df_gomod mod;
    df_origin origin;
    df_str sums;

    if (has_other_module(r->in->cmd))
        return false;
    if (!find_module(r)) {
        r->in->missing = df_need_path(r, r->in->dir, DF_STR("go.mod"));
        return !prefetch && r->in->missing.ptr;
    }
    if (!df_install_manifests(r))
        return false;
    mod = df_context_gomod(r->b->context, r->in->needs[0].origin.path);
    if (!mod.found || !mod.nrequires ||
        !df_need_find(r, df_need_path(r, r->in->dir, DF_STR("go.sum")),
                      &origin) ||
        !df_context_read(r->b->context, origin.path, &sums))
        return false;
    if (prefetch && (!download_helps(r) || !builds_module(r, mod)))
        return false;
    if (!prefetch && df_cmd_operands(r->in->cmd) > 1)
        return false;
    if (mod.replaces_local)
        df_need_why(r, "%.*s replaces a module by a directory of the source",
                    DF_STR_ARG(r->in->needs[0].origin.path));
    check_workspace(r);
    check_sums(r, mod, sums);
    return true;
}
