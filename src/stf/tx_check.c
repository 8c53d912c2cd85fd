/* Is a transaction valid here and now? */
#include "stf/tx_internal.h"

static tr_err check_nonce(tr_trail *trail, const tr_acct *account, const tr_tx *tx)
{
    if (tx->nonce < account->nonce)
        return tr_fail(trail, TR_E_TX_NONCE_LOW, "the nonce is %llu, the sender's next one %llu",
                       (unsigned long long)tx->nonce, (unsigned long long)account->nonce);
    if (tx->nonce > account->nonce)
        return tr_fail(trail, TR_E_TX_NONCE_HIGH, "the nonce is %llu, the sender's next one %llu",
                       (unsigned long long)tx->nonce, (unsigned long long)account->nonce);
    return TR_OK;
}

/* The most that the transaction may take from its sender; false beyond 2^256.  That each product
 * fits, tr_tx_check has made sure. */
static bool most_taken(const tr_tx *tx, tr_u256 *out)
{
    bool carry, carry2;
    tr_u256 gas = tr_u256_mul(tr_u256_of(tx->gas), tx->max_fee);
    tr_u256 blobs = tr_u256_mul(tr_u256_of(tr_tx_blob_gas(tx)), tx->max_blob_fee);
    *out = tr_u256_add_carry(tr_u256_add(gas, blobs), tx->value, &carry);
    (void)tr_u256_add_carry(gas, blobs, &carry2);
    return !carry && !carry2;
}

static tr_err check_funds(tr_trail *trail, const tr_acct *account, const tr_tx *tx)
{
    tr_u256 want;
    char have_text[TR_U256_DEC_TEXT], want_text[TR_U256_DEC_TEXT];
    bool fits = most_taken(tx, &want);
    if (fits && !tr_u256_lt(account->balance, want)) return TR_OK;
    (void)tr_u256_to_dec(account->balance, have_text);
    if (!fits)
        return tr_fail(trail, TR_E_TX_FUNDS, "the sender has %s, and it takes 2^256 or more",
                       have_text);
    (void)tr_u256_to_dec(want, want_text);
    return tr_fail(trail, TR_E_TX_FUNDS, "the sender has %s, and it may take %s", have_text,
                   want_text);
}

/* EIP-3607: who has code cannot sign; but a delegation (EIP-7702) is no code of one's own. */
static tr_err check_code(tr_trail *trail, tr_state *state, const tr_stf_env *env, tr_acct *account)
{
    tr_addr delegate;
    if (!account->has_code) return TR_OK;
    if (!tr_state_code(state, account)) return tr_state_error(state, trail);
    if (env->evm.rules->delegations && tr_code_delegate(account->code, &delegate)) return TR_OK;
    return tr_fail(trail, TR_E_TX_SENDER_CODE, "the sender is a contract of %zu bytes",
                   account->code.len);
}

tr_tx_context tr_stf_tx_context(const tr_stf_env *env, const tr_tx *tx)
{
    bool is_free = stf_is_free(env, tx);
    return (tr_tx_context){
        .rules = env->rules,
        .chain_id = env->config->chain_id,
        .deposits = env->config->deposits,
        .is_call = env->no_base_fee,
        .gas_left = env->gas_left,
        .blob_gas_left = env->blob_gas_left,
        .base_fee = env->rules->base_fee && !is_free ? &env->evm.base_fee : NULL,
        .blob_fee = env->rules->blobs && !is_free ? &env->evm.blob_base_fee : NULL,
    };
}

tr_err tr_stf_check(tr_trail *trail, tr_state *state, const tr_stf_env *env, const tr_tx *tx,
                    const tr_addr *sender)
{
    tr_tx_context context = tr_stf_tx_context(env, tx);
    TR_TRY(tr_tx_check(trail, tx, &context));
    if (tx->type == TR_TX_DEPOSIT) return TR_OK;
    tr_acct *account = tr_state_account(state, sender);
    if (account == NULL) return tr_state_error(state, trail);
    if (!env->no_base_fee) TR_TRY(check_nonce(trail, account, tx));
    TR_TRY(check_funds(trail, account, tx));
    return env->no_base_fee ? TR_OK : check_code(trail, state, env, account);
}
