#include "evm/evm_internal.h"

/* Offsets and sizes from here on are out of gas before any multiplication. */
#define MEMORY_MAX ((uint64_t)1 << 32)

static uint64_t words_price(uint64_t words)
{
    return 3 * words + words * words / 512;
}

uint64_t tr_memory_price(const tr_evm_frame *f, uint64_t end)
{
    if (end <= f->memory_size) return 0;
    return words_price((end + 31) / 32) - words_price(f->memory_size / 32);
}

bool tr_memory_end(const tr_u256 *offset, const tr_u256 *size, uint64_t *end)
{
    *end = 0;
    if (tr_u256_iszero(*size)) return true;
    if (!tr_u256_is_u64(*offset) || !tr_u256_is_u64(*size)) return false;
    if (offset->w[0] > MEMORY_MAX || size->w[0] > MEMORY_MAX) return false;
    *end = offset->w[0] + size->w[0];
    return *end <= MEMORY_MAX;
}

uint64_t tr_range_price(const tr_evm_frame *f, const tr_u256 *offset, const tr_u256 *size,
                        uint64_t word_gas)
{
    uint64_t end;
    if (!tr_memory_end(offset, size, &end)) return UINT64_MAX;
    return tr_memory_price(f, end) + (size->w[0] + 31) / 32 * word_gas;
}

uint64_t tr_mcopy_price(const tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp)
{
    const tr_u256 *further = tr_u256_lt(sp[0], sp[-1]) ? &sp[-1] : &sp[0];
    return tr_range_price(f, further, &sp[-2], m->rules->copy_word);
}

uint64_t tr_log_price(const tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, unsigned topics)
{
    uint64_t cost = tr_range_price(f, &sp[0], &sp[-1], 0);
    if (cost == UINT64_MAX) return cost;
    return cost + (uint64_t)topics * m->rules->log_topic + sp[-1].w[0] * m->rules->log_byte;
}

uint64_t tr_exp_price(const tr_evm *m, const tr_u256 *exponent)
{
    return (uint64_t)((tr_u256_bit_length(*exponent) + 7) / 8) * m->rules->exp_byte;
}

/* account: as tr_state_peek has given it. */
static bool is_warm(const tr_evm *m, const tr_acct *account, const tr_addr *address)
{
    return account != NULL ? tr_acct_is_warm(account, m->tx) : tr_state_is_warm(m->state, address);
}

uint64_t tr_account_price(const tr_evm *m, const tr_addr *address)
{
    bool warm = tr_state_is_warm(m->state, address);
    return warm ? m->rules->warm_account : m->rules->cold_account;
}

static bool below(int64_t gas, uint64_t cost)
{
    return (uint64_t)gas < cost;
}

/* A slot that is warm has been read; so gas below the price of a cold one pays at most for what is
 * there already. */
static tr_slot *slot_for(tr_evm *m, const tr_evm_frame *f, const tr_u256 *key, int64_t gas)
{
    if (TR_UNLIKELY(below(gas, m->rules->cold_slot))) {
        tr_slot *known = tr_state_peek_slot(m->state, f->self, key);
        if (known == NULL || known->warm_tx != m->tx) return NULL;
    }
    return tr_state_slot(m->state, f->self, key);
}

static tr_state_price no_slot(const tr_evm *m, int64_t gas)
{
    bool poor = below(gas, m->rules->cold_slot);
    return (tr_state_price){.fault = poor ? TR_EVM_OUT_OF_GAS : TR_EVM_ABORTED,
                            .cost = m->rules->cold_slot};
}

tr_state_price tr_sload_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *key, int64_t gas)
{
    tr_slot *slot = slot_for(m, f, key, gas);
    if (slot == NULL) return no_slot(m, gas);
    bool warm = slot->warm_tx == m->tx;
    tr_state_price price = {.cost = warm ? m->rules->warm_slot : m->rules->cold_slot, .slot = slot};
    if (below(gas, price.cost)) price.fault = TR_EVM_OUT_OF_GAS;
    return price;
}

/* What a write of now over current, which began as original, costs beside warmth; and what it gives
 * back. */
