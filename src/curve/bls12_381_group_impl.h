/* The groups of BLS12-381, for one set of instructions. */
#ifndef TR_CURVE_BLS12_381_GROUP_IMPL_H
#define TR_CURVE_BLS12_381_GROUP_IMPL_H

#include "curve/bls12_381_constants.h"
#include "curve/bls12_381_internal.h"
#include "curve/scalar_internal.h"

/* The four digits of a scalar to the base |x|, lowest first: all are below |x|, which makes the
 * highest of a scalar below the order r < x^4 one too. */
static inline void tr_bls_digits(uint64_t digits[4], const tr_bls_fr *scalar)
{
    uint64_t k[4], v = tr_limb_reciprocal(TR_BLS_X);
    tr_bls_fr_to_limbs(k, scalar);
    for (unsigned digit = 0; digit < 4; digit++) {
        uint64_t rest = 0;
        for (unsigned i = 4; i-- > 0;) k[i] = tr_limb_div_2by1(rest, k[i], TR_BLS_X, v, &rest);
        digits[digit] = rest;
    }
}

/* k = part 0 + x^2 part 1: parts are below x^2 < 2^128. */
static inline void tr_bls_g1_split(tr_scalar_part parts[2], const tr_bls_fr *scalar)
{
    uint64_t digits[4];
    tr_bls_digits(digits, scalar);
    for (unsigned i = 0; i < 2; i++) {
        unsigned __int128 value = (unsigned __int128)digits[2 * i + 1] * TR_BLS_X + digits[2 * i];
        parts[i] = (tr_scalar_part){{(uint64_t)value, (uint64_t)(value >> 64), 0, 0}, false};
    }
}

/* x^2 times a point of the subgroup: (beta x, -y). */
static inline void tr_bls_g1_image(tr_bls_g1 *out, const tr_bls_g1 *a, unsigned part)
{
    *out = *a;
    if (part == 0) return;
    tr_bls_fp_mul(&out->x, &a->x, &tr_bls_beta);
    tr_bls_fp_neg(&out->y, &a->y);
}

/* k = sum of part i times x^i; x being negative, so are the parts of odd powers. */
static inline void tr_bls_g2_split(tr_scalar_part parts[4], const tr_bls_fr *scalar)
{
    uint64_t digits[4];
    tr_bls_digits(digits, scalar);
    for (unsigned i = 0; i < 4; i++) parts[i] = (tr_scalar_part){{digits[i], 0, 0, 0}, i % 2 != 0};
}

/* Frobenius' map seen from the twist, which multiplies the points of the subgroup by x. */
static inline void tr_bls_g2_psi(tr_bls_g2 *out, const tr_bls_g2 *a)
{
    tr_bls_fp2_conj(&out->x, &a->x);
    tr_bls_fp2_conj(&out->y, &a->y);
    tr_bls_fp2_mul(&out->x, &out->x, &tr_bls_psi_x);
    tr_bls_fp2_mul(&out->y, &out->y, &tr_bls_psi_y);
}

static inline void tr_bls_g2_image(tr_bls_g2 *out, const tr_bls_g2 *a, unsigned part)
{
    *out = *a;
    for (unsigned i = 0; i < part; i++) tr_bls_g2_psi(out, out);
}

/* 12 a and 12 (1 + u) a: three times the curves' b. */
static inline void tr_bls_fp_mul_3b(tr_bls_fp *out, const tr_bls_fp *a)
{
    tr_bls_fp t;
    tr_bls_fp_double(&t, a);
    tr_bls_fp_add(&t, &t, a);
    tr_bls_fp_double(&t, &t);
    tr_bls_fp_double(out, &t);
}

static inline void tr_bls_fp2_mul_3b(tr_bls_fp2 *out, const tr_bls_fp2 *a)
{
    tr_bls_fp2 t;
    tr_bls_fp2_mul_xi(&t, a);
    tr_bls_fp_mul_3b(&out->c0, &t.c0);
    tr_bls_fp_mul_3b(&out->c1, &t.c1);
}

static inline void tr_bls_fp_secret_inverse(tr_bls_fp *out, const tr_bls_fp *a)
{
    tr_bls_fp_pow(out, a, tr_bls_fp_minus_2, 6);
}

