/* Operations on BLS12-381: hashing to the curve, signatures. */
#include "curve/bls12_381.h"
#include "ops.h"

enum { G1 = 128, G2 = 256, KEY = 48, SIGNATURE = 96 };

static tr_err put_g1(tr_buf *out, const tr_bls_g1 *a)
{
    uint8_t bytes[G1];
    tr_bls_g1_write(a, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
    return tr_buf_err(out);
}

static tr_err put_g2(tr_buf *out, const tr_bls_g2 *a)
{
    uint8_t bytes[G2];
    tr_bls_g2_write(a, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
    return tr_buf_err(out);
}

/* Lengths are of two bytes, little-endian.  In: length of the tag, tag, message. */
static tr_bytes take_tag(tr_cursor *c)
{
    return tr_cursor_take(c, tr_cursor_u16le(c));
}

#define HASH_OP(name, group, function)                                                             \
    static tr_err op_##name(tr_arena *arena, tr_bytes in, tr_buf *out)                             \
    {                                                                                              \
        (void)arena;                                                                               \
        tr_bls_##group point;                                                                      \
        tr_cursor c = tr_cursor_of(in);                                                            \
        tr_bytes tag = take_tag(&c), message = tr_cursor_take(&c, tr_cursor_left(&c));             \
        TR_TRY(tr_cursor_finish(&c, NULL, "a message"));                                           \
        function(message, tag, &point);                                                            \
        return put_##group(out, &point);                                                           \
    }

HASH_OP(hash_g1, g1, tr_bls_hash_to_g1)
HASH_OP(encode_g1, g1, tr_bls_encode_to_g1)
HASH_OP(hash_g2, g2, tr_bls_hash_to_g2)
HASH_OP(encode_g2, g2, tr_bls_encode_to_g2)

/* In: length of the result, length of the tag, tag, message. */
static tr_err op_expand(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    size_t len = tr_cursor_u16le(&c);
    tr_bytes tag = take_tag(&c), message = tr_cursor_take(&c, tr_cursor_left(&c));
    TR_TRY(tr_cursor_finish(&c, NULL, "a message"));
    uint8_t *to = tr_arena_get(arena, len, 1);
    if (to == NULL) return TR_E_MEMORY;
    TR_TRY(tr_expand_message_sha256(message, tag, to, len));
    tr_buf_put(out, tr_bytes_of(to, len));
    return tr_buf_err(out);
}

/* In: length of the tag, tag, key, signature, message.  No result: it verifies. */
static tr_err op_verify(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_cursor c = tr_cursor_of(in);
    tr_bytes tag = take_tag(&c), key = tr_cursor_take(&c, KEY);
    tr_bytes signature = tr_cursor_take(&c, SIGNATURE);
    tr_bytes message = tr_cursor_take(&c, tr_cursor_left(&c));
    TR_TRY(tr_cursor_finish(&c, NULL, "a signature"));
    TR_TRY(tr_bls_verify_tagged(NULL, key.data, message, tag, signature.data));
    return tr_buf_err(out);
}

/* In: length of the tag, tag, signature, count, keys, for each message its length and bytes. */
static tr_err op_aggregate_verify(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_bytes tag = take_tag(&c), signature = tr_cursor_take(&c, SIGNATURE);
    size_t n = tr_cursor_u16le(&c);
    tr_bytes keys = tr_cursor_take(&c, n * KEY);
    tr_bytes *messages = TR_ARENA_ARRAY(arena, tr_bytes, n);
    if (messages == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) messages[i] = tr_cursor_take(&c, tr_cursor_u16le(&c));
    TR_TRY(tr_cursor_finish(&c, NULL, "an aggregate"));
    TR_TRY(tr_bls_aggregate_verify_tagged(NULL, arena, n, (const uint8_t(*)[KEY])keys.data,
                                          messages, tag, signature.data));
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"bls.hash-g1", op_hash_g1},
    {"bls.encode-g1", op_encode_g1},
    {"bls.hash-g2", op_hash_g2},
    {"bls.encode-g2", op_encode_g2},
    {"bls.expand", op_expand},
    {"bls.verify", op_verify},
    {"bls.aggregate-verify", op_aggregate_verify},
};
const tr_ops tr_ops_bls12_381 = {ops, TR_COUNTOF(ops)};
