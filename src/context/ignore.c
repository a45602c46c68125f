/*
 * .dockerignore: see context/ignore.h.
 *
 *     line    := '#' any* | blank* ('!' blank*)? pattern blank*
 *     pattern := what context/pattern.h matches, cleaned as a path, without
 *                the slash in front
 */
#include "context/ignore.h"

#include "base/limits.h"
#include "context/path.h"
#include "context/pattern.h"
#include "context/utf8.h"

#include <string.h>

/* For one path; a thousand patterns on a deep path take less than 1/10. */
#define MATCH_STEPS ((size_t)20 * 1000 * 1000)

typedef struct {
    df_pattern *pattern;
    df_str prefix; /* without a trailing glob, with a slash */
    uint32_t line;
    bool exception; /* `!` stood in front */
    bool at_parent; /* it matched the directory last looked at, or above */
} rule;

struct df_ignore {
    df_arena *arena;
    rule *rules;
    uint32_t nrules, crules;
    bool has_exceptions;
    bool plain_exceptions; /* none has a glob but at its end */
    uint32_t bad_line;
    const char *bad_why; /* NULL: fine */
};

static void refuse(df_ignore *ig, uint32_t line, const char *why)
{
    if (ig->bad_why)
        return;
    ig->bad_line = line;
    ig->bad_why = why;
}

static df_str without_end(df_str s, const char *end)
{
    return df_str_ends(s, end) ? df_str_slice(s, 0, s.len - strlen(end)) : s;
}

static bool has_glob(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] && strchr("*[]?^\\", s.ptr[i]))
            return true;
    return false;
}

/* The part of patternmatcher.New that deals with one pattern. */
static void add_rule(df_ignore *ig, df_str text, uint32_t line)
{
    rule r = {.line = line};
    df_str prefix;

    text = df_path_clean(ig->arena, df_utf8_trim(text));
    r.exception = df_str_starts(text, "!");
    text = df_str_from(text, r.exception);
    if (!text.len) {
        refuse(ig, line, "`!` without a pattern");
        return;
    }
    r.pattern = df_pattern_compile(ig->arena, text);
    if (!r.pattern) {
        refuse(ig, line, "malformed pattern");
        return;
    }
    if (ig->nrules == DF_MAX_RULES) {
        refuse(ig, line, "too many patterns");
        return;
    }
    prefix = without_end(without_end(text, "/**"), "/*");
    r.prefix = df_fmt(ig->arena, "%.*s/", DF_STR_ARG(prefix));
    ig->has_exceptions |= r.exception;
    if (r.exception && has_glob(prefix))
        ig->plain_exceptions = false;
    *df_push(ig->arena, ig, rules) = r;
}

/* The part of ignorefile.ReadAll that deals with one line. */
static void read_line(df_ignore *ig, df_str text, uint32_t line)
{
    bool exception;

    if (df_str_starts(text, "#"))
        return;
    text = df_utf8_trim(text);
    if (!text.len)
        return;
    exception = df_str_starts(text, "!");
    if (exception)
        text = df_utf8_trim(df_str_from(text, 1));
    if (text.len)
        text = df_path_clean(ig->arena, text);
    if (text.len > 1 && text.ptr[0] == '/')
        text = df_str_from(text, 1);
    if (exception)
        text = df_fmt(ig->arena, "!%.*s", DF_STR_ARG(text));
    add_rule(ig, text, line);
}

/* A line too long makes the reader fail before any pattern is looked at. */
static void check_lengths(df_ignore *ig, df_str text)
{
    df_str line;

    for (uint32_t number = 1; text.len; number++) {
        df_str_cut(&text, '\n', &line);
        if (line.len > DF_MAX_LINE)
            refuse(ig, number, "line of 64 KB or more");
    }
}

df_ignore *df_ignore_parse(df_arena *a, df_str text)
{
    df_ignore *ig = df_new(a, df_ignore);
    df_str line;

    ig->arena = a;
    ig->plain_exceptions = true;
    check_lengths(ig, text);
    for (uint32_t number = 1; text.len && !ig->bad_why; number++) {
        df_str_cut(&text, '\n', &line);
        if (number == 1 && df_str_starts(line, "\xEF\xBB\xBF"))
            line = df_str_from(line, 3);
        read_line(ig, line, number);
    }
    return ig;
}

