/*
 * What is taken along with the packages that it needs: dependencies that are
 * compiled, servers of Node.js, finished programs. See dfopt/shape.h.
 */
#include "pass/shape.h"

#include <dfopt/block.h>
#include <dfopt/kept.h>
#include <dfopt/made.h>
#include <dfopt/packages.h>
#include <dfopt/server.h>
#include <dfopt/smaller.h>

/* What the lower stage is built on: the slim sibling if that has all it needs,
 * else the same image. */
typedef struct {
    df_kept kept;
    df_smaller slim;
    bool is_slim;
    df_packages packages;
} deps;

/* Variables that installs above the cut have; tzdata would ask questions. */
static df_str assigns_of(const df_shape *j, const df_kept *kept)
{
    for (uint32_t i = 1; i < kept->cut.cut && !kept->assigns.len; i++)
        if (df_str_has(j->stage->instrs[i]->args.str,
                       "DEBIAN_FRONTEND=noninteractive") ||
            df_str_has(j->stage->instrs[i]->args.str,
                       "DEBIAN_FRONTEND noninteractive"))
            return DF_STR("DEBIAN_FRONTEND=noninteractive ");
    return kept->assigns;
}

/* The packages that the slim image lacks besides those that are kept. */
static void list_packages(df_shape *j, deps *d)
{
    df_str *names =
        df_new_array(j->arena, df_str, d->kept.npackages + d->slim.nlacks);
    uint32_t n = 0;

    for (uint32_t i = 0; i < d->kept.npackages; i++)
        names[n++] = d->kept.packages[i];
    for (uint32_t i = 0; d->is_slim && i < d->slim.nlacks; i++) {
        bool known = false;

        for (uint32_t k = 0; k < n; k++)
            known |= df_str_eq(names[k], d->slim.lacks[i].package);
        if (!known)
            names[n++] = d->slim.lacks[i].package;
    }
    d->packages =
        (df_packages){.run = df_cut_keyword(&d->kept.cut, DF_I_RUN),
                      .family = j->stage->known->family,
                      .names = names,
                      .nnames = n,
                      .recommends = d->kept.recommends && d->kept.npackages,
                      .upgrades = d->kept.upgrades,
                      .assigns = assigns_of(j, &d->kept)};
}

/* False: it is declined. */
static bool choose_base(df_shape *j, deps *d)
{
    const df_stage *stage = j->stage;

    if (df_shape_wants(j, "same") ||
        !df_str_eq(stage->image_word.str, stage->image) ||
        !df_smaller_find(&d->slim, j->arena, j->facts, stage, "slim"))
        return true;
    d->slim.from = stage->from->index + d->kept.cut.cut;
    if (!df_smaller_weigh(&d->slim, df_cx_context(j->cx))) {
        df_shape_decline(j, d->slim.at, d->slim.why);
        return false;
    }
    d->is_slim = true;
    return true;
}

static df_str line_of(df_shape *j, const char *keyword, df_str rest)
{
    return df_fmt(j->arena, "%s %.*s\n", keyword, DF_STR_ARG(rest));
}

static df_str path_line(df_shape *j, const df_carry *row)
{
    return line_of(j, df_cut_keyword(&j->cut, DF_I_ENV),
                   df_fmt(j->arena, "PATH=\"%s:$PATH\"", row->path));
}

/* COPY --from=build of what was carried, and how it is found. */
static df_str carried_lines(df_shape *j, const df_kept *kept)
{
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < kept->ncarried; i++) {
        const df_carried *c = &kept->carried[i];

        out = df_fmt(
            j->arena, "%.*s%s --from=%.*s %.*s %.*s\n%.*s", DF_STR_ARG(out),
            df_cut_keyword(&j->cut, DF_I_COPY), DF_STR_ARG(j->cut.name),
            DF_STR_ARG(c->path), DF_STR_ARG(df_shape_destination(j, c->path)),
            DF_STR_ARG(c->prepared ? path_line(j, c->row) : DF_STR("")));
    }
    for (uint32_t i = 0; i < kept->nextra; i++)
        out = df_fmt(j->arena, "%.*s%s --from=%.*s %.*s %.*s\n",
                     DF_STR_ARG(out), df_cut_keyword(&j->cut, DF_I_COPY),
                     DF_STR_ARG(j->cut.name), DF_STR_ARG(kept->extra[i]),
                     DF_STR_ARG(df_shape_destination(j, kept->extra[i])));
    return out;
}

