/* What every lane of a multiplication does: points from their x, tables of small multiples, digits,
 * and the ladder.  For the files that recover and that verify many signatures. */
#ifndef TR_CURVE_K1_VECTOR_AVX512_H
#define TR_CURVE_K1_VECTOR_AVX512_H

#include "curve/k1_scalar_avx512.h"
#include "curve/k1_table_avx512.h"
#include "curve/secp256k1.h"

enum { LANES = 8, WINDOWS = 33, ENTRIES = 8 };

/* What a vector keeps from one step to the next. */
typedef struct vector {
    k1_affine table[ENTRIES]; /* 1 to 8 times R */
    k1_fe beta_x[ENTRIES];    /* x of lambda times that */
    k1_fe z, r, s;            /* numbers mod n */
    k1_half half[2];          /* of u2, with 8 added to every digit */
    __m512i fixed[2][3];      /* halves of z / r, with 2048 added to every digit */
    k1_fe prefix;
    __mmask8 found, odd, ask;
    k1_jacobian sum;
} vector;

/* A pair of points to be added, then their sum: x1, x2, a product of denominators; then x, y. */
typedef struct slot {
    k1_fe a, b, prefix;
} slot;

/* Eight numbers of 32 bytes, big-endian. */
static inline void read_lanes(k1_fe *out, const uint8_t *const from[LANES])
{
    uint64_t words[4][LANES] __attribute__((aligned(64)));
    __m512i w[4];
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < 4; i++) words[i][lane] = tr_load64be(from[lane] + 8 * (3 - i));
    for (int i = 0; i < 4; i++) w[i] = _mm512_load_si512(words[i]);
    k1_of_words(out, w);
}

/* Writes eight weak numbers, big-endian, to a coordinate of eight keys. */
static inline void write_lanes(const k1_fe *a, tr_pubkey keys[LANES], size_t coordinate)
{
    uint64_t words[4][LANES] __attribute__((aligned(64)));
    __m512i w[4];
    k1_fe t = *a;
    k1_canonical(&t);
    k1_to_words(w, &t);
    for (int i = 0; i < 4; i++) _mm512_store_si512(words[i], w[i]);
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < 4; i++)
            tr_store64be((uint8_t *)&keys[lane] + coordinate + 8 * i, words[3 - i][lane]);
}

static const uint64_t generator[2][5] = {
    {0x2815b16f81798, 0xdb2dce28d959f, 0xe870b07029bfc, 0xbbac55a06295c, 0x79be667ef9dc},
    {0x7d08ffb10d4b8, 0x48a68554199c4, 0xe1108a8fd17b4, 0xc4655da4fbfc0, 0x483ada7726a3}};

/* y from x^3 + 7 and its root.  A lane without a point gets the generator, which does no harm. */
static inline void choose_y(vector *v, const k1_fe *square, k1_fe *root)
{
    k1_fe check, minus, g;
    k1_affine *point = &v->table[0];
    k1_neg_raw(&minus, square, 2);
    k1_sqr_add(&check, root, &minus);
    v->found = k1_is_zero(&check);
    k1_canonical(root);
    __mmask8 is_odd = _mm512_test_epi64_mask(root->l[0], k1_all(1));
    k1_neg_raw(&minus, root, 2);
    k1_carry(&minus);
    k1_canonical(&minus);
    k1_select(&point->y, (__mmask8)(is_odd ^ v->odd), root, &minus);
    point->x = v->r;
    k1_fe_set(&g, generator[0]);
    k1_select(&point->x, v->found, &g, &point->x);
    k1_fe_set(&g, generator[1]);
    k1_select(&point->y, v->found, &g, &point->y);
}

static inline void lift_points(vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i += 2) {
        vector *v[2] = {&vectors[i], &vectors[TR_MIN(i + 1, count - 1)]};
        k1_two square, root;
        for (int k = 0; k < 2; k++) {
            k1_fe seven, t;
            for (int l = 0; l < 5; l++) seven.l[l] = _mm512_setzero_si512();
            seven.l[0] = k1_all(7);
            k1_sqr(&t, &v[k]->r);
            k1_mul_add(&square.v[k], &t, &v[k]->r, &seven);
        }
        root = square;
        k1_two_sqrt(&root);
        choose_y(v[0], &square.v[0], &root.v[0]);
        if (v[1] != v[0]) choose_y(v[1], &square.v[1], &root.v[1]);
    }
}

/* Adds 8 to each of 33 digits of 4 bits. */
static inline void bias_half(k1_half *half)
{
    half->l[0] = k1_add64(half->l[0], k1_all(0x8888888888888));
    half->l[1] = k1_add64(half->l[1], k1_all(0x8888888888888));
    half->l[2] = k1_add64(half->l[2], k1_all(0x8888888));
    k1_carry_signed(half->l, 3);
}

/* 2 to 8 times R.  A step makes entry `to` of two others, and its denominator is 2 y of a doubling
 * or the difference of x; neither can be 0 in a group of prime order. */
typedef struct table_step {
    uint8_t to, a, b; /* multiples */
} table_step;

static inline void denominator_of(k1_fe *out, const vector *v, const table_step *step)
{
    const k1_affine *a = &v->table[step->a - 1], *b = &v->table[step->b - 1];
    if (a == b) {
        for (int i = 0; i < 5; i++) out->l[i] = k1_add64(a->y.l[i], a->y.l[i]);
        k1_carry(out);
    } else {
        k1_sub(out, &b->x, &a->x, 2);
    }
}

