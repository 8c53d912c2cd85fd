/* The life of a state, and its entries. */
#include "state/state.h"

#include "eth/account.h"
#include "state/state_internal.h"

enum { FIRST_GENERATION = 1 };

bool tr_state_no_memory(tr_state *state)
{
    if (state->err == TR_OK) state->err = tr_counted_fail(&state->trail, &state->memory, "state");
    return false;
}

tr_err tr_state_new(tr_trail *trail, const tr_state_options *options, tr_state **out)
{
    tr_state *state = tr_alloc_get(options->alloc, sizeof(*state));
    if (state == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a state");
    memset(state, 0, sizeof(*state));
    tr_counted_init(&state->memory, options->alloc, options->limit);
    tr_alloc *alloc = &state->memory.alloc;
    state->world = options->world;
    state->generation = FIRST_GENERATION;
    state->seed = tr_seed_of(options->seed, state);
    state->account_chunks.each = sizeof(tr_acct_entry);
    state->slot_chunks.each = sizeof(tr_slot);
    state->before_chunks.each = sizeof(tr_acct_before);
    state->transient_chunks.each = sizeof(tr_transient);
    tr_arena_init(&state->log_data, alloc, SIZE_MAX);
    tr_arena_init(&state->codes, alloc, SIZE_MAX);
    tr_trail_clear(&state->trail);
    if (!tr_table_init(&state->accounts, alloc) || !tr_table_init(&state->slots, alloc) ||
        !tr_table_init(&state->transients, alloc)) {
        tr_err err = tr_counted_fail(trail, &state->memory, "state");
        tr_state_free(state);
        return err;
    }
    *out = state;
    return TR_OK;
}

void tr_state_free(tr_state *state)
{
    if (state == NULL) return;
    tr_alloc *alloc = &state->memory.alloc, *from = state->memory.from;
    tr_table_free(&state->accounts, alloc);
    tr_table_free(&state->slots, alloc);
    tr_table_free(&state->transients, alloc);
    tr_chunks_free(&state->account_chunks, alloc);
    tr_chunks_free(&state->slot_chunks, alloc);
    tr_chunks_free(&state->before_chunks, alloc);
    tr_chunks_free(&state->transient_chunks, alloc);
    tr_arena_free(&state->log_data);
    tr_arena_free(&state->codes);
    tr_alloc_put(alloc, state->undo, state->undo_capacity * sizeof(tr_undo));
    tr_alloc_put(alloc, state->logs, state->log_capacity * sizeof(tr_log));
    tr_alloc_put(alloc, state->block_hashes, TR_BLOCK_HASHES * sizeof(tr_known_hash));
    tr_alloc_put(from, state, sizeof(*state));
}

void tr_state_clear(tr_state *state, tr_world *world)
{
    state->world = world;
    tr_table_clear(&state->accounts);
    tr_table_clear(&state->slots);
    tr_table_clear(&state->transients);
    tr_chunks_reset(&state->account_chunks);
    tr_chunks_reset(&state->slot_chunks);
    tr_chunks_reset(&state->before_chunks);
    tr_chunks_reset(&state->transient_chunks);
    tr_arena_reset(&state->log_data);
    tr_arena_reset(&state->codes);
    state->changed = state->ending = NULL;
    state->undo_count = state->log_count = 0;
    state->refund = 0;
    state->tx = 0;
    state->generation = FIRST_GENERATION;
    if (state->block_hashes != NULL)
        memset(state->block_hashes, 0, TR_BLOCK_HASHES * sizeof(tr_known_hash));
    state->memory.full = false;
    state->err = TR_OK;
    tr_trail_clear(&state->trail);
}

tr_err tr_state_error(const tr_state *state, tr_trail *trail)
{
    if (state->err != TR_OK && trail != NULL) *trail = state->trail;
    return state->err;
}

size_t tr_state_memory(const tr_state *state)
{
    return state->memory.used;
}

/* The world's part is asked for through these: an error of it is the state's from then on. */
static bool take(tr_state *state, tr_err err)
{
    if (TR_LIKELY(err == TR_OK)) return true;
    if (state->err != TR_OK) return false;
    state->err = err;
    if (state->trail.code != err) (void)tr_fail(&state->trail, err, "the world could not be read");
    return false;
}

static tr_acct *find_account(const tr_state *state, uint32_t mark, const tr_addr *address)
{
    TR_TABLE_EACH(place, &state->accounts, mark)
    {
        tr_acct *a = place->entry;
        if (tr_address_eq(&a->address, address)) return a;
    }
    return NULL;
}

static bool is_low(const tr_state *state, const tr_addr *address)
{
    static const uint8_t zeros[18];
    if (memcmp(address->b, zeros, sizeof(zeros)) != 0) return false;
    unsigned n = tr_load16be(address->b + 18);
    return n != 0 && (n <= state->low_highest || n == state->low_other);
}

/* An entry of which nothing is known yet. */
static tr_acct *new_account(tr_state *state, uint32_t mark, const tr_addr *address)
{
    tr_alloc *alloc = &state->memory.alloc;
    tr_acct_entry *entry = NULL;
    if (tr_table_reserve(&state->accounts, alloc))
        entry = tr_chunks_get(&state->account_chunks, alloc);
    if (entry == NULL) {
        (void)tr_state_no_memory(state);
        return NULL;
    }
    *entry = (tr_acct_entry){
        .a = {.address = *address,
              .warm_tx = is_low(state, address) ? TR_ALWAYS_WARM : 0,
              .more = &entry->more},
        .more = {.generation = FIRST_GENERATION,
                 .base = FIRST_GENERATION,
                 .mark = mark,
                 .is_unread = true},
    };
    tr_table_put(&state->accounts, mark, entry);
    return &entry->a;
}

/* Reads what is not known yet; a is the entry, or NULL when there is none. */
static tr_acct *read_account(tr_state *state, uint32_t mark, const tr_addr *address, tr_acct *a)
{
    tr_world_account w;
    if (state->err != TR_OK) return NULL;
    if (!take(state, state->world->account(state->world, &state->trail, address, &w))) return NULL;
    if (a == NULL) a = new_account(state, mark, address);
    if (a == NULL) return NULL;
    bool has_code = w.exists && memcmp(&w.code_hash, &tr_empty_code_hash, sizeof(tr_hash)) != 0;
    a->exists = w.exists;
    a->has_storage = w.exists && w.has_storage;
    a->is_code_read = !has_code;
    a->has_code = has_code;
    a->nonce = w.exists ? w.nonce : 0;
    a->balance = w.exists ? w.balance : TR_U256_ZERO;
    a->code_hash = has_code ? w.code_hash : tr_empty_code_hash;
    a->more->is_unread = false;
    return a;
}

tr_acct *tr_state_account(tr_state *state, const tr_addr *address)
{
    uint32_t mark = tr_address_mark(&state->seed, address);
    tr_acct *a = find_account(state, mark, address);
    bool is_known = a != NULL && !a->more->is_unread;
    return TR_LIKELY(is_known) ? a : read_account(state, mark, address, a);
}

tr_acct *tr_state_peek(const tr_state *state, const tr_addr *address)
{
    tr_acct *a = find_account(state, tr_address_mark(&state->seed, address), address);
    return a == NULL || a->more->is_unread ? NULL : a;
}

void tr_state_expect(tr_state *state, const tr_addr *address, bool near)
{
    if (state->world->expect != NULL) state->world->expect(state->world, address, near);
}

/* The entry, read or not. */
static tr_acct *entry_of(tr_state *state, const tr_addr *address)
{
    uint32_t mark = tr_address_mark(&state->seed, address);
    tr_acct *a = find_account(state, mark, address);
    return a != NULL ? a : new_account(state, mark, address);
}

bool tr_state_warm_address(tr_state *state, const tr_addr *address)
{
    tr_acct *a = entry_of(state, address);
    if (a != NULL) (void)tr_state_warm_account(state, a);
    return a != NULL && state->err == TR_OK;
}

bool tr_state_is_warm(const tr_state *state, const tr_addr *address)
{
    const tr_acct *a = find_account(state, tr_address_mark(&state->seed, address), address);
    return a != NULL ? tr_acct_is_warm(a, state->tx) : is_low(state, address);
}

void tr_state_warm_low(tr_state *state, unsigned highest, unsigned other)
{
    unsigned others[2] = {state->low_other, other}, last = TR_MAX(state->low_highest, highest);
    if (highest == state->low_highest && other == state->low_other) return;
    state->low_highest = highest;
    state->low_other = other;
    for (unsigned i = 1; i <= last + TR_COUNTOF(others); i++) {
        tr_addr address = {{0}};
        tr_store16be(address.b + 18, (uint16_t)(i <= last ? i : others[i - last - 1]));
        tr_acct *a = find_account(state, tr_address_mark(&state->seed, &address), &address);
        if (a != NULL) a->warm_tx = is_low(state, &address) ? TR_ALWAYS_WARM : 0;
    }
}

/* Asks for what is not known of a slot that the world may hold. */
static bool read_slot(tr_state *state, tr_slot *slot)
{
    tr_acct *owner = slot->owner;
    tr_u256 value = TR_U256_ZERO;
    if (owner->has_storage) {
        if (state->err != TR_OK) return false;
        tr_world *world = state->world;
        if (!take(state, world->slot(world, &state->trail, &owner->address, &slot->key, &value)))
            return false;
    }
    slot->value = slot->before = value;
    slot->generation = owner->more->base;
    slot->is_read = true;
    return true;
}

bool tr_state_current(tr_state *state, tr_slot *slot)
{
    tr_acct_more *more = slot->owner->more;
    if (more->generation == more->base) {
        if (slot->generation == 0) return read_slot(state, slot);
        /* Of a storage that was emptied before the state was settled. */
        slot->generation = more->base;
        slot->value = slot->before = TR_U256_ZERO;
        slot->original_tx = 0;
        return true;
    }
    if (slot->generation < more->base) slot->before = TR_U256_ZERO;
    bool has_original = slot->original_tx == state->tx;
    if (has_original) {
        tr_undo *u = tr_state_undo(state, TR_UNDO_SLOT_ORIGINAL);
        if (u == NULL) return false;
        u->slot = slot;
        u->value = slot->original;
    }
    tr_undo *u = tr_state_undo(state, TR_UNDO_SLOT_EMPTIED);
    if (u == NULL) return false;
    u->slot = slot;
    u->number = slot->generation;
    u->value = slot->value;
    slot->generation = more->generation;
    slot->value = TR_U256_ZERO;
    slot->original_tx = 0;
    tr_state_list_slot(slot); /* the account was, by what has emptied it */
    return true;
}

static tr_slot *new_slot(tr_state *state, uint32_t mark, tr_acct *account, const tr_u256 *key)
{
    tr_alloc *alloc = &state->memory.alloc;
    tr_slot *slot = NULL;
    if (tr_table_reserve(&state->slots, alloc)) slot = tr_chunks_get(&state->slot_chunks, alloc);
    if (slot == NULL) {
        (void)tr_state_no_memory(state);
        return NULL;
    }
    *slot = (tr_slot){.key = *key, .owner = account};
    tr_table_put(&state->slots, mark, slot);
    return slot;
}

static inline tr_slot *find_slot(const tr_state *state, uint32_t mark, const tr_acct *account,
                                 const tr_u256 *key)
{
    TR_TABLE_EACH(place, &state->slots, mark)
    {
        tr_slot *s = place->entry;
        if (TR_LIKELY(s->owner == account && tr_u256_eq(s->key, *key))) return s;
    }
    return NULL;
}

bool tr_state_warm_key(tr_state *state, const tr_addr *address, const tr_u256 *key)
{
    tr_acct *account = entry_of(state, address);
    if (account == NULL) return false;
    uint32_t mark = tr_slot_mark(&state->seed, account->more->mark, key);
    tr_slot *slot = NULL;
    TR_TABLE_EACH(place, &state->slots, mark)
    {
        tr_slot *s = place->entry;
        if (s->owner == account && tr_u256_eq(s->key, *key)) slot = s;
    }
    if (slot == NULL) slot = new_slot(state, mark, account, key);
    if (slot != NULL) (void)tr_state_warm_slot(state, slot);
    return slot != NULL && state->err == TR_OK;
}

tr_slot *tr_state_peek_slot(const tr_state *state, const tr_acct *account, const tr_u256 *key)
{
    return find_slot(state, tr_slot_mark(&state->seed, account->more->mark, key), account, key);
}

tr_slot *tr_state_slot(tr_state *state, tr_acct *account, const tr_u256 *key)
{
    uint32_t mark = tr_slot_mark(&state->seed, account->more->mark, key);
    tr_slot *slot = find_slot(state, mark, account, key);
    if (TR_LIKELY(slot != NULL && slot->generation == account->more->generation)) return slot;
    if (slot == NULL) slot = new_slot(state, mark, account, key);
    if (slot == NULL || !tr_state_current(state, slot)) return NULL;
    return slot;
}

bool tr_state_code(tr_state *state, tr_acct *account)
{
    if (account->is_code_read) return true;
    if (state->err != TR_OK) return false;
    tr_bytes code;
    tr_world *world = state->world;
    if (!take(state,
              world->code(world, &state->trail, &account->address, &account->code_hash, &code)))
        return false;
    account->code = code;
    account->is_code_read = true;
    return true;
}

bool tr_state_block_hash(tr_state *state, uint64_t number, tr_hash *out)
{
    tr_world *world = state->world;
    *out = (tr_hash){{0}};
    if (state->err != TR_OK) return false;
    if (world->block_hash == NULL) return true;
    if (state->block_hashes == NULL) {
        size_t size = TR_BLOCK_HASHES * sizeof(tr_known_hash);
        state->block_hashes = tr_alloc_get(&state->memory.alloc, size);
        if (state->block_hashes == NULL) return tr_state_no_memory(state);
        memset(state->block_hashes, 0, size);
    }
    tr_known_hash *known = &state->block_hashes[number % TR_BLOCK_HASHES];
    if (!known->known || known->number != number) {
        if (!take(state, world->block_hash(world, &state->trail, number, out))) return false;
        *known = (tr_known_hash){number, *out, true};
    }
    *out = known->hash;
    return true;
}

bool tr_state_has_storage(const tr_state *state, const tr_acct *account)
{
    (void)state;
    const tr_acct_more *more = account->more;
    if (account->has_storage && more->generation == more->base) return true;
    for (const tr_slot *s = more->slots; s != NULL; s = s->next)
        if (s->generation == more->generation && !tr_u256_iszero(s->value)) return true;
    return false;
}
