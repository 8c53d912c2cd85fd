/* Passing the plain part of a JSON string with AVX-512, 64 bytes at a time. */
#include <immintrin.h>

#include "codec/json_lex.h"

static const uint8_t *skip_plain_avx512(const uint8_t *at, const uint8_t *end)
{
    const __m512i quote = _mm512_set1_epi8('"'), slash = _mm512_set1_epi8('\\');
    const __m512i space = _mm512_set1_epi8(' ');
    while (at != end) {
        size_t left = (size_t)(end - at);
        __mmask64 here = left >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
        __m512i text = _mm512_maskz_loadu_epi8(here, at);
        /* As signed numbers, control characters and what is not ASCII are less than a space. */
        __mmask64 marks = _mm512_mask_cmplt_epi8_mask(here, text, space) |
                          _mm512_cmpeq_epi8_mask(text, quote) | _mm512_cmpeq_epi8_mask(text, slash);
        if (marks != 0) return at + (unsigned)__builtin_ctzll(marks);
        at += TR_MIN(left, (size_t)64);
    }
    return at;
}

const tr_json_code tr_json_avx512 = {"avx512", skip_plain_avx512};
