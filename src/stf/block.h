/* One block: the transition function.
 *
 * (parent, block, state before) -> (state after, receipts, requests), or why the block is not
 * valid.  Starts no thread, reads no clock, and knows no store. */
#ifndef TR_STF_BLOCK_H
#define TR_STF_BLOCK_H

#include "eth/block.h"
#include "state/forest.h"
#include "state/witness.h"
#include "stf/tx.h"

/* What a block may lean on, beside itself. */
typedef struct tr_stf_parent {
    const tr_chain_config *config;
    const tr_header *header;
    tr_hash hash;
    bool merged;                 /* the parent's total difficulty has reached ttd */
    const tr_ancestry *ancestry; /* proof of work with uncles; else NULL */
} tr_stf_parent;

typedef struct tr_stf_outcome {
    uint64_t gas_used, blob_gas_used;
    const tr_receipt *receipts; /* one for each transaction, in the arena, as everything here */
    size_t receipt_count;
    uint8_t bloom[TR_BLOOM];
    tr_hash receipts_root;
    bool has_requests;
    const tr_request *requests;
    size_t request_count;
    tr_hash requests_hash;
    tr_hash state_root; /* of tr_stf_stateless only: what the run came to */
} tr_stf_outcome;

/* Building blocks of a block, for those who build one (a sequencer, t8n): begin makes the system
 * calls and what a fork does at its first block, then transactions come one by one, end pays
 * withdrawals and rewards and asks for requests.  A transaction that is not valid changes nothing,
 * and others may follow; after another error of any step the state means nothing.
 *
 * System contracts: the block hashes' (EIP-2935) and the beacon roots' (EIP-4788) may be missing,
 * and what comes of their calls does not matter.  Those of requests (EIP-7002, 7251) must be there
 * (TR_E_BLOCK_SYSTEM_CONTRACT) and succeed (TR_E_BLOCK_SYSTEM_CALL). */
typedef struct tr_stf_builder tr_stf_builder;
typedef struct tr_stf_block_env {
    const tr_chain_config *config;
    const tr_fork_rules *rules;
    uint64_t number, time, gas_limit;
    tr_addr coinbase;
    tr_u256 difficulty; /* or prevRandao as a number */
    tr_u256 base_fee, blob_base_fee;
    uint64_t blob_gas_max;
    bool has_beacon_root;
    tr_hash beacon_root, parent_hash;
    bool no_reward; /* proof of work whose reward is not paid (state tests, t8n) */
    tr_u256 reward; /* else */
    const tr_header *uncles;
    size_t uncle_count;
    const tr_withdrawal *withdrawals;
    size_t withdrawal_count;
} tr_stf_block_env;

/* The root after each transaction, before Byzantium: asked for between transactions. */
typedef struct tr_stf_roots tr_stf_roots;
struct tr_stf_roots {
    tr_err (*root)(tr_stf_roots *self, tr_trail *trail, tr_state *state, tr_hash *out);
};

/* tr_stf_forest_roots_of gives them from a forest that is the world of the state (or is kept up
 * with it): each root takes the changes, which are then settled.  Who applies the changes after the
 * block applies what came since.  arena is for scratch. */
typedef struct tr_stf_forest_roots {
    tr_stf_roots roots;
    tr_forest *forest;
    tr_arena *arena;
} tr_stf_forest_roots;
tr_stf_forest_roots tr_stf_forest_roots_of(tr_forest *forest, tr_arena *arena);

TR_NODISCARD tr_err tr_stf_begin(tr_trail *trail, tr_evm *evm, tr_state *state, tr_arena *arena,
                                 const tr_stf_block_env *env, tr_stf_roots *roots,
                                 tr_tracer *tracer, tr_stf_builder **out);
TR_NODISCARD tr_err tr_stf_add(tr_trail *trail, tr_stf_builder *builder, const tr_tx *tx,
                               const tr_addr *sender, const tr_tx_signers *signers,
                               tr_tracer *tracer, tr_receipt **out);
TR_NODISCARD tr_err tr_stf_end(tr_trail *trail, tr_stf_builder *builder, tr_tracer *tracer,
                               tr_stf_outcome *out);
/* What the next transaction meets: gas that is left, fees. */
const tr_stf_env *tr_stf_builder_env(const tr_stf_builder *builder);

/* tr_stf_block checks a block in full but for its state root, in the order of the execution
 * specifications: header against parent, size, uncles, senders (found here) and execution; and then
 * what came of it against the header: gas used, body (tr_block_check), receipts root, bloom,
 * requests hash, each with its code (TR_E_BLOCK_GAS_USED, ...).  The fault of a transaction is the
 * block's, and the trail says which one it was.  Who would rather know early that a body is not the
 * header's asks tr_block_check before.
 *
 * tr_stf_block leaves the changes in the state; who keeps the tries applies them and compares the
 * root. */
TR_NODISCARD tr_err tr_stf_block(tr_trail *trail, tr_evm *evm, tr_state *state, tr_arena *arena,
                                 const tr_stf_parent *parent, const tr_block *block,
                                 tr_stf_roots *roots, tr_tracer *tracer, tr_stf_outcome *out);

/* tr_stf_stateless runs a block from a witness alone and compares the state root, too:
 * TR_E_BLOCK_STATE_ROOT.  The outcome's lists are not kept (NULL; their counts are).  A block with
 * uncles is TR_E_UNSUPPORTED: whether they are new, no witness says.  Nor does one know total
 * difficulty: where Paris comes by that, it has come when the header's difficulty is 0. */
TR_NODISCARD tr_err tr_stf_stateless(tr_trail *trail, tr_alloc *alloc,
                                     const tr_chain_config *config, tr_bytes block,
                                     const tr_witness *witness, tr_stf_outcome *out,
                                     tr_hash *block_hash);

#endif
