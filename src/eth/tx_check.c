/* Is a transaction valid, as far as the fork and the block's header tell? */
#include "eth/tx_internal.h"

tr_err tr_tx_signature(tr_trail *trail, const tr_tx *tx, const tr_fork_rules *rules,
                       tr_ecdsa_sig *out)
{
    *out = (tr_ecdsa_sig){0};
    if (tx->type == TR_TX_DEPOSIT) return tr_fail(trail, TR_E_TX_V, "a deposit is not signed");
    uint64_t parity = tx->v;
    if (tx->type == TR_TX_LEGACY) {
        parity = tx->v >= 35 ? (tx->v - 35) % 2 : tx->v - 27;
        if (tx->v >= 35 && (tx->v - 35) / 2 != tx->chain_id)
            return tr_fail(trail, TR_E_TX_V, "v is %llu, which is not of chain %llu",
                           (unsigned long long)tx->v, (unsigned long long)tx->chain_id);
        if (tx->v >= 35 && rules != NULL && !rules->chain_id_signed)
            return tr_fail(trail, TR_E_TX_V, "v is %llu, and %s knows no chain id in it",
                           (unsigned long long)tx->v, rules->name);
    }
    if (parity > 1)
        return tr_fail(trail, TR_E_TX_V, "v is %llu, which is no parity",
                       (unsigned long long)tx->v);
    memcpy(out->r, tx->r, 32);
    memcpy(out->s, tx->s, 32);
    out->recovery = (uint8_t)parity;
    if (tr_ecdsa_check(out) != TR_OK)
        return tr_fail(trail, TR_E_SIGNATURE_RANGE, "%s", tr_err_text(TR_E_SIGNATURE_RANGE));
    if (rules != NULL && rules->low_s && !tr_ecdsa_is_low_s(out))
        return tr_fail(trail, TR_E_SIGNATURE_HIGH_S, "%s", tr_err_text(TR_E_SIGNATURE_HIGH_S));
    return TR_OK;
}

static tr_err check_type(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    const tr_fork_rules *rules = context->rules;
    bool known = tx->type == TR_TX_DEPOSIT
                     ? context->deposits
                     : tx->type <= TR_TX_SET_CODE && (rules->tx_types >> tx->type & 1) != 0;
    if (known) return TR_OK;
    return tr_fail(trail, TR_E_TX_TYPE_FORK, "type %u is not known in %s", tx->type, rules->name);
}

static tr_err check_gas(tr_trail *trail, const tr_tx *tx, const tr_fork_rules *rules)
{
    uint64_t intrinsic = tr_tx_intrinsic_gas(tx, rules);
    if (tx->gas < intrinsic)
        return tr_fail(trail, TR_E_TX_INTRINSIC_GAS, "the gas limit is %llu, and it costs %llu",
                       (unsigned long long)tx->gas, (unsigned long long)intrinsic);
    uint64_t least = tr_tx_floor_gas(tx, rules);
    if (tx->gas < least)
        return tr_fail(trail, TR_E_TX_FLOOR_GAS, "the gas limit is %llu, the floor %llu",
                       (unsigned long long)tx->gas, (unsigned long long)least);
    return TR_OK;
}

static tr_err check_limits(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    const tr_fork_rules *rules = context->rules;
    unsigned long long gas = tx->gas;
    if (tx->nonce == UINT64_MAX && !context->is_call)
        return tr_fail(trail, TR_E_TX_NONCE_MAX, "%s", tr_err_text(TR_E_TX_NONCE_MAX));
    if (!tx->to.some && rules->initcode_max != 0 && tx->data.len > rules->initcode_max)
        return tr_fail(trail, TR_E_TX_INITCODE, "the initcode has %zu bytes, at most are %u",
                       tx->data.len, rules->initcode_max);
    if (rules->tx_gas_max != 0 && tx->gas > rules->tx_gas_max && !context->is_call)
        return tr_fail(trail, TR_E_TX_GAS_MAX, "the gas limit is %llu, the maximum %llu", gas,
                       (unsigned long long)rules->tx_gas_max);
    if (tx->gas > context->gas_left)
        return tr_fail(trail, TR_E_TX_BLOCK_GAS, "the gas limit is %llu, the block has %llu left",
                       gas, (unsigned long long)context->gas_left);
    if (tr_tx_blob_gas(tx) > context->blob_gas_left)
        return tr_fail(
            trail, TR_E_TX_BLOCK_BLOB_GAS, "the blobs take %llu gas, the block has %llu left",
            (unsigned long long)tr_tx_blob_gas(tx), (unsigned long long)context->blob_gas_left);
    return TR_OK;
}

static tr_err check_signature(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    bool names_chain = tx->type != TR_TX_LEGACY || tx_protected(tx);
    if (names_chain && tx->chain_id != context->chain_id)
        return tr_fail(trail, TR_E_TX_CHAIN_ID, "the transaction is for chain %llu, not %llu",
                       (unsigned long long)tx->chain_id, (unsigned long long)context->chain_id);
    tr_ecdsa_sig sig;
    return tr_tx_signature(trail, tx, context->rules, &sig);
}

