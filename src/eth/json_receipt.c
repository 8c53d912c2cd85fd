/* Receipts and logs as JSON. */
#include "eth/json_internal.h"

static void put_hash(tr_json_writer *to, const char *key, const tr_hash *hash)
{
    tr_json_key(to, key);
    tr_json_put_hex(to, TR_VIEW(hash->b));
}

static void put_u64(tr_json_writer *to, const char *key, uint64_t number)
{
    tr_json_key(to, key);
    tr_json_put_quantity(to, number);
}

static void put_addr(tr_json_writer *to, const char *key, const tr_addr *address)
{
    tr_json_key(to, key);
    if (address != NULL)
        tr_json_put_hex(to, TR_VIEW(address->b));
    else
        tr_json_put_null(to);
}

void tr_log_to_json(tr_json_writer *to, const tr_receipt_log *log, const tr_hash *tx_hash,
                    uint64_t tx_index, uint64_t log_index, bool removed, const tr_json_place *place)
{
    tr_json_place here = {.index = NULL};
    if (place != NULL) here = *place;
    here.index = &tx_index;
    tr_json_begin_object(to);
    tr_record_to_json(to, &tr_receipt_log_record, tr_receipt_log_record.count, log);
    put_hash(to, "transactionHash", tx_hash);
    tr_json_put_place(to, &here);
    if (here.block_time != NULL) put_u64(to, "blockTimestamp", *here.block_time);
    put_u64(to, "logIndex", log_index);
    tr_json_key(to, "removed");
    tr_json_put_bool(to, removed);
    tr_json_end_object(to);
}

static void put_outcome(tr_json_writer *to, const tr_receipt *receipt)
{
    if (receipt->has_root)
        put_hash(to, "root", &receipt->root);
    else
        put_u64(to, "status", receipt->success);
    put_u64(to, "cumulativeGasUsed", receipt->cumulative_gas);
    tr_json_key(to, "logsBloom");
    tr_json_put_hex(to, TR_VIEW(receipt->bloom));
    if (receipt->has_deposit_nonce) put_u64(to, "depositNonce", receipt->deposit_nonce);
    if (receipt->has_deposit_version)
        put_u64(to, "depositReceiptVersion", receipt->deposit_version);
}

static void put_logs(tr_json_writer *to, const tr_json_receipt *receipt)
{
    const tr_list *logs = &receipt->receipt->logs;
    uint64_t tx_index = receipt->place.index == NULL ? 0 : *receipt->place.index;
    tr_json_key(to, "logs");
    tr_json_begin_array(to);
    for (size_t i = 0; i < logs->count; i++)
        tr_log_to_json(to, TR_LIST_AT(tr_receipt_log, *logs, i), &receipt->tx_hash, tx_index,
                       receipt->first_log + i, false, &receipt->place);
    tr_json_end_array(to);
}

void tr_receipt_to_json(tr_json_writer *to, const tr_json_receipt *receipt)
{
    const tr_tx *tx = receipt->tx;
    tr_json_begin_object(to);
    put_u64(to, "type", receipt->receipt->type);
    put_hash(to, "transactionHash", &receipt->tx_hash);
    tr_json_put_place(to, &receipt->place);
    put_addr(to, "from", &receipt->from);
    put_addr(to, "to", tx->to.some ? &tx->to.addr : NULL);
    put_addr(to, "contractAddress", receipt->created);
    put_u64(to, "gasUsed", receipt->gas_used);
    tr_json_key(to, "effectiveGasPrice");
    tr_json_put_number(to, &receipt->effective_price);
    if (receipt->blob_fee != NULL) {
        put_u64(to, "blobGasUsed", tr_tx_blob_gas(tx));
        tr_json_key(to, "blobGasPrice");
        tr_json_put_number(to, receipt->blob_fee);
    }
    put_outcome(to, receipt->receipt);
    put_logs(to, receipt);
    tr_json_end_object(to);
}

/* Reading. */

tr_err tr_log_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                        tr_receipt_log *out)
{
    *out = (tr_receipt_log){.topics = {NULL, 0}};
    const tr_record *record = &tr_receipt_log_record;
    uint64_t seen;
    TR_TRY(tr_record_from_json(trail, arena, form, record, in, out, &seen));
    for (size_t i = 0; i < record->count; i++)
        if ((seen >> i & 1) == 0)
            return tr_fail(trail, TR_E_JSON_FIELD, "log: %s is missing", record->fields[i].json);
    if (out->topics.count > 4)
        return tr_fail(trail, TR_E_JSON_FIELD, "log: %zu topics", out->topics.count);
    return TR_OK;
}

/* The members of a receipt that are no logs. */
static const tr_field receipt_fields[] = {
    {"type", offsetof(tr_receipt, type), TR_FIELD_U8, NULL},
    {"root", offsetof(tr_receipt, root), TR_FIELD_HASH, NULL},
    {"status", offsetof(tr_receipt, success), TR_FIELD_BOOL, NULL},
    {"cumulativeGasUsed", offsetof(tr_receipt, cumulative_gas), TR_FIELD_U64, NULL},
    {"logsBloom", offsetof(tr_receipt, bloom), TR_FIELD_BLOOM, NULL},
    {"depositNonce", offsetof(tr_receipt, deposit_nonce), TR_FIELD_U64, NULL},
    {"depositReceiptVersion", offsetof(tr_receipt, deposit_version), TR_FIELD_U64, NULL},
};
static const tr_record receipt_record = {"receipt", receipt_fields, TR_COUNTOF(receipt_fields),
                                         sizeof(tr_receipt)};
enum {
    SEEN_ROOT = 2,
    SEEN_STATUS = 4,
    SEEN_GAS = 8,
    SEEN_BLOOM = 16,
    SEEN_NONCE = 32,
    SEEN_VERSION = 64
};

static tr_err read_logs(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                        tr_list *out)
{
    const tr_json *array = tr_json_get(in, "logs");
    if (array == NULL || array->kind != TR_JSON_ARRAY)
        return tr_fail(trail, TR_E_JSON_FIELD, "receipt: logs is no array");
    tr_receipt_log *logs = TR_ARENA_ARRAY(arena, tr_receipt_log, array->count);
    if (logs == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu logs", array->count);
    *out = (tr_list){logs, array->count};
    TR_JSON_EACH(item, array) TR_TRY(tr_log_from_json(trail, arena, form, item, logs++));
    return TR_OK;
}

tr_err tr_receipt_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                            tr_receipt *out)
{
    *out = (tr_receipt){.type = 0};
    uint64_t seen;
    TR_TRY(tr_record_from_json(trail, arena, form, &receipt_record, in, out, &seen));
    if ((seen & SEEN_GAS) == 0 || (seen & SEEN_BLOOM) == 0)
        return tr_fail(trail, TR_E_JSON_FIELD, "receipt: %s is missing",
                       (seen & SEEN_GAS) == 0 ? "cumulativeGasUsed" : "logsBloom");
    out->has_root = (seen & SEEN_ROOT) != 0 && (seen & SEEN_STATUS) == 0;
    if (!out->has_root && (seen & SEEN_STATUS) == 0)
        return tr_fail(trail, TR_E_JSON_FIELD, "receipt: neither status nor root");
    out->has_deposit_nonce = (seen & SEEN_NONCE) != 0;
    out->has_deposit_version = (seen & SEEN_VERSION) != 0;
    return read_logs(trail, arena, form, in, &out->logs);
}
