#include "field/u256.h"

/* 10^19 is the greatest power of ten in a limb. */
enum { CHUNK_DIGITS = 19 };
#define CHUNK UINT64_C(10000000000000000000)

static tr_err no_digit(tr_trail *trail, uint64_t offset, const char *what)
{
    return tr_fail_at(trail, TR_E_SYNTAX, offset, "not a %s digit", what);
}

tr_err tr_u256_from_dec(tr_trail *trail, tr_bytes text, tr_u256 *out)
{
    tr_u256 r = TR_U256_ZERO;
    if (text.len == 0) return no_digit(trail, 0, "decimal");
    for (size_t i = 0; i < text.len; i++) {
        uint64_t carry = (uint64_t)text.data[i] - '0';
        if (carry > 9) return no_digit(trail, i, "decimal");
        for (unsigned j = 0; j < 4; j++) r.w[j] = tr_limb_mul_add(r.w[j], 10, 0, &carry);
        if (carry != 0) return tr_fail_at(trail, TR_E_RANGE, i, "a number of more than 256 bits");
    }
    *out = r;
    return TR_OK;
}

static unsigned hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - (unsigned)'0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

tr_err tr_u256_from_hex(tr_trail *trail, tr_bytes text, tr_u256 *out)
{
    tr_u256 r = TR_U256_ZERO;
    size_t i = text.len >= 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x' ? 2 : 0;
    if (i == text.len) return no_digit(trail, i, "hexadecimal");
    for (; i < text.len; i++) {
        unsigned digit = hex_digit(text.data[i]);
        if (digit > 15) return no_digit(trail, i, "hexadecimal");
        if (r.w[3] >> 60 != 0)
            return tr_fail_at(trail, TR_E_RANGE, i, "a number of more than 256 bits");
        for (unsigned j = 3; j > 0; j--) r.w[j] = r.w[j] << 4 | r.w[j - 1] >> 60;
        r.w[0] = r.w[0] << 4 | digit;
    }
    *out = r;
    return TR_OK;
}

size_t tr_u256_to_dec(tr_u256 a, char text[TR_U256_DEC_TEXT])
{
    char digits[5 * CHUNK_DIGITS];
    size_t at = sizeof(digits), end = sizeof(digits);
    do {
        uint64_t chunk;
        a = tr_u256_div_u64(&a, CHUNK, &chunk);
        for (unsigned i = 0; i < CHUNK_DIGITS; i++) {
            digits[--at] = (char)('0' + chunk % 10);
            chunk /= 10;
        }
    } while (!tr_u256_iszero(a));
    while (at < end - 1 && digits[at] == '0') at++;
    memcpy(text, digits + at, end - at);
    text[end - at] = '\0';
    return end - at;
}

size_t tr_u256_to_hex(tr_u256 a, char text[TR_U256_HEX_TEXT])
{
    unsigned digits = TR_MAX((tr_u256_bit_length(a) + 3) / 4, 1u);
    text[0] = '0';
    text[1] = 'x';
    for (unsigned i = 0; i < digits; i++) {
        unsigned at = digits - 1 - i;
        text[2 + i] = "0123456789abcdef"[a.w[at / 16] >> (4 * (at % 16)) & 15];
    }
    text[2 + digits] = '\0';
    return 2 + digits;
}
