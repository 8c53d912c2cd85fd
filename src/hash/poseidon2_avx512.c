/* Poseidon2 over KoalaBear, sixteen states at a time: element i of all of them is one vector. */
#include <immintrin.h>

#include "hash/poseidon2_constants.h"
#include "hash/poseidon2_internal.h"

typedef __m512i lanes;

enum { LANES = TR_POSEIDON2_LANES, WIDEST = 24 };

#define INLINE static inline __attribute__((always_inline))
#define UNSET  __attribute__((uninitialized))

INLINE lanes modulus(void)
{
    return _mm512_set1_epi32((int)TR_KOALABEAR_MODULUS);
}

/* Sums of what is below p are below p: the smaller of two differences is the one that did not wrap
 * around. */
INLINE lanes add(lanes a, lanes b)
{
    lanes sum = _mm512_add_epi32(a, b);
    return _mm512_min_epu32(sum, _mm512_sub_epi32(sum, modulus()));
}

INLINE lanes of_signed(lanes a) /* above -p and below p */
{
    return _mm512_min_epu32(a, _mm512_add_epi32(a, modulus()));
}

INLINE lanes sub(lanes a, lanes b)
{
    return of_signed(_mm512_sub_epi32(a, b));
}

/* Montgomery products of the lower halves of eight pairs of 64 bits, signed numbers between -p and
 * p: what is left is in the upper halves, again between -p and p. */
INLINE lanes product(lanes a, lanes b)
{
    const lanes inverse = _mm512_set1_epi32((int)(0 - TR_KOALABEAR_INVERSE));
    lanes full = _mm512_mul_epi32(a, b);
    lanes fold = _mm512_mul_epi32(_mm512_mul_epi32(full, inverse), modulus());
    return _mm512_sub_epi64(full, fold);
}

/* (a + constant)^3; the sum is above -p and below p by itself. */
INLINE lanes cube(lanes a, uint32_t constant)
{
    lanes even = _mm512_add_epi32(a, _mm512_set1_epi32((int)constant));
    lanes odd = _mm512_srli_epi64(even, 32);
    lanes even2 = _mm512_srli_epi64(product(even, even), 32);
    lanes odd2 = _mm512_srli_epi64(product(odd, odd), 32);
    lanes even3 = _mm512_srli_epi64(product(even, even2), 32);
    return of_signed(_mm512_mask_blend_epi32(0xaaaa, even3, product(odd, odd2)));
}

INLINE lanes twice(lanes a)
{
    return add(a, a);
}

/* a / 2^k, k at most 24: p is 1 modulo 2^24, so that a - q p, q being the lowest k bits, can be
 * divided by a shift; q (p - 1) / 2^k is q (2^7 - 1) 2^(24 - k).  A macro as gcc needs the number
 * in the instruction. */
#define OVER_POWER(a, k) after_shifts(_mm512_srli_epi32((a), (k)), _mm512_slli_epi32((a), 32 - (k)))

INLINE lanes after_shifts(lanes quotient, lanes remainder)
{
    lanes times_128 = _mm512_srli_epi32(remainder, 1);
    return sub(quotient, _mm512_sub_epi32(times_128, _mm512_srli_epi32(times_128, 7)));
}

INLINE void mix_full(unsigned width, lanes *s)
{
    lanes sum[4] UNSET;
#pragma GCC unroll 6
    for (unsigned i = 0; i < width; i += 4) {
        lanes *x = &s[i], x0 = x[0], t01 = add(x[0], x[1]), t23 = add(x[2], x[3]);
        lanes all = add(t01, t23), t1 = add(all, x[1]), t3 = add(all, x[3]);
        x[0] = add(t1, t01);
        x[1] = add(t1, twice(x[2]));
        x[2] = add(t3, t23);
        x[3] = add(t3, twice(x0));
#pragma GCC unroll 4
        for (unsigned k = 0; k < 4; k++) sum[k] = i == 0 ? x[k] : add(sum[k], x[k]);
    }
#pragma GCC unroll 24
    for (unsigned i = 0; i < width; i++) s[i] = add(s[i], sum[i % 4]);
}

