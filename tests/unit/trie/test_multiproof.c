#include "harness.h"
#include "hash/merkle.h"
#include "trie/multiproof.h"

enum { MOST = 64 };

typedef struct proving {
    tr_merkle_rule rule;
    size_t n, count;
    tr_hash leaves[MOST], root;
    uint64_t positions[MOST];
    tr_hash nodes[MOST];
    tr_multiproof proof;
    tr_hash *helpers;
} proving;

static tr_merkle_rule some_rule(tr_gen *g)
{
    tr_merkle_rule rule = {tr_gen_bool(g) ? tr_merkle_keccak256 : tr_merkle_sha256,
                           tr_gen_bool(g) ? TR_MERKLE_ZEROS : TR_MERKLE_PROMOTE, tr_gen_bool(g), 0};
    if (rule.edge == TR_MERKLE_ZEROS && tr_gen_bool(g))
        rule.depth = (uint8_t)(6 + tr_gen_below(g, 3));
    return rule;
}

static void some_proof(tr_gen *g, proving *p)
{
    tr_hash nodes[MOST];
    p->rule = some_rule(g);
    p->n = 1 + tr_gen_below(g, MOST);
    tr_gen_fill(g, p->leaves, sizeof(p->leaves));
    memcpy(nodes, p->leaves, sizeof(nodes));
    uint64_t one_in = 1 + tr_gen_below(g, 10);
    p->count = 0;
    for (size_t i = 0; i < p->n; i++) {
        bool last = i + 1 == p->n && p->count == 0;
        if (!last && tr_gen_below(g, one_in) != 0) continue;
        p->positions[p->count] = i;
        p->nodes[p->count++] = p->leaves[i];
    }
    TR_CHECK_OK(tr_multiproof_make(NULL, &p->rule, tr_gen_arena(g), p->n, nodes, p->count,
                                   p->positions, &p->proof, &p->root));
    p->helpers = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, p->proof.count + 1);
    memset(p->helpers, 0, (p->proof.count + 1) * sizeof(tr_hash));
    if (p->proof.count != 0) memcpy(p->helpers, p->proof.helpers, p->proof.count * sizeof(tr_hash));
    p->proof.helpers = p->helpers;
}

static tr_err check(tr_gen *g, const proving *p)
{
    tr_multiproof_part part = {p->count, p->positions, p->nodes};
    return tr_multiproof_check(NULL, &p->rule, tr_gen_arena(g), p->n, &part, &p->proof, &p->root);
}

