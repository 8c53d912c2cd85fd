/* The ways in which BN254 is computed: one set of functions compiled for the portable processor,
 * for BMI2 and ADX, and the latter with affine additions in eight lanes. */
#ifndef TR_CURVE_BN254_INTERNAL_H
#define TR_CURVE_BN254_INTERNAL_H

#include "curve/bn254.h"
#include "curve/scalar_internal.h"

typedef struct tr_bn_backend {
    const char *name;                          /* "portable", "bmi2", "ifma" */
    bool (*g1_lift)(tr_bn_g1 *a, bool larger); /* finds y; false: there is none */
    bool (*g2_lift)(tr_bn_g2 *a, bool larger);
    bool (*g2_in_subgroup)(const tr_bn_g2 *a);
    void (*g1_add)(const tr_bn_g1 *a, const tr_bn_g1 *b, tr_bn_g1 *out);
    void (*g2_add)(const tr_bn_g2 *a, const tr_bn_g2 *b, tr_bn_g2 *out);
    void (*g1_mul)(const tr_bn_g1 *a, const uint8_t scalar[32], tr_bn_g1 *out);
    void (*g2_mul)(const tr_bn_g2 *a, const uint8_t scalar[32], tr_bn_g2 *out);
    tr_err (*g1_msm)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bn_g1 points[], const tr_bn_fr scalars[], tr_bn_g1 *out);
    tr_err (*g2_msm)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bn_g2 points[], const tr_bn_fr scalars[], tr_bn_g2 *out);
    tr_err (*g1_mul_many)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const tr_bn_g1 *base,
                          size_t n, const tr_bn_fr scalars[], tr_bn_g1 out[]);
    tr_err (*g2_mul_many)(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const tr_bn_g2 *base,
                          size_t n, const tr_bn_fr scalars[], tr_bn_g2 out[]);
    void (*pairing)(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[], tr_bn_gt *out);
    void (*gt_mul)(const tr_bn_gt *a, const tr_bn_gt *b, tr_bn_gt *out);
    void (*gt_pow)(const tr_bn_gt *a, const uint8_t exponent[32], tr_bn_gt *out);
} tr_bn_backend;

extern const tr_bn_backend tr_bn_portable, tr_bn_bmi2, tr_bn_ifma;

/* Affine additions in eight lanes (bn254_avx512.c), as a kernel of curve/msm_impl.h: coordinates
 * are 16 times as large inside. */
void tr_bn_g1_lanes_add_many(size_t n, const tr_add_job *jobs, tr_bn_g1 *pool, void *scratch);

/* tr_bn_find gives the backend of this name, or NULL if this machine cannot run it. */
const tr_bn_backend *tr_bn_find(const char *name);

/* tr_bn_use makes the functions of curve/bn254.h use a backend. */
void tr_bn_use(const tr_bn_backend *backend);

#endif
