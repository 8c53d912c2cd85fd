/* Secret bytes: where they live, how they end, how they are compared and written. */
#ifndef TR_KEYS_SECRET_H
#define TR_KEYS_SECRET_H

#include "base/base.h"

/* tr_locked_heap is an allocator for secrets that live long: each piece has pages of its own,
 * kept out of swap where the system's limit allows it, out of core dumps, and wiped when it is
 * given back.  It costs whole pages and system calls; any thread may use it. */
tr_alloc *tr_locked_heap(void);

/* A piece of memory that is wiped when it ends. */
typedef struct tr_secret {
    uint8_t *data;
    size_t len;
    tr_alloc *alloc;
} tr_secret;

/* tr_secret_new makes len zero bytes (at least one is taken); tr_secret_copy holds a copy of
 * bytes.  TR_E_MEMORY; out is then empty and may be freed. */
TR_NODISCARD tr_err tr_secret_new(tr_alloc *alloc, size_t len, tr_secret *out);
TR_NODISCARD tr_err tr_secret_copy(tr_alloc *alloc, tr_bytes bytes, tr_secret *out);
void tr_secret_free(tr_secret *secret);

static inline tr_bytes tr_secret_view(const tr_secret *secret)
{
    return (tr_bytes){secret->data, secret->len};
}

/* tr_secret_to_hex writes 2n lower-case digits, tr_secret_from_hex reads 2n digits of either case
 * and returns whether all were digits.  Their time and the addresses that they touch depend on n
 * alone. */
void tr_secret_to_hex(const uint8_t *bytes, size_t n, char *digits);
TR_NODISCARD bool tr_secret_from_hex(const char *digits, size_t n, uint8_t *bytes);

#endif
