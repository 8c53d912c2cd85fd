#include "codec/abi_json.h"

#include "codec/abi_internal.h"
#include "codec/hex.h"

/* A 256-bit number in eight digits of 32 bits, least first: all that decimal text needs. */
typedef struct number {
    uint32_t limb[8];
} number;

/* Multiplies and adds; false when the result does not fit. */
static bool times_plus(number *n, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (size_t i = 0; i < 8; i++) {
        carry += (uint64_t)n->limb[i] * factor;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry == 0;
}

/* Divides and returns the rest. */
static uint32_t divide(number *n, uint32_t by)
{
    uint64_t rest = 0;
    for (size_t i = 8; i-- > 0;) {
        rest = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}

static bool is_zero(const number *n)
{
    uint32_t any = 0;
    for (size_t i = 0; i < 8; i++) any |= n->limb[i];
    return any == 0;
}

static void negate(number *n)
{
    uint64_t carry = 1;
    for (size_t i = 0; i < 8; i++) {
        carry += (uint32_t)~n->limb[i];
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static number load(const uint8_t *word)
{
    number n;
    for (size_t i = 0; i < 8; i++) n.limb[i] = tr_load32be(word + 28 - 4 * i);
    return n;
}

static void store(uint8_t *word, const number *n)
{
    for (size_t i = 0; i < 8; i++) tr_store32be(word + 28 - 4 * i, n->limb[i]);
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Reads digits, for a fixed-point type with a point and up to decimals digits after it, which are
 * filled up with zeros. */
static tr_err read_digits(tr_bytes text, uint32_t base, unsigned decimals, number *out)
{
    bool point = false;
    unsigned after = 0;
    size_t digits = 0;
    *out = (number){{0}};
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '.' && base == 10 && decimals != 0 && !point && digits != 0) {
            point = true;
            continue;
        }
        int digit = digit_of(text.data[i]);
        if (digit >= (int)base) return TR_E_SYNTAX;
        digits++;
        if (point && after++ == decimals) return TR_E_RANGE;
        if (!times_plus(out, base, (uint32_t)digit)) return TR_E_RANGE;
    }
    if (digits == 0 || (point && after == 0)) return TR_E_SYNTAX;
    for (; base == 10 && after < decimals; after++)
        if (!times_plus(out, 10, 0)) return TR_E_RANGE;
    return TR_OK;
}

/* A number in two's complement of 256 bits, inside the range of its type. */
static tr_err read_number(const tr_abi_type *type, tr_bytes text, uint8_t word[32])
{
    bool negative = text.len != 0 && text.data[0] == '-';
    if (negative) text = tr_bytes_cut(text, 1, SIZE_MAX);
    bool hex = text.len > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x';
    number n;
    if (hex) text = tr_bytes_cut(text, 2, SIZE_MAX);
    TR_TRY(read_digits(text, hex ? 16 : 10, type->decimals, &n));
    bool is_signed = type->kind == TR_ABI_INT || type->kind == TR_ABI_FIXED;
    if (is_zero(&n)) negative = false;
    if (negative) {
        if (!is_signed) return TR_E_RANGE;
        negate(&n);
    }
    store(word, &n);
    if (is_signed && (word[0] >= 0x80) != negative) return TR_E_RANGE;
    return abi_word_clean(type, word) ? TR_OK : TR_E_RANGE;
}

static tr_err fail(tr_trail *trail, tr_err code, const tr_json *json, const tr_abi_type *type)
{
    char text[80];
    tr_buf name;
    tr_buf_init_fixed(&name, text, sizeof(text));
    tr_abi_print(&name, type);
    return tr_fail_at(trail, code, json->offset, "not a value of type %.*s: %s", (int)name.len,
                      text, tr_err_text(code));
}

tr_err tr_abi_word_from_json(tr_trail *trail, const tr_abi_type *type, const tr_json *json,
                             uint8_t word[32])
{
    tr_err err = TR_E_TYPE;
    size_t size = type->bits / 8;
    memset(word, 0, 32);
    if (type->kind == TR_ABI_BOOL) {
        if (json->kind != TR_JSON_BOOL) return fail(trail, TR_E_TYPE, json, type);
        word[31] = json->truth;
        return TR_OK;
    }
    if (type->kind <= TR_ABI_FIXED) {
        if (json->kind == TR_JSON_STRING || json->kind == TR_JSON_NUMBER)
            err = read_number(type, json->text, word);
    } else if (json->kind == TR_JSON_STRING) {
        size_t at = type->kind == TR_ABI_ADDRESS ? 12 : 0;
        err = tr_hex_decode_exact(NULL, json->text, word + at, size);
    }
    return err == TR_OK ? TR_OK : fail(trail, err, json, type);
}

static tr_err items_from_json(tr_trail *trail, tr_arena *arena, const tr_abi_type *type,
                              const tr_json *json, tr_abi_value *out)
{
    bool by_name = json->kind == TR_JSON_OBJECT && type->kind == TR_ABI_TUPLE;
    if (json->kind != TR_JSON_ARRAY && !by_name) return fail(trail, TR_E_TYPE, json, type);
    if (type->kind != TR_ABI_LIST && json->count != type->count)
        return tr_fail_at(trail, TR_E_TYPE, json->offset, "%zu values where the type has %u",
                          json->count, type->count);
    tr_abi_value *items = TR_ARENA_ARRAY(arena, tr_abi_value, json->count);
    if (items == NULL) return tr_fail(trail, TR_E_MEMORY, "out of memory");
    *out = (tr_abi_value){.items = items, .count = json->count};
    const tr_abi_type *item = type->first;
    const tr_json *value = json->first;
    for (size_t i = 0; i < json->count; i++) {
        if (by_name) {
            for (value = json->first; value != NULL && !tr_bytes_eq(value->key, item->name);)
                value = value->next;
            if (value == NULL || item->name.len == 0)
                return tr_fail_at(trail, TR_E_TYPE, json->offset, "no member for \"%.*s\"",
                                  (int)TR_MIN(item->name.len, 80), (const char *)item->name.data);
        }
        tr_err err = tr_abi_from_json(trail, arena, item, value, &items[i]);
        if (err != TR_OK) return err;
        value = value->next;
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
    return TR_OK;
}

tr_err tr_abi_from_json(tr_trail *trail, tr_arena *arena, const tr_abi_type *type,
                        const tr_json *json, tr_abi_value *out)
{
    if (type->kind >= TR_ABI_ARRAY) return items_from_json(trail, arena, type, json, out);
    if (!tr_abi_is_word(type)) {
        tr_bytes content = json->text;
        if (json->kind != TR_JSON_STRING) return fail(trail, TR_E_TYPE, json, type);
        if (type->kind == TR_ABI_BYTES) {
            uint8_t *to = tr_arena_get(arena, content.len / 2, 1);
            size_t len;
            if (to == NULL) return tr_fail(trail, TR_E_MEMORY, "out of memory");
            tr_err err = tr_hex_decode_0x(NULL, content, to, content.len / 2, &len);
            if (err != TR_OK) return fail(trail, err, json, type);
            content = tr_bytes_of(to, len);
        }
        *out = (tr_abi_value){.data = content.data, .count = content.len};
        return TR_OK;
    }
    uint8_t *word = tr_arena_get(arena, 32, 1);
    if (word == NULL) return tr_fail(trail, TR_E_MEMORY, "out of memory");
    *out = (tr_abi_value){.data = word, .count = 32};
    return tr_abi_word_from_json(trail, type, json, word);
}

/* Writes the decimal text of a number, with a point before the last decimals digits. */
static void put_number(tr_json_writer *w, const tr_abi_type *type, const uint8_t *word)
{
    uint8_t text[192];
    size_t at = sizeof(text), digits = 0;
    number n = load(word);
    bool negative = abi_word_sign(type, word) != 0;
    if (negative) negate(&n);
    bool more = true;
    while (more) {
        uint32_t part = divide(&n, 1000000000);
        more = !is_zero(&n);
        for (size_t i = 0; i < 9 && (more || part != 0 || digits <= type->decimals); i++) {
            bool written = at != sizeof(text); /* zeros at the end of a fraction are left out */
            if (digits == type->decimals && written) text[--at] = '.';
            if (digits >= type->decimals || part % 10 != 0 || written)
                text[--at] = (uint8_t)('0' + part % 10);
            part /= 10;
            digits++;
        }
        /* A small number of many decimals has zeros before its first digit. */
        if (!more && digits <= type->decimals) more = true;
    }
    if (negative) text[--at] = '-';
    tr_json_string(w, tr_bytes_of(text + at, sizeof(text) - at));
}

void tr_abi_to_json(tr_json_writer *w, const tr_abi_type *type, const tr_abi_value *value)
{
    const tr_abi_type *item = type->first;
    switch (type->kind) {
    case TR_ABI_UINT:
    case TR_ABI_INT:
    case TR_ABI_UFIXED:
    case TR_ABI_FIXED:
        put_number(w, type, value->data);
        break;
    case TR_ABI_ADDRESS:
        tr_json_put_hex(w, tr_bytes_of(value->data + 12, 20));
        break;
    case TR_ABI_BOOL:
        tr_json_put_bool(w, tr_abi_bool(value));
        break;
    case TR_ABI_FIXED_BYTES:
    case TR_ABI_FUNCTION:
        tr_json_put_hex(w, tr_bytes_of(value->data, type->bits / 8u));
        break;
    case TR_ABI_BYTES:
        tr_json_put_hex(w, tr_bytes_of(value->data, value->count));
        break;
    case TR_ABI_STRING:
        tr_json_string(w, tr_bytes_of(value->data, value->count));
        break;
    case TR_ABI_ARRAY:
    case TR_ABI_LIST:
    case TR_ABI_TUPLE:
        tr_json_begin_array(w);
        for (size_t i = 0; i < value->count; i++) {
            tr_abi_to_json(w, item, &value->items[i]);
            if (type->kind == TR_ABI_TUPLE) item = item->next;
        }
        tr_json_end_array(w);
        break;
    }
}
