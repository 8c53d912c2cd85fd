/* Points of BLS12-381 in bytes. */
#include "curve/bls12_381.h"
#include "curve/bls12_381_constants.h"
#include "curve/bls12_381_internal.h"

const tr_bls_g1 tr_bls_g1_generator = TR_BLS_G1;
const tr_bls_g2 tr_bls_g2_generator = TR_BLS_G2;

enum {
    COORDINATE = 48,
    PADDED = 64, /* a coordinate in the precompiles' form */
    COMPRESSED = 0x80,
    INFINITY = 0x40,
    LARGER = 0x20,
    FLAGS = COMPRESSED | INFINITY | LARGER,
};

static bool all_zero(const uint8_t *in, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) any |= in[i];
    return any == 0;
}

static tr_err bad(tr_trail *trail, const char *why)
{
    return tr_fail(trail, TR_E_POINT, "%s", why);
}

static const char above[] = "a coordinate is not below the modulus of BLS12-381";
static const char off[] = "the point is not on the curve of BLS12-381";
static const char outside[] = "the point is not in the subgroup of BLS12-381";
static const char flags[] = "the flag bits of the point are not those of its form";
static const char not_zero[] = "infinity with bits that are not zero";

/* The flags of a form: compressed (with the sign of y) or not.  Infinity leaves nothing else: then
 * *infinity. */
static tr_err check_flags(tr_trail *trail, const uint8_t *in, size_t len, bool compressed,
                          bool *infinity)
{
    if (((in[0] & COMPRESSED) != 0) != compressed) return bad(trail, flags);
    if (!compressed && (in[0] & LARGER) != 0) return bad(trail, flags);
    *infinity = (in[0] & INFINITY) != 0;
    if (*infinity && ((in[0] & ~FLAGS) != 0 || (in[0] & LARGER) != 0 || !all_zero(in + 1, len - 1)))
        return bad(trail, not_zero);
    return TR_OK;
}

/* A coordinate whose first byte may hold flags. */
static bool read_flagged(tr_bls_fp *out, const uint8_t *in)
{
    uint8_t copy[COORDINATE];
    memcpy(copy, in, COORDINATE);
    copy[0] &= (uint8_t)~FLAGS;
    return tr_bls_fp_read_be(out, copy);
}

static bool read_flagged_2(tr_bls_fp2 *out, const uint8_t *in)
{
    return read_flagged(&out->c1, in) && tr_bls_fp_read_be(&out->c0, in + COORDINATE);
}

static bool read_2(tr_bls_fp2 *out, const uint8_t *in)
{
    return tr_bls_fp_read_be(&out->c1, in) && tr_bls_fp_read_be(&out->c0, in + COORDINATE);
}

static void write_2(uint8_t *out, const tr_bls_fp2 *a)
{
    tr_bls_fp_write_be(out, &a->c1);
    tr_bls_fp_write_be(out + COORDINATE, &a->c0);
}

tr_err tr_bls_g1_decompress(tr_trail *trail, const uint8_t in[48], tr_bls_g1 *out)
{
    bool infinity = false;
    tr_bls_g1 a = {{{0}}, {{0}}};
    TR_TRY(check_flags(trail, in, COORDINATE, true, &infinity));
    if (!infinity) {
        if (!read_flagged(&a.x, in)) return bad(trail, above);
        if (!tr_bls_chosen->g1_lift(&a, (in[0] & LARGER) != 0)) return bad(trail, off);
        if (!tr_bls_g1_in_subgroup(&a)) return bad(trail, outside);
    }
    *out = a;
    return TR_OK;
}

tr_err tr_bls_g2_decompress(tr_trail *trail, const uint8_t in[96], tr_bls_g2 *out)
{
    bool infinity = false;
    tr_bls_g2 a;
    memset(&a, 0, sizeof(a));
    TR_TRY(check_flags(trail, in, 2 * COORDINATE, true, &infinity));
    if (!infinity) {
        if (!read_flagged_2(&a.x, in)) return bad(trail, above);
        if (!tr_bls_chosen->g2_lift(&a, (in[0] & LARGER) != 0)) return bad(trail, off);
        if (!tr_bls_g2_in_subgroup(&a)) return bad(trail, outside);
    }
    *out = a;
    return TR_OK;
}

void tr_bls_g1_compress(const tr_bls_g1 *in, uint8_t out[48])
{
    tr_bls_fp_write_be(out, &in->x);
    out[0] |= COMPRESSED;
    if (tr_bls_g1_is_infinity(in))
        out[0] |= INFINITY;
    else if (tr_bls_fp_is_larger(&in->y))
        out[0] |= LARGER;
}

