#include "codec/hex.h"

#include "codec/hex_internal.h"

/* 16 lines of 16; 99 is no digit. */
#define NO      99
#define NONE    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO
#define LETTERS NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO
const uint8_t tr_hex_value[256] = {
    NONE, NONE, NONE, 0,    1,    2,    3,    4,    5,       6,    7,
    8,    9,    NO,   NO,   NO,   NO,   NO,   NO,   LETTERS, NONE, LETTERS,
    NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
};

static const char digit_of[16] = "0123456789abcdef";

static size_t decode_portable(const uint8_t *digits, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i += 2) {
        uint8_t high = tr_hex_value[digits[i]], low = tr_hex_value[digits[i + 1]];
        if (TR_UNLIKELY((high | low) > 15)) return high > 15 ? i : i + 1;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return n;
}

static void encode_portable(const uint8_t *data, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)digit_of[data[i] >> 4];
        out[2 * i + 1] = (uint8_t)digit_of[data[i] & 15];
    }
}

const tr_hex_code tr_hex_portable = {"portable", decode_portable, encode_portable};

static const tr_hex_code *code = &tr_hex_portable;

void tr_hex_select(const tr_hex_code *chosen)
{
    code = chosen;
}

const tr_hex_code *tr_hex_chosen(void)
{
    return code;
}

void tr_hex_encode(tr_bytes data, uint8_t *out)
{
    if (data.len != 0) code->encode(data.data, data.len, out);
}

void tr_hex_put(tr_buf *buf, tr_bytes data)
{
    size_t len;
    if (!tr_mul_size(data.len, 2, &len) || !tr_add_size(len, 2, &len)) len = SIZE_MAX;
    uint8_t *to = tr_buf_reserve(buf, len);
    if (to == NULL) return;
    to[0] = '0';
    to[1] = 'x';
    tr_hex_encode(data, to + 2);
    buf->len += len;
}

/* Digits that begin at offset in what the caller gave. */
static tr_err decode(tr_trail *trail, tr_bytes digits, size_t offset, uint8_t *out, size_t room,
                     size_t *len)
{
    *len = 0;
    if (digits.len == 0) return TR_OK;
    if (digits.len / 2 > room)
        return tr_fail_at(trail, TR_E_LIMIT, offset + 2 * room, "hex: more than %zu bytes", room);
    size_t even = digits.len & ~(size_t)1;
    size_t good = code->decode(digits.data, even, out);
    if (TR_UNLIKELY(good == even && even != digits.len)) {
        if (tr_hex_value[digits.data[even]] < 16)
            return tr_fail_at(trail, TR_E_HEX_ODD, offset + digits.len,
                              "hex: an odd number of digits");
    } else if (good == even) {
        *len = good / 2;
        return TR_OK;
    }
    return tr_fail_at(trail, TR_E_HEX_DIGIT, offset + good, "hex: byte 0x%02x is no digit",
                      digits.data[good]);
}

static bool has_prefix(tr_bytes text)
{
    return text.len >= 2 && text.data[0] == '0' && text.data[1] == 'x';
}

static tr_err skip_prefix(tr_trail *trail, tr_bytes text, tr_bytes *digits)
{
    *digits = (tr_bytes){NULL, 0};
    if (!has_prefix(text))
        return tr_fail_at(trail, TR_E_HEX_PREFIX, 0, "hex: \"0x\" must come first");
    *digits = (tr_bytes){text.data + 2, text.len - 2};
    return TR_OK;
}

tr_err tr_hex_decode(tr_trail *trail, tr_bytes digits, uint8_t *out, size_t room, size_t *len)
{
    return decode(trail, digits, 0, out, room, len);
}

tr_err tr_hex_decode_0x(tr_trail *trail, tr_bytes text, uint8_t *out, size_t room, size_t *len)
{
    tr_bytes digits;
    *len = 0;
    TR_TRY(skip_prefix(trail, text, &digits));
    return decode(trail, digits, 2, out, room, len);
}

