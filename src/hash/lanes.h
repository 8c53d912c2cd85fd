/* How the vector hashes hand messages to their lanes: a lane that has ended its message takes the
 * next one at once, so that messages of different lengths keep all lanes busy. */
#ifndef TR_HASH_LANES_H
#define TR_HASH_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

typedef struct tr_lane {
    const uint8_t *at; /* what is left of the message */
    size_t left;
    size_t index; /* of the message */
    bool padded;  /* the padding has begun in an earlier block */
} tr_lane;

/* tr_lanes_fill gives each lane that is not busy (a bit for each) the next message, as long as
 * there is one, and returns the lanes that got one. */
static inline unsigned tr_lanes_fill(tr_lane lanes[], unsigned count, unsigned busy, size_t n,
                                     const tr_bytes in[], size_t *next)
{
    unsigned fresh = 0;
    for (unsigned i = 0; i < count && *next < n; i++) {
        if ((busy >> i & 1) != 0) continue;
        lanes[i] = (tr_lane){in[*next].data, in[*next].len, *next, false};
        fresh |= 1u << i;
        *next += 1;
    }
    return fresh;
}

/* tr_lane_load gives the bytes of the mask at address at, zeros elsewhere, and touches nothing that
 * the mask leaves out.  An empty mask reads from a safe place: where the address is not mapped, a
 * masked load that would fault is right, but takes hundreds of cycles. */
#define tr_lane_load(mask, at) _mm512_maskz_loadu_epi8((mask), (mask) == 0 ? tr_lane_nothing : (at))
static const uint8_t tr_lane_nothing[64] __attribute__((aligned(64), unused)) = {0};

/* tr_lane_mask tells which of the 64 bytes from offset from on lie below n, as a mask. */
static inline uint64_t tr_lane_mask(size_t n, size_t from)
{
    if (n <= from) return 0;
    return n - from >= 64 ? UINT64_MAX : ((uint64_t)1 << (n - from)) - 1;
}

#endif