static inline void tr_bls_fp2_secret_inverse(tr_bls_fp2 *out, const tr_bls_fp2 *a)
{
    tr_bls_fp norm;
    tr_bls_fp2_norm(&norm, a);
    tr_bls_fp_secret_inverse(&norm, &norm);
    tr_bls_fp2_conj(out, a);
    tr_bls_fp2_mul_fp(out, out, &norm);
}

#define TR_GROUP          tr_bls_g1
#define TR_GROUP_F        tr_bls_fp
#define TR_GROUP_ONE      tr_bls_fp_one
#define TR_MSM_SCALAR     tr_bls_fr
#define TR_MSM_PARTS      2
#define TR_MSM_BITS       128
#define TR_MSM_SPLIT      tr_bls_g1_split
#define TR_MSM_IMAGE      tr_bls_g1_image
#define TR_SECRET_3B      tr_bls_fp_mul_3b
#define TR_SECRET_INVERSE tr_bls_fp_secret_inverse
#include "curve/group_impl.h"
#include "curve/msm_impl.h"
#include "curve/secret_impl.h"
#include "curve/template_end.h"

#define TR_GROUP          tr_bls_g2
#define TR_GROUP_F        tr_bls_fp2
#define TR_GROUP_ONE      ((tr_bls_fp2){tr_bls_fp_one, tr_bls_fp_zero})
#define TR_MSM_SCALAR     tr_bls_fr
#define TR_MSM_PARTS      4
#define TR_MSM_BITS       64
#define TR_MSM_SPLIT      tr_bls_g2_split
#define TR_MSM_IMAGE      tr_bls_g2_image
#define TR_SECRET_3B      tr_bls_fp2_mul_3b
#define TR_SECRET_INVERSE tr_bls_fp2_secret_inverse
#include "curve/group_impl.h"
#include "curve/msm_impl.h"
#include "curve/secret_impl.h"
#include "curve/template_end.h"

/* |x| times a point, of the whole curve. */
TR_FIELD_SHARED void tr_bls_g1_times_x(tr_bls_g1_jac *out, const tr_bls_g1_jac *a)
{
    tr_bls_g1_jac base = *a;
    *out = base;
    for (unsigned bit = 63; bit-- > 0;) {
        tr_bls_g1_jac_double(out, out);
        if ((TR_BLS_X >> bit & 1) != 0) tr_bls_g1_jac_add(out, out, &base);
    }
}

TR_FIELD_SHARED void tr_bls_g2_times_x(tr_bls_g2_jac *out, const tr_bls_g2_jac *a)
{
    tr_bls_g2_jac base = *a;
    *out = base;
    for (unsigned bit = 63; bit-- > 0;) {
        tr_bls_g2_jac_double(out, out);
        if ((TR_BLS_X >> bit & 1) != 0) tr_bls_g2_jac_add(out, out, &base);
    }
}

TR_FIELD_SHARED void tr_bls_g2_jac_psi(tr_bls_g2_jac *out, const tr_bls_g2_jac *a)
{
    tr_bls_fp2_conj(&out->x, &a->x);
    tr_bls_fp2_conj(&out->y, &a->y);
    tr_bls_fp2_conj(&out->z, &a->z);
    tr_bls_fp2_mul(&out->x, &out->x, &tr_bls_psi_x);
    tr_bls_fp2_mul(&out->y, &out->y, &tr_bls_psi_y);
}

/* Is x^2 P = (beta x, -y), and x P = psi(P)?  Only in the subgroups (M. Scott, "A note on group
 * membership tests for G1, G2 and GT on BLS pairing-friendly curves", 2021). */
