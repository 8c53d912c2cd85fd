/* Proofs of accounts and of their storage. */
#include "eth/account.h"
#include "hash/keccak.h"
#include "trie/proof.h"

tr_err tr_account_check(tr_trail *trail, const tr_hash *state_root, const tr_addr *address,
                        size_t count, const tr_bytes nodes[], tr_account *out, bool *exists)
{
    *out = (tr_account){.storage_root = tr_trie_empty_root, .code_hash = tr_empty_code_hash};
    *exists = false;
    tr_hash key = tr_keccak256(TR_VIEW(address->b));
    tr_bytes value;
    tr_err err = tr_trie_check(trail, state_root, TR_VIEW(key.b), count, nodes, &value);
    if (err == TR_E_NOT_FOUND) return TR_OK;
    TR_TRY(err);
    *exists = true;
    return tr_account_decode(trail, value, out);
}

tr_err tr_storage_check(tr_trail *trail, const tr_hash *storage_root, const tr_hash *slot,
                        size_t count, const tr_bytes nodes[], tr_u256 *value)
{
    *value = tr_u256_of(0);
    tr_hash key = tr_keccak256(TR_VIEW(slot->b));
    tr_bytes encoded;
    tr_err err = tr_trie_check(trail, storage_root, TR_VIEW(key.b), count, nodes, &encoded);
    if (err == TR_E_NOT_FOUND) return TR_OK;
    TR_TRY(err);
    return tr_storage_decode(trail, encoded, value);
}
