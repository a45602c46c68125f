/* Words of commands, for those who build df_cmd. */
#ifndef DF_FACTS_CMD_H
#define DF_FACTS_CMD_H

#include <dfopt/facts.h>

/* Begins with a dash and is not `-` alone. */
bool df_word_is_option(const df_sh_word *word);

bool df_option_takes_value(const df_tool *tool, df_str option);

/*
 * The first operand at or behind word `from`, 0 if there is none; *dashes
 * tells and keeps whether `--` was passed.
 */
uint32_t df_next_operand(const df_sh_node *node, const df_tool *tool,
                         uint32_t from, bool *dashes);

#endif
