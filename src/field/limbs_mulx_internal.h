/* Montgomery arithmetic of 4 and 6 limbs with MULX and the two carry chains of ADCX and ADOX, for
 * moduli that leave the top bit free.  Included by field/limbs_internal.h only.
 *
 * Two products run side by side: the low halves are added along CF, the high halves along OF.
 * Where all registers are wanted, pointers to operands end as scratch, and memory is named whole.
 * Operands are read from memory, sums stay in registers whose names move up by one each row.  m is
 * the modulus and minus its inverse modulo 2^64. */
#ifndef TR_FIELD_LIMBS_MULX_INTERNAL_H
#define TR_FIELD_LIMBS_MULX_INTERNAL_H

#include <stdint.h>

#include "field/divide_internal.h"

/* low += low half of rdx * x, high += its high half. */
#define TR_MULX_STEP_(x, low, high)                                                                \
    "mulxq " x ", %[lo], %[hi]\n\t"                                                                \
    "adcxq %[lo], " low "\n\t"                                                                     \
    "adoxq %[hi], " high "\n\t"

/* The first row: nothing to add to. */
#define TR_MULX_FIRST_4_(t0, t1, t2, t3, t4)                                                       \
    "movq (%[b]), %%rdx\n\t"                                                                       \
    "mulxq (%[a]), " t0 ", " t1 "\n\t"                                                             \
    "mulxq 8(%[a]), %[lo], " t2 "\n\t"                                                             \
    "addq %[lo], " t1 "\n\t"                                                                       \
    "mulxq 16(%[a]), %[lo], " t3 "\n\t"                                                            \
    "adcq %[lo], " t2 "\n\t"                                                                       \
    "mulxq 24(%[a]), %[lo], " t4 "\n\t"                                                            \
    "adcq %[lo], " t3 "\n\t"                                                                       \
    "adcq $0, " t4 "\n\t"

/* t += a * the limb at b; t4 is new. */
#define TR_MULX_ROW_4_(at, t0, t1, t2, t3, t4)                                                     \
    "movq " at "(%[b]), %%rdx\n\t"                                                                 \
    "xorq " t4 ", " t4 "\n\t" TR_MULX_STEP_("(%[a])", t0, t1) TR_MULX_STEP_("8(%[a])", t1, t2)     \
        TR_MULX_STEP_("16(%[a])", t2, t3) TR_MULX_STEP_("24(%[a])", t3, t4) "movl $0, %k[lo]\n\t"  \
                                                                            "adcxq %[lo], " t4     \
                                                                            "\n\t"

/* t += what makes its lowest limb zero times the modulus; t0 is free then. */
#define TR_MULX_FOLD_4_(t0, t1, t2, t3, t4)                                                        \
    "movq " t0 ", %%rdx\n\t"                                                                       \
    "imulq %[m4], %%rdx\n\t"                                                                       \
    "xorl %k[lo], %k[lo]\n\t"                                                                      \
    "mulxq %[m0], %[lo], %[hi]\n\t"                                                                \
    "adcxq " t0 ", %[lo]\n\t"                                                                      \
    "adoxq %[hi], " t1 "\n\t" TR_MULX_STEP_("%[m1]", t1, t2) TR_MULX_STEP_("%[m2]", t2, t3)        \
        TR_MULX_STEP_("%[m3]", t3, t4) "movl $0, %k[lo]\n\t"                                       \
                                       "adcxq %[lo], " t4 "\n\t"

/* r = t - modulus, and back into t unless that is negative. */
#define TR_MULX_LESS_4_(t0, t1, t2, t3, r0, r1, r2, r3)                                            \
    "movq " t0 ", " r0 "\n\t"                                                                      \
    "subq %[m0], " r0 "\n\t"                                                                       \
    "movq " t1 ", " r1 "\n\t"                                                                      \
    "sbbq %[m1], " r1 "\n\t"                                                                       \
    "movq " t2 ", " r2 "\n\t"                                                                      \
    "sbbq %[m2], " r2 "\n\t"                                                                       \
    "movq " t3 ", " r3 "\n\t"                                                                      \
    "sbbq %[m3], " r3 "\n\t"                                                                       \
    "cmovncq " r0 ", " t0 "\n\t"                                                                   \
    "cmovncq " r1 ", " t1 "\n\t"                                                                   \
    "cmovncq " r2 ", " t2 "\n\t"                                                                   \
    "cmovncq " r3 ", " t3 "\n\t"

#define TR_MULX_MODULUS_4_(m) [m0] "m"((m)[0]), [m1] "m"((m)[1]), [m2] "m"((m)[2]), [m3] "m"((m)[3])
#define TR_MULX_READS_(n, a)  "m"(*(const uint64_t(*)[n])(a))

