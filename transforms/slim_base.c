/*
 * Build on a smaller sibling of an image
 *
 * `node:20` and `python:3.12` carry compilers, version control and a hundred
 * development packages that most programs never call. The tag with `-slim`
 * has the same interpreter on the same release of Debian without them; a JRE
 * runs what a JDK has compiled; `debian:12-slim` has the packages of
 * `debian:12` without manuals and translations.
 *
 * The change is proposed only if everything that the image needs is in the
 * smaller one, installed by the Dockerfile, or a package that can be added: the
 * commands in RUN, CMD, ENTRYPOINT and HEALTHCHECK, in the scripts of the
 * context that these start, and behind `npm run`; what packages of npm, pip
 * and gem call or load; what the source starts. Packages that compile when
 * they are installed speak against it: a compiler belongs into a stage of its
 * own. Otherwise a note says what is missing, and who needs it.
 *
 * A stage that only runs a static program of Go, which another stage built,
 * needs no distribution: it moves to distroless/static.
 *
 * An image that is past its end of life, or that is no longer built, is
 * reported, whatever else is found; a newer version is never an edit. Alpine
 * has another libc, and is proposed only if .dfopt.yaml says
 * `passes: {slim-base: {libc: any}}`.
 *
 * Unsafe: what a program starts by itself can be seen only in part.
 */
#include <string.h>

#include <dfopt/bare.h>
#include <dfopt/block.h>
#include <dfopt/packages.h>
#include <dfopt/smaller.h>
#include <dfopt/transform.h>

/* The date of the tables, as they are the clock of a reproducible run. */
static const char *today(const df_pass_ctx *cx)
{
    const df_kb *kb = df_cx_kb(cx);

    return kb->builtin && kb->builtin->date ? kb->builtin->date : "";
}

/* "has -slim and ", or -alpine for who is on Alpine; empty: it has none. */
static df_str variant(const df_pass_ctx *cx, const df_stage *stage,
                      const df_eol *cycle)
{
    const char *end = df_str_has(stage->tag, "alpine") ? "-alpine" : "-slim";
    df_arena *a = df_cx_arena(cx);
    df_tag ignored;

    return df_kb_tag(df_cx_kb(cx), stage->repo,
                     df_fmt(a, "%s%s", cycle->cycle, end), &ignored)
               ? df_fmt(a, "has %s and ", end)
               : DF_STR("");
}

/* python:3.11-slim-buster: the version is alive, what it is built on is not. */
static void report_old_release(df_pass_ctx *cx, const df_stage *stage)
{
    const df_kb *kb = df_cx_kb(cx);
    df_str rest = stage->tag;
    df_str part;

    while (rest.len) {
        const df_eol *end = NULL;

        df_str_cut(&rest, '-', &part);
        if (part.len && df_is_alpha(part.ptr[0]))
            end = df_kb_eol(kb, "debian", part);
        if (end && strcmp(end->date, today(cx)) <= 0)
            df_warn(cx, stage->image_word.span,
                    "%.*s is built on %.*s, which reached its end of life on "
                    "%s",
                    DF_STR_ARG(stage->image), DF_STR_ARG(part), end->date);
    }
}

static void report_end_of_life(df_pass_ctx *cx, const df_stage *stage)
{
    const df_kb *kb = df_cx_kb(cx);
    const char *product = stage->known->product;
    const df_eol *end = product ? df_kb_eol(kb, product, stage->tag) : NULL;
    const df_eol *next;

    if (!end || strcmp(end->date, today(cx)) > 0) {
        report_old_release(cx, stage);
        return;
    }
    next = df_kb_supported(kb, product, today(cx));
    if (next && df_str_eq(df_str_of(product), stage->repo))
        df_warn(cx, stage->image_word.span,
                "%.*s:%s reached its end of life on %s; %s %.*sis supported "
                "until %s",
                DF_STR_ARG(stage->repo), end->cycle, end->date, next->cycle,
                DF_STR_ARG(variant(cx, stage, next)), next->date);
    else
        df_warn(cx, stage->image_word.span,
                "%.*s reached its end of life on %s", DF_STR_ARG(stage->image),
                end->date);
}

