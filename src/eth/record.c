#include "eth/record.h"

#include <stdalign.h>

/* Each field has a short way here for the forms that are usual; whatever does not fit goes, from
 * the beginning of its item, to the readers of codec/, which know the long forms and each fault. */

static inline void *member(void *structure, const tr_field *field)
{
    return (uint8_t *)structure + field->offset;
}

static inline const void *member_of(const void *structure, const tr_field *field)
{
    return (const uint8_t *)structure + field->offset;
}

/* Views a canonical integer of at most max bytes (up to 32) in short form and goes past it. */
static inline bool short_int(tr_rlp *r, size_t max, tr_bytes *out)
{
    const uint8_t *at = r->at;
    if (TR_UNLIKELY(at == r->end)) return false;
    uint8_t b = *at;
    if (b < 0x80) {
        if (b == 0) return false;
        *out = (tr_bytes){at, 1};
        r->at = at + 1;
        return true;
    }
    size_t n = (size_t)(b - 0x80);
    if (TR_UNLIKELY(n > max || n >= (size_t)(r->end - at))) return false;
    at++;
    if (n != 0 && (at[0] == 0 || (n == 1 && at[0] < 0x80))) return false;
    *out = (tr_bytes){at, n};
    r->at = at + n;
    return true;
}

/* Goes past a string of exactly len bytes (below 56, more than 1) and returns where it is. */
static inline const uint8_t *short_fixed(tr_rlp *r, size_t len)
{
    const uint8_t *at = r->at;
    if (TR_UNLIKELY((size_t)(r->end - at) <= len || *at != 0x80 + len)) return NULL;
    r->at = at + 1 + len;
    return at + 1;
}

/* Up to eight bytes as a number.  Where eight can be read, one load does instead of a loop that
 * runs as often as the data says. */
static inline uint64_t load_u64(const tr_rlp *r, tr_bytes v)
{
    if (v.len == 0) return 0;
    if (TR_LIKELY((size_t)(r->end - v.data) >= 8)) return tr_load64be(v.data) >> (64 - 8 * v.len);
    uint64_t value = 0;
    for (size_t i = 0; i < v.len; i++) value = value << 8 | v.data[i];
    return value;
}

static inline uint64_t read_u64(tr_rlp *r)
{
    tr_bytes v;
    return TR_LIKELY(short_int(r, 8, &v)) ? load_u64(r, v) : tr_rlp_u64(r);
}

static inline void read_u256(tr_rlp *r, tr_u256 *out)
{
    tr_bytes v;
    if (TR_UNLIKELY(!short_int(r, 32, &v))) {
        v = tr_rlp_int(r, 32);
        if (v.len == 0) {
            *out = TR_U256_ZERO;
            return;
        }
    }
    *out = TR_U256_ZERO;
    unsigned limb = 0;
    for (; v.len > 8; v.len -= 8) out->w[limb++] = tr_load64be(v.data + v.len - 8);
    out->w[limb] = load_u64(r, v);
}

static inline void read_word(tr_rlp *r, uint8_t out[32])
{
    tr_bytes v;
    if (TR_UNLIKELY(!short_int(r, 32, &v))) {
        tr_rlp_u256be(r, out);
    } else if (TR_LIKELY(v.len == 32)) {
        memcpy(out, v.data, 32);
    } else {
        memset(out, 0, 32);
        for (size_t i = 0; i < v.len; i++) out[32 - v.len + i] = v.data[i];
    }
}

static inline void read_u8(tr_rlp *r, uint8_t *out)
{
    const uint8_t *at = r->at;
    uint64_t value = read_u64(r);
    *out = (uint8_t)value;
    if (TR_LIKELY(value <= UINT8_MAX)) return;
    *out = 0;
    r->at = at;
    tr_rlp_fail(r, TR_E_RANGE);
}

static inline void read_addr(tr_rlp *r, tr_addr *out)
{
    const uint8_t *at = short_fixed(r, sizeof(out->b));
    if (TR_LIKELY(at != NULL)) {
        memcpy(out->b, at, sizeof(out->b));
    } else {
        tr_rlp_fixed(r, out->b, sizeof(out->b));
    }
}

