/* prestateTracer: the accounts and slots that a transaction touches, as they were before it; with
 * diff_mode those that it changed, before and after. */
#include "eth/account.h"
#include "eth/tx.h"
#include "evm/trace_internal.h"
#include "hash/keccak.h"

/* An account as it was when it was first touched. */
typedef struct known_account {
    tr_addr address;
    tr_u256 balance;
    uint64_t nonce;
    tr_hash code_hash;
    bool has_code, is_empty;
    bool is_deleted; /* in this transaction */
    tr_bytes code;
    tr_trace_map slots; /* value: as it was; thing: a tr_u256, what it became if it changed */
    /* with diff_mode, at the end of the transaction */
    bool is_modified, balance_changed, nonce_changed, hash_changed, code_changed;
    tr_u256 new_balance;
    uint64_t new_nonce;
    tr_hash new_hash;
    tr_bytes new_code;
} known_account;

typedef struct prestate_tracer {
    tr_trace trace;
    tr_prestate_options options;
    const tr_evm_rules *rules;
    tr_trace_map accounts; /* thing: known */
    tr_trace_map created;  /* addresses of contracts that were to be created */
} prestate_tracer;

static void state_failed(prestate_tracer *t, const tr_state *state)
{
    tr_err err = tr_state_error(state, NULL);
    if (t->trace.err == TR_OK) t->trace.err = err != TR_OK ? err : TR_E_STATE;
}

static void fill_known(prestate_tracer *t, tr_state *state, tr_acct *account, known_account *out)
{
    *out = (known_account){
        .address = account->address,
        .balance = account->balance,
        .nonce = account->nonce,
        .code_hash = account->code_hash,
        .has_code = account->has_code,
        .slots = tr_trace_map_of(32),
    };
    out->is_empty = out->nonce == 0 && !out->has_code && tr_u256_iszero(out->balance);
    if (!out->has_code || t->options.disable_code) return;
    if (!tr_state_code(state, account))
        state_failed(t, state);
    else
        out->code = tr_trace_copy(&t->trace, account->code);
}

static known_account *touch(prestate_tracer *t, tr_state *state, const tr_addr *address)
{
    bool is_new;
    tr_trace_item *item = tr_trace_map_add(&t->trace, &t->accounts, address->b, &is_new);
    if (item == NULL) return NULL;
    if (!is_new) return item->thing;
    known_account *account = item->thing = TR_TRACE_NEW(&t->trace, known_account);
    if (account == NULL) return NULL;
    *account = (known_account){.address = *address, .slots = tr_trace_map_of(32)};
    tr_acct *now = tr_state_account(state, address);
    if (now == NULL)
        state_failed(t, state);
    else
        fill_known(t, state, now, account);
    return account;
}

static void touch_slot(prestate_tracer *t, tr_state *state, tr_acct *account, tr_u256 key)
{
    bool is_new;
    if (t->options.disable_storage) return;
    known_account *known = touch(t, state, &account->address);
    if (known == NULL) return;
    tr_word_key bytes = tr_word_key_of(key);
    tr_trace_item *item = tr_trace_map_add(&t->trace, &known->slots, bytes.b, &is_new);
    if (item == NULL || !is_new) return;
    const tr_slot *slot = tr_state_slot(state, account, &key);
    if (slot == NULL)
        state_failed(t, state);
    else
        item->value = slot->value;
}

/* The account whose code runs in place of this one's (EIP-7702). */
static void touch_delegate(prestate_tracer *t, tr_state *state, const tr_addr *address)
{
    tr_addr delegate;
    if (t->rules == NULL || !t->rules->delegations) return;
    tr_acct *account = tr_state_account(state, address);
    if (account == NULL || (account->has_code && !tr_state_code(state, account))) {
        state_failed(t, state);
        return;
    }
    if (account->has_code && tr_code_delegate(account->code, &delegate))
        (void)touch(t, state, &delegate);
}

static void touch_created(prestate_tracer *t, tr_state *state, const tr_addr *address)
{
    bool is_new;
    (void)touch(t, state, address);
    (void)tr_trace_map_add(&t->trace, &t->created, address->b, &is_new);
}

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    prestate_tracer *t = (prestate_tracer *)self;
    bool is_new;
    if (tr_trace_is_idle(&t->trace)) return;
    t->rules = tx->env->rules;
    if (tx->is_create)
        (void)tr_trace_map_add(&t->trace, &t->created, tx->to.b, &is_new);
    else
        touch_delegate(t, tx->state, &tx->to);
    (void)touch(t, tx->state, &tx->from);
    (void)touch(t, tx->state, &tx->to);
    (void)touch(t, tx->state, &tx->env->coinbase);
    for (size_t i = 0; i < tx->authority_count; i++) (void)touch(t, tx->state, &tx->authorities[i]);
}

