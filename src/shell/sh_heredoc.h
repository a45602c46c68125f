/*
 * Here-documents (XCU 2.7.4): their lines begin behind the next line end.
 */
#ifndef DF_SHELL_SH_HEREDOC_H
#define DF_SHELL_SH_HEREDOC_H

#include "shell/sh_lexer.h"

/* The redirection node->redirs[redir] waits for its lines. */
void df_sh_heres_add(df_sh_lexer *l, df_sh_node *node, uint32_t redir);

/* At a line's start: take the lines of all that wait here. */
bool df_sh_heres_read(df_sh_lexer *l);

/*
 * No more lines come. Fails if one waits, unless it is a RUN of a Dockerfile,
 * where the lines are not part of the joined text.
 */
bool df_sh_heres_end(df_sh_lexer *l);

#endif
