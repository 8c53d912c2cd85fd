/* Poseidon's rounds, compiled once for every processor and once for BMI2 and ADX. */
#ifndef TR_HASH_POSEIDON_IMPL_H
#define TR_HASH_POSEIDON_IMPL_H

#include "hash/poseidon_internal.h"

/* Products whose sum is below p R, as a sum before its reduction must be: 5 p < R. */
enum { LAZY_PRODUCTS = 5 };

/* out = a . b */
static inline void dot(tr_bn_fr *out, size_t n, const tr_bn_fr *a, const tr_bn_fr *b)
{
    tr_bn_fr_wide sum TR_FIELD_UNSET, part TR_FIELD_UNSET, product TR_FIELD_UNSET;
    for (size_t i = 0; i < n; i += LAZY_PRODUCTS) {
        size_t end = n - i < LAZY_PRODUCTS ? n : i + LAZY_PRODUCTS;
        tr_bn_fr_wide *to = i == 0 ? &sum : &part;
        tr_bn_fr_wide_mul(to, &a[i], &b[i]);
        for (size_t k = i + 1; k < end; k++) {
            tr_bn_fr_wide_mul(&product, &a[k], &b[k]);
            tr_bn_fr_wide_add_lazy(to, to, &product);
        }
        if (i > 0) tr_bn_fr_wide_add(&sum, &sum, &part);
    }
    tr_bn_fr_redc(out, &sum);
}

/* out = matrix v, for rows of the matrix. */
static inline void multiply(tr_bn_fr *out, size_t rows, size_t columns, const tr_bn_fr *matrix,
                            const tr_bn_fr *v)
{
    for (size_t i = 0; i < rows; i++) dot(&out[i], columns, &matrix[i * columns], v);
}

/* out = (a + constant)^5 */
static inline void s_box(tr_bn_fr *out, const tr_bn_fr *a, const tr_bn_fr *constant)
{
    tr_bn_fr x, fourth;
    tr_bn_fr_add(&x, a, constant);
    tr_bn_fr_sqr(&fourth, &x);
    tr_bn_fr_sqr(&fourth, &fourth);
    tr_bn_fr_mul(out, &x, &fourth);
}

/* The partial rounds.  past has S and y of the rounds in turn, those before the first in front. */
static inline void partial_rounds(const tr_poseidon_table *table, tr_bn_fr *past)
{
    size_t t = table->width;
    for (size_t r = 0; r < table->partial_rounds; r++) {
        tr_bn_fr *now = &past[2 * (r + t)];
        dot(&now[0], 2 * t - 1, table->step, &past[2 * r + 1]);
        s_box(&now[1], &now[0], &table->partial[r]);
    }
}

static inline void hash(const tr_poseidon_table *table, const tr_bn_fr *in, tr_bn_fr *out)
{
    tr_bn_fr past[2 * (TR_POSEIDON_WIDTH + TR_POSEIDON_PARTIAL)] TR_FIELD_UNSET;
    tr_bn_fr state[TR_POSEIDON_WIDTH] TR_FIELD_UNSET, next[TR_POSEIDON_WIDTH] TR_FIELD_UNSET;
    const tr_bn_fr *constants = table->full;
    size_t t = table->width, half = TR_POSEIDON_FULL / 2;
    memcpy(state, in, t * sizeof *in);
    for (size_t round = 0; round < TR_POSEIDON_FULL; round++, constants += t) {
        for (size_t i = 0; i < t; i++) s_box(&next[i], &state[i], &constants[i]);
        if (round == TR_POSEIDON_FULL - 1) break;
        bool enter = round == half - 1;
        multiply(state, t, t, enter ? table->enter : table->mix, next);
        if (!enter) continue;
        for (size_t i = 0; i < t; i++) {
            past[2 * i] = tr_bn_fr_zero;
            past[2 * i + 1] = state[i];
        }
        partial_rounds(table, past);
        multiply(state, t, 2 * t - 1, table->leave, &past[2 * (size_t)table->partial_rounds + 1]);
    }
    dot(out, t, table->mix, next);
}

#endif