static void report_gone(df_pass_ctx *cx, const df_stage *stage)
{
    if (stage->known->gone)
        df_warn(cx, stage->image_word.span,
                "%.*s is no longer built; %s took its place",
                DF_STR_ARG(stage->repo), stage->known->gone);
}

/* A tag that names no version: what it was when the tables were made. */
static void report_moving_tag(df_pass_ctx *cx, const df_stage *stage)
{
    df_str tag = DF_STR("latest");
    df_str now;
    df_tag known;

    if (!df_str_eq(stage->tag, tag) || stage->digest.len ||
        !df_kb_tag(df_cx_kb(cx), stage->repo, tag, &known) ||
        !df_list_next(&known.tags, &now))
        return;
    df_decline(cx, stage->image_word.span,
               "%.*s names no version, and moves on with each release: it was "
               "%.*s:%.*s on %s",
               DF_STR_ARG(stage->image_word.str), DF_STR_ARG(stage->repo),
               DF_STR_ARG(now), today(cx));
}

/* `python:$TAG`: a value with a variant of its own may be meant. `$VERSION`
 * and its kin hold numbers. */
static bool may_hold_variant(df_str raw)
{
    size_t at = df_str_find_char(raw, ':');
    df_str tag = df_str_from(raw, at == SIZE_MAX ? raw.len : at + 1);
    df_str name = tag;
    size_t end = 0;

    if (!df_str_starts(tag, "$"))
        return false;
    name = df_str_from(name, 1 + df_str_starts(name, "${"));
    while (end < name.len && df_is_name(name.ptr[end]))
        end++;
    if (end + df_str_ends(name, "}") < name.len)
        return false; /* what stands behind it is the variant */
    name = df_str_slice(name, 0, end);
    return !df_str_ends(name, "VERSION") && !df_str_ends(name, "VER") &&
           !df_str_ends(name, "version");
}

/*
 * Where the tag of FROM becomes that of the sibling. Of a tag with a variable
 * only if something is inserted behind it: `$V-slim`.
 */
static bool find_edit(const df_smaller *s, df_span *at, df_str *text)
{
    const df_stage *stage = s->stage;
    df_str raw = stage->image_word.str;
    df_str old = stage->image;
    size_t same = 0;
    size_t end = 0;
    size_t tail = 0;

    *at = stage->image_word.span;
    *text = s->image;
    if (df_str_eq(raw, old))
        return at->len == raw.len;
    if (may_hold_variant(raw))
        return false;
    while (same < old.len && same < s->image.len &&
           old.ptr[same] == s->image.ptr[same])
        same++;
    while (end < old.len - same && end < s->image.len - same &&
           old.ptr[old.len - 1 - end] == s->image.ptr[s->image.len - 1 - end])
        end++;
    while (tail < raw.len && tail < old.len &&
           raw.ptr[raw.len - 1 - tail] == old.ptr[old.len - 1 - tail] &&
           raw.ptr[raw.len - 1 - tail] != '}')
        tail++;
    *text = df_str_slice(s->image, same, s->image.len - end);
    if (same + end != old.len || end > tail || at->len != raw.len ||
        df_str_find_char(raw, ':') == SIZE_MAX || df_str_starts(raw, "$") ||
        (end == tail && text->ptr[0] != '-' &&
         raw.ptr[raw.len - 1 - tail] != '}'))
        return false;
    *at = (df_span){at->off + (uint32_t)(raw.len - end), 0};
    return true;
}

/* "git and ca-certificates" */
static df_str names_of(const df_smaller *s, const char *between,
                       const char *last)
{
    df_str out = DF_STR("");

    for (uint32_t i = 0; i < s->nlacks; i++)
        out = df_fmt(s->arena, "%.*s%s%.*s", DF_STR_ARG(out),
                     i == 0               ? ""
                     : i + 1 == s->nlacks ? last
                                          : between,
                     DF_STR_ARG(s->lacks[i].package));
    return out;
}

