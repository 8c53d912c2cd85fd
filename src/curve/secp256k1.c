#include "curve/secp256k1.h"

#include "hash/keccak.h"

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
