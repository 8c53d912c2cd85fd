/* Bits of brotli data, lowest first.  Behind the end of the input the reader gives zeros and
 * remembers it, so that a decoder reads on and asks from time to time. */
#ifndef TR_CODEC_BROTLI_READER_INTERNAL_H
#define TR_CODEC_BROTLI_READER_INTERNAL_H

#include <stdbool.h>

#include "base/base.h"
#include "codec/prefix_code_internal.h"

enum { TR_BROTLI_ROOT = 8 }; /* bits that the root of each table decodes */

#define TR_ALWAYS_INLINE __attribute__((always_inline)) static inline

typedef struct tr_brotli_reader {
    const uint8_t *at, *end;
    uint64_t bits;
    unsigned count;   /* of valid bits, those behind the end included */
    unsigned phantom; /* how many bits were added behind the end */
} tr_brotli_reader;

/* 56 bits or more are valid after it. */
TR_ALWAYS_INLINE void tr_brotli_refill(tr_brotli_reader *r)
{
    if (TR_LIKELY(r->end - r->at >= 8)) {
        r->bits |= tr_load64le(r->at) << r->count;
        r->at += (63 - r->count) >> 3;
        r->count |= 56;
        return;
    }
    while (r->count < 56) {
        if (r->at != r->end)
            r->bits |= (uint64_t)*r->at++ << r->count;
        else
            r->phantom += 8;
        r->count += 8;
    }
}

/* Whether bits behind the end were taken. */
TR_ALWAYS_INLINE bool tr_brotli_is_past_end(const tr_brotli_reader *r)
{
    return r->phantom > r->count;
}

TR_ALWAYS_INLINE uint32_t tr_brotli_peek(const tr_brotli_reader *r, unsigned n)
{
    return (uint32_t)(r->bits & ((UINT64_C(1) << n) - 1));
}

TR_ALWAYS_INLINE void tr_brotli_drop(tr_brotli_reader *r, unsigned n)
{
    r->bits >>= n;
    r->count -= n;
}

/* n bits, at most 24, of those that are valid: no refill. */
TR_ALWAYS_INLINE uint32_t tr_brotli_bits(tr_brotli_reader *r, unsigned n)
{
    uint32_t value = tr_brotli_peek(r, n);
    tr_brotli_drop(r, n);
    return value;
}

/* A symbol, at most 15 bits of those that are valid: no refill. */
TR_ALWAYS_INLINE uint32_t tr_brotli_symbol(tr_brotli_reader *r, const uint32_t *table)
{
    uint32_t e = table[tr_brotli_peek(r, TR_BROTLI_ROOT)];
    if (TR_UNLIKELY(e & TR_PREFIX_LINK)) {
        tr_brotli_drop(r, TR_BROTLI_ROOT);
        e = table[(e >> 16) + tr_brotli_peek(r, e >> 8 & 15)];
    }
    tr_brotli_drop(r, e & 0xff);
    return e >> 16;
}

TR_ALWAYS_INLINE uint32_t tr_brotli_take(tr_brotli_reader *r, unsigned n)
{
    tr_brotli_refill(r);
    return tr_brotli_bits(r, n);
}

/* Moves to the next whole byte; false if the bits passed over are not zero. */
static inline bool tr_brotli_to_byte(tr_brotli_reader *r)
{
    return tr_brotli_bits(r, r->count & 7) == 0;
}

/* Gives whole bytes in the bit buffer back to the input. */
static inline void tr_brotli_unread(tr_brotli_reader *r)
{
    if (!tr_brotli_is_past_end(r)) r->at -= (r->count - r->phantom) / 8;
    r->bits = 0;
    r->count = 0;
    r->phantom = 0;
}

#endif
