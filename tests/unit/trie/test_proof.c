#include "harness.h"
#include "naive_gen.h"
#include "trie/build.h"
#include "trie/proof.h"

static const tr_trie_entry *find(size_t n, const tr_trie_entry *entries, tr_bytes key)
{
    for (size_t i = 0; i < n; i++)
        if (tr_bytes_eq(entries[i].key, key)) return &entries[i];
    return NULL;
}

/* A key of the trie, one that differs in a bit, or any. */
static tr_bytes some_key(tr_gen *g, size_t n, const tr_trie_entry *entries, size_t max_len)
{
    uint64_t kind = tr_gen_below(g, 4);
    if (n == 0 || kind == 0) return naive_key(g, max_len, false);
    tr_bytes key = entries[tr_gen_below(g, n)].key;
    if (kind != 1 || key.len == 0) return key;
    uint8_t *other = tr_arena_get(tr_gen_arena(g), key.len, 1);
    memcpy(other, key.data, key.len);
    other[tr_gen_below(g, key.len)] ^= (uint8_t)(1 << tr_gen_below(g, 8));
    return (tr_bytes){other, key.len};
}

/* What the check says must be so: the trie has this value there, or it has nothing. */
static void check_truth(tr_err err, tr_bytes value, size_t n, const tr_trie_entry *entries,
                        tr_bytes key)
{
    const tr_trie_entry *e = find(n, entries, key);
    if (err == TR_OK) {
        TR_CHECK(e != NULL);
        TR_CHECK_BYTES(value, e->value);
    } else if (err == TR_E_NOT_FOUND) {
        TR_CHECK(e == NULL);
    }
    if (err != TR_OK) TR_CHECK_EQ(value.len, 0);
}

TR_PROP(proofs_are_accepted)
{
    tr_trie_entry *entries;
    size_t key_len = 1 + tr_gen_below(g, 8);
    size_t n = naive_entries(g, 30, key_len, tr_gen_bool(g), &entries);
    tr_bytes key = some_key(g, n, entries, key_len), value;
    tr_arena *arena = tr_gen_arena(g);
    tr_hash root = naive_root(arena, n, entries);
    tr_trie_proof proof = naive_prove(arena, n, entries, key);
    tr_err err = tr_trie_check(NULL, &root, key, proof.count, proof.nodes, &value);
    TR_CHECK_ERR(err, find(n, entries, key) != NULL ? TR_OK : TR_E_NOT_FOUND);
    check_truth(err, value, n, entries, key);
}

/* Copies a node with one bit, or its length, changed. */
static tr_bytes damaged(tr_gen *g, tr_bytes node)
{
    uint8_t *copy = tr_arena_get(tr_gen_arena(g), node.len + 1, 1);
    memcpy(copy, node.data, node.len);
    copy[node.len] = (uint8_t)tr_gen_u64(g);
    switch (tr_gen_below(g, 8)) {
    case 0:
        return (tr_bytes){copy, node.len - 1};
    case 1:
        return (tr_bytes){copy, node.len + 1};
    default:
        copy[tr_gen_below(g, node.len)] ^= (uint8_t)(1 << tr_gen_below(g, 8));
        return (tr_bytes){copy, node.len};
    }
}

/* Changes the nodes in one way; count: how many there are then.  At least one is there. */
static const tr_bytes *mutated_nodes(tr_gen *g, tr_trie_proof proof, size_t *count)
{
    tr_bytes *nodes = TR_ARENA_ARRAY(tr_gen_arena(g), tr_bytes, proof.count + 1);
    size_t at = tr_gen_below(g, proof.count), other = tr_gen_below(g, proof.count);
    memcpy(nodes, proof.nodes, proof.count * sizeof(*nodes));
    *count = proof.count;
    switch (tr_gen_below(g, 6)) {
    case 0: /* dropped */
        memmove(nodes + at, nodes + at + 1, (proof.count - at - 1) * sizeof(*nodes));
        *count -= 1;
        break;
    case 1: /* one more, which is there already or not */
        memmove(nodes + at + 1, nodes + at, (proof.count - at) * sizeof(*nodes));
        nodes[at] = tr_gen_bool(g) ? proof.nodes[other] : damaged(g, proof.nodes[other]);
        *count += 1;
        break;
    case 2: /* exchanged */
        nodes[at] = proof.nodes[other];
        nodes[other] = proof.nodes[at];
        if (at != other) break;
        __attribute__((fallthrough));
    default:
        nodes[at] = damaged(g, nodes[at]);
    }
    return nodes;
}

