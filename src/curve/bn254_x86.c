/* BN254 compiled for BMI2 and ADX. */
#include "curve/bn254_backend_impl.h"

const tr_bn_backend tr_bn_bmi2 = {
    .name = "bmi2", .g1_msm = g1_msm, .g1_mul_many = g1_mul_many, TR_BN_ROWS};
