/* Rows in one text: see kb/pack.h. */
#include "kb/pack.h"

#include <string.h>

/* The word at s, up to the next separator, against a text. */
static int compare_word(const char *s, df_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (s[i] != text.ptr[i] || (unsigned char)s[i] < ' ')
            return (unsigned char)s[i] < ' ' ||
                           (unsigned char)s[i] < (unsigned char)text.ptr[i]
                       ? -1
                       : 1;
    return (unsigned char)s[text.len] >= ' ';
}

df_str df_pack_word(const df_packed *p, uint32_t off)
{
    const char *s = p->text + off;
    size_t n = 0;

    while ((unsigned char)s[n] >= ' ')
        n++;
    return (df_str){s, n};
}

bool df_pack_is(const df_packed *p, uint32_t off, df_str text)
{
    return compare_word(p->text + off, text) == 0;
}

df_str df_pack_find(const df_packed *p, df_str key, df_str sub)
{
    uint32_t slot = df_kb_hash(key, sub);
    uint32_t at;

    while ((at = df_kb_slot(&p->slots, slot++)) != 0) {
        const df_packed_entry *e = &p->entries[at - 1];

        if (df_pack_is(p, e->key, key) && df_pack_is(p, e->sub, sub))
            return (df_str){p->text + e->row, e->len};
    }
    return DF_STR("");
}

df_str df_pack_text(df_str *row)
{
    df_str field;

    df_str_cut(row, DF_PACK_FIELD, &field);
    return field;
}

df_list df_pack_list(df_str *row)
{
    return (df_list){df_pack_text(row)};
}

uint32_t df_pack_unsigned(df_str *row)
{
    return (uint32_t)df_pack_double(row);
}

/* Digits, maybe with a point between them. */
double df_pack_double(df_str *row)
{
    df_str field = df_pack_text(row);
    double value = 0;
    double unit = 0;

    for (size_t i = 0; i < field.len; i++)
        if (field.ptr[i] == '.') {
            unit = 1;
        } else {
            value = value * 10 + (field.ptr[i] - '0');
            unit *= 10;
        }
    return unit > 0 ? value / unit : value;
}

bool df_list_next(df_list *list, df_str *item)
{
    if (list->text.len < 2)
        return false;
    list->text = df_str_from(list->text, 1);
    *item = list->text;
    item->len = df_str_find_char(list->text, DF_PACK_ITEM);
    list->text = df_str_from(list->text, item->len);
    return true;
}

bool df_list_has(df_list list, df_str item)
{
    df_str one;

    while (df_list_next(&list, &one))
        if (df_str_eq(one, item))
            return true;
    return false;
}

/* Both ends stand at separators; so does the middle, once it is found. */
df_str df_list_find(df_list list, df_str item)
{
    const char *from = list.text.ptr;
    const char *to = from + list.text.len;

    while (to - from > 1) {
        const char *mid = from + (to - from) / 2 - 1;
        int c;

        while (*mid != DF_PACK_ITEM)
            mid--;
        c = compare_word(mid + 1, item);
        if (!c)
            return (df_str){mid + 1, item.len};
        if (c > 0)
            to = mid + 1;
        else
            from = memchr(mid + 1, DF_PACK_ITEM, (size_t)(to - mid - 1));
    }
    return DF_STR("");
}
