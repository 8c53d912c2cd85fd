/* A state as it would be written without a thought of speed: a few accounts with a few slots, all
 * of it copied at each checkpoint; operations from a source of choices on it and on a tr_state, and
 * comparisons.  Who includes this defines CHECK(x). */
#ifndef TR_TESTS_UNIT_STATE_MODEL_H
#define TR_TESTS_UNIT_STATE_MODEL_H

#include "eth/account.h"
#include "hash/keccak.h"
#include "state/state.h"

enum {
    MODEL_ACCOUNTS = 6,
    MODEL_SLOTS = 5,
    MODEL_CODES = 4, /* the first is none */
    MODEL_DEPTH = 6,
    MODEL_LOGS = 256,
    MODEL_OPS = 256,
    MODEL_FEW = 16,
};

typedef struct model_account {
    bool exists;
    uint64_t nonce, balance, code;
    uint64_t slots[MODEL_SLOTS];
    /* of the transaction */
    bool warm, created, destroyed, touched;
    bool warm_slots[MODEL_SLOTS];
    uint64_t originals[MODEL_SLOTS], transients[MODEL_SLOTS];
} model_account;

typedef struct model_log {
    uint64_t account, topics, size;
} model_log;

typedef struct model_state {
    model_account accounts[MODEL_ACCOUNTS];
    model_log logs[MODEL_LOGS];
    size_t log_count;
    int64_t refund;
} model_state;

/* The world below: what is there, and what was asked of it since the state was cleared. */
typedef struct model_world {
    tr_world door;
    model_account accounts[MODEL_ACCOUNTS];
    bool asked[MODEL_ACCOUNTS], asked_slots[MODEL_ACCOUNTS][MODEL_SLOTS];
    bool asked_hash;
    bool fails; /* from now on */
} model_world;

typedef struct model_source {
    uint64_t (*below)(void *context, uint64_t n);
    void *context;
    size_t left; /* of its choices, about */
} model_source;

typedef struct model {
    model_source *source;
    model_world world;
    tr_state *state;
    tr_arena *arena;
    model_state now, saved[MODEL_DEPTH];
    tr_checkpoint checkpoints[MODEL_DEPTH];
    size_t depth;
    bool for_good[MODEL_ACCOUNTS];
    /* the storage of which the world's account may still say that it is not empty */
    bool may_have_storage[MODEL_ACCOUNTS];
} model;

static inline uint64_t model_below(model *m, uint64_t n)
{
    return m->source->below(m->source->context, n);
}

/* Names.  Two addresses differ in their last byte only, two at their beginning only. */
static inline tr_addr model_address(uint64_t i)
{
    static const uint8_t first[MODEL_ACCOUNTS] = {0, 0, 0x80, 0x80, 0xff, 0x11};
    tr_addr address = {{first[i]}};
    address.b[19] = (uint8_t)(i & 1);
    return address;
}

static inline uint64_t model_number(const tr_addr *address)
{
    for (uint64_t i = 0; i < MODEL_ACCOUNTS; i++) {
        tr_addr other = model_address(i);
        if (memcmp(&other, address, sizeof(other)) == 0) return i;
    }
    CHECK(false); /* an address that was never named */
    return 0;
}

static inline tr_u256 model_key(uint64_t i)
{
    tr_u256 key = tr_u256_of(i & 1);
    key.w[i % 4] += i << 56;
    return key;
}

static inline uint64_t model_key_number(const tr_u256 *key)
{
    for (uint64_t i = 0; i < MODEL_SLOTS; i++)
        if (tr_u256_eq(model_key(i), *key)) return i;
    CHECK(false); /* a key that was never named */
    return 0;
}

static inline tr_bytes model_code(uint64_t i)
{
    static const uint8_t codes[MODEL_CODES][8] = {{0}, {0x5b, 1}, {0x5b, 2}, {0xef, 1, 0}};
    return i == 0 ? (tr_bytes){NULL, 0} : tr_bytes_of(codes[i], (size_t)i + 2);
}

static inline tr_hash model_code_hash(uint64_t i)
{
    return i == 0 ? tr_empty_code_hash : tr_keccak256(model_code(i));
}

/* A value: as often 0 as anything; some with all limbs set. */
static inline tr_u256 model_value(uint64_t v)
{
    return v < 3 ? tr_u256_of(v) : (tr_u256){{v, v << 40, 7, v << 60}};
}

