/* Memory for the work in lanes, kept from call to call. */
#ifndef TR_CURVE_K1_ROOM_HOST_H
#define TR_CURVE_K1_ROOM_HOST_H

#include "curve/k1_internal.h"

/* tr_k1_take_room gives a room for a packet or a sum, aligned to 64 bytes; NULL: no memory. */
void *tr_k1_take_room(void);
void tr_k1_give_room(void *room); /* or NULL */

/* Verification of many BIP-340 signatures in lanes (k1_schnorr_host.c); single ones, where they
 * are needed, with the function given. */
void tr_k1_schnorr_many(const tr_k1_code *single, size_t n, const uint8_t keys[][32],
                        const tr_bytes messages[], const uint8_t sigs[][64], bool ok[]);

#endif
