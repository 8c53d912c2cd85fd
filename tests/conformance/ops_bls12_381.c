/* Operations on BLS12-381: the precompiles of EIP-2537, hashing to the curve, signatures. */
#include "curve/bls12_381.h"
#include "ops.h"

enum { FIELD = 64, G1 = 128, G2 = 256, SCALAR = 32, KEY = 48, SIGNATURE = 96 };

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

/* The precompiles have their inputs and outputs. */
static tr_err op_g1_add(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_g1 a, b;
    if (in.len != 2 * G1) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g1_read(NULL, in.data, false, &a));
    TR_TRY(tr_bls_g1_read(NULL, in.data + G1, false, &b));
    tr_bls_g1_add(&a, &b, &a);
    return put_g1(out, &a);
}

static tr_err op_g2_add(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_g2 a, b;
    if (in.len != 2 * G2) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g2_read(NULL, in.data, false, &a));
    TR_TRY(tr_bls_g2_read(NULL, in.data + G2, false, &b));
    tr_bls_g2_add(&a, &b, &a);
    return put_g2(out, &a);
}

static tr_err op_g1_msm(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    size_t n = in.len / (G1 + SCALAR);
    if (n == 0 || in.len % (G1 + SCALAR) != 0) return TR_E_ARGUMENT;
    tr_bls_g1 *points = TR_ARENA_ARRAY(arena, tr_bls_g1, n), sum;
    tr_bls_fr *scalars = TR_ARENA_ARRAY(arena, tr_bls_fr, n);
    if (points == NULL || scalars == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *pair = in.data + i * (G1 + SCALAR);
        TR_TRY(tr_bls_g1_read(NULL, pair, true, &points[i]));
        tr_bls_fr_reduce_be(&scalars[i], pair + G1, SCALAR);
    }
    TR_TRY(tr_bls_g1_msm(NULL, &arena->alloc, NULL, n, points, scalars, &sum));
    return put_g1(out, &sum);
}

static tr_err op_g2_msm(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    size_t n = in.len / (G2 + SCALAR);
    if (n == 0 || in.len % (G2 + SCALAR) != 0) return TR_E_ARGUMENT;
    tr_bls_g2 *points = TR_ARENA_ARRAY(arena, tr_bls_g2, n), sum;
    tr_bls_fr *scalars = TR_ARENA_ARRAY(arena, tr_bls_fr, n);
    if (points == NULL || scalars == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *pair = in.data + i * (G2 + SCALAR);
        TR_TRY(tr_bls_g2_read(NULL, pair, true, &points[i]));
        tr_bls_fr_reduce_be(&scalars[i], pair + G2, SCALAR);
    }
    TR_TRY(tr_bls_g2_msm(NULL, &arena->alloc, NULL, n, points, scalars, &sum));
    return put_g2(out, &sum);
}

/* The multiples of single points by tr_bls_g1_mul and tr_bls_g2_mul. */
static tr_err op_g1_mul(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_g1 a;
    if (in.len != G1 + SCALAR) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g1_read(NULL, in.data, true, &a));
    tr_bls_g1_mul(&a, in.data + G1, &a);
    return put_g1(out, &a);
}

static tr_err op_g2_mul(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_g2 a;
    if (in.len != G2 + SCALAR) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g2_read(NULL, in.data, true, &a));
    tr_bls_g2_mul(&a, in.data + G2, &a);
    return put_g2(out, &a);
}

static tr_err op_pairing(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    size_t n = in.len / (G1 + G2);
    if (n == 0 || in.len % (G1 + G2) != 0) return TR_E_ARGUMENT;
    tr_bls_g1 *a = TR_ARENA_ARRAY(arena, tr_bls_g1, n);
    tr_bls_g2 *b = TR_ARENA_ARRAY(arena, tr_bls_g2, n);
    if (a == NULL || b == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *pair = in.data + i * (G1 + G2);
        TR_TRY(tr_bls_g1_read(NULL, pair, true, &a[i]));
        TR_TRY(tr_bls_g2_read(NULL, pair + G1, true, &b[i]));
    }
    tr_buf_put_zeros(out, 31);
    tr_buf_put_u8(out, tr_bls_pairing_is_one(n, a, b) ? 1 : 0);
    return tr_buf_err(out);
}

static tr_err op_map_g1(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_fp u;
    tr_bls_g1 a;
    if (in.len != FIELD) return TR_E_ARGUMENT;
    if (!tr_bls_fp_read_padded(&u, in.data)) return TR_E_RANGE;
    tr_bls_map_to_g1(&u, &a);
    return put_g1(out, &a);
}

static tr_err op_map_g2(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bls_fp2 u;
    tr_bls_g2 a;
    if (in.len != 2 * FIELD) return TR_E_ARGUMENT;
    if (!tr_bls_fp_read_padded(&u.c0, in.data) || !tr_bls_fp_read_padded(&u.c1, in.data + FIELD))
        return TR_E_RANGE;
    tr_bls_map_to_g2(&u, &a);
    return put_g2(out, &a);
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
    {"bls.g1-add", op_g1_add},       {"bls.g2-add", op_g2_add},
    {"bls.g1-mul", op_g1_mul},       {"bls.g2-mul", op_g2_mul},
    {"bls.g1-msm", op_g1_msm},       {"bls.g2-msm", op_g2_msm},
    {"bls.pairing", op_pairing},     {"bls.map-g1", op_map_g1},
    {"bls.map-g2", op_map_g2},       {"bls.hash-g1", op_hash_g1},
    {"bls.encode-g1", op_encode_g1}, {"bls.hash-g2", op_hash_g2},
    {"bls.encode-g2", op_encode_g2}, {"bls.expand", op_expand},
    {"bls.verify", op_verify},       {"bls.aggregate-verify", op_aggregate_verify},
};
const tr_ops tr_ops_bls12_381 = {ops, TR_COUNTOF(ops)};
