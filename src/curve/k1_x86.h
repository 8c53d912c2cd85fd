/* Recovery of one signer with MULX and ADX: what k1_host.c asks of k1_x86.c. */
#ifndef TR_CURVE_K1_X86_H
#define TR_CURVE_K1_X86_H

#include "curve/k1_internal.h"

/* As the recover of tr_k1_code. */
tr_err tr_k1_recover_x86(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out);

#endif