static void touch_create2(prestate_tracer *t, const tr_step *step)
{
    tr_u256 offset, size, salt;
    if (!tr_step_peek(step, 1, &offset) || !tr_step_peek(step, 2, &size) ||
        !tr_step_peek(step, 3, &salt))
        return;
    tr_arena_mark mark = tr_arena_save(t->trace.arena);
    tr_bytes code = tr_step_memory(&t->trace, step, offset, size);
    if (code.data == NULL) return;
    tr_hash hash = tr_keccak256(code);
    tr_arena_rewind(t->trace.arena, mark);
    tr_addr address = tr_create2_address(&step->account->address, &salt, &hash);
    touch_created(t, step->state, &address);
}

static void note_destroy(prestate_tracer *t, const tr_step *step)
{
    const tr_addr *address = &step->account->address;
    bool only_created = t->rules != NULL && t->rules->destroy_only_created;
    if (only_created && tr_trace_map_find(&t->created, address->b) == NULL) return;
    known_account *account = touch(t, step->state, address);
    if (account != NULL) account->is_deleted = true;
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    prestate_tracer *t = (prestate_tracer *)self;
    tr_u256 word;
    tr_addr address;
    if (tr_trace_is_idle(&t->trace) || step->is_repeat) return;
    if (step->fault != TR_EVM_OK && !tr_trace_is_late_fault(step)) return;
    switch (step->op) {
    case TR_OP_SLOAD:
    case TR_OP_SSTORE:
        if (tr_step_peek(step, 0, &word)) touch_slot(t, step->state, step->account, word);
        return;
    case TR_OP_BALANCE:
    case TR_OP_EXTCODESIZE:
    case TR_OP_EXTCODECOPY:
    case TR_OP_EXTCODEHASH:
    case TR_OP_SELFDESTRUCT:
        if (!tr_step_peek(step, 0, &word)) return;
        address = tr_word_addr(word);
        (void)touch(t, step->state, &address);
        if (step->op == TR_OP_SELFDESTRUCT) note_destroy(t, step);
        return;
    case TR_OP_CALL:
    case TR_OP_CALLCODE:
    case TR_OP_DELEGATECALL:
    case TR_OP_STATICCALL:
        if (step->stack_size < 5 || !tr_step_peek(step, 1, &word)) return;
        address = tr_word_addr(word);
        (void)touch(t, step->state, &address);
        touch_delegate(t, step->state, &address);
        return;
    case TR_OP_CREATE:
        address = tr_tx_create_address(&step->account->address, step->account->nonce);
        touch_created(t, step->state, &address);
        return;
    case TR_OP_CREATE2:
        touch_create2(t, step);
        return;
    default:
        return;
    }
}

/* What became of the slots, for the two sides of a difference. */
static void compare_slots(prestate_tracer *t, tr_state *state, tr_acct *account,
                          known_account *known)
{
    for (tr_trace_item *item = known->slots.first; item != NULL; item = item->next) {
        tr_u256 key = tr_u256_from_be(item->key);
        const tr_slot *slot = tr_state_slot(state, account, &key);
        if (slot == NULL) {
            state_failed(t, state);
            return;
        }
        if (tr_u256_eq(slot->value, item->value)) continue;
        tr_u256 *now = item->thing = TR_TRACE_NEW(&t->trace, tr_u256);
        if (now == NULL) return;
        *now = slot->value;
        known->is_modified = true;
    }
}

static void compare_code(prestate_tracer *t, tr_state *state, tr_acct *account,
                         known_account *known)
{
    static const tr_hash none;
    tr_hash before = known->has_code ? known->code_hash : tr_empty_code_hash;
    known->new_hash = account->exists ? account->code_hash : none;
    known->hash_changed = memcmp(&known->new_hash, &before, sizeof(before)) != 0;
    if (t->options.disable_code || memcmp(&account->code_hash, &before, sizeof(before)) == 0)
        return;
    known->code_changed = true;
    if (!account->has_code) return;
    if (!tr_state_code(state, account))
        state_failed(t, state);
    else
        known->new_code = tr_trace_copy(&t->trace, account->code);
}

static void compare(prestate_tracer *t, tr_state *state, known_account *known)
{
    tr_acct *account = tr_state_account(state, &known->address);
    if (account == NULL) {
        state_failed(t, state);
        return;
    }
    known->new_balance = account->balance;
    known->balance_changed = !tr_u256_eq(account->balance, known->balance);
    known->new_nonce = account->nonce;
    known->nonce_changed = account->nonce != known->nonce;
    compare_code(t, state, account, known);
    compare_slots(t, state, account, known);
    known->is_modified |= known->balance_changed || known->nonce_changed || known->hash_changed ||
                          known->code_changed;
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    prestate_tracer *t = (prestate_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || !t->options.diff_mode) return;
    for (tr_trace_item *item = t->accounts.first; item != NULL; item = item->next) {
        known_account *known = item->thing;
        if (t->trace.err == TR_OK && !known->is_deleted) compare(t, tx->state, known);
    }
}

