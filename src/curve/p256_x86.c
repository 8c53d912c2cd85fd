/* P-256 compiled for BMI2 and ADX. */
#include "curve/p256_impl.h"

const tr_p256_code tr_p256_bmi2 = {"bmi2", verify};