/* Above the COPYs of the manifests, so that they do not repeat it. */
static const df_instr *place_of(const df_shape *j, const df_run *run)
{
    const df_instr *place = run->instr;

    while (place->index > j->stage->from->index + 1 &&
           df_cx_doc(j->cx)->instrs[place->index - 1]->kind == DF_I_COPY)
        place = df_cx_doc(j->cx)->instrs[place->index - 1];
    return place;
}

/* `RUN python -m venv /opt/venv`, for the install that is to fill it. */
static void prepare(df_shape *j, const df_kept *kept, df_finding *f)
{
    const df_doc *doc = df_cx_doc(j->cx);
    df_str nl = df_newline(doc);

    for (uint32_t i = 0; i < kept->ncarried; i++) {
        const df_carried *c = &kept->carried[i];
        const df_instr *place = c->prepared ? place_of(j, c->run) : NULL;
        uint32_t off = place ? df_instr_block(doc, place).off : 0;

        if (!place)
            continue;
        /* Not as if the comment of what follows were about it. */
        df_insert(f, off,
                  df_fmt(j->arena, "%s %s%.*s%.*s%.*s%.*s",
                         df_cut_keyword(&j->cut, DF_I_RUN), c->row->prepare,
                         DF_STR_ARG(nl),
                         DF_STR_ARG(df_str_trim(path_line(j, c->row))),
                         DF_STR_ARG(nl),
                         DF_STR_ARG(off < place->lines.off ? nl : DF_STR(""))));
    }
}

/* What stays behind: packages share what they depend on, and the largest
 * counts; a larger image has them anyway. */
static void save(df_shape *j, const df_kept *kept, double base, df_finding *f)
{
    const df_kb *kb = df_cx_kb(j->cx);
    df_str suite = df_kb_suite(kb, j->stage->repo, j->stage->tag);
    bool full = df_kept_is_full(kept);
    double most = 0;

    for (uint32_t i = 0; i < kept->nleft && !(base > 0 && full); i++) {
        df_str all = DF_STR("build-essential"); /* python3-pip wants it */
        const df_addon *addon = df_kb_addon(kb, suite, kept->left[i]);

        if (!addon && df_kb_brings(kb, kept->left[i], all, kept->recommends))
            addon = df_kb_addon(kb, suite, all);
        most = addon && addon->mb > most ? addon->mb : most;
    }
    if (base + most > 0)
        df_saves(f, base + most);
    else
        df_saves_by(f, "how much is not known");
}

static void propose_deps(df_shape *j, deps *d)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "%.*s only %s dependencies: these are built in a stage of their own",
        DF_STR_ARG(df_kept_left(&d->kept)),
        d->kept.nleft > 1 ? "build" : "builds");
    df_str first = DF_STR("");

    j->proposed = true;
    j->cut = d->kept.cut;
    list_packages(j, d);
    if (d->packages.nnames || d->packages.upgrades)
        first = df_fmt(
            j->arena, "%.*s\n\n",
            DF_STR_ARG(df_packages_run(j->arena, j->facts, &d->packages)));
    prepare(j, &d->kept, f);
    df_cut_apply(&j->cut, f,
                 d->is_slim ? d->slim.image : j->stage->image_word.str, first,
                 carried_lines(j, &d->kept));
    save(j, &d->kept, d->is_slim ? df_smaller_saves(&d->slim).mb : 0, f);
    df_condition(f, "no package that is installed compiles something, or calls "
                    "a compiler, when it runs");
}

/* A digest alone tells no version. */
static bool is_tagged(const df_stage *stage)
{
    return !stage->digest.len || stage->tag.len;
}

/* Would the author's word be all that is missing? */
static bool would_do(df_shape *j, const df_kept *doubtful)
{
    df_kept trial = {.arena = j->arena,
                     .facts = j->facts,
                     .context = doubtful->context,
                     .stage = j->stage,
                     .use = doubtful->use,
                     .trusting = doubtful->doubt};
    df_span at;

    return !df_shape_foreign(j) && df_kept_find(&trial) && !trial.why.len &&
           !df_cut_hindrance(&trial.cut, &at).len &&
           !df_shape_borrows(j, &trial.cut).len;
}

/* Where an environment of its own would not do, what the installs fill anyway
 * may. */
