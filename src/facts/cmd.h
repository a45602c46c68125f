/* Words of commands, for those who build df_cmd. */
#ifndef DF_FACTS_CMD_H
#define DF_FACTS_CMD_H

#include <dfopt/facts.h>

/* What a word says as far as it is known before it is expanded. */
df_str df_word_said(const df_sh_word *word);

/* Where `cd DIR` leads, also `cd $APP` of an ENV that the RUN does not set;
 * ptr NULL: not known. */
df_str df_cmd_cd_target(df_arena *a, const df_cmd *cmd);

/* Begins with a dash and is not `-` alone. */
bool df_word_is_option(const df_sh_word *word);

/* Of each word: does it take the next one for its value? NULL: none does. */
const bool *df_option_values(df_arena *a, const df_sh_node *node,
                             const df_tool *tool);

/*
 * The first operand at or behind word `from`, 0 if there is none; *dashes
 * tells and keeps whether `--` was passed.
 */
uint32_t df_next_operand(const df_sh_node *node, const bool *values,
                         uint32_t from, bool *dashes);

#endif
