/* secp256k1: recovery of one signer, with MULX, ADCX and ADOX.  The way is that of k1_portable.c:
 * one ladder of 128 doublings over four halves.  What is faster here:
 *
 * - The field: any number below 2^256 stands for what it is modulo p = 2^256 - FOLD, and what is
 *   above is folded down by FOLD, which is short; only comparing needs the number itself.
 * - The odd multiples of the point have one common z, so that they count as affine ones of another
 *   curve y^2 = x^3 + b', on which the ladder goes; nothing of it asks what b' is.  No inversion is
 *   needed for them, and the generator's multiples go over with two products each.
 * - The generator's multiples reach farther than a table in the source could.
 *
 * Public data only: time depends on values. */
#include "curve/k1_x86.h"

#include <immintrin.h>

#include "curve/k1_generator.h"
#include "field/inverse_internal.h"
#include "hash/once_internal.h"

#define FOLD 0x1000003d1

typedef struct fe {
    uint64_t v[4];
} fe;

#define INLINE static inline __attribute__((always_inline))

/* Products: eight limbs in t0 to t7, of which the upper four are then folded down. */

#define STEP(x, low, high)                                                                         \
    "mulxq " x ", %[lo], %[hi]\n\t"                                                                \
    "adcxq %[lo], %[" low "]\n\t"                                                                  \
    "adoxq %[hi], %[" high "]\n\t"

/* t += a times the limb of b at that offset, top being new. */
#define ROW(b, t0, t1, t2, t3, top)                                                                \
    "movq %[" b "], %%rdx\n\t"                                                                     \
    "xorl %k[" top "], %k[" top "]\n\t" STEP("%[a0]", t0, t1) STEP("%[a1]", t1, t2)                \
        STEP("%[a2]", t2, t3) STEP("%[a3]", t3, top) "movl $0, %k[lo]\n\t"                         \
                                                     "adcxq %[lo], %[" top "]\n\t"

#define FIRST_ROW                                                                                  \
    "movq %[b0], %%rdx\n\t"                                                                        \
    "mulxq %[a0], %[t0], %[t1]\n\t"                                                                \
    "mulxq %[a1], %[lo], %[t2]\n\t"                                                                \
    "addq %[lo], %[t1]\n\t"                                                                        \
    "mulxq %[a2], %[lo], %[t3]\n\t"                                                                \
    "adcq %[lo], %[t2]\n\t"                                                                        \
    "mulxq %[a3], %[lo], %[t4]\n\t"                                                                \
    "adcq %[lo], %[t3]\n\t"                                                                        \
    "adcq $0, %[t4]\n\t"

/* What is above after the first fold is at most FOLD; its fold may carry once more, and then what
 * is left is short. */
#define FOLD_DOWN                                                                                  \
    "movabsq $0x1000003d1, %%rdx\n\t"                                                              \
    "xorl %k[lo], %k[lo]\n\t" STEP("%[t4]", "t0", "t1") STEP("%[t5]", "t1", "t2")                  \
        STEP("%[t6]", "t2", "t3") "mulxq %[t7], %[lo], %[t4]\n\t"                                  \
                                  "adcxq %[lo], %[t3]\n\t"                                         \
                                  "movl $0, %k[lo]\n\t"                                            \
                                  "adoxq %[lo], %[t4]\n\t"                                         \
                                  "adcxq %[lo], %[t4]\n\t"                                         \
                                  "mulxq %[t4], %[lo], %[hi]\n\t"                                  \
                                  "addq %[lo], %[t0]\n\t"                                          \
                                  "adcq %[hi], %[t1]\n\t"                                          \
                                  "adcq $0, %[t2]\n\t"                                             \
                                  "adcq $0, %[t3]\n\t"                                             \
                                  "sbbq %[lo], %[lo]\n\t"                                          \
                                  "andq %%rdx, %[lo]\n\t"                                          \
                                  "addq %[lo], %[t0]\n\t"                                          \
                                  "adcq $0, %[t1]"

