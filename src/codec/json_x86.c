/* Passing the plain part of a JSON string with AVX2, 32 bytes at a time. */
#include <immintrin.h>

#include "codec/json_lex.h"

static const uint8_t *skip_plain_avx2(const uint8_t *at, const uint8_t *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(' ');
    while (end - at >= 32) {
        __m256i text = _mm256_loadu_si256((const __m256i *)at);
        /* As signed numbers, control characters and what is not ASCII are less than a space. */
        __m256i special = _mm256_or_si256(
            _mm256_cmpgt_epi8(space, text),
            _mm256_or_si256(_mm256_cmpeq_epi8(text, quote), _mm256_cmpeq_epi8(text, slash)));
        uint32_t marks = (uint32_t)_mm256_movemask_epi8(special);
        if (marks != 0) return at + (unsigned)__builtin_ctz(marks);
        at += 32;
    }
    return tr_json_portable.skip_plain(at, end);
}

const tr_json_code tr_json_avx2 = {"avx2", skip_plain_avx2};
