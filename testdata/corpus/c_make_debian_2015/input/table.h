#ifndef TABLE_H
#define TABLE_H

/* Counts one more of word. 0, or -1 when there is no memory. */
int table_add(const char *word);

/* Calls fn for each word. */
void table_each(void (*fn)(const char *word, unsigned count));

#endif
