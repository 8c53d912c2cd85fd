#include "harness.h"
#include "hash/merkle.h"
#include "trie/frontier.h"

static const tr_merkle_rule deposits = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 32};

static tr_merkle_rule some_rule(tr_gen *g, unsigned least)
{
    return (tr_merkle_rule){tr_gen_bool(g) ? tr_merkle_keccak256 : tr_merkle_sha256,
                            TR_MERKLE_ZEROS, false,
                            (uint8_t)(least + tr_gen_below(g, TR_MERKLE_MAX_DEPTH + 1 - least))};
}

/* Python's hashlib: z = sha256(z + z) 32 times from zeros, then sha256(z + bytes(32)). */
TR_TEST(root_of_no_deposits)
{
    tr_frontier tree;
    TR_CHECK_OK(tr_frontier_init(NULL, &tree, &deposits));
    tr_hash root = tr_frontier_root(&tree);
    TR_CHECK_BYTES(TR_VIEW(root.b),
                   tr_test_hex("c6f67e02e6e4e1bdefb994c6098953f34636ba2b6ca20a4721d"
                               "2b26a886722ff"));
    root = tr_frontier_mix(&deposits, &root, 0);
    TR_CHECK_BYTES(TR_VIEW(root.b),
                   tr_test_hex("d70a234731285c6804c2a4f56711ddb8c82c99740f207854891"
                               "028af34e27e5e"));
}

enum { MOST = 200 };

/* Batches of any size lead to the root of the whole array. */
TR_PROP(batches_give_the_root_of_all)
{
    tr_merkle_rule rule = some_rule(g, 8);
    tr_hash leaves[MOST], nodes[MOST], want, got;
    tr_frontier tree;
    TR_CHECK_OK(tr_frontier_init(NULL, &tree, &rule));
    tr_append_tree kept;
    tr_append_tree_init(&kept, tr_test_alloc(), &tree);
    tr_gen_fill(g, leaves, sizeof(leaves));
    for (size_t count = 0;;) {
        memcpy(nodes, leaves, sizeof(nodes));
        TR_CHECK_OK(tr_merkle_root(NULL, &rule, count, nodes, &want));
        got = tr_frontier_root(&tree);
        TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
        TR_CHECK_EQ(tree.count, count);
        TR_CHECK_OK(tr_append_tree_root(NULL, &kept, count, &got));
        TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
        if (count == MOST) break;
        size_t more = tr_gen_below(g, TR_MIN(MOST - count, 70) + 1);
        memcpy(nodes, leaves + count, more * sizeof(tr_hash));
        TR_CHECK_OK(tr_frontier_append(NULL, &tree, more, nodes));
        TR_CHECK_OK(tr_append_tree_append(NULL, &kept, more, leaves + count));
        count += more;
    }
    tr_append_tree_free(&kept);
}

/* A tree with everything below an edge gone proves the rest, for any count since. */
TR_PROP(proofs_beyond_the_edge)
{
    size_t n = 1 + tr_gen_below(g, 60), base = tr_gen_below(g, n), final = base;
    tr_merkle_rule rule = some_rule(g, 6);
    tr_hash leaves[60], nodes[60], proof[TR_MERKLE_MAX_DEPTH], want[TR_MERKLE_MAX_DEPTH];
    tr_gen_fill(g, leaves, sizeof(leaves));
    tr_frontier edge;
    TR_CHECK_OK(tr_frontier_init(NULL, &edge, &rule));
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_frontier_append(NULL, &edge, base, nodes));
    tr_append_tree tree;
    tr_append_tree_init(&tree, tr_test_alloc(), &edge);
    TR_CHECK_OK(tr_append_tree_append(NULL, &tree, n - base, leaves + base));
    if (tr_gen_bool(g)) {
        final += tr_gen_below(g, n - base);
        TR_CHECK_OK(tr_append_tree_finalize(NULL, &tree, final));
        TR_CHECK_EQ(tree.base.count, final);
    }
    size_t count = final + tr_gen_below(g, n - final + 1);
    tr_hash root, same;
    TR_CHECK_OK(tr_append_tree_root(NULL, &tree, count, &root));
    for (size_t i = final; i < count; i++) {
        size_t len;
        TR_CHECK_OK(tr_append_tree_prove(NULL, &tree, i, count, proof));
        TR_CHECK(tr_merkle_check(&rule, count, i, &leaves[i], proof, rule.depth, &root));
        memcpy(nodes, leaves, sizeof(nodes));
        TR_CHECK_OK(tr_merkle_prove(NULL, &rule, count, nodes, i, want, &len, &same));
        TR_CHECK_BYTES(tr_bytes_of(proof, len * 32), tr_bytes_of(want, len * 32));
        TR_CHECK_BYTES(TR_VIEW(same.b), TR_VIEW(root.b));
        proof[tr_gen_below(g, rule.depth)].b[tr_gen_below(g, 32)] ^=
            (uint8_t)(1u << tr_gen_below(g, 8));
        TR_CHECK(!tr_merkle_check(&rule, count, i, &leaves[i], proof, rule.depth, &root));
    }
    TR_CHECK_ERR(tr_append_tree_prove(NULL, &tree, count, count, proof), TR_E_RANGE);
    if (final != 0) {
        TR_CHECK_ERR(tr_append_tree_prove(NULL, &tree, final - 1, n, proof), TR_E_RANGE);
        TR_CHECK_ERR(tr_append_tree_root(NULL, &tree, final - 1, &root), TR_E_RANGE);
        TR_CHECK_ERR(tr_append_tree_finalize(NULL, &tree, final - 1), TR_E_RANGE);
    }
    TR_CHECK_ERR(tr_append_tree_root(NULL, &tree, n + 1, &root), TR_E_RANGE);
    tr_append_tree_free(&tree);
}

