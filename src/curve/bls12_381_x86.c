/* BLS12-381 with BMI2 and ADX. */
#define TR_BLS_BACKEND      tr_bls_bmi2
#define TR_BLS_BACKEND_NAME "bmi2"
#include "curve/bls12_381_impl.h"
