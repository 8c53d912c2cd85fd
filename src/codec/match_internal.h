/* The copy that inflate and brotli have in common: bytes from earlier output, which may overlap
 * with what is being written. */
#ifndef TR_CODEC_MATCH_INTERNAL_H
#define TR_CODEC_MATCH_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"
#include "base/memory.h"
#include "base/result.h"

enum { TR_MATCH_SLACK = 15 }; /* bytes that tr_match_copy may write beyond the match */

static inline void tr_match_copy(uint8_t *to, size_t distance, size_t length)
{
    const uint8_t *from = to - distance;
    uint8_t *end = to + length;
    if (TR_LIKELY(distance >= 16)) {
        do {
            memcpy(to, from, 16);
            to += 16;
            from += 16;
        } while (to < end);
        return;
    }
    if (distance < 8) {
        for (int i = 0; i < 8; i++) to[i] = from[i];
        to += 8;
        /* What was written repeats itself: go back by a multiple of the distance that is eight or
         * more, so that the words do not overlap. */
        from = to - distance * ((8 + distance - 1) / distance);
    }
    while (to < end) {
        memcpy(to, from, 8);
        to += 8;
        from += 8;
    }
}

#endif
