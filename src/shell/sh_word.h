/*
 * Words of the shell: quotes (XCU 2.2) and what looks like an assignment.
 */
#ifndef DF_SHELL_SH_WORD_H
#define DF_SHELL_SH_WORD_H

#include "shell/sh_lexer.h"

/* What surrounds an expansion. */
typedef enum {
    DF_QUOTE_NONE,
    DF_QUOTE_DOUBLE,
    DF_QUOTE_HERE, /* lines of a here-document */
} df_sh_quote;

/* A word while it is read. */
typedef struct {
    size_t from;
    unsigned flags;
    const df_sh_node **subs;
    uint32_t nsubs, csubs;
    int prev;        /* the byte before, if it stood unquoted; else 0 */
    uint32_t braces; /* one bit for each open `{`: has it a comma? */
    unsigned nbraces;
    bool has_bracket;  /* an unquoted `[` */
    size_t name_end;   /* name=…, name[…]=…: behind the name, or 0 */
    size_t value_from; /* and behind the `=` */
    bool append;
    bool indexed;
    bool array;
    bool is_odd; /* arithmetic: a quote that shells read differently */
} df_sh_draft;

/* Reads the word at this place into tok->word (and tok->assign). */
bool df_sh_word_scan(df_sh_lexer *l, df_sh_token *tok);

/* One quotation or expansion, at one of ' " \ $ ` */
bool df_sh_special(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote);

static inline bool df_sh_is_special(int c)
{
    return c == '\'' || c == '"' || c == '\\' || c == '$' || c == '`';
}

/* The word [from, to) with the draft's flags and substitutions; not plain. */
df_sh_word df_sh_draft_word(df_sh_lexer *l, df_sh_draft *d, size_t from,
                            size_t to);

/* Up to the `]` of the `[` at this place, which may hold anything. */
bool df_sh_subscript(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote);

/* Joined bytes [from, to) without quotes; ptr is NULL if that is unknown. */
df_str df_sh_unquote(df_sh_lexer *l, size_t from, size_t to);

/* A name (XBD 3.216): letter or _, then letters, digits, _. */
bool df_sh_is_name(df_str s);

#endif
