#include "codec/compress.h"

#include <limits.h>
#include <setjmp.h>
#include <stdalign.h>

#define ZSTD_STATIC_LINKING_ONLY /* for memory through an allocator */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    CHUNK = 1 << 16,         /* by which output grows at least, where the limit allows */
    HIGHEST_WINDOW_BITS = 31 /* of zstd */
};

/* The libraries give memory back without its size, so it is kept before the piece. */
enum { MEMORY_HEAD = alignof(max_align_t) };

static void *library_get(void *alloc, size_t size)
{
    size_t whole;
    if (!tr_add_size(size, MEMORY_HEAD, &whole)) return NULL;
    uint8_t *piece = tr_alloc_get(alloc, whole);
    if (piece == NULL) return NULL;
    memcpy(piece, &whole, sizeof(whole));
    return piece + MEMORY_HEAD;
}

static void library_put(void *alloc, void *memory)
{
    if (memory == NULL) return;
    uint8_t *piece = (uint8_t *)memory - MEMORY_HEAD;
    size_t whole;
    memcpy(&whole, piece, sizeof(whole));
    tr_alloc_put(alloc, piece, whole);
}

static void *zlib_get(void *alloc, unsigned count, unsigned size)
{
    size_t total;
    return tr_mul_size(count, size, &total) ? library_get(alloc, total) : NULL;
}

static ZSTD_customMem zstd_memory(tr_alloc *alloc)
{
    return (ZSTD_customMem){library_get, library_put, alloc};
}

/* Room for at least one more byte, NULL (with the buffer's error) at the limit or without memory.
 */
static uint8_t *room_for_more(tr_buf *out, size_t *room)
{
    if (out->cap == out->len) {
        size_t want = TR_MIN((size_t)CHUNK, out->limit - out->len);
        if (tr_buf_reserve(out, want == 0 ? 1 : want) == NULL) return NULL;
    }
    *room = TR_MIN(out->cap, out->limit) - out->len;
    return out->data + out->len;
}

/* ---- compression ---- */

tr_compress_range tr_compress_levels(tr_compress_format format)
{
    static const tr_compress_range ranges[TR_COMPRESS_FORMATS] = {
        [TR_COMPRESS_ZLIB] = {0, 6, 9},
        [TR_COMPRESS_BROTLI] = {0, 11, 11},
        [TR_COMPRESS_ZSTD] = {1, 3, 22},
    };
    return ranges[format];
}

static bool window_is_valid(tr_compress_format format, unsigned bits)
{
    switch (format) {
    case TR_COMPRESS_ZLIB:
        return bits == 0 || (bits >= 9 && bits <= 15);
    case TR_COMPRESS_BROTLI:
        return bits == 0 || (bits >= 10 && bits <= 24);
    case TR_COMPRESS_ZSTD:
        return bits == 0 || (bits >= 10 && bits <= HIGHEST_WINDOW_BITS);
    }
    return false;
}

