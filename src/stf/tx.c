/* One transaction, from buying its gas to paying for it. */
#include "stf/tx.h"

#include "stf/tx_internal.h"

enum {
    AUTHORITIES_MAX = 256, /* that a tracer is told */
    P256 = 0x100,          /* the address of a precompiled contract apart from the others */
};

static tr_err state_error(const stf_run *run)
{
    return tr_state_error(run->state, run->trail);
}

tr_err stf_aborted(tr_trail *trail, const tr_state *state, tr_tracer *tracer)
{
    tr_err err = tr_state_error(state, trail);
    if (err != TR_OK) return err;
    if (tracer != NULL && tracer->stop != NULL && tracer->stop(tracer))
        return tr_fail(trail, TR_E_TIMEOUT, "who watched the run stopped it");
    return tr_fail(trail, TR_E_MEMORY, "no memory to run a message");
}

static void trace_begin(const stf_run *run)
{
    tr_tracer *tracer = run->tracer;
    const tr_tx *tx = run->tx;
    tr_addr authorities[AUTHORITIES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < tx->authorizations.count && count < AUTHORITIES_MAX; i++)
        if (run->signers->errs[i] == TR_OK) authorities[count++] = run->signers->signers[i];
    tr_tx_begin begin = {.state = run->state,
                         .env = &run->env->evm,
                         .from = run->sender,
                         .to = run->to,
                         .is_create = !tx->to.some,
                         .value = tx->value,
                         .gas = tx->gas,
                         .intrinsic_gas = run->intrinsic,
                         .input = tx->data,
                         .authorities = authorities,
                         .authority_count = count};
    tracer->tx_begin(tracer, &begin);
}

tr_err stf_start(stf_run *run, const tr_u256 *price)
{
    const tr_tx *tx = run->tx;
    tr_evm_env *env = &run->env->evm;
    tr_state_begin(run->state);
    run->account = tr_state_account(run->state, &run->sender);
    if (run->account == NULL) return state_error(run);
    run->to = tx->to.some ? tx->to.addr : tr_tx_create_address(&run->sender, run->account->nonce);
    run->intrinsic = tr_tx_intrinsic_gas(tx, run->env->rules);
    env->origin = run->sender;
    env->gas_price = *price;
    env->blob_hashes = tx->blob_hashes.at;
    env->blob_count = tx->blob_hashes.count;
    if (run->tracer != NULL && run->tracer->tx_begin != NULL) trace_begin(run);
    return TR_OK;
}

tr_err stf_count_nonce(stf_run *run)
{
    uint64_t nonce = run->account->nonce;
    /* Only a call that nobody signed comes from an account at the end of its nonces. */
    if (nonce == UINT64_MAX) return TR_OK;
    return tr_state_set_nonce(run->state, run->account, nonce + 1) ? TR_OK : state_error(run);
}

static bool warm_access_list(tr_state *state, const tr_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const tr_access *access = TR_LIST_AT(tr_access, *list, i);
        if (!tr_state_warm_address(state, &access->address)) return false;
        for (size_t k = 0; k < access->keys.count; k++) {
            tr_u256 key = tr_u256_from_be(TR_LIST_AT(tr_hash, access->keys, k)->b);
            if (!tr_state_warm_key(state, &access->address, &key)) return false;
        }
    }
    return true;
}

/* Whom the transaction names is warm, and where the precompiled contracts are; but nothing is read
 * for that.  (The delegate of the account that is called is warmed where its code is found.) */
static bool warm_all(stf_run *run)
{
    tr_state *state = run->state;
    const tr_evm_rules *rules = run->env->evm.rules;
    if (!rules->has_access_sets) return true;
    tr_state_warm_low(state, rules->precompiles, rules->p256 ? P256 : 0);
    (void)tr_state_warm_account(state, run->account);
    return tr_state_warm_address(state, &run->to) &&
           (!rules->warm_coinbase || tr_state_warm_address(state, &run->env->evm.coinbase)) &&
           warm_access_list(state, &run->tx->access_list);
}

tr_err stf_call(stf_run *run)
{
    const tr_tx *tx = run->tx;
    if (!warm_all(run)) return state_error(run);
    tr_message message = {.kind = tx->to.some ? TR_CALL : TR_CREATE,
                          .sender = run->sender,
                          .to = run->to,
                          .value = tx->value,
                          .gas = tx->gas - run->intrinsic,
                          .input = tx->data};
    tr_evm_run(run->evm, run->state, &run->env->evm, &message, run->tracer, &run->result);
    return run->result.status == TR_EVM_ABORTED ? stf_aborted(run->trail, run->state, run->tracer)
                                                : TR_OK;
}

void stf_measure(const stf_run *run, tr_stf_result *out)
{
    uint64_t used = run->tx->gas - run->result.gas_left;
    uint64_t floor = tr_tx_floor_gas(run->tx, run->env->rules);
    int64_t counter = tr_state_refund(run->state);
    uint64_t most = used / run->env->evm.rules->refund_divisor;
    uint64_t refund = counter > 0 ? TR_MIN((uint64_t)counter, most) : 0;
    out->gas_peak = TR_MAX(used, floor);
    out->gas_used = TR_MAX(used - refund, floor);
    out->gas_refunded = out->gas_peak - out->gas_used;
}