static TR_FIELD_INLINE void tr_mulx_mul_4(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, t4, lo, hi;
    __asm__(TR_MULX_FIRST_4_("%[t0]", "%[t1]", "%[t2]", "%[t3]",
                             "%[t4]") TR_MULX_FOLD_4_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]")
                TR_MULX_ROW_4_("8", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]")
                    TR_MULX_FOLD_4_("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]")
                        TR_MULX_ROW_4_("16", "%[t2]", "%[t3]", "%[t4]", "%[t0]", "%[t1]")
                            TR_MULX_FOLD_4_("%[t2]", "%[t3]", "%[t4]", "%[t0]", "%[t1]")
                                TR_MULX_ROW_4_("24", "%[t3]", "%[t4]", "%[t0]", "%[t1]", "%[t2]")
                                    TR_MULX_FOLD_4_("%[t3]", "%[t4]", "%[t0]", "%[t1]", "%[t2]")
                                        TR_MULX_LESS_4_("%[t4]", "%[t0]", "%[t1]", "%[t2]", "%[lo]",
                                                        "%[hi]", "%%rdx", "%[t3]")
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
              [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(a), [b] "r"(b), TR_MULX_MODULUS_4_(m), [m4] "m"(m[4]), TR_MULX_READS_(4, a),
              TR_MULX_READS_(4, b)
            : "rdx", "cc");
    out[0] = t4;
    out[1] = t0;
    out[2] = t1;
    out[3] = t2;
}

static TR_FIELD_INLINE void tr_mulx_wide_4(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t t0, t1, t2, t3, t4, lo, hi;
    __asm__(
        TR_MULX_FIRST_4_(
            "%[t0]", "%[t1]", "%[t2]", "%[t3]",
            "%[t4]") "movq %[t0], "
                     "(%[out])\n\t" TR_MULX_ROW_4_("8", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]") "movq %[t1], 8(%[out])\n\t" TR_MULX_ROW_4_(
                         "16", "%[t2]", "%[t3]", "%[t4]", "%[t0]",
                         "%[t1]") "movq %[t2], "
                                  "16(%[out])"
                                  "\n"
                                  "\t" TR_MULX_ROW_4_("24", "%[t3]", "%[t4]", "%[t0]", "%[t1]",
                                                      "%[t2]") "movq %[t3], 24(%[out])\n\t"
                                                               "movq %[t4], 32(%[out])\n\t"
                                                               "movq %[t0], 40(%[out])\n\t"
                                                               "movq %[t1], 48(%[out])\n\t"
                                                               "movq %[t2], 56(%[out])\n\t"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [lo] "=&r"(lo), [hi] "=&r"(hi), "=m"(*(uint64_t(*)[8])out)
        : [a] "r"(a), [b] "r"(b), [out] "r"(out), TR_MULX_READS_(4, a), TR_MULX_READS_(4, b)
        : "rdx", "cc");
}

static TR_FIELD_INLINE void tr_mulx_redc_4(uint64_t *out, const uint64_t *a, const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = 0, lo, hi;
    __asm__(TR_MULX_FOLD_4_(
                "%[t0]", "%[t1]", "%[t2]", "%[t3]",
                "%[t4]") "movl $0, "
                         "%k[t0]\n\t" TR_MULX_FOLD_4_("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]") "movl $0, %k[t1]\n\t" TR_MULX_FOLD_4_(
                             "%[t2]", "%[t3]", "%[t4]", "%[t0]",
                             "%[t1]") "movl $0, "
                                      "%k[t2]"
                                      "\n"
                                      "\t" TR_MULX_FOLD_4_(
                                          "%[t3]", "%[t4]", "%[t0]", "%[t1]",
                                          "%[t2]") "addq 32(%[a]), %[t4]\n\t"
                                                   "adcq 40(%[a]), %[t0]\n\t"
                                                   "adcq 48(%[a]), %[t1]\n\t"
                                                   "adcq 56(%[a]), %[t2]\n\t" TR_MULX_LESS_4_(
                                                       "%[t4]", "%[t0]", "%[t1]", "%[t2]", "%[lo]",
                                                       "%[hi]", "%%rdx", "%[t3]")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
              [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(a), TR_MULX_MODULUS_4_(m), [m4] "m"(m[4]), TR_MULX_READS_(8, a)
            : "rdx", "cc");
    out[0] = t4;
    out[1] = t0;
    out[2] = t1;
    out[3] = t2;
}

static TR_FIELD_INLINE void tr_mulx_add_4(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], r0, r1, r2, r3;
    __asm__("addq (%[b]), %[t0]\n\t"
            "adcq 8(%[b]), %[t1]\n\t"
            "adcq 16(%[b]), %[t2]\n\t"
            "adcq 24(%[b]), %[t3]\n\t" TR_MULX_LESS_4_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[r0]",
                                                       "%[r1]", "%[r2]", "%[r3]")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [r0] "=&r"(r0),
              [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3)
            : [b] "r"(b), TR_MULX_MODULUS_4_(m), TR_MULX_READS_(4, b)
            : "cc");
    out[0] = t0;
    out[1] = t1;
    out[2] = t2;
    out[3] = t3;
}