static uint64_t store_price(const tr_evm_rules *rules, const tr_u256 *original,
                            const tr_u256 *current, const tr_u256 *now, int64_t *refund)
{
    bool to_zero = tr_u256_iszero(*now), from_zero = tr_u256_iszero(*current);
    *refund = 0;
    if (rules->sstore == TR_SSTORE_PLAIN) {
        if (!from_zero && to_zero) *refund = rules->refund_clear;
        return from_zero && !to_zero ? rules->sstore_set : rules->sstore_reset;
    }
    if (tr_u256_eq(*now, *current)) return rules->sstore_same;
    bool was_zero = tr_u256_iszero(*original);
    if (tr_u256_eq(*original, *current)) {
        if (!was_zero && to_zero) *refund = rules->refund_clear;
        return was_zero ? rules->sstore_set : rules->sstore_reset;
    }
    if (!was_zero) {
        if (from_zero) *refund -= rules->refund_clear;
        if (to_zero) *refund += rules->refund_clear;
    }
    if (tr_u256_eq(*now, *original))
        *refund += was_zero ? rules->refund_undo_set : rules->refund_undo_reset;
    return rules->sstore_same;
}

tr_state_price tr_sstore_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, int64_t gas,
                               int64_t *refund)
{
    *refund = 0;
    if (f->is_static) return (tr_state_price){.fault = TR_EVM_STATIC};
    if (m->rules->sstore_sentry != 0 && gas <= (int64_t)m->rules->sstore_sentry)
        return (tr_state_price){.fault = TR_EVM_OUT_OF_GAS};
    tr_slot *slot = slot_for(m, f, &sp[0], gas);
    if (slot == NULL) return no_slot(m, gas);
    const tr_u256 *original = slot->original_tx == m->tx ? &slot->original : &slot->value;
    tr_state_price price = {.slot = slot};
    price.cost = store_price(m->rules, original, &slot->value, &sp[-1], refund);
    if (slot->warm_tx != m->tx) price.cost += m->rules->cold_slot;
    if (below(gas, price.cost)) price.fault = TR_EVM_OUT_OF_GAS;
    return price;
}

tr_state_price tr_destroy_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, int64_t gas)
{
    const tr_evm_rules *rules = m->rules;
    if (f->is_static) return (tr_state_price){.fault = TR_EVM_STATIC};
    tr_addr to = tr_u256_to_addr(&sp[0]);
    tr_state_price price = {.account = tr_state_peek(m->state, &to)};
    if (!is_warm(m, price.account, &to)) price.cost = rules->cold_account;
    if (below(gas, price.cost)) {
        price.fault = TR_EVM_OUT_OF_GAS;
        return price;
    }
    if (price.account == NULL) price.account = tr_state_account(m->state, &to);
    if (price.account == NULL) return (tr_state_price){.fault = TR_EVM_ABORTED};
    bool is_new = rules->new_account_if_dead
                      ? tr_acct_is_empty(price.account) && !tr_u256_iszero(f->self->balance)
                      : !price.account->exists;
    if (is_new) price.cost += rules->destroy_new_account;
    if (below(gas, price.cost)) price.fault = TR_EVM_OUT_OF_GAS;
    return price;
}

/* What is passed on of what is left: all but a 64th, or what was asked for. */
static bool pass(const tr_evm_rules *rules, uint64_t left, const tr_u256 *asked, uint64_t *passed)
{
    if (rules->keep_one_64th) {
        uint64_t most = left - left / 64, wanted = tr_u256_to_u64(*asked);
        *passed = TR_MIN(most, wanted);
        return true;
    }
    *passed = asked->w[0];
    return tr_u256_is_u64(*asked) && asked->w[0] <= left;
}

/* The account that a call names, and its price on the way there: what has to be paid before it may
 * be read has been. */
