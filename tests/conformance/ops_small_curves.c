/* P-256 and Baby Jubjub. */
#include "curve/babyjub.h"
#include "curve/p256.h"
#include "ops.h"

/* In: hash, r, s, x, y.  Out: 1 in 32 bytes, or nothing. */
static tr_err op_p256(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    static const uint8_t one[32] = {[31] = 1};
    const uint8_t *at = in.data;
    if (in.len == 160 && tr_p256_verify(at, at + 32, at + 64, at + 96, at + 128))
        tr_buf_put(out, TR_VIEW(one));
    return tr_buf_err(out);
}

static tr_err read_field(tr_cursor *c, tr_bn_fr *out)
{
    tr_bytes in = tr_cursor_take(c, 32);
    if (c->err != TR_OK) return c->err;
    return tr_bn_fr_read_be(out, in.data) ? TR_OK : TR_E_RANGE;
}

static void put_field(tr_buf *out, const tr_bn_fr *a)
{
    uint8_t bytes[32];
    tr_bn_fr_write_be(bytes, a);
    tr_buf_put(out, TR_VIEW(bytes));
}

static tr_err read_hash(tr_cursor *c, tr_bjj_hash *out)
{
    uint8_t hash = tr_cursor_u8(c);
    *out = hash == 0 ? TR_BJJ_POSEIDON : TR_BJJ_MIMC7;
    return hash > 1 ? TR_E_RANGE : c->err;
}

/* In: hash (0 Poseidon, 1 MiMC-7), private key, message.  Out: the public key's x and y, R's x and
 * y, S, R packed. */
static tr_err op_bjj_sign(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_bjj_hash hash;
    tr_bn_fr message;
    tr_bjj_point pubkey, r8;
    uint8_t s[32], packed[32];
    tr_cursor c = tr_cursor_of(in);
    TR_TRY(read_hash(&c, &hash));
    tr_bytes key = tr_cursor_take(&c, 32);
    TR_TRY(read_field(&c, &message));
    TR_TRY(tr_cursor_finish(&c, NULL, "bjj_sign"));
    tr_bjj_pubkey(key.data, &pubkey);
    TR_TRY(tr_bjj_sign(hash, key.data, &message, &r8, s));
    tr_bjj_pack(&r8, packed);
    const tr_bn_fr *const all[] = {&pubkey.x, &pubkey.y, &r8.x, &r8.y};
    for (size_t i = 0; i < TR_COUNTOF(all); i++) put_field(out, all[i]);
    tr_buf_put(out, TR_VIEW(s));
    tr_buf_put(out, TR_VIEW(packed));
    return tr_buf_err(out);
}

/* In: hash, the public key's x and y, the message, R packed, S.  Out: nothing; an error if it does
 * not verify. */
static tr_err op_bjj_verify(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    (void)out;
    tr_bjj_hash hash;
    tr_bn_fr message;
    tr_bjj_point key, r8;
    tr_cursor c = tr_cursor_of(in);
    TR_TRY(read_hash(&c, &hash));
    TR_TRY(read_field(&c, &key.x));
    TR_TRY(read_field(&c, &key.y));
    TR_TRY(read_field(&c, &message));
    tr_bytes packed = tr_cursor_take(&c, 32), s = tr_cursor_take(&c, 32);
    TR_TRY(tr_cursor_finish(&c, NULL, "bjj_verify"));
    TR_TRY(tr_bjj_unpack(NULL, packed.data, &r8));
    return tr_bjj_verify(NULL, hash, &key, &message, &r8, s.data);
}

static const tr_op ops[] = {
    {"curve.p256verify", op_p256},
    {"curve.bjj_sign", op_bjj_sign},
    {"curve.bjj_verify", op_bjj_verify},
};
const tr_ops tr_ops_small_curves = {ops, TR_COUNTOF(ops)};
