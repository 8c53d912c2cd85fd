#include "curve/secp256k1.h"

#include "curve/k1_internal.h"
#include "hash/keccak.h"

const tr_k1_code *tr_k1_chosen = &tr_k1_portable;

enum { RECOVER_CHUNK = 128 }; /* how many keys wait for one call of the multi-message hash */

/* The order of the curve, and its half rounded down (SEC 2, section 2.4.1). */
static const uint8_t order[32] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};
static const uint8_t half_order[32] = {
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
};

void tr_pubkey_compress(const tr_pubkey *key, uint8_t out[TR_PUBKEY_COMPRESSED])
{
    out[0] = (uint8_t)(0x02 | (key->y[31] & 1));
    memcpy(out + 1, key->x, 32);
}

tr_addr tr_pubkey_address(const tr_pubkey *key)
{
    _Static_assert(sizeof(tr_pubkey) == 64, "x and y lie side by side");
    tr_hash hash = tr_keccak256(tr_bytes_of(key, sizeof(*key)));
    tr_addr address;
    memcpy(address.b, hash.b + 12, sizeof(address.b));
    return address;
}

static bool in_range(const uint8_t number[32])
{
    static const uint8_t zero[32];
    return memcmp(number, zero, 32) != 0 && memcmp(number, order, 32) < 0;
}

tr_err tr_ecdsa_check(const tr_ecdsa_sig *sig)
{
    return in_range(sig->r) && in_range(sig->s) ? TR_OK : TR_E_SIGNATURE_RANGE;
}

bool tr_ecdsa_is_low_s(const tr_ecdsa_sig *sig)
{
    return memcmp(sig->s, half_order, sizeof(sig->s)) <= 0;
}

tr_err tr_ecdsa_verify(const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig)
{
    TR_TRY(tr_ecdsa_check(sig));
    return tr_k1_chosen->verify(key, hash, sig);
}

tr_err tr_ecdsa_recover(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    if (sig->recovery > 3) return TR_E_SIGNATURE_RANGE;
    TR_TRY(tr_ecdsa_check(sig));
    return tr_k1_chosen->recover(hash, sig, out);
}

tr_err tr_schnorr_verify(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64])
{
    return tr_k1_chosen->schnorr_verify(key_x, message, sig);
}

size_t tr_schnorr_verify_many(size_t n, const uint8_t keys[][32], const tr_bytes messages[],
                              const uint8_t sigs[][64], bool ok[])
{
    size_t good = 0;
    if (tr_k1_chosen->schnorr_verify_many != NULL) {
        tr_k1_chosen->schnorr_verify_many(n, keys, messages, sigs, ok);
    } else {
        for (size_t i = 0; i < n; i++)
            ok[i] = tr_k1_chosen->schnorr_verify(keys[i], messages[i], sigs[i]) == TR_OK;
    }
    for (size_t i = 0; i < n; i++) good += ok[i];
    return good;
}

static void recover_keys(size_t n, const tr_hash *hashes, const tr_ecdsa_sig *sigs, tr_pubkey *keys,
                         bool *found)
{
    if (tr_k1_chosen->recover_many != NULL) {
        tr_k1_chosen->recover_many(n, hashes, sigs, keys, found);
        return;
    }
    for (size_t i = 0; i < n; i++)
        found[i] = tr_k1_chosen->recover(&hashes[i], &sigs[i], &keys[i]) == TR_OK;
}

/* A chunk of signatures whose numbers are in range, at their places in the arrays. */
typedef struct chunk {
    size_t count, place[RECOVER_CHUNK];
    tr_hash hashes[RECOVER_CHUNK];
    tr_ecdsa_sig sigs[RECOVER_CHUNK];
    tr_pubkey keys[RECOVER_CHUNK];
    bool found[RECOVER_CHUNK];
} chunk;

/* Recovers a chunk, then hashes the keys found in one call. */
static size_t recover_chunk(chunk *c, tr_addr *addresses, bool *ok)
{
    tr_bytes views[RECOVER_CHUNK];
    tr_hash digests[RECOVER_CHUNK];
    size_t found = 0, next = 0;
    recover_keys(c->count, c->hashes, c->sigs, c->keys, c->found);
    for (size_t i = 0; i < c->count; i++)
        if (c->found[i]) views[found++] = tr_bytes_of(&c->keys[i], sizeof(c->keys[i]));
    tr_keccak256_many(found, views, digests);
    for (size_t i = 0; i < c->count; i++) {
        if (!c->found[i]) continue;
        ok[c->place[i]] = true;
        memcpy(addresses[c->place[i]].b, digests[next++].b + 12, sizeof(addresses->b));
    }
    c->count = 0;
    return found;
}

size_t tr_ecdsa_recover_many(size_t n, const tr_hash *hashes, const tr_ecdsa_sig *sigs,
                             tr_addr *addresses, bool *ok)
{
    chunk c;
    size_t found = 0;
    c.count = 0;
    for (size_t i = 0; i < n; i++) {
        ok[i] = false;
        memset(&addresses[i], 0, sizeof(addresses[i]));
        if (sigs[i].recovery > 3 || tr_ecdsa_check(&sigs[i]) != TR_OK) continue;
        c.place[c.count] = i;
        c.hashes[c.count] = hashes[i];
        c.sigs[c.count++] = sigs[i];
        if (c.count == RECOVER_CHUNK) found += recover_chunk(&c, addresses, ok);
    }
    return found + recover_chunk(&c, addresses, ok);
}