void tr_bls_g2_compress(const tr_bls_g2 *in, uint8_t out[96])
{
    write_2(out, &in->x);
    out[0] |= COMPRESSED;
    if (tr_bls_g2_is_infinity(in))
        out[0] |= INFINITY;
    else if (tr_bls_fp2_is_larger(&in->y))
        out[0] |= LARGER;
}

tr_err tr_bls_g1_parse(tr_trail *trail, const uint8_t in[96], tr_bls_g1 *out)
{
    bool infinity = false;
    tr_bls_g1 a = {{{0}}, {{0}}};
    TR_TRY(check_flags(trail, in, 2 * COORDINATE, false, &infinity));
    if (!infinity) {
        if (!tr_bls_fp_read_be(&a.x, in) || !tr_bls_fp_read_be(&a.y, in + COORDINATE))
            return bad(trail, above);
        if (tr_bls_g1_is_infinity(&a) || !tr_bls_g1_on_curve(&a)) return bad(trail, off);
        if (!tr_bls_g1_in_subgroup(&a)) return bad(trail, outside);
    }
    *out = a;
    return TR_OK;
}

tr_err tr_bls_g2_parse(tr_trail *trail, const uint8_t in[192], tr_bls_g2 *out)
{
    bool infinity = false;
    tr_bls_g2 a;
    memset(&a, 0, sizeof(a));
    TR_TRY(check_flags(trail, in, 4 * COORDINATE, false, &infinity));
    if (!infinity) {
        if (!read_2(&a.x, in) || !read_2(&a.y, in + 2 * COORDINATE)) return bad(trail, above);
        if (tr_bls_g2_is_infinity(&a) || !tr_bls_g2_on_curve(&a)) return bad(trail, off);
        if (!tr_bls_g2_in_subgroup(&a)) return bad(trail, outside);
    }
    *out = a;
    return TR_OK;
}

void tr_bls_g1_serialize(const tr_bls_g1 *in, uint8_t out[96])
{
    tr_bls_fp_write_be(out, &in->x);
    tr_bls_fp_write_be(out + COORDINATE, &in->y);
    if (tr_bls_g1_is_infinity(in)) out[0] = INFINITY;
}

void tr_bls_g2_serialize(const tr_bls_g2 *in, uint8_t out[192])
{
    write_2(out, &in->x);
    write_2(out + 2 * COORDINATE, &in->y);
    if (tr_bls_g2_is_infinity(in)) out[0] = INFINITY;
}

bool tr_bls_fp_read_padded(tr_bls_fp *out, const uint8_t in[64])
{
    return all_zero(in, PADDED - COORDINATE) && tr_bls_fp_read_be(out, in + PADDED - COORDINATE);
}

static void write_padded(uint8_t *out, const tr_bls_fp *a)
{
    memset(out, 0, PADDED - COORDINATE);
    tr_bls_fp_write_be(out + PADDED - COORDINATE, a);
}

tr_err tr_bls_g1_read(tr_trail *trail, const uint8_t in[128], bool subgroup, tr_bls_g1 *out)
{
    tr_bls_g1 a;
    if (!tr_bls_fp_read_padded(&a.x, in) || !tr_bls_fp_read_padded(&a.y, in + PADDED))
        return bad(trail, above);
    if (!tr_bls_g1_on_curve(&a)) return bad(trail, off);
    if (subgroup && !tr_bls_g1_in_subgroup(&a)) return bad(trail, outside);
    *out = a;
    return TR_OK;
}

tr_err tr_bls_g2_read(tr_trail *trail, const uint8_t in[256], bool subgroup, tr_bls_g2 *out)
{
    tr_bls_g2 a;
    if (!tr_bls_fp_read_padded(&a.x.c0, in) || !tr_bls_fp_read_padded(&a.x.c1, in + PADDED) ||
        !tr_bls_fp_read_padded(&a.y.c0, in + 2 * PADDED) ||
        !tr_bls_fp_read_padded(&a.y.c1, in + 3 * PADDED))
        return bad(trail, above);
    if (!tr_bls_g2_on_curve(&a)) return bad(trail, off);
    if (subgroup && !tr_bls_g2_in_subgroup(&a)) return bad(trail, outside);
    *out = a;
    return TR_OK;
}

void tr_bls_g1_write(const tr_bls_g1 *in, uint8_t out[128])
{
    write_padded(out, &in->x);
    write_padded(out + PADDED, &in->y);
}

void tr_bls_g2_write(const tr_bls_g2 *in, uint8_t out[256])
{
    write_padded(out, &in->x.c0);
    write_padded(out + PADDED, &in->x.c1);
    write_padded(out + 2 * PADDED, &in->y.c0);
    write_padded(out + 3 * PADDED, &in->y.c1);
}