static inline bool model_has_storage(const model_account *a)
{
    for (size_t k = 0; k < MODEL_SLOTS; k++)
        if (a->slots[k] != 0) return true;
    return false;
}

/* The world's door. */
static inline tr_err model_world_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                                         tr_world_account *out)
{
    model_world *w = (model_world *)self;
    uint64_t i = model_number(address);
    const model_account *a = &w->accounts[i];
    if (w->fails) return tr_fail(trail, TR_E_IO, "the disk is gone");
    CHECK(!w->asked[i]);
    w->asked[i] = true;
    *out = (tr_world_account){a->exists, model_has_storage(a), a->nonce, tr_u256_of(a->balance),
                              model_code_hash(a->code)};
    return TR_OK;
}

static inline tr_err model_world_slot(tr_world *self, tr_trail *trail, const tr_addr *address,
                                      const tr_u256 *key, tr_u256 *out)
{
    model_world *w = (model_world *)self;
    uint64_t i = model_number(address), k = model_key_number(key);
    if (w->fails) return tr_fail(trail, TR_E_TRIE_MISSING, "the disk is gone");
    CHECK(w->accounts[i].exists);
    CHECK(!w->asked_slots[i][k]);
    w->asked_slots[i][k] = true;
    *out = model_value(w->accounts[i].slots[k]);
    return TR_OK;
}

static inline tr_err model_world_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                                      const tr_hash *code_hash, tr_bytes *out)
{
    model_world *w = (model_world *)self;
    (void)address;
    if (w->fails) return tr_fail(trail, TR_E_WITNESS_CODE, "the disk is gone");
    for (uint64_t i = 1; i < MODEL_CODES; i++) {
        tr_hash hash = model_code_hash(i);
        *out = model_code(i);
        if (memcmp(&hash, code_hash, sizeof(hash)) == 0) return TR_OK;
    }
    return tr_fail(trail, TR_E_NOT_FOUND, "a code that was never named");
}

static inline tr_err model_world_block_hash(tr_world *self, tr_trail *trail, uint64_t number,
                                            tr_hash *out)
{
    model_world *w = (model_world *)self;
    if (w->fails) return tr_fail(trail, TR_E_WITNESS_HEADER, "the disk is gone");
    *out = (tr_hash){{(uint8_t)number}};
    w->asked_hash = true;
    return TR_OK;
}

static inline void model_world_init(model_world *w)
{
    memset(w, 0, sizeof(*w));
    w->door = (tr_world){model_world_account, model_world_slot, model_world_code,
                         model_world_block_hash, NULL};
}

static inline void model_forget_asked(model_world *w)
{
    memset(w->asked, 0, sizeof(w->asked));
    memset(w->asked_slots, 0, sizeof(w->asked_slots));
}

/* Comparing. */
static inline void model_compare_slot(model *m, uint64_t i, uint64_t k)
{
    tr_addr address = model_address(i);
    tr_u256 key = model_key(k);
    const model_account *want = &m->now.accounts[i];
    tr_acct *a = tr_state_account(m->state, &address);
    CHECK(a != NULL);
    tr_slot *s = tr_state_slot(m->state, a, &key);
    CHECK(s != NULL && s == tr_state_slot(m->state, a, &key));
    uint32_t tx = tr_state_tx(m->state);
    tr_u256 original = s->original_tx == tx ? s->original : s->value;
    CHECK(tr_u256_eq(s->value, model_value(want->slots[k])));
    CHECK(tr_u256_eq(original, model_value(want->originals[k])));
    CHECK((s->warm_tx == tx) == want->warm_slots[k]);
    tr_u256 transient = tr_state_transient(m->state, a, &key);
    CHECK(tr_u256_eq(transient, model_value(want->transients[k])));
}

static inline void model_compare_account(model *m, uint64_t i)
{
    tr_addr address = model_address(i);
    const model_account *want = &m->now.accounts[i];
    tr_acct *a = tr_state_account(m->state, &address);
    CHECK(a != NULL && a == tr_state_peek(m->state, &address));
    uint32_t tx = tr_state_tx(m->state);
    tr_hash code_hash = model_code_hash(want->code);
    CHECK(a->exists == want->exists && a->nonce == want->nonce);
    CHECK(tr_u256_eq(a->balance, tr_u256_of(want->balance)));
    CHECK(a->has_code == (want->code != 0));
    CHECK(memcmp(&a->code_hash, &code_hash, sizeof(code_hash)) == 0);
    CHECK(tr_acct_is_warm(a, tx) == want->warm && (a->created_tx == tx) == want->created);
    CHECK((a->destroyed_tx == tx) == want->destroyed && (a->touched_tx == tx) == want->touched);
    bool has_storage = tr_state_has_storage(m->state, a);
    CHECK(has_storage || !model_has_storage(want));
    CHECK(!has_storage || model_has_storage(want) || m->may_have_storage[i]);
    if (model_below(m, 2) == 0) {
        CHECK(tr_state_code(m->state, a) && a->is_code_read);
        CHECK(tr_bytes_eq(a->code, model_code(want->code)));
    }
}

