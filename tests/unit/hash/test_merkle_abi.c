/* The public functions of trestle/merkle.h. */
#include "trestle/merkle.h"

#include "harness.h"
#include "trestle/hash.h"

enum { OPENZEPPELIN = TR_MERKLE_RULE_PROMOTE | TR_MERKLE_RULE_SORTED };

static void check_root(uint32_t rule, size_t n, uint8_t *nodes, const char *want)
{
    uint8_t root[32];
    TR_CHECK_OK(tr_merkle_tree_root(rule, n, nodes, root));
    TR_CHECK_BYTES(TR_VIEW(root), tr_test_hex(want));
}

/* Made with Python's hashlib, level by level: see the words beside each. */
TR_TEST(known_roots)
{
    uint8_t nodes[5][32];
    /* z = sha256(z + z), 32 times from zeros */
    check_root(TR_MERKLE_RULE_SHA256 | TR_MERKLE_RULE_DEPTH(32), 0, NULL,
               "c6f67e02e6e4e1bdefb994c6098953f34636ba2b6ca20a4721d2b26a886722ff");
    /* leaves 01.., 02.., 03.., 04.., 05.. filled up with zeros to sixteen */
    for (int i = 0; i < 5; i++) memset(nodes[i], i + 1, 32);
    check_root(TR_MERKLE_RULE_SHA256 | TR_MERKLE_RULE_DEPTH(4), 5, nodes[0],
               "5a727271b0912477d75989ab97fb250291cc8fc7db0a1ef37608eacfb3d3b6dc");
    /* leaves 09.., 08.., 07.., 06.., 05..; the smaller of two first; the last goes up alone */
    for (int i = 0; i < 5; i++) memset(nodes[i], 9 - i, 32);
    check_root(TR_MERKLE_RULE_SHA256 | OPENZEPPELIN, 5, nodes[0],
               "07f93f6cf31405f4f445717baec9c91db907ce48c800de51cafaba8d5e7ba9f3");
}

static void keccak_pair(const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint8_t pair[64];
    memcpy(pair, left, 32);
    memcpy(pair + 32, right, 32);
    tr_hash_keccak256(pair, 64, out);
}

/* Three leaves under each rule, spelt out; leaf 0 is the largest, so that sorting turns it. */
TR_TEST(three_leaves_of_keccak)
{
    uint8_t leaves[3][32], nodes[3][32], zero[32] = {0}, low[32], high[32], root[32], want[32];
    for (int i = 0; i < 3; i++) memset(leaves[i], 3 - i, 32);
    for (uint32_t rule = 0; rule < 8; rule += 2) {
        bool sorted = (rule & TR_MERKLE_RULE_SORTED) != 0;
        keccak_pair(leaves[sorted ? 1 : 0], leaves[sorted ? 0 : 1], low);
        memcpy(high, leaves[2], 32);
        if ((rule & TR_MERKLE_RULE_PROMOTE) == 0)
            keccak_pair(sorted ? zero : leaves[2], sorted ? leaves[2] : zero, high);
        bool turn = sorted && memcmp(low, high, 32) > 0;
        keccak_pair(turn ? high : low, turn ? low : high, want);
        memcpy(nodes, leaves, sizeof(nodes));
        TR_CHECK_OK(tr_merkle_tree_root(rule, 3, nodes[0], root));
        TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(want));
    }
}

static const uint32_t rules[] = {
    TR_MERKLE_RULE_KECCAK256,
    TR_MERKLE_RULE_SHA256,
    TR_MERKLE_RULE_SHA256 | TR_MERKLE_RULE_SORTED,
    TR_MERKLE_RULE_KECCAK256 | OPENZEPPELIN,
    TR_MERKLE_RULE_SHA256 | TR_MERKLE_RULE_PROMOTE,
    TR_MERKLE_RULE_KECCAK256 | TR_MERKLE_RULE_DEPTH(64),
};

