/* Prefix (Huffman) codes as inflate and brotli both have them: canonical, up to 15 bits, read from
 * the low end of a bit buffer, decoded through a root table and, for the longer codes, a second
 * table. */
#ifndef TR_CODEC_PREFIX_CODE_INTERNAL_H
#define TR_CODEC_PREFIX_CODE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TR_PREFIX_MAX_BITS = 15,
    TR_PREFIX_MAX_SYMBOLS = 1024, /* larger than any alphabet of the two formats */
};

/* A table entry: bits 0-7 are how many bits to take, the upper half is what they mean.  An entry
 * with TR_PREFIX_LINK leads to a second table: its upper half is where that begins, bits 8-11 how
 * many bits choose in it; bits 0-7 are then the width of the root. */
#define TR_PREFIX_LINK    UINT32_C(0x4000)
#define TR_PREFIX_INVALID UINT32_C(0x2000) /* no symbol has this code */

typedef struct tr_prefix_spec {
    const uint8_t *lengths; /* of each symbol's code; 0: the symbol does not occur */
    const uint32_t *base;   /* of each symbol's entry; NULL: the symbol in the upper half */
    size_t count;           /* of symbols */
    unsigned root_bits;
    bool lone; /* a single code of one bit is allowed, and so is no code at all */
} tr_prefix_spec;

/* tr_prefix_build fills table with entries base[symbol] + length * 0x101 (the length both in the
 * bits to take and in bits 8-11) and gives the number of entries in use; 0 if the lengths do not
 * make a complete code.  With lone, the codes that have no symbol get TR_PREFIX_INVALID.  capacity
 * must be large enough for the worst code of the alphabet. */
size_t tr_prefix_build(const tr_prefix_spec *spec, uint32_t *table, size_t capacity);

#endif
