/* The groups of BN254, for one set of instructions: included by bn254.c and bn254_x86.c. */
#ifndef TR_CURVE_BN254_GROUP_IMPL_H
#define TR_CURVE_BN254_GROUP_IMPL_H

#include "curve/bn254_internal.h"
#include "field/tower.h"

/* The parameter x of the family, from which all of the curve follows. */
#define TR_BN_X UINT64_C(0x44e992b44a6909f1)

typedef unsigned __int128 tr_bn_wide;

/* The coefficients b: 3, and 3 / (9 + u). */
static const tr_bn_fp tr_bn_b1 = {
    {0x7a17caa950ad28d7, 0x1f6ac17ae15521b9, 0x334bea4e696bd284, 0x2a1f6744ce179d8e}};
static const tr_bn_fp2 tr_bn_b2 = {
    {{0x3bf938e377b802a8, 0x020b1b273633535d, 0x26b7edf049755260, 0x2514c6324384a86d}},
    {{0x38e7ecccd1dcff67, 0x65f0b37d93ce0d3e, 0xd749d0dd22ac00aa, 0x0141b9ce4a688d4d}}};

/* k g / 2^256 to the nearest, lowest two limbs. */
static inline tr_bn_wide tr_bn_round(const uint64_t k[4], const uint64_t g[4])
{
    uint64_t product[8];
    tr_limbs_mul(4, product, k, g);
    return ((tr_bn_wide)product[5] << 64 | product[4]) + (product[3] >> 63);
}

static inline void tr_bn_part(tr_scalar_part *out, tr_bn_wide value)
{
    bool negative = value >> 127 != 0;
    if (negative) value = -value;
    *out = (tr_scalar_part){{(uint64_t)value, (uint64_t)(value >> 64), 0, 0}, negative};
}

/* G1 has the endomorphism (x, y) -> (beta x, y), which multiplies by a cube root of unity L.
 * k = part 0 + L part 1, from the short vectors (-S, A) and (-A - S, -S) of the lattice of
 * (a, b) with a + L b = 0 modulo the order, S = 2x + 1, A = 6x^2 + 2x; parts are below 2^127.  The
 * long constants are S and A times 2^256, divided by the order. */
static inline void tr_bn_g1_split(tr_scalar_part parts[2], const tr_bn_fr *scalar)
{
    static const uint64_t by_s[4] = {0xd91d232ec7e0b3d7, 0x0000000000000002, 0, 0};
    static const uint64_t by_a[4] = {0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 0x0000000000000002, 0};
    const tr_bn_wide s = 2 * TR_BN_X + 1, a = (tr_bn_wide)TR_BN_X * TR_BN_X * 6 + 2 * TR_BN_X;
    uint64_t k[4];
    tr_bn_fr_to_limbs(k, scalar);
    tr_bn_wide ks = tr_bn_round(k, by_s), ka = tr_bn_round(k, by_a);
    tr_bn_part(&parts[0], ((tr_bn_wide)k[1] << 64 | k[0]) - ks * s - ka * (a + s));
    tr_bn_part(&parts[1], ks * a - ka * s);
}

static inline void tr_bn_g1_image(tr_bn_g1 *out, const tr_bn_g1 *a, unsigned part)
{
    *out = *a;
    if (part != 0) tr_bn_fp_mul(&out->x, &a->x, (const tr_bn_fp *)&tr_bn_frobenius_2[3]);
}

/* G2 has psi, Frobenius' map seen from the twist, which multiplies the points of the subgroup by
 * 6x^2.  The rows of short are relations between the powers of 6x^2 (S. Galbraith and M. Scott,
 * "Exponentiation in pairing-friendly groups using homomorphisms", 2008); parts are below 2^65.
 * The constants are the first row of the inverse matrix, times 2^256; the last one is negative. */
