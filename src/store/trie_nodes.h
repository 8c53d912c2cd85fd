/* A trie's nodes in the key-value store, under (trie, path): overwritten in place, so that the
 * store holds no garbage.  The hash is checked when a node is loaded: a store that was damaged or
 * that is of another root gives TR_E_TRIE_MISSING, never a wrong answer. */
#ifndef TR_STORE_TRIE_NODES_H
#define TR_STORE_TRIE_NODES_H

#include "store/kv.h"
#include "trie/trie.h"

/* A source over a snapshot.  trie names one of many tries in one table: the empty view for the only
 * one, an account's hash for its storage. */
typedef struct tr_trie_kv_source {
    tr_trie_source source;
    tr_kv_snapshot *snapshot;
    tr_kv_table table;
    tr_bytes trie;
} tr_trie_kv_source;
void tr_trie_kv_source_init(tr_trie_kv_source *source, tr_kv_snapshot *snapshot, tr_kv_table table,
                            tr_bytes trie);

typedef struct tr_trie_kv_sink {
    tr_trie_sink sink;
    tr_kv_write *write;
    tr_kv_table table;
    tr_bytes trie;
} tr_trie_kv_sink;
void tr_trie_kv_sink_init(tr_trie_kv_sink *sink, tr_kv_write *write, tr_kv_table table,
                          tr_bytes trie);

/* tr_trie_kv_remove takes away all nodes of a trie. */
TR_NODISCARD tr_err tr_trie_kv_remove(tr_trail *trail, tr_kv_write *write, tr_kv_table table,
                                      tr_bytes trie);

#endif
