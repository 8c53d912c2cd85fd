/* A trie by its definition: recursive, slow, nothing kept, and nothing like the code.  It gives
 * roots and proofs to compare with. */
#ifndef TR_TESTS_UNIT_TRIE_NAIVE_H
#define TR_TESTS_UNIT_TRIE_NAIVE_H

#include "codec/rlp.h"
#include "hash/keccak.h"
#include "trie/trie.h"

#define NAIVE __attribute__((unused)) static

typedef struct naive {
    tr_arena *arena;
    const tr_trie_entry *entries; /* sorted */
    size_t n;
    tr_bytes way[TR_TRIE_PATH_MAX + 2]; /* the nodes of a proof, the deepest first */
    size_t way_count;
} naive;

NAIVE unsigned naive_nibble(tr_bytes key, size_t i)
{
    return i % 2 == 0 ? key.data[i / 2] >> 4 : key.data[i / 2] & 15u;
}

NAIVE void naive_put_path(tr_buf *out, tr_bytes key, size_t from, size_t to, bool leaf)
{
    uint8_t nibbles[TR_TRIE_PATH_MAX + 2] = {0}, bytes[TR_TRIE_PATH_MAX];
    size_t n = 0;
    nibbles[n++] = (uint8_t)((leaf ? 2 : 0) + (to - from) % 2);
    if ((to - from) % 2 == 0) nibbles[n++] = 0;
    while (from < to) nibbles[n++] = (uint8_t)naive_nibble(key, from++);
    for (size_t i = 0; i < n / 2; i++)
        bytes[i] = (uint8_t)(nibbles[2 * i] * 16 + nibbles[2 * i + 1]);
    tr_rlp_put_bytes(out, (tr_bytes){bytes, n / 2});
}

NAIVE tr_bytes naive_node(naive *t, size_t depth, size_t lo, size_t hi, const tr_bytes *way);

NAIVE void naive_put_child(naive *t, tr_buf *out, size_t depth, size_t lo, size_t hi,
                           const tr_bytes *way)
{
    if (lo == hi) {
        tr_buf_put_u8(out, 0x80);
        return;
    }
    tr_bytes node = naive_node(t, depth, lo, hi, way);
    if (node.len < 32) {
        tr_buf_put(out, node);
        return;
    }
    tr_hash hash = tr_keccak256(node);
    tr_rlp_put_bytes(out, TR_VIEW(hash.b));
}

/* The node over the entries lo to hi - 1, which share depth nibbles; way: the key of a proof, if
 * the node lies on its way. */
NAIVE tr_bytes naive_node(naive *t, size_t depth, size_t lo, size_t hi, const tr_bytes *way)
{
    const tr_trie_entry *first = &t->entries[lo], *last = &t->entries[hi - 1];
    size_t same = depth;
    tr_buf out;
    tr_buf_init(&out, &t->arena->alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&out, 0);
    if (hi - lo == 1) {
        naive_put_path(&out, first->key, depth, 2 * first->key.len, true);
        tr_rlp_put_bytes(&out, first->value);
    } else {
        while (same < 2 * first->key.len &&
               naive_nibble(first->key, same) == naive_nibble(last->key, same))
            same++;
        if (same > depth) {
            const tr_bytes *on = way;
            for (size_t i = depth; i < same; i++)
                if (on != NULL &&
                    (i >= 2 * on->len || naive_nibble(*on, i) != naive_nibble(first->key, i)))
                    on = NULL;
            naive_put_path(&out, first->key, depth, same, false);
            naive_put_child(t, &out, same, lo, hi, on);
        } else {
            tr_bytes value = {NULL, 0};
            if (2 * first->key.len == depth) value = t->entries[lo++].value;
            for (unsigned i = 0; i < 16; i++) {
                size_t end = lo;
                while (end < hi && naive_nibble(t->entries[end].key, depth) == i) end++;
                bool on = way != NULL && depth < 2 * way->len && naive_nibble(*way, depth) == i;
                naive_put_child(t, &out, depth + 1, lo, end, on ? way : NULL);
                lo = end;
            }
            tr_rlp_put_bytes(&out, value);
        }
    }
    tr_rlp_end(&out, mark);
    tr_bytes node = tr_buf_view(&out);
    if (way != NULL && (node.len >= 32 || depth == 0)) t->way[t->way_count++] = node;
    return node;
}

NAIVE tr_hash naive_root(tr_arena *arena, size_t n, const tr_trie_entry entries[])
{
    naive t = {.arena = arena, .entries = entries, .n = n};
    return n == 0 ? tr_keccak256(TR_LIT("\x80")) : tr_keccak256(naive_node(&t, 0, 0, n, NULL));
}

NAIVE tr_trie_proof naive_prove(tr_arena *arena, size_t n, const tr_trie_entry entries[],
                                tr_bytes key)
{
    naive t = {.arena = arena, .entries = entries, .n = n};
    if (n != 0) naive_node(&t, 0, 0, n, &key);
    tr_bytes *nodes = TR_ARENA_ARRAY(arena, tr_bytes, TR_TRIE_PATH_MAX + 2);
    for (size_t i = 0; i < t.way_count; i++) nodes[i] = t.way[t.way_count - 1 - i];
    return (tr_trie_proof){nodes, t.way_count};
}

/* Sorts, and leaves the first of several with one key. */
NAIVE size_t naive_sort(size_t n, tr_trie_entry entries[])
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        tr_trie_entry e = entries[i];
        size_t at = kept;
        while (at > 0 && tr_bytes_cmp(entries[at - 1].key, e.key) > 0) at--;
        if (at > 0 && tr_bytes_eq(entries[at - 1].key, e.key)) continue;
        memmove(entries + at + 1, entries + at, (kept - at) * sizeof(e));
        entries[at] = e;
        kept++;
    }
    return kept;
}

#endif
