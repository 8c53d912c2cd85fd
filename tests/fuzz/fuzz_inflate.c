/* Inflate: the verdict, the output and the bytes taken are zlib's.  The first byte chooses raw
 * deflate or the zlib format. */
#include <zlib.h>

#include "codec/inflate.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ROOM = 1 << 18 };

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
    int result = inflate(&z, Z_FINISH);
    inflateEnd(&z);

    tr_buf out;
    tr_buf_init(&out, tr_heap(), ROOM);
    size_t used;
    tr_trail trail;
    tr_err err =
        raw ? tr_inflate_raw(&trail, in, &used, &out) : tr_inflate_zlib(&trail, in, &used, &out);
    if (result == Z_STREAM_END) {
        TR_ASSERT(err == TR_OK && used == z.total_in);
    } else {
        TR_ASSERT(err != TR_OK && trail.offset <= in.len);
    }
    /* A full buffer ends ours with the first byte too many; zlib may not have come to it. */
    TR_ASSERT(err != TR_E_LIMIT || (out.len == ROOM && result != Z_STREAM_END));
    TR_ASSERT(out.len == z.total_out && (out.len == 0 || memcmp(out.data, theirs, out.len) == 0));
    tr_buf_free(&out);
    return 0;
}
