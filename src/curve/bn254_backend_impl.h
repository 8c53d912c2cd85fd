/* The functions of BN254 for one set of instructions, as the rows of a backend. */
#ifndef TR_CURVE_BN254_BACKEND_IMPL_H
#define TR_CURVE_BN254_BACKEND_IMPL_H

#include "curve/bn254_group_impl.h"
#include "curve/bn254_pairing_impl.h"

/* Additions in this file's own arithmetic. */
static const tr_bn_g1_kernel tr_bn_g1_own = {tr_bn_g1_add_many, NULL, NULL};
static const tr_bn_g2_kernel tr_bn_g2_own = {tr_bn_g2_add_many, NULL, NULL};

/* Sums and multiples in G1 with one kernel or another. */
#define TR_BN_G1_SUMS(prefix, kernel)                                                              \
    TR_FIELD_SHARED tr_err prefix##_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n, \
                                        const tr_bn_g1 points[], const tr_bn_fr scalars[],         \
                                        tr_bn_g1 *out)                                             \
    {                                                                                              \
        return tr_bn_g1_sum_products(trail, kernel, alloc, exec, n, points, scalars, out);         \
    }                                                                                              \
    TR_FIELD_SHARED tr_err prefix##_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec,      \
                                             const tr_bn_g1 *base, size_t n,                       \
                                             const tr_bn_fr scalars[], tr_bn_g1 out[])             \
    {                                                                                              \
        return tr_bn_g1_multiples(trail, kernel, alloc, exec, base, n, scalars, out);              \
    }

TR_BN_G1_SUMS(g1, &tr_bn_g1_own)

TR_FIELD_SHARED tr_err g2_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                              const tr_bn_g2 points[], const tr_bn_fr scalars[], tr_bn_g2 *out)
{
    return tr_bn_g2_sum_products(trail, &tr_bn_g2_own, alloc, exec, n, points, scalars, out);
}

TR_FIELD_SHARED tr_err g2_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec,
                                   const tr_bn_g2 *base, size_t n, const tr_bn_fr scalars[],
                                   tr_bn_g2 out[])
{
    return tr_bn_g2_multiples(trail, &tr_bn_g2_own, alloc, exec, base, n, scalars, out);
}

/* The rows that do not depend on the kernel. */
#define TR_BN_ROWS                                                                                 \
    .g1_lift = tr_bn_g1_find_y, .g2_lift = tr_bn_g2_find_y,                                        \
    .g2_in_subgroup = tr_bn_g2_check_subgroup, .g1_add = tr_bn_g1_add_points,                      \
    .g2_add = tr_bn_g2_add_points, .g1_mul = tr_bn_g1_multiply, .g2_mul = tr_bn_g2_multiply,       \
    .g2_msm = g2_msm, .g2_mul_many = g2_mul_many, .pairing = tr_bn_pair,                           \
    .gt_mul = tr_bn_gt_product, .gt_pow = tr_bn_gt_power

#endif