static inline void read_to(tr_rlp *r, tr_to *out)
{
    if (TR_UNLIKELY(r->at != r->end && *r->at == 0x80)) {
        *out = (tr_to){0};
        r->at++;
        return;
    }
    read_addr(r, &out->addr);
    out->some = r->err == TR_OK;
}

static inline void read_hash(tr_rlp *r, tr_hash *out)
{
    const uint8_t *at = short_fixed(r, sizeof(out->b));
    if (TR_LIKELY(at != NULL)) {
        memcpy(out->b, at, sizeof(out->b));
    } else {
        tr_rlp_fixed(r, out->b, sizeof(out->b));
    }
}

static inline void read_bytes(tr_rlp *r, tr_bytes *out)
{
    const uint8_t *at = r->at;
    if (TR_LIKELY(at != r->end)) {
        size_t n = (size_t)*at - 0x80;
        if (n <= 55 && n != 1 && n < (size_t)(r->end - at)) {
            *out = (tr_bytes){at + 1, n};
            r->at = at + 1 + n;
            return;
        }
    }
    *out = tr_rlp_bytes(r);
}

static void read_hashes(tr_rlp *r, tr_arena *arena, tr_list *out)
{
    tr_rlp in = tr_rlp_list(r);
    size_t most = (size_t)(in.end - in.at) / 33;
    tr_hash *hashes = NULL;
    size_t count = 0;
    if (most != 0) {
        hashes = TR_ARENA_ARRAY(arena, tr_hash, most);
        if (hashes == NULL) tr_rlp_fail(&in, TR_E_MEMORY);
        while (hashes != NULL && count < most && in.err == TR_OK) read_hash(&in, &hashes[count++]);
    }
    /* What is left is shorter than a hash: let it be read as one, for its error. */
    if (tr_rlp_more(&in)) {
        tr_hash none;
        read_hash(&in, &none);
    }
    tr_rlp_leave(r, &in);
    *out = r->err == TR_OK ? (tr_list){hashes, count} : (tr_list){NULL, 0};
}

/* The least that a structure of this record takes as an item. */
static size_t least_size(const tr_record *record)
{
    size_t size = 1;
    for (size_t i = 0; i < record->count; i++) {
        switch ((tr_field_kind)record->fields[i].kind) {
        case TR_FIELD_ADDR:
            size += 21;
            break;
        case TR_FIELD_HASH:
            size += 33;
            break;
        case TR_FIELD_FIXED8:
            size += 9;
            break;
        case TR_FIELD_BLOOM:
            size += 259;
            break;
        case TR_FIELD_U64:
        case TR_FIELD_U8:
        case TR_FIELD_BOOL:
        case TR_FIELD_U256:
        case TR_FIELD_WORD:
        case TR_FIELD_TO:
        case TR_FIELD_BYTES:
        case TR_FIELD_HASHES:
        case TR_FIELD_LIST:
            size += 1;
            break;
        }
    }
    return size;
}

/* The lists of a structure's own lie one floor deeper; how deep they go, the tables say. */
static void read_list(tr_rlp *r, const tr_record *of, tr_arena *arena, tr_list *out)
{
    *out = (tr_list){NULL, 0};
    if (TR_LIKELY(r->at != r->end && *r->at == 0xc0 && r->depth < TR_RLP_MAX_DEPTH)) {
        r->at++;
        return;
    }
    tr_rlp in = tr_rlp_list(r);
    /* Of so many items as are named, no more can be good than have room; one more is read for its
     * error, and none after it. */
    size_t room = (size_t)(in.end - in.at) / least_size(of) + 1;
    size_t count = tr_rlp_count(&in);
    count = TR_MIN(count, room);
    uint8_t *items = NULL;
    if (count != 0) {
        items = tr_arena_array(arena, count, of->size, alignof(max_align_t));
        if (items == NULL) tr_rlp_fail(&in, TR_E_MEMORY);
    }
    for (size_t i = 0; items != NULL && i < count && in.err == TR_OK; i++) {
        tr_rlp item = tr_rlp_list(&in);
        tr_record_read(&item, of, of->count, arena, items + i * of->size);
        tr_rlp_leave(&in, &item);
    }
    tr_rlp_leave(r, &in);
    if (r->err == TR_OK) *out = (tr_list){items, count};
}

