/* Lines and columns of a text. */
#ifndef DF_TEXT_LINES_H
#define DF_TEXT_LINES_H

#include <dfopt/mem.h>

/* Where lines begin is found when it is first asked for. */
typedef struct {
    df_arena *arena;
    df_str text;
    uint32_t *starts;
    uint32_t count;
} df_lines;

/* Line and column of a byte, both from 1; columns count bytes. */
void df_lines_at(df_lines *l, uint32_t off, uint32_t *line, uint32_t *col);

#endif
