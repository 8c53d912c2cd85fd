/* Why a transaction was refused, in the words that drivers of `evm t8n` look for. */
#include "cli/evm/t8n.h"
#include "codec/address.h"

bool t8n_is_refusal(tr_err err)
{
    return (err >= TR_E_TX_TYPE && err <= TR_E_TX_SENDER_CODE) ||
           (err >= TR_E_SIGNATURE && err <= TR_E_SIGNATURE_HIGH_S);
}

static void put_address(tr_buf *to, const tr_addr *address)
{
    uint8_t text[TR_ADDRESS_TEXT];
    tr_address_format(address, text);
    tr_buf_put(to, TR_VIEW(text));
}

static void put_dec(tr_buf *to, tr_u256 value)
{
    char text[TR_U256_DEC_TEXT];
    tr_u256_to_dec(value, text);
    tr_buf_put_str(to, text);
}

/* What the sender must have. */
static tr_u256 cost_of(const tr_tx *tx)
{
    tr_u256 gas = tr_u256_mul(tx->max_fee, tr_u256_of(tx->gas));
    tr_u256 blobs = tr_u256_mul(tx->max_blob_fee, tr_u256_of(tr_tx_blob_gas(tx)));
    return tr_u256_add(tr_u256_add(gas, blobs), tx->value);
}

/* Those that say who sent it and what of the account is not right. */
static bool put_of_account(tr_buf *to, tr_err err, const tr_tx *tx, const tr_addr *sender,
                           tr_state *state)
{
    const char *words = err == TR_E_TX_NONCE_LOW    ? "nonce too low: address "
                        : err == TR_E_TX_NONCE_HIGH ? "nonce too high: address "
                        : err == TR_E_TX_NONCE_MAX  ? "nonce has max value: address "
                        : err == TR_E_TX_FUNDS
                            ? "insufficient funds for gas * price + value: address "
                        : err == TR_E_TX_SENDER_CODE ? "sender not an eoa: address "
                                                     : NULL;
    tr_acct *account = state == NULL ? NULL : tr_state_account(state, sender);
    if (words == NULL || account == NULL) return false;
    tr_buf_put_str(to, words);
    put_address(to, sender);
    if (err == TR_E_TX_NONCE_MAX) {
        tr_buf_printf(to, ", nonce: %llu", (unsigned long long)tx->nonce);
    } else if (err == TR_E_TX_FUNDS) {
        tr_buf_put_str(to, " have ");
        put_dec(to, account->balance);
        tr_buf_put_str(to, " want ");
        put_dec(to, cost_of(tx));
    } else if (err == TR_E_TX_SENDER_CODE) {
        (void)tr_state_code(state, account);
        tr_buf_printf(to, ", len(code): %zu", account->code.len);
    } else {
        tr_buf_printf(to, ", tx: %llu state: %llu", (unsigned long long)tx->nonce,
                      (unsigned long long)account->nonce);
    }
    return true;
}

/* Those that compare prices. */
static bool put_of_price(tr_buf *to, tr_err err, const tr_tx *tx, const tr_addr *sender,
                         const tr_stf_env *env)
{
    if (sender == NULL || env == NULL) return false;
    if (err == TR_E_TX_PRIORITY_FEE) {
        tr_buf_put_str(to, "max priority fee per gas higher than max fee per gas: address ");
        put_address(to, sender);
        tr_buf_put_str(to, ", maxPriorityFeePerGas: ");
        put_dec(to, tx->max_priority);
        tr_buf_put_str(to, ", maxFeePerGas: ");
        put_dec(to, tx->max_fee);
    } else if (err == TR_E_TX_FEE) {
        tr_buf_put_str(to, "max fee per gas less than block base fee: address ");
        put_address(to, sender);
        tr_buf_put_str(to, ", maxFeePerGas: ");
        put_dec(to, tx->max_fee);
        tr_buf_put_str(to, ", baseFee: ");
        put_dec(to, env->evm.base_fee);
    } else if (err == TR_E_TX_BLOB_FEE) {
        tr_buf_put_str(to, "max fee per blob gas less than block blob gas fee: address ");
        put_address(to, sender);
        tr_buf_put_str(to, " blobGasFeeCap: ");
        put_dec(to, tx->max_blob_fee);
        tr_buf_put_str(to, ", blobBaseFee: ");
        put_dec(to, env->evm.blob_base_fee);
    } else {
        return false;
    }
    return true;
}

