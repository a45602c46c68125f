/* Cutting a stage in two: see dfopt/cut.h. */
#include <dfopt/cut.h>

#include "base/buf.h"

static df_fate fate_of(const df_instr *instr)
{
    switch (instr->kind) {
    case DF_I_ADD:
    case DF_I_ARG:
    case DF_I_COPY:
    case DF_I_FROM:
    case DF_I_RUN:
        return DF_FATE_STAYS;
    case DF_I_ENV:
    case DF_I_USER:
        return DF_FATE_REPEATS;
    case DF_I_CMD:
    case DF_I_ENTRYPOINT:
    case DF_I_EXPOSE:
    case DF_I_HEALTHCHECK:
    case DF_I_LABEL:
    case DF_I_MAINTAINER:
    case DF_I_STOPSIGNAL:
    case DF_I_VOLUME:
        return DF_FATE_MOVES;
    case DF_I_WORKDIR:
        return DF_FATE_WORKDIR;
    case DF_I_ONBUILD:
    case DF_I_SHELL:
    case DF_I_UNKNOWN:
        return DF_FATE_HINDERS;
    }
    return DF_FATE_HINDERS;
}

static bool has_name(df_str text, df_str name)
{
    size_t at = 0;

    for (; at + name.len <= text.len; at++) {
        size_t i = 0;

        while (i < name.len && df_lower(text.ptr[at + i]) == name.ptr[i])
            i++;
        if (i == name.len)
            return true;
    }
    return false;
}

/* --from=NAME, --mount=from=NAME */
static bool flags_name(const df_instr *instr, df_str name)
{
    for (uint32_t i = 0; i < instr->nflags; i++)
        if (has_name(instr->flags[i].value, name))
            return true;
    return false;
}

/* Does another stage, or what one is built on, have it? */
static bool others_name(const df_facts *facts, df_str name)
{
    for (uint32_t i = 0; i < facts->nstages; i++)
        if (has_name(facts->stages[i].image_word.str, name) ||
            has_name(facts->stages[i].name, name))
            return true;
    return false;
}

/* The name must not be in use, not even as a part of another one. */
static df_str choose_name(df_arena *a, const df_facts *facts,
                          const df_stage *stage, const char *const *names)
{
    const char *const *n;

    for (n = names; n[1]; n++) {
        bool free = !others_name(facts, df_str_of(*n));

        for (uint32_t i = 0; free && i < stage->ninstrs; i++)
            free = !flags_name(stage->instrs[i], df_str_of(*n));
        if (free)
            return df_str_of(*n);
    }
    return df_str_dup(a, df_str_of(*n));
}

df_cut df_cut_plan(df_arena *a, const df_facts *facts, const df_stage *stage,
                   bool (*stays)(const df_instr *instr, const void *ctx),
                   const void *ctx, const char *const *drops)
{
    static const char *const names[] = {"build",   "builder",     "build-stage",
                                        "compile", "dfopt-build", NULL};
    df_cut cut = {.arena = a,
                  .facts = facts,
                  .stage = stage,
                  .cut = 1,
                  .begin = 1,
                  .drops = drops};

    cut.fates = df_new_array(a, df_fate, stage->ninstrs);
    for (uint32_t i = 0; i < stage->ninstrs; i++) {
        const df_instr *instr = stage->instrs[i];

        cut.fates[i] = fate_of(instr);
        if (instr->kind == DF_I_RUN && !(stays && stays(instr, ctx)))
            cut.cut = i + 1;
    }
    cut.name = choose_name(a, facts, stage, names);
    return cut;
}

void df_cut_share(df_cut *cut, uint32_t begin)
{
    static const char *const names[] = {"base", "common", "dfopt-base", NULL};

    cut->begin = begin;
    cut->same_image = true;
    if (begin > 1)
        cut->shared = choose_name(cut->arena, cut->facts, cut->stage, names);
}

/* Config of a stage is as good as that of an image for those built on it; but
 * ENTRYPOINT takes a CMD away that stands there, and ONBUILD comes to pass. */
static bool can_be_shared(const df_instr *instr)
{
    return instr->kind != DF_I_CMD && instr->kind != DF_I_ENTRYPOINT &&
           instr->kind != DF_I_ONBUILD && instr->kind != DF_I_SHELL &&
           instr->kind != DF_I_VOLUME;
}

