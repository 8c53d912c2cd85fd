/* BLS signatures over BLS12-381, public keys in G1 (draft-irtf-cfrg-bls-signature), in the scheme
 * with proofs of possession. */
#include "curve/bls12_381.h"
#include "curve/bls12_381_internal.h"
#include "hash/sha2.h"

enum {
    KEY = 48,
    SIGNATURE = 96,
    HASH = 32,
    BLOCK = 64,
    KEY_MATERIAL = 48, /* bytes reduced to a secret */
    IKM_LEAST = 32,
};

#define SIGN_TAG  TR_LIT("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_")
#define PROOF_TAG TR_LIT("BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_")

/* HMAC with SHA-256 (RFC 2104) of a message in pieces; the key is of 32 bytes. */
static void hmac(const tr_hash *key, size_t n, const tr_bytes pieces[], tr_hash *out)
{
    uint8_t pad[BLOCK] = {0};
    tr_sha256_state state;
    memcpy(pad, key->b, HASH);
    for (unsigned i = 0; i < BLOCK; i++) pad[i] ^= 0x36;
    tr_sha256_init(&state);
    tr_sha256_update(&state, TR_VIEW(pad));
    for (size_t i = 0; i < n; i++) tr_sha256_update(&state, pieces[i]);
    *out = tr_sha256_final(&state);
    for (unsigned i = 0; i < BLOCK; i++) pad[i] ^= 0x36 ^ 0x5c;
    tr_sha256_init(&state);
    tr_sha256_update(&state, TR_VIEW(pad));
    tr_sha256_update(&state, TR_VIEW(out->b));
    *out = tr_sha256_final(&state);
    tr_wipe(pad, sizeof(pad));
    tr_wipe(&state, sizeof(state));
}

/* HKDF (RFC 5869) of ikm and a zero byte, and the result modulo the order; false: that is zero. */
static bool derive(const tr_hash *salt, tr_bytes ikm, tr_bytes info, tr_bls_secret *out)
{
    static const uint8_t zero[1] = {0}, length[2] = {0, KEY_MATERIAL}, numbers[2] = {1, 2};
    uint8_t material[2 * HASH];
    tr_hash key, block;
    tr_bls_fr number;
    hmac(salt, 2, (const tr_bytes[]){ikm, TR_VIEW(zero)}, &key);
    for (unsigned i = 0; i < 2; i++) {
        tr_bytes before = tr_bytes_of(block.b, i == 0 ? 0 : HASH);
        hmac(&key, 4,
             (const tr_bytes[]){before, info, TR_VIEW(length), tr_bytes_of(&numbers[i], 1)},
             &block);
        memcpy(material + i * HASH, block.b, HASH);
    }
    tr_bls_fr_reduce_be(&number, material, KEY_MATERIAL);
    tr_bls_fr_write_be(out->b, &number);
    bool ok = !tr_bls_fr_is_zero(&number);
    tr_wipe(material, sizeof(material));
    tr_wipe(&key, sizeof(key));
    tr_wipe(&block, sizeof(block));
    tr_wipe(&number, sizeof(number));
    return ok;
}

tr_err tr_bls_keygen(tr_bytes ikm, tr_bytes info, tr_bls_secret *out)
{
    if (ikm.len < IKM_LEAST) return TR_E_ARGUMENT;
    tr_hash salt = tr_sha256(TR_LIT("BLS-SIG-KEYGEN-SALT-"));
    while (!derive(&salt, ikm, info, out)) salt = tr_sha256(TR_VIEW(salt.b));
    return TR_OK;
}

/* 1 .. order - 1. */
static tr_err check_secret(const tr_bls_secret *key)
{
    tr_bls_fr number;
    bool ok = tr_bls_fr_read_be(&number, key->b) && !tr_bls_fr_is_zero(&number);
    tr_wipe(&number, sizeof(number));
    return ok ? TR_OK : TR_E_KEY_RANGE;
}

tr_err tr_bls_pubkey(const tr_bls_secret *key, uint8_t out[48])
{
    tr_bls_g1 point;
    TR_TRY(check_secret(key));
    tr_bls_chosen->g1_mul_secret(&tr_bls_g1_generator, key->b, &point);
    tr_bls_g1_compress(&point, out);
    return TR_OK;
}

static tr_err sign_tagged(const tr_bls_secret *key, tr_bytes message, tr_bytes tag, uint8_t out[96])
{
    tr_bls_g2 point;
    TR_TRY(check_secret(key));
    tr_bls_hash_to_g2(message, tag, &point);
    tr_bls_chosen->g2_mul_secret(&point, key->b, &point);
    tr_bls_g2_compress(&point, out);
    return TR_OK;
}

tr_err tr_bls_sign(const tr_bls_secret *key, tr_bytes message, uint8_t out[96])
{
    return sign_tagged(key, message, SIGN_TAG, out);
}

tr_err tr_bls_prove_possession(const tr_bls_secret *key, uint8_t out[96])
{
    uint8_t public[KEY];
    TR_TRY(tr_bls_pubkey(key, public));
    return sign_tagged(key, TR_VIEW(public), PROOF_TAG, out);
}

static tr_err read_key(tr_trail *trail, const uint8_t in[48], tr_bls_g1 *out)
{
    TR_TRY(tr_bls_g1_decompress(trail, in, out));
    if (tr_bls_g1_is_infinity(out))
        return tr_fail(trail, TR_E_POINT, "a public key is infinity, which is no valid key");
    return TR_OK;
}

