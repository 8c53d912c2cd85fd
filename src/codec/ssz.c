#include "codec/ssz.h"

#include "codec/ssz_internal.h"

enum { OFFSET_SIZE = 4 };

typedef struct decoder {
    tr_trail *trail;
    tr_arena *arena;
    const uint8_t *start;
} decoder;

static tr_err decode(decoder *d, const tr_ssz_type *type, tr_bytes in, tr_ssz *out);

static tr_err fail(decoder *d, tr_err code, const uint8_t *at, const char *why)
{
    return tr_fail_at(d->trail, code, (uint64_t)(at - d->start), "SSZ: %s", why);
}

static tr_err new_items(decoder *d, size_t count, tr_ssz *out)
{
    out->count = count;
    if (count == 0) return TR_OK;
    out->items = TR_ARENA_ARRAY(d->arena, tr_ssz, count);
    if (out->items == NULL) return tr_fail(d->trail, TR_E_MEMORY, "SSZ: no memory for items");
    return TR_OK;
}

/* What an item takes in the part of a container, vector or list that has a fixed place. */
static uint64_t head_size(const tr_ssz_type *type)
{
    uint64_t size = tr_ssz_fixed_size(type);
    return size == 0 ? OFFSET_SIZE : size;
}

/* The items are known by number; in begins with their fixed parts and offsets, of heads bytes
 * together.  Each part of varying length goes from its offset to the next one's. */
static tr_err decode_items(decoder *d, const tr_ssz_type *type, tr_bytes in, uint64_t heads,
                           tr_ssz *out)
{
    if (in.len < heads) return fail(d, TR_E_SSZ_LENGTH, in.data, "the fixed part is not complete");
    const uint8_t *head = in.data;
    size_t part = (size_t)heads; /* where the next part of varying length must begin */
    tr_ssz *open = NULL;         /* the item whose part begins there, when its end is known */
    size_t open_at = 0;
    for (size_t i = 0; i < out->count; i++) {
        const tr_ssz_type *item = tr_ssz_item_type(type, i);
        size_t size = (size_t)tr_ssz_fixed_size(item);
        if (size != 0) {
            TR_TRY(decode(d, item, (tr_bytes){head, size}, &out->items[i]));
            head += size;
            continue;
        }
        size_t offset = tr_load32le(head);
        if (offset > in.len || (open == NULL ? offset != part : offset < open_at))
            return fail(d, TR_E_SSZ_OFFSET, head, "an offset that no encoding has");
        if (open != NULL)
            TR_TRY(decode(d, open->type, tr_bytes_cut(in, open_at, offset - open_at), open));
        open = &out->items[i];
        open->type = item;
        open_at = offset;
        head += OFFSET_SIZE;
    }
    if (open != NULL) return decode(d, open->type, tr_bytes_cut(in, open_at, in.len), open);
    if (in.len != heads) return fail(d, TR_E_SSZ_LENGTH, in.data + heads, "more than the fields");
    return TR_OK;
}

static tr_err decode_container(decoder *d, const tr_ssz_type *type, tr_bytes in, tr_ssz *out)
{
    uint64_t heads = 0;
    for (size_t i = 0; i < type->size; i++)
        TR_ASSERT(!__builtin_add_overflow(heads, head_size(type->fields[i].type), &heads));
    if (in.len < heads) return fail(d, TR_E_SSZ_LENGTH, in.data, "the fixed part is not complete");
    TR_TRY(new_items(d, (size_t)type->size, out));
    return decode_items(d, type, in, heads, out);
}

/* How many items a vector or a list has: told by its length, or by its first offset. */
static tr_err count_items(decoder *d, const tr_ssz_type *type, tr_bytes in, uint64_t *count)
{
    uint64_t size = tr_ssz_fixed_size(type->item), heads = in.len;
    *count = 0;
    if (in.len == 0) return TR_OK;
    if (size == 0) {
        size = OFFSET_SIZE;
        if (in.len < OFFSET_SIZE)
            return fail(d, TR_E_SSZ_LENGTH, in.data, "the first offset is not complete");
        heads = tr_load32le(in.data);
        if (heads == 0 || heads % OFFSET_SIZE != 0 || heads > in.len)
            return fail(d, TR_E_SSZ_OFFSET, in.data, "an offset that no encoding has");
    } else if (in.len % size != 0) {
        return fail(d, TR_E_SSZ_LENGTH, in.data, "a list ends within an item");
    }
    *count = heads / size;
    return TR_OK;
}

