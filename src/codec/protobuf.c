#include "codec/protobuf.h"

enum { MAX_FIELD = (1 << 29) - 1, MAX_VARINT = 10 };

static uint64_t read_varint(tr_cursor *c)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < MAX_VARINT; i++) {
        uint8_t byte = tr_cursor_u8(c);
        if (c->err != TR_OK) return 0;
        if (i == MAX_VARINT - 1 && byte > 1) break;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte >= 0x80) continue;
        if (byte == 0 && i != 0) {
            tr_cursor_fail(c, TR_E_CANONICAL);
            return 0;
        }
        return value;
    }
    tr_cursor_fail(c, TR_E_RANGE);
    return 0;
}

tr_proto tr_proto_open(tr_bytes message)
{
    return (tr_proto){.in = tr_cursor_of(message), .wire = TR_PROTO_VARINT};
}

static tr_bytes read_sized(tr_cursor *c)
{
    uint64_t len = read_varint(c);
    if (len > tr_cursor_left(c)) {
        tr_cursor_fail(c, TR_E_SHORT);
        return (tr_bytes){NULL, 0};
    }
    return tr_cursor_take(c, (size_t)len);
}

static void skip(tr_proto *r)
{
    r->unread = false;
    switch (r->wire) {
    case TR_PROTO_VARINT:
        (void)read_varint(&r->in);
        return;
    case TR_PROTO_FIXED64:
        (void)tr_cursor_take(&r->in, 8);
        return;
    case TR_PROTO_BYTES:
        (void)read_sized(&r->in);
        return;
    case TR_PROTO_FIXED32:
        (void)tr_cursor_take(&r->in, 4);
        return;
    }
}

bool tr_proto_next(tr_proto *r)
{
    if (r->unread) skip(r);
    if (r->in.err != TR_OK || r->in.at == r->in.end) return false;
    uint64_t tag = read_varint(&r->in), field = tag >> 3;
    unsigned wire = tag & 7;
    if (r->in.err == TR_OK && field == 0) tr_cursor_fail(&r->in, TR_E_SYNTAX);
    if (field > MAX_FIELD) tr_cursor_fail(&r->in, TR_E_RANGE);
    if (wire == 3 || wire == 4) tr_cursor_fail(&r->in, TR_E_UNSUPPORTED);
    if (wire > TR_PROTO_FIXED32) tr_cursor_fail(&r->in, TR_E_SYNTAX);
    if (r->strict && field < r->field) tr_cursor_fail(&r->in, TR_E_CANONICAL);
    if (r->in.err != TR_OK) return false;
    r->field = (uint32_t)field;
    r->wire = (tr_proto_wire)wire;
    r->unread = true;
    return true;
}

/* The value that comes next is of this wire type. */
static bool want(tr_proto *r, tr_proto_wire wire)
{
    TR_ASSERT(r->unread || r->in.err != TR_OK);
    r->unread = false;
    if (r->wire != wire) tr_cursor_fail(&r->in, TR_E_TYPE);
    return r->in.err == TR_OK;
}

uint64_t tr_proto_u64(tr_proto *r)
{
    return want(r, TR_PROTO_VARINT) ? read_varint(&r->in) : 0;
}

int64_t tr_proto_i64(tr_proto *r)
{
    uint64_t value = tr_proto_u64(r);
    return value <= INT64_MAX ? (int64_t)value : -(int64_t)~value - 1;
}

int32_t tr_proto_i32(tr_proto *r)
{
    int64_t value = tr_proto_i64(r);
    if (value >= INT32_MIN && value <= INT32_MAX) return (int32_t)value;
    tr_cursor_fail(&r->in, TR_E_RANGE);
    return 0;
}

int64_t tr_proto_s64(tr_proto *r)
{
    uint64_t value = tr_proto_u64(r);
    int64_t half = (int64_t)(value >> 1);
    return value % 2 == 0 ? half : -half - 1;
}

bool tr_proto_bool(tr_proto *r)
{
    uint64_t value = tr_proto_u64(r);
    if (value > 1) tr_cursor_fail(&r->in, TR_E_RANGE);
    return value == 1;
}

uint64_t tr_proto_fixed64(tr_proto *r)
{
    return want(r, TR_PROTO_FIXED64) ? tr_cursor_u64le(&r->in) : 0;
}

