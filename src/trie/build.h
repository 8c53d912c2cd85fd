/* The root of a trie whose entries are all known and sorted: nothing is kept, nothing changes.
 * The tries of a block's transactions, receipts and withdrawals; the inside of a range proof; and a
 * second, independent way to the root of any trie. */
#ifndef TR_TRIE_BUILD_H
#define TR_TRIE_BUILD_H

#include "base/exec.h"
#include "trie/trie.h"

/* Scratch memory: so many bytes for each entry, however large, and for each thread. */
enum { TR_TRIE_BUILD_EACH = 112, TR_TRIE_BUILD_BASE = 66 << 10 };

/* tr_trie_build is the root over n entries in strictly rising order of keys.  Scratch memory comes
 * from alloc, asked for by the caller's thread only, and goes back.  TR_E_TRIE_ORDER: keys do not
 * rise; TR_E_ARGUMENT: an empty value, or a key beyond TR_TRIE_KEY_MAX; TR_E_LIMIT: 2^32 entries or
 * more. */
TR_NODISCARD tr_err tr_trie_build(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                  const tr_trie_entry entries[], tr_hash *root);

/* tr_trie_build_below is how a parent names the subtree over n entries that agree in their first
 * depth nibbles, which are those that lead to it.  n 0: a reference of length 0.  TR_E_ARGUMENT too
 * when they do not agree. */
TR_NODISCARD tr_err tr_trie_build_below(tr_trail *trail, tr_alloc *alloc, tr_exec *exec,
                                        unsigned depth, size_t n, const tr_trie_entry entries[],
                                        tr_trie_ref *out);

/* The ordered trie: value i under the key rlp(i), as in headers. */
TR_NODISCARD tr_err tr_trie_ordered_root(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                         const tr_bytes values[], tr_hash *root);

/* tr_trie_ordered_prove is tr_trie_ordered_root and the proof of value index, in arena, where the
 * scratch memory stays too.  TR_E_RANGE: there is no such value. */
TR_NODISCARD tr_err tr_trie_ordered_prove(tr_trail *trail, tr_arena *arena, size_t n,
                                          const tr_bytes values[], size_t index, tr_hash *root,
                                          tr_trie_proof *out);

#endif
