/* What a transaction costs whatever it does. */
#include "eth/tx_internal.h"

#include "hash/keccak.h"

static uint64_t saturating_add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t saturating_mul(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Bytes that are not zero, eight at a time: each byte's bits are brought together in its lowest. */
static uint64_t count_nonzero(tr_bytes data)
{
    uint64_t count = 0;
    const uint8_t *at = data.data;
    size_t left = data.len;
    for (; left >= 8; left -= 8, at += 8) {
        uint64_t x = tr_load64le(at);
        x |= x >> 4;
        x |= x >> 2;
        x |= x >> 1;
        count += ((x & 0x0101010101010101) * 0x0101010101010101) >> 56;
    }
    for (; left != 0; left--, at++) count += *at != 0;
    return count;
}

static uint64_t access_list_gas(const tr_tx *tx, const tr_fork_rules *rules)
{
    uint64_t keys = 0;
    for (size_t i = 0; i < tx->access_list.count; i++)
        keys += TR_LIST_AT(tr_access, tx->access_list, i)->keys.count;
    return saturating_add(saturating_mul(tx->access_list.count, rules->tx_address_gas),
                          saturating_mul(keys, rules->tx_slot_gas));
}

uint64_t tr_tx_intrinsic_gas(const tr_tx *tx, const tr_fork_rules *rules)
{
    uint64_t nonzero = count_nonzero(tx->data);
    uint64_t gas = rules->tx_gas;
    gas = saturating_add(gas, saturating_mul(tx->data.len - nonzero, rules->tx_zero_byte_gas));
    gas = saturating_add(gas, saturating_mul(nonzero, rules->tx_byte_gas));
    if (!tx->to.some) {
        uint64_t words = tx->data.len / 32 + (tx->data.len % 32 != 0);
        gas = saturating_add(gas, rules->tx_create_gas);
        gas = saturating_add(gas, saturating_mul(words, rules->tx_initcode_word_gas));
    }
    gas = saturating_add(gas, access_list_gas(tx, rules));
    return saturating_add(gas,
                          saturating_mul(tx->authorizations.count, rules->tx_authorization_gas));
}

uint64_t tr_tx_floor_gas(const tr_tx *tx, const tr_fork_rules *rules)
{
    enum { TOKENS_OF_NONZERO = 4 };
    if (rules->tx_floor_token_gas == 0) return 0;
    uint64_t nonzero = count_nonzero(tx->data);
    uint64_t tokens =
        saturating_add(tx->data.len - nonzero, saturating_mul(nonzero, TOKENS_OF_NONZERO));
    return saturating_add(rules->tx_gas, saturating_mul(tokens, rules->tx_floor_token_gas));
}

tr_u256 tr_tx_effective_price(const tr_tx *tx, const tr_u256 *base_fee)
{
    bool overflow;
    if (base_fee == NULL) return tx->max_fee;
    tr_u256 price = tr_u256_add_carry(*base_fee, tx->max_priority, &overflow);
    return overflow || tr_u256_gt(price, tx->max_fee) ? tx->max_fee : price;
}

tr_addr tr_tx_create_address(const tr_addr *sender, uint64_t nonce)
{
    uint8_t memory[1 + 21 + 9];
    tr_buf buf;
    tr_buf_init_fixed(&buf, memory, sizeof(memory));
    tr_rlp_put_list(&buf, 21 + tr_rlp_u64_size(nonce));
    tr_rlp_put_bytes(&buf, TR_VIEW(sender->b));
    tr_rlp_put_u64(&buf, nonce);
    tr_hash hash = tr_keccak256(tr_buf_view(&buf));
    tr_addr out;
    memcpy(out.b, hash.b + 12, sizeof(out.b));
    return out;
}
