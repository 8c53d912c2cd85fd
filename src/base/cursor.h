/* A cursor over bytes for decoders.  The first read that fails sets err and the offset of the
 * fault; every later read gives zeros and leaves both as they are.  So a decoder reads on without
 * a check at each step and asks once, with err, at the end.  No read goes past the end. */
#ifndef TR_BASE_CURSOR_H
#define TR_BASE_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

typedef struct tr_cursor {
    const uint8_t *at, *end, *start;
    tr_err err;
    size_t err_offset;
} tr_cursor;

static inline tr_cursor tr_cursor_of(tr_bytes in)
{
    return (tr_cursor){in.data, in.data == NULL ? NULL : in.data + in.len, in.data, TR_OK, 0};
}

static inline size_t tr_cursor_left(const tr_cursor *c)
{
    return (size_t)(c->end - c->at);
}

static inline size_t tr_cursor_offset(const tr_cursor *c)
{
    return (size_t)(c->at - c->start);
}

/* tr_cursor_fail remembers the first error at the present offset and moves to the end. */
static inline void tr_cursor_fail(tr_cursor *c, tr_err code)
{
    if (c->err != TR_OK) return;
    c->err = code;
    c->err_offset = tr_cursor_offset(c);
    c->at = c->end;
}

/* tr_cursor_take views the next n bytes and goes past them; empty after TR_E_SHORT. */
static inline tr_bytes tr_cursor_take(tr_cursor *c, size_t n)
{
    if (TR_UNLIKELY(n > tr_cursor_left(c))) {
        tr_cursor_fail(c, TR_E_SHORT);
        return (tr_bytes){NULL, 0};
    }
    tr_bytes v = {c->at, n};
    if (n != 0) c->at += n;
    return v;
}

#define TR_CURSOR_READ(name, bits, load)                                                           \
    static inline uint##bits##_t name(tr_cursor *c)                                                \
    {                                                                                              \
        tr_bytes v = tr_cursor_take(c, sizeof(uint##bits##_t));                                    \
        return v.len == 0 ? 0 : load(v.data);                                                      \
    }
#define TR_CURSOR_LOAD8(p) (*(p))
TR_CURSOR_READ(tr_cursor_u8, 8, TR_CURSOR_LOAD8)
TR_CURSOR_READ(tr_cursor_u16be, 16, tr_load16be)
TR_CURSOR_READ(tr_cursor_u32be, 32, tr_load32be)
TR_CURSOR_READ(tr_cursor_u64be, 64, tr_load64be)
TR_CURSOR_READ(tr_cursor_u16le, 16, tr_load16le)
TR_CURSOR_READ(tr_cursor_u32le, 32, tr_load32le)
TR_CURSOR_READ(tr_cursor_u64le, 64, tr_load64le)
#undef TR_CURSOR_LOAD8
#undef TR_CURSOR_READ

/* tr_cursor_finish is the decoder's last word: the first error, or TR_E_TRAILING when bytes are
 * left.  A trail is told the code and the offset. */
static inline tr_err tr_cursor_finish(tr_cursor *c, tr_trail *trail, const char *what)
{
    if (c->err == TR_OK && c->at != c->end) tr_cursor_fail(c, TR_E_TRAILING);
    if (TR_LIKELY(c->err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, c->err, c->err_offset, "%s: %s", what, tr_err_text(c->err));
}

#endif
