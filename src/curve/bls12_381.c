#include "curve/bls12_381.h"

#include "curve/bls12_381_internal.h"

#define TR_BLS_BACKEND      tr_bls_portable
#define TR_BLS_BACKEND_NAME "portable"
#include "curve/bls12_381_impl.h"

const tr_bls_backend *tr_bls_chosen = &tr_bls_portable;

bool tr_bls_g1_is_infinity(const tr_bls_g1 *a)
{
    return tr_bls_g1_is_inf(a);
}

bool tr_bls_g2_is_infinity(const tr_bls_g2 *a)
{
    return tr_bls_g2_is_inf(a);
}

bool tr_bls_g1_eq(const tr_bls_g1 *a, const tr_bls_g1 *b)
{
    return tr_bls_g1_same(a, b);
}

bool tr_bls_g2_eq(const tr_bls_g2 *a, const tr_bls_g2 *b)
{
    return tr_bls_g2_same(a, b);
}

void tr_bls_g1_neg(const tr_bls_g1 *a, tr_bls_g1 *out)
{
    tr_bls_g1_flip(out, a);
}

void tr_bls_g2_neg(const tr_bls_g2 *a, tr_bls_g2 *out)
{
    tr_bls_g2_flip(out, a);
}

bool tr_bls_g1_on_curve(const tr_bls_g1 *a)
{
    return tr_bls_chosen->g1_on_curve(a);
}

bool tr_bls_g2_on_curve(const tr_bls_g2 *a)
{
    return tr_bls_chosen->g2_on_curve(a);
}

bool tr_bls_g1_in_subgroup(const tr_bls_g1 *a)
{
    return tr_bls_chosen->g1_in_subgroup(a);
}

bool tr_bls_g2_in_subgroup(const tr_bls_g2 *a)
{
    return tr_bls_chosen->g2_in_subgroup(a);
}

void tr_bls_g1_add(const tr_bls_g1 *a, const tr_bls_g1 *b, tr_bls_g1 *out)
{
    tr_bls_chosen->g1_add(a, b, out);
}

void tr_bls_g2_add(const tr_bls_g2 *a, const tr_bls_g2 *b, tr_bls_g2 *out)
{
    tr_bls_chosen->g2_add(a, b, out);
}

void tr_bls_g1_mul(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out)
{
    tr_bls_chosen->g1_mul(a, scalar, out);
}

void tr_bls_g2_mul(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out)
{
    tr_bls_chosen->g2_mul(a, scalar, out);
}

void tr_bls_g1_mul_any(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out)
{
    tr_bls_chosen->g1_mul_any(a, scalar, out);
}

void tr_bls_g2_mul_any(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out)
{
    tr_bls_chosen->g2_mul_any(a, scalar, out);
}

tr_err tr_bls_g1_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bls_g1 points[], const tr_bls_fr scalars[], tr_bls_g1 *out)
{
    return tr_bls_chosen->g1_msm(trail, alloc, exec, n, points, scalars, out);
}

tr_err tr_bls_g2_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_bls_g2 points[], const tr_bls_fr scalars[], tr_bls_g2 *out)
{
    return tr_bls_chosen->g2_msm(trail, alloc, exec, n, points, scalars, out);
}

void tr_bls_pairing(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[], tr_bls_gt *out)
{
    tr_bls_chosen->pairing(n, a, b, out);
}

bool tr_bls_pairing_is_one(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[])
{
    tr_bls_gt product, one;
    memset(&one, 0, sizeof(one));
    one.c[0].c0 = tr_bls_fp_one;
    tr_bls_chosen->pairing(n, a, b, &product);
    return tr_bls_gt_eq(&product, &one);
}

bool tr_bls_gt_eq(const tr_bls_gt *a, const tr_bls_gt *b)
{
    bool same = true;
    for (unsigned i = 0; i < 6; i++) same = same && tr_bls_fp2_eq(&a->c[i], &b->c[i]);
    return same;
}

void tr_bls_gt_mul(const tr_bls_gt *a, const tr_bls_gt *b, tr_bls_gt *out)
{
    tr_bls_chosen->gt_mul(a, b, out);
}

void tr_bls_map_to_g1(const tr_bls_fp *u, tr_bls_g1 *out)
{
    tr_bls_chosen->map_to_g1(1, u, out);
}

void tr_bls_map_to_g2(const tr_bls_fp2 *u, tr_bls_g2 *out)
{
    tr_bls_chosen->map_to_g2(1, u, out);
}