/* "RUN, start.sh:3 and 2 more": who needs what is added. */
static df_str users_of(const df_smaller *s)
{
    enum { SHOWN = 2 };
    df_str out = DF_STR("");
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->nlacks; i++) {
        bool seen = false;

        for (uint32_t k = 0; k < i; k++)
            seen |= df_str_eq(s->lacks[k].who, s->lacks[i].who);
        if (!seen && n++ < SHOWN)
            out = df_fmt(s->arena, "%.*s%s%.*s", DF_STR_ARG(out),
                         out.len ? ", " : "", DF_STR_ARG(s->lacks[i].who));
    }
    return n > SHOWN ? df_fmt(s->arena, "%.*s and %u more", DF_STR_ARG(out),
                              n - SHOWN)
                     : out;
}

static bool is_alpine(const df_smaller *s)
{
    return strcmp(s->known->family, "alpine") == 0;
}

/* An install that surely runs before all of them are needed. */
static const df_cmd *find_install(const df_smaller *s)
{
    for (uint32_t i = 0; i < s->use->ncalls; i++) {
        const df_call *call = &s->use->calls[i];
        const df_cmd *cmd = call->cmd;

        for (uint32_t k = 0; k < s->nlacks; k++)
            if (s->lacks[k].call && s->lacks[k].call <= call)
                return NULL;
        if (cmd && call->builds && cmd->tool.ptr && !call->via.len &&
            cmd->unconditional && !cmd->script && cmd->run->tree->ok &&
            cmd->run->stage == s->stage && df_cmd_operands(cmd) &&
            df_str_is(cmd->sub, is_alpine(s) ? "add" : "install") &&
            (is_alpine(s) ? df_str_is(cmd->tool, "apk")
                          : (df_str_is(cmd->tool, "apt-get") ||
                             df_str_is(cmd->tool, "apt")) &&
                                df_cmd_has(cmd, "-y")))
            return cmd;
    }
    return NULL;
}

/* Blanks from the start of the line to `off`, if nothing else stands there. */
static bool begins_line(const df_doc *doc, uint32_t off, df_str *indent)
{
    uint32_t from = off;

    while (from > 0 && df_is_blank(doc->text.ptr[from - 1]))
        from--;
    *indent = df_str_slice(doc->text, from, off);
    return from > 0 && doc->text.ptr[from - 1] == '\n';
}

/* Behind the last package: on a line of its own if that has one. */
static void add_to(const df_smaller *s, df_finding *f, const df_cmd *install)
{
    const df_doc *doc = s->facts->doc;
    df_span last = df_cmd_word(install, df_cmd_last_operand(install))->span;
    df_str indent;
    df_str glue = DF_STR(" ");

    if (begins_line(doc, last.off, &indent))
        glue = df_fmt(s->arena, " %c%.*s%.*s", doc->escape,
                      DF_STR_ARG(df_newline(doc)), DF_STR_ARG(indent));
    for (uint32_t i = 0; i < s->nlacks; i++)
        df_insert(f, last.off + last.len,
                  df_fmt(s->arena, "%.*s%.*s", DF_STR_ARG(glue),
                         DF_STR_ARG(s->lacks[i].package)));
}

/* A variable for the way to the archive has to be set first. */
static bool names_proxy(const df_instr *instr)
{
    for (uint32_t i = 0; i < instr->npairs; i++)
        if (df_str_ends(instr->pairs[i].key.str, "proxy") ||
            df_str_ends(instr->pairs[i].key.str, "PROXY"))
            return true;
    return false;
}

/* A RUN of its own, behind FROM. */
static void add_run(const df_smaller *s, df_finding *f)
{
    df_str *names = df_new_array(s->arena, df_str, s->nlacks);
    df_packages packages = {.run = "RUN",
                            .family = s->known->family,
                            .names = names,
                            .nnames = s->nlacks};
    const df_instr *behind = s->stage->from;

    for (uint32_t i = 0; i < s->nlacks; i++)
        names[i] = s->lacks[i].package;
    for (uint32_t i = 1; i < s->stage->ninstrs; i++)
        if (names_proxy(s->stage->instrs[i]))
            behind = s->stage->instrs[i];
    df_insert(f, behind->lines.off + behind->lines.len,
              df_fmt(s->arena, "%.*s%.*s",
                     DF_STR_ARG(df_packages_run(s->arena, s->facts, &packages)),
                     DF_STR_ARG(df_newline(s->facts->doc))));
}

