/* See pass/messages.h. */
#include "pass/messages.h"

#include <stdlib.h>
#include <string.h>

static int rank(df_msg_kind kind)
{
    return kind == DF_MSG_SUGGESTION;
}

static int by_place(const void *a, const void *b)
{
    const df_message *x = a;
    const df_message *y = b;

    if (rank(x->kind) != rank(y->kind))
        return rank(x->kind) - rank(y->kind);
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->col != y->col)
        return x->col < y->col ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->pass && y->pass && strcmp(x->pass, y->pass) != 0)
        return strcmp(x->pass, y->pass);
    return df_str_cmp(x->text, y->text);
}

static bool same(const df_message *x, const df_message *y)
{
    return by_place(x, y) == 0;
}

uint32_t df_messages_sort(df_message *messages, uint32_t n)
{
    uint32_t kept = 0;

    if (n > 1)
        qsort(messages, n, sizeof *messages, by_place);
    for (uint32_t i = 0; i < n; i++)
        if (!kept || !same(&messages[kept - 1], &messages[i]))
            messages[kept++] = messages[i];
    return kept;
}
