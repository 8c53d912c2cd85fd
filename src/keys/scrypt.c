#include "keys/scrypt.h"

#include <limits.h>
#include <openssl/evp.h>

/* A block of 64 bytes is kept as four vectors, each a diagonal of salsa's 4 x 4 matrix of words, so
 * that a quarter of all columns is one operation.  Word i of this order is word 5 i (modulo 16) of
 * the usual one. */
typedef uint32_t quad __attribute__((vector_size(16)));
typedef struct block {
    quad q[4];
} block;

_Static_assert(sizeof(block) == 64, "a block is sixteen words");

static inline quad rotl(quad x, unsigned n)
{
    return (x << n) | (x >> (32 - n));
}

#define TURN(x, a, b, c, d) __builtin_shufflevector((x), (x), a, b, c, d)

/* b becomes salsa20/8 of b. */
static inline void salsa8(block *b)
{
    quad x0 = b->q[0], x1 = b->q[1], x2 = b->q[2], x3 = b->q[3];
    for (int i = 0; i < 4; i++) {
        x1 ^= rotl(x0 + x3, 7);
        x2 ^= rotl(x1 + x0, 9);
        x3 ^= rotl(x2 + x1, 13);
        x0 ^= rotl(x3 + x2, 18);
        x1 = TURN(x1, 3, 0, 1, 2);
        x2 = TURN(x2, 2, 3, 0, 1);
        x3 = TURN(x3, 1, 2, 3, 0);
        x3 ^= rotl(x0 + x1, 7);
        x2 ^= rotl(x3 + x0, 9);
        x1 ^= rotl(x2 + x3, 13);
        x0 ^= rotl(x1 + x2, 18);
        x1 = TURN(x1, 1, 2, 3, 0);
        x2 = TURN(x2, 2, 3, 0, 1);
        x3 = TURN(x3, 3, 0, 1, 2);
    }
    b->q[0] += x0;
    b->q[1] += x1;
    b->q[2] += x2;
    b->q[3] += x3;
}

static inline void xor_block(block *to, const block *from)
{
    for (int i = 0; i < 4; i++) to->q[i] ^= from->q[i];
}

/* block_mix mixes in ^ also (2 r blocks; also may be NULL) into out: even blocks go to the first
 * half, odd ones to the second. */
static void block_mix(const block *in, const block *also, block *out, size_t r)
{
    block x = in[2 * r - 1];
    if (also != NULL) xor_block(&x, &also[2 * r - 1]);
    for (size_t i = 0; i < 2 * r; i++) {
        xor_block(&x, &in[i]);
        if (also != NULL) xor_block(&x, &also[i]);
        salsa8(&x);
        out[(i & 1) * r + i / 2] = x;
    }
}

/* The number that the last block begins with, in the usual order of its words. */
static uint64_t integerify(const block *blocks, size_t r)
{
    const block *last = &blocks[2 * r - 1];
    return (uint64_t)last->q[3][1] << 32 | last->q[0][0];
}

static void load(const uint8_t *from, block *to)
{
    for (size_t i = 0; i < 16; i++) to->q[i / 4][i % 4] = tr_load32le(from + 4 * (5 * i % 16));
}

static void store(const block *from, uint8_t *to)
{
    for (size_t i = 0; i < 16; i++) tr_store32le(to + 4 * (5 * i % 16), from->q[i / 4][i % 4]);
}

/* ro_mix mixes the 2 r blocks of bytes with a table of n times as much; x and y are room for 2 r
 * blocks each. */
static void ro_mix(uint8_t *bytes, uint64_t n, size_t r, block *table, block *x, block *y)
{
    for (size_t i = 0; i < 2 * r; i++) load(bytes + 64 * i, &table[i]);
    for (uint64_t i = 0; i + 1 < n; i++)
        block_mix(&table[2 * r * i], NULL, &table[2 * r * (i + 1)], r);
    block_mix(&table[2 * r * (n - 1)], NULL, x, r);
    for (uint64_t i = 0; i < n; i++) {
        block_mix(x, &table[2 * r * (integerify(x, r) & (n - 1))], y, r);
        block *swap = x;
        x = y;
        y = swap;
    }
    for (size_t i = 0; i < 2 * r; i++) store(&x[i], bytes + 64 * i);
}

static tr_err expand(tr_bytes password, tr_bytes salt, uint8_t *out, size_t len)
{
    if (password.len > INT_MAX || salt.len > INT_MAX || len > INT_MAX) return TR_E_LIMIT;
    /* an empty view may have no data, which the library would take for no password at all */
    const char *text = password.len == 0 ? "" : (const char *)password.data;
    int ok = PKCS5_PBKDF2_HMAC(text, (int)password.len, salt.data, (int)salt.len, 1, EVP_sha256(),
                               (int)len, out);
    return ok == 1 ? TR_OK : TR_E_MEMORY;
}

tr_err tr_scrypt(tr_alloc *alloc, tr_bytes password, tr_bytes salt, uint64_t n, uint64_t r,
                 uint64_t p, uint8_t *key, size_t len)
{
    size_t one, all, mixed;
    TR_ASSERT(n >= 2 && (n & (n - 1)) == 0 && r != 0 && p != 0);
    bool fits = tr_mul_size(128, r, &one) && tr_add_size(n, 2, &all) && tr_add_size(all, p, &all) &&
                tr_mul_size(all, one, &all) && tr_mul_size(p, one, &mixed);
    if (!fits) return TR_E_MEMORY;
    uint8_t *memory = tr_alloc_get(alloc, all);
    if (memory == NULL) return TR_E_MEMORY;
    block *x = (block *)(void *)memory, *y = x + 2 * r, *table = y + 2 * r;
    uint8_t *bytes = memory + (n + 2) * one;
    tr_err err = expand(password, salt, bytes, mixed);
    for (uint64_t i = 0; err == TR_OK && i < p; i++) ro_mix(bytes + i * one, n, r, table, x, y);
    if (err == TR_OK) err = expand(password, tr_bytes_of(bytes, mixed), key, len);
    tr_wipe(memory, all);
    tr_alloc_put(alloc, memory, all);
    return err;
}
