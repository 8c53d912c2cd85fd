#include "codec/ssz_internal.h"

const tr_ssz_type tr_ssz_u8 = {TR_SSZ_UINT, 1, NULL, NULL};
const tr_ssz_type tr_ssz_u16 = {TR_SSZ_UINT, 2, NULL, NULL};
const tr_ssz_type tr_ssz_u32 = {TR_SSZ_UINT, 4, NULL, NULL};
const tr_ssz_type tr_ssz_u64 = {TR_SSZ_UINT, 8, NULL, NULL};
const tr_ssz_type tr_ssz_u128 = {TR_SSZ_UINT, 16, NULL, NULL};
const tr_ssz_type tr_ssz_u256 = {TR_SSZ_UINT, 32, NULL, NULL};
const tr_ssz_type tr_ssz_bool = {TR_SSZ_BOOL, 1, NULL, NULL};
const tr_ssz_type tr_ssz_bytes20 = TR_SSZ_VECTOR_OF(&tr_ssz_u8, 20);
const tr_ssz_type tr_ssz_bytes32 = TR_SSZ_VECTOR_OF(&tr_ssz_u8, 32);
const tr_ssz_type tr_ssz_bytes48 = TR_SSZ_VECTOR_OF(&tr_ssz_u8, 48);
const tr_ssz_type tr_ssz_bytes96 = TR_SSZ_VECTOR_OF(&tr_ssz_u8, 96);

static bool is_basic(const tr_ssz_type *type)
{
    return type->kind == TR_SSZ_UINT || type->kind == TR_SSZ_BOOL;
}

bool tr_ssz_is_plain(const tr_ssz_type *type)
{
    switch (type->kind) {
    case TR_SSZ_UINT:
    case TR_SSZ_BOOL:
    case TR_SSZ_BITVECTOR:
    case TR_SSZ_BITLIST:
        return true;
    case TR_SSZ_VECTOR:
    case TR_SSZ_LIST:
        return is_basic(type->item);
    case TR_SSZ_CONTAINER:
        return false;
    }
    return false;
}

static uint64_t fixed_size_of_fields(const tr_ssz_type *type)
{
    uint64_t sum = 0;
    TR_ASSERT(type->size != 0);
    for (size_t i = 0; i < type->size; i++) {
        uint64_t size = tr_ssz_fixed_size(type->fields[i].type);
        if (size == 0) return 0;
        TR_ASSERT(!__builtin_add_overflow(sum, size, &sum));
    }
    return sum;
}

uint64_t tr_ssz_fixed_size(const tr_ssz_type *type)
{
    uint64_t size = 0;
    switch (type->kind) {
    case TR_SSZ_UINT:
    case TR_SSZ_BOOL:
        size = type->size;
        break;
    case TR_SSZ_VECTOR:
        TR_ASSERT(type->size != 0);
        TR_ASSERT(!__builtin_mul_overflow(tr_ssz_fixed_size(type->item), type->size, &size));
        break;
    case TR_SSZ_BITVECTOR:
        TR_ASSERT(type->size != 0);
        size = type->size / 8 + (type->size % 8 != 0);
        break;
    case TR_SSZ_LIST:
    case TR_SSZ_BITLIST:
        break;
    case TR_SSZ_CONTAINER:
        size = fixed_size_of_fields(type);
        break;
    }
    return size;
}

static tr_err check_bools(tr_trail *trail, tr_bytes bytes, size_t offset)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] > 1)
            return tr_fail_at(trail, TR_E_SSZ_BOOL, offset + i, "SSZ: a boolean is 0 or 1");
    }
    return TR_OK;
}

static tr_err check_bitvector(tr_trail *trail, const tr_ssz_type *type, tr_bytes bytes,
                              size_t offset)
{
    unsigned used = type->size % 8;
    if (used != 0 && bytes.data[bytes.len - 1] >> used != 0)
        return tr_fail_at(trail, TR_E_SSZ_BITS, offset + bytes.len - 1,
                          "SSZ: bits beyond the end of a bitvector");
    return TR_OK;
}

