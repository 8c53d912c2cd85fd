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

/* Bits for the first n bytes, n at most 64. */
static inline __mmask64 first(size_t n)
{
    return _bzhi_u64(~(uint64_t)0, (unsigned)n);
}

/* The values of digits, and which of them are none. */
static inline __m512i values_of(__m512i text, __mmask64 *wrong)
{
    __m512i value =
        _mm512_permutex2var_epi8(_mm512_load_si512(values), text, _mm512_load_si512(values + 64));
    *wrong = _mm512_movepi8_mask(_mm512_or_si512(value, text));
    return value;
}

/* Two digits become a byte: the first one 16 times. */
static inline __m256i join(__m512i value)
{
    return _mm512_cvtepi16_epi8(_mm512_maddubs_epi16(value, _mm512_set1_epi16(0x0110)));
}

static size_t decode_avx512(const uint8_t *digits, size_t n, uint8_t *out)
{
    __mmask64 wrong;
    size_t i = 0;
    for (; n - i >= 64; i += 64) {
        __m512i value = values_of(_mm512_loadu_si512(digits + i), &wrong);
        if (TR_UNLIKELY(wrong != 0)) return i + tr_ctz64(wrong);
        _mm256_storeu_si256((__m256i *)(out + i / 2), join(value));
    }
    if (i == n) return n;
    /* Places beyond the end read as the digit 0. */
    __m512i zeros = _mm512_set1_epi8('0');
    __m512i value = values_of(_mm512_mask_loadu_epi8(zeros, first(n - i), digits + i), &wrong);
    if (TR_UNLIKELY(wrong != 0)) return i + tr_ctz64(wrong);
    _mm256_mask_storeu_epi8(out + i / 2, (__mmask32)first((n - i) / 2), join(value));
    return n;
}

static inline __m512i digits_of(__m256i bytes)
{
    __m512i table = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)digit_of));
    __m512i wide = _mm512_cvtepu8_epi16(bytes);
    __m512i nibbles = _mm512_or_si512(_mm512_srli_epi16(wide, 4), _mm512_slli_epi16(wide, 8));
    return _mm512_shuffle_epi8(table, _mm512_and_si512(nibbles, _mm512_set1_epi8(15)));
}

static void encode_avx512(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t i = 0;
    for (; n - i >= 32; i += 32)
        _mm512_storeu_si512(out + 2 * i,
                            digits_of(_mm256_loadu_si256((const __m256i *)(data + i))));
    if (i == n) return;
    __m256i bytes = _mm256_maskz_loadu_epi8((__mmask32)first(n - i), data + i);
    _mm512_mask_storeu_epi8(out + 2 * i, first(2 * (n - i)), digits_of(bytes));
}

const tr_hex_code tr_hex_avx512 = {"avx512", decode_avx512, encode_avx512};
