#include "eth/receipt.h"

#include "eth/string_internal.h"
#include "eth/tx.h"
#include "hash/keccak.h"

enum { TOPICS_MAX = 4 };

#define LOG_FIELD(json_name, member, its_kind)                                                     \
    {                                                                                              \
        .json = (json_name), .offset = offsetof(tr_receipt_log, member), .kind = (its_kind)        \
    }
static const tr_field log_fields[] = {
    LOG_FIELD("address", address, TR_FIELD_ADDR),
    LOG_FIELD("topics", topics, TR_FIELD_HASHES),
    LOG_FIELD("data", data, TR_FIELD_BYTES),
};
const tr_record tr_receipt_log_record = {"log", log_fields, TR_COUNTOF(log_fields),
                                         sizeof(tr_receipt_log)};

/* What follows the status or the root.  The last two are a deposit's, and may be missing. */
#define FIELD(member, its_kind)                                                                    \
    {                                                                                              \
        .offset = offsetof(tr_receipt, member), .kind = (its_kind)                                 \
    }
static const tr_field fields[] = {
    FIELD(cumulative_gas, TR_FIELD_U64),
    FIELD(bloom, TR_FIELD_BLOOM),
    {.offset = offsetof(tr_receipt, logs), .kind = TR_FIELD_LIST, .of = &tr_receipt_log_record},
    FIELD(deposit_nonce, TR_FIELD_U64),
    FIELD(deposit_version, TR_FIELD_U64),
};
static const tr_record after_status = {"receipt", fields, TR_COUNTOF(fields), sizeof(tr_receipt)};
enum { FIELDS_USUAL = 3 };

static bool is_known_type(uint8_t type)
{
    return type <= TR_TX_SET_CODE || type == TR_TX_DEPOSIT;
}

/* A status is an integer, 0 or 1; before Byzantium a root is in its place. */
static void read_status(tr_rlp *r, tr_receipt *out)
{
    const uint8_t *at = r->at;
    tr_bytes status = tr_rlp_bytes(r);
    if (r->err != TR_OK || status.len == 0) return;
    if (status.len == 1 && status.data[0] == 1) {
        out->success = true;
    } else if (status.len == sizeof(out->root.b) && out->type == TR_TX_LEGACY) {
        out->has_root = true;
        memcpy(out->root.b, status.data, sizeof(out->root.b));
    } else {
        r->at = at;
        tr_rlp_fail(r, TR_E_RECEIPT_STATUS);
    }
}

static void check_logs(tr_rlp *r, const tr_receipt *receipt)
{
    for (size_t i = 0; i < receipt->logs.count; i++)
        if (TR_LIST_AT(tr_receipt_log, receipt->logs, i)->topics.count > TOPICS_MAX)
            tr_rlp_fail(r, TR_E_RANGE);
    if (r->err != TR_OK) return;
    uint8_t bloom[TR_BLOOM];
    tr_bloom_of_logs(receipt->logs.count, receipt->logs.at, bloom);
    if (memcmp(bloom, receipt->bloom, TR_BLOOM) != 0) tr_rlp_fail(r, TR_E_RECEIPT_BLOOM);
}

/* Reads the list; out->type is known. */
static void read_list(tr_rlp *r, tr_arena *arena, tr_receipt *out)
{
    tr_rlp inside = tr_rlp_list(r);
    read_status(&inside, out);
    size_t left = inside.err == TR_OK ? tr_rlp_count(&inside) : 0;
    size_t count = FIELDS_USUAL;
    if (out->type == TR_TX_DEPOSIT && left > FIELDS_USUAL) count = TR_MIN(left, TR_COUNTOF(fields));
    tr_record_read(&inside, &after_status, count, arena, out);
    out->has_deposit_nonce = count > FIELDS_USUAL;
    out->has_deposit_version = count > FIELDS_USUAL + 1;
    if (inside.err == TR_OK && !tr_rlp_more(&inside)) check_logs(&inside, out);
    tr_rlp_leave(r, &inside);
}