static inline void tr_bn_g2_split(tr_scalar_part parts[4], const tr_bn_fr *scalar)
{
    static const uint64_t by[4][4] = {
        {0xd0cb46fd51906254, 0xc444fab18d269b9d, 0x0000000000000000, 0},
        {0x001378f5ee78976d, 0x22df9f942d7d77c7, 0x3d00631561b25729, 0x0000000000000001},
        {0x36510546a93478ab, 0x916fcfca16bebbe4, 0x9e80318ab0d92b94, 0x0000000000000000},
        {0xf7ae23ce89afae7c, 0xc444fab18d269b9a, 0x0000000000000000, 0},
    };
    const tr_bn_wide x = TR_BN_X;
    const tr_bn_wide rows[4][4] = {
        {x + 1, x, x, 0 - 2 * x},
        {2 * x + 1, 0 - x, 0 - x - 1, 0 - x},
        {2 * x, 2 * x + 1, 2 * x + 1, 2 * x + 1},
        {x - 1, 4 * x + 2, 1 - 2 * x, x - 1},
    };
    uint64_t k[4];
    tr_bn_fr_to_limbs(k, scalar);
    tr_bn_wide sums[4] = {(tr_bn_wide)k[1] << 64 | k[0]};
    for (unsigned i = 0; i < 4; i++) {
        tr_bn_wide c = tr_bn_round(k, by[i]);
        if (i == 3) c = -c;
        for (unsigned j = 0; j < 4; j++) sums[j] -= c * rows[i][j];
    }
    for (unsigned j = 0; j < 4; j++) tr_bn_part(&parts[j], sums[j]);
}

static inline void tr_bn_g2_psi(tr_bn_g2 *out, const tr_bn_g2 *a)
{
    tr_bn_fp2_conj(&out->x, &a->x);
    tr_bn_fp2_conj(&out->y, &a->y);
    tr_bn_fp2_mul(&out->x, &out->x, (const tr_bn_fp2 *)&tr_bn_frobenius[1]);
    tr_bn_fp2_mul(&out->y, &out->y, (const tr_bn_fp2 *)&tr_bn_frobenius[2]);
}

static inline void tr_bn_g2_image(tr_bn_g2 *out, const tr_bn_g2 *a, unsigned part)
{
    *out = *a;
    for (unsigned i = 0; i < part; i++) tr_bn_g2_psi(out, out);
}

#define TR_GROUP      tr_bn_g1
#define TR_GROUP_F    tr_bn_fp
#define TR_GROUP_ONE  tr_bn_fp_one
#define TR_MSM_SCALAR tr_bn_fr
#define TR_MSM_PARTS  2
#define TR_MSM_BITS   127
#define TR_MSM_SPLIT  tr_bn_g1_split
#define TR_MSM_IMAGE  tr_bn_g1_image
#include "curve/group_impl.h"
#include "curve/msm_impl.h"
#include "curve/multiples_impl.h"
#include "curve/template_end.h"

#define TR_GROUP      tr_bn_g2
#define TR_GROUP_F    tr_bn_fp2
#define TR_GROUP_ONE  ((tr_bn_fp2){tr_bn_fp_one, tr_bn_fp_zero})
#define TR_MSM_SCALAR tr_bn_fr
#define TR_MSM_PARTS  4
#define TR_MSM_BITS   65
#define TR_MSM_SPLIT  tr_bn_g2_split
#define TR_MSM_IMAGE  tr_bn_g2_image
#include "curve/group_impl.h"
#include "curve/msm_impl.h"
#include "curve/multiples_impl.h"
#include "curve/template_end.h"

/* y from x, the larger or the smaller of the two. */
static bool tr_bn_g1_find_y(tr_bn_g1 *a, bool larger)
{
    tr_bn_fp y, other;
    tr_bn_fp_sqr(&y, &a->x);
    tr_bn_fp_mul(&y, &y, &a->x);
    tr_bn_fp_add(&y, &y, &tr_bn_b1);
    if (!tr_bn_fp_sqrt(&y, &y)) return false;
    tr_bn_fp_neg(&other, &y);
    a->y = (tr_bn_fp_cmp(&y, &other) > 0) == larger ? y : other;
    return true;
}

/* The order is of the imaginary parts, and of the real parts where those are zero. */
static bool tr_bn_g2_find_y(tr_bn_g2 *a, bool larger)
{
    tr_bn_fp2 y, other;
    tr_bn_fp2_sqr(&y, &a->x);
    tr_bn_fp2_mul(&y, &y, &a->x);
    tr_bn_fp2_add(&y, &y, &tr_bn_b2);
    if (!tr_bn_fp2_sqrt(&y, &y)) return false;
    tr_bn_fp2_neg(&other, &y);
    int order = tr_bn_fp_cmp(&y.c1, &other.c1);
    if (order == 0) order = tr_bn_fp_cmp(&y.c0, &other.c0);
    a->y = (order > 0) == larger ? y : other;
    return true;
}

