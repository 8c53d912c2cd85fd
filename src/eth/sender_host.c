/* Signing, which is the curve library's. */
#include "eth/sender.h"

#include "eth/tx_internal.h"
#include "hash/keccak.h"

/* The hash that a transaction's fields ask to be signed, sealed or not. */
static tr_err hash_to_sign(tr_trail *trail, tr_arena *arena, const tr_tx *tx, tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, SIZE_MAX);
    tr_tx_encode_to_sign(&buf, tx);
    tr_err err = tr_buf_err(&buf);
    if (err == TR_OK) {
        *out = tr_keccak256(tr_buf_view(&buf));
    } else {
        (void)tr_fail(trail, err, "%s", tr_err_text(err));
    }
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_tx_sign(tr_trail *trail, tr_arena *arena, tr_tx *tx, const tr_seckey *key)
{
    tr_tx copy = *tx;
    tr_hash hash;
    tr_ecdsa_sig sig;
    copy.v = 0;
    if (tx->type == TR_TX_LEGACY && tx->chain_id > (UINT64_MAX - 36) / 2)
        return tr_fail(trail, TR_E_TX_CHAIN_ID, "chain id %llu has no room in v",
                       (unsigned long long)tx->chain_id);
    TR_TRY(hash_to_sign(trail, arena, &copy, &hash));
    tr_err err = tr_ecdsa_sign(key, &hash, &sig);
    if (err != TR_OK) return tr_fail(trail, err, "%s", tr_err_text(err));
    memcpy(copy.r, sig.r, 32);
    memcpy(copy.s, sig.s, 32);
    copy.v = sig.recovery;
    if (tx->type == TR_TX_LEGACY) copy.v += tx->chain_id == 0 ? 27 : 35 + 2 * tx->chain_id;
    TR_TRY(tr_tx_seal(trail, arena, &copy));
    *tx = copy;
    return TR_OK;
}

tr_err tr_authorization_sign(tr_trail *trail, tr_authorization *authorization, const tr_seckey *key)
{
    tr_hash hash;
    tr_ecdsa_sig sig;
    tr_authorization_hash_many(1, authorization, &hash);
    tr_err err = tr_ecdsa_sign(key, &hash, &sig);
    if (err != TR_OK) return tr_fail(trail, err, "%s", tr_err_text(err));
    memcpy(authorization->r, sig.r, 32);
    memcpy(authorization->s, sig.s, 32);
    authorization->parity = sig.recovery;
    return TR_OK;
}
