/* What the checkers of proofs share: a set of nodes found by hash, in which each may be used and
 * none left over. */
#ifndef TR_TRIE_PROOF_INTERNAL_H
#define TR_TRIE_PROOF_INTERNAL_H

#include "trie/node.h"

typedef struct tr_proof_set {
    tr_alloc *alloc;
    const tr_bytes *nodes;
    tr_hash *hashes;
    uint32_t *order; /* the nodes sorted by hash */
    bool *used;
    size_t count;
} tr_proof_set;

/* tr_proof_set_init hashes the nodes; memory for that comes from alloc until tr_proof_set_free. */
TR_NODISCARD tr_err tr_proof_set_init(tr_trail *trail, tr_proof_set *set, tr_alloc *alloc,
                                      size_t count, const tr_bytes nodes[]);
void tr_proof_set_free(tr_proof_set *set);

/* tr_proof_set_use gives the node of this hash and marks it, with all that are the same, as used.
 * TR_E_SHORT: there is none. */
TR_NODISCARD tr_err tr_proof_set_use(tr_trail *trail, tr_proof_set *set, const uint8_t hash[32],
                                     tr_bytes *out);

/* tr_proof_set_finish: TR_E_TRAILING when a node was not used; TR_E_DUPLICATE when one is there
 * twice, unless that is allowed. */
TR_NODISCARD tr_err tr_proof_set_finish(tr_trail *trail, const tr_proof_set *set, bool repeated);

#endif