/* Those that say how much gas or data there is and may be. */
static bool put_of_size(tr_buf *to, tr_err err, const tr_tx *tx, const tr_stf_env *env)
{
    if (env == NULL) return false;
    unsigned long long gas = tx->gas;
    if (err == TR_E_TX_INTRINSIC_GAS)
        tr_buf_printf(to, "intrinsic gas too low: have %llu, want %llu", gas,
                      (unsigned long long)tr_tx_intrinsic_gas(tx, env->rules));
    else if (err == TR_E_TX_FLOOR_GAS)
        tr_buf_printf(to, "insufficient gas for floor data gas cost: have %llu, want %llu", gas,
                      (unsigned long long)tr_tx_floor_gas(tx, env->rules));
    else if (err == TR_E_TX_INITCODE)
        tr_buf_printf(to, "max initcode size exceeded: code size %zu limit %u", tx->data.len,
                      env->rules->initcode_max);
    else if (err == TR_E_TX_GAS_MAX)
        tr_buf_printf(to, "transaction gas limit too high (cap: %llu, tx: %llu)",
                      (unsigned long long)env->rules->tx_gas_max, gas);
    else if (err == TR_E_TX_BLOCK_BLOB_GAS)
        tr_buf_printf(to, "blob gas (%llu) would exceed maximum allowance %llu",
                      (unsigned long long)tr_tx_blob_gas(tx),
                      (unsigned long long)env->blob_gas_left);
    else if (err == TR_E_TX_BLOBS_COUNT)
        tr_buf_printf(to, "too many blobs in transaction (have %zu, permitted %u)",
                      tx->blob_hashes.count, env->rules->tx_blobs_max);
    else
        return false;
    return true;
}

/* The one that says which blob it is. */
static bool put_of_blob(tr_buf *to, tr_err err, const tr_tx *tx)
{
    size_t at = 0;
    if (err != TR_E_TX_BLOB_VERSION) return false;
    while (at < tx->blob_hashes.count && TR_LIST_AT(tr_hash, tx->blob_hashes, at)->b[0] == 1) at++;
    tr_buf_printf(to, "blob %zu has invalid hash version", at);
    return true;
}

static const struct {
    tr_err err;
    const char *words;
} plain[] = {
    {TR_E_TX_TYPE, "transaction type not supported"},
    {TR_E_TX_TYPE_FORK, "transaction type not supported"},
    {TR_E_TX_BLOCK_GAS, "gas limit reached"},
    {TR_E_TX_BLOB_CREATE, "rlp: input string too short for common.Address, decoding into "
                          "(types.Transaction)(types.BlobTx).To"},
    {TR_E_TX_BLOBS_NONE, "blob transaction missing blob hashes"},
    {TR_E_TX_AUTHORIZATIONS_NONE, "EIP-7702 transaction with empty auth list"},
    {TR_E_TX_SET_CODE_CREATE, "rlp: input string too short for common.Address, decoding into "
                              "(types.Transaction)(types.SetCodeTx).To"},
    {TR_E_TX_CHAIN_ID, "invalid chain id for signer"},
    {TR_E_TX_COST, "gas * maxFeePerGas exceeds 256 bits"},
    {TR_E_TX_V, "invalid transaction v, r, s values"},
    {TR_E_SIGNATURE, "invalid transaction v, r, s values"},
    {TR_E_SIGNATURE_RANGE, "invalid transaction v, r, s values"},
    {TR_E_SIGNATURE_HIGH_S, "invalid transaction v, r, s values"},
};

void t8n_refusal(tr_buf *to, tr_err err, const tr_trail *why, const tr_tx *tx,
                 const tr_addr *sender, tr_state *state, const tr_stf_env *env)
{
    if (tx != NULL && sender != NULL && put_of_account(to, err, tx, sender, state)) return;
    if (tx != NULL && put_of_price(to, err, tx, sender, env)) return;
    if (tx != NULL && (put_of_size(to, err, tx, env) || put_of_blob(to, err, tx))) return;
    for (size_t i = 0; i < TR_COUNTOF(plain); i++) {
        if (plain[i].err != err) continue;
        tr_buf_put_str(to, plain[i].words);
        return;
    }
    tr_buf_put_str(to, "rlp: ");
    tr_buf_put_str(to, why->text);
}
