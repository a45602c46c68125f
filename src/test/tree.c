/* The tree of a Dockerfile as text: see test/tree.h. */
#include "test/tree.h"

#include "syntax/dump.h"
#include "syntax/parser.h"

df_str tree_of(df_arena *a, df_str text)
{
    df_buf out;

    df_buf_init(&out, a);
    df_doc_dump(&out, df_doc_parse(a, DF_STR("Dockerfile"), text));
    return df_buf_str(&out);
}