TR_PROP(proofs_hold_and_only_they)
{
    proving p;
    some_proof(g, &p);
    tr_hash nodes[MOST], root;
    memcpy(nodes, p.leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_root(NULL, &p.rule, p.n, nodes, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(p.root.b));
    TR_CHECK_OK(check(g, &p));
    p.proof.count++;
    TR_CHECK_ERR(check(g, &p), TR_E_TRAILING);
    p.proof.count--;
    if (p.proof.count != 0) {
        p.proof.count--;
        TR_CHECK_ERR(check(g, &p), TR_E_SHORT);
        p.proof.count++;
    }
    for (size_t i = 0; i < 16; i++) {
        tr_hash *where[] = {&p.root, &p.nodes[tr_gen_below(g, p.count)],
                            &p.helpers[tr_gen_below(g, TR_MAX(p.proof.count, 1))]};
        tr_hash *h = where[tr_gen_below(g, p.proof.count == 0 ? 2 : 3)];
        uint8_t *byte = &h->b[tr_gen_below(g, 32)], bit = (uint8_t)(1u << tr_gen_below(g, 8));
        *byte ^= bit;
        TR_CHECK_ERR(check(g, &p), TR_E_TRIE_PROOF);
        *byte ^= bit;
    }
    TR_CHECK_OK(check(g, &p));
}

/* The proof of one leaf is the known proof; that of many holds a part of what each alone would. */
TR_PROP(beside_the_proofs_of_one)
{
    proving p;
    some_proof(g, &p);
    tr_hash nodes[MOST], proof[TR_MERKLE_MAX_DEPTH], root;
    bool used[MOST * 4] = {false};
    for (size_t i = 0; i < p.count; i++) {
        size_t len;
        memcpy(nodes, p.leaves, sizeof(nodes));
        TR_CHECK_OK(tr_merkle_prove(NULL, &p.rule, p.n, nodes, p.positions[i], proof, &len, &root));
        if (p.count == 1)
            TR_CHECK_BYTES(tr_bytes_of(proof, len * sizeof(tr_hash)),
                           tr_bytes_of(p.helpers, p.proof.count * sizeof(tr_hash)));
        for (size_t k = 0; k < p.proof.count; k++)
            for (size_t j = 0; j < len; j++)
                used[k] |= memcmp(&p.helpers[k], &proof[j], sizeof(tr_hash)) == 0;
    }
    for (size_t k = 0; k < p.proof.count; k++) TR_CHECK(used[k]);
    if (p.count == p.n && p.rule.edge == TR_MERKLE_PROMOTE) TR_CHECK_EQ(p.proof.count, 0);
}

TR_PROP(other_positions_are_refused)
{
    proving p;
    some_proof(g, &p);
    if (p.rule.sorted) return; /* a sorted tree does not bind positions */
    size_t i = tr_gen_below(g, p.count);
    uint64_t before = i == 0 ? 0 : p.positions[i - 1] + 1, old = p.positions[i];
    uint64_t after = i + 1 == p.count ? p.n : p.positions[i + 1];
    if (after - before < 2) return;
    while (p.positions[i] == old) p.positions[i] = before + tr_gen_below(g, after - before);
    TR_CHECK(check(g, &p) != TR_OK);
}

/* Any nodes of a tree that is all in memory, by generalized index; the helpers by their rule. */
TR_PROP(nodes_of_any_depth)
{
    enum { DEPTH = 5, NODES = 2 << DEPTH };
    tr_hash tree[NODES], shown[NODES];
    tr_gen_fill(g, tree, sizeof(tree));
    for (size_t i = NODES / 2; i-- > 1;) tr_merkle_sha256(1, &tree[2 * i], &tree[i]);
    uint64_t index[NODES];
    bool on_path[NODES] = {false}, mine[NODES] = {false};
    size_t count = 0, n = 0;
    for (size_t tries = 1 + tr_gen_below(g, 12); tries > 0; tries--) {
        size_t i = 1 + tr_gen_below(g, NODES - 1);
        bool free = !on_path[i];
        for (size_t k = i; k > 0; k /= 2) free &= !mine[k];
        if (!free) continue;
        mine[i] = true;
        for (size_t k = i; k > 0; k /= 2) on_path[k] = true;
    }
    for (size_t i = 1; i < NODES; i++) {
        if (!mine[i]) continue;
        index[count] = i;
        shown[count++] = tree[i];
    }
    uint64_t want[NODES];
    tr_hash helpers[NODES];
    for (size_t i = NODES - 1; i > 1; i--) {
        if (on_path[i] || !on_path[i ^ 1]) continue;
        want[n] = i;
        helpers[n++] = tree[i];
    }
    const uint64_t *got;
    size_t got_count;
    tr_arena *arena = tr_gen_arena(g);
    TR_CHECK_OK(tr_multiproof_helpers(NULL, arena, count, index, &got, &got_count));
    TR_CHECK_BYTES(tr_bytes_of(got, got_count * sizeof(*got)),
                   tr_bytes_of(want, n * sizeof(*want)));
    tr_multiproof_part part = {count, index, shown};
    tr_multiproof proof = {helpers, n};
    TR_CHECK_OK(tr_multiproof_check_nodes(NULL, tr_merkle_sha256, arena, &part, &proof, &tree[1]));
    tr_hash *bent =
        tr_gen_bool(g) || n == 0 ? &shown[tr_gen_below(g, count)] : &helpers[tr_gen_below(g, n)];
    bent->b[tr_gen_below(g, 32)] ^= 0x10;
    TR_CHECK_ERR(tr_multiproof_check_nodes(NULL, tr_merkle_sha256, arena, &part, &proof, &tree[1]),
                 TR_E_TRIE_PROOF);
}

TR_TEST(what_is_refused)
{
    tr_trail trail;
    tr_arena *arena = tr_test_arena();
    tr_hash nodes[4] = {{{1}}, {{2}}, {{3}}, {{4}}}, root;
    tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 2};
    tr_multiproof proof;
    const uint64_t falling[] = {2, 1}, twice[] = {1, 1}, beyond[] = {1, 4}, fine[] = {1, 2};
    const uint64_t *helpers;
    size_t count;
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 4, nodes, 2, falling, &proof, &root),
                 TR_E_TRIE_ORDER);
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 4, nodes, 2, twice, &proof, &root),
                 TR_E_TRIE_ORDER);
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 4, nodes, 2, beyond, &proof, &root),
                 TR_E_RANGE);
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 4, nodes, 0, fine, &proof, &root),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 5, nodes, 2, fine, &proof, &root),
                 TR_E_RANGE);
    rule.depth = 65;
    TR_CHECK_ERR(tr_multiproof_make(&trail, &rule, arena, 4, nodes, 2, fine, &proof, &root),
                 TR_E_RANGE);
    const uint64_t above[] = {2, 5}, zero[] = {0, 5}, three[] = {1, 12};
    TR_CHECK_ERR(tr_multiproof_helpers(&trail, arena, 2, above, &helpers, &count), TR_E_TRIE_ORDER);
    TR_CHECK_ERR(tr_multiproof_helpers(&trail, arena, 2, three, &helpers, &count), TR_E_TRIE_ORDER);
    TR_CHECK_ERR(tr_multiproof_helpers(&trail, arena, 2, zero, &helpers, &count), TR_E_RANGE);
    TR_CHECK_ERR(tr_multiproof_helpers(&trail, arena, 2, falling, &helpers, &count),
                 TR_E_TRIE_ORDER);
    TR_CHECK_ERR(tr_multiproof_helpers(&trail, arena, 0, fine, &helpers, &count), TR_E_ARGUMENT);
    /* The deepest index there can be: 63 helpers. */
    const uint64_t deep[] = {UINT64_MAX};
    TR_CHECK_OK(tr_multiproof_helpers(&trail, arena, 1, deep, &helpers, &count));
    TR_CHECK_EQ(count, 63);
    TR_CHECK_EQ(helpers[0], UINT64_MAX - 1);
    TR_CHECK_EQ(helpers[62], 2);
}

