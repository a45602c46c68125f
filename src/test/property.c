/*
 * P1 to P6: see test/property.h. Real tools read the diffs in test/patch.c.
 *
 * P6 knows nothing of the edits that were made, so it asks for what none of
 * them may ever take away:
 *
 * - every comment of the input stands in the output, as often as before;
 * - every stretch of bytes that are not ASCII does, too: no edit has a reason
 *   to write, cut or drop one;
 * - byte order mark, parser directives and the end of the last line are the
 *   same;
 * - where all lines ended in CR LF (or all in LF), they still do.
 */
#include "test/property.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "syntax/doc.h"
#include "syntax/parser.h"
#include "test/apply.h"
#include "test/reports.h"

typedef struct {
    df_arena arena;
    property_fn *broken;
    void *ctx;
    const df_doc *before;
    const df_doc *after;
} checker;

static void expect(const checker *c, property p, bool ok, const char *why)
{
    if (!ok)
        c->broken(c->ctx, p, why);
}

static const df_doc *parse(checker *c, df_str text)
{
    return df_doc_parse(&c->arena, DF_STR("Dockerfile"), text);
}

/* P1 */

static bool tiles(const df_doc *doc)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < doc->ntokens; i++) {
        if (doc->tokens[i].span.off != at || !doc->tokens[i].span.len)
            return false;
        at = df_span_end(doc->tokens[i].span);
    }
    return at == doc->text.len;
}

/* P2 */

static void check_no_passes(const checker *c, const df_options *options)
{
    static const char *const none[] = {NULL};
    df_options o = *options;
    df_result *r;

    o.only = none;
    r = df_rewrite(c->before->text, &o);
    expect(c, P_NO_PASSES, r && !r->changed, "something says that it changed");
    expect(c, P_NO_PASSES, r && df_str_eq(r->text, c->before->text),
           "the text changed");
    df_result_free(r);
}

/* P3 */

static uint32_t bad_instrs(const df_doc *doc)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < doc->ninstrs; i++)
        n += doc->instrs[i]->bad;
    return n;
}

static void check_parses(const checker *c, const df_result *r)
{
    expect(c, P_PARSES, c->after->nproblems <= c->before->nproblems,
           "it does not parse any more");
    expect(c, P_PARSES, bad_instrs(c->after) <= bad_instrs(c->before),
           "an instruction is not understood any more");
    expect(c, P_PARSES, !r->failed || df_str_eq(r->text, c->before->text),
           "it failed and changed the text");
    expect(c, P_PARSES, c->before->nproblems == 0 || !r->changed,
           "it has problems and changed");
    expect(c, P_PARSES, r->changed == !df_str_eq(r->text, c->before->text),
           "it is wrong about having changed the text");
    for (size_t i = 0; i < r->nmessages; i++)
        if (r->messages[i].kind == DF_MSG_WARNING &&
            df_str_ends(r->messages[i].text,
                        "this is a bug of dfopt, please report it"))
            c->broken(c->ctx, P_PARSES, r->messages[i].text.ptr);
}

/* P4 */

static void check_settled(const checker *c, const df_result *r,
                          const df_options *options)
{
    df_result *again = df_rewrite(r->text, options);

    expect(c, P_SETTLED, again && !again->changed, "a second run changes it");
    df_result_free(again);
}

/* P5 */

/* A suggestion is a diff of what was printed, and makes what parses. */
static void check_suggestion(checker *c, df_str text, const df_message *m)
{
    df_str with;

    if (!m->diff.len)
        return;
    if (apply_diff(&c->arena, text, m->diff, &with))
        expect(c, P_PARSES, parse(c, with)->nproblems == 0,
               "it would not parse with a suggestion");
    else
        c->broken(c->ctx, P_DIFF, "the diff of a suggestion does not apply");
}

static void check_diff(checker *c, df_result *r)
{
    df_str diff = df_result_diff(r, c->before->text, r->text, "a/Dockerfile",
                                 "b/Dockerfile");
    const char *fault;
    df_str made;

    expect(c, P_DIFF,
           apply_diff(&c->arena, c->before->text, diff, &made) &&
               df_str_eq(made, r->text),
           "the diff does not make the new text");
    for (size_t i = 0; i < r->nmessages; i++)
        check_suggestion(c, r->text, &r->messages[i]);
    fault = reports_fault(&c->arena, c->before->text, r, diff);
    if (fault)
        c->broken(c->ctx, P_DIFF, fault);
}

/* P6 */

static void count(checker *c, df_map *m, df_str key)
{
    size_t *n = df_map_get(m, key);

    if (!n) {
        n = df_new(&c->arena, size_t);
        df_map_put(m, key, n);
    }
    ++*n;
}