TR_FIELD_SHARED bool tr_bls_g1_check_subgroup(const tr_bls_g1 *a)
{
    tr_bls_g1_jac multiple;
    tr_bls_g1 image;
    tr_bls_fp zz, x, y;
    if (tr_bls_g1_is_inf(a)) return true;
    tr_bls_g1_jac_of(&multiple, a);
    tr_bls_g1_times_x(&multiple, &multiple);
    tr_bls_g1_times_x(&multiple, &multiple);
    tr_bls_g1_image(&image, a, 1);
    tr_bls_fp_sqr(&zz, &multiple.z);
    tr_bls_fp_mul(&x, &image.x, &zz);
    tr_bls_fp_mul(&zz, &zz, &multiple.z);
    tr_bls_fp_mul(&y, &image.y, &zz);
    return !tr_bls_fp_is_zero(&multiple.z) && tr_bls_fp_eq(&x, &multiple.x) &&
           tr_bls_fp_eq(&y, &multiple.y);
}

TR_FIELD_SHARED bool tr_bls_g2_check_subgroup(const tr_bls_g2 *a)
{
    tr_bls_g2_jac multiple;
    tr_bls_g2 image;
    tr_bls_fp2 zz, x, y;
    if (tr_bls_g2_is_inf(a)) return true;
    tr_bls_g2_jac_of(&multiple, a);
    tr_bls_g2_times_x(&multiple, &multiple);
    tr_bls_g2_psi(&image, a);
    tr_bls_g2_flip(&image, &image);
    tr_bls_fp2_sqr(&zz, &multiple.z);
    tr_bls_fp2_mul(&x, &image.x, &zz);
    tr_bls_fp2_mul(&zz, &zz, &multiple.z);
    tr_bls_fp2_mul(&y, &image.y, &zz);
    return !tr_bls_fp2_is_zero(&multiple.z) && tr_bls_fp2_eq(&x, &multiple.x) &&
           tr_bls_fp2_eq(&y, &multiple.y);
}

/* (1 - x) P. */
TR_FIELD_SHARED void tr_bls_g1_clear(tr_bls_g1_jac *out, const tr_bls_g1_jac *a)
{
    tr_bls_g1_jac base = *a;
    tr_bls_g1_times_x(out, &base);
    tr_bls_g1_jac_add(out, out, &base);
}

/* (x^2 - x - 1) P + (x - 1) psi(P) + psi^2(2 P) (A. Budroni and F. Pintore, "Efficient hash maps to
 * G2 on BLS curves", 2022): with t = x P + psi(P), x t - t - P + psi^2(2 P). */
TR_FIELD_SHARED void tr_bls_g2_clear(tr_bls_g2_jac *out, const tr_bls_g2_jac *a)
{
    tr_bls_g2_jac base = *a, t, s;
    tr_bls_g2_times_x(&t, &base);
    tr_bls_fp2_neg(&t.y, &t.y);
    tr_bls_g2_jac_psi(&s, &base);
    tr_bls_g2_jac_add(&t, &t, &s);
    tr_bls_g2_jac_double(&s, &base);
    tr_bls_g2_jac_psi(&s, &s);
    tr_bls_g2_jac_psi(&s, &s);
    tr_bls_fp2_neg(&base.y, &base.y);
    tr_bls_g2_jac_add(&s, &s, &base);
    tr_bls_g2_times_x(out, &t);
    tr_bls_g2_jac_add(out, out, &t);
    tr_bls_fp2_neg(&out->y, &out->y);
    tr_bls_g2_jac_add(out, out, &s);
}

TR_FIELD_SHARED bool tr_bls_g1_find_y(tr_bls_g1 *a, bool larger)
{
    tr_bls_fp y;
    tr_bls_fp_sqr(&y, &a->x);
    tr_bls_fp_mul(&y, &y, &a->x);
    tr_bls_fp_add(&y, &y, &tr_bls_b1);
    if (!tr_bls_fp_sqrt(&y, &y)) return false;
    if (tr_bls_fp_is_larger(&y) != larger) tr_bls_fp_neg(&y, &y);
    a->y = y;
    return true;
}

TR_FIELD_SHARED bool tr_bls_g2_find_y(tr_bls_g2 *a, bool larger)
{
    tr_bls_fp2 y;
    tr_bls_fp2_sqr(&y, &a->x);
    tr_bls_fp2_mul(&y, &y, &a->x);
    tr_bls_fp2_add(&y, &y, &tr_bls_b2);
    if (!tr_bls_fp2_sqrt(&y, &y)) return false;
    if (tr_bls_fp2_is_larger(&y) != larger) tr_bls_fp2_neg(&y, &y);
    a->y = y;
    return true;
}

