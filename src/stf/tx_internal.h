/* Inside of transactions: one that is being run. */
#ifndef TR_STF_TX_INTERNAL_H
#define TR_STF_TX_INTERNAL_H

#include "stf/tx.h"

typedef struct stf_run {
    tr_trail *trail;
    tr_evm *evm;
    tr_state *state;
    tr_stf_env *env;
    const tr_tx *tx;
    const tr_tx_signers *signers;
    tr_tracer *tracer;
    tr_addr sender, to; /* to: of a create, the contract */
    tr_acct *account;   /* the sender's */
    uint64_t intrinsic; /* gas */
    tr_evm_result result;
} stf_run;

/* A call without a price: nothing is paid for its gas. */
static inline bool stf_is_free(const tr_stf_env *env, const tr_tx *tx)
{
    return env->no_base_fee && tr_u256_iszero(tx->max_fee) && tr_u256_iszero(tx->max_priority);
}

/* stf_aborted says why the machine stopped in the middle: nothing that it did means anything. */
TR_NODISCARD tr_err stf_aborted(tr_trail *trail, const tr_state *state, tr_tracer *tracer);

/* stf_start begins the state's transaction: the sender's account, the create's address, what the
 * code may ask of the transaction; price is what GASPRICE says. */
TR_NODISCARD tr_err stf_start(stf_run *run, const tr_u256 *price);

/* stf_count_nonce counts the sender's nonce up. */
TR_NODISCARD tr_err stf_count_nonce(stf_run *run);

/* stf_call warms what is warm at the start and runs the message. */
TR_NODISCARD tr_err stf_call(stf_run *run);

/* stf_measure works out what gas was used: refunds, floor. */
void stf_measure(const stf_run *run, tr_stf_result *out);

/* stf_finish ends the state's transaction, and fills in what every result has. */
TR_NODISCARD tr_err stf_finish(stf_run *run, tr_stf_result *out);

/* stf_authorize takes the authorizations of EIP-7702 one after another. */
TR_NODISCARD tr_err stf_authorize(stf_run *run);

/* stf_run_deposit runs a transaction of type 0x7e. */
TR_NODISCARD tr_err stf_run_deposit(stf_run *run, tr_stf_result *out);

#endif
