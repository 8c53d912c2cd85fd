/* The append-only Merkle tree of a fixed depth, as deposit contracts and message bridges keep it:
 * leaves come in from the left, the rest is zeros.  Two ways to hold it:
 *
 *   tr_frontier     only the edge: for each set bit of the count the one full subtree that it
 *                   stands for.  Appends and tells the root, in memory that does not grow.
 *
 *        count 5 = 101b        x         x: hash[2], the four leaves on the left
 *                            /   \    y  y: hash[0], the fifth
 *
 *   tr_append_tree  an edge (what is finalised) and all full subtrees to its right.  Tells the root
 *                   and proves a leaf for any count since the edge, in one look-up for each level.
 *
 * The hash is that of a tr_merkle_rule, whole batches at a time, and tr_merkle_check checks the
 * proofs.  Deposit contracts mix the count into the root: tr_frontier_mix.  The snapshots of
 * EIP-4881 are at the end. */
#ifndef TR_TRIE_FRONTIER_H
#define TR_TRIE_FRONTIER_H

#include "hash/merkle.h"

typedef struct tr_frontier {
    tr_merkle_rule rule;
    uint64_t count;
    tr_hash hash[TR_MERKLE_MAX_DEPTH + 1];  /* [i]: of 2^i leaves, if bit i of count is set */
    tr_hash zeros[TR_MERKLE_MAX_DEPTH + 1]; /* [i]: of 2^i zeros */
} tr_frontier;

/* tr_frontier_init makes an empty tree.  The rule must be an unsorted one of TR_MERKLE_ZEROS with a
 * depth of 1 to TR_MERKLE_MAX_DEPTH: TR_E_ARGUMENT. */
TR_NODISCARD tr_err tr_frontier_init(tr_trail *trail, tr_frontier *tree,
                                     const tr_merkle_rule *rule);

/* tr_frontier_append adds n leaves.  It works in nodes, which holds the leaves and is overwritten.
 * TR_E_RANGE: more than there is room for (2^depth; at depth 64 one less), nothing is changed. */
TR_NODISCARD tr_err tr_frontier_append(tr_trail *trail, tr_frontier *tree, size_t n,
                                       tr_hash nodes[]);

/* tr_frontier_root costs depth hashes. */
tr_hash tr_frontier_root(const tr_frontier *tree);

/* tr_frontier_mix is H(root || count as 8 bytes little-endian || 24 zeros).  A proof that leads to
 * it is that of the leaf with tr_frontier_count_node behind it, under a rule one deeper. */
tr_hash tr_frontier_mix(const tr_merkle_rule *rule, const tr_hash *root, uint64_t count);
tr_hash tr_frontier_count_node(uint64_t count);

typedef struct tr_append_level {
    tr_hash *nodes;
    size_t count, capacity;
} tr_append_level;

typedef struct tr_append_tree {
    tr_frontier base; /* the leaves below base.count are finalised */
    uint64_t count;
    tr_alloc *alloc;
    tr_append_level levels[TR_MERKLE_MAX_DEPTH + 1]; /* [i]: from 2^i leaves to the right of base */
} tr_append_tree;

/* tr_append_tree_init begins at an edge, which is copied; tr_append_tree_free gives the memory
 * back. */
void tr_append_tree_init(tr_append_tree *tree, tr_alloc *alloc, const tr_frontier *base);
void tr_append_tree_free(tr_append_tree *tree);

/* tr_append_tree_append adds n leaves, for about 64 bytes of memory each.  TR_E_RANGE,
 * TR_E_MEMORY: nothing is changed. */
TR_NODISCARD tr_err tr_append_tree_append(tr_trail *trail, tr_append_tree *tree, size_t n,
                                          const tr_hash leaves[]);

/* tr_append_tree_root is the root when there were count leaves.  TR_E_RANGE: there never were, or
 * it is finalised.  Costs at most depth hashes. */
TR_NODISCARD tr_err tr_append_tree_root(tr_trail *trail, const tr_append_tree *tree, uint64_t count,
                                        tr_hash *root);

/* tr_append_tree_prove gives the depth siblings of leaf index when there were count leaves, lowest
 * first.  TR_E_RANGE as above, or the leaf is finalised or beyond count. */
TR_NODISCARD tr_err tr_append_tree_prove(tr_trail *trail, const tr_append_tree *tree,
                                         uint64_t index, uint64_t count,
                                         tr_hash proof[TR_MERKLE_MAX_DEPTH]);

/* tr_append_tree_finalize forgets what is needed only for leaves below count.  TR_E_RANGE: fewer
 * than are finalised, or more than there are. */
TR_NODISCARD tr_err tr_append_tree_finalize(tr_trail *trail, tr_append_tree *tree, uint64_t count);

/* The snapshot of EIP-4881: an edge, the root with the count mixed in, and the block of the
 * execution layer that it was taken at. */
typedef struct tr_deposit_snapshot {
    tr_hash finalized[TR_MERKLE_MAX_DEPTH + 1]; /* the largest subtree first */
    size_t finalized_count;
    tr_hash deposit_root;
    uint64_t deposit_count;
    tr_hash block_hash;
    uint64_t block_height;
} tr_deposit_snapshot;

/* tr_deposit_snapshot_get fills in all but the block. */
void tr_deposit_snapshot_get(const tr_frontier *tree, tr_deposit_snapshot *out);

/* tr_deposit_snapshot_restore makes the edge again.  TR_E_RANGE: more deposits than the rule has
 * room for, or not as many hashes as the count has bits; TR_E_TRIE_HASH: they do not lead to
 * deposit_root. */
TR_NODISCARD tr_err tr_deposit_snapshot_restore(tr_trail *trail, const tr_merkle_rule *rule,
                                                const tr_deposit_snapshot *snapshot,
                                                tr_frontier *out);

#endif
