/* A state transition told in JSON: what `evm t8n` of the field does.  An account list, a block's
 * environment and transactions go in; the account list after them, and what a header would say of
 * it, come out. */
#ifndef TR_CLI_EVM_T8N_H
#define TR_CLI_EVM_T8N_H

#include "cli/evm/fixture.h"

/* The exit codes that tools which drive it know. */
enum {
    T8N_OK = 0,
    T8N_EVM = 2,
    T8N_CONFIG = 3,
    T8N_BLOCK_HASH = 4, /* a hash was asked for that env does not have */
    T8N_JSON = 10,
    T8N_IO = 11,
    T8N_RLP = 12,
};

/* Tracers: begin gives one for a transaction (or NULL), end is told when it has run. */
typedef struct t8n_watch t8n_watch;
struct t8n_watch {
    tr_tracer *(*begin)(t8n_watch *self, size_t index, const tr_hash *tx_hash);
    void (*end)(t8n_watch *self);
};

typedef struct t8n_input {
    const tr_json *alloc, *env;
    const tr_json *txs; /* an array, or "0x..." of an RLP list; NULL: none */
    tr_bytes fork;
    const tr_json *blob_schedule; /* NULL: mainnet's */
    uint64_t chain_id;
    bool has_reward; /* else the coinbase is left alone */
    tr_u256 reward;
    t8n_watch *watch;
} t8n_input;

/* The three parts as JSON, in the arena. */
typedef struct t8n_output {
    tr_bytes alloc, result, body;
    size_t rejected;
} t8n_output;

/* t8n_run gives an exit code; the trail says why it is not T8N_OK. */
int t8n_run(tr_trail *trail, fixture *f, tr_arena *arena, const t8n_input *in, t8n_output *out);

/* t8n_signed reads a transaction's JSON and signs it with its secretKey, if it has one and no
 * signature.  rules: of the fork, by which a legacy transaction is protected or not. */
TR_NODISCARD tr_err t8n_signed(tr_trail *trail, tr_arena *arena, const tr_json *in,
                               const tr_fork_rules *rules, uint64_t chain_id, tr_tx *out);

/* t8n_refusal writes why a transaction was refused in the words of go-ethereum, which drivers look
 * for.  state and sender may be NULL. */
void t8n_refusal(tr_buf *to, tr_err err, const tr_trail *why, const tr_tx *tx,
                 const tr_addr *sender, tr_state *state, const tr_stf_env *env);

/* t8n_is_refusal: the error is about the transaction, and others may follow it. */
bool t8n_is_refusal(tr_err err);

#endif
