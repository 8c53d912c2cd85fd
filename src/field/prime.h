/* Prime fields, all from one description.
 *
 * A field is a name, a modulus and a number of limbs (tools/make-fields); everything else (the
 * Montgomery constants, the root of unity, a non-residue, exponents) is derived from those, written
 * to field/prime_constants.h and checked by a test.  field/prime_impl.h turns a description into a
 * type and its functions, all inline, so that a curve's file is compiled for its field:
 *
 *   tr_bn_fp, tr_bn_fr        BN254: coordinates, scalars (which are Baby Jubjub's coordinates)
 *   tr_bls_fp, tr_bls_fr      BLS12-381: coordinates (6 limbs), scalars
 *   tr_p256_fp, tr_p256_fn    P-256
 *   tr_k1_fp, tr_k1_fn        secp256k1
 *   tr_bjj_fn                 the order of Baby Jubjub's prime subgroup
 *
 * An element is in Montgomery form and always below the modulus, so that equal numbers are equal
 * bits and zero is all zeros.  For a field F:
 *
 *   F_zero, F_one, F_modulus (plain limbs), F_bits, F_two_adicity, F_root_of_unity (of order 2 to
 *   the two-adicity, a power of F_generator), F_half_order ((p - 1) / 2, plain)
 *
 *   F_add F_sub F_neg F_double F_mul F_sqr F_halve      (F *out, const F *a, ...); may overlap
 *   F_sqr_times(F *out, const F *a, unsigned n)         n squarings
 *   F_mul_inline                                        F_mul without a call, for short loops
 *   F_is_zero F_eq F_is_odd (of the plain number) F_cmp (of plain numbers)
 *   F_select(F *out, const F *a, const F *b, bool take_b)
 *
 *   F_of_u64(F *out, uint64_t), F_of_limbs(F *out, const uint64_t *plain) any value: reduced;
 *   F_of_limbs_strict false: not below the modulus; F_to_limbs(uint64_t *out, const F *a)
 *   F_read_be(F *out, const uint8_t *) false: not below the modulus; F_write_be(uint8_t *out, const
 *   F *a); F_read_le, F_write_le; F_reduce_be(F *out, const uint8_t *, size_t) any length: modulo p
 *
 *   F_inv (zero gives zero), F_pow(F *out, const F *a, const uint64_t *exponent, unsigned limbs)
 *   F_sqrt(F *out, const F *a) false: no square, out is as it was; F_is_square (zero is one)
 *   F_inv_many(size_t n, F *a, F *scratch) each in place by one inversion; zeros stay zero
 *
 * For towers, products without reduction (F_wide, of twice the limbs): F_wide_mul of any limbs;
 * F_wide_add_lazy, F_wide_sub_lazy, F_add_lazy, which neither reduce nor check; F_wide_add and
 * F_wide_sub modulo p R, R being 2^(64 limbs), for moduli with a free top bit; F_redc(F *out, const
 * F_wide *) divides what is below p R by R modulo p.
 *
 * In a file that is compiled for BMI2 and ADX multiplication is inline assembly; elsewhere it is
 * portable C, which is what the guest gets.  Public data only: time depends on values. */
#ifndef TR_FIELD_PRIME_H
#define TR_FIELD_PRIME_H

#include "base/base.h"
#include "field/prime_constants.h"

#define TR_PRIME       tr_bn_fp
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_bn_fr
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_bls_fp
#define TR_PRIME_LIMBS 6
#include "field/prime_impl.h"
#define TR_PRIME       tr_bls_fr
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_p256_fp
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_p256_fn
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_k1_fp
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_k1_fn
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"
#define TR_PRIME       tr_bjj_fn
#define TR_PRIME_LIMBS 4
#include "field/prime_impl.h"

#endif
