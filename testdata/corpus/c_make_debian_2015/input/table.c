#include "table.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 1024

struct entry {
	struct entry *next;
	unsigned count;
	char word[];
};

static struct entry *slots[SLOTS];

static unsigned hash(const char *word)
{
	unsigned h = 5381;

	while (*word != '\0')
		h = h * 33 + (unsigned char)*word++;
	return h % SLOTS;
}

int table_add(const char *word)
{
	struct entry **slot = &slots[hash(word)];
	struct entry *e;

	for (e = *slot; e != NULL; e = e->next) {
		if (strcmp(e->word, word) == 0) {
			e->count++;
			return 0;
		}
	}
	e = malloc(sizeof *e + strlen(word) + 1);
	if (e == NULL)
		return -1;
	strcpy(e->word, word);
	e->count = 1;
	e->next = *slot;
	*slot = e;
	return 0;
}

void table_each(void (*fn)(const char *word, unsigned count))
{
	for (int i = 0; i < SLOTS; i++)
		for (struct entry *e = slots[i]; e != NULL; e = e->next)
			fn(e->word, e->count);
}
