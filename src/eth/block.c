#include "eth/block.h"

#include "hash/keccak.h"
#include "hash/sha2.h"

#define FIELD(json_name, member, its_kind)                                                         \
    {                                                                                              \
        .json = (json_name), .offset = offsetof(tr_withdrawal, member), .kind = (its_kind)         \
    }
static const tr_field withdrawal_fields[] = {
    FIELD("index", index, TR_FIELD_U64),
    FIELD("validatorIndex", validator, TR_FIELD_U64),
    FIELD("address", address, TR_FIELD_ADDR),
    FIELD("amount", amount, TR_FIELD_U64),
};
const tr_record tr_withdrawal_record = {"withdrawal", withdrawal_fields,
                                        TR_COUNTOF(withdrawal_fields), sizeof(tr_withdrawal)};

/* The withdrawals of a block as a record of one list. */
static const tr_field withdrawals_field = {
    .offset = offsetof(tr_block, withdrawals), .kind = TR_FIELD_LIST, .of = &tr_withdrawal_record};
static const tr_record withdrawals_record = {"block", &withdrawals_field, 1, sizeof(tr_block)};

/* No transaction is shorter than nine empty fields, no header than its hashes and its bloom. */
enum { TX_LEAST = 10, HEADER_LEAST = 500 };

/* How many things to make room for: as many as are named, but no more than can be good.  With one
 * more than that a list has a fault, and reading ends there. */
static size_t room_for(const tr_rlp *list, size_t least)
{
    size_t room = (size_t)(list->end - list->at) / least + 1;
    size_t count = tr_rlp_count(list);
    return TR_MIN(count, room);
}

static void read_txs(tr_rlp *r, tr_arena *arena, tr_list *out)
{
    tr_rlp list = tr_rlp_list(r);
    size_t count = room_for(&list, TX_LEAST);
    tr_tx *txs = TR_ARENA_ARRAY(arena, tr_tx, count);
    if (txs == NULL) tr_rlp_fail(&list, TR_E_MEMORY);
    for (size_t i = 0; i < count && list.err == TR_OK; i++) tr_tx_read(&list, arena, &txs[i]);
    tr_rlp_leave(r, &list);
    if (r->err == TR_OK) *out = (tr_list){txs, count};
}

static void read_uncles(tr_rlp *r, tr_arena *arena, tr_list *out)
{
    tr_rlp list = tr_rlp_list(r);
    size_t count = room_for(&list, HEADER_LEAST);
    tr_header *uncles = TR_ARENA_ARRAY(arena, tr_header, count);
    if (uncles == NULL) tr_rlp_fail(&list, TR_E_MEMORY);
    for (size_t i = 0; i < count && list.err == TR_OK; i++) tr_header_read(&list, &uncles[i]);
    tr_rlp_leave(r, &list);
    if (r->err == TR_OK) *out = (tr_list){uncles, count};
}

tr_err tr_block_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_block *out)
{
    *out = (tr_block){.encoded_size = raw.len};
    tr_rlp r = tr_rlp_open(raw), block = tr_rlp_list(&r);
    const uint8_t *header = block.at;
    tr_header_read(&block, &out->header);
    if (block.err == TR_OK) out->header_encoding = (tr_bytes){header, (size_t)(block.at - header)};
    read_txs(&block, arena, &out->txs);
    read_uncles(&block, arena, &out->uncles);
    out->has_withdrawals = tr_rlp_more(&block);
    if (out->has_withdrawals) tr_record_read(&block, &withdrawals_record, 1, arena, out);
    tr_rlp_leave(&r, &block);
    return tr_rlp_finish(&r, trail, "block");
}

static size_t txs_payload(const tr_block *block)
{
    size_t size = 0;
    for (size_t i = 0; i < block->txs.count; i++)
        size += tr_tx_write_size(TR_LIST_AT(tr_tx, block->txs, i));
    return size;
}

static size_t uncles_payload(size_t n, const tr_header uncles[])
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++) size += tr_header_size(&uncles[i]);
    return size;
}

static size_t payload(const tr_block *block)
{
    size_t size = tr_header_size(&block->header) + tr_rlp_list_size(txs_payload(block)) +
                  tr_rlp_list_size(uncles_payload(block->uncles.count, block->uncles.at));
    if (block->has_withdrawals) size += tr_record_size(&withdrawals_record, 1, block);
    return size;
}

size_t tr_block_size(const tr_block *block)
{
    return tr_rlp_list_size(payload(block));
}

