/* secp256k1's coordinates for one at a time, with MULX, ADCX and ADOX: any number below 2^256
 * stands for what it is modulo p = 2^256 - 2^32 - 977.  What is above 2^256 is folded down by 2^32
 * + 977, which is short; only comparing needs the number itself.  Public data only. */
#ifndef TR_CURVE_K1_FIELD_X86_H
#define TR_CURVE_K1_FIELD_X86_H

#include <immintrin.h>

#include "base/base.h"
#include "field/inverse_internal.h"

#define K1X_FOLD 0x1000003d1

typedef struct k1x_fe {
    uint64_t v[4];
} k1x_fe;

#define K1X_INLINE static inline __attribute__((always_inline))

/* Products: eight limbs in t0 to t7, of which the upper four are then folded down. */

#define K1X_STEP(x, low, high)                                                                     \
    "mulxq " x ", %[lo], %[hi]\n\t"                                                                \
    "adcxq %[lo], %[" low "]\n\t"                                                                  \
    "adoxq %[hi], %[" high "]\n\t"

/* t += a times a limb of b, top being new. */
#define K1X_ROW(b, t0, t1, t2, t3, top)                                                            \
    "movq " b "(%[t7]), %%rdx\n\t"                                                                 \
    "xorl %k[" top "], %k[" top "]\n\t" K1X_STEP("(%[a])", t0, t1) K1X_STEP("8(%[a])", t1, t2)     \
        K1X_STEP("16(%[a])", t2, t3) K1X_STEP("24(%[a])", t3, top) "movl $0, %k[lo]\n\t"           \
                                                                   "adcxq %[lo], %[" top "]\n\t"

#define K1X_FIRST_ROW                                                                              \
    "movq (%[t7]), %%rdx\n\t"                                                                      \
    "mulxq (%[a]), %[t0], %[t1]\n\t"                                                               \
    "mulxq 8(%[a]), %[lo], %[t2]\n\t"                                                              \
    "addq %[lo], %[t1]\n\t"                                                                        \
    "mulxq 16(%[a]), %[lo], %[t3]\n\t"                                                             \
    "adcq %[lo], %[t2]\n\t"                                                                        \
    "mulxq 24(%[a]), %[lo], %[t4]\n\t"                                                             \
    "adcq %[lo], %[t3]\n\t"                                                                        \
    "adcq $0, %[t4]\n\t"

/* What is above after the first fold is at most K1X_FOLD; its fold may carry once more, and then
 * what is left is short. */
#define K1X_FOLD_DOWN                                                                              \
    "movabsq $0x1000003d1, %%rdx\n\t"                                                              \
    "xorl %k[lo], %k[lo]\n\t" K1X_STEP("%[t4]", "t0", "t1") K1X_STEP("%[t5]", "t1", "t2")          \
        K1X_STEP("%[t6]", "t2", "t3") "mulxq %[t7], %[lo], %[t4]\n\t"                              \
                                      "adcxq %[lo], %[t3]\n\t"                                     \
                                      "movl $0, %k[lo]\n\t"                                        \
                                      "adoxq %[lo], %[t4]\n\t"                                     \
                                      "adcxq %[lo], %[t4]\n\t"                                     \
                                      "mulxq %[t4], %[lo], %[hi]\n\t"                              \
                                      "addq %[lo], %[t0]\n\t"                                      \
                                      "adcq %[hi], %[t1]\n\t"                                      \
                                      "adcq $0, %[t2]\n\t"                                         \
                                      "adcq $0, %[t3]\n\t"                                         \
                                      "sbbq %[lo], %[lo]\n\t"                                      \
                                      "andq %%rdx, %[lo]\n\t"                                      \
                                      "addq %[lo], %[t0]\n\t"                                      \
                                      "adcq $0, %[t1]"

/* Registers are few where a build wants some for itself: memory is named whole, and b's address
 * ends as t7. */
#define K1X_SUMS                                                                                   \
    [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),                \
        [t5] "=&r"(t5), [t6] "=&r"(t6), [lo] "=&r"(lo), [hi] "=&r"(hi)

K1X_INLINE void k1x_mul(k1x_fe *out, const k1x_fe *a, const k1x_fe *b)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, lo, hi;
    __asm__(K1X_FIRST_ROW K1X_ROW("8", "t1", "t2", "t3", "t4", "t5")
                K1X_ROW("16", "t2", "t3", "t4", "t5", "t6")
                    K1X_ROW("24", "t3", "t4", "t5", "t6", "t7") K1X_FOLD_DOWN
            : K1X_SUMS, [t7] "+&r"(b)
            : [a] "r"(a)
            : "rdx", "cc", "memory");
    *out = (k1x_fe){{t0, t1, t2, t3}};
}

