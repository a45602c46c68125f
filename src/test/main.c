/*
 * The unit tests: all of them, or the units named on the command line.
 *
 *     build/units [UNIT...]
 */
#include "test/unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(void);
} UNITS[] = {
#define UNIT(noun) {#noun, unit_##noun},
#include "units.def"
#undef UNIT
};

static int run(const char *name)
{
    for (size_t i = 0; i < COUNT(UNITS); i++)
        if (strcmp(UNITS[i].name, name) == 0)
            return UNITS[i].run();
    fprintf(stderr, "there is no unit \"%s\"\n", name);
    return 1;
}

int main(int argc, char **argv)
{
    int failures = 0;

    for (int i = 1; i < argc; i++)
        failures += run(argv[i]);
    for (size_t i = 0; argc < 2 && i < COUNT(UNITS); i++)
        failures += UNITS[i].run();
    return failures != 0;
}
