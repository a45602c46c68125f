/* JSON as Go reads it (RFC 8259, stray bytes in strings allowed). */
#include "syntax/json.h"

#include "base/buf.h"
#include "base/limits.h"

typedef struct {
    df_arena *arena;
    df_str in;
    size_t pos;
    unsigned depth;
} reader;

static bool read_value(reader *r);

static int peek(const reader *r)
{
    return r->pos < r->in.len ? (unsigned char)r->in.ptr[r->pos] : -1;
}

static int skip_space(reader *r)
{
    int c;

    while ((c = peek(r)) == ' ' || c == '\t' || c == '\n' || c == '\r')
        r->pos++;
    return c;
}

static bool take(reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->pos++;
    return true;
}

static bool hex4(reader *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(r);
        char l = df_lower((char)c);

        if (c < 0 || !(df_is_digit(l) || (l >= 'a' && l <= 'f')))
            return false;
        *code =
            *code * 16 + (uint32_t)(df_is_digit(l) ? l - '0' : l - 'a' + 10);
        r->pos++;
    }
    return true;
}

static void add_utf8(df_buf *out, uint32_t c)
{
    if (c < 0x80) {
        df_buf_addc(out, (char)c);
        return;
    }
    if (c < 0x800) {
        df_buf_addc(out, (char)(0xC0 | c >> 6));
    } else {
        if (c < 0x10000) {
            df_buf_addc(out, (char)(0xE0 | c >> 12));
        } else {
            df_buf_addc(out, (char)(0xF0 | c >> 18));
            df_buf_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
        }
        df_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
    }
    df_buf_addc(out, (char)(0x80 | (c & 0x3F)));
}

static bool read_unicode(reader *r, df_buf *out)
{
    uint32_t high, low;
    size_t back;

    if (!hex4(r, &high))
        return false;
    back = r->pos;
    if (high >= 0xD800 && high < 0xDC00 && take(r, '\\') && take(r, 'u') &&
        hex4(r, &low) && low >= 0xDC00 && low < 0xE000) {
        add_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        return true;
    }
    r->pos = back;
    add_utf8(out, high >= 0xD800 && high < 0xE000 ? 0xFFFD : high);
    return true;
}

static bool read_escape(reader *r, df_buf *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    size_t i;

    if (c < 0)
        return false;
    r->pos++;
    if (c == 'u')
        return read_unicode(r, out);
    i = df_str_find_char(df_str_of(from), (char)c);
    if (i == SIZE_MAX)
        return false;
    df_buf_addc(out, to[i]);
    return true;
}

/* string := '"' (char | escape)* '"' */
static bool read_string(reader *r, df_str *value)
{
    df_buf out;

    df_buf_init(&out, r->arena);
    if (!take(r, '"'))
        return false;
    for (int c; (c = peek(r)) >= 0x20;) {
        r->pos++;
        if (c == '"') {
            *value = df_buf_str(&out);
            return true;
        }
        if (c != '\\')
            df_buf_addc(&out, (char)c);
        else if (!read_escape(r, &out))
            return false;
    }
    return false;
}

static bool digits(reader *r)
{
    size_t from = r->pos;

    while (peek(r) >= 0 && df_is_digit((char)peek(r)))
        r->pos++;
    return r->pos > from;
}

/* number := '-'? ('0' | digits) ('.' digits)? ([eE] [+-]? digits)? */
static bool read_number(reader *r)
{
    take(r, '-');
    if (!take(r, '0') && !digits(r))
        return false;
    if (take(r, '.') && !digits(r))
        return false;
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        return digits(r);
    }
    return true;
}

static bool read_literal(reader *r)
{
    static const char *const words[] = {"true", "false", "null", NULL};

    for (const char *const *w = words; *w; w++) {
        if (df_str_starts(df_str_from(r->in, r->pos), *w)) {
            r->pos += df_str_of(*w).len;
            return true;
        }
    }
    return read_number(r);
}

/* members of an object or an array, the opening bracket taken */
static bool read_members(reader *r, char close, bool keys)
{
    df_str key;

    if (skip_space(r) == close)
        return take(r, close);
    do {
        skip_space(r);
        if (keys &&
            (!read_string(r, &key) || skip_space(r) != ':' || !take(r, ':')))
            return false;
        if (!read_value(r))
            return false;
        skip_space(r);
    } while (take(r, ','));
    return take(r, close);
}

static bool read_value(reader *r)
{
    df_str ignored;
    bool ok;

    if (++r->depth > DF_MAX_DEPTH)
        return false;
    switch (skip_space(r)) {
    case '"':
        ok = read_string(r, &ignored);
        break;
    case '[':
        ok = take(r, '[') && read_members(r, ']', false);
        break;
    case '{':
        ok = take(r, '{') && read_members(r, '}', true);
        break;
    default:
        ok = read_literal(r);
    }
    r->depth--;
    return ok;
}

/* An item of the outer array; `strings` becomes false if it is none. */
static bool read_item(reader *r, df_array *array, bool *strings)
{
    df_json_item item;

    if (skip_space(r) != '"') {
        *strings = false;
        return read_value(r);
    }
    item.from = (uint32_t)r->pos;
    if (!read_string(r, &item.value))
        return false;
    item.to = (uint32_t)r->pos;
    *df_push(r->arena, array, items) = item;
    return true;
}

/* array := '[' (item (',' item)*)? ']', and nothing behind it */
df_array df_array_read(df_arena *a, df_str text)
{
    reader r = {.arena = a, .in = text};
    df_array array = {0};
    bool strings = true;

    if (skip_space(&r) != '[' || !take(&r, '['))
        return array;
    if (skip_space(&r) != ']') {
        do {
            if (!read_item(&r, &array, &strings))
                return array;
            skip_space(&r);
        } while (take(&r, ','));
    }
    if (!take(&r, ']') || skip_space(&r) >= 0)
        return array;
    array.kind = strings ? DF_ARRAY_STRINGS : DF_ARRAY_OTHER;
    return array;
}
