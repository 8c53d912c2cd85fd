/* What the implementations of SHA-256 share. */
#ifndef TR_HASH_SHA2_INTERNAL_H
#define TR_HASH_SHA2_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

typedef struct tr_sha256_code {
    const char *name;
    void (*blocks)(uint32_t h[8], const uint8_t *in, size_t n);
    /* SHA-256 of n messages; NULL: one by one. */
    void (*many)(size_t n, const tr_bytes in[], tr_hash out[]);
} tr_sha256_code;

extern const tr_sha256_code tr_sha256_portable;
extern const tr_sha256_code *tr_sha256_chosen;
extern const uint32_t tr_sha256_start[8], tr_sha256_constants[64];

void tr_sha256_blocks_portable(uint32_t h[8], const uint8_t *in, size_t n);
void tr_sha256_blocks_sha(uint32_t h[8], const uint8_t *in, size_t n);
void tr_sha256_many_avx512(size_t n, const tr_bytes in[], tr_hash out[]);

/* tr_sha256_last ends a message of total bytes of which in is what h has not taken in yet. */
tr_hash tr_sha256_last(uint32_t h[8], tr_bytes in, uint64_t total);

#endif
