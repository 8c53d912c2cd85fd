/* Checking proofs of a Merkle-Patricia trie, with nothing at hand but the root.
 *
 * A proof is accepted in one form only: the nodes on the way, from the root on, each once, embedded
 * ones left out, nothing more.  So a bit changed anywhere is refused. */
#ifndef TR_TRIE_PROOF_H
#define TR_TRIE_PROOF_H

#include "trie/trie.h"

/* tr_trie_check follows a proof to a key.  TR_OK: *value is what the trie has there.
 * TR_E_NOT_FOUND: the proof shows that the trie has nothing there (*value is empty).  Anything
 * else: it shows nothing.  TR_E_TRIE_HASH: a node is not the one that is needed; TR_E_SHORT: nodes
 * are missing; TR_E_TRAILING: there are more than needed; the errors of tr_trie_node_decode. */
TR_NODISCARD tr_err tr_trie_check(tr_trail *trail, const tr_hash *root, tr_bytes key, size_t count,
                                  const tr_bytes nodes[], tr_bytes *value);

/* tr_trie_check_ordered is tr_trie_check for value index of an ordered trie. */
TR_NODISCARD tr_err tr_trie_check_ordered(tr_trail *trail, const tr_hash *root, uint64_t index,
                                          size_t count, const tr_bytes nodes[], tr_bytes *value);

/* tr_trie_check_many checks n keys against one set of nodes, in any order and each once; every
 * node must be needed by some key.  found[i] tells whether values[i] was there; after an error none
 * is.  TR_E_DUPLICATE: a node is there twice; the rest as above, a missing node being TR_E_SHORT.
 * Scratch comes from arena, 37 bytes for each node. */
TR_NODISCARD tr_err tr_trie_check_many(tr_trail *trail, const tr_hash *root, tr_arena *arena,
                                       size_t n, const tr_bytes keys[], size_t count,
                                       const tr_bytes nodes[], tr_bytes values[], bool found[]);

/* tr_trie_check_range: between first and last (both included) the trie has these entries and no
 * others.  nodes are the proofs of the two edges, joined in any order, repeated ones allowed; count
 * 0: the entries are the whole trie.  *more: the trie has entries after last.  A range that a
 * server cut short is checked with the last key given as last.
 *
 * All keys of the trie are of one length.  TR_E_ARGUMENT: edges of other lengths or first > last,
 * an entry with a key of another length or without a value; TR_E_TRIE_ORDER: keys do not rise;
 * TR_E_RANGE: an entry lies outside; TR_E_TRIE_PROOF: the trie has something else there;
 * TR_E_SHORT: nodes are missing; TR_E_TRAILING: there are more than needed.  Scratch comes from
 * alloc and goes back: 37 bytes for each node, and what building takes. */
TR_NODISCARD tr_err tr_trie_check_range(tr_trail *trail, tr_alloc *alloc, const tr_hash *root,
                                        tr_bytes first, tr_bytes last, size_t n,
                                        const tr_trie_entry entries[], size_t count,
                                        const tr_bytes nodes[], bool *more);

#endif
