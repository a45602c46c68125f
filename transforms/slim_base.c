/*
 * Build on the slim sibling of an image
 *
 * `node:20` and `python:3.12` carry compilers, version control and a hundred
 * development packages that most programs never call. The tag with `-slim`
 * has the same interpreter on the same release of Debian without them.
 *
 * The change is proposed only if every command that the image calls is in the
 * slim image or installed by the Dockerfile: in RUN, CMD, ENTRYPOINT and
 * HEALTHCHECK, in the scripts of the context that these start, and behind
 * `npm run`. Packages that are known to compile when they are installed, or to
 * load a library that the slim image lacks, speak against it. Otherwise a note
 * says what is missing.
 *
 * An image that is past its end of life is reported, whatever else is found.
 *
 * Unsafe: what a program starts by itself can be seen only in part.
 */
#include <string.h>

#include <dfopt/lacks.h>
#include <dfopt/transform.h>

static void report_end_of_life(df_pass_ctx *cx, const df_stage *stage)
{
    const df_kb *kb = df_cx_kb(cx);
    const char *today = kb->builtin ? kb->builtin->date : NULL;
    const char *date = NULL;

    if (stage->known && stage->known->product)
        date = df_kb_eol(kb, stage->known->product, stage->tag);
    if (date && today && strcmp(date, today) <= 0)
        df_warn(cx, stage->image_word.span,
                "%.*s reached its end of life on %s", DF_STR_ARG(stage->image),
                date);
}

static void propose(df_pass_ctx *cx, const df_smaller *s)
{
    const df_image *image = s->stage->known;
    df_span at = s->stage->image_word.span;
    df_finding *f =
        df_change(cx, at, "%.*s has everything that this image runs",
                  DF_STR_ARG(s->image));

    df_replace(f, at, s->image);
    if (image->full_mb > image->slim_mb && image->slim_mb > 0)
        df_saves(f, image->full_mb - image->slim_mb);
    df_condition(f, "%.*s", DF_STR_ARG(df_smaller_conditions(s)));
}

/* Written out, and not only after a variable was filled in. */
static bool is_literal(const df_stage *stage)
{
    return df_str_eq(stage->image_word.str, stage->image) &&
           stage->image_word.span.len == stage->image.len;
}

static void weigh(df_pass_ctx *cx, const df_stage *stage, df_str tag)
{
    df_arena *a = df_cx_arena(cx);
    df_smaller s = df_smaller_look(a, df_cx_facts(cx), df_cx_context(cx), stage,
                                   df_stage_retag(a, stage, tag));
    df_span at;
    df_str why;

    if (df_smaller_lacks(&s, &at, &why))
        df_decline(cx, at, "%.*s", DF_STR_ARG(why));
    else
        propose(cx, &s);
}

static void look_at(df_pass_ctx *cx, const df_stage *stage)
{
    df_str tag;

    if (stage->base || !stage->known || !stage->shipped)
        return;
    report_end_of_life(cx, stage);
    if (stage->windows || stage->digest.len || !*stage->known->lacks)
        return;
    tag = df_kb_slim_tag(df_cx_arena(cx), stage->known, stage->tag);
    if (tag.len && is_literal(stage))
        weigh(cx, stage, tag);
    else if (tag.len)
        df_decline(cx, stage->image_word.span,
                   "the tag comes from a variable; %.*s has a smaller "
                   "sibling, %.*s",
                   DF_STR_ARG(stage->image), DF_STR_ARG(tag));
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);

    for (uint32_t i = 0; i < facts->nstages; i++)
        look_at(cx, &facts->stages[i]);
}

DF_PASS(slim_base) = {
    .name = "slim-base",
    .summary = "build on the slim sibling of a base image",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};
