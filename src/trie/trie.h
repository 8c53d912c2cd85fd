/* A Merkle-Patricia trie that changes in batches.
 *
 * Nodes lie in memory as they are needed; the rest are known by their hashes and loaded through a
 * source (an empty source for a trie that is all in memory, a witness, the store).  A batch of
 * changes is sorted and goes down the trie once, split at each branch.  Nothing is hashed until a
 * root is asked for; then the changed nodes are hashed level by level from the deepest, eight at a
 * time.  With an executor subtrees are worked on in parallel; the result is the same bits.
 *
 * One thread uses a trie at a time. */
#ifndef TR_TRIE_TRIE_H
#define TR_TRIE_TRIE_H

#include "base/exec.h"
#include "trie/node.h"

/* Where nodes come from.  load gives the encoding of the node at path that has this hash, a view
 * that lives until the same thread's next call; TR_E_TRIE_MISSING when it is not there.  With an
 * executor several threads call at once. */
typedef struct tr_trie_source tr_trie_source;
struct tr_trie_source {
    tr_err (*load)(tr_trie_source *self, tr_trail *trail, const tr_path *path, const tr_hash *hash,
                   tr_bytes *out);
};

/* Where changed nodes go when a trie is committed.  put: the node now at path; remove: the one that
 * was there is gone and none is in its place.  A store keyed by path holds no garbage this way; one
 * keyed by hash keeps history and does nothing in remove. */
typedef struct tr_trie_sink tr_trie_sink;
struct tr_trie_sink {
    tr_err (*put)(tr_trie_sink *self, tr_trail *trail, const tr_path *path, const tr_hash *hash,
                  tr_bytes encoding);
    tr_err (*remove)(tr_trie_sink *self, tr_trail *trail, const tr_path *path);
};

typedef struct tr_trie tr_trie;

typedef struct tr_trie_options {
    tr_alloc *alloc;
    tr_trie_source *source; /* NULL: there is nothing to load, the trie begins empty */
    tr_hash root;           /* with a source: where to begin */
    bool secure;            /* keys are hashed with keccak-256 before they are used */
    size_t limit;           /* bytes of memory for nodes; TR_E_LIMIT beyond */
} tr_trie_options;

/* Also with an executor only one thread at a time calls alloc.  Memory for nodes is taken in
 * blocks, each some part of what is there already, which go back when the trie is empty or freed;
 * what single nodes give back is used for others.  Beside the nodes, sorting and hashing take
 * memory in proportion to a batch; it is kept for the next one and goes back at a prune. */

TR_NODISCARD tr_err tr_trie_new(tr_trail *trail, const tr_trie_options *options, tr_trie **out);
void tr_trie_free(tr_trie *trie);

typedef struct tr_trie_change {
    tr_bytes key;   /* at most TR_TRIE_KEY_MAX bytes */
    tr_bytes value; /* empty: the key is removed, if it is there */
} tr_trie_change;

/* tr_trie_update makes n changes, in any order; of several for one key the last holds.  Keys and
 * values are copied.  A collapse of branches is decided on the outcome of the whole batch, so that
 * no more nodes are loaded than that needs.  After an error (a missing node, no memory) a part of
 * the changes may have been made: the trie then answers TR_E_STATE to everything but free. */
TR_NODISCARD tr_err tr_trie_update(tr_trail *trail, tr_trie *trie, tr_exec *exec, size_t n,
                                   const tr_trie_change changes[]);

/* tr_trie_root hashes what has changed since it was last asked. */
TR_NODISCARD tr_err tr_trie_root(tr_trail *trail, tr_trie *trie, tr_exec *exec, tr_hash *out);

/* tr_trie_get looks a key up; the view lives until the trie changes.  TR_E_NOT_FOUND: the trie
 * shows that it is absent.  TR_E_TRIE_MISSING: it cannot tell. */
TR_NODISCARD tr_err tr_trie_get(tr_trail *trail, tr_trie *trie, tr_bytes key, tr_bytes *out);

/* tr_trie_commit gives the sink every node that was made or unmade since the last commit, children
 * before parents.  The root must be up to date (TR_E_STATE).  After an error of the sink nothing
 * counts as committed: the same can be given again. */
TR_NODISCARD tr_err tr_trie_commit(tr_trail *trail, tr_trie *trie, tr_trie_sink *sink);

/* The two steps of a commit, for tries that are committed together: tr_trie_give gives as above and
 * counts nothing as committed; tr_trie_given says that all of it was taken, before anything else is
 * done with the trie. */
TR_NODISCARD tr_err tr_trie_give(tr_trail *trail, tr_trie *trie, tr_trie_sink *sink);
void tr_trie_given(tr_trie *trie);

/* tr_trie_prune gives back the memory of committed nodes deeper than depth nibbles that no change
 * or look-up has touched since the last prune; they can be loaded again.  Without a source there is
 * nowhere to load from, and nothing goes. */
void tr_trie_prune(tr_trie *trie, unsigned depth);

/* How much there is in memory. */
typedef struct tr_trie_usage {
    size_t bytes, nodes, leaves;
} tr_trie_usage;
tr_trie_usage tr_trie_get_usage(const tr_trie *trie);

/* A proof: the encodings of the nodes from the root on, embedded ones left out. */
typedef struct tr_trie_proof {
    const tr_bytes *nodes;
    size_t count;
} tr_trie_proof;

/* tr_trie_prove gives the proof for a key that is there or of one that is not, in arena.  The root
 * must be up to date.  An empty trie's proof has no nodes. */
TR_NODISCARD tr_err tr_trie_prove(tr_trail *trail, tr_trie *trie, tr_arena *arena, tr_bytes key,
                                  tr_trie_proof *out);

/* tr_trie_prove_many joins the proofs of n keys: each node once, in the order first met. */
TR_NODISCARD tr_err tr_trie_prove_many(tr_trail *trail, tr_trie *trie, tr_arena *arena, size_t n,
                                       const tr_bytes keys[], tr_trie_proof *out);

typedef struct tr_trie_entry {
    tr_bytes key, value; /* key: hashed, in a secure trie */
} tr_trie_entry;

/* tr_trie_range gives, in the order of keys, the entries from first on (in a secure trie first is a
 * hashed key): those not beyond last, at most max_count, and no more once max_bytes of keys and
 * values were given; and the proof of both edges, as tr_trie_check_range wants it: of first, and of
 * the last key given (or of last, when there is nothing).  more: the trie goes on after it.
 * TR_E_ARGUMENT: first beyond last, a bound that no key could be, a max_count of 0. */
typedef struct tr_trie_range {
    const tr_trie_entry *entries;
    size_t count;
    tr_trie_proof proof;
    bool more;
} tr_trie_range;
TR_NODISCARD tr_err tr_trie_get_range(tr_trail *trail, tr_trie *trie, tr_arena *arena,
                                      tr_bytes first, tr_bytes last, size_t max_count,
                                      size_t max_bytes, tr_trie_range *out);

#endif