/* Whether the pairs 0 .. n - 1, and that of minus the generator and the signature at n, which is
 * put there, multiply to one. */
static tr_err check_pairs(tr_trail *trail, size_t n, tr_bls_g1 *keys, tr_bls_g2 *points,
                          const tr_bls_g2 *signature)
{
    tr_bls_g1_neg(&tr_bls_g1_generator, &keys[n]);
    points[n] = *signature;
    if (tr_bls_pairing_is_one(n + 1, keys, points)) return TR_OK;
    return tr_fail(trail, TR_E_SIGNATURE, "the BLS signature does not verify");
}

static tr_err verify_point(tr_trail *trail, const tr_bls_g1 *key, tr_bytes message, tr_bytes tag,
                           const uint8_t signature[96])
{
    tr_bls_g1 keys[2] = {*key};
    tr_bls_g2 points[2], sum;
    TR_TRY(tr_bls_g2_decompress(trail, signature, &sum));
    tr_bls_hash_to_g2(message, tag, &points[0]);
    return check_pairs(trail, 1, keys, points, &sum);
}

tr_err tr_bls_verify_tagged(tr_trail *trail, const uint8_t key[48], tr_bytes message, tr_bytes tag,
                            const uint8_t signature[96])
{
    tr_bls_g1 point;
    TR_TRY(read_key(trail, key, &point));
    return verify_point(trail, &point, message, tag, signature);
}

tr_err tr_bls_verify(tr_trail *trail, const uint8_t key[48], tr_bytes message,
                     const uint8_t signature[96])
{
    return tr_bls_verify_tagged(trail, key, message, SIGN_TAG, signature);
}

tr_err tr_bls_check_possession(tr_trail *trail, const uint8_t key[48], const uint8_t proof[96])
{
    return tr_bls_verify_tagged(trail, key, tr_bytes_of(key, KEY), PROOF_TAG, proof);
}

static tr_err check_count(tr_trail *trail, size_t n)
{
    return n != 0 ? TR_OK : tr_fail(trail, TR_E_ARGUMENT, "an aggregate of nothing");
}

tr_err tr_bls_aggregate(tr_trail *trail, size_t n, const uint8_t signatures[][96], uint8_t out[96])
{
    tr_bls_g2 sum, point;
    TR_TRY(check_count(trail, n));
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < n; i++) {
        TR_TRY(tr_bls_g2_decompress(trail, signatures[i], &point));
        tr_bls_g2_add(&sum, &point, &sum);
    }
    tr_bls_g2_compress(&sum, out);
    return TR_OK;
}

static tr_err sum_keys(tr_trail *trail, size_t n, const uint8_t keys[][48], tr_bls_g1 *sum)
{
    tr_bls_g1 point;
    TR_TRY(check_count(trail, n));
    memset(sum, 0, sizeof(*sum));
    for (size_t i = 0; i < n; i++) {
        TR_TRY(read_key(trail, keys[i], &point));
        tr_bls_g1_add(sum, &point, sum);
    }
    return TR_OK;
}

tr_err tr_bls_aggregate_keys(tr_trail *trail, size_t n, const uint8_t keys[][48], uint8_t out[48])
{
    tr_bls_g1 sum;
    TR_TRY(sum_keys(trail, n, keys, &sum));
    tr_bls_g1_compress(&sum, out);
    return TR_OK;
}

tr_err tr_bls_fast_aggregate_verify(tr_trail *trail, size_t n, const uint8_t keys[][48],
                                    tr_bytes message, const uint8_t signature[96])
{
    tr_bls_g1 sum;
    TR_TRY(sum_keys(trail, n, keys, &sum));
    if (tr_bls_g1_is_infinity(&sum))
        return tr_fail(trail, TR_E_POINT, "the public keys add up to infinity");
    return verify_point(trail, &sum, message, SIGN_TAG, signature);
}

tr_err tr_bls_aggregate_verify_tagged(tr_trail *trail, tr_arena *arena, size_t n,
                                      const uint8_t keys[][48], const tr_bytes messages[],
                                      tr_bytes tag, const uint8_t signature[96])
{
    tr_bls_g2 sum;
    TR_TRY(check_count(trail, n));
    TR_TRY(tr_bls_g2_decompress(trail, signature, &sum));
    tr_arena_mark mark = tr_arena_save(arena);
    tr_bls_g1 *points = n == SIZE_MAX ? NULL : TR_ARENA_ARRAY(arena, tr_bls_g1, n + 1);
    tr_bls_g2 *hashes = points == NULL ? NULL : TR_ARENA_ARRAY(arena, tr_bls_g2, n + 1);
    tr_err err = TR_OK;
    if (hashes == NULL) err = tr_fail(trail, TR_E_MEMORY, "no memory for %zu keys", n);
    for (size_t i = 0; err == TR_OK && i < n; i++) {
        err = read_key(trail, keys[i], &points[i]);
        if (err == TR_OK) tr_bls_hash_to_g2(messages[i], tag, &hashes[i]);
    }
    if (err == TR_OK) err = check_pairs(trail, n, points, hashes, &sum);
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_bls_aggregate_verify(tr_trail *trail, tr_arena *arena, size_t n, const uint8_t keys[][48],
                               const tr_bytes messages[], const uint8_t signature[96])
{
    return tr_bls_aggregate_verify_tagged(trail, arena, n, keys, messages, SIGN_TAG, signature);
}
