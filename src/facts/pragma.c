/*
 * Comments that speak to us or to a linter:
 *
 *     # dfopt: keep                    do not join or move the next instruction
 *     # dfopt: ignore[=pass,pass]      no pass, or not these, on the next one
 *     # dfopt: ignore-file[=pass,…]    the same for the whole file
 *     # dfopt: artifact=PATH[,PATH]     what a RUN makes or leaves, or none,
 * for multi-stage # dfopt: needs=PACKAGE[,PACKAGE]  above FROM: what programs
 * need that cannot be read, or none, for it, too # hadolint ignore=… belongs to
 * the instruction below it
 *
 * They stand right above the instruction, among its comment lines.
 */
#include <dfopt/facts.h>

/* The text of a comment without `#` and blanks. */
static df_str comment_text(const df_doc *doc, const df_comment *c)
{
    return df_str_trim(df_str_from(df_source(doc, c->span), 1));
}

/* `dfopt: WORD` gives WORD; empty if the comment is not for us. */
static df_str for_us(df_str text)
{
    if (!df_str_starts(text, "dfopt:"))
        return DF_STR("");
    return df_str_trim(df_str_from(text, 6));
}

static bool lists(df_str list, const char *pass)
{
    df_str one;

    while (list.len) {
        df_str_cut(&list, ',', &one);
        if (df_str_is(df_str_trim(one), pass))
            return true;
    }
    return false;
}

/* Is `word` the pragma `key`, bare or naming the pass? */
static bool names(df_str word, const char *key, const char *pass)
{
    df_str head;

    if (!df_str_cut(&word, '=', &head))
        return df_str_is(df_str_trim(head), key);
    return df_str_is(df_str_trim(head), key) && lists(word, pass);
}

/* Index behind the last comment before `off`. */
static uint32_t comments_before(const df_doc *doc, uint32_t off)
{
    uint32_t lo = 0;
    uint32_t hi = doc->ncomments;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (doc->comments[mid].span.off < off)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The comments right above, nearest first, while fn says to go on. */
static bool any_above(const df_doc *doc, const df_instr *instr,
                      bool (*fn)(df_str text, const char *pass),
                      const char *pass)
{
    uint32_t end = instr->lines.off;

    for (uint32_t i = comments_before(doc, end); i-- > 0;) {
        const df_comment *c = &doc->comments[i];

        if (c->inside || df_span_end(c->line) != end)
            return false;
        if (fn(comment_text(doc, c), pass))
            return true;
        end = c->line.off;
    }
    return false;
}

static bool is_pragma(df_str text, const char *pass)
{
    (void)pass;
    return for_us(text).len || df_str_starts(text, "hadolint ") ||
           df_str_starts(text, "check=") || df_str_starts(text, "checkov:") ||
           df_str_starts(text, "tally ") || df_str_starts(text, "trivy:") ||
           df_str_starts(text, "kics-scan ") ||
           df_str_starts(text, "nosemgrep");
}

static bool is_ignore(df_str text, const char *pass)
{
    return names(for_us(text), "ignore", pass);
}

bool df_instr_pragma(const df_doc *doc, const df_instr *instr)
{
    return any_above(doc, instr, is_pragma, NULL);
}

static bool file_ignored(const df_doc *doc, const char *pass)
{
    uint32_t first = doc->ninstrs ? doc->instrs[0]->lines.off : 0;

    for (uint32_t i = 0; i < doc->ncomments; i++) {
        const df_comment *c = &doc->comments[i];

        if (c->span.off > first)
            return false;
        if (names(for_us(comment_text(doc, c)), "ignore-file", pass))
            return true;
    }
    return false;
}

bool df_instr_ignored(const df_doc *doc, const df_instr *instr,
                      const char *pass)
{
    return file_ignored(doc, pass) || any_above(doc, instr, is_ignore, pass);
}

df_str df_instr_says(const df_doc *doc, const df_instr *instr, const char *key)
{
    uint32_t end = instr->lines.off;

    for (uint32_t i = comments_before(doc, end); i-- > 0;) {
        const df_comment *c = &doc->comments[i];
        df_str value = for_us(comment_text(doc, c));
        df_str name;

        if (c->inside || df_span_end(c->line) != end)
            break;
        if (df_str_cut(&value, '=', &name) && df_str_is(df_str_trim(name), key))
            return df_str_trim(value);
        end = c->line.off;
    }
    return DF_STR("");
}