INLINE void full_rounds(unsigned width, lanes *s, const uint32_t *constants)
{
    for (unsigned round = 0; round < TR_POSEIDON2_FULL / 2; round++, constants += width) {
#pragma GCC unroll 24
        for (unsigned i = 0; i < width; i++) s[i] = cube(s[i], constants[i]);
        mix_full(width, s);
    }
}

/* All but the first, in pairs: it comes last. */
INLINE lanes sum_of_rest(unsigned width, const lanes *s)
{
    lanes sum = add(s[1], s[2]);
#pragma GCC unroll 24
    for (unsigned i = 3; i + 1 < width; i += 2) sum = add(sum, add(s[i], s[i + 1]));
    return add(sum, s[width - 1]);
}

INLINE void mix_common(lanes sum, lanes *s)
{
    s[0] = sub(sum, twice(s[0]));
    s[1] = add(sum, s[1]);
    s[2] = add(sum, twice(s[2]));
    s[3] = add(sum, OVER_POWER(s[3], 1));
    s[4] = add(sum, add(twice(s[4]), s[4]));
    s[5] = add(sum, twice(twice(s[5])));
    s[6] = sub(sum, OVER_POWER(s[6], 1));
    s[7] = sub(sum, add(twice(s[7]), s[7]));
    s[8] = sub(sum, twice(twice(s[8])));
    s[9] = add(sum, OVER_POWER(s[9], 8));
}

INLINE void mix_partial_16(lanes sum, lanes *s)
{
    mix_common(sum, s);
    s[10] = add(sum, OVER_POWER(s[10], 3));
    s[11] = add(sum, OVER_POWER(s[11], 24));
    s[12] = sub(sum, OVER_POWER(s[12], 8));
    s[13] = sub(sum, OVER_POWER(s[13], 3));
    s[14] = sub(sum, OVER_POWER(s[14], 4));
    s[15] = sub(sum, OVER_POWER(s[15], 24));
}

INLINE void mix_partial_24(lanes sum, lanes *s)
{
    mix_common(sum, s);
    s[10] = add(sum, OVER_POWER(s[10], 2));
    s[11] = add(sum, OVER_POWER(s[11], 3));
    s[12] = add(sum, OVER_POWER(s[12], 4));
    s[13] = add(sum, OVER_POWER(s[13], 5));
    s[14] = add(sum, OVER_POWER(s[14], 6));
    s[15] = add(sum, OVER_POWER(s[15], 24));
    s[16] = sub(sum, OVER_POWER(s[16], 8));
    s[17] = sub(sum, OVER_POWER(s[17], 3));
    s[18] = sub(sum, OVER_POWER(s[18], 4));
    s[19] = sub(sum, OVER_POWER(s[19], 5));
    s[20] = sub(sum, OVER_POWER(s[20], 6));
    s[21] = sub(sum, OVER_POWER(s[21], 7));
    s[22] = sub(sum, OVER_POWER(s[22], 9));
    s[23] = sub(sum, OVER_POWER(s[23], 24));
}

INLINE void partial_round(unsigned width, lanes *s, uint32_t constant)
{
    lanes rest = sum_of_rest(width, s);
    s[0] = cube(s[0], constant);
    lanes sum = add(rest, s[0]);
    if (width == 16)
        mix_partial_16(sum, s);
    else
        mix_partial_24(sum, s);
}

