/*
 * Expansions inside words (XCU 2.6): parameters, commands, arithmetic.
 */
#ifndef DF_SHELL_SH_EXPAND_H
#define DF_SHELL_SH_EXPAND_H

#include "shell/sh_word.h"

/* At a `$`; one that expands nothing is taken as a byte. */
bool df_sh_dollar(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote);

/* At a backquote. */
bool df_sh_backquote(df_sh_lexer *l, df_sh_draft *d, df_sh_quote quote);

/* At the `<` or `>` of <( … ) or >( … ). */
bool df_sh_procsub(df_sh_lexer *l, df_sh_draft *d);

typedef enum {
    DF_ARITH_FAILED,
    DF_ARITH_YES,
    DF_ARITH_NO, /* nothing was taken: it is ( ( … ) … ) */
} df_sh_arith_kind;

/*
 * At the second `(` of `((` or `$((`, which began at `open`. bash decides by
 * whether the parentheses are closed together. Of an arithmetic
 * expression, *expr becomes what stands between `((` and `))`.
 */
df_sh_arith_kind df_sh_arith(df_sh_lexer *l, size_t open, df_sh_word *expr);

/* Around the parsing of what is not arithmetic; the second may refuse it. */
void df_sh_rewound_begin(df_sh_lexer *l);
bool df_sh_rewound_end(df_sh_lexer *l, size_t open);

/* Does an arithmetic expression change a variable? Yes if in doubt. */
bool df_sh_arith_assigns(df_str expr);

#endif
