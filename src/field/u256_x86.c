/* u256's long division once more with BMI2: MULX takes any register and leaves the flags alone. */
#include "field/u256_internal.h"

static tr_u256 mod_512(const tr_u512 *a, const tr_u256 *m)
{
    return tr_divide_rest(a->w, 8, m);
}

static tr_u256 mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    tr_u512 product = tr_u256_mul_full(*a, *b);
    return tr_divide_rest(product.w, 8, m);
}

const tr_u256_backend tr_u256_bmi2 = {"bmi2", mod_512, mulmod};
