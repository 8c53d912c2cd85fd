/* The transition function: a block from a witness. */
#include "ops.h"
#include "stf/block.h"

enum { MOST_ITEMS = 1 << 20 };

/* A list: how many (4 bytes, little-endian), and each behind its length (likewise). */
static tr_err read_list(tr_arena *arena, tr_cursor *c, const tr_bytes **at, size_t *count)
{
    size_t n = tr_cursor_u32le(c);
    if (n > MOST_ITEMS || n > tr_cursor_left(c) / 4) return c->err != TR_OK ? c->err : TR_E_LIMIT;
    tr_bytes *items = TR_ARENA_ARRAY(arena, tr_bytes, n);
    if (items == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) items[i] = tr_cursor_take(c, tr_cursor_u32le(c));
    *at = items;
    *count = n;
    return c->err;
}

/* The chain: a fork that it has been at from its genesis on. */
static tr_err read_config(tr_cursor *c, tr_chain_config *out)
{
    tr_fork fork;
    tr_bytes name = tr_cursor_take(c, tr_cursor_u8(c));
    uint64_t chain_id = tr_cursor_u64le(c);
    if (c->err != TR_OK) return c->err;
    if (!tr_fork_find(name, &fork)) return TR_E_NOT_FOUND;
    *out = tr_chain_config_at(fork, chain_id);
    return TR_OK;
}

/* In: the fork's name behind its length (1 byte), the chain's id (8 bytes, little-endian), a block
 * behind its length (4 bytes, as all that follow), and the witness: lists of nodes, codes and
 * headers.  Out: how it went (the error's number, 4 bytes), the hash of the block, its state root,
 * and the gas it used (8 bytes). */
static tr_err op_stateless(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_chain_config config;
    tr_witness witness;
    tr_stf_outcome outcome;
    tr_hash hash;
    uint8_t number[4], gas[8];
    TR_TRY(read_config(&c, &config));
    tr_bytes block = tr_cursor_take(&c, tr_cursor_u32le(&c));
    TR_TRY(read_list(arena, &c, &witness.nodes, &witness.node_count));
    TR_TRY(read_list(arena, &c, &witness.codes, &witness.code_count));
    TR_TRY(read_list(arena, &c, &witness.headers, &witness.header_count));
    TR_TRY(tr_cursor_finish(&c, NULL, "stateless"));
    tr_err err = tr_stf_stateless(NULL, &arena->alloc, &config, block, &witness, &outcome, &hash);
    tr_store32le(number, (uint32_t)err);
    tr_store64le(gas, outcome.gas_used);
    tr_buf_put(out, TR_VIEW(number));
    tr_buf_put(out, TR_VIEW(hash.b));
    tr_buf_put(out, TR_VIEW(outcome.state_root.b));
    tr_buf_put(out, TR_VIEW(gas));
    return tr_buf_err(out);
}

static const tr_op ops[] = {{"stf.stateless", op_stateless}};
const tr_ops tr_ops_stf = {ops, TR_COUNTOF(ops)};