static inline void model_compare_logs(model *m)
{
    size_t count;
    const tr_log *logs = tr_state_logs(m->state, &count);
    CHECK(count == m->now.log_count);
    CHECK(tr_state_refund(m->state) == m->now.refund);
    for (size_t i = 0; i < count; i++) {
        const model_log *want = &m->now.logs[i];
        tr_addr address = model_address(want->account);
        CHECK(memcmp(&logs[i].account->address, &address, sizeof(address)) == 0);
        CHECK(logs[i].topic_count == want->topics && logs[i].data.len == want->size);
        for (size_t t = 0; t < want->topics; t++) CHECK(logs[i].topics[t].b[t] == want->size);
        for (size_t b = 0; b < want->size; b++) CHECK(logs[i].data.data[b] == (uint8_t)want->size);
    }
}

static inline void model_compare_all(model *m)
{
    for (uint64_t i = 0; i < MODEL_ACCOUNTS; i++) {
        model_compare_account(m, i);
        for (uint64_t k = 0; k < MODEL_SLOTS; k++) model_compare_slot(m, i, k);
    }
    model_compare_logs(m);
}

/* Operations. */
static inline tr_acct *model_pick(model *m, uint64_t *i)
{
    *i = model_below(m, MODEL_ACCOUNTS);
    tr_addr address = model_address(*i);
    tr_acct *a = tr_state_account(m->state, &address);
    CHECK(a != NULL);
    return a;
}

static inline void model_change_account(model *m, uint64_t op)
{
    uint64_t i, v = model_below(m, 4);
    tr_acct *a = model_pick(m, &i);
    model_account *want = &m->now.accounts[i];
    tr_u256 number = tr_u256_of(v);
    switch (op) {
    case 0:
        CHECK(tr_state_set_balance(m->state, a, &number));
        want->balance = v;
        want->exists = true;
        break;
    case 1:
        CHECK(tr_state_add_balance(m->state, a, &number));
        want->balance += v;
        want->exists = want->touched = true;
        break;
    case 2:
        CHECK(tr_state_set_nonce(m->state, a, v));
        want->nonce = v;
        want->exists = true;
        break;
    case 3:
        CHECK(tr_state_set_code(m->state, a, model_code(v)));
        want->code = v;
        want->exists = true;
        break;
    case 4:
        CHECK(tr_state_touch(m->state, a));
        want->touched = true;
        break;
    case 5:
        CHECK(tr_state_touch_for_good(m->state, a));
        m->for_good[i] = true;
        break;
    case 6:
        CHECK(tr_state_create(m->state, a));
        want->exists = want->created = true;
        want->nonce = want->code = 0;
        memset(want->slots, 0, sizeof(want->slots));
        memset(want->originals, 0, sizeof(want->originals));
        break;
    case 7:
        CHECK(tr_state_destroy(m->state, a));
        want->destroyed = true;
        break;
    default:
        CHECK(tr_state_warm_account(m->state, a) != want->warm);
        want->warm = true;
    }
    model_compare_account(m, i);
}

static inline void model_change_slot(model *m, uint64_t op)
{
    uint64_t i, k = model_below(m, MODEL_SLOTS), v = model_below(m, 5);
    tr_acct *a = model_pick(m, &i);
    tr_u256 key = model_key(k), value = model_value(v);
    model_account *want = &m->now.accounts[i];
    if (op == 0) {
        CHECK(tr_state_set_transient(m->state, a, &key, &value));
        want->transients[k] = v;
    } else {
        tr_slot *s = tr_state_slot(m->state, a, &key);
        CHECK(s != NULL);
        if (op == 1) {
            CHECK(tr_state_warm_slot(m->state, s) != want->warm_slots[k]);
            want->warm_slots[k] = true;
        } else if (a->exists) { /* a slot of nothing is never listed as changed */
            CHECK(tr_state_set_slot(m->state, s, &value));
            want->slots[k] = v;
        }
    }
    model_compare_slot(m, i, k);
}

