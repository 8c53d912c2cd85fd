/* Multiples of the generator for sums of 12-bit digits: of G and of 2^128 G, 1 to 2048 times. */
#ifndef TR_CURVE_K1_TABLE_AVX512_H
#define TR_CURVE_K1_TABLE_AVX512_H

#include "curve/k1_group_avx512.h"

/* Two tables with digits of 12 bits take 22 additions for a scalar and 256 KiB. */
enum { K1_FIXED_BITS = 12, K1_FIXED_WINDOWS = 11, K1_FIXED_ROWS = 1 << (K1_FIXED_BITS - 1) };

typedef struct k1_row {
    uint64_t x[4], y[4]; /* words, least significant first */
} k1_row;

/* k1_fixed_table gives the two tables, entry i the multiple i + 1; made at the first call. */
const k1_row *k1_fixed_table(void);

/* k1_invert replaces each lane of a, which is weak and nowhere 0, by its inverse: one inversion for
 * all lanes. */
void k1_invert(k1_fe *a);
void k1_n_invert(k1_fe *a); /* mod n; a and its inverse in Montgomery form, below 2 n */

#endif
