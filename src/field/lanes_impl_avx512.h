/* The template of eight lanes (field/lanes_avx512.h says what it gives): TR_LANES is the field,
 * TR_LANES_WORDS its 64-bit limbs; both are undefined at the end. */
#ifndef TR_FIELD_LANES_IMPL_AVX512_H
#define TR_FIELD_LANES_IMPL_AVX512_H

#include "field/prime.h"

#endif

#ifdef TR_LANES
#define TR_X        TR_PASTE(TR_LANES, x8)
#define TR_XF(name) TR_PASTE(TR_X, name)
#define TR_X_LIMBS  TR_XF(limbs)

typedef struct TR_X {
    __m512i l[TR_X_LIMBS];
} TR_X;

static TR_FIELD_INLINE void TR_XF(load)(TR_X *out, const TR_LANES *a, size_t stride)
{
    __m512i word[TR_LANES_WORDS];
    if (TR_LANES_WORDS == 4)
        tr_lanes_read_4(word, a->w, TR_LANES_WORDS * stride);
    else
        tr_lanes_read_6(word, a->w, TR_LANES_WORDS * stride);
    tr_lanes_split(TR_LANES_WORDS, TR_X_LIMBS, out->l, word);
}

static TR_FIELD_INLINE void TR_XF(store)(TR_LANES *out, size_t stride, const TR_X *a)
{
    __m512i word[TR_LANES_WORDS];
    tr_lanes_join(TR_LANES_WORDS, TR_X_LIMBS, word, a->l);
    if (TR_LANES_WORDS == 4)
        tr_lanes_write_4(out->w, TR_LANES_WORDS * stride, word);
    else
        tr_lanes_write_6(out->w, TR_LANES_WORDS * stride, word);
}

static TR_FIELD_INLINE void TR_XF(set)(TR_X *out, const uint64_t *limbs)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < TR_X_LIMBS; i++) out->l[i] = _mm512_set1_epi64((int64_t)limbs[i]);
}

static TR_FIELD_INLINE void TR_XF(add)(TR_X *out, const TR_X *a, const TR_X *b)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < TR_X_LIMBS; i++) out->l[i] = _mm512_add_epi64(a->l[i], b->l[i]);
}

static TR_FIELD_INLINE void TR_XF(sub_2p)(TR_X *out, const TR_X *a, const TR_X *b)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < TR_X_LIMBS; i++) {
        __m512i more = _mm512_set1_epi64((int64_t)TR_XF(twice)[i]);
        out->l[i] = _mm512_add_epi64(_mm512_sub_epi64(a->l[i], b->l[i]), more);
    }
}

static TR_FIELD_INLINE void TR_XF(sub_4p)(TR_X *out, const TR_X *a, const TR_X *b)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < TR_X_LIMBS; i++) {
        __m512i more = _mm512_set1_epi64(2 * (int64_t)TR_XF(twice)[i]);
        out->l[i] = _mm512_add_epi64(_mm512_sub_epi64(a->l[i], b->l[i]), more);
    }
}

static TR_FIELD_INLINE void TR_XF(carry)(TR_X *out, const TR_X *a)
{
    tr_lanes_carry(TR_X_LIMBS, out->l, a->l);
}

static TR_FIELD_INLINE void TR_XF(mul_raw)(TR_X *out, const TR_X *a, const TR_X *b)
{
    tr_lanes_mul_raw(TR_X_LIMBS, out->l, a->l, b->l, TR_XF(modulus), TR_XF(inverse));
}

static TR_FIELD_INLINE void TR_XF(mul)(TR_X *out, const TR_X *a, const TR_X *b)
{
    TR_XF(mul_raw)(out, a, b);
    TR_XF(carry)(out, out);
}

static TR_FIELD_INLINE void TR_XF(sqr)(TR_X *out, const TR_X *a)
{
    tr_lanes_sqr(TR_X_LIMBS, out->l, a->l, TR_XF(modulus), TR_XF(inverse));
}

static TR_FIELD_INLINE void TR_XF(reduce_once)(TR_X *out, const TR_X *a)
{
    tr_lanes_reduce_once(TR_X_LIMBS, out->l, a->l, TR_XF(modulus));
}

static TR_FIELD_INLINE void TR_XF(reduce)(TR_X *out, const TR_X *a)
{
    tr_lanes_reduce(TR_X_LIMBS, out->l, a->l, TR_XF(modulus), TR_XF(quotient), TR_XF(up),
                    TR_XF(down));
}

static TR_FIELD_INLINE void TR_XF(in)(TR_X *out, const TR_X *a)
{
    TR_X by;
    TR_XF(set)(&by, TR_XF(factor_in));
    TR_XF(mul)(out, a, &by);
}

static TR_FIELD_INLINE void TR_XF(out)(TR_X *out, const TR_X *a)
{
    TR_X by;
    TR_XF(set)(&by, TR_XF(factor_out));
    TR_XF(mul)(out, a, &by);
}

static TR_FIELD_INLINE __mmask8 TR_XF(is_zero)(const TR_X *a)
{
    __m512i any = a->l[0];
#pragma GCC unroll 12
    for (unsigned i = 1; i < TR_X_LIMBS; i++) any = _mm512_or_si512(any, a->l[i]);
    return _mm512_testn_epi64_mask(any, any);
}

static TR_FIELD_INLINE void TR_XF(select)(TR_X *out, const TR_X *a, const TR_X *b, __mmask8 take_b)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < TR_X_LIMBS; i++)
        out->l[i] = _mm512_mask_mov_epi64(a->l[i], take_b, b->l[i]);
}

#undef TR_X
#undef TR_XF
#undef TR_X_LIMBS
#undef TR_LANES
#undef TR_LANES_WORDS
#endif
