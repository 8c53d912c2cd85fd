/* What a block does beside its transactions. */
#ifndef TR_STF_SYSTEM_INTERNAL_H
#define TR_STF_SYSTEM_INTERNAL_H

#include "stf/block.h"

struct tr_stf_builder {
    tr_evm *evm;
    tr_state *state;
    tr_arena *arena;
    tr_stf_block_env env;
    tr_stf_roots *roots;
    tr_stf_env tx_env;
    tr_receipt *receipts; /* an array that doubles */
    size_t receipt_count, receipt_room;
    uint64_t gas_used, blob_gas_used;
    uint8_t bloom[TR_BLOOM];
};

/* stf_same_hash compares a hash with the header's; what is its name in the sentence. */
TR_NODISCARD tr_err stf_same_hash(tr_trail *trail, tr_err code, const char *what,
                                  const tr_hash *found, const tr_hash *header);

enum { STF_DAO_ACCOUNTS = 116 };
extern const char stf_dao_accounts[STF_DAO_ACCOUNTS][41]; /* hex, without 0x */

/* stf_fork_dao moves the balances of the DAO and its children to where they can be taken from. */
TR_NODISCARD tr_err stf_fork_dao(tr_trail *trail, tr_stf_builder *builder);

/* stf_store_hashes gives the beacon block's root (EIP-4788) and the parent's hash (EIP-2935) to the
 * contracts that keep them.  One that is not there is left out; what comes of the call does not
 * matter. */
TR_NODISCARD tr_err stf_store_hashes(tr_trail *trail, tr_stf_builder *builder, tr_tracer *tracer);

/* stf_pay_withdrawals and stf_pay_rewards change balances. */
TR_NODISCARD tr_err stf_pay_withdrawals(tr_trail *trail, tr_stf_builder *builder);
TR_NODISCARD tr_err stf_pay_rewards(tr_trail *trail, tr_stf_builder *builder);

/* stf_ask_requests gathers the requests of EIP-7685, those that are there, in order of type:
 * deposits from the receipts' logs, withdrawals and consolidations from their contracts. */
TR_NODISCARD tr_err stf_ask_requests(tr_trail *trail, tr_stf_builder *builder, tr_tracer *tracer,
                                     tr_stf_outcome *out);

#endif
