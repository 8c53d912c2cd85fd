/* Recovery of many signers in lanes: what secp256k1_host.c asks of k1_recover_avx512.c. */
#ifndef TR_CURVE_K1_RECOVER_AVX512_H
#define TR_CURVE_K1_RECOVER_AVX512_H

#include "curve/secp256k1.h"

enum { TR_K1_PACKET = 128 }; /* signatures that share inversions: 16 vectors */

/* One signature of a packet: r and s from 1 to the order less 1, recovery 0 or 1. */
typedef struct tr_k1_task {
    const tr_hash *hash;
    const tr_ecdsa_sig *sig;
} tr_k1_task;

/* What came out.  ASK: the lane met an exceptional case, which the scalar library has to decide. */
typedef enum tr_k1_answer { TR_K1_FOUND, TR_K1_NONE, TR_K1_ASK } tr_k1_answer;

/* tr_k1_packet_room is the memory that a packet takes, aligned to 64 bytes. */
extern const size_t tr_k1_packet_room;

/* tr_k1_recover_avx512 takes 1 to TR_K1_PACKET tasks.  Public data only: time depends on values. */
void tr_k1_recover_avx512(void *room, size_t n, const tr_k1_task tasks[], tr_pubkey keys[],
                          tr_k1_answer answers[]);

#endif