uint32_t tr_proto_fixed32(tr_proto *r)
{
    return want(r, TR_PROTO_FIXED32) ? tr_cursor_u32le(&r->in) : 0;
}

tr_bytes tr_proto_bytes(tr_proto *r)
{
    return want(r, TR_PROTO_BYTES) ? read_sized(&r->in) : (tr_bytes){NULL, 0};
}

tr_proto tr_proto_message(tr_proto *r)
{
    tr_bytes bytes = tr_proto_bytes(r);
    tr_proto inside = {.in = tr_cursor_of(bytes), .wire = TR_PROTO_VARINT, .strict = r->strict};
    inside.in.err = r->in.err;
    if (bytes.data != NULL) inside.in.start = r->in.start; /* offsets count from the whole */
    return inside;
}

void tr_proto_leave(tr_proto *r, const tr_proto *inside)
{
    tr_proto rest = *inside;
    while (tr_proto_next(&rest)) {
    }
    if (r->in.err != TR_OK || rest.in.err == TR_OK) return;
    r->in.err = rest.in.err;
    r->in.err_offset = rest.in.err_offset;
    r->in.at = r->in.end;
}

tr_proto tr_proto_packed(tr_proto *r)
{
    return tr_proto_message(r);
}

uint64_t tr_proto_packed_u64(tr_proto *packed)
{
    return read_varint(&packed->in);
}

void tr_proto_once(tr_proto *r)
{
    TR_ASSERT(r->field < 64);
    uint64_t bit = (uint64_t)1 << (r->field & 63);
    if ((r->seen & bit) != 0) tr_cursor_fail(&r->in, TR_E_DUPLICATE);
    r->seen |= bit;
}

void tr_proto_present(tr_proto *r, bool ok)
{
    if (!ok) tr_cursor_fail(&r->in, TR_E_CANONICAL);
}

tr_err tr_proto_finish(tr_proto *r, tr_trail *trail, const char *what)
{
    while (tr_proto_next(r)) {
    }
    return tr_cursor_finish(&r->in, trail, what);
}

void tr_proto_put_varint(tr_buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) tr_buf_put_u8(out, (uint8_t)(value | 0x80));
    tr_buf_put_u8(out, (uint8_t)value);
}

void tr_proto_put_tag(tr_buf *out, uint32_t field, tr_proto_wire wire)
{
    tr_proto_put_varint(out, (uint64_t)field << 3 | (uint64_t)wire);
}

void tr_proto_put_u64(tr_buf *out, uint32_t field, uint64_t value)
{
    if (value == 0) return;
    tr_proto_put_tag(out, field, TR_PROTO_VARINT);
    tr_proto_put_varint(out, value);
}

void tr_proto_put_i64(tr_buf *out, uint32_t field, int64_t value)
{
    tr_proto_put_u64(out, field, (uint64_t)value);
}

void tr_proto_put_s64(tr_buf *out, uint32_t field, int64_t value)
{
    uint64_t sign = value < 0 ? UINT64_MAX : 0;
    tr_proto_put_u64(out, field, (uint64_t)value << 1 ^ sign);
}

void tr_proto_put_fixed64(tr_buf *out, uint32_t field, uint64_t value)
{
    if (value == 0) return;
    uint8_t bytes[8];
    tr_store64le(bytes, value);
    tr_proto_put_tag(out, field, TR_PROTO_FIXED64);
    tr_buf_put(out, TR_VIEW(bytes));
}

void tr_proto_put_fixed32(tr_buf *out, uint32_t field, uint32_t value)
{
    if (value == 0) return;
    uint8_t bytes[4];
    tr_store32le(bytes, value);
    tr_proto_put_tag(out, field, TR_PROTO_FIXED32);
    tr_buf_put(out, TR_VIEW(bytes));
}

void tr_proto_put_bytes(tr_buf *out, uint32_t field, tr_bytes value)
{
    if (value.len != 0) tr_proto_put_message(out, field, value);
}

void tr_proto_put_message(tr_buf *out, uint32_t field, tr_bytes message)
{
    tr_proto_put_tag(out, field, TR_PROTO_BYTES);
    tr_proto_put_varint(out, message.len);
    tr_buf_put(out, message);
}