static const char BUILT[] = "measured on images that were built";
static const char SUMMED[] = "installed sizes of Debian's packages";

static void add_saving(df_pass_ctx *cx, const df_smaller *s, df_finding *f)
{
    df_saved saved = df_smaller_saves(s);
    df_str compressed =
        saved.compressed > 0
            ? df_fmt(s->arena, "; %.0f MB less to pull (published)",
                     saved.compressed)
            : DF_STR("");
    df_str packages;

    if (saved.mb <= 0) {
        df_saves_by(f, "how much is not known");
        return;
    }
    packages = saved.packages
                   ? df_fmt(s->arena, "%u packages", saved.packages)
                   : DF_STR("manuals, documentation and translations");
    if (saved.but.len) {
        df_saves_by(f, "%.0f MB and %.*s, but for what %.*s takes (%s, %s)",
                    saved.mb, DF_STR_ARG(packages), DF_STR_ARG(saved.but),
                    saved.built ? BUILT : SUMMED, today(cx));
        return;
    }
    df_saves(f, saved.mb);
    df_saves_by(f, "%.*s%s (%s, %s)%.*s", DF_STR_ARG(packages),
                saved.at_least ? ", at the least" : "",
                saved.built ? BUILT : SUMMED, today(cx),
                DF_STR_ARG(compressed));
}

static void propose(df_pass_ctx *cx, const df_smaller *s, df_span at,
                    df_str text)
{
    const df_cmd *install = s->nlacks ? find_install(s) : NULL;
    df_str added = names_of(s, ", ", " and ");
    df_finding *f = df_change(
        cx, s->stage->image_word.span,
        s->nlacks ? "%.*s with %.*s (for %.*s) has everything that this "
                    "image runs"
                  : "%.*s%.*s%.*s has everything that this image runs",
        DF_STR_ARG(s->image), DF_STR_ARG(added), DF_STR_ARG(users_of(s)));

    df_replace(f, at, text);
    if (install)
        add_to(s, f, install);
    else if (s->nlacks)
        add_run(s, f);
    add_saving(cx, s, f);
    df_condition(f, "%.*s", DF_STR_ARG(df_smaller_conditions(s)));
}

/* Is the archive of packages still where the image looks for it? */
static bool has_archive(df_pass_ctx *cx, const df_smaller *s)
{
    const df_eol *end = df_kb_eol(df_cx_kb(cx), "debian", s->suite);

    return is_alpine(s) || (end && strcmp(end->date, today(cx)) > 0);
}

/* Can root add packages there? */
static bool can_add(df_pass_ctx *cx, const df_smaller *s)
{
    const char *why = NULL;

    if (!s->nlacks)
        return true;
    if (*s->stage->known->user)
        why = "its user is not root";
    else if (!find_install(s) && !s->suite.len)
        why = "it is not known which release of Debian it is";
    else if (!find_install(s) && !has_archive(cx, s))
        why = "its release of Debian is no longer supported";
    if (!why)
        return true;
    df_decline(cx, s->stage->image_word.span,
               "%.*s lacks %.*s, which %.*s needs, and cannot surely be added: "
               "%s",
               DF_STR_ARG(s->image), DF_STR_ARG(s->lacks[0].package),
               DF_STR_ARG(s->lacks[0].who), why);
    return false;
}

/* Parts of buildpack-deps: what is added to one of them the next one has. */
static bool is_layer(const df_smaller *s)
{
    return df_str_is(s->stage->repo, "buildpack-deps");
}

