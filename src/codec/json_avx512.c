/* Passing the plain part of a JSON string with AVX-512, 64 bytes at a time. */
#include <immintrin.h>

#include "codec/json_lex.h"

/* Bits for the bytes that end the plain part.  As signed numbers, control characters and what is
 * not ASCII are less than a space. */
static inline __mmask64 specials(__m512i text)
{
    return _mm512_cmplt_epi8_mask(text, _mm512_set1_epi8(' ')) |
           _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')) |
           _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\'));
}

static const uint8_t *skip_plain_avx512(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 128; at += 128) {
        __mmask64 low = specials(_mm512_loadu_si512(at));
        __mmask64 high = specials(_mm512_loadu_si512(at + 64));
        if ((low | high) == 0) continue;
        return low != 0 ? at + (unsigned)__builtin_ctzll(low)
                        : at + 64 + (unsigned)__builtin_ctzll(high);
    }
    while (at != end) {
        size_t left = TR_MIN((size_t)(end - at), (size_t)64);
        __mmask64 here = ~(__mmask64)0 >> (64 - left);
        __mmask64 marks = specials(_mm512_maskz_loadu_epi8(here, at)) & here;
        if (marks != 0) return at + (unsigned)__builtin_ctzll(marks);
        at += left;
    }
    return at;
}

const tr_json_code tr_json_avx512 = {"avx512", skip_plain_avx512};
