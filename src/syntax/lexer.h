/*
 * Lines, continuations, comments and heredoc bodies.
 *
 * BuildKit's parser.Parse: physical lines end at LF; trailing CR and LF are
 * cut off. The first line of an instruction loses its leading blanks. As long
 * as a line ends in the escape character (not doubled) and blanks, the next
 * line is joined; comment lines and blank lines are dropped in between.
 */
#ifndef DF_SYNTAX_LEXER_H
#define DF_SYNTAX_LEXER_H

#include "syntax/doc.h"

typedef struct {
    df_arena *arena;
    df_doc *doc;
    uint32_t pos;         /* start of the next physical line */
    bool directives_done; /* no parser directive can follow */
    bool stopped;         /* a line was too long: BuildKit reads no further */
} df_lexer;

/* One instruction's line, joined. */
typedef struct {
    df_span lines; /* whole physical lines */
    df_span span;  /* first to last byte that is joined */
    df_text text;  /* leading blanks of the first line are gone */
} df_line;

void df_lexer_init(df_lexer *lx, df_arena *a, df_doc *doc);

/* The next instruction line; comments and blank lines on the way become
 * tokens. False at the end. */
bool df_lexer_next(df_lexer *lx, df_line *line);

/*
 * The body that follows the line just read, up to the line that ends it.
 * False if the file ends before.
 */
bool df_lexer_body(df_lexer *lx, df_heredoc *heredoc);

#endif
