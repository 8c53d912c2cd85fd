/* Proofs of sparse trees, of many leaves, and snapshots of append-only trees.  The input makes a
 * tree and a question; the proof made is accepted, one bent as the input says is not, and the bare
 * input as a proof shows nothing that is not so. */
#include "os/heap.h"
#include "trie/frontier.h"
#include "trie/multiproof.h"
#include "trie/sparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 24 };

/* Bent in one bit of one of n hashes. */
static void bend(tr_cursor *c, size_t n, tr_hash hashes[])
{
    size_t at = tr_cursor_u8(c), bit = tr_cursor_u8(c);
    hashes[at % n].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static size_t some_keys(tr_cursor *c, unsigned depth, tr_hash keys[])
{
    size_t n = 1 + tr_cursor_u8(c) % MOST, to = 0;
    for (size_t i = 0; i < n; i++) {
        tr_hash key = {{0}};
        key.b[0] = tr_cursor_u8(c);
        key.b[depth / 8 - 1] ^= tr_cursor_u8(c);
        size_t at = 0;
        while (at < to && memcmp(&keys[at], &key, sizeof(key)) < 0) at++;
        if (at < to && memcmp(&keys[at], &key, sizeof(key)) == 0) continue;
        memmove(keys + at + 1, keys + at, (to - at) * sizeof(key));
        keys[at] = key;
        to++;
    }
    return to;
}

static void sparse(tr_arena *arena, tr_cursor *c)
{
    unsigned depth = tr_cursor_u8(c) % 2 == 0 ? 16 : 40; /* deeper ones take too long here */
    bool leaf = tr_cursor_u8(c) % 2 == 0;
    tr_sparse_form form;
    tr_sparse *tree;
    TR_ASSERT(tr_sparse_form_init(NULL, &form, tr_merkle_sha256, leaf ? tr_merkle_sha256 : NULL,
                                  depth, NULL) == TR_OK);
    TR_ASSERT(tr_sparse_new(NULL, tr_heap(), &form, 1 << 20, &tree) == TR_OK);
    tr_sparse_change changes[MOST];
    tr_hash keys[MOST + 1], values[MOST], root;
    for (unsigned batch = 0; batch < 2; batch++) {
        size_t n = some_keys(c, depth, keys);
        for (size_t i = 0; i < n; i++)
            changes[i] = (tr_sparse_change){keys[i], {{tr_cursor_u8(c) % 4}}};
        TR_ASSERT(tr_sparse_update(NULL, tree, n, changes) == TR_OK);
    }
    size_t n = some_keys(c, depth, keys);
    for (size_t i = 0; i < n; i++) values[i] = tr_sparse_get(tree, &keys[i]);
    tr_sparse_proof proof;
    root = tr_sparse_root(tree);
    TR_ASSERT(tr_sparse_prove(NULL, tree, arena, n, keys, &proof) == TR_OK);
    TR_ASSERT(tr_sparse_check(NULL, &form, arena, &root, n, keys, values, &proof) == TR_OK);
    tr_hash *words = TR_ARENA_ARRAY(arena, tr_hash, proof.count);
    memcpy(words, proof.words, proof.count * sizeof(tr_hash));
    proof.words = words;
    bend(c, proof.count, words);
    TR_ASSERT(tr_sparse_check(NULL, &form, arena, &root, n, keys, values, &proof) != TR_OK);
    /* The rest of the input as nodes: no other value is shown, whatever they are. */
    size_t count = TR_MIN(tr_cursor_left(c) / sizeof(tr_hash), proof.count);
    tr_bytes rest = tr_cursor_take(c, count * sizeof(tr_hash));
    if (count != 0) memcpy(words, rest.data, rest.len);
    values[0].b[1] ^= 1;
    TR_ASSERT(tr_sparse_check(NULL, &form, arena, &root, n, keys, values, &proof) != TR_OK);
    tr_sparse_free(tree);
}

static void many(tr_arena *arena, tr_cursor *c)
{
    tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 0};
    unsigned kind = tr_cursor_u8(c);
    if (kind % 2 == 0) rule.edge = TR_MERKLE_PROMOTE;
    rule.sorted = kind / 2 % 2 == 0;
    if (kind / 4 % 2 == 0 && rule.edge == TR_MERKLE_ZEROS) rule.depth = (uint8_t)(5 + kind / 8);
    size_t n = 1 + tr_cursor_u8(c) % MOST, count = 0;
    tr_hash leaves[MOST], nodes[MOST], shown[MOST], root;
    uint64_t positions[MOST];
    for (size_t i = 0; i < n; i++) leaves[i] = (tr_hash){{(uint8_t)(i + 1)}};
    uint32_t which = tr_cursor_u32le(c);
    for (size_t i = 0; i < n; i++) {
        if ((which >> i & 1) == 0 && (i + 1 < n || count != 0)) continue;
        positions[count] = i;
        shown[count++] = leaves[i];
    }
    memcpy(nodes, leaves, sizeof(nodes));
    tr_multiproof proof;
    TR_ASSERT(tr_multiproof_make(NULL, &rule, arena, n, nodes, count, positions, &proof, &root) ==
              TR_OK);
    tr_multiproof_part part = {count, positions, shown};
    TR_ASSERT(tr_multiproof_check(NULL, &rule, arena, n, &part, &proof, &root) == TR_OK);
    tr_hash *helpers = TR_ARENA_ARRAY(arena, tr_hash, proof.count);
    if (proof.count != 0) memcpy(helpers, proof.helpers, proof.count * sizeof(tr_hash));
    proof.helpers = helpers;
    if (proof.count != 0 && tr_cursor_u8(c) % 2 == 0) {
        bend(c, proof.count, helpers);
    } else {
        bend(c, count, shown);
    }
    TR_ASSERT(tr_multiproof_check(NULL, &rule, arena, n, &part, &proof, &root) == TR_E_TRIE_PROOF);
    proof.count = tr_cursor_u8(c);
    if (proof.count < n)
        TR_ASSERT(tr_multiproof_check(NULL, &rule, arena, n, &part,
                                      &(tr_multiproof){leaves, proof.count}, &root) != TR_E_MEMORY);
}