/* Variables. */

static bool dropped(const df_cut *cut, df_str name)
{
    return df_str_in(name, cut->drops);
}

/* The next $NAME or ${NAME in a text, from *at on; false if none. */
static bool next_variable(df_str text, size_t *at, df_str *name)
{
    for (size_t i = *at; i + 1 < text.len; i++) {
        size_t from = i + 1;
        size_t to;

        if (text.ptr[i] != '$' || (i && text.ptr[i - 1] == '\\'))
            continue;
        from += text.ptr[from] == '{';
        for (to = from; to < text.len && df_is_name(text.ptr[to]); to++)
            ;
        if (to == from)
            continue;
        *name = df_str_slice(text, from, to);
        *at = to;
        return true;
    }
    return false;
}

/* The last instruction of that kind above `before` that sets a variable. */
static const df_instr *setter(const df_cut *cut, df_instr_kind kind,
                              df_str name, const df_instr *before)
{
    const df_instr *found = NULL;

    for (uint32_t i = 0; cut->stage->instrs[i] != before; i++) {
        const df_instr *instr = cut->stage->instrs[i];

        for (uint32_t k = 0; instr->kind == kind && k < instr->npairs; k++)
            if (df_str_eq(instr->pairs[k].key.str, name))
                found = instr;
    }
    return found;
}

/* Does the builder expand variables in it? */
static bool expands(const df_instr *instr)
{
    return instr->kind != DF_I_CMD && instr->kind != DF_I_ENTRYPOINT &&
           instr->kind != DF_I_HEALTHCHECK && instr->kind != DF_I_RUN &&
           instr->kind != DF_I_MAINTAINER;
}

/* Does ENV keep some, or all, of its variables? */
static uint32_t kept_pairs(const df_cut *cut, const df_instr *env)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < env->npairs; i++)
        n += !dropped(cut, env->pairs[i].key.str);
    return n;
}

/* Is it, or a part of it, in the lower part? */
static bool is_below(const df_cut *cut, uint32_t i)
{
    const df_instr *instr = cut->stage->instrs[i];
    df_fate to = cut->fates[i];

    if (i < cut->begin)
        return false;
    if (i >= cut->cut)
        return instr->kind != DF_I_ARG;
    if (instr->kind == DF_I_ENV)
        return kept_pairs(cut, instr) > 0;
    return to == DF_FATE_REPEATS || to == DF_FATE_MOVES;
}

/* A variable of the lower part that only the upper part, or its image, has. */
static bool loses_variable(const df_cut *cut, const df_instr *instr,
                           df_str *name)
{
    size_t at = 0;

    if (!expands(instr) || cut->same_image)
        return false;
    while (next_variable(instr->args.str, &at, name))
        if (!setter(cut, DF_I_ARG, *name, instr) &&
            (!setter(cut, DF_I_ENV, *name, instr) || dropped(cut, *name)))
            return true;
    return false;
}

static df_str last_workdir(const df_cut *cut)
{
    const df_instr *next =
        cut->cut < cut->stage->ninstrs ? cut->stage->instrs[cut->cut] : NULL;
    const df_instr *last = cut->stage->instrs[cut->cut - 1];

    return next ? cut->facts->states[next->index].workdir
                : cut->facts->states[last->index].workdir;
}

df_str df_cut_hindrance(const df_cut *cut, df_span *at)
{
    df_str name;

    for (uint32_t i = 0; i < cut->stage->ninstrs; i++) {
        const df_instr *instr = cut->stage->instrs[i];

        *at = instr->keyword;
        if (i && i < cut->begin && !can_be_shared(instr))
            return df_fmt(cut->arena, "%s stands above what is built",
                          df_instr_name(instr->kind));
        if (cut->fates[i] == DF_FATE_HINDERS || instr->bad)
            return df_fmt(cut->arena, "%s is not understood here",
                          df_instr_name(instr->kind));
        if (instr->kind == DF_I_WORKDIR && !last_workdir(cut).ptr)
            return DF_STR("WORKDIR is not known");
        if (is_below(cut, i) && loses_variable(cut, instr, &name))
            return df_fmt(cut->arena,
                          "$%.*s comes from the image, which the new stage "
                          "is not based on",
                          DF_STR_ARG(name));
    }
    return DF_STR("");
}

