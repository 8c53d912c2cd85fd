/* One transaction: is it valid here, and what does it do. */
#ifndef TR_STF_TX_H
#define TR_STF_TX_H

#include "eth/receipt.h"
#include "eth/tx.h"
#include "evm/evm.h"

/* A block as its transactions see it. */
typedef struct tr_stf_env {
    const tr_chain_config *config;
    const tr_fork_rules *rules;
    tr_evm_env evm;    /* of the block; the transaction's part is filled in here */
    uint64_t gas_left; /* in the block; UINT64_MAX: not asked */
    uint64_t blob_gas_left;
    /* A call (eth_call): nonce, signature and code of the sender are not asked, nor the maximum of
     * gas; without a price nothing is paid for gas, and the base fee (0 in evm, then) is not asked
     * either. */
    bool no_base_fee;
} tr_stf_env;

typedef struct tr_stf_result {
    bool success;
    tr_evm_status status;
    uint64_t gas_used, gas_refunded, blob_gas_used;
    uint64_t gas_peak; /* before refunds: what the gas limit must cover */
    tr_bytes output;   /* lives until the evm is used again */
    bool created;
    tr_addr contract;
    const tr_log *logs; /* live until the state's next transaction */
    size_t log_count;
    bool has_deposit_nonce; /* type 0x7e */
    uint64_t deposit_nonce;
} tr_stf_result;

/* tr_stf_tx_context is what tr_tx_check asks; it lives as long as env. */
tr_tx_context tr_stf_tx_context(const tr_stf_env *env, const tr_tx *tx);

/* tr_stf_check: everything that makes a transaction invalid, in the order of the execution
 * specifications: tr_tx_check's codes, then TR_E_TX_NONCE_LOW, TR_E_TX_NONCE_HIGH, TR_E_TX_FUNDS,
 * TR_E_TX_SENDER_CODE (EIP-3607).  The trail says what was expected and what was found. */
TR_NODISCARD tr_err tr_stf_check(tr_trail *trail, tr_state *state, const tr_stf_env *env,
                                 const tr_tx *tx, const tr_addr *sender);

/* tr_stf_run checks a transaction and runs it, from tr_state_begin to tr_state_end, and takes its
 * gas from env.  An invalid transaction changes nothing.  Errors of the world are passed on;
 * TR_E_TIMEOUT: the tracer stopped it; after these the state means nothing.  signers: of its
 * authorizations, as tr_authorization_signers gave them (errs too); NULL when it has none.
 *
 * A deposit (type 0x7e) is never refused but for TR_E_TX_TYPE_FORK and TR_E_TX_BLOCK_GAS: one that
 * cannot run has failed. */
typedef struct tr_tx_signers {
    const tr_addr *signers;
    const tr_err *errs;
} tr_tx_signers;
TR_NODISCARD tr_err tr_stf_run(tr_trail *trail, tr_evm *evm, tr_state *state, tr_stf_env *env,
                               const tr_tx *tx, const tr_addr *sender, const tr_tx_signers *signers,
                               tr_tracer *tracer, tr_stf_result *out);

/* Who runs a list of transactions says before each what is to come: tr_stf_expect tells the state's
 * world whom those a little after number at name, so that what is far in memory is called nearer in
 * time.  It changes nothing. */
void tr_stf_expect(tr_state *state, size_t count, const tr_tx txs[], const tr_addr senders[],
                   size_t at);

#endif
