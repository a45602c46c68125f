/*
 * Parser directives: `# key=value` above everything else (Dockerfile
 * reference, "Parser directives").
 */
#ifndef DF_SYNTAX_DIRECTIVE_H
#define DF_SYNTAX_DIRECTIVE_H

#include "syntax/doc.h"

/*
 * Is the comment at `at` (from its `#`, without line end) a directive? Then it
 * is recorded, and doc->escape follows it. A repeated key or a bad escape
 * character is a problem, and true all the same.
 */
bool df_directive_read(df_arena *a, df_doc *doc, df_span at);

#endif
