/* The template of a prime field (field/prime.h says what it gives).  TR_PRIME is the field's name,
 * whose constants are in field/prime_constants.h, TR_PRIME_LIMBS its limbs; both are undefined at
 * the end.  Nothing here has external linkage, so that a file compiled for other instructions has
 * functions of its own. */
#ifndef TR_FIELD_PRIME_IMPL_H
#define TR_FIELD_PRIME_IMPL_H

#include "field/inverse_internal.h"
#include "field/limbs_internal.h"

#define TR_PASTE_(a, b) a##_##b
#define TR_PASTE(a, b)  TR_PASTE_(a, b)

/* Odd powers up to 2^5: what a sliding window of 5 bits needs. */
enum { TR_POWER_WINDOW = 5, TR_POWER_TABLE = 1 << (TR_POWER_WINDOW - 1) };

/* The window of an exponent that ends at bit *at - 1 from above: odd, at most width bits.  *at
 * becomes its lowest bit. */
static inline unsigned tr_power_window(const uint64_t *exponent, unsigned *at, unsigned width)
{
    unsigned high = *at - 1, low = high >= width ? high - width + 1 : 0, window = 0;
    while ((exponent[low / 64] >> (low % 64) & 1) == 0) low++;
    for (unsigned i = high + 1; i-- > low;)
        window = window << 1 | (unsigned)(exponent[i / 64] >> (i % 64) & 1);
    *at = low;
    return window;
}

static inline unsigned tr_power_bits(const uint64_t *exponent, unsigned limbs)
{
    while (limbs > 0 && exponent[limbs - 1] == 0) limbs--;
    return limbs == 0 ? 0 : 64 * limbs - tr_clz64(exponent[limbs - 1]);
}

#endif

#ifdef TR_PRIME
#define TR_F(name)   TR_PASTE(TR_PRIME, name)
#define TR_F_FREE    (TR_F(bits) < 64 * TR_PRIME_LIMBS)
#define TR_F_WIDE    TR_F(wide)
#define TR_F_BYTES   (8 * TR_PRIME_LIMBS)
#define TR_F_MODULUS TR_F(modulus)

/* A product before its reduction: twice the limbs.  Functions on these say what bounds they keep;
 * p R is the modulus shifted up by the limbs of an element. */
typedef struct TR_F_WIDE {
    uint64_t w[2 * TR_PRIME_LIMBS];
} TR_F_WIDE;

static inline bool TR_F(is_zero)(const TR_PRIME *a)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++) any |= a->w[i];
    return any == 0;
}

static inline bool TR_F(eq)(const TR_PRIME *a, const TR_PRIME *b)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++) any |= a->w[i] ^ b->w[i];
    return any == 0;
}

static inline void TR_F(select)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b, bool take_b)
{
    tr_limbs_select(TR_PRIME_LIMBS, out->w, a->w, b->w, take_b);
}

static inline void TR_F(add)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b)
{
    tr_mont_add(TR_PRIME_LIMBS, out->w, a->w, b->w, TR_F_MODULUS, TR_F_FREE);
}

static inline void TR_F(double)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_F(add)(out, a, a);
}

static inline void TR_F(sub)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b)
{
    tr_mont_sub(TR_PRIME_LIMBS, out->w, a->w, b->w, TR_F_MODULUS);
}

static inline void TR_F(neg)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_F(sub)(out, &TR_F(zero), a);
}

static inline void TR_F(halve)(TR_PRIME *out, const TR_PRIME *a)
{
    uint64_t back[TR_PRIME_LIMBS] TR_FIELD_UNSET, mask = 0 - (a->w[0] & 1);
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++) back[i] = TR_F_MODULUS[i] & mask;
    uint64_t carry = tr_limbs_add(TR_PRIME_LIMBS, back, back, a->w);
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++)
        out->w[i] = back[i] >> 1 | (i + 1 < TR_PRIME_LIMBS ? back[i + 1] : carry) << 63;
}

