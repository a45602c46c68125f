/*
 * The grammar of the shell (XCU 2.10): what its files need of each other.
 * `from` is always the joined offset at which the node begins; NULL and false
 * mean that the failure has been noted.
 */
#ifndef DF_SHELL_SH_PARSER_H
#define DF_SHELL_SH_PARSER_H

#include "shell/sh_lexer.h"

/* script := list EOF */
const df_sh_node *df_sh_script(df_sh_lexer *l);

/* substitution := list ')', behind the `(`; `open` is for messages. */
const df_sh_node *df_sh_substitution(df_sh_lexer *l, size_t open);

/* list := newlines [andor (sep newlines andor)* [sep newlines]] */
df_sh_node *df_sh_list(df_sh_lexer *l);

/* compound := (group | subshell | if | while | for | case | …) redir* */
df_sh_node *df_sh_compound(df_sh_lexer *l);
bool df_sh_starts_compound(df_sh_lexer *l);

/* `foo (` was read as a simple command of one word; the `(` is next. */
df_sh_node *df_sh_function_of(df_sh_lexer *l, df_sh_node *simple, size_t from);

/* [[ … ]]; the `[[` is next. */
df_sh_node *df_sh_test(df_sh_lexer *l, size_t from);

/* redirs := redir*, into node */
bool df_sh_redirs(df_sh_lexer *l, df_sh_node *node);

void df_sh_newlines(df_sh_lexer *l);

df_sh_node *df_sh_new_node(df_sh_lexer *l, df_sh_kind kind);

/* Gives the node its place: up to the token taken last. */
df_sh_node *df_sh_finish(df_sh_lexer *l, df_sh_node *node, size_t from);

/* The next token does not belong here: fails and returns NULL. */
df_sh_node *df_sh_unexpected(df_sh_lexer *l);

#endif
