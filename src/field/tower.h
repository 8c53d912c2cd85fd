/* Extensions of the coordinate fields of BN254 (tr_bn) and BLS12-381 (tr_bls), all from one
 * template (field/tower_impl.h), all inline:
 *
 *   fp2 = fp[u] / (u^2 + 1)    fp6 = fp2[v] / (v^3 - xi)    fp12 = fp6[w] / (w^2 - v)
 *
 * with xi = 9 + u and xi = 1 + u.  Outputs come first and may be inputs, but for those named b.
 *
 *   fp2   add sub neg double halve mul sqr inv (zero gives zero) is_zero eq select conj norm
 *         mul_xi, mul_fp (by an element of fp), sqrt (false: no square), pow, inv_many
 *         wide_mul, wide_add, wide_sub, wide_mul_xi, redc    products before reduction
 *   fp6   add sub neg double mul sqr inv is_zero eq mul_v mul_fp2
 *         mul_by_01 (by b0 + b1 v), mul_by_1 (by b1 v)
 *   fp12  mul sqr inv conj eq is_one set_one frobenius frobenius_2 frobenius_3 (powers p, p^2, p^3)
 *         mul_by_014 (by b0 + b1 v + b4 v w), mul_by_034 (by b0 + b3 w + b4 v w)
 *         in the cyclotomic subgroup, where conj is the inverse: cyclotomic_sqr,
 *         cyclotomic_sqr_times, cyclotomic_pow
 *
 * Public data only: time depends on values. */
#ifndef TR_FIELD_TOWER_H
#define TR_FIELD_TOWER_H

#include "field/prime.h"
#include "field/tower_constants.h"

#define TR_TOWER    tr_bn
#define TR_TOWER_FP tr_bn_fp
#define TR_TOWER_XI 9
#include "field/tower_impl.h"
#define TR_TOWER    tr_bls
#define TR_TOWER_FP tr_bls_fp
#define TR_TOWER_XI 1
#include "field/tower_impl.h"

#endif
