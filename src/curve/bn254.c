#include "curve/bn254.h"

#include "curve/bn254_backend_impl.h"

const tr_bn_backend tr_bn_portable = {
    .name = "portable", .g1_msm = g1_msm, .g1_mul_many = g1_mul_many, TR_BN_ROWS};

static const tr_bn_backend *backend = &tr_bn_portable;

void tr_bn_use(const tr_bn_backend *chosen)
{
    backend = chosen;
}

/* (1, 2), and the point of EIP-197. */
const tr_bn_g1 tr_bn_g1_generator = {
    {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}},
    {{0xa6ba871b8b1e1b3a, 0x14f1d651eb8e167b, 0xccdd46def0f28c58, 0x1c14ef83340fbe5e}}};
const tr_bn_g2 tr_bn_g2_generator = {
    {{{0x8e83b5d102bc2026, 0xdceb1935497b0172, 0xfbb8264797811adf, 0x19573841af96503b}},
     {{0xafb4737da84c6140, 0x6043dd5a5802d8c4, 0x09e950fc52a02f86, 0x14fef0833aea7b6b}}},
    {{{0x619dfa9d886be9f6, 0xfe7fd297f59e9b78, 0xff9e1a62231b7dfe, 0x28fd7eebae9e4206}},
     {{0x64095b56c71856ee, 0xdc57f922327d3cbb, 0x55f935be33351076, 0x0da4a0e693fd6482}}}};

static tr_err not_below(tr_trail *trail)
{
    return tr_fail(trail, TR_E_POINT, "a coordinate is not below the modulus of BN254");
}

tr_err tr_bn_g1_read(tr_trail *trail, const uint8_t in[64], tr_bn_g1 *out)
{
    tr_bn_g1 a;
    if (!tr_bn_fp_read_be(&a.x, in) || !tr_bn_fp_read_be(&a.y, in + 32)) return not_below(trail);
    if (!tr_bn_g1_on_curve(&a)) return tr_fail(trail, TR_E_POINT, "no point of BN254's G1");
    *out = a;
    return TR_OK;
}

static tr_err check_subgroup(tr_trail *trail, const tr_bn_g2 *a)
{
    if (tr_bn_g2_in_subgroup(a)) return TR_OK;
    return tr_fail(trail, TR_E_POINT, "a point of the twist that is not in BN254's G2");
}

tr_err tr_bn_g2_read(tr_trail *trail, const uint8_t in[128], tr_bn_g2 *out)
{
    tr_bn_g2 a;
    if (!tr_bn_fp_read_be(&a.x.c1, in) || !tr_bn_fp_read_be(&a.x.c0, in + 32) ||
        !tr_bn_fp_read_be(&a.y.c1, in + 64) || !tr_bn_fp_read_be(&a.y.c0, in + 96))
        return not_below(trail);
    if (!tr_bn_g2_on_curve(&a)) return tr_fail(trail, TR_E_POINT, "no point of BN254's twist");
    TR_TRY(check_subgroup(trail, &a));
    *out = a;
    return TR_OK;
}

void tr_bn_g1_write(const tr_bn_g1 *in, uint8_t out[64])
{
    tr_bn_fp_write_be(out, &in->x);
    tr_bn_fp_write_be(out + 32, &in->y);
}

void tr_bn_g2_write(const tr_bn_g2 *in, uint8_t out[128])
{
    tr_bn_fp_write_be(out, &in->x.c1);
    tr_bn_fp_write_be(out + 32, &in->x.c0);
    tr_bn_fp_write_be(out + 64, &in->y.c1);
    tr_bn_fp_write_be(out + 96, &in->y.c0);
}

/* The two flag bits of the compressed forms. */
enum { FLAGS = 0xc0, INFINITE = 0x40, SMALLER = 0x80, LARGER = 0xc0 };

/* The flags go to flags, what is left of the bytes to rest; false: not one of the forms. */
static bool take_flags(const uint8_t *in, size_t len, uint8_t *rest, uint8_t *flags)
{
    uint8_t any = 0;
    memcpy(rest, in, len);
    *flags = in[0] & FLAGS;
    rest[0] &= (uint8_t)~FLAGS;
    for (size_t i = 0; i < len; i++) any |= rest[i];
    return *flags == INFINITE ? any == 0 : *flags != 0;
}

static tr_err bad_flags(tr_trail *trail)
{
    return tr_fail(trail, TR_E_POINT, "not the compressed form of a point");
}

tr_err tr_bn_g1_decompress(tr_trail *trail, const uint8_t in[32], tr_bn_g1 *out)
{
    uint8_t rest[32], flags;
    tr_bn_g1 a = {{{0}}, {{0}}};
    if (!take_flags(in, sizeof(rest), rest, &flags)) return bad_flags(trail);
    if (flags != INFINITE) {
        if (!tr_bn_fp_read_be(&a.x, rest)) return not_below(trail);
        if (!backend->g1_lift(&a, flags == LARGER))
            return tr_fail(trail, TR_E_POINT, "no point of BN254's G1 has this x");
    }
    *out = a;
    return TR_OK;
}