static TR_FIELD_INLINE void tr_mulx_sub_4(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], r0, r1, r2, r3;
    __asm__("subq (%[b]), %[t0]\n\t"
            "sbbq 8(%[b]), %[t1]\n\t"
            "sbbq 16(%[b]), %[t2]\n\t"
            "sbbq 24(%[b]), %[t3]\n\t"
            "movl $0, %k[r0]\n\t"
            "movl $0, %k[r1]\n\t"
            "movl $0, %k[r2]\n\t"
            "movl $0, %k[r3]\n\t"
            "cmovcq %[m0], %[r0]\n\t"
            "cmovcq %[m1], %[r1]\n\t"
            "cmovcq %[m2], %[r2]\n\t"
            "cmovcq %[m3], %[r3]\n\t"
            "addq %[r0], %[t0]\n\t"
            "adcq %[r1], %[t1]\n\t"
            "adcq %[r2], %[t2]\n\t"
            "adcq %[r3], %[t3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [r0] "=&r"(r0),
              [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3)
            : [b] "r"(b), TR_MULX_MODULUS_4_(m), TR_MULX_READS_(4, b)
            : "cc");
    out[0] = t0;
    out[1] = t1;
    out[2] = t2;
    out[3] = t3;
}

/* Sums of twice 4 limbs, modulo the modulus shifted up by 4 limbs, and sums without reduction. Each
 * limb is stored before the next is read, so outputs may be the inputs. */