/* The count is one more node on the way up. */
TR_TEST(proof_with_the_count_mixed_in)
{
    tr_hash leaves[3], proof[TR_MERKLE_MAX_DEPTH], root;
    memset(leaves, 7, sizeof(leaves));
    tr_frontier empty;
    tr_append_tree tree;
    TR_CHECK_OK(tr_frontier_init(NULL, &empty, &deposits));
    tr_append_tree_init(&tree, tr_test_alloc(), &empty);
    TR_CHECK_OK(tr_append_tree_append(NULL, &tree, 3, leaves));
    TR_CHECK_OK(tr_append_tree_root(NULL, &tree, 3, &root));
    root = tr_frontier_mix(&deposits, &root, 3);
    TR_CHECK_OK(tr_append_tree_prove(NULL, &tree, 2, 3, proof));
    proof[32] = tr_frontier_count_node(3);
    tr_merkle_rule deeper = deposits;
    deeper.depth = 33;
    TR_CHECK(tr_merkle_check(&deeper, 3, 2, &leaves[2], proof, 33, &root));
    proof[32] = tr_frontier_count_node(4);
    TR_CHECK(!tr_merkle_check(&deeper, 3, 2, &leaves[2], proof, 33, &root));
    tr_append_tree_free(&tree);
}

TR_TEST(full_trees)
{
    tr_merkle_rule rule = {tr_merkle_keccak256, TR_MERKLE_ZEROS, false, 2};
    tr_hash leaves[5], nodes[5], want, got, proof[TR_MERKLE_MAX_DEPTH];
    for (size_t i = 0; i < 5; i++) memset(&leaves[i], (int)i + 1, sizeof(tr_hash));
    tr_frontier tree;
    tr_append_tree kept;
    TR_CHECK_OK(tr_frontier_init(NULL, &tree, &rule));
    tr_append_tree_init(&kept, tr_test_alloc(), &tree);
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_ERR(tr_frontier_append(NULL, &tree, 5, nodes), TR_E_RANGE);
    TR_CHECK_OK(tr_frontier_append(NULL, &tree, 4, nodes));
    TR_CHECK_ERR(tr_frontier_append(NULL, &tree, 1, nodes), TR_E_RANGE);
    TR_CHECK_ERR(tr_append_tree_append(NULL, &kept, 5, leaves), TR_E_RANGE);
    TR_CHECK_OK(tr_append_tree_append(NULL, &kept, 4, leaves));
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_root(NULL, &rule, 4, nodes, &want));
    got = tr_frontier_root(&tree);
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
    TR_CHECK_OK(tr_append_tree_root(NULL, &kept, 4, &got));
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
    TR_CHECK_OK(tr_append_tree_prove(NULL, &kept, 3, 4, proof));
    TR_CHECK(tr_merkle_check(&rule, 4, 3, &leaves[3], proof, 2, &want));
    TR_CHECK_OK(tr_append_tree_finalize(NULL, &kept, 4));
    TR_CHECK_OK(tr_append_tree_root(NULL, &kept, 4, &got));
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
    tr_append_tree_free(&kept);

    tr_deposit_snapshot snapshot;
    tr_frontier again;
    tr_deposit_snapshot_get(&tree, &snapshot);
    TR_CHECK_EQ(snapshot.finalized_count, 1);
    TR_CHECK_OK(tr_deposit_snapshot_restore(NULL, &rule, &snapshot, &again));
    TR_CHECK_ERR(tr_frontier_append(NULL, &again, 1, nodes), TR_E_RANGE);
}

