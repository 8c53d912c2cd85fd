/* A sparse Merkle tree: a binary tree of fixed depth with a place for every key, in which an absent
 * key has the value zero.  Its root is that of the whole tree with its 2^depth leaves:
 *
 *   - an absent leaf is the form's empty node, a subtree of absent leaves has one hash for each
 *     level, worked out once (tr_sparse_form);
 *   - in memory there is a node for each key and one for each place where two keys part, so that n
 *     keys take about 300 bytes each, whatever the depth;
 *   - a batch of changes is sorted and goes down the tree once; nothing is hashed until the root or
 *     a proof is asked for, then all that changed goes up together, in lanes, the deepest
 *     first.
 *
 * A proof shows for any number of keys what their values are, absent ones among them, with one form
 * only: for each key a word whose bit i (the first is the highest bit of the first byte) says that
 * the node beside the key's path at depth i + 1 is given, then those nodes, the deepest level
 * first, from left to right.  A node is given exactly if it is not that of an empty subtree, does
 * not follow from the keys themselves, and was not given for a key before. */
#ifndef TR_TRIE_SPARSE_H
#define TR_TRIE_SPARSE_H

#include "hash/merkle.h"

enum { TR_SPARSE_MAX_DEPTH = 256 };

/* What kind of tree it is: known to the maker and to the checker of proofs. */
typedef struct tr_sparse_form {
    tr_merkle_hash *hash; /* of inner nodes */
    tr_merkle_hash *leaf; /* of (key, value); NULL: the node of a leaf is its value */
    unsigned depth;
    tr_hash empty[TR_SPARSE_MAX_DEPTH + 1]; /* [i]: of an empty subtree whose root is at depth i */
} tr_sparse_form;

/* tr_sparse_form_init works out the empty subtrees; empty is the node of an absent leaf, zeros if
 * NULL.  TR_E_ARGUMENT: a depth of 0 or beyond the greatest; an empty node without a leaf hash. */
TR_NODISCARD tr_err tr_sparse_form_init(tr_trail *trail, tr_sparse_form *form, tr_merkle_hash *hash,
                                        tr_merkle_hash *leaf, unsigned depth, const tr_hash *empty);

typedef struct tr_sparse tr_sparse;

/* tr_sparse_new makes an empty tree, which keeps the form; it takes at most limit bytes. */
TR_NODISCARD tr_err tr_sparse_new(tr_trail *trail, tr_alloc *alloc, const tr_sparse_form *form,
                                  size_t limit, tr_sparse **out);
void tr_sparse_free(tr_sparse *tree);

typedef struct tr_sparse_change {
    tr_hash key;   /* bits from depth on are zero */
    tr_hash value; /* zero: the key is removed, if it is there */
} tr_sparse_change;

/* tr_sparse_update makes n changes, in any order; of several for one key the last holds.
 * TR_E_RANGE: a key is longer than the depth; TR_E_MEMORY: no room.  The tree is then as before. */
TR_NODISCARD tr_err tr_sparse_update(tr_trail *trail, tr_sparse *tree, size_t n,
                                     const tr_sparse_change changes[]);

/* tr_sparse_get gives the value of a key, zero if it is absent. */
tr_hash tr_sparse_get(const tr_sparse *tree, const tr_hash *key);

/* tr_sparse_count is how many keys there are. */
size_t tr_sparse_count(const tr_sparse *tree);

/* tr_sparse_root hashes what has changed since it was last asked.  A new value costs depth hashes.
 */
tr_hash tr_sparse_root(tr_sparse *tree);

typedef struct tr_sparse_proof {
    const tr_hash *words; /* one for each key, then nodes */
    size_t count;
} tr_sparse_proof;

/* tr_sparse_prove makes the proof of n keys, which rise, in arena.  TR_E_TRIE_ORDER: they do not;
 * TR_E_ARGUMENT: n is 0; TR_E_RANGE, TR_E_MEMORY. */
TR_NODISCARD tr_err tr_sparse_prove(tr_trail *trail, tr_sparse *tree, tr_arena *arena, size_t n,
                                    const tr_hash keys[], tr_sparse_proof *out);

/* tr_sparse_check tells whether in the tree with this root these keys have these values (zero:
 * absent).  TR_E_TRIE_PROOF: not so; TR_E_CANONICAL: a word has a bit that must not be set, or an
 * empty node is given; TR_E_SHORT, TR_E_TRAILING: too few or too many nodes; the errors above.
 * Scratch of 48 bytes for each key comes from arena and goes back. */
TR_NODISCARD tr_err tr_sparse_check(tr_trail *trail, const tr_sparse_form *form, tr_arena *arena,
                                    const tr_hash *root, size_t n, const tr_hash keys[],
                                    const tr_hash values[], const tr_sparse_proof *proof);

#endif
