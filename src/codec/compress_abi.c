#include "trestle/compress.h"

#include "codec/compress.h"
#include "os/heap.h"

_Static_assert((int)TR_FORMAT_ZLIB == (int)TR_COMPRESS_ZLIB, "the numbers are those inside");
_Static_assert((int)TR_FORMAT_BROTLI == (int)TR_COMPRESS_BROTLI, "the numbers are those inside");
_Static_assert((int)TR_FORMAT_ZSTD == (int)TR_COMPRESS_ZSTD, "the numbers are those inside");

static bool is_format(int format)
{
    return format >= 0 && format < TR_COMPRESS_FORMATS;
}

tr_err tr_compress_bytes(int format, int level, const uint8_t *data, size_t len, uint8_t *out,
                         size_t *out_len)
{
    if (!is_format(format)) return TR_E_ARGUMENT;
    tr_compress_how how = {(tr_compress_format)format, level, 0};
    tr_buf to;
    tr_buf_init_fixed(&to, out, *out_len);
    tr_err err = tr_compress(NULL, tr_heap(), &how, tr_bytes_of(data, len), &to);
    *out_len = to.len;
    return err;
}

tr_err tr_decompress_bytes(int format, const uint8_t *data, size_t len, uint8_t *out,
                           size_t *out_len, uint64_t *fault)
{
    if (!is_format(format)) return TR_E_ARGUMENT;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_buf to;
    tr_buf_init_fixed(&to, out, *out_len);
    tr_err err = tr_decompress(&trail, tr_heap(), (tr_compress_format)format,
                               tr_bytes_of(data, len), NULL, &to);
    *out_len = to.len;
    if (fault != NULL && err != TR_OK) *fault = trail.offset;
    return err;
}
