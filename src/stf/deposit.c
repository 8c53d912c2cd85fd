/* Deposits (type 0x7e): what was paid for on the chain below.  Nobody signs one, it pays no fee,
 * and no block is without it: one that cannot run counts as failed, and keeps what it minted. */
#include "stf/tx_internal.h"

/* Before Regolith a deposit takes all of its gas, and one of the system none. */
static bool is_old(const stf_run *run)
{
    return run->env->evm.time < run->env->config->regolith;
}

static bool is_of_system(const stf_run *run)
{
    return is_old(run) && run->tx->system;
}

/* Can it begin?  What cannot has failed with all of its gas. */
static bool can_run(const stf_run *run)
{
    const tr_fork_rules *rules = run->env->rules;
    const tr_tx *tx = run->tx;
    if (tx->system && !is_old(run)) return false;
    if (tx->gas < run->intrinsic || tx->gas < tr_tx_floor_gas(tx, rules)) return false;
    if (!tx->to.some && rules->initcode_max != 0 && tx->data.len > rules->initcode_max)
        return false;
    return run->account->nonce != UINT64_MAX && !tr_u256_lt(run->account->balance, tx->value);
}

static void take_gas(const stf_run *run, tr_stf_result *out)
{
    const tr_tx *tx = run->tx;
    if (is_of_system(run))
        out->gas_used = 0;
    else if (is_old(run))
        out->gas_used = tx->gas;
    if (run->env->gas_left != UINT64_MAX) run->env->gas_left -= out->gas_used;
}

tr_err stf_run_deposit(stf_run *run, tr_stf_result *out)
{
    const tr_tx *tx = run->tx;
    tr_state *state = run->state;
    /* Deposits share the block's gas with the others. */
    if (!is_of_system(run) && tx->gas > run->env->gas_left)
        return tr_fail(run->trail, TR_E_TX_BLOCK_GAS,
                       "the gas limit is %llu, the block has %llu left",
                       (unsigned long long)tx->gas, (unsigned long long)run->env->gas_left);
    TR_TRY(stf_start(run, &TR_U256_ZERO));
    out->has_deposit_nonce = true;
    out->deposit_nonce = run->account->nonce;
    if (!tr_u256_iszero(tx->mint) && !tr_state_add_balance(state, run->account, &tx->mint))
        return tr_state_error(state, run->trail);
    bool runs = can_run(run);
    TR_TRY(stf_count_nonce(run));
    if (runs) {
        TR_TRY(stf_call(run));
        stf_measure(run, out);
    } else {
        run->result = (tr_evm_result){.status = TR_EVM_BALANCE};
        out->gas_used = out->gas_peak = tx->gas;
    }
    take_gas(run, out);
    return stf_finish(run, out);
}
