/* Compression with a limit on what comes out: zlib (RFC 1950), brotli (RFC 7932), zstd (RFC 8878).
 *
 * The caller gives the room for the output, and its size is the limit: data that expands to more is
 * TR_E_LIMIT, however much more it would be.  The library's own memory is taken from the heap and
 * given back before the return. */
#ifndef TRESTLE_COMPRESS_H
#define TRESTLE_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TR_FORMAT_ZLIB = 0, TR_FORMAT_BROTLI = 1, TR_FORMAT_ZSTD = 2 };

/* tr_compress_bytes writes the compressed form of the len bytes at data to out, which has room for
 * *out_len bytes, and sets *out_len to the bytes written.  Levels: zlib 0 to 9, brotli 0 to 11,
 * zstd 1 to 22.  TR_E_ARGUMENT for any other level or format, TR_E_LIMIT, TR_E_MEMORY. */
TR_API tr_err tr_compress_bytes(int format, int level, const uint8_t *data, size_t len,
                                uint8_t *out, size_t *out_len);

/* tr_decompress_bytes writes what the len bytes at data expand to to out, which has room for
 * *out_len bytes, and sets *out_len to the bytes written, also after an error: what came before the
 * fault.  All of data must be used.  fault, if not NULL, is told the offset in data up to which it
 * was read when something was wrong.  TR_E_LIMIT, TR_E_SHORT, TR_E_TRAILING, TR_E_COMPRESSED,
 * TR_E_CHECKSUM, TR_E_UNSUPPORTED (a dictionary is needed), TR_E_ARGUMENT (format), TR_E_MEMORY. */
TR_API tr_err tr_decompress_bytes(int format, const uint8_t *data, size_t len, uint8_t *out,
                                  size_t *out_len, uint64_t *fault);

#ifdef __cplusplus
}
#endif

#endif