#define SUMS                                                                                       \
    [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),                \
        [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [lo] "=&r"(lo), [hi] "=&r"(hi)

#define LIMBS_A [a0] "m"(a->v[0]), [a1] "m"(a->v[1]), [a2] "m"(a->v[2]), [a3] "m"(a->v[3])
#define LIMBS_B [b0] "m"(b->v[0]), [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3])

INLINE void mul(fe *out, const fe *a, const fe *b)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
    __asm__(FIRST_ROW ROW("b1", "t1", "t2", "t3", "t4", "t5")
                ROW("b2", "t2", "t3", "t4", "t5", "t6") ROW("b3", "t3", "t4", "t5", "t6", "t7")
            FOLD_DOWN:SUMS
            : LIMBS_A, LIMBS_B
            : "rdx", "cc");
    *out = (fe){{t0, t1, t2, t3}};
}

/* The products of different limbs, then twice those along CF and the squares along OF. */
#define CROSS_PRODUCTS                                                                             \
    "movq %[a0], %%rdx\n\t"                                                                        \
    "mulxq %[a1], %[t1], %[t2]\n\t"                                                                \
    "mulxq %[a2], %[lo], %[t3]\n\t"                                                                \
    "addq %[lo], %[t2]\n\t"                                                                        \
    "mulxq %[a3], %[lo], %[t4]\n\t"                                                                \
    "adcq %[lo], %[t3]\n\t"                                                                        \
    "adcq $0, %[t4]\n\t"                                                                           \
    "movq %[a1], %%rdx\n\t"                                                                        \
    "xorl %k[t7], %k[t7]\n\t" STEP("%[a2]", "t3", "t4") "mulxq %[a3], %[lo], %[t5]\n\t"            \
                                                        "adcxq %[lo], %[t4]\n\t"                   \
                                                        "adoxq %[t7], %[t5]\n\t"                   \
                                                        "adcxq %[t7], %[t5]\n\t"                   \
                                                        "movq %[a2], %%rdx\n\t"                    \
                                                        "mulxq %[a3], %[lo], %[t6]\n\t"            \
                                                        "addq %[lo], %[t5]\n\t"                    \
                                                        "adcq $0, %[t6]\n\t"

#define SQUARE(a, low, high)                                                                       \
    "movq %[" a "], %%rdx\n\t"                                                                     \
    "mulxq %%rdx, %[lo], %[hi]\n\t"                                                                \
    "adcxq %[" low "], %[" low "]\n\t"                                                             \
    "adoxq %[lo], %[" low "]\n\t"                                                                  \
    "adcxq %[" high "], %[" high "]\n\t"                                                           \
    "adoxq %[hi], %[" high "]\n\t"

#define FIRST_SQUARE                                                                               \
    "movq %[a0], %%rdx\n\t"                                                                        \
    "xorl %k[lo], %k[lo]\n\t"                                                                      \
    "mulxq %%rdx, %[t0], %[hi]\n\t"                                                                \
    "adcxq %[t1], %[t1]\n\t"                                                                       \
    "adoxq %[hi], %[t1]\n\t"

INLINE void sqr(fe *out, const fe *a)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
    __asm__(CROSS_PRODUCTS FIRST_SQUARE SQUARE("a1", "t2", "t3") SQUARE("a2", "t4", "t5")
                SQUARE("a3", "t6", "t7") FOLD_DOWN:SUMS:LIMBS_A
            : "rdx", "cc");
    *out = (fe){{t0, t1, t2, t3}};
}

static void sqr_times(fe *out, const fe *a, unsigned n)
{
    *out = *a;
    while (n-- != 0) sqr(out, out);
}

INLINE unsigned char add_limb(unsigned char carry, uint64_t a, uint64_t b, uint64_t *out)
{
    unsigned long long sum;
    carry = _addcarry_u64(carry, a, b, &sum);
    *out = sum;
    return carry;
}

