/* Protocol Buffers, the wire form: a pull reader and a writer, without schemas.  Strict where the
 * form leaves a choice: a number takes as few bytes as it can, groups do not exist, and nothing is
 * read past the end of a message.  A caller that wants one encoding for each value calls
 * tr_proto_strict first and refuses defaults with tr_proto_present.
 *
 *   tr_proto r = tr_proto_open(bytes);
 *   while (tr_proto_next(&r)) {
 *       if (r.field == 1) key = tr_proto_bytes(&r);
 *       if (r.field == 2) count = tr_proto_u64(&r);
 *   }                                              // what is not read is skipped
 *   err = tr_proto_finish(&r, trail, "a thing");
 */
#ifndef TR_CODEC_PROTOBUF_H
#define TR_CODEC_PROTOBUF_H

#include "base/base.h"

typedef enum tr_proto_wire {
    TR_PROTO_VARINT = 0,
    TR_PROTO_FIXED64 = 1,
    TR_PROTO_BYTES = 2,
    TR_PROTO_FIXED32 = 5,
} tr_proto_wire;

/* As with tr_cursor the first read that fails sticks, and later ones give zeros.  TR_E_SHORT: a
 * value goes beyond its message; TR_E_CANONICAL: a number with bytes it does not need; TR_E_RANGE:
 * one that does not fit; TR_E_TYPE: a field has another wire type; TR_E_SYNTAX: field 0, or a wire
 * type that does not exist; TR_E_UNSUPPORTED: a group. */
typedef struct tr_proto {
    tr_cursor in;
    uint32_t field; /* of the value that comes next */
    tr_proto_wire wire;
    bool unread; /* that value was not read yet */
    bool strict;
    uint64_t seen; /* fields that tr_proto_once was asked about */
} tr_proto;

tr_proto tr_proto_open(tr_bytes message);

/* tr_proto_strict: from now on fields must not fall (TR_E_CANONICAL). */
static inline void tr_proto_strict(tr_proto *r)
{
    r->strict = true;
}

/* tr_proto_next goes to the next field, past a value that was not read; false at the end and after
 * an error. */
bool tr_proto_next(tr_proto *r);

uint64_t tr_proto_u64(tr_proto *r);
int64_t tr_proto_i64(tr_proto *r); /* int64: two's complement */
int32_t tr_proto_i32(tr_proto *r); /* int32 and enumerations */
int64_t tr_proto_s64(tr_proto *r); /* sint64: zigzag */
bool tr_proto_bool(tr_proto *r);
uint64_t tr_proto_fixed64(tr_proto *r);
uint32_t tr_proto_fixed32(tr_proto *r);
tr_bytes tr_proto_bytes(tr_proto *r);

/* tr_proto_message reads a message within the message, as strictly; tr_proto_leave takes its reader
 * back: what is left of it is skipped, and its error becomes r's. */
tr_proto tr_proto_message(tr_proto *r);
void tr_proto_leave(tr_proto *r, const tr_proto *inside);

/* tr_proto_packed reads a packed sequence of numbers: the reader of its inside, from which
 * tr_proto_packed_u64 takes one after another while tr_proto_packed_more, and which is left in the
 * same way. */
tr_proto tr_proto_packed(tr_proto *r);
uint64_t tr_proto_packed_u64(tr_proto *packed);
static inline bool tr_proto_packed_more(const tr_proto *packed)
{
    return packed->in.at != packed->in.end;
}

/* tr_proto_once: this field, below 64, may come once only (TR_E_DUPLICATE). */
void tr_proto_once(tr_proto *r);

/* tr_proto_present: unless ok, the value was a default that a strict encoder leaves out
 * (TR_E_CANONICAL). */
void tr_proto_present(tr_proto *r, bool ok);

/* tr_proto_fail makes the reader remember an error of the caller's own. */
static inline void tr_proto_fail(tr_proto *r, tr_err code)
{
    tr_cursor_fail(&r->in, code);
}

/* tr_proto_finish gives the first error; the trail is told the offset. */
TR_NODISCARD tr_err tr_proto_finish(tr_proto *r, tr_trail *trail, const char *what);

/* The writer.  Errors stick in the buffer; a default is left out, as proto3 does. */
void tr_proto_put_varint(tr_buf *out, uint64_t value);
void tr_proto_put_tag(tr_buf *out, uint32_t field, tr_proto_wire wire);
void tr_proto_put_u64(tr_buf *out, uint32_t field, uint64_t value);
void tr_proto_put_i64(tr_buf *out, uint32_t field, int64_t value);
void tr_proto_put_s64(tr_buf *out, uint32_t field, int64_t value);
void tr_proto_put_fixed64(tr_buf *out, uint32_t field, uint64_t value);
void tr_proto_put_fixed32(tr_buf *out, uint32_t field, uint32_t value);
void tr_proto_put_bytes(tr_buf *out, uint32_t field, tr_bytes value);

/* tr_proto_put_message writes a message within the message, an empty one too. */
void tr_proto_put_message(tr_buf *out, uint32_t field, tr_bytes message);

#endif
