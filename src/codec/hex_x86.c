/* Hex with AVX2: 32 digits at a time; what is left goes the portable way. */
#include <immintrin.h>

#include "codec/hex_internal.h"

/* Bytes from low to high of v; the comparison is signed, and bytes above 127 are negative. */
static inline __m256i between(__m256i v, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), v));
}

static size_t decode_avx2(const uint8_t *digits, size_t n, uint8_t *out)
{
    size_t i = 0;
    for (; n - i >= 32; i += 32) {
        __m256i text = _mm256_loadu_si256((const __m256i *)(digits + i));
        __m256i lower = _mm256_or_si256(text, _mm256_set1_epi8(0x20));
        __m256i digit = between(text, '0', '9'), letter = between(lower, 'a', 'f');
        uint32_t right = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(digit, letter));
        if (TR_UNLIKELY(right != UINT32_MAX)) return i + tr_ctz64(~right);
        /* The low four bits of a letter are 1 to 6. */
        __m256i value = _mm256_add_epi8(_mm256_and_si256(text, _mm256_set1_epi8(15)),
                                        _mm256_and_si256(letter, _mm256_set1_epi8(9)));
        __m256i words = _mm256_maddubs_epi16(value, _mm256_set1_epi16(0x0110));
        __m256i bytes = _mm256_packus_epi16(words, words);
        bytes = _mm256_permute4x64_epi64(bytes, 0x08);
        _mm_storeu_si128((__m128i *)(out + i / 2), _mm256_castsi256_si128(bytes));
    }
    return i + tr_hex_portable.decode(digits + i, n - i, out + i / 2);
}

static void encode_avx2(const uint8_t *data, size_t n, uint8_t *out)
{
    __m256i table = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)"0123456789abcdef"));
    size_t i = 0;
    for (; n - i >= 16; i += 16) {
        __m256i wide = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(data + i)));
        __m256i nibbles = _mm256_or_si256(_mm256_srli_epi16(wide, 4), _mm256_slli_epi16(wide, 8));
        nibbles = _mm256_and_si256(nibbles, _mm256_set1_epi8(15));
        _mm256_storeu_si256((__m256i *)(out + 2 * i), _mm256_shuffle_epi8(table, nibbles));
    }
    tr_hex_portable.encode(data + i, n - i, out + 2 * i);
}

const tr_hex_code tr_hex_avx2 = {"avx2", decode_avx2, encode_avx2};
