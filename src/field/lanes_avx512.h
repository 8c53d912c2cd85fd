/* Eight elements of a prime field at a time, with AVX-512 IFMA: tr_bn_fp_x8, tr_bn_fr_x8,
 * tr_bls_fp_x8, tr_bls_fr_x8.  For files compiled for AVX-512 only.
 *
 * A number is in limbs of 52 bits, one register for each, one lane for each of eight numbers: 5
 * limbs for moduli of 254 and 255 bits, 8 for 381.  R is 2^260 and 2^416, so that much room is left
 * above the modulus p: R is 84 p, 35 p and 2^35 p.  For a field F, X = F_x8:
 *
 *   X_load(X *out, const F *a, size_t stride)     eight elements, stride elements apart, as they
 * are X_store(F *out, size_t stride, const X *a)    a below p; or below 2^256 (2^384) to keep as it
 * is X_in, X_out      from elements as F has them to R's Montgomery form, and back (outputs are
 *                    below 2p); what is only multiplied by numbers of R's form needs neither
 *   X_set(X *out, const uint64_t *limbs)           one number of limbs of 52 bits in all lanes
 *   X_add, X_sub_2p (a - b + 2p), X_sub_4p         limb by limb, without carry: limbs are signed
 * then X_carry          brings limbs to 0 .. 2^52 - 1 (the number must be 0 .. R); each limb may
 * have been anything below 2^61 in magnitude X_mul, X_sqr     a b / R.  Inputs carried.  Output
 * carried, below p + a b / R: below 2p if a and b are below 4p X_mul_raw        the same without
 * the carry: for sums X_reduce_once    of what is below 2p, carried: below p X_reduce         of
 * what is below 32 p, carried: below p X_is_zero        a mask of lanes; carried and below p
 *   X_select(X *out, const X *a, const X *b, __mmask8 take_b) */
#ifndef TR_FIELD_LANES_AVX512_H
#define TR_FIELD_LANES_AVX512_H

#include <immintrin.h>

#include "field/lanes_constants_avx512.h"
#include "field/prime.h"

enum { TR_LANES_MAX_LIMBS = 8 };
#define TR_LANES_MASK ((int64_t)0xfffffffffffff)

/* out[i] += the halves of a b below and above 2^52. */
static TR_FIELD_INLINE __m512i tr_lanes_low(__m512i sum, __m512i a, __m512i b)
{
    return _mm512_madd52lo_epu64(sum, a, b);
}

static TR_FIELD_INLINE __m512i tr_lanes_high(__m512i sum, __m512i a, __m512i b)
{
    return _mm512_madd52hi_epu64(sum, a, b);
}

static TR_FIELD_INLINE void tr_lanes_carry(unsigned n, __m512i *out, const __m512i *a)
{
    const __m512i mask = _mm512_set1_epi64(TR_LANES_MASK);
    __m512i carry = _mm512_setzero_si512();
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        __m512i x = _mm512_add_epi64(a[i], carry);
        carry = _mm512_srai_epi64(x, 52);
        out[i] = _mm512_and_si512(x, mask);
    }
}

/* The columns of a b, and of a^2 with each pair of factors taken once. */
static TR_FIELD_INLINE void tr_lanes_columns(unsigned n, __m512i *t, const __m512i *a,
                                             const __m512i *b)
{
#pragma GCC unroll 16
    for (unsigned i = 0; i < 2 * n; i++) t[i] = _mm512_setzero_si512();
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
#pragma GCC unroll 12
        for (unsigned j = 0; j < n; j++) {
            t[i + j] = tr_lanes_low(t[i + j], a[j], b[i]);
            t[i + j + 1] = tr_lanes_high(t[i + j + 1], a[j], b[i]);
        }
    }
}

static TR_FIELD_INLINE void tr_lanes_square_columns(unsigned n, __m512i *t, const __m512i *a)
{
#pragma GCC unroll 16
    for (unsigned i = 0; i < 2 * n; i++) t[i] = _mm512_setzero_si512();
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
#pragma GCC unroll 12
        for (unsigned j = i + 1; j < n; j++) {
            t[i + j] = tr_lanes_low(t[i + j], a[j], a[i]);
            t[i + j + 1] = tr_lanes_high(t[i + j + 1], a[j], a[i]);
        }
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 2 * n; i++) t[i] = _mm512_add_epi64(t[i], t[i]);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        t[2 * i] = tr_lanes_low(t[2 * i], a[i], a[i]);
        t[2 * i + 1] = tr_lanes_high(t[2 * i + 1], a[i], a[i]);
    }
}

