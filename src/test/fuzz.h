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

/* Of a harness, too: rules of test/grammar.h that its inputs hold, ending with
 * NULL, and one for a whole input, or NULL. See test/mutate.c. */
extern const char *const FUZZ_RULES[];
extern const char *const FUZZ_START;

/* Both change data[0, size) into what is at most `max` long; the second one is
 * the fuzzer's. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Not assert: it must hold in every build. */
#define PROMISE(ok)                                                            \
    do {                                                                       \
        if (!(ok)) {                                                           \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #ok);   \
            abort();                                                           \
        }                                                                      \
    } while (0)

#endif
