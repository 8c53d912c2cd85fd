/* BN254 compiled for BMI2 and ADX. */
#include "curve/bn254_backend_impl.h"

const tr_bn_backend tr_bn_bmi2 = {
    .name = "bmi2", .g1_msm = g1_msm, .g1_mul_many = g1_mul_many, TR_BN_ROWS};

/* Eight lanes have 2^260 where single elements have 2^256 as their R. */
static void enter_lanes(tr_bn_g1 *a)
{
    for (unsigned i = 0; i < 4; i++) {
        tr_bn_fp_double(&a->x, &a->x);
        tr_bn_fp_double(&a->y, &a->y);
    }
}

static void leave_lanes(tr_bn_g1 *a)
{
    for (unsigned i = 0; i < 4; i++) {
        tr_bn_fp_halve(&a->x, &a->x);
        tr_bn_fp_halve(&a->y, &a->y);
    }
}

static const tr_bn_g1_kernel lanes = {tr_bn_g1_lanes_add_many, enter_lanes, leave_lanes};

TR_BN_G1_SUMS(lanes, &lanes)

const tr_bn_backend tr_bn_ifma = {
    .name = "ifma", .g1_msm = lanes_msm, .g1_mul_many = lanes_mul_many, TR_BN_ROWS};