tr_err stf_finish(stf_run *run, tr_stf_result *out)
{
    const tr_tx *tx = run->tx;
    tr_tracer *tracer = run->tracer;
    out->status = run->result.status;
    out->success = out->status == TR_EVM_OK;
    out->output = run->result.output;
    out->created = out->success && !tx->to.some;
    if (out->created) out->contract = run->to;
    if (tracer != NULL && tracer->tx_end != NULL) {
        tr_tx_end end = {.state = run->state,
                         .gas_used = out->gas_used,
                         .status = (int)out->status,
                         .output = out->output};
        tracer->tx_end(tracer, &end);
    }
    if (!tr_state_end(run->state, run->env->evm.rules->clear_empty)) return state_error(run);
    out->logs = tr_state_logs(run->state, &out->log_count);
    return TR_OK;
}

/* gas units at a price; the sum of both prices' parts was held against the sender's funds, so that
 * it fits. */
static tr_u256 cost_of(uint64_t gas, tr_u256 price)
{
    return tr_u256_mul(tr_u256_of(gas), price);
}

static tr_err buy_gas(stf_run *run, const tr_u256 *price)
{
    tr_u256 cost = cost_of(run->tx->gas, *price);
    if (run->tx->type == TR_TX_BLOB && !stf_is_free(run->env, run->tx))
        cost = tr_u256_add(cost, cost_of(tr_tx_blob_gas(run->tx), run->env->evm.blob_base_fee));
    tr_u256 left = tr_u256_sub(run->account->balance, cost);
    return tr_state_set_balance(run->state, run->account, &left) ? TR_OK : state_error(run);
}

/* What was not used goes back; what is above the base fee goes to who made the block, which
 * touches its account even when it is nothing. */
static tr_err pay(stf_run *run, const tr_u256 *price, const tr_stf_result *out)
{
    const tr_stf_env *env = run->env;
    tr_u256 back = cost_of(run->tx->gas - out->gas_used, *price);
    if (!tr_state_add_balance(run->state, run->account, &back)) return state_error(run);
    if (stf_is_free(env, run->tx)) return TR_OK;
    tr_u256 tip = env->rules->base_fee ? tr_u256_sub(*price, env->evm.base_fee) : *price;
    tr_u256 fee = cost_of(out->gas_used, tip);
    tr_acct *coinbase = tr_state_account(run->state, &env->evm.coinbase);
    if (coinbase == NULL || !tr_state_add_balance(run->state, coinbase, &fee))
        return state_error(run);
    return TR_OK;
}

static void take_gas(tr_stf_env *env, const tr_stf_result *out)
{
    if (env->gas_left != UINT64_MAX) env->gas_left -= out->gas_used;
    if (env->blob_gas_left != UINT64_MAX) env->blob_gas_left -= out->blob_gas_used;
}

static tr_err run_usual(stf_run *run, tr_stf_result *out)
{
    const tr_stf_env *env = run->env;
    bool base_fee = env->rules->base_fee && !stf_is_free(env, run->tx);
    tr_u256 price = tr_tx_effective_price(run->tx, base_fee ? &env->evm.base_fee : NULL);
    TR_TRY(stf_start(run, &price));
    TR_TRY(buy_gas(run, &price));
    TR_TRY(stf_count_nonce(run));
    TR_TRY(stf_authorize(run));
    TR_TRY(stf_call(run));
    stf_measure(run, out);
    out->blob_gas_used = tr_tx_blob_gas(run->tx);
    TR_TRY(pay(run, &price, out));
    take_gas(run->env, out);
    return stf_finish(run, out);
}

tr_err tr_stf_run(tr_trail *trail, tr_evm *evm, tr_state *state, tr_stf_env *env, const tr_tx *tx,
                  const tr_addr *sender, const tr_tx_signers *signers, tr_tracer *tracer,
                  tr_stf_result *out)
{
    stf_run run = {.trail = trail,
                   .evm = evm,
                   .state = state,
                   .env = env,
                   .tx = tx,
                   .signers = signers,
                   .tracer = tracer,
                   .sender = *sender};
    TR_ASSERT(signers != NULL || tx->authorizations.count == 0);
    *out = (tr_stf_result){0};
    TR_TRY(tr_stf_check(trail, state, env, tx, sender));
    return tx->type == TR_TX_DEPOSIT ? stf_run_deposit(&run, out) : run_usual(&run, out);
}

static void expect(tr_state *state, const tr_tx *tx, const tr_addr *sender, bool near)
{
    tr_state_expect(state, sender, near);
    if (tx->to.some) tr_state_expect(state, &tx->to.addr, near);
}

void tr_stf_expect(tr_state *state, size_t count, const tr_tx txs[], const tr_addr senders[],
                   size_t at)
{
    enum { FAR = 8, NEAR = 4 };
    size_t left = count - at;
    if (left > FAR) expect(state, &txs[at + FAR], &senders[at + FAR], false);
    if (left > NEAR) expect(state, &txs[at + NEAR], &senders[at + NEAR], true);
}
