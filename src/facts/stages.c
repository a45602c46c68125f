/*
 * Stages: where they begin, what they stand on, who uses them.
 *
 * A stage name hides an image of that name; `--from=0` counts stages; a name
 * in FROM or --from can only mean an earlier stage (Dockerfile reference,
 * "FROM" and "COPY --from").
 */
#include "facts/build.h"

#include "base/map.h"

/* A longer name of a stage is none; BuildKit has no bound. */
#define MAX_NAME 4096

static bool digits_only(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_digit(s.ptr[i]))
            return false;
    return s.len > 0 && s.len < 7;
}

static uint32_t to_number(df_str s)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (uint32_t)(s.ptr[i] - '0');
    return n;
}

/* Stages of one name, in the file's order. */
typedef struct {
    uint32_t *stages;
    uint32_t nstages, cstages;
} namesakes;

static namesakes *namesakes_of(const df_facts *facts, df_str name)
{
    char lower[MAX_NAME];

    if (name.len > sizeof lower)
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = df_lower(name.ptr[i]);
    return df_map_get(facts->names, (df_str){lower, name.len});
}

static void add_name(df_maker *mk, const df_stage *s)
{
    namesakes *n = namesakes_of(mk->facts, s->name);
    char *lower;

    if (!s->name.len || s->name.len > MAX_NAME)
        return;
    if (!n) {
        n = df_new(mk->arena, namesakes);
        lower = df_cstr(mk->arena, s->name);
        for (size_t i = 0; lower[i]; i++)
            lower[i] = df_lower(lower[i]);
        df_map_put(mk->facts->names, df_str_of(lower), n);
    }
    *df_push(mk->arena, n, stages) = s->index;
}

/* The last of that name before `limit`. */
static const df_stage *find_name(const df_facts *facts, df_str name,
                                 uint32_t limit)
{
    const namesakes *n = namesakes_of(facts, name);
    uint32_t from = 0;
    uint32_t to = n ? n->nstages : 0;

    while (from < to) {
        uint32_t mid = from + (to - from) / 2;

        if (n->stages[mid] < limit)
            from = mid + 1;
        else
            to = mid;
    }
    return from ? &facts->stages[n->stages[from - 1]] : NULL;
}

const df_stage *df_stage_find(const df_facts *facts, df_str name,
                              uint32_t limit, bool numbers)
{
    const df_stage *found = find_name(facts, name, limit);

    if (found)
        return found;
    if (numbers && digits_only(name) && to_number(name) < limit)
        return &facts->stages[to_number(name)];
    return NULL;
}

static df_str without_one_of(df_str name, df_strings mirrors)
{
    for (; mirrors && *mirrors; mirrors++) {
        df_str mirror = df_str_of(*mirrors);

        if (df_str_starts(name, *mirrors) && name.len > mirror.len &&
            name.ptr[mirror.len] == '/')
            return df_str_from(name, mirror.len + 1);
    }
    return name;
}

/* A registry that has the images of Docker Hub, for all or for the user. */
static df_str without_mirror(const df_kb *kb, df_str name)
{
    name = without_one_of(name, kb->user ? kb->user->mirrors : NULL);
    return without_one_of(name, df_kb_words(kb, "mirrors"));
}

/* As builders take it (distribution/reference). */
static bool is_tag(df_str tag)
{
    if (!tag.len || tag.len > 128 || !df_is_name(tag.ptr[0]))
        return false;
    for (size_t i = 1; i < tag.len; i++)
        if (!df_is_name(tag.ptr[i]) && tag.ptr[i] != '.' && tag.ptr[i] != '-')
            return false;
    return true;
}

/* [registry/][library/]repo[:tag][@digest]; all empty if it cannot be one. */
static void split_image(const df_kb *kb, df_stage *s)
{
    df_str rest = s->image;
    df_str name;
    size_t colon;

    df_str_cut(&rest, '@', &name);
    s->digest = rest;
    colon = name.len;
    while (colon > 0 && name.ptr[colon - 1] != ':' &&
           name.ptr[colon - 1] != '/')
        colon--;
    if (colon > 0 && name.ptr[colon - 1] == ':') {
        s->tag = df_str_from(name, colon);
        name = df_str_slice(name, 0, colon - 1);
        if (!is_tag(s->tag)) {
            s->tag = s->digest = DF_STR("");
            return;
        }
    } else {
        s->tag = s->digest.len ? DF_STR("") : DF_STR("latest");
    }
    if (df_str_starts(name, "index.docker.io/"))
        name = df_str_from(name, 16);
    else if (df_str_starts(name, "docker.io/"))
        name = df_str_from(name, 10);
    else
        name = without_mirror(kb, name);
    if (df_str_starts(name, "library/"))
        name = df_str_from(name, 8);
    s->repo = name;
}

