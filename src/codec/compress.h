/* Compression on the host, through zlib, libbrotli and libzstd.  What is added to the libraries is
 * a limit on the output (so that a bomb is an error), the house's errors with their offset, and
 * memory through an allocator.  The guest closure has codec/inflate.h and codec/brotli.h, which
 * accept and give exactly the same. */
#ifndef TR_CODEC_COMPRESS_H
#define TR_CODEC_COMPRESS_H

#include "base/base.h"

typedef enum tr_compress_format {
    TR_COMPRESS_ZLIB,   /* RFC 1950; levels 0 to 9, windows of 9 to 15 bits */
    TR_COMPRESS_BROTLI, /* RFC 7932; levels 0 to 11, windows of 10 to 24 bits */
    TR_COMPRESS_ZSTD,   /* RFC 8878; levels 1 to 22, windows of 10 to 31 bits */
} tr_compress_format;

enum { TR_COMPRESS_FORMATS = 3 };

/* tr_compress_levels gives the lowest, the usual and the highest level of a format. */
typedef struct tr_compress_range {
    int lowest, usual, highest;
} tr_compress_range;

tr_compress_range tr_compress_levels(tr_compress_format format);

typedef struct tr_compress_how {
    tr_compress_format format;
    int level;
    unsigned window_bits; /* 0: what the library takes for the level */
} tr_compress_how;

/* tr_compress appends the compressed form of in to out; the library's own memory comes from alloc.
 * TR_E_ARGUMENT for a level or window that the format has not, TR_E_LIMIT, TR_E_MEMORY.  How long
 * the compressed form is may depend on the room that out has (libzstd works in one go where its
 * worst case fits, in blocks otherwise): what exceeds one limit may fit a lower one. */
TR_NODISCARD tr_err tr_compress(tr_trail *trail, tr_alloc *alloc, const tr_compress_how *how,
                                tr_bytes in, tr_buf *out);

/* tr_decompress appends to out what in expands to, at most to the limit of out: TR_E_LIMIT if there
 * is more.  used, if not NULL, is told how many bytes of in were taken and what follows is left
 * alone; with NULL, bytes after the end are TR_E_TRAILING.  (Zstd data is a sequence of frames:
 * with used NULL all are read, otherwise the first.)  TR_E_SHORT, TR_E_COMPRESSED, TR_E_CHECKSUM,
 * TR_E_UNSUPPORTED (a dictionary is needed), TR_E_MEMORY; the trail has the offset up to which in
 * was read.  After an error out keeps what came before it. */
TR_NODISCARD tr_err tr_decompress(tr_trail *trail, tr_alloc *alloc, tr_compress_format format,
                                  tr_bytes in, size_t *used, tr_buf *out);

/* Decompression in pieces, for data that is larger than memory should hold. */
typedef struct tr_unpack tr_unpack;

/* tr_unpack_open begins; the object and the library's memory come from alloc.  Zstd windows up to
 * 2^31 are taken, so data made with --long=31 needs as much memory as that. */
TR_NODISCARD tr_err tr_unpack_open(tr_trail *trail, tr_alloc *alloc, tr_compress_format format,
                                   tr_unpack **out);

/* tr_unpack_some takes bytes off the front of in and appends to out, until in is used up, out is
 * at its limit, or the data ends: *end is then true (of zstd: at the end of each frame; the next
 * call begins the next).  A full out is no error: empty it and call again.  The caller calls with
 * all it has until *end, and treats the end of its own input before that as TR_E_SHORT. */
TR_NODISCARD tr_err tr_unpack_some(tr_trail *trail, tr_unpack *unpack, tr_bytes *in, tr_buf *out,
                                   bool *end);

/* tr_unpack_close gives everything back; NULL is allowed. */
void tr_unpack_close(tr_unpack *unpack);

#endif