bool df_ignore_is_bad(const df_ignore *ig, uint32_t *line, df_str *why)
{
    *line = ig->bad_line;
    *why = df_str_of(ig->bad_why);
    return ig->bad_why != NULL;
}

static bool matches(df_ignore *ig, const rule *r, df_str path, size_t *budget)
{
    bool yes = df_pattern_matches(r->pattern, path, budget);

    if (*budget == 0)
        refuse(ig, r->line, "pattern takes too long to match");
    return yes;
}

/*
 * MatchesUsingParentResults for a path whose parent was judged just before;
 * what matches here stands in the rules afterwards.
 */
static bool is_dropped(df_ignore *ig, df_str path, size_t *budget)
{
    bool dropped = false;

    for (uint32_t i = 0; i < ig->nrules; i++) {
        rule *r = &ig->rules[i];

        if (!r->at_parent) {
            if (r->exception != dropped)
                continue;
            r->at_parent = matches(ig, r, path, budget);
        }
        if (r->at_parent)
            dropped = !r->exception;
    }
    return dropped;
}

/*
 * Does the walk pass a dropped directory by? It compares the text of the
 * exceptions only, so it can miss one that would match below.
 */
static bool is_pruned(const df_ignore *ig, df_str dir)
{
    if (!ig->plain_exceptions)
        return false;
    for (uint32_t i = 0; i < ig->nrules; i++) {
        const rule *r = &ig->rules[i];

        if (r->exception && r->prefix.len > dir.len &&
            r->prefix.ptr[dir.len] == '/' &&
            df_str_eq(df_str_slice(r->prefix, 0, dir.len), dir))
            return false;
    }
    return true;
}

static df_ignore_verdict walk_to(df_ignore *ig, df_str path, size_t *budget)
{
    bool dropped = false;

    for (uint32_t i = 0; i < ig->nrules; i++)
        ig->rules[i].at_parent = false;
    for (size_t from = 0, end; from <= path.len; from = end + 1) {
        end = df_path_part_end(path, from);
        dropped = is_dropped(ig, df_str_slice(path, 0, end), budget);
        if (dropped && is_pruned(ig, df_str_slice(path, 0, end)))
            return DF_IGNORE_PRUNE;
    }
    return dropped ? DF_IGNORE_DROP : DF_IGNORE_KEEP;
}

static bool matches_or_parent(df_ignore *ig, const rule *r, df_str path,
                              size_t *budget)
{
    if (matches(ig, r, path, budget))
        return true;
    for (size_t end = df_path_part_end(path, 0); end < path.len;
         end = df_path_part_end(path, end + 1))
        if (matches(ig, r, df_str_slice(path, 0, end), budget))
            return true;
    return false;
}

static bool last_match(df_ignore *ig, df_str path, size_t *budget)
{
    bool dropped = false;

    for (uint32_t i = 0; i < ig->nrules; i++) {
        const rule *r = &ig->rules[i];

        if (r->exception == dropped && matches_or_parent(ig, r, path, budget))
            dropped = !r->exception;
    }
    return dropped;
}

bool df_ignore_matches(df_ignore *ig, df_str path)
{
    size_t budget = MATCH_STEPS;

    return ig->bad_why || last_match(ig, path, &budget) || ig->bad_why;
}

/*
 * A file that the walk finds is opened by the rules of last_match. Where they
 * refuse it, it arrives empty (sendFile of fsutil): nothing to build on, so it
 * counts as dropped. Without exceptions the two cannot differ.
 */
df_ignore_verdict df_ignore_judge(df_ignore *ig, df_str path)
{
    size_t budget = MATCH_STEPS;
    df_ignore_verdict verdict = DF_IGNORE_PRUNE;

    if (!ig->bad_why)
        verdict = walk_to(ig, path, &budget);
    if (verdict == DF_IGNORE_KEEP && ig->has_exceptions &&
        last_match(ig, path, &budget))
        verdict = DF_IGNORE_DROP;
    return ig->bad_why ? DF_IGNORE_PRUNE : verdict;
}