tr_err tr_bn_g2_decompress(tr_trail *trail, const uint8_t in[64], tr_bn_g2 *out)
{
    uint8_t rest[64], flags;
    tr_bn_g2 a;
    memset(&a, 0, sizeof(a));
    if (!take_flags(in, sizeof(rest), rest, &flags)) return bad_flags(trail);
    if (flags != INFINITE) {
        if (!tr_bn_fp_read_be(&a.x.c1, rest) || !tr_bn_fp_read_be(&a.x.c0, rest + 32))
            return not_below(trail);
        if (!backend->g2_lift(&a, flags == LARGER))
            return tr_fail(trail, TR_E_POINT, "no point of BN254's twist has this x");
        TR_TRY(check_subgroup(trail, &a));
    }
    *out = a;
    return TR_OK;
}

void tr_bn_g1_compress(const tr_bn_g1 *in, uint8_t out[32])
{
    tr_bn_fp other;
    tr_bn_fp_neg(&other, &in->y);
    tr_bn_fp_write_be(out, &in->x);
    if (tr_bn_g1_is_infinity(in))
        out[0] = INFINITE;
    else
        out[0] |= tr_bn_fp_cmp(&in->y, &other) > 0 ? LARGER : SMALLER;
}

void tr_bn_g2_compress(const tr_bn_g2 *in, uint8_t out[64])
{
    tr_bn_fp2 other;
    tr_bn_fp2_neg(&other, &in->y);
    int order = tr_bn_fp_cmp(&in->y.c1, &other.c1);
    if (order == 0) order = tr_bn_fp_cmp(&in->y.c0, &other.c0);
    tr_bn_fp_write_be(out, &in->x.c1);
    tr_bn_fp_write_be(out + 32, &in->x.c0);
    if (tr_bn_g2_is_infinity(in))
        out[0] = INFINITE;
    else
        out[0] |= order > 0 ? LARGER : SMALLER;
}

bool tr_bn_g1_is_infinity(const tr_bn_g1 *a)
{
    return tr_bn_g1_is_inf(a);
}

bool tr_bn_g2_is_infinity(const tr_bn_g2 *a)
{
    return tr_bn_g2_is_inf(a);
}

bool tr_bn_g1_on_curve(const tr_bn_g1 *a)
{
    return tr_bn_g1_on_the_curve(a, &tr_bn_b1);
}

bool tr_bn_g2_on_curve(const tr_bn_g2 *a)
{
    return tr_bn_g2_on_the_curve(a, &tr_bn_b2);
}

bool tr_bn_g2_in_subgroup(const tr_bn_g2 *a)
{
    return backend->g2_in_subgroup(a);
}

void tr_bn_g1_add(const tr_bn_g1 *a, const tr_bn_g1 *b, tr_bn_g1 *out)
{
    backend->g1_add(a, b, out);
}

void tr_bn_g2_add(const tr_bn_g2 *a, const tr_bn_g2 *b, tr_bn_g2 *out)
{
    backend->g2_add(a, b, out);
}

void tr_bn_g1_neg(const tr_bn_g1 *a, tr_bn_g1 *out)
{
    tr_bn_g1_flip(out, a);
}

void tr_bn_g2_neg(const tr_bn_g2 *a, tr_bn_g2 *out)
{
    tr_bn_g2_flip(out, a);
}

void tr_bn_g1_mul(const tr_bn_g1 *a, const uint8_t scalar[32], tr_bn_g1 *out)
{
    backend->g1_mul(a, scalar, out);
}

void tr_bn_g2_mul(const tr_bn_g2 *a, const uint8_t scalar[32], tr_bn_g2 *out)
{
    backend->g2_mul(a, scalar, out);
}

tr_err tr_bn_g1_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                    const tr_bn_g1 points[], const tr_bn_fr scalars[], tr_bn_g1 *out)
{
    return backend->g1_msm(trail, alloc, exec, n, points, scalars, out);
}

tr_err tr_bn_g2_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                    const tr_bn_g2 points[], const tr_bn_fr scalars[], tr_bn_g2 *out)
{
    return backend->g2_msm(trail, alloc, exec, n, points, scalars, out);
}

tr_err tr_bn_g1_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const tr_bn_g1 *base,
                         size_t n, const tr_bn_fr scalars[], tr_bn_g1 out[])
{
    return backend->g1_mul_many(trail, alloc, exec, base, n, scalars, out);
}

tr_err tr_bn_g2_mul_many(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const tr_bn_g2 *base,
                         size_t n, const tr_bn_fr scalars[], tr_bn_g2 out[])
{
    return backend->g2_mul_many(trail, alloc, exec, base, n, scalars, out);
}

void tr_bn_pairing(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[], tr_bn_gt *out)
{
    backend->pairing(n, a, b, out);
}

bool tr_bn_pairing_is_one(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[])
{
    tr_bn_gt one;
    memset(&one, 0, sizeof(one));
    one.c[0].c0 = tr_bn_fp_one;
    tr_bn_gt product;
    backend->pairing(n, a, b, &product);
    return tr_bn_gt_eq(&product, &one);
}

bool tr_bn_gt_eq(const tr_bn_gt *a, const tr_bn_gt *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

void tr_bn_gt_mul(const tr_bn_gt *a, const tr_bn_gt *b, tr_bn_gt *out)
{
    backend->gt_mul(a, b, out);
}

void tr_bn_gt_pow(const tr_bn_gt *a, const uint8_t exponent[32], tr_bn_gt *out)
{
    backend->gt_pow(a, exponent, out);
}
