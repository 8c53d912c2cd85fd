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

size_t tr_account_encode(const tr_account *account, uint8_t out[TR_ACCOUNT_MAX])
{
    tr_buf buf;
    tr_buf_init_fixed(&buf, out, TR_ACCOUNT_MAX);
    tr_rlp_put_list(&buf, tr_record_size(&tr_account_record, TR_COUNTOF(fields), account));
    tr_record_write(&buf, &tr_account_record, TR_COUNTOF(fields), account);
    return buf.len;
}
