/* Inflate: the verdict, the output and the bytes taken are zlib's.  The first byte chooses raw
 * deflate or the zlib format. */
#include <zlib.h>

#include "codec/inflate.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ROOM = 1 << 18 };

/* The house's name for what zlib says. */
static tr_err named(int result, const z_stream *z)
{
    switch (result) {
    case Z_STREAM_END:
        return TR_OK;
    case Z_BUF_ERROR:
        return z->avail_out == 0 ? TR_E_LIMIT : TR_E_SHORT;
    case Z_NEED_DICT:
        return TR_E_UNSUPPORTED;
    default:
        TR_ASSERT(result == Z_DATA_ERROR);
        return strcmp(z->msg, "incorrect data check") == 0 ? TR_E_CHECKSUM : TR_E_COMPRESSED;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t theirs[ROOM];
    if (len == 0) return 0;
    bool raw = data[0] & 1;
    tr_bytes in = {data + 1, len - 1};
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data, .avail_in = (unsigned)in.len};
    z.next_out = theirs;
    z.avail_out = ROOM;
    TR_ASSERT(inflateInit2(&z, raw ? -15 : 15) == Z_OK);
    tr_err verdict = named(inflate(&z, Z_FINISH), &z);
    inflateEnd(&z);

    tr_buf out;
    tr_buf_init(&out, tr_heap(), ROOM);
    size_t used;
    tr_trail trail;
    tr_err err =
        raw ? tr_inflate_raw(&trail, in, &used, &out) : tr_inflate_zlib(&trail, in, &used, &out);
    /* With a full buffer ours goes on to the first byte too many, or to the end or the fault that
     * comes before it; zlib may not have come to it. */
    TR_ASSERT(err == verdict || (verdict == TR_E_LIMIT && err != TR_OK && out.len == ROOM));
    TR_ASSERT(err == TR_OK ? used == z.total_in : trail.offset <= in.len);
    TR_ASSERT(out.len == z.total_out && (out.len == 0 || memcmp(out.data, theirs, out.len) == 0));
    tr_buf_free(&out);
    return 0;
}
