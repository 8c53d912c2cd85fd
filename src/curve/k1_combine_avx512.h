/* The sum of many products a R + b P over points that are given by their x and have an even y:
 * what the verification of many BIP-340 signatures comes to. */
#ifndef TR_CURVE_K1_COMBINE_AVX512_H
#define TR_CURVE_K1_COMBINE_AVX512_H

#include "curve/secp256k1.h"

enum { TR_K1_TERMS = 64, TR_K1_SUMS = 8 };

/* x of R and of P, big-endian, below p; words least significant first, b below the order. */
typedef struct tr_k1_term {
    const uint8_t *r, *key;
    uint64_t a[2], b[4];
} tr_k1_term;

/* tr_k1_combine_room is the memory that a sum takes, aligned to 64 bytes. */
extern const size_t tr_k1_combine_room;

/* tr_k1_combine_begin makes the sum 0.  tr_k1_combine_add adds 1 to TR_K1_TERMS terms; a term whose
 * points are not on the curve is left out, and has lifted false. */
void tr_k1_combine_begin(void *room);
void tr_k1_combine_add(void *room, size_t n, const tr_k1_term terms[], bool lifted[]);

/* tr_k1_combine_end gives the sum in parts, of which those count that are there.  False: points met
 * on the way, and the sum is not known. */
bool tr_k1_combine_end(void *room, tr_pubkey parts[TR_K1_SUMS], bool there[TR_K1_SUMS]);

#endif