/* Writing. Pieces are put at one place, in the order of the calls. */

typedef struct {
    const df_cut *cut;
    const df_doc *doc;
    df_finding *f;
    uint32_t off;
    bool open;             /* the file ends without a line end, right there */
    const df_instr **args; /* repeated so far */
    uint32_t nargs, cargs;
} writer;

static df_str without_end(df_str line)
{
    while (line.len && df_is_space(line.ptr[line.len - 1]))
        line.len--;
    return line;
}

static void put(writer *w, df_str line)
{
    if (w->open)
        line = df_fmt(w->cut->arena, "%.*s%.*s", DF_STR_ARG(df_newline(w->doc)),
                      DF_STR_ARG(without_end(line)));
    df_insert(w->f, w->off, line);
}

df_span df_cut_lines(const df_doc *doc, const df_instr *instr)
{
    uint32_t from = instr->lines.off;

    for (uint32_t i = doc->ncomments; i-- > 0;) {
        const df_comment *c = &doc->comments[i];

        if (!c->inside && df_span_end(c->line) == from)
            from = c->line.off;
    }
    return df_span_between(from, df_span_end(instr->lines));
}

static bool is_blank_line(const df_doc *doc, uint32_t from)
{
    df_str line = df_str_slice(doc->text, from, df_line_end(doc, from));

    return line.len && !df_str_trim(line).len;
}

df_span df_cut_away(const df_doc *doc, const df_instr *instr)
{
    df_span at = df_cut_lines(doc, instr);
    uint32_t end = df_span_end(at);

    if (at.off && is_blank_line(doc, df_line_start(doc, at.off - 1)) &&
        end < doc->text.len && is_blank_line(doc, end))
        at.len += df_line_end(doc, end) - end;
    return at;
}

/* One blank line goes where two would be left. */
static void move(writer *w, const df_instr *instr)
{
    df_span at = df_cut_lines(w->doc, instr);
    uint32_t end = df_span_end(at);

    if (w->open)
        put(w, df_source(w->doc, at));
    else
        df_copy(w->f, at, w->off);
    if (at.off && is_blank_line(w->doc, df_line_start(w->doc, at.off - 1)) &&
        end < w->off && is_blank_line(w->doc, end))
        at.len += df_line_end(w->doc, end) - end;
    df_delete(w->f, at);
}

static void repeat(writer *w, const df_instr *instr)
{
    if (w->open)
        put(w, df_source(w->doc, instr->lines));
    else
        df_copy(w->f, instr->lines, w->off);
}

/* ENV without the variables that only the build reads. */
static void repeat_env(writer *w, const df_instr *env)
{
    df_buf out;

    if (kept_pairs(w->cut, env) == env->npairs) {
        repeat(w, env);
        return;
    }
    df_buf_init(&out, w->cut->arena);
    df_buf_add(&out, df_source(w->doc, env->keyword));
    for (uint32_t i = 0; i < env->npairs; i++) {
        if (dropped(w->cut, env->pairs[i].key.str))
            continue;
        df_buf_addc(&out, ' ');
        df_buf_add(&out, df_source(w->doc, env->pairs[i].span));
    }
    df_buf_add(&out, df_newline(w->doc));
    put(w, df_buf_str(&out));
}

static void repeat_args(writer *w, const df_instr *instr);

/* With those that its value names. */
static void repeat_arg(writer *w, const df_instr *arg)
{
    bool done = arg->index >= w->cut->stage->instrs[0]->index + w->cut->cut;

    for (uint32_t i = 0; i < w->nargs; i++)
        done |= w->args[i] == arg;
    if (done)
        return;
    *df_push(w->cut->arena, w, args) = arg;
    repeat_args(w, arg);
    repeat(w, arg);
}

/* Does the text name a variable of that ARG? */
static bool uses(const df_instr *instr, const df_instr *arg)
{
    size_t at = 0;
    df_str name;

    while (next_variable(instr->args.str, &at, &name))
        for (uint32_t i = 0; i < arg->npairs; i++)
            if (df_str_eq(arg->pairs[i].key.str, name))
                return true;
    return false;
}

