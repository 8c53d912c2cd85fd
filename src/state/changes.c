/* What a run has done to the world, and what it has read of it. */
#include "state/state_internal.h"

static bool is_in_base(const tr_acct *a)
{
    return a->more->generation == a->more->base;
}

/* What a slot holds now, and what the world holds of it as its account is now. */
static tr_u256 value_of(const tr_slot *s)
{
    return tr_slot_is_current(s) ? s->value : TR_U256_ZERO;
}

static tr_u256 before_of(const tr_slot *s)
{
    return is_in_base(s->owner) ? s->before : TR_U256_ZERO;
}

/* A slot that is not known again has not changed: what was done to it was undone. */
static bool has_slot_changed(const tr_slot *s)
{
    if (is_in_base(s->owner) && !tr_slot_is_current(s)) return false;
    return !tr_u256_eq(value_of(s), before_of(s));
}

static int tie_slots(const void *a, const void *b)
{
    return tr_u256_cmp(((const tr_slot *)a)->key, ((const tr_slot *)b)->key);
}

static int tie_accounts(const void *a, const void *b)
{
    return memcmp(&((const tr_acct *)a)->address, &((const tr_acct *)b)->address, sizeof(tr_addr));
}

typedef struct listing {
    tr_arena *arena;
    tr_sorted *items; /* room for twice as many */
    tr_slot_change *slots;
} listing;

static size_t list_slots(listing *l, const tr_acct *a)
{
    size_t n = 0;
    for (const tr_slot *s = a->more->slots; s != NULL && a->exists; s = s->next)
        if (has_slot_changed(s)) l->items[n++] = (tr_sorted){s->key.w[3], s};
    tr_sort_entries(n, l->items, tie_slots);
    for (size_t i = 0; i < n; i++) {
        const tr_slot *s = l->items[i].entry;
        l->slots[i] = (tr_slot_change){s->key, value_of(s), before_of(s)};
    }
    return n;
}

/* False when nothing of the account is other than before. */
static bool list_account(listing *l, const tr_acct *a, tr_account_change *out)
{
    const tr_acct_before *before = a->more->before;
    if (!a->exists && !before->exists) return false;
    bool code_changed = memcmp(&a->code_hash, &before->code_hash, sizeof(tr_hash)) != 0;
    *out = (tr_account_change){
        .address = a->address,
        .exists = a->exists,
        .existed = before->exists,
        .cleared = a->has_storage && !is_in_base(a),
        .had_none = !a->has_storage,
        .code_changed = code_changed,
        .nonce = a->nonce,
        .balance = a->balance,
        .code_hash = a->code_hash,
        .code = code_changed ? a->code : (tr_bytes){NULL, 0},
        .slots = l->slots,
        .slot_count = list_slots(l, a),
    };
    l->slots += out->slot_count;
    return a->exists != before->exists || code_changed || out->cleared || out->slot_count != 0 ||
           a->nonce != before->nonce || !tr_u256_eq(a->balance, before->balance);
}

static tr_err no_memory(tr_trail *trail)
{
    return tr_fail(trail, TR_E_MEMORY, "no memory to list what a state holds");
}

/* In the order of addresses entries lie anywhere: they are called into the cache before their turn
 * (measured on 50,000 accounts: half the time of it all). */
static void call_ahead(size_t n, const tr_sorted *sorted, size_t i)
{
    enum { FAR = 12, NEAR = 6 };
    if (i + FAR < n) {
        const tr_acct_entry *far = sorted[i + FAR].entry;
        __builtin_prefetch(&far->a);
        __builtin_prefetch(&far->a.code_hash);
        __builtin_prefetch(&far->more);
    }
    if (i + NEAR < n) {
        const tr_acct_entry *near = sorted[i + NEAR].entry;
        __builtin_prefetch(near->more.before);
        __builtin_prefetch(&near->more.before->nonce);
    }
}

tr_err tr_state_changes(tr_trail *trail, const tr_state *state, tr_arena *arena, tr_changes *out)
{
    size_t accounts = 0, slots = 0, n = 0;
    *out = (tr_changes){NULL, 0};
    if (state->err != TR_OK) return tr_state_error(state, trail);
    for (const tr_acct *a = state->changed; a != NULL; a = a->more->next_changed) {
        accounts++;
        for (const tr_slot *s = a->more->slots; s != NULL; s = s->next) slots++;
    }
    tr_account_change *changes = TR_ARENA_ARRAY(arena, tr_account_change, accounts);
    listing l = {.arena = arena, .slots = TR_ARENA_ARRAY(arena, tr_slot_change, slots)};
    tr_sorted *sorted = TR_ARENA_ARRAY(arena, tr_sorted, 2 * accounts);
    l.items = TR_ARENA_ARRAY(arena, tr_sorted, 2 * slots);
    if (changes == NULL || l.slots == NULL || sorted == NULL || l.items == NULL)
        return no_memory(trail);
    for (const tr_acct *a = state->changed; a != NULL; a = a->more->next_changed)
        sorted[n++] = (tr_sorted){tr_load64be(a->address.b), a};
    tr_sort_entries(n, sorted, tie_accounts);
    out->accounts = changes;
    for (size_t i = 0; i < n; i++) {
        call_ahead(n, sorted, i);
        out->count += list_account(&l, sorted[i].entry, &changes[out->count]);
    }
    return TR_OK;
}

