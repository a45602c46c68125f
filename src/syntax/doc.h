/*
 * What the files of this floor share: forms of arguments, blanks as the
 * builder sees them, and how problems are recorded.
 */
#ifndef DF_SYNTAX_DOC_H
#define DF_SYNTAX_DOC_H

#include <dfopt/syntax.h>

typedef enum {
    DF_FORM_STRING,
    DF_FORM_WORDS,
    DF_FORM_LIST,
    DF_FORM_SHELL,
    DF_FORM_PAIRS,
    DF_FORM_ARG,
    DF_FORM_HEALTH,
    DF_FORM_NESTED,
} df_form;

df_form df_instr_form(df_instr_kind kind);
df_instr_kind df_instr_find(df_str name); /* any case; UNKNOWN if none */
bool df_instr_takes(df_instr_kind kind, df_str flag);

/* Beyond DF_MAX_PROBLEMS they are counted as one. */
void df_problem_vadd(df_arena *a, df_doc *doc, df_span at, const char *format,
                     va_list args) DF_PRINTF(4, 0);
void df_problem_add(df_arena *a, df_doc *doc, df_span at, const char *format,
                    ...) DF_PRINTF(4, 5);

/*
 * Blanks. BuildKit is not of one mind: between words it splits at
 * [\t\v\f\r ]+, at the ends of texts it trims what Unicode calls a space.
 */
static inline bool df_splits(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

/* Length of the Unicode space at s[at], or 0. */
size_t df_uspace(df_str s, size_t at);

/* [from, to) without Unicode spaces at both ends. */
void df_utrim(df_str s, size_t *from, size_t *to);

#endif