void tr_record_read(tr_rlp *out_r, const tr_record *record, size_t count, tr_arena *arena,
                    void *out)
{
    tr_rlp copy = *out_r;
    tr_rlp *r = &copy;
    for (const tr_field *field = record->fields, *end = field + count; field != end; field++) {
        void *to = member(out, field);
        switch ((tr_field_kind)field->kind) {
        case TR_FIELD_U64:
            *(uint64_t *)to = read_u64(r);
            break;
        case TR_FIELD_U8:
            read_u8(r, to);
            break;
        case TR_FIELD_BOOL:
            *(bool *)to = tr_rlp_bool(r);
            break;
        case TR_FIELD_U256:
            read_u256(r, to);
            break;
        case TR_FIELD_WORD:
            read_word(r, to);
            break;
        case TR_FIELD_ADDR:
            read_addr(r, to);
            break;
        case TR_FIELD_TO:
            read_to(r, to);
            break;
        case TR_FIELD_HASH:
            read_hash(r, to);
            break;
        case TR_FIELD_BYTES:
            read_bytes(r, to);
            break;
        case TR_FIELD_FIXED8:
            tr_rlp_fixed(r, to, 8);
            break;
        case TR_FIELD_BLOOM:
            tr_rlp_fixed(r, to, 256);
            break;
        case TR_FIELD_HASHES:
            read_hashes(r, arena, to);
            break;
        case TR_FIELD_LIST:
            read_list(r, field->of, arena, to);
            break;
        }
    }
    *out_r = copy;
}

static inline size_t u256_len(const tr_u256 *value)
{
    return (tr_u256_bit_length(*value) + 7) / 8;
}

static inline size_t u256_size(const tr_u256 *value)
{
    return tr_u256_is_u64(*value) ? tr_rlp_u64_size(value->w[0]) : 1 + u256_len(value);
}

/* The bytes of a word that count. */
static inline tr_bytes word_int(const uint8_t word[32])
{
    size_t zeros = 0;
    while (zeros < 32 && word[zeros] == 0) zeros++;
    return (tr_bytes){word + zeros, 32 - zeros};
}

static size_t list_payload(const tr_record *of, const tr_list *list)
{
    size_t size = 0;
    const uint8_t *item = list->at;
    for (size_t i = 0; i < list->count; i++)
        size += tr_rlp_list_size(tr_record_size(of, of->count, item + i * of->size));
    return size;
}

static size_t field_size(const tr_field *field, const void *in)
{
    switch ((tr_field_kind)field->kind) {
    case TR_FIELD_U64:
        return tr_rlp_u64_size(*(const uint64_t *)in);
    case TR_FIELD_U8:
        return tr_rlp_u64_size(*(const uint8_t *)in);
    case TR_FIELD_BOOL:
        return 1;
    case TR_FIELD_U256:
        return u256_size(in);
    case TR_FIELD_WORD:
        return tr_rlp_bytes_size(word_int(in));
    case TR_FIELD_ADDR:
        return 21;
    case TR_FIELD_TO:
        return ((const tr_to *)in)->some ? 21 : 1;
    case TR_FIELD_HASH:
        return 33;
    case TR_FIELD_BYTES:
        return tr_rlp_bytes_size(*(const tr_bytes *)in);
    case TR_FIELD_FIXED8:
        return 9;
    case TR_FIELD_BLOOM:
        return 259;
    case TR_FIELD_HASHES:
        return tr_rlp_list_size(33 * ((const tr_list *)in)->count);
    case TR_FIELD_LIST:
        break;
    }
    return tr_rlp_list_size(list_payload(field->of, in));
}

size_t tr_record_size(const tr_record *record, size_t count, const void *in)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += field_size(&record->fields[i], member_of(in, &record->fields[i]));
    return size;
}

/* The writers below write where there is room: it was reserved for the whole record. */
static inline uint8_t *put_header(uint8_t *to, uint8_t base, size_t len)
{
    if (TR_LIKELY(len < 56)) {
        *to = (uint8_t)(base + len);
        return to + 1;
    }
    unsigned n = tr_be_len(len);
    *to = (uint8_t)(base + 55 + n);
    for (unsigned i = 0; i < n; i++) to[n - i] = (uint8_t)(len >> (8 * i));
    return to + 1 + n;
}

