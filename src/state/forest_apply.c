/* Changes of a run, put into the tries: first the storages, each with its root, then all accounts
 * at once. */
#include "state/forest_internal.h"

enum { LARGE = 1024 }; /* slots from which one storage is work for all threads */

/* What a batch needs beside the tries, in one piece of memory. */
typedef struct job {
    tr_storage *storage;
    const tr_account_change *change;
    size_t first; /* of its slots, in the batch */
    tr_err err;
} job;

typedef struct batch {
    tr_forest *forest;
    const tr_changes *changes;
    job *jobs;
    size_t job_count, slot_count;
    tr_trie_change *accounts, *slots;
    uint8_t (*keys)[32];
    uint8_t (*values)[TR_STORAGE_MAX];
    uint8_t (*leaves)[TR_ACCOUNT_MAX];
} batch;

static bool touches_storage(const tr_account_change *change)
{
    return change->slot_count != 0 || change->cleared || !change->exists;
}

static tr_err take_scratch(tr_trail *trail, batch *b)
{
    tr_forest *forest = b->forest;
    tr_alloc *alloc = &forest->memory.alloc;
    size_t n = b->changes->count, jobs = 0, slots = 0;
    for (size_t i = 0; i < n; i++) {
        jobs += touches_storage(&b->changes->accounts[i]);
        slots += b->changes->accounts[i].slot_count;
    }
    /* None overflows: the changes themselves take more of the address space. */
    size_t size = n * (sizeof(tr_trie_change) + TR_ACCOUNT_MAX) + jobs * sizeof(job) +
                  slots * (sizeof(tr_trie_change) + 32 + TR_STORAGE_MAX);
    if (size > forest->scratch_size) {
        tr_alloc_put(alloc, forest->scratch, forest->scratch_size);
        forest->scratch_size = 0;
        forest->scratch = tr_alloc_get(alloc, size);
        if (forest->scratch == NULL) return tr_counted_fail(trail, &forest->memory, "forest");
        forest->scratch_size = size;
    }
    b->jobs = forest->scratch;
    b->accounts = (tr_trie_change *)(void *)(b->jobs + jobs);
    b->slots = b->accounts + n;
    b->keys = (uint8_t(*)[32])(void *)(b->slots + slots);
    b->values = (uint8_t(*)[TR_STORAGE_MAX])(void *)(b->keys + slots);
    b->leaves = (uint8_t(*)[TR_ACCOUNT_MAX])(void *)(b->values + slots);
    return TR_OK;
}

/* The storage is empty from here on; what the store holds of it goes at the next commit. */
static void clear(tr_forest *forest, tr_storage *storage)
{
    tr_trie_free(storage->trie);
    storage->trie = NULL;
    storage->root = tr_trie_empty_root;
    storage->cleared = storage->unsaved = true;
    if (forest->source == NULL) tr_forest_close(forest, storage);
}

/* Opens the storage of a change; NULL when there is nothing to do to it. */
static tr_err open_storage(tr_trail *trail, tr_forest *forest, const tr_account_change *change,
                           tr_storage **out)
{
    tr_storage *storage = tr_forest_find(forest, &change->address);
    bool stays = change->exists && change->slot_count != 0;
    bool is_new = !change->existed || change->had_none || change->cleared || !change->exists;
    bool had_some = change->existed && !change->had_none && is_new;
    *out = NULL;
    if (storage == NULL && (stays || (had_some && forest->source != NULL))) {
        TR_TRY(tr_forest_open(trail, forest, &change->address, is_new ? &tr_trie_empty_root : NULL,
                              &storage));
        storage->cleared = had_some;
    } else if (storage != NULL && (change->cleared || !change->exists)) {
        clear(forest, storage);
        storage = forest->source == NULL ? NULL : storage;
        if (storage == NULL && stays)
            TR_TRY(tr_forest_open(trail, forest, &change->address, &tr_trie_empty_root, &storage));
    }
    if (storage == NULL) return TR_OK;
    storage->used = storage->unsaved = true;
    if (storage->trie == NULL && stays) TR_TRY(tr_forest_plant(trail, forest, storage));
    if (stays) *out = storage;
    return TR_OK;
}

static tr_err open_storages(tr_trail *trail, batch *b)
{
    for (size_t i = 0; i < b->changes->count; i++) {
        const tr_account_change *change = &b->changes->accounts[i];
        tr_storage *storage = NULL;
        if (!touches_storage(change)) continue;
        TR_TRY(open_storage(trail, b->forest, change, &storage));
        if (storage == NULL) continue;
        b->jobs[b->job_count++] = (job){storage, change, b->slot_count, TR_OK};
        b->slot_count += change->slot_count;
    }
    return TR_OK;
}

