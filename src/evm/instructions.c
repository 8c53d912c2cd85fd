#include "evm/evm_internal.h"
#include "hash/keccak.h"

#define OUT_OF_GAS tr_evm_fault(TR_EVM_OUT_OF_GAS)
#define ABORTED    tr_evm_fault(TR_EVM_ABORTED)

/* A price that may be more than any gas. */
static inline bool pay(int64_t *gas, uint64_t cost)
{
    if ((uint64_t)*gas < cost) return false;
    *gas -= (int64_t)cost;
    return true;
}

int64_t tr_evm_exp(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    if (!pay(&gas, tr_exp_price(m, &sp[-1]))) return OUT_OF_GAS;
    sp[-1] = tr_u256_exp(&sp[0], &sp[-1]);
    return gas;
}

/* The memory of a range, paid for and there, with what its words cost beside. */
static int64_t range(tr_evm *m, tr_evm_frame *f, const tr_u256 *offset, const tr_u256 *size,
                     uint64_t word_gas, int64_t gas)
{
    uint64_t end;
    if (!pay(&gas, tr_range_price(f, offset, size, word_gas))) return OUT_OF_GAS;
    (void)tr_memory_end(offset, size, &end);
    if (end > f->memory_size && !tr_evm_reserve(m, f, end)) return ABORTED;
    return gas;
}

static inline tr_bytes range_of(const tr_evm_frame *f, const tr_u256 *offset, const tr_u256 *size)
{
    size_t len = size->w[0];
    return tr_bytes_of(len == 0 ? f->memory : f->memory + offset->w[0], len);
}

/* The place for a hash in the table; colliding inputs only take each other's. */
static tr_evm_hash *hash_place(tr_evm *m, const uint64_t in[8])
{
    const uint64_t k = 0x9e3779b97f4a7c15;
    uint64_t x = (in[0] ^ in[1] * k) * k + in[2] + (in[3] ^ in[4] * k) * k;
    x += (in[5] ^ in[6] * k) * k + in[7] * k;
    return &m->hashes[(x ^ x >> 29) * k >> 55];
}

static tr_u256 hash_known(tr_evm *m, tr_bytes in)
{
    uint64_t key[8] = {0}, differ = 0;
    memcpy(key, in.data, in.len);
    tr_evm_hash *known = hash_place(m, key);
    for (unsigned i = 0; i < 8; i++) differ |= known->in[i] ^ key[i];
    if ((differ | (known->len ^ in.len)) == 0) return known->hash;
    tr_hash hash = tr_keccak256(in);
    memcpy(known->in, key, sizeof(key));
    known->len = in.len;
    known->hash = tr_u256_from_be(hash.b);
    return known->hash;
}

int64_t tr_evm_keccak(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    gas = range(m, f, &sp[0], &sp[-1], m->rules->keccak_word, gas);
    if (gas < 0) return gas;
    tr_bytes in = range_of(f, &sp[0], &sp[-1]);
    if (in.len == 64 || in.len == 32) {
        sp[-1] = hash_known(m, in);
    } else {
        tr_hash hash = tr_keccak256(in);
        sp[-1] = tr_u256_from_be(hash.b);
    }
    return gas;
}

/* An account that an instruction names, paid for and warm. */
static tr_acct *account(tr_evm *m, const tr_u256 *name, int64_t *gas)
{
    tr_addr address = tr_u256_to_addr(name);
    tr_acct *found = tr_state_peek(m->state, &address);
    bool warm =
        found != NULL ? tr_acct_is_warm(found, m->tx) : tr_state_is_warm(m->state, &address);
    if (!pay(gas, warm ? m->rules->warm_account : m->rules->cold_account)) {
        *gas = OUT_OF_GAS;
        return NULL;
    }
    if (found == NULL) found = tr_state_account(m->state, &address);
    if (found == NULL) *gas = ABORTED;
    if (found != NULL && !warm && m->rules->has_access_sets)
        (void)tr_state_warm_account(m->state, found);
    return found;
}

int64_t tr_evm_balance(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    const tr_acct *a = account(m, sp, &gas);
    if (a != NULL) *sp = a->balance;
    return gas;
}

int64_t tr_evm_extcodesize(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    tr_acct *a = account(m, sp, &gas);
    if (a == NULL) return gas;
    if (!tr_state_code(m->state, a)) return ABORTED;
    *sp = tr_u256_of(a->code.len);
    return gas;
}