/* One change for each case: a bit of the root, of the key, of a node, or a node less or more or in
 * another place. */
TR_PROP(mutations_are_refused)
{
    tr_trie_entry *entries;
    size_t key_len = 1 + tr_gen_below(g, 6);
    size_t n = naive_entries(g, 12, key_len, tr_gen_bool(g), &entries);
    tr_bytes key = some_key(g, n, entries, key_len), value;
    tr_arena *arena = tr_gen_arena(g);
    tr_hash root = naive_root(arena, n, entries);
    tr_trie_proof proof = naive_prove(arena, n, entries, key);
    size_t count = proof.count;
    const tr_bytes *nodes = proof.nodes;
    uint64_t what = tr_gen_below(g, 8);
    if (what == 0 && key.len != 0) {
        tr_bytes other = damaged(g, key);
        tr_err err = tr_trie_check(NULL, &root, other, count, nodes, &value);
        check_truth(err, value, n, entries, other);
        return;
    }
    if (what == 1 || proof.count == 0)
        root.b[tr_gen_below(g, 32)] ^= (uint8_t)(1 << tr_gen_below(g, 8));
    else
        nodes = mutated_nodes(g, proof, &count);
    tr_err err = tr_trie_check(NULL, &root, key, count, nodes, &value);
    TR_CHECK(err != TR_OK && err != TR_E_NOT_FOUND);
    TR_CHECK_EQ(value.len, 0);
}

/* The proofs of several keys, each node once, in some order. */
static tr_trie_proof join(tr_gen *g, size_t n, const tr_trie_entry *entries, size_t key_count,
                          const tr_bytes *keys)
{
    tr_arena *arena = tr_gen_arena(g);
    tr_bytes *nodes = TR_ARENA_ARRAY(arena, tr_bytes, 20 * key_count + 1);
    size_t count = 0;
    for (size_t k = 0; k < key_count; k++) {
        tr_trie_proof one = naive_prove(arena, n, entries, keys[k]);
        for (size_t i = 0; i < one.count; i++) {
            size_t same = 0;
            while (same < count && !tr_bytes_eq(nodes[same], one.nodes[i])) same++;
            if (same < count) continue;
            size_t at = tr_gen_below(g, count + 1);
            memmove(nodes + at + 1, nodes + at, (count - at) * sizeof(*nodes));
            nodes[at] = one.nodes[i];
            count++;
        }
    }
    return (tr_trie_proof){nodes, count};
}

TR_PROP(many_keys)
{
    tr_trie_entry *entries;
    size_t key_len = 1 + tr_gen_below(g, 4), key_count = 1 + tr_gen_below(g, 6);
    size_t n = naive_entries(g, 20, key_len, tr_gen_bool(g), &entries);
    tr_arena *arena = tr_gen_arena(g);
    tr_bytes keys[6], values[6];
    bool found[6];
    for (size_t i = 0; i < key_count; i++) keys[i] = some_key(g, n, entries, key_len);
    tr_hash root = naive_root(arena, n, entries);
    tr_trie_proof proof = join(g, n, entries, key_count, keys);
    TR_CHECK_OK(tr_trie_check_many(NULL, &root, arena, key_count, keys, proof.count, proof.nodes,
                                   values, found));
    for (size_t i = 0; i < key_count; i++) {
        TR_CHECK_EQ(found[i], find(n, entries, keys[i]) != NULL);
        check_truth(found[i] ? TR_OK : TR_E_NOT_FOUND, values[i], n, entries, keys[i]);
    }
    if (proof.count == 0) return;
    size_t count, at = tr_gen_below(g, proof.count);
    tr_bytes *nodes = TR_ARENA_ARRAY(arena, tr_bytes, proof.count + 1);
    memcpy(nodes, proof.nodes, proof.count * sizeof(*nodes));
    count = proof.count;
    uint64_t what = tr_gen_below(g, 4);
    if (what == 0)
        nodes[at] = damaged(g, nodes[at]);
    else if (what == 1)
        nodes[at] = nodes[--count];
    else
        nodes[count++] = what == 2 ? nodes[at] : damaged(g, nodes[at]);
    tr_err err =
        tr_trie_check_many(NULL, &root, arena, key_count, keys, count, nodes, values, found);
    if (what == 1)
        TR_CHECK_ERR(err, TR_E_SHORT);
    else
        TR_CHECK(err != TR_OK && (what != 2 || err == TR_E_DUPLICATE));
    for (size_t i = 0; i < key_count; i++) TR_CHECK(!found[i] && values[i].len == 0);
}