/* The product copied to its place of use: for short loops. */
static TR_FIELD_INLINE void TR_F(mul_inline)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b)
{
    tr_mont_mul(TR_PRIME_LIMBS, out->w, a->w, b->w, TR_F(montgomery), TR_F_FREE);
}

TR_FIELD_SHARED void TR_F(mul)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b)
{
    TR_F(mul_inline)(out, a, b);
}

TR_FIELD_SHARED void TR_F(sqr)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_F(mul_inline)(out, a, a);
}

/* out = a squared n times. */
TR_FIELD_SHARED void TR_F(sqr_times)(TR_PRIME *out, const TR_PRIME *a, unsigned n)
{
    TR_PRIME x = *a;
    for (unsigned i = 0; i < n; i++) TR_F(mul_inline)(&x, &x, &x);
    *out = x;
}

/* Without reduction: a + b must fit the limbs, below 2p for a and b below p. */
static inline void TR_F(add_lazy)(TR_PRIME *out, const TR_PRIME *a, const TR_PRIME *b)
{
    tr_limbs_add_lazy(TR_PRIME_LIMBS, out->w, a->w, b->w);
}

/* Any a and b. */
static TR_FIELD_INLINE void TR_F(wide_mul_inline)(TR_F_WIDE *out, const TR_PRIME *a,
                                                  const TR_PRIME *b)
{
    tr_limbs_mul(TR_PRIME_LIMBS, out->w, a->w, b->w);
}

TR_FIELD_SHARED void TR_F(wide_mul)(TR_F_WIDE *out, const TR_PRIME *a, const TR_PRIME *b)
{
    TR_F(wide_mul_inline)(out, a, b);
}

/* Sums without reduction: exact if they fit, or if the difference is not negative. */
static inline void TR_F(wide_add_lazy)(TR_F_WIDE *out, const TR_F_WIDE *a, const TR_F_WIDE *b)
{
    tr_limbs_add_lazy(2 * TR_PRIME_LIMBS, out->w, a->w, b->w);
}

static inline void TR_F(wide_sub_lazy)(TR_F_WIDE *out, const TR_F_WIDE *a, const TR_F_WIDE *b)
{
    tr_limbs_sub_lazy(2 * TR_PRIME_LIMBS, out->w, a->w, b->w);
}

/* Sums modulo p R of what is below p R; of moduli with a free bit. */
static inline void TR_F(wide_add)(TR_F_WIDE *out, const TR_F_WIDE *a, const TR_F_WIDE *b)
{
    tr_wide_add(TR_PRIME_LIMBS, out->w, a->w, b->w, TR_F_MODULUS);
}

static inline void TR_F(wide_sub)(TR_F_WIDE *out, const TR_F_WIDE *a, const TR_F_WIDE *b)
{
    tr_wide_sub(TR_PRIME_LIMBS, out->w, a->w, b->w, TR_F_MODULUS);
}

/* a / R, for a below p R. */
static TR_FIELD_INLINE void TR_F(redc_inline)(TR_PRIME *out, const TR_F_WIDE *a)
{
    tr_mont_redc(TR_PRIME_LIMBS, out->w, a->w, TR_F(montgomery), TR_F_FREE);
}

TR_FIELD_SHARED void TR_F(redc)(TR_PRIME *out, const TR_F_WIDE *a)
{
    TR_F(redc_inline)(out, a);
}

/* Numbers in and out. */
static inline void TR_F(of_limbs)(TR_PRIME *out, const uint64_t *plain)
{
    TR_PRIME x;
    tr_limbs_copy(TR_PRIME_LIMBS, x.w, plain);
    TR_F(mul)(out, &TR_F(r), &x);
}

static inline void TR_F(of_u64)(TR_PRIME *out, uint64_t x)
{
    TR_PRIME plain = {{x}};
    TR_F(mul)(out, &TR_F(r), &plain);
}

