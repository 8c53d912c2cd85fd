/* What a trie proves, to those who check proofs. */
#include "hash/keccak.h"
#include "shadow.h"
#include "trie/proof.h"

enum { BATCH = 48 };

static tr_trie *filled(tr_gen *g, const key_style *style, shadow *s, tr_trie_memory **memory)
{
    tr_trie_change changes[BATCH];
    tr_hash root;
    s->count = 0;
    size_t n = some_batch(g, style, s, BATCH, changes);
    TR_CHECK_OK(tr_trie_memory_new(NULL, tr_test_alloc(), memory));
    tr_trie *trie = new_trie(tr_trie_memory_source(*memory), &tr_trie_empty_root);
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, n, changes));
    TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &root));
    TR_CHECK_OK(tr_trie_commit(NULL, trie, tr_trie_memory_sink(*memory)));
    if (tr_gen_bool(g)) { /* proofs of what has to be loaded */
        tr_trie_prune(trie, 0);
        tr_trie_prune(trie, 0);
    }
    return trie;
}

TR_PROP(proofs_of_keys)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_memory *memory;
    tr_arena *arena = tr_gen_arena(g);
    tr_trie *trie = filled(g, &style, s, &memory);
    tr_hash root = shadow_root(s);
    enum { KEYS = 8 };
    tr_bytes keys[KEYS], values[KEYS], value;
    tr_trie_proof proof;
    bool found[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        keys[i] = some_key_of(g, &style, s);
        TR_CHECK_OK(tr_trie_prove(NULL, trie, arena, keys[i], &proof));
        bool there = shadow_has(s, keys[i]);
        TR_CHECK_ERR(tr_trie_check(NULL, &root, keys[i], proof.count, proof.nodes, &value),
                     there ? TR_OK : TR_E_NOT_FOUND);
        TR_CHECK_BYTES(value, shadow_get(s, keys[i]));
        TR_CHECK(s->count != 0 || proof.count == 0);
    }
    TR_CHECK_OK(tr_trie_prove_many(NULL, trie, arena, KEYS, keys, &proof));
    TR_CHECK_OK(tr_trie_check_many(NULL, &root, arena, KEYS, keys, proof.count, proof.nodes, values,
                                   found));
    for (size_t i = 0; i < KEYS; i++) {
        TR_CHECK_EQ(found[i], shadow_has(s, keys[i]));
        TR_CHECK_BYTES(values[i], shadow_get(s, keys[i]));
    }
    tr_trie_free(trie);
    tr_trie_memory_free(memory);
}

TR_PROP(ranges_are_what_the_list_has)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_memory *memory;
    tr_arena *arena = tr_gen_arena(g);
    tr_trie *trie = filled(g, &style, s, &memory);
    tr_hash root = shadow_root(s);
    for (size_t i = 0; i < 4; i++) {
        tr_bytes first = some_key_of(g, &style, s), last = some_key_of(g, &style, s);
        if (tr_bytes_cmp(first, last) > 0) {
            tr_bytes swap = first;
            first = last;
            last = swap;
        }
        size_t max_count = 1 + tr_gen_below(g, 20), max_bytes = 1 + tr_gen_below(g, 2000);
        size_t from = shadow_at(s, first), count = 0, bytes = 0;
        for (; from + count < s->count && count < max_count && bytes < max_bytes; count++) {
            const tr_trie_entry *e = &s->entries[from + count];
            if (tr_bytes_cmp(e->key, last) > 0) break;
            bytes += e->key.len + e->value.len;
        }
        tr_trie_range range;
        TR_CHECK_OK(
            tr_trie_get_range(NULL, trie, arena, first, last, max_count, max_bytes, &range));
        TR_CHECK_EQ(range.count, count);
        TR_CHECK_EQ(range.more, from + count < s->count);
        for (size_t k = 0; k < count; k++) {
            TR_CHECK_BYTES(range.entries[k].key, s->entries[from + k].key);
            TR_CHECK_BYTES(range.entries[k].value, s->entries[from + k].value);
        }
        if (style.min_len != style.max_len || range.proof.count == 0) continue;
        bool more;
        tr_bytes until = count == 0 ? last : range.entries[count - 1].key;
        TR_CHECK_OK(tr_trie_check_range(NULL, tr_test_alloc(), &root, first, until, count,
                                        range.entries, range.proof.count, range.proof.nodes,
                                        &more));
        TR_CHECK_EQ(more, range.more);
    }
    tr_trie_free(trie);
    tr_trie_memory_free(memory);
}

