#include "trestle/signature.h"

#include "curve/p256.h"
#include "curve/secp256k1.h"

/* Arrays of bytes are arrays of these structures. */
_Static_assert(sizeof(tr_hash) == 32 && alignof(tr_hash) == 1, "hashes");
_Static_assert(sizeof(tr_ecdsa_sig) == 65 && alignof(tr_ecdsa_sig) == 1, "signatures");
_Static_assert(sizeof(tr_addr) == 20 && alignof(tr_addr) == 1, "addresses");
_Static_assert(sizeof(bool) == 1, "flags");

/* Pairs of pointer and length are turned into views in pieces of this many, on the stack: as many
 * as are verified together. */
enum { PIECE = 512 };

static tr_seckey key_in(const uint8_t bytes[32])
{
    tr_seckey key;
    memcpy(key.b, bytes, sizeof(key.b));
    return key;
}

static tr_pubkey public_in(const uint8_t bytes[64])
{
    tr_pubkey key;
    memcpy(key.x, bytes, 32);
    memcpy(key.y, bytes + 32, 32);
    return key;
}

static void public_out(const tr_pubkey *key, uint8_t bytes[64])
{
    memcpy(bytes, key->x, 32);
    memcpy(bytes + 32, key->y, 32);
}

static tr_hash hash_in(const uint8_t bytes[32])
{
    tr_hash hash;
    memcpy(hash.b, bytes, sizeof(hash.b));
    return hash;
}

static tr_ecdsa_sig sig_in(const uint8_t *bytes, uint8_t recovery)
{
    tr_ecdsa_sig sig;
    memcpy(sig.r, bytes, 32);
    memcpy(sig.s, bytes + 32, 32);
    sig.recovery = recovery;
    return sig;
}

tr_err tr_signature_public_key(const uint8_t key[32], uint8_t public_key[64])
{
    tr_pubkey made;
    tr_seckey secret = key_in(key);
    tr_err err = tr_pubkey_of(&secret, &made);
    tr_wipe(&secret, sizeof(secret));
    if (err == TR_OK) public_out(&made, public_key);
    return err;
}

tr_err tr_signature_parse_key(const uint8_t *data, size_t len, uint8_t public_key[64])
{
    tr_pubkey key;
    TR_TRY(tr_pubkey_parse(tr_bytes_of(data, len), &key));
    public_out(&key, public_key);
    return TR_OK;
}

void tr_signature_compress_key(const uint8_t public_key[64], uint8_t out[33])
{
    tr_pubkey key = public_in(public_key);
    tr_pubkey_compress(&key, out);
}

void tr_signature_address(const uint8_t public_key[64], uint8_t address[20])
{
    tr_pubkey key = public_in(public_key);
    tr_addr made = tr_pubkey_address(&key);
    memcpy(address, made.b, sizeof(made.b));
}

tr_err tr_signature_sign(const uint8_t key[32], const uint8_t hash[32], uint8_t signature[65])
{
    tr_ecdsa_sig sig;
    tr_seckey secret = key_in(key);
    tr_hash what = hash_in(hash);
    tr_err err = tr_ecdsa_sign(&secret, &what, &sig);
    tr_wipe(&secret, sizeof(secret));
    if (err != TR_OK) return err;
    memcpy(signature, sig.r, 32);
    memcpy(signature + 32, sig.s, 32);
    signature[64] = sig.recovery;
    return TR_OK;
}

tr_err tr_signature_verify(const uint8_t public_key[64], const uint8_t hash[32],
                           const uint8_t signature[64])
{
    tr_pubkey key = public_in(public_key);
    tr_hash what = hash_in(hash);
    tr_ecdsa_sig sig = sig_in(signature, TR_ECDSA_NO_RECOVERY);
    return tr_ecdsa_verify(&key, &what, &sig);
}

int tr_signature_is_low_s(const uint8_t signature[64])
{
    tr_ecdsa_sig sig = sig_in(signature, TR_ECDSA_NO_RECOVERY);
    return tr_ecdsa_is_low_s(&sig);
}

tr_err tr_signature_recover_key(const uint8_t hash[32], const uint8_t signature[65],
                                uint8_t public_key[64])
{
    tr_pubkey key;
    tr_hash what = hash_in(hash);
    tr_ecdsa_sig sig = sig_in(signature, signature[64]);
    TR_TRY(tr_ecdsa_recover(&what, &sig, &key));
    public_out(&key, public_key);
    return TR_OK;
}

tr_err tr_signature_recover(const uint8_t hash[32], const uint8_t signature[65],
                            uint8_t address[20])
{
    uint8_t public_key[64];
    TR_TRY(tr_signature_recover_key(hash, signature, public_key));
    tr_signature_address(public_key, address);
    return TR_OK;
}

size_t tr_signature_recover_many(size_t n, const uint8_t *hashes, const uint8_t *signatures,
                                 uint8_t *addresses, uint8_t *ok)
{
    return tr_ecdsa_recover_many(n, (const tr_hash *)hashes, (const tr_ecdsa_sig *)signatures,
                                 (tr_addr *)addresses, (bool *)ok);
}

tr_err tr_signature_schnorr_sign(const uint8_t key[32], const uint8_t *message, size_t len,
                                 const uint8_t *aux, uint8_t signature[64])
{
    tr_seckey secret = key_in(key);
    tr_err err = tr_schnorr_sign(&secret, tr_bytes_of(message, len), aux, signature);
    tr_wipe(&secret, sizeof(secret));
    return err;
}

tr_err tr_signature_schnorr_verify(const uint8_t public_x[32], const uint8_t *message, size_t len,
                                   const uint8_t signature[64])
{
    return tr_schnorr_verify(public_x, tr_bytes_of(message, len), signature);
}

size_t tr_signature_schnorr_verify_many(size_t n, const uint8_t *public_xs,
                                        const uint8_t *const messages[], const size_t lens[],
                                        const uint8_t *signatures, uint8_t *ok)
{
    tr_bytes views[PIECE];
    size_t good = 0;
    for (size_t done = 0; done < n;) {
        size_t count = TR_MIN(n - done, (size_t)PIECE);
        for (size_t i = 0; i < count; i++)
            views[i] = tr_bytes_of(messages[done + i], lens[done + i]);
        good += tr_schnorr_verify_many(count, (const uint8_t(*)[32])(public_xs + 32 * done), views,
                                       (const uint8_t(*)[64])(signatures + 64 * done),
                                       (bool *)(ok + done));
        done += count;
    }
    return good;
}

tr_err tr_signature_p256_verify(const uint8_t public_key[64], const uint8_t hash[32],
                                const uint8_t signature[64])
{
    bool good = tr_p256_verify(hash, signature, signature + 32, public_key, public_key + 32);
    return good ? TR_OK : TR_E_SIGNATURE;
}

tr_err tr_signature_shared_x(const uint8_t key[32], const uint8_t public_key[64],
                             uint8_t shared[32])
{
    tr_seckey secret = key_in(key);
    tr_pubkey other = public_in(public_key);
    tr_err err = tr_ecdh_x(&secret, &other, shared);
    tr_wipe(&secret, sizeof(secret));
    return err;
}