/* Rows become columns. */
INLINE void transpose(lanes *v)
{
    lanes a[16] UNSET, b[16] UNSET;
#pragma GCC unroll 8
    for (unsigned i = 0; i < 16; i += 2) {
        a[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 16; i += 4) {
        b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
        b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
        b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
        b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) { /* b[4 j + i]: columns i, i + 4, ... of rows 4 j ... */
        a[i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0x88);
        a[4 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0x88);
        a[8 + i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0xdd);
        a[12 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0xdd);
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        v[i] = _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88);
        v[8 + i] = _mm512_shuffle_i32x4(a[i], a[4 + i], 0xdd);
        v[4 + i] = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88);
        v[12 + i] = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xdd);
    }
}

/* Sixteen states between memory and vectors; of a width of 24 the last eight columns go through a
 * square of their own. */
INLINE void load(unsigned width, lanes *s, const tr_koalabear *from)
{
#pragma GCC unroll 16
    for (unsigned i = 0; i < LANES; i++) s[i] = _mm512_loadu_si512(from + i * width);
    transpose(s);
    if (width == 16) return;
    lanes tail[LANES] UNSET;
#pragma GCC unroll 16
    for (unsigned i = 0; i < LANES; i++)
        tail[i] = _mm512_maskz_loadu_epi32(0xff, from + i * width + 16);
    transpose(tail);
    for (unsigned i = 16; i < width; i++) s[i] = tail[i - 16];
}

INLINE void store(unsigned width, tr_koalabear *to, lanes *s)
{
    lanes tail[LANES] UNSET;
    for (unsigned i = 16; i < width; i++) tail[i - 16] = s[i];
    transpose(s);
#pragma GCC unroll 16
    for (unsigned i = 0; i < LANES; i++) _mm512_storeu_si512(to + i * width, s[i]);
    if (width == 16) return;
    for (unsigned i = 8; i < LANES; i++) tail[i] = _mm512_setzero_si512();
    transpose(tail);
#pragma GCC unroll 16
    for (unsigned i = 0; i < LANES; i++)
        _mm512_mask_storeu_epi32(to + i * width + 16, 0xff, tail[i]);
}

static __attribute__((noinline)) void permute_16(tr_koalabear *states)
{
    lanes s[16] UNSET;
    load(16, s, states);
    mix_full(16, s);
    full_rounds(16, s, tr_poseidon2_kb16_constants.first);
    for (unsigned i = 0; i < TR_POSEIDON2_KB16_PARTIAL; i++)
        partial_round(16, s, tr_poseidon2_kb16_constants.partial[i]);
    full_rounds(16, s, tr_poseidon2_kb16_constants.last);
    store(16, states, s);
}

static __attribute__((noinline)) void permute_24(tr_koalabear *states)
{
    lanes s[24] UNSET;
    load(24, s, states);
    mix_full(24, s);
    full_rounds(24, s, tr_poseidon2_kb24_constants.first);
    for (unsigned i = 0; i < TR_POSEIDON2_KB24_PARTIAL; i++)
        partial_round(24, s, tr_poseidon2_kb24_constants.partial[i]);
    full_rounds(24, s, tr_poseidon2_kb24_constants.last);
    store(24, states, s);
}

/* What is left of a full set of states goes with others that nobody asked for. */
INLINE void many(unsigned width, size_t n, tr_koalabear *states, void (*permute)(tr_koalabear *))
{
    for (; n >= LANES; n -= LANES, states += (size_t)LANES * width) permute(states);
    if (n == 0) return;
    tr_koalabear set[LANES * WIDEST] = {{0}};
    memcpy(set, states, n * width * sizeof *set);
    permute(set);
    memcpy(states, set, n * width * sizeof *set);
}

void tr_poseidon2_kb16_many_avx512(size_t n, tr_koalabear states[][16])
{
    if (n == 1)
        tr_poseidon2_kb16(states[0]);
    else
        many(16, n, (tr_koalabear *)states, permute_16);
}

void tr_poseidon2_kb24_many_avx512(size_t n, tr_koalabear states[][24])
{
    if (n == 1)
        tr_poseidon2_kb24(states[0]);
    else
        many(24, n, (tr_koalabear *)states, permute_24);
}