static inline void model_add_log(model *m)
{
    uint64_t i, size = model_below(m, 40), topics = model_below(m, 5);
    tr_acct *a = model_pick(m, &i);
    uint8_t data[40];
    tr_hash hashes[4] = {{{0}}};
    if (m->now.log_count == MODEL_LOGS) return;
    memset(data, (int)size, sizeof(data));
    for (size_t t = 0; t < 4; t++) hashes[t].b[t] = (uint8_t)size;
    CHECK(tr_state_log(m->state, a, topics, hashes, tr_bytes_of(data, size)));
    m->now.logs[m->now.log_count++] = (model_log){i, topics, size};
}

static inline void model_checkpoint(model *m)
{
    if (m->depth == MODEL_DEPTH) return;
    m->checkpoints[m->depth] = tr_state_checkpoint(m->state);
    m->saved[m->depth++] = m->now;
}

static inline void model_revert(model *m, bool look)
{
    if (m->depth == 0) return;
    size_t to = m->depth - 1 - model_below(m, m->depth);
    tr_state_revert(m->state, m->checkpoints[to]);
    m->now = m->saved[to];
    m->depth = to;
    if (look) model_compare_all(m);
}

static inline void model_begin(model *m)
{
    tr_state_begin(m->state);
    memset(m->for_good, 0, sizeof(m->for_good));
    m->depth = m->now.log_count = 0;
    m->now.refund = 0;
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) {
        model_account *a = &m->now.accounts[i];
        a->warm = a->created = a->destroyed = a->touched = false;
        memset(a->warm_slots, 0, sizeof(a->warm_slots));
        memset(a->transients, 0, sizeof(a->transients));
        memcpy(a->originals, a->slots, sizeof(a->originals));
    }
}

static inline void model_end(model *m)
{
    bool clear_empty = model_below(m, 4) != 0;
    CHECK(tr_state_end(m->state, clear_empty));
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) {
        model_account *a = &m->now.accounts[i];
        bool empty = a->nonce == 0 && a->balance == 0 && a->code == 0;
        if (!a->destroyed && !(clear_empty && empty && (a->touched || m->for_good[i]))) continue;
        a->exists = false;
        a->nonce = a->balance = a->code = 0;
        memset(a->slots, 0, sizeof(a->slots));
        memset(a->originals, 0, sizeof(a->originals));
    }
    m->depth = 0;
}

/* One transaction. */
static inline void model_transaction(model *m)
{
    model_begin(m);
    for (uint64_t ops = model_below(m, model_below(m, 3) == 0 ? MODEL_OPS : MODEL_FEW);
         ops > 0 && m->source->left > 0; ops--) {
        uint64_t op = model_below(m, 20);
        if (op < 9) {
            model_change_account(m, op);
        } else if (op < 14) {
            model_change_slot(m, op - 9);
        } else if (op == 14) {
            model_add_log(m);
        } else if (op == 15) {
            int64_t change = (int64_t)model_below(m, 100) - 50;
            tr_state_add_refund(m->state, change);
            m->now.refund += change;
        } else if (op < 18) {
            model_checkpoint(m);
        } else {
            model_revert(m, op == 19);
        }
    }
    model_compare_logs(m);
    if (model_below(m, 2) == 0) model_compare_all(m);
    model_end(m);
    if (model_below(m, 2) == 0) model_compare_all(m);
}

/* What is not as the world has it, listed by going through everything, in the order of names. */
static inline void model_check_change(model *m, const tr_account_change *c)
{
    uint64_t i = model_number(&c->address);
    const model_account *now = &m->now.accounts[i], *before = &m->world.accounts[i];
    tr_hash code_hash = model_code_hash(now->code);
    size_t slot = 0, changed = 0;
    CHECK(c->exists == now->exists && c->existed == before->exists);
    CHECK(c->nonce == now->nonce && tr_u256_eq(c->balance, tr_u256_of(now->balance)));
    CHECK(memcmp(&c->code_hash, &code_hash, sizeof(code_hash)) == 0);
    CHECK(c->code_changed == (now->code != before->code));
    CHECK(!c->code_changed || tr_bytes_eq(c->code, model_code(now->code)));
    CHECK(!c->had_none || !model_has_storage(before));
    /* Told cleared, a slot is there when it is not 0; else when it is not as it was. */
    for (uint64_t k = 0; k < MODEL_SLOTS; k++) {
        uint64_t was = c->cleared ? 0 : before->slots[k];
        if (now->slots[k] == was || !now->exists) continue;
        changed++;
        for (slot = 0; slot < c->slot_count; slot++)
            if (tr_u256_eq(c->slots[slot].key, model_key(k))) break;
        CHECK(slot < c->slot_count);
        CHECK(tr_u256_eq(c->slots[slot].value, model_value(now->slots[k])));
        CHECK(tr_u256_eq(c->slots[slot].before, model_value(was)));
    }
    CHECK(changed == c->slot_count);
    CHECK(!c->exists || changed != 0 || c->cleared || c->exists != c->existed ||
          now->nonce != before->nonce || now->balance != before->balance || c->code_changed);
    if (!now->exists) CHECK(c->cleared || !model_has_storage(before));
    for (slot = 1; slot < c->slot_count; slot++)
        CHECK(tr_u256_lt(c->slots[slot - 1].key, c->slots[slot].key));
}