static tr_err decode_list(decoder *d, const tr_ssz_type *type, tr_bytes in, tr_ssz *out)
{
    uint64_t count;
    TR_TRY(count_items(d, type, in, &count));
    if (type->kind == TR_SSZ_VECTOR && count != type->size)
        return fail(d, TR_E_SSZ_LENGTH, in.data, "a vector has the wrong number of items");
    if (count > type->size) return fail(d, TR_E_LIMIT, in.data, "a list is too long");
    TR_TRY(new_items(d, (size_t)count, out));
    return count == 0 ? TR_OK : decode_items(d, type, in, count * head_size(type->item), out);
}

static tr_err decode(decoder *d, const tr_ssz_type *type, tr_bytes in, tr_ssz *out)
{
    *out = (tr_ssz){.type = type};
    if (tr_ssz_is_plain(type)) {
        out->bytes = in;
        return tr_ssz_check_plain(d->trail, type, in, (size_t)(in.data - d->start));
    }
    return type->kind == TR_SSZ_CONTAINER ? decode_container(d, type, in, out)
                                          : decode_list(d, type, in, out);
}

tr_err tr_ssz_decode(tr_trail *trail, tr_arena *arena, const tr_ssz_type *type, tr_bytes in,
                     tr_ssz *out)
{
    if (in.len == 0) in.data = (const uint8_t *)"";
    decoder d = {trail, arena, in.data};
    tr_arena_mark mark = tr_arena_save(arena);
    tr_err err = decode(&d, type, in, out);
    if (err == TR_OK) return TR_OK;
    tr_arena_rewind(arena, mark);
    *out = (tr_ssz){.type = type};
    return err;
}

static tr_err check_shape(tr_trail *trail, const tr_ssz *value)
{
    const tr_ssz_type *type = value->type;
    uint64_t count = value->count;
    if (type->kind == TR_SSZ_LIST ? count > type->size : count != type->size)
        return tr_fail(trail, type->kind == TR_SSZ_LIST ? TR_E_LIMIT : TR_E_SSZ_LENGTH,
                       "SSZ: a value has %zu items, its type %llu", value->count,
                       (unsigned long long)type->size);
    for (size_t i = 0; i < value->count; i++) {
        if (value->items[i].type != tr_ssz_item_type(type, i))
            return tr_fail(trail, TR_E_TYPE, "SSZ: item %zu has another type", i);
    }
    return TR_OK;
}

/* Puts the distance from start to the end of what is written into the place of an offset. */
static tr_err set_offset(tr_trail *trail, tr_buf *out, size_t start, size_t place)
{
    if (tr_buf_err(out) != TR_OK) return TR_OK;
    size_t offset = out->len - start;
    if (offset > UINT32_MAX) return tr_fail(trail, TR_E_RANGE, "SSZ: a value of 4 GiB or more");
    tr_store32le(out->data + place, (uint32_t)offset);
    return TR_OK;
}

static tr_err encode(tr_trail *trail, const tr_ssz *value, tr_buf *out)
{
    if (tr_ssz_is_plain(value->type)) {
        TR_TRY(tr_ssz_check_plain(trail, value->type, value->bytes, 0));
        tr_buf_put(out, value->bytes);
        return TR_OK;
    }
    TR_TRY(check_shape(trail, value));
    size_t start = out->len, place = start;
    for (size_t i = 0; i < value->count; i++) {
        if (tr_ssz_fixed_size(value->items[i].type) == 0) {
            tr_buf_put_zeros(out, OFFSET_SIZE);
        } else {
            TR_TRY(encode(trail, &value->items[i], out));
        }
    }
    for (size_t i = 0; i < value->count; i++) {
        place += (size_t)head_size(value->items[i].type);
        if (tr_ssz_fixed_size(value->items[i].type) != 0) continue;
        TR_TRY(set_offset(trail, out, start, place - OFFSET_SIZE));
        TR_TRY(encode(trail, &value->items[i], out));
    }
    return TR_OK;
}

tr_err tr_ssz_encode(tr_trail *trail, const tr_ssz *value, tr_buf *out)
{
    TR_TRY(encode(trail, value, out));
    tr_err err = tr_buf_err(out);
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "SSZ: no room for the encoding");
}
