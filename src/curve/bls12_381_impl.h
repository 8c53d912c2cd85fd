/* BLS12-381 compiled for one set of instructions: TR_BLS_BACKEND is the table of its functions,
 * TR_BLS_BACKEND_NAME its name. */
#ifndef TR_CURVE_BLS12_381_IMPL_H
#define TR_CURVE_BLS12_381_IMPL_H

#include "curve/bls12_381_group_impl.h"
#include "curve/bls12_381_map_impl.h"
#include "curve/bls12_381_pairing_impl.h"

#ifdef TR_BLS_BACKEND
const tr_bls_backend TR_BLS_BACKEND = {
    .name = TR_BLS_BACKEND_NAME,
    .g1_lift = tr_bls_g1_find_y,
    .g2_lift = tr_bls_g2_find_y,
    .g1_on_curve = tr_bls_g1_check_curve,
    .g2_on_curve = tr_bls_g2_check_curve,
    .g1_in_subgroup = tr_bls_g1_check_subgroup,
    .g2_in_subgroup = tr_bls_g2_check_subgroup,
    .g1_add = tr_bls_g1_add_points,
    .g2_add = tr_bls_g2_add_points,
    .g1_mul = tr_bls_g1_multiply,
    .g2_mul = tr_bls_g2_multiply,
    .g1_mul_any = tr_bls_g1_multiply_any,
    .g2_mul_any = tr_bls_g2_multiply_any,
    .g1_mul_secret = tr_bls_g1_secret_mul,
    .g2_mul_secret = tr_bls_g2_secret_mul,
    .g1_msm = tr_bls_g1_products,
    .g2_msm = tr_bls_g2_products,
    .g1_add_many = tr_bls_g1_add_many,
    .g1_split = tr_bls_g1_split,
    .g1_image = tr_bls_g1_image,
    .pairing = tr_bls_code_pairing,
    .gt_mul = tr_bls_code_gt_mul,
    .map_to_g1 = tr_bls_g1_map,
    .map_to_g2 = tr_bls_g2_map,
};
#endif

#endif
