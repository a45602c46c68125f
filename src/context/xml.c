/* Elements of an XML text: see xml.h. */
#include "context/xml.h"

df_xml df_xml_of(df_str text)
{
    return (df_xml){.rest = text};
}

static bool fail(df_xml *x)
{
    x->bad = true;
    x->rest = DF_STR("");
    return false;
}

/* Go behind the next `end`. */
static bool skip(df_xml *x, const char *end)
{
    size_t at = df_str_find(x->rest, end);

    if (at == SIZE_MAX)
        return fail(x);
    x->rest = df_str_from(x->rest, at + df_str_of(end).len);
    return true;
}

static size_t name_length(df_str tag)
{
    size_t n = 0;

    while (n < tag.len && !df_is_space(tag.ptr[n]) && tag.ptr[n] != '/')
        n++;
    return n;
}

/* `</name>`, without the brackets */
static bool close(df_xml *x, df_str tag)
{
    df_str name = df_str_trim(df_str_from(tag, 1));

    if (!x->depth || !df_str_eq(name, x->names[x->depth - 1]))
        return fail(x);
    x->depth--;
    return true;
}

static bool open(df_xml *x, df_str tag)
{
    df_str name = df_str_slice(tag, 0, name_length(tag));

    if (!name.len || x->depth == DF_XML_DEPTH ||
        df_str_find_char(name, ':') != SIZE_MAX)
        return fail(x);
    x->partial = false;
    x->names[x->depth++] = name;
    x->tag = tag;
    x->empty = df_str_ends(tag, "/");
    x->text = x->empty ? DF_STR("")
                       : df_str_trim(df_str_slice(
                             x->rest, 0, df_str_find_char(x->rest, '<')));
    x->partial =
        !x->empty &&
        df_str_starts(df_str_from(x->rest, df_str_find_char(x->rest, '<')),
                      "<!");
    return true;
}

/* The `>` of a tag, which may stand in the value of an attribute, too. */
static size_t tag_end(df_str text)
{
    char quote = '\0';

    for (size_t i = 0; i < text.len; i++)
        if (quote)
            quote = text.ptr[i] == quote ? '\0' : quote;
        else if (text.ptr[i] == '"' || text.ptr[i] == '\'')
            quote = text.ptr[i];
        else if (text.ptr[i] == '>')
            return i;
    return SIZE_MAX;
}

bool df_xml_next(df_xml *x)
{
    if (x->empty && x->depth)
        x->depth--;
    x->empty = false;
    for (;;) {
        size_t at = df_str_find_char(x->rest, '<');
        df_str tag;

        if (at == SIZE_MAX)
            return x->depth ? fail(x) : false;
        x->rest = df_str_from(x->rest, at);
        if (df_str_starts(x->rest, "<!") || df_str_starts(x->rest, "<?")) {
            if (!skip(x, df_str_starts(x->rest, "<!--")  ? "-->"
                         : df_str_starts(x->rest, "<![") ? "]]>"
                         : df_str_starts(x->rest, "<?")  ? "?>"
                                                         : ">"))
                return false;
            continue;
        }
        at = tag_end(x->rest);
        if (at == SIZE_MAX)
            return fail(x);
        tag = df_str_slice(x->rest, 1, at);
        x->rest = df_str_from(x->rest, at + 1);
        if (!df_str_starts(tag, "/"))
            return open(x, tag);
        if (!close(x, tag))
            return false;
    }
}

bool df_xml_is_whole(df_str text)
{
    df_xml x = df_xml_of(text);
    bool any = false;

    while (df_xml_next(&x))
        any = true;
    return any && !x.bad;
}

/* Compares from the last name on; *depth: what is above the path. */
static bool has_tail(const df_xml *x, df_str path, uint32_t *depth)
{
    *depth = x->depth;
    while (path.len) {
        df_str name = df_path_base(path);

        if (!*depth || !df_str_eq(x->names[*depth - 1], name))
            return false;
        --*depth;
        path = df_str_slice(path, 0, path.len - name.len);
        if (path.len)
            path.len--; /* the `/` */
    }
    return true;
}

bool df_xml_is(const df_xml *x, const char *path)
{
    uint32_t above;

    return has_tail(x, df_str_of(path), &above) && !above;
}

bool df_xml_ends(const df_xml *x, const char *path)
{
    uint32_t above;

    return has_tail(x, df_str_of(path), &above);
}

bool df_xml_in(const df_xml *x, const char *name)
{
    for (uint32_t i = 0; i + 1 < x->depth; i++)
        if (df_str_is(x->names[i], name))
            return true;
    return false;
}

/* NAME = at the start of a text: what follows the `=`. */
static bool takes_name(df_str text, const char *name, df_str *rest)
{
    if (!df_str_starts(text, name))
        return false;
    *rest = df_str_trim(df_str_from(text, df_str_of(name).len));
    if (!df_str_starts(*rest, "="))
        return false;
    *rest = df_str_trim(df_str_from(*rest, 1));
    return true;
}

bool df_xml_attribute(const df_xml *x, const char *name, df_str *value)
{
    for (size_t i = 1; i < x->tag.len; i++) {
        char quote;

        if (!df_is_space(x->tag.ptr[i - 1]) ||
            !takes_name(df_str_from(x->tag, i), name, value))
            continue;
        quote = value->len ? value->ptr[0] : ' ';
        if (quote != '"' && quote != '\'')
            return false;
        *value = df_str_from(*value, 1);
        *value = df_str_slice(*value, 0, df_str_find_char(*value, quote));
        return true;
    }
    return false;
}