static TR_FIELD_INLINE void tr_mulx_wide_add_8(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                               const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, r0, r1, r2, r3;
    __asm__("movq (%[a]), %[r0]\n\t"
            "addq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "adcq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "adcq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "adcq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[t0]\n\t"
            "adcq 32(%[b]), %[t0]\n\t"
            "movq 40(%[a]), %[t1]\n\t"
            "adcq 40(%[b]), %[t1]\n\t"
            "movq 48(%[a]), %[t2]\n\t"
            "adcq 48(%[b]), %[t2]\n\t"
            "movq 56(%[a]), %[t3]\n\t"
            "adcq 56(%[b]), %[t3]\n\t" TR_MULX_LESS_4_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[r0]",
                                                       "%[r1]", "%[r2]",
                                                       "%[r3]") "movq %[t0], 32(%[out])\n\t"
                                                                "movq %[t1], 40(%[out])\n\t"
                                                                "movq %[t2], 48(%[out])\n\t"
                                                                "movq %[t3], 56(%[out])\n\t"
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [r0] "=&r"(r0),
              [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3), "=m"(*(uint64_t(*)[8])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_MODULUS_4_(m), TR_MULX_READS_(8, a),
              TR_MULX_READS_(8, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_wide_sub_8(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                               const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, r0, r1, r2, r3;
    __asm__("movq (%[a]), %[r0]\n\t"
            "subq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "sbbq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "sbbq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "sbbq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[t0]\n\t"
            "sbbq 32(%[b]), %[t0]\n\t"
            "movq 40(%[a]), %[t1]\n\t"
            "sbbq 40(%[b]), %[t1]\n\t"
            "movq 48(%[a]), %[t2]\n\t"
            "sbbq 48(%[b]), %[t2]\n\t"
            "movq 56(%[a]), %[t3]\n\t"
            "sbbq 56(%[b]), %[t3]\n\t"
            "movl $0, %k[r0]\n\t"
            "movl $0, %k[r1]\n\t"
            "movl $0, %k[r2]\n\t"
            "movl $0, %k[r3]\n\t"
            "cmovcq %[m0], %[r0]\n\t"
            "cmovcq %[m1], %[r1]\n\t"
            "cmovcq %[m2], %[r2]\n\t"
            "cmovcq %[m3], %[r3]\n\t"
            "addq %[r0], %[t0]\n\t"
            "adcq %[r1], %[t1]\n\t"
            "adcq %[r2], %[t2]\n\t"
            "adcq %[r3], %[t3]\n\t"
            "movq %[t0], 32(%[out])\n\t"
            "movq %[t1], 40(%[out])\n\t"
            "movq %[t2], 48(%[out])\n\t"
            "movq %[t3], 56(%[out])\n\t"
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [r0] "=&r"(r0),
              [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3), "=m"(*(uint64_t(*)[8])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_MODULUS_4_(m), TR_MULX_READS_(8, a),
              TR_MULX_READS_(8, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_add_lazy_4(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "addq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "adcq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "adcq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "adcq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[4])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(4, a), TR_MULX_READS_(4, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_add_lazy_8(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "addq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "adcq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "adcq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "adcq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[r0]\n\t"
            "adcq 32(%[b]), %[r0]\n\t"
            "movq %[r0], 32(%[out])\n\t"
            "movq 40(%[a]), %[r0]\n\t"
            "adcq 40(%[b]), %[r0]\n\t"
            "movq %[r0], 40(%[out])\n\t"
            "movq 48(%[a]), %[r0]\n\t"
            "adcq 48(%[b]), %[r0]\n\t"
            "movq %[r0], 48(%[out])\n\t"
            "movq 56(%[a]), %[r0]\n\t"
            "adcq 56(%[b]), %[r0]\n\t"
            "movq %[r0], 56(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[8])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(8, a), TR_MULX_READS_(8, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_sub_lazy_8(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "subq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "sbbq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "sbbq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "sbbq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[r0]\n\t"
            "sbbq 32(%[b]), %[r0]\n\t"
            "movq %[r0], 32(%[out])\n\t"
            "movq 40(%[a]), %[r0]\n\t"
            "sbbq 40(%[b]), %[r0]\n\t"
            "movq %[r0], 40(%[out])\n\t"
            "movq 48(%[a]), %[r0]\n\t"
            "sbbq 48(%[b]), %[r0]\n\t"
            "movq %[r0], 48(%[out])\n\t"
            "movq 56(%[a]), %[r0]\n\t"
            "sbbq 56(%[b]), %[r0]\n\t"
            "movq %[r0], 56(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[8])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(8, a), TR_MULX_READS_(8, b)
            : "cc");
}

/* The same for 6 limbs. */
#define TR_MULX_FIRST_6_(t0, t1, t2, t3, t4, t5, t6)                                               \
    "movq (%[b]), %%rdx\n\t"                                                                       \
    "mulxq (%[a]), " t0 ", " t1 "\n\t"                                                             \
    "mulxq 8(%[a]), %[lo], " t2 "\n\t"                                                             \
    "addq %[lo], " t1 "\n\t"                                                                       \
    "mulxq 16(%[a]), %[lo], " t3 "\n\t"                                                            \
    "adcq %[lo], " t2 "\n\t"                                                                       \
    "mulxq 24(%[a]), %[lo], " t4 "\n\t"                                                            \
    "adcq %[lo], " t3 "\n\t"                                                                       \
    "mulxq 32(%[a]), %[lo], " t5 "\n\t"                                                            \
    "adcq %[lo], " t4 "\n\t"                                                                       \
    "mulxq 40(%[a]), %[lo], " t6 "\n\t"                                                            \
    "adcq %[lo], " t5 "\n\t"                                                                       \
    "adcq $0, " t6 "\n\t"

#define TR_MULX_ROW_6_(at, t0, t1, t2, t3, t4, t5, t6)                                             \
    "movq " at "(%[b]), %%rdx\n\t"                                                                 \
    "xorq " t6 ", " t6 "\n\t" TR_MULX_STEP_("(%[a])", t0, t1) TR_MULX_STEP_("8(%[a])", t1, t2)     \
        TR_MULX_STEP_("16(%[a])", t2, t3) TR_MULX_STEP_("24(%[a])", t3, t4)                        \
            TR_MULX_STEP_("32(%[a])", t4, t5)                                                      \
                TR_MULX_STEP_("40(%[a])", t5, t6) "movl $0, %k[lo]\n\t"                            \
                                                  "adcxq %[lo], " t6 "\n\t"

#define TR_MULX_FOLD_6_(t0, t1, t2, t3, t4, t5, t6)                                                \
    "movq " t0 ", %%rdx\n\t"                                                                       \
    "imulq %[m6], %%rdx\n\t"                                                                       \
    "xorl %k[lo], %k[lo]\n\t"                                                                      \
    "mulxq %[m0], %[lo], %[hi]\n\t"                                                                \
    "adcxq " t0 ", %[lo]\n\t"                                                                      \
    "adoxq %[hi], " t1 "\n\t" TR_MULX_STEP_("%[m1]", t1, t2) TR_MULX_STEP_("%[m2]", t2, t3)        \
        TR_MULX_STEP_("%[m3]", t3, t4) TR_MULX_STEP_("%[m4]", t4, t5)                              \
            TR_MULX_STEP_("%[m5]", t5, t6) "movl $0, %k[lo]\n\t"                                   \
                                           "adcxq %[lo], " t6 "\n\t"

#define TR_MULX_LESS_6_(t0, t1, t2, t3, t4, t5, r0, r1, r2, r3, r4, r5)                            \
    "movq " t0 ", " r0 "\n\t"                                                                      \
    "subq %[m0], " r0 "\n\t"                                                                       \
    "movq " t1 ", " r1 "\n\t"                                                                      \
    "sbbq %[m1], " r1 "\n\t"                                                                       \
    "movq " t2 ", " r2 "\n\t"                                                                      \
    "sbbq %[m2], " r2 "\n\t"                                                                       \
    "movq " t3 ", " r3 "\n\t"                                                                      \
    "sbbq %[m3], " r3 "\n\t"                                                                       \
    "movq " t4 ", " r4 "\n\t"                                                                      \
    "sbbq %[m4], " r4 "\n\t"                                                                       \
    "movq " t5 ", " r5 "\n\t"                                                                      \
    "sbbq %[m5], " r5 "\n\t"                                                                       \
    "cmovncq " r0 ", " t0 "\n\t"                                                                   \
    "cmovncq " r1 ", " t1 "\n\t"                                                                   \
    "cmovncq " r2 ", " t2 "\n\t"                                                                   \
    "cmovncq " r3 ", " t3 "\n\t"                                                                   \
    "cmovncq " r4 ", " t4 "\n\t"                                                                   \
    "cmovncq " r5 ", " t5 "\n\t"

#define TR_MULX_MODULUS_6_(m) TR_MULX_MODULUS_4_(m), [m4] "m"((m)[4]), [m5] "m"((m)[5])

static TR_FIELD_INLINE void tr_mulx_mul_6(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, lo, hi;
    __asm__ volatile(
        TR_MULX_FIRST_6_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]")
            TR_MULX_FOLD_6_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]")
                TR_MULX_ROW_6_("8", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]")
                    TR_MULX_FOLD_6_("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]",
                                    "%[t0]") TR_MULX_ROW_6_("16", "%[t2]", "%[t3]", "%[t4]",
                                                            "%[t5]", "%[t6]", "%[t0]", "%[t1]")
                        TR_MULX_FOLD_6_("%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]",
                                        "%[t1]") TR_MULX_ROW_6_("24", "%[t3]", "%[t4]", "%[t5]",
                                                                "%[t6]", "%[t0]", "%[t1]", "%[t2]")
                            TR_MULX_FOLD_6_("%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]",
                                            "%[t2]")
                                TR_MULX_ROW_6_("32", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]",
                                               "%[t2]", "%[t3]")
                                    TR_MULX_FOLD_6_("%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]",
                                                    "%[t2]", "%[t3]")
                                        TR_MULX_ROW_6_("40", "%[t5]", "%[t6]", "%[t0]", "%[t1]",
                                                       "%[t2]", "%[t3]", "%[t4]")
                                            TR_MULX_FOLD_6_("%[t5]", "%[t6]", "%[t0]", "%[t1]",
                                                            "%[t2]", "%[t3]", "%[t4]")
                                                TR_MULX_LESS_6_("%[t6]", "%[t0]", "%[t1]", "%[t2]",
                                                                "%[t3]", "%[t4]", "%[lo]", "%[hi]",
                                                                "%%rdx", "%[t5]", "%[a]", "%[b]")
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [t6] "=&r"(t6), [lo] "=&r"(lo), [hi] "=&r"(hi), [a] "+&r"(a), [b] "+&r"(b)
        : TR_MULX_MODULUS_6_(m), [m6] "m"(m[6])
        : "rdx", "cc", "memory");
    out[0] = t6;
    out[1] = t0;
    out[2] = t1;
    out[3] = t2;
    out[4] = t3;
    out[5] = t4;
}

static TR_FIELD_INLINE void tr_mulx_wide_6(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, lo, hi;
    __asm__(
        TR_MULX_FIRST_6_(
            "%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]",
            "%[t6]") "movq %[t0], (%[out])\n\t" TR_MULX_ROW_6_("8", "%[t1]", "%[t2]", "%[t3]",
                                                               "%[t4]", "%[t5]", "%[t6]",
                                                               "%[t0]") "movq "
                                                                        "%[t1], "
                                                                        "8(%[out])"
                                                                        "\n"
                                                                        "\t" TR_MULX_ROW_6_("16", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]") "movq %[t2], 16(%[out])\n\t" TR_MULX_ROW_6_(
                                                                            "24", "%[t3]", "%[t4]",
                                                                            "%[t5]", "%[t6]",
                                                                            "%[t0]", "%[t1]",
                                                                            "%[t2]") "movq %[t3], "
                                                                                     "24(%[out])"
                                                                                     "\n"
                                                                                     "\t" TR_MULX_ROW_6_("32", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]", "%[t2]", "%[t3]") "movq %[t4], 32(%[out])\n\t" TR_MULX_ROW_6_(
                                                                                         "40",
                                                                                         "%[t5]",
                                                                                         "%[t6]",
                                                                                         "%[t0]",
                                                                                         "%[t1]",
                                                                                         "%[t2]",
                                                                                         "%[t3]",
                                                                                         "%[t4]") "movq %[t5], 40(%[out])\n\t"
                                                                                                  "movq %[t6], 48(%[out])\n\t"
                                                                                                  "movq %[t0], 56(%[out])\n\t"
                                                                                                  "movq %[t1], 64(%[out])\n\t"
                                                                                                  "movq %[t2], 72(%[out])\n\t"
                                                                                                  "movq %[t3], 80(%[out])\n\t"
                                                                                                  "movq %[t4], 88(%[out])\n\t"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [t6] "=&r"(t6), [lo] "=&r"(lo), [hi] "=&r"(hi),
          "=m"(*(uint64_t(*)[12])out)
        : [a] "r"(a), [b] "r"(b), [out] "r"(out), TR_MULX_READS_(6, a), TR_MULX_READS_(6, b)
        : "rdx", "cc");
}

static TR_FIELD_INLINE void tr_mulx_redc_6(uint64_t *out, const uint64_t *a, const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = a[4], t5 = a[5], t6 = 0, lo, hi, r;
    __asm__ volatile(TR_MULX_FOLD_6_(
                         "%[t0]", "%[t1]", "%[t2]",
                         "%[t3]", "%[t4]", "%[t5]", "%[t6]") "movl $0, %k[t0]\n\t" TR_MULX_FOLD_6_("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]") "movl $0, %k[t1]\n\t" TR_MULX_FOLD_6_("%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]") "movl $0, %k[t2]\n\t" TR_MULX_FOLD_6_("%[t3]", "%[t4]", "%[t5]", "%[t6]", "%[t0]", "%[t1]", "%[t2]") "movl $0, %k[t3]\n\t" TR_MULX_FOLD_6_("%[t4]",
                                                                                                                                                                                                                                                                                                                                                                                                                  "%[t5]",
                                                                                                                                                                                                                                                                                                                                                                                                                  "%[t6]",
                                                                                                                                                                                                                                                                                                                                                                                                                  "%[t0]", "%[t1]", "%[t2]", "%[t3]") "movl $0, %k[t4]\n\t" TR_MULX_FOLD_6_("%[t5]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "%[t6]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "%[t0]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "%[t1]", "%[t2]", "%[t3]", "%[t4]") "addq 48(%[a]), %[t6]\n\t"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "adcq 56(%[a]), %[t0]\n\t"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "adcq 64(%[a]), %[t1]\n\t"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "adcq 72(%[a]), %[t2]\n\t"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "adcq 80(%[a]), %[t3]\n\t"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "adcq 88(%[a]), %[t4]\n\t" TR_MULX_LESS_6_("%[t6]", "%[t0]", "%[t1]", "%[t2]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "%[t3]", "%[t4]", "%[lo]", "%[hi]", "%%rdx",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "%[t5]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "%[a]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "%[r]")
                     : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3),
                       [t4] "+&r"(t4), [t5] "+&r"(t5), [t6] "+&r"(t6), [lo] "=&r"(lo),
                       [hi] "=&r"(hi), [a] "+&r"(a), [r] "=&r"(r)
                     : TR_MULX_MODULUS_6_(m), [m6] "m"(m[6])
                     : "rdx", "cc", "memory");
    out[0] = t6;
    out[1] = t0;
    out[2] = t1;
    out[3] = t2;
    out[4] = t3;
    out[5] = t4;
}

static TR_FIELD_INLINE void tr_mulx_add_6(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = a[4], t5 = a[5];
    uint64_t r0, r1, r2, r3, r4, r5;
    __asm__("addq (%[b]), %[t0]\n\t"
            "adcq 8(%[b]), %[t1]\n\t"
            "adcq 16(%[b]), %[t2]\n\t"
            "adcq 24(%[b]), %[t3]\n\t"
            "adcq 32(%[b]), %[t4]\n\t"
            "adcq 40(%[b]), %[t5]\n\t" TR_MULX_LESS_6_("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]",
                                                       "%[t5]", "%[r0]", "%[r1]", "%[r2]", "%[r3]",
                                                       "%[r4]", "%[r5]")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
              [t5] "+&r"(t5), [r0] "=&r"(r0), [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3),
              [r4] "=&r"(r4), [r5] "=&r"(r5)
            : [b] "r"(b), TR_MULX_MODULUS_6_(m), TR_MULX_READS_(6, b)
            : "cc");
    out[0] = t0;
    out[1] = t1;
    out[2] = t2;
    out[3] = t3;
    out[4] = t4;
    out[5] = t5;
}

static TR_FIELD_INLINE void tr_mulx_sub_6(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                          const uint64_t *m)
{
    uint64_t t0 = a[0], t1 = a[1], t2 = a[2], t3 = a[3], t4 = a[4], t5 = a[5];
    uint64_t r0, r1, r2, r3, r4, r5;
    __asm__("subq (%[b]), %[t0]\n\t"
            "sbbq 8(%[b]), %[t1]\n\t"
            "sbbq 16(%[b]), %[t2]\n\t"
            "sbbq 24(%[b]), %[t3]\n\t"
            "sbbq 32(%[b]), %[t4]\n\t"
            "sbbq 40(%[b]), %[t5]\n\t"
            "movl $0, %k[r0]\n\t"
            "movl $0, %k[r1]\n\t"
            "movl $0, %k[r2]\n\t"
            "movl $0, %k[r3]\n\t"
            "movl $0, %k[r4]\n\t"
            "movl $0, %k[r5]\n\t"
            "cmovcq %[m0], %[r0]\n\t"
            "cmovcq %[m1], %[r1]\n\t"
            "cmovcq %[m2], %[r2]\n\t"
            "cmovcq %[m3], %[r3]\n\t"
            "cmovcq %[m4], %[r4]\n\t"
            "cmovcq %[m5], %[r5]\n\t"
            "addq %[r0], %[t0]\n\t"
            "adcq %[r1], %[t1]\n\t"
            "adcq %[r2], %[t2]\n\t"
            "adcq %[r3], %[t3]\n\t"
            "adcq %[r4], %[t4]\n\t"
            "adcq %[r5], %[t5]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
              [t5] "+&r"(t5), [r0] "=&r"(r0), [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3),
              [r4] "=&r"(r4), [r5] "=&r"(r5)
            : [b] "r"(b), TR_MULX_MODULUS_6_(m), TR_MULX_READS_(6, b)
            : "cc");
    out[0] = t0;
    out[1] = t1;
    out[2] = t2;
    out[3] = t3;
    out[4] = t4;
    out[5] = t5;
}

/* Sums of twice 6 limbs. */
static TR_FIELD_INLINE void tr_mulx_wide_add_12(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                                const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, t4, t5, r0, r1, r2, r3;
    __asm__ volatile("movq (%[a]), %[r0]\n\t"
                     "addq (%[b]), %[r0]\n\t"
                     "movq %[r0], (%[out])\n\t"
                     "movq 8(%[a]), %[r0]\n\t"
                     "adcq 8(%[b]), %[r0]\n\t"
                     "movq %[r0], 8(%[out])\n\t"
                     "movq 16(%[a]), %[r0]\n\t"
                     "adcq 16(%[b]), %[r0]\n\t"
                     "movq %[r0], 16(%[out])\n\t"
                     "movq 24(%[a]), %[r0]\n\t"
                     "adcq 24(%[b]), %[r0]\n\t"
                     "movq %[r0], 24(%[out])\n\t"
                     "movq 32(%[a]), %[r0]\n\t"
                     "adcq 32(%[b]), %[r0]\n\t"
                     "movq %[r0], 32(%[out])\n\t"
                     "movq 40(%[a]), %[r0]\n\t"
                     "adcq 40(%[b]), %[r0]\n\t"
                     "movq %[r0], 40(%[out])\n\t"
                     "movq 48(%[a]), %[t0]\n\t"
                     "adcq 48(%[b]), %[t0]\n\t"
                     "movq 56(%[a]), %[t1]\n\t"
                     "adcq 56(%[b]), %[t1]\n\t"
                     "movq 64(%[a]), %[t2]\n\t"
                     "adcq 64(%[b]), %[t2]\n\t"
                     "movq 72(%[a]), %[t3]\n\t"
                     "adcq 72(%[b]), %[t3]\n\t"
                     "movq 80(%[a]), %[t4]\n\t"
                     "adcq 80(%[b]), %[t4]\n\t"
                     "movq 88(%[a]), %[t5]\n\t"
                     "adcq 88(%[b]), %[t5]\n\t" TR_MULX_LESS_6_(
                         "%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t5]", "%[r0]", "%[r1]",
                         "%[r2]", "%[r3]", "%[a]", "%[b]") "movq %[t0], 48(%[out])\n\t"
                                                           "movq %[t1], 56(%[out])\n\t"
                                                           "movq %[t2], 64(%[out])\n\t"
                                                           "movq %[t3], 72(%[out])\n\t"
                                                           "movq %[t4], 80(%[out])\n\t"
                                                           "movq %[t5], 88(%[out])\n\t"
                     : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3),
                       [t4] "=&r"(t4), [t5] "=&r"(t5), [r0] "=&r"(r0), [r1] "=&r"(r1),
                       [r2] "=&r"(r2), [r3] "=&r"(r3), [a] "+&r"(a), [b] "+&r"(b)
                     : [out] "r"(out), TR_MULX_MODULUS_6_(m)
                     : "cc", "memory");
}