static inline void TR_F(to_limbs)(uint64_t *out, const TR_PRIME *a)
{
    static const TR_PRIME unit = {{1}};
    TR_PRIME plain;
    TR_F(mul)(&plain, a, &unit);
    tr_limbs_copy(TR_PRIME_LIMBS, out, plain.w);
}

static inline bool TR_F(is_odd)(const TR_PRIME *a)
{
    uint64_t plain[TR_PRIME_LIMBS];
    TR_F(to_limbs)(plain, a);
    return (plain[0] & 1) != 0;
}

static inline int TR_F(cmp)(const TR_PRIME *a, const TR_PRIME *b)
{
    uint64_t x[TR_PRIME_LIMBS], y[TR_PRIME_LIMBS];
    TR_F(to_limbs)(x, a);
    TR_F(to_limbs)(y, b);
    for (unsigned i = TR_PRIME_LIMBS; i-- > 0;)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* Plain limbs below the modulus only. */
static inline bool TR_F(of_limbs_strict)(TR_PRIME *out, const uint64_t *plain)
{
    uint64_t less[TR_PRIME_LIMBS];
    if (tr_limbs_sub(TR_PRIME_LIMBS, less, plain, TR_F_MODULUS) == 0) return false;
    TR_F(of_limbs)(out, plain);
    return true;
}

static inline bool TR_F(read_be)(TR_PRIME *out, const uint8_t *in)
{
    uint64_t plain[TR_PRIME_LIMBS];
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++)
        plain[i] = tr_load64be(in + TR_F_BYTES - 8 * (i + 1));
    return TR_F(of_limbs_strict)(out, plain);
}

static inline void TR_F(write_be)(uint8_t *out, const TR_PRIME *a)
{
    uint64_t plain[TR_PRIME_LIMBS];
    TR_F(to_limbs)(plain, a);
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++)
        tr_store64be(out + TR_F_BYTES - 8 * (i + 1), plain[i]);
}

static inline bool TR_F(read_le)(TR_PRIME *out, const uint8_t *in)
{
    uint64_t plain[TR_PRIME_LIMBS];
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++) plain[i] = tr_load64le(in + 8 * i);
    return TR_F(of_limbs_strict)(out, plain);
}

static inline void TR_F(write_le)(uint8_t *out, const TR_PRIME *a)
{
    uint64_t plain[TR_PRIME_LIMBS];
    TR_F(to_limbs)(plain, a);
    for (unsigned i = 0; i < TR_PRIME_LIMBS; i++) tr_store64le(out + 8 * i, plain[i]);
}

/* The number that len bytes are, big-endian, modulo p. */
TR_FIELD_SHARED void TR_F(reduce_be)(TR_PRIME *out, const uint8_t *in, size_t len)
{
    TR_PRIME sum = {{0}}, part;
    while (len > 0) {
        size_t take = len % TR_F_BYTES == 0 ? TR_F_BYTES : len % TR_F_BYTES;
        uint8_t padded[TR_F_BYTES] = {0};
        memcpy(padded + TR_F_BYTES - take, in, take);
        for (unsigned i = 0; i < TR_PRIME_LIMBS; i++)
            part.w[i] = tr_load64be(padded + TR_F_BYTES - 8 * (i + 1));
        TR_F(mul)(&sum, &sum, &TR_F(r)); /* up by R, in plain numbers */
        TR_F(mul)(&part, &TR_F(r), &part);
        TR_F(add)(&sum, &sum, &part);
        in += take;
        len -= take;
    }
    *out = sum;
}

/* Inverses, powers, roots. */
TR_FIELD_SHARED void TR_F(inv)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_PRIME x;
    tr_limbs_inverse(TR_PRIME_LIMBS, x.w, a->w, TR_F_MODULUS, TR_F(montgomery)[TR_PRIME_LIMBS]);
    TR_F(mul)(out, &x, &TR_F(r_squared));
}

