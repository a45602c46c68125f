/* What may be shown: see report/clean.h. */
#include "report/clean.h"

#include "context/utf8.h"

bool df_clean_is_utf8(df_str s)
{
    for (df_rune r; s.len; s = df_str_from(s, r.len)) {
        r = df_utf8_first(s);
        if (r.bad)
            return false;
    }
    return true;
}

size_t df_clean_count(df_str s)
{
    size_t count = 0;

    for (; s.len; s = df_str_from(s, df_utf8_first(s).len))
        count++;
    return count;
}

static void add_byte(df_buf *out, unsigned byte)
{
    df_buf_fmt(out, "\\x%02x", byte);
}

void df_clean_escape(df_buf *out, df_str s)
{
    for (df_rune r; s.len; s = df_str_from(s, r.len)) {
        r = df_utf8_first(s);
        if (r.bad)
            add_byte(out, (unsigned char)*s.ptr);
        else if (*s.ptr == '\\')
            df_buf_adds(out, "\\\\");
        else
            df_buf_add(out, df_str_slice(s, 0, r.len));
    }
}

static bool in(uint32_t rune, uint32_t from, uint32_t to)
{
    return rune >= from && rune <= to;
}

static bool is_control(uint32_t rune)
{
    return rune < ' ' || in(rune, 0x7f, 0x9f);
}

/* Embeddings, overrides and isolates show text in an order it has not. */
static bool reorders(uint32_t rune)
{
    return in(rune, 0x202a, 0x202e) || in(rune, 0x2066, 0x2069);
}

static bool is_plain(char c, bool is_line)
{
    return (c >= ' ' && c <= '~') || (!is_line && (c == '\t' || c == '\n'));
}

/* Add what stands there up to the next character that is worth a look. */
static df_str add_plain(df_buf *out, df_str s, bool is_line)
{
    size_t n = 0;

    while (n < s.len && is_plain(s.ptr[n], is_line))
        n++;
    df_buf_add(out, df_str_slice(s, 0, n));
    return df_str_from(s, n);
}

static void add(df_buf *out, df_str s, bool is_line)
{
    s = add_plain(out, s, is_line);
    while (s.len) {
        df_rune r = df_utf8_first(s);

        if (r.bad)
            add_byte(out, (unsigned char)*s.ptr);
        else if (is_control(r.rune))
            add_byte(out, (unsigned)r.rune);
        else if (reorders(r.rune))
            df_buf_fmt(out, "\\u{%04x}", (unsigned)r.rune);
        else
            df_buf_add(out, df_str_slice(s, 0, r.len));
        s = add_plain(out, df_str_from(s, r.len), is_line);
    }
}

void df_clean_add(df_buf *out, df_str s)
{
    add(out, s, false);
}

void df_clean_line(df_buf *out, df_str s)
{
    add(out, s, true);
}