/* The account as its change says it is, compared with the model's, so that no change is left out.
 */
static inline void model_apply(model *m, const tr_account_change *c)
{
    model_account *a = &m->world.accounts[model_number(&c->address)];
    if (c->cleared || !c->exists) memset(a->slots, 0, sizeof(a->slots));
    a->exists = c->exists;
    a->nonce = c->nonce;
    a->balance = tr_u256_to_u64(c->balance);
    for (uint64_t code = 0; code < MODEL_CODES; code++) {
        tr_hash hash = model_code_hash(code);
        if (memcmp(&hash, &c->code_hash, sizeof(hash)) == 0) a->code = code;
    }
    for (size_t s = 0; s < c->slot_count; s++)
        for (uint64_t v = 0; v < 5; v++)
            if (tr_u256_eq(model_value(v), c->slots[s].value))
                a->slots[model_key_number(&c->slots[s].key)] = v;
}

static inline void model_check_changes(model *m, tr_changes *changes)
{
    CHECK(tr_state_changes(NULL, m->state, m->arena, changes) == TR_OK);
    for (size_t i = 0; i < changes->count; i++) {
        model_check_change(m, &changes->accounts[i]);
        if (i != 0)
            CHECK(memcmp(&changes->accounts[i - 1].address, &changes->accounts[i].address,
                         sizeof(tr_addr)) < 0);
    }
}

/* Gives the changes to the world; it must then be what the model is. */
static inline void model_apply_changes(model *m, const tr_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) model_apply(m, &changes->accounts[i]);
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) {
        const model_account *a = &m->now.accounts[i], *w = &m->world.accounts[i];
        CHECK(a->exists == w->exists && a->nonce == w->nonce && a->balance == w->balance);
        CHECK(a->code == w->code && memcmp(a->slots, w->slots, sizeof(a->slots)) == 0);
        m->may_have_storage[i] = m->may_have_storage[i] || model_has_storage(w);
    }
}

static inline void model_begin_again(model *m)
{
    model_forget_asked(&m->world);
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++)
        m->may_have_storage[i] = model_has_storage(&m->world.accounts[i]);
}

/* What was read, against what was asked. */
static inline void model_check_reads(model *m)
{
    tr_changes reads;
    size_t accounts = 0;
    CHECK(tr_state_reads(NULL, m->state, m->arena, &reads) == TR_OK);
    for (size_t i = 0; i < reads.count; i++) {
        const tr_account_change *c = &reads.accounts[i];
        uint64_t number = model_number(&c->address);
        const model_account *w = &m->world.accounts[number];
        CHECK(m->world.asked[number] && c->exists == w->exists && c->nonce == w->nonce);
        CHECK(tr_u256_eq(c->balance, tr_u256_of(w->balance)));
        for (size_t s = 0; s < c->slot_count; s++) {
            uint64_t k = model_key_number(&c->slots[s].key);
            CHECK(tr_u256_eq(c->slots[s].before, model_value(w->slots[k])));
            CHECK(tr_u256_eq(c->slots[s].value, model_value(w->slots[k])));
        }
        for (uint64_t k = 0; k < MODEL_SLOTS; k++) {
            size_t s = 0;
            tr_u256 key = model_key(k);
            while (s < c->slot_count && !tr_u256_eq(c->slots[s].key, key)) s++;
            CHECK(s < c->slot_count || !m->world.asked_slots[number][k]);
        }
    }
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) accounts += m->world.asked[i];
    CHECK(accounts == reads.count);
}

#endif
