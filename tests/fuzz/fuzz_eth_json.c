/* JSON of transactions, blocks, receipts and geneses: what is accepted is written, and read again
 * to the same bytes. */
#include <stdlib.h>

#include "eth/genesis.h"
#include "eth/json.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static tr_buf text(tr_arena *arena)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    return out;
}

static void same(const tr_buf *a, const tr_buf *b)
{
    if (tr_buf_err(a) != TR_OK || !tr_bytes_eq(tr_buf_view(a), tr_buf_view(b))) abort();
}

static const tr_json *again(tr_arena *arena, const tr_buf *out)
{
    const tr_json *json;
    if (tr_json_parse(NULL, arena, tr_buf_view(out), &json) != TR_OK) abort();
    return json;
}

static void transaction(tr_arena *arena, tr_json_form form, const tr_json *in)
{
    tr_tx tx, other;
    if (tr_tx_from_json(NULL, arena, form, in, &tx) != TR_OK) return;
    tr_buf first = text(arena), second = text(arena);
    tr_json_writer w = tr_json_write_to(&first);
    tr_tx_to_json(&w, &tx, NULL, NULL, NULL);
    if (tr_tx_from_json(NULL, arena, TR_JSON_RPC, again(arena, &first), &other) != TR_OK) abort();
    w = tr_json_write_to(&second);
    tr_tx_to_json(&w, &other, NULL, NULL, NULL);
    same(&first, &second);
    if (!tr_bytes_eq(tx.encoding, other.encoding)) abort();
}

static void block(tr_arena *arena, tr_json_form form, const tr_json *in)
{
    tr_block block, other;
    if (tr_block_from_json(NULL, arena, form, in, &block) != TR_OK) return;
    block.uncles.count = 0; /* RPC has their hashes only */
    tr_hash hash = tr_header_hash(&block.header);
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, block.txs.count);
    tr_addr *froms = TR_ARENA_ARRAY(arena, tr_addr, block.txs.count);
    if (hashes == NULL || froms == NULL) return;
    memset(froms, 0, block.txs.count * sizeof(*froms));
    tr_tx_hash_many(block.txs.count, block.txs.at, hashes);
    tr_buf first = text(arena), second = text(arena);
    tr_json_writer w = tr_json_write_to(&first);
    tr_block_to_json(&w, &block, &hash, 1, true, hashes, froms, NULL);
    if (tr_block_from_json(NULL, arena, TR_JSON_RPC, again(arena, &first), &other) != TR_OK)
        abort();
    w = tr_json_write_to(&second);
    tr_block_to_json(&w, &other, &hash, 1, true, hashes, froms, NULL);
    same(&first, &second);
}

static void receipt(tr_arena *arena, tr_json_form form, const tr_json *in)
{
    tr_receipt receipt, other;
    tr_tx tx = {.type = 0};
    if (tr_receipt_from_json(NULL, arena, form, in, &receipt) != TR_OK) return;
    tr_buf first = text(arena), second = text(arena);
    tr_json_receipt whole = {.receipt = &receipt, .tx = &tx};
    tr_json_writer w = tr_json_write_to(&first);
    tr_receipt_to_json(&w, &whole);
    if (tr_receipt_from_json(NULL, arena, TR_JSON_RPC, again(arena, &first), &other) != TR_OK)
        abort();
    whole.receipt = &other;
    w = tr_json_write_to(&second);
    tr_receipt_to_json(&w, &whole);
    same(&first, &second);
}

static void genesis(tr_arena *arena, const tr_json *in)
{
    tr_genesis genesis;
    tr_header header;
    tr_chain_config config;
    if (tr_genesis_from_json(NULL, arena, in, NULL, &genesis) != TR_OK) return;
    if (tr_genesis_block(NULL, arena, NULL, &genesis, &header) != TR_OK) return;
    tr_buf first = text(arena), second = text(arena);
    tr_json_writer w = tr_json_write_to(&first);
    tr_chain_config_to_json(&w, &genesis.config);
    if (tr_chain_config_from_json(NULL, again(arena, &first), &config) != TR_OK) abort();
    w = tr_json_write_to(&second);
    tr_chain_config_to_json(&w, &config);
    same(&first, &second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { MEMORY = 256 << 20 };
    if (len == 0) return 0;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), MEMORY);
    const tr_json *json;
    tr_json_form form = data[0] & 4 ? TR_JSON_RPC : TR_JSON_FILE;
    if (tr_json_parse(NULL, &arena, tr_bytes_of(data + 1, len - 1), &json) == TR_OK) {
        switch (data[0] & 3) {
        case 0:
            transaction(&arena, form, json);
            break;
        case 1:
            block(&arena, form, json);
            break;
        case 2:
            receipt(&arena, form, json);
            break;
        default:
            genesis(&arena, json);
            break;
        }
    }
    tr_arena_free(&arena);
    return 0;
}
