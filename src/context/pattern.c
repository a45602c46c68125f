/*
 * Patterns: see context/pattern.h. patternmatcher turns a pattern into one of
 * four forms while it writes a regular expression for it, and so does this;
 * going by the same text keeps its oddities, such as `[*]` (the class ends
 * behind the expression for the star) or `\d` (a digit).
 */
#include "context/pattern.h"

#include "base/buf.h"
#include "context/glob.h"
#include "context/goregex.h"
#include "context/utf8.h"

#include <string.h>

/*
 * patternmatcher means `|`, `{` and `}` too, but its table of bits has no room
 * for them: `a*|b` matches what ends in b.
 */
#define ESCAPED ".+()$"

typedef enum {
    FORM_EXACT,
    FORM_PREFIX, /* text, then `**` */
    FORM_SUFFIX, /* `**`, then text */
    FORM_REGEX,
} pattern_form;

struct df_pattern {
    df_arena *arena;
    pattern_form form;
    df_str text;
    df_nfa *nfa;
};

typedef struct {
    df_str rest;
    df_buf regex;
    pattern_form form;
    bool at_start;
} translation;

static bool take(translation *t, char c)
{
    if (!t->rest.len || t->rest.ptr[0] != c)
        return false;
    t->rest = df_str_from(t->rest, 1);
    return true;
}

/* The second star is taken already. */
static void translate_stars(translation *t)
{
    take(t, '/');
    if (t->rest.len) {
        df_buf_adds(&t->regex, "(.*/)?");
        t->form = FORM_REGEX;
    } else if (t->form == FORM_EXACT) {
        t->form = FORM_PREFIX;
    } else {
        df_buf_adds(&t->regex, ".*");
        t->form = FORM_REGEX;
    }
    if (t->at_start)
        t->form = FORM_SUFFIX;
}

/* A byte that is no UTF-8 becomes U+FFFD, which the regex matches with any. */
static void translate_rune(translation *t)
{
    df_rune r = df_utf8_first(t->rest);

    if (r.bad)
        df_buf_adds(&t->regex, "\xEF\xBF\xBD");
    else
        df_buf_add(&t->regex, df_str_slice(t->rest, 0, r.len));
    t->rest = df_str_from(t->rest, r.len);
}

static void translate_backslash(translation *t)
{
    df_buf_addc(&t->regex, '\\');
    if (!t->rest.len)
        return;
    translate_rune(t);
    t->form = FORM_REGEX;
}

static void translate_next(translation *t)
{
    char c = t->rest.ptr[0];

    if (take(t, '*')) {
        if (take(t, '*')) {
            translate_stars(t);
            return;
        }
        df_buf_adds(&t->regex, "[^/]*");
        t->form = FORM_REGEX;
    } else if (take(t, '?')) {
        df_buf_adds(&t->regex, "[^/]");
        t->form = FORM_REGEX;
    } else if (take(t, '\\')) {
        translate_backslash(t);
    } else {
        if (c && strchr(ESCAPED, c))
            df_buf_addc(&t->regex, '\\');
        if (c == '[' || c == ']')
            t->form = FORM_REGEX;
        translate_rune(t);
    }
}

/* Pattern.compile of patternmatcher.go. */
static translation translate(df_arena *a, df_str text)
{
    translation t = {.rest = text, .at_start = true};

    df_buf_init(&t.regex, a);
    df_buf_adds(&t.regex, "^");
    if (df_str_starts(text, "\xEF\xBB\xBF"))
        t.rest = df_str_from(text, 3);
    while (t.rest.len) {
        translate_next(&t);
        t.at_start = false;
    }
    df_buf_adds(&t.regex, "$");
    return t;
}

/* The form is settled by the first use; here already, to know bad ones. */
df_pattern *df_pattern_compile(df_arena *a, df_str text)
{
    df_pattern *p = df_new(a, df_pattern);
    translation t;

    if (df_glob_match(text, DF_STR(".")) == DF_GLOB_BAD)
        return NULL;
    t = translate(a, text);
    *p = (df_pattern){.arena = a, .form = t.form, .text = text};
    if (t.form == FORM_PREFIX)
        p->text = df_str_slice(text, 0, text.len - 2);
    if (t.form == FORM_SUFFIX)
        p->text = df_str_from(text, 2);
    if (t.form == FORM_REGEX) {
        p->nfa = df_goregex_compile(a, df_buf_str(&t.regex));
        if (!p->nfa)
            return NULL;
    }
    return p;
}

static bool ends(df_str path, df_str suffix)
{
    return path.len >= suffix.len &&
           df_str_eq(df_str_from(path, path.len - suffix.len), suffix);
}

bool df_pattern_matches(df_pattern *p, df_str path, size_t *budget)
{
    if (*budget == 0)
        return false;
    *budget -= 1;
    switch (p->form) {
    case FORM_EXACT:
        return df_str_eq(path, p->text);
    case FORM_PREFIX:
        return df_str_eq(df_str_slice(path, 0, p->text.len), p->text);
    case FORM_SUFFIX:
        return ends(path, p->text) ||
               (df_str_starts(p->text, "/") &&
                df_str_eq(path, df_str_from(p->text, 1)));
    case FORM_REGEX:
        return df_nfa_matches(p->arena, p->nfa, path, budget);
    }
    return false;
}