/* True if that ends the search for a sibling of this stage. */
static bool weigh(df_pass_ctx *cx, df_smaller *s)
{
    df_span at;
    df_str text;

    if (!find_edit(s, &at, &text)) {
        df_decline(cx, s->stage->image_word.span,
                   "the tag comes from a variable; %.*s has a smaller "
                   "sibling, %.*s",
                   DF_STR_ARG(s->stage->image), DF_STR_ARG(s->image));
        return true;
    }
    if (!df_smaller_weigh(s, df_cx_context(cx))) {
        df_decline(cx, s->at, "%.*s", DF_STR_ARG(s->why));
        return false;
    }
    if (s->nlacks && is_layer(s))
        return false;
    if (can_add(cx, s))
        propose(cx, s, at, text);
    return true;
}

/* --- programs that need no distribution --- */

/* The comments above them stay: what they say may still hold. */
static void drop_idle(df_pass_ctx *cx, const df_bare *b, df_finding *f)
{
    const df_doc *doc = df_cx_doc(cx);

    for (uint32_t i = 0; i < b->nidle; i++)
        df_delete(f, df_block_hole(doc, b->idle[i]->lines, true));
}

/* The packages of the layer below, without those of the new image. */
static void save_distribution(df_pass_ctx *cx, const df_bare *b, df_finding *f)
{
    const df_kb *kb = df_cx_kb(cx);
    df_str suite = df_kb_suite(kb, b->stage->repo, b->stage->tag);
    df_layer layer;

    if (!df_kb_layer(kb, df_str_of(b->stage->known->holds), suite, &layer)) {
        df_saves_by(f, "how much is not known");
        return;
    }
    df_saves(f, layer.mb);
    df_saves_by(f, "%u packages (%s, %s), but for about 2 MB of %s",
                layer.packages, SUMMED, today(cx), b->runtime->image);
}

/* True if it is proposed. */
static bool look_for_static(df_pass_ctx *cx, const df_stage *stage)
{
    df_bare b = {.arena = df_cx_arena(cx),
                 .facts = df_cx_facts(cx),
                 .context = df_cx_context(cx),
                 .stage = stage};
    df_finding *f;

    if (stage->digest.len || !df_str_eq(stage->image_word.str, stage->image) ||
        !df_str_in(stage->repo, df_kb_words(df_cx_kb(cx), "distributions")) ||
        !df_bare_find(&b))
        return false;
    if (b.why.len) {
        df_decline(cx, b.at, "%.*s", DF_STR_ARG(b.why));
        return false;
    }
    f = df_change(cx, stage->image_word.span,
                  "%.*s is a static program and needs nothing of %.*s: %s has "
                  "certificates and time zones",
                  DF_STR_ARG(b.path), DF_STR_ARG(stage->image),
                  b.runtime->image);
    df_replace(f, stage->image_word.span, df_str_of(b.runtime->image));
    drop_idle(cx, &b, f);
    save_distribution(cx, &b, f);
    df_condition(f, "nobody works in the container with a shell, and no "
                    "package that the program uses starts another program");
    return true;
}

static bool wants_alpine(const df_pass_ctx *cx)
{
    const df_setting *set = df_cx_setting(cx);

    return set && strcmp(set->libc, "any") == 0;
}

static void look_at(df_pass_ctx *cx, const df_stage *stage)
{
    static const char *const kinds[] = {"slim", "jre",  "scm",
                                        "curl", "base", NULL};
    const df_setting *set = df_cx_setting(cx);
    df_smaller s;

    if (stage->base || !stage->known)
        return;
    if (stage->shipped) {
        report_end_of_life(cx, stage);
        report_gone(cx, stage);
        report_moving_tag(cx, stage);
    } else if (!set || !set->all_stages) {
        return;
    }
    if (look_for_static(cx, stage))
        return;
    for (const char *const *k = kinds; *k; k++)
        if (df_smaller_find(&s, df_cx_arena(cx), df_cx_facts(cx), stage, *k) &&
            weigh(cx, &s))
            return;
    if (wants_alpine(cx) &&
        df_smaller_find(&s, df_cx_arena(cx), df_cx_facts(cx), stage, "alpine"))
        weigh(cx, &s);
}

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);

    for (uint32_t i = 0; i < facts->nstages; i++)
        look_at(cx, &facts->stages[i]);
}

DF_PASS(slim_base) = {
    .name = "slim-base",
    .summary = "build on a smaller sibling of a base image",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};
