#include "codec/abi_internal.h"

static tr_err wrong_shape(tr_trail *trail, const tr_abi_type *type, size_t count)
{
    char text[80];
    tr_buf name;
    tr_buf_init_fixed(&name, text, sizeof(text));
    tr_abi_print(&name, type);
    return tr_fail(trail, TR_E_TYPE, "ABI: a value of %zu parts for the type %.*s", count,
                   (int)name.len, text);
}

static tr_err check_word(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value)
{
    if (value->data == NULL || value->count != 32) return wrong_shape(trail, type, value->count);
    if (abi_word_clean(type, value->data)) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "ABI: a word does not fit its type");
}

/* Says which part an error was in, innermost first. */
static tr_err in_part(tr_trail *trail, tr_err err, const tr_abi_type *type, size_t i)
{
    if (type->kind != TR_ABI_TUPLE) return tr_because(trail, err, "in element %zu", i);
    return tr_because(trail, err, "in member %zu", i);
}

/* The first of two passes: checks that the value has the type's shape and that each word fits, and
 * adds up what the tails take.  So the second pass cannot fail, and memory is asked for once. */
static tr_err measure(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value,
                      uint64_t *size);

static tr_err measure_items(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value,
                            uint64_t *size)
{
    const tr_abi_type *item = type->first;
    for (size_t i = 0; i < value->count; i++) {
        tr_err err = measure(trail, item, &value->items[i], size);
        if (TR_UNLIKELY(err != TR_OK)) return in_part(trail, err, type, i);
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
    return TR_OK;
}

static tr_err measure(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value,
                      uint64_t *size)
{
    if (tr_abi_is_word(type)) return check_word(trail, type, value);
    bool items = type->kind == TR_ABI_ARRAY || type->kind == TR_ABI_TUPLE;
    if (items && value->count != type->count) return wrong_shape(trail, type, value->count);
    if (value->count > SIZE_MAX / 64)
        return tr_fail(trail, TR_E_LIMIT, "ABI: the value is too large");
    uint64_t tail = 0;
    if (type->kind == TR_ABI_BYTES || type->kind == TR_ABI_STRING) {
        *size += 32 + ((value->count + 31) & ~(uint64_t)31);
        return *size <= SIZE_MAX / 4 ? TR_OK
                                     : tr_fail(trail, TR_E_LIMIT, "ABI: the value is too large");
    }
    if (items && type->dynamic) tail = type->inner;
    if (type->kind == TR_ABI_LIST &&
        (__builtin_mul_overflow(value->count, type->first->head, &tail) || tail > SIZE_MAX / 4))
        return tr_fail(trail, TR_E_LIMIT, "ABI: the value is too large");
    if (type->kind == TR_ABI_LIST) tail += 32;
    *size += tail;
    if (*size > SIZE_MAX / 4) return tr_fail(trail, TR_E_LIMIT, "ABI: the value is too large");
    return measure_items(trail, type, value, size);
}

/* The second pass writes to memory that is known to be large enough.  tail is where the next tail
 * begins. */
typedef struct writer {
    uint8_t *tail;
} writer;

static void put_size(uint8_t *to, size_t size)
{
    memset(to, 0, 24);
    tr_store64be(to + 24, size);
}

/* The parts of an array, a list or a tuple, whose heads begin at at.  Offsets count from base. */
static void write_items(writer *w, const tr_abi_type *type, const tr_abi_value *value,
                        const uint8_t *base, uint8_t *at);

static void write_tail(writer *w, const tr_abi_type *type, const tr_abi_value *value)
{
    size_t count = value->count, heads = (size_t)type->inner;
    if (type->kind == TR_ABI_BYTES || type->kind == TR_ABI_STRING) {
        size_t padded = (count + 31) & ~(size_t)31;
        put_size(w->tail, count);
        w->tail += 32;
        if (count != 0) {
            memset(w->tail + padded - 32, 0, 32);
            memcpy(w->tail, value->data, count);
        }
        w->tail += padded;
        return;
    }
    if (type->kind == TR_ABI_LIST) {
        put_size(w->tail, count);
        w->tail += 32;
        heads = count * (size_t)type->first->head;
    }
    uint8_t *base = w->tail;
    w->tail += heads;
    write_items(w, type, value, base, base);
}

static void write_items(writer *w, const tr_abi_type *type, const tr_abi_value *value,
                        const uint8_t *base, uint8_t *at)
{
    const tr_abi_type *item = type->first;
    for (size_t i = 0; i < value->count; i++) {
        const tr_abi_value *part = &value->items[i];
        if (tr_abi_is_word(item)) {
            memcpy(at, part->data, 32);
        } else if (item->dynamic) {
            put_size(at, (size_t)(w->tail - base));
            write_tail(w, item, part);
        } else {
            write_items(w, item, part, base, at);
        }
        at += (size_t)item->head;
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
}

tr_err tr_abi_encode(tr_trail *trail, const tr_abi_type *types, const tr_abi_value *value,
                     tr_buf *out)
{
    TR_ASSERT(types->kind == TR_ABI_TUPLE);
    uint64_t size = types->dynamic ? 0 : types->inner;
    TR_TRY(measure(trail, types, value, &size));
    uint8_t *to = tr_buf_reserve(out, (size_t)size);
    if (to == NULL)
        return tr_fail(trail, tr_buf_err(out), "ABI: no room for an encoding of %zu bytes",
                       (size_t)size);
    writer w = {to + types->inner};
    write_items(&w, types, value, to, to);
    out->len += (size_t)size;
    return TR_OK;
}

/* The bytes of a word that encodePacked keeps. */
static tr_bytes significant(const tr_abi_type *type, const uint8_t *word)
{
    size_t len = type->bits / 8;
    bool left = type->kind == TR_ABI_FIXED_BYTES || type->kind == TR_ABI_FUNCTION;
    return (tr_bytes){left ? word : word + 32 - len, len};
}

static tr_err pack_array(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value,
                         tr_buf *out)
{
    if (!tr_abi_is_word(type->first))
        return tr_fail(trail, TR_E_UNSUPPORTED,
                       "ABI: no packed form of arrays of anything but words");
    if (type->kind == TR_ABI_ARRAY && value->count != type->count)
        return wrong_shape(trail, type, value->count);
    for (size_t i = 0; i < value->count; i++) {
        tr_err err = check_word(trail, type->first, &value->items[i]);
        if (err != TR_OK) return in_part(trail, err, type, i);
        tr_buf_put(out, tr_bytes_of(value->items[i].data, 32));
    }
    return TR_OK;
}

static tr_err pack(tr_trail *trail, const tr_abi_type *type, const tr_abi_value *value, tr_buf *out)
{
    switch (type->kind) {
    case TR_ABI_UINT:
    case TR_ABI_INT:
    case TR_ABI_UFIXED:
    case TR_ABI_FIXED:
    case TR_ABI_ADDRESS:
    case TR_ABI_BOOL:
    case TR_ABI_FIXED_BYTES:
    case TR_ABI_FUNCTION:
        TR_TRY(check_word(trail, type, value));
        tr_buf_put(out, significant(type, value->data));
        return TR_OK;
    case TR_ABI_BYTES:
    case TR_ABI_STRING:
        tr_buf_put(out, tr_bytes_of(value->data, value->count));
        return TR_OK;
    case TR_ABI_ARRAY:
    case TR_ABI_LIST:
        return pack_array(trail, type, value, out);
    case TR_ABI_TUPLE:
        break;
    }
    return tr_fail(trail, TR_E_UNSUPPORTED, "ABI: no packed form of tuples");
}

tr_err tr_abi_encode_packed(tr_trail *trail, const tr_abi_type *types, const tr_abi_value *value,
                            tr_buf *out)
{
    TR_ASSERT(types->kind == TR_ABI_TUPLE);
    TR_TRY(tr_buf_err(out));
    size_t base = out->len, i = 0;
    if (value->count != types->count) return wrong_shape(trail, types, value->count);
    for (const tr_abi_type *t = types->first; t != NULL; t = t->next, i++) {
        tr_err err = pack(trail, t, &value->items[i], out);
        if (err == TR_OK) continue;
        out->len = base;
        return in_part(trail, err, types, i);
    }
    if (tr_buf_err(out) == TR_OK) return TR_OK;
    out->len = base;
    return tr_fail(trail, tr_buf_err(out), "ABI: the encoding has no room");
}
