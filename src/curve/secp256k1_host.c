#include "curve/secp256k1.h"

#include "curve/k1_internal.h"
#include "os/random.h"

#include <pthread.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_recovery.h>
#include <secp256k1_schnorrsig.h>

/* What depends on no secret uses the library's constant context.  What multiplies the generator
 * by a secret needs one of its own, blinded once with random bytes; it is made at first use and
 * never changed, so any thread may use it. */
static pthread_once_t signing_once = PTHREAD_ONCE_INIT;
static secp256k1_context *signing_made;
static tr_err signing_err;

static void make_signing_context(void)
{
    uint8_t seed[32];
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    signing_err = tr_random_fill(NULL, tr_random_system(), seed, sizeof(seed));
    if (signing_err == TR_OK && secp256k1_context_randomize(context, seed) != 1)
        signing_err = TR_E_STATE;
    tr_wipe(seed, sizeof(seed));
    signing_made = context;
}

static tr_err signing_context(const secp256k1_context **out)
{
    pthread_once(&signing_once, make_signing_context);
    *out = signing_made;
    return signing_err;
}

static const secp256k1_context *public_context(void)
{
    return secp256k1_context_static;
}

static void pubkey_out(const secp256k1_pubkey *key, tr_pubkey *out)
{
    uint8_t bytes[TR_PUBKEY_UNCOMPRESSED];
    size_t len = sizeof(bytes);
    secp256k1_ec_pubkey_serialize(public_context(), bytes, &len, key, SECP256K1_EC_UNCOMPRESSED);
    memcpy(out->x, bytes + 1, 32);
    memcpy(out->y, bytes + 33, 32);
}

static tr_err pubkey_in(const tr_pubkey *key, secp256k1_pubkey *out)
{
    uint8_t bytes[TR_PUBKEY_UNCOMPRESSED];
    bytes[0] = 0x04;
    memcpy(bytes + 1, key->x, 32);
    memcpy(bytes + 33, key->y, 32);
    bool ok = secp256k1_ec_pubkey_parse(public_context(), out, bytes, sizeof(bytes)) == 1;
    return ok ? TR_OK : TR_E_POINT;
}

static void sig_compact(const tr_ecdsa_sig *sig, uint8_t out[64])
{
    memcpy(out, sig->r, 32);
    memcpy(out + 32, sig->s, 32);
}

tr_err tr_seckey_check(const tr_seckey *key)
{
    return secp256k1_ec_seckey_verify(public_context(), key->b) == 1 ? TR_OK : TR_E_KEY_RANGE;
}

tr_err tr_pubkey_of(const tr_seckey *key, tr_pubkey *out)
{
    const secp256k1_context *context;
    secp256k1_pubkey pubkey;
    TR_TRY(signing_context(&context));
    if (secp256k1_ec_pubkey_create(context, &pubkey, key->b) != 1) return TR_E_KEY_RANGE;
    pubkey_out(&pubkey, out);
    return TR_OK;
}

tr_err tr_seckey_add(const tr_seckey *key, const uint8_t number[32], tr_seckey *out)
{
    tr_seckey sum = *key;
    bool ok = secp256k1_ec_seckey_tweak_add(public_context(), sum.b, number) == 1;
    if (ok) *out = sum;
    tr_wipe(&sum, sizeof(sum));
    return ok ? TR_OK : TR_E_KEY_RANGE;
}

tr_err tr_pubkey_add(const tr_pubkey *key, const uint8_t number[32], tr_pubkey *out)
{
    secp256k1_pubkey sum;
    TR_TRY(pubkey_in(key, &sum));
    if (secp256k1_ec_pubkey_tweak_add(public_context(), &sum, number) != 1) return TR_E_KEY_RANGE;
    pubkey_out(&sum, out);
    return TR_OK;
}

tr_err tr_pubkey_parse(tr_bytes in, tr_pubkey *out)
{
    secp256k1_pubkey key;
    bool compressed = in.len == TR_PUBKEY_COMPRESSED && (in.data[0] == 0x02 || in.data[0] == 0x03);
    bool uncompressed = in.len == TR_PUBKEY_UNCOMPRESSED && in.data[0] == 0x04;
    if (!compressed && !uncompressed) return TR_E_POINT;
    if (secp256k1_ec_pubkey_parse(public_context(), &key, in.data, in.len) != 1) return TR_E_POINT;
    pubkey_out(&key, out);
    return TR_OK;
}

tr_err tr_ecdsa_parse_der(tr_bytes der, tr_ecdsa_sig *out)
{
    secp256k1_ecdsa_signature parsed;
    uint8_t compact[64];
    if (der.len == 0) return TR_E_SHORT;
    if (secp256k1_ecdsa_signature_parse_der(public_context(), &parsed, der.data, der.len) != 1)
        return TR_E_SYNTAX;
    secp256k1_ecdsa_signature_serialize_compact(public_context(), compact, &parsed);
    memcpy(out->r, compact, 32);
    memcpy(out->s, compact + 32, 32);
    out->recovery = TR_ECDSA_NO_RECOVERY;
    return tr_ecdsa_check(out);
}