/* A RUN has all ARGs above it as variables, and so have the programs that it
 * starts. Those of a stage pass on to others that are built on it; not every
 * builder knows, so that it is said where one is named. */
static void repeat_all_args(writer *w, const df_instr *run)
{
    for (uint32_t i = 1; i < w->cut->cut; i++) {
        const df_instr *arg = w->cut->stage->instrs[i];

        if (arg->kind == DF_I_ARG && arg->index < run->index &&
            (i >= w->cut->begin || uses(run, arg)))
            repeat_arg(w, arg);
    }
}

/* ARGs that an instruction of the lower part has need of, once each. */
static void repeat_args(writer *w, const df_instr *instr)
{
    size_t at = 0;
    df_str name;

    while (expands(instr) && next_variable(instr->args.str, &at, &name)) {
        const df_instr *arg = setter(w->cut, DF_I_ARG, name, instr);

        if (arg)
            repeat_arg(w, arg);
    }
    if (instr->kind == DF_I_RUN)
        repeat_all_args(w, instr);
}

/* As written if that says it all, else what it comes to. */
static void repeat_workdir(writer *w, const df_instr *instr)
{
    df_str dir = last_workdir(w->cut);

    if (df_str_eq(instr->args.str, dir))
        repeat(w, instr);
    else
        put(w, df_fmt(w->cut->arena, "%.*s %.*s%.*s",
                      DF_STR_ARG(df_source(w->doc, instr->keyword)),
                      DF_STR_ARG(dir), DF_STR_ARG(df_newline(w->doc))));
}

/* Does the lower part say where it works before it uses that? */
static bool sets_workdir(const df_cut *cut)
{
    for (uint32_t i = cut->cut; i < cut->stage->ninstrs; i++) {
        const df_instr *instr = cut->stage->instrs[i];

        if (instr->kind == DF_I_WORKDIR)
            return df_str_starts(instr->args.str, "/");
        if (instr->kind == DF_I_COPY || instr->kind == DF_I_ADD)
            return false;
    }
    return false;
}

static bool brings_files(const df_instr *instr)
{
    return instr->kind == DF_I_COPY || instr->kind == DF_I_ADD ||
           instr->kind == DF_I_RUN;
}

static void write_config(writer *w)
{
    const df_cut *cut = w->cut;
    const df_instr *workdir = NULL;
    const df_instr *user = NULL;

    for (uint32_t i = cut->begin; i < cut->cut; i++)
        if (cut->stage->instrs[i]->kind == DF_I_WORKDIR)
            workdir = cut->stage->instrs[i];
        else if (cut->stage->instrs[i]->kind == DF_I_USER)
            user = cut->stage->instrs[i];
    for (uint32_t i = cut->begin; i < cut->cut; i++) {
        const df_instr *instr = cut->stage->instrs[i];

        if (is_below(cut, i))
            repeat_args(w, instr);
        if (instr->kind == DF_I_WORKDIR && cut->all_workdirs)
            repeat(w, instr);
        else if (instr == workdir && !cut->all_workdirs && !sets_workdir(cut))
            repeat_workdir(w, instr);
        else if (instr->kind == DF_I_ENV && is_below(cut, i))
            repeat_env(w, instr);
        else if (instr == user)
            repeat(w, instr);
        else if (cut->fates[i] == DF_FATE_MOVES)
            move(w, instr);
        else if (cut->fates[i] == DF_FATE_REPEATS && brings_files(instr))
            repeat(w, instr);
    }
    for (uint32_t i = cut->cut; i < cut->stage->ninstrs; i++)
        repeat_args(w, cut->stage->instrs[i]);
}

/* " AS name", as the file writes its keywords. */
static df_str named(const writer *w, df_str name)
{
    df_str from = df_source(w->doc, w->cut->stage->from->keyword);

    return df_fmt(w->cut->arena, " %s %.*s",
                  df_str_is(from, "from") ? "as" : "AS", DF_STR_ARG(name));
}

