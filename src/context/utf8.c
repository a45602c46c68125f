/* UTF-8: see context/utf8.h; the forms are table 3-7 of the Unicode Standard.
 */
#include "context/utf8.h"

#include <string.h>

#include "base/buf.h"

/* How many bytes follow a first byte, and where the second one may lie. */
typedef struct {
    size_t more;
    unsigned char low, high;
} form;

static form form_of(unsigned char first)
{
    if (first >= 0xC2 && first <= 0xDF)
        return (form){1, 0x80, 0xBF};
    if (first >= 0xE0 && first <= 0xEF)
        return (form){2, first == 0xE0 ? 0xA0 : 0x80,
                      first == 0xED ? 0x9F : 0xBF};
    if (first >= 0xF0 && first <= 0xF4)
        return (form){3, first == 0xF0 ? 0x90 : 0x80,
                      first == 0xF4 ? 0x8F : 0xBF};
    return (form){0, 0, 0};
}

df_rune df_utf8_first(df_str s)
{
    static const df_rune BAD = {DF_RUNE_BAD, 1, true};
    unsigned char first = (unsigned char)s.ptr[0];
    form f = form_of(first);
    uint32_t rune = first & (0x3Fu >> f.more);

    if (first < 0x80)
        return (df_rune){first, 1, false};
    if (f.more == 0 || s.len <= f.more)
        return BAD;
    for (size_t i = 1; i <= f.more; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c < (i == 1 ? f.low : 0x80) || c > (i == 1 ? f.high : 0xBF))
            return BAD;
        rune = rune << 6 | (c & 0x3Fu);
    }
    return (df_rune){rune, f.more + 1, false};
}

/* unicode.IsSpace of Go: the property White_Space. */
static bool is_space(uint32_t rune)
{
    return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 ||
           rune == 0xA0 || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

/* Where the last character begins. */
static size_t last_start(df_str s)
{
    for (size_t n = 2; n <= 4 && n <= s.len; n++)
        if (df_utf8_first(df_str_from(s, s.len - n)).len == n)
            return s.len - n;
    return s.len - 1;
}

df_str df_utf8_trim(df_str s)
{
    while (s.len) {
        df_rune r = df_utf8_first(s);

        if (!is_space(r.rune))
            break;
        s = df_str_from(s, r.len);
    }
    while (s.len) {
        size_t at = last_start(s);

        if (!is_space(df_utf8_first(df_str_from(s, at)).rune))
            break;
        s = df_str_slice(s, 0, at);
    }
    return s;
}

static void add_utf8(df_buf *out, uint32_t rune)
{
    if (rune < 0x80) {
        df_buf_addc(out, (char)rune);
    } else if (rune < 0x800) {
        df_buf_addc(out, (char)(0xC0 | rune >> 6));
        df_buf_addc(out, (char)(0x80 | (rune & 0x3F)));
    } else {
        df_buf_addc(out, (char)(0xE0 | rune >> 12));
        df_buf_addc(out, (char)(0x80 | (rune >> 6 & 0x3F)));
        df_buf_addc(out, (char)(0x80 | (rune & 0x3F)));
    }
}

/* Surrogates stay alone: no name that anybody looks for has any. */
static df_str from_utf16(df_arena *a, df_str text, bool little)
{
    df_buf out;

    df_buf_init(&out, a);
    for (size_t i = 2; i + 1 < text.len; i += 2) {
        uint32_t first = (unsigned char)text.ptr[i];
        uint32_t second = (unsigned char)text.ptr[i + 1];

        add_utf8(&out, little ? second << 8 | first : first << 8 | second);
    }
    return df_buf_str(&out);
}

df_str df_utf8_from(df_arena *a, df_str text)
{
    if (df_str_starts(text, "\xEF\xBB\xBF"))
        return df_str_from(text, 3);
    if (df_str_starts(text, "\xFF\xFE"))
        return from_utf16(a, text, true);
    if (df_str_starts(text, "\xFE\xFF"))
        return from_utf16(a, text, false);
    return text;
}
