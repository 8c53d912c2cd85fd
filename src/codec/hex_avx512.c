/* Hex with AVX-512 VBMI: 64 digits at a time.  A two-register table look-up turns a byte into its
 * value, with the top bit set for what is no digit. */
#include <immintrin.h>

#include "codec/hex_internal.h"

#define NO      0x80
#define NONE    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO
#define LETTERS NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO

static const uint8_t values[128] __attribute__((aligned(64))) = {
    NONE, NONE, NONE, 0,  1,  2,  3,  4,       5,    6,       7,    8,
    9,    NO,   NO,   NO, NO, NO, NO, LETTERS, NONE, LETTERS, NONE,
};

static const char digit_of[16] __attribute__((aligned(16))) = "0123456789abcdef";

static inline __mmask64 first(size_t n)
{
    return n >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << n) - 1;
}

static size_t decode_avx512(const uint8_t *digits, size_t n, uint8_t *out)
{
    __m512i low_half = _mm512_load_si512(values), high_half = _mm512_load_si512(values + 64);
    __m512i weights = _mm512_set1_epi16(0x0110);
    for (size_t i = 0; i < n; i += 64) {
        __mmask64 here = first(n - i);
        __m512i text = _mm512_maskz_loadu_epi8(here, digits + i);
        __m512i value = _mm512_permutex2var_epi8(low_half, text, high_half);
        __mmask64 wrong = _mm512_mask_test_epi8_mask(here, _mm512_or_si512(value, text),
                                                     _mm512_set1_epi8((char)NO));
        if (TR_UNLIKELY(wrong != 0)) return i + tr_ctz64(wrong);
        __m256i bytes = _mm512_cvtepi16_epi8(_mm512_maddubs_epi16(value, weights));
        _mm256_mask_storeu_epi8(out + i / 2, (__mmask32)first((n - i) / 2), bytes);
    }
    return n;
}

static void encode_avx512(const uint8_t *data, size_t n, uint8_t *out)
{
    __m512i table = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)digit_of));
    for (size_t i = 0; i < n; i += 32) {
        __m256i bytes = _mm256_maskz_loadu_epi8((__mmask32)first(n - i), data + i);
        __m512i wide = _mm512_cvtepu8_epi16(bytes);
        __m512i nibbles = _mm512_or_si512(_mm512_srli_epi16(wide, 4), _mm512_slli_epi16(wide, 8));
        nibbles = _mm512_and_si512(nibbles, _mm512_set1_epi8(15));
        _mm512_mask_storeu_epi8(out + 2 * i, first(2 * (n - i)),
                                _mm512_shuffle_epi8(table, nibbles));
    }
}

const tr_hex_code tr_hex_avx512 = {"avx512", decode_avx512, encode_avx512};
