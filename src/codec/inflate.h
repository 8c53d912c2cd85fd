/* Decompression of deflate data (RFC 1951) and of the zlib format around it (RFC 1950): portable,
 * for the guest closure.  What is accepted and what is refused is exactly what zlib's inflate
 * accepts and refuses (over-subscribed and incomplete codes included), and a refusal has the same
 * error: of input that is both damaged and cut off, too, the one that zlib finds first.  Tests and
 * a fuzz target compare the two.
 *
 * The output goes to a buffer, which is also the window: nothing else is allocated.  Output never
 * goes beyond the buffer's limit: data that has more is TR_E_LIMIT, with the buffer filled exactly
 * to its limit.  After any error the buffer keeps what came before the fault, so that a caller who
 * may use a stream that was cut off (an OP channel has no trailer) finds it there. */
#ifndef TR_CODEC_INFLATE_H
#define TR_CODEC_INFLATE_H

#include "base/base.h"

/* tr_inflate_raw appends to out what the deflate data at the start of in expands to.  used, if not
 * NULL, is told how many bytes of in the data takes (in whole bytes; on an error, how many were
 * read), and what follows them is the caller's affair; with used NULL, bytes after the data are
 * TR_E_TRAILING.  Errors, with the offset in in: TR_E_SHORT (the data goes on after the end of in),
 * TR_E_COMPRESSED (damaged), TR_E_LIMIT, TR_E_MEMORY. */
TR_NODISCARD tr_err tr_inflate_raw(tr_trail *trail, tr_bytes in, size_t *used, tr_buf *out);

/* tr_inflate_zlib is tr_inflate_raw for the zlib format: a header of two bytes, and the Adler-32
 * of the output after it.  Further errors: TR_E_CHECKSUM, and TR_E_UNSUPPORTED for data that needs
 * a preset dictionary. */
TR_NODISCARD tr_err tr_inflate_zlib(tr_trail *trail, tr_bytes in, size_t *used, tr_buf *out);

/* tr_adler32 carries on the Adler-32 sum of earlier bytes (1 at the start) over bytes. */
uint32_t tr_adler32(uint32_t sum, tr_bytes bytes);

#endif
