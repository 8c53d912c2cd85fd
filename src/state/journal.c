/* Changes of a state, how they are undone, and the beginning and the end of transactions. */
#include "eth/account.h"
#include "hash/keccak.h"
#include "state/state_internal.h"

enum { FIRST_UNDO = 64, FIRST_LOGS = 16 };

tr_undo *tr_state_grow_undo(tr_state *state)
{
    tr_alloc *alloc = &state->memory.alloc;
    size_t capacity = state->undo_capacity == 0 ? FIRST_UNDO : 2 * state->undo_capacity, size;
    tr_undo *undo = NULL;
    if (tr_mul_size(capacity, sizeof(*undo), &size))
        undo = alloc->resize(alloc, state->undo, state->undo_capacity * sizeof(*undo), size);
    if (undo == NULL) {
        (void)tr_state_no_memory(state);
        return NULL;
    }
    state->undo = undo;
    state->undo_capacity = capacity;
    return &undo[state->undo_count];
}

/* Remembers what the world holds of an account that is about to change. */
static bool list_account(tr_state *state, tr_acct *account)
{
    tr_acct_more *more = account->more;
    if (TR_LIKELY(more->before != NULL)) return true;
    tr_acct_before *before = tr_chunks_get(&state->before_chunks, &state->memory.alloc);
    if (before == NULL) return tr_state_no_memory(state);
    *before =
        (tr_acct_before){account->balance, account->code_hash, account->nonce, account->exists};
    more->before = before;
    more->next_changed = state->changed;
    state->changed = account;
    return true;
}

static tr_undo *undo_account(tr_state *state, tr_undo_kind kind, tr_acct *account)
{
    tr_undo *u = tr_state_undo(state, kind);
    if (TR_UNLIKELY(u == NULL)) return NULL;
    u->account = account;
    u->exists = account->exists;
    return u;
}

bool tr_state_set_balance(tr_state *state, tr_acct *account, const tr_u256 *balance)
{
    if (account->exists && tr_u256_eq(account->balance, *balance)) return true;
    if (!list_account(state, account)) return false;
    tr_undo *u = undo_account(state, TR_UNDO_BALANCE, account);
    if (u == NULL) return false;
    u->value = account->balance;
    account->balance = *balance;
    account->exists = true;
    return true;
}

bool tr_state_add_balance(tr_state *state, tr_acct *account, const tr_u256 *amount)
{
    tr_u256 balance = tr_u256_add(account->balance, *amount);
    return tr_state_touch(state, account) && tr_state_set_balance(state, account, &balance);
}

bool tr_state_set_nonce(tr_state *state, tr_acct *account, uint64_t nonce)
{
    if (account->exists && account->nonce == nonce) return true;
    if (!list_account(state, account)) return false;
    tr_undo *u = undo_account(state, TR_UNDO_NONCE, account);
    if (u == NULL) return false;
    u->nonce = account->nonce;
    account->nonce = nonce;
    account->exists = true;
    return true;
}

/* Sets code that lies in the state's memory already. */
static bool put_code(tr_state *state, tr_acct *account, tr_bytes code, const tr_hash *hash)
{
    if (!list_account(state, account)) return false;
    tr_undo *u = undo_account(state, TR_UNDO_CODE_HASH, account);
    if (u == NULL) return false;
    u->hash = account->code_hash;
    u = undo_account(state, TR_UNDO_CODE, account);
    if (u == NULL) return false;
    u->has_code = account->has_code;
    u->is_code_read = account->is_code_read;
    u->code = account->code;
    account->code_hash = *hash;
    account->code = code;
    account->has_code = code.len != 0;
    account->is_code_read = true;
    account->analysis = NULL;
    account->exists = true;
    return true;
}

bool tr_state_set_code(tr_state *state, tr_acct *account, tr_bytes code)
{
    if (code.len == 0) return put_code(state, account, (tr_bytes){NULL, 0}, &tr_empty_code_hash);
    tr_bytes copy = tr_arena_copy(&state->codes, code);
    if (copy.data == NULL) return tr_state_no_memory(state);
    tr_hash hash = tr_keccak256(copy);
    return put_code(state, account, copy, &hash);
}

