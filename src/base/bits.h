/* Bits, rotations and arithmetic that says when it overflows. */
#ifndef TR_BASE_BITS_H
#define TR_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TR_MIN(a, b) ((a) < (b) ? (a) : (b))
#define TR_MAX(a, b) ((a) > (b) ? (a) : (b))

static inline uint32_t tr_rotl32(uint32_t x, unsigned n)
{
    return (x << (n & 31)) | (x >> (-n & 31));
}

static inline uint32_t tr_rotr32(uint32_t x, unsigned n)
{
    return (x >> (n & 31)) | (x << (-n & 31));
}

static inline uint64_t tr_rotl64(uint64_t x, unsigned n)
{
    return (x << (n & 63)) | (x >> (-n & 63));
}

static inline uint64_t tr_rotr64(uint64_t x, unsigned n)
{
    return (x >> (n & 63)) | (x << (-n & 63));
}

/* tr_clz64 counts leading zeros, tr_ctz64 trailing ones; 64 for zero. */
static inline unsigned tr_clz64(uint64_t x)
{
    return x == 0 ? 64 : (unsigned)__builtin_clzll(x);
}

static inline unsigned tr_ctz64(uint64_t x)
{
    return x == 0 ? 64 : (unsigned)__builtin_ctzll(x);
}

/* tr_be_len is how many bytes x takes in big-endian form without leading zeros; 0 for zero. */
static inline unsigned tr_be_len(uint64_t x)
{
    return (64 - tr_clz64(x) + 7) / 8;
}

/* Checked arithmetic: true when the result fits. */
static inline bool tr_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline bool tr_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

#endif
