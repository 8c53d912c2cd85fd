/* BLAKE2b's compression of one block: a row of four words in each register.
 *
 * What the time of a round is made of is the chain of additions and rotations.  Between the columns
 * and the diagonals the rows a, c and d are turned instead of b, c and d, for b is what comes last
 * out of one half and is needed first in the next; the turns of the others are hidden.  The ten
 * orders of the message's words are made beforehand, by permutes of the whole of it: between the
 * rounds, instructions on registers of 512 bits would take a port away from the others. */
#include <immintrin.h>

#include "hash/blake2_internal.h"
#include "hash/blake_internal.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define ADD(a, b)     _mm256_add_epi64(a, b)
#define XOR(a, b)     _mm256_xor_si256(a, b)
#define ROT(a, n)     _mm256_ror_epi64(a, n)
#define TURN(a, n)    _mm256_permute4x64_epi64(a, (n) == 1 ? 0x39 : (n) == 2 ? 0x4e : 0x93)

/* tr_blake_sigma as the permutes want it: for each half of a round the words of the four first
 * additions, then those of the second ones.  The diagonals begin with the one of a's last word, as
 * a has been turned by one to the right. */
#define COLUMNS(a, b, c, d, e, f, g, h)   a, c, e, g, b, d, f, h
#define DIAGONALS(a, b, c, d, e, f, g, h) g, a, c, e, h, b, d, f
#define LINE(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                       \
    {                                                                                              \
        COLUMNS(a, b, c, d, e, f, g, h), DIAGONALS(i, j, k, l, m, n, o, p)                         \
    }
static const uint64_t picks[10][16] __attribute__((aligned(64))) = {
    LINE(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    LINE(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    LINE(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
    LINE(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    LINE(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
    LINE(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    LINE(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
    LINE(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    LINE(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
    LINE(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
};

typedef struct rows {
    __m256i a, b, c, d;
} rows;

/* Keeps the compiler from adding b first, which comes last. */
ALWAYS_INLINE __m256i early(__m256i sum)
{
    __asm__("" : "+x"(sum));
    return sum;
}

/* Four mixes at once: the words of the first additions, then those of the second ones. */
ALWAYS_INLINE void mix4(rows *v, const __m256i words[2])
{
    v->a = ADD(early(ADD(v->a, words[0])), v->b);
    v->d = ROT(XOR(v->d, v->a), 32);
    v->c = ADD(v->c, v->d);
    v->b = ROT(XOR(v->b, v->c), 24);
    v->a = ADD(early(ADD(v->a, words[1])), v->b);
    v->d = ROT(XOR(v->d, v->a), 16);
    v->c = ADD(v->c, v->d);
    v->b = ROT(XOR(v->b, v->c), 63);
}

ALWAYS_INLINE void round_of(rows *v, const __m256i words[4])
{
    mix4(v, words);
    v->a = TURN(v->a, 3);
    v->d = TURN(v->d, 2);
    v->c = TURN(v->c, 1);
    mix4(v, words + 2);
    v->a = TURN(v->a, 1);
    v->d = TURN(v->d, 2);
    v->c = TURN(v->c, 3);
}

void tr_blake2b_f_avx512(uint32_t rounds, uint64_t h[8], const uint64_t m[16], const uint64_t t[2],
                         bool final)
{
    __m512i low = _mm512_loadu_si512(m), high = _mm512_loadu_si512(m + 8);
    __m256i words[10][4] __attribute__((aligned(64)));
    for (unsigned i = 0; i < 10 && i < rounds; i++) {
        _mm512_store_si512(words[i],
                           _mm512_permutex2var_epi64(low, _mm512_load_si512(picks[i]), high));
        _mm512_store_si512(words[i] + 2,
                           _mm512_permutex2var_epi64(low, _mm512_load_si512(picks[i] + 8), high));
    }
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)h);
    __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(h + 4));
    __m256i ends = _mm256_set_epi64x(0, final ? -1 : 0, (long long)t[1], (long long)t[0]);
    const __m256i *start = (const __m256i *)(const void *)tr_blake_start;
    rows v = {first, second, _mm256_loadu_si256(start), XOR(_mm256_loadu_si256(start + 1), ends)};
    for (; rounds >= 10; rounds -= 10)
        for (unsigned i = 0; i < 10; i++) round_of(&v, words[i]);
    for (unsigned i = 0; i < rounds; i++) round_of(&v, words[i]);
    _mm256_storeu_si256((__m256i *)(void *)h, XOR(first, XOR(v.a, v.c)));
    _mm256_storeu_si256((__m256i *)(void *)(h + 4), XOR(second, XOR(v.b, v.d)));
}