INLINE unsigned char sub_limb(unsigned char borrow, uint64_t a, uint64_t b, uint64_t *out)
{
    unsigned long long rest;
    borrow = _subborrow_u64(borrow, a, b, &rest);
    *out = rest;
    return borrow;
}

/* x plus or less one limb; gives what it carries. */
INLINE unsigned char add_short(fe *x, uint64_t limb)
{
    unsigned char c = add_limb(0, x->v[0], limb, &x->v[0]);
    for (unsigned i = 1; i < 4; i++) c = add_limb(c, x->v[i], 0, &x->v[i]);
    return c;
}

INLINE unsigned char sub_short(fe *x, uint64_t limb)
{
    unsigned char c = sub_limb(0, x->v[0], limb, &x->v[0]);
    for (unsigned i = 1; i < 4; i++) c = sub_limb(c, x->v[i], 0, &x->v[i]);
    return c;
}

/* A carry is 2^256, which is FOLD modulo p; what carries twice is short afterwards. */
INLINE void add(fe *out, const fe *a, const fe *b)
{
    fe t;
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) c = add_limb(c, a->v[i], b->v[i], &t.v[i]);
    c = add_short(&t, (0 - (uint64_t)c) & FOLD);
    t.v[0] += (0 - (uint64_t)c) & FOLD;
    *out = t;
}

INLINE void sub(fe *out, const fe *a, const fe *b)
{
    fe t;
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) c = sub_limb(c, a->v[i], b->v[i], &t.v[i]);
    c = sub_short(&t, (0 - (uint64_t)c) & FOLD);
    t.v[0] -= (0 - (uint64_t)c) & FOLD;
    *out = t;
}

/* Half of a, or of a + p = a - FOLD + 2^256, whichever is even. */
INLINE void halve(fe *out, const fe *a)
{
    fe t = *a;
    uint64_t odd = t.v[0] & 1, borrow = sub_short(&t, (0 - odd) & FOLD), above = odd - borrow;
    *out = (fe){{t.v[0] >> 1 | t.v[1] << 63, t.v[1] >> 1 | t.v[2] << 63, t.v[2] >> 1 | t.v[3] << 63,
                 t.v[3] >> 1 | above << 63}};
}

