/* Baby Jubjub: what unpacks is on the curve and packs to the same; a signature by any key of any
 * message verifies, and with a changed byte does not. */
#include "curve/babyjub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_packed(const uint8_t *in)
{
    tr_bjj_point point;
    uint8_t again[32];
    if (tr_bjj_unpack(NULL, in, &point) != TR_OK) return;
    TR_ASSERT(tr_bjj_on_curve(&point));
    tr_bjj_pack(&point, again);
    TR_ASSERT(memcmp(in, again, sizeof(again)) == 0);
}

static void check_signature(const uint8_t key[32], const uint8_t text[32], unsigned change)
{
    tr_bn_fr message;
    tr_bjj_point pubkey, r8;
    uint8_t s[32], packed[32];
    tr_bjj_hash hash = (change & 1) != 0 ? TR_BJJ_MIMC7 : TR_BJJ_POSEIDON;
    tr_bn_fr_reduce_be(&message, text, 32);
    tr_bjj_pubkey(key, &pubkey);
    TR_ASSERT(tr_bjj_sign(hash, key, &message, &r8, s) == TR_OK);
    TR_ASSERT(tr_bjj_verify(NULL, hash, &pubkey, &message, &r8, s) == TR_OK);
    tr_bjj_pack(&r8, packed);
    check_packed(packed);
    s[change / 2 % 32] ^= (uint8_t)(1u << (change / 64 % 8));
    TR_ASSERT(tr_bjj_verify(NULL, hash, &pubkey, &message, &r8, s) != TR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len >= 32) check_packed(data);
    if (len >= 66) check_signature(data, data + 32, (unsigned)data[64] << 8 | data[65]);
    return 0;
}
