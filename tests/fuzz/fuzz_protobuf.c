/* The protobuf reader: it stays within its input, and fields read by their wire type and written
 * again are the same bytes, unless a default stood there. */
#include "codec/protobuf.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Writes again what is read; false: something that a writer leaves out. */
static bool copy(tr_proto *r, tr_buf *out)
{
    bool same = true;
    while (tr_proto_next(r)) {
        uint32_t field = r->field;
        size_t before = out->len;
        switch (r->wire) {
        case TR_PROTO_VARINT:
            tr_proto_put_u64(out, field, tr_proto_u64(r));
            break;
        case TR_PROTO_FIXED64:
            tr_proto_put_fixed64(out, field, tr_proto_fixed64(r));
            break;
        case TR_PROTO_FIXED32:
            tr_proto_put_fixed32(out, field, tr_proto_fixed32(r));
            break;
        case TR_PROTO_BYTES:
            tr_proto_put_bytes(out, field, tr_proto_bytes(r));
            break;
        }
        same = same && out->len != before;
    }
    return same;
}

/* Reads bytes as a message within, as deep as it goes; all lies in the input. */
static void descend(tr_proto *r, const uint8_t *data, size_t len, unsigned depth)
{
    while (tr_proto_next(r)) {
        if (r->wire != TR_PROTO_BYTES) continue;
        tr_proto inside = tr_proto_message(r);
        if (r->in.err != TR_OK) return;
        TR_ASSERT(inside.in.at >= data && inside.in.end <= data + len);
        if (depth < 8 && r->field % 4 != 0) {
            descend(&inside, data, len, depth + 1);
            tr_proto_leave(r, &inside);
        } else {
            while (tr_proto_packed_more(&inside)) (void)tr_proto_packed_u64(&inside);
            tr_proto_leave(r, &inside);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes in = {data, len};
    tr_buf out;
    tr_buf_init(&out, tr_heap(), 2 * len + 16);
    tr_proto r = tr_proto_open(in);
    bool same = copy(&r, &out);
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_proto_finish(&r, &trail, "a message");
    TR_ASSERT(tr_buf_err(&out) == TR_OK);
    TR_ASSERT(err == TR_OK || trail.offset <= len);
    if (err == TR_OK && same) TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), in));
    tr_buf_free(&out);
    tr_proto skipping = tr_proto_open(in);
    TR_ASSERT(tr_proto_finish(&skipping, NULL, "a message") == err);
    tr_proto deep = tr_proto_open(in);
    descend(&deep, data, len, 0);
    return 0;
}
