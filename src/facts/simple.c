/* The words of `sh -c` whose commands are all that they do: see
 * facts/simple.h. */
#include "facts/simple.h"

/* `fi >x`, `done >x`: it belongs to no command. */
static bool ends_reserved(df_str s)
{
    static const char *const words[] = {"fi",   "done", "esac", "then", "do",
                                        "else", "elif", "in",   NULL};
    size_t i = s.len;

    while (i > 0 && df_is_name(s.ptr[i - 1]))
        i--;
    return df_str_in(df_str_from(s, i), words);
}

/* `[[ -f x ]]`, and `>x` without a command: no command shows what they do. */
static bool is_bare(df_str s, size_t i)
{
    if (s.ptr[i] == '[')
        return i + 1 < s.len && s.ptr[i + 1] == '[';
    if (s.ptr[i] != '>')
        return false;
    if (i + 2 < s.len && s.ptr[i + 1] == '&' && s.ptr[i + 2] != '-' &&
        !df_is_digit(s.ptr[i + 2]))
        return true; /* bash writes both outputs to a file */
    while (i > 0 && (df_is_blank(s.ptr[i - 1]) || df_is_digit(s.ptr[i - 1]) ||
                     s.ptr[i - 1] == '>'))
        i--;
    /* A quote that begins the script, not one that ends a word. */
    return i < 2 || ends_reserved(df_str_slice(s, 0, i)) ||
           df_str_find_char(DF_STR(";&"), s.ptr[i - 1]) != SIZE_MAX ||
           (df_str_find_char(DF_STR("\"'"), s.ptr[i - 1]) != SIZE_MAX &&
            df_is_blank(s.ptr[i - 2]));
}

bool df_script_is_simple(df_str s)
{
    bool name = false; /* of what may be an assignment */

    for (size_t i = 0; i < s.len; i++) {
        if ((s.ptr[i] == '=' && name) || is_bare(s, i))
            return false;
        name = df_is_name(s.ptr[i]) &&
               (name || !i || df_is_blank(s.ptr[i - 1]) ||
                df_str_find_char(DF_STR(";&\"'"), s.ptr[i - 1]) != SIZE_MAX);
        if (df_str_find_char(DF_STR("$`<(){}*?!|\\\n#"), s.ptr[i]) != SIZE_MAX)
            return false;
    }
    return true;
}