static tr_err update_storage(tr_trail *trail, batch *b, const job *j, tr_exec *exec)
{
    const tr_account_change *change = j->change;
    tr_trie_change *slots = b->slots + j->first;
    for (size_t i = 0; i < change->slot_count; i++) {
        uint8_t *key = b->keys[j->first + i], *value = b->values[j->first + i];
        const tr_slot_change *slot = &change->slots[i];
        tr_u256_to_be(slot->key, key);
        slots[i] = (tr_trie_change){tr_bytes_of(key, 32), {NULL, 0}};
        if (!tr_u256_iszero(slot->value))
            slots[i].value = tr_bytes_of(value, tr_storage_encode(&slot->value, value));
    }
    TR_TRY(tr_trie_update(trail, j->storage->trie, exec, change->slot_count, slots));
    return tr_trie_root(trail, j->storage->trie, exec, &j->storage->root);
}

static void run_job(void *context, size_t index)
{
    batch *b = context;
    job *j = &b->jobs[index];
    if (j->change->slot_count < LARGE) j->err = update_storage(NULL, b, j, NULL);
}

/* Large storages one by one, with all threads inside; the others side by side. */
static tr_err update_storages(tr_trail *trail, batch *b, tr_exec *exec)
{
    bool is_parallel = tr_exec_width(exec) > 1;
    for (size_t i = 0; i < b->job_count; i++)
        if (!is_parallel || b->jobs[i].change->slot_count >= LARGE)
            TR_TRY(update_storage(trail, b, &b->jobs[i], exec));
    if (!is_parallel) return TR_OK;
    tr_exec_run(exec, b->job_count, run_job, b);
    for (size_t i = 0; i < b->job_count; i++)
        if (b->jobs[i].err != TR_OK)
            return tr_fail(trail, b->jobs[i].err, "the storage of the account 0x%08x...: %s",
                           tr_load32be(b->jobs[i].storage->address.b), tr_err_text(b->jobs[i].err));
    return TR_OK;
}

static tr_err storage_root(tr_trail *trail, tr_forest *forest, const tr_account_change *change,
                           tr_hash *out)
{
    bool was_empty = change->had_none || !change->existed || change->cleared;
    *out = tr_trie_empty_root;
    if (was_empty && change->slot_count == 0) return TR_OK;
    const tr_storage *storage = tr_forest_find(forest, &change->address);
    if (storage != NULL) {
        *out = storage->root;
        return TR_OK;
    }
    if (forest->source == NULL) return TR_OK; /* it would be here */
    tr_account account;
    bool exists;
    TR_TRY(tr_forest_read(trail, forest, &change->address, &account, &exists));
    *out = account.storage_root;
    return TR_OK;
}

static tr_err update_accounts(tr_trail *trail, batch *b, tr_exec *exec)
{
    size_t n = b->changes->count;
    for (size_t i = 0; i < n; i++) {
        const tr_account_change *change = &b->changes->accounts[i];
        tr_account account = {
            .nonce = change->nonce, .balance = change->balance, .code_hash = change->code_hash};
        b->accounts[i] = (tr_trie_change){TR_VIEW(change->address.b), {NULL, 0}};
        if (!change->exists) continue;
        TR_TRY(storage_root(trail, b->forest, change, &account.storage_root));
        b->accounts[i].value = tr_bytes_of(b->leaves[i], tr_account_encode(&account, b->leaves[i]));
    }
    return tr_trie_update(trail, b->forest->accounts, exec, n, b->accounts);
}

/* Without a store to tell about them, storages that are empty again need not be kept. */
static void close_empty(batch *b)
{
    for (size_t i = 0; i < b->job_count && b->forest->source == NULL; i++) {
        tr_storage *storage = b->jobs[i].storage;
        if (memcmp(&storage->root, &tr_trie_empty_root, sizeof(tr_hash)) == 0)
            tr_forest_close(b->forest, storage);
    }
}

static tr_err apply(tr_trail *trail, batch *b, tr_exec *exec)
{
    TR_TRY(open_storages(trail, b));
    TR_TRY(update_storages(trail, b, exec));
    TR_TRY(update_accounts(trail, b, exec));
    close_empty(b);
    return TR_OK;
}

tr_err tr_forest_apply(tr_trail *trail, tr_forest *forest, tr_exec *exec, const tr_changes *changes)
{
    batch b = {.forest = forest, .changes = changes};
    TR_TRY(tr_forest_ready(trail, forest));
    if (changes->count == 0) return TR_OK;
    TR_TRY(take_scratch(trail, &b));
    tr_err err = apply(trail, &b, exec);
    if (err == TR_OK) return TR_OK;
    forest->broken = true;
    return tr_forest_limit(trail, forest, err);
}

tr_err tr_forest_root(tr_trail *trail, tr_forest *forest, tr_exec *exec, tr_hash *out)
{
    TR_TRY(tr_forest_ready(trail, forest));
    return tr_forest_limit(trail, forest, tr_trie_root(trail, forest->accounts, exec, out));
}
