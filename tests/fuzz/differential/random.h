/* Chance from a seed (splitmix64): the same on every machine. */
#ifndef TR_FUZZ_DIFFERENTIAL_RANDOM_H
#define TR_FUZZ_DIFFERENTIAL_RANDOM_H

#include "field/u256.h"

typedef struct chance {
    uint64_t state;
} chance;

static inline uint64_t any(chance *c)
{
    uint64_t z = c->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline uint64_t below(chance *c, uint64_t n)
{
    return any(c) % n;
}

static inline bool percent(chance *c, unsigned n)
{
    return below(c, 100) < n;
}

static inline void fill(chance *c, uint8_t *to, size_t size)
{
    for (size_t i = 0; i < size; i++) to[i] = (uint8_t)any(c);
}

/* Words as programs meet them: small ones, borders, runs of bits. */
tr_u256 any_word(chance *c);

#endif