TR_TEST(what_is_no_range_is_refused)
{
    tr_trie *trie = new_trie(NULL, NULL);
    tr_trie_range range;
    tr_trie_proof proof;
    tr_arena *arena = tr_test_arena();
    uint8_t longer[TR_TRIE_KEY_MAX + 1] = {0};
    TR_CHECK_ERR(tr_trie_get_range(NULL, trie, arena, TR_LIT("b"), TR_LIT("a"), 1, 1, &range),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_get_range(NULL, trie, arena, TR_LIT("a"), TR_LIT("b"), 0, 1, &range),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(
        tr_trie_get_range(NULL, trie, arena, TR_LIT("\xff"), TR_VIEW(longer), 1, 1, &range),
        TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_prove(NULL, trie, arena, TR_VIEW(longer), &proof), TR_E_ARGUMENT);
    TR_CHECK_OK(tr_trie_get_range(NULL, trie, arena, TR_LIT("a"), TR_LIT("b"), 1, 1, &range));
    TR_CHECK_EQ(range.count + range.more + range.proof.count, 0);
    tr_trie_change change = {TR_LIT("a"), TR_LIT("1")};
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
    TR_CHECK_ERR(tr_trie_prove(NULL, trie, arena, change.key, &proof), TR_E_STATE);
    TR_CHECK_ERR(tr_trie_get_range(NULL, trie, arena, TR_LIT("a"), TR_LIT("b"), 1, 1, &range),
                 TR_E_STATE);
    tr_trie_free(trie);
}

/* A secure trie hashes keys for changes, look-ups and proofs; a range is of hashed keys. */
TR_TEST(a_secure_trie_hashes_its_keys)
{
    enum { KEYS = 200 };
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    tr_trie_options options = {.alloc = tr_test_alloc(), .secure = true, .limit = SIZE_MAX};
    tr_trie_change changes[KEYS];
    tr_trie *trie;
    s->count = 0;
    TR_CHECK_OK(tr_trie_new(NULL, &options, &trie));
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t *key = tr_arena_get(tr_test_arena(), i, 1); /* longer than an unhashed one may be */
        memset(key, (int)i, i);
        changes[i] = (tr_trie_change){tr_bytes_of(key, i), TR_LIT("a value")};
        tr_hash hash = tr_keccak256(changes[i].key);
        shadow_change(s, tr_arena_copy(tr_test_arena(), TR_VIEW(hash.b)), changes[i].value);
    }
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, KEYS, changes));
    check_root(trie, NULL, s);
    tr_hash root = shadow_root(s);
    tr_bytes value;
    tr_trie_proof proof;
    TR_CHECK_OK(tr_trie_get(NULL, trie, changes[150].key, &value));
    TR_CHECK_BYTES(value, TR_LIT("a value"));
    TR_CHECK_ERR(tr_trie_get(NULL, trie, s->entries[0].key, &value), TR_E_NOT_FOUND);
    tr_hash hash = tr_keccak256(changes[150].key);
    TR_CHECK_OK(tr_trie_prove(NULL, trie, tr_test_arena(), changes[150].key, &proof));
    TR_CHECK_OK(tr_trie_check(NULL, &root, TR_VIEW(hash.b), proof.count, proof.nodes, &value));
    tr_trie_range range;
    TR_CHECK_OK(tr_trie_get_range(NULL, trie, tr_test_arena(), s->entries[20].key,
                                  s->entries[29].key, SIZE_MAX, SIZE_MAX, &range));
    TR_CHECK_EQ(range.count, 10);
    TR_CHECK(range.more);
    tr_trie_free(trie);
}