static void price_target(tr_evm *m, uint8_t op, const tr_addr *to, int64_t gas,
                         tr_call_price *price)
{
    const tr_evm_rules *rules = m->rules;
    if (price->target == NULL) price->target = tr_state_account(m->state, to);
    if (price->target == NULL) {
        price->fault = TR_EVM_ABORTED;
        return;
    }
    if (op == TR_OP_CALL) {
        bool is_new = rules->new_account_if_dead
                          ? !tr_u256_iszero(price->value) && tr_acct_is_empty(price->target)
                          : !price->target->exists;
        if (is_new) price->cost += rules->new_account;
    }
    if (!rules->delegations || !price->target->has_code || below(gas, price->cost)) return;
    tr_addr delegate;
    if (!tr_state_code(m->state, price->target)) {
        price->fault = TR_EVM_ABORTED;
    } else if (tr_code_delegate(price->target->code, &delegate)) {
        bool is_itself = memcmp(&delegate, to, sizeof(delegate)) == 0; /* warm by now */
        price->cost += is_itself ? rules->warm_account : tr_account_price(m, &delegate);
        if (below(gas, price->cost)) return;
        price->delegate = tr_state_account(m->state, &delegate);
        if (price->delegate == NULL) price->fault = TR_EVM_ABORTED;
    }
}

tr_call_price tr_evm_call_price(tr_evm *m, tr_evm_frame *f, uint8_t op, int64_t gas)
{
    const tr_evm_rules *rules = m->rules;
    const tr_u256 *sp = f->sp;
    bool with_value = op == TR_OP_CALL || op == TR_OP_CALLCODE;
    const tr_u256 *range = with_value ? sp - 3 : sp - 2;
    tr_call_price price = {.value = with_value ? sp[-2] : TR_U256_ZERO};
    bool moves = !tr_u256_iszero(price.value);
    if (op == TR_OP_CALL && moves && f->is_static) {
        price.fault = TR_EVM_STATIC;
        return price;
    }
    uint64_t in_end, out_end;
    price.fault = TR_EVM_OUT_OF_GAS;
    if (!tr_memory_end(&range[0], &range[-1], &in_end)) return price;
    if (!tr_memory_end(&range[-2], &range[-3], &out_end)) return price;
    price.memory_end = TR_MAX(in_end, out_end);
    price.input.len = range[-1].w[0];
    price.in_at = range[0].w[0];
    price.out_at = range[-2].w[0];
    price.out_len = range[-3].w[0];

    tr_addr to = tr_u256_to_addr(&sp[-1]);
    price.target = tr_state_peek(m->state, &to);
    price.cost = tr_memory_price(f, price.memory_end) + (moves ? rules->call_value : 0) +
                 (is_warm(m, price.target, &to) ? rules->warm_account : rules->cold_account);
    if (below(gas, price.cost)) return price;
    price.fault = TR_EVM_OK;
    price_target(m, op, &to, gas, &price);
    if (price.fault != TR_EVM_OK) return price;
    if (below(gas, price.cost) || !pass(rules, (uint64_t)gas - price.cost, &sp[0], &price.passed))
        price.fault = TR_EVM_OUT_OF_GAS;
    return price;
}

tr_call_price tr_evm_create_price(tr_evm *m, tr_evm_frame *f, uint8_t op, int64_t gas)
{
    const tr_evm_rules *rules = m->rules;
    const tr_u256 *sp = f->sp;
    tr_call_price price = {.value = sp[0]};
    if (f->is_static) {
        price.fault = TR_EVM_STATIC;
        return price;
    }
    price.fault = TR_EVM_OUT_OF_GAS;
    if (!tr_memory_end(&sp[-1], &sp[-2], &price.memory_end)) return price;
    price.in_at = sp[-1].w[0];
    price.input.len = sp[-2].w[0];
    if (rules->initcode_max != 0 && price.input.len > rules->initcode_max) {
        price.fault = TR_EVM_INITCODE_SIZE;
        return price;
    }
    uint64_t words = (price.input.len + 31) / 32;
    uint64_t hashing = op == TR_OP_CREATE2 ? rules->keccak_word : 0;
    price.cost = tr_memory_price(f, price.memory_end) + words * (rules->initcode_word + hashing);
    if (below(gas, price.cost)) return price;
    price.fault = TR_EVM_OK;
    (void)pass(rules, (uint64_t)gas - price.cost, &TR_U256_MAX, &price.passed);
    if (!rules->keep_one_64th) price.passed = (uint64_t)gas - price.cost;
    return price;
}
