/* Growable buffers for encoders.  A write that fails (no memory, limit reached) makes the buffer
 * remember the error; later writes do nothing.  So an encoder writes without a check at each step
 * and its caller asks once, with tr_buf_err, at the end. */
#ifndef TR_BASE_BUF_H
#define TR_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"

typedef struct tr_buf {
    uint8_t *data;
    size_t len, cap;
    size_t limit;    /* len never goes beyond it */
    tr_alloc *alloc; /* NULL: fixed memory of the caller */
    tr_err err;
} tr_buf;

/* tr_buf_init makes an empty buffer that grows through alloc up to limit bytes. */
void tr_buf_init(tr_buf *buf, tr_alloc *alloc, size_t limit);

/* tr_buf_init_fixed makes a buffer in the caller's memory; beyond its end lies TR_E_LIMIT. */
void tr_buf_init_fixed(tr_buf *buf, void *memory, size_t size);

/* tr_buf_free gives the memory back and leaves an empty buffer that can be used again. */
void tr_buf_free(tr_buf *buf);

/* tr_buf_clear empties the buffer and its error, and keeps the memory. */
static inline void tr_buf_clear(tr_buf *buf)
{
    buf->len = 0;
    buf->err = TR_OK;
}

static inline tr_err tr_buf_err(const tr_buf *buf)
{
    return buf->err;
}

static inline tr_bytes tr_buf_view(const tr_buf *buf)
{
    return (tr_bytes){buf->data, buf->len};
}

/* tr_buf_grow makes room for n more bytes and returns where they go, or NULL (the error is then
 * remembered).  len is not changed: write, then add to len. */
uint8_t *tr_buf_grow(tr_buf *buf, size_t n);

/* tr_buf_reserve is the fast way to tr_buf_grow. */
static inline uint8_t *tr_buf_reserve(tr_buf *buf, size_t n)
{
    if (TR_LIKELY(buf->err == TR_OK && n <= buf->cap - buf->len && n != 0))
        return buf->data + buf->len;
    return tr_buf_grow(buf, n);
}

static inline void tr_buf_put(tr_buf *buf, tr_bytes bytes)
{
    uint8_t *to = tr_buf_reserve(buf, bytes.len);
    if (to == NULL || bytes.len == 0) return;
    memcpy(to, bytes.data, bytes.len);
    buf->len += bytes.len;
}

static inline void tr_buf_put_u8(tr_buf *buf, uint8_t byte)
{
    uint8_t *to = tr_buf_reserve(buf, 1);
    if (to == NULL) return;
    *to = byte;
    buf->len += 1;
}

static inline void tr_buf_put_str(tr_buf *buf, const char *text)
{
    tr_buf_put(buf, tr_bytes_str(text));
}

/* tr_buf_put_zeros adds n zero bytes. */
void tr_buf_put_zeros(tr_buf *buf, size_t n);

/* tr_buf_printf adds formatted text.  It knows %d %i %u %x %X %c %s %p %% with the flags - and 0,
 * a width, a precision for %s (also as *), and the lengths hh h l ll z j t.  It never needs a
 * C library. */
void tr_buf_printf(tr_buf *buf, const char *format, ...) TR_PRINTF(2, 3);
void tr_buf_vprintf(tr_buf *buf, const char *format, va_list args);

/* tr_buf_text ends the text with a zero byte that is not counted in len, and returns it; the
 * empty string after an error. */
const char *tr_buf_text(tr_buf *buf);

#endif