/* Words that only names of Windows images carry. */
static bool says_windows(df_str image)
{
    static const char *const words[] = {
        "windowsservercore", "nanoserver",       "windows/",
        "microsoft/iis",     "microsoft/aspnet", "dotnet/framework",
        "dotnet-framework",  "ltsc20",           NULL};

    for (const char *const *w = words; *w; w++)
        if (df_str_has(image, *w))
            return true;
    return false;
}

static df_str platform_of(const df_maker *mk, const df_stage *s)
{
    const df_flag *flag = df_instr_flag(s->from, "platform");

    if (flag && df_str_find_char(flag->value, '$') == SIZE_MAX)
        return flag->value;
    return mk->build->platform ? df_str_of(mk->build->platform) : DF_STR("");
}

static bool on_windows(const df_stage *s)
{
    if (s->base)
        return s->base->windows;
    if (df_str_starts(s->platform, "windows"))
        return true;
    return says_windows(s->image.ptr ? s->image : s->image_word.str);
}

static void read_from(df_maker *mk, df_stage *s)
{
    const df_instr *from = s->from;
    df_facts *facts = mk->facts;

    s->root = s;
    if (!from->nwords)
        return;
    s->image_word = from->words[0];
    if (from->nwords == 3)
        s->name = from->words[2].str;
    s->image = df_expand_vars(mk->arena, facts->doc->escape, mk->globals,
                              facts->nglobal_args, from->words[0].str);
    if (s->image.ptr && !s->image.len)
        s->image.ptr = NULL;
    if (s->image.ptr)
        s->base = df_stage_find(facts, s->image, s->index, false);
    if (s->base)
        s->root = s->base->root;
    if (s->image.ptr && !s->base)
        split_image(facts->kb, s);
    s->platform = platform_of(mk, s);
    s->windows = on_windows(s);
    s->known = s->base ? s->base->known
               : s->repo.len
                   ? df_kb_image(mk->arena, facts->kb, s->repo, s->tag)
                   : NULL;
}

/* ARG before the first FROM: NAME, NAME=default, or what --build-arg says. */
static void global_arg(df_maker *mk, const df_instr *instr)
{
    df_facts *facts = mk->facts;

    for (uint32_t i = 0; i < instr->npairs; i++) {
        const df_pair *pair = &instr->pairs[i];
        df_var var = {.name = pair->key.str};

        if (!df_build_arg(mk->build, var.name, &var.value) && pair->has_value)
            var.value =
                df_expand_vars(mk->arena, facts->doc->escape, mk->globals,
                               facts->nglobal_args, pair->value.str);
        mk->globals[facts->nglobal_args++] = var;
    }
}

static void count(const df_doc *doc, uint32_t *stages, uint32_t *globals)
{
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = doc->instrs[i];

        if (instr->kind == DF_I_FROM)
            ++*stages;
        else if (!*stages && instr->kind == DF_I_ARG)
            *globals += instr->npairs;
    }
}

static const uint32_t *count_copies(df_arena *a, const df_doc *doc)
{
    uint32_t *copies = df_new_array(a, uint32_t, doc->ninstrs + 1);

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        copies[i + 1] = copies[i] + (doc->instrs[i]->kind == DF_I_COPY ||
                                     doc->instrs[i]->kind == DF_I_ADD);
    return copies;
}

void df_make_stages(df_maker *mk)
{
    df_facts *facts = mk->facts;
    const df_doc *doc = facts->doc;
    uint32_t nstages = 0;
    uint32_t nglobals = 0;
    df_stage *s = NULL;

    count(doc, &nstages, &nglobals);
    mk->stages = df_new_array(mk->arena, df_stage, nstages + 1);
    mk->globals = df_new_array(mk->arena, df_var, nglobals + 1);
    mk->stage_of = df_new_array(mk->arena, const df_stage *, doc->ninstrs + 1);
    facts->stages = mk->stages;
    facts->global_args = mk->globals;
    facts->stage_of = mk->stage_of;
    facts->copies = count_copies(mk->arena, doc);
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        df_instr *instr = doc->instrs[i];

        if (instr->kind == DF_I_FROM) {
            s = &mk->stages[facts->nstages];
            *s = (df_stage){.index = facts->nstages++,
                            .from = instr,
                            .instrs = &doc->instrs[i]};
            read_from(mk, s);
            add_name(mk, s);
        } else if (!s && instr->kind == DF_I_ARG) {
            global_arg(mk, instr);
        }
        mk->stage_of[i] = s;
        if (s)
            s->ninstrs++;
    }
}