/* Reads: every account that is known, and every slot that the world was asked for. */

static int tie_reads(const void *a, const void *b)
{
    const tr_slot *x = a, *y = b;
    int c = tie_accounts(x->owner, y->owner);
    return c != 0 ? c : tie_slots(x, y);
}

static void list_read(const tr_acct *a, tr_account_change *out)
{
    tr_acct_before now = {a->balance, a->code_hash, a->nonce, a->exists};
    const tr_acct_before *b = a->more->before != NULL ? a->more->before : &now;
    *out = (tr_account_change){.address = a->address,
                               .exists = b->exists,
                               .existed = b->exists,
                               .had_none = !a->has_storage,
                               .nonce = b->nonce,
                               .balance = b->balance,
                               .code_hash = b->code_hash};
}

static size_t gather_slots(const tr_state *state, tr_sorted *items)
{
    size_t n = 0;
    TR_CHUNKS_EACH(chunk, &state->slot_chunks)
    {
        const tr_slot *slots = (const tr_slot *)(const void *)chunk->entries;
        for (size_t i = 0; i < tr_chunks_used(&state->slot_chunks, chunk); i++)
            if (slots[i].is_read)
                items[n++] = (tr_sorted){tr_load64be(slots[i].owner->address.b), &slots[i]};
    }
    return n;
}

static size_t gather_accounts(const tr_state *state, tr_sorted *items)
{
    size_t n = 0;
    TR_CHUNKS_EACH(chunk, &state->account_chunks)
    {
        const tr_acct_entry *entries = (const tr_acct_entry *)(const void *)chunk->entries;
        for (size_t i = 0; i < tr_chunks_used(&state->account_chunks, chunk); i++)
            if (!entries[i].more.is_unread)
                items[n++] = (tr_sorted){tr_load64be(entries[i].a.address.b), &entries[i].a};
    }
    return n;
}

tr_err tr_state_reads(tr_trail *trail, const tr_state *state, tr_arena *arena, tr_changes *out)
{
    *out = (tr_changes){NULL, 0};
    if (state->err != TR_OK) return tr_state_error(state, trail);
    size_t accounts = state->accounts.count, slots = state->slots.count;
    tr_account_change *changes = TR_ARENA_ARRAY(arena, tr_account_change, accounts);
    tr_slot_change *slot_changes = TR_ARENA_ARRAY(arena, tr_slot_change, slots);
    tr_sorted *by_address = TR_ARENA_ARRAY(arena, tr_sorted, 2 * accounts);
    tr_sorted *items = TR_ARENA_ARRAY(arena, tr_sorted, 2 * slots);
    if (changes == NULL || slot_changes == NULL || by_address == NULL || items == NULL)
        return no_memory(trail);
    size_t read = gather_slots(state, items), at = 0;
    tr_sort_entries(read, items, tie_reads);
    accounts = gather_accounts(state, by_address);
    tr_sort_entries(accounts, by_address, tie_accounts);
    for (size_t i = 0; i < accounts; i++) {
        const tr_acct *a = by_address[i].entry;
        list_read(a, &changes[i]);
        changes[i].slots = slot_changes + at;
        for (size_t from = at; at < read; at++) {
            const tr_slot *s = items[at].entry;
            if (s->owner != a) break;
            tr_u256 value = s->generation < a->more->base ? TR_U256_ZERO : s->before;
            slot_changes[at] = (tr_slot_change){s->key, value, value};
            changes[i].slot_count = at + 1 - from;
        }
    }
    *out = (tr_changes){changes, accounts};
    return TR_OK;
}

/* Settling. */

static void settle_slots(tr_acct *a)
{
    bool has_storage = a->has_storage && is_in_base(a);
    for (tr_slot *s = a->more->slots, *next; s != NULL; s = next) {
        next = s->next;
        s->is_listed = false;
        s->next = NULL;
        if (s->generation == 0) continue;
        s->value = s->before = value_of(s);
        if (!tr_slot_is_current(s)) s->original_tx = 0;
        s->generation = a->more->generation;
        if (!tr_u256_iszero(s->value)) has_storage = true;
    }
    a->has_storage = has_storage;
}

void tr_state_settle(tr_state *state)
{
    for (tr_acct *a = state->changed, *next; a != NULL; a = next) {
        next = a->more->next_changed;
        settle_slots(a);
        a->more->slots = NULL;
        a->more->before = NULL;
        a->more->base = a->more->generation;
    }
    state->changed = NULL;
    state->undo_count = 0;
    tr_chunks_reset(&state->before_chunks);
}
