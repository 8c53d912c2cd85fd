/* An account as the state trie holds it. */
#ifndef TR_ETH_ACCOUNT_H
#define TR_ETH_ACCOUNT_H

#include "eth/record.h"

typedef struct tr_account {
    uint64_t nonce;
    tr_u256 balance;
    tr_hash storage_root, code_hash;
} tr_account;
extern const tr_record tr_account_record;
extern const tr_hash tr_empty_code_hash;
enum { TR_ACCOUNT_MAX = 110 }; /* bytes of an encoded account */

TR_NODISCARD tr_err tr_account_decode(tr_trail *trail, tr_bytes raw, tr_account *out);
size_t tr_account_encode(const tr_account *account, uint8_t out[TR_ACCOUNT_MAX]);

/* A slot's value as its storage trie holds it. */
enum { TR_STORAGE_MAX = 33 }; /* bytes of an encoded value */
TR_NODISCARD tr_err tr_storage_decode(tr_trail *trail, tr_bytes raw, tr_u256 *out);
size_t tr_storage_encode(const tr_u256 *value, uint8_t out[TR_STORAGE_MAX]);

/* What eth_getProof answers, held against a state root.  tr_account_check: *exists tells whether
 * the account is there; one that is not has no nonce, no balance, no code and no storage.
 * tr_storage_check: a slot that is not there holds 0.  Errors are tr_trie_check's, and
 * tr_account_decode's. */
TR_NODISCARD tr_err tr_account_check(tr_trail *trail, const tr_hash *state_root,
                                     const tr_addr *address, size_t count, const tr_bytes nodes[],
                                     tr_account *out, bool *exists);
TR_NODISCARD tr_err tr_storage_check(tr_trail *trail, const tr_hash *storage_root,
                                     const tr_hash *slot, size_t count, const tr_bytes nodes[],
                                     tr_u256 *value);

#endif
