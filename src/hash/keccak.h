/* Keccak as Ethereum uses it (padding byte 0x01), one message or many at once, and the sponge
 * beneath, which also gives SHA-3 and SHAKE (padding bytes 0x06, 0x1f).
 *
 * Many small messages are the usual case, so tr_keccak256_many is the natural call: on a machine
 * with AVX-512 eight messages go through one permutation together. */
#ifndef TR_HASH_KECCAK_H
#define TR_HASH_KECCAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

enum { TR_KECCAK256_RATE = 136, TR_KECCAK512_RATE = 72, TR_KECCAK_PAD = 0x01, TR_SHA3_PAD = 0x06 };

tr_hash tr_keccak256(tr_bytes in);
void tr_keccak512(tr_bytes in, uint8_t out[64]);

/* tr_keccak256_many hashes n messages of any lengths, each to its place in out.  out may not
 * overlap the messages. */
void tr_keccak256_many(size_t n, const tr_bytes in[], tr_hash out[]);

/* A sponge: input in pieces, then output in pieces.  Its content is nobody's business but may be
 * copied, to go on from one prefix in several ways. */
typedef struct tr_sponge {
    uint64_t state[25];
    uint8_t rate, pad;
    uint8_t at; /* bytes of the present block already taken in or given out */
    bool squeezing;
} tr_sponge;

/* tr_sponge_init begins.  rate is in bytes, a multiple of 8 below 200; pad is the byte that
 * follows the message. */
void tr_sponge_init(tr_sponge *sponge, unsigned rate, uint8_t pad);

/* tr_sponge_update takes in bytes; not after the first squeeze. */
void tr_sponge_update(tr_sponge *sponge, tr_bytes in);

/* tr_sponge_squeeze ends the message, the first time, and gives the next len bytes of output. */
void tr_sponge_squeeze(tr_sponge *sponge, void *out, size_t len);

/* tr_keccak256_init begins an incremental keccak-256; update as above; final gives the hash. */
static inline void tr_keccak256_init(tr_sponge *sponge)
{
    tr_sponge_init(sponge, TR_KECCAK256_RATE, TR_KECCAK_PAD);
}

static inline tr_hash tr_keccak256_final(tr_sponge *sponge)
{
    tr_hash out;
    tr_sponge_squeeze(sponge, &out, sizeof(out));
    return out;
}

#endif
