#include "trestle/merkle.h"

#include "hash/merkle.h"

_Static_assert(sizeof(tr_hash) == 32 && alignof(tr_hash) == 1, "nodes are bytes of the caller");
_Static_assert((int)TR_MERKLE_PROOF_NODES == (int)TR_MERKLE_MAX_DEPTH, "the longest proof");

static bool read_rule(uint32_t rule, tr_merkle_rule *out)
{
    uint32_t known = TR_MERKLE_RULE_SHA256 | TR_MERKLE_RULE_PROMOTE | TR_MERKLE_RULE_SORTED;
    uint32_t depth = rule >> 8;
    bool promote = (rule & TR_MERKLE_RULE_PROMOTE) != 0;
    if ((rule & 0xff & ~known) != 0 || depth > TR_MERKLE_MAX_DEPTH || (promote && depth != 0))
        return false;
    *out = (tr_merkle_rule){
        .hash = (rule & TR_MERKLE_RULE_SHA256) != 0 ? tr_merkle_sha256 : tr_merkle_keccak256,
        .edge = promote ? TR_MERKLE_PROMOTE : TR_MERKLE_ZEROS,
        .sorted = (rule & TR_MERKLE_RULE_SORTED) != 0,
        .depth = (uint8_t)depth,
    };
    return true;
}

tr_err tr_merkle_tree_root(uint32_t rule, size_t n, uint8_t *nodes, uint8_t root[32])
{
    tr_merkle_rule true_rule;
    if (!read_rule(rule, &true_rule)) return TR_E_ARGUMENT;
    return tr_merkle_root(NULL, &true_rule, n, (tr_hash *)nodes, (tr_hash *)root);
}

tr_err tr_merkle_tree_prove(uint32_t rule, size_t n, uint8_t *nodes, size_t index, uint8_t *proof,
                            size_t room, size_t *proof_len, uint8_t root[32])
{
    tr_merkle_rule true_rule;
    tr_hash partners[TR_MERKLE_MAX_DEPTH], top;
    size_t len;
    if (!read_rule(rule, &true_rule)) return TR_E_ARGUMENT;
    TR_TRY(tr_merkle_prove(NULL, &true_rule, n, (tr_hash *)nodes, index, partners, &len, &top));
    if (len > room) return TR_E_LIMIT;
    if (len != 0) memcpy(proof, partners, len * sizeof(tr_hash));
    memcpy(root, top.b, sizeof(top.b));
    *proof_len = len;
    return TR_OK;
}

int tr_merkle_proof_holds(uint32_t rule, size_t n, size_t index, const uint8_t leaf[32],
                          const uint8_t *proof, size_t proof_len, const uint8_t root[32])
{
    tr_merkle_rule true_rule;
    return read_rule(rule, &true_rule) &&
           tr_merkle_check(&true_rule, n, index, (const tr_hash *)leaf, (const tr_hash *)proof,
                           proof_len, (const tr_hash *)root);
}