size_t tr_ecdsa_write_der(const tr_ecdsa_sig *sig, uint8_t out[TR_ECDSA_DER_MAX])
{
    secp256k1_ecdsa_signature parsed;
    uint8_t compact[64];
    size_t len = TR_ECDSA_DER_MAX;
    sig_compact(sig, compact);
    if (secp256k1_ecdsa_signature_parse_compact(public_context(), &parsed, compact) != 1) return 0;
    secp256k1_ecdsa_signature_serialize_der(public_context(), out, &len, &parsed);
    return len;
}

tr_err tr_ecdsa_sign(const tr_seckey *key, const tr_hash *hash, tr_ecdsa_sig *out)
{
    const secp256k1_context *context;
    secp256k1_ecdsa_recoverable_signature made;
    uint8_t compact[64];
    int recovery;
    TR_TRY(signing_context(&context));
    if (secp256k1_ecdsa_sign_recoverable(context, &made, hash->b, key->b, NULL, NULL) != 1)
        return TR_E_KEY_RANGE;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &recovery, &made);
    memcpy(out->r, compact, 32);
    memcpy(out->s, compact + 32, 32);
    out->recovery = (uint8_t)recovery;
    return TR_OK;
}

static tr_err verify(const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig)
{
    secp256k1_pubkey pubkey;
    secp256k1_ecdsa_signature parsed;
    uint8_t compact[64];
    TR_TRY(pubkey_in(key, &pubkey));
    sig_compact(sig, compact);
    if (secp256k1_ecdsa_signature_parse_compact(public_context(), &parsed, compact) != 1)
        return TR_E_SIGNATURE_RANGE;
    /* the library verifies low s only; s and its negative verify alike */
    secp256k1_ecdsa_signature_normalize(public_context(), &parsed, &parsed);
    bool ok = secp256k1_ecdsa_verify(public_context(), &parsed, hash->b, &pubkey) == 1;
    return ok ? TR_OK : TR_E_SIGNATURE;
}

static tr_err recover(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey pubkey;
    uint8_t compact[64];
    sig_compact(sig, compact);
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(public_context(), &parsed, compact,
                                                            sig->recovery) != 1)
        return TR_E_SIGNATURE_RANGE;
    if (secp256k1_ecdsa_recover(public_context(), &pubkey, &parsed, hash->b) != 1)
        return TR_E_SIGNATURE;
    pubkey_out(&pubkey, out);
    return TR_OK;
}

tr_err tr_schnorr_sign(const tr_seckey *key, tr_bytes message, const uint8_t *aux, uint8_t out[64])
{
    const secp256k1_context *context;
    secp256k1_keypair pair;
    uint8_t aux_copy[32];
    secp256k1_schnorrsig_extraparams extra = SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT;
    TR_TRY(signing_context(&context));
    if (secp256k1_keypair_create(context, &pair, key->b) != 1) return TR_E_KEY_RANGE;
    if (aux != NULL) {
        memcpy(aux_copy, aux, sizeof(aux_copy));
        extra.ndata = aux_copy;
    }
    bool ok = secp256k1_schnorrsig_sign_custom(context, out, message.data, message.len, &pair,
                                               &extra) == 1;
    tr_wipe(&pair, sizeof(pair));
    tr_wipe(aux_copy, sizeof(aux_copy));
    return ok ? TR_OK : TR_E_STATE;
}

static tr_err schnorr_verify(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64])
{
    secp256k1_xonly_pubkey pubkey;
    if (secp256k1_xonly_pubkey_parse(public_context(), &pubkey, key_x) != 1) return TR_E_POINT;
    bool ok =
        secp256k1_schnorrsig_verify(public_context(), sig, message.data, message.len, &pubkey) == 1;
    return ok ? TR_OK : TR_E_SIGNATURE;
}

const tr_k1_code tr_k1_library = {
    .name = "library",
    .recover = recover,
    .verify = verify,
    .schnorr_verify = schnorr_verify,
};

static int keep_x(unsigned char *out, const unsigned char *x, const unsigned char *y, void *data)
{
    (void)y;
    (void)data;
    memcpy(out, x, 32);
    return 1;
}

static tr_err ecdh(const tr_seckey *key, const tr_pubkey *other, secp256k1_ecdh_hash_function hash,
                   uint8_t out[32])
{
    secp256k1_pubkey pubkey;
    TR_TRY(pubkey_in(other, &pubkey));
    bool ok = secp256k1_ecdh(public_context(), out, &pubkey, key->b, hash, NULL) == 1;
    return ok ? TR_OK : TR_E_KEY_RANGE;
}

tr_err tr_ecdh_x(const tr_seckey *key, const tr_pubkey *other, uint8_t out[32])
{
    return ecdh(key, other, keep_x, out);
}

tr_err tr_ecdh_sha256(const tr_seckey *key, const tr_pubkey *other, uint8_t out[32])
{
    return ecdh(key, other, secp256k1_ecdh_hash_function_sha256, out);
}
