/* Who sent it: the senders of many transactions; and signing, on the host only. */
#ifndef TR_ETH_SENDER_H
#define TR_ETH_SENDER_H

#include "eth/tx.h"

/* tr_tx_senders finds the senders of n transactions, hashing and recovering them together, and
 * returns how many it found.  errs[i]: TR_OK, or tr_tx_signature's error, or TR_E_SIGNATURE; the
 * address is then zero.  A deposit's sender is in it.  rules may be NULL: a high s is then
 * accepted. Scratch comes from arena; TR_E_MEMORY in every errs when there is none. */
size_t tr_tx_senders(tr_arena *arena, const tr_fork_rules *rules, size_t n, const tr_tx txs[],
                     tr_addr out[], tr_err errs[]);

/* tr_authorization_signers likewise; a parity above 1 or a high s is TR_E_SIGNATURE_RANGE or
 * TR_E_SIGNATURE_HIGH_S. */
size_t tr_authorization_signers(tr_arena *arena, size_t n, const tr_authorization authorizations[],
                                tr_addr out[], tr_err errs[]);

/* tr_tx_sign sets v, r and s, for the transaction's chain id, and seals it in arena. */
TR_NODISCARD tr_err tr_tx_sign(tr_trail *trail, tr_arena *arena, tr_tx *tx, const tr_seckey *key);
TR_NODISCARD tr_err tr_authorization_sign(tr_trail *trail, tr_authorization *authorization,
                                          const tr_seckey *key);

#endif
