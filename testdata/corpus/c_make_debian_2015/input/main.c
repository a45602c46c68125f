#include "table.h"

#include <ctype.h>
#include <stdio.h>

static void print(const char *word, unsigned count)
{
	printf("%s %u\n", word, count);
}

int main(void)
{
	char word[64];
	size_t len = 0;
	int c;

	do {
		c = getchar();
		if (c != EOF && isalpha(c)) {
			if (len < sizeof word - 1)
				word[len++] = (char)tolower(c);
		} else if (len > 0) {
			word[len] = '\0';
			if (table_add(word) != 0) {
				fprintf(stderr, "wordfreq: out of memory\n");
				return 1;
			}
			len = 0;
		}
	} while (c != EOF);

	table_each(print);
	return 0;
}