static inline void make_entry(vector *v, const table_step *step, const k1_fe *inverse)
{
    const k1_affine *a = &v->table[step->a - 1], *b = &v->table[step->b - 1];
    k1_fe numerator, slope;
    if (a == b) {
        k1_wide t;
        k1_wide_sqr(&t, &a->x);
        k1_reduce(&numerator, &t, 3);
    } else {
        k1_sub(&numerator, &b->y, &a->y, 2);
    }
    k1_mul(&slope, &numerator, inverse);
    k1_add_on_line(&v->table[step->to - 1], &slope, &a->x, &b->x, &a->y);
}

static inline void make_entries(vector *vectors, size_t n, k1_fe *prefix, const table_step *steps,
                                size_t count)
{
    k1_fe run, denominator, inverse;
    k1_fe_one(&run);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < count; k++) {
            prefix[i * count + k] = run;
            denominator_of(&denominator, &vectors[i], &steps[k]);
            k1_mul(&run, &run, &denominator);
        }
    k1_invert(&run);
    for (size_t i = n; i-- != 0;)
        for (size_t k = count; k-- != 0;) {
            denominator_of(&denominator, &vectors[i], &steps[k]);
            k1_mul(&inverse, &run, &prefix[i * count + k]);
            k1_mul(&run, &run, &denominator);
            make_entry(&vectors[i], &steps[k], &inverse);
        }
}

/* prefix has room for 4 n elements. */
static inline void make_tables(vector *vectors, size_t n, k1_fe *prefix)
{
    static const table_step steps[] = {{2, 1, 1}, {3, 2, 1}, {4, 2, 2}, {5, 4, 1},
                                       {6, 3, 3}, {7, 4, 3}, {8, 4, 4}};
    static const uint64_t beta_limbs[5] = {0x96c28719501ee, 0x7512f58995c13, 0xc3434e99cf049,
                                           0x7106e64479ea, 0x7ae96a2b657c};
    k1_fe beta;
    make_entries(vectors, n, prefix, steps, 1);
    make_entries(vectors, n, prefix, steps + 1, 2);
    make_entries(vectors, n, prefix, steps + 3, 4);
    k1_fe_set(&beta, beta_limbs);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < ENTRIES; k++)
            k1_mul(&vectors[i].beta_x[k], &vectors[i].table[k].x, &beta);
}

/* A digit of each lane: its absolute value and its sign. */
typedef struct digit {
    __m512i size;
    __mmask8 minus, zero;
} digit;

K1_INLINE digit digit_of_half(const k1_half *half, unsigned window)
{
    __m512i limb = half->l[window / 13];
    limb = _mm512_and_si512(_mm512_srl_epi64(limb, _mm_cvtsi32_si128((int)(4 * (window % 13)))),
                            k1_all(15));
    __m512i value = k1_sub64(limb, k1_all(8));
    digit out = {_mm512_abs_epi64(value), (__mmask8)(_mm512_movepi64_mask(value) ^ half->minus),
                 _mm512_testn_epi64_mask(value, value)};
    return out;
}

/* Picks a coordinate from the table, which has `stride` bytes from entry to entry; entry 1 for a
 * digit 0. */
K1_INLINE void pick(k1_fe *out, const k1_fe *first, size_t stride, const digit *d)
{
    *out = *first;
#pragma GCC unroll 8
    for (uint64_t k = 1; k < ENTRIES; k++) {
        const k1_fe *entry = (const k1_fe *)(const void *)((const char *)first + k * stride);
        __mmask8 mask = _mm512_cmpeq_epi64_mask(d->size, k1_all(k + 1));
#pragma GCC unroll 5
        for (int i = 0; i < 5; i++) out->l[i] = _mm512_mask_mov_epi64(out->l[i], mask, entry->l[i]);
    }
}

/* Where minus, y becomes 2 p - y: raw. */
K1_INLINE void negate_where(k1_fe *y, __mmask8 minus)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++)
        y->l[i] = _mm512_mask_sub_epi64(y->l[i], minus, k1_all(2 * k1_p[i]), y->l[i]);
}

/* The windows from the top: four doublings, one addition.  Gives the lanes whose
 * sum is infinity because all their digits are 0; where points met, z is 0. */
static inline __mmask8 ladder(k1_jacobian *out, const slot slots[WINDOWS],
                              const __mmask8 none[WINDOWS])
{
    k1_fe one;
    k1_fe_one(&one);
    k1_jacobian sum = {slots[WINDOWS - 1].a, slots[WINDOWS - 1].b, one};
    __mmask8 infinite = none[WINDOWS - 1];
    for (int w = WINDOWS - 2; w >= 0; w--) {
        k1_affine q = {slots[w].a, slots[w].b};
        for (int i = 0; i < 4; i++) k1_double(&sum);
        k1_jacobian old = sum;
        k1_add_mixed(&sum, &q);
        __mmask8 keep = none[w], take = infinite & (__mmask8)~none[w];
        if ((keep | take) != 0) {
            k1_select(&sum.x, keep, &sum.x, &old.x);
            k1_select(&sum.y, keep, &sum.y, &old.y);
            k1_select(&sum.z, keep, &sum.z, &old.z);
            k1_select(&sum.x, take, &sum.x, &q.x);
            k1_select(&sum.y, take, &sum.y, &q.y);
            k1_select(&sum.z, take, &sum.z, &one);
            infinite &= none[w];
        }
    }
    *out = sum;
    return infinite;
}

#endif
