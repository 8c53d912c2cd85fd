/* Binary Merkle trees over hashes: root, proof, check.  A tree is worked out level by level, so
 * that the hash function gets whole arrays of pairs.
 *
 *        root            A rule says how pairs are hashed and what happens at the right edge:
 *        /  \            - TR_MERKLE_ZEROS: leaves of zeros fill the tree up to a power of two
 *      ab    c             or to a given depth (SSZ, deposit trees);
 *      /\    |           - TR_MERKLE_PROMOTE: a node without a partner goes up as it is.
 *     a  b   c           A sorted rule hashes the smaller of two nodes first (OpenZeppelin's
 *                        MerkleProof), so that a proof needs no index.
 *
 * A leaf is any 32 bytes.  Where an attacker chooses leaves of 64 bytes, or where the number of
 * leaves is not known to the verifier, the caller must keep leaves and inner nodes apart. */
#ifndef TR_HASH_MERKLE_H
#define TR_HASH_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

enum { TR_MERKLE_MAX_DEPTH = 64 };

typedef enum tr_merkle_edge { TR_MERKLE_ZEROS, TR_MERKLE_PROMOTE } tr_merkle_edge;

/* A hash of pairs: out[i] = H(pairs[2i] || pairs[2i + 1]) for i below n; out and pairs do not
 * overlap. */
typedef void tr_merkle_hash(size_t n, const tr_hash pairs[], tr_hash out[]);

typedef struct tr_merkle_rule {
    tr_merkle_hash *hash;
    tr_merkle_edge edge;
    bool sorted;
    uint8_t depth; /* with TR_MERKLE_ZEROS: levels above the leaves, 0: as few as will do */
} tr_merkle_rule;

tr_merkle_hash tr_merkle_keccak256, tr_merkle_sha256;

/* tr_merkle_root works in nodes, which holds the n leaves and is overwritten.  Without leaves the
 * root is that of a tree of zeros, or zero under TR_MERKLE_PROMOTE.  TR_E_RANGE: more leaves than
 * the rule's depth has room for. */
TR_NODISCARD tr_err tr_merkle_root(tr_trail *trail, const tr_merkle_rule *rule, size_t n,
                                   tr_hash nodes[], tr_hash *root);

/* tr_merkle_prove is tr_merkle_root that also gives the partners of leaf index on the way up, at
 * most TR_MERKLE_MAX_DEPTH, lowest first.  TR_E_RANGE too if there is no such leaf. */
TR_NODISCARD tr_err tr_merkle_prove(tr_trail *trail, const tr_merkle_rule *rule, size_t n,
                                    tr_hash nodes[], size_t index,
                                    tr_hash proof[TR_MERKLE_MAX_DEPTH], size_t *proof_len,
                                    tr_hash *root);

/* tr_merkle_check tells whether the proof leads from leaf, at index of n, to root.  Its length must
 * be just right.  Under a sorted TR_MERKLE_PROMOTE rule n may be 0: index and length are then not
 * looked at, as MerkleProof.sol does it. */
bool tr_merkle_check(const tr_merkle_rule *rule, size_t n, size_t index, const tr_hash *leaf,
                     const tr_hash proof[], size_t proof_len, const tr_hash *root);

#endif
