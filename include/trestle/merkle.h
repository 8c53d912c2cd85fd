/* Binary Merkle trees: root, proof, check.
 *
 * Nodes are 32 bytes, and arrays of them lie one behind the other; n, room and the lengths of
 * proofs count nodes.  No memory is taken.  A leaf is any 32 bytes: where an attacker chooses what
 * is hashed into leaves, the caller must keep leaves and inner nodes apart. */
#ifndef TRESTLE_MERKLE_H
#define TRESTLE_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A rule is one of the hash functions, and what is wanted of the rest, with | between them:
 *
 *  - as it is, leaves of zeros fill the tree up to a power of two (SSZ), or with
 *    TR_MERKLE_RULE_DEPTH to 2 to the power of levels, at most 64 (deposit trees);
 *  - TR_MERKLE_RULE_PROMOTE: a node without a partner goes up as it is;
 *  - TR_MERKLE_RULE_SORTED: the smaller of two nodes is hashed first.
 *
 * TR_MERKLE_RULE_KECCAK256 | TR_MERKLE_RULE_PROMOTE | TR_MERKLE_RULE_SORTED is what contracts with
 * OpenZeppelin's MerkleProof check.  Functions answer TR_E_ARGUMENT for any other bit, and for a
 * depth together with TR_MERKLE_RULE_PROMOTE. */
#define TR_MERKLE_RULE_KECCAK256     0u
#define TR_MERKLE_RULE_SHA256        1u
#define TR_MERKLE_RULE_PROMOTE       2u
#define TR_MERKLE_RULE_SORTED        4u
#define TR_MERKLE_RULE_DEPTH(levels) ((uint32_t)(levels) << 8)

/* No proof is longer. */
#define TR_MERKLE_PROOF_NODES 64

/* tr_merkle_tree_root works in the n nodes at nodes, which hold the leaves and are overwritten.
 * Without leaves the root is that of a tree of zeros, or zero under TR_MERKLE_RULE_PROMOTE.
 * TR_E_RANGE: more leaves than the rule's depth has room for; TR_E_ARGUMENT. */
TR_API tr_err tr_merkle_tree_root(uint32_t rule, size_t n, uint8_t *nodes, uint8_t root[32]);

/* tr_merkle_tree_prove is tr_merkle_tree_root that also gives the partners of leaf index on the way
 * up, lowest first, and how many they are.  proof has room for room nodes.  TR_E_RANGE too if there
 * is no such leaf; TR_E_LIMIT: room is too small. */
TR_API tr_err tr_merkle_tree_prove(uint32_t rule, size_t n, uint8_t *nodes, size_t index,
                                   uint8_t *proof, size_t room, size_t *proof_len,
                                   uint8_t root[32]);

/* tr_merkle_proof_holds is 1 when the proof leads from leaf, at index of n, to root, else 0, also
 * for what is no rule.  The length must be just right.  Under a rule that promotes and sorts n may
 * be 0: index and length are then not looked at, and the caller alone answers for leaves that are
 * inner nodes. */
TR_API int tr_merkle_proof_holds(uint32_t rule, size_t n, size_t index, const uint8_t leaf[32],
                                 const uint8_t *proof, size_t proof_len, const uint8_t root[32]);

#ifdef __cplusplus
}
#endif

#endif
