#include "for_each_code.h"
#include "harness.h"
#include "hash/keccak.h"
#include "hash/merkle.h"
#include "hash/sha2.h"

static const tr_merkle_rule ssz = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 0};
static const tr_merkle_rule sorted = {tr_merkle_sha256, TR_MERKLE_PROMOTE, true, 0};

static void check_root(const tr_merkle_rule *rule, size_t n, tr_hash *nodes, const char *want)
{
    tr_hash root;
    TR_CHECK_OK(tr_merkle_root(NULL, rule, n, nodes, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), tr_test_hex(want));
}

/* Made with Python's hashlib, level by level: see the words beside each. */
TR_TEST(known_roots)
{
    tr_hash nodes[5];
    tr_merkle_rule deep = ssz;
    deep.depth = 32; /* z = sha256(z + z), 32 times from zeros */
    check_root(&deep, 0, NULL, "c6f67e02e6e4e1bdefb994c6098953f34636ba2b6ca20a4721d2b26a886722ff");
    deep.depth = 4; /* leaves 01.., 02.., 03.., 04.., 05.. filled up with zeros to sixteen */
    for (size_t i = 0; i < 5; i++) memset(&nodes[i], (int)i + 1, sizeof(tr_hash));
    check_root(&deep, 5, nodes, "5a727271b0912477d75989ab97fb250291cc8fc7db0a1ef37608eacfb3d3b6dc");
    /* leaves 09.., 08.., 07.., 06.., 05..; the smaller of two first; the last goes up alone */
    for (size_t i = 0; i < 5; i++) memset(&nodes[i], 9 - (int)i, sizeof(tr_hash));
    check_root(&sorted, 5, nodes,
               "07f93f6cf31405f4f445717baec9c91db907ce48c800de51cafaba8d5e7ba9f3");
}

/* A tree by its definition: the left half is the largest power of two below n, and a subtree of
 * zeros is spelt out.  Slow, and nothing like the code. */
static tr_hash naive(const tr_merkle_rule *rule, unsigned depth, size_t n, const tr_hash *leaves)
{
    tr_hash zero = {{0}}, pair[2], out;
    if (rule->edge == TR_MERKLE_PROMOTE && n == 1) return leaves[0];
    if (depth == 0) return n == 0 ? zero : leaves[0];
    size_t half = (size_t)1 << (depth - 1), left = TR_MIN(n, half);
    if (rule->edge == TR_MERKLE_PROMOTE && n <= half) return naive(rule, depth - 1, n, leaves);
    pair[0] = naive(rule, depth - 1, left, leaves);
    pair[1] = naive(rule, depth - 1, n - left, leaves + left);
    if (rule->sorted && memcmp(&pair[0], &pair[1], sizeof(tr_hash)) > 0) {
        out = pair[0];
        pair[0] = pair[1];
        pair[1] = out;
    }
    bool keccak = rule->hash == tr_merkle_keccak256;
    tr_bytes both = tr_bytes_of(pair, sizeof(pair));
    return keccak ? tr_keccak256(both) : tr_sha256(both);
}

static tr_merkle_rule some_rule(tr_gen *g, unsigned least)
{
    tr_merkle_rule rule = {tr_gen_bool(g) ? tr_merkle_keccak256 : tr_merkle_sha256,
                           tr_gen_bool(g) ? TR_MERKLE_ZEROS : TR_MERKLE_PROMOTE, tr_gen_bool(g), 0};
    if (rule.edge == TR_MERKLE_ZEROS && tr_gen_bool(g) && least != 0)
        rule.depth = (uint8_t)(least + tr_gen_below(g, 2));
    return rule;
}

TR_PROP(roots_are_those_of_the_definition)
{
    size_t n = 1 + (tr_gen_below(g, 10) == 0 ? tr_gen_below(g, 300) : tr_gen_below(g, 20));
    unsigned depth = 0;
    while ((size_t)1 << depth < n) depth++;
    tr_merkle_rule rule = some_rule(g, depth);
    if (rule.depth != 0) depth = rule.depth;
    tr_hash *leaves = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, n);
    tr_hash *nodes = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, n);
    tr_gen_fill(g, leaves, n * sizeof(tr_hash));
    tr_hash want = naive(&rule, depth, n, leaves), root;
    FOR_EACH_CODE(code)
    {
        memcpy(nodes, leaves, n * sizeof(tr_hash));
        TR_CHECK_OK(tr_merkle_root(NULL, &rule, n, nodes, &root));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    }
}