TR_FIELD_SHARED bool tr_bls_g1_check_curve(const tr_bls_g1 *a)
{
    return tr_bls_g1_on_the_curve(a, &tr_bls_b1);
}

TR_FIELD_SHARED bool tr_bls_g2_check_curve(const tr_bls_g2 *a)
{
    return tr_bls_g2_on_the_curve(a, &tr_bls_b2);
}

TR_FIELD_SHARED void tr_bls_g1_add_points(const tr_bls_g1 *a, const tr_bls_g1 *b, tr_bls_g1 *out)
{
    tr_bls_g1_affine_add(out, a, b);
}

TR_FIELD_SHARED void tr_bls_g2_add_points(const tr_bls_g2 *a, const tr_bls_g2 *b, tr_bls_g2 *out)
{
    tr_bls_g2_affine_add(out, a, b);
}

enum { TR_BLS_G1_DIGITS = 129, TR_BLS_G2_DIGITS = 65 };

TR_FIELD_SHARED void tr_bls_g1_multiply(const tr_bls_g1 *a, const uint8_t scalar[32],
                                        tr_bls_g1 *out)
{
    tr_bls_fr k;
    tr_scalar_part parts[2];
    tr_bls_g1_stream streams[2];
    tr_bls_g1_jac sum;
    tr_bls_fr_reduce_be(&k, scalar, 32);
    tr_bls_g1_split(parts, &k);
    tr_bls_g1_odd_multiples(streams[0].odd, a);
    for (unsigned i = 0; i < TR_WNAF_TABLE; i++)
        tr_bls_g1_image(&streams[1].odd[i], &streams[0].odd[i], 1);
    for (unsigned i = 0; i < 2; i++) tr_bls_g1_stream_set(&streams[i], TR_BLS_G1_DIGITS, &parts[i]);
    tr_bls_g1_streams(&sum, 2, streams, TR_BLS_G1_DIGITS);
    tr_bls_g1_to_affine(out, &sum);
}

TR_FIELD_SHARED void tr_bls_g2_multiply(const tr_bls_g2 *a, const uint8_t scalar[32],
                                        tr_bls_g2 *out)
{
    tr_bls_fr k;
    tr_scalar_part parts[4];
    tr_bls_g2_stream streams[4];
    tr_bls_g2_jac sum;
    tr_bls_fr_reduce_be(&k, scalar, 32);
    tr_bls_g2_split(parts, &k);
    tr_bls_g2_odd_multiples(streams[0].odd, a);
    for (unsigned part = 0; part < 4; part++) {
        if (part != 0)
            for (unsigned i = 0; i < TR_WNAF_TABLE; i++)
                tr_bls_g2_psi(&streams[part].odd[i], &streams[part - 1].odd[i]);
        tr_bls_g2_stream_set(&streams[part], TR_BLS_G2_DIGITS, &parts[part]);
    }
    tr_bls_g2_streams(&sum, 4, streams, TR_BLS_G2_DIGITS);
    tr_bls_g2_to_affine(out, &sum);
}

/* Of points that may lie outside of the subgroup, where the endomorphisms multiply by nothing. */
TR_FIELD_SHARED void tr_bls_g1_multiply_any(const tr_bls_g1 *a, const uint8_t scalar[32],
                                            tr_bls_g1 *out)
{
    tr_scalar_part part = {.negative = false};
    tr_bls_g1_jac sum;
    tr_scalar_read(part.w, scalar);
    tr_bls_g1_plain_mul(&sum, a, &part);
    tr_bls_g1_to_affine(out, &sum);
}

TR_FIELD_SHARED void tr_bls_g2_multiply_any(const tr_bls_g2 *a, const uint8_t scalar[32],
                                            tr_bls_g2 *out)
{
    tr_scalar_part part = {.negative = false};
    tr_bls_g2_jac sum;
    tr_scalar_read(part.w, scalar);
    tr_bls_g2_plain_mul(&sum, a, &part);
    tr_bls_g2_to_affine(out, &sum);
}

