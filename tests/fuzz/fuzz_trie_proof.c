/* Proofs: whatever is accepted is said by nodes in their one form, each of them needed, and no
 * other value under the same root.
 *
 * Input: a byte that chooses, then
 *   even  the length of the key, the key, and nodes, each after its length (two bytes).  So that
 *         the checker gets beyond the first, the hash of a node is written into the one before it,
 *         behind the first two bytes a0 ee; the root is the hash of the first.
 *   odd   values of an ordered trie, each after its length, the index of one, and a change to its
 *         proof: which node, which byte, and what is done. */
#include "hash/keccak.h"
#include "os/heap.h"
#include "trie/build.h"
#include "trie/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NODES = 24, VALUES = 300 };

static tr_bytes take_sized(tr_cursor *c, size_t size)
{
    return tr_cursor_take(c, TR_MIN(size, tr_cursor_left(c)));
}

static tr_bytes copy_of(tr_arena *arena, tr_bytes bytes)
{
    tr_bytes copy = tr_arena_copy(arena, bytes);
    TR_ASSERT(copy.data != NULL);
    return copy;
}

/* Writes a hash behind the first a0 ee. */
static void link_node(uint8_t *node, size_t len, const tr_hash *hash)
{
    for (size_t i = 0; i + 33 <= len; i++) {
        if (node[i] != 0xa0 || node[i + 1] != 0xee) continue;
        memcpy(node + i + 1, hash, sizeof(*hash));
        return;
    }
}

/* Each node of an accepted proof is in its one form, and none of them can be another. */
static void check_accepted(tr_arena *arena, const tr_hash *root, tr_bytes key, size_t count,
                           tr_bytes *nodes, tr_err err, tr_bytes value)
{
    tr_bytes again;
    bool found;
    TR_ASSERT(tr_trie_check_many(NULL, root, arena, 1, &key, count, nodes, &again, &found) ==
              TR_OK);
    TR_ASSERT(found == (err == TR_OK) && tr_bytes_eq(value, again));
    for (size_t i = 0; i < count; i++) {
        tr_trie_node node;
        tr_buf out;
        TR_ASSERT(tr_trie_node_decode(NULL, nodes[i], &node) == TR_OK);
        tr_buf_init(&out, &arena->alloc, SIZE_MAX);
        tr_trie_node_encode(&out, &node);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), nodes[i]));
        uint8_t *other = (uint8_t *)(uintptr_t)copy_of(arena, nodes[i]).data;
        other[value.len * 7 % nodes[i].len] ^= (uint8_t)(1 << (i + key.len) % 8);
        tr_bytes kept = nodes[i];
        nodes[i].data = other;
        err = tr_trie_check(NULL, root, key, count, nodes, &again);
        TR_ASSERT(err != TR_OK && err != TR_E_NOT_FOUND && again.len == 0);
        nodes[i] = kept;
    }
}

static void check_nodes(tr_arena *arena, tr_cursor *c)
{
    tr_bytes key = take_sized(c, tr_cursor_u8(c) % (TR_TRIE_KEY_MAX + 2)), nodes[NODES], value;
    size_t count = 0;
    tr_hash root = tr_trie_empty_root;
    while (count < NODES && tr_cursor_left(c) > 2)
        nodes[count++] = copy_of(arena, take_sized(c, tr_cursor_u16be(c)));
    for (size_t i = count; i-- > 0;) {
        uint8_t *node = (uint8_t *)(uintptr_t)nodes[i].data;
        if (i + 1 < count) link_node(node, nodes[i].len, &root);
        root = tr_keccak256(nodes[i]);
    }
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_trie_check(&trail, &root, key, count, nodes, &value);
    if (err == TR_OK || err == TR_E_NOT_FOUND)
        check_accepted(arena, &root, key, count, nodes, err, value);
    else
        TR_ASSERT(trail.code == err && value.len == 0);
}

/* Changes the proof as the input says; false when it is the same as before. */
static bool change(tr_arena *arena, tr_cursor *c, tr_bytes *nodes, size_t *count)
{
    size_t at = tr_cursor_u8(c) % *count, byte = tr_cursor_u16be(c), bit = tr_cursor_u8(c);
    tr_bytes copy = copy_of(arena, nodes[at]), other = nodes[bit % *count];
    switch (tr_cursor_u8(c) % 5) {
    case 0:
        return false;
    case 1:
        nodes[at] = nodes[--*count];
        return true;
    case 2:
        nodes[(*count)++] = nodes[at];
        return true;
    case 3:
        nodes[bit % *count] = nodes[at];
        nodes[at] = other;
        return at != bit % *count;
    default:
        nodes[at] = copy;
        ((uint8_t *)(uintptr_t)copy.data)[byte % copy.len] ^= (uint8_t)(1 << bit % 8);
        return true;
    }
}

static void check_ordered(tr_arena *arena, tr_cursor *c)
{
    tr_bytes values[VALUES], value, nodes[NODES];
    size_t n = 1 + tr_cursor_u16be(c) % VALUES, index = tr_cursor_u16be(c) % n,
           step = tr_cursor_u8(c);
    tr_bytes base = take_sized(c, tr_cursor_u8(c));
    if (base.len == 0) base = TR_LIT("a");
    for (size_t i = 0; i < n; i++) {
        values[i] = tr_bytes_cut(base, i * step % base.len, SIZE_MAX);
        TR_ASSERT(values[i].len != 0);
    }
    tr_hash root, again;
    tr_trie_proof proof;
    TR_ASSERT(tr_trie_ordered_prove(NULL, arena, n, values, index, &root, &proof) == TR_OK);
    TR_ASSERT(tr_trie_ordered_root(NULL, &arena->alloc, NULL, n, values, &again) == TR_OK);
    TR_ASSERT(memcmp(&root, &again, sizeof(root)) == 0 && proof.count < NODES);
    memcpy(nodes, proof.nodes, proof.count * sizeof(*nodes));
    size_t count = proof.count;
    bool changed = change(arena, c, nodes, &count);
    tr_err err = tr_trie_check_ordered(NULL, &root, index, count, nodes, &value);
    if (changed)
        TR_ASSERT(err != TR_OK && err != TR_E_NOT_FOUND);
    else
        TR_ASSERT(err == TR_OK && tr_bytes_eq(value, values[index]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_cursor c = tr_cursor_of((tr_bytes){data, len});
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    if (tr_cursor_u8(&c) % 2 == 0)
        check_nodes(&arena, &c);
    else
        check_ordered(&arena, &c);
    tr_arena_free(&arena);
    return 0;
}
