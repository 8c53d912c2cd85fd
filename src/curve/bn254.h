/* BN254 (alt_bn128): the curve of Ethereum's first pairing precompiles and of most Groth16 and
 * PLONK proofs on chain.  About 100 bits of security: say so where users choose it.
 *
 *   G1  y^2 = x^3 + 3 over the prime field, of prime order
 *   G2  y^2 = x^3 + 3 / (9 + u) over its quadratic extension; a subgroup, which is checked
 *
 * Public data only: time depends on values. */
#ifndef TR_CURVE_BN254_H
#define TR_CURVE_BN254_H

#include "base/exec.h"
#include "field/tower.h"

/* Affine; infinity is x = y = 0, which is no point of either curve. */
typedef struct tr_bn_g1 {
    tr_bn_fp x, y;
} tr_bn_g1;

typedef struct tr_bn_g2 {
    tr_bn_fp2 x, y;
} tr_bn_g2;

extern const tr_bn_g1 tr_bn_g1_generator;
extern const tr_bn_g2 tr_bn_g2_generator;

/* Reading and writing, big-endian as the precompiles have it (64 bytes x, y; 128 bytes x.c1, x.c0,
 * y.c1, y.c0), infinity all zeros.  TR_E_POINT: a coordinate is not below the modulus, or the point
 * is not on the curve, or (G2) not in the subgroup. */
TR_NODISCARD tr_err tr_bn_g1_read(tr_trail *trail, const uint8_t in[64], tr_bn_g1 *out);
TR_NODISCARD tr_err tr_bn_g2_read(tr_trail *trail, const uint8_t in[128], tr_bn_g2 *out);
void tr_bn_g1_write(const tr_bn_g1 *in, uint8_t out[64]);
void tr_bn_g2_write(const tr_bn_g2 *in, uint8_t out[128]);

/* Compressed, as gnark writes it: 32 and 64 bytes, two flag bits on top (10 the smaller y, 11 the
 * larger, 01 infinity).  Strict. */
TR_NODISCARD tr_err tr_bn_g1_decompress(tr_trail *trail, const uint8_t in[32], tr_bn_g1 *out);
TR_NODISCARD tr_err tr_bn_g2_decompress(tr_trail *trail, const uint8_t in[64], tr_bn_g2 *out);
void tr_bn_g1_compress(const tr_bn_g1 *in, uint8_t out[32]);
void tr_bn_g2_compress(const tr_bn_g2 *in, uint8_t out[64]);

bool tr_bn_g1_is_infinity(const tr_bn_g1 *a);
bool tr_bn_g2_is_infinity(const tr_bn_g2 *a);
bool tr_bn_g1_on_curve(const tr_bn_g1 *a);
bool tr_bn_g2_on_curve(const tr_bn_g2 *a);
bool tr_bn_g2_in_subgroup(const tr_bn_g2 *a);

/* Groups.  A scalar is 32 bytes big-endian, any number.  Multiples, sums of products and pairings
 * are of points of the groups, as they are read: elsewhere on the twist they mean nothing.  out may
 * be an input. */
void tr_bn_g1_add(const tr_bn_g1 *a, const tr_bn_g1 *b, tr_bn_g1 *out);
void tr_bn_g2_add(const tr_bn_g2 *a, const tr_bn_g2 *b, tr_bn_g2 *out);
void tr_bn_g1_neg(const tr_bn_g1 *a, tr_bn_g1 *out);
void tr_bn_g2_neg(const tr_bn_g2 *a, tr_bn_g2 *out);
void tr_bn_g1_mul(const tr_bn_g1 *a, const uint8_t scalar[32], tr_bn_g1 *out);
void tr_bn_g2_mul(const tr_bn_g2 *a, const uint8_t scalar[32], tr_bn_g2 *out);

/* Sums of n products.  Scalars are field elements.  Memory comes from alloc and goes back. */
TR_NODISCARD tr_err tr_bn_g1_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                 const tr_bn_g1 points[], const tr_bn_fr scalars[], tr_bn_g1 *out);
TR_NODISCARD tr_err tr_bn_g2_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                 const tr_bn_g2 points[], const tr_bn_fr scalars[], tr_bn_g2 *out);

/* Many multiples of one point (a table of windows is made once): out[i] = scalars[i] * base. */
TR_NODISCARD tr_err tr_bn_g1_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec,
                                      const tr_bn_g1 *base, size_t n, const tr_bn_fr scalars[],
                                      tr_bn_g1 out[]);
TR_NODISCARD tr_err tr_bn_g2_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec,
                                      const tr_bn_g2 *base, size_t n, const tr_bn_fr scalars[],
                                      tr_bn_g2 out[]);

/* Pairings.  Elements of the target group, after the final exponentiation. */
typedef struct tr_bn_gt {
    tr_bn_fp2 c[6];
} tr_bn_gt;

/* tr_bn_pairing is the product of the pairings of n pairs, with one final exponentiation; a pair
 * with infinity counts as 1.  tr_bn_pairing_is_one asks whether it is 1. */
void tr_bn_pairing(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[], tr_bn_gt *out);
bool tr_bn_pairing_is_one(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[]);
bool tr_bn_gt_eq(const tr_bn_gt *a, const tr_bn_gt *b);
void tr_bn_gt_mul(const tr_bn_gt *a, const tr_bn_gt *b, tr_bn_gt *out);
void tr_bn_gt_pow(const tr_bn_gt *a, const uint8_t exponent[32], tr_bn_gt *out);

#endif