/* The products of different limbs, then twice those along CF and the squares along OF. */
#define K1X_CROSS_PRODUCTS                                                                         \
    "movq (%[a]), %%rdx\n\t"                                                                       \
    "mulxq 8(%[a]), %[t1], %[t2]\n\t"                                                              \
    "mulxq 16(%[a]), %[lo], %[t3]\n\t"                                                             \
    "addq %[lo], %[t2]\n\t"                                                                        \
    "mulxq 24(%[a]), %[lo], %[t4]\n\t"                                                             \
    "adcq %[lo], %[t3]\n\t"                                                                        \
    "adcq $0, %[t4]\n\t"                                                                           \
    "movq 8(%[a]), %%rdx\n\t"                                                                      \
    "xorl %k[t7], %k[t7]\n\t" K1X_STEP("16(%[a])", "t3", "t4") "mulxq 24(%[a]), %[lo], %[t5]\n\t"  \
                                                               "adcxq %[lo], %[t4]\n\t"            \
                                                               "adoxq %[t7], %[t5]\n\t"            \
                                                               "adcxq %[t7], %[t5]\n\t"            \
                                                               "movq 16(%[a]), %%rdx\n\t"          \
                                                               "mulxq 24(%[a]), %[lo], %[t6]\n\t"  \
                                                               "addq %[lo], %[t5]\n\t"             \
                                                               "adcq $0, %[t6]\n\t"

#define K1X_SQUARE(a, low, high)                                                                   \
    "movq " a "(%[a]), %%rdx\n\t"                                                                  \
    "mulxq %%rdx, %[lo], %[hi]\n\t"                                                                \
    "adcxq %[" low "], %[" low "]\n\t"                                                             \
    "adoxq %[lo], %[" low "]\n\t"                                                                  \
    "adcxq %[" high "], %[" high "]\n\t"                                                           \
    "adoxq %[hi], %[" high "]\n\t"

#define K1X_FIRST_SQUARE                                                                           \
    "movq (%[a]), %%rdx\n\t"                                                                       \
    "xorl %k[lo], %k[lo]\n\t"                                                                      \
    "mulxq %%rdx, %[t0], %[hi]\n\t"                                                                \
    "adcxq %[t1], %[t1]\n\t"                                                                       \
    "adoxq %[hi], %[t1]\n\t"

K1X_INLINE void k1x_sqr(k1x_fe *out, const k1x_fe *a)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
    __asm__(K1X_CROSS_PRODUCTS K1X_FIRST_SQUARE K1X_SQUARE("8", "t2", "t3")
                K1X_SQUARE("16", "t4", "t5") K1X_SQUARE("24", "t6", "t7") K1X_FOLD_DOWN
            : K1X_SUMS, [t7] "=&r"(t7)
            : [a] "r"(a)
            : "rdx", "cc", "memory");
    *out = (k1x_fe){{t0, t1, t2, t3}};
}

static inline void k1x_sqr_times(k1x_fe *out, const k1x_fe *a, unsigned n)
{
    *out = *a;
    while (n-- != 0) k1x_sqr(out, out);
}

K1X_INLINE unsigned char k1x_add_limb(unsigned char carry, uint64_t a, uint64_t b, uint64_t *out)
{
    unsigned long long sum;
    carry = _addcarry_u64(carry, a, b, &sum);
    *out = sum;
    return carry;
}

K1X_INLINE unsigned char k1x_sub_limb(unsigned char borrow, uint64_t a, uint64_t b, uint64_t *out)
{
    unsigned long long rest;
    borrow = _subborrow_u64(borrow, a, b, &rest);
    *out = rest;
    return borrow;
}

/* x plus or less one limb; gives what it carries. */
K1X_INLINE unsigned char k1x_add_short(k1x_fe *x, uint64_t limb)
{
    unsigned char c = k1x_add_limb(0, x->v[0], limb, &x->v[0]);
    for (unsigned i = 1; i < 4; i++) c = k1x_add_limb(c, x->v[i], 0, &x->v[i]);
    return c;
}

K1X_INLINE unsigned char k1x_sub_short(k1x_fe *x, uint64_t limb)
{
    unsigned char c = k1x_sub_limb(0, x->v[0], limb, &x->v[0]);
    for (unsigned i = 1; i < 4; i++) c = k1x_sub_limb(c, x->v[i], 0, &x->v[i]);
    return c;
}

