/* The ways in which BLS12-381 is computed: one set of functions, compiled for any processor and for
 * BMI2 and ADX. */
#ifndef TR_CURVE_BLS12_381_INTERNAL_H
#define TR_CURVE_BLS12_381_INTERNAL_H

#include "curve/bls12_381.h"
#include "curve/scalar_internal.h"

/* The curve's parameter x, which is negative: minus this. */
#define TR_BLS_X UINT64_C(0xd201000000010000)

typedef struct tr_bls_backend {
    const char *name;                           /* "portable", "bmi2" */
    bool (*g1_lift)(tr_bls_g1 *a, bool larger); /* finds y; false: there is none */
    bool (*g2_lift)(tr_bls_g2 *a, bool larger);
    bool (*g1_on_curve)(const tr_bls_g1 *a);
    bool (*g2_on_curve)(const tr_bls_g2 *a);
    bool (*g1_in_subgroup)(const tr_bls_g1 *a);
    bool (*g2_in_subgroup)(const tr_bls_g2 *a);
    void (*g1_add)(const tr_bls_g1 *a, const tr_bls_g1 *b, tr_bls_g1 *out);
    void (*g2_add)(const tr_bls_g2 *a, const tr_bls_g2 *b, tr_bls_g2 *out);
    void (*g1_mul)(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out);
    void (*g2_mul)(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out);
    void (*g1_mul_any)(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out);
    void (*g2_mul_any)(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out);
    void (*g1_mul_secret)(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out);
    void (*g2_mul_secret)(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out);
    tr_err (*g1_msm)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bls_g1 points[], const tr_bls_fr scalars[], tr_bls_g1 *out);
    tr_err (*g2_msm)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bls_g2 points[], const tr_bls_fr scalars[], tr_bls_g2 *out);
    /* Additions of affine points, many at a time, in a form of the backend's own that points enter
     * and leave (NULL: there is none).  Of scratch there are three coordinates for each, aligned to
     * 64 bytes. */
    void (*g1_add_many)(size_t n, const tr_add_job *jobs, tr_bls_g1 *pool, void *scratch);
    void (*g1_enter)(tr_bls_g1 *point);
    void (*g1_leave)(tr_bls_g1 *point);
    void (*g1_split)(tr_scalar_part parts[2], const tr_bls_fr *scalar);
    void (*g1_image)(tr_bls_g1 *out, const tr_bls_g1 *a, unsigned part);
    void (*pairing)(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[], tr_bls_gt *out);
    void (*gt_mul)(const tr_bls_gt *a, const tr_bls_gt *b, tr_bls_gt *out);
    /* The sum of the maps of n field elements, at most 2, its cofactor cleared. */
    void (*map_to_g1)(size_t n, const tr_bls_fp u[], tr_bls_g1 *out);
    void (*map_to_g2)(size_t n, const tr_bls_fp2 u[], tr_bls_g2 *out);
} tr_bls_backend;

extern const tr_bls_backend tr_bls_portable, tr_bls_bmi2;
extern const tr_bls_backend *tr_bls_chosen;

/* tr_bls_find gives the backend of this name, or NULL if this machine cannot run it. */
const tr_bls_backend *tr_bls_find(const char *name);

/* tr_bls_use makes the functions of curve/bls12_381.h use a backend. */
void tr_bls_use(const tr_bls_backend *backend);

/* tr_bls_fp_is_larger is true for numbers above (p - 1) / 2; of the extension it looks at the
 * imaginary part, and at the real part where that is zero. */
static inline bool tr_bls_fp_is_larger(const tr_bls_fp *a)
{
    uint64_t plain[6];
    tr_bls_fp_to_limbs(plain, a);
    for (unsigned i = 6; i-- > 0;)
        if (plain[i] != tr_bls_fp_half_order[i]) return plain[i] > tr_bls_fp_half_order[i];
    return false;
}

static inline bool tr_bls_fp2_is_larger(const tr_bls_fp2 *a)
{
    return tr_bls_fp_is_larger(tr_bls_fp_is_zero(&a->c1) ? &a->c0 : &a->c1);
}

#endif