int64_t tr_evm_extcodehash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    const tr_acct *a = account(m, sp, &gas);
    if (a == NULL) return gas;
    *sp = tr_acct_is_empty(a) ? TR_U256_ZERO : tr_u256_from_be(a->code_hash.b);
    return gas;
}

/* size bytes from a place in from, zeros where it has none; to has been made ready. */
static void copy(uint8_t *to, size_t size, tr_bytes from, const tr_u256 *place)
{
    if (size == 0) return;
    tr_bytes part = {NULL, 0};
    if (tr_u256_is_u64(*place)) part = tr_bytes_cut(from, place->w[0], size);
    if (part.len != 0) memcpy(to, part.data, part.len);
    memset(to + part.len, 0, size - part.len);
}

static int64_t copy_in(tr_evm *m, tr_evm_frame *f, const tr_u256 *sp, int64_t gas, tr_bytes from)
{
    gas = range(m, f, &sp[0], &sp[-2], m->rules->copy_word, gas);
    if (gas < 0 || sp[-2].w[0] == 0) return gas;
    copy(f->memory + sp[0].w[0], sp[-2].w[0], from, &sp[-1]);
    return gas;
}

int64_t tr_evm_calldataload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)m;
    uint8_t word[32];
    copy(word, 32, f->input, sp);
    *sp = tr_u256_from_be(word);
    return gas;
}

/* The input may lie in memory, which paying for the target may move; so it is read after that. */
int64_t tr_evm_calldatacopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    gas = range(m, f, &sp[0], &sp[-2], m->rules->copy_word, gas);
    if (gas < 0 || sp[-2].w[0] == 0) return gas;
    copy(f->memory + sp[0].w[0], sp[-2].w[0], f->input, &sp[-1]);
    return gas;
}

int64_t tr_evm_codecopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    return copy_in(m, f, sp, gas, tr_bytes_of(f->code, f->code_len));
}

int64_t tr_evm_returndatacopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    gas = range(m, f, &sp[0], &sp[-2], m->rules->copy_word, gas);
    if (gas < 0) return gas;
    uint64_t size = sp[-2].w[0];
    if (!tr_u256_is_u64(sp[-1]) || sp[-1].w[0] > m->returned.len ||
        size > m->returned.len - sp[-1].w[0])
        return tr_evm_fault(TR_EVM_RETURNDATA);
    if (size != 0) memcpy(f->memory + sp[0].w[0], m->returned.data + sp[-1].w[0], size);
    return gas;
}

int64_t tr_evm_extcodecopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    tr_addr address = tr_u256_to_addr(sp);
    uint64_t rest = tr_range_price(f, &sp[-1], &sp[-3], m->rules->copy_word);
    uint64_t access = tr_account_price(m, &address);
    if (rest > (uint64_t)gas || access > (uint64_t)gas - rest) return OUT_OF_GAS;
    gas = range(m, f, &sp[-1], &sp[-3], m->rules->copy_word, gas);
    if (gas < 0) return gas;
    tr_acct *a = account(m, sp, &gas);
    if (a == NULL) return gas;
    if (!tr_state_code(m->state, a)) return ABORTED;
    if (sp[-3].w[0] != 0) copy(f->memory + sp[-1].w[0], sp[-3].w[0], a->code, &sp[-2]);
    return gas;
}

int64_t tr_evm_blockhash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    uint64_t now = m->env->number, asked = sp->w[0];
    bool known = tr_u256_is_u64(*sp) && asked < now && now - asked <= 256;
    tr_hash hash;
    if (known && !tr_state_block_hash(m->state, asked, &hash)) return ABORTED;
    *sp = known ? tr_u256_from_be(hash.b) : TR_U256_ZERO;
    return gas;
}

int64_t tr_evm_blobhash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    (void)f;
    bool known = tr_u256_is_u64(*sp) && sp->w[0] < m->env->blob_count;
    *sp = known ? tr_u256_from_be(m->env->blob_hashes[sp->w[0]].b) : TR_U256_ZERO;
    return gas;
}

int64_t tr_evm_sload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    tr_state_price price = tr_sload_price(m, f, sp, gas);
    if (TR_UNLIKELY(price.fault != TR_EVM_OK)) return tr_evm_fault(price.fault);
    if (price.slot->warm_tx != m->tx && m->rules->has_access_sets)
        (void)tr_state_warm_slot(m->state, price.slot);
    *sp = price.slot->value;
    return gas - (int64_t)price.cost;
}

