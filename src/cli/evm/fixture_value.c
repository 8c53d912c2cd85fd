#include "cli/evm/fixture.h"
#include "codec/hex.h"

static bool is_prefixed(tr_bytes text)
{
    return text.len >= 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x';
}

/* The digits of hex text; "0x:bigint 0x..." marks numbers beyond their type. */
static tr_bytes digits_of(tr_bytes text)
{
    static const char big[] = "0x:bigint ";
    const size_t len = sizeof(big) - 1;
    if (text.len > len && memcmp(text.data, big, len) == 0)
        text = tr_bytes_cut(text, len, SIZE_MAX);
    return is_prefixed(text) ? tr_bytes_cut(text, 2, SIZE_MAX) : text;
}

bool fixture_number(const tr_json *in, tr_u256 *out)
{
    *out = TR_U256_ZERO;
    if (in == NULL) return false;
    if (in->kind == TR_JSON_NUMBER) return tr_u256_from_dec(NULL, in->text, out) == TR_OK;
    if (in->kind != TR_JSON_STRING) return false;
    if (in->text.len == 0) return true;
    if (!is_prefixed(in->text)) return tr_u256_from_dec(NULL, in->text, out) == TR_OK;
    tr_bytes digits = digits_of(in->text);
    return digits.len == 0 || tr_u256_from_hex(NULL, digits, out) == TR_OK;
}

bool fixture_u64(const tr_json *in, uint64_t *out)
{
    tr_u256 number;
    bool good = fixture_number(in, &number) && tr_u256_is_u64(number);
    *out = good ? number.w[0] : 0;
    return good;
}

bool fixture_bytes(tr_arena *arena, tr_bytes text, tr_bytes *out)
{
    if (is_prefixed(text)) text = tr_bytes_cut(text, 2, SIZE_MAX);
    *out = TR_LIT("");
    if (text.len == 0) return true;
    uint8_t *to = tr_arena_get(arena, text.len / 2 + 1, 1);
    if (to == NULL) return false;
    size_t len = 0;
    if (tr_hex_decode(NULL, text, to, text.len / 2, &len) != TR_OK) return false;
    *out = tr_bytes_of(to, len);
    return true;
}

bool fixture_exact(tr_bytes text, uint8_t *out, size_t size)
{
    uint8_t padded[64];
    size_t len = 0;
    tr_bytes digits = digits_of(text);
    memset(out, 0, size);
    if (size > sizeof(padded) / 2 || digits.len > 2 * size) return false;
    memset(padded, '0', sizeof(padded));
    if (digits.len != 0) memcpy(padded + 2 * size - digits.len, digits.data, digits.len);
    return tr_hex_decode(NULL, tr_bytes_of(padded, 2 * size), out, size, &len) == TR_OK;
}

tr_bytes fixture_text(const tr_json *in, const char *key)
{
    return tr_json_text(tr_json_get(in, key));
}