static void mark_used(df_maker *mk, const df_stage *stage)
{
    if (stage)
        mk->stages[stage->index].used = true;
}

/* `from=` inside a --mount value. */
static df_str mount_from(df_str value)
{
    df_str field;

    while (value.len) {
        df_str_cut(&value, ',', &field);
        if (df_str_starts(field, "from="))
            return df_str_from(field, 5);
    }
    return DF_STR("");
}

static void add_taking(df_maker *mk, const df_stage *by, const df_stage *from,
                       const df_instr *instr)
{
    df_stage *root = &mk->stages[from->root->index];
    df_taking *taking = df_new(mk->arena, df_taking);

    *taking = (df_taking){instr, by, from, root->takings};
    root->takings = taking;
}

static void use_of(df_maker *mk, const df_stage *by, const df_instr *instr)
{
    const df_instr *inner = instr->trigger ? instr->trigger : instr;

    for (uint32_t i = 0; i < inner->nflags; i++) {
        const df_flag *f = &inner->flags[i];
        bool copies = df_str_is(f->name, "from");
        df_str name = copies                        ? f->value
                      : df_str_is(f->name, "mount") ? mount_from(f->value)
                                                    : DF_STR("");
        const df_stage *from =
            name.len ? df_stage_find(mk->facts, name, by->index, true) : NULL;

        mark_used(mk, from);
        if (from && copies && inner == instr)
            add_taking(mk, by, from, instr);
    }
}

/* Each stage with those of the same root behind it. */
static void link_stages(df_maker *mk)
{
    uint32_t n = mk->facts->nstages;
    const df_stage **heads = df_new_array(mk->arena, const df_stage *, n + 1);

    while (n-- > 0) {
        df_stage *s = &mk->stages[n];

        s->next = heads[s->root->index];
        heads[s->root->index] = s;
    }
}

/* In the tree of bases each stage stands in front of all that is built on it:
 * first how many these are, then where each one stands. */
static void number_stages(df_maker *mk)
{
    uint32_t n = mk->facts->nstages;
    uint32_t *next = df_new_array(mk->arena, uint32_t, n + 1);
    uint32_t root = 0;

    for (uint32_t i = n; i-- > 0;) {
        df_stage *s = &mk->stages[i];

        s->leave++;
        if (s->base)
            mk->stages[s->base->index].leave += s->leave;
    }
    for (uint32_t i = 0; i < n; i++) {
        df_stage *s = &mk->stages[i];
        uint32_t *at = s->base ? &next[s->base->index] : &root;

        s->enter = *at;
        *at += s->leave;
        s->leave += s->enter;
        next[i] = s->enter + 1;
    }
}

static void ship(df_maker *mk, const df_stage *s)
{
    for (; s && !mk->stages[s->index].shipped; s = s->base)
        mk->stages[s->index].shipped = true;
}

void df_make_use(df_maker *mk)
{
    df_facts *facts = mk->facts;
    const char *target = mk->build->target;
    const df_stage *only = NULL;

    link_stages(mk);
    number_stages(mk);
    /* From the last to the first: what is put in front stands in order. */
    for (uint32_t i = facts->nstages; i-- > 0;) {
        df_stage *s = &mk->stages[i];

        mark_used(mk, s->base);
        for (uint32_t k = s->ninstrs; k-- > 0;)
            use_of(mk, s, s->instrs[k]);
    }
    if (target)
        only = df_stage_find(facts, df_str_of(target), facts->nstages, true);
    for (uint32_t i = 0; i < facts->nstages; i++) {
        const df_stage *s = &mk->stages[i];

        if (only ? s == only : !s->used || i + 1 == facts->nstages)
            ship(mk, s);
    }
}

const df_cmd *df_stage_next_cmd(const df_stage *stage, const df_cmd *cmd)
{
    const df_run *run = cmd ? cmd->run : stage->runs;

    if (!stage->nruns)
        return NULL;
    if (cmd && ++cmd < run->cmds + run->ncmds)
        return cmd;
    for (run += cmd != NULL; run < stage->runs + stage->nruns; run++)
        if (run->ncmds)
            return run->cmds;
    return NULL;
}

const df_cmd *df_stage_cmd_above(const df_cmd *at, const df_cmd *cmd)
{
    const df_cmd *next = df_stage_next_cmd(at->run->stage, cmd);

    if (!next || next == at || next->run->instr->index > at->run->instr->index)
        return NULL;
    /* One in exec form is in no list, and alone in its RUN. */
    return next->run == at->run || next->run->instr != at->run->instr ? next
                                                                      : NULL;
}
