/* The products of modexp compiled for BMI2 and ADX. */
#include "field/modexp_impl.h"

const tr_modexp_code tr_modexp_bmi2 = {"bmi2",     4,     mul,    sqr,      mul_low,
                                       divide_low, leave, divide, wide_mul, wide_sqr};
