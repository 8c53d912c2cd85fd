/* The published procedure behind the constants of Poseidon and Poseidon2: an 80-bit shift register
 * (Grain) that begins with the parameters and whose output is thinned out by itself: of two bits,
 * the second counts if the first is set. */
#ifndef TR_HASH_GRAIN_INTERNAL_H
#define TR_HASH_GRAIN_INTERNAL_H

#include "field/prime.h"

enum { TR_GRAIN_PAIRS = 8, TR_GRAIN_STEP = 2 * TR_GRAIN_PAIRS };

typedef struct tr_grain {
    uint64_t low;  /* the next 64 bits of the register, first bit lowest */
    uint64_t high; /* and 16 more */
    uint64_t have; /* bits of output not yet given, first bit highest of have_bits */
    unsigned have_bits;
} tr_grain;

/* TR_GRAIN_STEP bits of the register's stream.  The taps are at 62 and below, so that up to 18 new
 * bits follow from the 80 there are. */
static inline uint64_t tr_grain_step(tr_grain *g)
{
    uint64_t fresh = g->low ^ g->low >> 13 ^ g->low >> 23 ^ g->low >> 38 ^
                     (g->low >> 51 | g->high << 13) ^ (g->low >> 62 | g->high << 2);
    fresh &= 0xffff;
    g->low = g->low >> TR_GRAIN_STEP | g->high << (64 - TR_GRAIN_STEP);
    g->high = fresh;
    return fresh;
}

/* tr_grain_begin takes the bits of the modulus, the width of the state and the rounds. */
static inline void tr_grain_begin(tr_grain *g, unsigned bits, unsigned width, unsigned full_rounds,
                                  unsigned partial_rounds)
{
    /* A prime field and a power as S-box are 01 and 0000; each number goes highest bit first. */
    const struct {
        uint64_t value;
        unsigned bits;
    } fields[] = {
        {1, 2},          {0, 4}, {bits, 12}, {width, 12}, {full_rounds, 10}, {partial_rounds, 10},
        {0x3fffffff, 30}};
    unsigned at = 0;
    *g = (tr_grain){0};
    for (unsigned i = 0; i < TR_COUNTOF(fields); i++) {
        for (unsigned k = fields[i].bits; k-- > 0; at++) {
            uint64_t bit = fields[i].value >> k & 1;
            if (at < 64)
                g->low |= bit << at;
            else
                g->high |= bit << (at - 64);
        }
    }
    for (unsigned i = 0; i < 160; i += TR_GRAIN_STEP) (void)tr_grain_step(g);
}

/* The next bits of output, up to 32, the first highest. */
static inline uint64_t tr_grain_bits(tr_grain *g, unsigned bits)
{
    while (g->have_bits < bits) {
        uint64_t stream = tr_grain_step(g);
        for (unsigned i = 0; i < TR_GRAIN_PAIRS; i++, stream >>= 2) {
            unsigned counts = stream & 1;
            g->have = g->have << counts | (stream >> 1 & counts);
            g->have_bits += counts;
        }
    }
    g->have_bits -= bits;
    return g->have >> g->have_bits & ((UINT64_C(1) << bits) - 1);
}

/* A number of tr_bn_fr_bits bits, of any value below 2^254, in plain limbs. */
static inline void tr_grain_number(tr_grain *g, uint64_t limbs[4])
{
    for (unsigned i = 4; i-- > 0;) {
        uint64_t upper = tr_grain_bits(g, i == 3 ? tr_bn_fr_bits - 224 : 32);
        limbs[i] = upper << 32 | tr_grain_bits(g, 32);
    }
}

/* An element: the next number below the modulus. */
static inline void tr_grain_element(tr_grain *g, tr_bn_fr *out)
{
    uint64_t limbs[4];
    do tr_grain_number(g, limbs);
    while (!tr_bn_fr_of_limbs_strict(out, limbs));
}

/* An element: the next number, modulo p. */
static inline void tr_grain_element_any(tr_grain *g, tr_bn_fr *out)
{
    uint64_t limbs[4];
    tr_grain_number(g, limbs);
    tr_bn_fr_of_limbs(out, limbs);
}

#endif
