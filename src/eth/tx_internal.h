/* What the files about transactions share. */
#ifndef TR_ETH_TX_INTERNAL_H
#define TR_ETH_TX_INTERNAL_H

#include "eth/tx.h"

enum { TX_TO_SIGN_EXTRA = 32 }; /* at most what is around to_sign in what is signed */

/* tx_read_fields reads the list of fields of a type (without the type byte) into a cleared out. */
void tx_read_fields(tr_rlp *r, tr_arena *arena, uint8_t type, tr_tx *out);

/* tx_protected: what is signed of a legacy transaction ends with the chain id (EIP-155). */
static inline bool tx_protected(const tr_tx *tx)
{
    return tx->type == TR_TX_LEGACY && (tx->v == 0 ? tx->chain_id != 0 : tx->v >= 35);
}

#endif
