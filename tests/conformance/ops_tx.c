/* Operations on transactions.  A sender is found on the host only, until the curve's portable form
 * comes. */
#include "eth/tx.h"
#include "ops.h"

static tr_err put_hash(tr_arena *arena, const tr_tx *tx, tr_buf *out)
{
    tr_hash hash, signing_hash;
    tr_tx_hash_many(1, tx, &hash);
    TR_TRY(tr_tx_signing_hash_many(NULL, arena, 1, tx, &signing_hash));
    tr_buf_put(out, TR_VIEW(hash.b));
    tr_buf_put(out, TR_VIEW(signing_hash.b));
    return TR_OK;
}

static void put_u64(tr_buf *out, uint64_t value)
{
    uint8_t le[8];
    tr_store64le(le, value);
    tr_buf_put(out, TR_VIEW(le));
}

/* In: a fork's number (1 byte), a transaction.  Out, if it is valid on chain 1: its hash, its
 * signing hash, its intrinsic gas (8 bytes, little-endian), and its encoding, written anew. */
static tr_err op_check(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_tx tx;
    tr_tx_context context = {.chain_id = 1, .gas_left = UINT64_MAX, .blob_gas_left = UINT64_MAX};
    if (in.len == 0 || in.data[0] >= TR_FORKS) return TR_E_RANGE;
    context.rules = tr_fork_rules_of((tr_fork)in.data[0]);
    TR_TRY(tr_tx_decode(NULL, arena, tr_bytes_cut(in, 1, SIZE_MAX), &tx));
    TR_TRY(tr_tx_check(NULL, &tx, &context));
    TR_TRY(put_hash(arena, &tx, out));
    put_u64(out, tr_tx_intrinsic_gas(&tx, context.rules));
    tr_tx_encode(out, &tx);
    return tr_buf_err(out);
}

/* In: a transaction.  Out: its hash, its signing hash, its encoding, written anew. */
static tr_err op_decode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_tx tx;
    TR_TRY(tr_tx_decode(NULL, arena, in, &tx));
    TR_TRY(put_hash(arena, &tx, out));
    tr_tx_encode(out, &tx);
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"tx.check", op_check},
    {"tx.decode", op_decode},
};
const tr_ops tr_ops_tx = {ops, TR_COUNTOF(ops)};
