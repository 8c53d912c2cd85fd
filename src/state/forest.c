/* The life of a forest, and reading it. */
#include "state/forest.h"

#include "hash/keccak.h"
#include "state/forest_internal.h"

tr_err tr_forest_ready(tr_trail *trail, const tr_forest *forest)
{
    if (forest->broken) return tr_fail(trail, TR_E_STATE, "changes of this forest failed half-way");
    return TR_OK;
}

tr_err tr_forest_limit(tr_trail *trail, const tr_forest *forest, tr_err err)
{
    return err == TR_E_MEMORY ? tr_counted_fail(trail, &forest->memory, "forest") : err;
}

static tr_err new_trie(tr_trail *trail, tr_forest *forest, const tr_hash *owner,
                       const tr_hash *root, tr_trie **out)
{
    tr_forest_source *source = forest->source;
    tr_trie_options options = {
        .alloc = &forest->memory.alloc, .root = *root, .secure = true, .limit = SIZE_MAX};
    if (source != NULL) {
        options.source = source->trie(source, owner);
        if (options.source == NULL)
            return tr_fail(trail, TR_E_MEMORY, "no memory for the source of a trie");
    }
    return tr_forest_limit(trail, forest, tr_trie_new(trail, &options, out));
}

tr_storage *tr_forest_find(const tr_forest *forest, const tr_addr *address)
{
    TR_TABLE_EACH(place, &forest->table, tr_address_mark(&forest->seed, address))
    {
        tr_storage *storage = place->entry;
        if (tr_address_eq(&storage->address, address)) return storage;
    }
    return NULL;
}

tr_err tr_forest_plant(tr_trail *trail, tr_forest *forest, tr_storage *storage)
{
    return new_trie(trail, forest, &storage->owner, &storage->root, &storage->trie);
}

static tr_err root_of(tr_trail *trail, tr_forest *forest, const tr_addr *address, tr_hash *out)
{
    tr_account account;
    bool exists;
    TR_TRY(tr_forest_read(trail, forest, address, &account, &exists));
    *out = account.storage_root;
    if (forest->source != NULL || memcmp(out, &tr_trie_empty_root, sizeof(*out)) == 0) return TR_OK;
    return tr_fail(trail, TR_E_STATE, "a forest in memory lacks a storage");
}

tr_err tr_forest_open(tr_trail *trail, tr_forest *forest, const tr_addr *address,
                      const tr_hash *root, tr_storage **out)
{
    tr_hash its_root;
    if (root == NULL) TR_TRY(root_of(trail, forest, address, &its_root));
    tr_storage *storage = forest->free;
    if (!tr_table_reserve(&forest->table, &forest->memory.alloc))
        return tr_counted_fail(trail, &forest->memory, "forest");
    if (storage == NULL) storage = tr_chunks_get(&forest->chunks, &forest->memory.alloc);
    if (storage == NULL) return tr_counted_fail(trail, &forest->memory, "forest");
    if (storage == forest->free) forest->free = storage->next;
    *storage = (tr_storage){.address = *address,
                            .mark = tr_address_mark(&forest->seed, address),
                            .owner = tr_keccak256(TR_VIEW(address->b)),
                            .root = root == NULL ? its_root : *root};
    tr_err err = tr_forest_plant(trail, forest, storage);
    if (err != TR_OK) {
        storage->next = forest->free;
        forest->free = storage;
        return err;
    }
    storage->next = forest->storages;
    if (storage->next != NULL) storage->next->previous = storage;
    forest->storages = storage;
    tr_table_put(&forest->table, storage->mark, storage);
    *out = storage;
    return TR_OK;
}

void tr_forest_close(tr_forest *forest, tr_storage *storage)
{
    tr_trie_free(storage->trie);
    tr_table_remove(&forest->table, storage->mark, storage);
    if (storage->next != NULL) storage->next->previous = storage->previous;
    if (storage->previous != NULL)
        storage->previous->next = storage->next;
    else
        forest->storages = storage->next;
    storage->next = forest->free;
    forest->free = storage;
}

tr_err tr_forest_read(tr_trail *trail, tr_forest *forest, const tr_addr *address, tr_account *out,
                      bool *exists)
{
    tr_bytes leaf;
    *exists = false;
    *out = (tr_account){.storage_root = tr_trie_empty_root, .code_hash = tr_empty_code_hash};
    tr_err err = tr_trie_get(trail, forest->accounts, TR_VIEW(address->b), &leaf);
    if (err == TR_E_NOT_FOUND) return TR_OK;
    TR_TRY(tr_forest_limit(trail, forest, err));
    *exists = true;
    return tr_account_decode(trail, leaf, out);
}

/* The world over the tries. */

static tr_err world_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                            tr_world_account *out)
{
    tr_forest *forest = (tr_forest *)self;
    tr_account account;
    TR_TRY(tr_forest_ready(trail, forest));
    TR_TRY(tr_forest_read(trail, forest, address, &account, &out->exists));
    out->has_storage = memcmp(&account.storage_root, &tr_trie_empty_root, sizeof(tr_hash)) != 0;
    out->nonce = account.nonce;
    out->balance = account.balance;
    out->code_hash = account.code_hash;
    return TR_OK;
}

