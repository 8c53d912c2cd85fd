/* The root of a state that is all known, by the builder of tries. */
#include "eth/account.h"
#include "hash/keccak.h"
#include "state/forest.h"
#include "state/table.h"
#include "trie/build.h"

enum { PIECE = 64 };

/* Entries of a secure trie: keys are hashed in place, then all are put in order. */
typedef struct hashed {
    tr_hash key;
    uint8_t value_len;
    uint8_t value[TR_ACCOUNT_MAX];
} hashed;

static int tie(const void *a, const void *b)
{
    return memcmp(&((const hashed *)a)->key, &((const hashed *)b)->key, sizeof(tr_hash));
}

static tr_err no_memory(tr_trail *trail)
{
    return tr_fail(trail, TR_E_MEMORY, "no memory for the root of a state");
}

/* Sorts n items whose keys are hashed, and builds. */
static tr_err build(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n, const hashed *items,
                    tr_hash *out)
{
    tr_trie_entry *entries = TR_ARENA_ARRAY(arena, tr_trie_entry, n);
    tr_sorted *sorted = TR_ARENA_ARRAY(arena, tr_sorted, 2 * n);
    if (entries == NULL || sorted == NULL) return no_memory(trail);
    for (size_t i = 0; i < n; i++) sorted[i] = (tr_sorted){tr_load64be(items[i].key.b), &items[i]};
    tr_sort_entries(n, sorted, tie);
    for (size_t i = 0; i < n; i++) {
        const hashed *item = sorted[i].entry;
        entries[i] =
            (tr_trie_entry){TR_VIEW(item->key.b), tr_bytes_of(item->value, item->value_len)};
    }
    return tr_trie_build(trail, &arena->alloc, exec, n, entries, out);
}

static size_t fill_slots(const tr_account_change *account, hashed *items)
{
    uint8_t keys[PIECE][32];
    tr_hash hashes[PIECE];
    tr_bytes views[PIECE];
    size_t n = 0;
    for (size_t from = 0; from < account->slot_count; from += PIECE) {
        size_t count = TR_MIN(account->slot_count - from, (size_t)PIECE), used = 0;
        for (size_t i = 0; i < count; i++) {
            const tr_slot_change *slot = &account->slots[from + i];
            if (tr_u256_iszero(slot->value)) continue;
            tr_u256_to_be(slot->key, keys[used]);
            views[used] = TR_VIEW(keys[used]);
            items[n + used].value_len =
                (uint8_t)tr_storage_encode(&slot->value, items[n + used].value);
            used++;
        }
        tr_keccak256_many(used, views, hashes);
        for (size_t i = 0; i < used; i++) items[n + i].key = hashes[i];
        n += used;
    }
    return n;
}

static tr_err storage_root(tr_trail *trail, tr_arena *arena, tr_exec *exec,
                           const tr_account_change *account, tr_hash *out)
{
    *out = tr_trie_empty_root;
    if (account->slot_count == 0) return TR_OK;
    hashed *items = TR_ARENA_ARRAY(arena, hashed, account->slot_count);
    if (items == NULL) return no_memory(trail);
    return build(trail, arena, exec, fill_slots(account, items), items, out);
}

static tr_err state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, const tr_changes *all,
                         tr_hash *out)
{
    hashed *items = TR_ARENA_ARRAY(arena, hashed, all->count);
    size_t n = 0;
    if (items == NULL) return no_memory(trail);
    for (size_t i = 0; i < all->count; i++) {
        const tr_account_change *change = &all->accounts[i];
        tr_account account = {
            .nonce = change->nonce, .balance = change->balance, .code_hash = change->code_hash};
        if (!change->exists) continue;
        tr_arena_mark mark = tr_arena_save(arena);
        tr_err err = storage_root(trail, arena, exec, change, &account.storage_root);
        tr_arena_rewind(arena, mark);
        TR_TRY(err);
        items[n].key = tr_keccak256(TR_VIEW(change->address.b));
        items[n].value_len = (uint8_t)tr_account_encode(&account, items[n].value);
        n++;
    }
    return build(trail, arena, exec, n, items, out);
}

tr_err tr_state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, const tr_changes *all,
                     tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_err err = state_root(trail, arena, exec, all, out);
    tr_arena_rewind(arena, mark);
    return err;
}
