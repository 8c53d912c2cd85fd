/* Nodes in memory: the two sources that need no store, and the recorder of what a run has read. */
#ifndef TR_TRIE_NODES_H
#define TR_TRIE_NODES_H

#include "trie/trie.h"

/* A witness: a set of encodings, found by hash.  Extra ones do no harm; one that is not there is
 * TR_E_TRIE_MISSING, never an absent key. */
typedef struct tr_trie_witness {
    tr_trie_source source;
    tr_arena *arena;
    struct tr_trie_slot *slots;
    size_t capacity, count;
} tr_trie_witness;

/* tr_trie_witness_init hashes n encodings, eight at a time, into arena.  Views are kept. */
TR_NODISCARD tr_err tr_trie_witness_init(tr_trail *trail, tr_trie_witness *witness, tr_arena *arena,
                                         size_t n, const tr_bytes encodings[]);

/* A recorder passes loads on and keeps a copy of each node that was given, once: what a witness
 * for the same run must hold. */
typedef struct tr_trie_recorder {
    tr_trie_source source;
    tr_trie_source *from;
    tr_arena *arena;
    struct tr_trie_slot *slots;
    size_t capacity, count;
    bool lock; /* taken while something is written down: several threads may load */
} tr_trie_recorder;

TR_NODISCARD tr_err tr_trie_recorder_init(tr_trail *trail, tr_trie_recorder *recorder,
                                          tr_trie_source *from, tr_arena *arena);

/* A door to a recorder, for one more trie that is read in the same run: loads come from another
 * source and are kept with the rest. */
typedef struct tr_trie_recorder_door {
    tr_trie_source source;
    tr_trie_source *from;
    tr_trie_recorder *recorder;
} tr_trie_recorder_door;
void tr_trie_recorder_open(tr_trie_recorder *recorder, tr_trie_source *from,
                           tr_trie_recorder_door *out);

/* tr_trie_recorder_get gives what was recorded, sorted as bytes. */
TR_NODISCARD tr_err tr_trie_recorder_get(tr_trail *trail, const tr_trie_recorder *recorder,
                                         tr_arena *arena, tr_trie_proof *out);

/* A memory store, keyed by path as the store's own form is: a source and a sink.  Threads may load
 * at once. */
typedef struct tr_trie_memory tr_trie_memory;
TR_NODISCARD tr_err tr_trie_memory_new(tr_trail *trail, tr_alloc *alloc, tr_trie_memory **out);
void tr_trie_memory_free(tr_trie_memory *memory);
tr_trie_source *tr_trie_memory_source(tr_trie_memory *memory);
tr_trie_sink *tr_trie_memory_sink(tr_trie_memory *memory);
size_t tr_trie_memory_count(const tr_trie_memory *memory);

#endif