static tr_err zlib_compress(tr_alloc *alloc, const tr_compress_how *how, tr_bytes in, tr_buf *out)
{
    z_stream z = {.zalloc = zlib_get, .zfree = library_put, .opaque = alloc};
    int window = how->window_bits == 0 ? MAX_WBITS : (int)how->window_bits;
    enum { USUAL_MEMORY = 8 };
    if (deflateInit2(&z, how->level, Z_DEFLATED, window, USUAL_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return TR_E_MEMORY;
    size_t left = in.len;
    z.next_in = (Bytef *)(uintptr_t)in.data;
    int result = Z_OK;
    while (result != Z_STREAM_END) {
        size_t room, give = TR_MIN(left, (size_t)UINT_MAX);
        uint8_t *to = room_for_more(out, &room);
        if (to == NULL) break;
        room = TR_MIN(room, (size_t)UINT_MAX);
        z.avail_in = (unsigned)give;
        z.next_out = to;
        z.avail_out = (unsigned)room;
        result = deflate(&z, give == left ? Z_FINISH : Z_NO_FLUSH);
        left -= give - z.avail_in;
        out->len += room - z.avail_out;
    }
    deflateEnd(&z);
    return tr_buf_err(out);
}

/* Debian's libbrotlienc ends the process when it gets no memory.  So its request for memory does
 * not return then: it jumps out, and what the library holds is given back from a list. */
typedef struct brotli_piece brotli_piece;
struct brotli_piece {
    alignas(max_align_t) brotli_piece *next;
    brotli_piece **link; /* what points to this piece */
    size_t size;
};

typedef struct brotli_memory {
    tr_alloc *alloc;
    brotli_piece *pieces;
    jmp_buf none_left;
} brotli_memory;

static void *brotli_get(void *memory, size_t size)
{
    brotli_memory *m = memory;
    size_t whole;
    brotli_piece *piece = NULL;
    if (tr_add_size(size, sizeof(*piece), &whole)) piece = tr_alloc_get(m->alloc, whole);
    if (piece == NULL) longjmp(m->none_left, 1);
    *piece = (brotli_piece){m->pieces, &m->pieces, whole};
    if (piece->next != NULL) piece->next->link = &piece->next;
    m->pieces = piece;
    return piece + 1;
}

static void brotli_put(void *memory, void *address)
{
    if (address == NULL) return;
    brotli_piece *piece = (brotli_piece *)address - 1;
    *piece->link = piece->next;
    if (piece->next != NULL) piece->next->link = piece->link;
    tr_alloc_put(((brotli_memory *)memory)->alloc, piece, piece->size);
}

static void brotli_encode(brotli_memory *memory, const tr_compress_how *how, tr_bytes in,
                          tr_buf *out)
{
    BrotliEncoderState *b = BrotliEncoderCreateInstance(brotli_get, brotli_put, memory);
    unsigned window = how->window_bits == 0 ? BROTLI_DEFAULT_WINDOW : how->window_bits;
    (void)BrotliEncoderSetParameter(b, BROTLI_PARAM_QUALITY, (uint32_t)how->level);
    (void)BrotliEncoderSetParameter(b, BROTLI_PARAM_LGWIN, window);
    (void)BrotliEncoderSetParameter(b, BROTLI_PARAM_SIZE_HINT,
                                    (uint32_t)TR_MIN(in.len, (size_t)1 << 30));
    const uint8_t *from = in.data;
    size_t left = in.len;
    while (!BrotliEncoderIsFinished(b)) {
        size_t room;
        uint8_t *to = room_for_more(out, &room);
        if (to == NULL) break;
        size_t before = room;
        BROTLI_BOOL done =
            BrotliEncoderCompressStream(b, BROTLI_OPERATION_FINISH, &left, &from, &room, &to, NULL);
        TR_ASSERT(done); /* it can only fail for memory or for misuse */
        out->len += before - room;
    }
    BrotliEncoderDestroyInstance(b);
}

static tr_err brotli_guarded(brotli_memory *memory, const tr_compress_how *how, tr_bytes in,
                             tr_buf *out)
{
    if (setjmp(memory->none_left) != 0) {
        while (memory->pieces != NULL) brotli_put(memory, memory->pieces + 1);
        return TR_E_MEMORY;
    }
    brotli_encode(memory, how, in, out);
    return tr_buf_err(out);
}

static tr_err brotli_compress(tr_alloc *alloc, const tr_compress_how *how, tr_bytes in, tr_buf *out)
{
    brotli_memory memory = {.alloc = alloc};
    return brotli_guarded(&memory, how, in, out);
}

static tr_err zstd_compress(tr_alloc *alloc, const tr_compress_how *how, tr_bytes in, tr_buf *out)
{
    ZSTD_CCtx *c = ZSTD_createCCtx_advanced(zstd_memory(alloc));
    if (c == NULL) return TR_E_MEMORY;
    (void)ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, how->level);
    (void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, (int)how->window_bits);
    (void)ZSTD_CCtx_setPledgedSrcSize(c, in.len);
    ZSTD_inBuffer from = {in.data, in.len, 0};
    tr_err err = TR_OK;
    for (size_t left = 1; left != 0 && err == TR_OK;) {
        ZSTD_outBuffer to = {.pos = 0};
        to.dst = room_for_more(out, &to.size);
        if (to.dst == NULL) break;
        left = ZSTD_compressStream2(c, &to, &from, ZSTD_e_end);
        out->len += to.pos;
        if (ZSTD_isError(left)) err = TR_E_MEMORY;
    }
    (void)ZSTD_freeCCtx(c);
    return err == TR_OK ? tr_buf_err(out) : err;
}

tr_err tr_compress(tr_trail *trail, tr_alloc *alloc, const tr_compress_how *how, tr_bytes in,
                   tr_buf *out)
{
    tr_compress_range range = tr_compress_levels(how->format);
    if (how->level < range.lowest || how->level > range.highest)
        return tr_fail(trail, TR_E_ARGUMENT, "compress: level %d is not one of %d to %d",
                       how->level, range.lowest, range.highest);
    if (!window_is_valid(how->format, how->window_bits))
        return tr_fail(trail, TR_E_ARGUMENT, "compress: the format has no window of %u bits",
                       how->window_bits);
    tr_err err = tr_buf_err(out);
    if (err == TR_OK) {
        switch (how->format) {
        case TR_COMPRESS_ZLIB:
            err = zlib_compress(alloc, how, in, out);
            break;
        case TR_COMPRESS_BROTLI:
            err = brotli_compress(alloc, how, in, out);
            break;
        case TR_COMPRESS_ZSTD:
            err = zstd_compress(alloc, how, in, out);
            break;
        }
    }
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "compress: %s", tr_err_text(err));
}

