/* Decompression of brotli data (RFC 7932, without the large-window extension): portable, for the
 * guest closure.  What is accepted and what is refused is exactly what libbrotlidec accepts and
 * refuses; a test and a fuzz target compare the two.
 *
 * The output buffer is also the window, whatever window the data asks for.  Tables of codes are
 * taken from alloc, at most TR_BROTLI_TABLE_LIMIT bytes at a time, and given back before the
 * return.  Output never goes beyond the buffer's limit, and after any error the buffer keeps what
 * came before the fault. */
#ifndef TR_CODEC_BROTLI_H
#define TR_CODEC_BROTLI_H

#include "base/base.h"

enum { TR_BROTLI_TABLE_LIMIT = 4 << 20 };

/* tr_brotli_decode appends to out what the brotli data at the start of in expands to.  used, if not
 * NULL, is told how many bytes of in the data takes (on an error, how many were read), and what
 * follows them is the caller's affair; with used NULL, bytes after the data are TR_E_TRAILING.
 * Errors, with the offset in in: TR_E_SHORT, TR_E_COMPRESSED (damaged), TR_E_LIMIT, TR_E_MEMORY. */
TR_NODISCARD tr_err tr_brotli_decode(tr_trail *trail, tr_alloc *alloc, tr_bytes in, size_t *used,
                                     tr_buf *out);

#endif
