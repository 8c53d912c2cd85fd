#include "codec/abi_internal.h"

typedef struct decoder {
    tr_arena *arena;
    const uint8_t *in;
    size_t len;
    size_t next;   /* strict: where the next tail must begin */
    size_t budget; /* values that may still be made */
    size_t room;   /* values left in the piece at pool */
    tr_abi_value *pool;
    bool strict;
    size_t fault; /* offset of the error */
} decoder;

static tr_err fail(decoder *d, tr_err code, size_t where)
{
    d->fault = where;
    return code;
}

/* Gives room for n values.  Pieces come from the arena large, as most inputs need one value for
 * each word. */
static tr_err take(decoder *d, size_t n, size_t where, tr_abi_value **out)
{
    if (TR_UNLIKELY(n > d->budget)) return fail(d, TR_E_ABI_BOMB, where);
    d->budget -= n;
    if (TR_UNLIKELY(n > d->room || d->pool == NULL)) {
        size_t piece = TR_MAX(n, d->len / 32 + 8);
        d->pool = TR_ARENA_ARRAY(d->arena, tr_abi_value, piece);
        if (d->pool == NULL) return fail(d, TR_E_MEMORY, where);
        d->room = piece;
    }
    *out = d->pool;
    d->pool += n;
    d->room -= n;
    return TR_OK;
}

/* Makes a clean copy of a word that has bits outside of its type. */
static tr_err clean_word(decoder *d, const tr_abi_type *type, size_t at, const uint8_t **out)
{
    _Static_assert(2 * sizeof(tr_abi_value) == 32 || sizeof(void *) != 8, "a word is two values");
    tr_abi_value *copy;
    TR_TRY(take(d, 32 / sizeof(tr_abi_value), at, &copy));
    uint8_t *word = (uint8_t *)copy;
    const uint8_t *dirty = d->in + at;
    uint64_t sign = abi_word_sign(type, dirty);
    for (size_t i = 0; i < 32; i += 8) {
        uint64_t padding = tr_load64le(type->padding + i);
        tr_store64le(word + i, (tr_load64le(dirty + i) & ~padding) | (sign & padding));
    }
    if (type->kind == TR_ABI_BOOL) word[31] = 1;
    *out = word;
    return TR_OK;
}

static inline tr_err decode_word(decoder *d, const tr_abi_type *type, size_t at, tr_abi_value *out)
{
    out->data = d->in + at;
    out->count = 32;
    if (TR_LIKELY(abi_word_clean(type, out->data))) return TR_OK;
    if (d->strict) return fail(d, TR_E_ABI_PADDING, at);
    return clean_word(d, type, at, &out->data);
}

/* Reads an offset or a count, which may not go beyond limit. */
static inline bool read_size(const decoder *d, size_t at, size_t limit, size_t *out)
{
    const uint8_t *word = d->in + at;
    uint64_t high = tr_load64le(word) | tr_load64le(word + 8) | tr_load64le(word + 16);
    uint64_t low = tr_load64be(word + 24);
    *out = (size_t)low;
    return high == 0 && low <= limit;
}

/* bytes or string at the start of a tail. */
static tr_err decode_bytes(decoder *d, size_t at, tr_abi_value *out)
{
    size_t left = d->len - at - 32, len;
    if (!read_size(d, at, left, &len)) return fail(d, TR_E_SHORT, at);
    const uint8_t *data = d->in + at + 32;
    *out = (tr_abi_value){.data = data, .count = len};
    if (!d->strict) return TR_OK;
    size_t padding = -len & 31;
    if (padding > left - len) return fail(d, TR_E_SHORT, at + 32 + len);
    for (size_t i = 0; i < padding; i++)
        if (data[len + i] != 0) return fail(d, TR_E_ABI_PADDING, at + 32 + len + i);
    d->next = at + 32 + len + padding;
    return TR_OK;
}

static tr_err decode_head(decoder *d, const tr_abi_type *type, size_t base, size_t at,
                          tr_abi_value *out);