static inline uint8_t *put_bytes(uint8_t *to, tr_bytes bytes)
{
    if (bytes.len != 1 || bytes.data[0] >= 0x80) to = put_header(to, 0x80, bytes.len);
    if (bytes.len != 0) memcpy(to, bytes.data, bytes.len);
    return to + bytes.len;
}

static inline uint8_t *put_u64(uint8_t *to, uint64_t value)
{
    if (value != 0 && value < 0x80) {
        *to = (uint8_t)value;
        return to + 1;
    }
    unsigned n = tr_be_len(value);
    *to = (uint8_t)(0x80 + n);
    for (unsigned i = 0; i < n; i++) to[n - i] = (uint8_t)(value >> (8 * i));
    return to + 1 + n;
}

static inline uint8_t *put_u256(uint8_t *to, const tr_u256 *value)
{
    if (tr_u256_is_u64(*value)) return put_u64(to, value->w[0]);
    uint8_t be[32];
    for (unsigned i = 0; i < 4; i++) tr_store64be(be + 24 - 8 * i, value->w[i]);
    size_t n = u256_len(value);
    return put_bytes(to, (tr_bytes){be + 32 - n, n});
}

static uint8_t *put_hashes(uint8_t *to, const tr_list *list)
{
    to = put_header(to, 0xc0, 33 * list->count);
    for (size_t i = 0; i < list->count; i++, to += 33) {
        to[0] = 0xa0;
        memcpy(to + 1, TR_LIST_AT(tr_hash, *list, i)->b, 32);
    }
    return to;
}

static uint8_t *put_record(uint8_t *to, const tr_record *record, size_t count, const void *in);

static uint8_t *put_list(uint8_t *to, const tr_record *of, const tr_list *list)
{
    to = put_header(to, 0xc0, list_payload(of, list));
    const uint8_t *item = list->at;
    for (size_t i = 0; i < list->count; i++) {
        const uint8_t *one = item + i * of->size;
        to = put_header(to, 0xc0, tr_record_size(of, of->count, one));
        to = put_record(to, of, of->count, one);
    }
    return to;
}

static uint8_t *put_field(uint8_t *to, const tr_field *field, const void *in)
{
    switch ((tr_field_kind)field->kind) {
    case TR_FIELD_U64:
        return put_u64(to, *(const uint64_t *)in);
    case TR_FIELD_U8:
        return put_u64(to, *(const uint8_t *)in);
    case TR_FIELD_BOOL:
        return put_u64(to, *(const bool *)in ? 1 : 0);
    case TR_FIELD_U256:
        return put_u256(to, in);
    case TR_FIELD_WORD:
        return put_bytes(to, word_int(in));
    case TR_FIELD_ADDR:
        return put_bytes(to, (tr_bytes){in, 20});
    case TR_FIELD_TO:
        return put_bytes(
            to, (tr_bytes){((const tr_to *)in)->addr.b, ((const tr_to *)in)->some ? 20 : 0});
    case TR_FIELD_HASH:
        return put_bytes(to, (tr_bytes){in, 32});
    case TR_FIELD_BYTES:
        return put_bytes(to, *(const tr_bytes *)in);
    case TR_FIELD_FIXED8:
        return put_bytes(to, (tr_bytes){in, 8});
    case TR_FIELD_BLOOM:
        return put_bytes(to, (tr_bytes){in, 256});
    case TR_FIELD_HASHES:
        return put_hashes(to, in);
    case TR_FIELD_LIST:
        break;
    }
    return put_list(to, field->of, in);
}

static uint8_t *put_record(uint8_t *to, const tr_record *record, size_t count, const void *in)
{
    for (size_t i = 0; i < count; i++)
        to = put_field(to, &record->fields[i], member_of(in, &record->fields[i]));
    return to;
}

void tr_record_write(tr_buf *out, const tr_record *record, size_t count, const void *in)
{
    size_t size = tr_record_size(record, count, in);
    uint8_t *to = tr_buf_reserve(out, size);
    if (to == NULL) return;
    uint8_t *end = put_record(to, record, count, in);
    TR_ASSERT((size_t)(end - to) == size);
    out->len += size;
}