/* Columns made divisible by R: what is left is above t[n - 1]. */
static TR_FIELD_INLINE void tr_lanes_fold(unsigned n, __m512i *t, const uint64_t *p,
                                          uint64_t inverse)
{
    const __m512i minus_inverse = _mm512_set1_epi64((int64_t)inverse);
    const __m512i zero = _mm512_setzero_si512();
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        __m512i q = tr_lanes_low(zero, t[i], minus_inverse);
#pragma GCC unroll 12
        for (unsigned j = 0; j < n; j++) {
            __m512i limb = _mm512_set1_epi64((int64_t)p[j]);
            t[i + j] = tr_lanes_low(t[i + j], q, limb);
            t[i + j + 1] = tr_lanes_high(t[i + j + 1], q, limb);
        }
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srli_epi64(t[i], 52));
    }
}

static TR_FIELD_INLINE void tr_lanes_mul_raw(unsigned n, __m512i *out, const __m512i *a,
                                             const __m512i *b, const uint64_t *p, uint64_t inverse)
{
    __m512i t[2 * TR_LANES_MAX_LIMBS];
    tr_lanes_columns(n, t, a, b);
    tr_lanes_fold(n, t, p, inverse);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) out[i] = t[n + i];
}

static TR_FIELD_INLINE void tr_lanes_sqr(unsigned n, __m512i *out, const __m512i *a,
                                         const uint64_t *p, uint64_t inverse)
{
    __m512i t[2 * TR_LANES_MAX_LIMBS];
    tr_lanes_square_columns(n, t, a);
    tr_lanes_fold(n, t, p, inverse);
    tr_lanes_carry(n, out, t + n);
}

/* a - p, unless that is negative. */
static TR_FIELD_INLINE void tr_lanes_reduce_once(unsigned n, __m512i *out, const __m512i *a,
                                                 const uint64_t *p)
{
    __m512i less[TR_LANES_MAX_LIMBS], borrow = _mm512_setzero_si512();
    const __m512i mask = _mm512_set1_epi64(TR_LANES_MASK);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        __m512i x = _mm512_sub_epi64(a[i], _mm512_set1_epi64((int64_t)p[i]));
        x = _mm512_add_epi64(x, borrow);
        borrow = _mm512_srai_epi64(x, 52);
        less[i] = _mm512_and_si512(x, mask);
    }
    __mmask8 negative = _mm512_movepi64_mask(borrow);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) out[i] = _mm512_mask_mov_epi64(less[i], negative, a[i]);
}

/* A multiple of p that is right or one too small is taken away. */
static TR_FIELD_INLINE void tr_lanes_reduce(unsigned n, __m512i *out, const __m512i *a,
                                            const uint64_t *p, uint64_t quotient, unsigned up,
                                            unsigned down)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i t[TR_LANES_MAX_LIMBS], top = a[n - 1];
    if (up > 0)
        top = _mm512_or_si512(_mm512_slli_epi64(top, up), _mm512_srli_epi64(a[n - 2], 52 - up));
    __m512i q = tr_lanes_high(zero, top, _mm512_set1_epi64((int64_t)quotient));
    q = _mm512_srli_epi64(q, down);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) t[i] = a[i];
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        __m512i limb = _mm512_set1_epi64((int64_t)p[i]);
        t[i] = _mm512_sub_epi64(t[i], tr_lanes_low(zero, q, limb));
        if (i + 1 < n) t[i + 1] = _mm512_sub_epi64(t[i + 1], tr_lanes_high(zero, q, limb));
    }
    tr_lanes_carry(n, t, t);
    tr_lanes_reduce_once(n, out, t, p);
}

/* Between words[j], the j-th 64-bit limbs of eight elements, and limbs of 52 bits. */
static TR_FIELD_INLINE void tr_lanes_split(unsigned words, unsigned n, __m512i *out,
                                           const __m512i *word)
{
    const __m512i mask = _mm512_set1_epi64(TR_LANES_MASK);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        unsigned at = 52 * i / 64, bit = 52 * i % 64;
        __m512i x = _mm512_srli_epi64(word[at], bit);
        if (bit > 12 && at + 1 < words)
            x = _mm512_or_si512(x, _mm512_slli_epi64(word[at + 1], 64 - bit));
        out[i] = _mm512_and_si512(x, mask);
    }
}

static TR_FIELD_INLINE void tr_lanes_join(unsigned words, unsigned n, __m512i *word,
                                          const __m512i *a)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < words; i++) {
        unsigned at = 64 * i / 52, bit = 64 * i % 52;
        __m512i x = _mm512_srli_epi64(a[at], bit);
        if (at + 1 < n) x = _mm512_or_si512(x, _mm512_slli_epi64(a[at + 1], 52 - bit));
        if (at + 2 < n && 104 - bit < 64)
            x = _mm512_or_si512(x, _mm512_slli_epi64(a[at + 2], 104 - bit));
        word[i] = x;
    }
}