/* OpenZeppelin's form: made by hand for leaves a, b, d of a sorted tree of four. */
TR_TEST(flags)
{
    tr_arena *arena = tr_test_arena();
    tr_merkle_rule rule = {tr_merkle_keccak256, TR_MERKLE_PROMOTE, true, 0};
    tr_hash leaves[4] = {{{1}}, {{2}}, {{3}}, {{4}}}, nodes[4], root;
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_root(NULL, &rule, 4, nodes, &root));
    tr_hash shown[3] = {leaves[0], leaves[1], leaves[3]};
    tr_multiproof proof = {&leaves[2], 1};
    bool bits[3] = {true, false, true};
    TR_CHECK_OK(
        tr_multiproof_check_flags(NULL, rule.hash, arena, 3, shown, &proof, 3, bits, &root));
    for (size_t i = 0; i < 3; i++) {
        bits[i] = !bits[i];
        TR_CHECK_ERR(
            tr_multiproof_check_flags(NULL, rule.hash, arena, 3, shown, &proof, 3, bits, &root),
            TR_E_TRIE_PROOF);
        bits[i] = !bits[i];
    }
    for (size_t i = 0; i < 3 * 256; i++) {
        shown[i / 256].b[i / 8 % 32] ^= (uint8_t)(1u << i % 8);
        TR_CHECK_ERR(
            tr_multiproof_check_flags(NULL, rule.hash, arena, 3, shown, &proof, 3, bits, &root),
            TR_E_TRIE_PROOF);
        shown[i / 256].b[i / 8 % 32] ^= (uint8_t)(1u << i % 8);
    }
    TR_CHECK_ERR(
        tr_multiproof_check_flags(NULL, rule.hash, arena, 3, shown, &proof, 2, bits, &root),
        TR_E_TRIE_PROOF);
    TR_CHECK_ERR(
        tr_multiproof_check_flags(NULL, rule.hash, arena, 0, shown, &proof, 0, bits, &root),
        TR_E_ARGUMENT);
    /* A tree of one leaf: nothing to hash. */
    proof.count = 0;
    TR_CHECK_OK(
        tr_multiproof_check_flags(NULL, rule.hash, arena, 1, &root, &proof, 0, bits, &root));
    TR_CHECK_ERR(
        tr_multiproof_check_flags(NULL, rule.hash, arena, 1, shown, &proof, 0, bits, &root),
        TR_E_TRIE_PROOF);
}

static tr_err work(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, true, 0};
    tr_hash leaves[4] = {{{1}}, {{2}}, {{3}}, {{4}}}, nodes[4], root;
    const uint64_t positions[2] = {1, 2}, index[2] = {5, 6};
    tr_multiproof proof;
    const uint64_t *helpers;
    size_t count;
    tr_arena arena, scratch[3];
    tr_arena_init(&arena, alloc, 1 << 16);
    for (size_t i = 0; i < 3; i++) tr_arena_init(&scratch[i], alloc, 1 << 16);
    memcpy(nodes, leaves, sizeof(nodes));
    tr_multiproof_part part = {2, positions, &leaves[1]};
    tr_err err = tr_multiproof_make(NULL, &rule, &arena, 4, nodes, 2, positions, &proof, &root);
    if (err == TR_OK) err = tr_multiproof_check(NULL, &rule, &scratch[0], 4, &part, &proof, &root);
    if (err == TR_OK) err = tr_multiproof_helpers(NULL, &scratch[1], 2, index, &helpers, &count);
    if (err == TR_OK)
        err = tr_multiproof_check_flags(NULL, rule.hash, &scratch[2], 1, leaves,
                                        &(tr_multiproof){NULL, 0}, 0, NULL, &leaves[0]);
    for (size_t i = 0; i < 3; i++) tr_arena_free(&scratch[i]);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(no_memory)
{
    tr_test_out_of_memory(work, NULL);
}
