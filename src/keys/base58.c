#include "keys/base58.h"

#include "hash/sha2.h"

enum { CHECKSUM = 4, RAW_MAX = TR_BASE58_BYTES_MAX + CHECKSUM };

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static void checksum_of(tr_bytes bytes, uint8_t out[CHECKSUM])
{
    tr_hash once = tr_sha256(bytes), twice = tr_sha256(TR_VIEW(once.b));
    memcpy(out, twice.b, CHECKSUM);
    tr_wipe(&once, sizeof(once));
}

/* Each digit is looked for in the whole alphabet, since a private key may be what is written. */
static char character(unsigned digit)
{
    unsigned found = 0;
    for (unsigned i = 0; i < 58; i++) {
        unsigned same = ((i ^ digit) - 1u) >> 31;
        found |= (0u - same) & (unsigned char)alphabet[i];
    }
    return (char)found;
}

static unsigned digit_of(uint8_t c)
{
    unsigned found = 58;
    for (unsigned i = 0; i < 58; i++) {
        unsigned same = 0u - ((((unsigned)(uint8_t)alphabet[i] ^ c) - 1u) >> 31);
        found = (found & ~same) | (i & same);
    }
    return found;
}

tr_err tr_base58check_encode(tr_bytes bytes, char text[TR_BASE58_TEXT_MAX])
{
    uint8_t raw[RAW_MAX], digits[TR_BASE58_TEXT_MAX] = {0};
    if (bytes.len > TR_BASE58_BYTES_MAX) return TR_E_LIMIT;
    if (bytes.len != 0) memcpy(raw, bytes.data, bytes.len);
    checksum_of(bytes, raw + bytes.len);
    size_t len = bytes.len + CHECKSUM, zeros = 0;
    size_t width = len * 137 / 100 + 1; /* log 256 / log 58 is below 1.366 */
    TR_ASSERT(width <= sizeof(digits));
    for (size_t i = 0; i < len; i++) {
        unsigned carry = raw[i];
        for (size_t k = width; k-- > 0;) {
            carry += 256u * digits[k];
            digits[k] = (uint8_t)(carry % 58);
            carry /= 58;
        }
    }
    while (zeros < len && raw[zeros] == 0) zeros++;
    size_t start = 0, at = 0;
    while (start < width && digits[start] == 0) start++;
    for (; at < zeros; at++) text[at] = alphabet[0];
    for (; start < width; start++) text[at++] = character(digits[start]);
    text[at] = '\0';
    tr_wipe(raw, sizeof(raw));
    tr_wipe(digits, sizeof(digits));
    return TR_OK;
}

/* The number that text writes, in width bytes; its leading zeros are those of raw. */
static tr_err to_number(tr_trail *trail, tr_bytes text, uint8_t *number, size_t width)
{
    memset(number, 0, width);
    for (size_t i = 0; i < text.len; i++) {
        unsigned carry = digit_of(text.data[i]);
        if (carry == 58)
            return tr_fail_at(trail, TR_E_SYNTAX, i, "a character that base58 does not have");
        for (size_t k = width; k-- > 0;) {
            carry += 58u * number[k];
            number[k] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    return TR_OK;
}

tr_err tr_base58check_decode(tr_trail *trail, tr_bytes text, uint8_t bytes[TR_BASE58_BYTES_MAX],
                             size_t *len)
{
    enum { WIDTH = TR_BASE58_TEXT_MAX };
    uint8_t number[WIDTH], sum[CHECKSUM];
    if (text.len >= TR_BASE58_TEXT_MAX)
        return tr_fail(trail, TR_E_LIMIT, "more than %d characters", TR_BASE58_TEXT_MAX - 1);
    TR_TRY(to_number(trail, text, number, WIDTH));
    size_t zeros = 0, start = 0;
    while (zeros < text.len && text.data[zeros] == (uint8_t)alphabet[0]) zeros++;
    while (start < WIDTH && number[start] == 0) start++;
    size_t raw_len = zeros + (WIDTH - start);
    tr_err err = TR_OK;
    if (raw_len < CHECKSUM) {
        err = tr_fail(trail, TR_E_SHORT, "shorter than a checksum");
    } else if (raw_len - CHECKSUM > TR_BASE58_BYTES_MAX || zeros > start) {
        err = tr_fail(trail, TR_E_LIMIT, "more than %d bytes", TR_BASE58_BYTES_MAX);
    } else {
        const uint8_t *raw = number + start - zeros;
        *len = raw_len - CHECKSUM;
        checksum_of(tr_bytes_of(raw, *len), sum);
        if (memcmp(sum, raw + *len, CHECKSUM) != 0)
            err = tr_fail(trail, TR_E_CHECKSUM, "the checksum of a base58 text does not match");
        else
            memcpy(bytes, raw, *len);
    }
    tr_wipe(number, sizeof(number));
    return err;
}
