/*
 * Fuzz harnesses: fuzz_<entry>.c defines the function that libFuzzer calls. It
 * returns 0, or aborts when a promise is broken. Linked with replay.c instead
 * of libFuzzer it becomes a program that runs files and variants of them.
 */
#ifndef DF_TEST_FUZZ_H
#define DF_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: it must hold in every build. */
#define PROMISE(ok)                                                            \
    do {                                                                       \
        if (!(ok)) {                                                           \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #ok);   \
            abort();                                                           \
        }                                                                      \
    } while (0)

#endif