/* ---- decompression ---- */

struct tr_unpack {
    tr_alloc *alloc;
    tr_compress_format format;
    uint64_t taken; /* bytes of input in all calls */
    z_stream zlib;
    BrotliDecoderState *brotli;
    ZSTD_DCtx *zstd;
};

static bool open_library(tr_unpack *u)
{
    switch (u->format) {
    case TR_COMPRESS_ZLIB:
        u->zlib = (z_stream){.zalloc = zlib_get, .zfree = library_put, .opaque = u->alloc};
        return inflateInit(&u->zlib) == Z_OK;
    case TR_COMPRESS_BROTLI:
        u->brotli = BrotliDecoderCreateInstance(library_get, library_put, u->alloc);
        return u->brotli != NULL;
    case TR_COMPRESS_ZSTD:
        u->zstd = ZSTD_createDCtx_advanced(zstd_memory(u->alloc));
        if (u->zstd == NULL) return false;
        (void)ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, HIGHEST_WINDOW_BITS);
        return true;
    }
    return false;
}

tr_err tr_unpack_open(tr_trail *trail, tr_alloc *alloc, tr_compress_format format, tr_unpack **out)
{
    *out = NULL;
    tr_unpack *u = tr_alloc_get(alloc, sizeof(*u));
    if (u != NULL) {
        *u = (tr_unpack){.alloc = alloc, .format = format};
        if (open_library(u)) {
            *out = u;
            return TR_OK;
        }
        tr_alloc_put(alloc, u, sizeof(*u));
    }
    return tr_fail(trail, TR_E_MEMORY, "decompress: %s", tr_err_text(TR_E_MEMORY));
}

void tr_unpack_close(tr_unpack *u)
{
    if (u == NULL) return;
    switch (u->format) {
    case TR_COMPRESS_ZLIB:
        inflateEnd(&u->zlib);
        break;
    case TR_COMPRESS_BROTLI:
        BrotliDecoderDestroyInstance(u->brotli);
        break;
    case TR_COMPRESS_ZSTD:
        (void)ZSTD_freeDCtx(u->zstd);
        break;
    }
    tr_alloc_put(u->alloc, u, sizeof(*u));
}

/* One call of a library: it takes from the front of in and gives to `to`. */
typedef struct portion {
    tr_bytes in;
    uint8_t *to;
    size_t room;
    bool end;
    const char *why; /* the library's own word for an error, or NULL */
} portion;

static tr_err zlib_some(tr_unpack *u, portion *p)
{
    unsigned give = (unsigned)TR_MIN(p->in.len, (size_t)UINT_MAX);
    unsigned room = (unsigned)TR_MIN(p->room, (size_t)UINT_MAX);
    u->zlib.next_in = (Bytef *)(uintptr_t)p->in.data;
    u->zlib.avail_in = give;
    u->zlib.next_out = p->to;
    u->zlib.avail_out = room;
    int result = inflate(&u->zlib, Z_NO_FLUSH);
    p->in = tr_bytes_cut(p->in, give - u->zlib.avail_in, p->in.len);
    p->to += room - u->zlib.avail_out;
    p->room -= room - u->zlib.avail_out;
    p->why = u->zlib.msg;
    switch (result) {
    case Z_STREAM_END:
        p->end = true;
        return TR_OK;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress was possible */
        return TR_OK;
    case Z_NEED_DICT:
        return TR_E_UNSUPPORTED;
    case Z_MEM_ERROR:
        return TR_E_MEMORY;
    default:
        return p->why != NULL && strcmp(p->why, "incorrect data check") == 0 ? TR_E_CHECKSUM
                                                                             : TR_E_COMPRESSED;
    }
}

static tr_err brotli_some(tr_unpack *u, portion *p)
{
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(u->brotli, &p->in.len, &p->in.data, &p->room, &p->to, NULL);
    switch (result) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        p->end = true;
        return TR_OK;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return TR_OK;
    case BROTLI_DECODER_RESULT_ERROR:
        break;
    }
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(u->brotli);
    p->why = BrotliDecoderErrorString(code);
    bool memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                  code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return memory ? TR_E_MEMORY : TR_E_COMPRESSED;
}

