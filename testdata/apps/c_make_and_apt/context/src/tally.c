#include <stdio.h>
#include "tally.h"

int main(int argc, char **argv)
{
    int lines = 0, c;
    FILE *in = argc > 1 ? fopen(argv[1], "r") : stdin;

    if (!in)
        return 1;
    while ((c = getc(in)) != EOF)
        lines += c == '\n';
    printf("%*d lines\n", WIDTH, lines);
    return 0;
}
