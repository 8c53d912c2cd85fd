#include "trestle/trie.h"

#include "codec/rlp.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "trie/build.h"
#include "trie/proof.h"

_Static_assert((int)TR_PATRICIA_KEY_BYTES == (int)TR_TRIE_KEY_MAX, "the longest key");

struct tr_patricia {
    tr_trie *trie;
    tr_arena arena; /* keys and values of the changes that wait */
    tr_buf changes; /* tr_trie_change */
    size_t max_bytes;
};

tr_err tr_patricia_new(int secure, size_t max_bytes, tr_patricia **out)
{
    tr_alloc *heap = tr_heap();
    tr_patricia *mpt = tr_alloc_get(heap, sizeof(*mpt));
    if (mpt == NULL) return TR_E_MEMORY;
    if (max_bytes == 0) max_bytes = SIZE_MAX;
    mpt->max_bytes = max_bytes;
    tr_arena_init(&mpt->arena, heap, max_bytes);
    tr_buf_init(&mpt->changes, heap, max_bytes);
    tr_trie_options options = {.alloc = heap, .secure = secure != 0, .limit = max_bytes};
    tr_err err = tr_trie_new(NULL, &options, &mpt->trie);
    if (err != TR_OK) {
        tr_alloc_put(heap, mpt, sizeof(*mpt));
        return err;
    }
    *out = mpt;
    return TR_OK;
}

void tr_patricia_free(tr_patricia *trie)
{
    if (trie == NULL) return;
    tr_trie_free(trie->trie);
    tr_buf_free(&trie->changes);
    tr_arena_free(&trie->arena);
    tr_alloc_put(tr_heap(), trie, sizeof(*trie));
}

tr_err tr_patricia_put(tr_patricia *trie, const uint8_t *key, size_t key_len, const uint8_t *value,
                       size_t value_len)
{
    if (key_len > TR_TRIE_KEY_MAX) return TR_E_RANGE;
    tr_trie_change change = {
        .key = tr_arena_copy(&trie->arena, (tr_bytes){key, key_len}),
        .value = tr_arena_copy(&trie->arena, (tr_bytes){value, value_len}),
    };
    if ((key_len != 0 && change.key.data == NULL) || (value_len != 0 && change.value.data == NULL))
        return TR_E_MEMORY;
    tr_buf_put(&trie->changes, tr_bytes_of(&change, sizeof(change)));
    return tr_buf_err(&trie->changes);
}

static tr_err apply(tr_patricia *mpt)
{
    size_t n = mpt->changes.len / sizeof(tr_trie_change);
    if (n == 0) return TR_OK;
    const void *changes = mpt->changes.data;
    TR_TRY(tr_trie_update(NULL, mpt->trie, NULL, n, changes));
    tr_buf_clear(&mpt->changes);
    tr_arena_reset(&mpt->arena);
    return TR_OK;
}

tr_err tr_patricia_root(tr_patricia *trie, uint8_t root[32])
{
    TR_TRY(apply(trie));
    return tr_trie_root(NULL, trie->trie, NULL, (tr_hash *)root);
}

tr_err tr_patricia_get(tr_patricia *trie, const uint8_t *key, size_t key_len, const uint8_t **value,
                       size_t *value_len)
{
    if (key_len > TR_TRIE_KEY_MAX) return TR_E_RANGE;
    TR_TRY(apply(trie));
    tr_bytes found;
    TR_TRY(tr_trie_get(NULL, trie->trie, (tr_bytes){key, key_len}, &found));
    *value = found.data;
    *value_len = found.len;
    return TR_OK;
}

/* A proof as one RLP list of strings. */
static tr_err write_proof(const tr_trie_proof *nodes, uint8_t *proof, size_t room,
                          size_t *proof_len)
{
    size_t payload = 0;
    for (size_t i = 0; i < nodes->count; i++) payload += tr_rlp_bytes_size(nodes->nodes[i]);
    *proof_len = tr_rlp_list_size(payload);
    if (*proof_len > room) return TR_E_LIMIT;
    tr_buf out;
    tr_buf_init_fixed(&out, proof, room);
    tr_rlp_put_list(&out, payload);
    for (size_t i = 0; i < nodes->count; i++) tr_rlp_put_bytes(&out, nodes->nodes[i]);
    return tr_buf_err(&out);
}