bool tr_state_set_slot(tr_state *state, tr_slot *slot, const tr_u256 *value)
{
    if (!tr_slot_is_current(slot) && !tr_state_current(state, slot)) return false;
    if (tr_u256_eq(slot->value, *value)) return true;
    if (!slot->is_listed) {
        if (!list_account(state, slot->owner)) return false;
        tr_state_list_slot(slot);
    }
    tr_undo *u = tr_state_undo(state, TR_UNDO_SLOT);
    if (TR_UNLIKELY(u == NULL)) return false;
    u->slot = slot;
    u->value = slot->value;
    if (slot->original_tx != state->tx) {
        slot->original_tx = state->tx;
        slot->original = slot->value;
    }
    slot->value = *value;
    return true;
}

/* Puts an account into the list of what the end of the transaction looks at. */
static void list_ending(tr_state *state, tr_acct *account)
{
    tr_acct_more *more = account->more;
    if (more->ending_tx == state->tx) return;
    more->ending_tx = state->tx;
    more->next_ending = state->ending;
    state->ending = account;
}

bool tr_state_touch(tr_state *state, tr_acct *account)
{
    if (account->touched_tx == state->tx) return true;
    if (undo_account(state, TR_UNDO_TOUCHED, account) == NULL) return false;
    account->touched_tx = state->tx;
    list_ending(state, account);
    return true;
}

bool tr_state_touch_for_good(tr_state *state, tr_acct *account)
{
    account->more->for_good_tx = state->tx;
    list_ending(state, account);
    return true;
}

/* Empties the storage at once. */
static bool empty_storage(tr_state *state, tr_acct *account)
{
    tr_undo *u = undo_account(state, TR_UNDO_GENERATION, account);
    if (u == NULL) return false;
    u->number = account->more->generation;
    account->more->generation = ++state->generation;
    return true;
}

bool tr_state_create(tr_state *state, tr_acct *account)
{
    if (!list_account(state, account) || !empty_storage(state, account)) return false;
    tr_undo *u = undo_account(state, TR_UNDO_CREATED, account);
    if (u == NULL) return false;
    u->number = account->created_tx;
    account->created_tx = state->tx;
    account->exists = true;
    return tr_state_set_nonce(state, account, 0) &&
           (!account->has_code || tr_state_set_code(state, account, (tr_bytes){NULL, 0}));
}

bool tr_state_destroy(tr_state *state, tr_acct *account)
{
    if (account->destroyed_tx == state->tx) return true;
    if (undo_account(state, TR_UNDO_DESTROYED, account) == NULL) return false;
    account->destroyed_tx = state->tx;
    list_ending(state, account);
    return true;
}

bool tr_state_warm_account(tr_state *state, tr_acct *account)
{
    if (tr_acct_is_warm(account, state->tx)) return false;
    if (undo_account(state, TR_UNDO_WARM_ACCOUNT, account) != NULL) account->warm_tx = state->tx;
    return true;
}

bool tr_state_warm_slot(tr_state *state, tr_slot *slot)
{
    if (slot->warm_tx == state->tx) return false;
    tr_undo *u = tr_state_undo(state, TR_UNDO_WARM_SLOT);
    if (u == NULL) return true;
    u->slot = slot;
    slot->warm_tx = state->tx;
    return true;
}

static tr_transient *find_transient(const tr_state *state, uint32_t mark, const tr_acct *account,
                                    const tr_u256 *key)
{
    TR_TABLE_EACH(place, &state->transients, mark)
    {
        tr_transient *t = place->entry;
        if (t->owner == account && tr_u256_eq(t->key, *key)) return t;
    }
    return NULL;
}