static tr_err zstd_some(tr_unpack *u, portion *p)
{
    ZSTD_inBuffer from = {p->in.data, p->in.len, 0};
    ZSTD_outBuffer to = {p->to, p->room, 0};
    size_t result = ZSTD_decompressStream(u->zstd, &to, &from);
    p->in = tr_bytes_cut(p->in, from.pos, p->in.len);
    p->to += to.pos;
    p->room -= to.pos;
    if (!ZSTD_isError(result)) {
        p->end = result == 0;
        return TR_OK;
    }
    p->why = ZSTD_getErrorName(result);
    switch (
        (int)ZSTD_getErrorCode(result)) { /* the list is the library's: not every code is ours */
    case ZSTD_error_memory_allocation:
        return TR_E_MEMORY;
    case ZSTD_error_checksum_wrong:
        return TR_E_CHECKSUM;
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_version_unsupported:
        return TR_E_UNSUPPORTED;
    default:
        return TR_E_COMPRESSED;
    }
}

static tr_err some(tr_unpack *u, portion *p)
{
    switch (u->format) {
    case TR_COMPRESS_ZLIB:
        return zlib_some(u, p);
    case TR_COMPRESS_BROTLI:
        return brotli_some(u, p);
    case TR_COMPRESS_ZSTD:
        return zstd_some(u, p);
    }
    return TR_E_ARGUMENT;
}

/* One call into the library, and what is known of an error. */
static tr_err take_portion(tr_trail *trail, tr_unpack *u, portion *p)
{
    size_t before = p->in.len;
    tr_err err = some(u, p);
    u->taken += before - p->in.len;
    if (TR_LIKELY(err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, err, u->taken, "compressed data: %s",
                      p->why != NULL ? p->why : tr_err_text(err));
}

tr_err tr_unpack_some(tr_trail *trail, tr_unpack *u, tr_bytes *in, tr_buf *out, bool *end)
{
    *end = false;
    TR_TRY(tr_buf_err(out));
    while (!*end && out->len != out->limit) {
        portion p = {.in = *in};
        p.to = room_for_more(out, &p.room);
        if (p.to == NULL)
            return tr_fail(trail, tr_buf_err(out), "decompress: no memory for output");
        size_t room = p.room;
        tr_err err = take_portion(trail, u, &p);
        out->len += room - p.room;
        *in = p.in;
        *end = p.end;
        TR_TRY(err);
        if (p.in.len == 0 && p.room != 0) break;
    }
    return TR_OK;
}

/* Whether the data goes on when out is full: asks the library for one byte more. */
static tr_err end_at_limit(tr_trail *trail, tr_unpack *u, tr_bytes *in, bool *end)
{
    uint8_t spill;
    portion p = {.in = *in, .to = &spill, .room = 1};
    do {
        TR_TRY(take_portion(trail, u, &p));
        *in = p.in;
        *end = p.end;
    } while (p.room != 0 && !p.end && p.in.len != 0);
    if (p.room != 0) return TR_OK;
    return tr_fail_at(trail, TR_E_LIMIT, u->taken, "compressed data: %s", tr_err_text(TR_E_LIMIT));
}

static tr_err decompress_all(tr_trail *trail, tr_unpack *u, tr_bytes *in, bool once, tr_buf *out)
{
    bool end;
    do {
        TR_TRY(tr_unpack_some(trail, u, in, out, &end));
        if (!end && out->len == out->limit) {
            tr_err err = end_at_limit(trail, u, in, &end);
            if (err == TR_E_LIMIT) out->err = err;
            TR_TRY(err);
        }
        if (!end)
            return tr_fail_at(trail, TR_E_SHORT, u->taken, "compressed data: %s",
                              tr_err_text(TR_E_SHORT));
    } while (!once && u->format == TR_COMPRESS_ZSTD && in->len != 0);
    return TR_OK;
}

tr_err tr_decompress(tr_trail *trail, tr_alloc *alloc, tr_compress_format format, tr_bytes in,
                     size_t *used, tr_buf *out)
{
    if (used != NULL) *used = 0;
    tr_unpack *u;
    TR_TRY(tr_unpack_open(trail, alloc, format, &u));
    size_t whole = in.len;
    tr_err err = decompress_all(trail, u, &in, used != NULL, out);
    tr_unpack_close(u);
    if (used != NULL) *used = whole - in.len;
    TR_TRY(err);
    if (used == NULL && in.len != 0)
        return tr_fail_at(trail, TR_E_TRAILING, whole - in.len, "compressed data: %s",
                          tr_err_text(TR_E_TRAILING));
    return TR_OK;
}