/* Is each key of `before` in `after`, as often? */
static bool all_kept(const df_map *before, const df_map *after)
{
    for (uint32_t i = 0; i < before->nentries; i++) {
        const size_t *had = before->entries[i].value;
        const size_t *has = df_map_get(after, before->entries[i].key);

        if (!has || *has < *had)
            return false;
    }
    return true;
}

static void count_comments(checker *c, df_map *m, const df_doc *doc)
{
    df_map_init(m, &c->arena);
    for (uint32_t i = 0; i < doc->ncomments; i++)
        count(c, m, df_str_trim(df_source(doc, doc->comments[i].span)));
}

static bool is_ascii(char b)
{
    return (unsigned char)b < 0x80;
}

/* A stretch of bytes, but for the blanks (U+00A0 and others) at its ends,
 * which builders drop at the end of a line as an edit may. */
static void count_stretch(checker *c, df_map *m, df_str stretch)
{
    size_t from = 0;
    size_t to = stretch.len;

    df_utrim(stretch, &from, &to);
    if (to > from)
        count(c, m, df_str_slice(stretch, from, to));
}

static void count_odd_bytes(checker *c, df_map *m, df_str text)
{
    size_t from = 0;

    df_map_init(m, &c->arena);
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && !is_ascii(text.ptr[i]))
            continue;
        count_stretch(c, m, df_str_slice(text, from, i));
        from = i + 1;
    }
}

static void count_line_ends(df_str text, size_t *lf, size_t *crlf)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\n')
            continue;
        if (i > 0 && text.ptr[i - 1] == '\r')
            ++*crlf;
        else
            ++*lf;
    }
}

static bool line_ends_kept(df_str before, df_str after)
{
    size_t old[2] = {0};
    size_t new[2] = {0};

    count_line_ends(before, &old[0], &old[1]);
    count_line_ends(after, &new[0], &new[1]);
    return (old[0] || !old[1] || !new[0]) && (old[1] || !new[1]);
}

static bool directives_kept(const df_doc *before, const df_doc *after)
{
    if (before->ndirectives != after->ndirectives)
        return false;
    for (uint32_t i = 0; i < before->ndirectives; i++)
        if (!df_str_eq(df_source(before, before->directives[i].span),
                       df_source(after, after->directives[i].span)))
            return false;
    return true;
}

static bool same_bom(df_str a, df_str b)
{
    return df_str_starts(a, "\xEF\xBB\xBF") == df_str_starts(b, "\xEF\xBB\xBF");
}

static void check_survives(checker *c)
{
    df_str old = c->before->text;
    df_str new = c->after->text;
    df_map before, after;

    count_comments(c, &before, c->before);
    count_comments(c, &after, c->after);
    expect(c, P_SURVIVES, all_kept(&before, &after), "a comment is gone");
    count_odd_bytes(c, &before, old);
    count_odd_bytes(c, &after, new);
    expect(c, P_SURVIVES, all_kept(&before, &after),
           "bytes that are not ASCII are gone");
    expect(c, P_SURVIVES, same_bom(old, new), "the byte order mark changed");
    expect(c, P_SURVIVES, directives_kept(c->before, c->after),
           "parser directives changed");
    expect(c, P_SURVIVES, df_str_ends(old, "\n") == df_str_ends(new, "\n"),
           "the end of the last line changed");
    expect(c, P_SURVIVES, line_ends_kept(old, new), "line ends are mixed");
}

static void check_result(checker *c, df_result *r, const df_options *options)
{
    c->after = parse(c, r->text);
    expect(c, P_TILES, tiles(c->after), "tokens of the output do not tile");
    check_parses(c, r);
    check_settled(c, r, options);
    check_diff(c, r);
    check_survives(c);
}

df_result *property_check(df_str text, const df_options *options,
                          property_fn *broken, void *ctx)
{
    checker c = {.broken = broken, .ctx = ctx};
    df_result *r;

    df_arena_init(&c.arena, NULL, NULL);
    c.before = parse(&c, text);
    expect(&c, P_TILES, tiles(c.before), "tokens do not tile");
    check_no_passes(&c, options);
    r = df_rewrite(text, options);
    if (r)
        check_result(&c, r, options);
    else
        c.broken(ctx, P_PARSES, "there is no result");
    df_arena_release(&c.arena);
    return r;
}

void property_tiles(df_str text, property_fn *broken, void *ctx)
{
    checker c = {.broken = broken, .ctx = ctx};

    df_arena_init(&c.arena, NULL, NULL);
    c.before = parse(&c, text);
    expect(&c, P_TILES, tiles(c.before), "tokens do not tile");
    df_arena_release(&c.arena);
}
