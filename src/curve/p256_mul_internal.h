/* Multiplication modulo the prime of P-256, p = 2^256 - 2^224 + 2^192 + 2^96 - 1, in Montgomery
 * form.
 *
 * As p is -1 modulo 2^64, the multiple of p that clears the lowest limb q of a sum is q p, and
 * all of it but the part at the fourth limb is shifts: two products for each limb are saved. */
#ifndef TR_CURVE_P256_MUL_INTERNAL_H
#define TR_CURVE_P256_MUL_INTERNAL_H

#include "field/prime.h"

#if TR_FIELD_MULX

/* clang-format off */

/* t += a * the limb at b; t5 is new. */
#define TR_P256_ROW_(at, t0, t1, t2, t3, t4, t5) \
    "movq " at "(%[b]), %%rdx\n\t" \
    "xorq " t5 ", " t5 "\n\t" \
    TR_MULX_STEP_("(%[a])", t0, t1) \
    TR_MULX_STEP_("8(%[a])", t1, t2) \
    TR_MULX_STEP_("16(%[a])", t2, t3) \
    TR_MULX_STEP_("24(%[a])", t3, t4) \
    "movl $0, %k[lo]\n\t" \
    "adcxq %[lo], " t4 "\n\t" \
    "adoxq %[lo], " t5 "\n\t" \
    "adcxq %[lo], " t5 "\n\t"

/* t += q p, q being t0, which is free then. */
#define TR_P256_FOLD_(t0, t1, t2, t3, t4, t5) \
    "movq " t0 ", %%rdx\n\t" \
    "movq " t0 ", %[s]\n\t" \
    "mulxq %[top], %[lo], %[hi]\n\t" \
    "shlq $32, %[s]\n\t" \
    "shrq $32, " t0 "\n\t" \
    "addq %[s], " t1 "\n\t" \
    "adcq " t0 ", " t2 "\n\t" \
    "adcq %[lo], " t3 "\n\t" \
    "adcq %[hi], " t4 "\n\t" \
    "adcq $0, " t5 "\n\t"

static TR_FIELD_INLINE void tr_p256_times(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t t0, t1, t2, t3, t4, t5, lo, hi, s;
    __asm__(TR_MULX_FIRST_4_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]")
        "xorl %k[t5], %k[t5]\n\t"
        TR_P256_FOLD_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]")
        TR_P256_ROW_("8", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t0]")
        TR_P256_FOLD_("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t0]")
        TR_P256_ROW_("16", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t0]", "%[t1]")
        TR_P256_FOLD_("%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t0]", "%[t1]")
        TR_P256_ROW_("24", "%[t3]", "%[t4]", "%[t5]", "%[t0]", "%[t1]", "%[t2]")
        TR_P256_FOLD_("%[t3]", "%[t4]", "%[t5]", "%[t0]", "%[t1]", "%[t2]")
        /* t4, t5, t0, t1 and the carry t2, less p unless that is negative. */
        "movl $0xffffffff, %k[lo]\n\t"
        "movq %[t4], %%rdx\n\t"
        "subq $-1, %%rdx\n\t"
        "movq %[t5], %[t3]\n\t"
        "sbbq %[lo], %[t3]\n\t"
        "movq %[t0], %[lo]\n\t"
        "sbbq $0, %[lo]\n\t"
        "movq %[t1], %[hi]\n\t"
        "sbbq %[top], %[hi]\n\t"
        "sbbq $0, %[t2]\n\t"
        "cmovncq %%rdx, %[t4]\n\t"
        "cmovncq %[t3], %[t5]\n\t"
        "cmovncq %[lo], %[t0]\n\t"
        "cmovncq %[hi], %[t1]\n\t"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [lo] "=&r"(lo), [hi] "=&r"(hi), [s] "=&r"(s)
        : [a] "r"(a), [b] "r"(b), [top] "m"(tr_p256_fp_modulus[3]), TR_MULX_READS_(4, a),
          TR_MULX_READS_(4, b)
        : "rdx", "cc");
    out[0] = t4;
    out[1] = t5;
    out[2] = t0;
    out[3] = t1;
}

/* clang-format on */

#else

static TR_FIELD_INLINE void tr_p256_times(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t t[4] = {0}, above = 0;
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        uint64_t row = 0, carry = 0, high = 0, digit = b[i];
#pragma GCC unroll 4
        for (unsigned j = 0; j < 4; j++) t[j] = tr_limb_mul_add(a[j], digit, t[j], &row);
        uint64_t q = t[0], top = tr_limb_add(above, row, &carry);
        above = carry;
        carry = 0;
        uint64_t low = tr_limb_mul_add(q, tr_p256_fp_modulus[3], 0, &high);
        t[0] = tr_limb_add(t[1], q << 32, &carry);
        t[1] = tr_limb_add(t[2], q >> 32, &carry);
        t[2] = tr_limb_add(t[3], low, &carry);
        t[3] = tr_limb_add(top, high, &carry);
        above += carry;
    }
    tr_limbs_reduce_once(4, out, t, above, tr_p256_fp_modulus);
}

#endif

TR_FIELD_SHARED void tr_p256_mul(tr_p256_fp *out, const tr_p256_fp *a, const tr_p256_fp *b)
{
    tr_p256_times(out->w, a->w, b->w);
}

TR_FIELD_SHARED void tr_p256_sqr(tr_p256_fp *out, const tr_p256_fp *a)
{
    tr_p256_times(out->w, a->w, a->w);
}

#endif
