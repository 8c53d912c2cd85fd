/* Eight lanes against one number at a time, in each field that has them. */
#include "field/lanes_avx512.h"
#include "harness.h"

/* Numbers below p: as they lie, the extremes often. */
#define LAWS(F)                                                                                    \
    static void F##_fill(tr_gen *g, F out[8])                                                      \
    {                                                                                              \
        uint8_t bytes[64];                                                                         \
        for (unsigned i = 0; i < 8; i++) {                                                         \
            uint64_t few = tr_gen_below(g, 6);                                                     \
            tr_gen_fill(g, bytes, sizeof(bytes));                                                  \
            F##_reduce_be(&out[i], bytes, sizeof(bytes));                                          \
            if (few < 2) memset(&out[i], 0, sizeof(out[i]));                                       \
            if (few < 2) out[i].w[0] = few;                                                        \
            if (few == 2) memcpy(out[i].w, F##_modulus, sizeof(out[i]));                           \
            if (few == 2) out[i].w[0]--;                                                           \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void F##_check(const F##_x8 *got, const F want[8])                                      \
    {                                                                                              \
        F##_x8 x;                                                                                  \
        F out[8];                                                                                  \
        F##_out(&x, got);                                                                          \
        F##_x8_store(out, 1, &x);                                                                  \
        for (unsigned i = 0; i < 8; i++) TR_CHECK(F##_eq(&out[i], &want[i]));                      \
    }                                                                                              \
                                                                                                   \
    TR_PROP(F##_there_and_back)                                                                    \
    {                                                                                              \
        F a[8], apart[24], b[24];                                                                  \
        F##_x8 x;                                                                                  \
        F##_fill(g, a);                                                                            \
        memset(apart, 0, sizeof(apart));                                                           \
        memset(b, 0, sizeof(b));                                                                   \
        for (unsigned i = 0; i < 8; i++) apart[3 * i] = a[i];                                      \
        F##_x8_load(&x, apart, 3);                                                                 \
        F##_x8_store(b, 3, &x);                                                                    \
        TR_CHECK(memcmp(apart, b, sizeof(b)) == 0);                                                \
        for (unsigned i = 0; i < F##_x8_limbs; i++)                                                \
            TR_CHECK(_mm512_cmpgt_epu64_mask(x.l[i], _mm512_set1_epi64(TR_LANES_MASK)) == 0);      \
    }                                                                                              \
                                                                                                   \
    TR_PROP(F##_sums_and_products)                                                                 \
    {                                                                                              \
        F a[8], b[8], want[8];                                                                     \
        F##_x8 x, y, r, t;                                                                         \
        F##_fill(g, a);                                                                            \
        F##_fill(g, b);                                                                            \
        F##_x8_load(&x, a, 1);                                                                     \
        F##_x8_load(&y, b, 1);                                                                     \
        F##_x8_in(&x, &x);                                                                         \
        F##_x8_in(&y, &y);                                                                         \
        for (unsigned i = 0; i < 8; i++) F##_mul(&want[i], &a[i], &b[i]);                          \
        F##_x8_mul(&r, &x, &y);                                                                    \
        F##_check(&r, want);                                                                       \
        F##_x8_mul_raw(&r, &x, &y);                                                                \
        F##_x8_carry(&r, &r);                                                                      \
        F##_check(&r, want);                                                                       \
        for (unsigned i = 0; i < 8; i++) F##_sqr(&want[i], &a[i]);                                 \
        F##_x8_sqr(&r, &x);                                                                        \
        F##_check(&r, want);                                                                       \
        for (unsigned i = 0; i < 8; i++) F##_add(&want[i], &a[i], &b[i]);                          \
        F##_x8_add(&r, &x, &y);                                                                    \
        F##_x8_carry(&r, &r);                                                                      \
        F##_check(&r, want);                                                                       \
        for (unsigned i = 0; i < 8; i++) F##_sub(&want[i], &a[i], &b[i]);                          \
        F##_x8_sub_2p(&r, &x, &y);                                                                 \
        F##_x8_carry(&r, &r);                                                                      \
        F##_check(&r, want);                                                                       \
        /* Sums of up to 4p as factors, and 32 times a number below p. */                          \
        F##_x8_sub_4p(&t, &x, &y);                                                                 \
        F##_x8_carry(&t, &t);                                                                      \
        F##_check(&t, want);                                                                       \
        F##_x8_mul(&r, &t, &r);                                                                    \
        for (unsigned i = 0; i < 8; i++) F##_sqr(&want[i], &want[i]);                              \
        F##_check(&r, want);                                                                       \
        F##_x8_reduce_once(&r, &r);                                                                \
        F##_check(&r, want);                                                                       \
        for (unsigned k = 0; k < 5; k++) {                                                         \
            F##_x8_add(&r, &r, &r);                                                                \
            for (unsigned i = 0; i < 8; i++) F##_double(&want[i], &want[i]);                       \
        }                                                                                          \
        F##_x8_carry(&r, &r);                                                                      \
        F##_x8_reduce(&r, &r);                                                                     \
        F##_check(&r, want);                                                                       \
        uint8_t zeros = 0;                                                                         \
        for (unsigned i = 0; i < 8; i++) zeros |= (uint8_t)(F##_is_zero(&want[i]) << i);           \
        TR_CHECK_EQ(F##_x8_is_zero(&r), zeros);                                                    \
        F##_x8_select(&t, &x, &y, 0xa5);                                                           \
        for (unsigned i = 0; i < 8; i++) want[i] = (0xa5 >> i & 1) != 0 ? b[i] : a[i];             \
        F##_check(&t, want);                                                                       \
        F##_x8_set(&t, F##_x8_one);                                                                \
        for (unsigned i = 0; i < 8; i++) want[i] = F##_one;                                        \
        F##_check(&t, want);                                                                       \
    }

/* What _out gives is below 2p. */
#define OUT(F)                                                                                     \
    static void F##_out(F##_x8 *out, const F##_x8 *a)                                              \
    {                                                                                              \
        F##_x8_out(out, a);                                                                        \
        F##_x8_reduce_once(out, out);                                                              \
    }

OUT(tr_bn_fp)
OUT(tr_bn_fr)
OUT(tr_bls_fp)
OUT(tr_bls_fr)
LAWS(tr_bn_fp)
LAWS(tr_bn_fr)
LAWS(tr_bls_fp)
LAWS(tr_bls_fr)