static uint64_t bitlist_length(tr_bytes bytes)
{
    uint8_t last = bytes.data[bytes.len - 1];
    return 8 * ((uint64_t)bytes.len - 1) + (63 - tr_clz64(last));
}

static tr_err check_bitlist(tr_trail *trail, const tr_ssz_type *type, tr_bytes bytes, size_t offset)
{
    if (bytes.len == 0)
        return tr_fail_at(trail, TR_E_SSZ_LENGTH, offset, "SSZ: a bitlist has at least one byte");
    if (bytes.data[bytes.len - 1] == 0)
        return tr_fail_at(trail, TR_E_SSZ_BITS, offset + bytes.len - 1,
                          "SSZ: a bitlist ends with a bit that is set");
    if (bitlist_length(bytes) > type->size)
        return tr_fail_at(trail, TR_E_LIMIT, offset, "SSZ: a bitlist is too long");
    return TR_OK;
}

static tr_err check_basic_list(tr_trail *trail, const tr_ssz_type *type, tr_bytes bytes,
                               size_t offset)
{
    uint64_t size = type->item->size;
    if (bytes.len % size != 0)
        return tr_fail_at(trail, TR_E_SSZ_LENGTH, offset, "SSZ: a list ends within an item");
    if (bytes.len / size > type->size)
        return tr_fail_at(trail, TR_E_LIMIT, offset, "SSZ: a list is too long");
    return TR_OK;
}

tr_err tr_ssz_check_plain(tr_trail *trail, const tr_ssz_type *type, tr_bytes bytes, size_t offset)
{
    uint64_t size = tr_ssz_fixed_size(type);
    if (size != 0 && bytes.len != size)
        return tr_fail_at(trail, TR_E_SSZ_LENGTH, offset, "SSZ: %zu bytes where %llu are expected",
                          bytes.len, (unsigned long long)size);
    if (type->kind == TR_SSZ_LIST) TR_TRY(check_basic_list(trail, type, bytes, offset));
    if (type->kind == TR_SSZ_BITLIST) return check_bitlist(trail, type, bytes, offset);
    if (type->kind == TR_SSZ_BITVECTOR) return check_bitvector(trail, type, bytes, offset);
    bool bools =
        type->kind == TR_SSZ_BOOL || (type->item != NULL && type->item->kind == TR_SSZ_BOOL);
    return bools ? check_bools(trail, bytes, offset) : TR_OK;
}

uint64_t tr_ssz_number(const tr_ssz *value)
{
    uint8_t number[8] = {0};
    TR_ASSERT(is_basic(value->type) && value->bytes.len <= sizeof(number));
    memcpy(number, value->bytes.data, value->bytes.len);
    return tr_load64le(number);
}

uint64_t tr_ssz_length(const tr_ssz *value)
{
    const tr_ssz_type *type = value->type;
    if (!tr_ssz_is_plain(type)) return value->count;
    switch (type->kind) {
    case TR_SSZ_BITVECTOR:
        return type->size;
    case TR_SSZ_BITLIST:
        return bitlist_length(value->bytes);
    case TR_SSZ_VECTOR:
    case TR_SSZ_LIST:
        return value->bytes.len / type->item->size;
    case TR_SSZ_UINT:
    case TR_SSZ_BOOL:
    case TR_SSZ_CONTAINER:
        break;
    }
    return 1;
}

bool tr_ssz_bit(const tr_ssz *value, uint64_t i)
{
    TR_ASSERT(value->type->kind == TR_SSZ_BITVECTOR || value->type->kind == TR_SSZ_BITLIST);
    return i < tr_ssz_length(value) && (value->bytes.data[i / 8] >> i % 8 & 1) != 0;
}
