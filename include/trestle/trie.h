/* Merkle-Patricia tries: Ethereum's way to one hash over many entries, and to short proofs of each.
 *
 * A proof is one RLP list of the nodes from the root on, each a string: what eth_getProof gives as
 * an array.  It is accepted in one form only: every node that is needed, once, in its order. */
#ifndef TRESTLE_TRIE_H
#define TRESTLE_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* No key is longer. */
#define TR_PATRICIA_KEY_BYTES 64

/* A trie in memory.  One thread uses it at a time. */
typedef struct tr_patricia tr_patricia;

/* tr_patricia_new makes an empty trie.  secure: not 0 when keys are hashed with keccak-256 before
 * they are used, as in Ethereum's state.  max_bytes bounds its memory (0: no bound).
 * tr_patricia_free takes it away; NULL is fine. */
TR_API tr_err tr_patricia_new(int secure, size_t max_bytes, tr_patricia **out);
TR_API void tr_patricia_free(tr_patricia *trie);

/* tr_patricia_put sets an entry; an empty value removes it.  Changes are collected and made
 * together when something is asked for.  TR_E_RANGE: the key is too long.  After TR_E_MEMORY or
 * TR_E_LIMIT from any function the trie can only be freed. */
TR_API tr_err tr_patricia_put(tr_patricia *trie, const uint8_t *key, size_t key_len,
                              const uint8_t *value, size_t value_len);

/* tr_patricia_root is the root over all entries. */
TR_API tr_err tr_patricia_root(tr_patricia *trie, uint8_t root[32]);

/* tr_patricia_get finds a value; it lives until the trie changes.  TR_E_NOT_FOUND. */
TR_API tr_err tr_patricia_get(tr_patricia *trie, const uint8_t *key, size_t key_len,
                              const uint8_t **value, size_t *value_len);

/* tr_patricia_prove writes the proof of a key, there or not, into room bytes and says its length.
 * TR_E_LIMIT: room is too small, *proof_len says what is needed; nothing is written, and the trie
 * stays good. */
TR_API tr_err tr_patricia_prove(tr_patricia *trie, const uint8_t *key, size_t key_len,
                                uint8_t *proof, size_t room, size_t *proof_len);

/* tr_patricia_proof_check follows a proof from root to key (which is hashed first if secure is not
 * 0). TR_OK: *value, a part of proof, is what the trie has there.  TR_E_NOT_FOUND: the proof shows
 * that the trie has nothing there.  Anything else: it shows nothing. */
TR_API tr_err tr_patricia_proof_check(const uint8_t root[32], int secure, const uint8_t *key,
                                      size_t key_len, const uint8_t *proof, size_t proof_len,
                                      const uint8_t **value, size_t *value_len);

/* An entry of a range; keys as they lie in the trie. */
typedef struct tr_patricia_entry {
    const uint8_t *key;
    size_t key_len;
    const uint8_t *value;
    size_t value_len;
} tr_patricia_entry;

/* tr_patricia_range_check: between first and last (key_len bytes each, both included) the trie has
 * these n entries, which rise, and no others.  proof holds the nodes of both edges, joined; an
 * empty one (NULL, 0): the entries are the whole trie.  *more is 1 when the trie goes on after
 * last. */
TR_API tr_err tr_patricia_range_check(const uint8_t root[32], const uint8_t *first,
                                      const uint8_t *last, size_t key_len, size_t n,
                                      const tr_patricia_entry *entries, const uint8_t *proof,
                                      size_t proof_len, int *more);

/* tr_patricia_ordered_root is the root over n values under the keys rlp(0), rlp(1), ...: that of a
 * block's transactions, receipts or withdrawals.  Keys of entries are not looked at. */
TR_API tr_err tr_patricia_ordered_root(size_t n, const tr_patricia_entry *values, uint8_t root[32]);

#ifdef __cplusplus
}
#endif

#endif
