/* The precompiles of BN254 (EIP-196, EIP-197), with their rules for input: addition reads 128 bytes
 * and multiplication 96, cut or filled with zeros; pairing wants whole pairs of 192 bytes. */
#include "curve/bn254.h"
#include "ops.h"

static void fit(tr_bytes in, uint8_t *out, size_t len)
{
    memset(out, 0, len);
    if (in.len != 0) memcpy(out, in.data, TR_MIN(in.len, len));
}

static tr_err put_point(tr_buf *out, const tr_bn_g1 *p)
{
    uint8_t bytes[64];
    tr_bn_g1_write(p, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
    return tr_buf_err(out);
}

static tr_err op_add(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    uint8_t bytes[128];
    tr_bn_g1 a, b;
    (void)arena;
    fit(in, bytes, sizeof(bytes));
    TR_TRY(tr_bn_g1_read(NULL, bytes, &a));
    TR_TRY(tr_bn_g1_read(NULL, bytes + 64, &b));
    tr_bn_g1_add(&a, &b, &a);
    return put_point(out, &a);
}

static tr_err op_mul(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    uint8_t bytes[96];
    tr_bn_g1 a;
    (void)arena;
    fit(in, bytes, sizeof(bytes));
    TR_TRY(tr_bn_g1_read(NULL, bytes, &a));
    tr_bn_g1_mul(&a, bytes + 64, &a);
    return put_point(out, &a);
}

static tr_err op_pairing(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    size_t n = in.len / 192;
    if (in.len % 192 != 0) return TR_E_ARGUMENT;
    tr_bn_g1 *a = TR_ARENA_ARRAY(arena, tr_bn_g1, n + 1);
    tr_bn_g2 *b = TR_ARENA_ARRAY(arena, tr_bn_g2, n + 1);
    if (a == NULL || b == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TR_TRY(tr_bn_g1_read(NULL, in.data + 192 * i, &a[i]));
        TR_TRY(tr_bn_g2_read(NULL, in.data + 192 * i + 64, &b[i]));
    }
    uint8_t word[32] = {0};
    word[31] = tr_bn_pairing_is_one(n, a, b) ? 1 : 0;
    tr_buf_put(out, TR_VIEW(word));
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"bn254.add", op_add},
    {"bn254.mul", op_mul},
    {"bn254.pairing", op_pairing},
};
const tr_ops tr_ops_bn254 = {ops, TR_COUNTOF(ops)};