/* Four words of two elements beside each other. */
static TR_FIELD_INLINE __m512i tr_lanes_pair(const uint64_t *a, const uint64_t *b)
{
    __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const void *)a));
    return _mm512_inserti64x4(low, _mm256_loadu_si256((const void *)b), 1);
}

/* Words 0 .. 3 of eight elements, stride words apart. */
static TR_FIELD_INLINE void tr_lanes_read_4(__m512i *word, const uint64_t *a, size_t stride)
{
    const __m512i low = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
    const __m512i high = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
    __m512i e01 = tr_lanes_pair(a, a + stride), e23 = tr_lanes_pair(a + 2 * stride, a + 3 * stride);
    __m512i e45 = tr_lanes_pair(a + 4 * stride, a + 5 * stride);
    __m512i e67 = tr_lanes_pair(a + 6 * stride, a + 7 * stride);
    __m512i first = _mm512_permutex2var_epi64(e01, low, e23);
    __m512i second = _mm512_permutex2var_epi64(e45, low, e67);
    word[0] = _mm512_shuffle_i64x2(first, second, 0x44);
    word[1] = _mm512_shuffle_i64x2(first, second, 0xee);
    first = _mm512_permutex2var_epi64(e01, high, e23);
    second = _mm512_permutex2var_epi64(e45, high, e67);
    word[2] = _mm512_shuffle_i64x2(first, second, 0x44);
    word[3] = _mm512_shuffle_i64x2(first, second, 0xee);
}

static TR_FIELD_INLINE void tr_lanes_write_4(uint64_t *out, size_t stride, const __m512i *word)
{
    const __m512i even = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i odd = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    __m512i w01 = _mm512_permutex2var_epi64(word[0], even, word[1]); /* of lanes 0 .. 3 */
    __m512i w23 = _mm512_permutex2var_epi64(word[2], even, word[3]);
    __m512i x01 = _mm512_permutex2var_epi64(word[0], odd, word[1]); /* of lanes 4 .. 7 */
    __m512i x23 = _mm512_permutex2var_epi64(word[2], odd, word[3]);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i last = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    __m512i e[4] = {
        _mm512_permutex2var_epi64(w01, first, w23), _mm512_permutex2var_epi64(w01, last, w23),
        _mm512_permutex2var_epi64(x01, first, x23), _mm512_permutex2var_epi64(x01, last, x23)};
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        _mm256_storeu_si256((void *)(out + 2 * i * stride), _mm512_castsi512_si256(e[i]));
        _mm256_storeu_si256((void *)(out + (2 * i + 1) * stride),
                            _mm512_extracti64x4_epi64(e[i], 1));
    }
}

/* Words 4 and 5 of eight elements of six. */
static TR_FIELD_INLINE void tr_lanes_read_6(__m512i *word, const uint64_t *a, size_t stride)
{
    tr_lanes_read_4(word, a, stride);
    uint64_t rest[2][8] __attribute__((aligned(64)));
    for (unsigned i = 0; i < 8; i++) {
        rest[0][i] = a[i * stride + 4];
        rest[1][i] = a[i * stride + 5];
    }
    word[4] = _mm512_load_si512(rest[0]);
    word[5] = _mm512_load_si512(rest[1]);
}

static TR_FIELD_INLINE void tr_lanes_write_6(uint64_t *out, size_t stride, const __m512i *word)
{
    uint64_t rest[2][8] __attribute__((aligned(64)));
    tr_lanes_write_4(out, stride, word);
    _mm512_store_si512(rest[0], word[4]);
    _mm512_store_si512(rest[1], word[5]);
    for (unsigned i = 0; i < 8; i++) {
        out[i * stride + 4] = rest[0][i];
        out[i * stride + 5] = rest[1][i];
    }
}

#define TR_LANES       tr_bn_fp
#define TR_LANES_WORDS 4
#include "field/lanes_impl_avx512.h"
#define TR_LANES       tr_bn_fr
#define TR_LANES_WORDS 4
#include "field/lanes_impl_avx512.h"
#define TR_LANES       tr_bls_fp
#define TR_LANES_WORDS 6
#include "field/lanes_impl_avx512.h"
#define TR_LANES       tr_bls_fr
#define TR_LANES_WORDS 4
#include "field/lanes_impl_avx512.h"

#endif
