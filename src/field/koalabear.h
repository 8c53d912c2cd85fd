/* KoalaBear, the prime 2^31 - 2^24 + 1: a field of one word, sixteen in a vector. */
#ifndef TR_FIELD_KOALABEAR_H
#define TR_FIELD_KOALABEAR_H

#include "base/base.h"

/* In Montgomery form, below the modulus. */
typedef struct tr_koalabear {
    uint32_t v;
} tr_koalabear;

#define TR_KOALABEAR_MODULUS UINT32_C(0x7f000001)
#define TR_KOALABEAR_INVERSE UINT32_C(0x7effffff) /* minus one over the modulus, modulo 2^32 */

static inline tr_koalabear tr_kb_reduce(uint64_t x)
{
    uint32_t m = (uint32_t)x * TR_KOALABEAR_INVERSE;
    uint32_t r = (uint32_t)((x + (uint64_t)m * TR_KOALABEAR_MODULUS) >> 32);
    return (tr_koalabear){r >= TR_KOALABEAR_MODULUS ? r - TR_KOALABEAR_MODULUS : r};
}

static inline tr_koalabear tr_kb_mul(tr_koalabear a, tr_koalabear b)
{
    return tr_kb_reduce((uint64_t)a.v * b.v);
}

static inline tr_koalabear tr_kb_add(tr_koalabear a, tr_koalabear b)
{
    uint32_t s = a.v + b.v;
    return (tr_koalabear){s >= TR_KOALABEAR_MODULUS ? s - TR_KOALABEAR_MODULUS : s};
}

static inline tr_koalabear tr_kb_sub(tr_koalabear a, tr_koalabear b)
{
    return (tr_koalabear){a.v >= b.v ? a.v - b.v : a.v + TR_KOALABEAR_MODULUS - b.v};
}

/* Plain numbers; of: any value. */
tr_koalabear tr_kb_of(uint32_t plain);
uint32_t tr_kb_to(tr_koalabear a);
tr_koalabear tr_kb_inv(tr_koalabear a); /* zero gives zero */
tr_koalabear tr_kb_pow(tr_koalabear a, uint64_t exponent);

/* tr_kb_inv_many replaces each of n elements by its inverse, with one inversion; scratch holds n
 * more. */
void tr_kb_inv_many(size_t n, tr_koalabear a[], tr_koalabear scratch[]);

#endif
