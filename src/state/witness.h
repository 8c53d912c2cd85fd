/* Witnesses: everything that a block's run reads of the world, enough to run it again with nothing
 * else.
 *
 * A witness is the set of trie nodes (those on the way to what was read, and the survivors of
 * branches that collapse), the codes, and the headers from the oldest whose hash was asked for up
 * to the parent. */
#ifndef TR_STATE_WITNESS_H
#define TR_STATE_WITNESS_H

#include "state/forest.h"
#include "state/state.h"

typedef struct tr_witness {
    const tr_bytes *nodes; /* each sorted as bytes, none twice (of a witness that we made) */
    size_t node_count;
    const tr_bytes *codes;
    size_t code_count;
    const tr_bytes *headers; /* encodings, oldest first; the last is the parent's */
    size_t header_count;
} tr_witness;

/* A recorder is a forest source that passes on and keeps what was given.  A new forest over it is
 * the world of one run; after tr_forest_apply of what the run changed, tr_recorder_get gives the
 * witness, which lives as long as the recorder and the arena.  (Nodes that the forest had in memory
 * before would not be asked for.)
 *
 * header: an encoding by number, from the embedder; the view lives until the next call.  headers
 * NULL: the witness has none. */
typedef struct tr_recorder tr_recorder;
typedef struct tr_header_source tr_header_source;
struct tr_header_source {
    tr_err (*header)(tr_header_source *self, tr_trail *trail, uint64_t number, tr_bytes *out);
};
TR_NODISCARD tr_err tr_recorder_new(tr_trail *trail, tr_alloc *alloc, tr_forest_source *from,
                                    tr_header_source *headers, uint64_t parent_number,
                                    tr_recorder **out);
void tr_recorder_free(tr_recorder *recorder);
tr_forest_source *tr_recorder_source(tr_recorder *recorder);
TR_NODISCARD tr_err tr_recorder_get(tr_trail *trail, tr_recorder *recorder, tr_arena *arena,
                                    tr_witness *out);

/* tr_witness_open checks a witness against the parent's hash (headers decode and are a chain that
 * ends there: TR_E_WITNESS_HEADERS) and makes it a source of nodes, codes and block hashes, in
 * arena.  *state_root is the parent's.  What is not there is TR_E_TRIE_MISSING,
 * TR_E_WITNESS_CODE or TR_E_WITNESS_HEADER, never zero. */
TR_NODISCARD tr_err tr_witness_open(tr_trail *trail, tr_arena *arena, const tr_witness *witness,
                                    const tr_hash *parent_hash, tr_forest_source **out,
                                    tr_hash *state_root);

#endif
