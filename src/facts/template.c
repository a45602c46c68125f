/*
 * Templates: a file that something else turns into a Dockerfile. Its markers
 * may stand for anything, so it is left alone.
 *
 * `{{` is a marker unless it lies in a RUN's text behind a quote, where
 * `docker inspect -f '{{.State}}'` and friends are at home. What sed replaces
 * (`s/@VERSION@/1/`) is a marker of another file.
 */
#include "facts/template.h"

typedef struct {
    const char *open;
    const char *close;
} marker;

static const marker MARKERS[] = {
    {"<%", "%>"}, {"{%", "%}"}, {"%%", "%%"}, {"{{", "}}"}, {"@@", "@@"},
};

/* A marker is no longer than this; what is, is something else. */
#define MAX_MARKER 1000

/* The open quote behind `c`, 0 if there is none. */
static char next_quote(char quote, char c)
{
    if (quote)
        return c == quote ? 0 : quote;
    return c == '\'' || c == '"' ? c : 0;
}

/* %%NAME%% and @@NAME@@: only a name between the marks. */
static bool plain_name(df_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!df_is_name(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '.')
            return false;
    return s.len > 0;
}

static bool is_marker(df_str text, size_t at, const marker *m, bool quoted,
                      size_t *len)
{
    df_str rest = df_str_slice(text, at + 2, at + 2 + MAX_MARKER);
    size_t close = df_str_find(rest, m->close);

    if (close == SIZE_MAX)
        return false;
    *len = close + 4;
    if (m->open[0] == '%' || m->open[0] == '@')
        return plain_name(df_str_slice(rest, 0, close));
    return !quoted;
}

/* @NAME@ as autoconf and CMake write it: upper case, as a whole. */
static bool is_at_var(df_str text, size_t at, size_t *len)
{
    size_t i = at + 1;

    while (i < text.len && ((text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
                            text.ptr[i] == '_' || df_is_digit(text.ptr[i])))
        i++;
    *len = i + 1 - at;
    return i > at + 2 && i < text.len && text.ptr[i] == '@' &&
           !df_is_digit(text.ptr[at + 1]);
}

/* Between the first two delimiters of sed's `s`, at the start of a word. */
static bool is_replaced(df_str text, size_t at, size_t len)
{
    char mark = at >= 3 ? text.ptr[at - 1] : ' ';

    return at >= 3 && text.ptr[at - 2] == 's' &&
           df_str_find_char(DF_STR(" \t\n\"';{"), text.ptr[at - 3]) !=
               SIZE_MAX &&
           at + len < text.len && text.ptr[at + len] == mark &&
           df_str_find_char(DF_STR("/|,#:!%+;~^"), mark) != SIZE_MAX;
}

static bool may_begin(char c)
{
    return c == '<' || c == '{' || c == '%' || c == '@';
}

static bool begins(df_str text, size_t at, bool quoted, size_t *len)
{
    if (text.ptr[at] == '@' && is_at_var(text, at, len))
        return true;
    for (size_t m = 0; m < sizeof MARKERS / sizeof *MARKERS; m++)
        if (text.ptr[at] == MARKERS[m].open[0] &&
            text.ptr[at + 1] == MARKERS[m].open[1] &&
            is_marker(text, at, &MARKERS[m], quoted, len))
            return true;
    return false;
}

static bool find_marker(df_str text, df_span *at)
{
    size_t len = 0;
    char quote = 0;

    for (size_t i = 0; i + 1 < text.len;
         quote = next_quote(quote, text.ptr[i++])) {
        if (may_begin(text.ptr[i]) && begins(text, i, quote, &len) &&
            !is_replaced(text, i, len)) {
            *at = (df_span){(uint32_t)i, (uint32_t)len};
            return true;
        }
    }
    return false;
}

bool df_template_find(const df_doc *doc, df_span *at, df_str *text)
{
    for (uint32_t i = 0; i < doc->ninstrs; i++) {
        const df_instr *instr = doc->instrs[i];

        if (!find_marker(instr->text.str, at))
            continue;
        *text = df_str_slice(instr->text.str, at->off, df_span_end(*at));
        *at = df_text_span(&instr->text, at->off, df_span_end(*at));
        return true;
    }
    return false;
}