static const fe prime = {{0 - (uint64_t)FOLD, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
static const fe one = {{1}};

static void normalize(fe *x)
{
    fe t = *x;
    if (add_short(&t, FOLD) != 0) *x = t;
}

INLINE bool is_zero(const fe *x)
{
    uint64_t any = x->v[0] | x->v[1] | x->v[2] | x->v[3];
    return any == 0 || memcmp(x, &prime, sizeof(prime)) == 0;
}

static void invert(fe *out, const fe *a)
{
    static const uint64_t minus_inverse = 0xd838091dd2253531; /* of p, modulo 2^64 */
    fe t = *a;
    normalize(&t);
    tr_limbs_inverse(4, out->v, t.v, prime.v, minus_inverse);
}

/* Points: affine, and Jacobian, where z = 0 is the one at infinity. */

typedef struct point {
    fe x, y;
} point;

typedef struct jacobian {
    fe x, y, z;
} jacobian;

/* With l = 3 x^2 / 2 and t = x y^2: x becomes l^2 - 2 t, y becomes l (t - x) - y^4, z y z. */
INLINE void double_point(jacobian *p)
{
    fe l, s, t, u;
    sqr(&s, &p->x);
    mul(&p->z, &p->y, &p->z);
    add(&l, &s, &s);
    add(&l, &l, &s);
    halve(&l, &l);
    sqr(&s, &p->y);
    mul(&t, &p->x, &s);
    sqr(&u, &l);
    sub(&u, &u, &t);
    sub(&p->x, &u, &t);
    sqr(&s, &s);
    sub(&t, &t, &p->x);
    mul(&t, &l, &t);
    sub(&p->y, &t, &s);
}

/* p += q; h is what z is multiplied by, where neither is at infinity and they differ. */
INLINE void add_point(jacobian *p, const point *q, fe *h)
{
    fe zz, r, hh, hhh, v, t;
    if (is_zero(&p->z)) {
        *p = (jacobian){q->x, q->y, one};
        return;
    }
    sqr(&zz, &p->z);
    mul(h, &q->x, &zz);
    sub(h, h, &p->x);
    mul(&t, &zz, &p->z);
    mul(&r, &q->y, &t);
    sub(&r, &r, &p->y);
    if (TR_UNLIKELY(is_zero(h))) {
        if (is_zero(&r))
            double_point(p);
        else
            p->z = (fe){{0}};
        return;
    }
    sqr(&hh, h);
    mul(&p->z, &p->z, h);
    mul(&hhh, &hh, h);
    mul(&v, &p->x, &hh);
    sqr(&t, &r);
    sub(&t, &t, &hhh);
    sub(&t, &t, &v);
    sub(&p->x, &t, &v);
    sub(&t, &v, &p->x);
    mul(&t, &r, &t);
    mul(&hhh, &hhh, &p->y);
    sub(&p->y, &t, &hhh);
}

/* x^((p + 1) / 4): runs of 223, 22 and 2 ones in the exponent. */
static bool root(fe *out, const fe *x)
{
    fe x2, x3, x22, x44, x88, t, u;
    sqr_times(&t, x, 1);
    mul(&x2, &t, x);
    sqr_times(&t, &x2, 1);
    mul(&x3, &t, x);
    sqr_times(&t, &x3, 3);
    mul(&t, &t, &x3); /* 6 */
    sqr_times(&t, &t, 3);
    mul(&t, &t, &x3); /* 9 */
    sqr_times(&t, &t, 2);
    mul(&u, &t, &x2); /* 11 */
    sqr_times(&t, &u, 11);
    mul(&x22, &t, &u);
    sqr_times(&t, &x22, 22);
    mul(&x44, &t, &x22);
    sqr_times(&t, &x44, 44);
    mul(&x88, &t, &x44);
    sqr_times(&t, &x88, 88);
    mul(&t, &t, &x88); /* 176 */
    sqr_times(&t, &t, 44);
    mul(&t, &t, &x44); /* 220 */
    sqr_times(&t, &t, 3);
    mul(&t, &t, &x3); /* 223 */
    sqr_times(&t, &t, 23);
    mul(&t, &t, &x22);
    sqr_times(&t, &t, 6);
    mul(&t, &t, &x2);
    sqr_times(out, &t, 2);
    sqr(&t, out);
    sub(&t, &t, x);
    return is_zero(&t);
}

static bool lift(point *out, const fe *x, bool odd)
{
    static const fe zero = {{0}}, seven = {{7}};
    fe t;
    sqr(&t, x);
    mul(&t, &t, x);
    add(&t, &t, &seven);
    if (!root(&out->y, &t)) return false;
    normalize(&out->y);
    if (((out->y.v[0] & 1) != 0) != odd) sub(&out->y, &zero, &out->y);
    out->x = *x;
    return true;
}

/* Odd multiples of a point, and of lambda times it: (beta x, y). */
enum { WIDTH = 5, MULTIPLES = 1 << (WIDTH - 2), FIXED_WIDTH = 11, FIXED = 1 << (FIXED_WIDTH - 2) };

typedef struct multiple {
    fe x[2], y;
} multiple;

static const fe beta = {
    {0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}};

/* n odd multiples of p on a curve where they are affine; a point (x, y) of it is (x / z^2, y /
 * z^3). The doubled point is affine on a first such curve, by its own z; each step of p, 3 p, 5
 * p... there has the z of the one before times its h, so that the last z can be made that of all.
 * ratios is scratch. */
static void make_multiples(size_t n, multiple *out, fe *ratios, const point *p, fe *z)
{
    jacobian sum = {p->x, p->y, one};
    point step;
    fe first, square;
    double_point(&sum);
    step = (point){sum.x, sum.y};
    first = sum.z;
    sqr(&square, &first);
    mul(&sum.x, &p->x, &square);
    mul(&square, &square, &first);
    mul(&sum.y, &p->y, &square);
    sum.z = one;
    out[0].x[0] = sum.x;
    out[0].y = sum.y;
    for (size_t i = 1; i < n; i++) {
        add_point(&sum, &step, &ratios[i]);
        out[i].x[0] = sum.x;
        out[i].y = sum.y;
    }
    mul(z, &sum.z, &first);
    fe ratio = one;
    for (size_t i = n; i-- > 0;) {
        sqr(&square, &ratio);
        mul(&out[i].x[0], &out[i].x[0], &square);
        mul(&square, &square, &ratio);
        mul(&out[i].y, &out[i].y, &square);
        if (i != 0) mul(&ratio, &ratio, &ratios[i]);
    }
    for (size_t i = 0; i < n; i++) mul(&out[i].x[1], &out[i].x[0], &beta);
}

/* The generator's, which are affine on the curve itself. */
static const multiple *generator_multiples(void)
{
    static tr_once once;
    static multiple made[FIXED];
    if (!tr_once_begin(&once)) return made;
    static fe ratios[FIXED];
    point g;
    fe z, square;
    tr_k1_fp_to_limbs(g.x.v, &k1_generator[0].x);
    tr_k1_fp_to_limbs(g.y.v, &k1_generator[0].y);
    make_multiples(FIXED, made, ratios, &g, &z);
    invert(&z, &z);
    sqr(&square, &z);
    mul(&z, &z, &square);
    for (unsigned i = 0; i < FIXED; i++) {
        mul(&made[i].x[0], &made[i].x[0], &square);
        mul(&made[i].x[1], &made[i].x[1], &square);
        mul(&made[i].y, &made[i].y, &z);
    }
    tr_once_end(&once);
    return made;
}

/* Signed odd digits of the two halves of a factor, as in k1_portable.c. */
enum { DIGITS = 144 };

typedef struct digits {
    int16_t d[2][DIGITS];
    unsigned count;
} digits;

static void make_digits(digits *out, unsigned which, const tr_k1_fn *half, unsigned width)
{
    uint64_t k[4];
    int sign = 1;
    tr_k1_fn_to_limbs(k, half);
    if (k[3] != 0) { /* a half is below 2^129 in absolute value */
        tr_k1_fn positive;
        tr_k1_fn_neg(&positive, half);
        tr_k1_fn_to_limbs(k, &positive);
        sign = -1;
    }
    for (unsigned at = 0; (k[0] | k[1] | k[2]) != 0; at++) {
        unsigned zeros = k[0] == 0 ? 63 : tr_ctz64(k[0]);
        if (zeros != 0) {
            k[0] = k[0] >> zeros | k[1] << (64 - zeros);
            k[1] = k[1] >> zeros | k[2] << (64 - zeros);
            k[2] >>= zeros;
            at += zeros;
        }
        if ((k[0] & 1) != 0) {
            int digit = (int)(k[0] & ((1u << width) - 1)), up = digit >> (width - 1);
            k[0] &= UINT64_MAX << width;
            uint64_t carry = (uint64_t)up << width;
            for (unsigned i = 0; i < 3; i++) carry = __builtin_add_overflow(k[i], carry, &k[i]);
            out->d[which][at] = (int16_t)(sign * (digit - (up << width)));
            out->count = TR_MAX(out->count, at + 1);
        }
        k[0] = k[0] >> 1 | k[1] << 63;
        k[1] = k[1] >> 1 | k[2] << 63;
        k[2] >>= 1;
    }
}

static void digits_of(digits *out, const tr_k1_fn *factor, unsigned width)
{
    tr_k1_fn half[2];
    memset(out, 0, sizeof(*out));
    tr_k1_split(&half[0], &half[1], factor);
    for (unsigned i = 0; i < 2; i++) make_digits(out, i, &half[i], width);
}

static void choose(point *out, const multiple *table, int digit, unsigned which)
{
    static const fe zero = {{0}};
    const multiple *m = &table[(digit < 0 ? -digit : digit) / 2];
    out->x = m->x[which];
    out->y = m->y;
    if (digit < 0) sub(&out->y, &zero, &out->y);
}

/* out = u1 G + u2 q */
static void multiply_two(jacobian *out, const tr_k1_fn *u1, const tr_k1_fn *u2, const point *q)
{
    const multiple *generator = generator_multiples();
    multiple table[MULTIPLES];
    fe z, z2, z3, unused, ratios[MULTIPLES];
    digits fixed, free;
    digits_of(&fixed, u1, FIXED_WIDTH);
    digits_of(&free, u2, WIDTH);
    make_multiples(MULTIPLES, table, ratios, q, &z);
    sqr(&z2, &z);
    mul(&z3, &z2, &z);
    jacobian sum = {one, one, {{0}}};
    for (unsigned at = TR_MAX(fixed.count, free.count); at-- != 0;) {
        point next;
        double_point(&sum);
        for (unsigned i = 0; i < 2; i++) {
            if (free.d[i][at] != 0) {
                choose(&next, table, free.d[i][at], i);
                add_point(&sum, &next, &unused);
            }
            if (fixed.d[i][at] != 0) {
                choose(&next, generator, fixed.d[i][at], i);
                mul(&next.x, &next.x, &z2);
                mul(&next.y, &next.y, &z3);
                add_point(&sum, &next, &unused);
            }
        }
    }
    mul(&sum.z, &sum.z, &z);
    *out = sum;
}

static void write_be(uint8_t out[32], fe *x)
{
    normalize(x);
    for (unsigned i = 0; i < 4; i++) tr_store64be(out + 8 * i, x->v[3 - i]);
}

/* The signature's r as an x: r itself or, above the order, r plus the order, below p. */
static bool read_x(fe *out, const tr_ecdsa_sig *sig)
{
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) out->v[3 - i] = tr_load64be(sig->r + 8 * i);
    if ((sig->recovery & 2) == 0) return true;
    for (unsigned i = 0; i < 4; i++) c = add_limb(c, out->v[i], tr_k1_fn_modulus[i], &out->v[i]);
    fe t = *out;
    return c == 0 && add_short(&t, FOLD) == 0;
}

tr_err tr_k1_recover_x86(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    tr_k1_fn r, s, digest, inverse, u1, u2;
    fe x, z, square;
    point at;
    jacobian sum;
    if (!tr_k1_fn_read_be(&r, sig->r) || !tr_k1_fn_read_be(&s, sig->s)) return TR_E_SIGNATURE_RANGE;
    if (!read_x(&x, sig) || !lift(&at, &x, (sig->recovery & 1) != 0)) return TR_E_SIGNATURE;
    tr_k1_fn_reduce_be(&digest, hash->b, sizeof(hash->b));
    tr_k1_fn_inv(&inverse, &r);
    tr_k1_fn_mul(&u1, &digest, &inverse);
    tr_k1_fn_neg(&u1, &u1);
    tr_k1_fn_mul(&u2, &s, &inverse);
    multiply_two(&sum, &u1, &u2, &at);
    if (is_zero(&sum.z)) return TR_E_SIGNATURE;
    invert(&z, &sum.z);
    sqr(&square, &z);
    mul(&sum.x, &sum.x, &square);
    mul(&square, &square, &z);
    mul(&sum.y, &sum.y, &square);
    write_be(out->x, &sum.x);
    write_be(out->y, &sum.y);
    return TR_OK;
}