/* Sums of up to so many products: all digits in one ladder.  With 32 (16 in G2) it takes as long as
 * by buckets, with 8 two thirds. */
enum { TR_BLS_G1_FEW = 32, TR_BLS_G2_FEW = 15 };

TR_FIELD_SHARED tr_err tr_bls_g1_few_products(tr_trail *trail, tr_alloc *alloc, size_t n,
                                              const tr_bls_g1 points[], const tr_bls_fr scalars[],
                                              tr_bls_g1 *out)
{
    tr_bls_g1_jac sum;
    size_t size = 2 * n * sizeof(tr_bls_g1_stream);
    tr_bls_g1_stream *streams = tr_alloc_get(alloc, size);
    if (streams == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for a sum of %zu products", n);
    for (size_t i = 0; i < n; i++) {
        tr_scalar_part parts[2];
        tr_bls_g1_stream *of = &streams[2 * i];
        tr_bls_g1_split(parts, &scalars[i]);
        tr_bls_g1_odd_multiples(of[0].odd, &points[i]);
        for (unsigned k = 0; k < TR_WNAF_TABLE; k++)
            tr_bls_g1_image(&of[1].odd[k], &of[0].odd[k], 1);
        for (unsigned k = 0; k < 2; k++) tr_bls_g1_stream_set(&of[k], TR_BLS_G1_DIGITS, &parts[k]);
    }
    tr_bls_g1_streams(&sum, (unsigned)(2 * n), streams, TR_BLS_G1_DIGITS);
    tr_bls_g1_to_affine(out, &sum);
    tr_alloc_put(alloc, streams, size);
    return TR_OK;
}

TR_FIELD_SHARED tr_err tr_bls_g2_few_products(tr_trail *trail, tr_alloc *alloc, size_t n,
                                              const tr_bls_g2 points[], const tr_bls_fr scalars[],
                                              tr_bls_g2 *out)
{
    tr_bls_g2_jac sum;
    size_t size = 4 * n * sizeof(tr_bls_g2_stream);
    tr_bls_g2_stream *streams = tr_alloc_get(alloc, size);
    if (streams == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for a sum of %zu products", n);
    for (size_t i = 0; i < n; i++) {
        tr_scalar_part parts[4];
        tr_bls_g2_stream *of = &streams[4 * i];
        tr_bls_g2_split(parts, &scalars[i]);
        tr_bls_g2_odd_multiples(of[0].odd, &points[i]);
        for (unsigned part = 0; part < 4; part++) {
            for (unsigned k = 0; k < TR_WNAF_TABLE && part != 0; k++)
                tr_bls_g2_psi(&of[part].odd[k], &of[part - 1].odd[k]);
            tr_bls_g2_stream_set(&of[part], TR_BLS_G2_DIGITS, &parts[part]);
        }
    }
    tr_bls_g2_streams(&sum, (unsigned)(4 * n), streams, TR_BLS_G2_DIGITS);
    tr_bls_g2_to_affine(out, &sum);
    tr_alloc_put(alloc, streams, size);
    return TR_OK;
}

TR_FIELD_SHARED tr_err tr_bls_g1_products(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                          const tr_bls_g1 points[], const tr_bls_fr scalars[],
                                          tr_bls_g1 *out)
{
    if (n != 0 && n <= TR_BLS_G1_FEW)
        return tr_bls_g1_few_products(trail, alloc, n, points, scalars, out);
    static const tr_bls_g1_kernel kernel = {tr_bls_g1_add_many, NULL, NULL};
    return tr_bls_g1_sum_products(trail, &kernel, alloc, exec, n, points, scalars, out);
}

TR_FIELD_SHARED tr_err tr_bls_g2_products(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                          const tr_bls_g2 points[], const tr_bls_fr scalars[],
                                          tr_bls_g2 *out)
{
    if (n != 0 && n <= TR_BLS_G2_FEW)
        return tr_bls_g2_few_products(trail, alloc, n, points, scalars, out);
    static const tr_bls_g2_kernel kernel = {tr_bls_g2_add_many, NULL, NULL};
    return tr_bls_g2_sum_products(trail, &kernel, alloc, exec, n, points, scalars, out);
}

#endif
