/*
 * Bytes of a document on their way to a reader: which of them are UTF-8, and
 * which must not reach a terminal.
 */
#ifndef DF_REPORT_CLEAN_H
#define DF_REPORT_CLEAN_H

#include "base/buf.h"

bool df_clean_is_utf8(df_str s);

/* Code points in s; a byte that is not UTF-8 counts as one. */
size_t df_clean_count(df_str s);

/* A string that is not UTF-8, unambiguously: \xNN for each byte that is not,
 * backslashes doubled. */
void df_clean_escape(df_buf *out, df_str s);

/*
 * For terminals: bytes that are not UTF-8 and control characters except TAB
 * and LF become \xNN, the characters that reorder text \u{NNNN}.
 */
void df_clean_add(df_buf *out, df_str s);

/* What has to stay on its line, names of files above all: TAB and LF, too. */
void df_clean_line(df_buf *out, df_str s);

#endif
