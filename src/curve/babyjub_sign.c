/* EdDSA over Baby Jubjub, as circomlib's JavaScript has it: s spread from the key, r from the rest
 * of that and the message, R = r B, S = r + h s modulo the order; B's multiples by s / 8 are the
 * public keys. */
#include "curve/babyjub_internal.h"
#include "hash/blake.h"
#include "hash/poseidon.h"

/* What BLAKE-512 makes of a private key. */
typedef struct spread {
    uint8_t b[64]; /* s, little-endian, a multiple of 8; what nonces are made of */
} spread;

enum { NONCE_AT = 32 };

static void spread_key(const uint8_t key[32], spread *out)
{
    tr_blake512(tr_bytes_of(key, 32), out->b);
    out->b[0] &= 0xf8;
    out->b[31] = (uint8_t)((out->b[31] & 0x7f) | 0x40);
}

static void public_of(const spread *key, tr_bjj_point *out)
{
    uint64_t s[4], eighth[4];
    for (unsigned i = 0; i < 4; i++) s[i] = tr_load64le(key->b + 8 * i);
    for (unsigned i = 0; i < 4; i++) eighth[i] = s[i] >> 3 | (i < 3 ? s[i + 1] << 61 : 0);
    tr_bjj_mul_secret(&tr_bjj_base, eighth, out);
    tr_wipe(s, sizeof(s));
    tr_wipe(eighth, sizeof(eighth));
}

/* A little-endian number modulo the order of the subgroup. */
static void reduce_le(const uint8_t *in, size_t len, tr_bjj_fn *out)
{
    uint8_t turned[64];
    for (size_t i = 0; i < len; i++) turned[i] = in[len - 1 - i];
    tr_bjj_fn_reduce_be(out, turned, len);
    tr_wipe(turned, sizeof(turned));
}

static void find_nonce(const spread *key, const tr_bn_fr *message, tr_bjj_fn *out)
{
    uint8_t text[64], hash[64];
    memcpy(text, key->b + NONCE_AT, 32);
    tr_bn_fr_write_le(text + 32, message);
    tr_blake512(TR_VIEW(text), hash);
    reduce_le(hash, sizeof(hash), out);
    tr_wipe(text, sizeof(text));
    tr_wipe(hash, sizeof(hash));
}

/* The hash of a signature's R, the public key and the message, as a plain number. */
static tr_err challenge(tr_bjj_hash hash, const tr_bjj_point *r8, const tr_bjj_point *key,
                        const tr_bn_fr *message, uint64_t out[4])
{
    const tr_bn_fr in[5] = {r8->x, r8->y, key->x, key->y, *message};
    tr_bn_fr h;
    if (hash == TR_BJJ_POSEIDON)
        TR_TRY(tr_poseidon(TR_COUNTOF(in), in, &h));
    else
        tr_mimc7(TR_COUNTOF(in), in, &tr_bn_fr_zero, &h);
    tr_bn_fr_to_limbs(out, &h);
    return TR_OK;
}

void tr_bjj_pubkey(const uint8_t key[32], tr_bjj_point *out)
{
    spread wide;
    spread_key(key, &wide);
    public_of(&wide, out);
    tr_wipe(&wide, sizeof(wide));
}

static tr_err sign(tr_bjj_hash hash, const spread *key, const tr_bn_fr *message, tr_bjj_point *r8,
                   uint8_t out[32])
{
    tr_bjj_point pubkey;
    tr_bjj_fn nonce, s, h;
    uint64_t limbs[4];
    public_of(key, &pubkey);
    find_nonce(key, message, &nonce);
    tr_bjj_fn_to_limbs(limbs, &nonce);
    tr_bjj_mul_secret(&tr_bjj_base, limbs, r8);
    tr_err err = challenge(hash, r8, &pubkey, message, limbs);
    tr_bjj_fn_of_limbs(&h, limbs);
    reduce_le(key->b, NONCE_AT, &s);
    tr_bjj_fn_mul(&s, &s, &h);
    tr_bjj_fn_add(&s, &s, &nonce);
    tr_bjj_fn_write_be(out, &s);
    tr_wipe(&s, sizeof(s));
    tr_wipe(&nonce, sizeof(nonce));
    return err;
}

tr_err tr_bjj_sign(tr_bjj_hash hash, const uint8_t key[32], const tr_bn_fr *message,
                   tr_bjj_point *r8, uint8_t s[32])
{
    spread wide;
    spread_key(key, &wide);
    tr_err err = sign(hash, &wide, message, r8, s);
    tr_wipe(&wide, sizeof(wide));
    return err;
}

/* S B - h (8 A) = R. */
tr_err tr_bjj_verify(tr_trail *trail, tr_bjj_hash hash, const tr_bjj_point *key,
                     const tr_bn_fr *message, const tr_bjj_point *r8, const uint8_t s[32])
{
    tr_bjj_fn checked;
    tr_bjj_wide terms[2], sum;
    uint64_t scalars[2][4];
    if (!tr_bjj_on_curve(key) || !tr_bjj_on_curve(r8))
        return tr_fail(trail, TR_E_POINT, "a point that is not on Baby Jubjub");
    if (!tr_bjj_fn_read_be(&checked, s))
        return tr_fail(trail, TR_E_SIGNATURE_RANGE, "S is not below the order");
    tr_bjj_fn_to_limbs(scalars[0], &checked);
    TR_TRY(challenge(hash, r8, key, message, scalars[1]));
    tr_bjj_widen(&terms[0], &tr_bjj_base);
    tr_bjj_widen(&terms[1], key);
    for (unsigned i = 0; i < 3; i++) tr_bjj_wide_double(&terms[1], &terms[1]);
    tr_bjj_wide_neg(&terms[1], &terms[1]);
    tr_bjj_wide_sum(&sum, 2, terms, scalars);
    if (tr_bjj_wide_is(&sum, r8)) return TR_OK;
    return tr_fail(trail, TR_E_SIGNATURE, "not this key's signature of this message");
}
