#include "base/buf.h"

enum { FIRST_CAPACITY = 64 };

void tr_buf_init(tr_buf *buf, tr_alloc *alloc, size_t limit)
{
    *buf = (tr_buf){.limit = limit, .alloc = alloc};
}

void tr_buf_init_fixed(tr_buf *buf, void *memory, size_t size)
{
    *buf = (tr_buf){.data = memory, .cap = size, .limit = size};
}

void tr_buf_free(tr_buf *buf)
{
    if (buf->alloc != NULL) {
        tr_alloc_put(buf->alloc, buf->data, buf->cap);
        buf->data = NULL;
        buf->cap = 0;
    }
    tr_buf_clear(buf);
}

uint8_t *tr_buf_grow(tr_buf *buf, size_t n)
{
    static uint8_t nothing; /* where a write of no bytes goes when there is no memory yet */
    if (buf->err != TR_OK) return NULL;
    if (n == 0) return buf->data == NULL ? &nothing : buf->data + buf->len;
    if (n > buf->limit - buf->len) {
        buf->err = TR_E_LIMIT;
        return NULL;
    }
    size_t need = buf->len + n;
    if (need > buf->cap) {
        if (buf->alloc == NULL) {
            buf->err = TR_E_LIMIT;
            return NULL;
        }
        size_t cap = buf->cap < FIRST_CAPACITY / 2 ? FIRST_CAPACITY : buf->cap * 2;
        if (cap < buf->cap || cap > buf->limit) cap = buf->limit;
        if (cap < need) cap = need;
        uint8_t *data = buf->alloc->resize(buf->alloc, buf->data, buf->cap, cap);
        if (data == NULL && cap > need) {
            cap = need;
            data = buf->alloc->resize(buf->alloc, buf->data, buf->cap, cap);
        }
        if (data == NULL) {
            buf->err = TR_E_MEMORY;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void tr_buf_put_zeros(tr_buf *buf, size_t n)
{
    uint8_t *to = tr_buf_reserve(buf, n);
    if (to == NULL || n == 0) return;
    memset(to, 0, n);
    buf->len += n;
}

const char *tr_buf_text(tr_buf *buf)
{
    uint8_t *to = tr_buf_reserve(buf, 1);
    if (to == NULL) return "";
    *to = '\0';
    return (const char *)buf->data;
}
