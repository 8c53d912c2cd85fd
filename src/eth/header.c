#include "eth/header.h"

#include "eth/string_internal.h"
#include "hash/keccak.h"

#define FIELD(json_name, member, its_kind)                                                         \
    {                                                                                              \
        .json = (json_name), .offset = offsetof(tr_header, member), .kind = (its_kind)             \
    }

static const tr_field fields[TR_HEADER_FIELDS] = {
    FIELD("parentHash", parent_hash, TR_FIELD_HASH),
    FIELD("sha3Uncles", uncles_hash, TR_FIELD_HASH),
    FIELD("miner", coinbase, TR_FIELD_ADDR),
    FIELD("stateRoot", state_root, TR_FIELD_HASH),
    FIELD("transactionsRoot", transactions_root, TR_FIELD_HASH),
    FIELD("receiptsRoot", receipts_root, TR_FIELD_HASH),
    FIELD("logsBloom", bloom, TR_FIELD_BLOOM),
    FIELD("difficulty", difficulty, TR_FIELD_U256),
    FIELD("number", number, TR_FIELD_U64),
    FIELD("gasLimit", gas_limit, TR_FIELD_U64),
    FIELD("gasUsed", gas_used, TR_FIELD_U64),
    FIELD("timestamp", time, TR_FIELD_U64),
    FIELD("extraData", extra, TR_FIELD_BYTES),
    FIELD("mixHash", mix, TR_FIELD_HASH),
    FIELD("nonce", nonce, TR_FIELD_FIXED8),
    FIELD("baseFeePerGas", base_fee, TR_FIELD_U256),
    FIELD("withdrawalsRoot", withdrawals_root, TR_FIELD_HASH),
    FIELD("blobGasUsed", blob_gas_used, TR_FIELD_U64),
    FIELD("excessBlobGas", excess_blob_gas, TR_FIELD_U64),
    FIELD("parentBeaconBlockRoot", beacon_root, TR_FIELD_HASH),
    FIELD("requestsHash", requests_hash, TR_FIELD_HASH),
};

const tr_record tr_header_record = {"header", fields, TR_HEADER_FIELDS, sizeof(tr_header)};

const tr_hash tr_no_uncles_hash = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a,
                                    0xab, 0x85, 0xb5, 0x67, 0xb6, 0xcc, 0xd4, 0x1a,
                                    0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13,
                                    0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

/* The extra data is the one field of any length: what comes before it and what comes after it is
 * hashed from a buffer on the stack. */
enum { FIELDS_BEFORE_EXTRA = 12, FIELDS_TO_EXTRA = 13, MOST_BESIDE_EXTRA = 1024 };
static const tr_record after_extra = {"header", fields + FIELDS_TO_EXTRA,
                                      TR_HEADER_FIELDS - FIELDS_TO_EXTRA, sizeof(tr_header)};

static bool is_known_count(size_t count)
{
    return count == TR_HEADER_FRONTIER || count == TR_HEADER_LONDON ||
           count == TR_HEADER_SHANGHAI || count == TR_HEADER_CANCUN || count == TR_HEADER_PRAGUE;
}

void tr_header_read(tr_rlp *r, tr_header *out)
{
    *out = (tr_header){0};
    tr_rlp inside = tr_rlp_list(r);
    size_t count = tr_rlp_count(&inside);
    if (inside.err == TR_OK && !is_known_count(count)) {
        tr_rlp_fail(&inside, TR_E_HEADER_FIELDS);
    } else {
        tr_record_read(&inside, &tr_header_record, count, NULL, out);
        out->fields = (uint8_t)count;
    }
    tr_rlp_leave(r, &inside);
}

tr_err tr_header_decode(tr_trail *trail, tr_bytes raw, tr_header *out)
{
    tr_rlp r = tr_rlp_open(raw);
    tr_header_read(&r, out);
    return tr_rlp_finish(&r, trail, "header");
}

void tr_header_encode(tr_buf *out, const tr_header *header)
{
    tr_rlp_put_list(out, tr_record_size(&tr_header_record, header->fields, header));
    tr_record_write(out, &tr_header_record, header->fields, header);
}

size_t tr_header_size(const tr_header *header)
{
    return tr_rlp_list_size(tr_record_size(&tr_header_record, header->fields, header));
}

tr_hash tr_header_hash(const tr_header *header)
{
    TR_ASSERT(is_known_count(header->fields));
    uint8_t memory[MOST_BESIDE_EXTRA];
    tr_buf buf;
    tr_sponge sponge;
    tr_buf_init_fixed(&buf, memory, sizeof(memory));
    tr_keccak256_init(&sponge);
    tr_rlp_put_list(&buf, tr_record_size(&tr_header_record, header->fields, header));
    tr_record_write(&buf, &tr_header_record, FIELDS_BEFORE_EXTRA, header);
    if (header->extra.len < 56) {
        tr_rlp_put_bytes(&buf, header->extra);
    } else {
        tr_put_string_header(&buf, header->extra.len);
        tr_sponge_update(&sponge, tr_buf_view(&buf));
        tr_sponge_update(&sponge, header->extra);
        tr_buf_clear(&buf);
    }
    tr_record_write(&buf, &after_extra, (size_t)(header->fields - FIELDS_TO_EXTRA), header);
    TR_ASSERT(tr_buf_err(&buf) == TR_OK);
    tr_sponge_update(&sponge, tr_buf_view(&buf));
    return tr_keccak256_final(&sponge);
}
