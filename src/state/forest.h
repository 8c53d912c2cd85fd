/* The forest: the trie of accounts and the storage tries below it, kept from batch to batch.
 *
 * Changes go in; the root comes out when it is asked for: all storage tries first, hashed together
 * in lanes, then the accounts'.  It is a world too: accounts and slots can be read through the
 * tries (a witness's, a store's), for when nothing faster is there. */
#ifndef TR_STATE_FOREST_H
#define TR_STATE_FOREST_H

#include "base/exec.h"
#include "state/world.h"
#include "trie/trie.h"

/* Where nodes and codes come from.  owner: the hash of the account whose storage trie is meant,
 * NULL for the accounts' trie; the source given lives as long as the forest (NULL: no memory).
 * Codes by hash; NULL when the forest is not read as a world.  block_hash: NULL as in tr_world. */
typedef struct tr_forest_source tr_forest_source;
struct tr_forest_source {
    tr_trie_source *(*trie)(tr_forest_source *self, const tr_hash *owner);
    tr_err (*code)(tr_forest_source *self, tr_trail *trail, const tr_hash *code_hash,
                   tr_bytes *out);
    tr_err (*block_hash)(tr_forest_source *self, tr_trail *trail, uint64_t number, tr_hash *out);
};

typedef struct tr_forest_options {
    tr_alloc *alloc;
    tr_forest_source *source; /* NULL: it begins empty and is all in memory */
    tr_hash root;             /* with a source */
    size_t limit;             /* bytes, of all tries together */
} tr_forest_options;

typedef struct tr_forest tr_forest;
TR_NODISCARD tr_err tr_forest_new(tr_trail *trail, const tr_forest_options *options,
                                  tr_forest **out);
void tr_forest_free(tr_forest *forest);
tr_world *tr_forest_world(tr_forest *forest);

/* tr_forest_apply takes the changes of a run; tr_forest_root hashes what they made.  An account's
 * storage root is worked out here, with the executor; changes never name it.  After an error of
 * tr_forest_apply a part may have been made: the forest then answers TR_E_STATE. */
TR_NODISCARD tr_err tr_forest_apply(tr_trail *trail, tr_forest *forest, tr_exec *exec,
                                    const tr_changes *changes);
TR_NODISCARD tr_err tr_forest_root(tr_trail *trail, tr_forest *forest, tr_exec *exec, tr_hash *out);

/* tr_forest_storage_root is that of an account as it is now (of none: the empty one). */
TR_NODISCARD tr_err tr_forest_storage_root(tr_trail *trail, tr_forest *forest,
                                           const tr_addr *address, tr_hash *out);

/* Proofs as eth_getProof gives them: of an account and of slots of it.  The root must be up to
 * date. */
TR_NODISCARD tr_err tr_forest_prove(tr_trail *trail, tr_forest *forest, tr_arena *arena,
                                    const tr_addr *address, size_t slot_count,
                                    const tr_u256 slots[], tr_trie_proof *account_proof,
                                    tr_trie_proof slot_proofs[]);

/* tr_forest_commit gives every changed node to the sink that belongs to its trie.  clear, when it
 * is not NULL: all that was put under this owner is to go; what comes after it for this owner is
 * new. (What stays does no harm: no trie names it any more.)  After an error of the sink nothing
 * counts as committed: the same can be given again. */
typedef struct tr_forest_sink tr_forest_sink;
struct tr_forest_sink {
    tr_trie_sink *(*trie)(tr_forest_sink *self, const tr_hash *owner);
    tr_err (*clear)(tr_forest_sink *self, tr_trail *trail, const tr_hash *owner);
};
TR_NODISCARD tr_err tr_forest_commit(tr_trail *trail, tr_forest *forest, tr_forest_sink *sink);

/* tr_forest_prune gives memory of what can be loaded again back (see tr_trie_prune): tries of
 * storages that were not used since the last prune go altogether. */
void tr_forest_prune(tr_forest *forest, unsigned depth);

/* tr_state_root is the root of a whole state listed as changes from nothing: the second way, by
 * tr_trie_build, that tests hold the first against. */
TR_NODISCARD tr_err tr_state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec,
                                  const tr_changes *all, tr_hash *out);

#endif
