/* Proofs of many leaves of a binary Merkle tree at once: what the leaves share is hashed once, and
 * what can be worked out from them is left out.
 *
 *          1            A node's generalized index: the root is 1, below k are 2k and 2k + 1.
 *        /   \          To show the leaves 4 and 6 the helpers 7 and 5 are needed, not 2, 3.
 *       2     3
 *      / \   / \        A proof has one form: the nodes to be shown in rising order, each once and
 *     4   5 6   7       none above another; the helpers in falling order (as in SSZ's
 * multi-proofs), exactly those that are needed.
 *
 * Two doors: leaves of a complete tree under a tr_merkle_rule, by their position; and any nodes of
 * any tree by their generalized index (SSZ).  A level is hashed in one call. */
#ifndef TR_TRIE_MULTIPROOF_H
#define TR_TRIE_MULTIPROOF_H

#include "hash/merkle.h"

/* What is shown: rising positions or generalized indices, and the hashes there. */
typedef struct tr_multiproof_part {
    size_t count;
    const uint64_t *index;
    const tr_hash *node;
} tr_multiproof_part;

typedef struct tr_multiproof {
    const tr_hash *helpers;
    size_t count;
} tr_multiproof;

/* tr_multiproof_make proves the leaves at count positions of a tree of n leaves, and tells its
 * root. It works in nodes, which holds the leaves and is overwritten; the helpers come from arena.
 * TR_E_RANGE: as tr_merkle_prove; TR_E_TRIE_ORDER: the positions do not rise; TR_E_ARGUMENT: there
 * are none. */
TR_NODISCARD tr_err tr_multiproof_make(tr_trail *trail, const tr_merkle_rule *rule, tr_arena *arena,
                                       size_t n, tr_hash nodes[], size_t count,
                                       const uint64_t positions[], tr_multiproof *out,
                                       tr_hash *root);

/* tr_multiproof_check tells whether these leaves of a tree of n leaves are what its root holds.
 * TR_E_TRIE_PROOF: they are not; TR_E_SHORT, TR_E_TRAILING: too few or too many helpers; the errors
 * above.  Scratch of about 80 bytes for each leaf comes from arena and goes back. */
TR_NODISCARD tr_err tr_multiproof_check(tr_trail *trail, const tr_merkle_rule *rule,
                                        tr_arena *arena, size_t n, const tr_multiproof_part *part,
                                        const tr_multiproof *proof, const tr_hash *root);

/* tr_multiproof_check_nodes does so for nodes of any depth, given by their generalized indices.
 * TR_E_TRIE_ORDER: they do not rise, or one lies above another. */
TR_NODISCARD tr_err tr_multiproof_check_nodes(tr_trail *trail, tr_merkle_hash *hash,
                                              tr_arena *arena, const tr_multiproof_part *part,
                                              const tr_multiproof *proof, const tr_hash *root);

/* tr_multiproof_helpers tells which nodes a proof of count generalized indices must hold, in the
 * order in which it holds them. */
TR_NODISCARD tr_err tr_multiproof_helpers(tr_trail *trail, tr_arena *arena, size_t count,
                                          const uint64_t index[], const uint64_t **helpers,
                                          size_t *helper_count);

/* tr_multiproof_check_flags is the multi-proof of OpenZeppelin's MerkleProof: a queue of hashes,
 * the leaves first, from which each flag takes two, or one and the next helper, and to which it
 * adds the smaller of them hashed with the larger.  There is one flag less than there are leaves
 * and helpers; all of both are used.  Its order is that of the leaves in the maker's tree, which
 * the check does not know: sound, but not the one form of the others. */
TR_NODISCARD tr_err tr_multiproof_check_flags(tr_trail *trail, tr_merkle_hash *hash,
                                              tr_arena *arena, size_t count, const tr_hash leaves[],
                                              const tr_multiproof *proof, size_t flag_count,
                                              const bool flags[], const tr_hash *root);

#endif
