/* SHA-256 with the SHA instructions.  They keep the eight words as two registers, a b e f and
 * c d g h, and do two rounds at a time. */
#include <immintrin.h>

#include "hash/sha2_internal.h"

/* Four rounds with four message words. */
#define ROUNDS(i, words)                                                                           \
    do {                                                                                           \
        __m128i wk = _mm_add_epi32(                                                                \
            words, _mm_loadu_si128((const __m128i *)(const void *)(tr_sha256_constants + (i))));   \
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);                                              \
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));                     \
    } while (0)

/* The message words 16 places after a, from the four groups a b c d. */
#define NEXT(a, b, c, d)                                                                           \
    a = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d)

void tr_sha256_blocks_sha(uint32_t h[8], const uint8_t *in, size_t n)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)h);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(h + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; n != 0; n--, in += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        const __m128i *from = (const __m128i *)(const void *)in;
        __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128(from), swap);
        __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128(from + 1), swap);
        __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128(from + 2), swap);
        __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128(from + 3), swap);
        ROUNDS(0, w0);
        ROUNDS(4, w1);
        ROUNDS(8, w2);
        ROUNDS(12, w3);
#pragma GCC unroll 3
        for (unsigned i = 16; i < 64; i += 16) {
            NEXT(w0, w1, w2, w3);
            ROUNDS(i, w0);
            NEXT(w1, w2, w3, w0);
            ROUNDS(i + 4, w1);
            NEXT(w2, w3, w0, w1);
            ROUNDS(i + 8, w2);
            NEXT(w3, w0, w1, w2);
            ROUNDS(i + 12, w3);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(dchg, feba, 8));
}