/* At depth 64 the count is the limit; at 1 there is room for two. */
TR_TEST(edges_of_depth)
{
    tr_frontier tree;
    tr_hash leaf = {{1}};
    tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 64};
    TR_CHECK_OK(tr_frontier_init(NULL, &tree, &rule));
    tree.count = UINT64_MAX - 1;
    TR_CHECK_OK(tr_frontier_append(NULL, &tree, 1, &leaf));
    TR_CHECK_EQ(tree.count, UINT64_MAX);
    TR_CHECK_ERR(tr_frontier_append(NULL, &tree, 1, &leaf), TR_E_RANGE);
    tr_trail trail;
    rule.depth = 0;
    TR_CHECK_ERR(tr_frontier_init(&trail, &tree, &rule), TR_E_ARGUMENT);
    rule.depth = 65;
    TR_CHECK_ERR(tr_frontier_init(&trail, &tree, &rule), TR_E_ARGUMENT);
    rule.depth = 8;
    rule.sorted = true;
    TR_CHECK_ERR(tr_frontier_init(&trail, &tree, &rule), TR_E_ARGUMENT);
    rule = (tr_merkle_rule){tr_merkle_sha256, TR_MERKLE_PROMOTE, false, 8};
    TR_CHECK_ERR(tr_frontier_init(&trail, &tree, &rule), TR_E_ARGUMENT);
}

/* A snapshot goes on as the tree would have; whatever is bent in it is refused. */
TR_PROP(snapshots)
{
    size_t n = 1 + tr_gen_below(g, 80);
    tr_merkle_rule rule = some_rule(g, 8);
    tr_hash leaves[81];
    tr_gen_fill(g, leaves, sizeof(leaves));
    tr_frontier tree, again;
    tr_deposit_snapshot snapshot, second;
    memset(&snapshot, 0, sizeof(snapshot));
    TR_CHECK_OK(tr_frontier_init(NULL, &tree, &rule));
    TR_CHECK_OK(tr_frontier_append(NULL, &tree, n, leaves));
    tr_deposit_snapshot_get(&tree, &snapshot);
    TR_CHECK_OK(tr_deposit_snapshot_restore(NULL, &rule, &snapshot, &again));
    tr_hash one = leaves[80], two = one;
    TR_CHECK_OK(tr_frontier_append(NULL, &tree, 1, &one));
    TR_CHECK_OK(tr_frontier_append(NULL, &again, 1, &two));
    one = tr_frontier_root(&tree);
    two = tr_frontier_root(&again);
    TR_CHECK_BYTES(TR_VIEW(one.b), TR_VIEW(two.b));

    second = snapshot;
    tr_hash *bent = tr_gen_bool(g) ? &second.deposit_root
                                   : &second.finalized[tr_gen_below(g, second.finalized_count)];
    bent->b[tr_gen_below(g, 32)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    TR_CHECK_ERR(tr_deposit_snapshot_restore(NULL, &rule, &second, &again), TR_E_TRIE_HASH);
    second = snapshot;
    second.finalized_count++;
    TR_CHECK_ERR(tr_deposit_snapshot_restore(NULL, &rule, &second, &again), TR_E_RANGE);
    second = snapshot;
    second.deposit_count ^= (uint64_t)1 << tr_gen_below(g, 64);
    TR_CHECK_ERR(tr_deposit_snapshot_restore(NULL, &rule, &second, &again), TR_E_RANGE);
    second = snapshot; /* as many bits, in other places */
    second.deposit_count = second.deposit_count << 1 | second.deposit_count >> 63;
    TR_CHECK(tr_deposit_snapshot_restore(NULL, &rule, &second, &again) != TR_OK);
}

static tr_err grow_a_tree(tr_alloc *alloc, void *context)
{
    tr_hash leaves[9] = {{{1}}}, root;
    const tr_frontier *edge = context;
    tr_append_tree tree;
    tr_append_tree_init(&tree, alloc, edge);
    tr_err err = TR_OK;
    for (size_t i = 0; i < 3 && err == TR_OK; i++) {
        uint64_t before = tree.count;
        err = tr_append_tree_append(NULL, &tree, 3, leaves + 3 * i);
        TR_CHECK_EQ(tree.count, err == TR_OK ? before + 3 : before);
        TR_CHECK_OK(tr_append_tree_root(NULL, &tree, tree.count, &root));
    }
    tr_append_tree_free(&tree);
    return err;
}

TR_TEST(no_memory)
{
    tr_frontier edge;
    TR_CHECK_OK(tr_frontier_init(NULL, &edge, &deposits));
    tr_test_out_of_memory(grow_a_tree, &edge);
}
