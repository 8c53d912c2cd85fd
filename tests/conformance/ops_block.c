/* Operations on headers, blocks and receipts. */
#include "eth/block.h"
#include "ops.h"

/* In: a header.  Out: its hash, and its encoding, written anew. */
static tr_err op_header(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_header header;
    TR_TRY(tr_header_decode(NULL, in, &header));
    tr_hash hash = tr_header_hash(&header);
    tr_buf_put(out, TR_VIEW(hash.b));
    tr_header_encode(out, &header);
    return tr_buf_err(out);
}

/* In: a header.  Out: the base fee of a block after it (32 bytes). */
static tr_err op_base_fee(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_header parent;
    uint8_t fee[32];
    TR_TRY(tr_header_decode(NULL, in, &parent));
    tr_u256_to_be(tr_base_fee(&parent), fee);
    tr_buf_put(out, TR_VIEW(fee));
    return tr_buf_err(out);
}

/* In: a fork (1 byte), number, time, parent's time (8 bytes each, little-endian), whether it has
 * uncles (1 byte), its difficulty (32 bytes).  Out: the difficulty (32 bytes). */
static tr_err op_difficulty(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_cursor c = tr_cursor_of(in);
    unsigned fork = tr_cursor_u8(&c);
    uint64_t number = tr_cursor_u64le(&c), time = tr_cursor_u64le(&c);
    uint64_t parent_time = tr_cursor_u64le(&c);
    bool uncles = tr_cursor_u8(&c) != 0;
    tr_bytes be = tr_cursor_take(&c, 32);
    TR_TRY(tr_cursor_finish(&c, NULL, "difficulty"));
    if (fork >= TR_FORKS) return TR_E_RANGE;
    tr_u256 parent = tr_u256_from_be(be.data);
    uint8_t result[32];
    tr_u256_to_be(
        tr_difficulty(tr_fork_rules_of((tr_fork)fork), number, time, parent_time, &parent, uncles),
        result);
    tr_buf_put(out, TR_VIEW(result));
    return tr_buf_err(out);
}

/* In: a receipt.  Out: its encoding, written anew. */
static tr_err op_receipt(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_receipt receipt;
    TR_TRY(tr_receipt_decode(NULL, arena, in, &receipt));
    tr_receipt_encode(out, &receipt);
    return tr_buf_err(out);
}

/* In: a block.  Out: its header's hash; the roots of its transactions and its withdrawals (zeros
 * without), the hash of its uncles; and its encoding, written anew. */
static tr_err op_block(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_block block;
    tr_hash hashes[4] = {{{0}}};
    TR_TRY(tr_block_decode(NULL, arena, in, &block));
    hashes[0] = tr_header_hash(&block.header);
    TR_TRY(tr_transactions_root(NULL, arena, NULL, block.txs.count, block.txs.at, &hashes[1]));
    if (block.has_withdrawals)
        TR_TRY(tr_withdrawals_root(NULL, arena, NULL, block.withdrawals.count, block.withdrawals.at,
                                   &hashes[2]));
    TR_TRY(tr_uncles_hash(NULL, arena, block.uncles.count, block.uncles.at, &hashes[3]));
    tr_buf_put(out, TR_VIEW(hashes));
    tr_block_encode(out, &block);
    return tr_buf_err(out);
}

/* In: receipts, each behind its length (4 bytes, little-endian).  Out: the root of their trie. */
static tr_err op_receipts_root(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    size_t n = 0;
    for (tr_cursor c = tr_cursor_of(in); tr_cursor_left(&c) != 0; n++)
        (void)tr_cursor_take(&c, tr_cursor_u32le(&c));
    tr_receipt *receipts = TR_ARENA_ARRAY(arena, tr_receipt, n);
    if (receipts == NULL) return TR_E_MEMORY;
    tr_cursor c = tr_cursor_of(in);
    for (size_t i = 0; i < n; i++) {
        tr_bytes raw = tr_cursor_take(&c, tr_cursor_u32le(&c));
        TR_TRY(c.err);
        TR_TRY(tr_receipt_decode(NULL, arena, raw, &receipts[i]));
    }
    tr_hash root;
    TR_TRY(tr_receipts_root(NULL, arena, NULL, n, receipts, &root));
    tr_buf_put(out, TR_VIEW(root.b));
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"block.header", op_header},         {"block.base-fee", op_base_fee},
    {"block.difficulty", op_difficulty}, {"block.receipt", op_receipt},
    {"block.decode", op_block},          {"block.receipts-root", op_receipts_root},
};
const tr_ops tr_ops_block = {ops, TR_COUNTOF(ops)};