/* Which slots to write. */
typedef enum storage_side { WHOLE, BEFORE, AFTER } storage_side;

static bool slot_belongs(const tr_trace_item *item, storage_side side)
{
    const tr_u256 *now = item->thing;
    if (side == WHOLE) return true;
    if (now == NULL) return false;
    return !tr_u256_iszero(side == BEFORE ? item->value : *now);
}

static void put_slots(tr_json_writer *w, tr_trace_map *slots, storage_side side)
{
    bool is_open = false;
    tr_trace_map_sort(slots);
    for (const tr_trace_item *item = slots->first; item != NULL; item = item->next) {
        if (!slot_belongs(item, side)) continue;
        if (!is_open) {
            tr_json_key(w, "storage");
            tr_json_begin_object(w);
            is_open = true;
        }
        tr_put_hex_key(w, TR_VIEW(item->key));
        tr_put_word(w, side == AFTER ? *(const tr_u256 *)item->thing : item->value);
    }
    if (is_open) tr_json_end_object(w);
}

static void put_nonce(tr_json_writer *w, uint64_t nonce)
{
    if (nonce != 0) tr_put_u64(w, "nonce", nonce);
}

static void put_before(tr_json_writer *w, const prestate_tracer *t, known_account *known)
{
    storage_side side = t->options.diff_mode && !known->is_deleted ? BEFORE : WHOLE;
    tr_put_hex_key(w, TR_VIEW(known->address.b));
    tr_json_begin_object(w);
    tr_put_number(w, "balance", known->balance);
    if (known->has_code && !t->options.disable_code) tr_put_data(w, "code", known->code);
    if (known->has_code) tr_put_data(w, "codeHash", TR_VIEW(known->code_hash.b));
    put_nonce(w, known->nonce);
    put_slots(w, &known->slots, side);
    tr_json_end_object(w);
}

static void put_after(tr_json_writer *w, known_account *known)
{
    tr_put_hex_key(w, TR_VIEW(known->address.b));
    tr_json_begin_object(w);
    if (known->balance_changed) tr_put_number(w, "balance", known->new_balance);
    if (known->code_changed) tr_put_data(w, "code", known->new_code);
    if (known->hash_changed) tr_put_data(w, "codeHash", TR_VIEW(known->new_hash.b));
    if (known->nonce_changed) put_nonce(w, known->new_nonce);
    put_slots(w, &known->slots, AFTER);
    tr_json_end_object(w);
}

static void put_all_before(tr_json_writer *w, const prestate_tracer *t)
{
    tr_json_begin_object(w);
    for (const tr_trace_item *item = t->accounts.first; item != NULL; item = item->next) {
        known_account *known = item->thing;
        bool is_same = t->options.diff_mode && !known->is_modified && !known->is_deleted;
        bool is_left_out = known->is_empty && !t->options.include_empty;
        if (!is_same && !is_left_out) put_before(w, t, known);
    }
    tr_json_end_object(w);
}

static tr_err write_prestate(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    prestate_tracer *t = (prestate_tracer *)self;
    tr_json_writer w = tr_json_write_to(out);
    (void)trail;
    tr_trace_map_sort(&t->accounts);
    if (!t->options.diff_mode) {
        put_all_before(&w, t);
        return TR_OK;
    }
    tr_json_begin_object(&w);
    tr_json_key(&w, "post");
    tr_json_begin_object(&w);
    for (const tr_trace_item *item = t->accounts.first; item != NULL; item = item->next) {
        known_account *known = item->thing;
        if (known->is_modified) put_after(&w, known);
    }
    tr_json_end_object(&w);
    tr_json_key(&w, "pre");
    put_all_before(&w, t);
    tr_json_end_object(&w);
    return TR_OK;
}

tr_err tr_prestate_tracer_new(tr_trail *trail, tr_arena *arena, const tr_prestate_options *options,
                              tr_trace **out)
{
    if (options != NULL && options->diff_mode && options->include_empty)
        return tr_fail(trail, TR_E_ARGUMENT, "cannot use diffMode with includeEmpty");
    prestate_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_prestate);
    if (t == NULL) return TR_E_MEMORY;
    if (options != NULL) t->options = *options;
    t->accounts = tr_trace_map_of(sizeof(tr_addr));
    t->created = tr_trace_map_of(sizeof(tr_addr));
    t->trace.tracer.tx_begin = on_tx_begin;
    t->trace.tracer.tx_end = on_tx_end;
    t->trace.tracer.step = on_step;
    *out = &t->trace;
    return TR_OK;
}