static void put_uncles(tr_buf *out, size_t n, const tr_header uncles[])
{
    tr_rlp_put_list(out, uncles_payload(n, uncles));
    for (size_t i = 0; i < n; i++) tr_header_encode(out, &uncles[i]);
}

void tr_block_encode(tr_buf *out, const tr_block *block)
{
    tr_rlp_put_list(out, payload(block));
    tr_header_encode(out, &block->header);
    tr_rlp_put_list(out, txs_payload(block));
    for (size_t i = 0; i < block->txs.count; i++)
        tr_tx_write(out, TR_LIST_AT(tr_tx, block->txs, i));
    put_uncles(out, block->uncles.count, block->uncles.at);
    if (block->has_withdrawals) tr_record_write(out, &withdrawals_record, 1, block);
}

tr_err tr_uncles_hash(tr_trail *trail, tr_arena *arena, size_t n, const tr_header uncles[],
                      tr_hash *out)
{
    *out = tr_no_uncles_hash;
    if (n == 0) return TR_OK;
    tr_arena_mark mark = tr_arena_save(arena);
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, SIZE_MAX);
    put_uncles(&buf, n, uncles);
    tr_err err = tr_buf_err(&buf);
    if (err == TR_OK) *out = tr_keccak256(tr_buf_view(&buf));
    tr_arena_rewind(arena, mark);
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "No memory to encode %zu uncles.", n);
}

tr_err tr_requests_hash(tr_trail *trail, size_t n, const tr_request requests[], tr_hash *out)
{
    tr_sha256_state all;
    tr_sha256_init(&all);
    for (size_t i = 0; i < n; i++) {
        if (i != 0 && requests[i].type <= requests[i - 1].type)
            return tr_fail(trail, TR_E_BLOCK_REQUESTS, "Requests of type %u after those of %u.",
                           requests[i].type, requests[i - 1].type);
        if (requests[i].data.len == 0) continue;
        tr_sha256_state one;
        tr_sha256_init(&one);
        tr_sha256_update(&one, tr_bytes_of(&requests[i].type, 1));
        tr_sha256_update(&one, requests[i].data);
        tr_hash hash = tr_sha256_final(&one);
        tr_sha256_update(&all, TR_VIEW(hash.b));
    }
    *out = tr_sha256_final(&all);
    return TR_OK;
}

/* keccak("DepositEvent(bytes,bytes,bytes,bytes,bytes)") */
static const uint8_t deposit_event[32] = {
    0x64, 0x9b, 0xbc, 0x62, 0xd0, 0xe3, 0x13, 0x42, 0xaf, 0xea, 0x4e, 0x5c, 0xd8, 0x2d, 0x40, 0x49,
    0xe7, 0xe1, 0xee, 0x91, 0x2f, 0xc0, 0x88, 0x9a, 0xa7, 0x90, 0x80, 0x3b, 0xe3, 0x90, 0x38, 0xc5};

/* The event's five strings: public key, withdrawal credentials, amount, signature, index; each
 * behind its length, in whole words. */
static const struct {
    uint16_t offset, len;
} deposit_layout[] = {{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}};
enum { DEPOSIT_EVENT_SIZE = 576 };

static bool word_is(const uint8_t *word, uint64_t value)
{
    return tr_u256_eq(tr_u256_from_be(word), tr_u256_of(value));
}

tr_err tr_deposit_of_log(tr_trail *trail, const tr_receipt_log *log, uint8_t out[192],
                         bool *is_deposit)
{
    *is_deposit = log->topics.count != 0 &&
                  memcmp(TR_LIST_AT(tr_hash, log->topics, 0), deposit_event, 32) == 0;
    if (!*is_deposit) return TR_OK;
    if (log->data.len != DEPOSIT_EVENT_SIZE)
        return tr_fail(trail, TR_E_BLOCK_DEPOSIT, "A deposit's event has %zu bytes.",
                       log->data.len);
    const uint8_t *data = log->data.data;
    for (size_t i = 0; i < TR_COUNTOF(deposit_layout); i++) {
        size_t offset = deposit_layout[i].offset, len = deposit_layout[i].len;
        if (!word_is(data + 32 * i, offset) || !word_is(data + offset, len))
            return tr_fail(trail, TR_E_BLOCK_DEPOSIT,
                           "Field %zu of a deposit's event is not %zu bytes at %zu.", i, len,
                           offset);
        memcpy(out, data + offset + 32, len);
        out += len;
    }
    return TR_OK;
}