/* Each of n elements is replaced by its inverse; zeros stay. */
TR_FIELD_SHARED void TR_F(inv_many)(size_t n, TR_PRIME *a, TR_PRIME *scratch)
{
    TR_PRIME product = TR_F(one), here;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = product;
        if (!TR_F(is_zero)(&a[i])) TR_F(mul)(&product, &product, &a[i]);
    }
    TR_F(inv)(&product, &product);
    for (size_t i = n; i-- > 0;) {
        if (TR_F(is_zero)(&a[i])) continue;
        TR_F(mul)(&here, &product, &scratch[i]);
        TR_F(mul)(&product, &product, &a[i]);
        a[i] = here;
    }
}

TR_FIELD_SHARED void TR_F(pow)(TR_PRIME *out, const TR_PRIME *a, const uint64_t *exponent,
                               unsigned limbs)
{
    TR_PRIME odd[TR_POWER_TABLE] TR_FIELD_UNSET, square, x = TR_F(one);
    unsigned at = tr_power_bits(exponent, limbs);
    unsigned width = at > 80 ? TR_POWER_WINDOW : at > 20 ? 3 : 1;
    odd[0] = *a;
    TR_F(sqr)(&square, a);
    for (unsigned i = 1; i < 1u << (width - 1); i++) TR_F(mul)(&odd[i], &odd[i - 1], &square);
    bool begun = false;
    while (at > 0) {
        if ((exponent[(at - 1) / 64] >> ((at - 1) % 64) & 1) == 0) {
            TR_F(sqr)(&x, &x);
            at--;
            continue;
        }
        unsigned from = at, window = tr_power_window(exponent, &at, width);
        if (begun) {
            TR_F(sqr_times)(&x, &x, from - at);
            TR_F(mul)(&x, &x, &odd[window / 2]);
        } else {
            x = odd[window / 2];
            begun = true;
        }
    }
    *out = x;
}

/* The square root by Tonelli and Shanks: x = a^((odd + 1) / 2) times roots of unity, until the rest
 * b = x^2 / a, of order 2^k, is 1. */
TR_FIELD_SHARED bool TR_F(sqrt_by_order)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_PRIME x, b, z = TR_F(root_of_unity), t;
    TR_F(pow)(&t, a, TR_F(root_exponent), TR_PRIME_LIMBS);
    TR_F(mul)(&x, &t, a);
    TR_F(mul)(&b, &x, &t);
    unsigned order = TR_F(two_adicity);
    while (!TR_F(eq)(&b, &TR_F(one))) {
        unsigned k = 0;
        for (t = b; k < order && !TR_F(eq)(&t, &TR_F(one)); k++) TR_F(sqr)(&t, &t);
        if (k == order) return false; /* of the first b only: later ones have smaller orders */
        TR_F(sqr_times)(&t, &z, order - k - 1);
        TR_F(sqr)(&z, &t);
        TR_F(mul)(&b, &b, &z);
        TR_F(mul)(&x, &x, &t);
        order = k;
    }
    *out = x;
    return true;
}

static inline bool TR_F(sqrt)(TR_PRIME *out, const TR_PRIME *a)
{
    TR_PRIME x, square;
    if (TR_F(is_zero)(a)) {
        *out = *a;
        return true;
    }
    if (TR_F(two_adicity) > 1) return TR_F(sqrt_by_order)(out, a);
    TR_F(pow)(&x, a, TR_F(root_exponent), TR_PRIME_LIMBS);
    TR_F(sqr)(&square, &x);
    if (!TR_F(eq)(&square, a)) return false;
    *out = x;
    return true;
}

static inline bool TR_F(is_square)(const TR_PRIME *a)
{
    TR_PRIME x;
    TR_F(pow)(&x, a, TR_F(half_order), TR_PRIME_LIMBS);
    return TR_F(is_zero)(a) || TR_F(eq)(&x, &TR_F(one));
}

#undef TR_F
#undef TR_F_FREE
#undef TR_F_WIDE
#undef TR_F_BYTES
#undef TR_F_MODULUS
#undef TR_PRIME
#undef TR_PRIME_LIMBS
#endif
