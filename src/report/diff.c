/*
 * Diffs as they are shown. What goes to stdout keeps every byte, since it is
 * there to be applied; what stands below a message is for the eye only.
 */
#include "report/form.h"

#include "report/clean.h"

#define RESET "\033[0m"

static df_str next_line(df_str *rest)
{
    size_t end = df_str_find_char(*rest, '\n');
    df_str line = df_str_slice(*rest, 0, end == SIZE_MAX ? rest->len : end);

    *rest = end == SIZE_MAX ? DF_STR("") : df_str_from(*rest, end + 1);
    return line;
}

/* git's colours; NULL: plain. */
static const char *color_of(df_str line)
{
    if (df_str_starts(line, "--- ") || df_str_starts(line, "+++ "))
        return "\033[1m";
    if (df_str_starts(line, "@@"))
        return "\033[36m";
    if (df_str_starts(line, "-"))
        return "\033[31m";
    if (df_str_starts(line, "+"))
        return "\033[32m";
    return NULL;
}

void df_report_diff(df_buf *out, df_str diff, bool color)
{
    if (!color) {
        df_buf_add(out, diff);
        return;
    }
    while (diff.len) {
        df_str line = next_line(&diff);
        const char *code = color_of(line);

        if (code)
            df_buf_adds(out, code);
        df_buf_add(out, line);
        df_buf_adds(out, code ? RESET "\n" : "\n");
    }
}

void df_report_indented_diff(df_buf *out, df_str diff, bool color)
{
    while (diff.len) {
        df_str line = next_line(&diff);
        const char *code = color ? color_of(line) : NULL;

        if (df_str_ends(line, "\r"))
            line.len--;
        df_buf_adds(out, "    ");
        if (code)
            df_buf_adds(out, code);
        df_clean_add(out, line);
        df_buf_adds(out, code ? RESET "\n" : "\n");
    }
}
