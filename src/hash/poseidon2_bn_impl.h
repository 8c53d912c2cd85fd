/* Poseidon2's rounds over BN254, compiled once for every processor and once for BMI2 and ADX. */
#ifndef TR_HASH_POSEIDON2_BN_IMPL_H
#define TR_HASH_POSEIDON2_BN_IMPL_H

#include "hash/poseidon2_internal.h"

static inline void add(tr_bn_fr *to, const tr_bn_fr *x)
{
    tr_bn_fr_add(to, to, x);
}

/* x becomes (x + constant)^5. */
static inline void power(tr_bn_fr *x, const tr_bn_fr *constant)
{
    tr_bn_fr fourth;
    add(x, constant);
    tr_bn_fr_sqr(&fourth, x);
    tr_bn_fr_sqr(&fourth, &fourth);
    tr_bn_fr_mul(x, x, &fourth);
}

static inline void sum_of(tr_bn_fr *sum, size_t width, const tr_bn_fr *state)
{
    *sum = state[0];
    for (size_t i = 1; i < width; i++) add(sum, &state[i]);
}

/* The matrix 5 7 1 3, 4 6 1 1, 1 3 5 7, 1 1 4 6 in few sums. */
static inline void mix_four(tr_bn_fr *s)
{
    tr_bn_fr t0, t1, t2, t3;
    tr_bn_fr_add(&t0, &s[0], &s[1]);
    tr_bn_fr_add(&t1, &s[2], &s[3]);
    tr_bn_fr_double(&t2, &s[1]);
    add(&t2, &t1);
    tr_bn_fr_double(&t3, &s[3]);
    add(&t3, &t0);
    tr_bn_fr_double(&s[3], &t1);
    tr_bn_fr_double(&s[3], &s[3]);
    add(&s[3], &t3); /* t3 + 4 t1 */
    tr_bn_fr_double(&s[1], &t0);
    tr_bn_fr_double(&s[1], &s[1]);
    add(&s[1], &t2); /* t2 + 4 t0 */
    tr_bn_fr_add(&s[0], &t3, &s[1]);
    tr_bn_fr_add(&s[2], &t2, &s[3]);
}

/* The matrix of full rounds; for 2 and 3 ones, and one more on the diagonal. */
static inline void mix_full(size_t width, tr_bn_fr *state)
{
    tr_bn_fr sum;
    if (width == 4) {
        mix_four(state);
        return;
    }
    sum_of(&sum, width, state);
    for (size_t i = 0; i < width; i++) add(&state[i], &sum);
}

/* The matrix of partial rounds: ones, and on the diagonal 1 2, 1 1 2 or four numbers more. */
static inline void mix_partial(const tr_poseidon2_table *table, size_t width, tr_bn_fr *state)
{
    tr_bn_fr sum;
    sum_of(&sum, width, state);
    if (width == 4) {
        for (size_t i = 0; i < 4; i++) tr_bn_fr_mul(&state[i], &state[i], &table->diagonal[i]);
    } else {
        tr_bn_fr_double(&state[width - 1], &state[width - 1]);
    }
    for (size_t i = 0; i < width; i++) add(&state[i], &sum);
}

static inline const tr_bn_fr *full_rounds(const tr_bn_fr *constants, size_t width, tr_bn_fr *state)
{
    for (size_t round = 0; round < TR_POSEIDON2_FULL / 2; round++) {
        for (size_t i = 0; i < width; i++) power(&state[i], constants++);
        mix_full(width, state);
    }
    return constants;
}

static inline void permute(const tr_poseidon2_table *table, size_t width, tr_bn_fr *state)
{
    mix_full(width, state);
    const tr_bn_fr *constants = full_rounds(table->constants, width, state);
    for (size_t round = 0; round < TR_POSEIDON2_BN_PARTIAL; round++) {
        power(&state[0], constants++);
        mix_partial(table, width, state);
    }
    (void)full_rounds(constants, width, state);
}

#endif
