/* Signatures and public keys: what strict DER accepts is the one DER of what it says; a key that is
 * read is written the same; who is recovered verifies. */
#include "curve/secp256k1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_der(tr_bytes der)
{
    tr_ecdsa_sig sig;
    uint8_t again[TR_ECDSA_DER_MAX];
    if (tr_ecdsa_parse_der(der, &sig) != TR_OK) return;
    TR_ASSERT(tr_ecdsa_check(&sig) == TR_OK);
    size_t len = tr_ecdsa_write_der(&sig, again);
    TR_ASSERT(tr_bytes_eq(tr_bytes_of(again, len), der));
}

static void check_key(tr_bytes in)
{
    tr_pubkey key, again;
    uint8_t compressed[TR_PUBKEY_COMPRESSED];
    if (tr_pubkey_parse(in, &key) != TR_OK) return;
    tr_pubkey_compress(&key, compressed);
    TR_ASSERT(tr_pubkey_parse(TR_VIEW(compressed), &again) == TR_OK);
    TR_ASSERT(memcmp(&key, &again, sizeof(key)) == 0);
    if (in.len == sizeof(compressed)) TR_ASSERT(memcmp(compressed, in.data, in.len) == 0);
}

static void check_recovery(tr_bytes in)
{
    tr_hash hash;
    tr_ecdsa_sig sig;
    tr_pubkey key;
    tr_addr address;
    bool ok;
    if (in.len != 97) return;
    memcpy(hash.b, in.data, 32);
    memcpy(sig.r, in.data + 32, 32);
    memcpy(sig.s, in.data + 64, 32);
    sig.recovery = in.data[96];
    tr_err err = tr_ecdsa_recover(&hash, &sig, &key);
    TR_ASSERT(tr_ecdsa_recover_many(1, &hash, &sig, &address, &ok) == (err == TR_OK));
    if (err != TR_OK) return;
    tr_addr want = tr_pubkey_address(&key);
    TR_ASSERT(memcmp(&address, &want, sizeof(want)) == 0);
    TR_ASSERT(tr_ecdsa_verify(&key, &hash, &sig) == TR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes in = tr_bytes_of(data, len);
    check_der(in);
    check_key(in);
    check_recovery(in);
    return 0;
}
