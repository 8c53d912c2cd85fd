/* Random types of the ABI, and values for them. */
#ifndef TR_TESTS_RANDOM_ABI_H
#define TR_TESTS_RANDOM_ABI_H

#include "codec/abi.h"
#include "harness.h"

static inline void random_abi_type(tr_gen *g, tr_buf *out, unsigned depth)
{
    unsigned bits = 8 * (1 + (unsigned)tr_gen_below(g, 32));
    switch (tr_gen_below(g, depth == 0 ? 10 : 14)) {
    case 0:
        tr_buf_printf(out, "uint%u", bits);
        break;
    case 1:
        tr_buf_printf(out, "int%u", bits);
        break;
    case 2:
        tr_buf_printf(out, "fixed%ux%u", bits, 1 + (unsigned)tr_gen_below(g, 80));
        break;
    case 3:
        tr_buf_printf(out, "ufixed%ux18", bits);
        break;
    case 4:
        tr_buf_put_str(out, "address");
        break;
    case 5:
        tr_buf_put_str(out, "bool");
        break;
    case 6:
        tr_buf_printf(out, "bytes%u", bits / 8);
        break;
    case 7:
        tr_buf_put_str(out, "function");
        break;
    case 8:
        tr_buf_put_str(out, "bytes");
        break;
    case 9:
        tr_buf_put_str(out, "string");
        break;
    case 10:
        random_abi_type(g, out, depth - 1);
        tr_buf_put_str(out, "[]");
        break;
    case 11:
        random_abi_type(g, out, depth - 1);
        tr_buf_printf(out, "[%u]", 1 + (unsigned)tr_gen_below(g, 3));
        break;
    default:
        tr_buf_put_u8(out, '(');
        for (uint64_t n = 1 + tr_gen_below(g, 3); n > 0; n--) {
            random_abi_type(g, out, depth - 1);
            tr_buf_put_u8(out, n == 1 ? ')' : ',');
        }
    }
}

/* A list of types, parsed. */
static inline const tr_abi_type *random_abi_types(tr_gen *g)
{
    tr_buf text;
    tr_buf_init(&text, &tr_gen_arena(g)->alloc, SIZE_MAX);
    for (uint64_t n = tr_gen_below(g, 4); n > 0; n--) {
        random_abi_type(g, &text, 3);
        if (n != 1) tr_buf_put_u8(&text, ',');
    }
    const tr_abi_type *types;
    TR_CHECK_OK(tr_abi_parse_types(NULL, tr_gen_arena(g), tr_buf_view(&text), &types));
    return types;
}

static inline const uint8_t *random_abi_word(tr_gen *g, const tr_abi_type *type)
{
    uint8_t *word = tr_arena_get(tr_gen_arena(g), 32, 1);
    tr_gen_fill(g, word, 32);
    if (type->kind == TR_ABI_BOOL) word[31] &= 1;
    size_t size = type->bits / 8u;
    bool left = type->kind == TR_ABI_FIXED_BYTES || type->kind == TR_ABI_FUNCTION;
    bool is_signed = type->kind == TR_ABI_INT || type->kind == TR_ABI_FIXED;
    int fill = is_signed && word[32 - size] >= 0x80 ? 0xff : 0;
    memset(left ? word + size : word, fill, 32 - size);
    return word;
}

static inline void random_abi_value(tr_gen *g, const tr_abi_type *type, tr_abi_value *out)
{
    if (tr_abi_is_word(type)) {
        *out = (tr_abi_value){.data = random_abi_word(g, type), .count = 32};
        return;
    }
    if (type->kind == TR_ABI_BYTES || type->kind == TR_ABI_STRING) {
        tr_bytes v = tr_gen_bytes(g, 70);
        for (size_t i = 0; i < v.len && type->kind == TR_ABI_STRING; i++)
            ((uint8_t *)(uintptr_t)v.data)[i] &= 0x7f;
        *out = (tr_abi_value){.data = v.data, .count = v.len};
        return;
    }
    size_t count = type->kind == TR_ABI_LIST ? (size_t)tr_gen_below(g, 4) : type->count;
    tr_abi_value *items = TR_ARENA_ARRAY(tr_gen_arena(g), tr_abi_value, count);
    *out = (tr_abi_value){.items = items, .count = count};
    const tr_abi_type *item = type->first;
    for (size_t i = 0; i < count; i++) {
        random_abi_value(g, item, &items[i]);
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
}

static inline tr_bytes random_abi_encode(tr_gen *g, const tr_abi_type *types,
                                         const tr_abi_value *value)
{
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, SIZE_MAX);
    TR_CHECK_OK(tr_abi_encode(NULL, types, value, &out));
    return tr_buf_view(&out);
}

#endif