/* The stage keeps its name: who builds that target wants the program. */
static void write_from(writer *w, df_str image)
{
    const df_instr *from = w->cut->stage->from;
    df_str nl = df_newline(w->doc);
    df_buf out;

    df_buf_init(&out, w->cut->arena);
    if (!w->open)
        df_buf_add(&out, nl);
    df_buf_add(&out, df_source(w->doc, from->keyword));
    for (uint32_t i = 0; i < from->nflags && w->cut->begin == 1; i++) {
        df_buf_addc(&out, ' ');
        df_buf_add(&out, df_source(w->doc, from->flags[i].span));
    }
    df_buf_addc(&out, ' ');
    df_buf_add(&out, image);
    df_buf_add(&out, w->cut->stage->name.len ? named(w, from->words[2].str)
                                             : DF_STR(""));
    df_buf_add(&out, nl);
    if (w->open)
        df_insert(w->f, w->off, df_fmt(w->cut->arena, "%.*s", DF_STR_ARG(nl)));
    put(w, df_buf_str(&out));
}

static void write_lines(writer *w, df_str lines)
{
    df_str line;

    while (lines.len) {
        df_str_cut(&lines, '\n', &line);
        put(w, df_fmt(w->cut->arena, "%.*s%.*s", DF_STR_ARG(without_end(line)),
                      DF_STR_ARG(df_newline(w->doc))));
    }
}

/* The image word is replaced as a whole, so that whoever else would change it
 * must wait and look again. */
static void write_name(writer *w)
{
    const df_stage *stage = w->cut->stage;
    df_str image = df_source(w->doc, stage->image_word.span);
    df_str name = w->cut->begin > 1 ? w->cut->shared : w->cut->name;

    if (stage->name.len)
        df_replace(w->f, stage->from->words[2].span, name);
    else
        image = df_fmt(w->cut->arena, "%.*s%.*s", DF_STR_ARG(image),
                       DF_STR_ARG(named(w, name)));
    df_replace(w->f, stage->image_word.span, image);
}

static bool is_used_above(const df_cut *cut, const df_instr *arg)
{
    for (uint32_t i = cut->begin; i < cut->cut; i++)
        if (uses(cut->stage->instrs[i], arg))
            return true;
    return false;
}

/* FROM of the upper part, if something stands above both. */
static void write_second(writer *w)
{
    const df_cut *cut = w->cut;
    const df_instr *first = cut->stage->instrs[cut->begin];
    df_span at = df_cut_lines(w->doc, first);
    df_str nl = df_newline(w->doc);
    writer above = {.cut = cut, .doc = w->doc, .f = w->f, .off = at.off};

    if (cut->begin == 1)
        return;
    df_insert(w->f, at.off,
              df_fmt(cut->arena, "%.*s%.*s %.*s%.*s%.*s",
                     DF_STR_ARG(is_blank_line(w->doc,
                                              df_line_start(w->doc, at.off - 1))
                                    ? DF_STR("")
                                    : nl),
                     DF_STR_ARG(df_source(w->doc, cut->stage->from->keyword)),
                     DF_STR_ARG(cut->shared), DF_STR_ARG(named(w, cut->name)),
                     DF_STR_ARG(nl)));
    for (uint32_t i = 1; i < cut->begin; i++)
        if (cut->stage->instrs[i]->kind == DF_I_ARG &&
            is_used_above(cut, cut->stage->instrs[i]))
            repeat(&above, cut->stage->instrs[i]);
}

const char *df_cut_keyword(const df_cut *cut, df_instr_kind kind)
{
    df_str from = df_source(cut->facts->doc, cut->stage->from->keyword);
    df_str name = df_str_of(df_instr_name(kind));
    char *lower = df_cstr(cut->arena, name);

    if (!df_str_is(from, "from"))
        return df_instr_name(kind);
    for (size_t i = 0; i < name.len; i++)
        lower[i] = df_lower(lower[i]);
    return lower;
}

void df_cut_apply(const df_cut *cut, df_finding *f, df_str image, df_str first,
                  df_str last)
{
    const df_doc *doc = cut->facts->doc;
    const df_instr *above = cut->stage->instrs[cut->cut - 1];
    writer w = {
        .cut = cut, .doc = doc, .f = f, .off = df_span_end(above->lines)};

    w.open = w.off == doc->text.len && !df_str_ends(doc->text, "\n");
    write_name(&w);
    write_second(&w);
    write_from(&w, cut->begin > 1 ? cut->shared : image);
    write_lines(&w, first);
    write_config(&w);
    write_lines(&w, last);
}