TR_PROP(ordered)
{
    size_t n = 1 + tr_gen_below(g, 200), index = tr_gen_below(g, n);
    tr_bytes values[200], value;
    for (size_t i = 0; i < n; i++) {
        values[i] = tr_gen_bytes(g, 50);
        if (values[i].len == 0) values[i] = TR_LIT("x");
    }
    tr_hash root;
    tr_trie_proof proof;
    TR_CHECK_OK(tr_trie_ordered_prove(NULL, tr_gen_arena(g), n, values, index, &root, &proof));
    TR_CHECK_OK(tr_trie_check_ordered(NULL, &root, index, proof.count, proof.nodes, &value));
    TR_CHECK_BYTES(value, values[index]);
    tr_err err = tr_trie_check_ordered(NULL, &root, index ^ 1, proof.count, proof.nodes, &value);
    TR_CHECK(err != TR_E_NOT_FOUND || (index ^ 1) >= n);
    TR_CHECK(err != TR_OK || tr_bytes_eq(value, values[index ^ 1]));
}

/* Each key begins the next: as many nodes as a proof can have, and half as many again. */
TR_TEST(longest_proof)
{
    static const uint8_t key[TR_TRIE_KEY_MAX];
    tr_trie_entry entries[TR_TRIE_KEY_MAX + 1];
    tr_arena *arena = tr_test_arena();
    tr_bytes value;
    for (size_t i = 0; i <= TR_TRIE_KEY_MAX; i++)
        entries[i] = (tr_trie_entry){{key, i}, TR_LIT("a value of some length, to be hashed")};
    tr_hash root = naive_root(arena, TR_COUNTOF(entries), entries);
    tr_trie_proof proof = naive_prove(arena, TR_COUNTOF(entries), entries, TR_VIEW(key));
    TR_CHECK_EQ(proof.count, 2 * TR_TRIE_KEY_MAX);
    TR_CHECK_OK(tr_trie_check(NULL, &root, TR_VIEW(key), proof.count, proof.nodes, &value));
    TR_CHECK_BYTES(value, entries[0].value);
    tr_trail trail;
    TR_CHECK_ERR(tr_trie_check(&trail, &root, TR_VIEW(key), 100, proof.nodes, &value), TR_E_SHORT);
    TR_CHECK_STR(trail.text, "the proof ends after 100 nodes, before its end");
}