tr_err tr_hex_decode_exact(tr_trail *trail, tr_bytes text, uint8_t *out, size_t size)
{
    tr_bytes digits;
    size_t len;
    TR_TRY(skip_prefix(trail, text, &digits));
    if (digits.len != 2 * size)
        return tr_fail_at(trail, TR_E_HEX_LENGTH, TR_MIN(text.len, 2 + 2 * size),
                          "hex: %zu digits where %zu are expected", digits.len, 2 * size);
    return decode(trail, digits, 2, out, size, &len);
}

tr_err tr_hex_decode_new(tr_trail *trail, tr_arena *arena, tr_bytes text, tr_bytes *out)
{
    size_t skip = has_prefix(text) ? 2 : 0;
    tr_bytes digits = tr_bytes_cut(text, skip, text.len);
    tr_arena_mark mark = tr_arena_save(arena);
    uint8_t *to = tr_arena_get(arena, digits.len / 2, 1);
    *out = (tr_bytes){NULL, 0};
    if (to == NULL) return tr_fail(trail, TR_E_MEMORY, "hex: no memory for %zu digits", digits.len);
    size_t len;
    tr_err err = decode(trail, digits, skip, to, digits.len / 2, &len);
    if (err != TR_OK) {
        tr_arena_rewind(arena, mark);
        return err;
    }
    *out = (tr_bytes){to, len};
    return TR_OK;
}

size_t tr_hex_encode_u64(uint64_t value, uint8_t *out)
{
    size_t n = value == 0 ? 1 : (67 - tr_clz64(value)) / 4;
    out[0] = '0';
    out[1] = 'x';
    for (size_t i = n; i != 0; i--) {
        out[1 + i] = (uint8_t)digit_of[value & 15];
        value >>= 4;
    }
    return 2 + n;
}

tr_err tr_hex_decode_u64(tr_trail *trail, tr_bytes text, uint64_t *out)
{
    uint8_t number[8];
    TR_TRY(tr_hex_decode_quantity(trail, text, number, sizeof(number)));
    *out = tr_load64be(number);
    return TR_OK;
}

size_t tr_hex_encode_quantity(tr_bytes number, uint8_t *out)
{
    size_t i = 0, n = 2;
    while (i < number.len && number.data[i] == 0) i++;
    out[0] = '0';
    out[1] = 'x';
    if (i == number.len) {
        out[2] = '0';
        return 3;
    }
    if (number.data[i] < 16) out[n++] = (uint8_t)digit_of[number.data[i++]];
    tr_hex_encode(tr_bytes_cut(number, i, number.len), out + n);
    return n + 2 * (number.len - i);
}

tr_err tr_hex_decode_quantity(tr_trail *trail, tr_bytes text, uint8_t *out, size_t size)
{
    tr_bytes digits = {0};
    TR_TRY(skip_prefix(trail, text, &digits));
    if (digits.len == 0) return tr_fail_at(trail, TR_E_SHORT, 2, "hex: a quantity needs a digit");
    size_t zeros = 0;
    while (zeros < digits.len && digits.data[zeros] == '0') zeros++;
    for (size_t i = zeros; i < digits.len; i++) {
        if (tr_hex_value[digits.data[i]] > 15)
            return tr_fail_at(trail, TR_E_HEX_DIGIT, 2 + i, "hex: byte 0x%02x is no digit",
                              digits.data[i]);
    }
    size_t n = digits.len - zeros;
    if (n > 2 * size)
        return tr_fail_at(trail, TR_E_RANGE, 2 + zeros, "hex: more than %zu bits", 8 * size);
    if (size != 0) memset(out, 0, size);
    for (size_t i = 0; i < n; i++) {
        uint8_t digit = tr_hex_value[digits.data[digits.len - 1 - i]];
        out[size - 1 - i / 2] |= (uint8_t)(digit << 4 * (i % 2));
    }
    return TR_OK;
}
