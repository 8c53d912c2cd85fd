/* The tables of RFC 7932 that do not change: words, what can be done to them, contexts. */
#ifndef TR_CODEC_BROTLI_INTERNAL_H
#define TR_CODEC_BROTLI_INTERNAL_H

#include <stdint.h>

enum {
    TR_BROTLI_WORDS = 122784,
    TR_BROTLI_AFFIXES = 217,
    TR_BROTLI_TRANSFORMS = 121,
    TR_BROTLI_SHORTEST_WORD = 4,
    TR_BROTLI_LONGEST_WORD = 24,
};

/* Words of one length lie together: 2 to the power of bits of them, from offset on. */
extern const uint8_t tr_brotli_words[TR_BROTLI_WORDS];
extern const uint8_t tr_brotli_word_bits[32];
extern const uint32_t tr_brotli_word_offsets[32];

/* What is put before a word, what is done to it, what is put after it.  Prefix and suffix are
 * offsets in tr_brotli_affixes, where each text has its length before it. */
typedef struct tr_brotli_transform {
    uint8_t prefix, kind, suffix;
} tr_brotli_transform;

enum {
    TR_BROTLI_OMIT_LAST_9 = 9, /* 0 to 9: so many letters are left out at the end */
    TR_BROTLI_UPPER_FIRST = 10,
    TR_BROTLI_UPPER_ALL = 11,
    TR_BROTLI_OMIT_FIRST_0 = 11, /* 12 to 20: one to nine letters are left out at the start */
};

extern const uint8_t tr_brotli_affixes[TR_BROTLI_AFFIXES];
extern const tr_brotli_transform tr_brotli_transforms[TR_BROTLI_TRANSFORMS];

/* For each of the four modes 256 values for the last byte and 256 for the one before it; the
 * context of a literal is the one or the other. */
extern const uint8_t tr_brotli_contexts[2048];

#endif
