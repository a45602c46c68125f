/* Lines and columns: see text/lines.h. */
#include "text/lines.h"

static void index_lines(df_lines *l)
{
    uint32_t n = 1;

    for (size_t i = 0; i < l->text.len; i++)
        n += l->text.ptr[i] == '\n';
    l->starts = df_new_array(l->arena, uint32_t, n);
    l->count = 1;
    for (size_t i = 0; i < l->text.len; i++)
        if (l->text.ptr[i] == '\n')
            l->starts[l->count++] = (uint32_t)i + 1;
}

void df_lines_at(df_lines *l, uint32_t off, uint32_t *line, uint32_t *col)
{
    uint32_t lo = 0;
    uint32_t hi;

    if (!l->starts)
        index_lines(l);
    hi = l->count;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (l->starts[mid] <= off)
            lo = mid;
        else
            hi = mid;
    }
    *line = lo + 1;
    *col = off - l->starts[lo] + 1;
}