/* A trie of two leaves, and what is wrong with its proof. */
TR_TEST(named_errors)
{
    static const uint8_t long_key[TR_TRIE_KEY_MAX + 1];
    tr_trie_entry entries[] = {{TR_LIT("\x10"), TR_LIT("one value that is long enough to hash")},
                               {TR_LIT("\x21"), TR_LIT("another that is long enough to hash")}};
    tr_arena *arena = tr_test_arena();
    tr_hash root = naive_root(arena, 2, entries);
    tr_trie_proof proof = naive_prove(arena, 2, entries, entries[0].key);
    TR_CHECK_EQ(proof.count, 2);
    tr_bytes nodes[3] = {proof.nodes[0], proof.nodes[1], proof.nodes[1]}, value,
             key = entries[0].key;
    bool found;
    TR_CHECK_OK(tr_trie_check(NULL, &root, key, 2, nodes, &value));
    TR_CHECK_ERR(tr_trie_check(NULL, &root, key, 0, NULL, &value), TR_E_SHORT);
    TR_CHECK_ERR(tr_trie_check(NULL, &root, key, 1, nodes, &value), TR_E_SHORT);
    TR_CHECK_ERR(tr_trie_check(NULL, &root, key, 3, nodes, &value), TR_E_TRAILING);
    TR_CHECK_ERR(tr_trie_check(NULL, &root, key, 2, nodes + 1, &value), TR_E_TRIE_HASH);
    TR_CHECK_ERR(tr_trie_check(NULL, &root, TR_VIEW(long_key), 2, nodes, &value), TR_E_ARGUMENT);
    tr_bytes wrong = TR_VIEW(long_key);
    TR_CHECK_ERR(tr_trie_check_many(NULL, &root, arena, 1, &wrong, 2, nodes, &value, &found),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_check_many(NULL, &root, arena, 0, NULL, 2, nodes, NULL, NULL),
                 TR_E_TRAILING);
    TR_CHECK_ERR(
        tr_trie_check_many(NULL, &root, arena, 1, &key, SIZE_MAX / 2, nodes, &value, &found),
        TR_E_LIMIT);
    tr_trie_proof none = {NULL, 0};
    TR_CHECK_ERR(tr_trie_check(NULL, &tr_trie_empty_root, key, none.count, none.nodes, &value),
                 TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_trie_check(NULL, &tr_trie_empty_root, key, 1, nodes, &value), TR_E_TRAILING);
}

static void check_one(tr_bytes node, tr_bytes second, const char *key, tr_err code)
{
    tr_hash root = tr_keccak256(node);
    tr_bytes nodes[2] = {node, second}, value;
    TR_CHECK_ERR(
        tr_trie_check(NULL, &root, tr_test_hex(key), second.len == 0 ? 1 : 2, nodes, &value), code);
}

/* Tries that nobody builds: their hashes are right and their shapes are not. */
TR_TEST(shapes_that_no_trie_has)
{
    tr_bytes none = {NULL, 0}, leaf = tr_test_hex("c23107");
    check_one(tr_test_hex("c411c23107"), none, "11",
              TR_E_TRIE_NODE); /* an extension, then a leaf */
    check_one(tr_test_hex("c411c21131"), none, "11", TR_E_TRIE_NODE); /* and one after another */
    tr_trie_node branch = {.kind = TR_TRIE_BRANCH, .value = TR_LIT("v")};
    tr_trie_ref short_one = tr_trie_ref_of(leaf);
    branch.child[1] = tr_bytes_of(short_one.b, short_one.len);
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, 600);
    tr_trie_node_encode(&out, &branch);
    check_one(tr_buf_view(&out), none, "11", TR_OK);
    tr_hash hash = tr_keccak256(leaf); /* named by its hash, though it is short */
    branch.child[1] = TR_VIEW(hash.b);
    tr_buf_clear(&out);
    tr_trie_node_encode(&out, &branch);
    check_one(tr_buf_view(&out), leaf, "11", TR_E_TRIE_NODE);
    check_one(tr_test_hex("80"), none, "11", TR_E_TRAILING); /* the empty trie has no nodes */
    check_one(tr_test_hex("c0"), none, "11", TR_E_SHORT);
}

static tr_err check_some(tr_alloc *alloc, void *context)
{
    const tr_trie_entry *e = context;
    tr_arena arena;
    tr_bytes value;
    bool found;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_hash root = naive_root(tr_test_arena(), 1, e);
    tr_trie_proof proof = naive_prove(tr_test_arena(), 1, e, e->key);
    tr_err err = tr_trie_check_many(NULL, &root, &arena, 1, &e->key, proof.count, proof.nodes,
                                    &value, &found);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_trie_entry entry = {TR_LIT("key"), TR_LIT("value")};
    tr_test_out_of_memory(check_some, &entry);
}
