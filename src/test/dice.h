/* Chance that can be had again: splitmix64, so neighbouring seeds give
 * unrelated numbers. */
#ifndef DF_TEST_DICE_H
#define DF_TEST_DICE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t state;
} dice;

static inline uint32_t roll(dice *d, size_t sides)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

#endif
