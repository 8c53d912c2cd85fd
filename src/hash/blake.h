/* BLAKE-512, the finalist of the SHA-3 competition (its last form, of 16 rounds), which Baby
 * Jubjub's keys are spread with.  BLAKE2 is another function. */
#ifndef TR_HASH_BLAKE_H
#define TR_HASH_BLAKE_H

#include "base/base.h"

/* tr_blake512 wipes what it keeps of the message: private keys go through it. */
void tr_blake512(tr_bytes in, uint8_t out[64]);

#endif