/* Any indices: either refused, or the helpers asked for are just enough. */
static void nodes_by_index(tr_arena *arena, tr_cursor *c)
{
    uint64_t index[MOST];
    tr_hash shown[MOST];
    size_t n = 1 + tr_cursor_u8(c) % MOST, count = 0;
    for (size_t i = 0; i < n; i++) {
        index[i] = tr_cursor_u64le(c) >> tr_cursor_u8(c) % 64;
        shown[i] = (tr_hash){{(uint8_t)i}};
    }
    const uint64_t *helpers;
    tr_err err = tr_multiproof_helpers(NULL, arena, n, index, &helpers, &count);
    TR_ASSERT(err == TR_OK || err == TR_E_TRIE_ORDER || err == TR_E_RANGE);
    if (err != TR_OK) return;
    tr_hash *given = TR_ARENA_ARRAY(arena, tr_hash, count + 1), root = {{9}};
    memset(given, 7, (count + 1) * sizeof(tr_hash));
    tr_multiproof_part part = {n, index, shown};
    tr_err want[] = {TR_E_SHORT, TR_E_TRIE_PROOF, TR_E_TRAILING};
    for (size_t i = count == 0 ? 1 : 0; i < 3; i++) {
        tr_multiproof proof = {given, count + i - 1};
        TR_ASSERT(tr_multiproof_check_nodes(NULL, tr_merkle_sha256, arena, &part, &proof, &root) ==
                  want[i]);
    }
}

static void snapshots(tr_cursor *c)
{
    tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 0};
    rule.depth = (uint8_t)(6 + tr_cursor_u8(c) % 12);
    tr_frontier tree, again;
    tr_hash leaves[MOST];
    TR_ASSERT(tr_frontier_init(NULL, &tree, &rule) == TR_OK);
    for (unsigned batch = 0; batch < 2; batch++) {
        size_t n = tr_cursor_u8(c) % MOST;
        for (size_t i = 0; i < n; i++) leaves[i] = (tr_hash){{tr_cursor_u8(c)}};
        TR_ASSERT(tr_frontier_append(NULL, &tree, n, leaves) == TR_OK);
    }
    tr_deposit_snapshot snapshot = {.block_height = 1};
    tr_deposit_snapshot_get(&tree, &snapshot);
    TR_ASSERT(tr_deposit_snapshot_restore(NULL, &rule, &snapshot, &again) == TR_OK);
    tr_hash a = tr_frontier_root(&tree), b = tr_frontier_root(&again);
    TR_ASSERT(memcmp(&a, &b, sizeof(a)) == 0);
    unsigned how = tr_cursor_u8(c) % 3;
    uint64_t count = snapshot.deposit_count;
    if (how == 0) snapshot.deposit_count = tr_cursor_u64le(c);
    if (how == 1) bend(c, 1, &snapshot.deposit_root);
    if (how == 2 && count != 0) bend(c, snapshot.finalized_count, snapshot.finalized);
    if (how == 0 ? snapshot.deposit_count == count : how == 2 && count == 0) return;
    TR_ASSERT(tr_deposit_snapshot_restore(NULL, &rule, &snapshot, &again) != TR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), 1 << 20);
    tr_cursor c = tr_cursor_of((tr_bytes){data + 1, len - 1});
    switch (data[0] % 4) {
    case 0:
        sparse(&arena, &c);
        break;
    case 1:
        many(&arena, &c);
        break;
    case 2:
        nodes_by_index(&arena, &c);
        break;
    case 3:
        snapshots(&c);
        break;
    }
    tr_arena_free(&arena);
    return 0;
}
