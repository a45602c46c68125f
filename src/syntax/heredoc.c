/*
 * Which words of an instruction are heredocs (BuildKit, heredocsFromLine):
 *
 * heredoc := digit* '<<' '-'? blank* name      as one word of the line
 *
 * The name is unquoted; if that removed a quote, the body is not expanded.
 * A line that the builder's word processing refuses has no heredoc.
 */
#include "syntax/word.h"

static uint32_t quotes(df_str s)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == '\'' || s.ptr[i] == '"';
    return n;
}

/* The number before `<<`: -1 if there is none. */
static int read_fd(df_str digits)
{
    int fd = 0;

    for (size_t i = 0; i < digits.len && fd < 100000; i++)
        fd = fd * 10 + (digits.ptr[i] - '0');
    return digits.len ? fd : -1;
}

/* Cut `digit* << -? blank*` off; false if the word is none of these. */
static bool read_operator(df_str word, df_heredoc *h, df_str *name)
{
    size_t i = 0;

    while (i < word.len && df_is_digit(word.ptr[i]))
        i++;
    h->fd = read_fd(df_str_slice(word, 0, i));
    if (!df_str_starts(df_str_from(word, i), "<<"))
        return false;
    i += 2;
    h->strip = i < word.len && word.ptr[i] == '-';
    if (h->strip)
        i++;
    while (i < word.len && df_is_space(word.ptr[i]))
        i++;
    *name = df_str_from(word, i);
    return name->len && df_str_find_char(*name, '<') == SIZE_MAX;
}

static bool read_name(df_arena *a, df_str raw, df_heredoc *h, bool *found,
                      df_str *error)
{
    df_word_mode mode = {.escape = '\\', .skip_unset = true};
    df_expansion plain = df_word_process(a, raw, mode, NULL);
    df_expansion quoted;

    *found = false;
    if (!plain.ok) {
        *error = plain.error;
        return false;
    }
    if (plain.nwords != 1)
        return true;
    mode.raw_quotes = true;
    quoted = df_word_process(a, raw, mode, NULL);
    if (!quoted.ok || quoted.nwords != 1) {
        *error = DF_STR("heredoc name cannot be read");
        return false;
    }
    h->name = plain.words[0].str;
    h->expand = quotes(plain.words[0].str) == quotes(quoted.words[0].str);
    *found = true;
    return true;
}

bool df_heredocs_find(df_arena *a, df_str line, df_instr *into, df_str *error)
{
    df_word_mode mode = {'\\', true, true, true};
    df_expansion words;

    if (!df_str_has(line, "<<"))
        return true;
    words = df_word_process(a, line, mode, NULL);
    for (uint32_t i = 0; i < words.nwords; i++) {
        df_heredoc h = {0};
        df_str name;
        bool found;

        if (!read_operator(words.words[i].str, &h, &name))
            continue;
        if (!read_name(a, name, &h, &found, error))
            return false;
        h.op = df_span_between(words.words[i].from, words.words[i].to);
        if (found)
            *df_push(a, into, heredocs) = h;
    }
    return true;
}