int64_t tr_evm_sstore(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    int64_t refund;
    tr_state_price price = tr_sstore_price(m, f, sp, gas, &refund);
    if (TR_UNLIKELY(price.fault != TR_EVM_OK)) return tr_evm_fault(price.fault);
    if (price.slot->warm_tx != m->tx && m->rules->has_access_sets)
        (void)tr_state_warm_slot(m->state, price.slot);
    if (refund != 0) tr_state_add_refund(m->state, refund);
    bool same = tr_u256_eq(price.slot->value, sp[-1]);
    if (!same && !tr_state_set_slot(m->state, price.slot, &sp[-1])) return ABORTED;
    return gas - (int64_t)price.cost;
}

int64_t tr_evm_tload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    *sp = tr_state_transient(m->state, f->self, sp);
    return gas;
}

int64_t tr_evm_tstore(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    if (f->is_static) return tr_evm_fault(TR_EVM_STATIC);
    return tr_state_set_transient(m->state, f->self, &sp[0], &sp[-1]) ? gas : ABORTED;
}

int64_t tr_evm_mcopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    const tr_u256 *further = tr_u256_lt(sp[0], sp[-1]) ? &sp[-1] : &sp[0];
    gas = range(m, f, further, &sp[-2], m->rules->copy_word, gas);
    if (gas < 0 || sp[-2].w[0] == 0) return gas;
    memmove(f->memory + sp[0].w[0], f->memory + sp[-1].w[0], sp[-2].w[0]);
    return gas;
}

int64_t tr_evm_log(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas, unsigned topics)
{
    if (f->is_static) return tr_evm_fault(TR_EVM_STATIC);
    uint64_t cost = tr_log_price(m, f, sp, topics);
    if (!pay(&gas, cost)) return OUT_OF_GAS;
    if (range(m, f, &sp[0], &sp[-1], 0, INT64_MAX) < 0) return ABORTED;
    tr_hash topic[4];
    for (unsigned i = 0; i < topics; i++) tr_u256_to_be(sp[-2 - (int)i], topic[i].b);
    if (!tr_state_log(m->state, f->self, topics, topic, range_of(f, &sp[0], &sp[-1])))
        return ABORTED;
    if (TR_UNLIKELY(m->tracer != NULL && m->tracer->log != NULL)) {
        size_t count;
        const tr_log *logs = tr_state_logs(m->state, &count);
        m->tracer->log(m->tracer, &logs[count - 1], (int)m->depth);
    }
    return gas;
}

int64_t tr_evm_output(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    gas = range(m, f, &sp[0], &sp[-1], 0, gas);
    if (gas >= 0) m->output = range_of(f, &sp[0], &sp[-1]);
    return gas;
}

/* The balance goes to the heir; the account itself goes when the transaction ends, or from Cancun
 * on only if it was made in it. */
static bool destroy(tr_evm *m, tr_acct *self, tr_acct *heir)
{
    tr_state *state = m->state;
    tr_u256 balance = self->balance, zero = TR_U256_ZERO;
    bool goes = !m->rules->destroy_only_created || self->created_tx == m->tx;
    if (!goes && heir == self) return true;
    if (!tr_state_set_balance(state, self, &zero)) return false;
    if (heir != self && !tr_state_add_balance(state, heir, &balance)) return false;
    if (!goes) return true;
    if (self->destroyed_tx != m->tx) tr_state_add_refund(state, m->rules->refund_destroy);
    return tr_state_destroy(state, self);
}

int64_t tr_evm_destroy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas)
{
    tr_state_price price = tr_destroy_price(m, f, sp, gas);
    if (price.fault != TR_EVM_OK) return tr_evm_fault(price.fault);
    if (m->rules->has_access_sets && !tr_acct_is_warm(price.account, m->tx))
        (void)tr_state_warm_account(m->state, price.account);
    if (m->tracer != NULL) {
        tr_u256 balance = f->self->balance;
        tr_frame_begin begin = {.state = m->state,
                                .depth = (int)m->depth + 1,
                                .op = TR_OP_SELFDESTRUCT,
                                .from = f->self->address,
                                .to = price.account->address,
                                .code_address = price.account->address,
                                .value = &balance};
        tr_evm_tell_enter(m, &begin);
        tr_evm_tell_leave(m, begin.depth, begin.op, TR_EVM_OK, 0, tr_bytes_of(NULL, 0));
    }
    if (!destroy(m, f->self, price.account)) return ABORTED;
    return gas - (int64_t)price.cost;
}
