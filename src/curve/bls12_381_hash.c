/* Hashing to the groups of BLS12-381 (RFC 9380). */
#include "curve/bls12_381.h"
#include "curve/bls12_381_internal.h"
#include "hash/sha2.h"

enum {
    HASH = 32,
    BLOCK = 64,
    MOST = 255 * HASH, /* bytes of an expanded message */
    TAG_MOST = 255,
    ELEMENT = 64, /* bytes reduced to one number of the field */
};

/* The tag with its length after it; a long one is replaced by its hash. */
static void put_tag(tr_sha256_state *state, tr_bytes tag)
{
    tr_hash hash;
    if (tag.len > TAG_MOST) {
        tr_sha256_state long_tag;
        tr_sha256_init(&long_tag);
        tr_sha256_update(&long_tag, TR_LIT("H2C-OVERSIZE-DST-"));
        tr_sha256_update(&long_tag, tag);
        hash = tr_sha256_final(&long_tag);
        tag = TR_VIEW(hash.b);
    }
    uint8_t len = (uint8_t)tag.len;
    tr_sha256_update(state, tag);
    tr_sha256_update(state, tr_bytes_of(&len, 1));
}

tr_err tr_expand_message_sha256(tr_bytes message, tr_bytes tag, uint8_t *out, size_t len)
{
    static const uint8_t zeros[BLOCK];
    if (len > MOST) return TR_E_LIMIT;
    uint8_t lengths[3] = {(uint8_t)(len >> 8), (uint8_t)len, 0};
    tr_sha256_state state;
    tr_sha256_init(&state);
    tr_sha256_update(&state, TR_VIEW(zeros));
    tr_sha256_update(&state, message);
    tr_sha256_update(&state, TR_VIEW(lengths));
    put_tag(&state, tag);
    tr_hash first = tr_sha256_final(&state), block = {{0}};
    for (size_t at = 0; at < len; at += HASH) {
        uint8_t number = (uint8_t)(at / HASH + 1);
        for (unsigned i = 0; i < HASH; i++) block.b[i] ^= first.b[i];
        tr_sha256_init(&state);
        tr_sha256_update(&state, TR_VIEW(block.b));
        tr_sha256_update(&state, tr_bytes_of(&number, 1));
        put_tag(&state, tag);
        block = tr_sha256_final(&state);
        memcpy(out + at, block.b, TR_MIN(len - at, (size_t)HASH));
    }
    return TR_OK;
}

/* count numbers of the field, at most four. */
static void hash_to_field(tr_bytes message, tr_bytes tag, size_t count, tr_bls_fp *out)
{
    uint8_t bytes[4 * ELEMENT];
    tr_err err = tr_expand_message_sha256(message, tag, bytes, count * ELEMENT);
    TR_ASSERT(err == TR_OK);
    for (size_t i = 0; i < count; i++) tr_bls_fp_reduce_be(&out[i], bytes + i * ELEMENT, ELEMENT);
}

void tr_bls_hash_to_g1(tr_bytes message, tr_bytes tag, tr_bls_g1 *out)
{
    tr_bls_fp u[2];
    hash_to_field(message, tag, 2, u);
    tr_bls_chosen->map_to_g1(2, u, out);
}

void tr_bls_encode_to_g1(tr_bytes message, tr_bytes tag, tr_bls_g1 *out)
{
    tr_bls_fp u;
    hash_to_field(message, tag, 1, &u);
    tr_bls_chosen->map_to_g1(1, &u, out);
}

void tr_bls_hash_to_g2(tr_bytes message, tr_bytes tag, tr_bls_g2 *out)
{
    tr_bls_fp u[4];
    hash_to_field(message, tag, 4, u);
    tr_bls_chosen->map_to_g2(2, (const tr_bls_fp2[2]){{u[0], u[1]}, {u[2], u[3]}}, out);
}

void tr_bls_encode_to_g2(tr_bytes message, tr_bytes tag, tr_bls_g2 *out)
{
    tr_bls_fp u[2];
    hash_to_field(message, tag, 2, u);
    tr_bls_chosen->map_to_g2(1, &(const tr_bls_fp2){u[0], u[1]}, out);
}