/* Reads the consensus form that the rest of r is. */
static void read_consensus(tr_rlp *r, tr_arena *arena, tr_receipt *out)
{
    if (tr_rlp_more(r) && !tr_rlp_next_is_list(r)) {
        out->type = *r->at;
        if (out->type == TR_TX_LEGACY || !is_known_type(out->type)) {
            tr_rlp_fail(r, TR_E_TX_TYPE);
            return;
        }
        r->at++;
    }
    read_list(r, arena, out);
}

tr_err tr_receipt_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_receipt *out)
{
    *out = (tr_receipt){0};
    tr_rlp r = tr_rlp_open(raw);
    read_consensus(&r, arena, out);
    return tr_rlp_finish(&r, trail, "receipt");
}

void tr_receipt_read(tr_rlp *r, tr_arena *arena, tr_receipt *out)
{
    *out = (tr_receipt){0};
    if (tr_rlp_next_is_list(r)) {
        read_list(r, arena, out);
        return;
    }
    tr_bytes typed = tr_rlp_bytes(r);
    if (r->err != TR_OK) return;
    tr_rlp inside = *r;
    inside.at = typed.data;
    inside.end = typed.data + typed.len;
    if (tr_rlp_next_is_list(&inside)) {
        tr_rlp_fail(&inside, TR_E_TX_TYPE);
    } else {
        read_consensus(&inside, arena, out);
    }
    tr_rlp_leave(r, &inside);
}

static size_t field_count(const tr_receipt *receipt)
{
    size_t count = FIELDS_USUAL;
    if (receipt->has_deposit_nonce) count += receipt->has_deposit_version ? 2 : 1;
    return count;
}

static size_t payload_size(const tr_receipt *receipt)
{
    size_t status = receipt->has_root ? 33 : 1;
    return status + tr_record_size(&after_status, field_count(receipt), receipt);
}

size_t tr_receipt_size(const tr_receipt *receipt)
{
    return (receipt->type == TR_TX_LEGACY ? 0 : 1) + tr_rlp_list_size(payload_size(receipt));
}

static void encode(tr_buf *out, const tr_receipt *receipt, size_t payload)
{
    if (receipt->type != TR_TX_LEGACY) tr_buf_put_u8(out, receipt->type);
    tr_rlp_put_list(out, payload);
    if (receipt->has_root) {
        tr_rlp_put_bytes(out, TR_VIEW(receipt->root.b));
    } else {
        tr_rlp_put_u64(out, receipt->success ? 1 : 0);
    }
    tr_record_write(out, &after_status, field_count(receipt), receipt);
}

void tr_receipt_encode(tr_buf *out, const tr_receipt *receipt)
{
    encode(out, receipt, payload_size(receipt));
}

/* A receipt has a bloom: as a string it is never a short one. */
void tr_receipt_write(tr_buf *out, const tr_receipt *receipt)
{
    size_t payload = payload_size(receipt);
    if (receipt->type != TR_TX_LEGACY) tr_put_string_header(out, 1 + tr_rlp_list_size(payload));
    encode(out, receipt, payload);
}

tr_err tr_logs_hash(tr_trail *trail, tr_arena *arena, size_t n, const tr_receipt_log logs[],
                    tr_hash *out)
{
    static const tr_field list = {.kind = TR_FIELD_LIST, .of = &tr_receipt_log_record};
    static const tr_record record = {"logs", &list, 1, sizeof(tr_list)};
    tr_list all = {logs, n};
    tr_arena_mark mark = tr_arena_save(arena);
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, SIZE_MAX);
    tr_record_write(&buf, &record, 1, &all);
    tr_err err = tr_buf_err(&buf);
    if (err == TR_OK) *out = tr_keccak256(tr_buf_view(&buf));
    tr_arena_rewind(arena, mark);
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "No memory to encode %zu logs.", n);
}
