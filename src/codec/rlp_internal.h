/* The header of one item, which both readers take apart in the same way. */
#ifndef TR_CODEC_RLP_INTERNAL_H
#define TR_CODEC_RLP_INTERNAL_H

#include "codec/rlp.h"

typedef struct rlp_header {
    size_t header; /* bytes before the payload */
    size_t len;    /* of the payload */
} rlp_header;

/* Takes apart the long form: a string when base is 0xb7, a list when it is 0xf7.  room: bytes from
 * at to the end of what holds the item. */
static inline __attribute__((always_inline)) tr_err rlp_long_header(const uint8_t *at, size_t room,
                                                                    uint8_t base, rlp_header *out)
{
    size_t n = (size_t)(*at - base);
    if (n >= room) return TR_E_SHORT;
    if (at[1] == 0) return TR_E_CANONICAL;
    uint64_t len = 0;
    if (TR_LIKELY(room > 8)) {
        /* One load instead of a loop that runs as often as the data says. */
        len = tr_load64be(at + 1) >> (64 - 8 * n);
    } else {
        for (size_t i = 1; i <= n; i++) len = len << 8 | at[i];
    }
    if (len < 56) return TR_E_CANONICAL;
    if (len > room - 1 - n) return TR_E_SHORT;
    *out = (rlp_header){1 + n, (size_t)len};
    return TR_OK;
}

/* Takes apart any header; room is not 0. */
static inline __attribute__((always_inline)) tr_err rlp_any_header(const uint8_t *at, size_t room,
                                                                   rlp_header *out)
{
    uint8_t b = *at;
    if (b < 0x80) {
        *out = (rlp_header){0, 1};
        return TR_OK;
    }
    if (b >= 0xf8) return rlp_long_header(at, room, 0xf7, out);
    if (b >= 0xb8 && b < 0xc0) return rlp_long_header(at, room, 0xb7, out);
    size_t len = b < 0xc0 ? (size_t)(b - 0x80) : (size_t)(b - 0xc0);
    if (len >= room) return TR_E_SHORT;
    if (b == 0x81 && at[1] < 0x80) return TR_E_CANONICAL;
    *out = (rlp_header){1, len};
    return TR_OK;
}

#endif