tr_err tr_patricia_prove(tr_patricia *trie, const uint8_t *key, size_t key_len, uint8_t *proof,
                         size_t room, size_t *proof_len)
{
    uint8_t root[32];
    tr_trie_proof nodes;
    if (key_len > TR_TRIE_KEY_MAX) return TR_E_RANGE;
    TR_TRY(tr_patricia_root(trie, root));
    tr_err err = tr_trie_prove(NULL, trie->trie, &trie->arena, (tr_bytes){key, key_len}, &nodes);
    if (err == TR_OK) err = write_proof(&nodes, proof, room, proof_len);
    tr_arena_reset(&trie->arena);
    return err;
}

/* The nodes of a proof as an array in arena. */
static tr_err read_proof(tr_arena *arena, const uint8_t *proof, size_t proof_len, tr_bytes **nodes,
                         size_t *count)
{
    tr_rlp all = tr_rlp_open((tr_bytes){proof, proof_len});
    tr_rlp list = tr_rlp_list(&all);
    *count = tr_rlp_count(&list);
    *nodes = TR_ARENA_ARRAY(arena, tr_bytes, *count);
    if (*nodes == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < *count; i++) (*nodes)[i] = tr_rlp_bytes(&list);
    tr_rlp_leave(&all, &list);
    return tr_rlp_finish(&all, NULL, "proof");
}

tr_err tr_patricia_proof_check(const uint8_t root[32], int secure, const uint8_t *key,
                               size_t key_len, const uint8_t *proof, size_t proof_len,
                               const uint8_t **value, size_t *value_len)
{
    tr_arena arena;
    tr_bytes *nodes, found = {NULL, 0}, path = {key, key_len};
    tr_hash hashed;
    size_t count;
    if (key_len > TR_TRIE_KEY_MAX && secure == 0) return TR_E_RANGE;
    if (secure != 0) {
        hashed = tr_keccak256(path);
        path = TR_VIEW(hashed.b);
    }
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_err err = read_proof(&arena, proof, proof_len, &nodes, &count);
    if (err == TR_OK) err = tr_trie_check(NULL, (const tr_hash *)root, path, count, nodes, &found);
    tr_arena_free(&arena);
    *value = found.data;
    *value_len = found.len;
    return err;
}

static tr_trie_entry *copy_entries(tr_arena *arena, size_t n, const tr_patricia_entry *entries)
{
    tr_trie_entry *copy = TR_ARENA_ARRAY(arena, tr_trie_entry, n);
    for (size_t i = 0; copy != NULL && i < n; i++)
        copy[i] = (tr_trie_entry){{entries[i].key, entries[i].key_len},
                                  {entries[i].value, entries[i].value_len}};
    return copy;
}

tr_err tr_patricia_range_check(const uint8_t root[32], const uint8_t *first, const uint8_t *last,
                               size_t key_len, size_t n, const tr_patricia_entry *entries,
                               const uint8_t *proof, size_t proof_len, int *more)
{
    tr_arena arena;
    tr_bytes *nodes = NULL;
    size_t count = 0;
    bool goes_on = false;
    if (key_len > TR_TRIE_KEY_MAX) return TR_E_RANGE;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_trie_entry *copy = copy_entries(&arena, n, entries);
    tr_err err = copy == NULL ? TR_E_MEMORY : TR_OK;
    if (err == TR_OK && proof_len != 0) err = read_proof(&arena, proof, proof_len, &nodes, &count);
    if (err == TR_OK)
        err =
            tr_trie_check_range(NULL, tr_heap(), (const tr_hash *)root, (tr_bytes){first, key_len},
                                (tr_bytes){last, key_len}, n, copy, count, nodes, &goes_on);
    tr_arena_free(&arena);
    *more = goes_on;
    return err;
}

tr_err tr_patricia_ordered_root(size_t n, const tr_patricia_entry *values, uint8_t root[32])
{
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_bytes *views = TR_ARENA_ARRAY(&arena, tr_bytes, n);
    tr_err err = views == NULL ? TR_E_MEMORY : TR_OK;
    for (size_t i = 0; err == TR_OK && i < n; i++)
        views[i] = (tr_bytes){values[i].value, values[i].value_len};
    if (err == TR_OK) err = tr_trie_ordered_root(NULL, tr_heap(), NULL, n, views, (tr_hash *)root);
    tr_arena_free(&arena);
    return err;
}
