/*
 * Unified diffs: see test/apply.h.
 *
 *     diff := ('---' line '+++' line)? hunk*
 *     hunk := '@@ -' from ' +' from ' @@' newline
 *             ((' ' | '-' | '+') line ('\ No newline…' newline)?)*
 *     from := number (',' count)?
 */
#include "test/apply.h"

#include "base/buf.h"

typedef struct {
    df_buf out;
    df_str text; /* what is left of it */
    df_str diff;
    size_t at;     /* lines of the text that are taken */
    size_t placed; /* lines of the output */
} applier;

/* With its line end. */
static df_str take_line(df_str *s)
{
    size_t end = df_str_find_char(*s, '\n');
    df_str line = df_str_slice(*s, 0, end == SIZE_MAX ? s->len : end + 1);

    *s = df_str_from(*s, line.len);
    return line;
}

static bool take_number(df_str *s, size_t *n)
{
    size_t digits = 0;

    for (*n = 0; digits < s->len && df_is_digit(s->ptr[digits]); digits++)
        *n = *n * 10 + (size_t)(s->ptr[digits] - '0');
    *s = df_str_from(*s, digits);
    return digits > 0 && digits < 10;
}

/* from, behind `sign`: the first line and how many there are */
static bool take_from(df_str *s, const char *sign, size_t *first, size_t *count)
{
    if (!df_str_starts(*s, sign))
        return false;
    *s = df_str_from(*s, df_str_of(sign).len);
    *count = 1;
    if (!take_number(s, first))
        return false;
    if (!df_str_starts(*s, ","))
        return true;
    *s = df_str_from(*s, 1);
    return take_number(s, count);
}

static bool keep(applier *ap)
{
    if (!ap->text.len)
        return false;
    df_buf_add(&ap->out, take_line(&ap->text));
    ap->at++;
    ap->placed++;
    return true;
}

/* One line of a hunk, and what it says on its end. */
static bool change(applier *ap, size_t *old, size_t *new)
{
    df_str line = take_line(&ap->diff);
    char sign = line.len ? line.ptr[0] : '\0';

    line = df_str_from(line, 1);
    if (df_str_starts(ap->diff, "\\ ")) {
        take_line(&ap->diff);
        line = df_str_slice(line, 0, line.len - 1);
    }
    if (sign == ' ' || sign == '-') {
        if (!*old || !df_str_eq(take_line(&ap->text), line))
            return false;
        --*old;
        ap->at++;
    }
    if (sign == ' ' || sign == '+') {
        if (!*new)
            return false;
        --*new;
        ap->placed++;
        df_buf_add(&ap->out, line);
    }
    return sign == ' ' || sign == '-' || sign == '+';
}

static bool hunk(applier *ap)
{
    df_str head = take_line(&ap->diff);
    size_t first[2], count[2];

    if (!take_from(&head, "@@ -", &first[0], &count[0]) ||
        !take_from(&head, " +", &first[1], &count[1]) ||
        !df_str_is(head, " @@\n"))
        return false;
    /* Of no lines: the one before. */
    while (ap->at + (count[0] > 0) < first[0])
        if (!keep(ap))
            return false;
    if (ap->placed + (count[1] > 0) != first[1])
        return false;
    while (count[0] || count[1])
        if (!change(ap, &count[0], &count[1]))
            return false;
    return true;
}

bool apply_diff(df_arena *a, df_str text, df_str diff, df_str *out)
{
    applier ap = {.out = {.arena = a}, .text = text, .diff = diff};

    if (df_str_starts(diff, "--- ")) {
        take_line(&ap.diff);
        if (!df_str_starts(take_line(&ap.diff), "+++ "))
            return false;
    }
    while (ap.diff.len)
        if (!hunk(&ap))
            return false;
    while (keep(&ap))
        ;
    *out = df_buf_str(&ap.out);
    return true;
}
