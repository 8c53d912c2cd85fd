/* Operations on hash/. */
#include "hash/hash.h"
#include "ops.h"

static tr_err put(tr_buf *out, const void *data, size_t len)
{
    tr_buf_put(out, tr_bytes_of(data, len));
    return tr_buf_err(out);
}

/* In: a message.  Out: its hash. */
static tr_err op_keccak256(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_hash hash = tr_keccak256(in);
    return put(out, &hash, sizeof(hash));
}

static tr_err op_keccak512(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t hash[64];
    tr_keccak512(in, hash);
    return put(out, hash, sizeof(hash));
}

static tr_err op_sha256(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_hash hash = tr_sha256(in);
    return put(out, &hash, sizeof(hash));
}

static tr_err op_sha512(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t hash[64];
    tr_sha512(in, hash);
    return put(out, hash, sizeof(hash));
}

static tr_err op_ripemd160(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t hash[20];
    tr_ripemd160(in, hash);
    return put(out, hash, sizeof(hash));
}

/* In: rate, padding byte, length of the output (2 bytes, big-endian), message.  Out: the output of
 * the sponge. */
static tr_err op_sponge(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_cursor c = tr_cursor_of(in);
    unsigned rate = tr_cursor_u8(&c);
    uint8_t pad = tr_cursor_u8(&c);
    size_t len = tr_cursor_u16be(&c);
    if (c.err != TR_OK) return c.err;
    if (rate == 0 || rate >= 200 || rate % 8 != 0) return TR_E_ARGUMENT;
    tr_sponge sponge;
    tr_sponge_init(&sponge, rate, pad);
    tr_sponge_update(&sponge, tr_cursor_take(&c, tr_cursor_left(&c)));
    uint8_t *to = tr_buf_reserve(out, len);
    if (to == NULL || len == 0) return tr_buf_err(out);
    tr_sponge_squeeze(&sponge, to, len);
    out->len += len;
    return TR_OK;
}

static const tr_op ops[] = {
    {"hash.keccak256", op_keccak256}, {"hash.keccak512", op_keccak512}, {"hash.sha256", op_sha256},
    {"hash.sha512", op_sha512},       {"hash.ripemd160", op_ripemd160}, {"hash.sponge", op_sponge},
};
const tr_ops tr_ops_hash = {ops, TR_COUNTOF(ops)};
