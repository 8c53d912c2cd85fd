/* Random entries for the properties of tries. */
#ifndef TR_TESTS_UNIT_TRIE_NAIVE_GEN_H
#define TR_TESTS_UNIT_TRIE_NAIVE_GEN_H

#include "harness.h"
#include "naive.h"

/* Keys of up to max_len bytes (just so many if fixed), often alike in their beginnings. */
NAIVE tr_bytes naive_key(tr_gen *g, size_t max_len, bool fixed)
{
    size_t len = fixed ? max_len : tr_gen_below(g, max_len + 1);
    uint8_t *key = tr_arena_get(tr_gen_arena(g), max_len + 1, 1);
    uint64_t kind = tr_gen_below(g, 3);
    tr_gen_fill(g, key, len);
    for (size_t i = 0; i < len; i++) {
        if (kind == 0) key[i] = key[i] & 0x11;
        if (kind == 1 && i + 2 < len) key[i] = key[i] > 200 ? 0x10 : 0;
    }
    return (tr_bytes){key, len};
}

/* At most max entries, sorted; values are often so short that nodes are embedded. */
NAIVE size_t naive_entries(tr_gen *g, size_t max, size_t key_len, bool fixed,
                           tr_trie_entry **entries)
{
    size_t n = tr_gen_below(g, max + 1), longest = tr_gen_bool(g) ? 3 : 100;
    tr_trie_entry *out = TR_ARENA_ARRAY(tr_gen_arena(g), tr_trie_entry, n + 1);
    for (size_t i = 0; i < n; i++) {
        out[i].key = naive_key(g, key_len, fixed);
        out[i].value = tr_gen_bytes(g, longest);
        if (out[i].value.len == 0) out[i].value = TR_LIT("\x01");
    }
    *entries = out;
    return naive_sort(n, out);
}

#endif