TR_PROP(proofs_hold_and_only_they)
{
    enum { MOST = 20 };
    uint32_t rule = rules[tr_gen_below(g, TR_COUNTOF(rules))];
    size_t n = 1 + tr_gen_below(g, MOST), index = tr_gen_below(g, n), len, other;
    uint8_t leaves[MOST][32], nodes[MOST][32], proof[TR_MERKLE_PROOF_NODES][32], root[32], same[32];
    tr_gen_fill(g, leaves, sizeof(leaves));
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(
        tr_merkle_tree_prove(rule, n, nodes[0], index, proof[0], TR_COUNTOF(proof), &len, root));
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_tree_root(rule, n, nodes[0], same));
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(same));
    const uint8_t *leaf = leaves[index];
    TR_CHECK_EQ(tr_merkle_proof_holds(rule, n, index, leaf, proof[0], len, root), 1);
    TR_CHECK_EQ(tr_merkle_proof_holds(rule, n, n, leaf, proof[0], len, root), 0);
    TR_CHECK_EQ(
        tr_merkle_proof_holds(rule ^ TR_MERKLE_RULE_SHA256, n, index, leaf, proof[0], len, root),
        n == 1 && rule >> 8 == 0);
    if (len != 0) {
        TR_CHECK_EQ(tr_merkle_proof_holds(rule, n, index, leaf, proof[0], len - 1, root), 0);
        memcpy(nodes, leaves, sizeof(nodes));
        TR_CHECK_ERR(
            tr_merkle_tree_prove(rule, n, nodes[0], index, proof[0], len - 1, &other, root),
            TR_E_LIMIT);
        proof[tr_gen_below(g, len)][tr_gen_below(g, 32)] ^= 1;
        TR_CHECK_EQ(tr_merkle_proof_holds(rule, n, index, leaf, proof[0], len, root), 0);
    }
    root[tr_gen_below(g, 32)] ^= 1;
    TR_CHECK_EQ(tr_merkle_proof_holds(rule, n, index, leaf, proof[0], len, root), 0);
}

TR_TEST(sorted_proofs_need_no_index)
{
    uint8_t leaves[5][32], nodes[5][32], proof[3][32], root[32];
    size_t len;
    for (int i = 0; i < 5; i++) memset(leaves[i], i, 32);
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_tree_prove(OPENZEPPELIN, 5, nodes[0], 2, proof[0], 3, &len, root));
    TR_CHECK_EQ(len, 3);
    TR_CHECK_EQ(tr_merkle_proof_holds(OPENZEPPELIN, 0, 77, leaves[2], proof[0], len, root), 1);
    TR_CHECK_EQ(tr_merkle_proof_holds(OPENZEPPELIN, 0, 77, leaves[3], proof[0], len, root), 0);
    TR_CHECK_EQ(tr_merkle_proof_holds(TR_MERKLE_RULE_PROMOTE, 0, 0, leaves[2], proof[0], len, root),
                0);
}

TR_TEST(one_leaf_is_its_root)
{
    uint8_t leaf[32], node[32], root[32];
    size_t len = 9;
    memset(leaf, 7, 32);
    memset(node, 7, 32);
    TR_CHECK_OK(tr_merkle_tree_prove(TR_MERKLE_RULE_KECCAK256, 1, node, 0, NULL, 0, &len, root));
    TR_CHECK_EQ(len, 0);
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(leaf));
    TR_CHECK_EQ(tr_merkle_proof_holds(TR_MERKLE_RULE_KECCAK256, 1, 0, leaf, NULL, 0, root), 1);
    memset(leaf, 0, 32);
    TR_CHECK_OK(tr_merkle_tree_root(OPENZEPPELIN, 0, NULL, root));
    TR_CHECK_BYTES(TR_VIEW(root), TR_VIEW(leaf));
}

TR_TEST(no_such_rule_or_leaf)
{
    static const uint32_t wrong[] = {
        8,
        128,
        TR_MERKLE_RULE_DEPTH(65),
        TR_MERKLE_RULE_DEPTH(256),
        TR_MERKLE_RULE_PROMOTE | TR_MERKLE_RULE_DEPTH(1),
    };
    uint8_t nodes[3][32] = {{0}}, proof[2][32], root[32] = {0};
    size_t len;
    for (size_t i = 0; i < TR_COUNTOF(wrong); i++) {
        TR_CHECK_ERR(tr_merkle_tree_root(wrong[i], 1, nodes[0], root), TR_E_ARGUMENT);
        TR_CHECK_ERR(tr_merkle_tree_prove(wrong[i], 1, nodes[0], 0, proof[0], 2, &len, root),
                     TR_E_ARGUMENT);
        TR_CHECK_EQ(tr_merkle_proof_holds(wrong[i], 1, 0, nodes[0], NULL, 0, root), 0);
    }
    TR_CHECK_EQ(tr_merkle_proof_holds(0, 1, 0, nodes[0], NULL, 0, root), 1);
    TR_CHECK_ERR(tr_merkle_tree_root(TR_MERKLE_RULE_DEPTH(1), 3, nodes[0], root), TR_E_RANGE);
    TR_CHECK_ERR(tr_merkle_tree_prove(0, 3, nodes[0], 3, proof[0], 2, &len, root), TR_E_RANGE);
    TR_CHECK_ERR(tr_merkle_tree_prove(0, 0, NULL, 0, proof[0], 2, &len, root), TR_E_RANGE);
}