tr_u256 tr_state_transient(const tr_state *state, const tr_acct *account, const tr_u256 *key)
{
    uint32_t mark = tr_slot_mark(&state->seed, account->more->mark, key);
    const tr_transient *t = find_transient(state, mark, account, key);
    return t == NULL ? TR_U256_ZERO : t->value;
}

bool tr_state_set_transient(tr_state *state, tr_acct *account, const tr_u256 *key,
                            const tr_u256 *value)
{
    uint32_t mark = tr_slot_mark(&state->seed, account->more->mark, key);
    tr_transient *t = find_transient(state, mark, account, key);
    if (t == NULL) {
        tr_alloc *alloc = &state->memory.alloc;
        if (tr_u256_iszero(*value)) return true;
        if (tr_table_reserve(&state->transients, alloc))
            t = tr_chunks_get(&state->transient_chunks, alloc);
        if (t == NULL) return tr_state_no_memory(state);
        *t = (tr_transient){.key = *key, .owner = account};
        tr_table_put(&state->transients, mark, t);
    }
    if (tr_u256_eq(t->value, *value)) return true;
    tr_undo *u = tr_state_undo(state, TR_UNDO_TRANSIENT);
    if (u == NULL) return false;
    u->transient = t;
    u->value = t->value;
    t->value = *value;
    return true;
}

static tr_log *grow_logs(tr_state *state)
{
    tr_alloc *alloc = &state->memory.alloc;
    size_t capacity = state->log_capacity == 0 ? FIRST_LOGS : 2 * state->log_capacity;
    tr_log *logs = alloc->resize(alloc, state->logs, state->log_capacity * sizeof(*logs),
                                 capacity * sizeof(*logs));
    if (logs == NULL) {
        (void)tr_state_no_memory(state);
        return NULL;
    }
    state->logs = logs;
    state->log_capacity = capacity;
    return logs;
}

bool tr_state_log(tr_state *state, tr_acct *account, size_t topic_count, const tr_hash topics[],
                  tr_bytes data)
{
    TR_ASSERT(topic_count <= 4);
    if (state->log_count == state->log_capacity && grow_logs(state) == NULL) return false;
    tr_bytes copy = {NULL, 0};
    if (data.len != 0) {
        copy = tr_arena_copy(&state->log_data, data);
        if (copy.data == NULL) return tr_state_no_memory(state);
    }
    if (tr_state_undo(state, TR_UNDO_LOG) == NULL) return false;
    tr_log *log = &state->logs[state->log_count++];
    log->account = account;
    log->topic_count = (uint32_t)topic_count;
    if (topic_count != 0) memcpy(log->topics, topics, topic_count * sizeof(*topics));
    log->data = copy;
    return true;
}

const tr_log *tr_state_logs(const tr_state *state, size_t *count)
{
    *count = state->log_count;
    return state->logs;
}

int64_t tr_state_refund(const tr_state *state)
{
    return state->refund;
}

void tr_state_add_refund(tr_state *state, int64_t change)
{
    if (change == 0) return;
    tr_undo *u = tr_state_undo(state, TR_UNDO_REFUND);
    if (u == NULL) return;
    u->refund = state->refund;
    state->refund += change;
}

tr_checkpoint tr_state_checkpoint(const tr_state *state)
{
    return state->undo_count;
}

static void undo_code(const tr_undo *u)
{
    tr_acct *a = u->account;
    a->code = u->code;
    a->has_code = u->has_code;
    a->is_code_read = u->is_code_read;
    a->analysis = NULL;
    a->exists = u->exists;
}

