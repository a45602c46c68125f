/*
 * directive := '#' blank* key blank* '=' blank* value
 * key       := 'syntax' | 'escape' | 'check', in any case
 *
 * A value of blanks only is a value, and never a good one. Any other key makes
 * the line a comment, and ends the directives.
 */
#include "syntax/directive.h"

static const char *const KEYS[] = {"syntax", "escape", "check", NULL};

static bool known_key(df_str key, df_str *lower)
{
    for (const char *const *k = KEYS; *k; k++) {
        if (df_str_is_nocase(key, *k)) {
            *lower = df_str_of(*k);
            return true;
        }
    }
    return false;
}

static void set_escape(df_arena *a, df_doc *doc, df_span at, df_str value)
{
    if (df_str_is(value, "\\") || df_str_is(value, "`"))
        doc->escape = value.ptr[0];
    else
        df_problem_add(a, doc, at,
                       "escape character must be \\ or `, not \"%.*s\"",
                       DF_STR_ARG(value));
}

bool df_directive_read(df_arena *a, df_doc *doc, df_span at)
{
    df_str line = df_str_from(df_source(doc, at), 1);
    df_str key, lower, value;

    if (!df_str_cut(&line, '=', &key))
        return false;
    value = df_str_trim(line);
    if (!line.len || !known_key(df_str_trim(key), &lower))
        return false;
    for (uint32_t i = 0; i < doc->ndirectives; i++)
        if (df_str_eq(doc->directives[i].key, lower))
            df_problem_add(a, doc, at,
                           "only one %.*s parser directive can be used",
                           DF_STR_ARG(lower));
    *df_push(a, doc, directives) = (df_directive){at, lower, value};
    if (df_str_is(lower, "escape"))
        set_escape(a, doc, at, value);
    return true;
}
