/* Records as JSON. */
#include "codec/hex.h"
#include "eth/json.h"
#include "eth/json_internal.h"

/* Names that files of tests use for the same thing.  RPC knows only the first, but for the input of
 * a transaction, which callers give by either name. */
static const struct alias {
    const char *name, *other;
    bool rpc;
} aliases[] = {
    {"input", "data", true},
    {"gas", "gasLimit", false},
    {"miner", "coinbase", false},
    {"sha3Uncles", "uncleHash", false},
    {"transactionsRoot", "transactionsTrie", false},
    {"receiptsRoot", "receiptTrie", false},
    {"logsBloom", "bloom", false},
    {"yParity", "v", false},
};

static bool is_null(const tr_json *value)
{
    return value == NULL || value->kind == TR_JSON_NULL;
}

const tr_json *tr_json_member(const tr_json *in, tr_json_form form, const char *name)
{
    const tr_json *found = tr_json_get(in, name);
    for (size_t i = 0; is_null(found) && i < TR_COUNTOF(aliases); i++)
        if (tr_bytes_eq(tr_bytes_str(aliases[i].name), tr_bytes_str(name)) &&
            (aliases[i].rpc || form == TR_JSON_FILE))
            found = tr_json_get(in, aliases[i].other);
    return found;
}

static bool has_prefix(tr_bytes text)
{
    return text.len >= 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X');
}

/* Decimal text, which only files have. */
static tr_err decimal(tr_trail *trail, const tr_json *value, uint8_t *to, size_t size)
{
    tr_u256 number;
    TR_TRY(tr_u256_from_dec(trail, value->text, &number));
    uint8_t all[32];
    tr_u256_to_be(number, all);
    for (size_t i = 0; i < sizeof(all) - size; i++)
        if (all[i] != 0) return tr_fail(trail, TR_E_RANGE, "the number is too large");
    memcpy(to, all + sizeof(all) - size, size);
    return TR_OK;
}

tr_err tr_json_quantity(tr_trail *trail, tr_json_form form, const tr_json *value, uint8_t *to,
                        size_t size)
{
    bool is_text = value->kind == TR_JSON_STRING;
    tr_bytes text = value->text;
    if (form == TR_JSON_FILE && (value->kind == TR_JSON_NUMBER || (is_text && !has_prefix(text)))) {
        if (text.len != 0) return decimal(trail, value, to, size);
        memset(to, 0, size);
        return TR_OK;
    }
    if (!is_text) return tr_fail(trail, TR_E_TYPE, "a quantity is a string");
    if (form == TR_JSON_FILE && text.len == 2) { /* "0x" */
        memset(to, 0, size);
        return TR_OK;
    }
    if (form == TR_JSON_RPC && has_prefix(text) && text.len > 3 && text.data[2] == '0')
        return tr_fail(trail, TR_E_CANONICAL, "a quantity has no leading zeros");
    return tr_hex_decode_quantity(trail, text, to, size);
}

/* Strings of a fixed size; files may leave out leading zeros. */
static tr_err fixed(tr_trail *trail, tr_json_form form, const tr_json *value, uint8_t *to,
                    size_t size)
{
    if (value->kind != TR_JSON_STRING) return tr_fail(trail, TR_E_TYPE, "data is a string");
    if (form == TR_JSON_RPC) return tr_hex_decode_exact(trail, value->text, to, size);
    tr_bytes digits = tr_bytes_cut(value->text, has_prefix(value->text) ? 2 : 0, value->text.len);
    if (digits.len > 2 * size) return tr_fail(trail, TR_E_HEX_LENGTH, "the data is too long");
    uint8_t text[2 * TR_JSON_FIXED_MAX];
    memset(text, '0', 2 * size - digits.len);
    if (digits.len != 0) memcpy(text + 2 * size - digits.len, digits.data, digits.len);
    size_t len;
    return tr_hex_decode(trail, (tr_bytes){text, 2 * size}, to, size, &len);
}

