/* Files that something else turns into a Dockerfile. */
#ifndef DF_FACTS_TEMPLATE_H
#define DF_FACTS_TEMPLATE_H

#include <dfopt/syntax.h>

/*
 * Has an instruction a marker of a template engine in it? Then where, in the
 * source, and its text. The document need not have parsed without problems.
 */
bool df_template_find(const df_doc *doc, df_span *at, df_str *text);

#endif