/* A carry is 2^256, which is K1X_FOLD modulo p; what carries twice is short afterwards. */
K1X_INLINE void k1x_add(k1x_fe *out, const k1x_fe *a, const k1x_fe *b)
{
    k1x_fe t;
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) c = k1x_add_limb(c, a->v[i], b->v[i], &t.v[i]);
    c = k1x_add_short(&t, (0 - (uint64_t)c) & K1X_FOLD);
    t.v[0] += (0 - (uint64_t)c) & K1X_FOLD;
    *out = t;
}

K1X_INLINE void k1x_sub(k1x_fe *out, const k1x_fe *a, const k1x_fe *b)
{
    k1x_fe t;
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) c = k1x_sub_limb(c, a->v[i], b->v[i], &t.v[i]);
    c = k1x_sub_short(&t, (0 - (uint64_t)c) & K1X_FOLD);
    t.v[0] -= (0 - (uint64_t)c) & K1X_FOLD;
    *out = t;
}

/* Half of a, or of a + p = a - K1X_FOLD + 2^256, whichever is even. */
K1X_INLINE void k1x_halve(k1x_fe *out, const k1x_fe *a)
{
    k1x_fe t = *a;
    uint64_t odd = t.v[0] & 1, borrow = k1x_sub_short(&t, (0 - odd) & K1X_FOLD),
             above = odd - borrow;
    *out = (k1x_fe){{t.v[0] >> 1 | t.v[1] << 63, t.v[1] >> 1 | t.v[2] << 63,
                     t.v[2] >> 1 | t.v[3] << 63, t.v[3] >> 1 | above << 63}};
}

static const k1x_fe k1x_prime = {{0 - (uint64_t)K1X_FOLD, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
static const k1x_fe k1x_one = {{1}};

static inline void k1x_normalize(k1x_fe *x)
{
    k1x_fe t = *x;
    if (k1x_add_short(&t, K1X_FOLD) != 0) *x = t;
}

K1X_INLINE bool k1x_is_zero(const k1x_fe *x)
{
    uint64_t any = x->v[0] | x->v[1] | x->v[2] | x->v[3];
    return any == 0 || memcmp(x, &k1x_prime, sizeof(k1x_prime)) == 0;
}

static inline void k1x_invert(k1x_fe *out, const k1x_fe *a)
{
    static const uint64_t minus_inverse = 0xd838091dd2253531; /* of p, modulo 2^64 */
    k1x_fe t = *a;
    k1x_normalize(&t);
    tr_limbs_inverse(4, out->v, t.v, k1x_prime.v, minus_inverse);
}

/* x^((p + 1) / 4): runs of 223, 22 and 2 ones in the exponent. */
static inline bool k1x_root(k1x_fe *out, const k1x_fe *x)
{
    k1x_fe x2, x3, x22, x44, x88, t, u;
    k1x_sqr_times(&t, x, 1);
    k1x_mul(&x2, &t, x);
    k1x_sqr_times(&t, &x2, 1);
    k1x_mul(&x3, &t, x);
    k1x_sqr_times(&t, &x3, 3);
    k1x_mul(&t, &t, &x3); /* 6 */
    k1x_sqr_times(&t, &t, 3);
    k1x_mul(&t, &t, &x3); /* 9 */
    k1x_sqr_times(&t, &t, 2);
    k1x_mul(&u, &t, &x2); /* 11 */
    k1x_sqr_times(&t, &u, 11);
    k1x_mul(&x22, &t, &u);
    k1x_sqr_times(&t, &x22, 22);
    k1x_mul(&x44, &t, &x22);
    k1x_sqr_times(&t, &x44, 44);
    k1x_mul(&x88, &t, &x44);
    k1x_sqr_times(&t, &x88, 88);
    k1x_mul(&t, &t, &x88); /* 176 */
    k1x_sqr_times(&t, &t, 44);
    k1x_mul(&t, &t, &x44); /* 220 */
    k1x_sqr_times(&t, &t, 3);
    k1x_mul(&t, &t, &x3); /* 223 */
    k1x_sqr_times(&t, &t, 23);
    k1x_mul(&t, &t, &x22);
    k1x_sqr_times(&t, &t, 6);
    k1x_mul(&t, &t, &x2);
    k1x_sqr_times(out, &t, 2);
    k1x_sqr(&t, out);
    k1x_sub(&t, &t, x);
    return k1x_is_zero(&t);
}

#endif