static void stay_in_place(df_shape *j, df_kept *kept)
{
    df_kept other = {.arena = j->arena,
                     .facts = j->facts,
                     .context = kept->context,
                     .stage = j->stage,
                     .use = kept->use,
                     .in_place = true};

    if (kept->why.len && df_kept_find(&other) && !other.why.len)
        *kept = other;
}

void df_shape_deps(df_shape *j)
{
    deps d = {.kept = {.arena = j->arena,
                       .facts = j->facts,
                       .context = df_cx_context(j->cx),
                       .stage = j->stage}};

    if (!j->stage->known || !is_tagged(j->stage) || j->declined || j->proposed)
        return;
    d.kept.use =
        df_use_started(j->arena, j->facts, df_cx_context(j->cx), j->stage);
    if (!df_kept_find(&d.kept))
        return;
    df_shape_check_reload(j, d.kept.use);
    if (j->declined)
        return;
    stay_in_place(j, &d.kept);
    if (d.kept.doubt && !would_do(j, &d.kept))
        df_shape_decline(j, d.kept.at, d.kept.why);
    else if (d.kept.why.len && d.kept.mend.len)
        df_suggest(j->cx, d.kept.at, "%.*s; say it: %.*s",
                   DF_STR_ARG(d.kept.why), DF_STR_ARG(d.kept.mend));
    else if (d.kept.why.len)
        df_shape_decline(j, d.kept.at, d.kept.why);
    j->declined |= d.kept.doubt != DF_SURE; /* asked once */
    if (d.kept.why.len)
        return;
    df_shape_check_cut(j, &d.kept.cut);
    if (j->declined || !choose_base(j, &d))
        return;
    if (!d.is_slim && df_kept_is_full(&d.kept) && df_shape_wants(j, "same"))
        return;
    if (!d.is_slim && df_kept_is_full(&d.kept)) /* it keeps them anyway */
        SHAPE_DECLINE(j, j->stage->image_word.span,
                      "%.*s has compilers of its own, and no smaller sibling",
                      DF_STR_ARG(j->stage->image));
    else
        propose_deps(j, &d);
}

/* --- servers of Node.js --- */

static void propose_server(df_shape *j, df_server_app *s, deps *d)
{
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image runs what `%.*s` holds when it is built: what only builds, "
        "and packages for development, stay in a stage of their own",
        DF_STR_ARG(s->dir));
    const char *copy = df_cut_keyword(&s->kept.cut, DF_I_COPY);
    const df_instr *above = j->stage->instrs[s->kept.cut.cut - 1];
    bool there = df_str_eq(j->facts->states[above->index].workdir, s->dir);
    df_str first = DF_STR("");
    df_str last;

    d->kept = s->kept;
    j->proposed = true;
    j->cut = s->kept.cut;
    list_packages(j, d);
    if (d->packages.nnames || d->packages.upgrades)
        first = df_fmt(
            j->arena, "%.*s\n\n",
            DF_STR_ARG(df_packages_run(j->arena, j->facts, &d->packages)));
    last = df_fmt(j->arena, "%s --from=%.*s %.*s %.*s\n", copy,
                  DF_STR_ARG(j->cut.name), DF_STR_ARG(s->dir),
                  DF_STR_ARG(df_shape_destination(j, s->dir)));
    if (!s->pruned)
        df_insert(f, df_span_end(above->lines),
                  df_fmt(j->arena, "%s %s%.*s%s%s%.*s",
                         df_cut_keyword(&j->cut, DF_I_RUN), there ? "" : "cd ",
                         DF_STR_ARG(there ? DF_STR("") : s->dir),
                         there ? "" : " && ", s->prune,
                         DF_STR_ARG(df_newline(df_cx_doc(j->cx)))));
    df_cut_apply(&j->cut, f,
                 d->is_slim ? d->slim.image : j->stage->image_word.str, first,
                 last);
    if (d->is_slim && df_smaller_saves(&d->slim).mb > 0)
        df_saves(f, df_smaller_saves(&d->slim).mb);
    df_saves_by(f, "%s",
                d->is_slim && df_smaller_saves(&d->slim).mb > 0
                    ? "and the packages for development, whose size "
                      "is not known"
                    : "the packages for development, whose size is "
                      "not known");
    df_condition(f,
                 "nothing loads a package of devDependencies when it runs, "
                 "and no build writes outside of %.*s",
                 DF_STR_ARG(s->dir));
}