static tr_err world_slot(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_u256 *key, tr_u256 *out)
{
    tr_forest *forest = (tr_forest *)self;
    uint8_t key_bytes[32];
    tr_bytes leaf;
    *out = TR_U256_ZERO;
    TR_TRY(tr_forest_ready(trail, forest));
    tr_storage *storage = tr_forest_find(forest, address);
    if (storage == NULL) TR_TRY(tr_forest_open(trail, forest, address, NULL, &storage));
    storage->used = true;
    if (storage->trie == NULL) return TR_OK;
    tr_u256_to_be(*key, key_bytes);
    tr_err err = tr_trie_get(trail, storage->trie, TR_VIEW(key_bytes), &leaf);
    if (err == TR_E_NOT_FOUND) return TR_OK;
    TR_TRY(tr_forest_limit(trail, forest, err));
    return tr_storage_decode(trail, leaf, out);
}

static tr_err world_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_hash *code_hash, tr_bytes *out)
{
    tr_forest_source *source = ((tr_forest *)self)->source;
    (void)address;
    *out = (tr_bytes){NULL, 0};
    if (source == NULL || source->code == NULL)
        return tr_fail(trail, TR_E_NOT_FOUND, "a forest without a source of codes");
    return source->code(source, trail, code_hash, out);
}

static tr_err world_block_hash(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    tr_forest_source *source = ((tr_forest *)self)->source;
    *out = (tr_hash){{0}};
    if (source == NULL || source->block_hash == NULL) return TR_OK;
    return source->block_hash(source, trail, number, out);
}

tr_err tr_forest_new(tr_trail *trail, const tr_forest_options *options, tr_forest **out)
{
    tr_forest *forest = tr_alloc_get(options->alloc, sizeof(*forest));
    if (forest == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a forest");
    memset(forest, 0, sizeof(*forest));
    forest->door = (tr_world){world_account, world_slot, world_code, world_block_hash, NULL};
    tr_counted_init(&forest->memory, options->alloc, options->limit);
    forest->source = options->source;
    forest->seed = tr_seed_of(0, forest);
    forest->chunks.each = sizeof(tr_storage);
    tr_hash root = options->source == NULL ? tr_trie_empty_root : options->root;
    tr_err err = new_trie(trail, forest, NULL, &root, &forest->accounts);
    if (err == TR_OK && !tr_table_init(&forest->table, &forest->memory.alloc))
        err = tr_counted_fail(trail, &forest->memory, "forest");
    if (err != TR_OK) {
        tr_forest_free(forest);
        return err;
    }
    *out = forest;
    return TR_OK;
}

void tr_forest_free(tr_forest *forest)
{
    if (forest == NULL) return;
    tr_alloc *alloc = &forest->memory.alloc;
    for (tr_storage *s = forest->storages; s != NULL; s = s->next) tr_trie_free(s->trie);
    tr_trie_free(forest->accounts);
    tr_table_free(&forest->table, alloc);
    tr_chunks_free(&forest->chunks, alloc);
    tr_alloc_put(alloc, forest->scratch, forest->scratch_size);
    tr_alloc_put(forest->memory.from, forest, sizeof(*forest));
}

tr_world *tr_forest_world(tr_forest *forest)
{
    return &forest->door;
}

tr_err tr_forest_storage_root(tr_trail *trail, tr_forest *forest, const tr_addr *address,
                              tr_hash *out)
{
    tr_account account;
    bool exists;
    TR_TRY(tr_forest_ready(trail, forest));
    TR_TRY(tr_forest_read(trail, forest, address, &account, &exists));
    *out = account.storage_root;
    return TR_OK;
}

tr_err tr_forest_prove(tr_trail *trail, tr_forest *forest, tr_arena *arena, const tr_addr *address,
                       size_t slot_count, const tr_u256 slots[], tr_trie_proof *account_proof,
                       tr_trie_proof slot_proofs[])
{
    tr_account account;
    tr_storage *storage = tr_forest_find(forest, address);
    bool exists;
    TR_TRY(tr_forest_ready(trail, forest));
    TR_TRY(tr_trie_prove(trail, forest->accounts, arena, TR_VIEW(address->b), account_proof));
    TR_TRY(tr_forest_read(trail, forest, address, &account, &exists));
    bool is_empty = memcmp(&account.storage_root, &tr_trie_empty_root, sizeof(tr_hash)) == 0;
    if (storage == NULL && !is_empty && slot_count != 0)
        TR_TRY(tr_forest_open(trail, forest, address, &account.storage_root, &storage));
    for (size_t i = 0; i < slot_count; i++) {
        uint8_t key[32];
        slot_proofs[i] = (tr_trie_proof){NULL, 0};
        if (is_empty || storage == NULL) continue;
        storage->used = true;
        tr_u256_to_be(slots[i], key);
        TR_TRY(tr_trie_prove(trail, storage->trie, arena, TR_VIEW(key), &slot_proofs[i]));
    }
    return TR_OK;
}
