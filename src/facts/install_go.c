/*
 * What `go mod download` reads: go.mod and go.sum; and when it helps to call
 * it before a `go build`.
 *
 * It asks for nothing else unless go.work or a `replace` leads to other
 * directories, and of these it reads the same files (Go modules reference).
 * Before Go 1.13 a project below GOPATH is not in module mode, and the command
 * fails there.
 */
#include "facts/install.h"

#include "base/map.h"

/* Nobody wants to read more COPY lines than this. */
#define MAX_MODULES 40u

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

/* `go mod tidy`, `go mod init` in the same directory, earlier in the stage. */
static bool comes_after(df_reader *r, const char *sub)
{
    const df_cmd *cmd = r->in->cmd;
    const df_facts *facts = r->b->facts;
    char room[64];

    for (uint32_t i = 0; i < facts->nruns; i++)
        for (uint32_t k = 0; facts->runs[i].stage == cmd->run->stage &&
                             k < facts->runs[i].ncmds;
             k++) {
            const df_cmd *c = &facts->runs[i].cmds[k];

            if (c == cmd)
                return false;
            if (df_str_is(c->tool, "go") && c->unconditional &&
                df_str_eq(c->dir, cmd->dir) &&
                df_str_is(df_cmd_both(c, room, sizeof room), sub))
                return true;
        }
    return false;
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

/* --- the modules --- */

/* What a build of one or several main modules reads before it downloads. */
typedef struct {
    df_reader *r;
    df_gomod *items; /* go.mod of each main module; the last may be go.work */
    uint32_t nitems, citems;
    df_str *sums; /* texts of go.sum and go.work.sum */
    uint32_t nsums, csums;
    df_map replaced; /* a df_goreplace for each module path */
    df_map summed;
} modules;

/* The nearest directory from there upwards with that file; empty: none. */
static df_str nearest(df_reader *r, df_str dir, const char *name)
{
    df_origin origin;

    while (dir.len &&
           !df_need_find(r, df_need_path(r, dir, df_str_of(name)), &origin))
        dir = dir.len > 1 ? df_image_dir(dir) : DF_STR("");
    return dir;
}

static void add_sum(modules *m, df_str dir, const char *name)
{
    df_str path = df_need_path(m->r, dir, df_str_of(name));
    df_origin origin;
    df_str text;

    if (!df_need_add(m->r, path, false) || !df_need_find(m->r, path, &origin) ||
        !df_context_read(m->r->b->context, origin.path, &text))
        return;
    *df_push(m->r->b->arena, m, sums) = text;
}

/* go.mod of a directory, which `by` names. */
static bool add_gomod(modules *m, df_str dir, const char *by)
{
    df_str path = df_need_path(m->r, dir, DF_STR("go.mod"));

    return df_need_add(m->r, path, true) ||
           df_need_why(m->r, "no COPY brings %.*s, which %s names",
                       DF_STR_ARG(path), by);
}

/* Of a module that stands for another, go.mod is all that is read. */
static void add_replaced(modules *m, df_str dir, const char *by)
{
    const df_gomod *mod = &m->items[m->nitems - 1];

    for (uint32_t i = 0; i < mod->nreplaces; i++) {
        const df_goreplace *x = &mod->replaces[i];

        if (!x->local)
            continue;
        if (!df_str_starts(x->by, "."))
            df_need_why(m->r, "%s replaces a module by %.*s", by,
                        DF_STR_ARG(x->by));
        add_gomod(m, df_need_path(m->r, dir, x->by), by);
    }
}

/* go.mod or go.work of a directory, which is there. */
static df_gomod read_file(modules *m, df_str dir, const char *name)
{
    df_gomod mod = {.found = false};
    df_origin origin;

    if (df_need_find(m->r, df_need_path(m->r, dir, df_str_of(name)), &origin))
        mod = df_context_gomod(m->r->b->context, origin.path);
    *df_push(m->r->b->arena, m, items) = mod;
    return mod;
}

static void add_module(modules *m, df_str dir, const char *by)
{
    if (!add_gomod(m, dir, by))
        return;
    add_sum(m, dir, "go.sum");
    read_file(m, dir, "go.mod");
    add_replaced(m, dir, "go.mod");
}

/* All modules that go.work uses are main modules. */
static void add_workspace(modules *m, df_str dir)
{
    df_gomod work;

    df_need_add(m->r, df_need_path(m->r, dir, DF_STR("go.work")), true);
    add_sum(m, dir, "go.work.sum");
    work = read_file(m, dir, "go.work");
    add_replaced(m, dir, "go.work");
    if (work.nuses > MAX_MODULES) {
        df_need_why(m->r, "go.work uses %u modules, each with files of its own",
                    work.nuses);
        return;
    }
    for (uint32_t i = 0; i < work.nuses; i++)
        add_module(m, df_need_path(m->r, dir, work.uses[i]), "go.work");
}

/* By module path: what replaces one, and which need no sum or have one. */
static void index_modules(modules *m)
{
    df_map_init(&m->replaced, m->r->b->arena);
    df_map_init(&m->summed, m->r->b->arena);
    for (uint32_t i = 0; i < m->nitems; i++) {
        df_map_put(&m->summed, m->items[i].module, m);
        for (uint32_t k = 0; k < m->items[i].nreplaces; k++)
            df_map_put(&m->replaced, m->items[i].replaces[k].old,
                       (void *)(uintptr_t)&m->items[i].replaces[k]);
    }
    for (uint32_t i = 0; i < m->nsums; i++) {
        df_str rest = m->sums[i];
        df_str line, path;

        while (rest.len) {
            df_str_cut(&rest, '\n', &line);
            df_str_cut(&line, ' ', &path);
            df_map_put(&m->summed, path, m);
        }
    }
}

static bool has_sum(const modules *m, df_str path)
{
    const df_goreplace *other = df_map_get(&m->replaced, path);

    return df_map_has(&m->summed, path) ||
           (other && (other->local ? !other->versioned
                                   : df_map_has(&m->summed, other->by)));
}

/* Go 1.16 and 1.17 write what is missing; the COPY would undo that. And what
 * `go mod tidy` drops may not be there to be downloaded. */
static void check_sums(modules *m)
{
    index_modules(m);
    for (uint32_t i = 0; i < m->nitems && !m->r->in->why.len; i++)
        for (uint32_t k = 0; k < m->items[i].nrequires; k++)
            if (!has_sum(m, m->items[i].requires[k]))
                df_need_why(m->r, "go.sum has no entry for %.*s",
                            DF_STR_ARG(m->items[i].requires[k]));
}

static bool require_something(const modules *m)
{
    for (uint32_t i = 0; i < m->nitems; i++)
        if (m->items[i].nrequires)
            return true;
    return false;
}

/* `go build github.com/x/y`, `go install x@v1`: not these modules. */
static bool is_of_main(const modules *m, df_str package)
{
    for (uint32_t i = 0; i < m->nitems; i++)
        if (m->items[i].module.len &&
            df_image_below(package, m->items[i].module))
            return true;
    return false;
}

static bool builds_module(const modules *m)
{
    const df_cmd *cmd = m->r->in->cmd;
    uint32_t i;

    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;) {
        const df_sh_word *w = &cmd->node->words[i];
        df_str word = w->is_plain ? w->value : w->text;

        if (df_str_find_char(word, '@') != SIZE_MAX)
            return false;
        if (!df_str_starts(word, ".") && !df_str_ends(word, ".go") &&
            !is_of_main(m, word) && df_str_find_char(word, '.') != SIZE_MAX)
            return false;
    }
    return true;
}