static void undo(tr_state *state, const tr_undo *u)
{
    switch ((tr_undo_kind)u->kind) {
    case TR_UNDO_BALANCE:
        u->account->balance = u->value;
        u->account->exists = u->exists;
        break;
    case TR_UNDO_NONCE:
        u->account->nonce = u->nonce;
        u->account->exists = u->exists;
        break;
    case TR_UNDO_CODE_HASH:
        u->account->code_hash = u->hash;
        break;
    case TR_UNDO_CODE:
        undo_code(u);
        break;
    case TR_UNDO_GENERATION:
        u->account->more->generation = u->number;
        break;
    case TR_UNDO_CREATED:
        u->account->created_tx = u->number;
        u->account->exists = u->exists;
        break;
    case TR_UNDO_DESTROYED:
        u->account->destroyed_tx = 0;
        break;
    case TR_UNDO_TOUCHED:
        u->account->touched_tx = 0;
        break;
    case TR_UNDO_WARM_ACCOUNT:
        u->account->warm_tx = 0;
        break;
    case TR_UNDO_SLOT:
        u->slot->value = u->value;
        break;
    case TR_UNDO_SLOT_EMPTIED:
        u->slot->value = u->value;
        u->slot->generation = u->number;
        u->slot->original_tx = 0;
        break;
    case TR_UNDO_SLOT_ORIGINAL:
        u->slot->original = u->value;
        u->slot->original_tx = state->tx;
        break;
    case TR_UNDO_WARM_SLOT:
        u->slot->warm_tx = 0;
        break;
    case TR_UNDO_TRANSIENT:
        u->transient->value = u->value;
        break;
    case TR_UNDO_LOG:
        state->log_count--;
        break;
    case TR_UNDO_REFUND:
        state->refund = u->refund;
        break;
    }
}

void tr_state_revert(tr_state *state, tr_checkpoint to)
{
    TR_ASSERT(to <= state->undo_count);
    while (state->undo_count > to) undo(state, &state->undo[--state->undo_count]);
}

/* After 2^32 transactions the numbers begin again, and no stamp may be taken for a new one. */
static void forget_stamps(tr_state *state)
{
    TR_CHUNKS_EACH(chunk, &state->account_chunks)
    {
        tr_acct_entry *entries = (tr_acct_entry *)(void *)chunk->entries;
        for (size_t i = 0; i < tr_chunks_used(&state->account_chunks, chunk); i++) {
            tr_acct *a = &entries[i].a;
            if (a->warm_tx != TR_ALWAYS_WARM) a->warm_tx = 0;
            a->created_tx = a->destroyed_tx = a->touched_tx = 0;
            a->more->ending_tx = a->more->for_good_tx = 0;
        }
    }
    TR_CHUNKS_EACH(chunk, &state->slot_chunks)
    {
        tr_slot *slots = (tr_slot *)(void *)chunk->entries;
        for (size_t i = 0; i < tr_chunks_used(&state->slot_chunks, chunk); i++)
            slots[i].warm_tx = slots[i].original_tx = 0;
    }
    state->tx = 1;
}

void tr_state_begin(tr_state *state)
{
    if (++state->tx == 0) forget_stamps(state);
    state->undo_count = state->log_count = 0;
    state->refund = 0;
    state->ending = NULL;
    tr_arena_reset(&state->log_data);
    tr_table_clear(&state->transients);
    tr_chunks_reset(&state->transient_chunks);
}

/* Takes an account away, for good. */
static bool remove_account(tr_state *state, tr_acct *account)
{
    if (!list_account(state, account)) return false;
    account->more->generation = ++state->generation;
    account->exists = false;
    account->nonce = 0;
    account->balance = TR_U256_ZERO;
    account->code_hash = tr_empty_code_hash;
    account->code = (tr_bytes){NULL, 0};
    account->has_code = false;
    account->is_code_read = true;
    account->analysis = NULL;
    return true;
}

bool tr_state_end(tr_state *state, bool clear_empty)
{
    for (tr_acct *a = state->ending; a != NULL; a = a->more->next_ending) {
        bool touched = a->touched_tx == state->tx || a->more->for_good_tx == state->tx;
        bool goes = a->destroyed_tx == state->tx || (clear_empty && touched && tr_acct_is_empty(a));
        if (goes && a->exists && !remove_account(state, a)) return false;
    }
    state->ending = NULL;
    state->undo_count = 0;
    return state->err == TR_OK;
}

uint32_t tr_state_tx(const tr_state *state)
{
    return state->tx;
}
