#include "eth/account.h"

#define FIELD(json_, member_, kind_)                                                               \
    {                                                                                              \
        .json = (json_), .offset = offsetof(tr_account, member_), .kind = (kind_)                  \
    }

static const tr_field fields[] = {
    FIELD("nonce", nonce, TR_FIELD_U64),
    FIELD("balance", balance, TR_FIELD_U256),
    FIELD("storageHash", storage_root, TR_FIELD_HASH),
    FIELD("codeHash", code_hash, TR_FIELD_HASH),
};

const tr_record tr_account_record = {"account", fields, TR_COUNTOF(fields), sizeof(tr_account)};

/* keccak-256 of nothing. */
const tr_hash tr_empty_code_hash = {{
    0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
    0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
}};

tr_err tr_account_decode(tr_trail *trail, tr_bytes raw, tr_account *out)
{
    *out = (tr_account){0};
    tr_rlp r = tr_rlp_open(raw);
    tr_rlp in = tr_rlp_list(&r);
    tr_record_read(&in, &tr_account_record, TR_COUNTOF(fields), NULL, out);
    tr_rlp_leave(&r, &in);
    return tr_rlp_finish(&r, trail, "account");
}

/* What follows is written by hand: a state's root takes one of these for each account or slot that
 * changed. */
size_t tr_storage_encode(const tr_u256 *value, uint8_t out[TR_STORAGE_MAX])
{
    uint8_t bytes[32];
    unsigned len = (tr_u256_bit_length(*value) + 7) / 8;
    if (len <= 1 && value->w[0] < 0x80) {
        out[0] = value->w[0] == 0 ? 0x80 : (uint8_t)value->w[0];
        return 1;
    }
    tr_u256_to_be(*value, bytes);
    out[0] = (uint8_t)(0x80 + len);
    memcpy(out + 1, bytes + 32 - len, len);
    return 1 + len;
}

tr_err tr_storage_decode(tr_trail *trail, tr_bytes raw, tr_u256 *out)
{
    uint8_t number[32];
    tr_rlp r = tr_rlp_open(raw);
    tr_rlp_u256be(&r, number);
    *out = tr_u256_from_be(number);
    return tr_rlp_finish(&r, trail, "storage value");
}

size_t tr_account_encode(const tr_account *account, uint8_t out[TR_ACCOUNT_MAX])
{
    uint8_t *at = out + 2, hash_follows = 0x80 + sizeof(tr_hash);
    tr_u256 nonce = tr_u256_of(account->nonce);
    at += tr_storage_encode(&nonce, at);
    at += tr_storage_encode(&account->balance, at);
    *at++ = hash_follows;
    memcpy(at, &account->storage_root, sizeof(tr_hash));
    at += sizeof(tr_hash);
    *at++ = hash_follows;
    memcpy(at, &account->code_hash, sizeof(tr_hash));
    at += sizeof(tr_hash);
    out[0] = 0xf8; /* a list longer than 55 bytes, as two hashes are, and shorter than 256 */
    out[1] = (uint8_t)(at - out - 2);
    return (size_t)(at - out);
}