/* `alpine3.14`: some Go of that time. */
static bool tells_version(df_str tag)
{
    return !tag.len || minor_version(tag) != 99 || df_str_is(tag, "latest") ||
           df_str_is(tag, "alpine");
}

/* go.work counts since Go 1.18, and unless GOWORK says another. */
static df_str find_work(df_reader *r)
{
    const df_run *run = r->in->cmd->run;
    df_str dir = nearest(r, r->in->dir, "go.work");

    if (!dir.len || variable_has(r, "GOWORK", "off"))
        return DF_STR("");
    if (df_str_has(run->instr->text.str, "GOWORK"))
        df_need_why(r, "GOWORK may name another workspace");
    if (!df_str_is(root_of(run->stage)->repo, "golang"))
        df_need_why(r, "go.work leads to more modules, if go knows it");
    else if (!tells_version(root_of(run->stage)->tag))
        df_need_why(r, "go.work leads to more modules, if this Go knows it");
    else if (minor_version(root_of(run->stage)->tag) < 18)
        return DF_STR("");
    return dir;
}

/* A directory with go.work counts before one with go.mod, for all below it. */
static bool find_modules(modules *m)
{
    df_reader *r = m->r;
    df_str work = find_work(r);
    df_str dir = work.len ? work : nearest(r, r->in->dir, "go.mod");

    if (!dir.len)
        return false;
    r->in->dir = dir;
    if (work.len)
        add_workspace(m, dir);
    else
        add_module(m, dir, "the directory");
    return true;
}

/* `go build .` without go.mod fails since Go 1.16; `go build main.go` does not,
 * where there is one. */
static bool needs_module(df_reader *r)
{
    const df_cmd *cmd = r->in->cmd;
    const df_stage *stage = root_of(cmd->run->stage);
    df_origin origin;
    uint32_t i;

    if (comes_after(r, "mod init") || df_str_is(cmd->sub, "get") ||
        !stage->image.ptr || !df_str_is(stage->repo, "golang") ||
        minor_version(stage->tag) < 16 ||
        df_var_get(cmd->run->state, DF_STR("GO111MODULE")))
        return false;
    for (df_operands it = df_cmd_all_operands(cmd);
         (i = df_operands_next(&it)) != 0;) {
        df_str word = cmd->node->words[i].text;

        if (df_str_find_char(word, '@') != SIZE_MAX ||
            (df_str_ends(word, ".go") &&
             df_need_find(r, df_need_path(r, cmd->dir, word), &origin)))
            return false;
    }
    return true;
}

bool df_install_go(df_reader *r)
{
    bool prefetch = df_ecosystem_is(r->in->eco, "prefetch");
    modules m = {.r = r};

    if (has_other_module(r->in->cmd))
        return false;
    if (!find_modules(&m)) {
        r->in->missing = df_need_path(r, r->in->dir, DF_STR("go.mod"));
        return r->in->missing.ptr && (!prefetch || needs_module(r));
    }
    if (!r->in->why.len && (!require_something(&m) || !m.nsums))
        return false;
    if (prefetch && (!download_helps(r) || !builds_module(&m)))
        return false;
    if (!prefetch && df_cmd_operands(r->in->cmd) > 1)
        return false;
    if (!prefetch && comes_after(r, "mod tidy"))
        df_need_why(r, "go mod tidy writes go.mod before it");
    check_sums(&m);
    return true;
}
