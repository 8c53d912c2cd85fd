/* Brotli: the verdict, the output and the bytes taken are libbrotlidec's. */
#include <brotli/decode.h>

#include "codec/brotli.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ROOM = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t theirs[ROOM];
    BrotliDecoderState *s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    TR_ASSERT(s != NULL);
    size_t left = len, room = ROOM;
    const uint8_t *from = data;
    uint8_t *to = theirs;
    BrotliDecoderResult result = BrotliDecoderDecompressStream(s, &left, &from, &room, &to, NULL);
    BrotliDecoderDestroyInstance(s);

    tr_buf out;
    tr_buf_init(&out, tr_heap(), ROOM);
    size_t used;
    tr_trail trail;
    tr_err err = tr_brotli_decode(&trail, tr_heap(), tr_bytes_of(data, len), &used, &out);
    TR_ASSERT(err == TR_OK || trail.offset <= len);
    if (result == BROTLI_DECODER_RESULT_SUCCESS) {
        TR_ASSERT(err == TR_OK && used == len - left && out.len == ROOM - room);
        TR_ASSERT(out.len == 0 || memcmp(out.data, theirs, out.len) == 0);
    } else {
        TR_ASSERT(err != TR_OK);
    }
    /* Cut off rather than wrong: all that the input says is there. */
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && err == TR_E_SHORT)
        TR_ASSERT(out.len == ROOM - room &&
                  (out.len == 0 || memcmp(out.data, theirs, out.len) == 0));
    tr_buf_free(&out);
    return 0;
}
