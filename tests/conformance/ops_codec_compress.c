/* Operations on compressed data.  In: the limit of the output as a 32-bit number, its low byte
 * first; then the data.  Out: what it expands to. */
#include "codec/brotli.h"
#include "codec/inflate.h"
#include "ops.h"

typedef tr_err decoder(tr_arena *arena, tr_bytes data, tr_buf *out);

static tr_err within_limit(decoder *decode, tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    size_t limit = tr_cursor_u32le(&c);
    TR_TRY(c.err);
    tr_buf part;
    tr_buf_init(&part, &arena->alloc, limit);
    TR_TRY(decode(arena, tr_cursor_take(&c, tr_cursor_left(&c)), &part));
    tr_buf_put(out, tr_buf_view(&part));
    return tr_buf_err(out);
}

static tr_err inflate_raw(tr_arena *arena, tr_bytes data, tr_buf *out)
{
    (void)arena;
    return tr_inflate_raw(NULL, data, NULL, out);
}

static tr_err inflate_zlib(tr_arena *arena, tr_bytes data, tr_buf *out)
{
    (void)arena;
    return tr_inflate_zlib(NULL, data, NULL, out);
}

static tr_err brotli_decode(tr_arena *arena, tr_bytes data, tr_buf *out)
{
    return tr_brotli_decode(NULL, &arena->alloc, data, NULL, out);
}

static tr_err op_inflate_raw(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    return within_limit(inflate_raw, arena, in, out);
}

static tr_err op_inflate_zlib(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    return within_limit(inflate_zlib, arena, in, out);
}

static tr_err op_brotli_decode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    return within_limit(brotli_decode, arena, in, out);
}

static const tr_op ops[] = {
    {"inflate.raw", op_inflate_raw},
    {"inflate.zlib", op_inflate_zlib},
    {"brotli.decode", op_brotli_decode},
};
const tr_ops tr_ops_codec_compress = {ops, TR_COUNTOF(ops)};
