/* Lookup of a pass's manual: see pass/pass_docs.h. */
#include "pass/pass_docs.h"

#include <string.h>

const df_pass_doc *df_pass_doc_find(const char *name)
{
    for (size_t i = 0; i < df_pass_doc_count; i++)
        if (strcmp(df_pass_doc_table[i].name, name) == 0)
            return &df_pass_doc_table[i];
    return NULL;
}