/* Would the author's word be all that is missing? */
static bool would_serve(const df_shape *j, const df_server_app *s)
{
    df_shape trial = *j;
    deps d = {.kept = s->kept};

    trial.quiet = true;
    df_shape_check_cut(&trial, &d.kept.cut);
    return !trial.declined && choose_base(&trial, &d);
}

void df_shape_server(df_shape *j)
{
    df_server_app s = {.arena = j->arena,
                       .facts = j->facts,
                       .context = df_cx_context(j->cx),
                       .stage = j->stage,
                       .program = &j->program};
    deps d = {.is_slim = false};

    if (!j->program.instr || j->declined || j->proposed || !is_tagged(j->stage))
        return;
    s.use = df_use_started(j->arena, j->facts, s.context, j->stage);
    if (!df_server_find(&s))
        return;
    df_shape_check_reload(j, s.use);
    if (j->declined)
        return;
    if (s.why.len && s.mend.len && !j->quiet && would_serve(j, &s)) {
        df_suggest(j->cx, s.at, "%.*s; say it: %.*s", DF_STR_ARG(s.why),
                   DF_STR_ARG(s.mend));
        j->declined = true;
    }
    if (s.why.len) {
        df_shape_decline(j, s.at, s.why);
        return;
    }
    df_shape_check_cut(j, &s.kept.cut);
    d.kept = s.kept;
    if (!j->declined && choose_base(j, &d))
        propose_server(j, &s, &d);
}

/* What builds beside the install of its dependencies is a server, if it is one
 * in all respects. */
void df_shape_try_server(df_shape *j)
{
    df_shape trial = *j;

    trial.quiet = true;
    df_shape_server(&trial);
    j->proposed |= trial.proposed;
}

/* --- finished programs --- */

static df_str made_lines(df_shape *j, const df_made *m)
{
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < m->npaths; i++)
        out = df_fmt(j->arena, "%.*s%s --from=%.*s %.*s %.*s\n",
                     DF_STR_ARG(out), df_cut_keyword(&j->cut, DF_I_COPY),
                     DF_STR_ARG(j->cut.name), DF_STR_ARG(m->paths[i]),
                     DF_STR_ARG(m->to.len && !i
                                    ? m->to
                                    : df_shape_destination(j, m->paths[i])));
    return out;
}

static void propose_made(df_shape *j, df_made *m)
{
    df_packages packages = {.run = df_cut_keyword(&m->kept.cut, DF_I_RUN),
                            .family = j->stage->known->family,
                            .names = m->kept.packages,
                            .nnames = m->kept.npackages,
                            .recommends = m->kept.recommends && m->same,
                            .assigns = assigns_of(j, &m->kept)};
    df_finding *f = df_change(
        j->cx, j->stage->image_word.span,
        "the image needs only %.*s; what builds it stays in a stage of its own",
        DF_STR_ARG(m->paths[0]));
    df_str first = DF_STR("");

    j->proposed = true;
    j->cut = m->kept.cut;
    if (packages.nnames)
        first =
            df_fmt(j->arena, "%.*s\n\n",
                   DF_STR_ARG(df_packages_run(j->arena, j->facts, &packages)));
    df_cut_apply(&j->cut, f, m->image, first, made_lines(j, m));
    save(j, &m->kept, 0, f);
    df_condition(f,
                 "the program reads no other file of the build, and starts no "
                 "program that the new stage lacks%s%.*s",
                 m->unread.len ? "; none of its code speaks of " : "",
                 DF_STR_ARG(m->unread));
}

void df_shape_made(df_shape *j)
{
    df_made m = {.arena = j->arena,
                 .facts = j->facts,
                 .context = df_cx_context(j->cx),
                 .stage = j->stage,
                 .program = &j->program,
                 .stay = df_shape_wants(j, "same")};

    if (!j->stage->known || !j->program.instr || j->declined || j->proposed ||
        !df_made_find(&m))
        return;
    if (m.why.len && m.mend.len)
        df_suggest(j->cx, m.at, "%.*s; say it: %.*s", DF_STR_ARG(m.why),
                   DF_STR_ARG(m.mend));
    else if (m.why.len)
        df_shape_decline(j, m.at, m.why);
    if (m.why.len)
        return;
    df_shape_check_cut(j, &m.kept.cut);
    if (!j->declined && !m.same)
        df_shape_check_compose(j);
    if (!j->declined)
        propose_made(j, &m);
}