/* Is (x + 1) P + psi(x P) + psi^2(x P) = psi^3(2x P)?  The subgroup satisfies it, by the first
 * relation of tr_bn_g2_split; the norm of that endomorphism is coprime to the rest of the curve's
 * order, so that nothing else does (Y. El Housni, A. Guillevic, T. Piellard, "Co-factor clearing
 * and subgroup membership testing on pairing-friendly curves", 2022). */
static bool tr_bn_g2_check_subgroup(const tr_bn_g2 *a)
{
    static const tr_scalar_part by_x = {{TR_BN_X, 0, 0, 0}, false};
    tr_bn_g2_jac sum, twice;
    tr_bn_g2 multiple, image, sum_affine, last;
    tr_bn_g2_plain_mul(&sum, a, &by_x);
    tr_bn_g2_to_affine(&multiple, &sum);
    tr_bn_g2_jac_of(&twice, &multiple);
    tr_bn_g2_jac_double(&twice, &twice);
    tr_bn_g2_to_affine(&last, &twice);
    tr_bn_g2_image(&last, &last, 3);
    tr_bn_g2_jac_add_affine(&sum, &sum, a);
    for (unsigned i = 1; i <= 2; i++) {
        tr_bn_g2_image(&image, &multiple, i);
        tr_bn_g2_jac_add_affine(&sum, &sum, &image);
    }
    tr_bn_g2_to_affine(&sum_affine, &sum);
    return tr_bn_g2_same(&sum_affine, &last);
}

static void tr_bn_g1_add_points(const tr_bn_g1 *a, const tr_bn_g1 *b, tr_bn_g1 *out)
{
    tr_bn_g1_affine_add(out, a, b);
}

static void tr_bn_g2_add_points(const tr_bn_g2 *a, const tr_bn_g2 *b, tr_bn_g2 *out)
{
    tr_bn_g2_affine_add(out, a, b);
}

enum { TR_BN_G1_DIGITS = 129, TR_BN_G2_DIGITS = 67 };

static void tr_bn_g1_multiply(const tr_bn_g1 *a, const uint8_t scalar[32], tr_bn_g1 *out)
{
    tr_bn_fr k;
    tr_scalar_part parts[2];
    tr_bn_g1_stream streams[2];
    tr_bn_g1_jac sum;
    tr_bn_fr_reduce_be(&k, scalar, 32);
    tr_bn_g1_split(parts, &k);
    tr_bn_g1_odd_multiples(streams[0].odd, a);
    for (unsigned i = 0; i < TR_WNAF_TABLE; i++)
        tr_bn_g1_image(&streams[1].odd[i], &streams[0].odd[i], 1);
    for (unsigned i = 0; i < 2; i++) tr_bn_g1_stream_set(&streams[i], TR_BN_G1_DIGITS, &parts[i]);
    tr_bn_g1_streams(&sum, 2, streams, TR_BN_G1_DIGITS);
    tr_bn_g1_to_affine(out, &sum);
}

static void tr_bn_g2_multiply(const tr_bn_g2 *a, const uint8_t scalar[32], tr_bn_g2 *out)
{
    tr_bn_fr k;
    tr_scalar_part parts[4];
    tr_bn_g2_stream streams[4];
    tr_bn_g2_jac sum;
    tr_bn_fr_reduce_be(&k, scalar, 32);
    tr_bn_g2_split(parts, &k);
    tr_bn_g2_odd_multiples(streams[0].odd, a);
    for (unsigned part = 0; part < 4; part++) {
        if (part != 0)
            for (unsigned i = 0; i < TR_WNAF_TABLE; i++)
                tr_bn_g2_psi(&streams[part].odd[i], &streams[part - 1].odd[i]);
        tr_bn_g2_stream_set(&streams[part], TR_BN_G2_DIGITS, &parts[part]);
    }
    tr_bn_g2_streams(&sum, 4, streams, TR_BN_G2_DIGITS);
    tr_bn_g2_to_affine(out, &sum);
}

#endif