static TR_FIELD_INLINE void tr_mulx_wide_sub_12(uint64_t *out, const uint64_t *a, const uint64_t *b,
                                                const uint64_t *m)
{
    uint64_t t0, t1, t2, t3, t4, t5, r0, r1, r2, r3;
    __asm__ volatile("movq (%[a]), %[r0]\n\t"
                     "subq (%[b]), %[r0]\n\t"
                     "movq %[r0], (%[out])\n\t"
                     "movq 8(%[a]), %[r0]\n\t"
                     "sbbq 8(%[b]), %[r0]\n\t"
                     "movq %[r0], 8(%[out])\n\t"
                     "movq 16(%[a]), %[r0]\n\t"
                     "sbbq 16(%[b]), %[r0]\n\t"
                     "movq %[r0], 16(%[out])\n\t"
                     "movq 24(%[a]), %[r0]\n\t"
                     "sbbq 24(%[b]), %[r0]\n\t"
                     "movq %[r0], 24(%[out])\n\t"
                     "movq 32(%[a]), %[r0]\n\t"
                     "sbbq 32(%[b]), %[r0]\n\t"
                     "movq %[r0], 32(%[out])\n\t"
                     "movq 40(%[a]), %[r0]\n\t"
                     "sbbq 40(%[b]), %[r0]\n\t"
                     "movq %[r0], 40(%[out])\n\t"
                     "movq 48(%[a]), %[t0]\n\t"
                     "sbbq 48(%[b]), %[t0]\n\t"
                     "movq 56(%[a]), %[t1]\n\t"
                     "sbbq 56(%[b]), %[t1]\n\t"
                     "movq 64(%[a]), %[t2]\n\t"
                     "sbbq 64(%[b]), %[t2]\n\t"
                     "movq 72(%[a]), %[t3]\n\t"
                     "sbbq 72(%[b]), %[t3]\n\t"
                     "movq 80(%[a]), %[t4]\n\t"
                     "sbbq 80(%[b]), %[t4]\n\t"
                     "movq 88(%[a]), %[t5]\n\t"
                     "sbbq 88(%[b]), %[t5]\n\t"
                     "movl $0, %k[r0]\n\t"
                     "movl $0, %k[r1]\n\t"
                     "movl $0, %k[r2]\n\t"
                     "movl $0, %k[r3]\n\t"
                     "movl $0, %k[a]\n\t"
                     "movl $0, %k[b]\n\t"
                     "cmovcq %[m0], %[r0]\n\t"
                     "cmovcq %[m1], %[r1]\n\t"
                     "cmovcq %[m2], %[r2]\n\t"
                     "cmovcq %[m3], %[r3]\n\t"
                     "cmovcq %[m4], %[a]\n\t"
                     "cmovcq %[m5], %[b]\n\t"
                     "addq %[r0], %[t0]\n\t"
                     "adcq %[r1], %[t1]\n\t"
                     "adcq %[r2], %[t2]\n\t"
                     "adcq %[r3], %[t3]\n\t"
                     "adcq %[a], %[t4]\n\t"
                     "adcq %[b], %[t5]\n\t"
                     "movq %[t0], 48(%[out])\n\t"
                     "movq %[t1], 56(%[out])\n\t"
                     "movq %[t2], 64(%[out])\n\t"
                     "movq %[t3], 72(%[out])\n\t"
                     "movq %[t4], 80(%[out])\n\t"
                     "movq %[t5], 88(%[out])\n\t"
                     : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3),
                       [t4] "=&r"(t4), [t5] "=&r"(t5), [r0] "=&r"(r0), [r1] "=&r"(r1),
                       [r2] "=&r"(r2), [r3] "=&r"(r3), [a] "+&r"(a), [b] "+&r"(b)
                     : [out] "r"(out), TR_MULX_MODULUS_6_(m)
                     : "cc", "memory");
}