TR_PROP(proofs_hold_and_only_they)
{
    size_t n = 1 + tr_gen_below(g, 40), index = tr_gen_below(g, n), len;
    tr_merkle_rule rule = some_rule(g, 6);
    tr_hash leaves[40], nodes[40], proof[TR_MERKLE_MAX_DEPTH + 1], root, same;
    tr_gen_fill(g, leaves, n * sizeof(tr_hash));
    memcpy(nodes, leaves, n * sizeof(tr_hash));
    TR_CHECK_OK(tr_merkle_prove(NULL, &rule, n, nodes, index, proof, &len, &root));
    memcpy(nodes, leaves, n * sizeof(tr_hash));
    TR_CHECK_OK(tr_merkle_root(NULL, &rule, n, nodes, &same));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(same.b));

    TR_CHECK(tr_merkle_check(&rule, n, index, &leaves[index], proof, len, &root));
    if (rule.sorted && rule.edge == TR_MERKLE_PROMOTE)
        TR_CHECK(tr_merkle_check(&rule, 0, 0, &leaves[index], proof, len, &root));
    TR_CHECK(!tr_merkle_check(&rule, n, n, &leaves[index], proof, len, &root));
    proof[len] = proof[0];
    TR_CHECK(!tr_merkle_check(&rule, n, index, &leaves[index], proof, len + 1, &root));
    if (len != 0)
        TR_CHECK(!tr_merkle_check(&rule, n, index, &leaves[index], proof, len - 1, &root));

    tr_hash *bent[] = {&leaves[index], &root, &proof[tr_gen_below(g, TR_MAX(len, 1))]};
    tr_hash *h = bent[tr_gen_below(g, len == 0 ? 2 : 3)];
    h->b[tr_gen_below(g, 32)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    TR_CHECK(!tr_merkle_check(&rule, n, index, &leaves[index], proof, len, &root));
}

TR_TEST(wrong_place_is_no_proof)
{
    tr_hash leaves[8], nodes[8], proof[TR_MERKLE_MAX_DEPTH], root;
    size_t len;
    for (size_t i = 0; i < 8; i++) memset(&leaves[i], (int)i, sizeof(tr_hash));
    memcpy(nodes, leaves, sizeof(nodes));
    TR_CHECK_OK(tr_merkle_prove(NULL, &ssz, 8, nodes, 3, proof, &len, &root));
    for (size_t i = 0; i < 8; i++)
        TR_CHECK(tr_merkle_check(&ssz, 8, i, &leaves[3], proof, len, &root) == (i == 3));
}

TR_TEST(limits)
{
    tr_hash nodes[5] = {{{0}}}, proof[TR_MERKLE_MAX_DEPTH], root;
    size_t len;
    tr_trail trail;
    tr_merkle_rule shallow = ssz;
    shallow.depth = 2;
    TR_CHECK_OK(tr_merkle_root(NULL, &shallow, 4, nodes, &root));
    TR_CHECK_ERR(tr_merkle_root(&trail, &shallow, 5, nodes, &root), TR_E_RANGE);
    TR_CHECK(!tr_merkle_check(&shallow, 5, 0, &nodes[0], proof, 2, &root));
    TR_CHECK_ERR(tr_merkle_prove(&trail, &ssz, 5, nodes, 5, proof, &len, &root), TR_E_RANGE);
    shallow.depth = TR_MERKLE_MAX_DEPTH;
    TR_CHECK_OK(tr_merkle_root(NULL, &shallow, 5, nodes, &root));
    shallow.depth = TR_MERKLE_MAX_DEPTH + 1;
    TR_CHECK_ERR(tr_merkle_root(&trail, &shallow, 0, nodes, &root), TR_E_RANGE);
    TR_CHECK_OK(tr_merkle_root(NULL, &sorted, 0, nodes, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(((tr_hash){{0}}).b));
}