tr_err tr_json_data(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *value,
                    tr_bytes *out)
{
    if (value->kind != TR_JSON_STRING) return tr_fail(trail, TR_E_TYPE, "data is a string");
    tr_bytes digits = value->text;
    if (has_prefix(digits)) {
        digits = tr_bytes_cut(digits, 2, digits.len);
    } else if (form == TR_JSON_RPC) {
        return tr_fail(trail, TR_E_HEX_PREFIX, "data begins with 0x");
    }
    bool odd = digits.len % 2 != 0;
    if (odd && form == TR_JSON_RPC)
        return tr_fail(trail, TR_E_HEX_ODD, "data has an even number of digits");
    uint8_t *to = tr_arena_get(arena, digits.len / 2 + 1, 1);
    if (to == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu digits", digits.len);
    size_t len = 0, first = 0;
    if (odd) {
        const uint8_t head[2] = {'0', digits.data[0]};
        TR_TRY(tr_hex_decode(trail, TR_VIEW(head), to, 1, &first));
        digits = tr_bytes_cut(digits, 1, digits.len);
    }
    TR_TRY(tr_hex_decode(trail, digits, to + first, digits.len / 2, &len));
    *out = (tr_bytes){to, first + len};
    return TR_OK;
}

static tr_err read_u256(tr_trail *trail, tr_json_form form, const tr_json *value, tr_u256 *out)
{
    uint8_t bytes[32];
    TR_TRY(tr_json_quantity(trail, form, value, bytes, sizeof(bytes)));
    *out = tr_u256_from_be(bytes);
    return TR_OK;
}

static tr_err read_u64(tr_trail *trail, tr_json_form form, const tr_json *value, uint64_t *out)
{
    uint8_t bytes[8];
    TR_TRY(tr_json_quantity(trail, form, value, bytes, sizeof(bytes)));
    *out = tr_load64be(bytes);
    return TR_OK;
}

static tr_err read_to(tr_trail *trail, tr_json_form form, const tr_json *value, tr_to *out)
{
    bool none = value->kind == TR_JSON_STRING &&
                (value->text.len == 0 || (form == TR_JSON_FILE && value->text.len == 2));
    *out = (tr_to){.some = !none};
    return none ? TR_OK : fixed(trail, form, value, out->addr.b, sizeof(out->addr.b));
}

static tr_err read_hashes(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *value,
                          tr_list *out)
{
    if (value->kind != TR_JSON_ARRAY) return tr_fail(trail, TR_E_TYPE, "not an array");
    tr_hash *at = TR_ARENA_ARRAY(arena, tr_hash, value->count);
    if (at == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu hashes", value->count);
    *out = (tr_list){at, value->count};
    TR_JSON_EACH(item, value)
    {
        TR_TRY(fixed(trail, form, item, at->b, sizeof(at->b)));
        at++;
    }
    return TR_OK;
}

static tr_err read_list(tr_trail *trail, tr_arena *arena, tr_json_form form,
                        const tr_record *record, const tr_json *value, tr_list *out)
{
    if (value->kind != TR_JSON_ARRAY) return tr_fail(trail, TR_E_TYPE, "not an array");
    uint8_t *at = tr_arena_array(arena, value->count, record->size, alignof(max_align_t));
    if (at == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu items", value->count);
    memset(at, 0, value->count * record->size);
    *out = (tr_list){at, value->count};
    uint64_t all = (UINT64_C(1) << record->count) - 1;
    TR_JSON_EACH(item, value)
    {
        uint64_t seen;
        TR_TRY(tr_record_from_json(trail, arena, form, record, item, at, &seen));
        for (size_t i = 0; i < record->count; i++)
            if ((~seen & all) >> i & 1 && record->fields[i].json != NULL)
                return tr_fail_at(trail, TR_E_JSON_FIELD, item->offset, "%s: %s is missing",
                                  record->name, record->fields[i].json);
        at += record->size;
    }
    return TR_OK;
}

static tr_err read_field(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_field *field,
                         const tr_json *value, void *to)
{
    uint64_t number = 0;
    switch ((tr_field_kind)field->kind) {
    case TR_FIELD_U64:
        return read_u64(trail, form, value, to);
    case TR_FIELD_U8:
        return tr_json_quantity(trail, form, value, to, 1);
    case TR_FIELD_BOOL:
        if (value->kind == TR_JSON_BOOL) {
            number = value->truth;
        } else {
            TR_TRY(read_u64(trail, form, value, &number));
            if (number > 1) return tr_fail(trail, TR_E_RANGE, "neither true nor false");
        }
        *(bool *)to = number != 0;
        return TR_OK;
    case TR_FIELD_U256:
        return read_u256(trail, form, value, to);
    case TR_FIELD_WORD:
        return tr_json_quantity(trail, form, value, to, 32);
    case TR_FIELD_ADDR:
        return fixed(trail, form, value, to, 20);
    case TR_FIELD_TO:
        return read_to(trail, form, value, to);
    case TR_FIELD_HASH:
        return fixed(trail, form, value, to, 32);
    case TR_FIELD_BYTES:
        return tr_json_data(trail, arena, form, value, to);
    case TR_FIELD_FIXED8:
        return fixed(trail, form, value, to, 8);
    case TR_FIELD_BLOOM:
        return fixed(trail, form, value, to, TR_BLOOM);
    case TR_FIELD_HASHES:
        return read_hashes(trail, arena, form, value, to);
    case TR_FIELD_LIST:
        return read_list(trail, arena, form, field->of, value, to);
    }
    return TR_E_ARGUMENT;
}

tr_err tr_record_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                           const tr_record *record, const tr_json *in, void *out, uint64_t *seen)
{
    *seen = 0;
    if (in == NULL || in->kind != TR_JSON_OBJECT)
        return tr_fail_at(trail, TR_E_JSON_FIELD, in == NULL ? 0 : in->offset, "%s: not an object",
                          record->name);
    for (size_t i = 0; i < record->count; i++) {
        const tr_field *field = &record->fields[i];
        if (field->json == NULL) continue;
        const tr_json *value = tr_json_member(in, form, field->json);
        if (is_null(value)) continue;
        tr_err err = read_field(trail, arena, form, field, value, (uint8_t *)out + field->offset);
        if (err != TR_OK) return tr_json_field_error(trail, err, record->name, field->json, value);
        *seen |= UINT64_C(1) << i;
    }
    return TR_OK;
}

tr_err tr_json_field_error(tr_trail *trail, tr_err err, const char *what, const char *name,
                           const tr_json *value)
{
    if (err == TR_E_MEMORY || err == TR_E_JSON_FIELD)
        return tr_because(trail, err, "in %s of %s", name, what);
    const char *why = tr_err_text(err);
    return tr_fail_at(trail, TR_E_JSON_FIELD, value->offset, "%s: %s: %s", what, name, why);
}

/* Writing. */

void tr_json_put_quantity(tr_json_writer *to, uint64_t number)
{
    uint8_t text[TR_HEX_U64_MAX];
    tr_json_string(to, (tr_bytes){text, tr_hex_encode_u64(number, text)});
}

void tr_json_put_number(tr_json_writer *to, const tr_u256 *number)
{
    char text[TR_U256_HEX_TEXT];
    size_t len = tr_u256_to_hex(*number, text);
    tr_json_string(to, tr_bytes_of(text, len));
}

static void put_word(tr_json_writer *to, const uint8_t word[32])
{
    uint8_t text[2 + 64];
    tr_json_string(to, (tr_bytes){text, tr_hex_encode_quantity((tr_bytes){word, 32}, text)});
}

static void put_list(tr_json_writer *to, const tr_record *record, const tr_list *list)
{
    tr_json_begin_array(to);
    const uint8_t *at = list->at;
    for (size_t i = 0; i < list->count; i++, at += record->size) {
        tr_json_begin_object(to);
        tr_record_to_json(to, record, record->count, at);
        tr_json_end_object(to);
    }
    tr_json_end_array(to);
}

static void put_hashes(tr_json_writer *to, const tr_list *list)
{
    tr_json_begin_array(to);
    for (size_t i = 0; i < list->count; i++)
        tr_json_put_hex(to, TR_VIEW(TR_LIST_AT(tr_hash, *list, i)->b));
    tr_json_end_array(to);
}

static void put_to(tr_json_writer *to, const tr_to *address)
{
    if (address->some)
        tr_json_put_hex(to, TR_VIEW(address->addr.b));
    else
        tr_json_put_null(to);
}

static void put_field(tr_json_writer *to, const tr_field *field, const void *in)
{
    switch ((tr_field_kind)field->kind) {
    case TR_FIELD_U64:
        tr_json_put_quantity(to, *(const uint64_t *)in);
        break;
    case TR_FIELD_U8:
        tr_json_put_quantity(to, *(const uint8_t *)in);
        break;
    case TR_FIELD_BOOL:
        tr_json_put_bool(to, *(const bool *)in);
        break;
    case TR_FIELD_U256:
        tr_json_put_number(to, in);
        break;
    case TR_FIELD_WORD:
        put_word(to, in);
        break;
    case TR_FIELD_ADDR:
        tr_json_put_hex(to, tr_bytes_of(in, 20));
        break;
    case TR_FIELD_TO:
        put_to(to, in);
        break;
    case TR_FIELD_HASH:
        tr_json_put_hex(to, tr_bytes_of(in, 32));
        break;
    case TR_FIELD_BYTES:
        tr_json_put_hex(to, *(const tr_bytes *)in);
        break;
    case TR_FIELD_FIXED8:
        tr_json_put_hex(to, tr_bytes_of(in, 8));
        break;
    case TR_FIELD_BLOOM:
        tr_json_put_hex(to, tr_bytes_of(in, TR_BLOOM));
        break;
    case TR_FIELD_HASHES:
        put_hashes(to, in);
        break;
    case TR_FIELD_LIST:
        put_list(to, field->of, in);
        break;
    }
}

void tr_record_to_json(tr_json_writer *to, const tr_record *record, size_t count, const void *in)
{
    for (size_t i = 0; i < count; i++) {
        const tr_field *field = &record->fields[i];
        if (field->json == NULL) continue;
        tr_json_key(to, field->json);
        put_field(to, field, (const uint8_t *)in + field->offset);
    }
}