static TR_FIELD_INLINE void tr_mulx_add_lazy_6(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "addq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "adcq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "adcq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "adcq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[r0]\n\t"
            "adcq 32(%[b]), %[r0]\n\t"
            "movq %[r0], 32(%[out])\n\t"
            "movq 40(%[a]), %[r0]\n\t"
            "adcq 40(%[b]), %[r0]\n\t"
            "movq %[r0], 40(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[6])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(6, a), TR_MULX_READS_(6, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_add_lazy_12(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "addq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "adcq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "adcq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "adcq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[r0]\n\t"
            "adcq 32(%[b]), %[r0]\n\t"
            "movq %[r0], 32(%[out])\n\t"
            "movq 40(%[a]), %[r0]\n\t"
            "adcq 40(%[b]), %[r0]\n\t"
            "movq %[r0], 40(%[out])\n\t"
            "movq 48(%[a]), %[r0]\n\t"
            "adcq 48(%[b]), %[r0]\n\t"
            "movq %[r0], 48(%[out])\n\t"
            "movq 56(%[a]), %[r0]\n\t"
            "adcq 56(%[b]), %[r0]\n\t"
            "movq %[r0], 56(%[out])\n\t"
            "movq 64(%[a]), %[r0]\n\t"
            "adcq 64(%[b]), %[r0]\n\t"
            "movq %[r0], 64(%[out])\n\t"
            "movq 72(%[a]), %[r0]\n\t"
            "adcq 72(%[b]), %[r0]\n\t"
            "movq %[r0], 72(%[out])\n\t"
            "movq 80(%[a]), %[r0]\n\t"
            "adcq 80(%[b]), %[r0]\n\t"
            "movq %[r0], 80(%[out])\n\t"
            "movq 88(%[a]), %[r0]\n\t"
            "adcq 88(%[b]), %[r0]\n\t"
            "movq %[r0], 88(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[12])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(12, a), TR_MULX_READS_(12, b)
            : "cc");
}