/* The sentence about a price that is below another one. */
static tr_err too_low(tr_trail *trail, tr_err code, const char *price, tr_u256 found,
                      const char *least, tr_u256 expected)
{
    char found_text[TR_U256_DEC_TEXT], expected_text[TR_U256_DEC_TEXT];
    (void)tr_u256_to_dec(found, found_text);
    (void)tr_u256_to_dec(expected, expected_text);
    return tr_fail(trail, code, "the %s is %s, and the %s %s", price, found_text, least,
                   expected_text);
}

static tr_err check_fees(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    if (tr_u256_lt(tx->max_fee, tx->max_priority))
        return too_low(trail, TR_E_TX_PRIORITY_FEE, "maximum fee", tx->max_fee, "priority fee",
                       tx->max_priority);
    if (context->base_fee != NULL && tr_u256_lt(tx->max_fee, *context->base_fee))
        return too_low(trail, TR_E_TX_FEE, "maximum fee", tx->max_fee, "base fee",
                       *context->base_fee);
    return TR_OK;
}

static tr_err check_blobs(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    enum { HASH_VERSION = 0x01 };
    if (tx->type != TR_TX_BLOB) return TR_OK;
    size_t count = tx->blob_hashes.count;
    uint32_t most = context->rules->tx_blobs_max;
    if (count == 0)
        return tr_fail(trail, TR_E_TX_BLOBS_NONE, "%s", tr_err_text(TR_E_TX_BLOBS_NONE));
    if (most != 0 && count > most)
        return tr_fail(trail, TR_E_TX_BLOBS_COUNT, "%zu blobs, at most are %u", count, most);
    for (size_t i = 0; i < count; i++) {
        uint8_t version = TR_LIST_AT(tr_hash, tx->blob_hashes, i)->b[0];
        if (version != HASH_VERSION)
            return tr_fail(trail, TR_E_TX_BLOB_VERSION, "blob %zu has a hash of version %u, not %u",
                           i, version, HASH_VERSION);
    }
    if (context->blob_fee != NULL && tr_u256_lt(tx->max_blob_fee, *context->blob_fee))
        return too_low(trail, TR_E_TX_BLOB_FEE, "maximum blob fee", tx->max_blob_fee, "blob fee",
                       *context->blob_fee);
    return TR_OK;
}

static tr_err check_target(tr_trail *trail, const tr_tx *tx)
{
    if (tx->type == TR_TX_BLOB && !tx->to.some)
        return tr_fail(trail, TR_E_TX_BLOB_CREATE, "%s", tr_err_text(TR_E_TX_BLOB_CREATE));
    if (tx->type != TR_TX_SET_CODE) return TR_OK;
    if (!tx->to.some)
        return tr_fail(trail, TR_E_TX_SET_CODE_CREATE, "%s", tr_err_text(TR_E_TX_SET_CODE_CREATE));
    if (tx->authorizations.count == 0)
        return tr_fail(trail, TR_E_TX_AUTHORIZATIONS_NONE, "%s",
                       tr_err_text(TR_E_TX_AUTHORIZATIONS_NONE));
    return TR_OK;
}

/* Adds gas times price to sum; true while it fits. */
static bool add_cost(tr_u256 *sum, uint64_t gas, tr_u256 price)
{
    tr_u512 product = tr_u256_mul_full(tr_u256_of(gas), price);
    bool carry;
    tr_u256 low = {{product.w[0], product.w[1], product.w[2], product.w[3]}};
    *sum = tr_u256_add_carry(*sum, low, &carry);
    return !carry && (product.w[4] | product.w[5] | product.w[6] | product.w[7]) == 0;
}

static tr_err check_cost(tr_trail *trail, const tr_tx *tx)
{
    tr_u256 sum = TR_U256_ZERO;
    if (add_cost(&sum, tx->gas, tx->max_fee) &&
        add_cost(&sum, tr_tx_blob_gas(tx), tx->max_blob_fee))
        return TR_OK;
    return tr_fail(trail, TR_E_TX_COST, "%s", tr_err_text(TR_E_TX_COST));
}

tr_err tr_tx_check(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context)
{
    TR_TRY(check_type(trail, tx, context));
    /* A deposit was paid for elsewhere, and nobody signed it. */
    if (tx->type == TR_TX_DEPOSIT) return TR_OK;
    TR_TRY(check_gas(trail, tx, context->rules));
    TR_TRY(check_limits(trail, tx, context));
    if (!context->is_call) TR_TRY(check_signature(trail, tx, context));
    TR_TRY(check_fees(trail, tx, context));
    TR_TRY(check_blobs(trail, tx, context));
    TR_TRY(check_target(trail, tx));
    return check_cost(trail, tx);
}