/* What is in an array, a list or a tuple: heads from base on, which are known to be there. */
static tr_err decode_items(decoder *d, const tr_abi_type *type, size_t count, size_t base,
                           tr_abi_value *out)
{
    tr_abi_value *items;
    TR_TRY(take(d, count, base, &items));
    *out = (tr_abi_value){.items = items, .count = count};
    const tr_abi_type *item = type->first;
    size_t at = base;
    if (type->kind == TR_ABI_TUPLE) {
        for (; item != NULL; item = item->next) {
            TR_TRY(decode_head(d, item, base, at, items++));
            at += (size_t)item->head;
        }
        return TR_OK;
    }
    if (count != 0 && tr_abi_is_word(item)) {
        for (size_t i = 0; i < count; i++) TR_TRY(decode_word(d, item, base + 32 * i, &items[i]));
        return TR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        TR_TRY(decode_head(d, item, base, at, &items[i]));
        at += (size_t)item->head;
    }
    return TR_OK;
}

/* A dynamic type at its place in the tail. */
static tr_err decode_tail(decoder *d, const tr_abi_type *type, size_t at, tr_abi_value *out)
{
    size_t left = d->len - at, count = type->count, heads = (size_t)type->inner;
    if (type->kind == TR_ABI_BYTES || type->kind == TR_ABI_STRING || type->kind == TR_ABI_LIST) {
        if (left < 32) return fail(d, TR_E_SHORT, at);
        if (type->kind != TR_ABI_LIST) return decode_bytes(d, at, out);
        /* No element takes less than a word, so a count that passes here cannot overflow. */
        if (!read_size(d, at, (left - 32) / 32, &count)) return fail(d, TR_E_SHORT, at);
        at += 32;
        left -= 32;
        if (__builtin_mul_overflow(count, (size_t)type->first->head, &heads))
            return fail(d, TR_E_SHORT, at - 32);
    }
    if (heads > left) return fail(d, TR_E_SHORT, at);
    d->next = at + heads;
    return decode_items(d, type, count, at, out);
}

/* A type by its head at at; offsets count from base. */
static tr_err decode_head(decoder *d, const tr_abi_type *type, size_t base, size_t at,
                          tr_abi_value *out)
{
    if (tr_abi_is_word(type)) return decode_word(d, type, at, out);
    if (!type->dynamic) return decode_items(d, type, type->count, at, out);
    size_t offset;
    if (!read_size(d, at, d->len - base, &offset)) return fail(d, TR_E_SHORT, at);
    if (d->strict && base + offset != d->next) return fail(d, TR_E_ABI_OFFSET, at);
    return decode_tail(d, type, base + offset, out);
}

tr_err tr_abi_decode(tr_trail *trail, tr_arena *arena, const tr_abi_type *types, tr_bytes in,
                     tr_abi_mode mode, tr_abi_value *out)
{
    static tr_abi_value nothing; /* where no values are, before there is a piece */
    TR_ASSERT(types->kind == TR_ABI_TUPLE);
    if (in.len > SIZE_MAX / 64) return tr_fail(trail, TR_E_LIMIT, "ABI: %zu bytes", in.len);
    decoder d = {
        .arena = arena,
        .in = in.data,
        .len = in.len,
        .strict = mode == TR_ABI_STRICT,
        .budget = in.len + types->nodes,
        .pool = &nothing,
    };
    tr_err err = TR_OK;
    *out = (tr_abi_value){.items = NULL};
    if (types->inner > in.len) {
        err = fail(&d, TR_E_SHORT, in.len);
    } else {
        d.next = (size_t)types->inner;
        err = decode_items(&d, types, types->count, 0, out);
    }
    if (err == TR_OK && d.strict && d.next != in.len) err = fail(&d, TR_E_TRAILING, d.next);
    if (TR_LIKELY(err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, err, d.fault, "ABI: %s", tr_err_text(err));
}

tr_err tr_abi_u64(const tr_abi_value *value, uint64_t *out)
{
    const uint8_t *word = value->data;
    *out = tr_load64be(word + 24);
    return (tr_load64le(word) | tr_load64le(word + 8) | tr_load64le(word + 16)) == 0 ? TR_OK
                                                                                     : TR_E_RANGE;
}

tr_addr tr_abi_addr(const tr_abi_value *value)
{
    tr_addr addr;
    memcpy(addr.b, value->data + 12, sizeof(addr.b));
    return addr;
}

bool tr_abi_bool(const tr_abi_value *value)
{
    return value->data[31] != 0;
}
