/* Views of bytes, the two fixed-size names of Ethereum, and loads and stores in either order.
 * A view never owns what it shows. */
#ifndef TR_BASE_BYTES_H
#define TR_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

typedef struct tr_bytes {
    const uint8_t *data;
    size_t len;
} tr_bytes;

typedef struct tr_hash {
    uint8_t b[32];
} tr_hash;

typedef struct tr_addr {
    uint8_t b[20];
} tr_addr;

/* TR_LIT views a string literal, TR_VIEW a fixed-size array, without a terminating zero. */
#define TR_LIT(s)     ((tr_bytes){(const uint8_t *)("" s), sizeof(s) - 1})
#define TR_VIEW(a)    ((tr_bytes){(const uint8_t *)(a), sizeof(a)})
#define TR_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

static inline tr_bytes tr_bytes_of(const void *data, size_t len)
{
    return (tr_bytes){data, len};
}

/* tr_bytes_str views a C string. */
static inline tr_bytes tr_bytes_str(const char *s)
{
#if __STDC_HOSTED__
    size_t len = strlen(s);
#else
    size_t len = 0;
    while (s[len] != '\0') len++;
#endif
    return (tr_bytes){(const uint8_t *)s, len};
}

static inline bool tr_bytes_eq(tr_bytes a, tr_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* tr_bytes_cmp orders as memcmp does, a prefix before what it begins. */
static inline int tr_bytes_cmp(tr_bytes a, tr_bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n == 0 ? 0 : memcmp(a.data, b.data, n);
    if (c != 0) return c;
    return (a.len > b.len) - (a.len < b.len);
}

/* tr_bytes_cut is the part of v from offset on, of at most len bytes; empty when offset lies
 * beyond the end. */
static inline tr_bytes tr_bytes_cut(tr_bytes v, size_t offset, size_t len)
{
    if (offset > v.len) offset = v.len;
    if (len > v.len - offset) len = v.len - offset;
    return (tr_bytes){v.len == 0 ? v.data : v.data + offset, len};
}

/* tr_bytes_eq_secret compares n bytes in a time that does not depend on what they are. */
bool tr_bytes_eq_secret(const void *a, const void *b, size_t n);

/* tr_wipe overwrites a secret; the compiler cannot leave it out. */
void tr_wipe(void *secret, size_t n);

#define TR_LOAD_STORE(bits, suffix, swap)                                                          \
    static inline uint##bits##_t tr_load##bits##suffix(const void *p)                              \
    {                                                                                              \
        uint##bits##_t v;                                                                          \
        memcpy(&v, p, sizeof(v));                                                                  \
        return swap(v);                                                                            \
    }                                                                                              \
    static inline void tr_store##bits##suffix(void *p, uint##bits##_t v)                           \
    {                                                                                              \
        v = swap(v);                                                                               \
        memcpy(p, &v, sizeof(v));                                                                  \
    }

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Trestle runs on little-endian machines");
#define TR_AS_IS(v) (v)
TR_LOAD_STORE(16, le, TR_AS_IS)
TR_LOAD_STORE(32, le, TR_AS_IS)
TR_LOAD_STORE(64, le, TR_AS_IS)
TR_LOAD_STORE(16, be, __builtin_bswap16)
TR_LOAD_STORE(32, be, __builtin_bswap32)
TR_LOAD_STORE(64, be, __builtin_bswap64)
#undef TR_AS_IS
#undef TR_LOAD_STORE

#endif