static TR_FIELD_INLINE void tr_mulx_sub_lazy_12(uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    uint64_t r0;
    __asm__("movq (%[a]), %[r0]\n\t"
            "subq (%[b]), %[r0]\n\t"
            "movq %[r0], (%[out])\n\t"
            "movq 8(%[a]), %[r0]\n\t"
            "sbbq 8(%[b]), %[r0]\n\t"
            "movq %[r0], 8(%[out])\n\t"
            "movq 16(%[a]), %[r0]\n\t"
            "sbbq 16(%[b]), %[r0]\n\t"
            "movq %[r0], 16(%[out])\n\t"
            "movq 24(%[a]), %[r0]\n\t"
            "sbbq 24(%[b]), %[r0]\n\t"
            "movq %[r0], 24(%[out])\n\t"
            "movq 32(%[a]), %[r0]\n\t"
            "sbbq 32(%[b]), %[r0]\n\t"
            "movq %[r0], 32(%[out])\n\t"
            "movq 40(%[a]), %[r0]\n\t"
            "sbbq 40(%[b]), %[r0]\n\t"
            "movq %[r0], 40(%[out])\n\t"
            "movq 48(%[a]), %[r0]\n\t"
            "sbbq 48(%[b]), %[r0]\n\t"
            "movq %[r0], 48(%[out])\n\t"
            "movq 56(%[a]), %[r0]\n\t"
            "sbbq 56(%[b]), %[r0]\n\t"
            "movq %[r0], 56(%[out])\n\t"
            "movq 64(%[a]), %[r0]\n\t"
            "sbbq 64(%[b]), %[r0]\n\t"
            "movq %[r0], 64(%[out])\n\t"
            "movq 72(%[a]), %[r0]\n\t"
            "sbbq 72(%[b]), %[r0]\n\t"
            "movq %[r0], 72(%[out])\n\t"
            "movq 80(%[a]), %[r0]\n\t"
            "sbbq 80(%[b]), %[r0]\n\t"
            "movq %[r0], 80(%[out])\n\t"
            "movq 88(%[a]), %[r0]\n\t"
            "sbbq 88(%[b]), %[r0]\n\t"
            "movq %[r0], 88(%[out])\n\t"
            : [r0] "=&r"(r0), "=m"(*(uint64_t(*)[12])out)
            : [out] "r"(out), [a] "r"(a), [b] "r"(b), TR_MULX_READS_(12, a), TR_MULX_READS_(12, b)
            : "cc");
}

#endif
